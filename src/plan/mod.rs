//! `(desired, observed, ledger)` → plan: what one run would do, in which order, why, and what it will not do.
//!
//! Nothing here is async, reads a clock, the environment or a disk. A plan is a complete value: execution has
//! no decision left to make.

mod operation;
mod value;

pub use operation::{Edit, Line, Operation};
pub use value::{
    Action, CatchUp, Consequence, FieldChange, FieldReason, Note, Part, Plan, Reason, Refusal, SourceLine, Step,
    StepId, Summary, Wait,
};
