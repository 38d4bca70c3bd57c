//! `/licenses`: what an organization has, and who holds it. The packages of its customer bring the licences.

use std::collections::BTreeSet;

use super::lines::{self, Owner};
use super::packages::{Holder, Package};
use super::{orgs, person_view, sub_partners};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference::license_id;
use crate::sim::reply::{Either, Found, Items, With};
use crate::sim::state::{Customer, Line, Person, State, Subscriber};
use crate::sim::wire::license::{
    HolderType, License, LicenseChange, LicenseHolder, LicenseProperties, LicenseStep, LicenseWithHolders, Operation,
    UserLicenses,
};

/// The units of a licence whose package has no limit.
const UNLIMITED: u64 = 10_000;

/// The licence that comes with any other, and cannot be taken.
const IMPLIED: &str = "screen_share";

/// Licences of which a user holds one.
const EXCLUSIVE: [&str; 6] =
    ["webex_calling", "webex_calling_standard", "webex_voice", "webex_suite", "cx_essentials", "webex_meetings"];

/// Those that `wxc_sdk` knows by name have that name.
fn name(package: &str) -> &'static str {
    match package {
        "webex_calling" => "Webex Calling - Professional",
        "webex_calling_standard" => "Webex Calling - Standard",
        "webex_voice" => "Webex Calling - Basic",
        "common_area_calling" => "Webex Calling - Workspaces",
        "cx_essentials" => "Customer Experience - Essential",
        "attendant_console" => "Webex Attendant Console",
        "webex_suite" => "Webex Suite",
        "webex_meetings" => "Meeting - Webex Meetings",
        "cisco_calling_plan" => "Cisco Calling Plan",
        IMPLIED => "Screen Share",
        _ => "Webex Contact Center",
    }
}

/// Whether a user can hold the licence of a package.
fn is_for_users(package: &str) -> bool {
    package == "attendant_console" || Package::find(package).is_some_and(|found| found.holder != Holder::Customer)
}

pub(super) fn any_calling(packages: &BTreeSet<String>) -> bool {
    super::packages::any_calling(packages.iter().map(String::as_str))
}

/// Returns the packages whose licences an organization has.
fn offers(state: &State, org: Uuid) -> BTreeSet<String> {
    let customers = state.customers.find(&Customer::of_org(org));
    let mut offers: BTreeSet<String> = customers
        .flat_map(|(_, customer)| customer.packages.keys().filter(|name| customer.has_healthy(name)).cloned())
        .collect();
    if state.organizations.get(&org).is_some_and(|org| org.calling) {
        offers.insert("webex_calling".to_owned());
    }
    offers
}

/// Returns the ids of a person's licences, with the implied one.
pub(super) fn ids(person: &Person) -> BTreeSet<String> {
    let implied = (!person.licenses.is_empty()).then_some(IMPLIED);
    person.licenses.iter().map(String::as_str).chain(implied).map(|package| license_id(person.org, package)).collect()
}

pub(super) fn names_implied(org: Uuid, ids: &[String]) -> bool {
    ids.contains(&license_id(org, IMPLIED))
}

/// Returns the packages of licence ids that the organization has, in their order; others are passed over.
pub(super) fn read(state: &State, org: Uuid, ids: &[String]) -> Vec<String> {
    let offers = offers(state, org);
    ids.iter().filter_map(|id| offers.iter().find(|package| license_id(org, package) == *id).cloned()).collect()
}

/// Returns what a user with `held` has after asking for `wanted`: all that go together and are there. What cannot be
/// given is passed over.
pub(super) fn granted(
    state: &State,
    cx: &Context<'_>,
    org: Uuid,
    held: &BTreeSet<String>,
    wanted: Vec<String>,
) -> BTreeSet<String> {
    let mut granted: BTreeSet<String> = wanted.iter().filter(|package| held.contains(*package)).cloned().collect();
    for package in wanted {
        let mut with = granted.clone();
        with.insert(package.clone());
        if held.contains(&package) || (has_unit(state, org, &package) && check(cx, org, held, &with).is_ok()) {
            granted = with;
        }
    }
    granted
}

/// The limit of a package in an organization.
fn limit(state: &State, org: Uuid, package: &str) -> Option<u64> {
    state.customers.find(&Customer::of_org(org)).find_map(|(_, customer)| customer.limits.get(package).copied())
}

fn holders<'a>(state: &'a State, org: Uuid, package: &str) -> impl Iterator<Item = (&'a Uuid, &'a Person)> {
    let is_implied = package == IMPLIED;
    state.people.find(&Person::of_org(org)).filter(move |(_, person)| {
        if is_implied { !person.licenses.is_empty() } else { person.licenses.contains(package) }
    })
}

fn has_unit(state: &State, org: Uuid, package: &str) -> bool {
    limit(state, org, package).is_none_or(|limit| (holders(state, org, package).count() as u64) < limit)
}

/// Checks licences that a user is to have together, with the documented codes.
fn check(cx: &Context<'_>, org: Uuid, held: &BTreeSet<String>, new: &BTreeSet<String>) -> Result<(), Refusal> {
    let has = |package: &str| new.contains(package);
    let had = |package: &str| held.contains(package) && !new.contains(package);
    let named = |package: &str| license_id(org, package);
    if let Some(package) = new.iter().find(|package| !is_for_users(package)) {
        return Err(refused(400_000, format!("License not recognized {}", named(package))));
    }
    let standard = has("webex_calling_standard");
    if standard && (has("webex_calling") || has("webex_suite")) {
        let text = "User cannot have both Webex Calling Professional and Standard License together";
        return Err(refused(400_404, text));
    }
    if standard && has("attendant_console") {
        let text = "User cannot have both Webex Calling Standard and Webex Attendant Console licenses together";
        return Err(refused(400_406, text));
    }
    if standard && has("cx_essentials") {
        let text = "User cannot have both Webex Calling Standard and CX Essential licenses together";
        return Err(refused(400_407, text));
    }
    let on_voice = !cx.config.attendant_console_on_voice.refuses() && has("webex_voice");
    let is_professional = has("webex_calling") || has("webex_suite") || has("cx_essentials") || on_voice;
    if has("attendant_console") && !is_professional {
        let text =
            "User needs Webex Calling Professional license to be assigned before assigning Webex Attendant Console";
        return Err(refused(400_408, text));
    }
    if standard && had("webex_calling") && cx.config.professional_to_standard.refuses() {
        let text = "Changing a user's Webex Calling license from Professional to Standard is not allowed";
        return Err(refused(400_112, text));
    }
    if standard && had("cx_essentials") {
        let text = "Changing a user's license from CX Essential to Webex Calling Standard is not allowed";
        return Err(refused(400_410, text));
    }
    let exclusive: Vec<String> =
        EXCLUSIVE.iter().filter(|package| has(package)).map(|package| named(package)).collect();
    if exclusive.len() > 1 {
        let text = format!("the user can be assigned only one of the licenses {}", exclusive.join(", "));
        return Err(refused(400_413, text));
    }
    Ok(())
}

fn refused(code: u32, text: impl Into<String>) -> Refusal {
    Refusal::bad(code, text)
}

fn show(state: &State, cx: &Context<'_>, org: Uuid, package: &str) -> License {
    let consumed = holders(state, org, package).count() as u64;
    License {
        id: license_id(org, package),
        name: name(package),
        total_units: limit(state, org, package).unwrap_or(UNLIMITED),
        consumed_units: consumed,
        consumed_by_users: consumed,
        consumed_by_workspaces: 0,
        subscription_id: sub_partners::subscription_of(state, cx, org).map(str::to_owned),
    }
}

/// Returns the licences of an organization, with the implied one.
fn all(state: &State, org: Uuid) -> BTreeSet<String> {
    let mut all = offers(state, org);
    if all.iter().any(|package| is_for_users(package)) {
        all.insert(IMPLIED.to_owned());
    }
    all
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<Items<License>>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let items = all(state, org).iter().map(|package| show(state, cx, org, package)).collect();
    Ok(Found::new(Items { items }))
}

/// Returns the organization whose UUID stands in a licence id.
fn org_of(id: &str) -> Option<Uuid> {
    crate::sim::id::decode_payload("LICENSE", id)?.split(':').next()?.parse().ok()
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<LicenseWithHolders>, Refusal> {
    let unknown = || Refusal::not_found("license", call.id());
    let org = org_of(call.id()).filter(|org| state.organizations.contains_key(org)).ok_or_else(unknown)?;
    orgs::check_reachable(state, cx, org)?;
    let all = all(state, org);
    let package = all.iter().find(|package| license_id(org, package) == call.id()).ok_or_else(unknown)?;
    let license = show(state, cx, org, package);
    if call.param("includeAssignedTo").is_none() {
        return Ok(Found::new(LicenseWithHolders { license, users: None }));
    }
    let length = Length { usual: 300, cap: 300 };
    let page = Page::cut(call, cx, Paging::Next, length, holders(state, org, package))?;
    let users = page.items.iter().map(|(key, person)| LicenseHolder {
        id: IdKind::People.encode(**key),
        kind: HolderType::Internal,
        display_name: person.display_name.clone(),
        email: person.email.clone(),
    });
    let users = Some(users.collect());
    Ok(Found::new(LicenseWithHolders { license, users }).link(page.link))
}

/// Finds the user whom a change names.
fn user(state: &State, cx: &Context<'_>, org: Uuid, change: &LicenseChange) -> Result<Uuid, Refusal> {
    let by_id = match &change.person_id {
        None => None,
        Some(id) => Some(person_view::find(state, cx, id)?.0),
    };
    let by_email = match &change.email {
        None => None,
        Some(email) => {
            let found = state.people.first(&Person::with_email(&email.to_lowercase()));
            Some(*found.ok_or_else(|| Refusal::not_found("person", email))?.0)
        }
    };
    let key = match (by_id, by_email) {
        (None, None) => return Err(Refusal::bad(Code::None, "one of `email` and `personId` is needed")),
        (Some(one), Some(other)) if one != other => {
            return Err(Refusal::bad(Code::None, "`email` and `personId` name two people"));
        }
        (Some(key), _) | (None, Some(key)) => key,
    };
    if state.people.get(&key).is_none_or(|person| person.org != org) {
        return Err(Refusal::bad(Code::None, "the user does not belong to the organization"));
    }
    Ok(key)
}

/// Gives and takes licences: 206 if some could not be given because none is left.
pub(crate) fn change(
    state: &mut State,
    cx: &Context<'_>,
    _call: &Call,
    change: LicenseChange,
) -> Result<Either<Found<UserLicenses>, With<206, UserLicenses>>, Refusal> {
    let org = orgs::of_body(state, cx, change.org_id.as_deref())?;
    let key = user(state, cx, org, &change)?;
    let Some(old) = state.people.get(&key) else {
        return Err(Refusal::not_found("person", &key.to_string()));
    };
    if let Some(site) = change.site_urls.iter().flatten().next() {
        let text = format!("Request contains invalid attendee siteUrls: {}", site.site_url);
        return Err(refused(400_216, text));
    }
    let steps = change.licenses.unwrap_or_default();
    let (new, missed) = after(state, cx, key, old, &steps)?;
    state.people.insert(key, new);
    let shown = match state.people.get(&key) {
        Some(person) => UserLicenses {
            org_id: IdKind::Organization.encode(org),
            person_id: IdKind::People.encode(key),
            email: person.email.clone(),
            licenses: ids(person).into_iter().collect(),
        },
        None => return Err(Refusal::not_found("person", &key.to_string())),
    };
    Ok(if missed { Either::That(With::new(shown)) } else { Either::This(Found::new(shown)) })
}

/// Returns the person after the steps, and whether some licence was not to be had.
fn after(
    state: &State,
    cx: &Context<'_>,
    key: Uuid,
    old: &Person,
    steps: &[LicenseStep],
) -> Result<(Person, bool), Refusal> {
    let org = old.org;
    let offers = offers(state, org);
    let mut new = old.clone();
    let mut line = None;
    let mut missed = Vec::new();
    for step in steps {
        if *step.id == *license_id(org, IMPLIED) {
            match step.operation {
                Operation::Add => continue,
                Operation::Remove => {
                    let text = format!("Screen Share {} is implicitly assigned and cannot be removed", step.id);
                    return Err(refused(700_006, text));
                }
            }
        }
        let package = offers.iter().find(|package| license_id(org, package) == *step.id);
        let Some(package) = package else {
            return Err(refused(400_000, format!("License not recognized {}", step.id)));
        };
        match step.operation {
            Operation::Remove => {
                new.licenses.remove(package);
            }
            Operation::Add if old.licenses.contains(package) || has_unit(state, org, package) => {
                new.licenses.insert(package.clone());
                if Package::find(package).is_some_and(|package| package.calling) {
                    line = step.properties.as_ref();
                }
            }
            Operation::Add => missed.push(package),
        }
    }
    if new.licenses == old.licenses && line.is_none() {
        return match missed.as_slice() {
            [] => Ok((new, false)),
            missed => Err(Refusal::bad(Code::None, format!("no license is left of {}", missed.len()))),
        };
    }
    if cx.config.subscriber_licenses.refuses() && state.subscribers.first(&Subscriber::of_person(key)).is_some() {
        return Err(Refusal::bad(Code::None, "packages give the licenses of wholesale subscribers"));
    }
    check(cx, org, &old.licenses, &new.licenses)?;
    if !any_calling(&new.licenses) {
        new.end_line();
    } else if let Some(line) = line {
        give_line(state, cx, key, &mut new, line)?;
    } else if new.location.is_none() {
        let text = "Each Webex Calling license should contain its own calling properties";
        return Err(refused(400_411, text));
    }
    new.touch(cx.now);
    Ok((new, !missed.is_empty()))
}

/// Gives the line that comes with a licence. The codes of lines are none of this endpoint.
fn give_line(
    state: &State,
    cx: &Context<'_>,
    key: Uuid,
    new: &mut Person,
    properties: &LicenseProperties,
) -> Result<(), Refusal> {
    let LicenseProperties { location_id, phone_number, extension } = properties;
    if phone_number.is_none() && extension.is_none() {
        let text = "Each Webex Calling license should contain its own calling properties";
        return Err(refused(400_411, text));
    }
    let location = match (location_id, phone_number) {
        (Some(id), _) => Call::decode(cx, IdKind::Location, id),
        (None, Some(number)) => state.numbers.get(&**number).map(|row| row.location),
        (None, None) => None,
    };
    let is_calling =
        |key: &Uuid| state.locations.get(key).is_some_and(|found| found.org == new.org && found.calling.is_some());
    let location = location.filter(is_calling).ok_or_else(|| refused(400, "Unable to find location"))?;
    if new.location.is_some_and(|old| old != location) {
        return Err(Refusal::bad(Code::None, "the location of a calling user cannot be changed; move them by a job"));
    }
    let text = |text: &crate::sim::text::Text| text.to_string();
    let line = Line {
        number: phone_number.as_ref().map(text),
        extension: extension.as_ref().map(text),
        location: Some(location),
    };
    lines::check_new(state, cx, new.org, &line, Owner { person: Some(key), subscriber: None })
        .map_err(Refusal::without_code)?;
    let Line { number, extension, location } = line;
    (new.number, new.extension, new.location) = (number, extension, location);
    Ok(())
}
