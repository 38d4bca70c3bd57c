//! What a client needs to know, checked before anything is sent.

use std::{
    sync::{Arc, Once},
    time::Duration,
};

use reqwest::{header::HeaderValue, redirect::Policy};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::{Client, Shared, pace::Pace};
use crate::webex::auth::Credential;

/// The longest that setting up a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// What a client needs to know.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// Where the service is, up to and with its version: `https://webexapis.com/v1`. Plain http is for
    /// loopback addresses only.
    pub base_url: Url,
    /// The access token, or where it comes from; sent to the base URL's origin and nowhere else.
    pub token: Credential,
    /// The longest that one attempt of a request may take, its answer included; waits between attempts do
    /// not count.
    pub deadline: Duration,
    /// The longest that one request may take with all its attempts and waits, its turn among others included.
    /// A wait that would last longer is not begun.
    pub patience: Duration,
    /// The most attempts per request.
    pub attempts: u32,
    /// The wait after the first failed attempt; each further one is twice as long, up to 30 seconds. Up to half of
    /// it is taken off, so that requests which failed together do not come back together. An answer that says how
    /// long to wait is obeyed instead.
    pub backoff: Duration,
    /// The most requests per second, of all clients with this token together. The pace begins at half of it, grows
    /// with good answers and halves with each 429. Without it there is no pace until the service complains.
    pub requests_per_second: Option<f64>,
    /// Whether the target has a template registry. The Webex service has none.
    pub registry: bool,
    /// The `User-Agent` of every request.
    pub user_agent: String,
}

impl ClientSettings {
    /// Makes settings with the usual limits, for a target without registry.
    pub fn new(base_url: Url, token: SecretString) -> Self {
        Self::with(base_url, token.into())
    }

    /// As [`ClientSettings::new`], with a token that may renew itself.
    pub fn with(base_url: Url, token: Credential) -> Self {
        Self {
            base_url,
            token,
            deadline: Duration::from_mins(1),
            patience: Duration::from_mins(20),
            attempts: 6,
            backoff: Duration::from_millis(500),
            requests_per_second: None,
            registry: false,
            user_agent: concat!("hubform/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Says why no client can be made of the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The token would travel in the clear.
    #[error("the base URL `{0}` is not https: plain http is for loopback addresses such as `http://127.0.0.1:8080/v1`")]
    NotHttps(String),
    /// More or less than scheme, host, port and path.
    #[error("the base URL has {0}: write scheme, host and path, such as `https://webexapis.com/v1`")]
    NotABase(&'static str),
    /// A token that no header can carry.
    #[error("the access token is empty or has characters that no token has; copy it again")]
    Token,
    /// A ceiling that lets nothing through.
    #[error("`{0}` requests per second is not a pace; write a number above 0")]
    Pace(String),
    /// The HTTP library refuses to start.
    #[error("no HTTP client can be made: {0}")]
    Http(String),
}

/// Chooses the TLS implementation once for the process; one that is chosen already stays.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

fn check_base(url: &Url) -> Result<(), SettingsError> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SettingsError::NotABase("a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(SettingsError::NotABase("a query or fragment"));
    }
    let loopback = match url.host() {
        None => return Err(SettingsError::NotABase("no host")),
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback => Ok(()),
        _ => Err(SettingsError::NotHttps(url.to_string())),
    }
}

fn is_sendable(token: &SecretString) -> bool {
    let fits = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).is_ok();
    fits && !token.expose_secret().trim().is_empty()
}

/// Makes the connections to a base URL, and returns it without a slash at the end.
pub(in crate::webex) fn connect(base_url: Url, user_agent: &str) -> Result<(reqwest::Client, Url), SettingsError> {
    check_base(&base_url)?;
    install_tls();
    // An answer is as large as it is sent, and only one place repeats requests.
    let builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(CONNECT)
        .user_agent(user_agent);
    let builder = if base_url.scheme() == "http" {
        // No certificates are needed, so a machine without any will do; and a proxy would see the token.
        builder.no_proxy().tls_certs_only([])
    } else {
        builder.https_only(true)
    };
    let http = builder.build().map_err(|error| SettingsError::Http(super::error::innermost(&error)))?;
    let mut base = base_url;
    let path = base.path().trim_end_matches('/').to_owned();
    base.set_path(&path);
    Ok((http, base))
}

impl Client {
    /// Makes a client; sends nothing.
    pub fn new(settings: ClientSettings) -> Result<Self, SettingsError> {
        let ClientSettings {
            base_url,
            token,
            deadline,
            patience,
            attempts,
            backoff,
            requests_per_second,
            registry,
            user_agent,
        } = settings;
        if token.fixed().is_some_and(|token| !is_sendable(token)) {
            return Err(SettingsError::Token);
        }
        if let Some(rate) = requests_per_second.filter(|rate| !rate.is_finite() || *rate <= 0.0) {
            return Err(SettingsError::Pace(rate.to_string()));
        }
        let (http, base) = connect(base_url, &user_agent)?;
        let pace = Pace::shared(&base, &token, requests_per_second);
        Ok(Self(Arc::new(Shared {
            http,
            base,
            token,
            deadline,
            patience,
            attempts: attempts.max(1),
            backoff,
            pace,
            registry,
            requests: 0.into(),
            writes: 0.into(),
            retries: 0.into(),
            roles: tokio::sync::OnceCell::new(),
            server_time: std::sync::Mutex::new(None),
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> ClientSettings {
        ClientSettings::new(url.parse().unwrap(), SecretString::from("canary-token"))
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for good in ["https://webexapis.com/v1", "http://127.8.9.1:1/v1", "http://[::1]/v1", "http://localhost:8080"] {
            assert!(Client::new(settings(good)).is_ok(), "{good}");
        }
        for bad in ["http://webexapis.com/v1", "http://10.0.0.1/v1", "http://localhost.example.com/v1", "ftp://[::1]/"]
        {
            assert!(matches!(Client::new(settings(bad)), Err(SettingsError::NotHttps(_))), "{bad}");
        }
    }

    #[test]
    fn a_base_url_is_scheme_host_and_path() {
        for bad in ["https://me:secret@webexapis.com/v1", "https://webexapis.com/v1?x=1", "https://webexapis.com/#x"] {
            let error = Client::new(settings(bad)).unwrap_err();
            assert!(matches!(error, SettingsError::NotABase(_)), "{bad}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_token_that_no_header_can_carry_and_a_pace_of_nothing_are_refused() {
        let mut bad = settings("http://[::1]/v1");
        bad.token = SecretString::from("a\nb").into();
        assert_eq!(Client::new(bad).unwrap_err(), SettingsError::Token);
        let mut bad = settings("http://[::1]/v1");
        bad.requests_per_second = Some(0.0);
        assert!(matches!(Client::new(bad), Err(SettingsError::Pace(_))));
    }

    #[test]
    fn neither_settings_nor_client_show_the_token() {
        let settings = settings("http://[::1]/v1");
        assert!(!format!("{settings:?}").contains("canary"));
        assert!(!format!("{:?}", Client::new(settings).unwrap()).contains("canary"));
    }
}
