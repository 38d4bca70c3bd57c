//! Tokens. Nothing here can be printed: what these hold is secret.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::{Body, Media};
use crate::sim::text::Text;

/// A form that asks for tokens. An empty value counts as absent.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct TokenRequest {
    #[schemars(extend("enum" = ["authorization_code", "refresh_token"]))]
    pub(crate) grant_type: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) code_verifier: Option<String>,
    pub(crate) refresh_token: Option<String>,
}

impl Body for TokenRequest {
    const MEDIA: Media = Media::Form;
}

/// Tokens of an integration, or refreshed ones.
#[derive(Serialize, JsonSchema)]
pub(crate) struct IssuedTokens {
    pub(crate) access_token: String,
    /// In seconds.
    pub(crate) expires_in: u64,
    pub(crate) refresh_token: String,
    /// In seconds.
    pub(crate) refresh_token_expires_in: u64,
    pub(crate) token_type: &'static str,
    /// With spaces between them.
    pub(crate) scope: String,
}

/// Asks for tokens of a service app.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceAppTokenRequest {
    pub(crate) client_id: Text,
    pub(crate) client_secret: Text,
    pub(crate) target_org_id: Text,
}

impl Body for ServiceAppTokenRequest {}

/// Tokens of a service app.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ServiceAppTokens {
    pub(crate) access_token: String,
    /// In seconds.
    pub(crate) expires_in: u64,
    pub(crate) refresh_token: String,
    /// In seconds.
    pub(crate) refresh_token_expires_in: u64,
    pub(crate) token_type: &'static str,
}
