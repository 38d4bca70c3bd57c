//! How jobs show themselves: each kind in its own shape, as the official examples have it.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::orgs;
use crate::sim::call::Context;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::state::{Job, JobEnd, JobError, JobKind};
use crate::sim::wire::job::{
    DisablingJob, JobExecution, JobExit, JobFacts, JobFault, JobFaultError, JobFaultMessage, JobFaultType, JobStatus,
    JobStep, MoveCounts, MoveJob, MoveJobEntry, NumberFaultMessage, NumberJob, NumberJobCounts, NumberOperation,
    PrefixCounts, PrefixJob, StartedExecution, StartedMoveJob,
};

/// On which occasion a job is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// It has just been started; locations are bare UUIDs, as in the official examples.
    Started,
    /// It was asked for.
    One,
    /// In a list, without its name.
    Listed,
}

impl View {
    fn place(self, location: Uuid) -> String {
        match self {
            Self::Started => location.to_string(),
            Self::One | Self::Listed => IdKind::Location.encode(location),
        }
    }

    fn name(self, name: &'static str) -> Option<&'static str> {
        (self != Self::Listed).then_some(name)
    }
}

/// A shape of jobs, and the list of those that have it.
pub(crate) trait Shown: Serialize + JsonSchema + Sized {
    const LIST: &'static str;
    /// How long a page is unless it is said.
    const PAGE: usize = 2000;
    /// Its shape in the list.
    type Entry: Serialize + JsonSchema;
    /// What it says of something that went wrong.
    type Message: Serialize + JsonSchema;

    /// Shows a job; none if it is of another kind.
    fn show(cx: &Context<'_>, id: Uuid, job: &Job, view: View) -> Option<Self>;

    fn entry(cx: &Context<'_>, id: Uuid, job: &Job) -> Option<Self::Entry>;

    fn message(error: &JobError) -> Self::Message;

    /// Shows what went wrong with an item.
    fn fault(cx: &Context<'_>, item_number: usize, error: &JobError) -> JobFault<Self::Message> {
        JobFault {
            item_number,
            item: error.item.clone(),
            error_type: JobFaultType::Error,
            error: JobFaultError { key: error.key.clone(), message: vec![Self::message(error)] },
            tracking_id: cx.tracking_id.to_owned(),
        }
    }
}

fn message(error: &JobError) -> JobFaultMessage {
    JobFaultMessage {
        description: error.description.clone(),
        code: error.code.clone(),
        location_id: error.location.map(|location| IdKind::Location.encode(location)),
    }
}

/// Where a job stands.
fn standing(job: &Job) -> (JobStatus, JobExit) {
    match job.ended {
        // The documents name no status of a paused job.
        None if job.paused.is_some() => (JobStatus::Started, JobExit::Stopped),
        None => (JobStatus::Started, JobExit::Unknown),
        // An official example shows the whole job COMPLETED while its one number failed.
        Some((_, JobEnd::CompletedWithErrors)) if manages_numbers(&job.kind) => {
            (JobStatus::Completed, JobExit::Completed)
        }
        Some((_, JobEnd::CompletedWithErrors)) => (JobStatus::Completed, JobExit::CompletedWithErrors),
        Some((_, JobEnd::Completed)) => (JobStatus::Completed, JobExit::Completed),
        Some((_, JobEnd::Failed)) => (JobStatus::Failed, JobExit::Failed),
    }
}

/// How the last step of an ended job ended.
fn last_step(end: JobEnd) -> (JobStatus, JobExit) {
    match end {
        JobEnd::Completed => (JobStatus::Completed, JobExit::Completed),
        JobEnd::CompletedWithErrors => (JobStatus::Completed, JobExit::CompletedWithErrors),
        JobEnd::Failed => (JobStatus::Failed, JobExit::Failed),
    }
}

/// Shows what all jobs have, with their runs.
fn facts<E>(cx: &Context<'_>, id: Uuid, job: &Job, status: JobStatus, exit: JobExit, run: E) -> JobFacts<E> {
    let org = IdKind::Organization.encode(job.org);
    JobFacts {
        id: IdKind::Job.encode(id),
        tracking_id: cx.tracking_id.to_owned(),
        source_user_id: IdKind::People.encode(orgs::caller()),
        source_customer_id: org.clone(),
        target_customer_id: org,
        instance_id: 1,
        job_execution_status: vec![run],
        latest_execution_status: status,
        latest_execution_exit_code: exit,
    }
}

/// Shows what all jobs have. The last of `steps` is where errors happened.
fn facts_with_steps(
    cx: &Context<'_>,
    id: Uuid,
    job: &Job,
    view: View,
    steps: &'static [&'static str],
) -> JobFacts<JobExecution> {
    let (mut status, exit) = standing(job);
    if view == View::Started && matches!(job.kind, JobKind::DeleteCallingLocation { location: _, name: _ }) {
        status = JobStatus::Starting;
    }
    let run = JobExecution {
        id: 1,
        start_time: (status != JobStatus::Starting).then(|| job.created.to_string()),
        end_time: job.ended.map(|(at, _)| at.to_string()),
        last_updated: job.ended.map_or(job.created, |(at, _)| at).to_string(),
        status_message: status,
        exit_code: exit,
        created_time: job.created.to_string(),
        time_elapsed: job.ended.map_or(SignedDuration::ZERO, |(at, _)| at.duration_since(job.created)).to_string(),
        step_execution_statuses: job.ended.map(|(at, end)| show_steps(job.created, at, end, steps)),
    };
    facts(cx, id, job, status, exit, run)
}

fn show_steps(from: Timestamp, to: Timestamp, end: JobEnd, names: &'static [&'static str]) -> Vec<JobStep> {
    let show = |(id, name): (u32, &'static &'static str)| {
        // What comes before the last takes no time.
        let is_last = id as usize == names.len();
        let (status, exit) = if is_last { last_step(end) } else { (JobStatus::Completed, JobExit::Completed) };
        let to = if is_last { to } else { from };
        JobStep {
            id,
            start_time: from.to_string(),
            end_time: to.to_string(),
            last_updated: to.to_string(),
            status_message: status,
            exit_code: exit,
            name,
            time_elapsed: to.duration_since(from).to_string(),
        }
    };
    (1..).zip(names).map(show).collect()
}

impl Shown for DisablingJob {
    const LIST: &'static str = "deleteCallingLocation";
    const PAGE: usize = 20;
    type Entry = Self;
    type Message = JobFaultMessage;

    fn show(cx: &Context<'_>, id: Uuid, job: &Job, view: View) -> Option<Self> {
        let JobKind::DeleteCallingLocation { location, name } = &job.kind else { return None };
        let failed = job.ended.is_some_and(|(_, end)| end == JobEnd::Failed);
        let steps: &[&str] = if failed {
            &["deletecallinglocationInitializer", "deletecallinglocationSafeDeleteCheck"]
        } else {
            &[
                "deletecallinglocationInitializer",
                "deletecallinglocationSafeDeleteCheck",
                "deletecallinglocationDelLocFromBifrost",
            ]
        };
        Some(Self {
            name: view.name("deletecallinglocation"),
            facts: facts_with_steps(cx, id, job, view, steps),
            location_id: location.map(|location| view.place(location)),
            location_name: name.clone(),
        })
    }

    fn entry(cx: &Context<'_>, id: Uuid, job: &Job) -> Option<Self> {
        Self::show(cx, id, job, View::Listed)
    }

    fn message(error: &JobError) -> JobFaultMessage {
        message(error)
    }
}

impl Shown for PrefixJob {
    const LIST: &'static str = "updateRoutingPrefix";
    type Entry = Self;
    type Message = JobFaultMessage;

    fn show(cx: &Context<'_>, id: Uuid, job: &Job, view: View) -> Option<Self> {
        let JobKind::UpdateRoutingPrefix { location: _ } = &job.kind else { return None };
        let steps = &["updateroutingprefixPreProcessMemberData", "updateroutingprefixGenerateUserReport"];
        Some(Self {
            name: view.name("updateroutingprefix"),
            facts: facts_with_steps(cx, id, job, view, steps),
            counts: PrefixCounts { routing_prefix_updated: job.done, routing_prefix_failed: job.errors.len() },
        })
    }

    fn entry(cx: &Context<'_>, id: Uuid, job: &Job) -> Option<Self> {
        Self::show(cx, id, job, View::Listed)
    }

    fn message(error: &JobError) -> JobFaultMessage {
        message(error)
    }
}

impl Shown for NumberJob {
    const LIST: &'static str = "manageNumbers";
    type Entry = Self;
    type Message = NumberFaultMessage;

    fn show(cx: &Context<'_>, id: Uuid, job: &Job, view: View) -> Option<Self> {
        let (operation_type, from, to, steps): (_, _, _, &[&str]) = match &job.kind {
            JobKind::MoveNumbers { from, to } => {
                (NumberOperation::Move, from, Some(*to), &["manageNumbersDeciderStep", "managenumbersMoveNumbers"])
            }
            JobKind::ChangeNumberUsage { from, service: _ } => {
                let steps = &["manageNumbersDeciderStep", "managenumbersNumberUsageChange"];
                (NumberOperation::NumberUsageChange, from, None, steps)
            }
            JobKind::DeleteCallingLocation { location: _, name: _ }
            | JobKind::UpdateRoutingPrefix { location: _ }
            | JobKind::MovePeople { moves: _ } => return None,
        };
        let moves = operation_type == NumberOperation::Move;
        Some(Self {
            name: view.name("managenumbers"),
            facts: facts_with_steps(cx, id, job, view, steps),
            job_type: "managenumbers",
            operation_type,
            source_location_id: from.first().map(|(location, _)| view.place(*location)),
            target_location_id: to.map(|location| view.place(location)),
            counts: NumberJobCounts {
                total_numbers: from.iter().map(|(_, numbers)| numbers.len()).sum(),
                numbers_deleted: 0,
                numbers_moved: if moves { job.done } else { 0 },
                numbers_failed: job.errors.len(),
                numbers_usage_changed: if moves { 0 } else { job.done },
            },
        })
    }

    fn entry(cx: &Context<'_>, id: Uuid, job: &Job) -> Option<Self> {
        Self::show(cx, id, job, View::Listed)
    }

    fn message(error: &JobError) -> NumberFaultMessage {
        let JobFaultMessage { description, code, location_id } = message(error);
        NumberFaultMessage { description, code, location_id }
    }
}

const MOVE_NAME: &str = "moveusers";
const MOVE_STEPS: &[&str] = &["moveusersvalidateAndMove"];

fn move_counts(job: &Job) -> Option<MoveCounts> {
    let JobKind::MovePeople { moves } = &job.kind else { return None };
    Some(MoveCounts {
        total_moves: moves.len(),
        moved: job.done,
        failed: job.errors.len(),
        pending: if job.ended.is_none() { moves.len() } else { 0 },
        skipped: 0,
    })
}

impl Shown for MoveJob {
    const LIST: &'static str = "moveLocation";
    type Entry = MoveJobEntry;
    type Message = JobFaultMessage;

    fn show(cx: &Context<'_>, id: Uuid, job: &Job, view: View) -> Option<Self> {
        let counts = move_counts(job)?;
        Some(Self { name: MOVE_NAME, facts: facts_with_steps(cx, id, job, view, MOVE_STEPS), counts })
    }

    fn entry(cx: &Context<'_>, id: Uuid, job: &Job) -> Option<MoveJobEntry> {
        let counts = move_counts(job)?;
        Some(MoveJobEntry { facts: facts_with_steps(cx, id, job, View::Listed, MOVE_STEPS), counts })
    }

    fn message(error: &JobError) -> JobFaultMessage {
        message(error)
    }
}

/// Shows a move that has just been started.
pub(super) fn started_move(cx: &Context<'_>, id: Uuid, job: &Job) -> Option<StartedMoveJob> {
    let (status, exit) = standing(job);
    let run = StartedExecution {
        id: 1,
        start_time: job.created.to_string(),
        last_updated: job.created.to_string(),
        status_message: status,
        exit_code: exit,
        created_time: job.created.to_string(),
        time_elapsed: SignedDuration::ZERO.to_string(),
    };
    Some(StartedMoveJob { name: MOVE_NAME, facts: facts(cx, id, job, status, exit, run), counts: move_counts(job)? })
}

fn manages_numbers(kind: &JobKind) -> bool {
    matches!(kind, JobKind::MoveNumbers { from: _, to: _ } | JobKind::ChangeNumberUsage { from: _, service: _ })
}
