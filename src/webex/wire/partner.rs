//! Sub-partners and visible organizations as the service writes them.

use serde::Deserialize;

use super::{required, text};
use crate::{
    model::OrgId,
    webex::{SubPartner as Found, SubPartnerState, VisibleOrganization},
};

/// An entry of `GET /wholesale/subPartners`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct SubPartner {
    #[serde(deserialize_with = "required")]
    org_id: String,
    #[serde(default, deserialize_with = "text")]
    subscription_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    provisioning_state: Option<String>,
}

impl SubPartner {
    pub(in crate::webex) fn into_model(self) -> Found {
        let state = self.provisioning_state.unwrap_or_default();
        let state = match state.to_lowercase().as_str() {
            "active" => SubPartnerState::Active,
            "suspended" => SubPartnerState::Suspended,
            _ => SubPartnerState::Other(state),
        };
        Found { org_id: OrgId::new(self.org_id), subscription_id: self.subscription_id, state }
    }
}

/// An item of `GET /organizations`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct OrganizationRow {
    #[serde(deserialize_with = "required")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    display_name: Option<String>,
}

impl OrganizationRow {
    pub(in crate::webex) fn into_model(self) -> VisibleOrganization {
        VisibleOrganization { id: OrgId::new(self.id), display_name: self.display_name }
    }
}
