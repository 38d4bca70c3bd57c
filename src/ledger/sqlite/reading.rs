//! Rows of the database as values.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::model::{Address, Entry, EntryId, Kind, LedgerIdentity, LedgerState, OrgId, Record, RemoteIds, Unit};

use super::{
    LedgerError, RunReport, RunStart, Units,
    failure::{damaged, failed, named},
    schema,
};
use crate::ledger::UnitReport;

/// Returns the format of a file that is a ledger and not newer than this version.
pub(super) fn format_of(path: &Path, connection: &Connection) -> Result<u32, LedgerError> {
    let refused = |error| failed(path, "opened", error);
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(refused)?;
    if application != schema::APPLICATION_ID {
        let why = "it is a database of another program".to_owned();
        return Err(LedgerError::NotALedger { place: named(path), why });
    }
    let text = schema::get(connection, "schema_version").map_err(refused)?.unwrap_or_default();
    let format: u32 = text.parse().map_err(|_| damaged(path, "`schema_version`", &format!("it is `{text}`")))?;
    if format > schema::FORMAT {
        return Err(LedgerError::Newer { place: named(path), found: format, known: schema::FORMAT });
    }
    Ok(format)
}

pub(super) fn identity_of(path: &Path, connection: &Connection) -> Result<LedgerIdentity, LedgerError> {
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

/// Reads units of a database of any format; within one transaction they are of one moment.
pub(super) fn load(
    path: &Path,
    connection: &Connection,
    format: u32,
    units: Units<'_>,
) -> Result<LedgerState, LedgerError> {
    let refused = |error| failed(path, "read", error);
    let mut state = LedgerState::default();
    match units {
        Units::All => records(path, connection, "1 = 1", &[], &mut state.records)?,
        Units::Only(only) => {
            for unit in only {
                match unit {
                    Unit::Templates => records(path, connection, "customer IS NULL", &[], &mut state.records)?,
                    Unit::Customer(name) => {
                        records(path, connection, "customer = ?1", &[name.as_str()], &mut state.records)?;
                    }
                }
            }
        }
    }
    let used = schema::get(connection, "used").map_err(refused)?.is_some();
    let holds = || connection.query_row("SELECT 1 FROM record LIMIT 1", [], |_| Ok(())).optional().map_err(refused);
    state.is_new = !used && holds()?.is_none();
    if format >= 2 {
        let wanted = |unit: &Unit| match units {
            Units::All => true,
            Units::Only(only) => only.contains(unit),
        };
        state.versions = versions(path, connection, &wanted)?;
        state.journal = match units {
            Units::All => journal(path, connection, None)?,
            Units::Only(only) => {
                let mut journal = BTreeMap::new();
                for unit in only {
                    journal.extend(self::journal(path, connection, Some(("unit", &unit.to_string())))?);
                }
                journal
            }
        };
    }
    Ok(state)
}

fn records(
    path: &Path,
    connection: &Connection,
    condition: &str,
    parameters: &[&str],
    records: &mut BTreeMap<Address, Record>,
) -> Result<(), LedgerError> {
    let refused = |error| failed(path, "read", error);
    let sql = format!("SELECT address, ids, applied, lifecycle, created FROM record WHERE {condition}");
    let mut statement = connection.prepare_cached(&sql).map_err(refused)?;
    let mut rows = statement.query(rusqlite::params_from_iter(parameters)).map_err(refused)?;
    while let Some(row) = rows.next().map_err(refused)? {
        let (address, record) = record_of(path, row)?;
        records.insert(address, record);
    }
    Ok(())
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

fn versions(
    path: &Path,
    connection: &Connection,
    wanted: &dyn Fn(&Unit) -> bool,
) -> Result<BTreeMap<Unit, u64>, LedgerError> {
    let refused = |error| failed(path, "read", error);
    let mut statement = connection.prepare_cached("SELECT unit, version FROM unit").map_err(refused)?;
    let mut rows = statement.query([]).map_err(refused)?;
    let mut versions = BTreeMap::new();
    while let Some(row) = rows.next().map_err(refused)? {
        let unit = unit_of(path, row, 0)?;
        if wanted(&unit) {
            let version: i64 = row.get(1).map_err(refused)?;
            versions.insert(unit, u64::try_from(version).unwrap_or_default());
        }
    }
    Ok(versions)
}

/// Reads a column that names a unit.
pub(super) fn unit_of(path: &Path, row: &Row<'_>, column: usize) -> Result<Unit, LedgerError> {
    let text: String = row.get(column).map_err(|error| failed(path, "read", error))?;
    text.parse().map_err(|error| damaged(path, "a unit", &error))
}

/// Reads the journal, or the entries whose column has a value.
fn journal(
    path: &Path,
    connection: &Connection,
    only: Option<(&str, &str)>,
) -> Result<BTreeMap<EntryId, Entry>, LedgerError> {
    let refused = |error| failed(path, "read", error);
    let condition = only.map_or(String::new(), |(column, _)| format!(" WHERE {column} = ?1"));
    let mut statement = connection.prepare_cached(&format!("SELECT entry FROM entry{condition}")).map_err(refused)?;
    let mut rows = statement.query(rusqlite::params_from_iter(only.map(|(_, value)| value))).map_err(refused)?;
    let mut journal = BTreeMap::new();
    while let Some(row) = rows.next().map_err(refused)? {
        let text: String = row.get(0).map_err(refused)?;
        let entry: Entry =
            serde_json::from_str(&text).map_err(|error| damaged(path, "an entry of the journal", &error))?;
        journal.insert(entry.id.clone(), entry);
    }
    Ok(journal)
}

/// Reads what is kept of the run that began last.
pub(super) fn last_run(path: &Path, connection: &Connection) -> Result<Option<RunReport>, LedgerError> {
    let refused = |error| failed(path, "read", error);
    let found = connection
        .query_row(
            "SELECT run, owner, host, command, started, ended FROM run ORDER BY number DESC LIMIT 1",
            [],
            |row| {
                let start = RunStart {
                    run: row.get(0)?,
                    owner: row.get(1)?,
                    host: row.get(2)?,
                    command: row.get(3)?,
                    started: row.get(4)?,
                    units: BTreeMap::new(),
                };
                Ok((start, row.get(5)?))
            },
        )
        .optional()
        .map_err(refused)?;
    let Some((mut start, ended)) = found else { return Ok(None) };
    let mut units: BTreeMap<Unit, UnitReport> = BTreeMap::new();
    let mut statement = connection.prepare_cached("SELECT unit, steps FROM unit WHERE run = ?1").map_err(refused)?;
    let mut rows = statement.query([&start.run]).map_err(refused)?;
    while let Some(row) = rows.next().map_err(refused)? {
        let unit = unit_of(path, row, 0)?;
        let steps: String = row.get(1).map_err(refused)?;
        let steps = serde_json::from_str(&steps).map_err(|error| damaged(path, "the steps of a run", &error))?;
        start.units.insert(unit.clone(), steps);
        units.insert(unit, UnitReport::default());
    }
    for (unit, report) in &mut units {
        let mut statement =
            connection.prepare_cached("SELECT step, outcome FROM step WHERE unit = ?1").map_err(refused)?;
        let mut rows = statement.query([unit.to_string()]).map_err(refused)?;
        while let Some(row) = rows.next().map_err(refused)? {
            let (step, outcome): (String, String) = (row.get(0).map_err(refused)?, row.get(1).map_err(refused)?);
            let outcome =
                serde_json::from_str(&outcome).map_err(|error| damaged(path, "the outcome of a step", &error))?;
            report.outcomes.insert(step, outcome);
        }
    }
    for (id, entry) in journal(path, connection, Some(("run", &start.run)))? {
        if let Some(report) = units.get_mut(&entry.unit()) {
            report.entries.insert(id, entry);
        }
    }
    Ok(Some(RunReport { start, ended, units }))
}

/// Returns the units that changes name.
pub(super) fn units_of<'a>(changes: impl IntoIterator<Item = &'a crate::ledger::Change>) -> BTreeSet<Unit> {
    changes.into_iter().map(crate::ledger::Change::unit).collect()
}
