//! Filters of SCIM lists: the comparisons that the official description names, and no others.

use serde_json::{Value, json};

use super::scim::{ENTERPRISE, IDENTITY};
use crate::sim::answer::{Code, Refusal};
use crate::sim::id::Uuid;
use crate::sim::state::Person;
use crate::sim::wire::scim::ScimUser;

/// What a list can be sorted by.
#[derive(Clone, Copy)]
pub(super) enum SortBy {
    UserName,
    Id,
    LastModified,
}

/// The words for [`SortBy`].
pub(crate) const SORT_BY: &[&str] = &["userName", "id", "meta.lastModified"];

impl SortBy {
    pub(super) fn find(word: &str) -> Option<Self> {
        match word {
            "userName" => Some(Self::UserName),
            "id" => Some(Self::Id),
            "meta.lastModified" => Some(Self::LastModified),
            _ => None,
        }
    }
}

/// Returns the attribute of a user that a longer name is in: `name` of `name.givenName`, the schema of an extension.
pub(super) fn top(name: &str) -> &str {
    for urn in [ENTERPRISE, IDENTITY] {
        if name.get(..urn.len()).is_some_and(|front| front.eq_ignore_ascii_case(urn)) {
            return urn;
        }
    }
    name.split('.').next().unwrap_or(name)
}

/// A comparison of texts, without regard to case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    StartsWith,
    EndsWith,
}

impl Operator {
    fn holds(self, found: &str, wanted: &str) -> bool {
        let (found, wanted) = (found.to_lowercase(), wanted.to_lowercase());
        match self {
            Self::Equal => found == wanted,
            Self::StartsWith => found.starts_with(&wanted),
            Self::EndsWith => found.ends_with(&wanted),
        }
    }
}

use Operator::{EndsWith, Equal, StartsWith};

const ALL: &[Operator] = &[Equal, StartsWith, EndsWith];
const FRONT: &[Operator] = &[Equal, StartsWith];
const WHOLE: &[Operator] = &[Equal];

/// Which attributes can be compared, how, and where in a user they are.
const ATTRIBUTES: &[(&str, &[Operator], &[&str])] = &[
    ("id", WHOLE, &["id"]),
    ("userName", ALL, &["userName"]),
    ("name.familyName", ALL, &["name", "familyName"]),
    ("name.givenName", FRONT, &["name", "givenName"]),
    ("name.middleName", FRONT, &["name", "middleName"]),
    ("name.formatted", FRONT, &["displayName"]),
    ("displayName", ALL, &["displayName"]),
    ("nickName", ALL, &["nickName"]),
    ("emails.display", ALL, &["emails", "display"]),
    ("emails.value", ALL, &["emails", "value"]),
    ("phoneNumbers.value", ALL, &["phoneNumbers", "value"]),
    ("phoneNumbers.display", ALL, &["phoneNumbers", "display"]),
    ("employeeNumber", ALL, &[ENTERPRISE, "employeeNumber"]),
    ("costCenter", ALL, &[ENTERPRISE, "costCenter"]),
    ("organization", ALL, &[ENTERPRISE, "organization"]),
    ("division", ALL, &[ENTERPRISE, "division"]),
    ("department", ALL, &[ENTERPRISE, "department"]),
    ("manager.value", WHOLE, &[ENTERPRISE, "manager", "value"]),
    ("manager.displayName", ALL, &[ENTERPRISE, "manager", "displayName"]),
];

/// What a list is filtered by.
pub(super) enum Filter {
    /// One attribute.
    Compare { path: &'static [&'static str], operator: Operator, value: String },
    /// `phoneNumbers[type eq "…" and value eq "…"]`
    Number { kind: String, value: String },
    /// The organization, by the identity schema.
    Organization(String),
}

impl Filter {
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        Self::parse(text.trim()).ok_or_else(|| {
            Refusal::bad(Code::None, format!("filter `{text}` is none of those documented, as `userName eq \"…\"`"))
        })
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some((front, inner)) = text.strip_suffix(']').and_then(|text| text.split_once('[')) {
            if !front.trim().eq_ignore_ascii_case("phoneNumbers") {
                return None;
            }
            let (kind, value) = inner.split_once(" and ")?;
            return match (comparison(kind)?, comparison(value)?) {
                (("type", Equal, kind), ("value", Equal, value)) => Some(Self::Number { kind, value }),
                _ => None,
            };
        }
        let (name, operator, value) = comparison(text)?;
        if name.strip_prefix(IDENTITY) == Some(":meta.organizationId") {
            return (operator == Equal).then_some(Self::Organization(value));
        }
        let (_, operators, path) = ATTRIBUTES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
        operators.contains(&operator).then_some(Self::Compare { path, operator, value })
    }

    /// Returns the e-mail that the filter picks, to look it up.
    pub(super) fn email(&self) -> Option<String> {
        match self {
            Self::Compare { path: ["userName"], operator: Equal, value } => Some(value.to_lowercase()),
            Self::Compare { .. } | Self::Number { .. } | Self::Organization(_) => None,
        }
    }

    /// Whether a user fits; `show` writes them out where that is needed.
    pub(super) fn fits(&self, key: Uuid, person: &Person, show: impl FnOnce() -> ScimUser) -> bool {
        match self {
            Self::Compare { path: ["id"], operator, value } => operator.holds(&key.to_string(), value),
            Self::Compare { path: ["userName"], operator, value } => operator.holds(&person.email, value),
            Self::Compare { path, operator, value } => {
                texts(&json!(show()), path).iter().any(|found| operator.holds(found, value))
            }
            Self::Number { kind, value } => json!(show())["phoneNumbers"].as_array().is_some_and(|numbers| {
                numbers.iter().any(|number| number["type"] == json!(kind) && number["value"] == json!(value))
            }),
            Self::Organization(id) => person.org.to_string().eq_ignore_ascii_case(id),
        }
    }
}

/// Splits `name operator "value"`.
fn comparison(text: &str) -> Option<(&str, Operator, String)> {
    let (name, rest) = text.trim().split_once(' ')?;
    let (operator, value) = rest.trim_start().split_once(' ')?;
    let operator = match operator.to_lowercase().as_str() {
        "eq" => Equal,
        "sw" => StartsWith,
        "ew" => EndsWith,
        _ => return None,
    };
    // A quoted value is a JSON text, which also refuses anything behind it.
    let value: String = serde_json::from_str(value.trim()).ok()?;
    Some((name, operator, value))
}

/// Returns the texts at a path, in every entry of a list on the way.
fn texts(value: &Value, path: &[&str]) -> Vec<String> {
    match (value, path) {
        (Value::Array(items), _) => items.iter().flat_map(|item| texts(item, path)).collect(),
        (Value::String(text), []) => vec![text.clone()],
        (Value::Object(map), [name, rest @ ..]) => map.get(*name).map_or_else(Vec::new, |value| texts(value, rest)),
        _ => Vec::new(),
    }
}
