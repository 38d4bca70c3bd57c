//! Jobs: how they are started, run, listed and shown. What they do to people is in [`super::moves`].

use serde_json::{Value, json};

use super::{disabling, number_jobs};
use super::{moves, orgs};
use crate::sim::answer::{Answer, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::config::Config;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::state::{Job, JobEnd, JobKind, Person, State, Work};
use jiff::Timestamp;

/// Starts a job; it runs when it is due.
pub(super) fn start(state: &mut State, cx: &Context<'_>, org: Uuid, kind: JobKind) -> Uuid {
    let id = state.next_id();
    let job = Job { org, kind, created: cx.now, ended: None, done: 0, errors: Vec::new() };
    state.jobs.insert(id, job);
    state.schedule(cx.due(), Work::Run { job: id });
    id
}

/// Whether a job of that list runs in the organization.
pub(super) fn is_running(state: &State, org: Uuid, list: &str) -> bool {
    state.jobs.find(&Job::list(org, list)).any(|(_, job)| job.ended.is_none())
}

/// Runs a job that is due.
pub(crate) fn run(state: &mut State, config: &Config, now: Timestamp, id: Uuid) {
    let Some(mut job) = state.jobs.get(&id).cloned() else {
        return;
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
            (job.done, job.errors) = number_jobs::move_numbers(state, from, *to);
            if job.errors.is_empty() { JobEnd::Completed } else { JobEnd::CompletedWithErrors }
        }
        JobKind::ChangeNumberUsage { from, service } => {
            (job.done, job.errors) = number_jobs::change_usage(state, from, *service);
            if job.errors.is_empty() { JobEnd::Completed } else { JobEnd::CompletedWithErrors }
        }
        JobKind::MovePeople { moves } => {
            (job.done, job.errors) = moves::run(state, config, job.org, moves, now);
            if job.errors.is_empty() { JobEnd::Completed } else { JobEnd::CompletedWithErrors }
        }
    };
    job.ended = Some((now, end));
    state.jobs.insert(id, job);
}

/// Writes a job. A job that has just been started shows bare UUIDs of locations, as the official examples do.
pub(super) fn show(state: &State, cx: &Context<'_>, id: Uuid, fresh: bool) -> Value {
    let Some(job) = state.jobs.get(&id) else {
        return Value::Null;
    };
    let (status, exit, ended) = match job.ended {
        None => ("STARTED", "UNKNOWN", None),
        // An official example shows the whole job COMPLETED while its one number failed.
        Some((at, JobEnd::CompletedWithErrors)) if manages_numbers(job) => ("COMPLETED", "COMPLETED", Some(at)),
        Some((at, JobEnd::CompletedWithErrors)) => ("COMPLETED", "COMPLETED_WITH_ERRORS", Some(at)),
        Some((at, JobEnd::Completed)) => ("COMPLETED", "COMPLETED", Some(at)),
        Some((at, JobEnd::Failed)) => ("FAILED", "FAILED", Some(at)),
    };
    let org = IdKind::Organization.encode(job.org);
    let mut execution = json!({
        "id": 1,
        "startTime": job.created.to_string(),
        "lastUpdated": ended.unwrap_or(job.created).to_string(),
        "statusMessage": status,
        "exitCode": exit,
        "createdTime": job.created.to_string(),
        "timeElapsed": format!("{}", ended.map_or(jiff::SignedDuration::ZERO, |at| at.duration_since(job.created))),
    });
    if let Some(at) = ended {
        execution["endTime"] = json!(at.to_string());
    }
    let mut value = json!({
        "id": IdKind::Job.encode(id),
        "trackingId": cx.tracking_id,
        "sourceUserId": IdKind::People.encode(orgs::caller()),
        "sourceCustomerId": org,
        "targetCustomerId": org,
        "instanceId": 1,
        "jobExecutionStatus": [execution],
        "latestExecutionStatus": status,
        "latestExecutionExitCode": exit,
    });
    let place = |key: Uuid| {
        if fresh { key.to_string() } else { IdKind::Location.encode(key) }
    };
    match &job.kind {
        JobKind::DeleteCallingLocation { location, name } => {
            value["name"] = json!("deletecallinglocation");
            if let Some(name) = name {
                value["locationName"] = json!(name);
            }
            if let Some(location) = location {
                value["locationId"] = json!(place(*location));
            }
        }
        JobKind::UpdateRoutingPrefix { location: _ } => {
            value["name"] = json!("updateroutingprefix");
            value["counts"] = json!({ "routingPrefixUpdated": job.done, "routingPrefixFailed": 0 });
        }
        JobKind::MoveNumbers { from, to } => {
            value["name"] = json!("managenumbers");
            value["jobType"] = json!("managenumbers");
            value["operationType"] = json!("MOVE");
            if let Some((key, _)) = from.first() {
                value["sourceLocationId"] = json!(place(*key));
            }
            value["targetLocationId"] = json!(place(*to));
            value["counts"] = number_counts(job, from, "numbersMoved");
        }
        JobKind::ChangeNumberUsage { from, service: _ } => {
            value["name"] = json!("managenumbers");
            value["jobType"] = json!("managenumbers");
            value["operationType"] = json!("NUMBER_USAGE_CHANGE");
            value["counts"] = number_counts(job, from, "numbersUsageChanged");
        }
        JobKind::MovePeople { moves } => {
            let pending = if job.ended.is_none() { moves.len() } else { 0 };
            value["name"] = json!("moveusers");
            value["counts"] = json!({
                "totalMoves": moves.len(),
                "moved": job.done,
                "failed": job.errors.len(),
                "pending": pending,
                "skipped": 0,
            });
        }
    }
    value
}

fn manages_numbers(job: &Job) -> bool {
    matches!(job.kind, JobKind::MoveNumbers { from: _, to: _ } | JobKind::ChangeNumberUsage { from: _, service: _ })
}

fn number_counts(job: &Job, from: &[(Uuid, Vec<String>)], done: &str) -> Value {
    let total: usize = from.iter().map(|(_, numbers)| numbers.len()).sum();
    let mut counts = json!({
        "totalNumbers": total,
        "numbersDeleted": 0,
        "numbersMoved": 0,
        "numbersFailed": job.errors.len(),
        "numbersUsageChanged": 0,
    });
    counts[done] = json!(job.done);
    counts
}

/// Returns the name of the list that the path is under, such as `manageNumbers`.
fn list_of(call: &Call) -> &'static str {
    ["deleteCallingLocation", "updateRoutingPrefix", "manageNumbers", "moveLocation"]
        .into_iter()
        .find(|list| call.path.split('/').any(|part| part == *list))
        .unwrap_or("")
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let jobs = state.jobs.find(&Job::list(org, list_of(call))).rev();
    let length = Length { usual: 20, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, jobs)?;
    let items: Vec<Value> = page.items.iter().map(|(id, _)| show(state, cx, **id, false)).collect();
    Ok(Answer::ok(json!({ "items": items })).link(page.link))
}

fn find<'a>(state: &'a State, cx: &Context<'_>, call: &Call) -> Result<(Uuid, &'a Job), Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let wanted = IdKind::Job.decode(call.id());
    state
        .jobs
        .find(&Job::list(org, list_of(call)))
        .find(|(id, _)| Some(**id) == wanted)
        .map(|(id, job)| (*id, job))
        .ok_or_else(|| Refusal::not_found("job", call.id()))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let (id, _) = find(state, cx, call)?;
    Ok(Answer::ok(show(state, cx, id, false)))
}

pub(crate) fn errors(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let (_, job) = find(state, cx, call)?;
    let numbered = job.errors.iter().enumerate();
    let length = Length { usual: 100, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, numbered)?;
    // Both spellings are in the official examples.
    let location_name = if manages_numbers(job) { "locationid" } else { "locationId" };
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(position, error)| {
            let mut message = json!({ "description": error.description, "code": error.code });
            if let Some(location) = error.location {
                message[location_name] = json!(IdKind::Location.encode(location));
            }
            let mut value = json!({
                "itemNumber": position + 1,
                "errorType": "ERROR",
                "error": { "key": error.key, "message": [message] },
                "trackingId": cx.tracking_id,
            });
            if let Some(item) = &error.item {
                value["item"] = json!(item);
            }
            value
        })
        .collect();
    Ok(Answer::ok(json!({ "items": items })).link(page.link))
}
