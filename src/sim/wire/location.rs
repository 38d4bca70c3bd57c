//! Locations, their floors, and what countries and announcements offer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::PlaceAddress;
use crate::sim::body::Body;
use crate::sim::checked::{AnnouncementLanguage, TimeZone};
use crate::sim::rules::locations::LONGEST_NAME;
use crate::sim::text::{NumberAsText, Text};

/// A location. Its announcement language never shows here.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Location {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) org_id: String,
    pub(crate) address: LocationAddress,
    pub(crate) time_zone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preferred_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latitude: Option<Coordinate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) longitude: Option<Coordinate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
}

/// The address of a location as it is shown.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LocationAddress {
    pub(crate) address1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address2: Option<String>,
    pub(crate) city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    pub(crate) country: String,
}

/// A latitude or longitude, in one of two forms.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Coordinate {
    Text(String),
    Number(f64),
}

/// The answer to the making of a location.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum MadeLocation {
    /// What the service returns.
    Whole(Box<Location>),
    /// What the documents promise.
    Id(LocationId),
}

/// The id of a location.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LocationId {
    pub(crate) id: String,
}

/// A location to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LocationRequest {
    pub(crate) name: Text<LONGEST_NAME>,
    pub(crate) time_zone: TimeZone,
    /// `ll_cc`
    pub(crate) preferred_language: Text,
    pub(crate) announcement_language: AnnouncementLanguage,
    pub(crate) address: PlaceAddress,
    pub(crate) latitude: Option<NumberAsText>,
    pub(crate) longitude: Option<NumberAsText>,
    pub(crate) notes: Option<String>,
    /// No document names it: `wxc_sdk` repeats the parameter here, and the service takes it.
    pub(crate) org_id: Option<Text>,
}

impl Body for LocationRequest {}

/// What a location is to be from now on; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LocationChange {
    pub(crate) name: Option<Text<LONGEST_NAME>>,
    pub(crate) time_zone: Option<TimeZone>,
    pub(crate) preferred_language: Option<Text>,
    pub(crate) address: Option<PlaceAddress>,
    pub(crate) latitude: Option<NumberAsText>,
    pub(crate) longitude: Option<NumberAsText>,
    pub(crate) notes: Option<String>,
}

impl Body for LocationChange {}

/// What addresses of a country need, and where its clocks stand.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Country {
    pub(crate) state_required: bool,
    pub(crate) zip_code_required: bool,
    pub(crate) states: Vec<CountryState>,
    pub(crate) time_zones: Vec<&'static str>,
}

/// A state of a country.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CountryState {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
}

/// Languages of announcements.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AnnouncementLanguages {
    pub(crate) languages: Vec<AnnouncementLanguageEntry>,
}

/// A language of announcements.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AnnouncementLanguageEntry {
    pub(crate) name: &'static str,
    pub(crate) code: &'static str,
}
