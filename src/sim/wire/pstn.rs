//! How a location reaches the public network.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::state::{PstnType, RouteType};
use crate::sim::text::Text;

/// What a connection brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum PstnService {
    #[serde(rename = "GEOGRAPHIC_NUMBERS")]
    Geographic,
    #[serde(rename = "TOLLFREE_NUMBERS")]
    Tollfree,
    #[serde(rename = "SERVICE_NUMBERS")]
    Service,
    #[serde(rename = "MOBILE_NUMBERS")]
    Mobile,
}

/// A connection that a location is offered.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PstnOption {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) pstn_services: Vec<PstnService>,
}

/// The connection of a location.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PstnConnection {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) pstn_services: Vec<PstnService>,
    #[serde(rename = "pstnConnectionType")]
    pub(crate) kind: PstnType,
    /// For a local gateway alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) route_type: Option<RouteType>,
    /// For a local gateway alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) route_id: Option<String>,
}

/// The choice of a connection: an option, or a route, and never both.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PstnChoice {
    pub(crate) id: Option<Text>,
    pub(crate) premise_route_type: Option<RouteType>,
    pub(crate) premise_route_id: Option<Text>,
}

impl Body for PstnChoice {}
