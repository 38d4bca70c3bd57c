//! `/people` and `/roles`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::lines::{self, Owner};
use super::{customer_request, orgs};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context, Family, Fields};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference::{FULL_ADMIN, LOCATION_ADMIN, ROLES, Role, license_id};
use crate::sim::state::{Person, State, Subscriber};

/// Attributes that are kept as they are sent, without rules.
const PROFILE: &[&str] = &["avatar", "department", "manager", "managerId", "title", "addresses", "siteUrls"];

/// Attributes of an answer that a PUT may repeat, and that nobody can write.
const READ_ONLY: &[&str] = &[
    "id",
    "nickName",
    "created",
    "lastModified",
    "lastActivity",
    "status",
    "invitePending",
    "type",
    "timezone",
    "sipAddresses",
    "xmppFederationJid",
];

fn find<'a>(state: &'a State, cx: &Context<'_>, id: &str) -> Result<(Uuid, &'a Person), Refusal> {
    let key = IdKind::People.decode(id).or_else(|| id.parse().ok());
    let found = key.and_then(|key| Some((key, state.people.get(&key)?)));
    let (key, person) = found.ok_or_else(|| Refusal::not_found("person", id))?;
    orgs::check_reachable(state, cx, person.org)?;
    Ok((key, person))
}

/// Writes a number as the official examples of people show it.
fn shown_number(cx: &Context<'_>, number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(rest) if cx.config.spaced_numbers && rest.len() == 10 => {
            format!("+1 {} {} {}", &rest[..3], &rest[3..6], &rest[6..])
        }
        _ => number.to_owned(),
    }
}

/// Writes a person; without `calling_data`, nothing of their line shows.
fn to_value(state: &State, cx: &Context<'_>, key: Uuid, person: &Person, calling_data: bool) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
    put("id", json!(IdKind::People.encode(key)));
    put("emails", json!([person.email]));
    put("displayName", json!(person.display_name));
    if let Some(name) = &person.first_name {
        put("firstName", json!(name));
        put("nickName", json!(name));
    }
    if let Some(name) = &person.last_name {
        put("lastName", json!(name));
    }
    put("orgId", json!(IdKind::Organization.encode(person.org)));
    put("roles", person.roles.iter().map(|role| json!(Role::id_of(role))).collect());
    put("licenses", license_ids(person).into_iter().map(Value::String).collect());
    for (name, value) in &person.profile {
        put(name, value.clone());
    }
    put("created", json!(person.created.to_string()));
    put("lastModified", json!(person.modified.to_string()));
    put("invitePending", json!("false"));
    put("loginEnabled", json!("true"));
    put("type", json!(if person.is_machine { "appuser" } else { "person" }));
    if let (true, Some(location)) = (calling_data, person.location) {
        put("locationId", json!(IdKind::Location.encode(location)));
        let mut numbers = Vec::new();
        if let Some(number) = &person.number {
            numbers.push(json!({ "type": "work", "value": shown_number(cx, number), "primary": true }));
        }
        if let Some(extension) = &person.extension {
            put("extension", json!(extension));
            numbers.push(json!({ "type": "work_extension", "value": esn(state, person) }));
        }
        put("phoneNumbers", Value::Array(numbers));
    }
    Value::Object(map)
}

fn license_ids(person: &Person) -> BTreeSet<String> {
    person.licenses.iter().map(|package| license_id(person.org, package)).collect()
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let calling_data = call.flag("callingData")?.unwrap_or(false);
    call.flag("excludeStatus")?;
    if call.param("id").is_some() && call.param("locationId").is_some() {
        return Err(Refusal::bad(Code::None, "`id` and `locationId` exclude each other"));
    }
    let org = orgs::of_call(state, cx, call)?;
    let location = call.param("locationId").map(|id| Call::decode(cx, IdKind::Location, id));
    let email = call.param("email").map(str::to_lowercase);
    let name = call.param("displayName").map(str::to_lowercase);
    let (ids, unknown) = listed_ids(state, call)?;
    let role = match call.param("roles") {
        None => None,
        Some(id) => match Role::from_id(id) {
            Some(role) if org == orgs::partner() => Some(role.key),
            Some(_) => {
                return Err(Refusal::bad(Code::None, "`roles` filters the caller's own organization alone"));
            }
            None => {
                return Err(Refusal::bad(Code::None, format!("`{id}` is not the id of a role")));
            }
        },
    };
    let lookup = match (&email, location) {
        (Some(email), _) => Person::with_email(email),
        (None, Some(Some(location))) => Person::at(location),
        (None, _) => Person::of_org(org),
    };
    let matching = state.people.find(&lookup).filter(|(key, person)| {
        person.org == org
            && location.is_none_or(|location| location.is_some() && person.location == location)
            && name.as_ref().is_none_or(|name| person.display_name.to_lowercase().starts_with(name))
            && ids.as_ref().is_none_or(|ids| ids.contains(*key))
            && role.is_none_or(|role| person.roles.contains(role))
    });
    let cap = if location.is_some() { 50 } else { 100 };
    let length = Length { usual: cap, cap };
    let page = Page::cut(call, cx, Paging::Cursor, length, matching)?;
    let mut items: Vec<Value> =
        page.items.iter().map(|(key, person)| to_value(state, cx, **key, person, calling_data)).collect();
    if items.is_empty() && location.is_some() {
        // Seen by wxc_sdk in place of an empty list.
        items.push(json!({
            "errors": {
                "peopleListLocationId": { "code": "calling_failure", "reason": "no person was found at the location" },
            },
        }));
    }
    let mut body = json!({ "items": items });
    if ids.is_some() {
        body["notFoundIds"] = json!(unknown);
    }
    Ok(Answer::ok(body).link(page.link))
}

/// Splits the `id` filter into known and unknown people.
fn listed_ids(state: &State, call: &Call) -> Result<(Option<BTreeSet<Uuid>>, Vec<String>), Refusal> {
    let Some(text) = call.param("id") else {
        return Ok((None, Vec::new()));
    };
    let ids: Vec<&str> = text.split(',').collect();
    if ids.len() > 85 {
        return Err(Refusal::bad(Code::None, "`id` names more than 85 people"));
    }
    let mut known = BTreeSet::new();
    let mut unknown = Vec::new();
    for id in ids {
        let key = IdKind::People.decode(id).or_else(|| id.parse().ok());
        match key.filter(|key| state.people.contains_key(key)) {
            Some(key) => {
                known.insert(key);
            }
            None => unknown.push(id.to_owned()),
        }
    }
    Ok((Some(known), unknown))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let calling_data = call.flag("callingData")?.unwrap_or(false);
    let (key, person) = find(state, cx, call.id())?;
    Ok(Answer::ok(to_value(state, cx, key, person, calling_data)))
}

pub(crate) fn me(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let calling_data = call.flag("callingData")?.unwrap_or(false);
    let key = cx.caller.person;
    let person = state.people.get(&key).ok_or_else(|| Refusal::not_found("person", "me"))?;
    Ok(Answer::ok(to_value(state, cx, key, person, calling_data)))
}

/// Replaces the attributes that are sent, and leaves the others: the documents say that a PUT replaces everything,
/// a live test says that it does not.
pub(crate) fn update(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let calling_data = call.flag("callingData")?.unwrap_or(false);
    call.flag("showAllTypes")?;
    let minimal = call.flag("minResponse")?.unwrap_or(false);
    let (key, old) = find(state, cx, call.id())?;
    let new = read_update(state, cx, call, key, old)?;
    state.people.insert(key, new);
    let body = match state.people.get(&key) {
        Some(_) if minimal => json!({ "id": IdKind::People.encode(key) }),
        Some(person) => to_value(state, cx, key, person, calling_data),
        None => Value::Null,
    };
    Ok(Answer::ok(body))
}

fn read_update(state: &State, cx: &Context<'_>, call: &Call, key: Uuid, old: &Person) -> Result<Person, Refusal> {
    let mut new = old.clone();
    let mut body = call.body(Family::Other)?;
    body.ignore(READ_ONLY);
    new.display_name = body.need("displayName")?;
    new.first_name = body.filled("firstName")?.or(new.first_name);
    new.last_name = body.filled("lastName")?.or(new.last_name);
    if let Some(emails) = body.texts("emails")? {
        new.email = read_emails(state, &body, old, &emails)?;
    }
    if let Some(org) = body.filled("orgId")?
        && Call::decode(cx, IdKind::Organization, &org) != Some(old.org)
    {
        return Err(body.wrong("orgId", "cannot be changed"));
    }
    if let Some(licenses) = body.texts("licenses")?
        && licenses.into_iter().collect::<BTreeSet<_>>() != license_ids(old)
    {
        return Err(body.wrong("licenses", "differs: packages give the licences of wholesale users"));
    }
    if let Some(roles) = body.texts("roles")? {
        new.roles = read_roles(&body, &roles)?;
        check_roles(state, key, old, &new.roles)?;
    }
    for name in PROFILE {
        if let Some(value) = body.value(name) {
            new.profile.insert((*name).to_owned(), value.clone());
        }
    }
    body.flag("loginEnabled")?;
    read_line(state, cx, &mut body, key, old, &mut new)?;
    body.end(cx)?;
    new.modified = cx.now;
    Ok(new)
}

fn read_emails(state: &State, body: &Fields<'_>, old: &Person, emails: &[String]) -> Result<String, Refusal> {
    let [email] = emails else {
        return Err(body.wrong("emails", "must have exactly one entry"));
    };
    let email = email.to_lowercase();
    if !crate::sim::reference::is_email(&email) {
        return Err(body.wrong("emails", &format!("has `{email}`, not an e-mail address")));
    }
    if email != old.email {
        customer_request::check_email(state, Some(old.org), &email)?;
        if state.people.first(&Person::with_email(&email)).is_some() {
            return Err(Refusal::conflict(format!("`{email}` belongs to another person")));
        }
    }
    Ok(email)
}

fn read_roles(body: &Fields<'_>, ids: &[String]) -> Result<BTreeSet<String>, Refusal> {
    ids.iter()
        .map(|id| {
            let role =
                Role::from_id(id).ok_or_else(|| body.wrong("roles", &format!("has `{id}`, not the id of a role")))?;
            Ok(role.key.to_owned())
        })
        .collect()
}

/// Checks the roles that a person is to have from now on.
pub(super) fn check_roles(state: &State, key: Uuid, old: &Person, roles: &BTreeSet<String>) -> Result<(), Refusal> {
    if roles.contains(LOCATION_ADMIN) && roles.len() > 1 {
        return Err(Refusal::bad(Code::None, "a location administrator holds no other role"));
    }
    if old.roles.contains(FULL_ADMIN) && !roles.contains(FULL_ADMIN) {
        check_last_admin(state, key, old)?;
    }
    Ok(())
}

fn check_last_admin(state: &State, key: Uuid, old: &Person) -> Result<(), Refusal> {
    let mut admins = state.people.find(&Person::with_role(old.org, FULL_ADMIN));
    if admins.any(|(other, _)| *other != key) {
        return Ok(());
    }
    Err(Refusal::bad(Code::None, "this is the last full administrator of the organization"))
}

fn read_line(
    state: &State,
    cx: &Context<'_>,
    body: &mut Fields<'_>,
    key: Uuid,
    old: &Person,
    new: &mut Person,
) -> Result<(), Refusal> {
    let location = body.filled("locationId")?;
    let extension = body.text("extension")?;
    let numbers = body.objects("phoneNumbers")?;
    let Some(at) = old.location else {
        let empty = numbers.is_none_or(|numbers| numbers.is_empty());
        return if location.is_none() && extension.is_none() && empty {
            Ok(())
        } else {
            Err(Refusal::bad(Code::None, "the person has no calling licence, and so no line"))
        };
    };
    if location.is_some_and(|id| Call::decode(cx, IdKind::Location, &id) != Some(at)) {
        return Err(body.wrong("locationId", "cannot be changed; move the person by a job"));
    }
    let owner = Owner { person: Some(key), subscriber: None };
    match extension {
        None => {}
        Some(text) if text.is_empty() && cx.config.empty_extension.refuses() => {
            return Err(body.wrong("extension", "is empty"));
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

/// Reads the numbers of a PUT: at most one, of type `work`, in E.164.
///
/// "GET, make changes, then PUT both the changed and unchanged values", says the official text, and `wxc_sdk` does: what
/// the last answer showed may stand there again, in its form, and changes nothing.
fn read_numbers(
    state: &State,
    cx: &Context<'_>,
    numbers: Vec<Fields<'_>>,
    old: &Person,
) -> Result<Option<String>, Refusal> {
    let mut found = None;
    for mut fields in numbers {
        let kind = fields.need("type")?;
        let value = fields.need("value")?;
        fields.flag("primary")?;
        if kind == "work_extension" && esn(state, old).as_ref() == Some(&value) {
            fields.end(cx)?;
            continue;
        }
        if kind != "work" {
            return Err(fields.wrong("type", &format!("is `{kind}`; only `work` can be written")));
        }
        let unchanged = old.number.as_ref().filter(|number| shown_number(cx, number) == value);
        let value = unchanged.cloned().unwrap_or(value);
        if !crate::sim::reference::is_e164(&value) {
            return Err(fields.wrong("value", &format!("is `{value}`, not an E.164 number")));
        }
        fields.end(cx)?;
        if found.replace(value).is_some() {
            return Err(Refusal::bad(Code::None, "`phoneNumbers` has more than one work number"));
        }
    }
    Ok(found)
}

/// Returns a person's extension behind the routing prefix of their location.
fn esn(state: &State, person: &Person) -> Option<String> {
    let extension = person.extension.as_ref()?;
    let calling = state.locations.get(&person.location?).and_then(|found| found.calling.as_ref());
    let prefix = calling.and_then(|calling| calling.routing_prefix.as_deref());
    Some(format!("{}{extension}", prefix.unwrap_or_default()))
}

/// Deletes a person: their line and e-mail are free again.
pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let (key, person) = find(state, cx, call.id())?;
    if state.subscribers.first(&Subscriber::of_person(key)).is_some() {
        return Err(Refusal::conflict("the person is a wholesale subscriber; delete that first"));
    }
    if person.roles.contains(FULL_ADMIN) {
        check_last_admin(state, key, person)?;
    }
    state.people.remove(&key);
    Ok(Answer::no_content())
}

#[expect(clippy::unnecessary_wraps, reason = "endpoints share one signature")]
pub(crate) fn roles(_state: &mut State, _cx: &Context<'_>, _call: &Call) -> Result<Answer, Refusal> {
    let items: Vec<Value> = ROLES.iter().map(Role::to_value).collect();
    Ok(Answer::ok(json!({ "items": items })))
}

pub(crate) fn role(_state: &mut State, _cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let role = Role::from_id(call.id()).ok_or_else(|| Refusal::not_found("role", call.id()))?;
    Ok(Answer::ok(role.to_value()))
}
