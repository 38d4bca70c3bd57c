//! Disabling calling of a location: what stands against it, and the job that does it.

use super::job_view::{Shown as _, View};
use super::jobs;
use super::{calling, locations, orgs};
use crate::sim::answer::Refusal;
use crate::sim::call::{Call, Context};
use crate::sim::id::Uuid;
use crate::sim::reply::{Accepted, Found};
use crate::sim::state::{EmergencyAddress, JobError, JobKind, Location, Number, Person, State, Subscriber};
use crate::sim::wire::calling_location::{
    DisablingBlocking, DisablingCheck, DisablingNonBlocking, DisablingUnlessForced, DisablingVerdict,
};
use crate::sim::wire::job::{DisablingJob, DisablingRequest};

/// What stands against disabling calling of a location.
pub(super) struct Blocking {
    last: bool,
    users: usize,
}

pub(super) fn blocking(state: &State, org: Uuid, location: Uuid) -> Blocking {
    Blocking {
        last: state.locations.count(&Location::calling_in(org)) <= 1,
        // Who has not consented yet has a claim on the location too.
        users: state.people.count(&Person::at(location)) + state.subscribers.count(&Subscriber::awaiting_at(location)),
    }
}

/// Disables calling, with its numbers; or says why not.
pub(super) fn disable_calling(state: &mut State, org: Uuid, location: Option<Uuid>) -> Vec<JobError> {
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
    let numbers: Vec<String> = state.numbers.find(&Number::at(key)).map(|(number, _)| number.clone()).collect();
    for number in numbers {
        state.numbers.remove(&number);
    }
    let addresses: Vec<Uuid> =
        state.emergency_addresses.find(&EmergencyAddress::at(key)).map(|(address, _)| *address).collect();
    for address in addresses {
        state.emergency_addresses.remove(&address);
    }
    state.locations.edit(&key, |location| location.calling = None);
    errors
}

/// Asks whether calling of a location could be disabled.
pub(crate) fn precheck(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<DisablingCheck>, Refusal> {
    let calling::Site { org, key, .. } = calling::find(state, cx, call)?;
    let Blocking { last, users } = blocking(state, org, key);
    Ok(Found::new(DisablingCheck {
        location_delete_status: if last || users > 0 { DisablingVerdict::Blocked } else { DisablingVerdict::Unblocked },
        blocking: DisablingBlocking {
            last_location: last,
            trunks_in_use_count: 0,
            users_in_use_count: users,
            workspaces_in_use_count: 0,
            virtual_line_in_use_count: 0,
            numbers_order_pending: false,
        },
        non_blocking: DisablingNonBlocking { numbers_present: state.numbers.count(&Number::at(key)) > 0 },
        blocking_unless_forced: DisablingUnlessForced { non_user_entities_in_use: false, trunks_count: 0 },
    }))
}

/// Takes in whatever is asked: a location that is in use gets its 202 too, and the job fails.
pub(crate) fn start(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: DisablingRequest,
) -> Result<Accepted<DisablingJob>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let DisablingRequest { location_id, location_name, force_delete: _ } = asked;
    let found = locations::find(state, cx, org, &location_id).ok();
    let name = location_name.map(String::from).or_else(|| found.map(|(_, location)| location.name.clone()));
    let location = found.map(|(key, _)| key);
    let job = jobs::start(state, cx, org, JobKind::DeleteCallingLocation { location, name });
    let shown = jobs::show_started(state, job, |id, job| DisablingJob::show(cx, id, job, View::Started))?;
    Ok(Accepted::new(shown))
}
