//! Answers of the service, decoded leniently: what is odd but clear is understood, what is not is an error.
//!
//! `null`, `""` and absent are one; codes and flags are seen as numbers and as texts; unknown members are
//! ignored. An answer without its list is malformed, never an empty list.

mod calling;
mod customer;
mod job;
mod location;
mod number;
#[cfg(test)]
mod odd;
mod organization;
mod partner;
mod person;
mod problem;
mod pstn;
mod refusal;
mod subscriber;
mod template;

use serde::{Deserialize, Deserializer, de, de::DeserializeOwned};
use serde_json::Value;

pub(super) use calling::{CallingDetail, CallingLocation, CallingUpdated};
pub(super) use customer::{Customer, CustomerAccepted, id_in_url};
pub(super) use job::{Ended, Job, JobError, MoveStarted};
pub(super) use location::{Created, Location};
pub(super) use number::{Inventory, NumberRow};
pub(super) use organization::Organization;
pub(super) use partner::{OrganizationRow, SubPartner};
pub(super) use person::{Me, Person, ScimUser};
pub(super) use problem::problems;
pub(super) use pstn::{Connection, ConnectionOption, Role, RouteIdentity};
pub(super) use refusal::{Refusal, beginning};
pub(super) use subscriber::Subscriber;
pub(super) use template::{Template, TemplateCreated};

/// Removes what a terminal could take for a command: control characters and marks that turn the direction of
/// text. White space of any kind becomes a space.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' => Some(' '),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// Returns a scalar as a text; nothing for `null` and for an empty text.
fn scalar(value: &Value) -> Result<Option<String>, &'static str> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(clean(text)).filter(|text| !text.trim().is_empty())),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(flag) => Ok(Some(flag.to_string())),
        Value::Array(_) | Value::Object(_) => Err("a list or object where a text was expected"),
    }
}

/// Deserializes a text that may be missing, a number or a flag.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    scalar(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// Deserializes a text that must be there.
fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer)?.ok_or_else(|| de::Error::custom("an empty text where an id or a name was expected"))
}

/// Deserializes a list of texts; `null` is an empty one and a single text a list of one.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let values = match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        single @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![single],
    };
    let texts: Result<Vec<_>, _> = values.iter().map(scalar).collect();
    Ok(texts.map_err(de::Error::custom)?.into_iter().flatten().collect())
}

/// Deserializes a value whose absence and `null` are its default.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Takes the list of one page out of its envelope. The names are tried in turn.
pub(super) fn items<T: DeserializeOwned>(page: Value, names: &[&str]) -> Result<Vec<T>, String> {
    let Value::Object(mut page) = page else {
        return Err("the answer is not an object".to_owned());
    };
    let Some(items) = names.iter().find_map(|name| page.remove(*name)) else {
        return Err(format!("the answer has no `{}`", names.first().copied().unwrap_or_default()));
    };
    let Value::Array(items) = items else {
        return Err(format!("`{}` is not a list", names.first().copied().unwrap_or_default()));
    };
    items.into_iter().map(one).collect()
}

/// Returns how many items a whole list has, where its envelope says so (SCIM, RFC 7644 3.4.2).
pub(super) fn total_results(page: &Value) -> Option<usize> {
    let total = page.get("totalResults")?;
    let number = total.as_u64().or_else(|| total.as_str()?.trim().parse().ok())?;
    usize::try_from(number).ok()
}

/// Decodes one object.
pub(super) fn one<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| clean(&error.to_string()))
}

/// Returns the name that nearly every list has in its envelope.
pub(super) const fn items_name() -> &'static [&'static str] {
    &["items"]
}
