//! `/telephony/config/locations`: what calling adds to a location.

use super::{addresses, jobs, locations, orgs, provisioning};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference;
use crate::sim::reply::{Created, Done, Either, Found, With};
use crate::sim::state::{Calling, Customer, EmergencyAddress, JobKind, Location, PstnType, RouteType, State};
use crate::sim::text::Nullable;
use crate::sim::wire::calling_location as wire;
use serde_json::json;

/// A calling location: where it is, and what calling adds.
pub(super) struct Site<'a> {
    pub(super) org: Uuid,
    pub(super) key: Uuid,
    pub(super) location: &'a Location,
    pub(super) calling: &'a Calling,
}

/// Finds the calling location that a path names.
pub(super) fn find<'a>(state: &'a State, cx: &Context<'_>, call: &Call) -> Result<Site<'a>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    find_in(state, cx, org, call.id())
}

pub(super) fn find_in<'a>(state: &'a State, cx: &Context<'_>, org: Uuid, id: &str) -> Result<Site<'a>, Refusal> {
    let (key, location) = locations::find(state, cx, org, id)?;
    match &location.calling {
        Some(calling) => Ok(Site { org, key, location, calling }),
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

pub(super) fn check_announcement_language(field: &str, language: &str) -> Result<(), Refusal> {
    if reference::is_announcement_language(language) {
        return Ok(());
    }
    Err(Refusal::bad(Code::None, format!("`{field}` is `{language}`, not an announcement language")))
}

/// Enables calling: everything of the location is said again, and must be the same.
pub(crate) fn enable(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::CallingRequest,
) -> Result<Created<wire::CallingLocationId>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let wire::CallingRequest { id, name, time_zone, preferred_language, announcement_language, address, .. } = asked;
    if let Some(id) = asked.org_id
        && Call::decode(cx, IdKind::Organization, &id) != Some(org)
    {
        return Err(Refusal::bad(Code::None, "`orgId` is not the organization of the request"));
    }
    check_announcement_language("announcementLanguage", &announcement_language)?;
    let address = addresses::take_place(Family::Calling, "address", address)?;
    let (key, location) = locations::find(state, cx, org, &id)?;
    let same = [
        ("name", location.name == *name),
        ("timeZone", location.time_zone == *time_zone),
        ("preferredLanguage", location.preferred_language == *preferred_language),
        ("announcementLanguage", location.announcement_language == *announcement_language),
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
    Ok(Created::new(wire::CallingLocationId { id: IdKind::Location.encode(key) }))
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::CallingLocations>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let name = call.param("name").map(str::to_lowercase);
    let mut rows: Vec<(Uuid, &Location, &Calling)> = state
        .locations
        .find(&Location::calling_in(org))
        .filter_map(|(key, location)| Some((*key, location, location.calling.as_ref()?)))
        .filter(|(_, location, _)| name.as_ref().is_none_or(|name| location.name.to_lowercase().contains(name)))
        .collect();
    rows.sort_by_key(|(key, location, _)| (&location.name, *key));
    if call.param("order") == Some("name-desc") {
        rows.reverse();
    }
    let length = Length { usual: 1000, cap: 1000 };
    let page = Page::cut(call, cx, Paging::Start, length, rows.into_iter())?;
    let locations = page.items.iter().map(|(key, location, calling)| entry(state, *key, location, calling)).collect();
    Ok(Found::new(wire::CallingLocations { locations }).link(page.link))
}

fn entry(state: &State, key: Uuid, location: &Location, calling: &Calling) -> wire::CallingLocationEntry {
    wire::CallingLocationEntry {
        id: IdKind::Location.encode(key),
        name: location.name.clone(),
        outside_dial_digit: calling.outside_dial_digit.clone(),
        enforce_outside_dial_digit: calling.enforce_outside_dial_digit,
        routing_prefix: calling.routing_prefix.clone(),
        calling_line_id: wire::ListedCallingLine {
            name: calling.caller_name.clone(),
            phone_number: Nullable(calling.main_number.clone()),
        },
        e911_setup_required: lacks_e911(state, key, location, calling),
    }
}

/// Whether calls to 911 leave the location without an address.
fn lacks_e911(state: &State, key: Uuid, location: &Location, calling: &Calling) -> bool {
    ["CA", "US"].contains(&location.address.country.as_str())
        && calling.pstn.is_some()
        && state.emergency_addresses.count(&EmergencyAddress::at(key)) == 0
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::CallingLocation>, Refusal> {
    let Site { org, key, location, calling } = find(state, cx, call)?;
    let org_name = || state.organizations.get(&org).map(|org| org.name.clone());
    let kind = calling.pstn.as_ref().map(|pstn| pstn.kind);
    let route = calling.pstn.as_ref().and_then(|pstn| pstn.route);
    Ok(Found::new(wire::CallingLocation {
        id: IdKind::Location.encode(key),
        name: location.name.clone(),
        announcement_language: calling.announcement_language.clone(),
        calling_line_id: wire::CallingLine {
            name: calling.caller_name.clone().or_else(org_name).unwrap_or_default(),
            phone_number: calling.main_number.clone(),
        },
        connection: route.map(|(kind, route)| wire::RouteConnection { kind, id: route_id(kind, route) }),
        subscription_id: (kind == Some(PstnType::CiscoPstn)).then(|| "trial".to_owned()),
        external_caller_id_name: calling.external_caller_id_name.clone().unwrap_or_default(),
        user_limit: 500_000,
        p_access_network_info: calling.p_access_network_info.clone(),
        outside_dial_digit: calling.outside_dial_digit.clone(),
        enforce_outside_dial_digit: calling.enforce_outside_dial_digit,
        routing_prefix: calling.routing_prefix.clone(),
        default_domain: format!("{}.sim.example", &org.to_string()[..8]),
        charge_number: calling.charge_number.clone(),
        use_charge_number_for_p_charge_info: (kind == Some(PstnType::LocalGateway)).then_some(true),
    }))
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
    kind: RouteType,
    id: &str,
) -> Result<(RouteType, Uuid), Refusal> {
    let unknown = || Refusal::bad(4008, format!("the organization has no route `{id}`"));
    let found = state.organizations.get(&org).ok_or_else(unknown)?;
    let (key, of_org) = match kind {
        RouteType::Trunk => (Call::decode(cx, IdKind::Trunk, id), &found.trunks),
        RouteType::RouteGroup => (Call::decode(cx, IdKind::RouteGroup, id), &found.route_groups),
    };
    let key = key.filter(|key| of_org.values().any(|known| known == key)).ok_or_else(unknown)?;
    Ok((kind, key))
}

/// Everything that a change of a calling location may answer.
type Updated = Either<Done, Either<Found<wire::PrefixJobStarted>, With<206, wire::PrefixJobNotStarted>>>;

/// Changes what is sent. A new routing prefix starts a job, and only one such job runs at a time.
pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    change: wire::CallingLocationChange,
) -> Result<Updated, Refusal> {
    let site = find(state, cx, call)?;
    let (org, key) = (site.org, site.key);
    let old_prefix = site.calling.routing_prefix.clone();
    let new = changed(state, cx, &site, change)?;
    let new_prefix = new.routing_prefix.clone();
    let prefix_changes = new_prefix != old_prefix;
    if prefix_changes && jobs::is_running(state, org, "updateRoutingPrefix") {
        let reason = "UpdateRoutingPrefixJob failed as another one is already in progress.";
        return Err(Refusal::own(409, json!({ "failureReason": reason })));
    }
    state.locations.edit(&key, |location| location.calling = Some(new));
    if !prefix_changes {
        return Ok(Either::This(Done::new()));
    }
    let new_prefix = new_prefix.unwrap_or_default();
    if cx.config.jobless_prefixes.contains(&new_prefix) {
        let failure_reason = format!(
            "UpdateRoutingPrefix batch job not triggered for Location: {key}. OldRoutingPrefix : {}. \
             NewRoutingPrefix: {new_prefix}.",
            old_prefix.unwrap_or_default(),
        );
        return Ok(Either::That(Either::That(With::new(wire::PrefixJobNotStarted { failure_reason }))));
    }
    let job = jobs::start(state, cx, org, JobKind::UpdateRoutingPrefix { location: key });
    let batch_job_id = IdKind::Job.encode(job);
    Ok(Either::That(Either::This(Found::new(wire::PrefixJobStarted { batch_job_id }))))
}

/// Returns what calling of the location would be after a change.
fn changed(
    state: &State,
    cx: &Context<'_>,
    site: &Site<'_>,
    change: wire::CallingLocationChange,
) -> Result<Calling, Refusal> {
    let mut new = site.calling.clone();
    if let Some(language) = change.announcement_language {
        check_announcement_language("announcementLanguage", &language)?;
        new.announcement_language = language.into();
    }
    if let Some(wire::CallingLineChange { name, phone_number }) = change.calling_line_id {
        new.caller_name = name.map(String::from).or(new.caller_name);
        if let Some(number) = phone_number {
            check_main_number(state, site.key, &number)?;
            new.main_number = Some(number.into());
        }
    }
    if let Some(wire::RouteConnectionChange { kind, id }) = change.connection {
        let kind = kind.ok_or_else(|| Family::Calling.missing("connection.type"))?;
        let id = id.ok_or_else(|| Family::Calling.missing("connection.id"))?;
        let route = find_route(state, cx, site.org, kind, &id)?;
        match new.pstn.as_mut().filter(|pstn| pstn.kind == PstnType::LocalGateway) {
            Some(pstn) => pstn.route = Some(route),
            None => return Err(Refusal::bad(Code::None, "`connection` is for premises-based PSTN alone")),
        }
    }
    new.external_caller_id_name = change.external_caller_id_name.map(String::from).or(new.external_caller_id_name);
    if let Some(info) = change.p_access_network_info {
        if !["BE", "DE", "FR"].contains(&site.location.address.country.as_str()) {
            return Err(Refusal::bad(Code::None, "`pAccessNetworkInfo` is for locations in BE, DE and FR alone"));
        }
        new.p_access_network_info = Some(info.into());
    }
    if let Some(digits) = change.outside_dial_digit {
        check_digits("outsideDialDigit", &digits, 4)?;
        new.outside_dial_digit = Some(digits.into());
    }
    new.enforce_outside_dial_digit = change.enforce_outside_dial_digit.unwrap_or(new.enforce_outside_dial_digit);
    if let Some(prefix) = change.routing_prefix {
        check_digits("routingPrefix", &prefix, 7)?;
        check_prefix(state, site, &prefix)?;
        new.routing_prefix = Some(prefix.into());
    }
    if let Some(number) = change.charge_number {
        if !reference::is_e164(&number) {
            return Err(Refusal::bad(Code::None, format!("`chargeNumber` is `{number}`, not an E.164 number")));
        }
        new.charge_number = Some(number.into());
    }
    Ok(new)
}

fn check_digits(field: &str, text: &str, longest: usize) -> Result<(), Refusal> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= longest {
        return Ok(());
    }
    Err(Refusal::bad(Code::None, format!("`{field}` is `{text}`, not up to {longest} digits")))
}

fn check_prefix(state: &State, site: &Site<'_>, prefix: &str) -> Result<(), Refusal> {
    let taken = state.locations.find(&Location::calling_in(site.org)).any(|(key, other)| {
        let calling = other.calling.as_ref();
        *key != site.key && calling.and_then(|calling| calling.routing_prefix.as_deref()) == Some(prefix)
    });
    if taken {
        return Err(Refusal::bad(Code::None, "`routingPrefix` is that of another location"));
    }
    Ok(())
}

/// Checks that the number may become the main number; nothing clears one.
fn check_main_number(state: &State, location: Uuid, number: &str) -> Result<(), Refusal> {
    let found = state.numbers.get(number).filter(|found| found.location == location);
    if found.is_some_and(|found| found.active && found.mobile.is_none()) {
        return Ok(());
    }
    let text = "`callingLineId.phoneNumber` is not an active number of the location that may be its main number";
    Err(Refusal::bad(Code::None, text))
}

/// Changes the announcement language of those who are there; new ones go on with the default.
pub(crate) fn speak(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    change: wire::SpokenLanguageChange,
) -> Result<Done, Refusal> {
    let key = find(state, cx, call)?.key;
    let wire::SpokenLanguageChange { agent_enabled, service_enabled, announcement_language_code } = change;
    check_announcement_language("announcementLanguageCode", &announcement_language_code)?;
    let language = announcement_language_code.into_string();
    state.locations.edit(&key, |location| {
        let Some(calling) = &mut location.calling else { return };
        if agent_enabled == Some(true) {
            calling.spoken.people = Some(language.clone());
        }
        if service_enabled == Some(true) {
            calling.spoken.features = Some(language);
        }
    });
    Ok(Done::new())
}
