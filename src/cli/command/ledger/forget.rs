//! `hubform ledger forget`

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::json;

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::{Opened, runtime},
        select::nearest,
        settings::{Environment, ServiceArgs},
    },
    ledger::Change,
    model::{Address, LedgerState, Unit, codes},
    report::{to_json, visible},
};

/// Take an object out of the ledger
///
/// With a customer goes everything below it. Nothing is sent to the service: what exists there stays, and if the manifests
/// describe it the next plan adopts it; what does not exist is created anew.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which object, such as `customer/johns-pizza` or `location/johns-pizza/downtown`
    #[arg(value_name = "ADDRESS")]
    object: Address,
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    service: ServiceArgs,
}

pub(super) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let at = &args.object;
    let opened = Opened::at(&args.folder, &args.service, environment)?;
    let gone = runtime()?.block_on(async {
        // A look first: to forget something must not make a ledger.
        gone(at, &opened.view_ledger().await?)?;
        let units = BTreeSet::from([Unit::of(at)]);
        let change = |state: &LedgerState| {
            let gone: Vec<Address> = gone(at, state)?.into_iter().cloned().collect();
            Ok((gone.iter().map(|at| Change::Remove { object: at.clone() }).collect(), gone))
        };
        opened.change_ledger(environment, &units, console, change).await
    })?;
    console.answer(&match console.format {
        Format::Text => {
            let lines: Vec<String> = gone.iter().map(|at| format!("Forgotten: {}", visible(&at.to_string()))).collect();
            lines.join("\n") + "\n"
        }
        Format::Json => {
            let gone: Vec<String> = gone.iter().map(ToString::to_string).collect();
            to_json(&json!({ "format": 1, "forgotten": gone }))
        }
    })?;
    Ok(Status::Done)
}

/// Returns the object and what is below it, as far as the ledger knows them.
fn gone<'a>(at: &Address, ledger: &'a LedgerState) -> Result<Vec<&'a Address>, Failure> {
    let is_below = |other: &Address| matches!(at, Address::Customer(name) if other.customer() == Some(name));
    let gone: Vec<&Address> = ledger.records.keys().filter(|other| *other == at || is_below(other)).collect();
    if gone.is_empty() {
        let known: Vec<String> =
            ledger.records.keys().filter(|other| other.kind() == at.kind()).map(ToString::to_string).collect();
        return Err(Failure::new(
            codes::NO_SUCH_OBJECT,
            format!("`{at}` is not in the ledger"),
            nearest(&at.to_string(), known.iter().map(String::as_str)),
        ));
    }
    Ok(gone)
}
