//! Progress on stderr: bars on a terminal, plain lines elsewhere.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    apply::{Event, StepResult},
    report::visible,
    webex::Pacing,
};

use super::console::Console;

/// Shows how far a run is.
#[derive(Debug)]
pub(super) struct Progress {
    console: Console,
    bar: Option<ProgressBar>,
    /// Steps under way, in the order in which they began.
    running: Mutex<Vec<String>>,
    /// Whether it was said that the service asks for fewer requests.
    slowed: AtomicBool,
}

impl Progress {
    /// Begins to show progress over a number of things.
    pub(super) fn new(console: Console, what: &'static str, total: usize) -> Self {
        let bar = (console.shows_progress() && console.draws()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
            bar.set_prefix(what);
            bar
        });
        Self { console, bar, running: Mutex::new(Vec::new()), slowed: AtomicBool::new(false) }
    }

    /// Shows that so many are done; only bars show this.
    pub(super) fn done(&self, done: usize) {
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
        }
    }

    /// Shows what a run tells.
    pub(super) fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { step } => self.under_way(|running| running.push(step.id.as_str().to_owned())),
            Event::Progress { step, text } => {
                self.line(&format!("{} {}", visible(step.id.as_str()), visible(text)));
            }
            // For programs (`--events`); people see the step.
            Event::Sending { .. } | Event::Sent { .. } => {}
            Event::Finished { step, outcome } => {
                self.under_way(|running| running.retain(|each| each != step.id.as_str()));
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
                if self.bar.is_none() || !matches!(outcome.result, StepResult::Done | StepResult::AlreadyDone) {
                    self.line(&format!("{} {}", visible(step.id.as_str()), word(outcome.result)));
                }
            }
        }
    }

    /// Says once that the service asks for fewer requests, and once that this is over.
    pub(super) fn pacing(&self, pacing: &Pacing) {
        if self.slowed.swap(pacing.is_limited, Ordering::Relaxed) != pacing.is_limited {
            self.line(&pace_text(pacing));
        }
    }

    fn under_way(&self, change: impl FnOnce(&mut Vec<String>)) {
        let Some(bar) = &self.bar else { return };
        let Ok(mut running) = self.running.lock() else { return };
        change(&mut running);
        let more = running.len().saturating_sub(1);
        let first = running.first().map(|first| visible(first).into_owned()).unwrap_or_default();
        bar.set_message(if more == 0 { first } else { format!("{first} and {more} more") });
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.console.mention(text)),
            None => self.console.mention(text),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn pace_text(pacing: &Pacing) -> String {
    match (pacing.is_limited, pacing.per_second) {
        (true, Some(rate)) => {
            format!("rate-limited: the service asks for less, so at most {rate:.1} requests a second for now")
        }
        (true, None) => "rate-limited: the service asks for less".to_owned(),
        (false, _) => "no longer rate-limited".to_owned(),
    }
}

const fn word(result: StepResult) -> &'static str {
    match result {
        StepResult::Done => "done",
        StepResult::AlreadyDone => "already done",
        StepResult::Waiting => "waiting",
        StepResult::Failed => "failed",
        StepResult::Skipped => "skipped",
        StepResult::Refused => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_that_the_service_asks_for_is_named() {
        let mut pacing =
            Pacing { per_second: Some(2.5), ceiling: Some(10.0), held: None, throttled: 1, is_limited: true };
        assert!(pace_text(&pacing).contains("at most 2.5 requests a second"));
        pacing.is_limited = false;
        assert_eq!(pace_text(&pacing), "no longer rate-limited");
    }
}
