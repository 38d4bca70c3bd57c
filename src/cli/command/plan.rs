//! `hubform plan`

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::{Opened, PlanArgs, Purpose, runtime},
        service::Connection,
        settings::Environment,
    },
    report::{plan_text, to_json},
};

/// Show what apply would change, and change nothing
///
/// Reads the manifests, the ledger and the service, compares them, and prints the steps that `apply` would take, each
/// with its reason. Neither the service nor the ledger is changed.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// Exit with 2 if there are changes, with 3 if there are none and something waits
    #[arg(long)]
    detailed_exitcode: bool,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let mut opened = Opened::new(&args.plan, environment)?;
    let (plan, blocked) = runtime()?.block_on(async {
        let ledger = opened.view_ledger().await?;
        let range = opened.range(&args.plan, &ledger, console)?;
        let connection = Connection::reading(&opened.settings).await?;
        let observed = opened.observe(&connection.client, &ledger, range.only.as_ref(), console).await;
        connection.close().await;
        Ok::<_, Failure>((opened.plan(&observed?, &ledger, &range, Purpose::Converge), !range.blocked.is_empty()))
    })?;
    console.answer(&match console.format {
        Format::Text => plan_text(&plan, console.out()),
        Format::Json => to_json(&plan),
    })?;
    Ok(Status::of_plan(&plan, blocked, args.detailed_exitcode))
}
