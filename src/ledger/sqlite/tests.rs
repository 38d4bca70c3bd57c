use super::*;
use crate::model::{Fields, Lifecycle, LocationId, Value};

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

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path, &expected(), "l1").unwrap();
    let (first, record) = location(0);
    ledger.put(&first, &record).unwrap();
    {
        let inner = ledger.inner();
        let pages: u32 = inner.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        inner.connection.pragma_update(None, "max_page_count", pages).unwrap();
    }
    let many: Vec<_> = (1..1000).map(location).collect();
    let changes: Vec<_> = many.iter().map(|(address, record)| (address, Some(record))).collect();
    let error = ledger.write(&changes).unwrap_err();
    assert!(matches!(error, LedgerError::DiskFull { .. }), "{error:?}");
    assert_eq!(ledger.load().unwrap().records, BTreeMap::from([(first, record)]));
}

#[test]
fn a_write_that_is_refused_says_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path, &expected(), "l1").unwrap();
    ledger.inner().connection.pragma_update(None, "query_only", true).unwrap();
    let (address, record) = location(0);
    let error = ledger.put(&address, &record).unwrap_err();
    assert!(matches!(error, LedgerError::ReadOnly { .. }), "{error:?}");
}

#[test]
fn another_writer_is_waited_for_and_then_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path, &expected(), "l1").unwrap();
    ledger.inner().connection.busy_timeout(Duration::ZERO).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (address, record) = location(0);
    assert!(matches!(ledger.put(&address, &record).unwrap_err(), LedgerError::InUse { .. }));
    other.execute_batch("ROLLBACK").unwrap();
    ledger.put(&address, &record).unwrap();
}
