//! Jobs: what starts them, how they stand, what went wrong in them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::NumberUsage;
use crate::sim::body::Body;
use crate::sim::list::Filled;
use crate::sim::text::Text;

/// A location that is to lose calling.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisablingRequest {
    pub(crate) location_id: Text,
    pub(crate) location_name: Option<Text>,
    #[expect(dead_code, reason = "there is nothing that would have to be forced")]
    pub(crate) force_delete: Option<bool>,
}

impl Body for DisablingRequest {}

/// What is to be done with numbers.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum NumberOperation {
    Move,
    NumberUsageChange,
}

/// Numbers that are to be moved, or used for something else.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberJobRequest {
    pub(crate) operation: NumberOperation,
    /// For a move.
    pub(crate) target_location_id: Option<Text>,
    /// For a change of use.
    pub(crate) number_usage_type: Option<NumberUsage>,
    pub(crate) number_list: Vec<NumbersOfLocation>,
}

impl Body for NumberJobRequest {}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumbersOfLocation {
    pub(crate) location_id: Text,
    pub(crate) numbers: Filled<String>,
}

/// People who are to move. What is missing is refused with codes of its own.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoveRequest {
    pub(crate) users_list: Option<Vec<MovesToLocation>>,
}

impl Body for MoveRequest {}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MovesToLocation {
    pub(crate) location_id: Option<Text>,
    /// Whether the move is only asked about.
    pub(crate) validate: Option<bool>,
    pub(crate) users: Option<Vec<MoveOfUser>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoveOfUser {
    pub(crate) user_id: Option<Text>,
    /// Absent keeps, empty removes.
    pub(crate) extension: Option<String>,
    /// Absent keeps, empty removes.
    pub(crate) phone_number: Option<String>,
}

/// What would come of a move.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MoveCheck {
    pub(crate) response: Vec<MoveVerdict>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoveVerdict {
    pub(crate) user_id: String,
    pub(crate) impacts: Vec<MoveNote>,
    pub(crate) errors: Vec<MoveNote>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct MoveNote {
    pub(crate) code: u32,
    pub(crate) message: String,
}

/// A move that was started.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MoveStarted {
    pub(crate) response: MoveJob,
}

/// What every job says of itself.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobFacts {
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'static str>,
    pub(crate) id: String,
    pub(crate) tracking_id: String,
    pub(crate) source_user_id: String,
    pub(crate) source_customer_id: String,
    pub(crate) target_customer_id: String,
    pub(crate) instance_id: u32,
    pub(crate) job_execution_status: Vec<JobExecution>,
    pub(crate) latest_execution_status: JobStatus,
    pub(crate) latest_execution_exit_code: JobExit,
}

/// One run of a job.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobExecution {
    pub(crate) id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end_time: Option<String>,
    pub(crate) last_updated: String,
    pub(crate) status_message: JobStatus,
    pub(crate) exit_code: JobExit,
    pub(crate) created_time: String,
    /// An ISO 8601 duration.
    pub(crate) time_elapsed: String,
    /// Once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) step_execution_statuses: Option<Vec<JobStep>>,
}

/// One step of a run.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobStep {
    pub(crate) id: u32,
    pub(crate) start_time: String,
    pub(crate) end_time: String,
    pub(crate) last_updated: String,
    pub(crate) status_message: JobStatus,
    pub(crate) exit_code: JobExit,
    pub(crate) name: &'static str,
    /// An ISO 8601 duration.
    pub(crate) time_elapsed: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum JobStatus {
    Starting,
    Started,
    Completed,
    Failed,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum JobExit {
    /// It has not ended.
    Unknown,
    Completed,
    Failed,
    /// It is paused.
    Stopped,
    CompletedWithErrors,
}

/// A job that disables calling.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisablingJob {
    #[serde(flatten)]
    pub(crate) facts: JobFacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) counts: Option<DisablingCounts>,
}

#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisablingCounts {
    pub(crate) total_virtual_extensions_account: usize,
    pub(crate) virtual_extensions_deleted: usize,
    pub(crate) virtual_extensions_delete_failed: usize,
    pub(crate) total_feature_accounts: usize,
    pub(crate) feature_accounts_deleted: usize,
    pub(crate) feature_accounts_delete_failed: usize,
}

/// A job that follows a new routing prefix.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PrefixJob {
    #[serde(flatten)]
    pub(crate) facts: JobFacts,
    pub(crate) counts: PrefixCounts,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrefixCounts {
    pub(crate) routing_prefix_updated: usize,
    pub(crate) routing_prefix_failed: usize,
}

/// A job that moves numbers, or changes what they are used for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberJob {
    #[serde(flatten)]
    pub(crate) facts: JobFacts,
    pub(crate) job_type: &'static str,
    pub(crate) operation_type: NumberOperation,
    /// A bare UUID when the job has just been started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_location_id: Option<String>,
    /// A bare UUID when the job has just been started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_location_id: Option<String>,
    pub(crate) counts: NumberJobCounts,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberJobCounts {
    pub(crate) total_numbers: usize,
    pub(crate) numbers_deleted: usize,
    pub(crate) numbers_moved: usize,
    pub(crate) numbers_failed: usize,
    pub(crate) numbers_usage_changed: usize,
}

/// A job that moves people.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MoveJob {
    #[serde(flatten)]
    pub(crate) facts: JobFacts,
    pub(crate) counts: MoveCounts,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoveCounts {
    pub(crate) total_moves: usize,
    pub(crate) moved: usize,
    pub(crate) failed: usize,
    pub(crate) pending: usize,
    pub(crate) skipped: usize,
}

/// Something that went wrong in a job.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobFault {
    pub(crate) item_number: usize,
    /// The number, or the person's bare UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<String>,
    /// The description leaves it out for moves; `wxc_sdk` reads it there too.
    pub(crate) error_type: JobFaultType,
    pub(crate) error: JobFaultError,
    pub(crate) tracking_id: String,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum JobFaultType {
    Error,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct JobFaultError {
    /// An HTTP status as text.
    pub(crate) key: String,
    pub(crate) message: Vec<JobFaultMessage>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct JobFaultMessage {
    pub(crate) description: String,
    pub(crate) code: String,
    #[serde(rename = "locationId", skip_serializing_if = "Option::is_none")]
    pub(crate) location_id: Option<String>,
    /// The spelling of number jobs.
    #[serde(rename = "locationid", skip_serializing_if = "Option::is_none")]
    pub(crate) number_location_id: Option<String>,
}
