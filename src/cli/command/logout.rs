//! `hubform logout`

use std::time::Duration;

use serde_json::json;

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::runtime,
        settings::{Environment, login_url},
    },
    model::codes,
    report::{count, to_json, visible},
    webex::auth::{CacheKey, Subject},
};

use super::login::place;

/// How long another process may hold the token cache.
const PATIENCE: Duration = Duration::from_secs(30);

/// Forget the tokens of a login
///
/// Takes them out of the token cache and sends nothing: the service goes on accepting an access token until it ends.
/// An administrator can withdraw the integration's access in Control Hub.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Forget the login of this client; else of all
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Forget the tokens of refresh tokens and service apps from variables too
    #[arg(long)]
    all: bool,
    /// Forget tokens of the server at this address; else `HUBFORM_BASE_URL`
    #[arg(long, value_name = "URL", hide = true)]
    base_url: Option<String>,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let (base_url, _) = login_url(args.base_url.as_deref(), environment)?;
    let at = CacheKey::new(&base_url, "", Subject::Login).base_url;
    let chosen = |key: &CacheKey| {
        key.base_url == at
            && (args.all || key.subject == Subject::Login)
            && args.client_id.as_ref().is_none_or(|id| *id == key.client_id)
    };
    let gone = runtime()?.block_on(place(&environment.sign_in)?.remove(chosen, PATIENCE))?;
    if gone.is_empty() {
        return Err(Failure::new(
            codes::TOKEN_MISSING,
            format!("nobody has logged in at `{base_url}`"),
            "see `hubform login --status`",
        ));
    }
    let clients: Vec<&str> = gone.iter().map(|key| key.client_id.as_str()).collect();
    console.answer(&match console.format {
        Format::Text => {
            let count = count(gone.len() as u64, "login");
            format!("Forgotten: {count} at {base_url} (client {})\n", visible(&clients.join(", ")))
        }
        Format::Json => to_json(&json!({ "format": 1, "baseUrl": base_url.as_str(), "forgotten": clients })),
    })?;
    Ok(Status::Done)
}
