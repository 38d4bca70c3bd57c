//! The executor: takes steps from the board, carries them out side by side, and notes how each ended.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex as Cell,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use jiff::Timestamp;
use tokio::sync::Mutex;
use tracing::Instrument as _;

use crate::{
    ledger::{Change, Holder, Ledger, LedgerError, RunStart},
    model::{Ended, LedgerState, Unit},
    plan::{Part, Plan, Step},
    webex::WriteApi,
};

use super::{
    board::{Board, Cause, outcome},
    book::{Book, Pending},
    ids::Ids,
    outcome::{Outcome, StepOutcome, StepResult},
    scribe::Scribe,
    settings::{Event, Settings, Stop},
    verdict::{Success, Trouble},
};

/// On which ledger, for whom, and when a plan is carried out.
pub struct Session<'r> {
    /// The ledger. The caller has taken the plan's units for the holder's run, and has bound the partner.
    pub ledger: &'r dyn Ledger,
    /// What the ledger holds of these units, read since they were taken.
    pub state: &'r LedgerState,
    /// Who holds the units.
    pub holder: &'r Holder,
    /// The command that carries the plan out, for who asks later.
    pub command: &'r str,
    /// Tells the time.
    pub clock: &'r (dyn Fn() -> Timestamp + Sync),
}

/// What all steps of a run share.
pub(super) struct Run<'r, W> {
    pub(super) api: &'r W,
    pub(super) session: &'r Session<'r>,
    pub(super) settings: &'r Settings,
    pub(super) stop: &'r Stop,
    pub(super) watch: &'r (dyn Fn(Event<'_>) + Sync),
    pub(super) ids: Ids,
    pub(super) book: Book,
    pub(super) scribe: Scribe,
    /// Counts the entries of the journal.
    pub(super) entries: AtomicU64,
    /// One job that moves users at a time in each organization; by the number of its part.
    moves: BTreeMap<usize, Mutex<()>>,
}

/// One step while it is carried out.
pub(super) struct Work<'r, W> {
    pub(super) run: &'r Run<'r, W>,
    pub(super) part: &'r Part,
    pub(super) step: &'r Step,
    /// Held while a job moves users.
    pub(super) moves: &'r Mutex<()>,
    /// Requests that change something, as sent.
    pub(super) requests: AtomicU32,
    /// True once the service made something for this step.
    pub(super) made: AtomicBool,
    /// The journal's entry for the request that was sent last, until its end is written.
    pub(super) entry: Cell<Option<Pending>>,
}

/// Returns the units that a plan's steps change, and those that have to learn something.
pub fn units(plan: &Plan) -> BTreeSet<Unit> {
    plan.parts
        .iter()
        .filter(|part| part.refusals.is_empty() && part.writes())
        // What was renamed leaves another unit.
        .flat_map(|part| {
            let objects = part.catch_up.iter().map(|it| &it.object).chain(part.steps.iter().map(|step| &step.object));
            objects.map(Unit::of).chain([Unit::of_part(part.customer.as_ref())])
        })
        .collect()
}

/// Carries out a plan and reports how every step ended. An error means that nothing was sent.
///
/// What steps depend on decides the order; no decision is left. `stop` ends the run early: steps that have not begun
/// are skipped, waits end, and the outcome says so.
///
/// # Errors
///
/// If the ledger cannot be written before the first step.
pub async fn run<W: WriteApi>(
    plan: &Plan,
    api: &W,
    session: &Session<'_>,
    settings: &Settings,
    stop: &Stop,
    watch: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Outcome, LedgerError> {
    begin(plan, session).await?;
    let moves = (0..plan.parts.len()).map(|part| (part, Mutex::new(()))).collect();
    let (scribe, queue) = Scribe::new();
    let (ids, book) = (Ids::of(plan), Book::of(plan, session.state));
    let run = Run { api, session, settings, stop, watch, ids, book, scribe, entries: AtomicU64::new(0), moves };
    let mut writer = std::pin::pin!(run.scribe.write_all(queue, session.ledger, &session.holder.run));
    let mut board = Board::of(plan);
    let mut running = FuturesUnordered::new();
    // The numbers under which the ends of steps were handed over to be written.
    let mut notes = BTreeMap::new();
    let (mut lost, mut is_open) = (false, true);
    loop {
        for (at, step, outcome) in board.news() {
            notes.insert(at, run.note(step, outcome));
            watch(Event::Finished { step, outcome });
        }
        while !lost && !stop.is_set() {
            let Some(at) = board.next(settings) else { break };
            let (number, current) = board.at(at);
            watch(Event::Started { step: current });
            let work = Work {
                run: &run,
                part: &plan.parts[number],
                step: current,
                moves: &run.moves[&number],
                requests: AtomicU32::new(0),
                made: AtomicBool::new(false),
                entry: Cell::new(None),
            };
            running.push(async move {
                let span = tracing::info_span!("step", id = %current.id);
                let ended = Box::pin(work.perform()).instrument(span).await;
                let (outcome, ends_run) = work.conclude(ended);
                (at, outcome, ends_run)
            });
        }
        tokio::select! {
            biased;
            () = &mut writer, if is_open => (lost, is_open) = (true, false),
            ended = running.next() => {
                let Some((at, outcome, ends_run)) = ended else { break };
                lost |= ends_run;
                board.end(at, outcome);
            }
        }
    }
    board.give_up(if lost { Cause::Ledger } else { Cause::Interrupted });
    for (at, step, outcome) in board.news() {
        notes.insert(at, run.note(step, outcome));
        watch(Event::Finished { step, outcome });
    }
    if is_open && !run.scribe.is_idle() {
        tokio::select! {
            ended = run.scribe.write(Vec::new()) => lost = ended.is_err(),
            () = &mut writer => lost = true,
        }
    }
    if lost && let Some(trouble) = run.scribe.trouble() {
        // What was done and could not be written is not done as far as the next run knows.
        board.unwritten(|at| notes.get(&at).is_some_and(|&note| !run.scribe.is_durable(note)), &trouble);
    }
    let outcome = board.into_outcome();
    if !lost && let Err(error) = session.ledger.end_run(&session.holder.run, &text(session)).await {
        tracing::warn!(%error, "the end of the run could not be written");
    }
    Ok(outcome)
}

/// Writes that the run begins, and what the ledger has to learn without a request (R6).
async fn begin(plan: &Plan, session: &Session<'_>) -> Result<(), LedgerError> {
    let parts = || plan.parts.iter().filter(|part| part.refusals.is_empty());
    let mut changes = Vec::new();
    for part in parts() {
        changes.extend(part.catch_up.iter().map(|it| match &it.record {
            Some(record) => Change::Put { object: it.object.clone(), record: Box::new(record.clone()) },
            None => Change::Remove { object: it.object.clone() },
        }));
        let unit = Unit::of_part(part.customer.as_ref());
        changes.extend(part.settled.iter().map(|entry| Change::End {
            unit: unit.clone(),
            entry: entry.clone(),
            ended: Ended::Settled,
        }));
    }
    if !changes.is_empty() {
        session.ledger.commit(&session.holder.run, &changes).await?;
    }
    let units = units(plan);
    if plan.steps().next().is_none() || units.is_empty() {
        return Ok(());
    }
    let mut steps: BTreeMap<Unit, Vec<String>> = units.into_iter().map(|unit| (unit, Vec::new())).collect();
    for step in parts().flat_map(|part| &part.steps) {
        steps.entry(Unit::of(&step.object)).or_default().push(step.id.to_string());
    }
    let Holder { owner, host, pid: _, run, since: _ } = session.holder;
    let start = RunStart {
        run: run.clone(),
        owner: owner.clone(),
        host: host.clone(),
        command: session.command.to_owned(),
        started: text(session),
        units: steps,
    };
    session.ledger.begin_run(&start).await
}

/// Returns the time, as the ledger's texts have it.
fn text(session: &Session<'_>) -> String {
    (session.clock)().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl<W> Run<'_, W> {
    /// Hands the end of a step over to be written. Steps of refused parts are in no unit of the run.
    fn note(&self, step: &Step, outcome: &StepOutcome) -> u64 {
        if outcome.result == StepResult::Refused {
            return 0;
        }
        // A value without maps of other keys than text always serializes.
        let outcome = serde_json::to_value(outcome).unwrap_or_default();
        let unit = Unit::of(&step.object);
        self.scribe.note(vec![Change::Step { unit, step: step.id.to_string(), outcome }])
    }
}

impl<W> Work<'_, W> {
    /// Tells the watcher what the service says.
    pub(super) fn tell(&self, text: &str) {
        (self.run.watch)(Event::Progress { step: self.step, text });
    }

    /// Turns the end of the step into its outcome, and says whether it ends the run.
    fn conclude(&self, ended: Result<Success, Trouble>) -> (StepOutcome, bool) {
        self.close();
        self.tell_open();
        let requests = self.requests.load(Ordering::Relaxed);
        let ended = match ended {
            Ok(success) => {
                let result = match success {
                    Success::Done => StepResult::Done,
                    Success::AlreadyDone => StepResult::AlreadyDone,
                };
                return (StepOutcome { requests, ..outcome(self.step, result) }, false);
            }
            Err(trouble) => trouble,
        };
        let ends_run = ended.ends_run;
        (StepOutcome { requests, ..ended.of(self.step) }, ends_run)
    }
}
