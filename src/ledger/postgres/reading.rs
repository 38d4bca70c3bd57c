//! Rows of the database as values.

use std::{collections::BTreeMap, pin::pin};

use futures_util::TryStreamExt as _;
use tokio_postgres::{IsolationLevel, Row, Transaction, types::ToSql};

use crate::{
    ledger::UnitReport,
    model::{Address, Entry, EntryId, Kind, LedgerIdentity, LedgerState, OrgId, Record, RemoteIds, Unit},
};

use super::{
    LedgerError, RunReport, RunStart, Units,
    failure::{damaged, failed},
    session::Session,
};

/// Returns what the ledger belongs to.
pub(super) async fn identity(session: &Session) -> Result<LedgerIdentity, LedgerError> {
    let place = session.place();
    let rows = session.client().query(&session.sql("SELECT key, value FROM {s}.meta"), &[]).await;
    let rows = rows.map_err(|error| failed(place, "read", &error))?;
    let mut entries: BTreeMap<String, String> = BTreeMap::new();
    for row in &rows {
        let text = |column: usize| row.try_get(column).map_err(|error| failed(place, "read", &error));
        entries.insert(text(0)?, text(1)?);
    }
    let partner = entries.remove("partner").map(OrgId::new);
    let mut entry =
        |key: &str| entries.remove(key).ok_or_else(|| damaged(place, &format!("the entry `{key}`"), &"it is missing"));
    Ok(LedgerIdentity {
        target: entry("target")?,
        base_url: entry("base_url")?,
        partner,
        project: entry("project")?,
        lineage: entry("lineage")?,
    })
}

/// Within it everything that is read is of one moment.
async fn moment<'a>(session: &'a mut Session, place: &str) -> Result<Transaction<'a>, LedgerError> {
    let transaction = session
        .client_mut()
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await;
    transaction.map_err(|error| failed(place, "read", &error))
}

/// Reads units, row by row as they come.
pub(super) async fn load(session: &mut Session, units: Units<'_>) -> Result<LedgerState, LedgerError> {
    let place = session.place().to_owned();
    let refused = |error: tokio_postgres::Error| failed(&place, "read", &error);
    let only: Option<Vec<String>> = match units {
        Units::All => None,
        Units::Only(only) => Some(only.iter().map(ToString::to_string).collect()),
    };
    let condition = if only.is_some() { " WHERE unit = ANY ($1::text[])" } else { "" };
    let records = session.sql(&format!(
        "SELECT address, ids::text, applied::text, lifecycle::text, created FROM {{s}}.record{condition}"
    ));
    let entries = session.sql(&format!("{ENTRIES}{condition}"));
    let versions = session.sql(&format!("SELECT unit, version FROM {{s}}.unit{condition}"));
    let used =
        session.sql("SELECT EXISTS (SELECT FROM {s}.meta WHERE key = 'used') OR EXISTS (SELECT FROM {s}.record)");
    let parameters: Vec<&(dyn ToSql + Sync)> = only.iter().map(|only| only as _).collect();

    let mut state = LedgerState::default();
    let transaction = moment(session, &place).await?;
    let mut rows = pin!(transaction.query_raw(&records, parameters.iter().copied()).await.map_err(refused)?);
    while let Some(row) = rows.try_next().await.map_err(refused)? {
        let (address, record) = record_of(&place, &row)?;
        state.records.insert(address, record);
    }
    let mut rows = pin!(transaction.query_raw(&entries, parameters.iter().copied()).await.map_err(refused)?);
    while let Some(row) = rows.try_next().await.map_err(refused)? {
        let (id, entry) = entry_of(&place, &row)?;
        state.journal.insert(id, entry);
    }
    for row in transaction.query(&versions, &parameters).await.map_err(refused)? {
        let version: i64 = row.try_get(1).map_err(refused)?;
        let version = u64::try_from(version).map_err(|error| damaged(&place, "the version of a unit", &error))?;
        state.versions.insert(unit_of(&place, &row, 0)?, version);
    }
    let is_used: bool = transaction.query_one(&used, &[]).await.and_then(|row| row.try_get(0)).map_err(refused)?;
    state.is_new = !is_used;
    transaction.commit().await.map_err(refused)?;
    Ok(state)
}

/// Reads the run that began last.
pub(super) async fn last_run(session: &mut Session) -> Result<Option<RunReport>, LedgerError> {
    let place = session.place().to_owned();
    let refused = |error: tokio_postgres::Error| failed(&place, "read", &error);
    let last =
        session.sql("SELECT run, owner, host, command, started, ended FROM {s}.run ORDER BY number DESC LIMIT 1");
    let units = session.sql("SELECT unit, steps::text FROM {s}.unit WHERE run = $1");
    let steps = session.sql(
        "SELECT s.unit, s.step, s.outcome::text FROM {s}.step s JOIN {s}.unit u ON u.unit = s.unit WHERE u.run = $1",
    );
    let entries = session.sql(&format!("{ENTRIES} WHERE run = $1"));

    let transaction = moment(session, &place).await?;
    let Some(row) = transaction.query_opt(&last, &[]).await.map_err(refused)? else { return Ok(None) };
    let text = |column: usize| row.try_get::<_, String>(column).map_err(refused);
    let mut report = RunReport {
        start: RunStart {
            run: text(0)?,
            owner: text(1)?,
            host: text(2)?,
            command: text(3)?,
            started: text(4)?,
            units: BTreeMap::new(),
        },
        ended: row.try_get(5).map_err(refused)?,
        units: BTreeMap::new(),
    };
    let run = report.start.run.clone();
    for row in transaction.query(&units, &[&run]).await.map_err(refused)? {
        let unit = unit_of(&place, &row, 0)?;
        let steps = json(&place, &row, 1, "the steps of a run")?;
        report.start.units.insert(unit.clone(), steps);
        report.units.insert(unit, UnitReport::default());
    }
    for row in transaction.query(&steps, &[&run]).await.map_err(refused)? {
        let step: String = row.try_get(1).map_err(refused)?;
        let outcome = json(&place, &row, 2, "the outcome of a step")?;
        if let Some(unit) = report.units.get_mut(&unit_of(&place, &row, 0)?) {
            unit.outcomes.insert(step, outcome);
        }
    }
    for row in transaction.query(&entries, &[&run]).await.map_err(refused)? {
        let (id, entry) = entry_of(&place, &row)?;
        if let Some(unit) = report.units.get_mut(&entry.unit()) {
            unit.entries.insert(id, entry);
        }
    }
    transaction.commit().await.map_err(refused)?;
    Ok(Some(report))
}

const ENTRIES: &str = "SELECT run, number, job::text, ended, entry::text FROM {s}.entry";

fn entry_of(place: &str, row: &Row) -> Result<(EntryId, Entry), LedgerError> {
    let what = "an entry of the journal";
    let unreadable = |error: &dyn std::fmt::Display| damaged(place, what, error);
    let number: i64 = row.try_get(1).map_err(|error| unreadable(&error))?;
    let id = EntryId {
        run: row.try_get(0).map_err(|error| unreadable(&error))?,
        number: u64::try_from(number).map_err(|error| unreadable(&error))?,
    };
    let mut entry: Entry = json(place, row, 4, what)?;
    if entry.id != id {
        return Err(unreadable(&format!("`{id}` holds that of `{}`", entry.id)));
    }
    let job: Option<&str> = row.try_get(2).map_err(|error| unreadable(&error))?;
    entry.job = job.map(serde_json::from_str).transpose().map_err(|error| unreadable(&error))?;
    let ended: Option<&str> = row.try_get(3).map_err(|error| unreadable(&error))?;
    entry.ended = ended
        .map(|word| serde_json::from_value(serde_json::Value::from(word)))
        .transpose()
        .map_err(|error| unreadable(&error))?;
    Ok((id, entry))
}

fn record_of(place: &str, row: &Row) -> Result<(Address, Record), LedgerError> {
    let name: &str = row.try_get(0).map_err(|error| damaged(place, "a record", &error))?;
    let address: Address = name.parse().map_err(|error| damaged(place, "a record", &error))?;
    let what = format!("the record of `{name}`");
    let ids: RemoteIds = json(place, row, 1, &what)?;
    let kind = match &ids {
        RemoteIds::Template { .. } => Kind::Template,
        RemoteIds::Customer { .. } => Kind::Customer,
        RemoteIds::Location { .. } => Kind::Location,
        RemoteIds::User { .. } => Kind::User,
    };
    if kind != address.kind() {
        return Err(damaged(place, &what, &format!("it holds the ids of a {kind}")));
    }
    let record = Record {
        ids,
        applied: json(place, row, 2, &what)?,
        lifecycle: json(place, row, 3, &what)?,
        created: row.try_get(4).map_err(|error| damaged(place, &what, &error))?,
    };
    Ok((address, record))
}

fn unit_of(place: &str, row: &Row, column: usize) -> Result<Unit, LedgerError> {
    let name: &str = row.try_get(column).map_err(|error| damaged(place, "a unit", &error))?;
    name.parse().map_err(|error| damaged(place, "a unit", &error))
}

fn json<T: serde::de::DeserializeOwned>(place: &str, row: &Row, column: usize, what: &str) -> Result<T, LedgerError> {
    let text: &str = row.try_get(column).map_err(|error| damaged(place, what, &error))?;
    serde_json::from_str(text).map_err(|error| damaged(place, what, &error))
}
