//! `hubform ledger unlock`

use serde_json::json;

use super::WhereArgs;
use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::{Opened, runtime},
        select::nearest,
        settings::Environment,
    },
    ledger::{Holder, LockInfo, Vitality},
    model::codes,
    report::{to_json, visible},
};

/// Give back what a run holds that is gone
///
/// Needs the lock's id, which is that of the run: `hubform status` and the message of whoever waits show it. A holder that
/// died on this host is found out by the next run, which takes over by itself; this is for one of which there is no telling.
/// A run that lives and loses its lock writes nothing more, and ends.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The id of the lock
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    place: WhereArgs,
    /// Do not ask, and do it even if the holder lives
    #[arg(long)]
    force: bool,
}

/// One run's locks.
struct Found {
    holder: Holder,
    vitality: Vitality,
    units: Vec<String>,
}

pub(super) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let opened = args.place.open(environment)?;
    let runtime = runtime()?;
    // A look first: to unlock something must not make a ledger.
    let Found { holder, vitality, units } = runtime.block_on(find(&opened, &args.id))?;
    let held = units.join("`, `");
    let Holder { owner, host, pid, run, since } = &holder;
    let by = format!("{owner} on {host}, process {pid}, since {since}");
    if !args.force {
        if vitality == Vitality::Alive {
            return Err(Failure::new(
                codes::LEDGER_HELD,
                format!("the run `{run}` lives and holds `{held}`: {by}; nothing was unlocked"),
                "wait for its end, or end it; `--force` takes its lock away all the same",
            ));
        }
        // Nobody is hurt if the holder is known to be gone.
        if vitality == Vitality::Unknown {
            confirm(&held, &by, console)?;
        }
    }
    runtime.block_on(async {
        let ledger = opened.open_ledger().await?;
        Ok::<_, Failure>(ledger.unlock(run).await?)
    })?;
    let life = match vitality {
        Vitality::Alive => "running",
        Vitality::Gone => "gone",
        Vitality::Unknown => "unknown",
    };
    console.answer(&match console.format {
        Format::Text => visible(&format!("Unlocked: `{held}`, which was held by {by} (run {run})")).into_owned() + "\n",
        Format::Json => to_json(&json!({
            "format": 1,
            "unlocked": units,
            "run": run, "owner": owner, "host": host, "pid": pid, "since": since, "holder": life,
        })),
    })?;
    Ok(Status::Done)
}

async fn find(opened: &Opened, id: &str) -> Result<Found, Failure> {
    let locks = opened.view_ledger_whole().await?.locks;
    let of_run: Vec<&LockInfo> = locks.iter().filter(|lock| lock.holder.run == id).collect();
    let Some(first) = of_run.first() else {
        let fix = if locks.is_empty() {
            "nothing is locked".to_owned()
        } else {
            nearest(id, locks.iter().map(|lock| lock.holder.run.as_str()).collect::<std::collections::BTreeSet<_>>())
        };
        return Err(Failure::new(codes::NO_SUCH_OBJECT, format!("no lock has the id `{id}`"), fix));
    };
    Ok(Found {
        holder: first.holder.clone(),
        vitality: first.vitality,
        units: of_run.iter().map(|lock| lock.unit.to_string()).collect(),
    })
}

fn confirm(held: &str, by: &str, console: Console) -> Result<(), Failure> {
    let why = "there is no telling from here whether the holder lives";
    if !console.can_ask() {
        return Err(Failure::usage(
            format!("`{held}` is held by {by}; {why}, and there is no terminal to ask on"),
            "make sure that it is gone, then add `--force`",
        ));
    }
    let question = format!("`{held}` is held by {by}; {why}.\nUnlock it? Only `yes` is taken as consent: ");
    if console.ask(&visible(&question).replace("\\n", "\n")) == "yes" {
        return Ok(());
    }
    Err(Failure::new(
        codes::NOT_CONFIRMED,
        "it was not confirmed, and nothing was unlocked",
        "type `yes` when asked, or add `--force`",
    ))
}
