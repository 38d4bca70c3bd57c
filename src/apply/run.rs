//! The executor: takes steps from the board, carries them out side by side, and notes how each ended.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::sync::Mutex;
use tracing::Instrument as _;

use crate::{
    ledger::{Ledger, LedgerError},
    plan::{Part, Plan, Step},
    webex::WriteApi,
};

use super::{
    board::{Board, Cause, outcome},
    ids::Ids,
    outcome::{Outcome, StepOutcome, StepResult},
    settings::{Event, Settings, Stop},
    verdict::{Success, Trouble},
};

/// What all steps of a run share.
pub(super) struct Run<'r, W> {
    pub(super) api: &'r W,
    pub(super) ledger: &'r dyn Ledger,
    pub(super) settings: &'r Settings,
    pub(super) stop: &'r Stop,
    pub(super) watch: &'r (dyn Fn(Event<'_>) + Sync),
    pub(super) ids: Ids,
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
}

/// Carries out a plan and reports how every step ended. An error means that nothing was sent.
///
/// The caller holds the ledger's lock and has bound the partner. What steps depend on decides the order; no
/// decision is left. `stop` ends the run early: steps that have not begun are skipped, waits end, and the
/// outcome says so.
pub async fn run<W: WriteApi>(
    plan: &Plan,
    api: &W,
    ledger: &dyn Ledger,
    settings: &Settings,
    stop: &Stop,
    watch: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Outcome, LedgerError> {
    catch_up(plan, ledger)?;
    let moves = (0..plan.parts.len()).map(|part| (part, Mutex::new(()))).collect();
    let run = Run { api, ledger, settings, stop, watch, ids: Ids::of(plan), moves };
    let mut board = Board::of(plan);
    let mut running = FuturesUnordered::new();
    let mut lost = false;
    loop {
        for (step, outcome) in board.news() {
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
            };
            running.push(async move {
                let span = tracing::info_span!("step", id = %current.id);
                let ended = Box::pin(work.perform()).instrument(span).await;
                let (outcome, ends_run) = work.conclude(ended);
                (at, outcome, ends_run)
            });
        }
        let Some((at, outcome, ends_run)) = running.next().await else { break };
        lost |= ends_run;
        board.end(at, outcome);
    }
    board.give_up(if lost { Cause::Ledger } else { Cause::Interrupted });
    for (step, outcome) in board.news() {
        watch(Event::Finished { step, outcome });
    }
    Ok(board.into_outcome())
}

/// Writes what the ledger has to learn without a request (R6), in one go.
fn catch_up(plan: &Plan, ledger: &dyn Ledger) -> Result<(), LedgerError> {
    let parts = plan.parts.iter().filter(|part| part.refusals.is_empty());
    let changes: Vec<_> = parts.flat_map(|part| &part.catch_up).map(|it| (&it.object, it.record.as_ref())).collect();
    if changes.is_empty() { Ok(()) } else { ledger.write(&changes) }
}

impl<W> Work<'_, W> {
    /// Tells the watcher what the service says.
    pub(super) fn tell(&self, text: &str) {
        (self.run.watch)(Event::Progress { step: self.step, text });
    }

    /// Turns the end of the step into its outcome, and says whether it ends the run.
    fn conclude(&self, ended: Result<Success, Trouble>) -> (StepOutcome, bool) {
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
        let Trouble { result, error, who, action, since, ends_run } = ended;
        let because = (result == StepResult::Waiting).then(|| error.text.clone());
        let outcome =
            StepOutcome { because, requests, error: Some(*error), who, action, since, ..outcome(self.step, result) };
        (outcome, ends_run)
    }
}
