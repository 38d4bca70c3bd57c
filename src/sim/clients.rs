//! The programs that may ask for tokens, and how strictly tokens are looked at.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::rules::scopes;

/// A registered program: an integration or a service app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiClient {
    /// `client_id`
    pub id: String,
    /// `client_secret`
    pub secret: ClientSecret,
    /// What it is.
    pub kind: ClientKind,
    /// What its tokens can be for.
    pub scopes: BTreeSet<String>,
}

/// What a program is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientKind {
    /// It acts for the administrator who consents.
    #[serde(rename_all = "camelCase")]
    Integration {
        /// Where consent may lead back to. The port of a loopback address does not matter.
        redirect_uris: BTreeSet<String>,
    },
    /// It has an account of its own, in the partner's organization.
    #[serde(rename_all = "camelCase")]
    ServiceApp {
        /// The id under `/applications`.
        application_id: String,
        /// Whether a full administrator has authorized it.
        authorized: bool,
    },
}

/// A secret of a program; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// Takes a text as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn is(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// Which tokens are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tokens {
    /// Any that is not empty: it is the partner's full administrator. One that was issued keeps its scopes and its end.
    Any,
    /// Those that were issued.
    Issued,
}

/// The answer to a token without the scope that an endpoint needs; both are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MissingScope {
    /// 403
    Forbidden,
    /// 401
    Unauthorized,
}

impl MissingScope {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Forbidden => 403,
            Self::Unauthorized => 401,
        }
    }
}

/// The programs of a configuration that names none: one of each kind, to try things with.
pub(crate) fn usual() -> Vec<ApiClient> {
    let scopes: BTreeSet<String> = scopes::all().map(str::to_owned).collect();
    let redirect_uris = ["http://127.0.0.1/callback", "http://localhost/callback"].map(str::to_owned).into();
    vec![
        ApiClient {
            id: "simulator-integration".to_owned(),
            secret: ClientSecret::new("simulator-integration-secret"),
            kind: ClientKind::Integration { redirect_uris },
            scopes: scopes.clone(),
        },
        ApiClient {
            id: "simulator-service-app".to_owned(),
            secret: ClientSecret::new("simulator-service-app-secret"),
            kind: ClientKind::ServiceApp {
                application_id: super::id::encode_payload("APPLICATION", "simulator-service-app"),
                authorized: true,
            },
            scopes,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_written_and_read_and_its_secret_is_not_shown() {
        for client in usual() {
            let text = serde_json::to_string(&client).unwrap();
            assert_eq!(serde_json::from_str::<ApiClient>(&text).unwrap(), client);
            let shown = format!("{client:?}");
            assert!(!shown.contains("-secret"), "{shown}");
        }
    }
}
