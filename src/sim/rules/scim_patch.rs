//! Changes of a SCIM user (RFC 7644, 3.5.2), on the user as a document.
//!
//! What comes out is read like the body of a PUT, so that only the way to an attribute is checked here.

use serde_json::{Map, Value, json};

use super::scim::{ENTERPRISE, IDENTITY};
use crate::sim::answer::Refusal;
use crate::sim::wire::scim::{ScimOp, ScimOperation};

/// Attributes with several values.
const LISTS: [&str; 9] = [
    "roles",
    "emails",
    "phoneNumbers",
    "photos",
    "addresses",
    "sipAddresses",
    "managedOrgs",
    "managedGroups",
    "extensionAttribute",
];

/// Attributes with one value.
const SINGLES: [&str; 19] = [
    "userName",
    "userType",
    "active",
    "name",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "preferredLanguage",
    "locale",
    "externalId",
    "timezone",
    "costCenter",
    "organization",
    "division",
    "department",
    "employeeNumber",
    "manager",
    "externalAttribute",
];

/// Attributes that nobody writes.
const READ_ONLY: [&str; 5] = ["id", "meta", "groups", "schemas", "accountStatus"];

/// Why a change cannot be made: the `scimType` of the RFC, and a text.
pub(super) struct Wrong(&'static str, String);

impl Wrong {
    pub(super) fn into_refusal(self, at: &str) -> Refusal {
        let Self(kind, text) = self;
        Refusal::bad(kind, format!("`{at}` {text} ({kind})"))
    }
}

fn no_target(text: impl Into<String>) -> Wrong {
    Wrong("noTarget", text.into())
}

fn invalid_path(path: &str) -> Wrong {
    Wrong("invalidPath", format!("has path `{path}`, which leads to no attribute"))
}

fn invalid_value(text: impl Into<String>) -> Wrong {
    Wrong("invalidValue", text.into())
}

/// The way to what is changed.
struct Path {
    /// The schema of an extension.
    section: Option<&'static str>,
    /// The attribute; none if it is the whole section.
    name: Option<String>,
    /// Sub-attribute and value that pick entries of a list.
    picks: Vec<(String, Value)>,
    /// A part of the value.
    sub: Option<String>,
}

impl Path {
    fn parse(text: &str) -> Option<Self> {
        let section = [ENTERPRISE, IDENTITY].into_iter().find(|urn| text.starts_with(urn));
        let rest = match section {
            Some(urn) => match &text[urn.len()..] {
                "" => return Some(Self { section, name: None, picks: Vec::new(), sub: None }),
                rest => rest.strip_prefix(':')?,
            },
            None => text,
        };
        let (front, picks, back) = match rest.split_once('[') {
            Some((front, inner)) => {
                let (inner, back) = inner.rsplit_once(']')?;
                (front, inner.split(" and ").map(pick).collect::<Option<_>>()?, back)
            }
            None => (rest, Vec::new(), ""),
        };
        let (name, sub) = match (front.split_once('.'), back) {
            (Some((name, sub)), "") => (name, Some(sub)),
            (None, "") => (front, None),
            (None, back) => (front, Some(back.strip_prefix('.')?)),
            (Some(_), _) => return None,
        };
        let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '$');
        if !is_word(name) || !sub.is_none_or(is_word) {
            return None;
        }
        Some(Self { section, name: Some(name.to_owned()), picks, sub: sub.map(str::to_owned) })
    }
}

/// Reads `name eq value`.
fn pick(text: &str) -> Option<(String, Value)> {
    let (name, rest) = text.trim().split_once(' ')?;
    let (operator, value) = rest.trim_start().split_once(' ')?;
    if !operator.eq_ignore_ascii_case("eq") {
        return None;
    }
    Some((name.to_owned(), serde_json::from_str(value.trim()).ok()?))
}

/// The name without the number of an attribute of which there are fifteen.
fn root(name: &str) -> &str {
    match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
        root @ ("extensionAttribute" | "externalAttribute") => root,
        _ => name,
    }
}

fn is_list(name: &str) -> bool {
    LISTS.contains(&root(name)) || root(name) == "externalAttribute"
}

/// Makes one change.
pub(super) fn apply(user: &mut Map<String, Value>, operation: ScimOperation) -> Result<(), Wrong> {
    let ScimOperation { op, path, value } = operation;
    let Some(text) = path else {
        return apply_whole(user, op, value);
    };
    let path = Path::parse(&text).ok_or_else(|| invalid_path(&text))?;
    let Path { section, name, picks, sub } = path;
    let target = match section {
        Some(urn) => section_of(user, urn)?,
        None => user,
    };
    let Some(name) = name else {
        return match op {
            ScimOp::Remove => {
                target.retain(|name, _| READ_ONLY.contains(&name.as_str()));
                Ok(())
            }
            ScimOp::Add | ScimOp::Replace => merge(target, op, need(value)?),
        };
    };
    check_name(&name, &text)?;
    if is_list(&name) {
        if sub.is_some() && picks.is_empty() {
            return Err(invalid_path(&text));
        }
        return change_list(target, op, &name, &picks, sub.as_deref(), value);
    }
    if !picks.is_empty() {
        return Err(invalid_path(&text));
    }
    match sub {
        Some(sub) => {
            let inner = target.entry(name).or_insert_with(|| json!({}));
            let inner = inner.as_object_mut().ok_or_else(|| invalid_path(&text))?;
            set(inner, op, &sub, value)
        }
        None => set(target, op, &name, value),
    }
}

fn need(value: Option<Value>) -> Result<Value, Wrong> {
    value.ok_or_else(|| invalid_value("needs `value`"))
}

fn check_name(name: &str, path: &str) -> Result<(), Wrong> {
    if READ_ONLY.contains(&name) {
        return Err(Wrong("mutability", format!("changes `{name}`, which is read only")));
    }
    let is_known = LISTS.contains(&root(name)) || SINGLES.contains(&root(name));
    if is_known { Ok(()) } else { Err(invalid_path(path)) }
}

fn section_of<'a>(user: &'a mut Map<String, Value>, urn: &str) -> Result<&'a mut Map<String, Value>, Wrong> {
    let section = user.entry(urn).or_insert_with(|| json!({}));
    section.as_object_mut().ok_or_else(|| invalid_path(urn))
}

/// A change without a path: its value is a set of attributes.
fn apply_whole(user: &mut Map<String, Value>, op: ScimOp, value: Option<Value>) -> Result<(), Wrong> {
    if op == ScimOp::Remove {
        return Err(no_target("removes without a path"));
    }
    merge(user, op, need(value)?)
}

fn merge(target: &mut Map<String, Value>, op: ScimOp, value: Value) -> Result<(), Wrong> {
    let Value::Object(attributes) = value else {
        return Err(invalid_value("has a value that is no set of attributes"));
    };
    for (name, value) in attributes {
        if [ENTERPRISE, IDENTITY].contains(&name.as_str()) {
            merge(section_of(target, &name)?, op, value)?;
            continue;
        }
        check_name(&name, &name)?;
        if is_list(&name) {
            change_list(target, op, &name, &[], None, Some(value))?;
        } else {
            set(target, op, &name, Some(value))?;
        }
    }
    Ok(())
}

/// Changes an attribute with one value; the parts of an object that are not named stay.
fn set(target: &mut Map<String, Value>, op: ScimOp, name: &str, value: Option<Value>) -> Result<(), Wrong> {
    match op {
        ScimOp::Remove => {
            target.remove(name);
        }
        ScimOp::Add | ScimOp::Replace => match (target.get_mut(name), need(value)?) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
            (_, new) => {
                target.insert(name.to_owned(), new);
            }
        },
    }
    Ok(())
}

fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![other],
    }
}

/// Whether two entries of a list are one: by `value` where they have one.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one.get("value"), other.get("value")) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn change_list(
    target: &mut Map<String, Value>,
    op: ScimOp,
    name: &str,
    picks: &[(String, Value)],
    sub: Option<&str>,
    value: Option<Value>,
) -> Result<(), Wrong> {
    let mut items = as_list(target.remove(name).unwrap_or_default());
    let is_picked = |item: &Value| picks.iter().all(|(name, value)| item.get(name) == Some(value));
    match (op, picks) {
        (ScimOp::Add, []) => {
            for new in as_list(need(value)?) {
                if !items.iter().any(|old| is_same(old, &new)) {
                    items.push(new);
                }
            }
        }
        (ScimOp::Replace, []) => items = as_list(need(value)?),
        (ScimOp::Remove, []) => match value {
            Some(value) => {
                let gone = as_list(value);
                items.retain(|old| !gone.iter().any(|gone| is_same(old, gone)));
            }
            None => items.clear(),
        },
        (ScimOp::Remove, _) => match sub {
            Some(sub) => {
                let picked = items.iter_mut().filter(|item| is_picked(item)).filter_map(Value::as_object_mut);
                picked.for_each(|item| {
                    item.remove(sub);
                });
            }
            None => items.retain(|item| !is_picked(item)),
        },
        (ScimOp::Add | ScimOp::Replace, _) => {
            let value = need(value)?;
            if !items.iter().any(is_picked) {
                return Err(no_target(format!("picks none of `{name}`")));
            }
            for item in items.iter_mut().filter(|item| is_picked(item)) {
                match (sub, item.as_object_mut(), &value) {
                    (Some(sub), Some(item), value) => {
                        item.insert(sub.to_owned(), value.clone());
                    }
                    (None, Some(item), Value::Object(new)) if op == ScimOp::Add => item.extend(new.clone()),
                    (None, _, value @ Value::Object(_)) => *item = value.clone(),
                    _ => return Err(invalid_value(format!("has a value that is no entry of `{name}`"))),
                }
            }
        }
    }
    target.insert(name.to_owned(), items.into());
    Ok(())
}
