//! How fast requests leave: never above the ceiling, slower after a 429, and not at all while the service
//! asks to wait.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// How much slower at most; a ceiling of 10 a second becomes one in six seconds.
const SLOWEST: f64 = 64.0;
/// What each good answer gives back of the slowness.
const RECOVERY: f64 = 0.95;

/// One pace for everything that is sent with one token.
pub(super) struct Pace {
    gap: Option<Duration>,
    state: Mutex<State>,
}

struct State {
    /// When the next request may leave.
    next: Instant,
    /// How many times the gap is kept.
    slowness: f64,
}

impl Pace {
    pub(super) fn new(requests_per_second: Option<f64>) -> Self {
        // A rate so low that its gap cannot be expressed waits an hour.
        let gap =
            requests_per_second.map(|rate| Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::from_hours(1)));
        Self { gap, state: Mutex::new(State { next: Instant::now(), slowness: 1.0 }) }
    }

    fn with<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) {
        let at = self.with(|state| {
            let at = state.next.max(Instant::now());
            if let Some(gap) = self.gap {
                state.next = at + gap.mul_f64(state.slowness);
            }
            at
        });
        sleep_until(at).await;
    }

    /// Lets nothing leave for a while: the service asked for it.
    pub(super) fn hold(&self, wait: Duration) {
        self.with(|state| state.next = state.next.max(Instant::now() + wait));
    }

    /// Notes a 429.
    pub(super) fn slow_down(&self) {
        self.with(|state| state.slowness = (state.slowness * 2.0).min(SLOWEST));
    }

    /// Notes a good answer.
    pub(super) fn speed_up(&self) {
        self.with(|state| state.slowness = (state.slowness * RECOVERY).max(1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_429_doubles_the_gap_and_good_answers_give_it_back() {
        let pace = Pace::new(Some(10.0));
        for _ in 0..10 {
            pace.slow_down();
        }
        assert!((pace.with(|state| state.slowness) - SLOWEST).abs() < f64::EPSILON);
        for _ in 0..100 {
            pace.speed_up();
        }
        assert!((pace.with(|state| state.slowness) - 1.0).abs() < f64::EPSILON);
    }
}
