//! Access tokens: where they come from, how they are renewed, and where they are kept between runs.
//!
//! A [`Credential`] is one fixed token, or one that renews itself: before it expires, and once after a 401. Refresh
//! tokens may change with every use, so what the service gives is written to the [`TokenCache`] before it is used,
//! and a second process waits for its turn and takes over what the first one got. No lifetime is assumed: what the
//! service says counts (`expires_in`).
//!
//! Requests are built by pure functions ([`request`]) and go to the base URL's origin and nowhere else; client
//! secrets, refresh tokens, codes and verifiers are in no error, log or `Debug` text.

mod cache;
mod credential;
mod endpoint;
mod error;
mod login;
mod loopback;
mod obtain;
mod pkce;
mod request;
mod scope;
mod tokens;

pub use cache::{CacheError, CacheKey, Entry, Subject, TokenCache};
pub use credential::{Credential, TokenFacts};
pub use endpoint::TokenEndpoint;
pub use error::AuthError;
pub use login::{Login, LoginError, Started};
pub use loopback::{Loopback, LoopbackError};
pub use obtain::{Grant, Renewal};
pub use request::App;
pub use scope::{NEEDED, missing};
pub use tokens::Tokens;

/// Tells the time. The caller gives it, so that nothing here reads a clock.
pub type Clock = std::sync::Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;
