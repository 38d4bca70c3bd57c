//! Licences.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::text::Text;

/// A licence of an organization.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct License {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) total_units: u64,
    pub(crate) consumed_units: u64,
    pub(crate) consumed_by_users: u64,
    pub(crate) consumed_by_workspaces: u64,
    /// The wholesale subscription that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subscription_id: Option<String>,
}

/// A licence, with who has it if that was asked for.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LicenseWithHolders {
    #[serde(flatten)]
    pub(crate) license: License,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) users: Option<Vec<LicenseHolder>>,
}

/// Somebody who has a licence.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LicenseHolder {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: HolderType,
    pub(crate) display_name: String,
    pub(crate) email: String,
}

/// Where the holder of a licence is.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum HolderType {
    /// In the organization of the licence.
    Internal,
}

/// What a user is to have from now on, and no more. Names the user by e-mail, id or both.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LicenseChange {
    pub(crate) email: Option<Text>,
    pub(crate) person_id: Option<Text>,
    pub(crate) org_id: Option<Text>,
    pub(crate) licenses: Option<Vec<LicenseStep>>,
    pub(crate) site_urls: Option<Vec<SiteStep>>,
}

impl Body for LicenseChange {}

/// A licence to be given or taken.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct LicenseStep {
    pub(crate) id: Text,
    #[serde(default)]
    pub(crate) operation: Operation,
    /// For licences that bring calling.
    pub(crate) properties: Option<LicenseProperties>,
}

/// What is done with a licence or a site.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Operation {
    #[default]
    Add,
    Remove,
}

/// The line that comes with a calling licence: a number or an extension, and the location unless the number says it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LicenseProperties {
    pub(crate) location_id: Option<Text>,
    pub(crate) phone_number: Option<Text>,
    pub(crate) extension: Option<Text>,
}

/// A meeting site that a user is to attend or not.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SiteStep {
    pub(crate) site_url: Text,
    #[serde(rename = "accountType")]
    pub(crate) _account_type: AccountType,
    #[serde(default, rename = "operation")]
    pub(crate) _operation: Operation,
}

/// How a user belongs to a meeting site.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AccountType {
    Attendee,
}

/// The licences of a user.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserLicenses {
    pub(crate) org_id: String,
    pub(crate) person_id: String,
    pub(crate) email: String,
    pub(crate) licenses: Vec<String>,
}
