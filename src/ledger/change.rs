//! What a commit changes, and what is kept of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Address, Ended, Entry, EntryId, JobId, Record, Unit};

/// One change of one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Change {
    /// Writes the record of an object.
    Put { object: Address, record: Box<Record> },
    /// Takes the record of an object away; nothing happens if there is none.
    Remove { object: Address },
    /// Writes an entry of the journal, or writes it anew.
    Begin { entry: Box<Entry> },
    /// Notes which job an entry's request has started; nothing happens if there is no such entry.
    Job { unit: Unit, entry: EntryId, job: JobId },
    /// Notes how an entry's request ended; nothing happens if there is no such entry.
    End { unit: Unit, entry: EntryId, ended: Ended },
    /// Notes how a step of the running run ended: its id, and its outcome as JSON.
    Step { unit: Unit, step: String, outcome: Value },
}

impl Change {
    /// Returns the unit that it changes.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Put { object, record: _ } | Self::Remove { object } => Unit::of(object),
            Self::Begin { entry } => entry.unit(),
            Self::Job { unit, .. } | Self::End { unit, .. } | Self::Step { unit, .. } => unit.clone(),
        }
    }
}

/// A run that begins to carry a plan out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunStart {
    /// The run; its locks carry the same name.
    pub run: String,
    /// Who runs it.
    pub owner: String,
    /// On which host.
    pub host: String,
    /// Which command: `apply`, `destroy`.
    pub command: String,
    /// When, as `2026-01-31T12:00:00Z`.
    pub started: String,
    /// The units that it works on, with the ids of their steps in the plan's order.
    pub units: BTreeMap<Unit, Vec<String>>,
}

/// What is kept of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// How it began. Units that a later run has worked on are no longer in it.
    pub start: RunStart,
    /// When it came to its end; nothing while it runs, and if it was killed.
    pub ended: Option<String>,
    /// What is known of its units.
    pub units: BTreeMap<Unit, UnitReport>,
}

/// What is kept of a run about one unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitReport {
    /// How steps ended, as JSON, by their ids.
    pub outcomes: BTreeMap<String, Value>,
    /// The entries that the run has written into the journal, ended or not.
    pub entries: BTreeMap<EntryId, Entry>,
}
