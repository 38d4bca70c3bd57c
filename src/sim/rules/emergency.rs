//! Emergency addresses of locations and numbers: written, kept, and never read back.

use super::addresses;
use super::calling::{self, Site};
use super::orgs;
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::id::{IdKind, Uuid, decode_payload};
use crate::sim::reply::{Created, Done, Found};
use crate::sim::state::{Address, EmergencyAddress, Location, State};
use crate::sim::text::Text;
use crate::sim::wire::emergency::{
    AddressFault, AddressParts, EmergencyAddressId, EmergencyAddressRequest, NumberEmergencyAddress, SuggestedAddress,
    SuggestedAddresses,
};
use crate::sim::wire::place::PlaceAddress;

/// The code of a street that nobody knows, and its texts.
const UNKNOWN_STREET: (&str, &str, &str) =
    ("PMP4004", "INVALID_STREET_ADDRESS", "The street address provided is invalid.");

/// Reads an address of a location in `country`; `at` is where it stands in the request.
fn read(asked: EmergencyAddressRequest, at: &str, country: &str) -> Result<Address, Refusal> {
    let EmergencyAddressRequest { address1, address2, city, state, postal_code, country: asked_country } = asked;
    let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let need = |part: Option<Text>, name| part.ok_or_else(|| Family::Calling.missing(&path(name)));
    let place = PlaceAddress {
        address1: need(address1, "address1")?,
        address2,
        city: need(city, "city")?,
        state,
        postal_code,
        country: need(asked_country, "country")?,
    };
    let address = addresses::take_place(Family::Calling, at, place)?;
    if address.country != country {
        let text = format!("`{}` is `{}`, and the location is in `{country}`", path("country"), address.country);
        return Err(Refusal::bad(Code::None, text));
    }
    Ok(address)
}

fn check_street(cx: &Context<'_>, address: &Address) -> Result<(), Refusal> {
    let (code, _, text) = UNKNOWN_STREET;
    if cx.config.unknown_streets.contains(&address.line1) { Err(Refusal::bad(code, text)) } else { Ok(()) }
}

/// Finds the calling location of a path, which needs a PSTN connection.
fn find<'a>(state: &'a State, cx: &Context<'_>, call: &Call) -> Result<Site<'a>, Refusal> {
    let site = calling::find(state, cx, call)?;
    check_pstn(site.location)?;
    Ok(site)
}

fn check_pstn(location: &Location) -> Result<(), Refusal> {
    if location.calling.as_ref().is_some_and(|calling| calling.pstn.is_some()) {
        return Ok(());
    }
    Err(Refusal::bad(Code::None, "PSTN for the location is not configured; an emergency address needs it"))
}

/// Looks whether an address is known, and suggests that of the location instead of one that is not.
pub(crate) fn look_up(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: EmergencyAddressRequest,
) -> Result<Found<SuggestedAddresses>, Refusal> {
    let site = find(state, cx, call)?;
    let home = &site.location.address;
    let mut address = read(asked, "", &home.country)?;
    let mut errors = None;
    if check_street(cx, &address).is_err() {
        let (code, title, detail) = UNKNOWN_STREET;
        errors = Some(vec![AddressFault { code, title, detail }]);
        address.line1.clone_from(&home.line1);
    }
    Ok(Found::new(SuggestedAddresses { addresses: vec![suggest(address, errors)] }))
}

fn suggest(address: Address, errors: Option<Vec<AddressFault>>) -> SuggestedAddress {
    let Address { line1, line2, city, state, postal_code, country } = address;
    let (house_number, street_name) = match line1.split_once(' ') {
        Some((number, street)) if number.starts_with(|first: char| first.is_ascii_digit()) => {
            (Some(number.to_owned()), street.to_owned())
        }
        Some(_) | None => (None, line1.clone()),
    };
    let meta = AddressParts {
        house_number,
        street_name,
        city: city.clone(),
        state: state.clone(),
        zip_code: postal_code.clone(),
        country: country.clone(),
    };
    SuggestedAddress { address1: line1, address2: line2, city, state, postal_code, country, meta, errors }
}

/// Gives a location its emergency address.
pub(crate) fn add(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: EmergencyAddressRequest,
) -> Result<Created<EmergencyAddressId>, Refusal> {
    let Site { org, key: location, location: found, .. } = find(state, cx, call)?;
    let address = read(asked, "", &found.address.country)?;
    check_street(cx, &address)?;
    let has_one = state.emergency_addresses.count(&EmergencyAddress::at(location)) > 0;
    if has_one && cx.config.second_emergency_address.refuses() {
        return Err(Refusal::conflict("the location has an emergency address; change that one"));
    }
    let key = state.next_id();
    state.emergency_addresses.insert(key, EmergencyAddress { org, location, address });
    Ok(Created::new(EmergencyAddressId { id: IdKind::EmergencyAddress.encode(key) }))
}

/// Changes the emergency address of a location.
pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: EmergencyAddressRequest,
) -> Result<Done, Refusal> {
    let Site { key: location, location: found, .. } = find(state, cx, call)?;
    let id = call.second_id();
    let key: Uuid = Call::decode(cx, IdKind::EmergencyAddress, id)
        .filter(|key| state.emergency_addresses.get(key).is_some_and(|found| found.location == location))
        .ok_or_else(|| Refusal::not_found("emergency address", id))?;
    let address = read(asked, "", &found.address.country)?;
    check_street(cx, &address)?;
    state.emergency_addresses.edit(&key, |row| row.address = address);
    Ok(Done::new())
}

/// Gives a number an emergency address of its own, or that of its location again.
pub(crate) fn update_number(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: NumberEmergencyAddress,
) -> Result<Done, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let found = decode_payload("PHONE_NUMBER", call.id())
        .and_then(|number| Some((state.numbers.get(&number)?.location, number)))
        .and_then(|(location, number)| Some((state.locations.get(&location)?, number)))
        .filter(|(location, _)| location.org == org);
    let (location, number) = found.ok_or_else(|| Refusal::not_found("phone number", call.id()))?;
    check_pstn(location)?;
    let country = &location.address.country;
    let address = asked.emergency_address.map(|asked| read(asked, "emergencyAddress", country)).transpose()?;
    address.iter().try_for_each(|address| check_street(cx, address))?;
    state.numbers.edit(&number, |row| row.emergency_address = address);
    Ok(Done::new())
}
