//! `hubform login`

use std::{collections::BTreeSet, fmt::Write as _, io::Read as _, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::{
    cli::{
        console::{Console, Format},
        credential::{CLIENT_ID, CLIENT_SECRET, SignIn, USER_AGENT, clock},
        exit::Status,
        failure::Failure,
        planning::runtime,
        settings::{Environment, login_url},
    },
    model::{Problem, Sources, codes},
    report::{to_json, visible},
    webex::auth::{
        App, CacheKey, Entry, Login, LoginError, Loopback, LoopbackError, NEEDED, Subject, TokenCache, TokenEndpoint,
        Tokens, missing,
    },
};

/// How long a person has for the browser's part.
const LIMIT: Duration = Duration::from_mins(10);

/// Log in with a browser, and keep the tokens for later runs
///
/// Prints the address of a page; open it in a browser on this machine and log in as an administrator of the partner. The
/// tokens are kept in a file that only you can read, and are renewed by themselves. The integration has to list
/// `http://127.0.0.1:8085/callback` (or the port that `--port` names) as a redirect URI. `docs/authentication.md` says how to
/// make one, and names the other ways to sign in.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Client id of the integration; else `WEBEX_CLIENT_ID`
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Read the client secret from stdin; else `WEBEX_CLIENT_SECRET`, or none
    #[arg(long)]
    client_secret_stdin: bool,
    /// Wait for the browser on this port of 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8085)]
    port: u16,
    /// Ask for these scopes, separated by commas; else for all that hubform needs
    #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
    scopes: Vec<String>,
    /// Show who is logged in, and send nothing
    #[arg(long, conflicts_with_all = ["client_secret_stdin", "port", "scopes"])]
    status: bool,
    /// Log in at the server at this address; else `HUBFORM_BASE_URL`
    #[arg(long, value_name = "URL", hide = true)]
    base_url: Option<String>,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let (base_url, _) = login_url(args.base_url.as_deref(), environment)?;
    let cache = place(&environment.sign_in)?;
    if args.status {
        return status(args, &base_url, &cache, console);
    }
    let app = app(args, &environment.sign_in)?;
    // What is wrong with the cache is better known before anybody has logged in.
    cache.entries()?;
    let endpoint = TokenEndpoint::new(base_url.clone(), USER_AGENT).map_err(|error| {
        Failure::new(codes::SETTING, error.to_string(), "use https, or plain http for this machine only")
    })?;
    let scopes: BTreeSet<String> = match args.scopes.as_slice() {
        [] => NEEDED.iter().map(|scope| (*scope).to_owned()).collect(),
        scopes => scopes.iter().map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect(),
    };
    let client_id = app.id.clone();
    let tokens = runtime()?.block_on(async {
        let loopback = Loopback::listen(args.port).await?;
        let redirect_uri = loopback.redirect_uri();
        let started = Login { endpoint, app, scopes, redirect_uri: redirect_uri.clone() }.start()?;
        console.tell(&format!(
            "open this page in a browser on this machine, and log in as an administrator of the partner:\n\n  {}\n\n\
             waiting {} minutes for the browser at {redirect_uri}\n",
            started.url(),
            LIMIT.as_secs() / 60
        ));
        let code = loopback.code(started.state(), LIMIT).await?;
        Ok::<_, Failure>(started.finish(&code, &cache, &clock()).await?)
    })?;
    let lacking = tokens.scopes.as_ref().map(missing).unwrap_or_default();
    if !lacking.is_empty() {
        console.warn(&[lacks(&lacking)], &Sources::default());
    }
    let path = cache.path().display().to_string();
    console.answer(&match console.format {
        Format::Text => {
            format!(
                "Logged in at {base_url} as client {}\n{}  kept in {}\n",
                visible(&client_id),
                lines(&tokens),
                visible(&path)
            )
        }
        Format::Json => to_json(&json!({ "format": 1, "cache": path, "login": row(&base_url, &client_id, &tokens) })),
    })?;
    Ok(Status::Done)
}

/// Returns the cache, or says that there is no place for one.
pub(super) fn place(sign_in: &SignIn) -> Result<TokenCache, Failure> {
    sign_in.cache().ok_or_else(|| {
        Failure::new(
            codes::TOKEN_CACHE,
            "there is no place to keep tokens: neither `XDG_CONFIG_HOME` nor `HOME` names a folder",
            "set one of them; without a place for tokens, sign in with variables",
        )
    })
}

fn app(args: &Args, sign_in: &SignIn) -> Result<App, Failure> {
    let id = match &args.client_id {
        Some(id) => Some(id.clone()),
        None => sign_in.get(CLIENT_ID)?.map(|id| id.value.expose_secret().to_owned()),
    };
    let id = id.filter(|id| !id.trim().is_empty()).ok_or_else(|| {
        Failure::usage(
            "the client id of an integration is missing",
            "give `--client-id ID`, or set `WEBEX_CLIENT_ID`; developer.webex.com shows it on the page of the integration",
        )
    })?;
    let secret = if args.client_secret_stdin {
        Some(secret_from_stdin()?)
    } else {
        sign_in.get(CLIENT_SECRET)?.map(|secret| secret.value)
    };
    Ok(App { id, secret })
}

fn secret_from_stdin() -> Result<SecretString, Failure> {
    let bad = |why: &str| {
        let fix = "write the client secret alone to stdin: `… | hubform login --client-secret-stdin`";
        Failure::usage(format!("the client secret on stdin {why}"), fix)
    };
    let mut text = String::new();
    std::io::stdin().lock().take(64 << 10).read_to_string(&mut text).map_err(|_| bad("cannot be read"))?;
    let secret = text.trim();
    match secret.split_whitespace().count() {
        0 => Err(bad("is empty")),
        1 => Ok(SecretString::from(secret)),
        _ => Err(bad("is more than one word")),
    }
}

/// Shows what the cache has; nothing is sent.
fn status(args: &Args, base_url: &Url, cache: &TokenCache, console: Console) -> Result<Status, Failure> {
    let at = CacheKey::new(base_url, "", Subject::Login).base_url;
    let logins: Vec<(CacheKey, Entry)> = cache
        .entries()?
        .into_iter()
        .filter(|(key, _)| key.base_url == at && key.subject == Subject::Login)
        .filter(|(key, _)| args.client_id.as_ref().is_none_or(|id| *id == key.client_id))
        .collect();
    if logins.is_empty() {
        return Err(Failure::new(
            codes::TOKEN_MISSING,
            format!("nobody has logged in at `{base_url}`"),
            "run `hubform login`",
        ));
    }
    let path = cache.path().display().to_string();
    console.answer(&match console.format {
        Format::Text => {
            // Writing to a String cannot fail.
            let mut text = String::new();
            for (key, entry) in &logins {
                _ = write!(
                    text,
                    "Logged in at {base_url} as client {}\n{}",
                    visible(&key.client_id),
                    lines(&entry.tokens)
                );
            }
            format!("{text}  kept in {}\n", visible(&path))
        }
        Format::Json => {
            let rows: Vec<Value> =
                logins.iter().map(|(key, entry)| row(base_url, &key.client_id, &entry.tokens)).collect();
            to_json(&json!({ "format": 1, "cache": path, "logins": rows }))
        }
    })?;
    Ok(Status::Done)
}

/// Says what is known of tokens, and never the tokens.
fn lines(tokens: &Tokens) -> String {
    let Tokens { access: _, refresh, obtained: _, expires, refresh_expires, scopes } = tokens;
    let end = |time: &Option<jiff::Timestamp>| {
        time.map_or_else(
            || "at a time that the service does not say".to_owned(),
            |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        )
    };
    let renewed = if refresh.is_some() { "and is renewed before" } else { "and cannot be renewed" };
    let mut text = format!("  the access token ends {}, {renewed}\n", end(expires));
    // Writing to a String cannot fail.
    if refresh.is_some() {
        _ = writeln!(text, "  the refresh token ends {}", end(refresh_expires));
    }
    match scopes {
        Some(scopes) => {
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            _ = writeln!(text, "  scopes: {}", visible(&scopes.join(" ")));
        }
        None => text += "  the service does not say which scopes were granted; `hubform doctor` tries them\n",
    }
    text
}

fn row(base_url: &Url, client_id: &str, tokens: &Tokens) -> Value {
    let Tokens { access: _, refresh, obtained, expires, refresh_expires, scopes } = tokens;
    json!({
        "baseUrl": base_url.as_str(),
        "clientId": client_id,
        "obtained": obtained,
        "expires": expires,
        "renews": refresh.is_some(),
        "refreshExpires": refresh_expires,
        "scopes": scopes,
        "missingScopes": scopes.as_ref().map(missing),
    })
}

fn lacks(scopes: &[&str]) -> Problem {
    let quoted: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
    Problem::warning(codes::SCOPES, format!("the token lacks scopes that hubform needs: {}", quoted.join(", ")))
        .fix("add them to the integration at developer.webex.com, and log in again")
}

impl From<LoopbackError> for Failure {
    fn from(error: LoopbackError) -> Self {
        let fix = match &error {
            LoopbackError::Listen { .. } => "the integration must list the redirect URI of that port",
            LoopbackError::Denied(_) => {
                "check that the integration lists the redirect URI and the scopes, and log in again"
            }
            LoopbackError::TooLate(_) | LoopbackError::Broken(_) => "run `hubform login` again",
        };
        Self::new(codes::LOGIN, error.to_string(), fix)
    }
}

impl From<LoginError> for Failure {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Cache(error) => error.into(),
            LoginError::Random(_) => Self::new(codes::LOGIN, error.to_string(), "try again"),
            LoginError::Code(_) => Self::new(
                codes::LOGIN,
                error.to_string(),
                "check that the integration lists the redirect URI, and use each page once",
            ),
            LoginError::Auth(error) => {
                let fix = if error.is_passing() {
                    "try again later"
                } else {
                    "check client id and client secret on the page of the integration, and log in again"
                };
                Self::new(codes::LOGIN, error.to_string(), fix)
            }
        }
    }
}
