//! The tables of the PostgreSQL ledger, and how older ones become today's.
//!
//! They mean the same as those of the SQLite ledger. Plain columns repeat what the JSON says, so that `psql` answers
//! questions in support cases. The type is `json` and not `jsonb`, which refuses texts that the service may send. No
//! column ever holds a secret.

use tokio_postgres::Transaction;

use crate::model::LedgerIdentity;

use super::{
    LedgerError,
    failure::{damaged, failed},
    holding::key,
    session::Session,
};

/// The format that this version writes.
const FORMAT: u32 = 1;

/// What turns each format into the next; the first makes the tables of a newborn ledger.
const MIGRATIONS: [&str; FORMAT as usize] = [FIRST];

/// Format 1. `{s}` stands for the schema.
const FIRST: &str = "
    CREATE TABLE {s}.meta (
        key   text PRIMARY KEY,
        value text NOT NULL
    );
    CREATE TABLE {s}.record (
        address   text PRIMARY KEY,      -- user/johns-pizza/ann@johns-pizza.example
        unit      text NOT NULL,         -- templates, customer/johns-pizza
        kind      text NOT NULL,         -- template, customer, location, user
        customer  text,                  -- none for a template
        remote_id text,                  -- the main id of `ids`
        ids       json NOT NULL,
        applied   json NOT NULL,         -- the fields as last applied
        lifecycle json NOT NULL,
        created   boolean NOT NULL       -- whether hubform made it, rather than adopting it
    );
    CREATE INDEX record_unit ON {s}.record (unit, kind);
    CREATE TABLE {s}.lock (
        unit  text PRIMARY KEY,
        owner text NOT NULL,
        host  text NOT NULL,
        pid   bigint NOT NULL,
        run   text NOT NULL,             -- the lock's id
        since text NOT NULL,
        sign  bigint NOT NULL            -- the advisory lock that says that the run lives
    );
    CREATE INDEX lock_run ON {s}.lock (run);
    CREATE TABLE {s}.unit (
        unit    text PRIMARY KEY,
        version bigint NOT NULL,         -- how often it was changed
        run     text,                    -- the run that worked on it last
        steps   json NOT NULL DEFAULT '[]' -- the ids of that run's steps
    );
    CREATE INDEX unit_run ON {s}.unit (run);
    CREATE TABLE {s}.entry (             -- the journal
        run    text NOT NULL,
        number bigint NOT NULL,
        unit   text NOT NULL,
        object text NOT NULL,
        sent   text NOT NULL,            -- when it was about to be sent
        job    json,                     -- the job that it has started
        ended  text,                     -- how it ended; none while that is not known
        entry  json NOT NULL,            -- the rest
        PRIMARY KEY (run, number)
    );
    CREATE INDEX entry_unit ON {s}.entry (unit);
    CREATE TABLE {s}.step (
        unit    text NOT NULL,
        step    text NOT NULL,
        outcome json NOT NULL,           -- how it ended
        PRIMARY KEY (unit, step)
    );
    CREATE TABLE {s}.run (
        number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the latest has the highest
        run     text NOT NULL UNIQUE,
        owner   text NOT NULL,
        host    text NOT NULL,
        command text NOT NULL,
        started text NOT NULL,
        ended   text                     -- none while it runs, and if it was killed
    );
    INSERT INTO {s}.meta (key, value) VALUES ('application', 'hubform');
";

/// What is in the place of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// No schema, or an empty one.
    Nothing { has_schema: bool },
    /// A ledger that is not newer than this version.
    Ledger { format: u32 },
}

/// Looks what is there.
pub(super) async fn find(session: &Session) -> Result<Found, LedgerError> {
    let refused = |error: tokio_postgres::Error| failed(session.place(), "opened", &error);
    let row = session
        .client()
        .query_one(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1::text),
                    (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                     WHERE n.nspname = $1::text AND c.relkind IN ('r', 'p', 'v', 'm', 'f')),
                    (SELECT count(*) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                     WHERE n.nspname = $1::text AND c.relname = 'meta' AND a.attname IN ('key', 'value'))",
            &[&session.schema()],
        )
        .await
        .map_err(refused)?;
    let get = |column: usize| row.try_get::<_, i64>(column).map_err(refused);
    let (has_schema, tables, columns) = (row.try_get::<_, bool>(0).map_err(refused)?, get(1)?, get(2)?);
    if tables == 0 {
        return Ok(Found::Nothing { has_schema });
    }
    let foreign = || LedgerError::NotALedger {
        place: session.place().to_owned(),
        why: format!("the schema `{}` holds tables of another program", session.schema()),
    };
    if columns != 2 {
        return Err(foreign());
    }
    let sql = session.sql("SELECT key, value FROM {s}.meta WHERE key IN ('application', 'schema_version')");
    let (mut is_ours, mut format) = (false, String::new());
    for row in session.client().query(&sql, &[]).await.map_err(refused)? {
        let (key, value): (String, String) = (row.try_get(0).map_err(refused)?, row.try_get(1).map_err(refused)?);
        match key.as_str() {
            "application" => is_ours = value == "hubform",
            _ => format = value,
        }
    }
    if !is_ours {
        return Err(foreign());
    }
    format_of(session, &format).map(|format| Found::Ledger { format })
}

fn format_of(session: &Session, text: &str) -> Result<u32, LedgerError> {
    let place = session.place();
    let format: u32 = text.parse().map_err(|_| damaged(place, "`schema_version`", &format!("it is `{text}`")))?;
    if format > FORMAT {
        return Err(LedgerError::Newer { place: place.to_owned(), found: format, known: FORMAT });
    }
    Ok(format)
}

/// Makes a ledger, whole or not at all. If another process was quicker, its ledger stands.
pub(super) async fn create(session: &mut Session, identity: &LedgerIdentity) -> Result<(), LedgerError> {
    let place = session.place().to_owned();
    let refused = |error: tokio_postgres::Error| failed(&place, "made", &error);
    gate(session).await?;
    let found = find(session).await;
    let made = match found {
        Ok(Found::Nothing { has_schema }) => {
            let make_schema = session.sql("CREATE SCHEMA {s}");
            let tables = session.sql(&MIGRATIONS.concat());
            let set = session.sql("INSERT INTO {s}.meta (key, value) SELECT * FROM unnest($1::text[], $2::text[])");
            let LedgerIdentity { target, base_url, partner, project, lineage } = identity;
            let format = FORMAT.to_string();
            let mut keys = vec!["target", "base_url", "project", "lineage", "schema_version"];
            let mut values: Vec<&str> = vec![target, base_url, project, lineage, &format];
            if let Some(partner) = partner {
                keys.push("partner");
                values.push(partner.as_str());
            }
            let schema = session.schema().to_owned();
            let transaction = session.client_mut().transaction().await.map_err(refused)?;
            let made = async {
                if !has_schema {
                    transaction.batch_execute(&make_schema).await?;
                }
                transaction.batch_execute(&tables).await?;
                transaction.execute(&set, &[&keys, &values]).await?;
                transaction.commit().await
            };
            made.await.map_err(|error| unmade(&place, &schema, has_schema, &error))
        }
        // Whatever it is, who opens it will say.
        Ok(Found::Ledger { .. }) => Ok(()),
        Err(error) => Err(error),
    };
    ungate(session).await?;
    made
}

/// Names what the account may not do.
fn unmade(place: &str, schema: &str, has_schema: bool, error: &tokio_postgres::Error) -> LedgerError {
    let needs = if has_schema {
        format!("it needs `GRANT USAGE, CREATE ON SCHEMA {schema}` to make the ledger's tables")
    } else {
        format!("make the schema for it with `CREATE SCHEMA {schema} AUTHORIZATION` and its name")
    };
    let mut refused = failed(place, "made", error);
    if let LedgerError::Denied { why, .. } = &mut refused {
        *why = format!("{why}; {needs}");
    }
    refused
}

/// Brings the tables of an older format to today's. `from` is not newer than [`FORMAT`].
pub(super) async fn migrate(session: &mut Session, from: u32) -> Result<(), LedgerError> {
    if from >= FORMAT {
        return Ok(());
    }
    let place = session.place().to_owned();
    let refused = |error: tokio_postgres::Error| failed(&place, "brought up to date", &error);
    gate(session).await?;
    let migrated = match find(session).await {
        // Another process may have been quicker.
        Ok(Found::Ledger { format }) => {
            let done = usize::try_from(format).unwrap_or(usize::MAX);
            let steps: Vec<String> = MIGRATIONS.iter().skip(done).map(|step| session.sql(step)).collect();
            let raise = session.sql("UPDATE {s}.meta SET value = $1 WHERE key = 'schema_version'");
            let transaction = session.client_mut().transaction().await.map_err(refused)?;
            raised(transaction, &steps, &raise).await.map_err(refused)
        }
        Ok(Found::Nothing { .. }) => Ok(()),
        Err(error) => Err(error),
    };
    ungate(session).await?;
    migrated
}

async fn raised(transaction: Transaction<'_>, steps: &[String], raise: &str) -> Result<(), tokio_postgres::Error> {
    for step in steps {
        transaction.batch_execute(step).await?;
    }
    transaction.execute(raise, &[&FORMAT.to_string()]).await?;
    transaction.commit().await
}

/// Keeps others from making or migrating the ledger; a session that dies opens it again.
async fn gate(session: &Session) -> Result<(), LedgerError> {
    let key = key(session.schema(), "schema", "");
    let ended = session.client().execute("SELECT pg_catalog.pg_advisory_lock($1)", &[&key]).await;
    ended.map(drop).map_err(|error| failed(session.place(), "made", &error))
}

async fn ungate(session: &Session) -> Result<(), LedgerError> {
    let key = key(session.schema(), "schema", "");
    let ended = session.client().execute("SELECT pg_catalog.pg_advisory_unlock($1)", &[&key]).await;
    ended.map(drop).map_err(|error| failed(session.place(), "made", &error))
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// A ledger of a format that was released is out there: a change of its tables is a format of its own.
    #[test]
    fn formats_stay_as_they_were() {
        let digests: Vec<Vec<u8>> =
            MIGRATIONS.iter().map(|sql| Sha256::digest(sql.as_bytes()).into_iter().take(4).collect()).collect();
        assert_eq!(digests, [[0x39, 0xa9, 0x96, 0x8d]]);
    }
}
