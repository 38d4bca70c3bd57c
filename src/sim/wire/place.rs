//! Addresses as the location and calling interfaces read them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::sim::body::Body;
use crate::sim::text::Text;

/// The address of a place.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlaceAddress {
    pub(crate) address1: Text,
    pub(crate) address2: Option<Text>,
    pub(crate) city: Text,
    /// Where the country has states.
    pub(crate) state: Option<Text>,
    /// Where the country has postal codes.
    #[schemars(required)]
    pub(crate) postal_code: Option<Text>,
    /// ISO 3166 alpha-2.
    pub(crate) country: Text,
}

impl Body for PlaceAddress {}
