//! `hubform template`

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde_json::json;

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
    ledger::Change,
    model::{
        Address, Customer, Desired, DesiredObject, Name, Problem, ProvisioningId, Record, Sources, Spec, Template,
        Unit, codes,
    },
    plan::bound_record,
    report::{to_json, visible},
    webex::{ApiError, Fault, NewCustomer, WriteApi as _},
};

/// Work with onboarding templates
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Bind(BindArgs),
    Done(DoneArgs),
}

/// Record the provisioning id of a template that was entered in Partner Hub
///
/// Asks the service whether a customer could be created with the id, and records the template as it stands in the
/// manifests. If the service refuses the id, nothing is recorded. If it refuses for another reason, or may not be asked,
/// the id is recorded unchecked, with a warning.
#[derive(Debug, clap::Args)]
struct BindArgs {
    /// The template's name in the manifests
    #[arg(value_name = "NAME")]
    name: String,
    /// The id that Partner Hub shows on the saved template
    #[arg(value_name = "PROVISIONING_ID")]
    id: String,
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Ask the service about this customer; else about the first that uses the template
    #[arg(long, value_name = "NAME")]
    customer: Option<String>,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Record that a template was edited in Partner Hub as the manifest says
///
/// No interface reads templates, so hubform believes it. The template's provisioning id must be known already.
#[derive(Debug, clap::Args)]
struct DoneArgs {
    /// The template's name in the manifests
    #[arg(value_name = "NAME")]
    name: String,
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    service: ServiceArgs,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    match &args.command {
        Command::Bind(args) => bind(args, environment, console),
        Command::Done(args) => done(args, environment, console),
    }
}

fn bind(args: &BindArgs, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let id = args.id.trim();
    if id.is_empty() || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Failure::usage(
            "the provisioning id is empty or holds blanks",
            "copy the Provisioning ID of the saved template from Partner Hub",
        ));
    }
    let id = ProvisioningId::new(id);
    let opened = open(&args.folder, &args.service, environment)?;
    let (at, object, template) = described(&opened, &args.name, console)?;
    let Address::Template(name) = at else { return Ok(Status::Done) };
    let customer = customer(&opened.project.loaded.desired, name, args.customer.as_deref())?;
    let unchecked = runtime()?.block_on(check(&opened, &id, customer))?;
    if let Some(why) = &unchecked {
        let problem =
            Problem::warning(codes::ID_UNCHECKED, format!("the provisioning id is recorded unchecked: {why}"))
                .fix("compare it with the one in Partner Hub; a wrong id shows when the first customer is created");
        console.warn(&[problem], &Sources::default());
    }
    record(&opened, environment, console, at, bound_record(template, id.clone(), object.lifecycle))?;
    console.answer(&match console.format {
        Format::Text => format!("Recorded: {at} has the provisioning id {}\n", visible(id.as_str())),
        Format::Json => to_json(&json!({
            "format": 1,
            "object": at.to_string(),
            "provisioningId": id.as_str(),
            "checked": unchecked.is_none(),
        })),
    })?;
    Ok(Status::Done)
}

fn done(args: &DoneArgs, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let opened = open(&args.folder, &args.service, environment)?;
    let (at, object, template) = described(&opened, &args.name, console)?;
    let Address::Template(name) = at else { return Ok(Status::Done) };
    let ledger = runtime()?.block_on(opened.view_ledger())?;
    let Some(id) = ledger.provisioning_id(name).cloned() else {
        return Err(Failure::new(
            codes::NO_SUCH_OBJECT,
            format!("the ledger does not know the provisioning id of `{at}` yet"),
            format!("run `hubform template bind {name} PROVISIONING_ID`, which records the template too"),
        ));
    };
    record(&opened, environment, console, at, bound_record(template, id, object.lifecycle))?;
    console.answer(&match console.format {
        Format::Text => format!("Recorded: {at} is in Partner Hub as the manifest says\n"),
        Format::Json => to_json(&json!({ "format": 1, "object": at.to_string() })),
    })?;
    Ok(Status::Done)
}

fn open(folder: &Path, service: &ServiceArgs, environment: &Environment) -> Result<Opened, Failure> {
    let plan_args = PlanArgs { folder: folder.to_owned(), select: SelectArgs::default(), service: service.clone() };
    let mut opened = Opened::new(&plan_args, environment)?;
    opened.project.blocked()?;
    Ok(opened)
}

/// Returns the template of a name, which must be described without errors.
fn described<'a>(
    opened: &'a Opened,
    text: &str,
    console: Console,
) -> Result<(&'a Address, &'a DesiredObject, &'a Template), Failure> {
    let known = opened.project.templates();
    let Some(&name) = known.iter().find(|name| name.as_str() == text) else {
        return Err(Failure::new(
            codes::NO_SUCH_OBJECT,
            format!("there is no template `{text}` in the manifests"),
            nearest(text, known.iter().map(|name| name.as_str())),
        ));
    };
    let at = Address::Template(name.clone());
    match opened.project.loaded.desired.objects.get_key_value(&at) {
        Some((at, object)) if let Spec::Template(template) = &object.spec => Ok((at, object, template)),
        _ => {
            opened.project.warn(console);
            Err(Failure::new(
                codes::NO_SUCH_OBJECT,
                format!("the manifest of `{at}` has errors"),
                "correct them and run the command again",
            ))
        }
    }
}

fn record(
    opened: &Opened,
    environment: &Environment,
    console: Console,
    at: &Address,
    record: Record,
) -> Result<(), Failure> {
    let put = Change::Put { object: at.clone(), record: Box::new(record) };
    let units = BTreeSet::from([Unit::Templates]);
    runtime()?.block_on(opened.change_ledger(environment, &units, console, |_| Ok((vec![put], ()))))
}

/// Returns the customer to ask about: the one that is named, or the first that uses the template.
fn customer<'a>(
    desired: &'a Desired,
    template: &Name,
    named: Option<&str>,
) -> Result<Option<(&'a Name, &'a Customer)>, Failure> {
    let all: Vec<(&Name, &Customer)> =
        desired.customers().filter_map(|name| desired.customer(name).map(|customer| (name, customer))).collect();
    match named {
        None => Ok(all.into_iter().find(|(_, customer)| customer.template == *template)),
        Some(text) => match all.iter().find(|(name, _)| name.as_str() == text) {
            Some(&found) => Ok(Some(found)),
            None => Err(Failure::usage(
                format!("there is no customer `{text}` in the manifests"),
                nearest(text, all.iter().map(|(name, _)| name.as_str())),
            )),
        },
    }
}

/// Asks the service. Returns why the id could not be checked, if it could not; fails if it is wrong.
async fn check(
    opened: &Opened,
    id: &ProvisioningId,
    customer: Option<(&Name, &Customer)>,
) -> Result<Option<String>, Failure> {
    let Some((name, customer)) = customer else {
        return Ok(Some("no customer in the manifests uses the template".to_owned()));
    };
    let headquarters = opened.project.loaded.desired.location(name, &Name::headquarters());
    let new = NewCustomer { provisioning_id: id, customer, headquarters };
    let connection = Connection::writing(&opened.settings).await?;
    let answer = connection.client.precheck_customer(&new).await;
    connection.close().await;
    match answer {
        Ok(()) => Ok(None),
        Err(error) if is_about_id(&error) => Err(Failure::new(
            codes::ID_REFUSED,
            format!("the service does not accept the provisioning id, and nothing was recorded: {error}"),
            "copy the Provisioning ID of the saved template from Partner Hub",
        )),
        Err(error) => match error.fault {
            Fault::Forbidden | Fault::Refused | Fault::Conflict => {
                Ok(Some(format!("asked about `customer/{name}`, the service refused for another reason: {error}")))
            }
            Fault::Unauthorized
            | Fault::NotFound
            | Fault::Busy
            | Fault::Unavailable
            | Fault::NoAnswer
            | Fault::Malformed => Err(Failure::new(
                codes::SERVICE_UNREADABLE,
                format!("the service could not be asked, and nothing was recorded: {error}"),
                "check the token and the way to the service, and run the command again",
            )),
        },
    }
}

/// The service has no code for an unknown id (official description of `POST /wholesale/customers/validate`), so its
/// words have to do.
fn is_about_id(error: &ApiError) -> bool {
    let words = error.text.to_lowercase();
    let about_id = words.contains("provisioningid") || words.contains("provisioning id") || words.contains("template");
    about_id && matches!(error.fault, Fault::Refused | Fault::NotFound | Fault::Conflict)
}
