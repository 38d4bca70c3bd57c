//! When and how a run dies, and the ledger that it dies with.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use hubform::{
    ledger::{Answer, Change, Holder, Ledger, LockInfo, RunReport, RunStart, Units},
    model::{LedgerIdentity, LedgerState, OrgId, Unit},
};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

use crate::laws::faults::requests::Kind;

/// What the service does after the run has died waits so long at most: within the settle window.
const LATEST: Duration = Duration::from_millis(60);

/// How a run dies around a request that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Before it has left.
    Unsent,
    /// It has left, and the service works on it only when the next run has looked already.
    Late,
    /// The service has answered, and nobody hears it.
    Unheard,
}

impl How {
    pub const ALL: [Self; 3] = [Self::Unsent, Self::Late, Self::Unheard];
}

/// Which request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// The one of a kind about an object, and the how manieth of those.
    Named(Kind, usize),
    /// The how manieth of the run, from 0.
    Nth(usize),
}

/// The instant at which a run dies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    Request(Which, How),
    /// Around the how manieth write of the ledger, from 0.
    Write {
        nth: usize,
        after: bool,
    },
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(Which::Named((kind, who), nth), how) => write!(f, "{how:?} {kind} of {who} ({nth})"),
            Self::Request(Which::Nth(nth), how) => write!(f, "{how:?} request {nth}"),
            Self::Write { nth, after: false } => write!(f, "before write {nth}"),
            Self::Write { nth, after: true } => write!(f, "after write {nth}"),
        }
    }
}

#[derive(Debug, Default)]
struct Seen {
    requests: Vec<Which>,
    counts: BTreeMap<Kind, usize>,
    writes: Vec<String>,
    late: Option<JoinHandle<Duration>>,
}

/// Watches a run and ends it at its point.
#[derive(Debug)]
pub struct Doom {
    point: Option<Point>,
    struck: watch::Sender<bool>,
    looked: Arc<Notify>,
    seen: Mutex<Seen>,
}

impl Doom {
    /// A run that dies at a point; without one it is only watched.
    pub fn new(point: Option<Point>) -> Arc<Self> {
        let (struck, looked) = (watch::Sender::new(false), Arc::new(Notify::new()));
        Arc::new(Self { point, struck, looked, seen: Mutex::default() })
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run.
    pub fn strike(&self) {
        self.struck.send_replace(true);
    }

    pub fn has_struck(&self) -> bool {
        *self.struck.borrow()
    }

    /// Returns once the run is to end.
    pub async fn struck(&self) {
        self.struck.subscribe().wait_for(|struck| *struck).await.unwrap();
    }

    /// Counts a request that changes something, and says how the run dies around it, if it does.
    pub fn meets(&self, kind: Kind) -> Option<How> {
        let mut seen = self.seen();
        let nth = seen.requests.len();
        let count = seen.counts.entry(kind.clone()).or_default();
        let named = Which::Named(kind, *count);
        *count += 1;
        seen.requests.push(named.clone());
        match &self.point {
            Some(Point::Request(which, how)) if *which == named || *which == Which::Nth(nth) => Some(*how),
            _ => None,
        }
    }

    /// Lets the service work once the next run has looked.
    pub fn later(&self, work: impl Future<Output = ()> + Send + 'static) {
        let (looked, began) = (Arc::clone(&self.looked), Instant::now());
        self.seen().late = Some(tokio::spawn(async move {
            tokio::select! {
                () = looked.notified() => {}
                () = tokio::time::sleep(LATEST) => {}
            }
            work.await;
            began.elapsed()
        }));
    }

    /// The next run has looked: returns once the service has worked, and how long after the death that was.
    pub async fn land(&self) -> Duration {
        self.looked.notify_one();
        let late = self.seen().late.take();
        match late {
            Some(late) => late.await.unwrap(),
            None => Duration::ZERO,
        }
    }

    /// Returns the requests that changed something, in their order.
    pub fn requests(&self) -> Vec<Which> {
        self.seen().requests.clone()
    }

    /// Returns what was written into the ledger.
    pub fn writes(&self) -> Vec<String> {
        self.seen().writes.clone()
    }
}

/// A ledger whose run dies around a write.
#[derive(Debug)]
pub struct Doomed {
    pub ledger: Arc<dyn Ledger>,
    pub doom: Arc<Doom>,
}

impl Doomed {
    fn write<'a>(&'a self, what: String, write: Answer<'a, ()>) -> Answer<'a, ()> {
        Box::pin(async move {
            let here = {
                let mut seen = self.doom.seen();
                seen.writes.push(what);
                seen.writes.len() - 1
            };
            match self.doom.point {
                Some(Point::Write { nth, after: false }) if nth == here => {
                    self.doom.strike();
                    std::future::pending().await
                }
                Some(Point::Write { nth, after: true }) if nth == here => {
                    write.await.unwrap();
                    self.doom.strike();
                    std::future::pending().await
                }
                _ => write.await,
            }
        })
    }
}

/// Returns what a commit changes, in one word each.
fn words(changes: &[Change]) -> String {
    let word = |change: &Change| match change {
        Change::Put { object, .. } => format!("put {object}"),
        Change::Remove { object } => format!("remove {object}"),
        Change::Begin { entry } => format!("begin {:?} {}", entry.request, entry.object),
        Change::Job { job, .. } => format!("job {job}"),
        Change::End { entry, ended, .. } => format!("end {entry} {ended:?}"),
        Change::Step { step, .. } => format!("step {step}"),
    };
    changes.iter().map(word).collect::<Vec<_>>().join(", ")
}

impl Ledger for Doomed {
    fn place(&self) -> &str {
        self.ledger.place()
    }

    fn identity(&self) -> Answer<'_, LedgerIdentity> {
        self.ledger.identity()
    }

    fn bind_partner<'a>(&'a self, org: &'a OrgId) -> Answer<'a, ()> {
        self.ledger.bind_partner(org)
    }

    fn load<'a>(&'a self, units: Units<'a>) -> Answer<'a, LedgerState> {
        self.ledger.load(units)
    }

    fn lock<'a>(&'a self, units: &'a BTreeSet<Unit>, holder: &'a Holder) -> Answer<'a, ()> {
        self.ledger.lock(units, holder)
    }

    fn unlock<'a>(&'a self, run: &'a str) -> Answer<'a, ()> {
        self.ledger.unlock(run)
    }

    fn locks(&self) -> Answer<'_, Vec<LockInfo>> {
        self.ledger.locks()
    }

    fn commit<'a>(&'a self, run: &'a str, changes: &'a [Change]) -> Answer<'a, ()> {
        self.write(words(changes), self.ledger.commit(run, changes))
    }

    fn begin_run<'a>(&'a self, start: &'a RunStart) -> Answer<'a, ()> {
        self.write("begin the run".to_owned(), self.ledger.begin_run(start))
    }

    fn end_run<'a>(&'a self, run: &'a str, at: &'a str) -> Answer<'a, ()> {
        self.write("end the run".to_owned(), self.ledger.end_run(run, at))
    }

    fn last_run(&self) -> Answer<'_, Option<RunReport>> {
        self.ledger.last_run()
    }
}
