//! What the digests of a part are made of (R18): the desired slice of the objects with steps and of what they depend
//! on, and the observed slice: their managed fields, keyed looks that found nothing, and values that guards read.
//!
//! Each object has digests of its own, so that a part that no longer matches can say which objects changed, and so that
//! the digests of an approved part can be taken again when other objects have steps as well.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::model::{Address, Fields, Value};

use super::{
    operation::Operation,
    part::{PartBuilder, World},
    saved::digest_of,
    value::Step,
};

/// What one object looked like when the plan was made, each as a SHA-256 in hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectDigest {
    /// What the manifests say of it; none if they say nothing.
    pub desired: Option<String>,
    /// What the service reported of its managed fields; none if the plan does not rest on them.
    pub observed: Option<String>,
    /// What else was read of it to decide whether the part may be applied; none if nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guards: Option<String>,
}

/// What the planners of one part have looked at.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// Fields of objects; none where a keyed look found nothing.
    found: BTreeMap<Address, Option<Fields>>,
    /// Values by what they are, under the object that they were read for.
    guards: BTreeMap<Address, BTreeMap<String, Value>>,
}

impl Looks {
    /// Notes what the service reports of an object.
    pub(super) fn found(&mut self, at: &Address, fields: Fields) {
        self.found.insert(at.clone(), Some(fields));
    }

    /// Notes that a keyed look found nothing.
    pub(super) fn absent(&mut self, at: &Address) {
        self.found.insert(at.clone(), None);
    }

    /// Notes a value that decides whether, or how, the part may be applied.
    pub(super) fn guard(&mut self, at: &Address, what: impl Into<String>, value: Value) {
        self.guards.entry(at.clone()).or_default().insert(what.into(), value);
    }

    /// Notes a number that decides whether the part may be applied.
    pub(super) fn count(&mut self, at: &Address, what: impl Into<String>, number: usize) {
        self.guard(at, what, Value::Number(number as u64));
    }
}

/// The digests of a part.
pub(super) struct Digests {
    pub(super) desired: String,
    pub(super) observed: String,
    pub(super) objects: BTreeMap<Address, ObjectDigest>,
}

/// Takes the digests of a part; of the `watched` objects, if there are any, in place of those that it rests on.
pub(super) fn digests(part: &PartBuilder<'_>, watched: Option<&BTreeSet<Address>>) -> Digests {
    let objects = watched.map_or_else(|| digests_of_own(part), |watched| digests_of_watched(part, watched));
    let desired: BTreeMap<&Address, &Option<String>> = objects.iter().map(|(at, it)| (at, &it.desired)).collect();
    let observed: BTreeMap<&Address, _> = objects.iter().map(|(at, it)| (at, (&it.observed, &it.guards))).collect();
    Digests { desired: digest_of(&desired), observed: digest_of(&observed), objects }
}

fn digests_of_watched(part: &PartBuilder<'_>, watched: &BTreeSet<Address>) -> BTreeMap<Address, ObjectDigest> {
    let ours = |at: &&Address| at.customer().is_none() || at.customer() == part.customer.as_ref();
    watched.iter().filter(ours).map(|at| (at.clone(), digest(part, at, true))).collect()
}

/// Takes the digests of the objects with steps, and of those that the steps rest on.
fn digests_of_own(part: &PartBuilder<'_>) -> BTreeMap<Address, ObjectDigest> {
    if part.steps.is_empty() {
        return BTreeMap::new();
    }
    let with_steps: BTreeSet<&Address> = part.steps.iter().map(|step| &step.object).collect();
    let templates: Vec<Address> = part.steps.iter().filter_map(template_of).collect();
    let customer = part.customer.clone().map(Address::Customer);
    let guarded = part.looks.guards.keys();
    let all: BTreeSet<&Address> =
        with_steps.iter().copied().chain(&templates).chain(&customer).chain(guarded).collect();
    all.into_iter().map(|at| (at.clone(), digest(part, at, with_steps.contains(at)))).collect()
}

/// Returns the template that a step creates a customer with.
fn template_of(step: &Step) -> Option<Address> {
    if let Operation::CreateCustomer { customer, headquarters: _ } = &step.operation {
        return Some(Address::Template(customer.template.clone()));
    }
    None
}

fn digest(part: &PartBuilder<'_>, at: &Address, has_steps: bool) -> ObjectDigest {
    let observed = part.looks.found.get(at).filter(|_| has_steps);
    ObjectDigest {
        desired: desired(&part.world, at).map(|slice| digest_of(&slice)),
        observed: observed.map(|fields| digest_of(&fields.as_ref().map(|fields| managed(&part.world, at, fields)))),
        guards: part.looks.guards.get(at).map(digest_of),
    }
}

/// Returns what the manifests say of an object: what it should be, or that it may go.
fn desired(world: &World<'_>, at: &Address) -> Option<serde_json::Value> {
    let object = world.desired.objects.get(at).filter(|_| !world.destroy);
    match (object, world.desired.removals.get(at)) {
        (Some(object), _) => Some(json!({ "spec": object.spec, "lifecycle": object.lifecycle })),
        (None, Some(removal)) => Some(json!({ "removed": removal.on_remove })),
        (None, None) => None,
    }
}

/// Returns the fields that the manifests or the last applied name; others are not ours (R3).
fn managed<'f>(world: &World<'_>, at: &Address, fields: &'f Fields) -> BTreeMap<&'f str, &'f Value> {
    let wanted = world.desired.objects.get(at).map(|object| object.spec.fields()).unwrap_or_default();
    let applied = world.record(at).map(|record| &record.applied);
    let ours = |path: &str| wanted.get(path).is_some() || applied.is_some_and(|applied| applied.get(path).is_some());
    fields.iter().map(|(path, value)| (path.as_str(), value)).filter(|(path, _)| ours(path)).collect()
}
