//! Wholesale subscribers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::checked::Email;
use crate::sim::text::Text;

/// A package of a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubscriberPackage {
    WebexCalling,
    WebexMeetings,
    WebexSuite,
    WebexVoice,
    CxEssentials,
    WebexCallingStandard,
    AttendantConsole,
    CxPremiumAgent,
    CxStandardAgent,
}

impl SubscriberPackage {
    const ALL: [Self; 9] = [
        Self::WebexCalling,
        Self::WebexMeetings,
        Self::WebexSuite,
        Self::WebexVoice,
        Self::CxEssentials,
        Self::WebexCallingStandard,
        Self::AttendantConsole,
        Self::CxPremiumAgent,
        Self::CxStandardAgent,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::WebexCalling => "webex_calling",
            Self::WebexMeetings => "webex_meetings",
            Self::WebexSuite => "webex_suite",
            Self::WebexVoice => "webex_voice",
            Self::CxEssentials => "cx_essentials",
            Self::WebexCallingStandard => "webex_calling_standard",
            Self::AttendantConsole => "attendant_console",
            Self::CxPremiumAgent => "cx_premium_agent",
            Self::CxStandardAgent => "cx_standard_agent",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|package| package.name() == name)
    }
}

/// A package as the older field `package` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BasePackage {
    WebexCalling,
    WebexMeetings,
    WebexSuite,
    WebexVoice,
    CxEssentials,
    WebexCallingStandard,
}

impl BasePackage {
    pub(crate) const fn of(package: SubscriberPackage) -> Option<Self> {
        match package {
            SubscriberPackage::WebexCalling => Some(Self::WebexCalling),
            SubscriberPackage::WebexMeetings => Some(Self::WebexMeetings),
            SubscriberPackage::WebexSuite => Some(Self::WebexSuite),
            SubscriberPackage::WebexVoice => Some(Self::WebexVoice),
            SubscriberPackage::CxEssentials => Some(Self::CxEssentials),
            SubscriberPackage::WebexCallingStandard => Some(Self::WebexCallingStandard),
            SubscriberPackage::AttendantConsole
            | SubscriberPackage::CxPremiumAgent
            | SubscriberPackage::CxStandardAgent => None,
        }
    }
}

impl From<BasePackage> for SubscriberPackage {
    fn from(package: BasePackage) -> Self {
        match package {
            BasePackage::WebexCalling => Self::WebexCalling,
            BasePackage::WebexMeetings => Self::WebexMeetings,
            BasePackage::WebexSuite => Self::WebexSuite,
            BasePackage::WebexVoice => Self::WebexVoice,
            BasePackage::CxEssentials => Self::CxEssentials,
            BasePackage::WebexCallingStandard => Self::WebexCallingStandard,
        }
    }
}

/// Name and line of a subscriber to be made.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriberParameters {
    pub(crate) first_name: Option<Text>,
    pub(crate) last_name: Option<Text>,
    /// E.164.
    pub(crate) primary_phone_number: Option<Text>,
    pub(crate) extension: Option<Text>,
    pub(crate) location_id: Option<Text>,
}

/// A subscriber to be made; exactly one of `packages`, with one entry, and `package`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriberRequest {
    pub(crate) customer_id: Text,
    pub(crate) email: Email,
    pub(crate) package: Option<BasePackage>,
    #[schemars(length(min = 1, max = 1))]
    pub(crate) packages: Option<Vec<SubscriberPackage>>,
    pub(crate) provisioning_parameters: SubscriberParameters,
}

impl Body for SubscriberRequest {}

/// The line of a subscriber who gets calling.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineParameters {
    /// E.164.
    pub(crate) primary_phone_number: Option<Text>,
    pub(crate) extension: Option<Text>,
    pub(crate) location_id: Option<Text>,
}

/// A change of a subscriber's package.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriberChange {
    pub(crate) package: Option<SubscriberPackage>,
    #[schemars(length(min = 1, max = 1))]
    pub(crate) packages: Option<Vec<SubscriberPackage>>,
    pub(crate) provisioning_parameters: Option<LineParameters>,
}

impl Body for SubscriberChange {}

/// The first administrator of a planned customer.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlannedAdministrator {
    #[expect(dead_code, reason = "read for its form")]
    pub(crate) primary_email: Email,
}

/// A subscriber that might be made, for a customer that is there or one that is planned.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriberPrecheck {
    pub(crate) email: Email,
    pub(crate) customer_id: Option<Text>,
    pub(crate) provisioning_id: Option<Text>,
    pub(crate) customer_info: Option<PlannedAdministrator>,
    pub(crate) package: Option<BasePackage>,
    #[schemars(length(min = 1, max = 1))]
    pub(crate) packages: Option<Vec<SubscriberPackage>>,
    pub(crate) provisioning_parameters: Option<SubscriberParameters>,
}

impl Body for SubscriberPrecheck {}

/// Where a subscriber stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubscriberStatus {
    Provisioned,
    PendingUserMigration,
}

/// A subscriber as it is shown: without name, number, extension or location.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscriber {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) person_id: Option<String>,
    pub(crate) email: String,
    pub(crate) customer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_customer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) package: Option<BasePackage>,
    pub(crate) packages: Vec<SubscriberPackage>,
    pub(crate) status: SubscriberStatus,
    pub(crate) created: String,
    pub(crate) last_status_change: String,
}
