//! `/wholesale/subscribers`: people mapped to a package of their customer.

use jiff::Timestamp;

use super::customer_request::{check_email, read_email};
use super::customers::{find_by_any_id, prechecked, refuse_sub_partner};
use super::lines::{self, Owner};
use super::packages::{Holder, Package};
use super::provisioning::new_person;
use super::subscriber_view::{find, with_location};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context, Family, Fields};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference::FULL_ADMIN;
use crate::sim::state::{Line, Person, Standing, State, Subscriber};

/// Reads exactly one of `packages` (with one entry) and `package`.
fn read_package(body: &mut Fields<'_>, legacy_takes_all: bool) -> Result<Option<&'static Package>, Refusal> {
    let packages = body.texts("packages")?;
    let legacy = body.filled("package")?;
    let (name, is_legacy) = match (packages, legacy) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(body.wrong("package", "stands beside `packages`; send one of them"));
        }
        (None, Some(name)) => (name, true),
        (Some(mut names), None) => match (names.pop(), names.is_empty()) {
            (Some(name), true) => (name, false),
            _ => return Err(body.wrong("packages", "must have exactly one entry")),
        },
    };
    let takes = |holder: Holder| match holder {
        Holder::Customer => false,
        Holder::Subscriber => !is_legacy || legacy_takes_all,
        Holder::SubscriberByEither => true,
    };
    match Package::find(&name) {
        Some(package) if takes(package.holder) => Ok(Some(package)),
        Some(_) => Err(Refusal::bad(Code::None, format!("`{name}` is not a package of subscribers"))),
        None => Err(Refusal::bad(Code::None, format!("`{name}` is not a package"))),
    }
}

/// Reads number, extension and location; an unknown location is refused when it is used.
fn read_line(fields: &mut Fields<'_>, cx: &Context<'_>) -> Result<Line, Refusal> {
    let number = fields.filled("primaryPhoneNumber")?;
    let extension = fields.filled("extension")?;
    let location = match fields.filled("locationId")? {
        None => None,
        Some(id) => match Call::decode(cx, IdKind::Location, &id) {
            None => return Err(fields.wrong("locationId", "is not the id of a location")),
            location => location,
        },
    };
    Ok(Line { number, extension, location })
}

/// Returns the customer's organization, if subscribers may be added with the package.
fn check_package(state: &State, customer: Uuid, package: &Package, own: Option<Uuid>) -> Result<Uuid, Refusal> {
    let Some(found) = state.customers.get(&customer) else {
        return Err(Refusal::bad(Code::None, "there is no such customer"));
    };
    let Some(org) = found.org.filter(|_| found.status.is_settled()) else {
        return Err(Refusal::conflict(format!("the customer is `{}`", found.status.name())));
    };
    if !found.has_healthy(package.name) {
        return Err(Refusal::bad(Code::None, format!("the customer does not have package `{}`", package.name)));
    }
    if let Some(limit) = found.limits.get(package.name) {
        let holders = state
            .subscribers
            .find(&Subscriber::with_package(customer, package.name))
            .filter(|(key, _)| Some(**key) != own)
            .count();
        if holders as u64 >= *limit {
            return Err(Refusal::bad(Code::None, format!("all {limit} of package `{}` are in use", package.name)));
        }
    }
    Ok(org)
}

/// A subscriber as asked for, checked.
struct Wanted {
    customer: Uuid,
    org: Uuid,
    email: String,
    package: &'static Package,
    first_name: Option<String>,
    last_name: Option<String>,
    line: Line,
    person: Option<Uuid>,
}

fn read_new(state: &State, cx: &Context<'_>, call: &Call) -> Result<Wanted, Refusal> {
    let mut body = call.body(Family::Wholesale)?;
    let customer_id = body.need("customerId")?;
    let email = read_email(&mut body, "email")?;
    let package = read_package(&mut body, false)?.ok_or_else(|| body.missing("packages"))?;
    let mut parameters = body.need_object("provisioningParameters")?;
    let first_name = parameters.filled("firstName")?;
    let last_name = parameters.filled("lastName")?;
    let line = read_line(&mut parameters, cx)?;
    parameters.end(cx)?;
    body.end(cx)?;

    let customer = find_by_any_id(state, cx, &customer_id)
        .ok_or_else(|| Refusal::bad(Code::None, format!("there is no customer `{customer_id}`")))?;
    let again =
        state.subscribers.find(&Subscriber::with_email(&email)).any(|(_, subscriber)| subscriber.customer == customer);
    if again {
        return Err(Refusal::new(
            cx.config.subscriber_again.code(),
            Code::None,
            format!("`{email}` is a subscriber of this customer already"),
        ));
    }
    let org = check_package(state, customer, package, None)?;
    check_email(state, Some(org), &email)?;
    let person = state.people.first(&Person::with_email(&email)).map(|(key, person)| (*key, person));
    let has_line = person.is_some_and(|(_, person)| person.location.is_some());
    if package.calling && !has_line {
        let owner = Owner { person: person.map(|(key, _)| key), subscriber: None };
        lines::check_new(state, cx, org, &line, owner)?;
    }
    let line = if package.calling && !has_line { line } else { Line::default() };
    let person = person.map(|(key, _)| key);
    Ok(Wanted { customer, org, email, package, first_name, last_name, line, person })
}

pub(crate) fn create(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let wanted = read_new(state, cx, call)?;
    let Wanted { customer, org, email, package, first_name, last_name, line, person } = wanted;
    let pending = person.is_none() && cx.config.pending_emails.contains(&email);
    let standing = if pending {
        Standing::PendingUserMigration { first_name, last_name, line }
    } else {
        let person = person.unwrap_or_else(|| {
            let key = state.next_id();
            state.people.insert(key, new_person(org, &email, first_name, last_name, cx.now));
            key
        });
        give(state, person, package, line, cx.now);
        Standing::Provisioned { person }
    };
    let key = state.next_id();
    let subscriber = Subscriber {
        customer,
        email,
        package: package.name.to_owned(),
        standing,
        created: cx.now,
        status_changed: cx.now,
    };
    state.subscribers.insert(key, subscriber);
    Ok(with_location(state, cx, key, if pending { 202 } else { 200 }))
}

/// Gives a person a package, and the line if they have none; without calling the line goes.
fn give(state: &mut State, person: Uuid, package: &Package, line: Line, now: Timestamp) {
    state.people.edit(&person, |person| {
        person.licenses = [package.name.to_owned()].into();
        person.modified = now;
        if !package.calling {
            person.location = None;
            person.number = None;
            person.extension = None;
        } else if person.location.is_none() {
            let Line { number, extension, location } = line;
            person.location = location;
            person.number = number;
            person.extension = extension;
        }
    });
}

/// The owner of the free account consents. Returns whether anybody waited under that e-mail.
pub(crate) fn complete_migration(state: &mut State, email: &str, now: Timestamp) -> bool {
    let waiting = state.subscribers.find(&Subscriber::with_email(email)).find_map(|(key, row)| match &row.standing {
        Standing::Provisioned { person: _ } => None,
        Standing::PendingUserMigration { first_name, last_name, line } => {
            let org = state.customers.get(&row.customer)?.org?;
            let person = new_person(org, email, first_name.clone(), last_name.clone(), now);
            Some((*key, person, line.clone(), Package::find(&row.package)?))
        }
    });
    let Some((key, person, line, package)) = waiting else {
        return false;
    };
    let id = state.next_id();
    state.people.insert(id, person);
    give(state, id, package, line, now);
    state.subscribers.edit(&key, |subscriber| {
        subscriber.standing = Standing::Provisioned { person: id };
        subscriber.status_changed = now;
    });
    true
}

pub(crate) fn update(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let (key, old) = find(state, cx, call.id())?;
    let mut body = call.body(Family::Wholesale)?;
    let package = read_package(&mut body, true)?.ok_or_else(|| body.missing("packages"))?;
    let line = match body.object("provisioningParameters")? {
        None => None,
        Some(mut parameters) => {
            let line = read_line(&mut parameters, cx)?;
            parameters.end(cx)?;
            Some(line)
        }
    };
    body.end(cx)?;

    let org = check_package(state, old.customer, package, Some(key))?;
    let Some(person) = old.person() else {
        return Err(Refusal::conflict("the user has not consented yet"));
    };
    check_step(state, cx, person, &old.package, package)?;
    let has_line = state.people.get(&person).is_some_and(|person| person.location.is_some());
    if line.is_some() && (!package.calling || has_line) {
        return Err(Refusal::bad(
            Code::None,
            "`provisioningParameters` are for the step from a package without calling to one with calling alone",
        ));
    }
    let line = line.unwrap_or_default();
    if package.calling && !has_line {
        let owner = Owner { person: Some(person), subscriber: Some(key) };
        lines::check_new(state, cx, org, &line, owner)?;
    }
    give(state, person, package, line, cx.now);
    state.subscribers.edit(&key, |subscriber| {
        package.name.clone_into(&mut subscriber.package);
    });
    Ok(with_location(state, cx, key, 200))
}

/// Refuses the steps between packages that the service is known to refuse.
fn check_step(state: &State, cx: &Context<'_>, person: Uuid, from: &str, to: &Package) -> Result<(), Refusal> {
    let is_admin = state.people.get(&person).is_some_and(|person| person.roles.contains(FULL_ADMIN));
    let level = Package::find(from).and_then(|package| package.level);
    if is_admin && to.level < level {
        return Err(Refusal::bad(
            Code::None,
            format!("a full administrator cannot be downgraded from `{from}` to `{}`", to.name),
        ));
    }
    let refused =
        from == "webex_calling" && to.name == "webex_calling_standard" && cx.config.professional_to_standard.refuses();
    if refused {
        return Err(Refusal::bad(400_112, "Professional to Standard calling is not supported"));
    }
    Ok(())
}

/// Drops the mapping; the person stays, with line and licences.
pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let (key, _) = find(state, cx, call.id())?;
    state.subscribers.remove(&key);
    Ok(Answer::no_content())
}

/// The precheck, for a customer that exists or one that is planned. It cannot see free accounts.
pub(crate) fn validate(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let mut body = call.body(Family::Wholesale)?;
    let email = read_email(&mut body, "email")?;
    let customer_id = body.filled("customerId")?;
    let provisioning_id = body.filled("provisioningId")?;
    let info = body.object("customerInfo")?;
    let package = read_package(&mut body, false)?;
    let line = match body.object("provisioningParameters")? {
        None => None,
        Some(mut parameters) => {
            parameters.filled("firstName")?;
            parameters.filled("lastName")?;
            let line = read_line(&mut parameters, cx)?;
            parameters.end(cx)?;
            Some(line)
        }
    };
    let planned = match (&customer_id, &provisioning_id, info) {
        (Some(_), None, None) => false,
        (None, Some(_), Some(mut info)) => {
            read_email(&mut info, "primaryEmail")?;
            info.end(cx)?;
            true
        }
        _ => {
            return Err(Refusal::bad(
                1001,
                "send either `customerId`, or `provisioningId` with `customerInfo.primaryEmail`",
            ));
        }
    };
    body.end(cx)?;
    if planned {
        check_email(state, None, &email)?;
        return Ok(prechecked());
    }
    let id = customer_id.unwrap_or_default();
    let customer = find_by_any_id(state, cx, &id)
        .ok_or_else(|| Refusal::bad(Code::None, format!("there is no customer `{id}`")))?;
    let org = state.customers.get(&customer).and_then(|customer| customer.org);
    check_email(state, org, &email)?;
    if let Some(package) = package {
        let org = check_package(state, customer, package, None)?;
        let person = state.people.first(&Person::with_email(&email));
        let has_line = person.is_some_and(|(_, person)| person.location.is_some());
        if let (true, false, Some(line)) = (package.calling, has_line, line) {
            let owner = Owner { person: person.map(|(key, _)| *key), subscriber: None };
            lines::check_new(state, cx, org, &line, owner)?;
        }
    }
    Ok(prechecked())
}
