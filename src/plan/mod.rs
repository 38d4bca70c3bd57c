//! `(desired, observed, ledger)` → plan: what one run would do, in which order, why, and what it will not do.
//!
//! Nothing here is async, reads a clock, the environment or a disk. A plan is a complete value: execution has
//! no decision left to make.

mod adoption;
mod calling;
mod closing;
mod compare;
mod customer;
mod index;
mod lines;
mod location;
mod operation;
mod order;
mod part;
mod planner;
mod removal;
mod rename;
pub mod saved;
mod seen;
mod settle;
mod slice;
mod state;
mod template;
mod user;
mod value;

pub use adoption::{Adoption, adoption};
pub use operation::{Edit, Line, Operation};
pub use planner::{Options, plan};
pub use slice::ObjectDigest;
pub use state::observed_fields;
pub use template::bound_record;
pub use value::{
    Action, CatchUp, Consequence, FieldChange, FieldReason, Note, Part, Plan, Reason, Refusal, SourceLine, Step,
    StepId, Summary, Wait,
};
