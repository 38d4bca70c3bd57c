//! What takes the place of an answer, and what becomes of its bytes.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, response::Parts};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use serde_json::json;

pub(super) use super::rule::Page;
use super::rule::{Garble, Hangup};
use crate::sim::answer::Answer;

/// What takes the place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoil {
    /// An error.
    Refused(Refused),
    /// Nothing.
    Hangup(Hangup),
    /// The same, not readable; of a good answer alone.
    Garbled(Garble),
}

/// An error in place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) retry_after: Option<u64>,
    pub(super) page: Page,
}

impl Refused {
    pub(super) fn answer(self, tracking_id: &str) -> Answer {
        let text = "the request could not be processed";
        let body = json!({
            "message": text,
            "errors": [{ "description": text }],
            "trackingId": tracking_id,
        });
        let mut answer = Answer::with_status(self.status, Some(body));
        if let Some(seconds) = self.retry_after {
            answer = answer.header("retry-after", seconds.to_string());
        }
        answer
    }
}

/// How an answer is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As it is.
    Whole,
    /// With a gateway's page in place of the body.
    Html,
    /// Without its body.
    Empty,
    /// With half of its body.
    Truncated,
    /// Not at all.
    None(Hangup),
}

impl Spoil {
    /// Returns the answer that comes in place of one that was not asked for.
    pub(super) fn answer(self, tracking_id: &str) -> Answer {
        match self {
            Self::Refused(refused) => refused.answer(tracking_id),
            Self::Hangup(_) | Self::Garbled(_) => Answer::with_status(204, None),
        }
    }

    /// Returns how an answer is delivered that this takes the place of.
    pub(super) fn delivery(self, answer: &Answer) -> Delivery {
        match self {
            Self::Refused(Refused { page, .. }) => match page {
                Page::Json => Delivery::Whole,
                Page::Html => Delivery::Html,
                Page::Empty => Delivery::Empty,
            },
            Self::Hangup(how) => Delivery::None(how),
            // A refusal is not spoiled, and half of nothing is nothing.
            Self::Garbled(_) if !(200..300).contains(&answer.status) => Delivery::Whole,
            Self::Garbled(Garble::Truncated) if answer.body.is_some() => Delivery::Truncated,
            Self::Garbled(Garble::Truncated | Garble::Html) => Delivery::Html,
            Self::Garbled(Garble::Empty) => Delivery::Empty,
        }
    }
}

const HTML: &str = "<html>\r\n<head><title>Bad gateway</title></head>\r\n<body>\r\n<center><h1>Bad gateway</h1></center>\r\n\
                    <hr><center>edge</center>\r\n</body>\r\n</html>\r\n";

impl Delivery {
    /// Returns the status that the caller gets to see; 0 without an answer.
    pub(crate) fn status(self, answer: &Answer) -> u16 {
        match self {
            Self::Whole | Self::Html | Self::Empty | Self::Truncated => answer.status,
            Self::None(_) => 0,
        }
    }

    /// Puts an answer into the form in which it is delivered. A connection that ends is the caller's affair.
    pub(crate) fn of(self, response: Response, text: Option<String>) -> Response {
        let (mut parts, whole) = response.into_parts();
        match self {
            Self::Whole => Response::from_parts(parts, whole),
            Self::Html => {
                parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
                Response::from_parts(parts, Body::from(HTML))
            }
            Self::Empty => {
                parts.headers.remove(CONTENT_TYPE);
                Response::from_parts(parts, Body::empty())
            }
            Self::Truncated => truncated(parts, text.unwrap_or_default().into_bytes()),
            // For callers without a connection to end: a body that breaks off at once.
            Self::None(_) => truncated(parts, Vec::new()),
        }
    }
}

/// Announces a whole body, and breaks off after half of it.
fn truncated(mut parts: Parts, whole: Vec<u8>) -> Response {
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len().max(2)));
    let half = Bytes::from(whole);
    let half = half.slice(..half.len() / 2);
    let end = stream::once(async {
        // What is there has to leave before the end is known.
        tokio::task::yield_now().await;
        Err(std::io::Error::other("the body breaks off"))
    });
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok(half)]).chain(end)))
}
