//! People.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sim::id::Uuid;
use crate::sim::table::Record;

/// How a number rings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RingPattern {
    /// Like any other.
    #[default]
    Normal,
    /// Two long rings.
    LongLong,
    /// Two short rings and a long one.
    ShortShortLong,
    /// A short ring, a long one, a short one.
    ShortLongShort,
}

/// A number beside the direct one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlternateNumber {
    /// E.164.
    pub number: String,
    /// An extension of its own.
    pub extension: Option<String>,
    /// How it rings.
    pub ring: RingPattern,
}

/// Numbers beside the direct one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternates {
    /// Whether each rings in its own way.
    pub distinctive_ring: bool,
    /// The numbers, in the order in which they came.
    pub numbers: Vec<AlternateNumber>,
}

impl Default for Alternates {
    fn default() -> Self {
        Self { distinctive_ring: true, numbers: Vec::new() }
    }
}

impl Alternates {
    pub(crate) fn find(&self, number: &str) -> Option<&AlternateNumber> {
        self.numbers.iter().find(|found| found.number == number)
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The organization.
    pub org: Uuid,
    /// The primary e-mail, in lower case; unique in the whole service.
    pub email: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The display name.
    pub display_name: String,
    /// Keys of administrator roles.
    pub roles: BTreeSet<String>,
    /// Packages that a subscriber mapping has given; they stay when the mapping goes.
    pub licenses: BTreeSet<String>,
    /// The calling location, for a calling user.
    pub location: Option<Uuid>,
    /// The direct number, E.164.
    pub number: Option<String>,
    /// The extension, without routing prefix.
    pub extension: Option<String>,
    /// Numbers beside the direct one.
    #[serde(default)]
    pub alternates: Alternates,
    /// What the simulator keeps without rules of its own: department, title, …
    pub profile: BTreeMap<String, Value>,
    /// What only SCIM shows, by the names of its attributes.
    #[serde(default)]
    pub identity: BTreeMap<String, Value>,
    /// Whether the person cannot log in.
    #[serde(default)]
    pub is_locked_out: bool,
    /// Whether it is the account of a service app, which no list shows.
    #[serde(default)]
    pub is_machine: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
}

impl Person {
    /// Notes a change; every change has a moment of its own, so that no two versions are named alike.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        let next = self.modified.checked_add(Duration::from_millis(1)).unwrap_or(now);
        self.modified = now.max(next);
    }

    /// Takes the line away.
    pub(crate) fn end_line(&mut self) {
        (self.location, self.number, self.extension) = (None, None, None);
        self.alternates = Alternates::default();
    }

    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn with_email(email: &str) -> String {
        format!("email/{email}")
    }

    pub(crate) fn at(location: Uuid) -> String {
        format!("location/{location}")
    }

    pub(crate) fn with_number(number: &str) -> String {
        format!("number/{number}")
    }

    pub(crate) fn with_extension(location: Uuid, extension: &str) -> String {
        format!("extension/{location}/{extension}")
    }

    pub(crate) fn with_role(org: Uuid, role: &str) -> String {
        format!("role/{org}/{role}")
    }
}

record!(Person, Uuid, |row| {
    if row.is_machine {
        return vec![Self::with_email(&row.email)];
    }
    let mut lookups = vec![Self::of_org(row.org), Self::with_email(&row.email)];
    lookups.extend(row.roles.iter().map(|role| Self::with_role(row.org, role)));
    lookups.extend(row.number.as_deref().map(Self::with_number));
    lookups.extend(row.alternates.numbers.iter().map(|alternate| Self::with_number(&alternate.number)));
    if let Some(location) = row.location {
        lookups.push(Self::at(location));
        let others = row.alternates.numbers.iter().filter_map(|alternate| alternate.extension.as_ref());
        lookups.extend(row.extension.iter().chain(others).map(|extension| Self::with_extension(location, extension)));
    }
    lookups
});
