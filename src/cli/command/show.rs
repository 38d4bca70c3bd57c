//! `hubform show`

use std::path::{Path, PathBuf};

use crate::{
    apply::{Outcome, RunStanding, rebuild},
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::{Opened, runtime},
        select::nearest,
        service::Connection,
        settings::{Environment, ServiceArgs},
    },
    ledger::RunStart,
    model::{Address, AddressError, LedgerState, Reading, RemoteIds, codes},
    plan,
    report::{Show, Shown, outcome_text, show_text, to_json, visible},
};

/// Show one object in three states: desired, last applied, observed
///
/// Reads the manifests, the ledger and the service, and puts the object's fields side by side.
///
/// With `--last-run` it shows instead how the last run of `apply` or `destroy` ended, step by step, from what the ledger
/// keeps: also of a run that was killed. Nothing is asked of the service.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Which object, such as `customer/johns-pizza` or `user/johns-pizza/ann@johns-pizza.example`
    #[arg(value_name = "ADDRESS", required_unless_present = "last_run")]
    object: Option<String>,
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Show how the last run ended: `hubform show --last-run [DIR]`
    #[arg(long)]
    last_run: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    if args.last_run {
        return show_last_run(args, environment, console);
    }
    let at: &Address = &args.object.as_deref().unwrap_or_default().parse().map_err(|error: AddressError| {
        Failure::usage(
            error.to_string(),
            "write the address as `hubform plan` shows it, such as `customer/johns-pizza`",
        )
    })?;
    let opened = Opened::at(&args.folder, &args.service, environment)?;
    let (ledger, observed) = runtime()?.block_on(async {
        let ledger = opened.view_ledger().await?;
        let connection = Connection::reading(&opened.settings).await?;
        let only = at.customer().into_iter().cloned().collect();
        let observed = opened.observe(&connection.client, &ledger, Some(&only), console).await;
        connection.close().await;
        Ok::<_, Failure>((ledger, observed?))
    })?;
    let desired = &opened.project.loaded.desired;
    let object = desired.objects.get(at);
    let record = ledger.records.get(at);
    let (observed, unread) = match plan::observed_fields(at, &observed, desired, &ledger) {
        Reading::Found(fields) => (Some(fields), None),
        Reading::Absent => (None, None),
        Reading::Ambiguous(ids) => (None, Some(format!("several match: {}", ids.join(", ")))),
        Reading::Failed(why) => (None, Some(why)),
    };
    if object.is_none() && record.is_none() && observed.is_none() && unread.is_none() {
        return Err(unknown(at, desired.objects.keys(), &ledger));
    }
    let source = object.and_then(|object| {
        let file = opened.project.loaded.sources.get(object.source.file)?;
        Some((file.path.to_string(), file.position(object.source.span.start).line))
    });
    let shown = Shown {
        object: at,
        desired: object.map(|object| object.spec.fields()),
        applied: record.map(|record| record.applied.clone()),
        observed,
        unread,
        ids: record.map(|record| ids(&record.ids)).unwrap_or_default(),
        source,
    };
    console.answer(&match console.format {
        Format::Text => show_text(&shown, console.out()),
        Format::Json => to_json(&Show::from(shown)),
    })?;
    Ok(Status::Done)
}

/// Shows the outcome of the last run. It is an answer about the past, so it ends with 0 whatever the outcome was.
fn show_last_run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let mut folder = args.folder.as_path();
    if let Some(first) = &args.object {
        if folder != Path::new(".") {
            return Err(Failure::usage(
                format!("`--last-run` shows the whole run, and `{first}` names one object of it"),
                "name the project folder alone",
            ));
        }
        folder = Path::new(first);
    }
    let opened = Opened::at(folder, &args.service, environment)?;
    let (view, run) = runtime()?.block_on(opened.view_run())?;
    let Some(report) = run else {
        console.answer(&match console.format {
            Format::Text => "No run so far\n".to_owned(),
            Format::Json => to_json(&Outcome::of(Vec::new())),
        })?;
        return Ok(Status::Done);
    };
    let locks = view.locks.iter().filter(|lock| lock.holder.run == report.start.run).map(|lock| lock.vitality);
    let standing = RunStanding::of(&report, locks);
    let outcome = rebuild(&report, standing);
    let RunStart { run, owner, host, command, started, units: _ } = &report.start;
    let end = match (standing, &report.ended) {
        (RunStanding::Ended, Some(ended)) => format!("ended {ended}"),
        (RunStanding::Ended, None) => "ended".to_owned(),
        (RunStanding::Running, _) => "still going on".to_owned(),
        (RunStanding::Unknown, _) => "not ended; there is no telling from here whether it goes on".to_owned(),
        (RunStanding::Killed, _) => "was killed, or could not write its end".to_owned(),
    };
    let head = format!("Run {run}: {command} by {owner} on {host}, began {started}, {end}");
    let head = format!("{}\n", visible(&head));
    match console.format {
        Format::Text => console.answer(&format!("{head}\n{}", outcome_text(&outcome, console.out())))?,
        Format::Json => {
            if standing != RunStanding::Ended {
                console.tell(&head);
            }
            console.answer(&to_json(&outcome))?;
        }
    }
    Ok(Status::Done)
}

/// Returns the ids of an object, by name.
pub(super) fn ids(ids: &RemoteIds) -> Vec<(&'static str, String)> {
    let optional = |name, id: Option<String>| id.map(|id| (name, id));
    match ids {
        RemoteIds::Template { provisioning_id } => {
            optional("provisioningId", provisioning_id.as_ref().map(ToString::to_string)).into_iter().collect()
        }
        RemoteIds::Customer { id, org_id } => {
            let org = optional("orgId", org_id.as_ref().map(ToString::to_string));
            [("id", id.to_string())].into_iter().chain(org).collect()
        }
        RemoteIds::Location { id } => vec![("id", id.to_string())],
        RemoteIds::User { id, person_id } => {
            let person = optional("personId", person_id.as_ref().map(ToString::to_string));
            [("id", id.to_string())].into_iter().chain(person).collect()
        }
    }
}

fn unknown<'a>(at: &Address, described: impl Iterator<Item = &'a Address>, ledger: &'a LedgerState) -> Failure {
    let known: Vec<String> = described
        .chain(ledger.records.keys())
        .filter(|other| other.kind() == at.kind())
        .map(ToString::to_string)
        .collect();
    Failure::new(
        codes::NO_SUCH_OBJECT,
        format!("`{at}` is not in the manifests, the ledger or the service"),
        nearest(&at.to_string(), known.iter().map(String::as_str)),
    )
}
