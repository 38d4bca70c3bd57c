//! The ledger in a SQLite file is one like any other.

use std::{path::PathBuf, sync::Arc};

use hubform::{
    ledger::{Expected, Ledger, LedgerError, SqliteLedger, Units},
    model::LedgerState,
};

use super::conformance::{self, Kind, Soon};

/// Ledgers in files of one folder.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.db"))
    }
}

impl Kind for Files {
    fn open<'a>(
        &'a self,
        name: &'a str,
        expected: &'a Expected,
        newborn: &'a str,
    ) -> Soon<'a, Result<Arc<dyn Ledger>, LedgerError>> {
        Box::pin(async move {
            SqliteLedger::open(&self.path(name), expected, newborn).map(|ledger| Arc::new(ledger) as Arc<dyn Ledger>)
        })
    }

    fn look<'a>(&'a self, name: &'a str, expected: &'a Expected) -> Soon<'a, Result<Option<LedgerState>, LedgerError>> {
        Box::pin(async move {
            let view = SqliteLedger::view(&self.path(name), expected, Units::All)?;
            Ok(view.identity.map(|_| view.state))
        })
    }

    fn outdate<'a>(&'a self, name: &'a str, format: u32) -> Soon<'a, ()> {
        Box::pin(async move {
            let other = rusqlite::Connection::open(self.path(name)).unwrap();
            other.execute("UPDATE meta SET value = ?1 WHERE key = 'schema_version'", [format.to_string()]).unwrap();
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_a_ledger_like_any_other() {
    conformance::conforms(&Files { folder: tempfile::tempdir().unwrap() }).await;
}
