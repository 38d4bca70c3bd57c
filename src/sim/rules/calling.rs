//! `/telephony/config/locations`: what calling adds to a location.

use serde_json::{Value, json};

use super::locations::{self, LONGEST_CALLING_NAME};
use super::{addresses, jobs, orgs, provisioning};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context, Family, Fields};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::state::{Calling, Customer, JobKind, Location, PstnType, RouteType, State};

/// A calling location: where it is, and what calling adds.
pub(super) struct Found<'a> {
    pub(super) org: Uuid,
    pub(super) key: Uuid,
    pub(super) location: &'a Location,
    pub(super) calling: &'a Calling,
}

/// Finds the calling location that a path names.
pub(super) fn find<'a>(state: &'a State, cx: &Context<'_>, call: &Call) -> Result<Found<'a>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    find_in(state, cx, org, call.id())
}

pub(super) fn find_in<'a>(state: &'a State, cx: &Context<'_>, org: Uuid, id: &str) -> Result<Found<'a>, Refusal> {
    let (key, location) = locations::find(state, cx, org, id)?;
    match &location.calling {
        Some(calling) => Ok(Found { org, key, location, calling }),
        None => Err(Refusal::new(
            cx.config.not_calling_status.code(),
            4008,
            format!("location `{id}` is not enabled for calling"),
        )),
    }
}

/// Whether the organization may have calling at all.
fn has_calling(state: &State, org: Uuid) -> bool {
    state.organizations.get(&org).is_some_and(|org| org.calling)
        || state.customers.find(&Customer::of_org(org)).any(|(_, customer)| provisioning::has_calling(customer))
}

/// Enables calling: everything of the location is said again, and must be the same.
pub(crate) fn enable(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let mut body = call.body(Family::Calling)?;
    let id = body.need("id")?;
    let name = body.need("name")?;
    body.at_most("name", &name, LONGEST_CALLING_NAME)?;
    let time_zone = body.need("timeZone")?;
    let preferred_language = body.need("preferredLanguage")?;
    let announcement_language = locations::read_announcement_language(&mut body)?;
    let address = addresses::read_location(cx, body.need_object("address")?)?;
    // `wxc_sdk` sends the location as it was read.
    locations::read_org(cx, &mut body, org)?;
    body.ignore(&["latitude", "longitude", "notes"]);
    body.end(cx)?;

    let (key, location) = locations::find(state, cx, org, &id)?;
    let same = [
        ("name", location.name == name),
        ("timeZone", location.time_zone == time_zone),
        ("preferredLanguage", location.preferred_language == preferred_language),
        ("announcementLanguage", location.announcement_language == announcement_language),
        ("address", location.address == address),
    ];
    if let Some((field, _)) = same.iter().find(|(_, same)| !same) {
        return Err(Refusal::bad(Code::None, format!("`{field}` differs from that of the location")));
    }
    if location.calling.is_some() {
        return Err(Refusal::conflict("the location is enabled for calling already"));
    }
    if !has_calling(state, org) {
        return Err(Refusal::forbidden("the organization has no package with calling"));
    }
    let calling = Calling::new(&announcement_language);
    state.locations.edit(&key, |location| location.calling = Some(calling));
    Ok(Answer::created(json!({ "id": IdKind::Location.encode(key) })))
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let name = call.param("name").map(str::to_lowercase);
    let mut rows: Vec<(Uuid, &Location, &Calling)> = state
        .locations
        .find(&Location::calling_in(org))
        .filter_map(|(key, location)| Some((*key, location, location.calling.as_ref()?)))
        .filter(|(_, location, _)| name.as_ref().is_none_or(|name| location.name.to_lowercase().contains(name)))
        .collect();
    rows.sort_by_key(|(key, location, _)| (&location.name, *key));
    match call.param("order").unwrap_or("name-asc") {
        "name-asc" => {}
        "name-desc" => rows.reverse(),
        other => {
            return Err(Refusal::bad(Code::None, format!("`{other}` is not an order")));
        }
    }
    let length = Length { usual: 1000, cap: 1000 };
    let page = Page::cut(call, cx, Paging::Start, length, rows.into_iter())?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(key, location, calling)| {
            let mut line = json!({ "phoneNumber": calling.main_number });
            if let Some(name) = &calling.caller_name {
                line["name"] = json!(name);
            }
            let mut value = json!({
                "id": IdKind::Location.encode(*key),
                "name": location.name,
                "callingLineId": line,
                "enforceOutsideDialDigit": calling.enforce_outside_dial_digit,
                "e911SetupRequired": false,
            });
            put_texts(&mut value, calling);
            value
        })
        .collect();
    Ok(Answer::ok(json!({ "locations": items })).link(page.link))
}

fn put_texts(value: &mut Value, calling: &Calling) {
    let Calling { outside_dial_digit, routing_prefix, .. } = calling;
    for (name, text) in [("outsideDialDigit", outside_dial_digit), ("routingPrefix", routing_prefix)] {
        if let Some(text) = text {
            value[name] = json!(text);
        }
    }
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let Found { org, key, location, calling } = find(state, cx, call)?;
    let org_name = state.organizations.get(&org).map(|org| org.name.clone());
    let mut line = json!({ "name": calling.caller_name.clone().or(org_name) });
    if let Some(number) = &calling.main_number {
        line["phoneNumber"] = json!(number);
    }
    let mut value = json!({
        "id": IdKind::Location.encode(key),
        "name": location.name,
        "announcementLanguage": calling.announcement_language,
        "callingLineId": line,
        "externalCallerIdName": calling.external_caller_id_name.clone().unwrap_or_default(),
        "userLimit": 500_000,
        "enforceOutsideDialDigit": calling.enforce_outside_dial_digit,
        "defaultDomain": format!("{}.sim.example", &org.to_string()[..8]),
    });
    put_texts(&mut value, calling);
    if let Some((kind, route)) = calling.pstn.as_ref().and_then(|pstn| pstn.route) {
        value["connection"] = json!({ "type": kind.name(), "id": route_id(kind, route) });
    }
    let Calling { p_access_network_info, charge_number, .. } = calling;
    for (name, text) in [("pAccessNetworkInfo", p_access_network_info), ("chargeNumber", charge_number)] {
        if let Some(text) = text {
            value[name] = json!(text);
        }
    }
    Ok(Answer::ok(value))
}

pub(super) fn route_id(kind: RouteType, key: Uuid) -> String {
    match kind {
        RouteType::Trunk => IdKind::Trunk.encode(key),
        RouteType::RouteGroup => IdKind::RouteGroup.encode(key),
    }
}

/// Finds a route of the organization.
pub(super) fn find_route(
    state: &State,
    cx: &Context<'_>,
    org: Uuid,
    kind: &str,
    id: &str,
) -> Result<(RouteType, Uuid), Refusal> {
    let unknown = || Refusal::bad(4008, format!("the organization has no route `{id}`"));
    let found = state.organizations.get(&org).ok_or_else(unknown)?;
    let (kind, key, of_org) = match kind {
        "TRUNK" => (RouteType::Trunk, Call::decode(cx, IdKind::Trunk, id), &found.trunks),
        "ROUTE_GROUP" => (RouteType::RouteGroup, Call::decode(cx, IdKind::RouteGroup, id), &found.route_groups),
        other => {
            return Err(Refusal::bad(Code::None, format!("`{other}` is not TRUNK or ROUTE_GROUP")));
        }
    };
    let key = key.filter(|key| of_org.values().any(|known| known == key)).ok_or_else(unknown)?;
    Ok((kind, key))
}

/// Changes what is sent. A new routing prefix starts a job, and only one such job runs at a time.
pub(crate) fn update(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let found = find(state, cx, call)?;
    let (org, key) = (found.org, found.key);
    let new = read_update(state, cx, call, &found)?;
    let prefix_changes = new.routing_prefix != found.calling.routing_prefix;
    if prefix_changes && jobs::is_running(state, org, "updateRoutingPrefix") {
        let reason = "UpdateRoutingPrefixJob failed as another one is already in progress.";
        return Err(Refusal::own(409, json!({ "failureReason": reason })));
    }
    state.locations.edit(&key, |location| location.calling = Some(new));
    if !prefix_changes {
        return Ok(Answer::no_content());
    }
    let job = jobs::start(state, cx, org, JobKind::UpdateRoutingPrefix { location: key });
    Ok(Answer::ok(json!({ "batchJobId": IdKind::Job.encode(job) })))
}

fn read_update(state: &State, cx: &Context<'_>, call: &Call, found: &Found<'_>) -> Result<Calling, Refusal> {
    let mut new = found.calling.clone();
    let mut body = call.body(Family::Calling)?;
    if body.has("announcementLanguage") {
        new.announcement_language = locations::read_announcement_language(&mut body)?;
    }
    if let Some(line) = body.object("callingLineId")? {
        read_calling_line(state, cx, found.key, line, &mut new)?;
    }
    if let Some(mut connection) = body.object("connection")? {
        let (kind, id) = (connection.need("type")?, connection.need("id")?);
        connection.end(cx)?;
        let route = find_route(state, cx, found.org, &kind, &id)?;
        match new.pstn.as_mut().filter(|pstn| pstn.kind == PstnType::LocalGateway) {
            Some(pstn) => pstn.route = Some(route),
            None => return Err(body.wrong("connection", "is for premises-based PSTN alone")),
        }
    }
    if let Some(name) = body.filled("externalCallerIdName")? {
        body.at_most("externalCallerIdName", &name, 30)?;
        new.external_caller_id_name = Some(name);
    }
    if let Some(info) = body.filled("pAccessNetworkInfo")? {
        if !["BE", "DE", "FR"].contains(&found.location.address.country.as_str()) {
            return Err(body.wrong("pAccessNetworkInfo", "is for locations in BE, DE and FR alone"));
        }
        new.p_access_network_info = Some(info);
    }
    if let Some(digits) = body.filled("outsideDialDigit")? {
        check_digits(&body, "outsideDialDigit", &digits, 4)?;
        new.outside_dial_digit = Some(digits);
    }
    if let Some(enforced) = body.flag("enforceOutsideDialDigit")? {
        new.enforce_outside_dial_digit = enforced;
    }
    if let Some(prefix) = body.filled("routingPrefix")? {
        check_digits(&body, "routingPrefix", &prefix, 7)?;
        let taken = state.locations.find(&Location::calling_in(found.org)).any(|(key, other)| {
            let calling = other.calling.as_ref();
            *key != found.key && calling.and_then(|calling| calling.routing_prefix.as_ref()) == Some(&prefix)
        });
        if taken {
            return Err(body.wrong("routingPrefix", "is that of another location"));
        }
        new.routing_prefix = Some(prefix);
    }
    if let Some(number) = body.filled("chargeNumber")? {
        new.charge_number = Some(number);
    }
    body.end(cx)?;
    Ok(new)
}

fn check_digits(fields: &Fields<'_>, name: &str, text: &str, longest: usize) -> Result<(), Refusal> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= longest {
        return Ok(());
    }
    Err(fields.wrong(name, &format!("is `{text}`, not up to {longest} digits")))
}

fn read_calling_line(
    state: &State,
    cx: &Context<'_>,
    key: Uuid,
    mut line: Fields<'_>,
    new: &mut Calling,
) -> Result<(), Refusal> {
    new.caller_name = line.filled("name")?.or(new.caller_name.take());
    // A null or empty number is refused like any text of the wrong kind: nothing clears a main number.
    if let Some(number) = line.filled("phoneNumber")? {
        let found = state.numbers.get(&number).filter(|found| found.location == key);
        if !found.is_some_and(|found| found.active) {
            return Err(line.wrong("phoneNumber", "is not an active number of the location"));
        }
        new.main_number = Some(number);
    }
    line.end(cx)
}
