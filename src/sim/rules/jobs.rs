//! Jobs: how they are started, run, listed and shown. What they do to people is in [`super::moves`].

use serde_json::{Value, json};

use super::{calling, lines, locations, moves, orgs};
use crate::sim::answer::{Answer, Refusal};
use crate::sim::call::{Call, Context, Family, Fields};
use crate::sim::config::{Config, Rule};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference;
use crate::sim::state::{Job, JobEnd, JobError, JobKind, Location, Number, Person, State, Work};
use jiff::Timestamp;

/// The most numbers in one job.
const MOST_NUMBERS: usize = 1000;

/// Starts a job; it runs when it is due.
pub(super) fn start(state: &mut State, cx: &Context<'_>, org: Uuid, kind: JobKind) -> Uuid {
    let id = state.next_id();
    let job = Job {
        org,
        kind,
        created: cx.now,
        ended: None,
        done: 0,
        errors: Vec::new(),
    };
    state.jobs.insert(id, job);
    state.schedule(cx.due(), Work::Run { job: id });
    id
}

/// Whether a job of that list runs in the organization.
pub(super) fn is_running(state: &State, org: Uuid, list: &str) -> bool {
    state
        .jobs
        .find(&Job::list(org, list))
        .any(|(_, job)| job.ended.is_none())
}

/// Runs a job that is due.
pub(crate) fn run(state: &mut State, config: &Config, now: Timestamp, id: Uuid) {
    let Some(mut job) = state.jobs.get(&id).cloned() else {
        return;
    };
    let end = match &job.kind {
        JobKind::DeleteCallingLocation { location, name: _ } => {
            job.errors = disable_calling(state, job.org, *location);
            if job.errors.is_empty() {
                JobEnd::Completed
            } else {
                JobEnd::Failed
            }
        }
        JobKind::UpdateRoutingPrefix { location } => {
            job.done = state.people.count(&Person::at(*location));
            JobEnd::Completed
        }
        JobKind::MoveNumbers { from, to } => {
            (job.done, job.errors) = move_numbers(state, from, *to);
            if job.errors.is_empty() {
                JobEnd::Completed
            } else {
                JobEnd::CompletedWithErrors
            }
        }
        JobKind::ChangeNumberUsage { from, service } => {
            (job.done, job.errors) = change_usage(state, from, *service);
            if job.errors.is_empty() {
                JobEnd::Completed
            } else {
                JobEnd::CompletedWithErrors
            }
        }
        JobKind::MovePeople { moves } => {
            (job.done, job.errors) = moves::run(state, config, job.org, moves, now);
            if job.errors.is_empty() {
                JobEnd::Completed
            } else {
                JobEnd::CompletedWithErrors
            }
        }
    };
    job.ended = Some((now, end));
    state.jobs.insert(id, job);
}

/// What stands against disabling calling of a location.
struct Blocking {
    last: bool,
    users: usize,
}

fn blocking(state: &State, org: Uuid, location: Uuid) -> Blocking {
    Blocking {
        last: state.locations.count(&Location::calling_in(org)) <= 1,
        users: state.people.count(&Person::at(location)),
    }
}

/// Disables calling, with its numbers; or says why not.
fn disable_calling(state: &mut State, org: Uuid, location: Option<Uuid>) -> Vec<JobError> {
    let error = |code: &str, description: String| JobError {
        item: None,
        key: "400".to_owned(),
        code: code.to_owned(),
        description,
        location,
    };
    let is_calling = |key: &Uuid| {
        let found = state.locations.get(key);
        found.is_some_and(|found| found.org == org && found.calling.is_some())
    };
    let Some(key) = location.filter(is_calling) else {
        return vec![error("BATCH-1012014", "Location not found.".to_owned())];
    };
    let Blocking { last, users } = blocking(state, org, key);
    let mut errors = Vec::new();
    if last {
        errors.push(error(
            "BATCH-1012012",
            "Not allowed to delete the last calling location. Calling requires at least one active location in \
             the organization, This is a blocking error."
                .to_owned(),
        ));
    }
    if users > 0 {
        let text = format!("Users associated with the location. Count: {users}");
        errors.push(error("BATCH-1012007", text));
    }
    if !errors.is_empty() {
        let mut first = error("BATCH-1012004", "Safe delete checks failed.".to_owned());
        "500".clone_into(&mut first.key);
        errors.insert(0, first);
        return errors;
    }
    let numbers: Vec<String> = state
        .numbers
        .find(&Number::at(key))
        .map(|(number, _)| number.clone())
        .collect();
    for number in numbers {
        state.numbers.remove(&number);
    }
    state
        .locations
        .edit(&key, |location| location.calling = None);
    errors
}

/// Says why a number cannot be moved or changed, with the job's code.
fn number_fault(
    state: &State,
    location: Uuid,
    number: &str,
) -> Option<(&'static str, &'static str)> {
    if !reference::is_e164(number) {
        return Some(("BATCH-1017017", "Invalid phone number."));
    }
    let Some(row) = state
        .numbers
        .get(number)
        .filter(|row| row.location == location)
    else {
        return Some((
            "BATCH-1017027",
            "Failed because the number is not in the location.",
        ));
    };
    if lines::number_is_taken(state, number, lines::Owner::default()) {
        return Some((
            "BATCH-1017023",
            "Failed because it is not an unassigned number.",
        ));
    }
    if !row.active {
        return Some(("BATCH-1017021", "Failed because it is an inactive number."));
    }
    let calling = state
        .locations
        .get(&location)
        .and_then(|found| found.calling.as_ref());
    if calling.and_then(|calling| calling.main_number.as_deref()) == Some(number) {
        return Some((
            "BATCH-1017024",
            "Failed because it is the main number of the location.",
        ));
    }
    None
}

/// Says why no number can go from one location to the other.
fn locations_fault(state: &State, from: Uuid, to: Uuid) -> Option<(&'static str, &'static str)> {
    let place = |key| {
        let found = state.locations.get(&key)?;
        Some((
            &found.address.country,
            found.calling.as_ref()?.pstn.as_ref()?,
        ))
    };
    let (Some((from_country, from)), Some((to_country, to))) = (place(from), place(to)) else {
        return Some((
            "BATCH-1017027",
            "Move is not supported without a PSTN connection.",
        ));
    };
    if from.kind != to.kind || from.option != to.option {
        return Some((
            "BATCH-1017022",
            "Source and target locations have different CCP providers.",
        ));
    }
    if from_country != to_country {
        return Some(("BATCH-1017027", "Move is not supported between countries."));
    }
    None
}

fn job_error(number: &str, location: Uuid, (code, text): (&str, &str)) -> JobError {
    JobError {
        item: Some(number.to_owned()),
        key: "400".to_owned(),
        code: code.to_owned(),
        description: text.to_owned(),
        location: Some(location),
    }
}

fn move_numbers(
    state: &mut State,
    from: &[(Uuid, Vec<String>)],
    to: Uuid,
) -> (usize, Vec<JobError>) {
    let mut done = 0;
    let mut errors = Vec::new();
    for (location, numbers) in from {
        for number in numbers {
            let fault = locations_fault(state, *location, to)
                .or_else(|| number_fault(state, *location, number));
            match fault {
                Some(fault) => errors.push(job_error(number, *location, fault)),
                None => {
                    state.numbers.edit(number, |row| row.location = to);
                    done += 1;
                }
            }
        }
    }
    (done, errors)
}

fn change_usage(
    state: &mut State,
    from: &[(Uuid, Vec<String>)],
    service: bool,
) -> (usize, Vec<JobError>) {
    let mut done = 0;
    let mut errors = Vec::new();
    for (location, numbers) in from {
        for number in numbers {
            match number_fault(state, *location, number) {
                Some(fault) => errors.push(job_error(number, *location, fault)),
                None => {
                    state.numbers.edit(number, |row| row.service = service);
                    done += 1;
                }
            }
        }
    }
    (done, errors)
}

/// Asks whether calling of a location could be disabled.
pub(crate) fn precheck_deletion(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Answer, Refusal> {
    let calling::Found { org, key, .. } = calling::find(state, cx, call)?;
    let Blocking { last, users } = blocking(state, org, key);
    let status = if last || users > 0 {
        "BLOCKED"
    } else {
        "UNBLOCKED"
    };
    Ok(Answer::ok(json!({
        "locationDeleteStatus": status,
        "blocking": {
            "lastLocation": last,
            "trunksInUseCount": 0,
            "usersInUseCount": users,
            "workspacesInUseCount": 0,
            "virtualLineInUseCount": 0,
            "numbersOrderPending": false,
        },
        "nonBlocking": { "numbersPresent": state.numbers.count(&Number::at(key)) > 0 },
        "blockingUnlessForced": { "nonUserEntitiesInUse": false, "trunksCount": 0 },
    })))
}

/// Takes in whatever is asked: a location that is in use gets its 202 too, and the job fails.
pub(crate) fn start_deletion(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let mut body = call.body(Family::Calling)?;
    let id = body.need("locationId")?;
    let name = body.filled("locationName")?;
    body.flag("forceDelete")?;
    body.end(cx)?;
    let found = locations::find(state, cx, org, &id).ok();
    let name = name.or_else(|| found.map(|(_, location)| location.name.clone()));
    let location = found.map(|(key, _)| key);
    let job = start(
        state,
        cx,
        org,
        JobKind::DeleteCallingLocation { location, name },
    );
    Ok(Answer::accepted(show(state, cx, job, true)))
}

/// Starts a MOVE or a NUMBER_USAGE_CHANGE.
pub(crate) fn manage_numbers(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let mut body = call.body(Family::Calling)?;
    let operation = body.need("operation")?;
    let target = body.filled("targetLocationId")?;
    let usage = body.filled("numberUsageType")?;
    let list = body.need_objects("numberList")?;
    body.end(cx)?;
    let mut from = Vec::new();
    for item in list {
        from.push(read_numbers(state, cx, org, item)?);
    }
    let total: usize = from.iter().map(|(_, numbers)| numbers.len()).sum();
    if total == 0 || total > MOST_NUMBERS {
        return Err(Refusal::job(
            "BATCH-400",
            format!("{total} numbers are not between 1 and {MOST_NUMBERS}"),
        ));
    }
    let kind = match (operation.as_str(), target, usage.as_deref()) {
        ("MOVE", Some(target), None) => {
            if total > 1 && cx.config.many_numbers_in_a_move == Rule::Refused {
                return Err(Refusal::job(
                    "BATCH-1017031",
                    "only one number can be moved at a time",
                ));
            }
            let to = calling::find_in(state, cx, org, &target)?.key;
            JobKind::MoveNumbers { from, to }
        }
        ("NUMBER_USAGE_CHANGE", None, Some("NONE")) => JobKind::ChangeNumberUsage {
            from,
            service: false,
        },
        ("NUMBER_USAGE_CHANGE", None, Some("SERVICE")) => JobKind::ChangeNumberUsage {
            from,
            service: true,
        },
        _ => {
            return Err(Refusal::job(
                "BATCH-400",
                "send MOVE with `targetLocationId`, or NUMBER_USAGE_CHANGE with `numberUsageType`",
            ));
        }
    };
    if is_running(state, org, "manageNumbers") {
        return Err(Refusal::conflict(
            "a job that manages numbers is running already",
        ));
    }
    let job = start(state, cx, org, kind);
    Ok(Answer::created(show(state, cx, job, true)))
}

fn read_numbers(
    state: &State,
    cx: &Context<'_>,
    org: Uuid,
    mut item: Fields<'_>,
) -> Result<(Uuid, Vec<String>), Refusal> {
    let id = item.need("locationId")?;
    let numbers = item.need_texts("numbers")?;
    item.end(cx)?;
    Ok((calling::find_in(state, cx, org, &id)?.key, numbers))
}

/// Starts a move of people, or only asks what would come of it.
pub(crate) fn move_people(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (validate, wanted) = moves::read(state, cx, org, call)?;
    if validate {
        let response: Vec<Value> = wanted
            .iter()
            .map(|wanted| {
                let errors: Vec<Value> = moves::faults(state, cx.config, org, wanted)
                    .iter()
                    .map(|(code, text)| json!({ "code": code, "message": format!("[Error {code}] {text}") }))
                    .collect();
                json!({ "userId": IdKind::People.encode(wanted.person), "impacts": [], "errors": errors })
            })
            .collect();
        return Ok(Answer::ok(json!({ "response": response })));
    }
    let job = start(state, cx, org, JobKind::MovePeople { moves: wanted });
    Ok(Answer::created(
        json!({ "response": show(state, cx, job, true) }),
    ))
}

/// Writes a job. A job that has just been started shows bare UUIDs of locations, as the official examples do.
fn show(state: &State, cx: &Context<'_>, id: Uuid, fresh: bool) -> Value {
    let Some(job) = state.jobs.get(&id) else {
        return Value::Null;
    };
    let (status, exit, ended) = match job.ended {
        None => ("STARTED", "UNKNOWN", None),
        // An official example shows the whole job COMPLETED while its one number failed.
        Some((at, JobEnd::CompletedWithErrors)) if manages_numbers(job) => {
            ("COMPLETED", "COMPLETED", Some(at))
        }
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
        "timeElapsed": format!("{:#}", ended.map_or(jiff::SignedDuration::ZERO, |at| at.duration_since(job.created))),
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
        if fresh {
            key.to_string()
        } else {
            IdKind::Location.encode(key)
        }
    };
    match &job.kind {
        JobKind::DeleteCallingLocation { location, name } => {
            value["name"] = json!("deletecallinglocation");
            value["locationName"] = json!(name);
            value["locationId"] = json!(location.map(place));
        }
        JobKind::UpdateRoutingPrefix { location: _ } => {
            value["name"] = json!("updateroutingprefix");
            value["counts"] = json!({ "routingPrefixUpdated": job.done, "routingPrefixFailed": 0 });
        }
        JobKind::MoveNumbers { from, to } => {
            value["name"] = json!("managenumbers");
            value["jobType"] = json!("managenumbers");
            value["operationType"] = json!("MOVE");
            value["sourceLocationId"] = json!(from.first().map(|(key, _)| place(*key)));
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
                "inProgress": 0,
                "notStarted": 0,
            });
        }
    }
    value
}

fn manages_numbers(job: &Job) -> bool {
    matches!(
        job.kind,
        JobKind::MoveNumbers { from: _, to: _ }
            | JobKind::ChangeNumberUsage {
                from: _,
                service: _
            }
    )
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
    [
        "deleteCallingLocation",
        "updateRoutingPrefix",
        "manageNumbers",
        "moveLocation",
    ]
    .into_iter()
    .find(|list| call.path.split('/').any(|part| part == *list))
    .unwrap_or("")
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let jobs = state.jobs.find(&Job::list(org, list_of(call))).rev();
    let length = Length {
        usual: 20,
        cap: 2000,
    };
    let page = Page::cut(call, cx, Paging::Start, length, jobs)?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(id, _)| show(state, cx, **id, false))
        .collect();
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
    let length = Length {
        usual: 100,
        cap: 2000,
    };
    let page = Page::cut(call, cx, Paging::Start, length, numbered)?;
    // Both spellings are in the official examples.
    let location_name = if manages_numbers(job) {
        "locationid"
    } else {
        "locationId"
    };
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
