//! Renewing: which token is used, in which order things are written, and who waits for whom.

use std::{fmt, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::{
    Clock,
    cache::{CacheError, CacheKey, Entry, Held, Subject, TokenCache},
    endpoint::TokenEndpoint,
    error::AuthError,
    request::{self, App},
    tokens::Tokens,
};

/// How long another process may hold the token cache: longer than its requests can take.
const PATIENCE: Duration = Duration::from_mins(4);

/// What tokens are asked for with.
#[derive(Clone, Debug)]
pub enum Grant {
    /// The tokens that `hubform login` left in the cache.
    Login,
    /// A refresh token, as long as the cache has none that followed from it.
    RefreshToken(SecretString),
    /// A service app that an administrator authorized for an organization.
    ServiceApp {
        /// Its application id.
        application: String,
        /// The organization.
        target_org: String,
        /// The token of an integration that may ask (`spark:applications_token`); not needed while the cache has a
        /// refresh token.
        caller: Option<SecretString>,
    },
}

/// Everything that renewing needs.
#[derive(Clone)]
pub struct Renewal {
    /// Where tokens come from.
    pub endpoint: TokenEndpoint,
    /// Who asks for them.
    pub app: App,
    /// What they are asked for with.
    pub grant: Grant,
    /// Where that came from, for messages: "the variable `WEBEX_REFRESH_TOKEN`".
    pub origin: String,
    /// Where they are kept between runs; nowhere if absent.
    pub cache: Option<TokenCache>,
    /// What time it is.
    pub clock: Clock,
}

/// What the service has refused for good.
#[derive(Clone, Debug)]
pub(super) struct Dead {
    /// The refresh token that was sent.
    with: Option<SecretString>,
    /// What came back.
    error: AuthError,
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal")
            .field("endpoint", &self.endpoint)
            .field("client_id", &self.app.id)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Renewal {
    /// Returns the name of the entry in the cache.
    pub fn key(&self) -> CacheKey {
        let subject = match &self.grant {
            Grant::Login => Subject::Login,
            Grant::RefreshToken(_) => Subject::RefreshToken,
            Grant::ServiceApp { application, target_org, caller: _ } => {
                Subject::ServiceApp { application: application.clone(), target_org: target_org.clone() }
            }
        };
        CacheKey::new(self.endpoint.base(), &self.app.id, subject)
    }

    /// Returns every secret that was given, so that it can be taken out of texts.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let given = match &self.grant {
            Grant::Login => None,
            Grant::RefreshToken(token) => Some(token),
            Grant::ServiceApp { caller, .. } => caller.as_ref(),
        };
        self.app.secret.iter().chain(given).cloned().collect()
    }

    /// Returns what the cache has for this, if it followed from what was given.
    pub(super) fn cached(&self) -> Result<Option<Entry>, CacheError> {
        let Some(cache) = &self.cache else { return Ok(None) };
        match cache.get(&self.key()) {
            Ok(entry) => Ok(entry.filter(|entry| entry.seed == self.seed())),
            Err(error) if self.can_do_without(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn seed(&self) -> String {
        match &self.grant {
            Grant::RefreshToken(token) => BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token.expose_secret())),
            Grant::Login | Grant::ServiceApp { .. } => String::new(),
        }
    }

    /// Gets a token that is not `rejected`: from the cache if another process was quicker, else from the service.
    /// What comes is in the cache before it is returned. `held` are the tokens of this process; `dead` remembers
    /// what the service has refused for good, so that it is not asked again.
    pub(super) async fn obtain(
        &self,
        held: Option<Tokens>,
        rejected: Option<&SecretString>,
        dead: &mut Option<Dead>,
    ) -> Result<Tokens, AuthError> {
        let lock = self.lock().await?;
        let cached = self.cached()?;
        let secret = cached.as_ref().and_then(|entry| entry.client_secret.clone());
        let cached = cached.map(|entry| entry.tokens);
        let now = (self.clock)();
        if let Some(tokens) = &cached
            && tokens.is_fresh(now)
            && rejected.is_none_or(|rejected| !is_same(rejected, &tokens.access))
        {
            return Ok(tokens.clone());
        }
        // What could not be written is newer than what could.
        let before = match (held, cached) {
            (Some(held), Some(cached)) => Some(if held.obtained > cached.obtained { held } else { cached }),
            (held, cached) => held.or(cached),
        };
        let refresh = self.refresh_token(before.as_ref());
        if let Some(Dead { with, error }) = dead
            && match (&*with, &refresh) {
                (Some(with), Some(refresh)) => is_same(with, refresh),
                (with, refresh) => with.is_none() && refresh.is_none(),
            }
        {
            return Err(error.clone());
        }
        let app = App { id: self.app.id.clone(), secret: self.app.secret.clone().or_else(|| secret.clone()) };
        let tokens = self.request(&app, before.as_ref(), refresh.as_ref()).await.inspect_err(|error| {
            if !error.is_passing() {
                *dead = Some(Dead { with: refresh.clone(), error: error.clone() });
            }
        })?;
        let entry = Entry { tokens, client_secret: secret, seed: self.seed() };
        if let (Some(cache), Some(_)) = (&self.cache, &lock)
            && let Err(error) = cache.put(&self.key(), &entry)
        {
            // Giving up would lose the token for this run too.
            tracing::warn!(%error, "the renewed token could not be kept for the next run");
        }
        Ok(entry.tokens)
    }

    /// Returns the refresh token that counts: the latest, else the one that was given.
    fn refresh_token(&self, before: Option<&Tokens>) -> Option<SecretString> {
        let given = match &self.grant {
            Grant::RefreshToken(token) => Some(token),
            Grant::Login | Grant::ServiceApp { .. } => None,
        };
        before.and_then(|before| before.refresh.as_ref()).or(given).cloned()
    }

    async fn request(
        &self,
        app: &App,
        before: Option<&Tokens>,
        refresh: Option<&SecretString>,
    ) -> Result<Tokens, AuthError> {
        let renewed = match refresh {
            Some(refresh) => {
                let answer = self.ask(app, &request::refresh(app, refresh), refresh).await;
                answer.map(|tokens| tokens.after(before, refresh))
            }
            None => Err(AuthError::NothingToRenew { origin: self.origin.clone() }),
        };
        let over = matches!(renewed, Err(AuthError::Revoked { .. } | AuthError::NothingToRenew { .. }));
        match &self.grant {
            // Then it begins anew.
            Grant::ServiceApp { application, target_org, caller } if over => {
                let caller = caller.as_ref().ok_or_else(|| AuthError::NoCaller { application: application.clone() })?;
                self.ask(app, &request::service_app(app, application, target_org, caller), caller).await
            }
            Grant::Login | Grant::RefreshToken(_) | Grant::ServiceApp { .. } => renewed,
        }
    }

    async fn ask(&self, app: &App, request: &request::TokenRequest, sent: &SecretString) -> Result<Tokens, AuthError> {
        let secrets: Vec<&SecretString> = app.secret.iter().chain([sent]).collect();
        self.endpoint.ask(request, &secrets, &self.origin, &self.clock).await
    }

    /// Takes the cache's lock, if there is a cache.
    async fn lock(&self) -> Result<Option<Held>, AuthError> {
        let Some(cache) = &self.cache else { return Ok(None) };
        match cache.lock(PATIENCE).await {
            Ok(held) => Ok(Some(held)),
            Err(error) if self.can_do_without(&error) => {
                tracing::warn!(%error, "tokens are not kept for the next run");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Where a refresh token is given with every run, a folder that the system refuses is done without; where
    /// everything is in the cache, it is an error. A cache that others can read is always one.
    fn can_do_without(&self, error: &CacheError) -> bool {
        matches!(error, CacheError::Io { .. }) && !matches!(self.grant, Grant::Login)
    }
}

pub(super) fn is_same(a: &SecretString, b: &SecretString) -> bool {
    super::pkce::same(a.expose_secret(), b.expose_secret())
}
