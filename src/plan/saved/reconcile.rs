//! What of an approved plan may be carried out now.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Address, Name, codes},
    plan::value::{Note, Part, Plan, Refusal, Step, StepId, Summary},
};

use super::{compare::Pair, file::PlanFile};

/// How many objects of one part are named.
const MOST_OBJECTS: usize = 20;

/// Returns the plan that carries out what was approved and still holds.
///
/// `fresh` is a plan made just now for [`PlanFile::customers`], with [`PlanFile::objects`] as `watched`. The result has the
/// parts of the saved plan and no other:
///
/// - A part whose digests and steps are found again has its steps, as far as they are not done already.
/// - A part with nothing left to do has none, and a note says so: applying a plan twice is no error.
/// - Any other part is refused with what changed, and so are the parts that are linked with it by a step.
///
/// What the fresh plan refuses, by guards or because something could not be read, is refused; what it waits for, waits.
pub fn reconcile(saved: &PlanFile, fresh: &Plan) -> Plan {
    let by_customer: BTreeMap<Option<&Name>, &Part> =
        fresh.parts.iter().map(|part| (part.customer.as_ref(), part)).collect();
    let approved = &saved.plan().parts;
    let pairs: Vec<Pair<'_>> =
        approved.iter().map(|part| Pair::of(part, by_customer.get(&part.customer.as_ref()).copied())).collect();
    let done: BTreeSet<&StepId> = pairs
        .iter()
        .flat_map(|pair| pair.saved.steps.iter().filter(|step| pair.done.contains(&step.object)))
        .map(|step| &step.id)
        .collect();
    let mut refusals: Vec<Vec<Refusal>> = pairs.iter().map(|pair| refusals_of(pair, &done)).collect();
    spread(&pairs, &mut refusals);
    let mut notes = saved.plan().notes.clone();
    let parts: Vec<Part> = pairs
        .iter()
        .zip(refusals)
        .map(|(pair, refusals)| {
            if refusals.is_empty() && !pair.saved.steps.is_empty() && pair.remaining().next().is_none() {
                notes.push(all_done(pair.saved));
            }
            part(pair, refusals, &done)
        })
        .collect();
    notes.sort();
    notes.dedup();
    let summary = Summary::of(parts.iter().flat_map(|part| &part.steps));
    Plan { format: Plan::FORMAT, target: fresh.target.clone(), parts, notes, summary }
}

/// Returns why nothing of a part may be carried out, as far as it is the part's own fault.
fn refusals_of(pair: &Pair<'_>, done: &BTreeSet<&StepId>) -> Vec<Refusal> {
    if let Some(fresh) = pair.fresh.filter(|fresh| !fresh.refusals.is_empty()) {
        return fresh.refusals.clone();
    }
    let nothing_left = !pair.saved.steps.is_empty() && pair.remaining().next().is_none();
    if nothing_left {
        return Vec::new();
    }
    if !pair.saved.refusals.is_empty() {
        // It was shown as refused, so nobody has approved it.
        return pair.saved.refusals.clone();
    }
    let changes = pair.changes(done);
    let more = changes.len().saturating_sub(MOST_OBJECTS);
    let mut refusals: Vec<Refusal> = changes
        .into_iter()
        .take(MOST_OBJECTS)
        .map(|(at, said)| changed(pair.saved, at, format!("changed since it was planned: {said}")))
        .collect();
    if let Some(last) = refusals.last_mut().filter(|_| more > 0) {
        last.text = format!("{}; and {more} more object(s) of this part have changed", last.text);
    }
    refusals
}

fn changed(part: &Part, at: &Address, text: String) -> Refusal {
    Refusal {
        object: at.clone(),
        code: codes::CHANGED_SINCE.0.to_owned(),
        text,
        fix: "plan again with `hubform plan --out FILE`, and have that approved".to_owned(),
        source: part.steps.iter().find(|step| step.object == *at).and_then(|step| step.source.clone()),
    }
}

/// Refuses the parts that are linked with refused ones by steps that are still to be done. Customers that are linked stand
/// or fall together, and fall with the templates; the templates do not fall with a customer (R18).
fn spread(pairs: &[Pair<'_>], refusals: &mut [Vec<Refusal>]) {
    let mut places: BTreeMap<&StepId, (usize, &Step)> = BTreeMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        places.extend(pair.remaining().map(|step| (&step.id, (index, step))));
    }
    // For each part the parts that fall with it, and the step of theirs that links the two.
    let mut falls: BTreeMap<usize, BTreeMap<usize, &Step>> = BTreeMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        for step in pair.remaining() {
            let needed = step.needs.iter().filter_map(|need| places.get(need));
            for &(other, needed) in needed.filter(|(other, _)| *other != index && pair.saved.customer.is_some()) {
                falls.entry(other).or_default().entry(index).or_insert(step);
                if pairs[other].saved.customer.is_some() {
                    falls.entry(index).or_default().entry(other).or_insert(needed);
                }
            }
        }
    }
    let mut open: Vec<usize> = (0..pairs.len()).filter(|index| !refusals[*index].is_empty()).collect();
    while let Some(index) = open.pop() {
        let name = pairs[index].saved.customer.as_ref();
        let name = name.map_or_else(|| "the templates".to_owned(), |name| format!("customer `{name}`"));
        for (&next, step) in falls.get(&index).into_iter().flatten() {
            if refusals[next].is_empty() {
                refusals[next].push(Refusal {
                    object: step.object.clone(),
                    code: codes::LINKED_CHANGED.0.to_owned(),
                    text: format!("its steps hang together with those of {name}, of which nothing may be applied"),
                    fix: "see there, then plan again with `hubform plan --out FILE`".to_owned(),
                    source: step.source.clone(),
                });
                open.push(next);
            }
        }
    }
}

fn all_done(part: &Part) -> Note {
    let object = part.customer.clone().map(|name| Address::Customer(name).to_string());
    let what = if object.is_some() { "the customer" } else { "the templates" };
    Note {
        object,
        code: codes::DONE_ALREADY.0.to_owned(),
        text: format!("everything that the plan asks for of {what} has been done already"),
    }
}

/// Returns a part as it is carried out: the approved steps that are left, with what is known now.
fn part(pair: &Pair<'_>, refusals: Vec<Refusal>, done: &BTreeSet<&StepId>) -> Part {
    let saved = pair.saved;
    let without_done = |step: &Step| Step {
        needs: step.needs.iter().filter(|need| !done.contains(need)).cloned().collect(),
        ..step.clone()
    };
    // What there is to learn without a request is what the ledger needs now, not what it needed then.
    let Some(fresh) = pair.fresh else {
        let steps = pair.remaining().map(without_done).collect();
        // Nothing is there any more to learn about or to wait for.
        return Part { steps, refusals, catch_up: Vec::new(), waits: Vec::new(), ..saved.clone() };
    };
    let left: BTreeSet<&StepId> = pair.remaining().map(|step| &step.id).collect();
    let steps = if refusals.is_empty() {
        // They are equal; these say where they are written now.
        fresh.steps.iter().filter(|step| left.contains(&step.id)).map(without_done).collect()
    } else {
        pair.remaining().map(without_done).collect()
    };
    Part {
        desired: saved.desired.clone(),
        observed: saved.observed.clone(),
        objects: saved.objects.clone(),
        steps,
        refusals,
        ..fresh.clone()
    }
}
