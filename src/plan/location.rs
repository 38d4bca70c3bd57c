//! Locations: create → enable calling → PSTN → numbers → main number; the headquarters come with their customer.

use std::collections::BTreeSet;

use crate::model::{
    Address, DesiredObject, FieldPath, Fields, Location, LocationId, ObservedLocation, RemoteIds, Spec, codes,
};

use super::{
    calling::{calling_side, expect_pstn, refuse_pstn_change, unmanaged_numbers},
    compare::{self, Rule, created},
    customer::Below,
    operation::Operation,
    part::{NewStep, PartBuilder},
    seen,
    value::{Action, Consequence, FieldChange, Reason, StepId},
};

/// Says how a location's field can change.
fn rule(path: &FieldPath) -> Rule {
    match path.base() {
        "numbers" => Rule::Free,
        "address" if matches!(path.as_str(), "address.line2" | "address.state" | "address.postalCode") => Rule::Free,
        _ => Rule::Replaceable,
    }
}

/// Finds the location of the service that an address means (R1).
fn matching<'a>(
    part: &mut PartBuilder<'a>,
    at: &Address,
    location: &Location,
    below: &Below<'a>,
) -> Result<Option<(&'a LocationId, &'a ObservedLocation)>, ()> {
    let Some(organization) = below.organization else {
        if part.world.record(at).is_some() && !below.is_new {
            let text = "the organization was not read, so nobody knows whether the location is still there";
            part.refuse(at, codes::UNREAD, text, "try again once the service answers");
            return Err(());
        }
        return Ok(None);
    };
    if let Some(RemoteIds::Location { id }) = part.world.record(at).map(|record| &record.ids) {
        return Ok(part.index.location(id));
    }
    if let Some(id) = &location.id {
        if let Some(found) = part.index.location(id) {
            return Ok(Some(found));
        }
        let text = format!("the manifest pins the location `{id}`, and the organization has none of that id");
        part.refuse(at, codes::SEVERAL_MATCH, text, "correct or remove `id`");
        return Err(());
    }
    let named: Vec<_> =
        organization.locations.iter().filter(|(_, found)| found.name == location.display_name).collect();
    let created_here = part.world.record(&Address::Customer(below.name.clone())).is_some_and(|record| record.created);
    if named.is_empty()
        && at.is_headquarters()
        && created_here
        && organization.locations.len() == 1
        && let Some(only) =
            organization.locations.iter().next().filter(|(id, _)| part.index.location_name(id).is_none())
    {
        return Ok(Some(only));
    }
    match named.as_slice() {
        [(id, _)] if let Some(owner) = part.index.location_name(id) => {
            let text = format!("the ledger knows the location `{}` under the name `{owner}`", location.display_name);
            let fix =
                format!("if it was renamed in git write `renamedFrom: {owner}`; otherwise give this one another name");
            part.refuse(at, codes::SEVERAL_MATCH, text, fix);
            Err(())
        }
        [one] => Ok(Some(*one)),
        [] => {
            let taken = organization.locations.iter().find(|(id, found)| {
                found.address.as_ref() == Some(&location.address.postal) && part.index.location_name(id).is_none()
            });
            if let Some((id, found)) = taken
                && !at.is_headquarters()
            {
                let text = format!("the location `{}` has the same address under another name", found.name);
                let fix =
                    format!("if it is the same one write `id: {id}`; if it was renamed in git write `renamedFrom`");
                part.refuse(at, codes::SAME_ADDRESS, text, fix);
                return Err(());
            }
            Ok(None)
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|(id, _)| id.as_str()).collect();
            let text = format!("several locations are called `{}`: {}", location.display_name, ids.join(", "));
            part.refuse(at, codes::SEVERAL_MATCH, text, "write the `id` of the right one into the manifest");
            Err(())
        }
    }
}

/// Plans one location that the manifests describe.
pub(super) fn plan<'a>(
    part: &mut PartBuilder<'a>,
    at: &Address,
    object: &DesiredObject,
    below: &Below<'a>,
    calling: bool,
) {
    let Spec::Location(location) = &object.spec else { return };
    if part.holds(at) {
        // Whoever is there, or goes there, needs its id all the same.
        let record = part.world.record(at).map(|record| record.ids.clone());
        if let (Some(RemoteIds::Location { id }), Address::Location(_, name)) = (record, at)
            && part.index.location(&id).is_some()
        {
            part.matched.insert(id.key(), name.clone());
            part.known.insert(at.clone(), RemoteIds::Location { id });
        }
        return;
    }
    let Ok(found) = matching(part, at, location, below) else { return };
    if let Some((id, found)) = found {
        existing(part, at, location, below, (id, found), calling);
        return;
    }
    part.looks.absent(at);
    if at.is_headquarters() && below.brings_headquarters {
        comes_along(part, at, location, below);
    } else {
        new(part, at, location, below, calling);
    }
}

/// The service makes the headquarters when it makes the customer: they are found, never created again.
fn comes_along(part: &mut PartBuilder<'_>, at: &Address, location: &Location, below: &Below<'_>) {
    let fields = location.fields();
    let sent = |path: &FieldPath| matches!(path.base(), "displayName" | "address" | "timeZone" | "language");
    let mut found: Vec<FieldChange> = fields
        .iter()
        .filter(|(path, _)| sent(path))
        .map(|(path, value)| created(path.clone(), value.clone()))
        .collect();
    // The language that is sent counts for announcements too.
    let same = location.announcements() == &location.language;
    if same {
        found.extend(
            fields.get("announcementLanguage").map(|value| created("announcementLanguage".into(), value.clone())),
        );
    }
    let operation = Operation::AdoptHeadquarters { display_name: location.display_name.clone() };
    let step = NewStep::new(at, "adopt", Action::Adopt, Reason::New, operation)
        .requests(0)
        .fields(found)
        .needs(below.needs.iter().cloned());
    let adopted = part.push(step);
    let rest = compare::all_new(&fields)
        .into_iter()
        .filter(|change| !(sent(&change.path) || same && change.path.as_str() == "announcementLanguage"))
        .collect();
    calling_side(part, at, location, rest, None, vec![adopted], Reason::New);
}

fn new(part: &mut PartBuilder<'_>, at: &Address, location: &Location, below: &Below<'_>, calling: bool) {
    let reason = if part.world.record(at).is_some() { Reason::Gone } else { Reason::New };
    let fields = location.fields();
    let (own, rest): (Vec<FieldChange>, Vec<FieldChange>) = compare::all_new(&fields)
        .into_iter()
        .partition(|change| matches!(change.path.base(), "displayName" | "address" | "timeZone" | "language"));
    let operation = Operation::CreateLocation { location: Box::new(location.clone()) };
    let step = NewStep::new(at, "create", Action::Create, reason, operation).fields(own);
    let create = part.push(step.needs(below.needs.iter().cloned()));
    if calling {
        let (enabled, rest) = rest.into_iter().partition(|change| change.path.as_str() == "announcementLanguage");
        let ready = enable(part, at, location, enabled, vec![create], reason);
        calling_side(part, at, location, rest, None, vec![ready], reason);
    }
}

fn enable(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    fields: Vec<FieldChange>,
    needs: Vec<StepId>,
    reason: Reason,
) -> StepId {
    let operation = Operation::EnableCalling { location: Box::new(location.clone()) };
    part.push(NewStep::new(at, "calling", reason.action(), reason, operation).fields(fields).needs(needs))
}

fn existing(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    below: &Below<'_>,
    (id, found): (&LocationId, &ObservedLocation),
    calling: bool,
) {
    let mut desired = location.fields();
    let fields = seen::location(found);
    part.looks.found(at, fields.values.clone());
    let applied = part.world.record(at).map(|record| record.applied.clone());
    if !location.address.written && !default_address(part, at, location, found, &mut desired, applied.as_ref()) {
        return;
    }
    if !calling {
        // Without a calling package there is no calling side to compare.
        for path in desired.paths().cloned().collect::<Vec<_>>() {
            if !matches!(path.base(), "displayName" | "address" | "timeZone" | "language") {
                desired.clear(path.as_str());
            }
        }
    }
    let mut comparison = compare::compare(&desired, applied.as_ref(), &fields, rule);
    if !location.address.written && found.address.as_ref() != Some(&location.address.postal) {
        // What would be sent is the manifest's default, and that is not what was applied.
        let mut default = Fields::default();
        location.address.postal.add_fields("address", &mut default);
        if default.iter().any(|(path, value)| desired.get(path.as_str()) != Some(value)) {
            comparison.take(|path| path.base() == "address");
        }
    }
    if location.pstn.is_some() {
        // One route is replaced by another; nothing of the old one is left.
        comparison.left.retain(|path| path.base() != "pstn");
    }
    expect_pstn(part, at, location, found, &mut comparison);
    if refuse_pstn_change(part, at, location, found, &comparison) {
        return;
    }
    part.explain(at, &comparison);
    unmanaged_numbers(part, at, location, found, applied.as_ref());
    let ids = RemoteIds::Location { id: id.clone() };
    let mut needs: Vec<StepId> = part.settle(at, ids, &comparison).into_iter().collect();
    needs.extend(below.needs.iter().cloned());
    let own = comparison.take(|path| matches!(path.base(), "displayName" | "address" | "timeZone" | "language"));
    if !own.is_empty() {
        let touches = |base: &str| own.iter().any(|change| change.path.base() == base);
        let operation = Operation::UpdateLocation {
            display_name: touches("displayName").then(|| location.display_name.clone()),
            address: touches("address").then(|| location.address.postal.clone()),
            time_zone: touches("timeZone").then(|| location.time_zone.clone()),
            language: touches("language").then(|| location.language.clone()),
        };
        let mut step = NewStep::new(at, "update", Action::Update, Reason::Edited, operation).needs(needs.clone());
        if touches("address") {
            step = step.means(Consequence::EmergencyCalling);
        }
        let step = part.push(step.fields(own));
        needs.push(step);
    }
    let rest = comparison.take(|_| true);
    if calling && found.calling.is_none() {
        let (enabled, rest) = rest.into_iter().partition(|change| change.path.as_str() == "announcementLanguage");
        let ready = enable(part, at, location, enabled, needs, Reason::Edited);
        calling_side(part, at, location, rest, None, vec![ready], Reason::Edited);
    } else {
        calling_side(part, at, location, rest, Some(found), needs, Reason::Edited);
    }
}

/// The billing address stood in for the headquarters' own at creation only (R13). Returns false if the part is refused.
fn default_address(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    found: &ObservedLocation,
    desired: &mut Fields,
    applied: Option<&Fields>,
) -> bool {
    if found.address.as_ref() == Some(&location.address.postal) || found.address.is_none() {
        return true;
    }
    if let Some(applied) = applied {
        // It was created from the address that was the default then; that one stays ours.
        let paths: BTreeSet<FieldPath> =
            desired.paths().chain(applied.paths()).filter(|path| path.base() == "address").cloned().collect();
        let was_default = paths.iter().any(|path| applied.get(path.as_str()) != desired.get(path.as_str()));
        if !was_default {
            return true; // drift of the address that was applied
        }
        for path in paths {
            match applied.get(path.as_str()).cloned() {
                Some(value) => desired.set(path, value),
                None => desired.clear(path.as_str()),
            }
        }
        return true;
    }
    part.refuse(
        at,
        codes::HEADQUARTERS_ADDRESS,
        "the headquarters have another address than `billingAddress`, which stands in for it at creation only",
        "write `headquarters.address`",
    );
    false
}
