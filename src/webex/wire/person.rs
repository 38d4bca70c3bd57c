//! People as the service writes them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Inventory, or_default, required, text, texts};
use crate::{
    model::{LocationId, ObservedPerson, PersonId, RoleName},
    webex::IdentityUser,
};

/// The answer of `GET /people/me`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Me {
    #[serde(deserialize_with = "required")]
    pub(in crate::webex) id: String,
    #[serde(deserialize_with = "required")]
    pub(in crate::webex) org_id: String,
    #[serde(default, deserialize_with = "texts")]
    pub(in crate::webex) emails: Vec<String>,
    #[serde(default, deserialize_with = "text")]
    pub(in crate::webex) display_name: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    pub(in crate::webex) roles: Vec<String>,
}

/// A user of `GET /identity/scim/{orgUuid}/v2/Users`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct ScimUser {
    #[serde(deserialize_with = "required")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    user_name: Option<String>,
}

impl ScimUser {
    pub(in crate::webex) fn into_model(self) -> IdentityUser {
        IdentityUser { id: PersonId::new(self.id), user_name: self.user_name.unwrap_or_default() }
    }
}

/// A person of `GET /people`, or an item that only says that something could not be listed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Person {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default)]
    errors: Value,
    #[serde(default, deserialize_with = "texts")]
    emails: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    phone_numbers: Vec<PhoneEntry>,
    #[serde(default, deserialize_with = "text")]
    extension: Option<String>,
    #[serde(default, deserialize_with = "text")]
    location_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    last_name: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    roles: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct PhoneEntry {
    #[serde(default, rename = "type", deserialize_with = "text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "text")]
    value: Option<String>,
}

impl Person {
    /// Returns the number as the service writes it, if there is one.
    pub(in crate::webex) fn work_number(&self) -> Option<&str> {
        self.phone_numbers.iter().find(|entry| entry.kind.as_deref() == Some("work"))?.value.as_deref()
    }

    /// Returns the person; nothing for an item that only carries `errors`; an error for one without id.
    pub(in crate::webex) fn into_model(
        self,
        inventory: &Inventory,
        roles: &BTreeMap<String, RoleName>,
    ) -> Result<Option<(PersonId, ObservedPerson)>, String> {
        let Some(id) = &self.id else {
            return if self.errors.is_null() { Err("a person has no id".to_owned()) } else { Ok(None) };
        };
        let phone_number = self.work_number().and_then(|text| inventory.of_person(text, id));
        let named = |id: &String| roles.get(&PersonId::new(id.as_str()).key()).cloned();
        let person = ObservedPerson {
            emails: self.emails.iter().filter_map(|email| email.parse().ok()).collect(),
            first_name: self.first_name,
            last_name: self.last_name,
            phone_number,
            extension: self.extension.and_then(|extension| extension.parse().ok()),
            location: self.location_id.map(LocationId::new),
            roles: self.roles.iter().map(|id| named(id).unwrap_or_else(|| RoleName::new(id))).collect(),
        };
        Ok(Some((PersonId::new(id.as_str()), person)))
    }
}
