//! Saved plans: a plan as a file, what it is bound to, who signed it, and what of it still holds later (R15, R18).
//!
//! A file is the plan's JSON with four more things: what it is bound to (target, address, partner, project, ledger), what
//! was selected, a digest of each part and of the whole, and a signature if there is a key. The digests tell accidents
//! and careless edits; anybody can compute them. Only a signature tells who wrote it. Neither lets a plan do anything that
//! a plan made now would not do: [`reconcile`] takes no step that it does not find again.

mod canonical;
mod compare;
mod error;
mod file;
mod reconcile;
mod sign;

pub(super) use canonical::digest_of;
pub use error::PlanFileError;
pub use file::{Binding, MOST_BYTES, PlanFile, Selection};
pub use reconcile::reconcile;
pub use sign::{Algorithm, Signature, SigningKey, SigningKeyError};
