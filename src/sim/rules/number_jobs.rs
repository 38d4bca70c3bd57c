//! Jobs that move numbers between locations, or change what they are for.

use super::jobs;
use super::{calling, lines, orgs};
use crate::sim::answer::{Answer, Refusal};
use crate::sim::call::{Call, Context, Family, Fields};
use crate::sim::config::Rule;
use crate::sim::id::Uuid;
use crate::sim::reference;
use crate::sim::state::{JobError, JobKind, State};

/// The most numbers in one job.
pub(super) const MOST_NUMBERS: usize = 1000;

/// Says why a number cannot be moved or changed, with the job's code.
pub(super) fn number_fault(state: &State, location: Uuid, number: &str) -> Option<(&'static str, &'static str)> {
    if !reference::is_e164(number) {
        return Some(("BATCH-1017017", "Invalid phone number."));
    }
    let Some(row) = state.numbers.get(number).filter(|row| row.location == location) else {
        return Some(("BATCH-1017027", "Failed because the number is not in the location."));
    };
    if lines::number_is_taken(state, number, lines::Owner::default()) {
        return Some(("BATCH-1017023", "Failed because it is not an unassigned number."));
    }
    if !row.active {
        return Some(("BATCH-1017021", "Failed because it is an inactive number."));
    }
    let calling = state.locations.get(&location).and_then(|found| found.calling.as_ref());
    if calling.and_then(|calling| calling.main_number.as_deref()) == Some(number) {
        return Some(("BATCH-1017024", "Failed because it is the main number of the location."));
    }
    None
}

/// Says why no number can go from one location to the other.
pub(super) fn locations_fault(state: &State, from: Uuid, to: Uuid) -> Option<(&'static str, &'static str)> {
    let place = |key| {
        let found = state.locations.get(&key)?;
        Some((&found.address.country, found.calling.as_ref()?.pstn.as_ref()?))
    };
    let (Some((from_country, from)), Some((to_country, to))) = (place(from), place(to)) else {
        return Some(("BATCH-1017027", "Move is not supported without a PSTN connection."));
    };
    if from.kind != to.kind || from.option != to.option {
        return Some(("BATCH-1017022", "Source and target locations have different CCP providers."));
    }
    if from_country != to_country {
        return Some(("BATCH-1017027", "Move is not supported between countries."));
    }
    None
}

pub(super) fn job_error(number: &str, location: Uuid, (code, text): (&str, &str)) -> JobError {
    JobError {
        item: Some(number.to_owned()),
        key: "400".to_owned(),
        code: code.to_owned(),
        description: text.to_owned(),
        location: Some(location),
    }
}

pub(super) fn move_numbers(state: &mut State, from: &[(Uuid, Vec<String>)], to: Uuid) -> (usize, Vec<JobError>) {
    let mut done = 0;
    let mut errors = Vec::new();
    for (location, numbers) in from {
        for number in numbers {
            let fault = locations_fault(state, *location, to).or_else(|| number_fault(state, *location, number));
            if let Some(fault) = fault {
                errors.push(job_error(number, *location, fault));
            } else {
                state.numbers.edit(number, |row| row.location = to);
                done += 1;
            }
        }
    }
    (done, errors)
}

pub(super) fn change_usage(state: &mut State, from: &[(Uuid, Vec<String>)], service: bool) -> (usize, Vec<JobError>) {
    let mut done = 0;
    let mut errors = Vec::new();
    for (location, numbers) in from {
        for number in numbers {
            if let Some(fault) = number_fault(state, *location, number) {
                errors.push(job_error(number, *location, fault));
            } else {
                state.numbers.edit(number, |row| row.service = service);
                done += 1;
            }
        }
    }
    (done, errors)
}

/// Starts a `MOVE` or a `NUMBER_USAGE_CHANGE`.
pub(crate) fn start(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
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
        return Err(Refusal::job("BATCH-400", format!("{total} numbers are not between 1 and {MOST_NUMBERS}")));
    }
    let kind = match (operation.as_str(), target, usage.as_deref()) {
        ("MOVE", Some(target), None) => {
            if total > 1 && cx.config.many_numbers_in_a_move == Rule::Refused {
                return Err(Refusal::job("BATCH-1017031", "only one number can be moved at a time"));
            }
            let to = calling::find_in(state, cx, org, &target)?.key;
            JobKind::MoveNumbers { from, to }
        }
        ("NUMBER_USAGE_CHANGE", None, Some("NONE")) => JobKind::ChangeNumberUsage { from, service: false },
        ("NUMBER_USAGE_CHANGE", None, Some("SERVICE")) => JobKind::ChangeNumberUsage { from, service: true },
        _ => {
            return Err(Refusal::job(
                "BATCH-400",
                "send MOVE with `targetLocationId`, or NUMBER_USAGE_CHANGE with `numberUsageType`",
            ));
        }
    };
    if jobs::is_running(state, org, "manageNumbers") {
        return Err(Refusal::conflict("a job that manages numbers is running already"));
    }
    let job = jobs::start(state, cx, org, kind);
    Ok(Answer::created(jobs::show(state, cx, job, true)))
}

pub(super) fn read_numbers(
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
