//! What requests want people to be, checked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::lines::{self, Owner};
use super::person_view::{esn, kept, shown_number};
use super::{customer_request, licenses, orgs, provisioning, roles};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference;
use crate::sim::state::{Line, Person, State, Subscriber};
use crate::sim::text::Text;
use crate::sim::wire::person::{PersonAddress, PersonChange, PersonPhoneRequest, PersonPhoneType, PersonRequest};

/// What ends the name of a meeting site that somebody attends.
const ATTENDEE: &str = "#attendee";

fn wrong(field: &str, why: &str) -> Refusal {
    Refusal::bad(Code::None, format!("`{field}` {why}"))
}

/// Attributes that are kept as they are sent, without rules.
struct Profile {
    texts: [(&'static str, Option<String>); 5],
    addresses: Option<Vec<PersonAddress>>,
    site_urls: Option<Vec<String>>,
}

impl Profile {
    fn put(self, profile: &mut BTreeMap<String, Value>) {
        let Self { texts, addresses, site_urls } = self;
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, json!(text?))));
        let lists = [("addresses", addresses.map(|list| json!(list))), ("siteUrls", site_urls.map(|list| json!(list)))];
        let lists = lists.into_iter().filter_map(|(name, list)| Some((name, list?)));
        profile.extend(texts.chain(lists).map(|(name, value)| (name.to_owned(), value)));
    }
}

/// Takes the e-mail that a person is to have, from a field of a request.
pub(super) fn read_email(
    state: &State,
    cx: &Context<'_>,
    org: Uuid,
    own: Option<&Person>,
    (field, email): (&str, &str),
) -> Result<String, Refusal> {
    let email = email.to_lowercase();
    if !reference::is_email(&email) {
        return Err(wrong(field, &format!("is `{email}`, not an e-mail address")));
    }
    if own.is_none_or(|own| own.email != email) {
        if cx.config.pending_emails.contains(&email) {
            return Err(Refusal::conflict(format!("`{email}` belongs to the owner of a free account")));
        }
        customer_request::check_email(state, Some(org), &email)?;
        if state.people.first(&Person::with_email(&email)).is_some() {
            return Err(Refusal::conflict(format!("`{email}` belongs to another person")));
        }
    }
    Ok(email)
}

fn only(emails: &[String]) -> Result<&str, Refusal> {
    let [email] = emails else {
        return Err(wrong("emails", "must have exactly one entry"));
    };
    Ok(email)
}

/// Takes a person to be made.
pub(super) fn read_new(state: &State, cx: &Context<'_>, asked: PersonRequest) -> Result<Person, Refusal> {
    let PersonRequest {
        emails,
        phone_numbers,
        extension,
        location_id,
        display_name,
        first_name,
        last_name,
        org_id,
        roles: role_ids,
        licenses: license_ids,
        avatar,
        department,
        manager,
        manager_id,
        title,
        addresses,
        site_urls,
    } = asked;
    let org = orgs::of_body(state, cx, org_id.as_deref())?;
    let email = read_email(state, cx, org, None, ("emails[0]", only(&emails)?))?;
    if display_name.is_none() && first_name.is_none() && last_name.is_none() {
        return Err(Refusal::bad(Code::None, "one of `displayName`, `firstName` and `lastName` is needed"));
    }
    let (first_name, last_name) = (first_name.map(Text::into_string), last_name.map(Text::into_string));
    let mut new = provisioning::new_person(org, &email, first_name, last_name, cx.now);
    new.display_name = display_name.map_or(new.display_name, Text::into_string);
    new.roles = roles::read(&role_ids.unwrap_or_default())?;
    roles::check(org, &new.roles)?;
    let wanted = licenses::read(state, org, &license_ids.unwrap_or_default());
    new.licenses = licenses::granted(state, cx, org, &BTreeSet::new(), wanted);
    let texts = [
        ("avatar", avatar),
        ("department", department),
        ("manager", manager),
        ("managerId", manager_id),
        ("title", title),
    ];
    Profile { texts, addresses, site_urls }.put(&mut new.profile);
    let line = WantedLine { location_id, extension: extension.map(Text::into_string), numbers: phone_numbers };
    let old = Person { licenses: BTreeSet::new(), ..new.clone() };
    line.read(state, cx, None, &old, &mut new)?;
    Ok(new)
}

/// Takes what a person is to be from now on; `all_types` lets it stop attending meeting sites.
pub(super) fn read_change(
    state: &State,
    cx: &Context<'_>,
    key: Uuid,
    old: &Person,
    asked: PersonChange,
    all_types: bool,
) -> Result<Person, Refusal> {
    let PersonChange {
        display_name,
        first_name,
        last_name,
        emails,
        phone_numbers,
        extension,
        location_id,
        org_id,
        roles: role_ids,
        licenses: license_ids,
        login_enabled,
        avatar,
        department,
        manager,
        manager_id,
        title,
        addresses,
        mut site_urls,
        ..
    } = asked;
    let mut new = old.clone();
    new.display_name = display_name.into_string();
    new.first_name = first_name.map(Text::into_string).or(new.first_name);
    new.last_name = last_name.map(Text::into_string).or(new.last_name);
    if let Some(emails) = emails {
        new.email = read_email(state, cx, old.org, Some(old), ("emails[0]", only(&emails)?))?;
    }
    if org_id.is_some_and(|org| Call::decode(cx, IdKind::Organization, &org) != Some(old.org)) {
        return Err(wrong("orgId", "cannot be changed"));
    }
    if let Some(ids) = license_ids {
        new.licenses = read_licenses(state, cx, key, old, &ids)?;
    }
    if let Some(ids) = role_ids {
        new.roles = roles::read(&ids)?;
        roles::check_change(state, key, old, &new.roles)?;
    }
    if let (Some(sites), false) = (&mut site_urls, all_types) {
        let attended: Vec<String> = kept(old, "siteUrls").unwrap_or_default();
        let missing: Vec<String> = attended.into_iter().filter(|site| site.ends_with(ATTENDEE)).collect();
        let missing: Vec<String> = missing.into_iter().filter(|site| !sites.contains(site)).collect();
        sites.extend(missing);
    }
    let texts = [
        ("avatar", avatar),
        ("department", department),
        ("manager", manager),
        ("managerId", manager_id),
        ("title", title),
    ];
    Profile { texts, addresses, site_urls }.put(&mut new.profile);
    if let Some(enabled) = login_enabled {
        new.is_locked_out = !enabled;
    }
    WantedLine { location_id, extension, numbers: phone_numbers }.read(state, cx, Some(key), old, &mut new)?;
    new.touch(cx.now);
    Ok(new)
}

/// Takes the complete list of licences. What cannot be given is passed over, but what is implied must be there.
fn read_licenses(
    state: &State,
    cx: &Context<'_>,
    key: Uuid,
    old: &Person,
    ids: &[String],
) -> Result<BTreeSet<String>, Refusal> {
    let wanted: BTreeSet<&String> = ids.iter().collect();
    let held = licenses::ids(old);
    if wanted.into_iter().eq(&held) {
        return Ok(old.licenses.clone());
    }
    if cx.config.subscriber_licenses.refuses() && state.subscribers.first(&Subscriber::of_person(key)).is_some() {
        return Err(wrong("licenses", "differs: packages give the licences of wholesale users"));
    }
    let wanted = licenses::read(state, old.org, ids);
    let is_implied_gone = !wanted.is_empty() && !old.licenses.is_empty() && !licenses::names_implied(old.org, ids);
    if is_implied_gone {
        return Err(wrong("licenses", "lacks a licence that is implicitly assigned and cannot be removed"));
    }
    Ok(licenses::granted(state, cx, old.org, &old.licenses, wanted))
}

/// What a request says of a person's line.
struct WantedLine {
    location_id: Option<Text>,
    extension: Option<String>,
    numbers: Option<Vec<PersonPhoneRequest>>,
}

impl WantedLine {
    fn read(
        self,
        state: &State,
        cx: &Context<'_>,
        key: Option<Uuid>,
        old: &Person,
        new: &mut Person,
    ) -> Result<(), Refusal> {
        match (old.location, licenses::any_calling(&new.licenses)) {
            (Some(at), true) => self.change(state, cx, key, old, new, at),
            (None, true) => self.begin(state, cx, key, old, new),
            (Some(_), false) => {
                new.end_line();
                Ok(())
            }
            (None, false) if self.location_id.is_none() && self.extension.is_none() && self.has_no_number() => Ok(()),
            (None, false) => Err(Refusal::bad(Code::None, "the person has no calling licence, and so no line")),
        }
    }

    fn has_no_number(&self) -> bool {
        self.numbers.as_ref().is_none_or(Vec::is_empty)
    }

    /// The line comes in the same request as the licence.
    fn begin(
        self,
        state: &State,
        cx: &Context<'_>,
        key: Option<Uuid>,
        old: &Person,
        new: &mut Person,
    ) -> Result<(), Refusal> {
        let Some(id) = self.location_id else {
            return Err(wrong("locationId", "is missing, which a calling licence needs in the same request"));
        };
        let Some(location) = Call::decode(cx, IdKind::Location, &id) else {
            return Err(wrong("locationId", "is not the id of a location"));
        };
        let number = read_numbers(state, cx, self.numbers.unwrap_or_default(), old)?;
        let extension = self.extension.filter(|extension| !extension.is_empty());
        let line = Line { number, extension, location: Some(location) };
        if line.number.is_none() && line.extension.is_none() {
            return Err(Refusal::bad(Code::None, "a calling user needs a number or an extension"));
        }
        lines::check_new(state, cx, new.org, &line, Owner { person: key, subscriber: None })?;
        let Line { number, extension, location } = line;
        (new.number, new.extension, new.location) = (number, extension, location);
        Ok(())
    }

    fn change(
        self,
        state: &State,
        cx: &Context<'_>,
        key: Option<Uuid>,
        old: &Person,
        new: &mut Person,
        at: Uuid,
    ) -> Result<(), Refusal> {
        let Self { location_id, extension, numbers } = self;
        if location_id.is_some_and(|id| Call::decode(cx, IdKind::Location, &id) != Some(at)) {
            return Err(wrong("locationId", "cannot be changed; move the person by a job"));
        }
        let owner = Owner { person: key, subscriber: None };
        match extension {
            None => {}
            Some(text) if text.is_empty() && cx.config.empty_extension.refuses() => {
                return Err(wrong("extension", "is empty"));
            }
            Some(text) if text.is_empty() => new.extension = None,
            Some(text) => {
                if old.extension.as_ref() != Some(&text) {
                    lines::check_extension(state, cx, old.org, at, &text, owner)?;
                }
                new.extension = Some(text);
            }
        }
        if let Some(numbers) = numbers {
            new.number = read_numbers(state, cx, numbers, old)?;
            if let Some(number) = new.number.as_deref().filter(|number| old.number.as_deref() != Some(number)) {
                lines::check_number(state, at, number, owner)?;
            }
        }
        if new.number.is_none() && new.extension.is_none() {
            return Err(Refusal::bad(Code::None, "a calling user needs a number or an extension"));
        }
        Ok(())
    }
}

/// Reads numbers: at most one, of type `work`, in E.164.
///
/// "GET, make changes, then PUT both the changed and unchanged values", says the official text, and `wxc_sdk` does: what
/// the last answer showed may stand there again, in its form, and changes nothing.
fn read_numbers(
    state: &State,
    cx: &Context<'_>,
    numbers: Vec<PersonPhoneRequest>,
    old: &Person,
) -> Result<Option<String>, Refusal> {
    let mut found = None;
    for (position, PersonPhoneRequest { kind, value, .. }) in numbers.into_iter().enumerate() {
        let at = |name: &str| format!("phoneNumbers[{position}].{name}");
        if kind == PersonPhoneType::WorkExtension && esn(state, old).as_deref() == Some(&*value) {
            continue;
        }
        if kind != PersonPhoneType::Work {
            return Err(wrong(&at("type"), "is none that can be written: only `work` can"));
        }
        let unchanged = old.number.as_ref().filter(|number| shown_number(cx, number) == *value);
        let value = unchanged.cloned().unwrap_or(value.into_string());
        if !reference::is_e164(&value) {
            return Err(wrong(&at("value"), &format!("is `{value}`, not an E.164 number")));
        }
        if found.replace(value).is_some() {
            return Err(Refusal::bad(Code::None, "`phoneNumbers` has more than one work number"));
        }
    }
    Ok(found)
}
