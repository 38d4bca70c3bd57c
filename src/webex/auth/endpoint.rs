//! Where tokens come from: sending, and understanding what comes back.

use std::{fmt, time::Duration};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;

use super::{Clock, error::AuthError, request::TokenRequest, tokens::Tokens};
use crate::webex::{
    SettingsError,
    client::{connect, innermost},
    redact::redact,
    wire::{Refusal, clean},
};

/// The largest answer that is read.
const LARGEST: usize = 1 << 20;
/// The longest that one attempt may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// The most attempts, while nothing trustworthy comes back. Asking again is all that can be done then: without an
/// answer there is no telling which refresh token counts.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; each further one is twice as long.
const BACKOFF: Duration = Duration::from_millis(500);
/// The longest wait that is obeyed.
const LONGEST_ASKED: Duration = Duration::from_mins(1);
/// The most characters kept of the service's words.
const MOST: usize = 300;

/// The token endpoints below a base URL. Cheap to clone.
#[derive(Clone)]
pub struct TokenEndpoint {
    http: reqwest::Client,
    /// Without a slash at the end.
    base: Url,
    backoff: Duration,
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpoint").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl TokenEndpoint {
    /// Makes the endpoint of a service, under the same conditions as its client: https, or plain http for loopback
    /// addresses, and no redirection is followed.
    pub fn new(base_url: Url, user_agent: &str) -> Result<Self, SettingsError> {
        let (http, base) = connect(base_url, user_agent)?;
        Ok(Self { http, base, backoff: BACKOFF })
    }

    /// Waits this long before the second attempt, and twice as long before each further one.
    #[must_use]
    pub const fn backoff(mut self, backoff: Duration) -> Self {
        self.backoff = backoff;
        self
    }

    /// Returns an address below the base URL.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let path = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// Returns the base URL.
    pub(super) const fn base(&self) -> &Url {
        &self.base
    }

    /// Asks for tokens. `secrets` are taken out of what the service says; `origin` is where the refresh token came
    /// from, for messages.
    pub(super) async fn ask(
        &self,
        request: &TokenRequest,
        secrets: &[&SecretString],
        origin: &str,
        clock: &Clock,
    ) -> Result<Tokens, AuthError> {
        let mut attempt = 1;
        loop {
            let (error, wait) = match self.attempt(request, secrets, origin, clock).await {
                Ok(tokens) => return Ok(tokens),
                Err(failed) => failed,
            };
            tracing::debug!(attempt, %error, "no token was given");
            if attempt >= ATTEMPTS || !error.is_passing() {
                return Err(error);
            }
            let wait = wait.unwrap_or_else(|| self.backoff.saturating_mul(1 << (attempt - 1)));
            if wait > LONGEST_ASKED {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        request: &TokenRequest,
        secrets: &[&SecretString],
        origin: &str,
        clock: &Clock,
    ) -> Result<Tokens, (AuthError, Option<Duration>)> {
        let path = || request.path.clone();
        let asked = clock();
        let mut builder = self
            .http
            .post(self.url(&request.path))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, request.content_type)
            .timeout(DEADLINE)
            .body(request.body.expose_secret().to_owned());
        if let Some(bearer) = &request.bearer {
            let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", bearer.expose_secret())) else {
                let text = "the access token of the caller has characters that no token has".to_owned();
                return Err((AuthError::Malformed { path: path(), text }, None));
            };
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        let passing = |text: String| AuthError::Unavailable { path: path(), text };
        let failed = |error: &reqwest::Error| {
            let text = if error.is_timeout() { "the deadline passed".to_owned() } else { innermost(error) };
            (passing(text), None)
        };
        let response = builder.send().await.map_err(|error| failed(&error))?;
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(clean);
        let retry_after =
            header(RETRY_AFTER.as_str()).and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        let tracking_id = header("trackingid").unwrap_or_default();
        tracing::debug!(path = request.path, status, tracking_id, "answered");
        let body = read(response).await.map_err(|error| match error {
            Unread::Failed(error) => failed(&error),
            Unread::TooLarge => {
                (AuthError::Malformed { path: path(), text: "it is larger than any answer can be".to_owned() }, None)
            }
        })?;
        match status {
            200..=299 => Tokens::of(&body, asked)
                .map_err(|why| (AuthError::Malformed { path: path(), text: why.to_owned() }, None)),
            429 | 500 | 502..=504 => {
                let text = format!("it answered {status}{}", suffix(&Words::of(&body, secrets).text));
                Err((passing(text), retry_after))
            }
            _ => Err((refused(request, status, &body, secrets, origin, &tracking_id), None)),
        }
    }
}

fn refused(
    request: &TokenRequest,
    status: u16,
    body: &[u8],
    secrets: &[&SecretString],
    origin: &str,
    tracking_id: &str,
) -> AuthError {
    let words = Words::of(body, secrets);
    let says = |code: &str| words.code == code || words.text.contains(code);
    let text = match status {
        300..=399 => "a redirection, which is not followed".to_owned(),
        _ => words.text.clone(),
    };
    // RFC 6749, 5.2. Some answers wrap the code into a text.
    if says("invalid_client") {
        AuthError::Client { text }
    } else if says("invalid_grant") && request.bearer.is_none() {
        AuthError::Revoked { origin: origin.to_owned(), text }
    } else {
        let tracking_id = if tracking_id.is_empty() { &words.tracking_id } else { tracking_id };
        let tracking_id = redact(tracking_id, secrets, "[secret]");
        AuthError::Refused { path: request.path.clone(), status, text, tracking_id }
    }
}

/// What an answer that is no success says, without any secret.
struct Words {
    code: String,
    text: String,
    tracking_id: String,
}

impl Words {
    fn of(body: &[u8], secrets: &[&SecretString]) -> Self {
        // Before anything is cut, so that no half of a secret is left.
        let body = redact(&String::from_utf8_lossy(body), secrets, "[secret]");
        let Refusal { code: _, text, tracking_id } = Refusal::of(body.as_bytes());
        let code = serde_json::from_str::<Value>(&body)
            .ok()
            .and_then(|value| value.get("error")?.as_str().map(clean))
            .unwrap_or_default();
        let text = if code.is_empty() || text.contains(&code) { text } else { format!("{code}: {text}") };
        let fit = |text: &str| redact(text, secrets, "[secret]").chars().take(MOST).collect::<String>();
        Self { code: fit(&code), text: fit(text.trim_end_matches([':', ' '])), tracking_id: fit(&tracking_id) }
    }
}

fn suffix(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

enum Unread {
    Failed(reqwest::Error),
    TooLarge,
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Failed)? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(Unread::TooLarge);
        }
    }
    Ok(body)
}
