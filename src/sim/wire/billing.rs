//! Billing reports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::body::Body;
use crate::sim::checked::Day;
use crate::sim::state::ReportType;
use crate::sim::text::Text;

/// A report to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportRequest {
    pub(crate) billing_start_date: Day,
    pub(crate) billing_end_date: Day,
    #[serde(rename = "type")]
    pub(crate) kind: Option<ReportType>,
    pub(crate) sub_partner_org_id: Option<Text>,
    pub(crate) internal: Option<bool>,
}

impl Body for ReportRequest {}

/// What a report is for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ReportCategory {
    Reconciliation,
}

/// How far a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ReportStatus {
    Completed,
    Failed,
    InProgress,
}

impl ReportStatus {
    pub(crate) const ALL: [&'static str; 3] = ["IN_PROGRESS", "COMPLETED", "FAILED"];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::InProgress => "IN_PROGRESS",
        }
    }
}

/// A report that is being made.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartedReport {
    pub(crate) id: String,
    pub(crate) billing_start_date: String,
    pub(crate) billing_end_date: String,
    #[serde(rename = "type")]
    pub(crate) kind: ReportType,
    pub(crate) category: ReportCategory,
}

/// A report in a list.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedReport {
    #[serde(flatten)]
    pub(crate) started: StartedReport,
    pub(crate) status: ReportStatus,
}

/// A report.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    #[serde(flatten)]
    pub(crate) started: StartedReport,
    pub(crate) created: String,
    pub(crate) created_by: String,
    pub(crate) status: ReportStatus,
    /// Where the table can be fetched for a while; only of a completed report.
    #[serde(rename = "tempDownloadURL", skip_serializing_if = "Option::is_none")]
    pub(crate) temp_download_url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<ReportError>,
}

/// Why a report failed.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ReportError {
    pub(crate) code: u32,
    pub(crate) description: String,
}
