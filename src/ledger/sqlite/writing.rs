//! Changes as statements, one transaction for each commit.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::model::{Entry, Name, ProvisioningId, Record, RemoteIds, Unit};

use super::{
    Change, Inner, LedgerError, RunStart,
    failure::{failed, named},
    holding,
    reading::units_of,
};

/// Writes changes of units that a run holds.
pub(super) fn commit(inner: &mut Inner, run: &str, changes: &[Change]) -> Result<(), LedgerError> {
    if changes.is_empty() {
        return Ok(());
    }
    let Inner { path, connection, alive: _ } = inner;
    let refused = |error| failed(path, "written", error);
    let transaction = begin(connection).map_err(refused)?;
    for unit in units_of(changes) {
        if !holding::holds(&transaction, &unit, run).map_err(refused)? {
            return Err(LedgerError::LockLost { place: named(path), unit });
        }
        touch(&transaction, &unit).map_err(refused)?;
    }
    for change in changes {
        write(&transaction, change).map_err(refused)?;
    }
    transaction.commit().map_err(refused)
}

/// Notes the beginning of a run on units that it holds.
pub(super) fn begin_run(inner: &mut Inner, start: &RunStart) -> Result<(), LedgerError> {
    let Inner { path, connection, alive: _ } = inner;
    let refused = |error| failed(path, "written", error);
    let transaction = begin(connection).map_err(refused)?;
    for (unit, steps) in &start.units {
        if !holding::holds(&transaction, unit, &start.run).map_err(refused)? {
            return Err(LedgerError::LockLost { place: named(path), unit: unit.clone() });
        }
        touch(&transaction, unit).and_then(|()| begin_unit(&transaction, unit, &start.run, steps)).map_err(refused)?;
    }
    let RunStart { run, owner, host, command, started, units: _ } = start;
    transaction
        .execute(
            "INSERT INTO run (run, owner, host, command, started) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![run, owner, host, command, started],
        )
        .and_then(|_| {
            // Of earlier runs only those are kept that are the last of a unit.
            transaction.execute(
                "DELETE FROM run WHERE run <> ?1 AND run NOT IN (SELECT run FROM unit WHERE run IS NOT NULL)",
                [run],
            )
        })
        .map_err(refused)?;
    transaction.commit().map_err(refused)
}

fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn begin_unit(transaction: &Transaction<'_>, unit: &Unit, run: &str, steps: &[String]) -> rusqlite::Result<()> {
    let unit = unit.to_string();
    let run_statement = |sql: &str| transaction.prepare_cached(sql)?.execute([&unit]);
    run_statement("DELETE FROM entry WHERE unit = ?1 AND ended IS NOT NULL")?;
    run_statement("DELETE FROM step WHERE unit = ?1")?;
    transaction
        .prepare_cached("UPDATE unit SET run = ?2, steps = ?3 WHERE unit = ?1")?
        .execute(params![unit, run, json(&steps)?])
        .map(drop)
}

/// Counts a unit's commit.
fn touch(transaction: &Transaction<'_>, unit: &Unit) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO unit (unit, version) VALUES (?1, 1) ON CONFLICT (unit) DO UPDATE SET version = version + 1",
        )?
        .execute([unit.to_string()])
        .map(drop)
}

fn write(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<()> {
    match change {
        Change::Put { object, record } => put(transaction, object, record),
        Change::Remove { object } => {
            transaction.prepare_cached("DELETE FROM record WHERE address = ?1")?.execute([object.to_string()]).map(drop)
        }
        Change::Begin { entry } => write_entry(transaction, entry),
        Change::Job { unit, entry, job } => transaction
            .prepare_cached(
                "UPDATE entry SET entry = json_set(entry, '$.job', ?4) WHERE run = ?1 AND number = ?2 AND unit = ?3",
            )?
            .execute(params![entry.run, signed(entry.number), unit.to_string(), job.as_str()])
            .map(drop),
        Change::End { unit, entry, ended } => {
            let word = word(ended)?;
            transaction
                .prepare_cached(
                    "UPDATE entry SET ended = ?4, entry = json_set(entry, '$.ended', ?4)
                     WHERE run = ?1 AND number = ?2 AND unit = ?3",
                )?
                .execute(params![entry.run, signed(entry.number), unit.to_string(), word])
                .map(drop)
        }
        Change::Step { unit, step, outcome } => transaction
            .prepare_cached(
                "INSERT INTO step (unit, step, outcome) VALUES (?1, ?2, ?3)
                 ON CONFLICT (unit, step) DO UPDATE SET outcome = excluded.outcome",
            )?
            .execute(params![unit.to_string(), step, outcome.to_string()])
            .map(drop),
    }
}

fn put(transaction: &Transaction<'_>, object: &crate::model::Address, record: &Record) -> rusqlite::Result<()> {
    let Record { ids, applied, lifecycle, created } = record;
    transaction
        .prepare_cached(
            "INSERT INTO record (address, kind, customer, remote_id, ids, applied, lifecycle, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (address) DO UPDATE SET
                 remote_id = excluded.remote_id, ids = excluded.ids, applied = excluded.applied,
                 lifecycle = excluded.lifecycle, created = excluded.created",
        )?
        .execute(params![
            object.to_string(),
            object.kind().word(),
            object.customer().map(Name::as_str),
            main_id(ids),
            json(ids)?,
            json(applied)?,
            json(lifecycle)?,
            created,
        ])?;
    transaction
        .prepare_cached("INSERT INTO meta (key, value) VALUES ('used', '1') ON CONFLICT DO NOTHING")?
        .execute([])
        .map(drop)
}

fn write_entry(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<()> {
    let ended = entry.ended.as_ref().map(word).transpose()?;
    transaction
        .prepare_cached(
            "INSERT INTO entry (run, number, unit, object, sent, ended, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (run, number) DO UPDATE SET
                 sent = excluded.sent, ended = excluded.ended, entry = excluded.entry",
        )?
        .execute(params![
            entry.id.run,
            signed(entry.id.number),
            entry.unit().to_string(),
            entry.object.to_string(),
            entry.at.to_string(),
            ended,
            json(entry)?,
        ])
        .map(drop)
}

/// Returns a count as SQLite keeps it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Returns the word that a value without content is in JSON.
fn word(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    json(value).map(|text| text.trim_matches('"').to_owned())
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Returns the id that a person would look an object up by.
fn main_id(ids: &RemoteIds) -> Option<&str> {
    match ids {
        RemoteIds::Template { provisioning_id } => provisioning_id.as_ref().map(ProvisioningId::as_str),
        RemoteIds::Customer { id, org_id: _ } => Some(id.as_str()),
        RemoteIds::Location { id } => Some(id.as_str()),
        RemoteIds::User { id, person_id: _ } => Some(id.as_str()),
    }
}
