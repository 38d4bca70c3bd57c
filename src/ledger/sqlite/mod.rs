//! The ledger in one SQLite file, durable at every commit (WAL, `synchronous=FULL`).

mod birth;
mod failure;
mod holding;
mod reading;
mod schema;
mod writing;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use crate::model::{LedgerIdentity, LedgerState, OrgId, Unit, same_remote};

use super::{Answer, Change, Expected, Holder, Ledger, LedgerError, LedgerView, LockInfo, RunReport, RunStart, Units};
use failure::{failed, is_blocked, named};

/// How long a write waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// A ledger in a SQLite file, open for writing. Clones are one handle.
#[derive(Clone, Debug)]
pub struct SqliteLedger {
    place: Arc<str>,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    connection: Connection,
    /// The operating system's locks that say that the holders of rows are alive, by run.
    alive: BTreeMap<String, File>,
}

impl SqliteLedger {
    /// Opens a ledger for writing, and makes it if there is none; then `newborn` becomes its lineage, a random
    /// text. The file is for its owner alone (0600), and so is its folder if it is made (0700).
    ///
    /// # Errors
    ///
    /// If it is no ledger, is damaged or newer, belongs to something else, or cannot be written.
    pub fn open(path: &Path, expected: &Expected, newborn: &str) -> Result<Self, LedgerError> {
        if !exists(path)? {
            birth::make(path, &expected.newborn(&named(path), newborn)?)?;
        }
        let refused = |error| failed(path, "opened", error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(refused)?;
        connection.busy_timeout(PATIENCE).map_err(refused)?;
        let format = reading::format_of(path, &connection)?;
        // Where the file system cannot do WAL, SQLite stays with a rollback journal, which is durable too.
        connection.pragma_update(None, "journal_mode", "wal").map_err(refused)?;
        connection.pragma_update(None, "synchronous", "full").map_err(refused)?;
        let check: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0)).map_err(refused)?;
        if check != "ok" {
            return Err(LedgerError::Damaged { place: named(path), why: check });
        }
        expected.compare(&named(path), &reading::identity_of(path, &connection)?)?;
        schema::migrate(&mut connection, format).map_err(|error| failed(path, "brought up to date", error))?;
        let inner = Inner { path: path.to_owned(), connection, alive: BTreeMap::new() };
        Ok(Self { place: named(path).into(), inner: Arc::new(Mutex::new(inner)) })
    }

    /// Reads a ledger and changes nothing: where there is no file, none is made.
    ///
    /// # Errors
    ///
    /// As [`SqliteLedger::open`], apart from those of writing.
    pub fn view(path: &Path, expected: &Expected, units: Units<'_>) -> Result<LedgerView, LedgerError> {
        Self::read(path, expected, units, open_for_reading)
    }

    /// As [`SqliteLedger::view`], and not even the files that readers share are made beside it, unless somebody has
    /// the ledger open already.
    ///
    /// # Errors
    ///
    /// As [`SqliteLedger::view`].
    pub fn examine(path: &Path, expected: &Expected) -> Result<LedgerView, LedgerError> {
        Self::read(path, expected, Units::All, |path| {
            if beside(path, "-wal").exists() { open_for_reading(path) } else { open_as_it_is(path) }
        })
    }

    fn read(
        path: &Path,
        expected: &Expected,
        units: Units<'_>,
        open: impl FnOnce(&Path) -> Result<Connection, LedgerError>,
    ) -> Result<LedgerView, LedgerError> {
        if !exists(path)? {
            expected.may_be_missing(&named(path))?;
            let state = LedgerState { is_new: true, ..LedgerState::default() };
            return Ok(LedgerView { identity: None, state, locks: Vec::new() });
        }
        let mut connection = open(path)?;
        let format = reading::format_of(path, &connection)?;
        // One transaction, so that a running apply cannot change the records between two statements.
        let transaction = connection.transaction().map_err(|error| failed(path, "read", error))?;
        let identity = reading::identity_of(path, &transaction)?;
        expected.compare(&named(path), &identity)?;
        let state = reading::load(path, &transaction, format, units)?;
        let locks = if format < 2 { Vec::new() } else { holding::all(path, &transaction)? };
        Ok(LedgerView { identity: Some(identity), state, locks })
    }

    /// Reads the run that began last, and changes nothing.
    ///
    /// # Errors
    ///
    /// As [`SqliteLedger::view`].
    pub fn view_last_run(path: &Path, expected: &Expected) -> Result<Option<RunReport>, LedgerError> {
        if !exists(path)? {
            expected.may_be_missing(&named(path))?;
            return Ok(None);
        }
        let mut connection = open_for_reading(path)?;
        let format = reading::format_of(path, &connection)?;
        let transaction = connection.transaction().map_err(|error| failed(path, "read", error))?;
        expected.compare(&named(path), &reading::identity_of(path, &transaction)?)?;
        if format < 2 { Ok(None) } else { reading::last_run(path, &transaction) }
    }

    /// Does something with the database where blocking is permitted.
    fn work<'a, T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Inner) -> Result<T, LedgerError> + Send + 'static,
    ) -> Answer<'a, T> {
        let inner = Arc::clone(&self.inner);
        let place = Arc::clone(&self.place);
        Box::pin(async move {
            let ended = tokio::task::spawn_blocking(move || work(&mut locked(&inner))).await;
            ended.unwrap_or_else(|error| {
                let source = io::Error::other(error);
                Err(LedgerError::Io { place: place.to_string(), action: "used", source })
            })
        })
    }
}

fn locked(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    // SQLite rolls a half-done transaction back by itself, so a panic elsewhere leaves nothing to fear.
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger for SqliteLedger {
    fn place(&self) -> &str {
        &self.place
    }

    fn identity(&self) -> Answer<'_, LedgerIdentity> {
        self.work(|inner| reading::identity_of(&inner.path, &inner.connection))
    }

    fn bind_partner<'a>(&'a self, org: &'a OrgId) -> Answer<'a, ()> {
        let org = org.clone();
        self.work(move |inner| {
            let Inner { path, connection, alive: _ } = inner;
            let refused = |action| {
                let path = &*path;
                move |error| failed(path, action, error)
            };
            match schema::get(connection, "partner").map_err(refused("read"))? {
                Some(bound) if same_remote(&bound, org.as_str()) => Ok(()),
                Some(bound) => Err(LedgerError::Mismatch {
                    place: named(path),
                    what: "partner organization",
                    ledger: bound,
                    run: org.as_str().to_owned(),
                }),
                None => schema::set(connection, "partner", org.as_str()).map_err(refused("written")),
            }
        })
    }

    fn load<'a>(&'a self, units: Units<'a>) -> Answer<'a, LedgerState> {
        let only = match units {
            Units::All => None,
            Units::Only(only) => Some(only.clone()),
        };
        self.work(move |inner| {
            let Inner { path, connection, alive: _ } = inner;
            let transaction = connection.transaction().map_err(|error| failed(path, "read", error))?;
            let units = only.as_ref().map_or(Units::All, Units::Only);
            reading::load(path, &transaction, schema::FORMAT, units)
        })
    }

    fn lock<'a>(&'a self, units: &'a BTreeSet<Unit>, holder: &'a Holder) -> Answer<'a, ()> {
        let (units, holder) = (units.clone(), holder.clone());
        self.work(move |inner| holding::take(inner, &units, &holder))
    }

    fn unlock<'a>(&'a self, run: &'a str) -> Answer<'a, ()> {
        let run = run.to_owned();
        self.work(move |inner| holding::give_back(inner, &run))
    }

    fn locks(&self) -> Answer<'_, Vec<LockInfo>> {
        self.work(|inner| holding::all(&inner.path, &inner.connection))
    }

    fn commit<'a>(&'a self, run: &'a str, changes: &'a [Change]) -> Answer<'a, ()> {
        let (run, changes) = (run.to_owned(), changes.to_vec());
        self.work(move |inner| writing::commit(inner, &run, &changes))
    }

    fn begin_run<'a>(&'a self, start: &'a RunStart) -> Answer<'a, ()> {
        let start = start.clone();
        self.work(move |inner| writing::begin_run(inner, &start))
    }

    fn end_run<'a>(&'a self, run: &'a str, at: &'a str) -> Answer<'a, ()> {
        let (run, at) = (run.to_owned(), at.to_owned());
        self.work(move |inner| {
            let ended = inner.connection.execute("UPDATE run SET ended = ?2 WHERE run = ?1", [&run, &at]);
            ended.map(drop).map_err(|error| failed(&inner.path, "written", error))
        })
    }

    fn last_run(&self) -> Answer<'_, Option<RunReport>> {
        self.work(|inner| {
            let Inner { path, connection, alive: _ } = inner;
            let transaction = connection.transaction().map_err(|error| failed(path, "read", error))?;
            reading::last_run(path, &transaction)
        })
    }
}

/// Returns true if there is a file; one that is empty cannot be a ledger, which is born whole.
fn exists(path: &Path) -> Result<bool, LedgerError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            Err(LedgerError::NotALedger { place: named(path), why: "it is a folder".to_owned() })
        }
        Ok(metadata) if metadata.len() == 0 => {
            Err(LedgerError::Damaged { place: named(path), why: "the file is empty".to_owned() })
        }
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(LedgerError::Io { place: named(path), action: "read", source }),
    }
}

fn open_for_reading(path: &Path) -> Result<Connection, LedgerError> {
    let refused = |error| failed(path, "opened", error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(refused)?;
    connection.busy_timeout(PATIENCE).map_err(refused)?;
    let first = connection.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(())).optional();
    match first {
        Ok(_) => Ok(connection),
        // In a folder that cannot be written SQLite cannot make the file that readers share. Without a log
        // beside it, the file is complete and nobody writes it.
        Err(error) if is_blocked(&error) && !beside(path, "-wal").exists() => open_as_it_is(path),
        Err(error) => Err(refused(error)),
    }
}

/// Opens a ledger that nobody writes, without any file beside it.
fn open_as_it_is(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let uri = format!("file:{}?immutable=1", escaped(path));
    Connection::open_with_flags(uri, flags).map_err(|error| failed(path, "opened", error))
}

/// Returns a path as SQLite wants it in a URI.
fn escaped(path: &Path) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const PATH: &AsciiSet = &CONTROLS.add(b'?').add(b'#').add(b'%').add(b' ');
    utf8_percent_encode(&path.to_string_lossy(), PATH).to_string()
}

/// Returns the path of a file that stands beside the ledger.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
