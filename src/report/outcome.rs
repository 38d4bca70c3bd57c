//! How a run ended, for people: everything that was not done, and why.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::apply::{Outcome, OutcomeSummary, StepError, StepOutcome, StepResult};

use super::{
    style::{Look, Meaning},
    text::visible,
};

/// How many steps that were skipped for one reason are named.
const NAMED: usize = 5;

/// Returns an outcome as text: what failed, waits, was skipped or refused; the last line counts.
pub fn outcome_text(outcome: &Outcome, look: Look) -> String {
    let mut text = String::new();
    for step in outcome.steps.iter().filter(|step| step.result == StepResult::Failed) {
        told(&mut text, step, "x failed", Meaning::Failed, look);
    }
    for step in outcome.steps.iter().filter(|step| step.result == StepResult::Waiting) {
        told(&mut text, step, "? waiting", Meaning::Waiting, look);
    }
    gathered(&mut text, outcome, StepResult::Skipped, "skipped", look);
    gathered(&mut text, outcome, StepResult::Refused, "refused", look);
    let (meaning, line) = last_line(&outcome.summary);
    // Writing to a String cannot fail.
    _ = writeln!(text, "{}", look.paint(meaning, line));
    text
}

fn told(text: &mut String, step: &StepOutcome, word: &str, meaning: Meaning, look: Look) {
    let StepOutcome { id, object: _, result: _, because, requests: _, error, who, action, since } = step;
    _ = writeln!(text, "{} {}", look.paint(meaning, word), visible(id.as_str()));
    if let Some(StepError { status: _, code, text: said, tracking_id }) = error {
        _ = writeln!(text, "    {} [{}]", visible(said), visible(code));
        if !tracking_id.is_empty() && !said.contains(tracking_id.as_str()) {
            _ = writeln!(text, "    tracking id: {}", visible(tracking_id));
        }
    }
    if let Some(because) = because
        && error.as_ref().is_none_or(|error| !error.text.contains(because.as_str()))
    {
        _ = writeln!(text, "    because: {}", visible(because));
    }
    if let Some(who) = who {
        _ = writeln!(text, "    who: {}", visible(who));
    }
    if let Some(since) = since {
        _ = writeln!(text, "    since: {}", visible(since));
    }
    if let Some(action) = action {
        _ = writeln!(text, "    do: {}", visible(action));
    }
}

fn gathered(text: &mut String, outcome: &Outcome, result: StepResult, word: &str, look: Look) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for step in outcome.steps.iter().filter(|step| step.result == result) {
        reasons.entry(step.because.as_deref().unwrap_or_default()).or_default().push(step.id.as_str());
    }
    for (because, steps) in reasons {
        let because = if because.is_empty() { String::new() } else { format!(" because of {}", visible(because)) };
        let head = format!("- {word} {}{because}", super::text::count(steps.len() as u64, "step"));
        _ = writeln!(text, "{}", look.paint(Meaning::Faint, head));
        let named = if look.verbose || steps.len() <= NAMED + 1 { steps.len() } else { NAMED };
        for step in &steps[..named] {
            _ = writeln!(text, "    {}", visible(step));
        }
        if named < steps.len() {
            _ = writeln!(text, "    ... and {} more (--verbose shows all)", steps.len() - named);
        }
    }
}

fn last_line(summary: &OutcomeSummary) -> (Meaning, String) {
    let OutcomeSummary { done, already_done, waiting, failed, skipped, refused } = *summary;
    let (meaning, word) = match (failed + refused, waiting + skipped) {
        (0, 0) => (Meaning::Done, "Done"),
        (0, _) => (Meaning::Waiting, "Not finished"),
        (_, _) => (Meaning::Failed, "Failed"),
    };
    let mut line = format!(
        "{word}: {done} done, {already_done} already done, {waiting} waiting, {failed} failed, {skipped} skipped"
    );
    if refused > 0 {
        _ = write!(line, ", {refused} refused");
    }
    (meaning, line)
}
