//! An object as a flat map of fields, the form in which states are compared.
//!
//! Each member of a set is a field of its own (`numbers[+14085550100]`, `packages[webex_calling]`), so
//! that one table decides about plain fields and about members (R3, R6).

use std::{
    borrow::{Borrow, Cow},
    collections::BTreeMap,
    fmt,
};

use serde::{Deserialize, Serialize};

/// Where a field is, in the words of manifests: `company`, `billingAddress.city`, `roles[full administrator]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldPath(Cow<'static, str>);

impl FieldPath {
    /// Names a plain field.
    pub const fn of(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Names one member of a set.
    pub fn member(set: &str, key: &str) -> Self {
        Self(Cow::Owned(format!("{set}[{key}]")))
    }

    /// Returns the whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path without its member and what follows: `packages` for `packages[webex_calling].quantity`.
    pub fn base(&self) -> &str {
        self.0.split(['[', '.']).next().unwrap_or_default()
    }

    /// Returns the member's key, if the path names a member or something below one.
    pub fn key(&self) -> Option<&str> {
        let (_, rest) = self.0.split_once('[')?;
        rest.rsplit_once(']').map(|(key, _)| key)
    }
}

impl From<&'static str> for FieldPath {
    fn from(name: &'static str) -> Self {
        Self::of(name)
    }
}

impl From<String> for FieldPath {
    fn from(path: String) -> Self {
        Self(Cow::Owned(path))
    }
}

impl Borrow<str> for FieldPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of one field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A yes or no.
    Flag(bool),
    /// A count.
    Number(u64),
    /// Everything else, in its normal form.
    Text(String),
}

impl Value {
    /// Makes a text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The fields that have a value. A field that is absent has none: `null`, `""` and absent are one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<FieldPath, Value>);

impl Fields {
    /// Gives a field a value.
    pub fn set(&mut self, path: impl Into<FieldPath>, value: Value) {
        self.0.insert(path.into(), value);
    }

    /// Gives a field a value if there is one.
    pub fn set_text(&mut self, path: impl Into<FieldPath>, value: Option<&str>) {
        if let Some(value) = value {
            self.set(path, Value::text(value));
        }
    }

    /// Adds one member of a set.
    pub fn add_member(&mut self, set: &str, member: &str) {
        self.set(FieldPath::member(set, member), Value::text(member));
    }

    /// Takes a field's value away.
    pub fn clear(&mut self, path: &str) {
        self.0.remove(path);
    }

    /// Returns a field's value.
    pub fn get(&self, path: &str) -> Option<&Value> {
        self.0.get(path)
    }

    /// Returns a field's text.
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.get(path) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Flag(_) | Value::Number(_)) | None => None,
        }
    }

    /// Returns the keys of the members of a set, in order.
    pub fn members<'a>(&'a self, set: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.keys().filter(move |path| path.base() == set && path.as_str().ends_with(']')).filter_map(FieldPath::key)
    }

    /// Returns every field in order of its path.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldPath, &Value)> {
        self.0.iter()
    }

    /// Returns every path in order.
    pub fn paths(&self) -> impl Iterator<Item = &FieldPath> {
        self.0.keys()
    }

    /// Returns true if no field has a value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of fields that have a value.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_fields_of_their_own() {
        let mut fields = Fields::default();
        fields.add_member("packages", "webex_calling");
        fields.set("packages[webex_calling].quantity".to_owned(), Value::Number(25));
        fields.add_member("packages", "webex_suite");
        assert_eq!(fields.members("packages").collect::<Vec<_>>(), ["webex_calling", "webex_suite"]);
        let path = FieldPath::from("packages[webex_calling].quantity".to_owned());
        assert_eq!((path.base(), path.key()), ("packages", Some("webex_calling")));
        assert_eq!(FieldPath::of("billingAddress.city").base(), "billingAddress");
    }
}
