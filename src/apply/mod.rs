//! Plan → outcome: runs the steps of a plan, keeps the ledger, and reports how each step ended. It never changes
//! the plan and never prints; it tells a watcher.

mod outcome;

pub use outcome::{Outcome, OutcomeSummary, StepError, StepOutcome, StepResult};
