//! What a ledger that was lost can learn of what is there (R1): everything that a plan would adopt.

use crate::model::{Address, Record};

use super::{
    operation::Operation,
    value::{Action, CatchUp, Plan},
};

/// What a plan knows of the objects that manifests describe, without any request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoption {
    /// The records to write: of what the plan adopts, and of what the ledger has to learn without a step.
    pub found: Vec<CatchUp>,
    /// What is described and not there.
    pub missing: Vec<Address>,
}

/// Returns what a ledger can learn from a plan. What the plan refuses to change is still what it is, so refusals of
/// parts do not matter here.
pub fn adoption(plan: &Plan) -> Adoption {
    let mut adoption = Adoption::default();
    for part in &plan.parts {
        adoption.found.extend(part.catch_up.iter().cloned());
        for step in &part.steps {
            if let Operation::Adopt { applied } = &step.operation
                && let Some(ids) = part.known.get(&step.object)
            {
                let lifecycle = part.lifecycle.get(&step.object).copied().unwrap_or_default();
                let record = Record { ids: ids.clone(), applied: applied.clone(), lifecycle, created: false };
                adoption.found.push(CatchUp { object: step.object.clone(), record: Some(record) });
            } else if step.action == Action::Create {
                adoption.missing.push(step.object.clone());
            }
        }
    }
    adoption.missing.sort();
    adoption.missing.dedup();
    adoption
}
