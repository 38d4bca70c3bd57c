//! What a ledger keeps, and what it refuses.

pub mod conformance;
mod formats;
pub mod object;
pub mod postgres;
mod sqlite;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use hubform::{
    ledger::{Change, Expected, Holder, Ledger as _, LedgerError, SqliteLedger, Units},
    model::{
        Address, CustomerId, Fields, Lifecycle, OnRemove, OrgId, Problem, ProvisioningId, Record, RemoteIds,
        SubscriberId, Unit, Value,
    },
};

fn expected() -> Expected {
    Expected {
        target: "simulator".to_owned(),
        base_url: String::new(),
        project: "acme-voice".to_owned(),
        lineage: None,
    }
}

fn open(path: &Path) -> SqliteLedger {
    SqliteLedger::open(path, &expected(), "lineage-1").unwrap()
}

fn record(ids: RemoteIds) -> Record {
    let mut applied = Fields::default();
    applied.set("company", Value::text("John's Pizza"));
    applied.set("packages[webex_calling].quantity".to_owned(), Value::Number(25));
    let lifecycle = Lifecycle { protect: true, on_remove: OnRemove::Keep, adopt: false };
    Record { ids, applied, lifecycle, created: true }
}

fn records() -> BTreeMap<Address, Record> {
    [
        ("template/standard-us", RemoteIds::Template { provisioning_id: Some(ProvisioningId::new("t1")) }),
        ("template/standard-de", RemoteIds::Template { provisioning_id: None }),
        ("customer/johns-pizza", RemoteIds::Customer { id: CustomerId::new("c1"), org_id: Some(OrgId::new("o1")) }),
        ("user/johns-pizza/ann@johns-pizza.example", RemoteIds::User { id: SubscriberId::new("s1"), person_id: None }),
    ]
    .into_iter()
    .map(|(address, ids)| (address.parse().unwrap(), record(ids)))
    .collect()
}

fn put(address: &Address, record: &Record) -> Change {
    Change::Put { object: address.clone(), record: Box::new(record.clone()) }
}

fn unit(text: &str) -> Unit {
    text.parse().unwrap()
}

/// Writes changes as a run that holds their units as long as it takes.
async fn commit(ledger: &SqliteLedger, changes: &[Change]) -> Result<(), LedgerError> {
    ledger.lock(&changes.iter().map(Change::unit).collect(), &holder("run1")).await?;
    let ended = ledger.commit("run1", changes).await;
    ledger.unlock("run1").await?;
    ended
}

fn holder(run: &str) -> Holder {
    Holder {
        owner: "nightly".to_owned(),
        host: "build-1".to_owned(),
        pid: std::process::id(),
        run: run.to_owned(),
        since: "2026-11-22T17:00:00Z".to_owned(),
    }
}

#[tokio::test]
async fn records_survive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let records = records();
    {
        let ledger = open(&path);
        assert!(ledger.load(Units::All).await.unwrap().is_new);
        for (address, record) in &records {
            commit(&ledger, &[put(address, record)]).await.unwrap();
        }
    }
    let ledger = open(&path);
    let state = ledger.load(Units::All).await.unwrap();
    assert_eq!(state.records, records);
    assert!(!state.is_new);
    let (address, record) = records.first_key_value().unwrap();
    assert_eq!(state.records.get(address), Some(record));
    commit(&ledger, &[Change::Remove { object: address.clone() }]).await.unwrap();
    commit(&ledger, &[Change::Remove { object: address.clone() }]).await.unwrap();
    assert!(!ledger.load(Units::All).await.unwrap().records.contains_key(address));
    assert_eq!(
        SqliteLedger::view(&path, &expected(), Units::All).unwrap().state,
        ledger.load(Units::All).await.unwrap()
    );
}

#[tokio::test]
async fn a_ledger_whose_last_record_went_is_not_new() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("ledger.db"));
    let records = records();
    let (address, record) = records.first_key_value().unwrap();
    commit(&ledger, &[put(address, record)]).await.unwrap();
    commit(&ledger, &[Change::Remove { object: address.clone() }]).await.unwrap();
    let state = ledger.load(Units::All).await.unwrap();
    assert!(state.records.is_empty() && !state.is_new);
}

#[tokio::test]
async fn a_batch_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = open(&path);
    // A row that no version writes makes the second write of the batch fail.
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER no_user BEFORE INSERT ON record WHEN new.kind = 'user'
             BEGIN SELECT RAISE(ABORT, 'no users today'); END",
        )
        .unwrap();
    let records = records();
    let changes: Vec<_> = records.iter().map(|(address, record)| put(address, record)).collect();
    let error = commit(&ledger, &changes).await.unwrap_err();
    assert!(error.text().contains("no users today"), "{}", error.text());
    assert!(ledger.load(Units::All).await.unwrap().records.is_empty());
}

#[test]
fn looking_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/ledger.db");
    let view = SqliteLedger::view(&path, &expected(), Units::All).unwrap();
    assert!(view.state.is_new && view.identity.is_none());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".hubform/ledger.db");
    let ledger = open(&path);
    let records = records();
    let (address, record) = records.first_key_value().unwrap();
    commit(&ledger, &[put(address, record)]).await.unwrap();
    ledger.lock(&BTreeSet::from([Unit::Templates]), &holder("run2")).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_ledger_of_something_else_is_refused_with_both_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(open(&path));
    let base = expected();
    let cases = [
        (Expected { target: "webex".to_owned(), ..base.clone() }, "target `simulator`", "target `webex`"),
        (
            Expected { base_url: "https://sim.example".to_owned(), ..base.clone() },
            "`the embedded simulator`",
            "`https://sim.example`",
        ),
        (Expected { project: "other".to_owned(), ..base.clone() }, "project `acme-voice`", "project `other`"),
        (Expected { lineage: Some("lineage-2".to_owned()), ..base }, "lineage `lineage-1`", "lineage `lineage-2`"),
    ];
    for (expected, ledger, run) in cases {
        let viewed = SqliteLedger::view(&path, &expected, Units::All).unwrap_err();
        let opened = SqliteLedger::open(&path, &expected, "x").unwrap_err();
        for error in [viewed, opened] {
            let problem = Problem::from(&error);
            assert_eq!(problem.code.0, "HF707");
            assert!(problem.message.contains(ledger) && problem.message.contains(run), "{}", problem.message);
            assert!(problem.fix.is_some());
        }
    }
}

#[tokio::test]
async fn the_first_apply_binds_the_partner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = open(&path);
    assert_eq!(ledger.identity().await.unwrap().partner, None);
    ledger.bind_partner(&OrgId::new("partner-1")).await.unwrap();
    ledger.bind_partner(&OrgId::new("partner-1")).await.unwrap();
    let error = ledger.bind_partner(&OrgId::new("partner-2")).await.unwrap_err();
    assert!(error.to_string().contains("`partner-1`") && error.to_string().contains("`partner-2`"), "{error}");
    drop(ledger);
    let identity = SqliteLedger::view(&path, &expected(), Units::All).unwrap().identity.unwrap();
    assert_eq!(identity.partner, Some(OrgId::new("partner-1")));
    assert_eq!(identity.lineage, "lineage-1");
}

#[test]
fn a_project_with_a_lineage_refuses_an_empty_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let expected = Expected { lineage: Some("lineage-1".to_owned()), ..expected() };
    assert!(matches!(SqliteLedger::view(&path, &expected, Units::All).unwrap_err(), LedgerError::Missing { .. }));
    assert!(matches!(SqliteLedger::open(&path, &expected, "new").unwrap_err(), LedgerError::Missing { .. }));
    assert!(!path.exists());
    drop(open(&path));
    SqliteLedger::open(&path, &expected, "ignored").unwrap();
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(open(&path));
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("UPDATE meta SET value = '7' WHERE key = 'schema_version'", []).unwrap();
    drop(other);
    for error in [
        SqliteLedger::open(&path, &expected(), "x").unwrap_err(),
        SqliteLedger::view(&path, &expected(), Units::All).unwrap_err(),
    ] {
        assert!(matches!(error, LedgerError::Newer { found: 7, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn files_that_are_no_ledger_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE x (y)").unwrap();
    let whole = {
        let good = folder.path().join("good.db");
        let ledger = open(&good);
        for (address, record) in &records() {
            commit(&ledger, &[put(address, record)]).await.unwrap();
        }
        drop(ledger);
        fs::read(good).unwrap()
    };
    let mut scrambled = whole.clone();
    for byte in &mut scrambled[4096..] {
        *byte ^= 0x5a;
    }
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("text", b"target: simulator\n".repeat(100), "HF702"),
        ("another program's", fs::read(foreign).unwrap(), "HF702"),
        ("empty", Vec::new(), "HF703"),
        ("cut short", whole[..4096].to_vec(), "HF703"),
        ("cut within the head", whole[..50].to_vec(), "HF702"),
        ("scrambled", scrambled, "HF703"),
    ];
    for (name, bytes, code) in cases {
        fs::write(&path, &bytes).unwrap();
        let opened = SqliteLedger::open(&path, &expected(), "x").unwrap_err();
        assert_eq!(opened.code().0, code, "{name}: {opened:?}");
        let viewed = SqliteLedger::view(&path, &expected(), Units::All).unwrap_err();
        assert!(["HF702", "HF703"].contains(&viewed.code().0), "{name}: {viewed:?}");
        assert!(viewed.to_string().contains("ledger.db"), "{name}: {viewed}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}");
    }
    assert!(matches!(
        SqliteLedger::view(folder.path(), &expected(), Units::All).unwrap_err(),
        LedgerError::NotALedger { .. }
    ));
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = open(&path);
    for (address, record) in &records() {
        commit(&ledger, &[put(address, record)]).await.unwrap();
    }
    let other = rusqlite::Connection::open(&path).unwrap();
    for (column, value) in
        [("applied", "{"), ("ids", "{}"), ("ids", r#"{"kind":"location","id":"x"}"#), ("lifecycle", "[]")]
    {
        let sql = format!("UPDATE record SET {column} = ?1 WHERE address = 'customer/johns-pizza'");
        other.execute(&sql, [value]).unwrap();
        let error = ledger.load(Units::All).await.unwrap_err();
        assert!(matches!(error, LedgerError::Damaged { .. }), "{error:?}");
        assert!(error.to_string().contains("customer/johns-pizza"), "{error}");
        let (address, record) = records().into_iter().find(|(it, _)| it.to_string() == "customer/johns-pizza").unwrap();
        commit(&ledger, &[put(&address, &record)]).await.unwrap();
    }
    ledger.load(Units::All).await.unwrap();
}

#[tokio::test]
async fn a_second_apply_is_told_who_holds_the_customer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (first, second) = (open(&path), open(&path));
    let units = BTreeSet::from([unit("customer/johns-pizza")]);
    first.lock(&units, &holder("run1")).await.unwrap();
    let error = second.lock(&units, &holder("run2")).await.unwrap_err();
    for word in ["customer/johns-pizza", "nightly", "build-1", "run1", "2026-11-22T17:00:00Z"] {
        assert!(error.to_string().contains(word), "{error}");
    }
    assert!(error.fix().contains("hubform ledger unlock run1"), "{}", error.fix());
    // The refused one must not free what it does not hold.
    second.unlock("run2").await.unwrap();
    assert!(second.lock(&units, &holder("run2")).await.is_err());
    // Others are nobody's business.
    second.lock(&BTreeSet::from([unit("customer/acme")]), &holder("run2")).await.unwrap();
    first.unlock("run1").await.unwrap();
    second.lock(&units, &holder("run2")).await.unwrap();
}

#[tokio::test]
async fn the_lock_of_a_dead_process_is_taken_over_on_its_host_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let units = BTreeSet::from([unit("customer/johns-pizza")]);
    // Never given back, as after `kill -9`: the process's end frees the system's lock, and the row stays.
    open(&path).lock(&units, &holder("run1")).await.unwrap();
    let ledger = open(&path);
    let elsewhere = Holder { host: "build-2".to_owned(), ..holder("run2") };
    let error = ledger.lock(&units, &elsewhere).await.unwrap_err();
    assert!(matches!(&error, LedgerError::Held { holder, .. } if holder.run == "run1"), "{error:?}");
    ledger.lock(&units, &holder("run3")).await.unwrap();
    ledger.unlock("run3").await.unwrap();
    ledger.lock(&units, &elsewhere).await.unwrap();
}

#[tokio::test]
async fn a_run_that_lost_its_lock_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (first, second) = (open(&path), open(&path));
    let records = records();
    let units: BTreeSet<Unit> = records.keys().map(Unit::of).collect();
    let (address, record) = records.first_key_value().unwrap();
    first.lock(&units, &holder("run1")).await.unwrap();
    first.commit("run1", &[put(address, record)]).await.unwrap();
    // As `hubform ledger unlock` does.
    second.unlock("run1").await.unwrap();
    let error = first.commit("run1", &[Change::Remove { object: address.clone() }]).await.unwrap_err();
    assert!(matches!(error, LedgerError::LockLost { .. }), "{error:?}");
    assert!(second.load(Units::All).await.unwrap().records.contains_key(address));
}

#[tokio::test]
async fn readers_are_not_in_the_way_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = open(&path);
    for (address, record) in &records() {
        commit(&ledger, &[put(address, record)]).await.unwrap();
        assert!(SqliteLedger::view(&path, &expected(), Units::All).unwrap().state.records.contains_key(address));
    }
}

#[tokio::test]
async fn support_can_ask_with_sqlite3() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = open(&path);
    for (address, record) in &records() {
        commit(&ledger, &[put(address, record)]).await.unwrap();
    }
    let other = rusqlite::Connection::open(&path).unwrap();
    let row: (String, String, String, String) = other
        .query_row(
            "SELECT address, kind, remote_id, applied ->> '$.company' FROM record WHERE customer = 'johns-pizza' AND kind = 'user'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .unwrap();
    let row = (row.0.as_str(), row.1.as_str(), row.2.as_str(), row.3.as_str());
    assert_eq!(row, ("user/johns-pizza/ann@johns-pizza.example", "user", "s1", "John's Pizza"));
}
