//! Who holds what: a row for each unit that says who, and a lock of the operating system for each run that says
//! whether they live.
//!
//! The system frees its lock when a process dies, however it dies, and cannot mistake a new process for an
//! old one; so rows without that lock are stale if they were written on this host.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use crate::model::Unit;

use super::{
    Holder, Inner, LedgerError, LockInfo, beside,
    failure::{failed, named},
    reading::unit_of,
};
use crate::ledger::Vitality;

/// Takes units for a run: all of them or none.
pub(super) fn take(inner: &mut Inner, units: &BTreeSet<Unit>, holder: &Holder) -> Result<(), LedgerError> {
    let Inner { path, connection, alive } = inner;
    // Before the rows, so that nobody finds rows whose holder seems to be dead.
    let is_new = !alive.contains_key(&holder.run);
    if is_new && let Some(file) = sign(path, &holder.run)? {
        alive.insert(holder.run.clone(), file);
    }
    let taken = take_rows(path, connection, units, holder);
    if taken.is_err() && is_new && alive.remove(&holder.run).is_some() {
        remove_sign(path, &holder.run);
    }
    taken
}

fn take_rows(
    path: &Path,
    connection: &mut Connection,
    units: &BTreeSet<Unit>,
    holder: &Holder,
) -> Result<(), LedgerError> {
    let refused = |error| failed(path, "written", error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(refused)?;
    let mut lives: BTreeMap<String, Vitality> = BTreeMap::new();
    for unit in units {
        let by = transaction
            .prepare_cached("SELECT owner, host, pid, run, since FROM lock WHERE unit = ?1")
            .and_then(|mut statement| statement.query_row([unit.to_string()], |row| holder_of(row, 0)).optional())
            .map_err(refused)?;
        match by {
            Some(by) if by.run == holder.run => continue,
            Some(by) => {
                let life = *lives.entry(by.run.clone()).or_insert_with(|| vitality(path, &by, &holder.host));
                if life != Vitality::Gone {
                    return Err(LedgerError::Held { place: named(path), unit: unit.clone(), holder: Box::new(by) });
                }
                tracing::info!(%unit, holder = %by, "the lock of a process that has died is taken over");
            }
            None => {}
        }
        let Holder { owner, host, pid, run, since } = holder;
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO lock (unit, owner, host, pid, run, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut statement| statement.execute(params![unit.to_string(), owner, host, pid, run, since]))
            .map_err(refused)?;
    }
    transaction.commit().map_err(refused)?;
    for (run, life) in lives {
        if life == Vitality::Gone {
            remove_sign(path, &run);
        }
    }
    Ok(())
}

/// Gives back what a run holds.
pub(super) fn give_back(inner: &mut Inner, run: &str) -> Result<(), LedgerError> {
    let Inner { path, connection, alive } = inner;
    connection.execute("DELETE FROM lock WHERE run = ?1", [run]).map_err(|error| failed(path, "written", error))?;
    if alive.remove(run).is_some() || !is_signed(path, run) {
        remove_sign(path, run);
    }
    Ok(())
}

/// Returns true if a process of this host still gives the sign of life of a run.
fn is_signed(path: &Path, run: &str) -> bool {
    let Some(place) = sign_path(path, run) else { return false };
    OpenOptions::new().write(true).open(place).is_ok_and(|file| file.try_lock().is_err())
}

/// Returns true if a run holds a unit.
pub(super) fn holds(connection: &Connection, unit: &Unit, run: &str) -> rusqlite::Result<bool> {
    let found = connection
        .prepare_cached("SELECT 1 FROM lock WHERE unit = ?1 AND run = ?2")?
        .query_row([&unit.to_string(), run], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Returns every lock, by unit.
pub(super) fn all(path: &Path, connection: &Connection) -> Result<Vec<LockInfo>, LedgerError> {
    let refused = |error| failed(path, "read", error);
    let mut statement =
        connection.prepare_cached("SELECT unit, owner, host, pid, run, since FROM lock").map_err(refused)?;
    let mut rows = statement.query([]).map_err(refused)?;
    let mut locks = Vec::new();
    let here = crate::ledger::held::this_host();
    while let Some(row) = rows.next().map_err(refused)? {
        let unit = unit_of(path, row, 0)?;
        let holder = holder_of(row, 1).map_err(refused)?;
        let vitality = vitality(path, &holder, here.as_deref().unwrap_or(&holder.host));
        locks.push(LockInfo { unit, holder, vitality });
    }
    locks.sort_by(|one, other| one.unit.cmp(&other.unit));
    Ok(locks)
}

fn holder_of(row: &Row<'_>, first: usize) -> rusqlite::Result<Holder> {
    Ok(Holder {
        owner: row.get(first)?,
        host: row.get(first + 1)?,
        pid: row.get(first + 2)?,
        run: row.get(first + 3)?,
        since: row.get(first + 4)?,
    })
}

/// Returns the file whose lock says that a run lives. It is one of its own: closing the ledger's own file would end
/// SQLite's locks. A run whose name is none of ours has no such file.
fn sign_path(path: &Path, run: &str) -> Option<PathBuf> {
    let is_plain = !run.is_empty() && run.len() <= 64 && run.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then(|| beside(path, &format!(".run-{run}")))
}

/// Gives a sign of life; nothing where the file system has no locks.
fn sign(path: &Path, run: &str) -> Result<Option<File>, LedgerError> {
    let Some(place) = sign_path(path, run) else { return Ok(None) };
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(place).map_err(|source| {
        let (place, kind) = (named(path), source.kind());
        if matches!(kind, io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) {
            LedgerError::ReadOnly { place }
        } else if kind == io::ErrorKind::StorageFull {
            LedgerError::DiskFull { place }
        } else {
            LedgerError::Io { place, action: "locked", source }
        }
    })?;
    Ok(file.try_lock().is_ok().then_some(file))
}

fn remove_sign(path: &Path, run: &str) {
    if let Some(place) = sign_path(path, run)
        && let Err(error) = fs::remove_file(place)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the sign of life of a run cannot be removed");
    }
}

/// Returns whether a holder lives, as far as this host can tell.
fn vitality(path: &Path, holder: &Holder, here: &str) -> Vitality {
    if holder.host != here {
        return Vitality::Unknown;
    }
    let Some(place) = sign_path(path, &holder.run) else { return Vitality::Unknown };
    let file = match OpenOptions::new().write(true).open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vitality::Gone,
        Err(_) => return Vitality::Unknown,
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Vitality::Alive,
        Err(TryLockError::Error(_)) if may_live(holder.pid) => Vitality::Unknown,
        Ok(()) | Err(TryLockError::Error(_)) => Vitality::Gone,
    }
}

/// Returns false if this host shows its processes and has none with this id.
fn may_live(pid: u32) -> bool {
    let processes = Path::new("/proc/self");
    !processes.exists() || Path::new("/proc").join(pid.to_string()).exists()
}
