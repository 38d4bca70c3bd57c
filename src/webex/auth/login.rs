//! Logging in: authorization code with PKCE (RFC 6749, 4.1; RFC 7636).

use std::{collections::BTreeSet, fmt, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{
    Clock,
    cache::{CacheError, CacheKey, Entry, Subject, TokenCache},
    endpoint::TokenEndpoint,
    error::AuthError,
    pkce,
    request::{self, App},
    tokens::Tokens,
};

/// How long another process may hold the token cache.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a login failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The operating system has no randomness.
    #[error("the operating system gives no random bytes: {0}")]
    Random(String),
    /// The service does not take the code.
    #[error("the service does not accept the code of this login{}; log in again", if .0.is_empty() { String::new() } else { format!(" ({})", .0) })]
    Code(String),
    /// The service gave no token.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The tokens cannot be kept.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

/// What a login needs to know.
#[derive(Clone, Debug)]
pub struct Login {
    /// Where tokens come from.
    pub endpoint: TokenEndpoint,
    /// Who asks.
    pub app: App,
    /// What the token shall be allowed.
    pub scopes: BTreeSet<String>,
    /// Where the browser comes back to; the integration lists exactly this address.
    pub redirect_uri: String,
}

/// A login whose page can be opened.
pub struct Started {
    login: Login,
    url: Url,
    state: SecretString,
    verifier: SecretString,
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started").field("login", &self.login).finish_non_exhaustive()
    }
}

impl Login {
    /// Makes the address of the page that a person has to open.
    pub fn start(self) -> Result<Started, LoginError> {
        let random = || pkce::unguessable().map_err(|error| LoginError::Random(error.to_string()));
        let (state, verifier) = (random()?, random()?);
        let mut url = self.endpoint.url("/authorize");
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.app.id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", state.expose_secret())
            .append_pair("code_challenge", &pkce::challenge(&verifier))
            .append_pair("code_challenge_method", "S256");
        // Blanks as every server reads them, not only those that take a query for a form.
        let query = url.query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        Ok(Started { login: self, url, state, verifier })
    }
}

impl Started {
    /// Returns the page to open.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Returns what the browser must bring back beside the code.
    pub const fn state(&self) -> &SecretString {
        &self.state
    }

    /// Exchanges the code for tokens and keeps them in the cache.
    pub async fn finish(self, code: &SecretString, cache: &TokenCache, clock: &Clock) -> Result<Tokens, LoginError> {
        let Login { endpoint, app, scopes: _, redirect_uri } = self.login;
        let held = cache.lock(PATIENCE).await?;
        let request = request::exchange(&app, code, &redirect_uri, &self.verifier);
        let secrets: Vec<&SecretString> = app.secret.iter().chain([code, &self.verifier]).collect();
        let tokens = endpoint.ask(&request, &secrets, "this login", clock).await.map_err(|error| match error {
            AuthError::Revoked { text, origin: _ } => LoginError::Code(text),
            other @ (AuthError::NothingToRenew { .. }
            | AuthError::Client { .. }
            | AuthError::NoCaller { .. }
            | AuthError::Refused { .. }
            | AuthError::Unavailable { .. }
            | AuthError::Malformed { .. }
            | AuthError::Cache(_)) => LoginError::Auth(other),
        })?;
        let key = CacheKey::new(endpoint.base(), &app.id, Subject::Login);
        let entry = Entry { tokens, client_secret: app.secret, seed: String::new() };
        cache.put(&key, &entry)?;
        drop(held);
        Ok(entry.tokens)
    }
}
