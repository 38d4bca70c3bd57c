//! `/locations/{id}/floors`

use super::orgs;
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reply::{Created, Done, Found, Items};
use crate::sim::state::{Floor, State};
use crate::sim::text::Text;
use crate::sim::wire::floor as wire;

fn show(key: Uuid, floor: &Floor) -> wire::Floor {
    wire::Floor {
        id: IdKind::Floor.encode(key),
        location_id: IdKind::Location.encode(floor.location),
        number: floor.number,
        display_name: floor.name.clone(),
    }
}

/// Returns the location that a path names. No parameter says the organization here.
fn location(state: &State, cx: &Context<'_>, call: &Call) -> Result<Uuid, Refusal> {
    let unknown = || Refusal::not_found("location", call.id());
    let key = Call::decode(cx, IdKind::Location, call.id()).ok_or_else(unknown)?;
    let found = state.locations.get(&key).ok_or_else(unknown)?;
    orgs::check_reachable(state, cx, found.org)?;
    Ok(key)
}

fn find<'a>(state: &'a State, cx: &Context<'_>, call: &Call) -> Result<(Uuid, &'a Floor), Refusal> {
    let location = location(state, cx, call)?;
    Call::decode(cx, IdKind::Floor, call.second_id())
        .and_then(|key| Some((key, state.floors.get(&key)?)))
        .filter(|(_, floor)| floor.location == location)
        .ok_or_else(|| Refusal::not_found("floor", call.second_id()))
}

/// Takes what is asked for; the number must be free at the location, or the floor's own.
fn take(
    state: &State,
    cx: &Context<'_>,
    location: Uuid,
    asked: wire::FloorRequest,
    own: Option<Uuid>,
) -> Result<Floor, Refusal> {
    let wire::FloorRequest { floor_number, display_name } = asked;
    let number = whole(floor_number)
        .ok_or_else(|| Refusal::bad(Code::None, format!("`floorNumber` is {floor_number}, not a whole number")))?;
    let mut same = state.floors.find(&Floor::at(location)).filter(|(_, floor)| floor.number == number);
    if same.any(|(key, _)| Some(*key) != own) && cx.config.duplicate_floor.refuses() {
        return Err(Refusal::conflict(format!("the location has a floor {number} already")));
    }
    Ok(Floor { location, number, name: display_name.map(Text::into_string) })
}

/// Returns the whole number that it is; no building has as many floors as would not fit.
fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small")]
    (number.fract() == 0.0 && number.abs() < 1e6).then_some(number as i64)
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<Items<wire::Floor>>, Refusal> {
    let location = location(state, cx, call)?;
    let items = state.floors.find(&Floor::at(location)).map(|(key, floor)| show(*key, floor)).collect();
    Ok(Found::new(Items { items }))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::Floor>, Refusal> {
    let (key, floor) = find(state, cx, call)?;
    Ok(Found::new(show(key, floor)))
}

pub(crate) fn create(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::FloorRequest,
) -> Result<Created<wire::Floor>, Refusal> {
    let location = location(state, cx, call)?;
    let floor = take(state, cx, location, asked, None)?;
    let key = state.next_id();
    let shown = show(key, &floor);
    state.floors.insert(key, floor);
    Ok(Created::new(shown))
}

pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::FloorRequest,
) -> Result<Found<wire::Floor>, Refusal> {
    let (key, old) = find(state, cx, call)?;
    let floor = take(state, cx, old.location, asked, Some(key))?;
    let shown = show(key, &floor);
    state.floors.insert(key, floor);
    Ok(Found::new(shown))
}

pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let (key, _) = find(state, cx, call)?;
    state.floors.remove(&key);
    Ok(Done::new())
}
