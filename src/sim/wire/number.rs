//! Phone numbers: of locations, in lists, and of people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::list::Filled;
use crate::sim::state::RingPattern;
use crate::sim::text::Text;

/// The most numbers in one removal.
pub(crate) const MOST_REMOVED: usize = 5;

/// Kinds of numbers that can be added.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum NumberType {
    TollFree,
    Did,
    Mobile,
}

/// What a number is used for.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum NumberUsage {
    /// Like any other.
    None,
    /// By many at once.
    Service,
}

/// Whether a number is in service.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum NumberState {
    Active,
    Inactive,
}

impl NumberState {
    pub(crate) const fn of(active: bool) -> Self {
        if active { Self::Active } else { Self::Inactive }
    }
}

/// Numbers for a location.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberAddition {
    /// In E.164.
    pub(crate) phone_numbers: Filled<String>,
    pub(crate) number_type: Option<NumberType>,
    pub(crate) number_usage_type: Option<NumberUsage>,
    /// Active without it; mobile numbers never are.
    pub(crate) state: Option<NumberState>,
    /// For mobile numbers.
    pub(crate) subscription_id: Option<Text>,
    /// For mobile numbers: a UUID.
    pub(crate) carrier_id: Option<Text>,
}

impl Body for NumberAddition {}

/// Whether numbers are to be in service.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberActivation {
    pub(crate) phone_numbers: Filled<String>,
    pub(crate) action: Option<NumberAction>,
}

impl Body for NumberActivation {}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum NumberAction {
    Activate,
    Deactivate,
}

/// Numbers that a location is to lose.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberRemoval {
    pub(crate) phone_numbers: Filled<String, MOST_REMOVED>,
}

impl Body for NumberRemoval {}

/// Numbers to be looked at.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberCheckRequest {
    pub(crate) phone_numbers: Filled<String>,
}

impl Body for NumberCheckRequest {}

/// Whether everything that was asked about is well.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verdict {
    Ok,
    Errors,
}

impl Verdict {
    pub(crate) const fn of(well: bool) -> Self {
        if well { Self::Ok } else { Self::Errors }
    }
}

/// What came of looking at numbers.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NumberCheck {
    pub(crate) status: Verdict,
    pub(crate) numbers: Vec<CheckedNumber>,
}

/// A number that was looked at.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckedNumber {
    pub(crate) number: String,
    pub(crate) state: Availability,
    pub(crate) toll_free_number: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<Vec<String>>,
}

/// Whether a number could be added.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum Availability {
    Available,
    /// The organization has it.
    Duplicate,
    #[serde(rename = "Duplicate In List")]
    DuplicateInList,
    Invalid,
    /// Another organization has it.
    Unavailable,
}

/// Numbers and extensions of an organization.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberList {
    pub(crate) phone_numbers: Vec<NumberEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<NumberCount>,
}

/// A number, or an extension without one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberEntry {
    /// Empty for an extension without a number.
    pub(crate) phone_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) routing_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) esn: Option<String>,
    pub(crate) state: NumberState,
    pub(crate) phone_number_type: NumberPlaceInLine,
    pub(crate) main_number: bool,
    pub(crate) included_telephony_types: TelephonyType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile_network: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) routing_profile: Option<String>,
    pub(crate) toll_free_number: bool,
    pub(crate) is_service_number: bool,
    pub(crate) location: NumberLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<NumberOwner>,
}

/// What a number is to its owner.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum NumberPlaceInLine {
    Primary,
    Alternate,
}

/// The net that a number is of.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TelephonyType {
    PstnNumber,
    MobileNumber,
}

/// The net of numbers that may be chosen: no mobile ones.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PstnTelephony {
    PstnNumber,
}

/// Where a number is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NumberLocation {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Who has a number.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberOwner {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: OwnerType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum OwnerType {
    People,
}

/// How many numbers of each kind an organization has.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberCount {
    pub(crate) assigned: usize,
    pub(crate) un_assigned: usize,
    pub(crate) in_active: usize,
    pub(crate) extension_only: usize,
    pub(crate) toll_free_numbers: usize,
    pub(crate) total: usize,
    pub(crate) mobile_number: usize,
    pub(crate) service_number: usize,
}

/// Numbers of a location that may be chosen for something.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AvailableNumbers {
    pub(crate) phone_numbers: Vec<AvailableNumber>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AvailableNumber {
    pub(crate) phone_number: String,
    pub(crate) state: NumberState,
    pub(crate) is_main_number: bool,
    pub(crate) toll_free_number: bool,
    pub(crate) telephony_type: PstnTelephony,
    pub(crate) is_service_number: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<NumberOwner>,
}

/// The numbers of a person.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonNumbers {
    pub(crate) distinctive_ring_enabled: bool,
    pub(crate) phone_numbers: Vec<PersonNumber>,
}

/// A number of a person.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonNumber {
    pub(crate) primary: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) direct_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) routing_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) esn: Option<String>,
    pub(crate) ring_pattern: RingPattern,
}

/// Alternate numbers to be given or taken.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlternateNumbersChange {
    pub(crate) distinctive_ring_enabled: Option<bool>,
    /// The same under the name that the official example and `wxc_sdk` have.
    #[schemars(skip)]
    pub(crate) enable_distinctive_ring_pattern: Option<bool>,
    pub(crate) phone_numbers: Vec<AlternateNumberChange>,
}

impl Body for AlternateNumbersChange {}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlternateNumberChange {
    pub(crate) primary: bool,
    pub(crate) action: AlternateAction,
    pub(crate) direct_number: Text,
    pub(crate) extension: Option<Text>,
    pub(crate) ring_pattern: Option<RingPattern>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum AlternateAction {
    Add,
    Delete,
}
