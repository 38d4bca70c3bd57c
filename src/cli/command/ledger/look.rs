//! `hubform ledger list`, `show` and `export`: what the ledger holds. Nothing is changed, and no ledger is made.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::json;

use super::WhereArgs;
use crate::{
    cli::{
        command::show::ids,
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::runtime,
        select::nearest,
        settings::Environment,
    },
    model::{Address, Kind, LedgerState, Lifecycle, OnRemove, Record, codes},
    report::{count, record_text, to_json, visible},
};

/// List the objects that the ledger holds, with their ids
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    place: WhereArgs,
}

/// Show what the ledger holds of one object
///
/// `hubform show` puts that beside what the manifests ask for and what the service reports.
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// Which object, such as `customer/johns-pizza` or `location/johns-pizza/downtown`
    #[arg(value_name = "ADDRESS")]
    object: Address,
    #[command(flatten)]
    place: WhereArgs,
}

/// Print the whole ledger as JSON, for backups and for questions that no command answers
///
/// Sorted, so that two exports can be compared. It holds names, addresses and phone numbers, and no secret.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    place: WhereArgs,
}

pub(super) fn list(args: &ListArgs, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let opened = args.place.open(environment)?;
    let state = runtime()?.block_on(opened.view_ledger())?;
    let place = opened.settings.ledger.to_string();
    console.answer(&match console.format {
        Format::Text => list_text(&place, &state),
        Format::Json => {
            let objects: Vec<_> = state
                .records
                .iter()
                .map(|(at, record)| {
                    let ids: BTreeMap<_, _> = ids(&record.ids).into_iter().collect();
                    json!({ "object": at, "ids": ids, "created": record.created, "protect": record.lifecycle.protect })
                })
                .collect();
            let summary: BTreeMap<_, _> = Kind::ALL.map(|kind| (kind.word(), of_kind(&state, kind))).into();
            to_json(&json!({ "format": 1, "ledger": place, "objects": objects, "summary": summary }))
        }
    })?;
    Ok(Status::Done)
}

fn of_kind(state: &LedgerState, kind: Kind) -> u64 {
    state.records.keys().filter(|at| at.kind() == kind).count() as u64
}

fn list_text(place: &str, state: &LedgerState) -> String {
    let mut text = String::new();
    let width = state.records.keys().map(|at| at.to_string().chars().count()).max().unwrap_or_default();
    for (at, record) in &state.records {
        let ids: Vec<String> = ids(&record.ids).into_iter().map(|(name, id)| format!("{name} {id}")).collect();
        let line = format!("{:width$}  {}", at.to_string(), ids.join(", "));
        // Writing to a String cannot fail.
        _ = writeln!(text, "{}", visible(line.trim_end()));
    }
    let counts = Kind::ALL.map(|kind| count(of_kind(state, kind), kind.word()));
    _ = writeln!(text, "{} in the ledger {}", counts.join(", "), visible(place));
    text
}

pub(super) fn show(args: &ShowArgs, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let at = &args.object;
    let state = runtime()?.block_on(args.place.open(environment)?.view_ledger())?;
    let Some(record) = state.records.get(at) else { return Err(unknown(at, &state)) };
    let Record { ids: remote, applied, lifecycle, created } = record;
    let ids = ids(remote);
    let Lifecycle { protect, on_remove, adopt } = lifecycle;
    let on_remove = match on_remove {
        OnRemove::Keep => "keep",
        OnRemove::Unmap => "unmap",
        OnRemove::Delete => "delete",
    };
    console.answer(&match console.format {
        Format::Text => {
            let mut facts = ids;
            facts.push(("made by", if *created { "hubform" } else { "somebody else (adopted)" }.to_owned()));
            facts.push(("protect", protect.to_string()));
            facts.push(("onRemove", on_remove.to_owned()));
            if *adopt {
                facts.push(("adopt", adopt.to_string()));
            }
            record_text(at, &facts, applied, console.out())
        }
        Format::Json => to_json(&json!({ "format": 1, "object": at, "record": record })),
    })?;
    Ok(Status::Done)
}

pub(super) fn export(args: &ExportArgs, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let opened = args.place.open(environment)?;
    let (view, run) = runtime()?.block_on(opened.view_run())?;
    let Some(identity) = view.identity else {
        return Err(Failure::new(
            codes::NO_SUCH_OBJECT,
            format!("there is no ledger at `{}`, so there is nothing to export", opened.settings.ledger),
            "check `spec.ledger` in `hubform.yaml` and `--ledger`",
        ));
    };
    let LedgerState { records, is_new, journal, versions } = view.state;
    let locks: Vec<_> = view
        .locks
        .iter()
        .map(|lock| {
            let crate::ledger::Holder { owner, host, pid, run, since } = &lock.holder;
            json!({ "unit": lock.unit, "owner": owner, "host": host, "pid": pid, "run": run, "since": since })
        })
        .collect();
    console.answer(&to_json(&json!({
        "format": 1,
        "identity": identity,
        "isNew": is_new,
        "records": records,
        "journal": journal,
        "versions": versions,
        "locks": locks,
        "lastRun": run,
    })))?;
    Ok(Status::Done)
}

fn unknown(at: &Address, state: &LedgerState) -> Failure {
    let known: Vec<String> =
        state.records.keys().filter(|other| other.kind() == at.kind()).map(ToString::to_string).collect();
    Failure::new(
        codes::NO_SUCH_OBJECT,
        format!("`{at}` is not in the ledger"),
        nearest(&at.to_string(), known.iter().map(String::as_str)),
    )
}
