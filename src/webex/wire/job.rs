//! Jobs as the service writes them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{or_default, problems, required, text};
use crate::model::ServiceProblem;

/// A job of any kind.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Job {
    #[serde(deserialize_with = "required")]
    pub(in crate::webex) id: String,
    #[serde(default, deserialize_with = "text")]
    latest_execution_status: Option<String>,
    #[serde(default, deserialize_with = "text")]
    latest_execution_exit_code: Option<String>,
    #[serde(default, rename = "jobExecutionStatus", deserialize_with = "or_default")]
    executions: Vec<Execution>,
    #[serde(default, deserialize_with = "or_default")]
    counts: Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Execution {
    #[serde(default, rename = "stepExecutionStatuses", deserialize_with = "or_default")]
    steps: Vec<StepExecution>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StepExecution {
    #[serde(default, deserialize_with = "text")]
    exit_code: Option<String>,
}

/// How a job ended, if it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::webex) enum Ended {
    NotYet,
    Well,
    Badly,
}

impl Job {
    /// Returns how the job ended. A status of `COMPLETED` alone does not mean success: the exit code, the
    /// counts and the steps of the last execution are asked too.
    pub(in crate::webex) fn ended(&self) -> Ended {
        match self.latest_execution_status.as_deref() {
            Some("FAILED" | "ABANDONED" | "STOPPED") => return Ended::Badly,
            Some("COMPLETED") => {}
            Some(_) | None => return Ended::NotYet,
        }
        let steps = self.executions.last().map_or(&[][..], |last| &last.steps);
        let bad_step = steps
            .iter()
            .any(|step| matches!(step.exit_code.as_deref(), Some("FAILED" | "STOPPED" | "COMPLETED_WITH_ERRORS")));
        let failed_items = self.counts.iter().any(|(name, count)| {
            name.to_lowercase().ends_with("failed") && count.as_u64().is_some_and(|count| count > 0)
        });
        match self.latest_execution_exit_code.as_deref() {
            Some("UNKNOWN") => Ended::NotYet,
            Some("COMPLETED") | None if !bad_step && !failed_items => Ended::Well,
            Some(_) | None => Ended::Badly,
        }
    }

    /// Returns what is known of a failure when the service lists no errors.
    pub(in crate::webex) fn summary(&self) -> ServiceProblem {
        let counts: Vec<String> = self.counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let status = self.latest_execution_status.as_deref().unwrap_or_default();
        ServiceProblem {
            code: self.latest_execution_exit_code.clone().unwrap_or_default(),
            text: format!("job {status}: {}", counts.join(", ")),
        }
    }
}

/// The answer that starts a move: the job is one level down, as the description has it, or stands there plainly, as
/// with all other jobs.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::webex) enum MoveStarted {
    Below { response: Job },
    Plain(Job),
}

impl MoveStarted {
    pub(in crate::webex) fn job(self) -> Job {
        match self {
            Self::Below { response: job } | Self::Plain(job) => job,
        }
    }
}

/// An item of a job's errors.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct JobError {
    #[serde(default)]
    error: Value,
}

impl JobError {
    pub(in crate::webex) fn problems(&self) -> Vec<ServiceProblem> {
        problems(&self.error)
    }
}
