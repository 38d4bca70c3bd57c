//! Tags of organizations and subscriptions: written as objects, read as texts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::text::Text;

/// A tag to be given.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct TagRequest {
    pub(crate) name: Text<25>,
    pub(crate) description: Option<String>,
}

/// All tags that an organization or subscription has from now on.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct TagsRequest {
    /// Mandatory, though the official type does not say so.
    #[schemars(length(max = 5))]
    pub(crate) tags: Option<Vec<TagRequest>>,
}

impl Body for TagsRequest {}

/// A tag with its description.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Tag {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

/// The names of an organization's tags.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganizationTags {
    pub(crate) org_name: String,
    pub(crate) org_id: String,
    pub(crate) tags: Vec<String>,
}

/// The names of a subscription's tags.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriptionTags {
    pub(crate) org_name: String,
    pub(crate) org_id: String,
    pub(crate) tags: Vec<String>,
    pub(crate) subscription_id: String,
    /// A truth value, as text.
    pub(crate) trial: &'static str,
}
