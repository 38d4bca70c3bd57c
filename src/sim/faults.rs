//! Faults as data: what a test asks to go wrong.

use serde_json::json;

use super::answer::Answer;

/// When a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Nothing has been done.
    BeforeWork,
    /// Everything has been done, and the answer says otherwise.
    AfterWork,
}

/// One request that is to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The method, in capitals.
    pub method: String,
    /// A part of the path.
    pub path_contains: String,
    /// The status of the answer.
    pub status: u16,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u64>,
    /// Before or after the work.
    pub when: When,
}

impl Fault {
    pub(crate) fn strikes(&self, method: &str, path: &str) -> bool {
        self.method == method && path.contains(&self.path_contains)
    }

    pub(crate) fn answer(&self, tracking_id: &str) -> Answer {
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
