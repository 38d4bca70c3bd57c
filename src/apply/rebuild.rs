//! The outcome of a run from what the ledger keeps of it, also of one that was killed.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    ledger::{RunReport, UnitReport, Vitality},
    model::{Entry, EntryId, codes},
    plan::StepId,
};

use super::outcome::{Outcome, StepError, StepOutcome, StepResult};

/// How a run stands, as far as the ledger tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStanding {
    /// It came to its end.
    Ended,
    /// It goes on.
    Running,
    /// It has not come to its end, and whether it still lives cannot be told from here.
    Unknown,
    /// It was killed, or lost its ledger: nobody ends it any more.
    Killed,
}

impl RunStanding {
    /// Judges a run by its locks: those that it still holds, each with whether its holder lives.
    pub fn of(report: &RunReport, mut locks: impl Iterator<Item = Vitality>) -> Self {
        if report.ended.is_some() {
            return Self::Ended;
        }
        // A run that gives its units back without an end could not write its end.
        match locks.next() {
            None | Some(Vitality::Gone) => Self::Killed,
            Some(Vitality::Alive) => Self::Running,
            Some(Vitality::Unknown) => Self::Unknown,
        }
    }
}

/// Returns how every step of a run ended, in the plan's order: what was kept as it is, and of the others what the
/// journal tells.
pub fn rebuild(report: &RunReport, standing: RunStanding) -> Outcome {
    let RunReport { start, ended: _, units } = report;
    let nothing = UnitReport::default();
    let steps = start.units.iter().flat_map(|(unit, steps)| {
        let kept = units.get(unit).unwrap_or(&nothing);
        steps.iter().map(move |step| of_step(step, kept, standing))
    });
    Outcome::of(steps.collect())
}

fn of_step(step: &str, UnitReport { outcomes, entries }: &UnitReport, standing: RunStanding) -> StepOutcome {
    if let Some(outcome) = outcomes.get(step).and_then(|kept| serde_json::from_value(kept.clone()).ok()) {
        return outcome;
    }
    let sent: BTreeMap<&EntryId, &Entry> = entries.iter().filter(|(_, entry)| entry.step == step).collect();
    let requests = u32::try_from(sent.len()).unwrap_or(u32::MAX);
    let begun = StepOutcome { requests, ..blank(step, StepResult::Skipped) };
    match (standing, sent.values().find(|entry| entry.is_open()), sent.is_empty()) {
        (RunStanding::Running | RunStanding::Unknown, _, false) => StepOutcome {
            because: Some("the run is still at this step".to_owned()),
            who: Some("the run".to_owned()),
            action: Some("wait for its end".to_owned()),
            since: sent.values().map(|entry| time(entry)).next(),
            ..StepOutcome { result: StepResult::Waiting, ..begun }
        },
        (RunStanding::Running | RunStanding::Unknown, _, true) => {
            StepOutcome { because: Some("the run is still going on".to_owned()), ..begun }
        }
        (RunStanding::Ended | RunStanding::Killed, Some(open), _) => open_step(open, begun),
        (RunStanding::Ended | RunStanding::Killed, None, false) => {
            let text = "its requests were answered, and the run ended before the step did";
            StepOutcome {
                because: Some(text.to_owned()),
                error: Some(error(codes::INTERRUPTED.0, text.to_owned())),
                who: Some("hubform".to_owned()),
                action: Some("run `hubform apply` again: it goes on from here".to_owned()),
                since: sent.values().map(|entry| time(entry)).next_back(),
                ..StepOutcome { result: StepResult::Waiting, ..begun }
            }
        }
        (RunStanding::Ended | RunStanding::Killed, None, true) => {
            StepOutcome { because: Some("the run ended before it".to_owned()), ..begun }
        }
    }
}

/// Tells of a step that ended while the fate of its request was not known.
fn open_step(entry: &Entry, begun: StepOutcome) -> StepOutcome {
    let (words, at) = (entry.request.words(), time(entry));
    if let Some(job) = &entry.job {
        let text = format!("the request to {words} was sent at {at}, and its job `{job}` had not ended");
        return StepOutcome {
            result: StepResult::Waiting,
            because: Some(text.clone()),
            error: Some(error(codes::JOB_RUNNING.0, text)),
            who: Some("the service".to_owned()),
            action: Some("run `hubform apply` again: it goes on with that job".to_owned()),
            since: Some(at),
            ..begun
        };
    }
    let text =
        format!("unknown: the request to {words} was about to be sent at {at}, and how it ended was not written down");
    StepOutcome {
        result: StepResult::Failed,
        error: Some(error(codes::UNSETTLED.0, text)),
        action: Some("run `hubform apply` again: it looks first, and sends nothing twice".to_owned()),
        since: Some(at),
        ..begun
    }
}

fn blank(step: &str, result: StepResult) -> StepOutcome {
    // A step's id is any text.
    let id: StepId = serde_json::from_value(Value::String(step.to_owned())).expect("a text is read as a text");
    let object = step.split_once('#').map_or(step, |(object, _)| object);
    let object = percent_encoding::percent_decode_str(object).decode_utf8_lossy().into_owned();
    StepOutcome { id, object, result, because: None, requests: 0, error: None, who: None, action: None, since: None }
}

fn error(code: &str, text: String) -> StepError {
    StepError { status: None, code: code.to_owned(), text, tracking_id: String::new() }
}

fn time(entry: &Entry) -> String {
    entry.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
