//! People.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sim::id::Uuid;
use crate::sim::table::Record;

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
    /// What the simulator keeps without rules of its own: department, title, …
    pub profile: BTreeMap<String, Value>,
    /// Whether it is the account of a service app, which no list shows.
    #[serde(default)]
    pub is_machine: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
}

impl Person {
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
    if let Some(location) = row.location {
        lookups.push(Self::at(location));
        if let Some(extension) = &row.extension {
            lookups.push(Self::with_extension(location, extension));
        }
    }
    lookups
});
