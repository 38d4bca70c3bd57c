//! The plan as a value; its JSON is a contract (`schemas/plan.schema.json`).

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Address, EntryId, FieldPath, Fields, Lifecycle, Name, Record, RemoteIds, Value};

use super::{operation::Operation, slice::ObjectDigest};

/// Everything one run would do, in parts that are independent of each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Version of this layout; a reader refuses a number that it does not know.
    pub format: u32,
    /// `webex` or `simulator`.
    pub target: String,
    /// The template part first, if there is one, then one part per customer in order of their names.
    pub parts: Vec<Part>,
    /// Differences that no step removes, and why.
    pub notes: Vec<Note>,
    /// Objects by main action (R26).
    pub summary: Summary,
}

/// The part of a plan that concerns one customer, or the templates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The customer; none for the template part.
    pub customer: Option<Name>,
    /// SHA-256 of the desired slice, in hexadecimal.
    pub desired: String,
    /// SHA-256 of the observed slice, in hexadecimal.
    pub observed: String,
    /// What the two are made of, object by object: those with steps, and those that the steps depend on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub objects: BTreeMap<Address, ObjectDigest>,
    /// What to do. Each step stands behind those of the same part that it needs.
    pub steps: Vec<Step>,
    /// What the service or a person has to do first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<Wait>,
    /// Why nothing of this part may be applied; empty if it may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// What the ledger has to learn without a request (R6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub catch_up: Vec<CatchUp>,
    /// The entries of the journal that are settled: what was read tells how they ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<EntryId>,
    /// The ids of existing objects that steps refer to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub known: BTreeMap<Address, RemoteIds>,
    /// What the manifests say about the life of the objects that steps make or adopt, where it is not the default.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lifecycle: BTreeMap<Address, Lifecycle>,
}

/// Names a step: `user/johns-pizza/ann@johns-pizza.example#line`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StepId(String);

impl StepId {
    /// Makes the id of a step of an object; `/`, `#` and `%` inside names are percent-encoded (R26).
    pub fn new(object: &Address, step: &str) -> Self {
        const INSIDE: &AsciiSet = &CONTROLS.add(b'/').add(b'#').add(b'%');
        let kind = object.kind();
        let last = utf8_percent_encode(object.last(), INSIDE);
        Self(match object {
            Address::Template(_) | Address::Customer(_) => format!("{kind}/{last}#{step}"),
            Address::Location(customer, _) | Address::User(customer, _) => format!("{kind}/{customer}/{last}#{step}"),
        })
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One request-sized piece of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its name, unique in the plan.
    pub id: StepId,
    /// The object that it changes.
    pub object: Address,
    /// What it does to the object.
    pub action: Action,
    /// The fields that it changes; once it is done, the ledger holds their `after`.
    pub fields: Vec<FieldChange>,
    /// The steps that must be done first.
    pub needs: Vec<StepId>,
    /// Where the object is written; none for what no manifest describes any more.
    pub source: Option<SourceLine>,
    /// Why.
    pub reason: Reason,
    /// What it means for the customer.
    pub consequences: Vec<Consequence>,
    /// How many requests that change something it takes.
    pub requests: u32,
    /// What is sent.
    pub operation: Operation,
}

impl Step {
    /// Carries the step's fields over to what the ledger holds as applied.
    pub fn record(&self, applied: &mut Fields) {
        for FieldChange { path, after, before: _, before_unknown: _, reason: _, last_applied: _ } in &self.fields {
            match after {
                Some(value) => applied.set(path.clone(), value.clone()),
                None => applied.clear(path.as_str()),
            }
        }
    }
}

/// What a step does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Makes it.
    Create,
    /// Changes it.
    Update,
    /// Removes it from the service.
    Delete,
    /// Takes something that exists into the ledger.
    Adopt,
    /// Takes it out of the ledger and leaves the service alone.
    Forget,
    /// Asks a person to do it.
    Instruct,
}

impl Action {
    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::Forget => "forget",
            Self::Instruct => "instruct",
        }
    }
}

/// How one field changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// The field.
    pub path: FieldPath,
    /// Its value on the service; none if it has none.
    pub before: Option<Value>,
    /// Its value afterwards; none if it will have none.
    pub after: Option<Value>,
    /// True if the service does not say what it is now: `before` is what was last applied.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub before_unknown: bool,
    /// Why it changes.
    pub reason: FieldReason,
    /// What was last applied, where it differs from both; only in conflicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_applied: Option<Value>,
}

/// Why a field changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldReason {
    /// The manifest differs from what was last applied.
    Edited,
    /// Somebody else changed it; it is changed back.
    Drift,
    /// The manifest and somebody else changed it, to different values.
    Conflict,
}

/// Why a step is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The object is new in the manifests.
    New,
    /// The manifest changed.
    Edited,
    /// Somebody else changed it.
    Drift,
    /// The manifest and somebody else changed it.
    Conflict,
    /// It exists, and the ledger does not know it.
    Found,
    /// The ledger knows it, and it is gone from the service.
    Gone,
    /// It left the manifests, or a `Removed` document names it.
    Removed,
    /// An earlier run began it.
    Resume,
}

impl Reason {
    /// Returns what a step does that completes an object: steps that complete a new one belong to its creation.
    pub(super) const fn action(self) -> Action {
        if matches!(self, Self::New | Self::Gone) { Action::Create } else { Action::Update }
    }
}

/// What a step means for the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// Another plan can undo it.
    Reversible,
    /// Nothing can undo it.
    Irreversible,
    /// The bill changes.
    Billable,
    /// Somebody cannot call any more, or not under the same number.
    LosesCalling,
    /// Emergency calls are affected.
    EmergencyCalling,
}

/// A line of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SourceLine {
    /// Path relative to the project folder.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// A difference that no step removes, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// The object, as text; none if it concerns the run.
    pub object: Option<String>,
    /// Stable code.
    pub code: String,
    /// What, and what it would take.
    pub text: String,
}

/// Something that a person or the service has to do before hubform can go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// The object.
    pub object: Address,
    /// Stable code.
    pub code: String,
    /// What is waited for.
    pub text: String,
    /// Who must do something.
    pub who: String,
    /// What they must do.
    pub action: String,
    /// Since when, as the service writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// Why nothing of a part may be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The object.
    pub object: Address,
    /// Stable code.
    pub code: String,
    /// What is refused and why, with numbers.
    pub text: String,
    /// What would permit it.
    pub fix: String,
    /// Where the object is written.
    pub source: Option<SourceLine>,
}

/// Something that the ledger has to learn without a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatchUp {
    /// The object.
    pub object: Address,
    /// What to hold; nothing takes the record away.
    pub record: Option<Record>,
}

/// Objects counted by their main action: delete before create, adopt, update, instruct, forget (R26).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    pub create: u64,
    pub update: u64,
    pub delete: u64,
    pub adopt: u64,
    pub forget: u64,
    pub instruct: u64,
}

impl Plan {
    /// The layout that this version writes and reads.
    pub const FORMAT: u32 = 1;

    /// Returns every step, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.parts.iter().flat_map(|part| &part.steps)
    }

    /// Returns every wait, in order.
    pub fn waits(&self) -> impl Iterator<Item = &Wait> {
        self.parts.iter().flat_map(|part| &part.waits)
    }

    /// Returns every refusal, in order.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.parts.iter().flat_map(|part| &part.refusals)
    }

    /// Returns true if a step can run: none that only instructs, none of a refused part, and none that needs
    /// one of those (R25).
    pub fn has_changes(&self) -> bool {
        let mut stuck: Vec<&StepId> = Vec::new();
        let mut behind: BTreeMap<&StepId, Vec<&StepId>> = BTreeMap::new();
        let mut running: BTreeSet<&StepId> = BTreeSet::new();
        for part in &self.parts {
            for step in &part.steps {
                running.insert(&step.id);
                if step.action == Action::Instruct || !part.refusals.is_empty() {
                    stuck.push(&step.id);
                }
                for need in &step.needs {
                    behind.entry(need).or_default().push(&step.id);
                }
            }
        }
        while let Some(id) = stuck.pop() {
            if running.remove(id) {
                stuck.extend(behind.get(id).into_iter().flatten());
            }
        }
        !running.is_empty()
    }

    /// Returns true if something waits for a person or the service; an instruction waits (R25).
    pub fn has_waits(&self) -> bool {
        self.waits().next().is_some() || self.steps().any(|step| step.action == Action::Instruct)
    }
}

impl Part {
    /// Returns true if carrying it out changes the ledger.
    pub fn writes(&self) -> bool {
        !(self.steps.is_empty() && self.catch_up.is_empty() && self.settled.is_empty())
    }
}

impl Summary {
    /// Counts each object once, by its main action.
    pub fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Self {
        const RANK: [Action; 6] =
            [Action::Delete, Action::Create, Action::Adopt, Action::Update, Action::Instruct, Action::Forget];
        let rank = |action: Action| RANK.iter().position(|&each| each == action).unwrap_or(RANK.len());
        let mut main: BTreeMap<&Address, Action> = BTreeMap::new();
        for step in steps {
            let entry = main.entry(&step.object).or_insert(step.action);
            if rank(step.action) < rank(*entry) {
                *entry = step.action;
            }
        }
        let mut summary = Self::default();
        for action in main.into_values() {
            *match action {
                Action::Create => &mut summary.create,
                Action::Update => &mut summary.update,
                Action::Delete => &mut summary.delete,
                Action::Adopt => &mut summary.adopt,
                Action::Forget => &mut summary.forget,
                Action::Instruct => &mut summary.instruct,
            } += 1;
        }
        summary
    }
}
