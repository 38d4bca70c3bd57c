//! How people are shown, and listed.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::{licenses, orgs};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference::Role;
use crate::sim::reply::Found;
use crate::sim::state::{Person, State};
use crate::sim::wire::person::{
    FlagAsText, NobodyThere, People, PeopleListError, PeopleListErrors, Person as Shown, PersonEntry, PersonPhone,
    PersonPhoneType, PersonType, SipAddress, SipAddressType,
};

/// The most people that the filter `id` names.
const MOST_IDS: usize = 85;

/// Finds a person by an encoded id or a bare UUID.
pub(super) fn find<'a>(state: &'a State, cx: &Context<'_>, id: &str) -> Result<(Uuid, &'a Person), Refusal> {
    let found = decode(id).and_then(|key| Some((key, state.people.get(&key)?)));
    let (key, person) = found.ok_or_else(|| Refusal::not_found("person", id))?;
    orgs::check_reachable(state, cx, person.org)?;
    Ok((key, person))
}

fn decode(id: &str) -> Option<Uuid> {
    IdKind::People.decode(id).or_else(|| id.parse().ok())
}

/// Writes a number as the official examples of people show it.
pub(super) fn shown_number(cx: &Context<'_>, number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(rest) if cx.config.spaced_numbers && rest.len() == 10 => {
            format!("+1 {} {} {}", &rest[..3], &rest[3..6], &rest[6..])
        }
        _ => number.to_owned(),
    }
}

/// Returns a person's extension behind the routing prefix of their location.
pub(super) fn esn(state: &State, person: &Person) -> Option<String> {
    let extension = person.extension.as_ref()?;
    let calling = state.locations.get(&person.location?).and_then(|found| found.calling.as_ref());
    let prefix = calling.and_then(|calling| calling.routing_prefix.as_deref());
    Some(format!("{}{extension}", prefix.unwrap_or_default()))
}

/// Shows a person; without `calling_data` nothing of their line.
pub(super) fn show(state: &State, cx: &Context<'_>, key: Uuid, person: &Person, calling_data: bool) -> Shown {
    let profile = |name: &str| text(person, name);
    let mut shown = Shown {
        id: IdKind::People.encode(key),
        emails: Some(vec![person.email.clone()]),
        display_name: Some(person.display_name.clone()),
        nick_name: person.first_name.clone(),
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        avatar: profile("avatar"),
        org_id: Some(IdKind::Organization.encode(person.org)),
        roles: Some(person.roles.iter().map(|role| Role::id_of(role)).collect()),
        licenses: Some(licenses::ids(person).into_iter().collect()),
        department: profile("department"),
        manager: profile("manager"),
        manager_id: profile("managerId"),
        title: profile("title"),
        addresses: kept(person, "addresses"),
        created: Some(person.created.to_string()),
        last_modified: Some(person.modified.to_string()),
        timezone: profile("timezone"),
        site_urls: kept(person, "siteUrls"),
        sip_addresses: sip_addresses(cx, key, person),
        invite_pending: Some(FlagAsText::False),
        login_enabled: Some((!person.is_locked_out).into()),
        kind: Some(if person.is_machine { PersonType::Appuser } else { PersonType::Person }),
        ..Shown::default()
    };
    if let (true, Some(location)) = (calling_data, person.location) {
        shown.location_id = Some(IdKind::Location.encode(location));
        shown.extension.clone_from(&person.extension);
        let work = person.number.as_ref().map(|number| PersonPhone {
            kind: PersonPhoneType::Work,
            value: shown_number(cx, number),
            primary: Some(true),
        });
        let extension =
            esn(state, person).map(|value| PersonPhone { kind: PersonPhoneType::WorkExtension, value, primary: None });
        shown.phone_numbers = Some(work.into_iter().chain(extension).collect());
    }
    shown
}

/// Returns an attribute that is kept without rules.
pub(super) fn kept<T: DeserializeOwned>(person: &Person, name: &str) -> Option<T> {
    serde_json::from_value(person.profile.get(name)?.clone()).ok()
}

pub(super) fn text(person: &Person, name: &str) -> Option<String> {
    kept(person, name)
}

/// SIP addresses are made by something else, some time later.
fn sip_addresses(cx: &Context<'_>, key: Uuid, person: &Person) -> Option<Vec<SipAddress>> {
    let due = person.created.checked_add(cx.config.provisioning_delay).ok()?;
    if cx.now < due {
        return None;
    }
    let local = person.email.split('@').next().unwrap_or_default();
    let room =
        SipAddress { kind: SipAddressType::PersonalRoom, value: format!("{local}@rooms.example"), primary: false };
    let line = person.location.map(|_| SipAddress {
        kind: SipAddressType::CloudCalling,
        value: format!("{key}@calling.example"),
        primary: true,
    });
    Some(std::iter::once(room).chain(line).collect())
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<People>, Refusal> {
    let calling_data = call.flag("callingData")?.unwrap_or(false);
    if call.param("id").is_some() && call.param("locationId").is_some() {
        return Err(Refusal::bad(Code::None, "`id` and `locationId` exclude each other"));
    }
    let org = orgs::of_call(state, cx, call)?;
    let location = call.param("locationId").map(|id| Call::decode(cx, IdKind::Location, id));
    let email = call.param("email").map(str::to_lowercase);
    let name = call.param("displayName").map(str::to_lowercase);
    let (ids, unknown) = listed_ids(state, org, call)?;
    let roles = listed_roles(org, call)?;
    let lookup = match (&email, location) {
        (Some(email), _) => Person::with_email(email),
        (None, Some(Some(location))) => Person::at(location),
        (None, _) => Person::of_org(org),
    };
    let matching = state.people.find(&lookup).filter(|(key, person)| {
        person.org == org
            && !person.is_machine
            && location.is_none_or(|location| location.is_some() && person.location == location)
            && name.as_ref().is_none_or(|name| person.display_name.to_lowercase().starts_with(name))
            && ids.as_ref().is_none_or(|ids| ids.contains(*key))
            && roles.as_ref().is_none_or(|roles| !roles.is_disjoint(&person.roles))
    });
    let cap = match (location, calling_data) {
        (Some(_), _) => 50,
        (None, true) => 100,
        (None, false) => 1000,
    };
    let length = Length { usual: cap.min(100), cap };
    let page = Page::cut(call, cx, Paging::Cursor, length, matching)?;
    let mut items: Vec<PersonEntry> = page
        .items
        .iter()
        .map(|(key, person)| {
            let mut shown = show(state, cx, **key, person, calling_data);
            if ids.is_some() {
                // Administrators' additions are shown by GET of one, "not when doing a GET /people?id=".
                (shown.licenses, shown.roles, shown.location_id) = (None, None, None);
            }
            PersonEntry::Person(Box::new(shown))
        })
        .collect();
    if items.is_empty() && location.is_some() && cx.config.entry_for_nobody {
        // Seen by wxc_sdk in place of an empty list.
        let error = PeopleListError { code: "calling_failure", reason: "no person was found at the location" };
        items.push(PersonEntry::Nobody(NobodyThere { errors: PeopleListErrors { people_list_location_id: error } }));
    }
    let not_found_ids = ids.is_some().then_some(unknown);
    Ok(Found::new(People { items, not_found_ids }).link(page.link))
}

/// Splits the `id` filter into known and unknown people.
fn listed_ids(state: &State, org: Uuid, call: &Call) -> Result<(Option<BTreeSet<Uuid>>, Vec<String>), Refusal> {
    let Some(text) = call.param("id") else {
        return Ok((None, Vec::new()));
    };
    let ids: Vec<&str> = text.split(',').collect();
    if ids.len() > MOST_IDS {
        return Err(Refusal::bad(Code::None, format!("`id` names more than {MOST_IDS} people")));
    }
    let mut known = BTreeSet::new();
    let mut unknown = Vec::new();
    for id in ids {
        match decode(id).filter(|key| state.people.get(key).is_some_and(|person| person.org == org)) {
            Some(key) => {
                known.insert(key);
            }
            None => unknown.push(id.to_owned()),
        }
    }
    Ok((Some(known), unknown))
}

/// Reads the `roles` filter: whoever has one of them.
fn listed_roles(org: Uuid, call: &Call) -> Result<Option<BTreeSet<String>>, Refusal> {
    let Some(text) = call.param("roles") else {
        return Ok(None);
    };
    let ids: Vec<String> = text.split(',').map(str::to_owned).collect();
    let roles = super::roles::read(&ids)?;
    if org != orgs::partner() {
        return Err(Refusal::bad(Code::None, "`roles` filters the caller's own organization alone"));
    }
    Ok(Some(roles))
}
