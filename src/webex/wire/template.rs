//! Templates as a registry writes them.

use serde::Deserialize;

use super::required;
use crate::model::{Fields, ObservedTemplate, ProvisioningId};

/// An item of `GET /registry/templates`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Template {
    #[serde(deserialize_with = "required")]
    provisioning_id: String,
    #[serde(deserialize_with = "required")]
    name: String,
    #[serde(default)]
    spec: Fields,
}

impl Template {
    pub(in crate::webex) fn into_model(self) -> (String, ObservedTemplate) {
        let template =
            ObservedTemplate { provisioning_id: ProvisioningId::new(self.provisioning_id), fields: self.spec };
        (self.name, template)
    }
}

/// The answer to a creation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct TemplateCreated {
    #[serde(deserialize_with = "required")]
    pub(in crate::webex) provisioning_id: String,
}
