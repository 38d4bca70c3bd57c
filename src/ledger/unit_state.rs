//! One unit as a value: what every kind of ledger keeps of it, and what each change does to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Address, Entry, EntryId, Record};

use super::change::Change;

/// What a ledger keeps of one unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitState {
    /// How often it was changed: once for each commit that names it.
    pub version: u64,
    /// The records, by address.
    pub records: BTreeMap<Address, Record>,
    /// The journal: what is open, and what the last run wrote.
    #[serde(default)]
    pub journal: BTreeMap<EntryId, Entry>,
    /// The run that worked on it last, as far as it is kept.
    #[serde(default)]
    pub run: Option<String>,
    /// The ids of that run's steps, in the plan's order.
    #[serde(default)]
    pub steps: Vec<String>,
    /// How steps of that run ended, by their ids.
    #[serde(default)]
    pub outcomes: BTreeMap<String, Value>,
}

impl UnitState {
    /// Carries the changes of one commit out, all of which are of this unit.
    pub fn commit<'a>(&mut self, changes: impl IntoIterator<Item = &'a Change>) {
        for change in changes {
            self.change(change);
        }
        self.version += 1;
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::Put { object, record } => drop(self.records.insert(object.clone(), (**record).clone())),
            Change::Remove { object } => drop(self.records.remove(object)),
            Change::Begin { entry } => drop(self.journal.insert(entry.id.clone(), (**entry).clone())),
            Change::Job { unit: _, entry, job } => {
                if let Some(entry) = self.journal.get_mut(entry) {
                    entry.job = Some(job.clone());
                }
            }
            Change::End { unit: _, entry, ended } => {
                if let Some(entry) = self.journal.get_mut(entry) {
                    entry.ended = Some(*ended);
                }
            }
            Change::Step { unit: _, step, outcome } => {
                self.outcomes.insert(step.clone(), outcome.clone());
            }
        }
    }

    /// Begins a run: what was kept of the one before goes, except for entries whose fate is not known.
    pub fn begin_run(&mut self, run: &str, steps: &[String]) {
        self.journal.retain(|_, entry| entry.is_open());
        self.outcomes.clear();
        self.run = Some(run.to_owned());
        self.steps = steps.to_vec();
        self.version += 1;
    }
}
