//! Locations: create → enable calling → PSTN → numbers → main number; the headquarters come with their customer.

use std::collections::BTreeSet;

use crate::model::{
    Address, DesiredObject, FieldPath, Fields, Location, LocationId, Name, ObservedLocation, PhoneNumber, Pstn,
    RemoteIds, Spec, codes, same_remote,
};

use super::{
    compare::{self, Comparison, Rule, created},
    customer::Below,
    operation::{Edit, Operation},
    part::{NewStep, PartBuilder},
    seen,
    value::{Action, Consequence, FieldChange, Reason, StepId},
};

/// The most numbers that one request adds; the interface documents no limit.
const ADD_AT_ONCE: usize = 100;
/// The most numbers that one request removes (official calling description).
const REMOVE_AT_ONCE: usize = 5;

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
    let Ok(found) = matching(part, at, location, below) else { return };
    match found {
        Some((id, found)) => existing(part, at, location, below, (id, found), calling),
        None if at.is_headquarters() && below.brings_headquarters => comes_along(part, at, location, below),
        None => new(part, at, location, below, calling),
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
    part.push(NewStep::new(at, "calling", action_of(reason), reason, operation).fields(fields).needs(needs))
}

/// Steps that complete a new object belong to its creation.
fn action_of(reason: Reason) -> Action {
    if matches!(reason, Reason::New | Reason::Gone) { Action::Create } else { Action::Update }
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
    part.looked_at.push((at.clone(), fields.values.clone()));
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

/// A PSTN type that only a provider or Control Hub can set is awaited, never set (R12).
fn expect_pstn(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    found: &ObservedLocation,
    comparison: &mut Comparison,
) {
    let Some(pstn) = &location.pstn else { return };
    if pstn.kind().is_settable() {
        return;
    }
    let differs = !comparison.take(|path| path.base() == "pstn").is_empty();
    if differs {
        wait_for_pstn(part, at, pstn, &found.name);
    }
}

fn wait_for_pstn(part: &mut PartBuilder<'_>, at: &Address, pstn: &Pstn, name: &str) {
    let word = pstn.kind().word();
    part.wait(
        at,
        codes::PSTN_AWAITED,
        (
            format!("the location has no `{word}` connection yet, and no interface can set one"),
            "the provider, or an administrator in Control Hub",
            format!("connect the location `{name}` there; hubform goes on once it sees it"),
        ),
        None,
    );
}

/// Refuses to change the kind of connection while numbers hang on it, and numbers on an integrated one (R12).
fn refuse_pstn_change(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    found: &ObservedLocation,
    comparison: &Comparison,
) -> bool {
    let Some(calling) = &found.calling else { return false };
    let type_changes = comparison.change("pstn.type").is_some();
    if type_changes && calling.pstn.is_some() && !calling.numbers.is_empty() {
        let text = format!(
            "the PSTN connection would change from `{}` while the location holds {} number(s)",
            calling.pstn.as_ref().and_then(|pstn| pstn.kind).map_or("unknown", crate::model::PstnKind::word),
            calling.numbers.len()
        );
        part.refuse(at, codes::PSTN_CHANGE, text, "remove the numbers first, or change it in Control Hub");
        return true;
    }
    let settable = calling.pstn.as_ref().is_none_or(|pstn| pstn.kind.is_some_and(crate::model::PstnKind::is_settable));
    let numbers = comparison.changes.iter().filter(|change| change.path.base() == "numbers").count();
    if !settable && !type_changes && numbers > 0 {
        let text = format!(
            "{numbers} number(s) of `{}` would change, and the location has an integrated PSTN: changing them by request damages the provider's records",
            location.display_name
        );
        part.refuse(at, codes::PSTN_INTEGRATED, text, "order numbers from the provider, and leave `numbers` out");
        return true;
    }
    false
}

fn unmanaged_numbers(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    found: &ObservedLocation,
    applied: Option<&Fields>,
) {
    let Some(calling) = &found.calling else { return };
    let unmanaged: Vec<&PhoneNumber> = calling
        .numbers
        .iter()
        .filter(|number| !location.numbers.contains(number))
        .filter(|number| applied.is_none_or(|fields| fields.get(&format!("numbers[{number}]")).is_none()))
        .collect();
    if !unmanaged.is_empty() {
        let ranges: Vec<String> =
            crate::model::compress(unmanaged.iter().copied()).iter().map(ToString::to_string).collect();
        part.note(
            at,
            codes::UNMANAGED,
            format!("numbers that are not in the manifest are left alone: {}", ranges.join(", ")),
        );
    }
}

/// Plans PSTN, numbers and the main number, each behind what it needs; number removals come last.
fn calling_side(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    changes: Vec<FieldChange>,
    found: Option<&ObservedLocation>,
    mut needs: Vec<StepId>,
    reason: Reason,
) {
    let mut rest = Comparison { changes, ..Comparison::default() };
    let pstn = rest.take(|path| path.base() == "pstn");
    if let Some(wanted) = &location.pstn
        && !pstn.is_empty()
    {
        if wanted.kind().is_settable() {
            let operation = Operation::ConnectPstn { pstn: wanted.clone() };
            let step = NewStep::new(at, "pstn", action_of(reason), reason, operation).fields(pstn).needs(needs.clone());
            needs.push(part.push(step));
        } else {
            wait_for_pstn(part, at, wanted, &location.display_name);
        }
    }
    let numbers = rest.take(|path| path.base() == "numbers");
    let (added, removed): (Vec<FieldChange>, Vec<FieldChange>) =
        numbers.into_iter().partition(|change| change.after.is_some());
    let before_numbers = needs.clone();
    for batch in added.chunks(ADD_AT_ONCE) {
        let operation = Operation::AddNumbers { numbers: numbers_of(batch) };
        let step = NewStep::new(at, "numbers", action_of(reason), reason, operation);
        needs.push(part.push(step.fields(batch.to_vec()).needs(before_numbers.clone())));
    }
    let settings = rest.take(|_| true);
    let mut before_removal = needs.clone();
    if !settings.is_empty() {
        let change = |path: &str| settings.iter().find(|change| change.path.as_str() == path);
        let operation = Operation::UpdateCalling {
            announcement_language: change("announcementLanguage").map(|_| location.announcements().clone()),
            main_number: change("mainNumber").and(location.main_number.clone()),
            routing_prefix: match change("routingPrefix") {
                Some(_) => location.routing_prefix.clone().map_or(Edit::Clear, Edit::Set),
                None => Edit::Keep,
            },
        };
        let mut step = NewStep::new(at, "settings", action_of(reason), reason, operation).needs(needs.clone());
        if change("mainNumber").is_some_and(|change| change.before.is_some()) {
            step = step.means(Consequence::EmergencyCalling);
        }
        before_removal.push(part.push(step.fields(settings)));
    }
    remove_numbers(part, at, &removed, found, location.main_number.as_ref(), &before_removal, Reason::Edited);
}

fn numbers_of(changes: &[FieldChange]) -> Vec<PhoneNumber> {
    changes.iter().filter_map(|change| change.path.key()?.parse().ok()).collect()
}

/// Plans the removal of numbers, five at a time; a main number cannot go.
fn remove_numbers(
    part: &mut PartBuilder<'_>,
    at: &Address,
    removed: &[FieldChange],
    found: Option<&ObservedLocation>,
    new_main: Option<&PhoneNumber>,
    needs: &[StepId],
    reason: Reason,
) {
    let main = found.and_then(|found| found.calling.as_ref()).and_then(|calling| calling.main_number.as_ref());
    let stays = main.filter(|main| new_main.is_none_or(|new| new == *main));
    if let Some(main) = stays
        && removed.iter().any(|change| change.path.key() == Some(main.as_str()))
        && reason != Reason::Removed
    {
        let text = format!("`{main}` is the main number and would leave the location");
        part.refuse(at, codes::MAIN_NUMBER, text, "give the location another `mainNumber` first");
        return;
    }
    for batch in removed.chunks(REMOVE_AT_ONCE) {
        let operation = Operation::RemoveNumbers { numbers: numbers_of(batch) };
        let step = NewStep::new(at, "remove-numbers", Action::Update, reason, operation)
            .fields(batch.to_vec())
            .needs(needs.to_vec())
            .means(Consequence::LosesCalling);
        part.push(step);
    }
}

/// Plans the removal of a location that a `Removed` document names: numbers, calling, location.
pub(super) fn remove(
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
    part.looked_at.push((at.clone(), seen::location(found).values));
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
