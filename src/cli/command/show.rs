//! `hubform show`

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::{Opened, PlanArgs, runtime},
        select::{SelectArgs, nearest},
        service::Connection,
        settings::{Environment, ServiceArgs},
    },
    model::{Address, LedgerState, Reading, RemoteIds, codes},
    plan,
    report::{Show, Shown, show_text, to_json},
};

/// Show one object in three states: desired, last applied, observed
///
/// Reads the manifests, the ledger and the service, and puts the object's fields side by side.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Which object, such as `customer/johns-pizza` or `user/johns-pizza/ann@johns-pizza.example`
    #[arg(value_name = "ADDRESS")]
    object: Address,
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: std::path::PathBuf,
    #[command(flatten)]
    service: ServiceArgs,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let at = &args.object;
    let plan_args =
        PlanArgs { folder: args.folder.clone(), select: SelectArgs::default(), service: args.service.clone() };
    let opened = Opened::new(&plan_args, environment)?;
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

fn ids(ids: &RemoteIds) -> Vec<(&'static str, String)> {
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
