//! Who holds the ledger: a row that says who, and a lock of the operating system that says whether they live.
//!
//! The system frees its lock when a process dies, however it dies, and cannot mistake a new process for an
//! old one; so a row without that lock is stale if it was written on this host.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::ledger::{Holder, LedgerError};

/// What the operating system says about the holder.
enum Sign {
    /// Nobody on this host holds it: the lock is ours now.
    Free(File),
    /// Somebody on this host holds it.
    Taken,
    /// The file system has no locks.
    Unknown,
}

/// Takes the ledger; what it returns must live as long as the run.
pub(super) fn take(path: &Path, connection: &mut Connection, holder: &Holder) -> Result<Option<File>, LedgerError> {
    let sign = sign(path)?;
    let refused = |error| super::failed(path, "written", error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(refused)?;
    let row = current(&transaction).map_err(refused)?;
    let held = |by: Holder| LedgerError::Held { path: path.to_owned(), holder: Box::new(by) };
    let alive = match (sign, row) {
        (Sign::Taken, Some(by)) => return Err(held(by)),
        // It has the one and not yet the other.
        (Sign::Taken, None) => {
            let by = Holder {
                owner: "another process".to_owned(),
                pid: 0,
                run: "not known yet".to_owned(),
                since: "just now".to_owned(),
                host: holder.host.clone(),
            };
            return Err(held(by));
        }
        (Sign::Free(_) | Sign::Unknown, Some(by)) if by.host != holder.host => return Err(held(by)),
        (Sign::Unknown, Some(by)) if may_live(by.pid) => return Err(held(by)),
        (sign, stale) => {
            if let Some(by) = stale {
                tracing::info!(holder = %by, "the lock of a process that has died is taken over");
            }
            match sign {
                Sign::Free(file) => Some(file),
                Sign::Taken | Sign::Unknown => None,
            }
        }
    };
    let Holder { owner, host, pid, run, since } = holder;
    transaction
        .execute(
            "INSERT OR REPLACE INTO lock (one, owner, host, pid, run, since) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            params![owner, host, pid, run, since],
        )
        .map_err(refused)?;
    transaction.commit().map_err(refused)?;
    Ok(alive)
}

/// Gives the ledger back; returns false if the run does not hold it.
pub(super) fn give_back(connection: &Connection, run: &str) -> rusqlite::Result<bool> {
    Ok(connection.execute("DELETE FROM lock WHERE run = ?1", [run])? > 0)
}

pub(super) fn current(connection: &Connection) -> rusqlite::Result<Option<Holder>> {
    connection
        .query_row("SELECT owner, host, pid, run, since FROM lock", [], |row| {
            Ok(Holder { owner: row.get(0)?, host: row.get(1)?, pid: row.get(2)?, run: row.get(3)?, since: row.get(4)? })
        })
        .optional()
}

/// Asks the operating system. The file is one of its own: closing the ledger's own file would end SQLite's locks.
fn sign(path: &Path) -> Result<Sign, LedgerError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(super::beside(path, ".lock")).map_err(|source| LedgerError::Io {
        path: path.to_owned(),
        action: "locked",
        source,
    })?;
    Ok(match file.try_lock() {
        Ok(()) => Sign::Free(file),
        Err(TryLockError::WouldBlock) => Sign::Taken,
        Err(TryLockError::Error(_)) => Sign::Unknown,
    })
}

/// Returns false if this host shows its processes and has none with this id.
fn may_live(pid: u32) -> bool {
    let processes = Path::new("/proc/self");
    !processes.exists() || Path::new("/proc").join(pid.to_string()).exists()
}
