//! How jobs show themselves: each kind in its own shape, as the official examples have it.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::orgs;
use crate::sim::call::Context;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::state::{Job, JobEnd, JobError, JobKind};
use crate::sim::wire::job::{
    DisablingCounts, DisablingJob, JobExecution, JobExit, JobFacts, JobFault, JobFaultError, JobFaultMessage,
    JobFaultType, JobStatus, JobStep, MoveCounts, MoveJob, NumberJob, NumberJobCounts, NumberOperation, PrefixCounts,
    PrefixJob,
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
}

/// A shape of jobs, and the list of those that have it.
pub(crate) trait Shown: Serialize + JsonSchema + Sized {
    const LIST: &'static str;
    /// How long a page is unless it is said.
    const PAGE: usize = 2000;

    /// Shows a job; none if it is of another kind.
    fn show(cx: &Context<'_>, id: Uuid, job: &Job, view: View) -> Option<Self>;
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

/// Shows what all jobs have. The last of `steps` is where errors happened.
fn facts(
    cx: &Context<'_>,
    id: Uuid,
    job: &Job,
    view: View,
    name: &'static str,
    steps: &'static [&'static str],
) -> JobFacts {
    let (mut status, exit) = standing(job);
    if view == View::Started && matches!(job.kind, JobKind::DeleteCallingLocation { location: _, name: _ }) {
        status = JobStatus::Starting;
    }
    let org = IdKind::Organization.encode(job.org);
    let execution = JobExecution {
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
    JobFacts {
        name: (view != View::Listed).then_some(name),
        id: IdKind::Job.encode(id),
        tracking_id: cx.tracking_id.to_owned(),
        source_user_id: IdKind::People.encode(orgs::caller()),
        source_customer_id: org.clone(),
        target_customer_id: org,
        instance_id: 1,
        job_execution_status: vec![execution],
        latest_execution_status: status,
        latest_execution_exit_code: exit,
    }
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
            facts: facts(cx, id, job, view, "deletecallinglocation", steps),
            location_id: location.map(|location| view.place(location)),
            location_name: name.clone(),
            counts: (job.ended.is_some() && !failed).then(DisablingCounts::default),
        })
    }
}

impl Shown for PrefixJob {
    const LIST: &'static str = "updateRoutingPrefix";

    fn show(cx: &Context<'_>, id: Uuid, job: &Job, view: View) -> Option<Self> {
        let JobKind::UpdateRoutingPrefix { location: _ } = &job.kind else { return None };
        let steps = &["updateroutingprefixPreProcessMemberData", "updateroutingprefixGenerateUserReport"];
        Some(Self {
            facts: facts(cx, id, job, view, "updateroutingprefix", steps),
            counts: PrefixCounts { routing_prefix_updated: job.done, routing_prefix_failed: job.errors.len() },
        })
    }
}

impl Shown for NumberJob {
    const LIST: &'static str = "manageNumbers";

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
            facts: facts(cx, id, job, view, "managenumbers", steps),
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
}

impl Shown for MoveJob {
    const LIST: &'static str = "moveLocation";

    fn show(cx: &Context<'_>, id: Uuid, job: &Job, view: View) -> Option<Self> {
        let JobKind::MovePeople { moves } = &job.kind else { return None };
        Some(Self {
            facts: facts(cx, id, job, view, "moveusers", &["moveusersvalidateAndMove"]),
            counts: MoveCounts {
                total_moves: moves.len(),
                moved: job.done,
                failed: job.errors.len(),
                pending: if job.ended.is_none() { moves.len() } else { 0 },
                skipped: 0,
            },
        })
    }
}

fn manages_numbers(kind: &JobKind) -> bool {
    matches!(kind, JobKind::MoveNumbers { from: _, to: _ } | JobKind::ChangeNumberUsage { from: _, service: _ })
}

/// Shows what went wrong with an item of a job.
pub(super) fn fault(cx: &Context<'_>, kind: &JobKind, item_number: usize, error: &JobError) -> JobFault {
    let location = error.location.map(|location| IdKind::Location.encode(location));
    // Both spellings are in the official examples.
    let (location_id, number_location_id) = if manages_numbers(kind) { (None, location) } else { (location, None) };
    let message = JobFaultMessage {
        description: error.description.clone(),
        code: error.code.clone(),
        location_id,
        number_location_id,
    };
    JobFault {
        item_number,
        item: error.item.clone(),
        error_type: JobFaultType::Error,
        error: JobFaultError { key: error.key.clone(), message: vec![message] },
        tracking_id: cx.tracking_id.to_owned(),
    }
}
