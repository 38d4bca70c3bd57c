//! Keeps the state in an SQLite file: what a request changed is written before its answer leaves.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, params};

use super::state::State;

/// The layout of the file; a file of a newer one is refused.
const FORMAT: i64 = 1;

/// Marks the file as a simulator's (`hfsm`).
const APPLICATION: i64 = 0x6866_736d;

/// Why the state could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder of the file could not be made.
    #[error("cannot make the folder of the simulator's state `{}`", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another process has the file.
    #[error("the simulator's state `{}` is in use by another process; stop it, or choose another file", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("`{}` is not a simulator's state; choose another file", path.display())]
    NotAState {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer version.
    #[error("the simulator's state `{}` has format {found}, this version knows up to {FORMAT}; use a newer hubform, or another file", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
    },
    /// A record cannot be understood.
    #[error("the simulator's state `{}` is damaged at {table} `{key}`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The table of the record.
        table: String,
        /// Its key.
        key: String,
        /// Why, unless the table itself is unknown.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// SQLite reports something else.
    #[error("cannot use the simulator's state `{}`", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
}

/// An open file.
pub(crate) struct Store {
    path: PathBuf,
    connection: Connection,
}

/// Makes the file for its owner alone: it holds names and phone numbers. One that is there stays as it is.
fn own(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

impl Store {
    /// Opens or makes the file, and reads the state in it.
    pub(crate) fn open(path: &Path) -> Result<(Self, State), StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder { path: path.to_owned(), source })?;
        }
        own(path).map_err(|source| StoreError::Folder { path: path.to_owned(), source })?;
        let connection = Connection::open(path).map_err(|source| fault(path, source))?;
        let store = Self { path: path.to_owned(), connection };
        store.prepare()?;
        let state = store.read()?;
        Ok((store, state))
    }

    fn prepare(&self) -> Result<(), StoreError> {
        let wrap = |source| fault(&self.path, source);
        let pragma =
            |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(wrap);
        // One process at a time: two would each answer from a state of their own.
        self.connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0;").map_err(wrap)?;
        let (application, format) = (pragma("application_id")?, pragma("user_version")?);
        let tables: i64 =
            self.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(wrap)?;
        let is_new = tables == 0 && application == 0 && format == 0;
        if !is_new && application != APPLICATION {
            return Err(StoreError::NotAState { path: self.path.clone() });
        }
        if format > FORMAT {
            return Err(StoreError::Newer { path: self.path.clone(), found: format });
        }
        // With WAL and NORMAL a killed process loses nothing; a power cut may lose the last answers.
        self.connection
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                 BEGIN EXCLUSIVE;
                 CREATE TABLE IF NOT EXISTS record (
                     kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
                 ) WITHOUT ROWID;
                 PRAGMA application_id = {APPLICATION};
                 PRAGMA user_version = {FORMAT};
                 COMMIT;"
            ))
            .map_err(wrap)
    }

    fn read(&self) -> Result<State, StoreError> {
        let wrap = |source| fault(&self.path, source);
        let mut state = State::default();
        let mut statement = self.connection.prepare("SELECT kind, id, body FROM record").map_err(wrap)?;
        let mut rows = statement.query([]).map_err(wrap)?;
        while let Some(row) = rows.next().map_err(wrap)? {
            let text = |column: usize| row.get::<_, String>(column).map_err(wrap);
            let (table, key, body) = (text(0)?, text(1)?, text(2)?);
            let source = match state.load(&table, &key, &body) {
                Ok(true) => continue,
                Ok(false) => None,
                Err(source) => Some(source),
            };
            return Err(StoreError::Damaged { path: self.path.clone(), table, key, source });
        }
        Ok(state)
    }

    /// Writes what has changed, in one transaction; what could not be written stays to be written next time.
    pub(crate) fn save(&mut self, state: &mut State) -> Result<(), StoreError> {
        let changes = state.changes();
        if changes.is_empty() {
            return Ok(());
        }
        let path = self.path.clone();
        let wrap = |source| fault(&path, source);
        let transaction = self.connection.transaction().map_err(wrap)?;
        for change in changes {
            let body = change.body.map_err(|source| StoreError::Damaged {
                path: path.clone(),
                table: change.table.to_owned(),
                key: change.key.clone(),
                source: Some(source),
            })?;
            match body {
                Some(body) => transaction
                    .prepare_cached("INSERT OR REPLACE INTO record (kind, id, body) VALUES (?1, ?2, ?3)")
                    .and_then(|mut statement| statement.execute(params![change.table, change.key, body])),
                None => transaction
                    .prepare_cached("DELETE FROM record WHERE kind = ?1 AND id = ?2")
                    .and_then(|mut statement| statement.execute(params![change.table, change.key])),
            }
            .map_err(wrap)?;
        }
        transaction.commit().map_err(wrap)?;
        state.saved();
        Ok(())
    }
}

fn fault(path: &Path, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::InUse { path },
        Some(ErrorCode::NotADatabase) => StoreError::NotAState { path },
        Some(_) | None => StoreError::Sqlite { path, source },
    }
}
