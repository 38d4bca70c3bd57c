//! One fault for one request, as tests ask for it.

use serde::{Deserialize, Serialize};

use super::requests::Seen;
use super::spoil::{Page, Refused, Spoil};

/// When a fault takes the place of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// Nothing has been done.
    #[default]
    #[serde(rename = "before")]
    BeforeWork,
    /// Everything has been done, and the answer says otherwise.
    #[serde(rename = "after")]
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
    pub(super) fn strikes(&self, seen: Seen<'_>) -> bool {
        self.method == seen.method && seen.path.contains(&self.path_contains)
    }

    pub(super) fn spoil(&self) -> (When, Spoil) {
        let refused = Refused { status: self.status, retry_after: self.retry_after, page: Page::Json };
        (self.when, Spoil::Refused(refused))
    }
}
