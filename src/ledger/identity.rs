//! What a ledger has to belong to (R17), and what is seen of one by who only looks.

use crate::model::{LedgerIdentity, LedgerState};

use super::{error::LedgerError, held::LockInfo};

/// What a run expects its ledger to belong to (R17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// `webex` or `simulator`.
    pub target: String,
    /// Base URL; empty for the embedded simulator, whose port differs each time.
    pub base_url: String,
    /// Name of the project.
    pub project: String,
    /// `spec.lineage` of the project, if it is written: then no other ledger will do, nor an empty one.
    pub lineage: Option<String>,
}

/// What a plan needs of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerView {
    /// What the ledger belongs to; none if there is no ledger yet.
    pub identity: Option<LedgerIdentity>,
    /// The records and the journal.
    pub state: LedgerState,
    /// The locks, by unit.
    pub locks: Vec<LockInfo>,
}

impl Expected {
    /// Returns what a newborn ledger belongs to; `newborn` is its lineage. Refused if the project asks for another.
    pub(super) fn newborn(&self, place: &str, newborn: &str) -> Result<LedgerIdentity, LedgerError> {
        self.may_be_missing(place)?;
        let Self { target, base_url, project, lineage: _ } = self;
        Ok(LedgerIdentity {
            target: target.clone(),
            base_url: base_url.clone(),
            partner: None,
            project: project.clone(),
            lineage: newborn.to_owned(),
        })
    }

    /// Refuses a ledger that is missing if the project asks for a certain one.
    pub(super) fn may_be_missing(&self, place: &str) -> Result<(), LedgerError> {
        match &self.lineage {
            Some(lineage) => Err(LedgerError::Missing { place: place.to_owned(), lineage: lineage.clone() }),
            None => Ok(()),
        }
    }

    /// Refuses a ledger that belongs to something else.
    pub(super) fn compare(&self, place: &str, identity: &LedgerIdentity) -> Result<(), LedgerError> {
        let LedgerIdentity { target, base_url, partner: _, project, lineage } = identity;
        let named = |project: &str| {
            if project.is_empty() { "(hubform.yaml is missing)".to_owned() } else { project.to_owned() }
        };
        let embedded = |url: &str| if url.is_empty() { "the embedded simulator".to_owned() } else { url.to_owned() };
        let pairs = [
            ("target", target.clone(), self.target.clone()),
            ("base URL", embedded(base_url), embedded(&self.base_url)),
            ("project", named(project), named(&self.project)),
            ("lineage", lineage.clone(), self.lineage.clone().unwrap_or_else(|| lineage.clone())),
        ];
        for (what, ledger, run) in pairs {
            if ledger != run {
                return Err(LedgerError::Mismatch { place: place.to_owned(), what, ledger, run });
            }
        }
        Ok(())
    }
}
