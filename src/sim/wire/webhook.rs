//! Webhooks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sim::body::Body;
use crate::sim::checked::TargetUrl;
use crate::sim::state::{WebhookEvent, WebhookResource};
use crate::sim::text::Text;

/// Whose events a webhook gets, where not the caller's own alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WebhookOwner {
    Org,
}

/// Whether a webhook fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WebhookStatus {
    Active,
    Inactive,
}

/// The one status that a change can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WebhookActivation {
    Active,
}

/// A webhook to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookRequest {
    pub(crate) name: Text,
    pub(crate) target_url: TargetUrl,
    pub(crate) resource: WebhookResource,
    pub(crate) event: WebhookEvent,
    pub(crate) filter: Option<Text>,
    pub(crate) secret: Option<Text>,
    pub(crate) owned_by: Option<WebhookOwner>,
}

impl Body for WebhookRequest {}

/// A change of a webhook. What it is about never changes, and is ignored.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookChange {
    pub(crate) name: Text,
    pub(crate) target_url: TargetUrl,
    pub(crate) secret: Option<Text>,
    pub(crate) status: Option<WebhookActivation>,
    #[schemars(with = "Option<WebhookOwner>")]
    #[expect(dead_code, reason = "ignored")]
    pub(crate) owned_by: Option<Value>,
    #[schemars(skip)]
    #[expect(dead_code, reason = "ignored")]
    pub(crate) resource: Option<Value>,
    #[schemars(skip)]
    #[expect(dead_code, reason = "ignored")]
    pub(crate) event: Option<Value>,
    #[schemars(skip)]
    #[expect(dead_code, reason = "ignored")]
    pub(crate) filter: Option<Value>,
}

impl Body for WebhookChange {}

/// A webhook as it is shown.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) target_url: String,
    pub(crate) resource: WebhookResource,
    pub(crate) event: WebhookEvent,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
    pub(crate) status: WebhookStatus,
    pub(crate) created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owned_by: Option<WebhookOwner>,
}
