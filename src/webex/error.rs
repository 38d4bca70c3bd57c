//! What can go wrong between hubform and the service.

use std::fmt;

/// Whether a request that changes something may have been carried out although it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The service refused it, or it never left: nothing was done.
    No,
    /// No trustworthy answer came: look before sending it again.
    Perhaps,
}

/// What kind of failure it was, for callers that treat them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 401: the token is missing, expired or of the wrong kind.
    Unauthorized,
    /// 403: a role, scope or entitlement is missing.
    Forbidden,
    /// 404 or 410: not there, or not visible.
    NotFound,
    /// 409: conflicts with what is there, or a job is running.
    Conflict,
    /// Any other 4xx: the request was refused.
    Refused,
    /// 423, 429, and retries are used up.
    Busy,
    /// 5xx and retries are used up.
    Unavailable,
    /// No answer: connection, timeout.
    NoAnswer,
    /// An answer that cannot be understood.
    Malformed,
}

/// A request that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ApiError {
    /// The kind of failure.
    pub fault: Fault,
    /// Whether the request may have been carried out.
    pub sent: Sent,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without query; ids only, no personal data.
    pub path: String,
    /// HTTP status; none without an answer.
    pub status: Option<u16>,
    /// The service's own code; empty if it gave none. Numbers and texts are both seen.
    pub code: String,
    /// The service's own words, or what hubform could not understand; bounded in length.
    pub text: String,
    /// What to give to Cisco's support; empty without an answer.
    pub tracking_id: String,
}

impl ApiError {
    /// Returns true if the service said that there is no such thing.
    pub const fn is_not_found(&self) -> bool {
        matches!(self.fault, Fault::NotFound)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        match self.status {
            Some(status) => write!(f, " answered {status}")?,
            None if matches!(self.fault, Fault::Unauthorized) => write!(f, " was not sent")?,
            None => write!(f, " got no answer")?,
        }
        if !self.code.is_empty() {
            write!(f, ", code {}", self.code)?;
        }
        if !self.text.is_empty() {
            write!(f, ": {}", self.text)?;
        }
        if !self.tracking_id.is_empty() {
            write!(f, " (tracking id {})", self.tracking_id)?;
        }
        Ok(())
    }
}
