//! Organizations as the service writes them.

use serde::Deserialize;

use super::text;

/// An organization of `GET /organizations/{id}` or, with its language, of `GET /identity/organizations/{uuid}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Organization {
    #[serde(default, deserialize_with = "text")]
    pub(in crate::webex) display_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(in crate::webex) preferred_language: Option<String>,
}
