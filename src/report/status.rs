//! `hubform status`: what waits, failed, is locked or unfinished, as far as the ledger tells.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    apply::{OutcomeSummary, StepResult},
    model::RequestKind,
};

use super::{
    style::{Look, Meaning},
    text::{count, visible},
};

/// What the ledger tells about the last run and about everything that is held or unfinished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Version of this layout.
    pub format: u32,
    /// Where the ledger is.
    pub ledger: String,
    /// The run that began last; null if there was none.
    pub run: Option<LastRun>,
    /// Its steps that failed, wait or were refused, in the plan's order.
    pub steps: Vec<StandingStep>,
    /// Who holds what, by unit.
    pub locks: Vec<StandingLock>,
    /// Requests whose fate is not known, in the order in which they were written.
    pub journal: Vec<StandingEntry>,
}

/// How a run, or the holder of a lock, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Life {
    /// It came to its end.
    Ended,
    /// It goes on.
    Running,
    /// It may go on: there is no telling, as for a process of another host.
    Unknown,
    /// It was killed, or lost its ledger.
    Gone,
}

/// The run that began last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LastRun {
    /// Its id, which is also the id of its locks.
    pub run: String,
    /// `apply` or `destroy`.
    pub command: String,
    /// Who ran it.
    pub owner: String,
    /// On which host.
    pub host: String,
    /// When it began.
    pub since: String,
    /// When it ended; null if it did not.
    pub ended: Option<String>,
    /// How it stands.
    pub state: Life,
    /// How its steps ended, as far as no later run has worked on the same customers.
    pub summary: OutcomeSummary,
    /// The next command; null if there is nothing to do.
    pub next: Option<String>,
}

/// A step that failed, waits or was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StandingStep {
    /// The step.
    pub step: String,
    /// Address of its object.
    pub object: String,
    /// How it ended.
    pub result: StepResult,
    /// Stable code, explained in `docs/runbook.md`; empty if there is none.
    pub code: String,
    /// What is waited for, or what went wrong.
    pub text: String,
    /// Since when: as the service says, or when the run began.
    pub since: String,
    /// Who must do something.
    pub who: String,
    /// What they must do, or the next command.
    pub next: String,
    /// What to give to Cisco's support; empty if the service gave none.
    pub tracking_id: String,
}

/// A customer, or the templates, held by a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StandingLock {
    /// What is held: `templates` or `customer/NAME`.
    pub unit: String,
    /// The run, which is the lock's id.
    pub run: String,
    /// Who holds it.
    pub owner: String,
    /// On which host.
    pub host: String,
    /// The process there.
    pub pid: u32,
    /// Since when.
    pub since: String,
    /// Whether the holder lives.
    pub holder: Life,
    /// The next command.
    pub next: String,
}

/// A request whose fate is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StandingEntry {
    /// Names the entry of the journal: its run and a number.
    pub entry: String,
    /// Address of the object that it changes.
    pub object: String,
    /// The step that it belongs to.
    pub step: String,
    /// What was about to be sent.
    pub request: RequestKind,
    /// The same for people.
    pub asked: String,
    /// When it was about to be sent, last.
    pub since: String,
    /// The job that it has started, if the service said which.
    pub job: Option<String>,
    /// Whether the run that sent it goes on.
    pub holder: Life,
    /// Who must do something.
    pub who: String,
    /// The next command.
    pub next: String,
}

/// What `hubform status` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing waits.
    Quiet,
    /// Something waits, or a run goes on.
    Waits,
    /// Something failed, or is unfinished and nobody is at it.
    Broken,
}

impl Standing {
    /// The layout that this version writes.
    pub const FORMAT: u32 = 1;

    /// Returns what it comes to.
    pub fn verdict(&self) -> Verdict {
        let Self { format: _, ledger: _, run, steps, locks, journal } = self;
        let life = |life: Life| match life {
            Life::Ended => Verdict::Quiet,
            Life::Running | Life::Unknown => Verdict::Waits,
            Life::Gone => Verdict::Broken,
        };
        let of_step = |step: &StandingStep| match step.result {
            StepResult::Failed | StepResult::Refused => Verdict::Broken,
            StepResult::Waiting => Verdict::Waits,
            StepResult::Done | StepResult::AlreadyDone | StepResult::Skipped => Verdict::Quiet,
        };
        // A job goes on without a run, and a run that came to its end has said what it left.
        let of_entry = |entry: &StandingEntry| match (entry.holder, &entry.job) {
            (Life::Running | Life::Unknown | Life::Ended, _) | (Life::Gone, Some(_)) => Verdict::Waits,
            (Life::Gone, None) => Verdict::Broken,
        };
        let run = run.iter().map(|run| life(run.state));
        let locks = locks.iter().map(|lock| life(lock.holder));
        let all = run.chain(steps.iter().map(of_step)).chain(locks).chain(journal.iter().map(of_entry));
        all.max().unwrap_or(Verdict::Quiet)
    }
}

/// Returns the standing as text: the last run, then what failed, waits, is held and is unfinished.
pub fn status_text(standing: &Standing, look: Look) -> String {
    let Standing { format: _, ledger, run, steps, locks, journal } = standing;
    let mut text = String::new();
    // Writing to a String cannot fail.
    _ = writeln!(text, "Ledger: {}", visible(ledger));
    match run {
        Some(run) => last_run(&mut text, run, look),
        None => text.push_str("No run so far\n"),
    }
    for step in steps {
        let StandingStep { step, object: _, result, code, text: said, since, who, next, tracking_id } = step;
        let (meaning, word) = match result {
            StepResult::Failed => (Meaning::Failed, "x failed"),
            StepResult::Refused => (Meaning::Failed, "x refused"),
            StepResult::Waiting => (Meaning::Waiting, "? waiting"),
            StepResult::Done | StepResult::AlreadyDone | StepResult::Skipped => (Meaning::Faint, "-"),
        };
        _ = writeln!(text, "\n{} {}", look.paint(meaning, word), visible(step));
        let code = if code.is_empty() { String::new() } else { format!(" [{code}]") };
        _ = writeln!(text, "    {}{}", visible(said), visible(&code));
        if !tracking_id.is_empty() {
            _ = writeln!(text, "    tracking id: {}", visible(tracking_id));
        }
        facts(&mut text, &[("since", since), ("who", who), ("next", next)]);
    }
    for lock in locks {
        let StandingLock { unit, run, owner, host, pid, since, holder, next } = lock;
        let (meaning, word) = match holder {
            Life::Gone | Life::Ended => (Meaning::Failed, "whose process is gone"),
            Life::Running => (Meaning::Waiting, "which is at work"),
            Life::Unknown => (Meaning::Waiting, "of which there is no telling from here whether it lives"),
        };
        _ = writeln!(text, "\n{} {}", look.paint(meaning, "# locked"), visible(unit));
        let by = format!("by the run {run}, {word}");
        _ = writeln!(text, "    {}", visible(&by));
        facts(&mut text, &[("since", since), ("who", &format!("{owner} on {host}, process {pid}")), ("next", next)]);
    }
    for entry in journal {
        let StandingEntry { entry, object, step: _, request: _, asked, since, job, holder, who, next } = entry;
        let (meaning, word) = match (holder, job) {
            (Life::Running | Life::Unknown, _) => (Meaning::Waiting, "? under way"),
            (Life::Ended, _) | (Life::Gone, Some(_)) => (Meaning::Waiting, "? unfinished"),
            (Life::Gone, None) => (Meaning::Failed, "x unfinished"),
        };
        _ = writeln!(text, "\n{} {}", look.paint(meaning, word), visible(object));
        let job = job.as_ref().map(|job| format!(", job {job}")).unwrap_or_default();
        _ = writeln!(text, "    asked to {}{} (journal entry {})", visible(asked), visible(&job), visible(entry));
        facts(&mut text, &[("since", since), ("who", who), ("next", next)]);
    }
    text.push('\n');
    text.push_str(&last_line(standing, look));
    text
}

fn last_run(text: &mut String, run: &LastRun, look: Look) {
    let LastRun { run, command, owner, host, since, ended, state, summary, next } = run;
    let end = match (state, ended) {
        (Life::Ended, Some(ended)) => format!("ended {ended}"),
        (Life::Ended, None) => "ended".to_owned(),
        (Life::Running, _) => "still going on".to_owned(),
        (Life::Unknown, _) => "not ended, and there is no telling from here whether it goes on".to_owned(),
        (Life::Gone, _) => look.paint(Meaning::Failed, "was killed, or could not write its end"),
    };
    let line = format!("Last run: {command} by {owner} on {host}, began {since}");
    _ = writeln!(text, "{}, {end} ({})", visible(&line), visible(run));
    let OutcomeSummary { done, already_done, waiting, failed, skipped, refused } = summary;
    _ = writeln!(
        text,
        "    {done} done, {already_done} already done, {waiting} waiting, {failed} failed, {skipped} skipped, {refused} refused"
    );
    if let Some(next) = next {
        facts(text, &[("next", next)]);
    }
}

fn facts(text: &mut String, facts: &[(&str, &str)]) {
    for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        _ = writeln!(text, "    {name}: {}", visible(fact));
    }
}

fn last_line(standing: &Standing, look: Look) -> String {
    let of = |result: StepResult| standing.steps.iter().filter(|step| step.result == result).count() as u64;
    let (failed, waiting) = (of(StepResult::Failed) + of(StepResult::Refused), of(StepResult::Waiting));
    let (locks, open) = (standing.locks.len() as u64, standing.journal.len() as u64);
    let (meaning, word) = match standing.verdict() {
        Verdict::Quiet => (Meaning::Done, "Nothing waits"),
        Verdict::Waits => (Meaning::Waiting, "Waiting"),
        Verdict::Broken => (Meaning::Failed, "Needs a look"),
    };
    let line = format!("{word}: {failed} failed, {waiting} waiting, {}, {open} unfinished", count(locks, "lock"));
    let mut text = format!("{}\n", look.paint(meaning, line));
    if standing.steps.iter().any(|step| !step.code.is_empty()) {
        text.push_str("Each code has a section in docs/runbook.md\n");
    }
    text
}
