//! Which step may begin: needs, places and limits, without any I/O.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::codes,
    plan::{Plan, Step},
};

use super::{
    outcome::{Outcome, StepError, StepOutcome, StepResult},
    settings::Settings,
    verdict::Trouble,
};

/// Why a step was not tried. The order says which reason is named where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// A step that it needs, directly or not, was tried and did not end well.
    Step(usize),
    /// The ledger could no longer be written.
    Ledger,
    /// The run was asked to stop.
    Interrupted,
}

/// The steps of a plan and how far each is.
pub(super) struct Board<'p> {
    places: Vec<Place<'p>>,
    /// Steps of each part that may begin.
    ready: BTreeMap<usize, BTreeSet<usize>>,
    /// Steps under way, by part.
    running: BTreeMap<usize, BTreeSet<usize>>,
    /// Steps that ended since the last [`Board::news`].
    news: Vec<usize>,
}

struct Place<'p> {
    part: usize,
    step: &'p Step,
    /// Needs that have not ended.
    open: usize,
    /// Steps that need this one.
    needed_by: Vec<usize>,
    /// Why it cannot be tried, as far as is known.
    cause: Option<Cause>,
    outcome: Option<StepOutcome>,
}

impl<'p> Board<'p> {
    /// Lays the plan out. Steps of refused parts and steps that can never begin have ended already.
    pub(super) fn of(plan: &'p Plan) -> Self {
        let steps = plan.parts.iter().enumerate().flat_map(|(part, it)| it.steps.iter().map(move |step| (part, step)));
        let places = steps
            .map(|(part, step)| Place { part, step, open: 0, needed_by: Vec::new(), cause: None, outcome: None })
            .collect();
        let mut board = Self { places, ready: BTreeMap::new(), running: BTreeMap::new(), news: Vec::new() };
        let mut ended = board.connect();
        for at in board.in_cycles() {
            ended.entry(at).or_insert_with(|| defect(board.places[at].step, "it needs itself by way of its needs"));
        }
        for (at, place) in board.places.iter().enumerate() {
            if let Some(refusal) = plan.parts[place.part].refusals.first() {
                let refused = StepOutcome {
                    because: Some(refusal.text.clone()),
                    action: Some(refusal.fix.clone()),
                    error: Some(error(&refusal.code, refusal.text.clone())),
                    ..outcome(place.step, StepResult::Refused)
                };
                ended.insert(at, refused);
            }
        }
        // All of them before any cascade, so that each keeps its own reason.
        for (&at, outcome) in &ended {
            board.places[at].outcome = Some(outcome.clone());
        }
        for (at, outcome) in ended {
            board.end(at, outcome);
        }
        for at in 0..board.places.len() {
            board.admit(at);
        }
        board
    }

    /// Connects steps with their needs; returns those that need something that is not there.
    fn connect(&mut self) -> BTreeMap<usize, StepOutcome> {
        let mut ended = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for (at, place) in self.places.iter().enumerate() {
            if by_id.insert(&place.step.id, at).is_some() {
                ended.insert(at, defect(place.step, "another step has the same id"));
            }
        }
        let mut arrows = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            for need in place.step.needs.iter().collect::<BTreeSet<_>>() {
                match by_id.get(need) {
                    Some(&needed) => arrows.push((needed, at)),
                    None => {
                        ended.insert(
                            at,
                            defect(place.step, &format!("it needs `{need}`, which the plan does not have")),
                        );
                    }
                }
            }
        }
        for (needed, at) in arrows {
            self.places[needed].needed_by.push(at);
            self.places[at].open += 1;
        }
        ended
    }

    /// Returns the steps that are part of a circle, or between two.
    fn in_cycles(&self) -> BTreeSet<usize> {
        let mut open: Vec<usize> = self.places.iter().map(|place| place.open).collect();
        let mut free: Vec<usize> = (0..open.len()).filter(|&at| open[at] == 0).collect();
        let mut left: BTreeSet<usize> = (0..open.len()).collect();
        while let Some(at) = free.pop() {
            left.remove(&at);
            for &next in &self.places[at].needed_by {
                open[next] -= 1;
                if open[next] == 0 {
                    free.push(next);
                }
            }
        }
        // What only stands behind a circle is skipped for that reason, like behind any other failure.
        loop {
            let ends: Vec<usize> = left
                .iter()
                .copied()
                .filter(|&at| !self.places[at].needed_by.iter().any(|next| left.contains(next)))
                .collect();
            if ends.is_empty() {
                return left;
            }
            for at in ends {
                left.remove(&at);
            }
        }
    }

    /// Returns the next step that may begin, and counts it as under way.
    pub(super) fn next(&mut self, settings: &Settings) -> Option<usize> {
        let within = settings.within.max(1);
        let in_active =
            self.running.iter().filter(|(_, running)| running.len() < within).find_map(|(part, running)| {
                let busy = |at: &usize| {
                    running.iter().any(|other| self.places[*other].step.object == self.places[*at].step.object)
                };
                self.ready.get(part)?.iter().copied().find(|at| !busy(at))
            });
        let in_new = || {
            let idle = self.ready.iter().filter(|(part, _)| !self.running.contains_key(part));
            idle.take(1).find_map(|(_, ready)| ready.first().copied())
        };
        let at = match in_active {
            Some(at) => at,
            None if self.running.len() < settings.parallel.max(1) => in_new()?,
            None => return None,
        };
        let part = self.places[at].part;
        self.leave(part, at);
        self.running.entry(part).or_default().insert(at);
        Some(at)
    }

    /// Returns a step and the number of its part.
    pub(super) fn at(&self, at: usize) -> (usize, &'p Step) {
        (self.places[at].part, self.places[at].step)
    }

    /// Notes how a step ended, and skips what can no longer begin. A step is skipped only when all its needs
    /// have ended, so that the reason does not depend on which of them ended first.
    pub(super) fn end(&mut self, at: usize, outcome: StepOutcome) {
        let mut ended = vec![(at, outcome)];
        while let Some((at, outcome)) = ended.pop() {
            let cause = match outcome.result {
                StepResult::Done | StepResult::AlreadyDone => None,
                StepResult::Waiting | StepResult::Failed | StepResult::Refused => Some(Cause::Step(at)),
                StepResult::Skipped => self.places[at].cause,
            };
            let part = self.places[at].part;
            if let Some(running) = self.running.get_mut(&part) {
                running.remove(&at);
                if running.is_empty() {
                    self.running.remove(&part);
                }
            }
            self.leave(part, at);
            self.places[at].outcome = Some(outcome);
            self.news.push(at);
            for next in self.places[at].needed_by.clone() {
                let place = &mut self.places[next];
                place.open -= 1;
                place.cause = [place.cause, cause].into_iter().flatten().min();
                if place.open > 0 || place.outcome.is_some() {
                    continue;
                }
                match place.cause {
                    Some(cause) => ended.push((next, self.skipped(next, cause))),
                    None => self.admit(next),
                }
            }
        }
    }

    /// Skips everything that has not begun.
    pub(super) fn give_up(&mut self, cause: Cause) {
        for at in 0..self.places.len() {
            if self.places[at].outcome.is_none() {
                let cause = self.places[at].cause.unwrap_or(cause);
                self.places[at].cause = Some(cause);
                let skipped = self.skipped(at, cause);
                self.end(at, skipped);
            }
        }
    }

    /// Returns the steps that ended since the last call.
    pub(super) fn news(&mut self) -> Vec<(usize, &'p Step, &StepOutcome)> {
        let mut news = std::mem::take(&mut self.news);
        news.sort_unstable();
        news.into_iter().filter_map(|at| Some((at, self.places[at].step, self.places[at].outcome.as_ref()?))).collect()
    }

    /// Makes failures of steps that ended well and whose end could not be written.
    pub(super) fn unwritten(&mut self, is_lost: impl Fn(usize) -> bool, trouble: &Trouble) {
        for (at, place) in self.places.iter_mut().enumerate() {
            let Some(outcome) = &place.outcome else { continue };
            if is_lost(at) && matches!(outcome.result, StepResult::Done | StepResult::AlreadyDone) {
                place.outcome = Some(StepOutcome { requests: outcome.requests, ..trouble.clone().of(place.step) });
            }
        }
    }

    /// Returns how every step ended, in the plan's order.
    pub(super) fn into_outcome(self) -> Outcome {
        let ended = |place: Place<'_>| place.outcome.unwrap_or_else(|| defect(place.step, "it was never reached"));
        Outcome::of(self.places.into_iter().map(ended).collect())
    }

    fn admit(&mut self, at: usize) {
        let place = &self.places[at];
        if place.open == 0 && place.outcome.is_none() && place.cause.is_none() {
            self.ready.entry(place.part).or_default().insert(at);
        }
    }

    fn leave(&mut self, part: usize, at: usize) {
        if let Some(ready) = self.ready.get_mut(&part) {
            ready.remove(&at);
            if ready.is_empty() {
                self.ready.remove(&part);
            }
        }
    }

    fn skipped(&self, at: usize, cause: Cause) -> StepOutcome {
        let because = match cause {
            Cause::Step(root) => self.places[root].step.id.to_string(),
            Cause::Ledger => "the ledger could not be written".to_owned(),
            Cause::Interrupted => "the run was interrupted".to_owned(),
        };
        StepOutcome { because: Some(because), ..outcome(self.places[at].step, StepResult::Skipped) }
    }
}

/// Makes the outcome of a step for which nothing was sent.
pub(super) fn outcome(step: &Step, result: StepResult) -> StepOutcome {
    StepOutcome {
        id: step.id.clone(),
        object: step.object.to_string(),
        result,
        because: None,
        requests: 0,
        error: None,
        who: None,
        action: None,
        since: None,
    }
}

fn error(code: &str, text: String) -> StepError {
    StepError { status: None, code: code.to_owned(), text, tracking_id: String::new() }
}

fn defect(step: &Step, what: &str) -> StepOutcome {
    let text = format!("the plan contradicts itself about this step: {what}");
    StepOutcome {
        error: Some(error(codes::PLAN_DEFECT.0, text)),
        action: Some("plan again; if the new plan has it too, it is a defect of hubform: please report it".to_owned()),
        ..outcome(step, StepResult::Failed)
    }
}
