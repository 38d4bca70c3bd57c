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
    #[schemars(required)]
    pub(crate) users_list: Option<Vec<MovesToLocation>>,
}

impl Body for MoveRequest {}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MovesToLocation {
    #[schemars(required)]
    pub(crate) location_id: Option<Text>,
    /// Whether the move is only asked about.
    #[schemars(required)]
    pub(crate) validate: Option<bool>,
    #[schemars(required)]
    pub(crate) users: Option<Vec<MoveOfUser>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoveOfUser {
    #[schemars(required)]
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
    pub(crate) response: StartedMoveJob,
}

/// What every job says of itself; `E` is what it says of its runs.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobFacts<E> {
    pub(crate) id: String,
    pub(crate) tracking_id: String,
    pub(crate) source_user_id: String,
    pub(crate) source_customer_id: String,
    pub(crate) target_customer_id: String,
    pub(crate) instance_id: u32,
    pub(crate) job_execution_status: Vec<E>,
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

/// The run of a move that has just been started.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartedExecution {
    pub(crate) id: u32,
    pub(crate) start_time: String,
    pub(crate) last_updated: String,
    pub(crate) status_message: JobStatus,
    pub(crate) exit_code: JobExit,
    pub(crate) created_time: String,
    /// An ISO 8601 duration.
    pub(crate) time_elapsed: String,
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
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'static str>,
    #[serde(flatten)]
    pub(crate) facts: JobFacts<JobExecution>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location_name: Option<String>,
}

/// A job that follows a new routing prefix.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PrefixJob {
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'static str>,
    #[serde(flatten)]
    pub(crate) facts: JobFacts<JobExecution>,
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
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'static str>,
    #[serde(flatten)]
    pub(crate) facts: JobFacts<JobExecution>,
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
    pub(crate) name: &'static str,
    #[serde(flatten)]
    pub(crate) facts: JobFacts<JobExecution>,
    pub(crate) counts: MoveCounts,
}

/// A job that moves people, as it is listed.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MoveJobEntry {
    #[serde(flatten)]
    pub(crate) facts: JobFacts<JobExecution>,
    pub(crate) counts: MoveCounts,
}

/// A job that has just begun to move people.
#[derive(Serialize, JsonSchema)]
pub(crate) struct StartedMoveJob {
    pub(crate) name: &'static str,
    #[serde(flatten)]
    pub(crate) facts: JobFacts<StartedExecution>,
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

/// Something that went wrong in a job; `M` is how its kind says what.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{M}Item")]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobFault<M> {
    pub(crate) item_number: usize,
    /// The number, or the person's bare UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<String>,
    /// The description leaves it out for moves; `wxc_sdk` reads it there too.
    pub(crate) error_type: JobFaultType,
    pub(crate) error: JobFaultError<M>,
    pub(crate) tracking_id: String,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum JobFaultType {
    Error,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct JobFaultError<M> {
    /// An HTTP status as text.
    pub(crate) key: String,
    pub(crate) message: Vec<M>,
}

/// What went wrong.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobFaultMessage {
    pub(crate) description: String,
    pub(crate) code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location_id: Option<String>,
}

/// What went wrong with a number.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NumberFaultMessage {
    pub(crate) description: String,
    pub(crate) code: String,
    /// Spelled like this in the official example.
    #[serde(rename = "locationid", skip_serializing_if = "Option::is_none")]
    pub(crate) location_id: Option<String>,
}
