//! Why there is no token.

use super::cache::CacheError;

/// Why no access token could be had. No text here holds a token or a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// `invalid_grant`: the service no longer takes the refresh token.
    #[error("the refresh token from {origin} is expired or revoked{}; run `hubform login`, or give a new one", because(.text))]
    Revoked {
        /// Where the refresh token came from.
        origin: String,
        /// The service's own words, if it gave any.
        text: String,
    },
    /// There is nothing to renew the token with.
    #[error(
        "the access token from {origin} has expired, and there is no refresh token; run `hubform login`, or give a new one"
    )]
    NothingToRenew {
        /// Where the access token came from.
        origin: String,
    },
    /// `invalid_client`: the service does not know the client, or its secret is wrong.
    #[error("the service does not accept the client id or the client secret{}; copy both again from the page of the integration or service app", because(.text))]
    Client {
        /// The service's own words, if it gave any.
        text: String,
    },
    /// A token of a service app needs the token of somebody who may ask for it.
    #[error(
        "a token of the service app `{application}` can be asked for only with the access token of an integration that has \
         the scope `spark:applications_token`; set `WEBEX_ACCESS_TOKEN` to it"
    )]
    NoCaller {
        /// The service app.
        application: String,
    },
    /// Any other refusal.
    #[error("{path} answered {status}{}{}", because(.text), tracking(.tracking_id))]
    Refused {
        /// Which endpoint.
        path: String,
        /// HTTP status.
        status: u16,
        /// The service's own words, bounded.
        text: String,
        /// What to give to Cisco's support; empty if the answer has none.
        tracking_id: String,
    },
    /// No answer, or one of a service in trouble.
    #[error("{path} gave no token: {text}")]
    Unavailable {
        /// Which endpoint.
        path: String,
        /// What happened.
        text: String,
    },
    /// An answer that is no token answer. It is not shown, since a token may be in it.
    #[error("{path} answered something that is no token: {text}")]
    Malformed {
        /// Which endpoint.
        path: String,
        /// What is wrong with it.
        text: String,
    },
    /// The token cache cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl AuthError {
    /// Returns true if the same request may succeed a little later.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unavailable { .. } => true,
            Self::Revoked { .. }
            | Self::NothingToRenew { .. }
            | Self::Client { .. }
            | Self::NoCaller { .. }
            | Self::Refused { .. }
            | Self::Malformed { .. }
            | Self::Cache(_) => false,
        }
    }
}

fn because(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

fn tracking(id: &str) -> String {
    if id.is_empty() { String::new() } else { format!(" (tracking id {id})") }
}
