//! What calling adds to a location, and what may be chosen for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::PlaceAddress;
use crate::sim::body::Body;
use crate::sim::rules::locations::LONGEST_CALLING_NAME;
use crate::sim::state::RouteType;
use crate::sim::text::{Nullable, NumberAsText, Text};

/// A location that is to get calling; everything is said again.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallingRequest {
    pub(crate) id: Text,
    pub(crate) name: Text<LONGEST_CALLING_NAME>,
    pub(crate) time_zone: Text,
    pub(crate) preferred_language: Text,
    pub(crate) announcement_language: Text,
    pub(crate) address: PlaceAddress,
    /// That of the parameter, if it is said: `wxc_sdk` sends the location as it was read.
    #[schemars(skip)]
    pub(crate) org_id: Option<Text>,
    #[schemars(skip)]
    #[expect(dead_code, reason = "may come along, and changes nothing")]
    pub(crate) latitude: Option<NumberAsText>,
    #[schemars(skip)]
    #[expect(dead_code, reason = "may come along, and changes nothing")]
    pub(crate) longitude: Option<NumberAsText>,
    #[schemars(skip)]
    #[expect(dead_code, reason = "may come along, and changes nothing")]
    pub(crate) notes: Option<String>,
}

impl Body for CallingRequest {}

/// The id of a location that calling was enabled for.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CallingLocationId {
    pub(crate) id: String,
}

/// Calling locations.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CallingLocations {
    pub(crate) locations: Vec<CallingLocationEntry>,
}

/// A calling location as it is listed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallingLocationEntry {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outside_dial_digit: Option<String>,
    pub(crate) enforce_outside_dial_digit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) routing_prefix: Option<String>,
    pub(crate) calling_line_id: ListedCallingLine,
    #[serde(rename = "e911SetupRequired")]
    pub(crate) e911_setup_required: bool,
}

/// The main line of a location as it is listed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedCallingLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) phone_number: Nullable<String>,
}

/// A calling location.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallingLocation {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) announcement_language: String,
    pub(crate) calling_line_id: CallingLine,
    /// For premises-based PSTN alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connection: Option<RouteConnection>,
    /// For PSTN with a subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subscription_id: Option<String>,
    pub(crate) external_caller_id_name: String,
    pub(crate) user_limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p_access_network_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outside_dial_digit: Option<String>,
    pub(crate) enforce_outside_dial_digit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) routing_prefix: Option<String>,
    pub(crate) default_domain: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) charge_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) use_charge_number_for_p_charge_info: Option<bool>,
}

/// The main line of a location.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallingLine {
    /// That of the organization, unless one was set.
    pub(crate) name: String,
    /// Absent without a main number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
}

/// A route that a location is to use. The description has both parts optional; none works alone.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct RouteConnectionChange {
    #[serde(rename = "type")]
    pub(crate) kind: Option<RouteType>,
    pub(crate) id: Option<Text>,
}

/// A route that a location uses.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RouteConnection {
    #[serde(rename = "type")]
    pub(crate) kind: RouteType,
    pub(crate) id: String,
}

/// What a calling location is to be from now on; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallingLocationChange {
    pub(crate) announcement_language: Option<Text>,
    pub(crate) calling_line_id: Option<CallingLineChange>,
    pub(crate) connection: Option<RouteConnectionChange>,
    pub(crate) external_caller_id_name: Option<Text<30>>,
    pub(crate) p_access_network_info: Option<Text>,
    pub(crate) outside_dial_digit: Option<Text>,
    pub(crate) enforce_outside_dial_digit: Option<bool>,
    pub(crate) routing_prefix: Option<Text>,
    pub(crate) charge_number: Option<Text>,
}

impl Body for CallingLocationChange {}

/// A change of the main line; a number is replaced, never cleared.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallingLineChange {
    pub(crate) name: Option<Text>,
    pub(crate) phone_number: Option<Text>,
}

/// The job that follows a new routing prefix.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrefixJobStarted {
    pub(crate) batch_job_id: String,
}

/// Says that the settings are saved and no job was started.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrefixJobNotStarted {
    pub(crate) failure_reason: String,
}

/// A language for those who are there already.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpokenLanguageChange {
    /// For people and workspaces.
    pub(crate) agent_enabled: Option<bool>,
    /// For features.
    pub(crate) service_enabled: Option<bool>,
    pub(crate) announcement_language_code: Text,
}

impl Body for SpokenLanguageChange {}

/// Whether calling of a location could be disabled.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisablingCheck {
    pub(crate) location_delete_status: DisablingVerdict,
    pub(crate) blocking: DisablingBlocking,
    pub(crate) non_blocking: DisablingNonBlocking,
    pub(crate) blocking_unless_forced: DisablingUnlessForced,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DisablingVerdict {
    Blocked,
    Unblocked,
}

/// What stands against it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisablingBlocking {
    pub(crate) last_location: bool,
    pub(crate) trunks_in_use_count: usize,
    pub(crate) users_in_use_count: usize,
    pub(crate) workspaces_in_use_count: usize,
    pub(crate) virtual_line_in_use_count: usize,
    pub(crate) numbers_order_pending: bool,
}

/// What goes along.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisablingNonBlocking {
    pub(crate) numbers_present: bool,
}

/// What would have to be forced.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisablingUnlessForced {
    pub(crate) non_user_entities_in_use: bool,
    pub(crate) trunks_count: usize,
}

/// Trunks and route groups.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RouteChoices {
    pub(crate) route_identities: Vec<RouteIdentity>,
}

/// A trunk or a route group.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RouteIdentity {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: RouteType,
}
