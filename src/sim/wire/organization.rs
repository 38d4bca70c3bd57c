//! Organizations and their identity records.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::text::Text;

/// An organization.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) created: String,
}

/// What the identity interface shows of an organization.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdentityOrganization {
    pub(crate) schemas: Vec<&'static str>,
    /// A bare UUID.
    pub(crate) id: String,
    pub(crate) display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preferred_language: Option<String>,
    pub(crate) meta: IdentityMeta,
}

/// When an identity record was made and changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdentityMeta {
    pub(crate) created: String,
    pub(crate) last_modified: String,
    pub(crate) version: String,
}

/// A change of an identity record.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdentityChange {
    pub(crate) schemas: Vec<String>,
    pub(crate) display_name: Text,
    pub(crate) preferred_language: Option<Text>,
}

impl Body for IdentityChange {}
