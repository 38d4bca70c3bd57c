//! Jobs and other work that takes time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::id::Uuid;
use crate::sim::table::Record;

/// What a job does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum JobKind {
    /// Disables calling of a location.
    DeleteCallingLocation {
        /// The location; it need not exist.
        location: Option<Uuid>,
        /// Its name, as the request or the state gives it.
        name: Option<String>,
    },
    /// Follows a changed routing prefix.
    UpdateRoutingPrefix {
        /// The location.
        location: Uuid,
    },
    /// Moves numbers between locations.
    MoveNumbers {
        /// Where from, with the numbers.
        from: Vec<(Uuid, Vec<String>)>,
        /// Where to.
        to: Uuid,
    },
    /// Changes what numbers are used for.
    ChangeNumberUsage {
        /// Where the numbers are.
        from: Vec<(Uuid, Vec<String>)>,
        /// Whether they are for services from now on.
        service: bool,
    },
    /// Moves people between locations.
    MovePeople {
        /// The moves.
        moves: Vec<PersonMove>,
    },
}

/// The move of one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonMove {
    /// The person.
    pub person: Uuid,
    /// Where to.
    pub to: Uuid,
    /// Absent: keep; empty: remove.
    pub number: Option<String>,
    /// Absent: keep; empty: remove.
    pub extension: Option<String>,
}

/// How an ended job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobEnd {
    /// Everything was done.
    Completed,
    /// Something was not done.
    CompletedWithErrors,
    /// Nothing was done.
    Failed,
}

/// Why an item of a job was not done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobError {
    /// The number or the person's UUID; none for a location.
    pub item: Option<String>,
    /// An HTTP status as text.
    pub key: String,
    /// The code.
    pub code: String,
    /// The text.
    pub description: String,
    /// The location it is about.
    pub location: Option<Uuid>,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The organization it works in.
    pub org: Uuid,
    /// What it does.
    pub kind: JobKind,
    /// When it was asked for.
    pub created: Timestamp,
    /// When and how it ended.
    pub ended: Option<(Timestamp, JobEnd)>,
    /// Items done.
    pub done: usize,
    /// Why the others were not.
    pub errors: Vec<JobError>,
    /// While it stands still.
    #[serde(default)]
    pub paused: Option<Pause>,
}

/// The pause of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    /// Since when.
    pub since: Timestamp,
    /// When it would have been done.
    pub due: Timestamp,
}

impl Job {
    pub(crate) fn list(org: Uuid, list: &str) -> String {
        format!("{list}/{org}")
    }

    /// Returns the name of the list that it is in.
    pub(crate) fn list_name(&self) -> &'static str {
        match &self.kind {
            JobKind::DeleteCallingLocation { location: _, name: _ } => "deleteCallingLocation",
            JobKind::UpdateRoutingPrefix { location: _ } => "updateRoutingPrefix",
            JobKind::MoveNumbers { from: _, to: _ } | JobKind::ChangeNumberUsage { from: _, service: _ } => {
                "manageNumbers"
            }
            JobKind::MovePeople { moves: _ } => "moveLocation",
        }
    }
}

record!(Job, Uuid, |row| vec![Self::list(row.org, row.list_name())]);

/// Asynchronous work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Finish the creation of a customer.
    Provision {
        /// The customer.
        customer: Uuid,
    },
    /// Finish the update of a customer.
    Update {
        /// The customer.
        customer: Uuid,
    },
    /// Finish the removal of a customer.
    Remove {
        /// The customer.
        customer: Uuid,
    },
    /// Finish the removal of an organization.
    RemoveOrganization {
        /// The organization.
        org: Uuid,
    },
    /// Give a mobile number back to its carrier.
    RemoveNumber {
        /// E.164.
        number: String,
    },
    /// Run a job.
    Run {
        /// The job.
        job: Uuid,
    },
}

/// Work and when it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// When it is done.
    pub due: Timestamp,
    /// What is done.
    pub work: Work,
}

record!(Task, Uuid, |_row| Vec::new());
