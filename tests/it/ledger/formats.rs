//! Ledgers of older formats, as older versions wrote them.

use std::{collections::BTreeSet, path::Path};

use hubform::{
    ledger::{Expected, Ledger as _, SqliteLedger, Units},
    model::Unit,
};
use rusqlite::Connection;

use super::{holder, unit};

/// Every format that there was, with what a version of that time left behind.
const FORMATS: &[(u32, &str)] = &[(1, include_str!("format-1.sql"))];

fn expected() -> Expected {
    Expected { project: "minimal".to_owned(), ..super::expected() }
}

fn make(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// Returns everything that stands in the database, but for its format.
fn tables(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
    let rows = statement
        .query_map([], |row| Ok(format!("{:?}", (row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))));
    rows.unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn every_older_format_is_brought_up_to_date_and_keeps_what_it_holds() {
    for (format, sql) in FORMATS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        make(&path, sql);
        let viewed = SqliteLedger::view(&path, &expected(), Units::All).unwrap();
        assert_eq!(viewed.state.records.len(), 5, "format {format} can be read as it is");
        assert!(!viewed.state.is_new && viewed.state.journal.is_empty() && viewed.locks.is_empty());
        assert_eq!(SqliteLedger::view_last_run(&path, &expected()).unwrap(), None);
        let some = BTreeSet::from([Unit::Templates]);
        assert_eq!(SqliteLedger::view(&path, &expected(), Units::Only(&some)).unwrap().state.records.len(), 1);
        assert_eq!(
            Connection::open(&path)
                .unwrap()
                .query_row("SELECT value FROM meta WHERE key = 'schema_version'", [], |row| row.get::<_, String>(0))
                .unwrap(),
            format.to_string(),
            "who only looks changes nothing"
        );

        let ledger = SqliteLedger::open(&path, &expected(), "another").unwrap();
        let state = ledger.load(Units::All).await.unwrap();
        assert_eq!((&state.records, state.is_new), (&viewed.state.records, false), "format {format}");
        assert_eq!(Some(ledger.identity().await.unwrap()), viewed.identity);
        // It can do everything that today's can.
        let units = BTreeSet::from([unit("customer/corner-cafe")]);
        ledger.lock(&units, &holder("run1")).await.unwrap();
        let record = state.records.last_key_value().unwrap();
        ledger.commit("run1", &[super::put(record.0, record.1)]).await.unwrap();
        assert_eq!(ledger.load(Units::All).await.unwrap().versions[&unit("customer/corner-cafe")], 1);
        ledger.unlock("run1").await.unwrap();
        drop(ledger);

        let newborn = folder.path().join("newborn.db");
        drop(SqliteLedger::open(&newborn, &expected(), "lineage").unwrap());
        assert_eq!(tables(&path), tables(&newborn), "a ledger of format {format} becomes what one is born as");
        drop(SqliteLedger::open(&path, &expected(), "another").unwrap());
    }
}

#[tokio::test]
async fn two_that_bring_it_up_to_date_at_once_do_it_once() {
    for (_, sql) in FORMATS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        make(&path, sql);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| drop(SqliteLedger::open(&path, &expected(), "another").unwrap()));
            }
        });
        assert_eq!(SqliteLedger::view(&path, &expected(), Units::All).unwrap().state.records.len(), 5);
    }
}
