//! Jobs that move numbers between locations, or change what they are for.

use super::job_view::{Shown as _, View};
use super::{calling, jobs, lines, orgs, pstn};
use crate::sim::answer::Refusal;
use crate::sim::call::{Call, Context};
use crate::sim::config::Config;
use crate::sim::id::Uuid;
use crate::sim::reference;
use crate::sim::reply::Created;
use crate::sim::state::{JobError, JobKind, Number, State};
use crate::sim::wire::job::{NumberJob, NumberJobRequest, NumberOperation};
use crate::sim::wire::number::NumberUsage;
use crate::sim::wire::pstn::PstnService;

/// The most numbers in one job.
const MOST_NUMBERS: usize = 1000;

/// A code of number jobs and its text.
type Fault = (&'static str, &'static str);

/// Returns a number of the location that is nobody's, and not its main number; or says why there is none.
fn free_number<'a>(state: &'a State, location: Uuid, number: &str) -> Result<&'a Number, Fault> {
    if !reference::is_e164(number) {
        return Err(("BATCH-1017017", "Invalid phone number."));
    }
    let row = state.numbers.get(number).filter(|row| row.location == location);
    let row = row.ok_or(("BATCH-1017027", "Failed because the number is not in the location."))?;
    if lines::number_is_taken(state, number, lines::Owner::default()) {
        return Err(("BATCH-1017023", "Failed because it is not an unassigned number."));
    }
    let calling = state.locations.get(&location).and_then(|found| found.calling.as_ref());
    if calling.and_then(|calling| calling.main_number.as_deref()) == Some(number) {
        return Err(("BATCH-1017024", "Failed because it is a main number."));
    }
    Ok(row)
}

fn check_movable(state: &State, config: &Config, location: Uuid, number: &str) -> Result<(), Fault> {
    let row = free_number(state, location, number)?;
    if config.immovable_numbers.contains(number) {
        return Err(("BATCH-1017027", "Manage Numbers Move Operation is not supported."));
    }
    if row.mobile.is_some() {
        return Err(("BATCH-1017027", "Manage Numbers Move Operation is not supported for mobile numbers."));
    }
    if !row.active {
        return Err(("BATCH-1017021", "Failed to move because it is an inactive number."));
    }
    Ok(())
}

fn check_usage(state: &State, config: &Config, location: Uuid, number: &str, needed: PstnService) -> Result<(), Fault> {
    let row = free_number(state, location, number)?;
    if row.mobile.is_some() || row.toll_free {
        return Err(("BATCH-1017027", "Number usage cannot be changed for mobile and toll-free numbers."));
    }
    let calling = state.locations.get(&location).and_then(|found| found.calling.as_ref());
    let pstn = calling.and_then(|calling| calling.pstn.as_ref());
    if !pstn.is_some_and(|pstn| pstn::services(config, pstn.kind, &pstn.option).contains(&needed)) {
        return Err(("BATCH-1017027", "Number usage is not among the services of the PSTN connection."));
    }
    Ok(())
}

/// Says why no number can go from one location to the other.
fn check_locations(state: &State, from: Uuid, to: Uuid) -> Result<(), Fault> {
    let place = |key| {
        let found = state.locations.get(&key)?;
        Some((&found.address.country, found.calling.as_ref()?.pstn.as_ref()?))
    };
    let (Some((from_country, from)), Some((to_country, to))) = (place(from), place(to)) else {
        return Err(("BATCH-1017027", "Move is not supported without a PSTN connection."));
    };
    if from.kind != to.kind || from.option != to.option {
        let text = "Failed to move because the source location and target location have different CCP providers.";
        return Err(("BATCH-1017022", text));
    }
    if from_country != to_country {
        return Err(("BATCH-1017027", "Move is not supported between countries."));
    }
    Ok(())
}

/// Does something with each number that passes a check; says of the others why not.
fn each(
    state: &mut State,
    from: &[(Uuid, Vec<String>)],
    check: impl Fn(&State, Uuid, &str) -> Result<(), Fault>,
    change: impl Fn(&mut Number),
) -> (usize, Vec<JobError>) {
    let mut done = 0;
    let mut errors = Vec::new();
    for (location, number) in from.iter().flat_map(|(location, numbers)| numbers.iter().map(move |n| (location, n))) {
        match check(state, *location, number) {
            Ok(()) => {
                state.numbers.edit(number, &change);
                done += 1;
            }
            Err((code, text)) => errors.push(JobError {
                item: Some(number.clone()),
                key: "400".to_owned(),
                code: code.to_owned(),
                description: text.to_owned(),
                location: Some(*location),
            }),
        }
    }
    (done, errors)
}

pub(super) fn move_numbers(
    state: &mut State,
    config: &Config,
    from: &[(Uuid, Vec<String>)],
    to: Uuid,
) -> (usize, Vec<JobError>) {
    let check = |state: &State, location, number: &str| {
        check_locations(state, location, to)?;
        check_movable(state, config, location, number)
    };
    each(state, from, check, |row| row.location = to)
}

pub(super) fn change_usage(
    state: &mut State,
    config: &Config,
    from: &[(Uuid, Vec<String>)],
    service: bool,
) -> (usize, Vec<JobError>) {
    let needed = if service { PstnService::Service } else { PstnService::Geographic };
    let check = |state: &State, location, number: &str| check_usage(state, config, location, number, needed);
    each(state, from, check, |row| row.service = service)
}

/// Starts a `MOVE` or a `NUMBER_USAGE_CHANGE`.
pub(crate) fn start(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: NumberJobRequest,
) -> Result<Created<NumberJob>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let NumberJobRequest { operation, target_location_id, number_usage_type, number_list } = asked;
    let mut from = Vec::new();
    for item in number_list {
        let key = calling::find_in(state, cx, org, &item.location_id)?.key;
        from.push((key, item.numbers.into_iter().collect::<Vec<_>>()));
    }
    let total: usize = from.iter().map(|(_, numbers)| numbers.len()).sum();
    if total == 0 || total > MOST_NUMBERS {
        return Err(Refusal::job("BATCH-400", format!("{total} numbers are not between 1 and {MOST_NUMBERS}")));
    }
    let kind = match (operation, target_location_id, number_usage_type) {
        (NumberOperation::Move, Some(target), None) => {
            if total > 1 && cx.config.many_numbers_in_a_move.refuses() {
                let text = "Hydra request is supported only for single number move job.";
                return Err(Refusal::job("BATCH-1017031", text));
            }
            let to = calling::find_in(state, cx, org, &target)?.key;
            JobKind::MoveNumbers { from, to }
        }
        (NumberOperation::NumberUsageChange, None, Some(usage)) => {
            JobKind::ChangeNumberUsage { from, service: usage == NumberUsage::Service }
        }
        (NumberOperation::Move | NumberOperation::NumberUsageChange, ..) => {
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
    let shown = jobs::show_started(state, job, |id, job| NumberJob::show(cx, id, job, View::Started))?;
    Ok(Created::new(shown))
}
