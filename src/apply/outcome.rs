//! How a run ended; its JSON is a contract (`schemas/outcome.schema.json`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::StepId;

/// How every step of a plan ended.
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// Version of this layout.
    pub format: u32,
    /// Every step, in the plan's order.
    pub steps: Vec<StepOutcome>,
    /// Steps by result.
    pub summary: OutcomeSummary,
}

/// How one step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepOutcome {
    /// The step.
    pub id: StepId,
    /// Its object, as text.
    pub object: String,
    /// How it ended.
    pub result: StepResult,
    /// Why, for a step that was not done: the step that it needed, or what it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// How many requests that change something were sent.
    pub requests: u32,
    /// What the service said, for a failed or waiting step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StepError>,
    /// Who must do something, for a waiting step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What they must do, or the next command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Since when, as the service writes it, for a waiting step of which it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// The ways in which a step ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepResult {
    /// Carried out.
    Done,
    /// It was there already, by our hand or another's.
    AlreadyDone,
    /// The service or a person has to do something first; the next run goes on.
    Waiting,
    /// Tried and refused, or not known to have worked.
    Failed,
    /// Not tried, since a step that it needs was not done, or the run was interrupted.
    Skipped,
    /// Not tried, since a guard refused its part.
    Refused,
}

/// What the service said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepError {
    /// HTTP status; none without an answer.
    pub status: Option<u16>,
    /// Stable code of hubform's own (`HF6…`).
    pub code: String,
    /// The whole message.
    pub text: String,
    /// What to give to Cisco's support.
    pub tracking_id: String,
}

/// Steps counted by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OutcomeSummary {
    pub done: u64,
    pub already_done: u64,
    pub waiting: u64,
    pub failed: u64,
    pub skipped: u64,
    pub refused: u64,
}

impl Outcome {
    /// The layout that this version writes.
    pub const FORMAT: u32 = 1;

    /// Makes an outcome of step outcomes and counts them.
    pub fn of(steps: Vec<StepOutcome>) -> Self {
        let mut summary = OutcomeSummary::default();
        for step in &steps {
            *match step.result {
                StepResult::Done => &mut summary.done,
                StepResult::AlreadyDone => &mut summary.already_done,
                StepResult::Waiting => &mut summary.waiting,
                StepResult::Failed => &mut summary.failed,
                StepResult::Skipped => &mut summary.skipped,
                StepResult::Refused => &mut summary.refused,
            } += 1;
        }
        Self { format: Self::FORMAT, steps, summary }
    }
}
