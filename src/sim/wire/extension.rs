//! Checks of extensions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::Verdict;
use crate::sim::body::Body;
use crate::sim::list::Filled;

/// Extensions to be looked at.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ExtensionCheckRequest {
    pub(crate) extensions: Filled<String>,
}

impl Body for ExtensionCheckRequest {}

/// Extensions to be looked at for the organization; the description has the list optional.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct OrgExtensionCheckRequest {
    pub(crate) extensions: Option<Filled<String>>,
}

impl Body for OrgExtensionCheckRequest {}

/// What came of looking at extensions.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExtensionCheck {
    pub(crate) status: Verdict,
    pub(crate) extension_status: Vec<CheckedExtension>,
}

/// An extension that was looked at.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckedExtension {
    pub(crate) extension: String,
    pub(crate) state: ExtensionState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

/// Whether an extension could be given.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ExtensionState {
    Valid,
    Duplicate,
    DuplicateInList,
    Invalid,
}
