//! People: read whole, changed, and written back whole.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Method, Request};
use crate::{
    model::{Extension, OrgId, PersonId, PhoneNumber},
    webex::PersonChange,
};

/// The largest page with calling data.
const PAGE: &str = "100";

/// What a people PUT takes (official description), without `locationId`, which only the first assignment of a
/// calling licence may send, and `nickName`, which the service sets by itself.
const WRITABLE: [&str; 17] = [
    "addresses",
    "avatar",
    "department",
    "displayName",
    "emails",
    "extension",
    "firstName",
    "lastName",
    "licenses",
    "loginEnabled",
    "manager",
    "managerId",
    "orgId",
    "phoneNumbers",
    "roles",
    "siteUrls",
    "title",
];

/// `GET /people/me`
pub(in crate::webex) fn me() -> Request {
    Request::get(&["people", "me"])
}

/// `GET /people?orgId=&callingData=true`
pub(in crate::webex) fn people(org: &OrgId) -> Request {
    Request::get(&["people"]).org(org).query("callingData", "true").query("max", PAGE)
}

/// `GET /people/{id}?callingData=true`
pub(in crate::webex) fn person(id: &PersonId) -> Request {
    Request::get(&["people", id.as_str()]).query("callingData", "true")
}

/// `PUT /people/{id}?callingData=true`; without calling data in both directions it may be lost.
pub(in crate::webex) fn replace_person(id: &PersonId, body: &Value) -> Request {
    Request::new(Method::Put, &["people", id.as_str()]).query("callingData", "true").body(body)
}

/// `DELETE /people/{id}`
pub(in crate::webex) fn delete_person(id: &PersonId) -> Request {
    Request::new(Method::Delete, &["people", id.as_str()])
}

/// Returns true if a person is as it was, as far as anybody can write it.
pub(in crate::webex) fn same_person(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    let value = |person: &Map<String, Value>, name: &str| person.get(name).filter(|value| !value.is_null()).cloned();
    WRITABLE.iter().all(|name| value(before, name) == value(after, name))
}

/// Returns what to write back for a person that was read as `current`: everything writable, with the changes
/// and, if `roles` is there, with that complete list of role ids. `work_number` is the number that the person
/// has, for which the interface takes E.164 alone although it shows other forms.
pub(in crate::webex) fn edit_person(
    current: &Map<String, Value>,
    change: &PersonChange<'_>,
    work_number: Option<&str>,
    roles: Option<&BTreeSet<String>>,
) -> Value {
    let PersonChange { first_name, last_name, phone_number, extension } = change;
    let mut body: Map<String, Value> = WRITABLE
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), current.get(*name).filter(|value| !value.is_null())?.clone())))
        .collect();
    // The service writes this flag as a text and takes it as a flag.
    match body.get("loginEnabled").and_then(Value::as_str).map(str::to_ascii_lowercase).as_deref() {
        Some("true") => drop(body.insert("loginEnabled".to_owned(), Value::Bool(true))),
        Some("false") => drop(body.insert("loginEnabled".to_owned(), Value::Bool(false))),
        Some(_) => drop(body.remove("loginEnabled")),
        None => {}
    }
    set_text(&mut body, "firstName", *first_name);
    set_text(&mut body, "lastName", *last_name);
    set_display_name(&mut body, current, first_name.is_some() || last_name.is_some());
    // Of the numbers only `work` can be written: another one stands for the extension, others are not calling's.
    if current.contains_key("phoneNumbers") || phone_number.is_some() {
        let number = phone_number.map_or(work_number, |number| number.map(PhoneNumber::as_str));
        let entries: Vec<Value> = number.iter().map(|number| json!({"type": "work", "value": number})).collect();
        body.insert("phoneNumbers".to_owned(), Value::Array(entries));
    }
    if let Some(extension) = extension {
        body.insert("extension".to_owned(), Value::from(extension.map_or("", Extension::as_str)));
    }
    if let Some(roles) = roles {
        body.insert("roles".to_owned(), json!(roles));
    }
    Value::Object(body)
}

fn set_text(body: &mut Map<String, Value>, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        body.insert(name.to_owned(), Value::from(text));
    }
}

/// The interface wants a display name in every PUT; it follows the names only when they change.
fn set_display_name(body: &mut Map<String, Value>, current: &Map<String, Value>, renamed: bool) {
    let has = |value: Option<&Value>| value.and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if !renamed && has(body.get("displayName")) {
        return;
    }
    let parts: Vec<&str> = ["firstName", "lastName"]
        .iter()
        .filter_map(|name| body.get(*name).and_then(Value::as_str))
        .filter(|part| !part.is_empty())
        .collect();
    let name = if parts.is_empty() {
        let email = current.get("emails").and_then(|emails| emails.get(0)).and_then(Value::as_str);
        email.unwrap_or_default().to_owned()
    } else {
        parts.join(" ")
    };
    body.insert("displayName".to_owned(), Value::from(name));
}
