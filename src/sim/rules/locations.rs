//! `/locations`: places of an organization, whether or not they have calling.

use serde_json::{Value, json};

use super::{addresses, orgs};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context, Family, Fields};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference;
use crate::sim::state::{Location, State};

/// The longest name of a location with calling.
pub(crate) const LONGEST_CALLING_NAME: usize = 80;
const LONGEST_NAME: usize = 256;

/// Finds the location that an id names in an organization.
pub(crate) fn find<'a>(
    state: &'a State,
    cx: &Context<'_>,
    org: Uuid,
    id: &str,
) -> Result<(Uuid, &'a Location), Refusal> {
    Call::decode(cx, IdKind::Location, id)
        .and_then(|key| Some((key, state.locations.get(&key)?)))
        .filter(|(_, location)| location.org == org)
        .ok_or_else(|| Refusal::not_found("location", id))
}

/// Writes a location; its announcement language never shows here.
fn to_value(key: Uuid, location: &Location, with_language: bool) -> Value {
    let mut value = json!({
        "id": IdKind::Location.encode(key),
        "name": location.name,
        "orgId": IdKind::Organization.encode(location.org),
        "address": addresses::to_location(&location.address),
        "timeZone": location.time_zone,
    });
    if with_language {
        value["preferredLanguage"] = json!(location.preferred_language);
    }
    let Location { latitude, longitude, notes, .. } = location;
    for (name, text) in [("latitude", latitude), ("longitude", longitude), ("notes", notes)] {
        if let Some(text) = text {
            value[name] = json!(text);
        }
    }
    value
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let name = call.param("name").map(str::to_lowercase);
    let id = call.param("id").map(|id| Call::decode(cx, IdKind::Location, id));
    let matching = state.locations.find(&Location::of_org(org)).filter(|(key, location)| {
        name.as_ref().is_none_or(|name| location.name.to_lowercase().contains(name))
            && id.is_none_or(|id| id == Some(**key))
    });
    let length = Length { usual: 100, cap: 500 };
    let page = Page::cut(call, cx, Paging::Cursor, length, matching)?;
    let items: Vec<Value> = page.items.iter().map(|(key, location)| to_value(**key, location, true)).collect();
    Ok(Answer::ok(json!({ "items": items })).link(page.link))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (key, location) = find(state, cx, org, call.id())?;
    Ok(Answer::ok(to_value(key, location, cx.config.language_in_location_detail)))
}

fn read_zone(fields: &mut Fields<'_>) -> Result<Option<String>, Refusal> {
    match fields.filled("timeZone")? {
        Some(zone) if !reference::is_time_zone(&zone) => {
            Err(fields.wrong("timeZone", &format!("is `{zone}`, not an IANA time zone")))
        }
        zone => Ok(zone),
    }
}

fn read_language(fields: &mut Fields<'_>) -> Result<Option<String>, Refusal> {
    match fields.filled("preferredLanguage")? {
        Some(language) if !reference::is_location_language(&language) => {
            Err(fields.wrong("preferredLanguage", &format!("is `{language}`, not of the form `ll_cc`")))
        }
        language => Ok(language),
    }
}

/// Reads a mandatory announcement language.
pub(super) fn read_announcement_language(fields: &mut Fields<'_>) -> Result<String, Refusal> {
    let language = fields.need("announcementLanguage")?;
    if !reference::is_announcement_language(&language) {
        return Err(fields.wrong("announcementLanguage", &format!("is `{language}`, not an announcement language")));
    }
    Ok(language)
}

/// Reads `orgId` of a body, which no document names: `wxc_sdk` repeats the parameter there, and the service takes it.
pub(super) fn read_org(cx: &Context<'_>, fields: &mut Fields<'_>, org: Uuid) -> Result<(), Refusal> {
    match fields.filled("orgId")? {
        Some(id) if Call::decode(cx, IdKind::Organization, &id) != Some(org) => {
            Err(fields.wrong("orgId", "differs from the parameter `orgId`"))
        }
        _ => Ok(()),
    }
}

fn check_name(state: &State, cx: &Context<'_>, org: Uuid, name: &str, own: Option<Uuid>) -> Result<(), Refusal> {
    let mut same = state.locations.find(&Location::named(org, name));
    if same.any(|(key, _)| Some(*key) != own) && cx.config.duplicate_location_name.refuses() {
        return Err(Refusal::conflict(format!("there is a location `{name}` already")));
    }
    Ok(())
}

pub(crate) fn create(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let mut body = call.body(Family::Other)?;
    let name = body.need("name")?;
    body.at_most("name", &name, LONGEST_NAME)?;
    let time_zone = read_zone(&mut body)?.ok_or_else(|| body.missing("timeZone"))?;
    let preferred_language = read_language(&mut body)?.ok_or_else(|| body.missing("preferredLanguage"))?;
    let announcement_language = read_announcement_language(&mut body)?;
    let address = addresses::read_location(cx, body.need_object("address")?)?;
    let latitude = body.number_as_text("latitude")?;
    let longitude = body.number_as_text("longitude")?;
    let notes = body.text("notes")?;
    read_org(cx, &mut body, org)?;
    body.end(cx)?;
    check_name(state, cx, org, &name, None)?;
    let location = Location {
        org,
        name,
        time_zone,
        preferred_language,
        announcement_language,
        address,
        latitude,
        longitude,
        notes,
        calling: None,
        created: cx.now,
    };
    let key = state.next_id();
    // The documents promise `{id}`; the service returns the whole object.
    let value = to_value(key, &location, true);
    state.locations.insert(key, location);
    Ok(Answer::created(value))
}

pub(crate) fn update(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (key, old) = find(state, cx, org, call.id())?;
    let mut body = call.body(Family::Other)?;
    let mut new = old.clone();
    if let Some(name) = body.filled("name")? {
        let longest = if old.calling.is_some() { LONGEST_CALLING_NAME } else { LONGEST_NAME };
        body.at_most("name", &name, longest)?;
        check_name(state, cx, org, &name, Some(key))?;
        new.name = name;
    }
    new.time_zone = read_zone(&mut body)?.unwrap_or(new.time_zone);
    new.preferred_language = read_language(&mut body)?.unwrap_or(new.preferred_language);
    if let Some(address) = body.object("address")? {
        new.address = addresses::read_location(cx, address)?;
    }
    new.latitude = body.number_as_text("latitude")?.or(new.latitude);
    new.longitude = body.number_as_text("longitude")?.or(new.longitude);
    new.notes = body.text("notes")?.or(new.notes);
    body.end(cx)?;
    state.locations.insert(key, new);
    Ok(Answer::no_content())
}

pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (key, location) = find(state, cx, org, call.id())?;
    if location.calling.is_some() {
        return Err(Refusal::conflict("the location is enabled for calling; disable that first"));
    }
    state.locations.remove(&key);
    Ok(Answer::no_content())
}

pub(crate) fn countries(_state: &mut State, _cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let country = reference::country(call.id()).ok_or_else(|| Refusal::not_found("country", call.id()))?;
    let states: Vec<Value> = country.states.iter().map(|(code, name)| json!({ "code": code, "name": name })).collect();
    Ok(Answer::ok(json!({
        "stateRequired": country.state_required,
        "zipCodeRequired": country.postal_code_required,
        "states": states,
        "timeZones": country.time_zones,
    })))
}

pub(crate) fn languages(_state: &mut State, _cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    if call.flag("ttsLanguage")?.is_some() {
        return Err(Refusal::bad(Code::None, "`ttsLanguage` is not served yet"));
    }
    let languages: Vec<Value> =
        reference::ANNOUNCEMENT_LANGUAGES.iter().map(|(code, name)| json!({ "name": name, "code": code })).collect();
    Ok(Answer::ok(json!({ "languages": languages })))
}
