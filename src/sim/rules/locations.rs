//! `/locations`: places of an organization, whether or not they have calling.

use super::{addresses, orgs};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference;
use crate::sim::reply::{Created, Done, Found, Items};
use crate::sim::state::{Address, Floor, Location, State};
use crate::sim::text::{NumberAsText, Text};
use crate::sim::wire::location as wire;

/// The longest name of a location with calling.
pub(crate) const LONGEST_CALLING_NAME: usize = 80;
/// The longest name of any location.
pub(crate) const LONGEST_NAME: usize = 256;

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

fn wrong(field: &str, why: &str) -> Refusal {
    Refusal::bad(Code::None, format!("`{field}` {why}"))
}

fn show(cx: &Context<'_>, key: Uuid, location: &Location, with_language: bool) -> wire::Location {
    let coordinate = |text: &Option<String>| {
        let text = text.clone()?;
        Some(match text.parse() {
            Ok(number) if cx.config.coordinates_as_numbers => wire::Coordinate::Number(number),
            Ok(_) | Err(_) => wire::Coordinate::Text(text),
        })
    };
    wire::Location {
        id: IdKind::Location.encode(key),
        name: location.name.clone(),
        org_id: IdKind::Organization.encode(location.org),
        address: show_address(&location.address),
        time_zone: location.time_zone.clone(),
        preferred_language: with_language.then(|| location.preferred_language.clone()),
        latitude: coordinate(&location.latitude),
        longitude: coordinate(&location.longitude),
        notes: location.notes.clone(),
    }
}

fn show_address(address: &Address) -> wire::LocationAddress {
    let Address { line1, line2, city, state, postal_code, country } = address.clone();
    wire::LocationAddress { address1: line1, address2: line2, city, state, postal_code, country }
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<Items<wire::Location>>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let name = call.param("name").map(str::to_lowercase);
    let id = call.param("id").map(|id| Call::decode(cx, IdKind::Location, id));
    let matching = state.locations.find(&Location::of_org(org)).filter(|(key, location)| {
        name.as_ref().is_none_or(|name| location.name.to_lowercase().contains(name))
            && id.is_none_or(|id| id == Some(**key))
    });
    let length = Length { usual: 100, cap: 500 };
    let page = Page::cut(call, cx, Paging::Cursor, length, matching)?;
    let items = page.items.iter().map(|(key, location)| show(cx, **key, location, true)).collect();
    Ok(Found::new(Items { items }).link(page.link))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::Location>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (key, location) = find(state, cx, org, call.id())?;
    Ok(Found::new(show(cx, key, location, cx.config.language_in_location_detail)))
}

fn take_language(language: Text) -> Result<String, Refusal> {
    if !reference::is_location_language(&language) {
        return Err(wrong("preferredLanguage", &format!("is `{language}`, not of the form `ll_cc`")));
    }
    Ok(language.into_string())
}

/// Takes a coordinate of at most so many degrees.
fn take_coordinate(field: &str, most: f64, asked: Option<NumberAsText>) -> Result<Option<String>, Refusal> {
    let Some(NumberAsText(text)) = asked else {
        return Ok(None);
    };
    match text.parse::<f64>() {
        Ok(degrees) if degrees.abs() <= most => Ok(Some(text)),
        Ok(_) | Err(_) => Err(wrong(field, &format!("is `{text}`, not a number of degrees up to {most}"))),
    }
}

fn take_latitude(asked: Option<NumberAsText>) -> Result<Option<String>, Refusal> {
    take_coordinate("latitude", 90.0, asked)
}

fn take_longitude(asked: Option<NumberAsText>) -> Result<Option<String>, Refusal> {
    take_coordinate("longitude", 180.0, asked)
}

fn check_name(state: &State, cx: &Context<'_>, org: Uuid, name: &str, own: Option<Uuid>) -> Result<(), Refusal> {
    let mut same = state.locations.find(&Location::named(org, name));
    if same.any(|(key, _)| Some(*key) != own) && cx.config.duplicate_location_name.refuses() {
        return Err(Refusal::conflict(format!("there is a location `{name}` already")));
    }
    Ok(())
}

pub(crate) fn create(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::LocationRequest,
) -> Result<Created<wire::MadeLocation>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let wire::LocationRequest {
        name,
        time_zone,
        preferred_language,
        announcement_language,
        address,
        latitude,
        longitude,
        notes,
        org_id,
    } = asked;
    let preferred_language = take_language(preferred_language)?;
    let address = addresses::take_place(Family::Other, "address", address)?;
    let (latitude, longitude) = (take_latitude(latitude)?, take_longitude(longitude)?);
    if org_id.is_some_and(|id| Call::decode(cx, IdKind::Organization, &id) != Some(org)) {
        return Err(wrong("orgId", "differs from the parameter `orgId`"));
    }
    check_name(state, cx, org, &name, None)?;
    let first_zone = reference::country(&address.country).and_then(|country| country.time_zones.first());
    let time_zone = match first_zone {
        Some(zone) if !cx.config.time_zone_kept_on_create => (*zone).to_owned(),
        Some(_) | None => time_zone.to_string(),
    };
    let location = Location {
        org,
        name: name.into_string(),
        time_zone,
        preferred_language,
        announcement_language: announcement_language.to_string(),
        address,
        latitude,
        longitude,
        notes,
        calling: None,
        created: cx.now,
    };
    let key = state.next_id();
    // The documents promise `{id}`; the service returns the whole object.
    let made = if cx.config.whole_location_on_create {
        wire::MadeLocation::Whole(Box::new(show(cx, key, &location, true)))
    } else {
        wire::MadeLocation::Id(wire::LocationId { id: IdKind::Location.encode(key) })
    };
    state.locations.insert(key, location);
    Ok(Created::new(made))
}

pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::LocationChange,
) -> Result<Done, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (key, old) = find(state, cx, org, call.id())?;
    let wire::LocationChange { name, time_zone, preferred_language, address, latitude, longitude, notes } = asked;
    let mut new = old.clone();
    if let Some(name) = name {
        if old.calling.is_some() && name.chars().count() > LONGEST_CALLING_NAME {
            let text = format!("`name` is longer than {LONGEST_CALLING_NAME} characters");
            return Err(Family::Other.out_of_bounds(text));
        }
        check_name(state, cx, org, &name, Some(key))?;
        new.name = name.into_string();
    }
    if let Some(zone) = time_zone {
        new.time_zone = zone.to_string();
    }
    if let Some(language) = preferred_language {
        new.preferred_language = take_language(language)?;
    }
    if let Some(address) = address {
        new.address = addresses::take_place(Family::Other, "address", address)?;
    }
    new.latitude = take_latitude(latitude)?.or(new.latitude);
    new.longitude = take_longitude(longitude)?.or(new.longitude);
    new.notes = notes.or(new.notes);
    state.locations.insert(key, new);
    Ok(Done::new())
}

pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (key, location) = find(state, cx, org, call.id())?;
    if location.calling.is_some() {
        return Err(Refusal::conflict("the location is enabled for calling; disable that first"));
    }
    let floors: Vec<Uuid> = state.floors.find(&Floor::at(key)).map(|(key, _)| *key).collect();
    for floor in floors {
        state.floors.remove(&floor);
    }
    state.locations.remove(&key);
    Ok(Done::new())
}

pub(crate) fn countries(_: &mut State, _: &Context<'_>, call: &Call) -> Result<Found<wire::Country>, Refusal> {
    let country = reference::country(call.id()).ok_or_else(|| Refusal::not_found("country", call.id()))?;
    Ok(Found::new(wire::Country {
        state_required: country.state_required,
        zip_code_required: country.postal_code_required,
        states: country.states.iter().map(|(code, name)| wire::CountryState { code, name }).collect(),
        time_zones: country.time_zones.to_vec(),
    }))
}

pub(crate) fn languages(
    _: &mut State,
    _: &Context<'_>,
    call: &Call,
) -> Result<Found<wire::AnnouncementLanguages>, Refusal> {
    let spoken = call.flag("ttsLanguage")?;
    let languages = reference::ANNOUNCEMENT_LANGUAGES
        .iter()
        .filter(|(code, _)| spoken.is_none_or(|spoken| reference::is_synthesized(code) == spoken))
        .map(|(code, name)| wire::AnnouncementLanguageEntry { name, code })
        .collect();
    Ok(Found::new(wire::AnnouncementLanguages { languages }))
}
