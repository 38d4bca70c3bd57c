//! The tables of the SQLite ledger, and how older ones become today's.
//!
//! Plain columns repeat what the JSON says, so that `sqlite3` answers questions in support cases. No column
//! ever holds a secret.

use rusqlite::{Connection, OptionalExtension as _, Transaction};

use crate::model::LedgerIdentity;

/// The format that this version writes.
pub(super) const FORMAT: u32 = 1;

/// Marks the file as a ledger: `hubf`.
pub(super) const APPLICATION_ID: i32 = 0x6875_6266;

const TABLES: &str = "
    CREATE TABLE meta (
        key   TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE record (
        address   TEXT PRIMARY KEY NOT NULL, -- user/johns-pizza/ann@johns-pizza.example
        kind      TEXT NOT NULL,             -- template, customer, location, user
        customer  TEXT,                      -- none for a template
        remote_id TEXT,                      -- the main id of `ids`
        ids       TEXT NOT NULL,             -- JSON
        applied   TEXT NOT NULL,             -- JSON: the fields as last applied
        lifecycle TEXT NOT NULL,             -- JSON
        created   INTEGER NOT NULL           -- 1 if hubform made it, 0 if it was adopted
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX record_customer ON record (customer, kind);
    CREATE TABLE lock (
        one   INTEGER PRIMARY KEY CHECK (one = 1),
        owner TEXT NOT NULL,
        host  TEXT NOT NULL,
        pid   INTEGER NOT NULL,
        run   TEXT NOT NULL,
        since TEXT NOT NULL
    ) STRICT;
";

/// Makes the tables of a newborn ledger.
pub(super) fn create(connection: &mut Connection, identity: &LedgerIdentity) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.execute_batch(TABLES)?;
    let LedgerIdentity { target, base_url, partner, project, lineage } = identity;
    set(&transaction, "schema_version", &FORMAT.to_string())?;
    set(&transaction, "target", target)?;
    set(&transaction, "base_url", base_url)?;
    set(&transaction, "project", project)?;
    set(&transaction, "lineage", lineage)?;
    if let Some(partner) = partner {
        set(&transaction, "partner", partner.as_str())?;
    }
    transaction.commit()
}

/// Brings the tables of an older format to today's. `from` is not newer than [`FORMAT`].
pub(super) fn migrate(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    /// What turns format `n + 1` into `n + 2`, at place `n`.
    const MIGRATIONS: [fn(&Transaction<'_>) -> rusqlite::Result<()>; FORMAT as usize - 1] = [];
    let done = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
    if done >= MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for migration in MIGRATIONS.iter().skip(done) {
        migration(&transaction)?;
    }
    set(&transaction, "schema_version", &FORMAT.to_string())?;
    transaction.commit()
}

/// Returns one entry of `meta`.
pub(super) fn get(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()
}

/// Writes one entry of `meta`.
pub(super) fn set(connection: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )
        .map(drop)
}
