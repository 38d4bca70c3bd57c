//! What may be chosen for a calling location: main numbers, emergency callback numbers, and routes.

use std::cmp::Ordering;

use super::calling::{Site, find, route_id};
use super::{numbers, orgs};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::Uuid;
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reply::Found;
use crate::sim::state::{Number, Person, RouteType, State};
use crate::sim::wire::calling_location::{RouteChoices, RouteIdentity};
use crate::sim::wire::number::{AvailableNumber, AvailableNumbers, NumberState, PstnTelephony};

/// Lists the numbers that may become the main number.
pub(crate) fn available_numbers(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<AvailableNumbers>, Refusal> {
    list(state, cx, call, |_, _| true)
}

/// Lists the numbers that emergency services may call back: those of a person, and no service numbers.
pub(crate) fn callback_numbers(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<AvailableNumbers>, Refusal> {
    list(state, cx, call, |row, owner| owner.is_some() && !row.service)
}

fn list(
    state: &State,
    cx: &Context<'_>,
    call: &Call,
    takes: impl Fn(&Number, Option<&Person>) -> bool,
) -> Result<Found<AvailableNumbers>, Refusal> {
    let Site { key, calling, .. } = find(state, cx, call)?;
    let only: Vec<&str> = call.params("phoneNumber").flat_map(|list| list.split(',')).collect();
    let owner_name = numbers::name_filter(call)?;
    let owner_of = |number: &str| state.people.first(&Person::with_number(number));
    let matching = state.numbers.find(&Number::at(key)).filter(|(number, row)| {
        let owner = owner_of(number).map(|(_, person)| person);
        row.mobile.is_none()
            && (only.is_empty() || only.contains(&number.as_str()))
            && owner_name
                .as_ref()
                .is_none_or(|name| owner.is_some_and(|owner| owner.display_name.to_lowercase().contains(name)))
            && takes(row, owner)
    });
    let length = Length { usual: 2000, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, matching)?;
    let show = |(number, row): &(&String, &Number)| AvailableNumber {
        phone_number: (*number).clone(),
        state: NumberState::of(row.active),
        is_main_number: calling.main_number.as_ref() == Some(*number),
        toll_free_number: row.toll_free,
        telephony_type: PstnTelephony::PstnNumber,
        is_service_number: row.service,
        owner: owner_of(number).map(|(key, person)| numbers::show_owner(*key, person)),
    };
    let phone_numbers = page.items.iter().map(show).collect();
    Ok(Found::new(AvailableNumbers { phone_numbers }).link(page.link))
}

pub(crate) fn route_choices(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<RouteChoices>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let found = state.organizations.get(&org);
    let (trunk, group) = (call.param("trunkName"), call.param("routeGroupName"));
    let contains = |name: &str, wanted: Option<&str>, other: Option<&str>| match wanted {
        Some(wanted) => name.to_lowercase().contains(&wanted.to_lowercase()),
        None => other.is_none(),
    };
    let trunks = found.into_iter().flat_map(|org| &org.trunks);
    let trunks =
        trunks.filter(|(name, _)| contains(name, trunk, group)).map(|(name, key)| (name, RouteType::Trunk, *key));
    let groups = found.into_iter().flat_map(|org| &org.route_groups);
    let groups =
        groups.filter(|(name, _)| contains(name, group, trunk)).map(|(name, key)| (name, RouteType::RouteGroup, *key));
    // Groups come before trunks, each by name, which is the order by type.
    let mut routes: Vec<(&String, RouteType, Uuid)> = groups.chain(trunks).collect();
    if let Some(order) = call.param("order") {
        sort_routes(&mut routes, order)?;
    }
    let length = Length { usual: 2000, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, routes.into_iter())?;
    let show = |(name, kind, key): &(&String, RouteType, Uuid)| RouteIdentity {
        id: route_id(*kind, *key),
        name: (*name).clone(),
        kind: *kind,
    };
    let route_identities = page.items.iter().map(show).collect();
    Ok(Found::new(RouteChoices { route_identities }).link(page.link))
}

/// Sorts routes by one or more fields, as in `routeType|routeName-desc`.
fn sort_routes(routes: &mut [(&String, RouteType, Uuid)], order: &str) -> Result<(), Refusal> {
    let rank = |kind: RouteType| match kind {
        RouteType::RouteGroup => 0,
        RouteType::Trunk => 1,
    };
    for part in order.split('|').rev() {
        let (field, way) = part.split_once('-').unwrap_or((part, "asc"));
        let compare: fn(Ordering) -> Ordering = match way {
            "asc" => |ordering| ordering,
            "desc" => Ordering::reverse,
            _ => return Err(Refusal::bad(Code::None, format!("`{part}` of parameter `order` is not `asc` or `desc`"))),
        };
        match field {
            "routeName" => routes.sort_by(|(one, ..), (other, ..)| compare(one.cmp(other))),
            "routeType" => routes.sort_by(|(_, one, _), (_, other, _)| compare(rank(*one).cmp(&rank(*other)))),
            _ => {
                let text = format!("`{part}` of parameter `order` is not `routeName` or `routeType`");
                return Err(Refusal::bad(Code::None, text));
            }
        }
    }
    Ok(())
}
