//! How a run behaves, how it is stopped, and what it tells.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    model::{Ended, Entry, SettleWindow},
    plan::Step,
};

use super::outcome::StepOutcome;

/// How a run behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Bounds every wait for the service (`--wait`, R27); past it a step is `waiting`, never failed.
    pub wait: Duration,
    /// How often to look while waiting.
    pub poll: Poll,
    /// How long what was made may stay unseen.
    pub settle: SettleWindow,
    /// Parts with steps under way at the same time.
    pub parallel: usize,
    /// Steps of one part under way at the same time.
    pub within: usize,
}

/// How often to look: after `first`, then each time `factor` times as long, at most `max`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poll {
    /// The first interval.
    pub first: Duration,
    /// What each interval is multiplied by to get the next.
    pub factor: f64,
    /// The longest interval.
    pub max: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wait: Duration::from_mins(15),
            poll: Poll::default(),
            settle: SettleWindow::default(),
            parallel: 8,
            within: 4,
        }
    }
}

impl Default for Poll {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), factor: 1.5, max: Duration::from_secs(15) }
    }
}

/// Asks a run to stop: no further step begins, waits end, requests under way are finished. Clones share one flag.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// Makes a flag that is not set.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Sets the flag.
    pub fn set(&self) {
        self.0.send_replace(true);
    }

    /// Returns true if the flag is set.
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the flag is set.
    pub async fn wait(&self) {
        // The sender is part of `self`, so the channel is open.
        self.0.subscribe().wait_for(|set| *set).await.map(drop).unwrap_or_default();
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

/// What a run tells while it goes on.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A step begins.
    Started { step: &'a Step },
    /// A step waits for the service; what the service says.
    Progress { step: &'a Step, text: &'a str },
    /// A request that changes something is about to be sent, or sent again; the journal has it.
    Sending { step: &'a Step, entry: &'a Entry },
    /// What became of such a request; nothing if the step ends before that is known.
    Sent { step: &'a Step, entry: &'a Entry, ended: Option<Ended> },
    /// A step ended; also those that were skipped or refused.
    Finished { step: &'a Step, outcome: &'a StepOutcome },
}
