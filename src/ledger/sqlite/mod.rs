//! The ledger in one SQLite file, durable at every commit (WAL, `synchronous=FULL`).

mod birth;
mod holding;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row, TransactionBehavior, params};

use crate::model::{
    Address, Kind, LedgerIdentity, LedgerState, Name, OrgId, ProvisioningId, Record, RemoteIds, same_remote,
};

use super::{Expected, Holder, Ledger, LedgerError, schema};

/// How long a write waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// A ledger in a SQLite file, open for writing.
#[derive(Debug)]
pub struct SqliteLedger {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    connection: Connection,
    /// The operating system's lock that says that the holder of the row is alive.
    alive: Option<File>,
}

/// What a plan needs of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerView {
    /// What the ledger belongs to; none if there is no ledger yet.
    pub identity: Option<LedgerIdentity>,
    /// The records.
    pub state: LedgerState,
    /// Who holds it, or held it when their process died.
    pub held: Option<Holder>,
}

impl SqliteLedger {
    /// Opens a ledger for writing, and makes it if there is none; then `newborn` becomes its lineage, a random
    /// text. The file is for its owner alone (0600), and so is its folder if it is made (0700).
    pub fn open(path: &Path, expected: &Expected, newborn: &str) -> Result<Self, LedgerError> {
        if !exists(path)? {
            let Expected { target, base_url, project, lineage } = expected;
            if let Some(lineage) = lineage {
                return Err(LedgerError::Missing { path: path.to_owned(), lineage: lineage.clone() });
            }
            let identity = LedgerIdentity {
                target: target.clone(),
                base_url: base_url.clone(),
                partner: None,
                project: project.clone(),
                lineage: newborn.to_owned(),
            };
            birth::make(path, &identity)?;
        }
        let refused = |error| failed(path, "opened", error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(refused)?;
        connection.busy_timeout(PATIENCE).map_err(refused)?;
        let format = format_of(path, &connection)?;
        // Where the file system cannot do WAL, SQLite stays with a rollback journal, which is durable too.
        connection.pragma_update(None, "journal_mode", "wal").map_err(refused)?;
        connection.pragma_update(None, "synchronous", "full").map_err(refused)?;
        let check: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0)).map_err(refused)?;
        if check != "ok" {
            return Err(LedgerError::Damaged { path: path.to_owned(), why: check });
        }
        schema::migrate(&mut connection, format).map_err(|error| failed(path, "brought up to date", error))?;
        compare(path, &identity_of(path, &connection)?, expected)?;
        Ok(Self { path: path.to_owned(), inner: Mutex::new(Inner { connection, alive: None }) })
    }

    /// Reads a ledger and changes nothing: where there is no file, none is made.
    pub fn view(path: &Path, expected: &Expected) -> Result<LedgerView, LedgerError> {
        Self::read(path, expected, open_for_reading)
    }

    /// As [`SqliteLedger::view`], and not even the files that readers share are made beside it, unless somebody has
    /// the ledger open already.
    pub fn examine(path: &Path, expected: &Expected) -> Result<LedgerView, LedgerError> {
        Self::read(path, expected, |path| {
            if beside(path, "-wal").exists() { open_for_reading(path) } else { open_as_it_is(path) }
        })
    }

    fn read(
        path: &Path,
        expected: &Expected,
        open: impl FnOnce(&Path) -> Result<Connection, LedgerError>,
    ) -> Result<LedgerView, LedgerError> {
        if !exists(path)? {
            if let Some(lineage) = &expected.lineage {
                return Err(LedgerError::Missing { path: path.to_owned(), lineage: lineage.clone() });
            }
            let state = LedgerState { records: BTreeMap::new(), is_new: true };
            return Ok(LedgerView { identity: None, state, held: None });
        }
        let mut connection = open(path)?;
        format_of(path, &connection)?;
        // One transaction, so that a running apply cannot change the records between two statements.
        let transaction = connection.transaction().map_err(|error| failed(path, "read", error))?;
        let identity = identity_of(path, &transaction)?;
        compare(path, &identity, expected)?;
        let state = load(path, &transaction)?;
        let held = holding::current(&transaction).map_err(|error| failed(path, "read", error))?;
        Ok(LedgerView { identity: Some(identity), state, held })
    }

    /// Returns the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // SQLite rolls a half-done transaction back by itself, so a panic elsewhere leaves nothing to fear.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, action: &'static str) -> impl Fn(rusqlite::Error) -> LedgerError {
        move |error| failed(&self.path, action, error)
    }
}

impl Ledger for SqliteLedger {
    fn identity(&self) -> Result<LedgerIdentity, LedgerError> {
        identity_of(&self.path, &self.inner().connection)
    }

    fn load(&self) -> Result<LedgerState, LedgerError> {
        load(&self.path, &self.inner().connection)
    }

    fn get(&self, address: &Address) -> Result<Option<Record>, LedgerError> {
        let inner = self.inner();
        let mut statement = inner
            .connection
            .prepare_cached("SELECT address, ids, applied, lifecycle, created FROM record WHERE address = ?1")
            .map_err(self.failed("read"))?;
        let mut rows = statement.query([address.to_string()]).map_err(self.failed("read"))?;
        match rows.next().map_err(self.failed("read"))? {
            Some(row) => record_of(&self.path, row).map(|(_, record)| Some(record)),
            None => Ok(None),
        }
    }

    fn write(&self, changes: &[(&Address, Option<&Record>)]) -> Result<(), LedgerError> {
        let mut inner = self.inner();
        write(&mut inner.connection, changes).map_err(self.failed("written"))
    }

    fn bind_partner(&self, org: &OrgId) -> Result<(), LedgerError> {
        let inner = self.inner();
        match schema::get(&inner.connection, "partner").map_err(self.failed("read"))? {
            Some(bound) if same_remote(&bound, org.as_str()) => Ok(()),
            Some(bound) => Err(LedgerError::Mismatch {
                path: self.path.clone(),
                what: "partner organization",
                ledger: bound,
                run: org.as_str().to_owned(),
            }),
            None => schema::set(&inner.connection, "partner", org.as_str()).map_err(self.failed("written")),
        }
    }

    fn lock(&self, holder: &Holder) -> Result<(), LedgerError> {
        let mut inner = self.inner();
        let alive = holding::take(&self.path, &mut inner.connection, holder)?;
        inner.alive = alive;
        Ok(())
    }

    fn unlock(&self, run: &str) -> Result<(), LedgerError> {
        let mut inner = self.inner();
        if holding::give_back(&inner.connection, run).map_err(self.failed("written"))? {
            inner.alive = None;
        }
        Ok(())
    }
}

fn write(connection: &mut Connection, changes: &[(&Address, Option<&Record>)]) -> rusqlite::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (address, record) in changes {
        let Some(Record { ids, applied, lifecycle, created }) = record else {
            transaction.prepare_cached("DELETE FROM record WHERE address = ?1")?.execute([address.to_string()])?;
            continue;
        };
        transaction
            .prepare_cached(
                "INSERT INTO record (address, kind, customer, remote_id, ids, applied, lifecycle, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (address) DO UPDATE SET
                     remote_id = excluded.remote_id, ids = excluded.ids, applied = excluded.applied,
                     lifecycle = excluded.lifecycle, created = excluded.created",
            )?
            .execute(params![
                address.to_string(),
                address.kind().word(),
                address.customer().map(Name::as_str),
                main_id(ids),
                json(ids)?,
                json(applied)?,
                json(lifecycle)?,
                created,
            ])?;
        transaction
            .prepare_cached("INSERT INTO meta (key, value) VALUES ('used', '1') ON CONFLICT DO NOTHING")?
            .execute([])?;
    }
    transaction.commit()
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

fn load(path: &Path, connection: &Connection) -> Result<LedgerState, LedgerError> {
    let refused = |error| failed(path, "read", error);
    let mut statement =
        connection.prepare("SELECT address, ids, applied, lifecycle, created FROM record").map_err(refused)?;
    let mut rows = statement.query([]).map_err(refused)?;
    let mut records = BTreeMap::new();
    while let Some(row) = rows.next().map_err(refused)? {
        let (address, record) = record_of(path, row)?;
        records.insert(address, record);
    }
    let used = schema::get(connection, "used").map_err(refused)?.is_some();
    Ok(LedgerState { is_new: !used && records.is_empty(), records })
}

fn record_of(path: &Path, row: &Row<'_>) -> Result<(Address, Record), LedgerError> {
    let text = |column: usize| -> Result<&str, LedgerError> {
        let value = row.get_ref(column).map_err(|error| failed(path, "read", error))?;
        value.as_str().map_err(|error| damaged(path, "a record", &error))
    };
    let name = text(0)?;
    let unreadable = |error: serde_json::Error| damaged(path, &format!("the record of `{name}`"), &error);
    let address: Address = name.parse().map_err(|error| damaged(path, "a record", &error))?;
    let ids: RemoteIds = serde_json::from_str(text(1)?).map_err(unreadable)?;
    let kind = match &ids {
        RemoteIds::Template { .. } => Kind::Template,
        RemoteIds::Customer { .. } => Kind::Customer,
        RemoteIds::Location { .. } => Kind::Location,
        RemoteIds::User { .. } => Kind::User,
    };
    if kind != address.kind() {
        return Err(damaged(path, &format!("the record of `{name}`"), &format!("it holds the ids of a {kind}")));
    }
    let record = Record {
        ids,
        applied: serde_json::from_str(text(2)?).map_err(unreadable)?,
        lifecycle: serde_json::from_str(text(3)?).map_err(unreadable)?,
        created: row.get(4).map_err(|error| failed(path, "read", error))?,
    };
    Ok((address, record))
}

/// Returns the format of a file that is a ledger and not newer than this version.
fn format_of(path: &Path, connection: &Connection) -> Result<u32, LedgerError> {
    let refused = |error| failed(path, "opened", error);
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(refused)?;
    if application != schema::APPLICATION_ID {
        let why = "it is a database of another program".to_owned();
        return Err(LedgerError::NotALedger { path: path.to_owned(), why });
    }
    let text = schema::get(connection, "schema_version").map_err(refused)?.unwrap_or_default();
    let format: u32 = text.parse().map_err(|_| damaged(path, "`schema_version`", &format!("it is `{text}`")))?;
    if format > schema::FORMAT {
        return Err(LedgerError::Newer { path: path.to_owned(), found: format, known: schema::FORMAT });
    }
    Ok(format)
}

fn identity_of(path: &Path, connection: &Connection) -> Result<LedgerIdentity, LedgerError> {
    let refused = |error| failed(path, "read", error);
    let entry = |key: &str| {
        schema::get(connection, key)
            .map_err(refused)?
            .ok_or_else(|| damaged(path, &format!("the entry `{key}`"), &"it is missing"))
    };
    Ok(LedgerIdentity {
        target: entry("target")?,
        base_url: entry("base_url")?,
        partner: schema::get(connection, "partner").map_err(refused)?.map(OrgId::new),
        project: entry("project")?,
        lineage: entry("lineage")?,
    })
}

fn compare(path: &Path, identity: &LedgerIdentity, expected: &Expected) -> Result<(), LedgerError> {
    let LedgerIdentity { target, base_url, partner: _, project, lineage } = identity;
    let named =
        |project: &str| if project.is_empty() { "(hubform.yaml is missing)".to_owned() } else { project.to_owned() };
    let embedded = |url: &str| if url.is_empty() { "the embedded simulator".to_owned() } else { url.to_owned() };
    let pairs = [
        ("target", target.clone(), expected.target.clone()),
        ("base URL", embedded(base_url), embedded(&expected.base_url)),
        ("project", named(project), named(&expected.project)),
        ("lineage", lineage.clone(), expected.lineage.clone().unwrap_or_else(|| lineage.clone())),
    ];
    for (what, ledger, run) in pairs {
        if ledger != run {
            return Err(LedgerError::Mismatch { path: path.to_owned(), what, ledger, run });
        }
    }
    Ok(())
}

/// Returns true if there is a file; one that is empty cannot be a ledger, which is born whole.
fn exists(path: &Path) -> Result<bool, LedgerError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            Err(LedgerError::NotALedger { path: path.to_owned(), why: "it is a folder".to_owned() })
        }
        Ok(metadata) if metadata.len() == 0 => {
            Err(LedgerError::Damaged { path: path.to_owned(), why: "the file is empty".to_owned() })
        }
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(LedgerError::Io { path: path.to_owned(), action: "read", source }),
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

fn is_blocked(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
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

fn damaged(path: &Path, what: &str, why: &dyn std::fmt::Display) -> LedgerError {
    LedgerError::Damaged { path: path.to_owned(), why: format!("{what} cannot be read: {why}") }
}

/// Gives SQLite's error the meaning that it has for a ledger.
fn failed(path: &Path, action: &'static str, error: rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    let why = || error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => LedgerError::NotALedger { why: why(), path },
        Some(ErrorCode::DatabaseCorrupt) => LedgerError::Damaged { why: why(), path },
        Some(ErrorCode::ReadOnly) => LedgerError::ReadOnly { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            LedgerError::InUse { path, seconds: PATIENCE.as_secs() }
        }
        Some(ErrorCode::DiskFull) => LedgerError::DiskFull { path },
        _ => LedgerError::Sqlite { path, action, source: error },
    }
}

#[cfg(test)]
mod tests;
