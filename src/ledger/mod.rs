//! What hubform remembers between runs: which objects it manages, their remote ids, what was last applied, and the
//! journal of what was about to be sent.
//!
//! The ledger is the only memory; losing it loses no object, since natural keys find what exists (R1), but a
//! removal that happened since can no longer be seen. So it refuses whatever it is not sure of: another
//! service, another partner, another project, one that is damaged or newer than this program (R17).
//!
//! One customer, with everything below it, is one [`Unit`] of locking and of storage; the templates are another. Runs
//! on different customers go on side by side in one ledger, and one that has lost its lock cannot write.
//!
//! A ledger is kept in a SQLite file or in PostgreSQL, and every kind of ledger passes one conformance suite (`tests/it/ledger`).

mod change;
mod error;
mod held;
mod identity;
mod object;
mod place;
mod postgres;
mod sqlite;
mod unit_state;

use std::{collections::BTreeSet, fmt, pin::Pin};

use crate::model::{LedgerIdentity, LedgerState, OrgId, Unit};

pub use change::{Change, RunReport, RunStart, UnitReport};
pub use error::LedgerError;
pub use held::{Holder, Lock, LockInfo, Vitality, this_host};
pub use identity::{Expected, LedgerView};
pub use object::{Habits, ObjectLedger, ObjectPlace};
pub use place::Place;
pub use postgres::{AddressError, PostgresAddress, PostgresLedger, TlsMode, pgpass};
pub use sqlite::SqliteLedger;
pub use unit_state::UnitState;

/// What a ledger answers in its own time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'a>>;

/// Which units are meant.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    /// All of them.
    All,
    /// These.
    Only(&'a BTreeSet<Unit>),
}

/// A place where records and the journal are kept. Whatever a write has answered is durable.
pub trait Ledger: fmt::Debug + Send + Sync {
    /// Returns where it is, for people: a path or an address, without anything secret.
    fn place(&self) -> &str;

    /// Returns what the ledger belongs to.
    fn identity(&self) -> Answer<'_, LedgerIdentity>;

    /// Records the partner organization at the first apply; any other afterwards is an error.
    fn bind_partner<'a>(&'a self, org: &'a OrgId) -> Answer<'a, ()>;

    /// Returns the records and the journal of units, as they were at one moment for each unit.
    fn load<'a>(&'a self, units: Units<'a>) -> Answer<'a, LedgerState>;

    /// Takes units for a run: all of them or none. Refused with [`LedgerError::Held`], which says who has one, as long
    /// as their holder lives; what the dead held is taken over. Use [`Lock::take`], which waits.
    fn lock<'a>(&'a self, units: &'a BTreeSet<Unit>, holder: &'a Holder) -> Answer<'a, ()>;

    /// Gives back every unit that a run holds; nothing happens if it holds none.
    fn unlock<'a>(&'a self, run: &'a str) -> Answer<'a, ()>;

    /// Returns every lock, by unit.
    fn locks(&self) -> Answer<'_, Vec<LockInfo>>;

    /// Changes units, in the order of the changes; everything of one unit is durable together or not at all. Refused
    /// with [`LedgerError::LockLost`], and nothing is changed, if the run does not hold each of the units.
    fn commit<'a>(&'a self, run: &'a str, changes: &'a [Change]) -> Answer<'a, ()>;

    /// Notes that a run begins to carry a plan out, after it has taken its units. What was kept of earlier runs on the
    /// same units goes: their step outcomes, and entries of the journal that have ended.
    fn begin_run<'a>(&'a self, start: &'a RunStart) -> Answer<'a, ()>;

    /// Notes that a run has come to its end; `at` is the time, as [`RunStart::started`] is written.
    fn end_run<'a>(&'a self, run: &'a str, at: &'a str) -> Answer<'a, ()>;

    /// Returns the run that began last, as far as anything is kept of it.
    fn last_run(&self) -> Answer<'_, Option<RunReport>>;
}
