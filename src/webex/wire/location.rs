//! Locations as the service writes them.

use serde::Deserialize;

use super::{or_default, required, text};
use crate::model::{LocationId, ObservedLocation, PostalAddress, Readable};

/// An answer that holds at least the id of what was created.
#[derive(Debug, Deserialize)]
pub(in crate::webex) struct Created {
    #[serde(deserialize_with = "required")]
    pub(in crate::webex) id: String,
}

/// A location of `GET /locations`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Location {
    #[serde(deserialize_with = "required")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    address: Address,
    #[serde(default, deserialize_with = "text")]
    time_zone: Option<String>,
    #[serde(default, deserialize_with = "text")]
    preferred_language: Option<String>,
}

/// An address in either spelling of the service.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Address {
    #[serde(default, alias = "addressLine1", deserialize_with = "text")]
    address1: Option<String>,
    #[serde(default, alias = "addressLine2", deserialize_with = "text")]
    address2: Option<String>,
    #[serde(default, deserialize_with = "text")]
    city: Option<String>,
    #[serde(default, alias = "stateOrProvince", deserialize_with = "text")]
    state: Option<String>,
    #[serde(default, alias = "zipOrPostalCode", deserialize_with = "text")]
    postal_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    country: Option<String>,
}

impl Address {
    /// Returns the normal form; nothing if line, city or country is missing.
    pub(super) fn into_model(self) -> Option<PostalAddress> {
        let part = |text: Option<String>| text.as_deref().and_then(PostalAddress::part);
        Some(PostalAddress {
            line1: part(self.address1)?,
            line2: part(self.address2),
            city: part(self.city)?,
            state: part(self.state),
            postal_code: part(self.postal_code),
            country: part(self.country)?.to_uppercase().parse().ok()?,
        })
    }
}

impl Location {
    /// Returns the location without its calling side.
    pub(in crate::webex) fn into_model(self) -> (LocationId, ObservedLocation) {
        let language = match self.preferred_language.map(|language| language.parse()) {
            Some(Ok(language)) => Readable::Known(Some(language)),
            // Documented on the list only, and not promised there.
            Some(Err(_)) | None => Readable::Unknown,
        };
        let location = ObservedLocation {
            name: self.name.map(|name| name.trim().to_owned()).unwrap_or_default(),
            address: self.address.into_model(),
            time_zone: self.time_zone,
            language,
            calling: None,
        };
        (LocationId::new(self.id), location)
    }
}
