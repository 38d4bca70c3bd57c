//! Emergency addresses, and the number that emergency services call back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::text::Text;

/// An address for emergency services. The description has every part optional; an address needs some of them.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EmergencyAddressRequest {
    pub(crate) address1: Option<Text>,
    pub(crate) address2: Option<Text>,
    pub(crate) city: Option<Text>,
    /// Where the country has states.
    pub(crate) state: Option<Text>,
    /// Where the country has postal codes.
    pub(crate) postal_code: Option<Text>,
    /// ISO 3166 alpha-2.
    pub(crate) country: Option<Text>,
}

impl Body for EmergencyAddressRequest {}

/// The address of one number; without one it has that of its location again.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberEmergencyAddress {
    pub(crate) emergency_address: Option<EmergencyAddressRequest>,
}

impl Body for NumberEmergencyAddress {}

/// The id of an emergency address; nothing reads it again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EmergencyAddressId {
    pub(crate) id: String,
}

/// Addresses that are known.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SuggestedAddresses {
    pub(crate) addresses: Vec<SuggestedAddress>,
}

/// An address that is known, and what was wrong with the one asked about.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SuggestedAddress {
    pub(crate) address1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address2: Option<String>,
    pub(crate) city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    pub(crate) country: String,
    pub(crate) meta: AddressParts,
    /// Absent when nothing was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) errors: Option<Vec<AddressFault>>,
}

/// An address taken apart.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddressParts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) house_number: Option<String>,
    pub(crate) street_name: String,
    pub(crate) city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) zip_code: Option<String>,
    pub(crate) country: String,
}

/// What is wrong with an address.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AddressFault {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) detail: &'static str,
}

/// Whose number is shown to emergency services.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CallbackChoice {
    LocationNumber,
    LocationMemberNumber,
}

/// Whose number it really is, once the rules for missing ones are applied.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CallbackLevel {
    LocationNumber,
    LocationMemberNumber,
    None,
}

/// How good a number is for calling back.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CallbackQuality {
    Recommended,
    NotRecommended,
    Invalid,
}

/// The emergency callback number of a location.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallbackNumber {
    pub(crate) location_info: CallbackLocation,
    pub(crate) location_member_info: CallbackMember,
    pub(crate) selected: CallbackChoice,
    pub(crate) elin_expiry_time_minutes: u32,
}

/// What the location itself has for it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallbackLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
    pub(crate) name: String,
    pub(crate) effective_level: CallbackLevel,
    /// Empty without a number.
    pub(crate) effective_value: String,
    pub(crate) quality: CallbackQuality,
}

/// What the chosen person has for it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallbackMember {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member_type: Option<CallbackMemberType>,
    pub(crate) effective_level: CallbackLevel,
    /// Empty without a number.
    pub(crate) effective_value: String,
    pub(crate) quality: CallbackQuality,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum CallbackMemberType {
    People,
}

/// A change of the emergency callback number.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallbackChange {
    pub(crate) selected: CallbackChoice,
    /// Needed for the number of a member; empty counts as absent.
    #[schemars(required)]
    pub(crate) location_member_id: Option<String>,
    #[schemars(range(min = 10, max = 1440))]
    pub(crate) elin_expiry_time_minutes: Option<u32>,
}

impl Body for CallbackChange {}
