//! The one HTTP client: it sends what `request` builds, and understands answers with `wire`.

#![expect(clippy::result_large_err, reason = "failures are rare, and a box would be in every caller's way")]

mod below;
mod error;
mod inspect;
mod list;
mod pace;
mod people;
mod rate;
mod read;
mod reader;
mod send;
mod settings;
mod write;

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use tokio::sync::OnceCell;
use url::Url;

pub(super) use error::innermost;
pub use pace::Pacing;
pub use reader::ReadClient;
pub(super) use settings::connect;
pub use settings::{ClientSettings, SettingsError};

use self::{pace::Pace, people::Roles};
use super::auth::Credential;

/// The client of the service, whatever stands at its base URL. Cheap to clone; clones share one connection
/// pool, one pace and one count.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    http: reqwest::Client,
    /// Without a slash at the end.
    base: Url,
    token: Credential,
    deadline: Duration,
    patience: Duration,
    attempts: u32,
    backoff: Duration,
    pace: Arc<Pace>,
    registry: bool,
    requests: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    /// The roles of the service, read once.
    roles: OnceCell<Roles>,
    /// What time the service had when it last answered.
    server_time: Mutex<Option<Timestamp>>,
}

impl Shared {
    fn server_time(&self) -> Option<Timestamp> {
        *self.server_time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the `Date` header of an answer; one that cannot be read changes nothing.
    fn note_server_time(&self, date: &str) {
        if let Ok(time) = DateTimeParser::new().parse_timestamp(date) {
            *self.server_time.lock().unwrap_or_else(PoisonError::into_inner) = Some(time);
        }
    }
}

/// How much a client has sent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Every request that was sent, repeated ones included.
    pub requests: u64,
    /// Those among them that can change something.
    pub writes: u64,
    /// Those among them that repeat another.
    pub retries: u64,
}

impl Client {
    /// Returns how much this client and its clones have sent so far.
    pub fn stats(&self) -> Stats {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Stats { requests: read(&self.0.requests), writes: read(&self.0.writes), retries: read(&self.0.retries) }
    }
}

impl Client {
    /// Returns how fast this client may send at this moment; the same for all clients with its token.
    pub fn pacing(&self) -> Pacing {
        self.0.pace.now()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.0.base.as_str()).field("stats", &self.stats()).finish()
    }
}
