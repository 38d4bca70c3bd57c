//! One part as it was approved beside the same part as it is now: what is done, what still holds, what has changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Address, FieldPath, RemoteIds, Value, codes},
    plan::{
        slice::ObjectDigest,
        value::{Action, FieldChange, Part, Step, StepId},
    },
};

/// How many fields of one object are named.
const MOST_FIELDS: usize = 8;

/// An approved part and what there is of it now.
pub(super) struct Pair<'p> {
    pub(super) saved: &'p Part,
    /// The part as planned now; none if there is nothing at all of it.
    pub(super) fresh: Option<&'p Part>,
    /// Objects of which everything is as the approved steps would leave it.
    pub(super) done: BTreeSet<&'p Address>,
    saved_steps: BTreeMap<&'p Address, Vec<&'p Step>>,
    fresh_steps: BTreeMap<&'p Address, Vec<&'p Step>>,
}

impl<'p> Pair<'p> {
    pub(super) fn of(saved: &'p Part, fresh: Option<&'p Part>) -> Self {
        let by_object = |part: &'p Part| {
            let mut steps: BTreeMap<&Address, Vec<&Step>> = BTreeMap::new();
            for step in &part.steps {
                steps.entry(&step.object).or_default().push(step);
            }
            steps
        };
        let fresh_steps = fresh.map(by_object).unwrap_or_default();
        let mut pair = Self { saved, fresh, done: BTreeSet::new(), saved_steps: by_object(saved), fresh_steps };
        pair.done = pair.saved_steps.keys().copied().filter(|at| pair.is_done(at)).collect();
        pair
    }

    /// Returns the approved steps of objects that are not done.
    pub(super) fn remaining(&self) -> impl Iterator<Item = &'p Step> {
        self.saved.steps.iter().filter(|step| !self.done.contains(&step.object))
    }

    /// Returns true if an object has no steps any more, for no other reason than that there is nothing left to do.
    fn is_done(&self, at: &Address) -> bool {
        let Some(fresh) = self.fresh else { return false };
        let (was, is) = (self.saved.objects.get(at), fresh.objects.get(at));
        let (Some(was), Some(is)) = (was, is) else { return false };
        if self.fresh_steps.contains_key(at) || !fresh.refusals.is_empty() || was.desired != is.desired {
            return false;
        }
        if self.saved_steps.get(at).into_iter().flatten().any(|step| goes(step.action)) {
            // What is gone cannot be looked at; but while its customer waits, nobody looked.
            let holds = |object: &Address| object == at || matches!(object, Address::Customer(_));
            return !fresh.waits.iter().any(|wait| holds(&wait.object));
        }
        if fresh.waits.iter().any(|wait| wait.object == *at && wait.code != codes::CONSENT_PENDING.0) {
            return false;
        }
        // It was seen, in a place where it was to be seen.
        is.observed.is_some() || fresh.known.contains_key(at)
    }

    /// Returns what has changed, object by object; nothing if the part still holds. `done` are the steps, of any part,
    /// that nothing has to wait for any more.
    pub(super) fn changes(&self, done: &BTreeSet<&StepId>) -> Vec<(&'p Address, String)> {
        let nothing = ObjectDigest::default();
        let digest = |at: &Address| self.fresh.and_then(|fresh| fresh.objects.get(at)).unwrap_or(&nothing);
        let mut changes: BTreeMap<&Address, Vec<String>> = BTreeMap::new();
        let remaining: BTreeSet<&Address> = self.remaining().map(|step| &step.object).collect();
        if remaining.is_empty() {
            return Vec::new();
        }
        for (at, was) in self.saved.objects.iter().filter(|(at, _)| !self.done.contains(at)) {
            let is = digest(at);
            let mut said = Vec::new();
            if was.desired != is.desired {
                said.push(match (&was.desired, &is.desired) {
                    (Some(_), None) => "the manifests no longer describe it".to_owned(),
                    (None, Some(_)) => "the manifests describe it by now".to_owned(),
                    (Some(_) | None, _) => "the manifests say something else of it now".to_owned(),
                });
            }
            if said.is_empty() && was.observed.is_some() && was.observed != is.observed {
                said.push(self.presence(at).unwrap_or("the service has something else now").to_owned());
            }
            // What is looked at follows from what is asked for.
            if said.is_empty() && was.guards.is_some() && was.guards != is.guards {
                said.push("what the plan's guards have read of it is another value now".to_owned());
            }
            if !said.is_empty() {
                changes.entry(at).or_default().extend(said);
            }
        }
        for (at, ids) in self.saved.known.iter().filter(|(at, _)| !self.done.contains(at)) {
            if let Some(is) = self.fresh.and_then(|fresh| fresh.known.get(at)).filter(|is| *is != ids) {
                changes.entry(at).or_default().push(format!("its id is {} now, and was {}", id(is), id(ids)));
            }
        }
        for at in remaining {
            if !changes.contains_key(at) && !self.same_steps(at, done) {
                let waits = self.fresh.iter().flat_map(|fresh| &fresh.waits).find(|wait| wait.object == *at);
                let other = || "it takes other steps now".to_owned();
                changes
                    .entry(at)
                    .or_default()
                    .push(waits.map_or_else(other, |wait| format!("it waits: {}", wait.text)));
            }
            if let Some(said) = changes.get_mut(at).filter(|_| self.presence(at).is_none()) {
                let edited = self.saved.objects.get(at).map(|was| &was.desired) != Some(&digest(at).desired);
                said.extend(self.fields(at, edited));
            }
        }
        changes.into_iter().map(|(at, said)| (at, said.join("; "))).collect()
    }

    /// Returns true if the steps of an object are those that were approved, wherever they are written by now.
    fn same_steps(&self, at: &Address, done: &BTreeSet<&StepId>) -> bool {
        let comparable = |step: &Step| Step {
            source: None,
            needs: step.needs.iter().filter(|need| !done.contains(need)).cloned().collect(),
            ..step.clone()
        };
        let all = |steps: &BTreeMap<&Address, Vec<&Step>>| {
            let mut steps: Vec<Step> = steps.get(at).into_iter().flatten().copied().map(comparable).collect();
            steps.sort_by(|one, other| one.id.cmp(&other.id));
            steps
        };
        all(&self.saved_steps) == all(&self.fresh_steps)
    }

    /// Says whether an object has come or gone.
    fn presence(&self, at: &Address) -> Option<&'static str> {
        let makes = |steps: Option<&Vec<&Step>>| {
            steps.is_some_and(|steps| steps.iter().any(|step| step.action == Action::Create))
        };
        match (makes(self.saved_steps.get(at)), makes(self.fresh_steps.get(at))) {
            (true, false) => Some("the service has it by now"),
            (false, true) => Some("the service no longer has it"),
            (true, true) | (false, false) => None,
        }
    }

    /// Returns the fields whose change is another one now: the value that was approved, and the one that was found.
    /// `edited`: the manifests say something else.
    fn fields(&self, at: &Address, edited: bool) -> Vec<String> {
        let (was, is) = (changes_of(self.saved_steps.get(at)), changes_of(self.fresh_steps.get(at)));
        let paths: BTreeSet<&FieldPath> = was.keys().chain(is.keys()).copied().collect();
        let mut said = Vec::new();
        for path in paths {
            match (was.get(path), is.get(path)) {
                (Some((before, after)), Some((now, then))) => {
                    if before != now {
                        said.push(format!("`{path}` was {} and is {}", shown(*before), shown(*now)));
                    }
                    if after != then {
                        said.push(format!("`{path}` was to become {}, and now {}", shown(*after), shown(*then)));
                    }
                }
                (Some((_, after)), None) if edited => {
                    said.push(format!("`{path}` is no longer to become {}", shown(*after)));
                }
                (Some((before, after)), None) => {
                    said.push(format!("`{path}` was {} and is {} already", shown(*before), shown(*after)));
                }
                (None, Some((now, then))) => {
                    said.push(format!("`{path}` is {} and would become {}", shown(*now), shown(*then)));
                }
                (None, None) => {}
            }
        }
        let more = said.len().saturating_sub(MOST_FIELDS);
        said.truncate(MOST_FIELDS);
        said.extend((more > 0).then(|| format!("{more} more field(s)")));
        said
    }
}

/// Returns true if an action ends with the object out of the ledger.
pub(super) const fn goes(action: Action) -> bool {
    matches!(action, Action::Delete | Action::Forget)
}

type Change<'p> = (Option<&'p Value>, Option<&'p Value>);

/// Returns what steps make of each field: its value before the first of them, and after the last.
fn changes_of<'p>(steps: Option<&Vec<&'p Step>>) -> BTreeMap<&'p FieldPath, Change<'p>> {
    let mut changes: BTreeMap<&FieldPath, Change<'p>> = BTreeMap::new();
    for FieldChange { path, before, after, .. } in steps.into_iter().flatten().flat_map(|step| &step.fields) {
        let change = changes.entry(path).or_insert((before.as_ref(), None));
        change.1 = after.as_ref();
    }
    changes
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"))
}

fn id(ids: &RemoteIds) -> String {
    let text = match ids {
        RemoteIds::Template { provisioning_id } => provisioning_id.as_ref().map(ToString::to_string),
        RemoteIds::Customer { id, org_id: _ } => Some(id.to_string()),
        RemoteIds::Location { id } => Some(id.to_string()),
        RemoteIds::User { id, person_id: _ } => Some(id.to_string()),
    };
    text.map_or_else(|| "nothing".to_owned(), |text| format!("`{text}`"))
}
