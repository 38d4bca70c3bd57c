//! The token of a client: fixed, or renewing itself.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::{
    cache::CacheKey,
    error::AuthError,
    obtain::{Dead, Renewal, is_same},
    tokens::Tokens,
};
use crate::webex::redact::redact;

/// How long a token that came because of a 401 is not renewed because of another: then the 401 is about a scope or
/// a role, which no renewal gives.
const JUST_RENEWED: SignedDuration = SignedDuration::from_secs(30);
/// How long renewing is not tried again after it failed, while the token is still good.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// How many tokens of the past are kept in mind, to be taken out of texts.
const REMEMBERED: usize = 8;

/// The access token of a client. Cheap to clone; clones share the token and its renewal.
#[derive(Clone)]
pub struct Credential(Kind);

#[derive(Clone)]
enum Kind {
    Fixed(Arc<SecretString>),
    Renewing(Arc<Renewing>),
}

struct Renewing {
    renewal: Renewal,
    /// The secrets that were given in the beginning.
    given: Vec<SecretString>,
    held: Mutex<Holding>,
    /// One renewal at a time.
    gate: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Holding {
    tokens: Option<Tokens>,
    /// What the service has refused for good.
    dead: Option<Dead>,
    /// No renewal before this, unless there is no other way.
    pause: Option<Timestamp>,
    /// When a token was last renewed because of a 401.
    renewed: Option<Timestamp>,
    /// The latest tokens, which a text of the service could repeat.
    seen: VecDeque<SecretString>,
}

/// What is known of a token beside itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFacts {
    /// Whether it renews itself.
    pub renews: bool,
    /// When it ends, if that is known.
    pub expires: Option<Timestamp>,
    /// When the refresh token ends, if that is known.
    pub refresh_expires: Option<Timestamp>,
    /// What it may do, if that is known.
    pub scopes: Option<BTreeSet<String>>,
}

impl From<SecretString> for Credential {
    /// Makes a credential of a fixed token.
    fn from(token: SecretString) -> Self {
        Self(Kind::Fixed(Arc::new(token)))
    }
}

impl From<Renewal> for Credential {
    /// Makes a credential that renews itself; nothing is sent or read yet.
    fn from(renewal: Renewal) -> Self {
        let given = renewal.secrets();
        Self(Kind::Renewing(Arc::new(Renewing { renewal, given, held: Mutex::default(), gate: Arc::default() })))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Fixed(_) => f.write_str("Credential(fixed)"),
            Kind::Renewing(renewing) => f.debug_tuple("Credential").field(&renewing.renewal).finish(),
        }
    }
}

impl Credential {
    /// Returns the token for the next request. One that is about to end is renewed first; whoever asks meanwhile
    /// waits for that one renewal.
    pub async fn bearer(&self) -> Result<SecretString, AuthError> {
        match &self.0 {
            Kind::Fixed(token) => Ok(SecretString::clone(token)),
            Kind::Renewing(renewing) => Renewing::bearer(renewing).await,
        }
    }

    /// Renews the token after a 401, and returns true if there is another one than the rejected one, so that sending
    /// again can help. A token that another request has renewed meanwhile is not renewed again.
    pub async fn renew(&self, rejected: &SecretString) -> Result<bool, AuthError> {
        match &self.0 {
            Kind::Fixed(_) => Ok(false),
            Kind::Renewing(renewing) => Renewing::renew(renewing, rejected).await,
        }
    }

    /// Returns what is known of the current token; sends nothing.
    pub fn facts(&self) -> TokenFacts {
        match &self.0 {
            Kind::Fixed(_) => TokenFacts::default(),
            Kind::Renewing(renewing) => {
                let holding = renewing.holding();
                let Some(Tokens { expires, refresh_expires, scopes, refresh, .. }) = &holding.tokens else {
                    return TokenFacts { renews: true, ..TokenFacts::default() };
                };
                TokenFacts {
                    renews: refresh.is_some(),
                    expires: *expires,
                    refresh_expires: *refresh_expires,
                    scopes: scopes.clone(),
                }
            }
        }
    }

    /// Takes every secret of this credential out of a text.
    pub fn redact(&self, text: &str) -> String {
        match &self.0 {
            Kind::Fixed(token) => redact(text, &[token], "[token]"),
            Kind::Renewing(renewing) => {
                let holding = renewing.holding();
                let secrets: Vec<&SecretString> = renewing.given.iter().chain(&holding.seen).collect();
                redact(text, &secrets, "[token]")
            }
        }
    }

    /// Adds to a digest what stays the same as long as the service takes the tokens for those of one account.
    pub(in crate::webex) fn identify(&self, digest: &mut Sha256) {
        match &self.0 {
            Kind::Fixed(token) => digest.update(token.expose_secret()),
            Kind::Renewing(renewing) => {
                let CacheKey { base_url: _, client_id, subject } = renewing.renewal.key();
                digest.update(format!("{client_id}\0{subject:?}"));
            }
        }
    }

    /// Returns the token if it is one that never changes.
    pub(in crate::webex) fn fixed(&self) -> Option<&SecretString> {
        match &self.0 {
            Kind::Fixed(token) => Some(token),
            Kind::Renewing(_) => None,
        }
    }
}

impl Renewing {
    fn holding(&self) -> MutexGuard<'_, Holding> {
        // Every change is one assignment, so that a panic elsewhere leaves nothing half done.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.renewal.clock)()
    }

    /// Returns the token if it needs no renewal now.
    fn usable(&self) -> Option<SecretString> {
        let now = self.now();
        let holding = self.holding();
        let tokens = holding.tokens.as_ref()?;
        let pauses = holding.pause.is_some_and(|until| now < until);
        let good = tokens.is_fresh(now) || (pauses && tokens.is_valid(now));
        good.then(|| tokens.access.clone())
    }

    /// Takes over what the last run left; reads only.
    fn look_into_cache(&self) -> Result<(), AuthError> {
        if self.holding().tokens.is_none()
            && let Some(entry) = self.renewal.cached()?
        {
            self.holding().keep(entry.tokens);
        }
        Ok(())
    }

    async fn bearer(this: &Arc<Self>) -> Result<SecretString, AuthError> {
        if let Some(token) = this.usable() {
            return Ok(token);
        }
        let gate = Arc::clone(&this.gate).lock_owned().await;
        this.look_into_cache()?;
        if let Some(token) = this.usable() {
            return Ok(token);
        }
        match Self::obtain(this, gate, None).await {
            Ok(token) => Ok(token),
            Err(error) => {
                let now = this.now();
                let mut holding = this.holding();
                let good = holding.tokens.as_ref().filter(|tokens| tokens.is_valid(now));
                let Some(token) = good.map(|tokens| tokens.access.clone()) else { return Err(error) };
                tracing::warn!(%error, "the token could not be renewed yet; it is still good");
                holding.pause = Some(now + PAUSE);
                Ok(token)
            }
        }
    }

    async fn renew(this: &Arc<Self>, rejected: &SecretString) -> Result<bool, AuthError> {
        let gate = Arc::clone(&this.gate).lock_owned().await;
        let now = this.now();
        {
            let holding = this.holding();
            if holding.tokens.as_ref().is_some_and(|tokens| !is_same(&tokens.access, rejected)) {
                return Ok(true);
            }
            if holding.renewed.is_some_and(|last| now.duration_since(last) < JUST_RENEWED) {
                return Ok(false);
            }
        }
        let token = Self::obtain(this, gate, Some(rejected.clone())).await?;
        this.holding().renewed = Some(now);
        Ok(!is_same(&token, rejected))
    }

    /// Renews in a task of its own: if whoever waits for it gives up, a refresh token that the service has changed
    /// is not lost.
    async fn obtain(
        this: &Arc<Self>,
        gate: tokio::sync::OwnedMutexGuard<()>,
        rejected: Option<SecretString>,
    ) -> Result<SecretString, AuthError> {
        let this = Arc::clone(this);
        let task = tokio::spawn(async move {
            let _gate = gate;
            let (held, mut dead) = {
                let holding = this.holding();
                (holding.tokens.clone(), holding.dead.clone())
            };
            let obtained = this.renewal.obtain(held, rejected.as_ref(), &mut dead).await;
            let mut holding = this.holding();
            holding.dead = dead;
            let tokens = obtained?;
            let access = tokens.access.clone();
            holding.keep(tokens);
            Ok(access)
        });
        match task.await {
            Ok(obtained) => obtained,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {
                let text = "the program is ending".to_owned();
                Err(AuthError::Unavailable { path: "/access_token".to_owned(), text })
            }
        }
    }
}

impl Holding {
    fn keep(&mut self, tokens: Tokens) {
        for secret in std::iter::once(&tokens.access).chain(&tokens.refresh) {
            if !self.seen.iter().any(|seen| is_same(seen, secret)) {
                self.seen.push_back(secret.clone());
            }
        }
        while self.seen.len() > REMEMBERED {
            self.seen.pop_front();
        }
        self.pause = None;
        self.tokens = Some(tokens);
    }
}
