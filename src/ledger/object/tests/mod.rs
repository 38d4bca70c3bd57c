mod birth;
mod crash;
mod holding;
mod hostile;
mod many;
mod store;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use object_store::{ObjectStore, memory::InMemory};

use crate::{
    ledger::{Change, Expected, Habits, Holder, Ledger as _, LedgerError, ObjectLedger, ObjectPlace, RunStart, Units},
    model::{CustomerId, Fields, LedgerState, Lifecycle, OnRemove, Record, RemoteIds, SubscriberId, Unit, Value},
};

const PLACE: &str = "s3://acme-ledger/voice";

fn expected() -> Expected {
    Expected {
        target: "simulator".to_owned(),
        base_url: String::new(),
        project: "acme-voice".to_owned(),
        lineage: None,
    }
}

/// As patient as outside tests: where time matters, the clock of a test is not a real one.
fn habits() -> Habits {
    Habits { compact_after: 3, ..Habits::default() }
}

/// Of somebody whose heart never beats again, and who does not notice: what is left of its locks is the log.
fn asleep() -> Habits {
    let never = Duration::from_hours(1);
    Habits { renew_every: never, dead_after: never, ..habits() }
}

fn memory() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

async fn open_with(store: &Arc<dyn ObjectStore>, habits: Habits) -> ObjectLedger {
    let place = ObjectPlace::over(PLACE, Arc::clone(store)).with_habits(habits);
    ObjectLedger::open(&place, &expected(), "lineage-1").await.unwrap()
}

async fn open(store: &Arc<dyn ObjectStore>) -> ObjectLedger {
    open_with(store, habits()).await
}

fn holder(run: &str) -> Holder {
    Holder {
        owner: "nightly".to_owned(),
        host: "build-1".to_owned(),
        pid: 7,
        run: run.to_owned(),
        since: "2026-11-22T17:00:00Z".to_owned(),
    }
}

fn unit(text: &str) -> Unit {
    text.parse().unwrap()
}

fn units(texts: &[&str]) -> BTreeSet<Unit> {
    texts.iter().map(|text| unit(text)).collect()
}

/// Puts a record whose content is a number.
fn put(object: &str, number: u64) -> Change {
    let address: crate::model::Address = object.parse().unwrap();
    let ids = match address.kind() {
        crate::model::Kind::User => RemoteIds::User { id: SubscriberId::new("s1"), person_id: None },
        crate::model::Kind::Template => RemoteIds::Template { provisioning_id: None },
        crate::model::Kind::Customer | crate::model::Kind::Location => {
            RemoteIds::Customer { id: CustomerId::new("c1"), org_id: None }
        }
    };
    let mut applied = Fields::default();
    applied.set("company", Value::text(number.to_string()));
    let lifecycle = Lifecycle { protect: true, on_remove: OnRemove::Keep, adopt: false };
    Change::Put { object: address, record: Box::new(Record { ids, applied, lifecycle, created: true }) }
}

fn start(run: &str, of: &[&str]) -> RunStart {
    RunStart {
        run: run.to_owned(),
        owner: "nightly".to_owned(),
        host: "build-1".to_owned(),
        command: "apply".to_owned(),
        started: "2026-11-22T17:00:00Z".to_owned(),
        units: of.iter().map(|of| (unit(of), vec![format!("{of}#update")])).collect(),
    }
}

async fn all(ledger: &ObjectLedger) -> LedgerState {
    ledger.load(Units::All).await.unwrap()
}

/// Asks until the units are free.
async fn lock(ledger: &ObjectLedger, of: &BTreeSet<Unit>, run: &str) {
    loop {
        match ledger.lock(of, &holder(run)).await {
            Ok(()) => return,
            Err(LedgerError::Held { .. }) => tokio::time::sleep(ledger.habits.pause * 5).await,
            Err(error) => panic!("{error}"),
        }
    }
}

fn is_lock_lost(result: &Result<(), LedgerError>) -> bool {
    matches!(result, Err(LedgerError::LockLost { .. }))
}

/// Returns the names of all objects.
async fn names(store: &Arc<dyn ObjectStore>) -> Vec<String> {
    use futures_util::TryStreamExt as _;
    let mut names: Vec<String> = store.list(None).map_ok(|meta| meta.location.to_string()).try_collect().await.unwrap();
    names.sort();
    names
}
