//! `hubform doctor`

use std::path::PathBuf;

use crate::{
    cli::{
        checkup,
        console::{Console, Format},
        credential::TokenSource,
        exit::Status,
        failure::Failure,
        planning::runtime,
        project::Project,
        service::Connection,
        settings::{Environment, Place, Service, ServiceArgs, Settings},
    },
    model::{OrgId, codes},
    report::{Check, CheckResult, Checkup, doctor_text, to_json},
    webex::{ApiError, InspectApi as _, Probe, auth::Grant},
};

/// Check what hubform needs: token, scopes, roles, entitlement, ledger, clock
///
/// Looks at everything that a run rests on, and says of each whether it is as it should be, why not, and how to fix it.
/// Reads only: nothing is changed on the service, in the ledger or in the project, and no file is made. (A token that is
/// about to end is renewed, and then kept in the token cache, as by every command.) Exits with 1 if a check failed.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    service: ServiceArgs,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let project = Project::load(&args.folder);
    let mut checks = vec![checkup::manifests(
        &project.problems,
        project.loaded.desired.objects.len(),
        project.loaded.sources.iter().count(),
    )];
    look(args, environment, &project, &mut checks)?;
    let checkup = Checkup::of(checks);
    let is_well = checkup.summary.failed == 0;
    console.answer(&match console.format {
        Format::Text => doctor_text(&checkup, console.out()),
        Format::Json => to_json(&checkup),
    })?;
    Ok(if is_well { Status::Done } else { Status::Failed })
}

/// Looks at one thing after the other, as far as what it rests on is well.
fn look(args: &Args, environment: &Environment, project: &Project, checks: &mut Vec<Check>) -> Result<(), Failure> {
    let desired = &project.loaded.desired;
    let place = match Place::resolve(&args.service, environment, &desired.project, &project.loaded.root) {
        Ok(place) => place,
        Err(failure) => {
            checks.push(checkup::unusable("target", &failure));
            return Ok(());
        }
    };
    let address = match &place.base_url {
        Some((url, origin)) => format!("`{url}` (from {origin})"),
        None => "the embedded simulator".to_owned(),
    };
    let target = format!("`{}` (from {}), {address}", place.target, place.target_origin);
    checks.push(Check::new("target", CheckResult::Ok, target));
    let (ledger, expected) = (place.ledger.clone(), place.expected.clone());
    let partner = match place.sign_in(&environment.sign_in) {
        Ok(settings) => runtime()?.block_on(ask(&settings, &address, project, checks)),
        Err(failure) => {
            checks.push(checkup::unusable("token-source", &failure));
            None
        }
    };
    if project.problems.iter().any(|problem| problem.code == codes::NO_PROJECT) {
        checks.push(checkup::skipped("ledger", "belongs to a project, and there is none here"));
    } else {
        let view = runtime()?.block_on(ledger.examine(&expected));
        checks.push(checkup::ledger(&view, &ledger.to_string(), ledger.bytes(), partner.as_ref()));
    }
    Ok(())
}

/// Asks the service, and returns the partner organization if it answers.
async fn ask(settings: &Settings, address: &str, project: &Project, checks: &mut Vec<Check>) -> Option<OrgId> {
    let (origin, is_machine) = match &settings.service {
        Service::Embedded { .. } => ("the embedded simulator, which takes any".to_owned(), false),
        Service::Remote { token, .. } => {
            let machine = matches!(&**token, TokenSource::Renewing { grant: Grant::ServiceApp { .. }, .. });
            (token.origin().to_owned(), machine)
        }
    };
    let connection = match Connection::examining(settings).await {
        Ok(connection) => connection,
        Err(failure) => {
            checks.push(checkup::unusable("token-source", &failure));
            return None;
        }
    };
    checks.push(Check::new("token-source", CheckResult::Ok, origin));
    let client = &connection.client;
    let account = client.account().await;
    let (here, there) = (jiff::Timestamp::now(), client.server_time());
    checks.extend(checkup::reached(&account, address, &settings.token_fix()));
    let partner = if let Ok(account) = account {
        let facts = connection.credential.facts();
        checks.push(checkup::expiry(&facts, here));
        checks.push(checkup::clock(there, here));
        checks.push(checkup::roles(&account, is_machine));
        let mut customers: Result<(), ApiError> = Ok(());
        for probe in Probe::ALL {
            let answer = client.probe(probe).await;
            checks.push(checkup::reads(probe, &answer));
            if probe == Probe::Customers {
                customers = answer;
            }
        }
        checks.push(checkup::scopes(&facts));
        checks.push(checkup::entitlement(&customers, &facts));
        checks.push(checkup::sub_partners(&client.sub_partners().await, &project.loaded.desired));
        Some(account.org_id)
    } else {
        checks.push(checkup::skipped("scopes", "cannot be tried before the service accepts a token"));
        None
    };
    connection.close().await;
    partner
}
