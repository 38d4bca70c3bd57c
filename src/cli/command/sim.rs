//! `hubform sim`

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use serde_json::json;

use crate::{
    cli::{
        carry::duration,
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        interrupt::signal,
        planning::runtime,
    },
    model::codes,
    report::to_json,
    sim::{Config, Simulator, openapi},
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
    runtime()?.block_on(async {
        let simulator = Simulator::open(config).map_err(|error| failed(&error))?;
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
