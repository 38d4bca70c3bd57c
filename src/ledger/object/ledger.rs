//! The ledger itself: what it knows of the units that it holds.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use std::collections::BTreeSet;

use crate::{
    ledger::{Answer, Change, Holder, Ledger, LedgerError, LockInfo, RunReport, RunStart, Units},
    model::{LedgerIdentity, LedgerState, OrgId, Unit},
};

use super::{
    beat::{Heart, Seen},
    documents::LedgerDocument,
    fold::View,
    objects::Objects,
    place::Habits,
};

/// A ledger in object storage.
#[derive(Debug)]
pub struct ObjectLedger {
    pub(super) objects: Arc<Objects>,
    pub(super) lineage: String,
    pub(super) habits: Habits,
    /// Whether the ledger is known to be used.
    pub(super) used: AtomicBool,
    /// The units that this process has taken.
    pub(super) slots: Mutex<BTreeMap<Unit, Slot>>,
    /// The runs that it has taken them for.
    pub(super) hearts: Mutex<BTreeMap<String, Heart>>,
    /// The heartbeats of others, as they were seen.
    pub(super) watched: Mutex<BTreeMap<String, Seen>>,
    /// The unit that somebody else held last.
    pub(super) waited_for: Mutex<Option<Unit>>,
    /// Keeps taking and giving back in order.
    pub(super) changing: tokio::sync::Mutex<()>,
    /// The numbers of runs that this process has begun.
    pub(super) runs: Mutex<BTreeMap<String, u64>>,
}

/// A unit that a run of this process holds, as far as it knows.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) run: String,
    pub(super) view: Arc<tokio::sync::Mutex<View>>,
}

/// Locks what is changed as a whole, so that a panic elsewhere leaves nothing half done.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ObjectLedger {
    pub(super) fn new(objects: Objects, document: LedgerDocument, habits: Habits) -> Self {
        Self {
            objects: Arc::new(objects),
            lineage: document.identity.lineage,
            habits,
            used: AtomicBool::new(document.used),
            slots: Mutex::default(),
            hearts: Mutex::default(),
            watched: Mutex::default(),
            waited_for: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            runs: Mutex::default(),
        }
    }

    async fn load_units(&self, only: Option<&BTreeSet<Unit>>) -> Result<LedgerState, LedgerError> {
        let mut state = LedgerState::default();
        for view in self.read_units(only).await? {
            let unit = view.fold.state;
            if unit.version > 0 {
                state.versions.insert(view.unit, unit.version);
            }
            state.records.extend(unit.records);
            state.journal.extend(unit.journal);
        }
        if self.used.load(Ordering::Relaxed) || !state.records.is_empty() {
            return Ok(state);
        }
        state.is_new = !self.document().await?.0.used;
        if state.is_new && only.is_some() {
            // The mark follows the first record; in between, it is the records that tell.
            state.is_new = self.read_units(None).await?.iter().all(|view| view.fold.state.records.is_empty());
        }
        Ok(state)
    }
}

impl Ledger for ObjectLedger {
    fn place(&self) -> &str {
        self.objects.place()
    }

    fn identity(&self) -> Answer<'_, LedgerIdentity> {
        Box::pin(async { Ok(self.document().await?.0.identity) })
    }

    fn bind_partner<'a>(&'a self, org: &'a OrgId) -> Answer<'a, ()> {
        Box::pin(self.bind(org))
    }

    fn load<'a>(&'a self, units: Units<'a>) -> Answer<'a, LedgerState> {
        let only = match units {
            Units::All => None,
            Units::Only(only) => Some(only),
        };
        Box::pin(self.load_units(only))
    }

    fn lock<'a>(&'a self, units: &'a BTreeSet<Unit>, holder: &'a Holder) -> Answer<'a, ()> {
        Box::pin(self.take(units, holder))
    }

    fn unlock<'a>(&'a self, run: &'a str) -> Answer<'a, ()> {
        Box::pin(self.give_back(run))
    }

    fn locks(&self) -> Answer<'_, Vec<LockInfo>> {
        Box::pin(self.all_locks())
    }

    fn commit<'a>(&'a self, run: &'a str, changes: &'a [Change]) -> Answer<'a, ()> {
        Box::pin(self.commit_changes(run, changes))
    }

    fn begin_run<'a>(&'a self, start: &'a RunStart) -> Answer<'a, ()> {
        Box::pin(self.begin(start))
    }

    fn end_run<'a>(&'a self, run: &'a str, at: &'a str) -> Answer<'a, ()> {
        Box::pin(self.end(run, at))
    }

    fn last_run(&self) -> Answer<'_, Option<RunReport>> {
        Box::pin(self.last())
    }
}
