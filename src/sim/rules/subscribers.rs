//! `/wholesale/subscribers`: people mapped to a package of their customer.

use jiff::Timestamp;

use super::customer_request::{check_email, check_template};
use super::customers::{find_by_any_id, prechecked};
use super::lines::{self, Owner};
use super::packages::{Holder, Package};
use super::provisioning::new_person;
use super::sub_partners::{self, Deed};
use super::subscriber_view::{find, show_made};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::config::ConsentPath;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference::FULL_ADMIN;
use crate::sim::reply::{Accepted, Done, Either, Found};
use crate::sim::state::{Line, Person, Standing, State, Subscriber};
use crate::sim::text::Text;
use crate::sim::wire::customer::PrecheckResult;
use crate::sim::wire::subscriber as wire;
use crate::sim::wire::subscriber::SubscriberPackage;

/// Takes exactly one of `packages` (with one entry) and `package`; an add-on is not the package of a user.
fn take_package(
    packages: Option<&[SubscriberPackage]>,
    legacy: Option<SubscriberPackage>,
) -> Result<Option<&'static Package>, Refusal> {
    let asked = match (packages, legacy) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(Refusal::bad(Code::None, "`package` stands beside `packages`; send one of them"));
        }
        (None, Some(package)) => package,
        (Some([package]), None) => *package,
        (Some(_), None) => return Err(Refusal::bad(Code::None, "`packages` must have exactly one entry")),
    };
    match Package::find(asked.name()) {
        Some(package) if package.holder != Holder::Customer => Ok(Some(package)),
        Some(_) | None => Err(Refusal::bad(Code::None, format!("`{}` is not a package of subscribers", asked.name()))),
    }
}

fn need_package(
    packages: Option<&[SubscriberPackage]>,
    legacy: Option<SubscriberPackage>,
) -> Result<&'static Package, Refusal> {
    take_package(packages, legacy)?.ok_or_else(|| Family::Wholesale.missing("packages"))
}

/// Takes number, extension and location; an unknown location is refused when it is used.
fn take_line(cx: &Context<'_>, asked: wire::LineParameters) -> Result<Line, Refusal> {
    let wire::LineParameters { primary_phone_number, extension, location_id } = asked;
    let location = location_id.map(|id| {
        Call::decode(cx, IdKind::Location, &id)
            .ok_or_else(|| Refusal::bad(Code::None, "`provisioningParameters.locationId` is not the id of a location"))
    });
    Ok(Line {
        number: primary_phone_number.map(Text::into_string),
        extension: extension.map(Text::into_string),
        location: location.transpose()?,
    })
}

/// Parts the name from the line.
fn part(asked: wire::SubscriberParameters) -> (Option<String>, Option<String>, wire::LineParameters) {
    let wire::SubscriberParameters { first_name, last_name, primary_phone_number, extension, location_id } = asked;
    let line = wire::LineParameters { primary_phone_number, extension, location_id };
    (first_name.map(Text::into_string), last_name.map(Text::into_string), line)
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

fn take_new(
    state: &State,
    cx: &Context<'_>,
    acting: Option<Uuid>,
    asked: wire::SubscriberRequest,
) -> Result<Wanted, Refusal> {
    let wire::SubscriberRequest { customer_id, email, package, packages, provisioning_parameters } = asked;
    let email = email.to_lower();
    let package = need_package(packages.as_deref(), package.map(SubscriberPackage::from))?;
    let (first_name, last_name, line) = part(provisioning_parameters);
    let line = take_line(cx, line)?;

    let customer = find_by_any_id(state, cx, acting, &customer_id)
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

/// 200 for a subscriber that is there, 202 for one that waits for consent.
type Made = Either<Found<wire::Subscriber>, Accepted<wire::Subscriber>>;

pub(crate) fn create(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::SubscriberRequest,
) -> Result<Made, Refusal> {
    let acting = sub_partners::acting(cx, call, Deed::Change)?;
    let wanted = take_new(state, cx, acting, asked)?;
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
        consent_mails: u64::from(pending),
    };
    let (shown, url) = show_made(state, cx, key, &subscriber);
    state.subscribers.insert(key, subscriber);
    Ok(if pending {
        Either::That(Accepted::new(shown).location(url))
    } else {
        Either::This(Found::new(shown).location(url))
    })
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

pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::SubscriberChange,
) -> Result<Found<wire::Subscriber>, Refusal> {
    let (key, old) = find(state, cx, call, Deed::Change)?;
    let old = old.clone();
    let wire::SubscriberChange { package, packages, provisioning_parameters } = asked;
    let package = need_package(packages.as_deref(), package)?;
    let line = provisioning_parameters.map(|asked| take_line(cx, asked)).transpose()?;

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
    let new = Subscriber { package: package.name.to_owned(), ..old };
    let (shown, url) = show_made(state, cx, key, &new);
    state.subscribers.insert(key, new);
    Ok(Found::new(shown).location(url))
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
pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let (key, _) = find(state, cx, call, Deed::Remove)?;
    state.subscribers.remove(&key);
    Ok(Done::new())
}

/// The precheck, for a customer that exists or one that is planned. It cannot see free accounts.
pub(crate) fn validate(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::SubscriberPrecheck,
) -> Result<Found<PrecheckResult>, Refusal> {
    let acting = sub_partners::acting(cx, call, Deed::Change)?;
    let wire::SubscriberPrecheck {
        email,
        customer_id,
        provisioning_id,
        customer_info,
        package,
        packages,
        provisioning_parameters,
    } = asked;
    let email = email.to_lower();
    let package = take_package(packages.as_deref(), package.map(SubscriberPackage::from))?;
    let line = provisioning_parameters.map(|asked| take_line(cx, part(asked).2)).transpose()?;
    let id = match (customer_id, provisioning_id, customer_info) {
        (Some(id), None, None) => id,
        (None, Some(id), Some(_)) => {
            check_template(state, cx, &id)?;
            check_email(state, None, &email)?;
            return Ok(prechecked());
        }
        _ => {
            return Err(Refusal::bad(
                1001,
                "send either `customerId`, or `provisioningId` with `customerInfo.primaryEmail`",
            ));
        }
    };
    let customer = find_by_any_id(state, cx, acting, &id)
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

/// Sends the mail that asks the owner of a free account for consent once more.
fn ask_for_consent(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let (key, subscriber) = find(state, cx, call, Deed::Change)?;
    match &subscriber.standing {
        Standing::PendingUserMigration { first_name: _, last_name: _, line: _ } => {}
        Standing::Provisioned { person: _ } => {
            return Err(Refusal::conflict("the subscriber is not in `pending_user_migration`"));
        }
    }
    state.subscribers.edit(&key, |subscriber| subscriber.consent_mails += 1);
    Ok(Done::new())
}

/// The same under the path with the prefix of its siblings.
pub(crate) fn ask_for_consent_in_wholesale(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    match cx.config.consent_path {
        ConsentPath::Wholesale => ask_for_consent(state, cx, call),
        ConsentPath::Printed => Err(no_endpoint()),
    }
}

/// The same under the path as the documents print it.
pub(crate) fn ask_for_consent_as_printed(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    match cx.config.consent_path {
        ConsentPath::Printed => ask_for_consent(state, cx, call),
        ConsentPath::Wholesale => Err(no_endpoint()),
    }
}

fn no_endpoint() -> Refusal {
    Refusal::new(404, Code::None, "there is no such endpoint")
}
