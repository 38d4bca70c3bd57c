//! `hubform sim`

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::json;

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        interrupt::signal,
        planning::runtime,
        settings::duration,
    },
    model::codes,
    report::to_json,
    sim::{Config, Faults, Simulator, openapi},
};

/// Run the simulated partner service as a server
///
/// Prints its address and serves until it is interrupted. Another terminal reaches it with `HUBFORM_BASE_URL`. It speaks
/// the documented interface, is never kinder than the service, and takes any access token.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Listen here; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Keep the state in this file; else it is forgotten at the end
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// How long customers and jobs take, such as `100ms` or `30s`
    #[arg(long, value_name = "DURATION", default_value = "100ms", value_parser = duration)]
    provisioning_delay: Duration,
    /// Give at most so many things on one page, to try paging
    #[arg(long, value_name = "NUMBER")]
    page_size: Option<std::num::NonZeroUsize>,
    /// Let things go wrong by the rules in this file, or by a profile: `answers-lost`, `flaky`, `slow`, `throttled` or
    /// `worst`
    #[arg(long, value_name = "FILE|PROFILE")]
    faults: Option<PathBuf>,
    /// Take all chance of the faults from this number, in place of the rules' own
    #[arg(long, value_name = "NUMBER", requires = "faults")]
    seed: Option<u64>,
    /// Print the OpenAPI document of what is served, and serve nothing
    #[arg(long, exclusive = true)]
    openapi: bool,
}

pub(in crate::cli) fn run(args: &Args, console: Console) -> Result<Status, Failure> {
    if args.openapi {
        console.answer(&to_json(&openapi()))?;
        return Ok(Status::Done);
    }
    let config = Config {
        state: args.state.clone(),
        provisioning_delay: args.provisioning_delay,
        page_size: args.page_size.map(std::num::NonZeroUsize::get),
        ..Config::default()
    };
    let failed = |error: &dyn std::error::Error| {
        Failure::caused(codes::SIMULATOR, error, "check `--state` and `--listen`: another process may be using them")
    };
    let faults = faults(args)?;
    runtime()?.block_on(async {
        let simulator = Simulator::open(config).map_err(|error| failed(&error))?;
        if let Some(faults) = faults {
            simulator.set_faults(faults).map_err(|error| failed(&error))?;
        }
        let running = simulator.start(args.listen).await.map_err(|error| failed(&error))?;
        let url = &running.base_url;
        console.answer(&match console.format {
            Format::Text => format!("listening on {url}\nexport HUBFORM_TARGET=simulator HUBFORM_BASE_URL={url}\n"),
            Format::Json => to_json(&json!({ "format": 1, "baseUrl": url })),
        })?;
        let status = signal().await;
        running.stop().await;
        Ok(status)
    })
}

/// Reads the rules by which things go wrong: a profile by its name, anything else is a file.
fn faults(args: &Args) -> Result<Option<Faults>, Failure> {
    let Some(asked) = &args.faults else { return Ok(None) };
    let faults = match asked.to_str().and_then(Faults::profile) {
        Some(profile) => profile,
        None => read(asked)?,
    };
    Ok(Some(match args.seed {
        Some(seed) => faults.with_seed(seed),
        None => faults,
    }))
}

fn read(path: &Path) -> Result<Faults, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let text = format!("the faults in `{}` cannot be read: {error}", path.display());
        let profiles = Faults::PROFILES.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        Failure::new(codes::SIMULATOR, text, format!("name a file, or one of the profiles {profiles}"))
    })?;
    Faults::parse(&text).map_err(|error| {
        let text = format!("`{}` is no list of faults: {error}", path.display());
        Failure::new(codes::SIMULATOR, text, "see the section on faults in docs/simulator.md")
    })
}
