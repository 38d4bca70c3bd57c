//! Failures, put together in one place so that no secret and no endless text gets into one.

use std::error::Error;

use super::{Client, send::Answer};
use crate::webex::{
    ApiError, Fault, Sent,
    auth::AuthError,
    request::{Effect, Request},
    wire::{Refusal, beginning, clean},
};

/// The most characters kept of any text of a failure.
const MOST: usize = 600;

/// Returns what the deepest cause of an error says; the outer ones only say where.
pub(in crate::webex) fn innermost(error: &dyn Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    clean(&deepest.to_string())
}

/// Whether a request that got no trustworthy answer may have been carried out.
pub(super) const fn perhaps(request: &Request) -> Sent {
    match request.effect {
        Effect::Reads => Sent::No,
        Effect::Writes => Sent::Perhaps,
    }
}

const fn fault_of(status: u16) -> Fault {
    match status {
        401 => Fault::Unauthorized,
        403 => Fault::Forbidden,
        404 | 410 => Fault::NotFound,
        409 => Fault::Conflict,
        423 | 429 => Fault::Busy,
        400..=499 => Fault::Refused,
        500..=599 => Fault::Unavailable,
        _ => Fault::Malformed,
    }
}

impl Client {
    /// Removes the token, should a service or proxy send it back, and bounds the length.
    pub(super) fn fit(&self, text: &str) -> String {
        self.0.token.redact(text).chars().take(MOST).collect()
    }

    /// Removes the token from a body, before anything is cut off: half a token is one too much.
    fn scrubbed(&self, body: &[u8]) -> Vec<u8> {
        self.0.token.redact(&String::from_utf8_lossy(body)).into_bytes()
    }

    pub(super) fn failure(&self, request: &Request, fault: Fault, sent: Sent, text: &str) -> ApiError {
        ApiError {
            fault,
            sent,
            method: request.method.to_string(),
            path: request.path.clone(),
            status: None,
            code: String::new(),
            text: self.fit(text),
            tracking_id: String::new(),
        }
    }

    /// There is no token to send the request with.
    pub(super) fn without_token(&self, request: &Request, error: &AuthError) -> ApiError {
        let fault = if error.is_passing() { Fault::Unavailable } else { Fault::Unauthorized };
        self.failure(request, fault, Sent::No, &error.to_string())
    }

    /// The service answered, and not with success.
    pub(super) fn refused(&self, request: &Request, answer: &Answer) -> ApiError {
        let fault = fault_of(answer.status);
        let sent = match fault {
            Fault::Unauthorized
            | Fault::Forbidden
            | Fault::NotFound
            | Fault::Conflict
            | Fault::Refused
            | Fault::Busy => Sent::No,
            Fault::Unavailable | Fault::NoAnswer | Fault::Malformed => perhaps(request),
        };
        let Refusal { code, text, tracking_id } = Refusal::of(&self.scrubbed(&answer.body));
        let text = match answer.status {
            300..=399 => "a redirection, which is not followed".to_owned(),
            _ => text,
        };
        let code = if code.is_empty() { &answer.header_code } else { &code };
        let tracking_id = if answer.tracking_id.is_empty() { &tracking_id } else { &answer.tracking_id };
        ApiError {
            status: Some(answer.status),
            code: self.fit(code),
            tracking_id: self.fit(tracking_id),
            ..self.failure(request, fault, sent, &text)
        }
    }

    /// The service said success, and what else it said cannot be understood.
    pub(super) fn malformed(&self, request: &Request, answer: &Answer, why: &str) -> ApiError {
        ApiError {
            status: Some(answer.status),
            tracking_id: self.fit(&answer.tracking_id),
            ..self.failure(request, Fault::Malformed, perhaps(request), &clean(why))
        }
    }

    /// As [`Client::malformed`], and shows how the body begins.
    pub(super) fn unreadable(&self, request: &Request, answer: &Answer, why: &str) -> ApiError {
        let body = beginning(&self.scrubbed(&answer.body));
        let why = if body.is_empty() { format!("{why}: empty") } else { format!("{why}: {body}") };
        self.malformed(request, answer, &why)
    }

    /// Something in an answer that could be read makes no sense.
    pub(super) fn odd(&self, request: &Request, tracking_id: &str, why: &str) -> ApiError {
        let tracking_id = self.fit(tracking_id);
        ApiError {
            status: Some(200),
            tracking_id,
            ..self.failure(request, Fault::Malformed, perhaps(request), &clean(why))
        }
    }

    /// There was no answer.
    pub(super) fn unanswered(&self, request: &Request, error: &reqwest::Error) -> ApiError {
        let sent = if error.is_connect() || error.is_builder() { Sent::No } else { perhaps(request) };
        let text = if error.is_timeout() { "the deadline passed".to_owned() } else { innermost(error) };
        self.failure(request, Fault::NoAnswer, sent, &text)
    }
}
