//! Wholesale customers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::checked::{AnnouncementLanguage, Email, OrgLanguage, TimeZone};
use crate::sim::state;
use crate::sim::text::Text;

/// A package of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CustomerPackage {
    CommonAreaCalling,
    WebexCalling,
    WebexMeetings,
    WebexSuite,
    WebexVoice,
    CxEssentials,
    WebexCallingStandard,
    CiscoCallingPlan,
    AttendantConsole,
    CxPremiumAgent,
    CxStandardAgent,
    CxVoicePorts,
    CxAiAssistant,
    WebexAiAgent,
}

impl CustomerPackage {
    const ALL: [Self; 14] = [
        Self::CommonAreaCalling,
        Self::WebexCalling,
        Self::WebexMeetings,
        Self::WebexSuite,
        Self::WebexVoice,
        Self::CxEssentials,
        Self::WebexCallingStandard,
        Self::CiscoCallingPlan,
        Self::AttendantConsole,
        Self::CxPremiumAgent,
        Self::CxStandardAgent,
        Self::CxVoicePorts,
        Self::CxAiAssistant,
        Self::WebexAiAgent,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CommonAreaCalling => "common_area_calling",
            Self::WebexCalling => "webex_calling",
            Self::WebexMeetings => "webex_meetings",
            Self::WebexSuite => "webex_suite",
            Self::WebexVoice => "webex_voice",
            Self::CxEssentials => "cx_essentials",
            Self::WebexCallingStandard => "webex_calling_standard",
            Self::CiscoCallingPlan => "cisco_calling_plan",
            Self::AttendantConsole => "attendant_console",
            Self::CxPremiumAgent => "cx_premium_agent",
            Self::CxStandardAgent => "cx_standard_agent",
            Self::CxVoicePorts => "cx_voice_ports",
            Self::CxAiAssistant => "cx_ai_assistant",
            Self::WebexAiAgent => "webex_ai_agent",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|package| package.name() == name)
    }
}

/// An address as the wholesale API reads it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PostalAddress {
    pub(crate) address_line1: Text<50>,
    pub(crate) address_line2: Option<Text<50>>,
    pub(crate) city: Text,
    pub(crate) state_or_province: Option<Text>,
    pub(crate) zip_or_postal_code: Option<Text>,
    /// ISO 3166, two letters.
    pub(crate) country: Text,
}

/// Company and first administrator.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerInfo {
    /// Without `%`.
    pub(crate) name: Text,
    pub(crate) primary_email: Email,
    pub(crate) language: Option<OrgLanguage>,
}

/// The headquarters of a customer with calling.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeadquartersRequest {
    pub(crate) name: Text<80>,
    pub(crate) address: PostalAddress,
    pub(crate) timezone: TimeZone,
    pub(crate) language: AnnouncementLanguage,
    pub(crate) emergency_location_identifier: Option<Text>,
}

/// What is about calling.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CallingParameters {
    pub(crate) location: HeadquartersRequest,
}

/// What is about meetings.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct MeetingsParameters {
    pub(crate) timezone: Option<TimeZone>,
}

/// What is about packages.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct PackageParameters {
    /// Read as whatever it is: a switch lets other keys pass.
    #[schemars(with = "Option<PackageLimits>")]
    pub(crate) limits: Option<BTreeMap<String, u64>>,
}

/// How many of a package may be given out.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only ever described")]
struct PackageLimits {
    webex_calling: Option<Limit>,
    common_area_calling: Option<Limit>,
    webex_meetings: Option<Limit>,
    webex_suite: Option<Limit>,
    webex_voice: Option<Limit>,
    cx_essentials: Option<Limit>,
    webex_calling_standard: Option<Limit>,
    attendant_console: Option<Limit>,
}

/// A whole number above zero, of the type that the documents give it.
#[derive(JsonSchema)]
#[schemars(inline, transparent, extend("minimum" = 1, "multipleOf" = 1))]
struct Limit(#[expect(dead_code, reason = "only ever described")] f64);

/// How a customer is to be set up.
#[derive(Default, Deserialize, JsonSchema)]
pub(crate) struct CustomerParameters {
    pub(crate) calling: Option<CallingParameters>,
    pub(crate) meetings: Option<MeetingsParameters>,
    pub(crate) packages: Option<PackageParameters>,
}

/// A customer to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerRequest {
    pub(crate) provisioning_id: Text,
    #[schemars(length(min = 1))]
    pub(crate) packages: Vec<CustomerPackage>,
    /// To attach an organization that is there.
    pub(crate) org_id: Option<Text>,
    pub(crate) external_id: Text,
    pub(crate) address: PostalAddress,
    /// Mandatory unless an organization is attached.
    pub(crate) customer_info: Option<CustomerInfo>,
    pub(crate) provisioning_parameters: Option<CustomerParameters>,
    pub(crate) sub_partner_admin_email: Option<Email>,
}

impl Body for CustomerRequest {}

/// A change of a customer. The packages are all there will be; what is not named stays.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerChange {
    #[schemars(length(min = 1))]
    pub(crate) packages: Vec<CustomerPackage>,
    pub(crate) external_id: Option<Text>,
    pub(crate) address: Option<PostalAddress>,
    pub(crate) provisioning_parameters: Option<CustomerParameters>,
    pub(crate) sub_partner_admin_email: Option<Email>,
}

impl Body for CustomerChange {}

/// Company and first administrator, as far as a precheck wants them.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlannedCustomerInfo {
    pub(crate) name: Option<Text>,
    pub(crate) primary_email: Email,
}

/// A customer that might be made: the address at least, everything of a creation at most.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerPrecheck {
    pub(crate) address: PostalAddress,
    pub(crate) provisioning_id: Option<Text>,
    #[schemars(length(min = 1))]
    pub(crate) packages: Option<Vec<CustomerPackage>>,
    pub(crate) org_id: Option<Text>,
    pub(crate) external_id: Option<Text>,
    pub(crate) customer_info: Option<PlannedCustomerInfo>,
    pub(crate) provisioning_parameters: Option<CustomerParameters>,
}

impl Body for CustomerPrecheck {}

/// The answer of a precheck that found nothing. The official type of `info` is an object, its example a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PrecheckResult {
    pub(crate) message: &'static str,
    pub(crate) info: Vec<PrecheckInfo>,
}

/// What a precheck has to say.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrecheckInfo {
    pub(crate) info_code: u32,
    pub(crate) description: &'static str,
}

/// Where a customer that is being made or changed can be looked at.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CustomerUrl {
    pub(crate) url: String,
}

/// A customer as it is shown: much less than was sent.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customer {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) org_id: Option<String>,
    pub(crate) external_id: String,
    pub(crate) address: BillingAddress,
    pub(crate) status: state::CustomerStatus,
    pub(crate) packages: Vec<CustomerPackage>,
    pub(crate) resource_details: ResourceDetails,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<ProvisioningError>,
}

/// An address as the wholesale API shows it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BillingAddress {
    pub(crate) address_line1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_line2: Option<String>,
    pub(crate) city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state_or_province: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) zip_or_postal_code: Option<String>,
    pub(crate) country: String,
}

/// How far the parts of a customer are.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ResourceDetails {
    pub(crate) packages: Vec<PackageDetail>,
}

/// How far a package of a customer is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PackageDetail {
    pub(crate) name: CustomerPackage,
    pub(crate) status: state::PackageStatus,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<ProvisioningError>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<ProvisioningError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license_ids: Option<Vec<String>>,
}

/// What went wrong while a customer or subscriber was being made or changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProvisioningError {
    pub(crate) error_code: u32,
    pub(crate) description: String,
}
