//! Sub-partners.

use schemars::JsonSchema;
use serde::Serialize;

use crate::sim::config::SubPartnerState;

/// A sub-partner as it is shown.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubPartner {
    pub(crate) org_id: String,
    pub(crate) subscription_id: String,
    pub(crate) provisioning_state: SubPartnerState,
    pub(crate) created: String,
    pub(crate) billing_start_date: String,
}

/// The list of sub-partners, under one name or the other.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum SubPartnerList {
    Items {
        items: Vec<SubPartner>,
    },
    Named {
        #[serde(rename = "subPartners")]
        sub_partners: Vec<SubPartner>,
    },
}
