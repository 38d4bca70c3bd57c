//! What PostgreSQL's errors mean for a ledger.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use super::{LedgerError, session::LOCK_PATIENCE};

/// Gives an error of the server, or of the way to it, the meaning that it has for a ledger.
pub(super) fn failed(place: &str, action: &'static str, error: &tokio_postgres::Error) -> LedgerError {
    let place = place.to_owned();
    let Some(refusal) = error.as_db_error() else {
        return lost(place, action, error);
    };
    let code = refusal.code();
    let why = format!("{} (SQLSTATE {})", refusal.message(), code.code());
    // The first two characters are the class of the error.
    match code.code().get(..2).unwrap_or_default() {
        _ if *code == SqlState::INSUFFICIENT_PRIVILEGE => LedgerError::Denied { place, why },
        "28" => LedgerError::Denied { place, why },
        _ if *code == SqlState::LOCK_NOT_AVAILABLE => LedgerError::InUse { place, seconds: LOCK_PATIENCE.as_secs() },
        _ if *code == SqlState::DISK_FULL => LedgerError::DiskFull { place },
        _ if *code == SqlState::READ_ONLY_SQL_TRANSACTION => {
            LedgerError::Unfit { place, why: "the server permits reading only".to_owned() }
        }
        _ if *code == SqlState::INVALID_SQL_STATEMENT_NAME || *code == SqlState::DUPLICATE_PSTATEMENT => {
            LedgerError::Unfit { place, why: super::session::POOLED.to_owned() }
        }
        "0A" => LedgerError::Unfit { place, why },
        "XX" | "42" | "23" => LedgerError::Damaged { place, why },
        _ => LedgerError::Unreachable { place, action, why },
    }
}

fn lost(place: String, action: &'static str, error: &tokio_postgres::Error) -> LedgerError {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        if !why.contains(&text) {
            why = format!("{why}: {text}");
        }
        source = inner.source();
    }
    if why.contains("password missing") {
        let why = "it asks for a password, and there is none: set `PGPASSWORD` or write it into `~/.pgpass`";
        return LedgerError::Denied { place, why: why.to_owned() };
    }
    if action == "written" {
        why.push_str("; whether what was being written is kept is not known");
    }
    LedgerError::Unreachable { place, action, why }
}

/// Makes the error of something that does not say what it should.
pub(super) fn damaged(place: &str, what: &str, why: &dyn std::fmt::Display) -> LedgerError {
    LedgerError::Damaged { place: place.to_owned(), why: format!("{what} cannot be read: {why}") }
}
