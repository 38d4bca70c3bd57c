//! Taking a location down: numbers, calling, location; never the last one with calling, and nobody's home.

use std::collections::BTreeSet;

use crate::model::{
    Address, FieldPath, Fields, LocationId, Name, ObservedLocation, RemoteIds, Spec, Value, codes, same_remote,
};

use super::{
    calling::remove_numbers,
    compare::created,
    customer::Below,
    operation::Operation,
    part::{NewStep, PartBuilder},
    seen,
    value::{Action, Consequence, FieldChange, Reason, StepId},
};

/// Plans the removal of a location that a `Removed` document names: numbers, calling, location.
pub(super) fn close(
    part: &mut PartBuilder<'_>,
    at: &Address,
    applied: &Fields,
    id: &LocationId,
    below: &Below<'_>,
    after_users: &[StepId],
) {
    let found = part.index.location(id);
    part.known.insert(at.clone(), RemoteIds::Location { id: id.clone() });
    let Some((id, found)) = found else {
        part.drop_record(at);
        return;
    };
    part.looks.found(at, seen::location(found).values);
    let mut needs: Vec<StepId> = after_users.to_vec();
    if let Some(calling) = &found.calling {
        if !may_disable(part, at, id, found, below) {
            return;
        }
        let ours: Vec<FieldChange> = calling
            .numbers
            .iter()
            .filter(|number| calling.main_number.as_ref() != Some(number))
            .filter(|number| applied.get(&format!("numbers[{number}]")).is_some())
            .map(|number| FieldChange {
                before: Some(crate::model::Value::text(number.as_str())),
                after: None,
                ..created(FieldPath::member("numbers", number.as_str()), crate::model::Value::text(""))
            })
            .collect();
        remove_numbers(part, at, &ours, Some(found), None, &needs, Reason::Removed);
        needs.extend(part.steps_of(at));
        let operation = Operation::DisableCalling { display_name: found.name.clone() };
        let step = NewStep::new(at, "disable-calling", Action::Delete, Reason::Removed, operation)
            .needs(needs.clone())
            .means(Consequence::LosesCalling)
            .means(Consequence::Irreversible);
        needs.push(part.push(step));
    }
    let step = NewStep::new(at, "delete", Action::Delete, Reason::Removed, Operation::DeleteLocation)
        .needs(needs)
        .means(Consequence::Irreversible);
    part.push(step);
}

/// Refuses to disable the last calling location, which the service never does, and one that somebody uses.
fn may_disable(
    part: &mut PartBuilder<'_>,
    at: &Address,
    id: &LocationId,
    found: &ObservedLocation,
    below: &Below<'_>,
) -> bool {
    let Some(organization) = below.organization else { return false };
    let name = &found.name;
    let leaving: BTreeSet<&Address> = part.world.desired.removals.keys().collect();
    let stays = organization.locations.iter().any(|(other, location)| {
        other != id
            && location.calling.is_some()
            && !part
                .index
                .location_name(other)
                .is_some_and(|name| leaving.contains(&Address::Location(below.name.clone(), name.clone())))
    });
    part.looks.guard(at, "another calling location", Value::Flag(stays));
    if !stays {
        let text =
            format!("`{name}` is the last calling location of its organization, which the service never disables");
        part.refuse(at, codes::LAST_LOCATION, text, "remove the customer instead, or keep the location");
        return false;
    }
    let users: Vec<&str> = organization
        .people
        .values()
        .filter(|person| person.location.as_ref().is_some_and(|at| same_remote(at.as_str(), id.as_str())))
        .filter(|person| !leaves(part, below.name, at, person))
        .filter_map(|person| person.emails.first().map(crate::model::Email::as_str))
        .collect();
    part.looks.count(at, "users who stay", users.len());
    if users.is_empty() {
        return true;
    }
    let text = format!("{} user(s) are still at `{name}`: {}", users.len(), users.join(", "));
    part.refuse(
        at,
        codes::LOCATION_IN_USE,
        text,
        "give them another location in the manifests first; people who were unmapped keep theirs",
    );
    false
}

/// Returns true if a person who is at a location now is elsewhere once the plan is carried out.
fn leaves(part: &PartBuilder<'_>, customer: &Name, at: &Address, person: &crate::model::ObservedPerson) -> bool {
    person.emails.iter().any(|email| {
        let user = Address::User(customer.clone(), email.clone());
        match part.world.desired.objects.get(&user).map(|object| &object.spec) {
            Some(Spec::User(user)) => user.location.as_ref().is_some_and(|location| location.as_str() != at.last()),
            _ => false,
        }
    })
}
