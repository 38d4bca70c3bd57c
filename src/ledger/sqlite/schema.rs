//! The tables of the SQLite ledger, and how older ones become today's.
//!
//! Plain columns repeat what the JSON says, so that `sqlite3` answers questions in support cases. No column
//! ever holds a secret.

use rusqlite::{Connection, OptionalExtension as _, Transaction};

use crate::model::LedgerIdentity;

/// The format that this version writes.
pub(super) const FORMAT: u32 = 2;

/// Marks the file as a ledger: `hubf`.
pub(super) const APPLICATION_ID: i32 = 0x6875_6266;

/// Format 1: the records, and one lock for all of them.
const FIRST: &str = "
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

/// Format 2: the journal, runs, and a lock for each unit.
const SECOND: &str = "
    DROP TABLE lock;
    CREATE TABLE lock (
        unit  TEXT PRIMARY KEY NOT NULL,     -- templates, customer/johns-pizza
        owner TEXT NOT NULL,
        host  TEXT NOT NULL,
        pid   INTEGER NOT NULL,
        run   TEXT NOT NULL,                 -- the lock's id
        since TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE unit (
        unit    TEXT PRIMARY KEY NOT NULL,
        version INTEGER NOT NULL,            -- how often it was changed
        run     TEXT,                        -- the run that worked on it last
        steps   TEXT NOT NULL DEFAULT '[]'   -- JSON: the ids of that run's steps
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX unit_run ON unit (run);
    CREATE TABLE entry (                     -- the journal
        run    TEXT NOT NULL,
        number INTEGER NOT NULL,
        unit   TEXT NOT NULL,
        object TEXT NOT NULL,
        sent   TEXT NOT NULL,                -- when it was about to be sent
        ended  TEXT,                         -- how it ended; none while that is not known
        entry  TEXT NOT NULL,                -- JSON
        PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entry_unit ON entry (unit);
    CREATE TABLE step (
        unit    TEXT NOT NULL,
        step    TEXT NOT NULL,
        outcome TEXT NOT NULL,               -- JSON: how it ended
        PRIMARY KEY (unit, step)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE run (
        number  INTEGER PRIMARY KEY,         -- the latest has the highest
        run     TEXT NOT NULL UNIQUE,
        owner   TEXT NOT NULL,
        host    TEXT NOT NULL,
        command TEXT NOT NULL,
        started TEXT NOT NULL,
        ended   TEXT                         -- none while it runs, and if it was killed
    ) STRICT;
";

/// What turns each format into the next.
const MIGRATIONS: [&str; FORMAT as usize - 1] = [SECOND];

/// Makes the tables of a newborn ledger.
pub(super) fn create(connection: &mut Connection, identity: &LedgerIdentity) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.execute_batch(FIRST)?;
    let LedgerIdentity { target, base_url, partner, project, lineage } = identity;
    set(&transaction, "target", target)?;
    set(&transaction, "base_url", base_url)?;
    set(&transaction, "project", project)?;
    set(&transaction, "lineage", lineage)?;
    if let Some(partner) = partner {
        set(&transaction, "partner", partner.as_str())?;
    }
    raise(&transaction, 1)?;
    transaction.commit()
}

/// Brings the tables of an older format to today's. `from` is not newer than [`FORMAT`].
pub(super) fn migrate(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    if from >= FORMAT {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Another process may have been quicker.
    let now = get(&transaction, "schema_version")?.and_then(|text| text.parse().ok()).unwrap_or(from);
    raise(&transaction, now)?;
    transaction.commit()
}

fn raise(transaction: &Transaction<'_>, from: u32) -> rusqlite::Result<()> {
    let done = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    set(transaction, "schema_version", &FORMAT.to_string())
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
