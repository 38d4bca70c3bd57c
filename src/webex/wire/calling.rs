//! The calling side of locations as the service writes it.

use serde::Deserialize;

use super::{Inventory, or_default, required, text};
use crate::model::{Country, Language, LocationId, ObservedCalling, Readable};

/// A location of `GET /telephony/config/locations`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct CallingLocation {
    #[serde(deserialize_with = "required")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    pub(in crate::webex) name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    routing_prefix: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    calling_line_id: CallingLineId,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallingLineId {
    /// `null` or absent without a main number.
    #[serde(default, deserialize_with = "text")]
    phone_number: Option<String>,
}

impl CallingLocation {
    pub(in crate::webex) fn id(&self) -> LocationId {
        LocationId::new(self.id.clone())
    }

    /// Returns the calling side, without what other requests tell.
    pub(in crate::webex) fn into_model(self, country: Option<&Country>) -> ObservedCalling {
        let number = self.calling_line_id.phone_number;
        ObservedCalling {
            main_number: number.and_then(|number| Inventory::normal(&number, country)),
            routing_prefix: self.routing_prefix,
            ..ObservedCalling::default()
        }
    }
}

/// A location of `GET /telephony/config/locations/{id}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct CallingDetail {
    #[serde(default, deserialize_with = "text")]
    announcement_language: Option<String>,
}

impl CallingDetail {
    pub(in crate::webex) fn announcement_language(self) -> Readable<Option<Language>> {
        match self.announcement_language.map(|language| language.parse()) {
            Some(Ok(language)) => Readable::Known(Some(language)),
            Some(Err(_)) | None => Readable::Unknown,
        }
    }
}

/// The answer to an update; empty unless a routing prefix changed.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct CallingUpdated {
    #[serde(default, deserialize_with = "text")]
    pub(in crate::webex) batch_job_id: Option<String>,
}
