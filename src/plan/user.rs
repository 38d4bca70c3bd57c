//! Users: package through the subscriber, names and line through the person, location by the move job, roles.

use std::collections::BTreeSet;

use crate::model::{
    Address, DesiredObject, Email, FieldPath, LocationId, Name, ObservedPerson, ObservedSubscriber, OnRemove,
    PackageName, PersonId, Record, RemoteIds, RoleName, Spec, SubscriberStatus, User, Value, codes, same_remote,
};

use super::{
    compare::{self, Comparison, Rule},
    customer::Below,
    index::Index,
    operation::{Edit, Line, Operation},
    part::{NewStep, PartBuilder},
    seen,
    value::{Action, Consequence, FieldChange, Reason, StepId},
};

/// Says how a user's field can change. A number can be cleared; no document says that an extension can.
fn rule(path: &FieldPath) -> Rule {
    match path.base() {
        "firstName" | "lastName" | "package" | "location" | "extension" => Rule::Replaceable,
        _ => Rule::Free,
    }
}

fn is_line(path: &FieldPath) -> bool {
    matches!(path.as_str(), "location" | "phoneNumber" | "extension")
}

/// The subscriber and the person behind a user, as far as they are there.
pub(super) struct Found<'a> {
    pub(super) subscriber: Option<&'a ObservedSubscriber>,
    pub(super) person: Option<(&'a PersonId, &'a ObservedPerson)>,
}

/// Finds the subscriber and the person that an address means (R1).
pub(super) fn matching<'a>(
    record: Option<&Record>,
    pinned: Option<&str>,
    email: &Email,
    index: &Index<'a>,
) -> Found<'a> {
    let id = match record.map(|record| &record.ids) {
        Some(RemoteIds::User { id, person_id: _ }) => Some(id.as_str()),
        _ => pinned,
    };
    let subscriber = match id {
        Some(id) => index.subscriber(id, email),
        None => index.subscriber_of(email),
    };
    let person = match subscriber.and_then(|subscriber| subscriber.person_id.as_ref()) {
        Some(id) => index.person(id),
        None => index.person_of(email),
    };
    Found { subscriber, person }
}

/// Plans one user whom the manifests describe.
pub(super) fn plan(
    part: &mut PartBuilder<'_>,
    at: &Address,
    object: &DesiredObject,
    below: &Below<'_>,
    me: Option<&PersonId>,
) {
    let (Address::User(customer, email), Spec::User(user)) = (at, &object.spec) else { return };
    let location = user.location.as_ref().map(|name| Address::Location(customer.clone(), name.clone()));
    if part.holds(at) || location.is_some_and(|location| waits_for_location(part, at, &location)) {
        return;
    }
    let record = part.world.record(at);
    let pinned = user.id.as_ref().map(crate::model::SubscriberId::as_str);
    let found = matching(record, pinned, email, &part.index);
    let by_id = match record.map(|record| &record.ids) {
        Some(RemoteIds::User { id, person_id: _ }) => Some(id.as_str()),
        _ => pinned,
    };
    if let Some(ids) = part.index.doubles(email)
        && !by_id.is_some_and(|id| part.index.has_subscriber(id))
    {
        let text = format!("several subscribers have the address `{email}`: {}", ids.join(", "));
        part.refuse(at, codes::SEVERAL_MATCH, text, "write the `id` of the right one into the manifest");
        return;
    }
    match found.subscriber {
        Some(subscriber) if subscriber.status == SubscriberStatus::PendingUserMigration => {
            pending(part, at, user, subscriber);
        }
        Some(subscriber) => existing(part, at, customer, user, below, (subscriber, found.person), me),
        None => new(part, at, customer, email, user, below, found.person),
    }
}

/// Waits for a location of which it is not known whether it was made; one that is there will do, whatever goes on.
fn waits_for_location(part: &mut PartBuilder<'_>, at: &Address, location: &Address) -> bool {
    if part.known.contains_key(location) || !part.world.journal.held.contains_key(location) {
        return false;
    }
    let text = format!("`{location}` is needed, and it is not known yet whether it was made");
    let action = "run `hubform apply` again once that is known".to_owned();
    part.wait(at, codes::UNSETTLED, (text, "the service", action), None);
    true
}

/// Nothing can be done for a user whose consent is pending; the line stays reserved in the manifests.
fn pending(part: &mut PartBuilder<'_>, at: &Address, user: &User, subscriber: &ObservedSubscriber) {
    let seen = seen::user(Some(subscriber), None, |_| None);
    let desired = user.fields();
    let comparison = compare::compare(&desired, part.world.record(at).map(|record| &record.applied), &seen, rule);
    let settled = part.world.record(at).map_or_else(|| comparison.settled.clone(), |record| record.applied.clone());
    let ids = RemoteIds::User { id: subscriber.id.clone(), person_id: None };
    part.looks.found(at, seen.values);
    part.settle(at, ids, &Comparison { settled, ..Comparison::default() });
    part.wait(
        at,
        codes::CONSENT_PENDING,
        (
            format!("`{}` owns a free Webex account and has to consent to moving it", subscriber.email),
            "the user",
            "accept the invitation that Webex has sent by e-mail".to_owned(),
        ),
        subscriber.since.clone(),
    );
}

fn line_of(customer: &Name, user: &User) -> Option<Line> {
    user.location.as_ref().filter(|_| user.package.is_calling()).map(|location| Line {
        location: Address::Location(customer.clone(), location.clone()),
        phone_number: user.phone_number.clone(),
        extension: user.extension.clone(),
    })
}

/// Returns the steps that a user's line needs: everything of its location but removals.
fn ready(part: &PartBuilder<'_>, customer: &Name, location: Option<&Name>) -> Vec<StepId> {
    location
        .and_then(|location| part.ready.get(&Address::Location(customer.clone(), location.clone())))
        .cloned()
        .unwrap_or_default()
}

fn new(
    part: &mut PartBuilder<'_>,
    at: &Address,
    customer: &Name,
    email: &Email,
    user: &User,
    below: &Below<'_>,
    person: Option<(&PersonId, &ObservedPerson)>,
) {
    let reason = if part.world.record(at).is_some() { Reason::Gone } else { Reason::New };
    let needs: Vec<StepId> = below.needs.iter().cloned().chain(ready(part, customer, user.location.as_ref())).collect();
    let desired = user.fields();
    let name_of = |id: &LocationId| location_name(part, id);
    let seen = person.map(|(_, person)| seen::user(None, Some(person), name_of));
    part.looks.absent(at);
    // The person is no subscriber yet, and what the manifest says of it is compared with what it has.
    part.looks.guard(at, "person", Value::Flag(person.is_some()));
    for (path, value) in seen
        .iter()
        .flat_map(|seen| seen.values.iter())
        .filter(|(path, _)| desired.get(path.as_str()).is_some() || path.as_str() == "phoneNumber")
    {
        part.looks.guard(at, format!("person.{path}"), value.clone());
    }
    // A person who is there already keeps its names, and its line if it is a calling user: those are compared.
    let is_first_admin =
        below.is_new && part.world.desired.customer(customer).is_some_and(|customer| customer.admin_email == *email);
    let keeps_line = person.is_some_and(|(_, person)| person.location.is_some()) && user.package.is_calling();
    let (mut kept, mut sent): (Vec<FieldChange>, Vec<FieldChange>) =
        compare::all_new(&desired).into_iter().partition(|change| match change.path.base() {
            // The first administrator comes with the customer; the service may ignore the names of the subscriber.
            "firstName" | "lastName" => seen.is_some() || is_first_admin,
            "location" | "phoneNumber" | "extension" => keeps_line,
            "roles" => true,
            _ => false,
        });
    if let Some(seen) = &seen {
        for change in &mut kept {
            change.before = seen.values.get(change.path.as_str()).cloned();
        }
        if keeps_line && let (Some(value), None) = (seen.values.get("phoneNumber"), desired.get("phoneNumber")) {
            let cleared = compare::created("phoneNumber".into(), value.clone());
            kept.push(FieldChange { before: Some(value.clone()), after: None, ..cleared });
        }
        let (equal, differing): (Vec<_>, Vec<_>) = kept.into_iter().partition(|change| change.before == change.after);
        sent.extend(equal);
        kept = differing;
    }
    let operation = Operation::CreateSubscriber { user: Box::new(user.clone()), line: line_of(customer, user) };
    let step = NewStep::new(at, "create", Action::Create, reason, operation)
        .fields(sent)
        .needs(needs)
        .means(Consequence::Billable);
    let create = part.push(step);
    person_steps(part, at, customer, user, kept, &[create], reason);
}

/// Returns the name of a location of the service: as this plan has matched it, else as the ledger knows it.
fn location_name(part: &PartBuilder<'_>, id: &LocationId) -> Option<Name> {
    part.matched.get(&id.key()).cloned().or_else(|| part.index.location_name(id).cloned())
}

fn existing(
    part: &mut PartBuilder<'_>,
    at: &Address,
    customer: &Name,
    user: &User,
    below: &Below<'_>,
    (subscriber, person): (&ObservedSubscriber, Option<(&PersonId, &ObservedPerson)>),
    me: Option<&PersonId>,
) {
    let desired = user.fields();
    let seen = seen::user(Some(subscriber), person.map(|(_, person)| person), |id| location_name(part, id));
    part.looks.found(at, seen.values.clone());
    let record = part.world.record(at);
    let mut comparison = compare::compare(&desired, record.map(|record| &record.applied), &seen, rule);
    if !user.package.is_calling() {
        // Without a calling package there is no line; what is left of one belongs to nobody.
        for change in comparison.take(is_line) {
            comparison.settled.clear(change.path.as_str());
        }
    }
    part.explain(at, &comparison);
    let person_id = person.map(|(id, _)| id.clone()).or_else(|| subscriber.person_id.clone());
    let ids = RemoteIds::User { id: subscriber.id.clone(), person_id: person_id.clone() };
    let mut needs: Vec<StepId> = part.settle(at, ids, &comparison).into_iter().collect();
    needs.extend(below.needs.iter().cloned());
    let package = comparison.take(|path| path.as_str() == "package");
    let mut rest = comparison.take(|_| true);
    if let Some(change) = package.first() {
        let was_calling =
            matches!(&change.before, Some(crate::model::Value::Text(name)) if PackageName::new(name).is_calling());
        let gains_calling = user.package.is_calling() && !was_calling;
        let mut fields = package.clone();
        let mut operation_line = None;
        if gains_calling {
            operation_line = line_of(customer, user);
            let (line, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|change| is_line(&change.path));
            fields.extend(line);
            rest = others;
            needs.extend(ready(part, customer, user.location.as_ref()));
        }
        let operation = Operation::UpdateSubscriber { package: user.package.clone(), line: operation_line };
        let mut step = NewStep::new(at, "package", Action::Update, Reason::Edited, operation)
            .needs(needs.clone())
            .means(Consequence::Billable);
        if was_calling && !user.package.is_calling() {
            step = step.means(Consequence::LosesCalling);
        }
        needs.push(part.push(step.fields(fields)));
    }
    if refuse_lockout(part, at, below, person, &rest, me) {
        return;
    }
    person_steps(part, at, customer, user, rest, &needs, Reason::Edited);
}

/// Plans what goes through the person: names and line, or the move job, then roles.
fn person_steps(
    part: &mut PartBuilder<'_>,
    at: &Address,
    customer: &Name,
    user: &User,
    changes: Vec<FieldChange>,
    needs: &[StepId],
    reason: Reason,
) {
    let mut rest = Comparison { changes, ..Comparison::default() };
    let roles = rest.take(|path| path.base() == "roles");
    let moves = rest.change("location").is_some();
    let mut needs = needs.to_vec();
    if moves {
        let fields = rest.take(is_line);
        needs.extend(ready(part, customer, user.location.as_ref()));
        if let Some(location) = &user.location {
            let phone = fields.iter().any(|change| change.path.as_str() == "phoneNumber");
            let extension = fields.iter().any(|change| change.path.as_str() == "extension");
            if user.phone_number.is_some() && !phone {
                let text = "the user would take the number along to another location, which the service's move job does not do";
                part.refuse(at, codes::PLAN_NOT_YET, text, "give the user a number of the new location, or none");
                return;
            }
            let operation = Operation::MoveUser {
                location: location.clone(),
                phone_number: edit(phone, user.phone_number.clone()),
                extension: edit(extension, user.extension.clone()),
            };
            let mut step = NewStep::new(at, "move", reason.action(), reason, operation).needs(needs.clone());
            if phone {
                step = step.means(Consequence::LosesCalling);
            }
            needs.push(part.push(step.means(Consequence::EmergencyCalling).fields(fields)));
        }
    }
    let fields = rest.take(|_| true);
    if !fields.is_empty() {
        let change = |path: &str| fields.iter().find(|change| change.path.as_str() == path);
        let operation = Operation::UpdatePerson {
            first_name: change("firstName").and(user.first_name.clone()),
            last_name: change("lastName").and(user.last_name.clone()),
            phone_number: edit(change("phoneNumber").is_some(), user.phone_number.clone()),
            extension: edit(change("extension").is_some(), user.extension.clone()),
        };
        let mut step = NewStep::new(at, "person", reason.action(), reason, operation)
            .needs(needs.iter().cloned().chain(ready(part, customer, user.location.as_ref())));
        if change("phoneNumber").is_some_and(|change| change.before.is_some()) {
            step = step.means(Consequence::LosesCalling);
        }
        needs.push(part.push(step.fields(fields)));
    }
    if !roles.is_empty() {
        let pick = |wanted: bool| -> BTreeSet<RoleName> {
            roles
                .iter()
                .filter(|change| change.after.is_some() == wanted)
                .filter_map(|change| change.path.key())
                .map(|key| {
                    let key = RoleName::new(key);
                    // The manifest's own spelling, where it still names the role.
                    user.roles.get(&key).cloned().unwrap_or(key)
                })
                .collect()
        };
        let operation = Operation::UpdateRoles { add: pick(true), remove: pick(false) };
        let step = NewStep::new(at, "roles", reason.action(), reason, operation).needs(needs);
        part.push(step.fields(roles));
    }
}

fn edit<T>(changes: bool, value: Option<T>) -> Edit<T> {
    match (changes, value) {
        (false, _) => Edit::Keep,
        (true, None) => Edit::Clear,
        (true, Some(value)) => Edit::Set(value),
    }
}

/// Refuses to take away the last full administrator's role, or any role of the account that runs hubform (R5).
fn refuse_lockout(
    part: &mut PartBuilder<'_>,
    at: &Address,
    below: &Below<'_>,
    person: Option<(&PersonId, &ObservedPerson)>,
    changes: &[FieldChange],
    me: Option<&PersonId>,
) -> bool {
    let lost: Vec<RoleName> = changes
        .iter()
        .filter(|change| change.path.base() == "roles" && change.after.is_none())
        .filter_map(|change| change.path.key().map(RoleName::new))
        .collect();
    let (Some((id, _)), false) = (person, lost.is_empty()) else { return false };
    if me.is_some_and(|me| same_remote(me.as_str(), id.as_str())) {
        let text = "roles of the account that runs hubform would be removed";
        part.refuse(at, codes::LOCKOUT, text, "let another administrator do that");
        return true;
    }
    if !lost.iter().any(RoleName::is_full_administrator) {
        return false;
    }
    let others = below.organization.into_iter().flat_map(|organization| &organization.people).any(|(other, person)| {
        other != id
            && person.roles.iter().any(RoleName::is_full_administrator)
            && !person.emails.iter().any(|email| loses_full_administrator(part, below.name, email))
    });
    part.looks.guard(at, "another full administrator", Value::Flag(others));
    if others {
        return false;
    }
    let text = "the last full administrator of the customer would lose the role";
    part.refuse(at, codes::LOCKOUT, text, "give another user `roles: [Full Administrator]` and apply that first");
    true
}

/// Returns true if the manifests take the full administrator's role from a person.
fn loses_full_administrator(part: &PartBuilder<'_>, customer: &Name, email: &Email) -> bool {
    let at = Address::User(customer.clone(), email.clone());
    let managed =
        part.world.record(&at).is_some_and(|record| record.applied.get("roles[full administrator]").is_some());
    let wanted = match part.world.desired.objects.get(&at).map(|object| &object.spec) {
        Some(Spec::User(user)) => user.roles.iter().any(RoleName::is_full_administrator),
        _ => false,
    };
    managed && !wanted
}

/// Plans taking a user out of the wholesale offer; the person stays, with its line (R10).
pub(super) fn remove(part: &mut PartBuilder<'_>, at: &Address, record: &Record, below: &Below<'_>) {
    let Address::User(customer, email) = at else { return };
    let found = matching(Some(record), None, email, &part.index);
    let Some(subscriber) = found.subscriber else {
        part.drop_record(at);
        return;
    };
    // A customer that goes takes its users along, whatever their own documents say.
    let customer_stays = part.world.is_described(&Address::Customer(customer.clone()));
    let removal = part.world.desired.removals.get(at).filter(|_| customer_stays);
    match removal.and_then(|removal| removal.on_remove) {
        Some(OnRemove::Keep) => {
            part.push(NewStep::new(at, "forget", Action::Forget, Reason::Removed, Operation::Forget).requests(0));
            return;
        }
        Some(OnRemove::Delete) => {
            let text = "`onRemove: delete` deletes the person too, which this version cannot do yet";
            part.refuse(at, codes::PLAN_NOT_YET, text, "use `onRemove: unmap`, and delete the person in Control Hub");
            return;
        }
        Some(OnRemove::Unmap) | None => {}
    }
    let person = found.person;
    let ids = RemoteIds::User { id: subscriber.id.clone(), person_id: person.map(|(id, _)| id.clone()) };
    part.known.insert(at.clone(), ids);
    part.looks.found(at, seen::user(Some(subscriber), person.map(|(_, person)| person), |_| None).values);
    let step = NewStep::new(at, "delete", Action::Delete, Reason::Removed, Operation::DeleteSubscriber)
        .needs(below.needs.iter().cloned())
        .means(Consequence::LosesCalling)
        .means(Consequence::Billable);
    part.push(step);
}

/// Notes what the person of a removed user keeps in the organization.
pub(super) fn note_kept_line(part: &mut PartBuilder<'_>, at: &Address, number: Option<&str>, extension: Option<&str>) {
    let kept: Vec<String> = number
        .map(|number| format!("the number {number}"))
        .into_iter()
        .chain(extension.map(|extension| format!("the extension {extension}")))
        .collect();
    if !kept.is_empty() {
        let text = format!("the person stays in the organization and keeps {}", kept.join(" and "));
        part.note(at, codes::KEEPS_LINE, text);
    }
}
