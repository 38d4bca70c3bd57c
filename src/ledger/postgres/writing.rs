//! Changes as one statement: first what they come to is worked out, then everything is sent at once.
//!
//! The statement locks the rows that say that the run holds the units, and changes nothing if one is missing; whoever
//! takes a unit over waits for that, or is waited for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::{Address, Ended, Entry, EntryId, JobId, Name, ProvisioningId, Record, RemoteIds, Unit};

use super::{
    Change, LedgerError, RunStart,
    failure::failed,
    session::{POOLED, Session},
};

/// The beginning of every statement that changes units: `$1` is the run, `$2` the units, `$3` the server's process.
const FENCE: &str = "
    WITH held AS (
        SELECT l.unit FROM {s}.lock l
        WHERE l.run = $1 AND l.unit = ANY ($2::text[]) AND pg_catalog.pg_backend_pid() = $3
        FOR SHARE
    ),
    fence AS (SELECT (SELECT count(*) FROM held) = cardinality($2::text[]) AS open),";

/// The end of every such statement: the units that are not held.
const LOST: &str = "
    SELECT wanted.unit, pg_catalog.pg_backend_pid() FROM unnest($2::text[]) AS wanted (unit)
    WHERE wanted.unit NOT IN (SELECT unit FROM held)";

const COMMIT: &str = "
    touched AS (
        INSERT INTO {s}.unit AS u (unit, version)
        SELECT wanted.unit, 1 FROM unnest($2::text[]) AS wanted (unit), fence WHERE fence.open
        ON CONFLICT (unit) DO UPDATE SET version = u.version + 1
    ),
    put AS (
        INSERT INTO {s}.record (address, unit, kind, customer, remote_id, ids, applied, lifecycle, created)
        SELECT p.address, p.unit, p.kind, p.customer, p.remote_id, p.ids::json, p.applied::json, p.lifecycle::json,
               p.created
        FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
                    $12::boolean[])
             AS p (address, unit, kind, customer, remote_id, ids, applied, lifecycle, created), fence
        WHERE fence.open
        ON CONFLICT (address) DO UPDATE SET
            remote_id = excluded.remote_id, ids = excluded.ids, applied = excluded.applied,
            lifecycle = excluded.lifecycle, created = excluded.created
    ),
    removed AS (
        DELETE FROM {s}.record r USING fence WHERE fence.open AND r.address = ANY ($13::text[])
    ),
    used AS (
        INSERT INTO {s}.meta (key, value) SELECT 'used', '1' FROM fence WHERE fence.open AND $14::boolean
        ON CONFLICT (key) DO NOTHING
    ),
    begun AS (
        INSERT INTO {s}.entry (run, number, unit, object, sent, job, ended, entry)
        SELECT b.run, b.number, b.unit, b.object, b.sent, b.job::json, b.ended, b.entry::json
        FROM unnest($15::text[], $16::bigint[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[],
                    $22::text[])
             AS b (run, number, unit, object, sent, job, ended, entry), fence
        WHERE fence.open
        ON CONFLICT (run, number) DO UPDATE SET
            unit = excluded.unit, object = excluded.object, sent = excluded.sent, job = excluded.job,
            ended = excluded.ended, entry = excluded.entry
    ),
    noted AS (
        UPDATE {s}.entry e SET job = coalesce(n.job::json, e.job), ended = coalesce(n.ended, e.ended)
        FROM unnest($23::text[], $24::bigint[], $25::text[], $26::text[], $27::text[])
             AS n (run, number, unit, job, ended), fence
        WHERE fence.open AND e.run = n.run AND e.number = n.number AND e.unit = n.unit
    ),
    stepped AS (
        INSERT INTO {s}.step (unit, step, outcome)
        SELECT s.unit, s.step, s.outcome::json
        FROM unnest($28::text[], $29::text[], $30::text[]) AS s (unit, step, outcome), fence
        WHERE fence.open
        ON CONFLICT (unit, step) DO UPDATE SET outcome = excluded.outcome
    )";

const BEGIN: &str = "
    begun AS (
        INSERT INTO {s}.unit AS u (unit, version, run, steps)
        SELECT b.unit, 1, $1, b.steps::json FROM unnest($2::text[], $4::text[]) AS b (unit, steps), fence
        WHERE fence.open
        ON CONFLICT (unit) DO UPDATE SET version = u.version + 1, run = excluded.run, steps = excluded.steps
    ),
    settled AS (
        DELETE FROM {s}.entry e USING fence
        WHERE fence.open AND e.unit = ANY ($2::text[]) AND e.ended IS NOT NULL
    ),
    past AS (
        DELETE FROM {s}.step s USING fence WHERE fence.open AND s.unit = ANY ($2::text[])
    ),
    run AS (
        INSERT INTO {s}.run (run, owner, host, command, started)
        SELECT $1, $5, $6, $7, $8 FROM fence WHERE fence.open
    )";

/// What the changes of a commit come to: at most one for each thing, so that their order is of no account.
#[derive(Default)]
struct Sum<'a> {
    units: BTreeSet<Unit>,
    records: BTreeMap<&'a Address, Option<&'a Record>>,
    /// Whether anything was put, be it removed again.
    used: bool,
    entries: BTreeMap<&'a EntryId, EntrySum>,
    steps: BTreeMap<(Unit, &'a str), &'a Value>,
}

/// What becomes of an entry of the journal.
enum EntrySum {
    Whole(Box<Entry>),
    Parts { unit: Unit, job: Option<JobId>, ended: Option<Ended> },
}

impl<'a> Sum<'a> {
    fn of(changes: &'a [Change]) -> Self {
        let mut sum = Self::default();
        for change in changes {
            sum.units.insert(change.unit());
            match change {
                Change::Put { object, record } => {
                    sum.records.insert(object, Some(record.as_ref()));
                    sum.used = true;
                }
                Change::Remove { object } => {
                    sum.records.insert(object, None);
                }
                Change::Begin { entry } => {
                    sum.entries.insert(&entry.id, EntrySum::Whole(entry.clone()));
                }
                Change::Job { unit, entry, job: new } => match sum.entry(unit, entry) {
                    EntrySum::Whole(entry) if entry.unit() != *unit => {}
                    EntrySum::Whole(entry) => entry.job = Some(new.clone()),
                    EntrySum::Parts { job, .. } => *job = Some(new.clone()),
                },
                Change::End { unit, entry, ended: new } => match sum.entry(unit, entry) {
                    EntrySum::Whole(entry) if entry.unit() != *unit => {}
                    EntrySum::Whole(entry) => entry.ended = Some(*new),
                    EntrySum::Parts { ended, .. } => *ended = Some(*new),
                },
                Change::Step { unit, step, outcome } => {
                    sum.steps.insert((unit.clone(), step), outcome);
                }
            }
        }
        sum
    }

    fn entry(&mut self, unit: &Unit, id: &'a EntryId) -> &mut EntrySum {
        self.entries.entry(id).or_insert_with(|| EntrySum::Parts { unit: unit.clone(), job: None, ended: None })
    }
}

/// The rows to put, column by column.
#[derive(Default)]
struct Puts<'a> {
    address: Vec<String>,
    unit: Vec<String>,
    kind: Vec<&'static str>,
    customer: Vec<Option<&'a str>>,
    remote_id: Vec<Option<String>>,
    ids: Vec<String>,
    applied: Vec<String>,
    lifecycle: Vec<String>,
    created: Vec<bool>,
}

/// The entries to write, column by column.
#[derive(Default)]
struct Entries {
    run: Vec<String>,
    number: Vec<i64>,
    unit: Vec<String>,
    object: Vec<String>,
    sent: Vec<String>,
    job: Vec<Option<String>>,
    ended: Vec<Option<String>>,
    entry: Vec<String>,
}

/// What to note in entries that are there, column by column.
#[derive(Default)]
struct Notes<'a> {
    run: Vec<&'a str>,
    number: Vec<i64>,
    unit: Vec<String>,
    job: Vec<Option<String>>,
    ended: Vec<Option<String>>,
}

/// Writes changes of units that a run holds.
pub(super) async fn commit(session: &Session, run: &str, changes: &[Change]) -> Result<(), LedgerError> {
    let sum = Sum::of(changes);
    let Some(first) = sum.units.first() else { return Ok(()) };
    // The locks have gone with the session.
    if session.client().is_closed() {
        return Err(LedgerError::LockLost { place: session.place().to_owned(), unit: first.clone() });
    }
    let mut removed: Vec<String> = Vec::new();
    let mut puts = Puts::default();
    for (address, record) in &sum.records {
        match record {
            Some(record) => puts.add(address, record).map_err(|error| unwritable(session, &error))?,
            None => removed.push(address.to_string()),
        }
    }
    let mut entries = Entries::default();
    let mut notes = Notes::default();
    for (id, entry) in sum.entries {
        match entry {
            EntrySum::Whole(entry) => entries.add(*entry).map_err(|error| unwritable(session, &error))?,
            EntrySum::Parts { unit, job, ended } => {
                notes.run.push(&id.run);
                notes.number.push(signed(id.number));
                notes.unit.push(unit.to_string());
                notes.job.push(job.as_ref().map(json).transpose().map_err(|error| unwritable(session, &error))?);
                notes.ended.push(ended.map(word).transpose().map_err(|error| unwritable(session, &error))?);
            }
        }
    }
    let (mut step_units, mut steps, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for ((unit, step), outcome) in sum.steps {
        step_units.push(unit.to_string());
        steps.push(step);
        outcomes.push(outcome.to_string());
    }
    let names: Vec<String> = sum.units.iter().map(ToString::to_string).collect();
    let statement = session.commit_statement(|| [FENCE, COMMIT, LOST].concat()).await?;
    let lost = session
        .client()
        .query(
            &statement,
            &[
                &run,
                &names,
                &session.backend(),
                &puts.address,
                &puts.unit,
                &puts.kind,
                &puts.customer,
                &puts.remote_id,
                &puts.ids,
                &puts.applied,
                &puts.lifecycle,
                &puts.created,
                &removed,
                &sum.used,
                &entries.run,
                &entries.number,
                &entries.unit,
                &entries.object,
                &entries.sent,
                &entries.job,
                &entries.ended,
                &entries.entry,
                &notes.run,
                &notes.number,
                &notes.unit,
                &notes.job,
                &notes.ended,
                &step_units,
                &steps,
                &outcomes,
            ],
        )
        .await;
    fenced(session, &lost.map_err(|error| failed(session.place(), "written", &error))?)
}

/// Notes the beginning of a run on units that it holds.
pub(super) async fn begin_run(session: &mut Session, start: &RunStart) -> Result<(), LedgerError> {
    let RunStart { run, owner, host, command, started, units } = start;
    let place = session.place().to_owned();
    let refused = |error: tokio_postgres::Error| failed(&place, "written", &error);
    let names: Vec<String> = units.keys().map(ToString::to_string).collect();
    let steps: Vec<String> = units
        .values()
        .map(|steps| json(&steps))
        .collect::<Result<_, _>>()
        .map_err(|error| unwritable(session, &error))?;
    let begin = session.sql(&[FENCE, BEGIN, LOST].concat());
    // Of earlier runs only those are kept that are the last of a unit.
    let prune = session
        .sql("DELETE FROM {s}.run r WHERE r.run <> $1 AND NOT EXISTS (SELECT FROM {s}.unit u WHERE u.run = r.run)");
    let backend = session.backend();
    let transaction = session.client_mut().transaction().await.map_err(refused)?;
    let lost = transaction
        .query(&begin, &[run, &names, &backend, &steps, owner, host, command, started])
        .await
        .map_err(refused)?;
    if lost.is_empty() {
        transaction.execute(&prune, &[run]).await.map_err(refused)?;
    }
    transaction.commit().await.map_err(refused)?;
    fenced(session, &lost)
}

/// Notes the end of a run.
pub(super) async fn end_run(session: &Session, run: &str, at: &str) -> Result<(), LedgerError> {
    let sql = session.sql("UPDATE {s}.run SET ended = $2 WHERE run = $1");
    let ended = session.client().execute(&sql, &[&run, &at]).await;
    ended.map(drop).map_err(|error| failed(session.place(), "written", &error))
}

/// Refuses a statement that found units which the run does not hold.
fn fenced(session: &Session, lost: &[tokio_postgres::Row]) -> Result<(), LedgerError> {
    let place = || session.place().to_owned();
    let mut first: Option<Unit> = None;
    for row in lost {
        let refused = |error: tokio_postgres::Error| failed(session.place(), "written", &error);
        if row.try_get::<_, i32>(1).map_err(refused)? != session.backend() {
            return Err(LedgerError::Unfit { place: place(), why: POOLED.to_owned() });
        }
        let unit: Unit = row
            .try_get::<_, &str>(0)
            .map_err(refused)?
            .parse()
            .map_err(|error| super::failure::damaged(session.place(), "a unit", &error))?;
        if first.as_ref().is_none_or(|first| unit < *first) {
            first = Some(unit);
        }
    }
    match first {
        Some(unit) => Err(LedgerError::LockLost { place: place(), unit }),
        None => Ok(()),
    }
}

impl<'a> Puts<'a> {
    fn add(&mut self, address: &'a Address, record: &Record) -> Result<(), serde_json::Error> {
        let Record { ids, applied, lifecycle, created } = record;
        self.address.push(address.to_string());
        self.unit.push(Unit::of(address).to_string());
        self.kind.push(address.kind().word());
        self.customer.push(address.customer().map(Name::as_str));
        // The column is for people; PostgreSQL has no text with a NUL.
        self.remote_id.push(main_id(ids).map(|id| id.replace('\0', "\u{fffd}")));
        self.ids.push(json(ids)?);
        self.applied.push(json(applied)?);
        self.lifecycle.push(json(lifecycle)?);
        self.created.push(*created);
        Ok(())
    }
}

impl Entries {
    fn add(&mut self, mut entry: Entry) -> Result<(), serde_json::Error> {
        self.run.push(entry.id.run.clone());
        self.number.push(signed(entry.id.number));
        self.unit.push(entry.unit().to_string());
        self.object.push(entry.object.to_string());
        self.sent.push(entry.at.to_string());
        // They have columns of their own, since they come later.
        self.job.push(entry.job.take().as_ref().map(json).transpose()?);
        self.ended.push(entry.ended.take().map(word).transpose()?);
        self.entry.push(json(&entry)?);
        Ok(())
    }
}

fn unwritable(session: &Session, error: &serde_json::Error) -> LedgerError {
    LedgerError::Unreachable { place: session.place().to_owned(), action: "written", why: error.to_string() }
}

/// Returns a count as PostgreSQL keeps it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Returns the word that a value without content is in JSON.
fn word(value: Ended) -> Result<String, serde_json::Error> {
    json(&value).map(|text| text.trim_matches('"').to_owned())
}

fn json(value: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(value)
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
