//! Floors of a location.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::text::Text;

/// A floor.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Floor {
    pub(crate) id: String,
    pub(crate) location_id: String,
    /// Below the ground it is negative.
    #[serde(rename = "floorNumber")]
    pub(crate) number: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<String>,
}

/// A floor to be made, or put in place of another: a name that is left out is no more.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FloorRequest {
    /// Whole, though it may be written with a point.
    pub(crate) floor_number: f64,
    pub(crate) display_name: Option<Text>,
}

impl Body for FloorRequest {}
