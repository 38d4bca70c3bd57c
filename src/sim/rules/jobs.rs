//! Jobs: how they are started, run, paused, listed. How each kind shows itself is in [`super::job_view`].

use jiff::Timestamp;

use super::job_view::{Shown, View};
use super::{disabling, moves, number_jobs, orgs};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::config::Config;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reply::{Empty, Found, Items};
use crate::sim::state::{Job, JobEnd, JobError, JobKind, Pause, Person, State, Work};
use crate::sim::wire::job::JobFault;

/// Starts a job; it runs when it is due.
pub(super) fn start(state: &mut State, cx: &Context<'_>, org: Uuid, kind: JobKind) -> Uuid {
    let id = state.next_id();
    let job = Job { org, kind, created: cx.now, ended: None, done: 0, errors: Vec::new(), paused: None };
    state.jobs.insert(id, job);
    state.schedule(cx.due(), Work::Run { job: id });
    id
}

/// Whether a job of that list has not ended in the organization; a paused one has not.
pub(super) fn is_running(state: &State, org: Uuid, list: &str) -> bool {
    state.jobs.find(&Job::list(org, list)).any(|(_, job)| job.ended.is_none())
}

/// Runs a job that is due.
pub(crate) fn run(state: &mut State, config: &Config, now: Timestamp, id: Uuid) {
    let Some(mut job) = state.jobs.get(&id).cloned() else {
        return;
    };
    let end_of = |errors: &[JobError]| {
        if errors.is_empty() { JobEnd::Completed } else { JobEnd::CompletedWithErrors }
    };
    let end = match &job.kind {
        JobKind::DeleteCallingLocation { location, name: _ } => {
            job.errors = disabling::disable_calling(state, job.org, *location);
            if job.errors.is_empty() { JobEnd::Completed } else { JobEnd::Failed }
        }
        JobKind::UpdateRoutingPrefix { location } => {
            job.done = state.people.count(&Person::at(*location));
            JobEnd::Completed
        }
        JobKind::MoveNumbers { from, to } => {
            (job.done, job.errors) = number_jobs::move_numbers(state, config, from, *to);
            end_of(&job.errors)
        }
        JobKind::ChangeNumberUsage { from, service } => {
            (job.done, job.errors) = number_jobs::change_usage(state, config, from, *service);
            end_of(&job.errors)
        }
        JobKind::MovePeople { moves } => {
            (job.done, job.errors) = moves::run(state, config, job.org, moves, now);
            end_of(&job.errors)
        }
    };
    job.ended = Some((now, end));
    state.jobs.insert(id, job);
}

/// Shows a job that has just been started.
pub(super) fn show_started<T>(
    state: &State,
    id: Uuid,
    show: impl FnOnce(Uuid, &Job) -> Option<T>,
) -> Result<T, Refusal> {
    let shown = state.jobs.get(&id).and_then(|job| show(id, job));
    shown.ok_or_else(|| Refusal::new(500, Code::None, "the job that was started is gone"))
}

pub(crate) fn list<J: Shown>(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Items<J::Entry>>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let jobs = state.jobs.find(&Job::list(org, J::LIST)).rev();
    let length = Length { usual: J::PAGE, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, jobs)?;
    let items = page.items.iter().filter_map(|(id, job)| J::entry(cx, **id, job)).collect();
    Ok(Found::new(Items { items }).link(page.link))
}

fn find<'a, J: Shown>(state: &'a State, cx: &Context<'_>, call: &Call) -> Result<(Uuid, &'a Job), Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    IdKind::Job
        .decode(call.id())
        .and_then(|id| Some((id, state.jobs.get(&id)?)))
        .filter(|(_, job)| job.org == org && job.list_name() == J::LIST)
        .ok_or_else(|| Refusal::not_found("job", call.id()))
}

pub(crate) fn get<J: Shown>(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<J>, Refusal> {
    let (id, job) = find::<J>(state, cx, call)?;
    let shown = J::show(cx, id, job, View::One).ok_or_else(|| Refusal::not_found("job", call.id()))?;
    Ok(Found::new(shown))
}

pub(crate) fn errors<J: Shown>(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Items<JobFault<J::Message>>>, Refusal> {
    let (_, job) = find::<J>(state, cx, call)?;
    let numbered = job.errors.iter().enumerate();
    let length = Length { usual: 100, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, numbered)?;
    let items = page.items.iter().map(|(position, error)| J::fault(cx, position + 1, error)).collect();
    Ok(Found::new(Items { items }).link(page.link))
}

/// Lets a running job stand still until it is resumed.
pub(crate) fn pause<J: Shown, const STATUS: u16>(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Empty<STATUS>, Refusal> {
    let (id, _) = find::<J>(state, cx, call)?;
    let running = state.tasks.iter().find(|(_, task)| task.work == Work::Run { job: id });
    let Some((task, due)) = running.map(|(key, task)| (*key, task.due)) else {
        return Err(Refusal::bad(Code::None, "the job is not running, and so cannot be paused"));
    };
    state.tasks.remove(&task);
    state.jobs.edit(&id, |job| job.paused = Some(Pause { since: cx.now, due }));
    Ok(Empty::new())
}

/// Lets a paused job go on; it takes as long as was left.
pub(crate) fn resume<J: Shown, const STATUS: u16>(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Empty<STATUS>, Refusal> {
    let (id, job) = find::<J>(state, cx, call)?;
    let Some(Pause { since, due }) = job.paused else {
        return Err(Refusal::bad(Code::None, "the job is not paused, and so cannot be resumed"));
    };
    let due = cx.now.checked_add(due.duration_since(since)).unwrap_or(Timestamp::MAX);
    state.jobs.edit(&id, |job| job.paused = None);
    state.schedule(due, Work::Run { job: id });
    Ok(Empty::new())
}
