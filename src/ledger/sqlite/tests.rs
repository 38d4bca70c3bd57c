use super::*;
use crate::model::{Address, Fields, Lifecycle, LocationId, Record, RemoteIds, Value};

fn expected() -> Expected {
    Expected {
        target: "simulator".to_owned(),
        base_url: String::new(),
        project: "acme-voice".to_owned(),
        lineage: None,
    }
}

fn location(number: u32) -> (Address, Record) {
    let mut applied = Fields::default();
    applied.set("displayName", Value::text(format!("Branch {number}")));
    let record = Record {
        ids: RemoteIds::Location { id: LocationId::new(format!("id-{number}")) },
        applied,
        lifecycle: Lifecycle::default(),
        created: true,
    };
    (format!("location/johns-pizza/branch-{number}").parse().unwrap(), record)
}

fn put(number: u32) -> Change {
    let (object, record) = location(number);
    Change::Put { object, record: Box::new(record) }
}

/// Opens a ledger and takes the unit of the locations.
async fn held(path: &Path) -> SqliteLedger {
    let ledger = SqliteLedger::open(path, &expected(), "l1").unwrap();
    let holder = Holder {
        owner: "nightly".to_owned(),
        host: "build-1".to_owned(),
        pid: 1,
        run: "run1".to_owned(),
        since: "2026-11-22T17:00:00Z".to_owned(),
    };
    ledger.lock(&BTreeSet::from([Unit::Customer("johns-pizza".parse().unwrap())]), &holder).await.unwrap();
    ledger
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = held(&folder.path().join("ledger.db")).await;
    ledger.commit("run1", &[put(0)]).await.unwrap();
    {
        let inner = locked(&ledger.inner);
        let pages: u32 = inner.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        inner.connection.pragma_update(None, "max_page_count", pages).unwrap();
    }
    let many: Vec<_> = (1..1000).map(put).collect();
    let error = ledger.commit("run1", &many).await.unwrap_err();
    assert!(matches!(error, LedgerError::DiskFull { .. }), "{error:?}");
    assert_eq!(ledger.load(Units::All).await.unwrap().records, BTreeMap::from([location(0)]));
}

#[tokio::test]
async fn a_write_that_is_refused_says_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = held(&folder.path().join("ledger.db")).await;
    locked(&ledger.inner).connection.pragma_update(None, "query_only", true).unwrap();
    let error = ledger.commit("run1", &[put(0)]).await.unwrap_err();
    assert!(matches!(error, LedgerError::ReadOnly { .. }), "{error:?}");
}

#[tokio::test]
async fn another_writer_is_waited_for_and_then_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = held(&path).await;
    locked(&ledger.inner).connection.busy_timeout(Duration::ZERO).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(ledger.commit("run1", &[put(0)]).await.unwrap_err(), LedgerError::InUse { .. }));
    other.execute_batch("ROLLBACK").unwrap();
    ledger.commit("run1", &[put(0)]).await.unwrap();
}
