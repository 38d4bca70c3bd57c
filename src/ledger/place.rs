//! Where a ledger is kept, and opening it whichever kind it is.

use std::{fmt, path::PathBuf, sync::Arc};

use super::{Expected, Ledger, LedgerError, LedgerView, RunReport, SqliteLedger, Units};

/// Where a ledger is kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a SQLite file.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Place {
    /// Opens the ledger for writing, and makes it if there is none; then `newborn` becomes its lineage, a random text.
    ///
    /// # Errors
    ///
    /// If it is no ledger, is damaged or newer, belongs to something else, or cannot be reached or written.
    #[expect(clippy::unused_async, reason = "other kinds of ledgers are reached over the network")]
    pub async fn open(&self, expected: &Expected, newborn: &str) -> Result<Arc<dyn Ledger>, LedgerError> {
        match self {
            Self::File(path) => Ok(Arc::new(SqliteLedger::open(path, expected, newborn)?)),
        }
    }

    /// Reads units of the ledger and changes nothing: where there is none, none is made.
    ///
    /// # Errors
    ///
    /// As [`Place::open`], apart from those of writing.
    #[expect(clippy::unused_async, reason = "other kinds of ledgers are reached over the network")]
    pub async fn view(&self, expected: &Expected, units: Units<'_>) -> Result<LedgerView, LedgerError> {
        match self {
            Self::File(path) => SqliteLedger::view(path, expected, units),
        }
    }

    /// As [`Place::view`] of everything, and leaves nothing behind, not even what readers share.
    ///
    /// # Errors
    ///
    /// As [`Place::view`].
    #[expect(clippy::unused_async, reason = "other kinds of ledgers are reached over the network")]
    pub async fn examine(&self, expected: &Expected) -> Result<LedgerView, LedgerError> {
        match self {
            Self::File(path) => SqliteLedger::examine(path, expected),
        }
    }

    /// Returns the size of a ledger that is a file.
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Self::File(path) => std::fs::metadata(path).ok().map(|metadata| metadata.len()),
        }
    }

    /// Reads the run that began last, and changes nothing.
    ///
    /// # Errors
    ///
    /// As [`Place::view`].
    #[expect(clippy::unused_async, reason = "other kinds of ledgers are reached over the network")]
    pub async fn view_last_run(&self, expected: &Expected) -> Result<Option<RunReport>, LedgerError> {
        match self {
            Self::File(path) => SqliteLedger::view_last_run(path, expected),
        }
    }
}
