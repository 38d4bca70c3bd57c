//! Onboarding templates in the registry.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::sim::body::Body;
use crate::sim::text::Text;

/// A template to be made, or put in place of another.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct TemplateRequest {
    pub(crate) name: Text,
    /// Whatever the client keeps there.
    pub(crate) spec: Map<String, Value>,
}

impl Body for TemplateRequest {}

/// A template as it is shown.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Template {
    pub(crate) provisioning_id: String,
    pub(crate) name: String,
    pub(crate) spec: Value,
}
