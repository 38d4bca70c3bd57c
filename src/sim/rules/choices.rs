//! What may be chosen for a calling location: main numbers and routes.

use serde_json::{Value, json};

use super::calling::{find, route_id};
use super::{numbers, orgs};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::state::{Number, Person, RouteType, State};

/// Lists the numbers that may become the main number.
pub(crate) fn available_numbers(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let found = find(state, cx, call)?;
    let only: Vec<&str> = call.params("phoneNumber").flat_map(|list| list.split(',')).collect();
    let owner_name = call.param("ownerName").map(str::to_lowercase);
    let matching = state.numbers.find(&Number::at(found.key)).filter(|(number, _)| {
        let owner = state.people.first(&Person::with_number(number)).map(|(_, person)| person);
        (only.is_empty() || only.contains(&number.as_str()))
            && owner_name
                .as_ref()
                .is_none_or(|name| owner.is_some_and(|owner| owner.display_name.to_lowercase().contains(name)))
    });
    let length = Length { usual: 2000, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, matching)?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(number, row)| {
            let mut value = json!({
                "phoneNumber": number,
                "state": if row.active { "ACTIVE" } else { "INACTIVE" },
                "isMainNumber": found.calling.main_number.as_ref() == Some(number),
                "tollFreeNumber": row.toll_free,
                "telephonyType": "PSTN_NUMBER",
                "isServiceNumber": row.service,
            });
            if let Some((owner, person)) = state.people.first(&Person::with_number(number)) {
                value["owner"] = numbers::owner_value(*owner, person);
            }
            value
        })
        .collect();
    Ok(Answer::ok(json!({ "phoneNumbers": items })).link(page.link))
}

pub(crate) fn route_choices(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    if let Some(order) = call.param("order") {
        return Err(Refusal::bad(Code::None, format!("order `{order}` is not served yet")));
    }
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
    let length = Length { usual: 2000, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, groups.chain(trunks))?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(name, kind, key)| json!({ "id": route_id(*kind, *key), "name": name, "type": kind.name() }))
        .collect();
    Ok(Answer::ok(json!({ "routeIdentities": items })).link(page.link))
}
