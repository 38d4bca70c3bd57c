//! What a run tells programs while it goes on: one line of JSON for each event. The layout is a contract
//! (`schemas/events.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    apply::{self, OutcomeSummary, StepOutcome},
    model::{Ended, Entry, EntryId, JobId, RequestKind},
    plan::{Action, Plan, StepId, Summary},
};

use super::{problems::ProblemLine, text::visible_json};

/// One line of `--events FILE`. Readers ignore events and fields that they do not know.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventLine<'a> {
    /// Version of this layout.
    pub format: u32,
    /// When, as `2026-01-31T12:00:00.000Z`.
    pub at: String,
    /// The run, which is also the id of its locks.
    pub run: &'a str,
    /// What happened.
    #[serde(flatten)]
    pub event: RunEvent<'a>,
}

/// What happens in a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum RunEvent<'a> {
    /// The first line.
    RunStarted {
        /// `apply` or `destroy`.
        command: &'a str,
        /// Who runs it.
        owner: &'a str,
        /// On which host.
        host: &'a str,
        /// The version of hubform.
        version: &'a str,
    },
    /// Another run holds something that this one needs; said once for each such run.
    WaitingForLock {
        /// What is held: `templates` or `customer/NAME`.
        unit: String,
        /// Who holds it.
        holder: Holding<'a>,
    },
    /// The plan that is about to be carried out. Consent, if it is asked for, comes after it.
    Planned {
        /// The target.
        target: &'a str,
        /// How many steps it has.
        steps: u64,
        /// What it changes: `templates`, `customer/NAME`.
        units: Vec<String>,
        /// Objects by main action.
        summary: Summary,
        /// How many objects wait for somebody without a step.
        waits: u64,
        /// How many parts are refused.
        refused: u64,
    },
    /// A step begins.
    StepStarted {
        /// The step.
        step: &'a StepId,
        /// Address of its object.
        object: String,
        /// What it does to the object.
        action: Action,
    },
    /// A step says how it goes on, for people.
    Progress {
        /// The step.
        step: &'a StepId,
        /// What the service says.
        text: &'a str,
    },
    /// A request that changes something is about to be sent, or sent again. The journal has it, and the line is written
    /// before the first byte leaves.
    Sending {
        /// The step.
        step: &'a StepId,
        /// Names the entry of the journal; the same when it is sent again.
        #[schemars(with = "String")]
        entry: &'a EntryId,
        /// What is sent.
        request: RequestKind,
    },
    /// What became of the request.
    Sent {
        /// The step.
        step: &'a StepId,
        /// Names the entry of the journal.
        #[schemars(with = "String")]
        entry: &'a EntryId,
        /// What was sent.
        request: RequestKind,
        /// How it ended; null if its step ends and its fate is not known, which the next run finds out.
        ended: Option<Ended>,
        /// The job that it has started, if any.
        #[serde(skip_serializing_if = "Option::is_none")]
        job: Option<&'a str>,
    },
    /// The service asks for fewer requests, or no longer does.
    Pacing {
        /// Whether it is slower than it could be.
        limited: bool,
        /// The most requests per second for now; null without a limit.
        per_second: Option<f64>,
    },
    /// A step ended; also those that were skipped or refused.
    StepFinished {
        /// How it ended.
        outcome: &'a StepOutcome,
    },
    /// Somebody asked the run to end.
    Interrupted {
        /// Which signal.
        #[schemars(extend("enum" = ["INT", "TERM"]))]
        signal: &'a str,
        /// False for the first: steps under way are finished. True for the second, after which nothing is written.
        at_once: bool,
    },
    /// The last line of a run that was not killed.
    RunEnded {
        /// The exit code.
        exit_code: u8,
        /// Steps by result; null if none was tried.
        summary: Option<OutcomeSummary>,
        /// Why there is no outcome, if there is none.
        problems: Vec<ProblemLine>,
    },
}

/// Who holds something in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Holding<'a> {
    /// The run, by which `hubform ledger unlock` knows the lock.
    pub run: &'a str,
    /// Who.
    pub owner: &'a str,
    /// On which host.
    pub host: &'a str,
    /// The process there.
    pub pid: u32,
    /// Since when.
    pub since: &'a str,
}

impl<'a> RunEvent<'a> {
    /// Tells of a plan.
    pub fn planned(plan: &'a Plan) -> Self {
        Self::Planned {
            target: &plan.target,
            steps: plan.steps().count() as u64,
            units: apply::units(plan).iter().map(ToString::to_string).collect(),
            summary: plan.summary,
            waits: plan.waits().count() as u64,
            refused: plan.parts.iter().filter(|part| !part.refusals.is_empty()).count() as u64,
        }
    }
}

impl<'a> From<apply::Event<'a>> for RunEvent<'a> {
    fn from(event: apply::Event<'a>) -> Self {
        match event {
            apply::Event::Started { step } => {
                Self::StepStarted { step: &step.id, object: step.object.to_string(), action: step.action }
            }
            apply::Event::Progress { step, text } => Self::Progress { step: &step.id, text },
            apply::Event::Sending { step, entry: Entry { id, request, .. } } => {
                Self::Sending { step: &step.id, entry: id, request: *request }
            }
            apply::Event::Sent { step, entry: Entry { id, request, job, .. }, ended } => {
                Self::Sent { step: &step.id, entry: id, request: *request, ended, job: job.as_ref().map(JobId::as_str) }
            }
            apply::Event::Finished { step: _, outcome } => Self::StepFinished { outcome },
        }
    }
}

impl EventLine<'_> {
    /// The layout that this version writes.
    pub const FORMAT: u32 = 1;

    /// Returns the line, with its break. Characters that a terminal would obey are escaped.
    pub fn to_line(&self) -> String {
        // The value has text keys only, so it always has a JSON form.
        let mut line = visible_json(&serde_json::to_string(self).unwrap_or_default());
        line.push('\n');
        line
    }
}
