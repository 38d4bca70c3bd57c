//! Tokens: who consented to what, and what was given out for it. No token stands here, only its digest.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::id::Uuid;
use crate::sim::table::Record;

/// What somebody has allowed a program to do in their name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// The id of the program.
    pub client: String,
    /// The person.
    pub person: Uuid,
    /// What the tokens are for.
    pub scopes: BTreeSet<String>,
    /// Whether it was taken back; no token of it is good any more.
    pub revoked: bool,
    /// When it was made.
    pub created: Timestamp,
}

record!(Grant, Uuid, |_row| Vec::new());

/// What a token is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// An authorization code.
    Code {
        /// Where it was sent, which is said again when it is exchanged.
        redirect_uri: String,
        /// The digest of the verifier, if there is one.
        challenge: Option<String>,
    },
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

/// A token that was given out; its key is the SHA-256 digest of its text, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// What it comes from.
    pub grant: Uuid,
    /// When it ends.
    pub expires: Timestamp,
    /// Whether a code or refresh token has been exchanged, and is good no more.
    pub spent: bool,
}

record!(Token, String, |_row| Vec::new());
