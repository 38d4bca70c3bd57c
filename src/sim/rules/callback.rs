//! The number of a location that emergency services call back.

use super::calling::{self, Site};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reply::{Done, Found};
use crate::sim::state::{Callback, Person, State};
use crate::sim::wire::emergency::{
    CallbackChange, CallbackChoice, CallbackLevel, CallbackLocation, CallbackMember, CallbackMemberType,
    CallbackNumber, CallbackQuality,
};

/// For how many minutes an emergency location identification number may stay with a caller.
const ELIN_MINUTES: std::ops::RangeInclusive<u32> = 10..=1440;

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<CallbackNumber>, Refusal> {
    let Site { key, location, calling, .. } = calling::find(state, cx, call)?;
    let Callback { member, elin_minutes } = &calling.callback;
    let main = calling.main_number.clone();
    let location_level = if main.is_some() { CallbackLevel::LocationNumber } else { CallbackLevel::None };
    let found = member.and_then(|member| Some((member, member_at(state, key, member)?)));
    let number = found.and_then(|(_, person)| person.number.clone());
    // Somebody who has no number any more is represented by the location.
    let member_level = if number.is_some() { CallbackLevel::LocationMemberNumber } else { location_level };
    let member_value = number.clone().or_else(|| main.clone().filter(|_| member.is_some()));
    let location_member_info = CallbackMember {
        quality: quality(state, number.as_deref()),
        phone_number: number,
        first_name: found.and_then(|(_, person)| person.first_name.clone()),
        last_name: found.and_then(|(_, person)| person.last_name.clone()),
        member_id: found.map(|(key, _)| IdKind::People.encode(key)),
        member_type: found.map(|_| CallbackMemberType::People),
        effective_level: if member.is_some() { member_level } else { CallbackLevel::None },
        effective_value: member_value.unwrap_or_default(),
    };
    Ok(Found::new(CallbackNumber {
        location_info: CallbackLocation {
            quality: quality(state, main.as_deref()),
            effective_value: main.clone().unwrap_or_default(),
            phone_number: main,
            name: location.name.clone(),
            effective_level: location_level,
        },
        location_member_info,
        selected: if member.is_some() { CallbackChoice::LocationMemberNumber } else { CallbackChoice::LocationNumber },
        elin_expiry_time_minutes: *elin_minutes,
    }))
}

fn member_at(state: &State, location: Uuid, key: Uuid) -> Option<&Person> {
    state.people.get(&key).filter(|person| person.location == Some(location))
}

fn quality(state: &State, number: Option<&str>) -> CallbackQuality {
    match number.and_then(|number| state.numbers.get(number)) {
        Some(row) if row.active && !row.toll_free && !row.service => CallbackQuality::Recommended,
        Some(row) if row.active => CallbackQuality::NotRecommended,
        Some(_) | None => CallbackQuality::Invalid,
    }
}

/// Chooses the main number, or the number of somebody at the location.
pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    change: CallbackChange,
) -> Result<Done, Refusal> {
    let Site { key, calling, .. } = calling::find(state, cx, call)?;
    let elin_minutes = change.elin_expiry_time_minutes.unwrap_or(calling.callback.elin_minutes);
    if !ELIN_MINUTES.contains(&elin_minutes) {
        let text = format!("`elinExpiryTimeMinutes` is {elin_minutes}, not between 10 and 1440");
        return Err(Family::Calling.out_of_bounds(text));
    }
    let member = match change.selected {
        CallbackChoice::LocationNumber => None,
        CallbackChoice::LocationMemberNumber => {
            let id = change.location_member_id.filter(|id| !id.is_empty());
            let id = id.ok_or_else(|| Family::Calling.missing("locationMemberId"))?;
            let member = IdKind::People.decode(&id).or_else(|| id.parse().ok());
            let member =
                member.filter(|member| member_at(state, key, *member).is_some_and(|person| person.number.is_some()));
            let text = "`locationMemberId` is not a person of the location with a number";
            Some(member.ok_or_else(|| Refusal::bad(Code::None, text))?)
        }
    };
    state.locations.edit(&key, |location| {
        if let Some(calling) = &mut location.calling {
            calling.callback = Callback { member, elin_minutes };
        }
    });
    Ok(Done::new())
}
