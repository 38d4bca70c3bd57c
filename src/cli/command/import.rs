//! `hubform import`

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::json;

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::{Opened, PlanArgs, Purpose, runtime},
        service::Connection,
        settings::Environment,
    },
    ledger::Change,
    model::{Address, Unit},
    plan::{Adoption, CatchUp, adoption},
    report::{count, to_json, visible},
};

/// Find what exists, and write it down
///
/// With `--ledger-only` a ledger that was lost or damaged is made anew: everything that the manifests describe is looked for
/// by its keys (external ids, e-mail addresses, names of locations) and what is found is recorded, with what cannot be read
/// taken as the manifests say. Nothing is changed on the service. What was removed from the manifests since the old ledger
/// was lost cannot be known.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// Write the ledger and no manifests; the only way to import so far
    #[arg(long, required = true)]
    ledger_only: bool,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let mut opened = Opened::new(&args.plan, environment)?;
    let (adoption, blocked) = runtime()?.block_on(async {
        let state = opened.view_ledger().await?;
        let range = opened.range(&args.plan, &state, console)?;
        let connection = Connection::reading(&opened.settings).await?;
        let observed = opened.observe(&connection.client, &state, range.only.as_ref(), console).await;
        connection.close().await;
        let observed = observed?;
        let adoption = adoption(&opened.plan(&observed, &state, &range, Purpose::Converge));
        let changes = adoption.found.iter().map(|CatchUp { object, record }| match record {
            Some(record) => Change::Put { object: object.clone(), record: Box::new(record.clone()) },
            None => Change::Remove { object: object.clone() },
        });
        let changes: Vec<Change> = changes.collect();
        let units: BTreeSet<Unit> = changes.iter().map(Change::unit).collect();
        let partner = observed.partner.as_ref().map(|partner| &partner.org_id);
        opened.fill_ledger(environment, &units, console, changes, &state, partner).await?;
        Ok::<_, Failure>((adoption, !range.blocked.is_empty()))
    })?;
    console.answer(&match console.format {
        Format::Text => text(&adoption),
        Format::Json => to_json(&json!({
            "format": 1,
            "found": found(&adoption).iter().map(ToString::to_string).collect::<Vec<_>>(),
            "missing": adoption.missing.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })),
    })?;
    Ok(if blocked { Status::Failed } else { Status::Done })
}

fn found(adoption: &Adoption) -> BTreeSet<&Address> {
    adoption.found.iter().filter(|it| it.record.is_some()).map(|it| &it.object).collect()
}

fn text(adoption: &Adoption) -> String {
    const SHOWN: usize = 20;
    let found = found(adoption);
    let mut text = match found.len() {
        0 => "Nothing was found that the ledger does not know.\n".to_owned(),
        number => format!("Recorded: {} that exist.\n", count(number as u64, "object")),
    };
    if !adoption.missing.is_empty() {
        let number = count(adoption.missing.len() as u64, "object");
        // Writing to a String cannot fail.
        _ = writeln!(text, "Not there, and created by the next apply: {number}");
        for at in adoption.missing.iter().take(SHOWN) {
            _ = writeln!(text, "  {}", visible(&at.to_string()));
        }
        if adoption.missing.len() > SHOWN {
            _ = writeln!(text, "  and {} more", adoption.missing.len() - SHOWN);
        }
    }
    text + "Review what is left with `hubform plan`.\n"
}
