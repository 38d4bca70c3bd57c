//! The ledger in object storage: Amazon S3 and what speaks its language, Azure and Google.
//!
//! # How it is kept
//!
//! | object | what it is |
//! |---|---|
//! | `ledger.json` | what the ledger belongs to, its format, and whether anything was ever put |
//! | `units/UNIT/base.json` | the unit as it was after the log's object number `position` |
//! | `units/UNIT/log/NUMBER.json` | one event: a take, a release, the beginning of a run, or a commit |
//! | `holders/RUN/beat.json` | the heartbeat of a run that holds units |
//! | `holders/RUN/units-….json` | units that it may hold, so that they are found without reading all of them |
//! | `runs/NUMBER.json` | how a run began and when it ended, in the order in which runs began |
//!
//! A unit is the fold of its log. An object of the log is only ever made ("put if there is none"), by somebody who knew
//! everything before it; so there is one order, and **the lock is part of it**: who holds the unit is what the log says,
//! and a commit of a run that has lost it finds its number taken. No second object has to agree, and a commit is one
//! request for each unit.
//!
//! # What makes it safe
//!
//! - The base is the fold up to its position, whoever writes it; it is only replaced by a later one (a conditional put),
//!   and objects of the log go after that. Who reads lists first and reads the base afterwards, so that what is missing
//!   from the log is in the base; whatever else is missing means that it has to look again.
//! - A number that has gone could be made again by somebody who slept in between. A run that was thrown out has exactly
//!   one number before it, that of the event that threw it out: such events (fences) stay for [`FENCES_STAY`]. Whoever
//!   takes a unit looks at the base afterwards, and if the number was an old one, the take is nothing.
//! - An answer may be lost after the work was done, so after each refusal the object is read: if it is, to the byte, what
//!   was to be written (each has a random part), it was ours.
//! - No two clocks are compared. A holder renews its heartbeat; one who waits watches it by a clock of its own, and
//!   before it takes anything over it marks the heartbeat, which a holder that lives after all will notice.

mod append;
mod beat;
mod birth;
mod compact;
mod documents;
mod fold;
mod holding;
mod layout;
mod ledger;
mod objects;
mod place;
mod read;
mod runs;
mod said;

use std::time::Duration;

pub use ledger::ObjectLedger;
pub use place::{Habits, ObjectPlace};

/// How long the events stay that threw a holder out: longer than any process sleeps.
pub(super) const FENCES_STAY: Duration = Duration::from_hours(30 * 24);

#[cfg(test)]
mod tests;
