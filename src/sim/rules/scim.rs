//! SCIM 2 users: the same people under their bare UUIDs, with what identity knows of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::scim_filter::{self, Filter, SortBy};
use super::{orgs, people, person_request, person_view, provisioning, roles as role_rules, scim_patch};
use crate::sim::answer::{Code, Refusal};
use crate::sim::body;
use crate::sim::call::{Call, Context, Family};
use crate::sim::id::Uuid;
use crate::sim::reference::{self, LOCATION_ADMIN, Role};
use crate::sim::reply::{Created, Done, Found};
use crate::sim::state::{Person, State};
use crate::sim::text::Text;
use crate::sim::wire::scim::{
    AccountStatus, AccountWord, ScimDocument, ScimEmail, ScimEmailType, ScimEnterprise, ScimIdentity, ScimManager,
    ScimMeta, ScimName, ScimPatch, ScimRole, ScimUser, ScimUserRequest, ScimUserType, ScimUsers, TrimmedUser,
};

const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(super) const IDENTITY: &str = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User";

/// The most users on a page.
const LONGEST_PAGE: usize = 100;

/// What no choice of attributes leaves out.
const ALWAYS: [&str; 5] = ["schemas", "id", "userName", "userType", "meta"];

fn wrong(field: &str, why: &str) -> Refusal {
    Refusal::bad(Code::None, format!("`{field}` {why}"))
}

fn org_of(state: &State, cx: &Context<'_>, call: &Call) -> Result<Uuid, Refusal> {
    let org = orgs::of_path(state, cx, call.id())?;
    if cx.config.scim.refuses() && org != orgs::partner() {
        return Err(Refusal::forbidden("the caller is no administrator of the organization's identities"));
    }
    Ok(org)
}

fn find<'a>(state: &'a State, org: Uuid, call: &Call) -> Result<(Uuid, &'a Person), Refusal> {
    let id = call.second_id();
    id.parse()
        .ok()
        .and_then(|key| Some((key, state.people.get(&key)?)))
        .filter(|(_, person)| person.org == org && !person.is_machine)
        .ok_or_else(|| Refusal::not_found("user", id))
}

fn scim_role(key: &str) -> Option<&'static Role> {
    Role::find(key).filter(|role| role.scim)
}

fn address(cx: &Context<'_>, org: Uuid, key: Uuid) -> String {
    format!("{}/identity/scim/{org}/v2/Users/{key}", cx.origin())
}

/// Returns an attribute that only SCIM knows.
fn own<T: serde::de::DeserializeOwned>(person: &Person, name: &str) -> Option<T> {
    serde_json::from_value(person.identity.get(name)?.clone()).ok()
}

fn show(state: &State, cx: &Context<'_>, key: Uuid, person: &Person) -> ScimUser {
    let roles = person.roles.iter().filter_map(|role| scim_role(role)).map(|role| ScimRole {
        value: role.key.to_owned(),
        kind: Some("cirole".to_owned()),
        display: Some(role.name.to_owned()),
    });
    let name = ScimName {
        given_name: person.first_name.clone(),
        family_name: person.last_name.clone(),
        ..own(person, "name").unwrap_or_default()
    };
    let primary =
        ScimEmail { value: person.email.clone(), kind: Some(ScimEmailType::Work), display: None, primary: Some(true) };
    let others: Vec<ScimEmail> = own(person, "emails").unwrap_or_default();
    let word = if person.is_locked_out { AccountWord::Disabled } else { AccountWord::Active };
    let account_status = AccountStatus::Several(vec![word]);
    let identity = match own::<ScimIdentity>(person, IDENTITY) {
        Some(identity) => ScimIdentity { account_status, ..identity },
        None => ScimIdentity {
            account_status,
            sip_addresses: None,
            managed_orgs: None,
            managed_groups: None,
            attributes: BTreeMap::new(),
        },
    };
    ScimUser {
        schemas: vec![CORE, IDENTITY],
        id: key.to_string(),
        user_name: person.email.clone(),
        user_type: ScimUserType::User,
        active: Some(!person.is_locked_out),
        roles: Some(roles.collect()),
        name: Some(name),
        display_name: Some(person.display_name.clone()),
        nick_name: own(person, "nickName"),
        emails: Some(std::iter::once(primary).chain(others).collect()),
        profile_url: own(person, "profileUrl"),
        title: person_view::text(person, "title"),
        preferred_language: own(person, "preferredLanguage"),
        locale: own(person, "locale"),
        external_id: own(person, "externalId"),
        timezone: person_view::text(person, "timezone"),
        phone_numbers: own(person, "phoneNumbers"),
        photos: own(person, "photos"),
        addresses: person_view::kept(person, "addresses"),
        enterprise: show_enterprise(state, cx, person),
        identity: Some(identity),
        meta: ScimMeta {
            resource_type: "User",
            created: person.created.to_string(),
            last_modified: person.modified.to_string(),
            version: format!("W/\"{}\"", person.modified.as_millisecond()),
            location: address(cx, person.org, key),
        },
    }
}

fn show_enterprise(state: &State, cx: &Context<'_>, person: &Person) -> Option<ScimEnterprise> {
    let department = person_view::text(person, "department");
    let kept: Option<ScimEnterprise> = own(person, ENTERPRISE);
    if kept.is_none() && department.is_none() {
        return None;
    }
    let kept = kept.unwrap_or_default();
    let manager = kept.manager.map(|manager| {
        let found = manager.value.parse().ok().and_then(|key| Some((key, state.people.get(&key)?)));
        ScimManager {
            display_name: found.map(|(_, person)| person.display_name.clone()),
            reference: found.map(|(key, person)| address(cx, person.org, key)),
            ..manager
        }
    });
    Some(ScimEnterprise { department, manager, ..kept })
}

/// Lists users, by the documented filters and orders.
pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<ScimUsers>, Refusal> {
    let org = org_of(state, cx, call)?;
    let filter = call.param("filter").map(Filter::read).transpose()?;
    let start = call.count("startIndex")?.unwrap_or(1).max(1);
    let count = call.count("count")?.unwrap_or(LONGEST_PAGE).min(LONGEST_PAGE);
    let count = cx.config.page_size.map_or(count, |cap| count.min(cap));
    let with_groups = call.flag("returnGroups")? == Some(true) || call.flag("includeGroupDetails")? == Some(true);
    let lookup = match filter.as_ref().and_then(Filter::email) {
        Some(email) => Person::with_email(&email),
        None => Person::of_org(org),
    };
    let mut matching: Vec<(Uuid, &Person)> = state
        .people
        .find(&lookup)
        .filter(|(_, person)| person.org == org && !person.is_machine)
        .filter(|(key, person)| {
            filter.as_ref().is_none_or(|filter| filter.fits(**key, person, || show(state, cx, **key, person)))
        })
        .map(|(key, person)| (*key, person))
        .collect();
    match call.param("sortBy").and_then(SortBy::find) {
        None => {}
        Some(SortBy::UserName) => matching.sort_by_key(|(_, person)| &person.email),
        Some(SortBy::Id) => matching.sort_by_key(|(key, _)| *key),
        Some(SortBy::LastModified) => matching.sort_by_key(|(_, person)| person.modified),
    }
    if call.param("sortOrder") == Some("descending") {
        matching.reverse();
    }
    let total_results = matching.len();
    let resources: Vec<TrimmedUser> = matching
        .into_iter()
        .skip(start - 1)
        .take(count)
        .map(|(key, person)| {
            let mut user = trim(call, &show(state, cx, key, person));
            if with_groups {
                user.0["groups"] = json!([]);
            }
            user
        })
        .collect();
    Ok(Found::new(ScimUsers {
        schemas: vec![LIST_SCHEMA],
        total_results,
        items_per_page: resources.len(),
        start_index: start,
        resources,
    }))
}

/// Keeps what `attributes` and `excludedAttributes` let stand.
fn trim(call: &Call, user: &ScimUser) -> TrimmedUser {
    let names = |name: &str| -> Option<BTreeSet<String>> {
        let text = call.param(name)?;
        Some(text.split(',').map(|name| scim_filter::top(name.trim()).to_lowercase()).collect())
    };
    let (wanted, unwanted) = (names("attributes"), names("excludedAttributes"));
    let mut value = json!(user);
    if let Value::Object(map) = &mut value {
        map.retain(|name, _| {
            let name_in = |names: &BTreeSet<String>| names.contains(&name.to_lowercase());
            ALWAYS.contains(&name.as_str())
                || (wanted.as_ref().is_none_or(name_in) && !unwanted.as_ref().is_some_and(name_in))
        });
    }
    TrimmedUser(value)
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<ScimUser>, Refusal> {
    let org = org_of(state, cx, call)?;
    let (key, person) = find(state, org, call)?;
    Ok(Found::new(show(state, cx, key, person)))
}

pub(crate) fn create(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    document: ScimDocument,
) -> Result<Created<ScimUser>, Refusal> {
    let org = org_of(state, cx, call)?;
    let asked = read(cx, document.0)?;
    let blank = provisioning::new_person(org, "", None, None, cx.now);
    let person = take(state, cx, None, &blank, asked)?;
    let key = state.next_id();
    let shown = show(state, cx, key, &person);
    state.people.insert(key, person);
    let url = address(cx, org, key);
    Ok(Created::new(shown).location(url))
}

/// Puts a user in place of another: what the request leaves out is no more, but for the parts of the name, which the
/// official description has no place for here.
pub(crate) fn replace(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    document: ScimDocument,
) -> Result<Found<ScimUser>, Refusal> {
    let org = org_of(state, cx, call)?;
    let (key, old) = find(state, org, call)?;
    let mut asked = read(cx, document.0)?;
    if asked.name.is_none() {
        asked.name = show(state, cx, key, old).name;
    }
    let new = take(state, cx, Some(key), old, asked)?;
    Ok(store(state, cx, key, new))
}

/// Changes attributes one by one; all or none.
pub(crate) fn patch(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: ScimPatch,
) -> Result<Found<ScimUser>, Refusal> {
    let org = org_of(state, cx, call)?;
    let (key, old) = find(state, org, call)?;
    if asked.schemas != [PATCH_SCHEMA] {
        return Err(wrong("schemas", &format!("is not [`{PATCH_SCHEMA}`]")));
    }
    let Value::Object(mut user) = json!(show(state, cx, key, old)) else {
        return Err(Refusal::not_found("user", call.second_id()));
    };
    for (position, operation) in asked.operations.into_iter().enumerate() {
        scim_patch::apply(&mut user, operation)
            .map_err(|wrong| wrong.into_refusal(&format!("Operations[{position}]")))?;
    }
    let new = take(state, cx, Some(key), old, read(cx, user)?)?;
    Ok(store(state, cx, key, new))
}

fn store(state: &mut State, cx: &Context<'_>, key: Uuid, mut new: Person) -> Found<ScimUser> {
    new.touch(cx.now);
    let shown = show(state, cx, key, &new);
    state.people.insert(key, new);
    Found::new(shown)
}

pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let org = org_of(state, cx, call)?;
    let (key, person) = find(state, org, call)?;
    people::check_deletion(state, cx, key, person)?;
    state.people.remove(&key);
    Ok(Done::new())
}

/// Reads a user; sections of unknown schemas are passed over, as the official text says.
fn read(cx: &Context<'_>, mut document: Map<String, Value>) -> Result<ScimUserRequest, Refusal> {
    document.retain(|name, _| !name.starts_with("urn:") || name == ENTERPRISE || name == IDENTITY);
    body::read(Some(&document.into()), Family::Other, cx.config.unknown_fields.refuses())
}

/// Takes what a user is to be; `old` is who it was, or a blank person of the organization.
fn take(
    state: &State,
    cx: &Context<'_>,
    key: Option<Uuid>,
    old: &Person,
    asked: ScimUserRequest,
) -> Result<Person, Refusal> {
    let ScimUserRequest {
        schemas,
        user_name,
        user_type,
        active,
        roles,
        name,
        display_name,
        nick_name,
        emails,
        profile_url,
        title,
        preferred_language,
        locale,
        external_id,
        timezone,
        phone_numbers,
        photos,
        addresses,
        enterprise,
        identity,
        ..
    } = asked;
    if !schemas.iter().any(|schema| schema == CORE) {
        return Err(wrong("schemas", &format!("lacks `{CORE}`")));
    }
    if user_type != ScimUserType::User {
        return Err(wrong("userType", "is not `user`: other accounts are not made here"));
    }
    if let Some(zone) = timezone.as_deref().filter(|zone| !reference::is_time_zone(zone)) {
        return Err(wrong("timezone", &format!("is `{zone}`, not an IANA time zone")));
    }
    for (field, language) in [("preferredLanguage", &preferred_language), ("locale", &locale)] {
        if let Some(language) = language.as_deref().filter(|language| !reference::is_org_language(language)) {
            return Err(wrong(field, &format!("is `{language}`, not `ll` or `ll_CC`")));
        }
    }
    let mut new = old.clone();
    new.email = person_request::read_email(state, cx, old.org, key.map(|_| old), ("userName", &user_name))?;
    let others = take_emails(&old.email, &new.email, emails.unwrap_or_default())?;
    new.is_locked_out = !active.unwrap_or(!old.is_locked_out);
    // Roles that SCIM does not know stay.
    new.roles.retain(|role| scim_role(role).is_none());
    for role in roles.unwrap_or_default() {
        new.roles.insert(take_role(&role)?);
    }
    match key {
        Some(key) => role_rules::check_change(state, key, old, &new.roles)?,
        None => role_rules::check(new.org, &new.roles)?,
    }

    let name = name.unwrap_or_default();
    new.first_name = name.given_name.clone().filter(|name| !name.trim().is_empty());
    new.last_name = name.family_name.clone().filter(|name| !name.trim().is_empty());
    let full: Vec<&str> = [&new.first_name, &new.last_name].into_iter().flatten().map(String::as_str).collect();
    let full = if full.is_empty() { new.email.clone() } else { full.join(" ") };
    new.display_name = display_name.map_or(full, Text::into_string);
    let rest = ScimName { given_name: None, family_name: None, ..name };

    let mut enterprise = enterprise.unwrap_or_default();
    let department = enterprise.department.take();
    enterprise.manager = take_manager(state, old.org, enterprise.manager)?;
    let identity = identity.map(check_attributes).transpose()?;

    put(&mut new.profile, "title", title);
    put(&mut new.profile, "timezone", timezone);
    put(&mut new.profile, "department", department);
    put(&mut new.profile, "addresses", addresses);
    put(&mut new.identity, "name", Some(rest));
    put(&mut new.identity, "nickName", nick_name);
    put(&mut new.identity, "emails", Some(others).filter(|others| !others.is_empty()));
    put(&mut new.identity, "profileUrl", profile_url);
    put(&mut new.identity, "preferredLanguage", preferred_language);
    put(&mut new.identity, "locale", locale);
    put(&mut new.identity, "externalId", external_id);
    put(&mut new.identity, "phoneNumbers", phone_numbers);
    put(&mut new.identity, "photos", photos);
    put(&mut new.identity, ENTERPRISE, Some(enterprise));
    put(&mut new.identity, IDENTITY, identity);
    Ok(new)
}

/// Keeps an attribute, or drops it if there is nothing in it.
fn put(attributes: &mut BTreeMap<String, Value>, name: &str, value: Option<impl Serialize>) {
    let value = value.and_then(|value| serde_json::to_value(value).ok());
    match value.filter(|value| value.as_object().is_none_or(|map| !map.is_empty())) {
        Some(value) => {
            attributes.insert(name.to_owned(), value);
        }
        None => {
            attributes.remove(name);
        }
    }
}

/// Takes the addresses beside the primary one, which is the user's name. A renamed user's old primary address may stand
/// there still.
fn take_emails(old: &str, new: &str, emails: Vec<ScimEmail>) -> Result<Vec<ScimEmail>, Refusal> {
    let mut others = Vec::new();
    for (position, email) in emails.into_iter().enumerate() {
        let at = format!("emails[{position}].value");
        if !reference::is_email(&email.value) {
            return Err(wrong(&at, &format!("is `{}`, not an e-mail address", email.value)));
        }
        let is_primary = email.kind == Some(ScimEmailType::Work) && email.primary == Some(true);
        if !is_primary {
            others.push(email);
        } else if ![old, new].iter().any(|known| email.value.eq_ignore_ascii_case(known)) {
            return Err(wrong(&at, "is the primary address at work, and not `userName`"));
        }
    }
    Ok(others)
}

fn take_role(role: &ScimRole) -> Result<String, Refusal> {
    let ScimRole { value, kind, display: _ } = role;
    if let Some(kind) = kind.as_ref().filter(|kind| *kind != "cirole") {
        return Err(wrong("roles.type", &format!("is `{kind}`, not `cirole`")));
    }
    if value == LOCATION_ADMIN {
        return Err(wrong("roles.value", "is the location administrator, whom SCIM cannot appoint"));
    }
    if scim_role(value).is_none() {
        return Err(wrong("roles.value", &format!("is `{value}`, not a role that SCIM knows")));
    }
    Ok(value.clone())
}

fn take_manager(state: &State, org: Uuid, manager: Option<ScimManager>) -> Result<Option<ScimManager>, Refusal> {
    let Some(ScimManager { value, .. }) = manager else {
        return Ok(None);
    };
    let found = value.parse().ok().and_then(|key: Uuid| state.people.get(&key));
    if found.is_none_or(|person| person.org != org) {
        return Err(wrong("manager.value", &format!("is `{value}`, not a user of the organization")));
    }
    Ok(Some(ScimManager { value, display_name: None, reference: None }))
}

/// Checks the numbered attributes: `extensionAttribute1` to `15`, `externalAttribute1` to `15`.
fn check_attributes(mut identity: ScimIdentity) -> Result<ScimIdentity, Refusal> {
    // Read only.
    identity.attributes.remove("meta");
    for (name, value) in &identity.attributes {
        let numbered = |root: &str| {
            let number = name.strip_prefix(root)?;
            (1..=15).any(|most: u8| most.to_string() == number).then_some(())
        };
        let is_text = |item: &Value| item.is_string();
        let is_sourced = |item: &Value| {
            item.as_object().is_some_and(|map| {
                map.len() == 2 && ["source", "value"].iter().all(|name| map.get(*name).is_some_and(Value::is_string))
            })
        };
        let is_list = |fits: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|items| items.iter().all(fits));
        if numbered("extensionAttribute").is_some() {
            if !is_list(&is_text) {
                return Err(wrong(name, "is not a list of strings"));
            }
        } else if numbered("externalAttribute").is_some() {
            if !is_list(&is_sourced) {
                return Err(wrong(name, "is not a list of objects with `source` and `value`"));
            }
        } else {
            return Err(wrong(name, "is not a field of this request"));
        }
    }
    Ok(identity)
}
