//! Waiting for the service: growing intervals, an end in sight, and an ear for being stopped.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::settings::{Poll, Settings, Stop};

/// Why there is no further look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The time is up.
    Late,
    /// The run was asked to stop.
    Stopped,
}

/// The pauses of one wait.
pub(super) struct Pauses<'s> {
    poll: Poll,
    next: Duration,
    until: Instant,
    stop: &'s Stop,
}

impl<'s> Pauses<'s> {
    /// Begins a wait for something that the service works on.
    pub(super) fn long(settings: &Settings, stop: &'s Stop) -> Self {
        Self::lasting(settings, stop, settings.wait)
    }

    /// Begins a wait for something that is there already and may not show yet.
    pub(super) fn short(settings: &Settings, stop: &'s Stop) -> Self {
        const SETTLED: Duration = Duration::from_mins(1);
        Self::lasting(settings, stop, settings.wait.min(SETTLED))
    }

    fn lasting(settings: &Settings, stop: &'s Stop, wait: Duration) -> Self {
        // A zero interval would never let the clock go on.
        let first = settings.poll.first.max(Duration::from_millis(1));
        let poll = Poll { first, max: settings.poll.max.max(first), ..settings.poll };
        let now = Instant::now();
        let until = now.checked_add(wait).unwrap_or_else(|| now + Duration::from_hours(365 * 24));
        Self { poll, next: first, until, stop }
    }

    /// Pauses before the next look. The last pause ends when the time is up, so there is a look at the end.
    pub(super) async fn pause(&mut self) -> Result<(), End> {
        if self.stop.is_set() {
            return Err(End::Stopped);
        }
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(End::Late);
        }
        let this = self.next.min(left);
        let grown = Duration::try_from_secs_f64(self.next.as_secs_f64() * self.poll.factor).unwrap_or(self.poll.max);
        self.next = grown.clamp(self.poll.first, self.poll.max);
        tokio::select! {
            biased;
            () = self.stop.wait() => Err(End::Stopped),
            () = sleep(this) => Ok(()),
        }
    }
}
