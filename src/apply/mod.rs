//! Plan → outcome: runs the steps of a plan, keeps the ledger, and reports how each step ended. It never changes
//! the plan and never prints; it tells a watcher.
//!
//! - A step runs only after every step that it needs has ended well. A failure or a wait stops what depends on
//!   it, and nothing else.
//! - What the service made is in the ledger before anything else happens: a run may be killed at any instant.
//! - A request that changes something and got no trustworthy answer is settled by looking, never by sending it
//!   again blindly.
//! - The outcome covers every step, in the plan's order, and does not depend on timing.

mod board;
mod book;
mod ids;
mod outcome;
mod pause;
mod perform;
mod rebuild;
mod run;
mod scribe;
mod settings;
mod verdict;

pub use outcome::{Outcome, OutcomeSummary, StepError, StepOutcome, StepResult};
pub use rebuild::{RunStanding, rebuild};
pub use run::{Session, run, units};
pub use settings::{Event, Poll, Settings, Stop};
