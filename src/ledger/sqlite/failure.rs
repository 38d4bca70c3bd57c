//! What SQLite's errors mean for a ledger.

use std::path::Path;

use rusqlite::{ErrorCode, ffi};

use super::{LedgerError, PATIENCE};

/// Returns a path as messages name it.
pub(super) fn named(path: &Path) -> String {
    path.display().to_string()
}

/// Makes the error of something that does not say what it should.
pub(super) fn damaged(path: &Path, what: &str, why: &dyn std::fmt::Display) -> LedgerError {
    LedgerError::Damaged { place: named(path), why: format!("{what} cannot be read: {why}") }
}

/// Gives SQLite's error the meaning that it has for a ledger.
pub(super) fn failed(path: &Path, action: &'static str, error: rusqlite::Error) -> LedgerError {
    let place = named(path);
    let why = || error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => LedgerError::NotALedger { why: why(), place },
        Some(ErrorCode::DatabaseCorrupt) => LedgerError::Damaged { why: why(), place },
        Some(ErrorCode::ReadOnly) => LedgerError::ReadOnly { place },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            LedgerError::InUse { place, seconds: PATIENCE.as_secs() }
        }
        Some(ErrorCode::DiskFull) => LedgerError::DiskFull { place },
        // The file that readers and writers share has no room.
        _ if extended(&error) == Some(ffi::SQLITE_IOERR_SHMSIZE) => LedgerError::DiskFull { place },
        _ => LedgerError::Sqlite { place, action, source: error },
    }
}

fn extended(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}

/// Returns true if the folder may be what refuses to let a file be opened.
pub(super) fn is_blocked(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}
