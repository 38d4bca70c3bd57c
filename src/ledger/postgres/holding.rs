//! Who holds what: a row for each unit that says who, and an advisory lock of the session for each run that says whether
//! they live.
//!
//! The server frees the advisory lock when the session ends, so rows without it are those of the dead, whatever host
//! they ran on.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use tokio_postgres::Row;

use crate::{ledger::Vitality, model::Unit};

use super::{
    Holder, LedgerError, LockInfo,
    failure::{damaged, failed},
    session::{POOLED, Session},
};

/// The advisory locks that somebody in this database holds; those of one 64-bit key have `objsubid` 1.
const SIGNS: &str = "SELECT (p.classid::bigint << 32) | p.objid::bigint FROM pg_catalog.pg_locks p
    WHERE p.locktype = 'advisory' AND p.granted AND p.objsubid = 1
        AND p.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())";

/// Returns the key of an advisory lock. All programs of a database share the keys, so it is a digest; were two of them
/// equal, a dead run would seem to live, and never the other way round.
pub(super) fn key(schema: &str, what: &str, name: &str) -> i64 {
    let digest = Sha256::digest(format!("hubform\0{schema}\0{what}\0{name}").as_bytes());
    digest.iter().take(8).fold(0, |key: i64, byte| (key << 8) | i64::from(*byte))
}

/// Takes units for a run: all of them or none.
pub(super) async fn take(session: &mut Session, units: &BTreeSet<Unit>, holder: &Holder) -> Result<(), LedgerError> {
    let place = session.place().to_owned();
    let refused = |error: tokio_postgres::Error| failed(&place, "locked", &error);
    let (gate, sign) = (key(session.schema(), "locks", ""), key(session.schema(), "run", &holder.run));
    let (is_new, backend) = give_sign(session, sign).await?;
    if backend != session.backend() {
        return Err(LedgerError::Unfit { place, why: POOLED.to_owned() });
    }
    let names: Vec<String> = units.iter().map(ToString::to_string).collect();
    let look = session.sql(&format!(
        "SELECT unit, owner, host, pid, run, since, sign IN ({SIGNS}) FROM {{s}}.lock
         WHERE unit = ANY ($1::text[]) AND run <> $2"
    ));
    let write = session.sql(
        "INSERT INTO {s}.lock AS l (unit, owner, host, pid, run, since, sign)
         SELECT unit, $2, $3, $4, $5, $6, $7 FROM unnest($1::text[]) AS wanted (unit)
         ON CONFLICT (unit) DO UPDATE SET
             owner = excluded.owner, host = excluded.host, pid = excluded.pid, run = excluded.run,
             since = excluded.since, sign = excluded.sign
         WHERE l.run <> excluded.run",
    );
    let taken = async {
        let transaction = session.client_mut().transaction().await.map_err(refused)?;
        transaction.execute("SELECT pg_catalog.pg_advisory_xact_lock($1)", &[&gate]).await.map_err(refused)?;
        let mut held: Option<(Unit, Holder)> = None;
        for row in transaction.query(&look, &[&names, &holder.run]).await.map_err(refused)? {
            let LockInfo { unit, holder: by, vitality } = info_of(&place, &row)?;
            if vitality == Vitality::Gone {
                tracing::info!(%unit, holder = %by, "the lock of a process that has died is taken over");
            } else if held.as_ref().is_none_or(|(first, _)| unit < *first) {
                held = Some((unit, by));
            }
        }
        if let Some((unit, by)) = held {
            return Err(LedgerError::Held { place: place.clone(), unit, holder: Box::new(by) });
        }
        let Holder { owner, host, pid, run, since } = holder;
        transaction
            .execute(&write, &[&names, owner, host, &i64::from(*pid), run, since, &sign])
            .await
            .map_err(refused)?;
        transaction.commit().await.map_err(refused)
    };
    let taken = taken.await;
    if taken.is_err() && is_new {
        // What matters is why they were not taken.
        drop(take_sign_back(session, sign).await);
    }
    taken
}

/// Says that a run lives, before there are rows that say so; returns whether it is news, and the server's process.
async fn give_sign(session: &Session, sign: i64) -> Result<(bool, i32), LedgerError> {
    let refused = |error: tokio_postgres::Error| failed(session.place(), "locked", &error);
    // A session that takes an advisory lock twice would have to give it back twice. Where another session of the same
    // run has it, the run lives as long as that one.
    let sql = format!(
        "SELECT CASE WHEN $1 IN ({SIGNS}) THEN false ELSE pg_catalog.pg_try_advisory_lock($1) END,
                pg_catalog.pg_backend_pid()"
    );
    let row = session.client().query_one(&sql, &[&sign]).await.map_err(refused)?;
    Ok((row.try_get(0).map_err(refused)?, row.try_get(1).map_err(refused)?))
}

async fn take_sign_back(session: &Session, sign: i64) -> Result<(), LedgerError> {
    let sql = format!(
        "SELECT pg_catalog.pg_advisory_unlock($1) WHERE $1 IN ({SIGNS} AND p.pid = pg_catalog.pg_backend_pid())"
    );
    let ended = session.client().execute(&sql, &[&sign]).await;
    ended.map(drop).map_err(|error| failed(session.place(), "unlocked", &error))
}

/// Gives back what a run holds.
pub(super) async fn give_back(session: &mut Session, run: &str) -> Result<(), LedgerError> {
    let sql = session.sql("DELETE FROM {s}.lock WHERE run = $1");
    let ended = session.client().execute(&sql, &[&run]).await;
    ended.map_err(|error| failed(session.place(), "unlocked", &error))?;
    take_sign_back(session, key(session.schema(), "run", run)).await
}

/// Returns every lock, by unit.
pub(super) async fn all(session: &Session) -> Result<Vec<LockInfo>, LedgerError> {
    let sql = session.sql(&format!("SELECT unit, owner, host, pid, run, since, sign IN ({SIGNS}) FROM {{s}}.lock"));
    let rows = session.client().query(&sql, &[]).await;
    let rows = rows.map_err(|error| failed(session.place(), "read", &error))?;
    let mut locks: Vec<LockInfo> =
        rows.iter().map(|row| info_of(session.place(), row)).collect::<Result<_, LedgerError>>()?;
    locks.sort_by(|one, other| one.unit.cmp(&other.unit));
    Ok(locks)
}

fn info_of(place: &str, row: &Row) -> Result<LockInfo, LedgerError> {
    let text = |column: usize| row.try_get::<_, String>(column).map_err(|error| damaged(place, "a lock", &error));
    let pid: i64 = row.try_get(3).map_err(|error| damaged(place, "a lock", &error))?;
    let lives: bool = row.try_get(6).map_err(|error| damaged(place, "a lock", &error))?;
    Ok(LockInfo {
        unit: text(0)?.parse().map_err(|error| damaged(place, "a lock", &error))?,
        holder: Holder {
            owner: text(1)?,
            host: text(2)?,
            pid: u32::try_from(pid).unwrap_or_default(),
            run: text(4)?,
            since: text(5)?,
        },
        vitality: if lives { Vitality::Alive } else { Vitality::Gone },
    })
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn keys_stay_as_they_are_and_differ_by_everything() {
        let keys = [key("a", "run", "1"), key("a", "run", "2"), key("a", "locks", "1"), key("b", "run", "1")];
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
        // Versions that stand side by side must agree on it.
        assert_eq!(key("hubform", "run", "r1"), -7_935_593_657_461_679_433);
    }
}
