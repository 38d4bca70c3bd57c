//! Where a ledger is kept, and opening it whichever kind it is.

use std::{fmt, path::PathBuf, sync::Arc};

use secrecy::SecretString;

use super::{
    Expected, Ledger, LedgerError, LedgerView, ObjectLedger, ObjectPlace, PostgresAddress, PostgresLedger, RunReport,
    SqliteLedger, Units,
};
use crate::model::LedgerState;

/// Where a ledger is kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a SQLite file.
    File(PathBuf),
    /// In a PostgreSQL database; the password is for an address that holds none.
    Postgres { address: Box<PostgresAddress>, password: Option<SecretString> },
    /// In object storage.
    Object(ObjectPlace),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Postgres { address, password: _ } => f.write_str(&address.shown()),
            Self::Object(place) => f.write_str(place.name()),
        }
    }
}

impl Place {
    /// Opens the ledger for writing, and makes it if there is none; then `newborn` becomes its lineage, a random text.
    ///
    /// # Errors
    ///
    /// If it is no ledger, is damaged or newer, belongs to something else, or cannot be reached or written.
    pub async fn open(&self, expected: &Expected, newborn: &str) -> Result<Arc<dyn Ledger>, LedgerError> {
        Ok(match self {
            Self::File(path) => Arc::new(SqliteLedger::open(path, expected, newborn)?),
            Self::Postgres { address, password } => {
                Arc::new(PostgresLedger::open(address, password.as_ref(), expected, newborn).await?)
            }
            Self::Object(place) => Arc::new(ObjectLedger::open(place, expected, newborn).await?),
        })
    }

    /// Reads units of the ledger and changes nothing: where there is none, none is made.
    ///
    /// # Errors
    ///
    /// As [`Place::open`], apart from those of writing.
    pub async fn view(&self, expected: &Expected, units: Units<'_>) -> Result<LedgerView, LedgerError> {
        if let Self::File(path) = self {
            return SqliteLedger::view(path, expected, units);
        }
        let Some(ledger) = self.existing(expected).await? else {
            let state = LedgerState { is_new: true, ..LedgerState::default() };
            return Ok(LedgerView { identity: None, state, locks: Vec::new() });
        };
        let identity = Some(ledger.identity().await?);
        Ok(LedgerView { identity, state: ledger.load(units).await?, locks: ledger.locks().await? })
    }

    /// As [`Place::view`] of everything, and leaves nothing behind, not even what readers share.
    ///
    /// # Errors
    ///
    /// As [`Place::view`].
    pub async fn examine(&self, expected: &Expected) -> Result<LedgerView, LedgerError> {
        match self {
            Self::File(path) => SqliteLedger::examine(path, expected),
            Self::Postgres { .. } | Self::Object(_) => self.view(expected, Units::All).await,
        }
    }

    /// Reads the run that began last, and changes nothing.
    ///
    /// # Errors
    ///
    /// As [`Place::view`].
    pub async fn view_last_run(&self, expected: &Expected) -> Result<Option<RunReport>, LedgerError> {
        if let Self::File(path) = self {
            return SqliteLedger::view_last_run(path, expected);
        }
        match self.existing(expected).await? {
            Some(ledger) => ledger.last_run().await,
            None => Ok(None),
        }
    }

    /// Returns the size of a ledger that is a file.
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Self::File(path) => std::fs::metadata(path).ok().map(|metadata| metadata.len()),
            Self::Postgres { .. } | Self::Object(_) => None,
        }
    }

    /// Opens a ledger that is not a file, if it is there.
    async fn existing(&self, expected: &Expected) -> Result<Option<Arc<dyn Ledger>>, LedgerError> {
        Ok(match self {
            Self::File(_) => None,
            Self::Postgres { address, password } => PostgresLedger::existing(address, password.as_ref(), expected)
                .await?
                .map(|ledger| Arc::new(ledger) as Arc<dyn Ledger>),
            Self::Object(place) => {
                ObjectLedger::existing(place, expected).await?.map(|ledger| Arc::new(ledger) as Arc<dyn Ledger>)
            }
        })
    }
}
