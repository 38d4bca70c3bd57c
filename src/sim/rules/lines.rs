//! Numbers and extensions of people: who may have which.

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::Context;
use crate::sim::config::Config;
use crate::sim::id::Uuid;
use crate::sim::reference;
use crate::sim::state::{Line, Location, Person, State, Subscriber};

/// Whose line is being set: their own number or extension is no obstacle.
#[derive(Clone, Copy, Default)]
pub(crate) struct Owner {
    pub(crate) person: Option<Uuid>,
    pub(crate) subscriber: Option<Uuid>,
}

/// Says whether somebody else has the number, or waits for it.
pub(crate) fn number_is_taken(state: &State, number: &str, by: Owner) -> bool {
    let others = |(key, person): (&Uuid, &Person)| Some(*key) != by.person || person.alternates.find(number).is_some();
    state.people.find(&Person::with_number(number)).any(others)
        || state.subscribers.find(&Subscriber::awaiting_number(number)).any(|(key, _)| Some(*key) != by.subscriber)
}

/// Says whether somebody else has the extension where it would clash.
pub(crate) fn extension_is_taken(
    state: &State,
    config: &Config,
    org: Uuid,
    location: Uuid,
    extension: &str,
    by: Owner,
) -> bool {
    let taken_at = |location: Uuid| {
        let person = Person::with_extension(location, extension);
        let waiting = Subscriber::awaiting_extension(location, extension);
        state.people.find(&person).any(|(key, _)| Some(*key) != by.person)
            || state.subscribers.find(&waiting).any(|(key, _)| Some(*key) != by.subscriber)
    };
    if config.extension_in_two_locations.refuses() {
        state.locations.find(&Location::calling_in(org)).any(|(key, _)| taken_at(*key))
    } else {
        taken_at(location)
    }
}

/// Checks that the number may become somebody's at the location.
pub(crate) fn check_number(state: &State, location: Uuid, number: &str, by: Owner) -> Result<(), Refusal> {
    if !reference::is_e164(number) {
        return Err(Refusal::bad(Code::None, format!("`{number}` is not an E.164 number")));
    }
    let Some(found) = state.numbers.get(number).filter(|found| found.location == location) else {
        return Err(Refusal::bad(8361, format!("number `{number}` does not belong to the location")));
    };
    if number_is_taken(state, number, by) {
        return Err(Refusal::bad(8361, format!("number `{number}` is assigned to somebody else")));
    }
    if !found.active {
        return Err(Refusal::bad(8361, format!("number `{number}` is not active")));
    }
    if found.toll_free {
        return Err(Refusal::bad(8361, format!("toll-free number `{number}` cannot belong to a person")));
    }
    if found.mobile.is_some() {
        return Err(Refusal::bad(8361, format!("mobile number `{number}` is not assigned by this API")));
    }
    Ok(())
}

/// Checks that the extension may become somebody's at the location.
pub(crate) fn check_extension(
    state: &State,
    cx: &Context<'_>,
    org: Uuid,
    location: Uuid,
    extension: &str,
    by: Owner,
) -> Result<(), Refusal> {
    if let Some((code, text)) = reference::extension_fault(extension) {
        return Err(Refusal::bad(code, format!("{text} ({extension})")));
    }
    if extension_is_taken(state, cx.config, org, location, extension, by) {
        return Err(Refusal::bad(9495, format!("[Error 9495] The extension is not available: {extension}")));
    }
    Ok(())
}

/// Checks the whole line of a person who starts with calling.
pub(crate) fn check_new(state: &State, cx: &Context<'_>, org: Uuid, line: &Line, by: Owner) -> Result<(), Refusal> {
    let Line { number, extension, location } = line;
    if number.is_none() && extension.is_none() {
        return Err(Refusal::bad(1001, "a calling package needs `primaryPhoneNumber` or `extension`"));
    }
    let Some(location) = *location else {
        return Err(Refusal::bad(1001, "a calling package needs `locationId`"));
    };
    let is_calling = state.locations.get(&location).is_some_and(|found| found.org == org && found.calling.is_some());
    if !is_calling {
        return Err(Refusal::bad(Code::None, "`locationId` is not a calling location of the customer's organization"));
    }
    if let Some(number) = number {
        check_number(state, location, number, by)?;
    }
    if let Some(extension) = extension {
        check_extension(state, cx, org, location, extension, by)?;
    }
    Ok(())
}
