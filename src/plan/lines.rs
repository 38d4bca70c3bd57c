//! Numbers and extensions that change hands in one plan: whoever gives a value up goes first; a circle is
//! broken by parking (R10, R11).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Extension, Name, ObservedPerson, RemoteIds, Value, codes};

use super::{
    compare::created,
    operation::{Edit, Operation},
    part::{NewStep, PartBuilder},
    user,
    value::{Action, Consequence, FieldChange, Reason, Step, StepId},
};

/// Something that one holder at a time can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holding {
    /// An extension within a customer.
    Extension(Name, String),
    /// A phone number as somebody's line.
    Line(String),
    /// A phone number in a location's inventory.
    Inventory(String),
}

/// Where a step is: the index of its part, and its id.
type Place = (usize, StepId);

/// Returns what a step's object holds before the step and what it holds after, as far as the step changes it.
fn holdings(step: &Step) -> Vec<(Option<Holding>, Option<Holding>)> {
    let text = |value: &Option<Value>| match value {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(Value::Flag(_) | Value::Number(_)) | None => None,
    };
    let Some(customer) = step.object.customer() else { return Vec::new() };
    step.fields
        .iter()
        .filter(|change| change.before != change.after)
        .filter_map(|change| {
            let make: &dyn Fn(String) -> Holding = match (&step.object, change.path.base()) {
                (Address::User(..), "extension") => &|value| Holding::Extension(customer.clone(), value),
                (Address::User(..), "phoneNumber") => &Holding::Line,
                (Address::Location(..), "numbers") => &Holding::Inventory,
                _ => return None,
            };
            Some((text(&change.before).map(make), text(&change.after).map(make)))
        })
        .collect()
}

/// Orders the steps that pass numbers and extensions on, and parks what goes round in a circle.
pub(super) fn link(parts: &mut [PartBuilder<'_>]) {
    release_of_removed(parts);
    let mut givers: BTreeMap<Holding, Place> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        for step in &part.steps {
            for holding in holdings(step).into_iter().filter_map(|(before, _)| before) {
                // The first step that lets go counts: a release comes before what else the object goes through.
                givers.entry(holding).or_insert((index, step.id.clone()));
            }
        }
    }
    for part in parts.iter_mut() {
        for step in &mut part.steps {
            for taken in holdings(step).into_iter().filter_map(|(_, after)| after) {
                need(step, givers.get(&taken));
            }
            for number in step.operation.numbers_removed().to_vec() {
                need(step, givers.get(&Holding::Line(number.to_string())));
            }
        }
    }
    while let Some(circle) = find_circle(parts) {
        if !park(parts, &circle) {
            let steps: Vec<&str> = circle.iter().map(|(_, id)| id.as_str()).collect();
            let text = format!("these steps need each other: {}", steps.join(" → "));
            for index in circle.iter().map(|(index, _)| *index).collect::<BTreeSet<_>>() {
                let Some(part) = parts.get_mut(index) else { continue };
                if let Some(at) = part.customer.clone().map(Address::Customer) {
                    part.refuse(
                        &at,
                        codes::EXCHANGE,
                        &text,
                        "make the change in two steps: first to a free value, then on",
                    );
                }
                part.steps.clear();
            }
        }
    }
    refuse_taken(parts, &givers);
}

fn need(step: &mut Step, giver: Option<&Place>) {
    if let Some((_, id)) = giver
        && *id != step.id
        && !step.needs.contains(id)
    {
        step.needs.push(id.clone());
    }
}

/// Unmapping frees nothing: where a removed user's line goes to somebody else, or its number leaves the location,
/// the line is taken from the person first (R10). All others are told to keep theirs.
fn release_of_removed(parts: &mut [PartBuilder<'_>]) {
    let mut wanted: BTreeSet<Holding> = BTreeSet::new();
    for step in parts.iter().flat_map(|part| &part.steps) {
        wanted.extend(holdings(step).into_iter().filter_map(|(_, after)| after));
        wanted.extend(step.operation.numbers_removed().iter().map(|number| Holding::Line(number.to_string())));
    }
    for part in parts {
        let Some(customer) = part.customer.clone() else { continue };
        let removed: Vec<(Address, StepId)> = part
            .steps
            .iter()
            .filter(|step| matches!(step.operation, Operation::DeleteSubscriber))
            .map(|step| (step.object.clone(), step.id.clone()))
            .collect();
        for (at, deletion) in removed {
            let Some(person) = person_of(part, &at) else { continue };
            let number = person.phone_number.as_ref().map(ToString::to_string);
            let extension = person.extension.as_ref().map(ToString::to_string);
            let number_goes = number.as_ref().is_some_and(|number| wanted.contains(&Holding::Line(number.clone())));
            let extension_goes = extension
                .as_ref()
                .is_some_and(|extension| wanted.contains(&Holding::Extension(customer.clone(), extension.clone())));
            let kept_number = number.as_deref().filter(|_| !number_goes);
            let kept_extension = extension.as_deref().filter(|_| !extension_goes);
            user::note_kept_line(part, &at, kept_number, kept_extension);
            if number_goes || extension_goes {
                let release = free_line(
                    part,
                    &at,
                    &customer,
                    (number, number_goes),
                    (extension, extension_goes),
                    "release",
                    Reason::Removed,
                );
                if let Some(step) = part.steps.iter_mut().find(|step| step.id == deletion) {
                    step.needs.push(release);
                }
            }
        }
    }
}

/// Adds the step that takes a number or an extension from a person; an extension is parked, since a calling
/// user keeps at least one of the two.
fn free_line(
    part: &mut PartBuilder<'_>,
    at: &Address,
    customer: &Name,
    (number, number_goes): (Option<String>, bool),
    (extension, extension_goes): (Option<String>, bool),
    word: &'static str,
    reason: Reason,
) -> StepId {
    let mut fields = Vec::new();
    let mut edit = Edit::Keep;
    if extension_goes || extension.is_none() {
        let length = extension.as_ref().map_or(4, String::len);
        if let Some(parked) = free_extension(part, customer, length) {
            fields.push(FieldChange {
                before: extension.map(Value::Text),
                ..created("extension".into(), Value::text(parked.as_str()))
            });
            edit = Edit::Set(parked);
        }
    }
    if number_goes {
        fields.push(FieldChange {
            before: number.map(Value::Text),
            after: None,
            ..created("phoneNumber".into(), Value::text(""))
        });
    }
    let operation = Operation::UpdatePerson {
        first_name: None,
        last_name: None,
        phone_number: if number_goes { Edit::Clear } else { Edit::Keep },
        extension: edit,
    };
    let adopted: Vec<StepId> = part
        .steps
        .iter()
        .filter(|step| step.object == *at && step.action == Action::Adopt)
        .map(|step| step.id.clone())
        .collect();
    let step = NewStep::new(at, word, Action::Update, reason, operation).fields(fields).needs(adopted);
    part.push(step.means(Consequence::LosesCalling))
}

/// Returns the highest extension of a length that nobody has, wants or had (R11).
fn free_extension(part: &PartBuilder<'_>, customer: &Name, length: usize) -> Option<Extension> {
    let world = part.world;
    let mut used: BTreeSet<String> = world
        .desired
        .users(customer)
        .filter_map(|(_, _, user)| user.extension.as_ref().map(ToString::to_string))
        .collect();
    let people = part.organization.into_iter().flat_map(|organization| organization.people.values());
    used.extend(people.filter_map(|person| person.extension.as_ref().map(ToString::to_string)));
    used.extend(
        world.ledger.users(customer).filter_map(|(_, record)| record.applied.text("extension").map(str::to_owned)),
    );
    used.extend(
        part.steps
            .iter()
            .flat_map(|step| &step.fields)
            .filter(|change| change.path.as_str() == "extension")
            .filter_map(|change| change.after.as_ref().map(ToString::to_string)),
    );
    let highest = 10_u64.checked_pow(u32::try_from(length).ok()?)?.checked_sub(1)?;
    // More candidates than values in use, so that one of them is free if any is.
    (0..=highest)
        .rev()
        .take(used.len() + 16)
        .map(|number| format!("{number:0length$}"))
        .find(|text| !used.contains(text) && !matches!(text.as_str(), "911" | "933" | "611" | "1911" | "999" | "112"))
        .and_then(|text| text.parse().ok())
}

fn person_of<'a>(part: &PartBuilder<'a>, at: &Address) -> Option<&'a ObservedPerson> {
    let by_id = match part.known.get(at) {
        Some(RemoteIds::User { id: _, person_id: Some(id) }) => part.index.person(id),
        _ => None,
    };
    let by_email = || match at {
        Address::User(_, email) => part.index.person_of(email),
        Address::Template(_) | Address::Customer(_) | Address::Location(..) => None,
    };
    by_id.or_else(by_email).map(|(_, person)| person)
}

/// Finds steps that need each other in a circle, the same one for the same plan.
fn find_circle(parts: &[PartBuilder<'_>]) -> Option<Vec<Place>> {
    let mut needs: BTreeMap<&StepId, (usize, BTreeSet<&StepId>)> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        for step in &part.steps {
            needs.insert(&step.id, (index, step.needs.iter().collect()));
        }
    }
    // What can run is taken away again and again; what remains is in a circle or behind one.
    let mut waiting_for: BTreeMap<&StepId, usize> = BTreeMap::new();
    let mut behind: BTreeMap<&StepId, Vec<&StepId>> = BTreeMap::new();
    for (id, (_, before)) in &needs {
        let before: Vec<&StepId> = before.iter().copied().filter(|need| needs.contains_key(*need)).collect();
        waiting_for.insert(id, before.len());
        for need in before {
            behind.entry(need).or_default().push(id);
        }
    }
    let mut ready: Vec<&StepId> = waiting_for.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut left: BTreeSet<&StepId> = needs.keys().copied().collect();
    while let Some(id) = ready.pop() {
        left.remove(id);
        for next in behind.get(id).into_iter().flatten() {
            if let Some(count) = waiting_for.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    ready.push(next);
                }
            }
        }
    }
    let mut at = *left.first()?;
    let mut way: Vec<&StepId> = Vec::new();
    loop {
        if let Some(start) = way.iter().position(|id| *id == at) {
            return Some(
                way.split_off(start)
                    .into_iter()
                    .map(|id| (needs.get(id).map_or(0, |(index, _)| *index), id.clone()))
                    .collect(),
            );
        }
        way.push(at);
        // Everything that remains needs something that remains.
        at = needs.get(at)?.1.iter().copied().find(|need| left.contains(need))?;
    }
}

/// Breaks a circle: one of its users lets go first, by a step of its own. Returns false if none can.
fn park(parts: &mut [PartBuilder<'_>], circle: &[Place]) -> bool {
    let step_at = |parts: &[PartBuilder<'_>], (index, id): &Place| -> Option<Step> {
        parts.get(*index)?.steps.iter().find(|step| step.id == *id).cloned()
    };
    let mut candidates: Vec<(Place, Step)> = Vec::new();
    for place in circle {
        let Some(step) = step_at(parts, place) else { continue };
        let parked_already = parts.get(place.0).is_some_and(|part| {
            part.steps.iter().any(|other| other.object == step.object && other.id == StepId::new(&step.object, "park"))
        });
        let lets_go = holdings(&step).iter().any(|(before, _)| before.is_some());
        let changes_line = matches!(
            step.operation,
            Operation::UpdatePerson { .. } | Operation::MoveUser { .. } | Operation::UpdateSubscriber { .. }
        );
        if lets_go && changes_line && !parked_already {
            candidates.push((place.clone(), step));
        }
    }
    candidates.sort_by(|one, other| one.1.id.cmp(&other.1.id));
    let Some(((index, id), step)) = candidates.into_iter().next() else { return false };
    let given: Vec<Holding> = holdings(&step).into_iter().filter_map(|(before, _)| before).collect();
    let Some(part) = parts.get_mut(index) else { return false };
    let (Some(customer), Some(person)) = (part.customer.clone(), person_of(part, &step.object)) else { return false };
    let number = person.phone_number.as_ref().map(ToString::to_string);
    let extension = person.extension.as_ref().map(ToString::to_string);
    let number_goes = given.iter().any(|holding| matches!(holding, Holding::Line(_)));
    let extension_goes = given.iter().any(|holding| matches!(holding, Holding::Extension(..)));
    let parked = free_line(
        part,
        &step.object,
        &customer,
        (number, number_goes),
        (extension, extension_goes),
        "park",
        step.reason,
    );
    for part in parts.iter_mut() {
        for other in &mut part.steps {
            let takes =
                holdings(other).iter().any(|(_, after)| after.as_ref().is_some_and(|after| given.contains(after)));
            let removes = other
                .operation
                .numbers_removed()
                .iter()
                .any(|number| given.contains(&Holding::Line(number.to_string())));
            if (takes || removes) && other.id != parked && other.id != id {
                other.needs.retain(|need| *need != id);
                other.needs.push(parked.clone());
            }
            if other.id == id {
                other.needs.push(parked.clone());
            }
        }
    }
    true
}

/// Refuses a plan that gives somebody a line which a person holds who does not let go in this plan.
fn refuse_taken(parts: &mut [PartBuilder<'_>], givers: &BTreeMap<Holding, Place>) {
    for part in parts.iter_mut() {
        let Some(organization) = part.organization else { continue };
        let mut lines: BTreeMap<Holding, &ObservedPerson> = BTreeMap::new();
        let Some(customer) = part.customer.clone() else { continue };
        for person in organization.people.values() {
            if let Some(number) = &person.phone_number {
                lines.insert(Holding::Line(number.to_string()), person);
            }
            if let Some(extension) = &person.extension {
                lines.insert(Holding::Extension(customer.clone(), extension.to_string()), person);
            }
        }
        let mut taken: Vec<(Address, String)> = Vec::new();
        for step in &part.steps {
            let removed = step.operation.numbers_removed().iter().map(|number| Holding::Line(number.to_string()));
            let wanted = holdings(step).into_iter().filter_map(|(_, after)| after).chain(removed);
            for holding in wanted {
                let Some(holder) = lines.get(&holding) else { continue };
                let own = match &step.object {
                    Address::User(_, email) => holder.emails.contains(email),
                    Address::Template(_) | Address::Customer(_) | Address::Location(..) => false,
                };
                if own || givers.contains_key(&holding) {
                    continue;
                }
                let who = holder.emails.first().map_or("somebody", crate::model::Email::as_str);
                let what = match &holding {
                    Holding::Extension(_, extension) => format!("extension {extension}"),
                    Holding::Line(number) | Holding::Inventory(number) => format!("number {number}"),
                };
                taken.push((
                    step.object.clone(),
                    format!("the {what} is held by `{who}`, who does not give it up in this plan"),
                ));
            }
        }
        for (at, text) in taken {
            part.refuse(
                &at,
                codes::LINE_TAKEN,
                text,
                "take it away in Control Hub, describe that user with another line, or choose another value",
            );
        }
    }
}
