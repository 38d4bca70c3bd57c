//! Administrators of the partner and the customers they manage.

use schemars::JsonSchema;
use serde::Serialize;

/// An organization that an administrator manages.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManagedOrganization {
    pub(crate) org_id: String,
    /// The role's name in base64.
    pub(crate) role: String,
}

/// An administrator who manages an organization.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PartnerAdmin {
    pub(crate) id: String,
    pub(crate) display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) role_in_customer_org: &'static str,
}
