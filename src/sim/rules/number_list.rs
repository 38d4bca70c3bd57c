//! `GET /telephony/config/numbers`: numbers and bare extensions of an organization.

use super::{numbers, orgs};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reply::Found;
use crate::sim::state::{Number, Person, State};
use crate::sim::wire::number::{
    NumberCount, NumberEntry, NumberList, NumberLocation, NumberPlaceInLine, NumberState, TelephonyType,
};

/// The orders of the list.
pub(crate) const ORDERS: &[&str] = &[
    "lastName",
    "lastName-asc",
    "lastName-desc",
    "dn",
    "dn-asc",
    "dn-desc",
    "extension",
    "extension-asc",
    "extension-desc",
];
/// Who may own a number.
pub(crate) const OWNERS: &[&str] = &[
    "PEOPLE",
    "PLACE",
    "AUTO_ATTENDANT",
    "CALL_QUEUE",
    "PAGING_GROUP",
    "HUNT_GROUP",
    "VOICE_MESSAGING",
    "BROADWORKS_ANYWHERE",
    "CONTACT_CENTER_LINK",
    "ROUTE_LIST",
    "VOICEMAIL_GROUP",
    "VIRTUAL_LINE",
];
/// Numbers, or extensions without one.
pub(crate) const NUMBER_TYPES: &[&str] = &["NUMBER", "EXTENSION"];
/// What a number is to its owner; the description also lists its own word for all of them.
pub(crate) const PLACES: &[&str] = &["PRIMARY", "ALTERNATE", "FAX", "DNIS", "Default"];
/// Whether a number is in service; the description also lists its own word for all of them.
pub(crate) const STATES: &[&str] = &["ACTIVE", "INACTIVE", "Default"];
/// Nets.
pub(crate) const NETS: &[&str] = &["PSTN_NUMBER", "MOBILE_NUMBER"];

/// A row of the list: a number with or without an owner, or an extension without a number.
#[derive(Clone, Copy)]
struct Row<'a> {
    location: Uuid,
    number: Option<(&'a str, &'a Number)>,
    owner: Option<(Uuid, &'a Person)>,
    place: NumberPlaceInLine,
    extension: Option<&'a str>,
}

impl Row<'_> {
    fn is(&self, what: impl Fn(&Number) -> bool) -> bool {
        self.number.is_some_and(|(_, number)| what(number))
    }
}

fn rows(state: &State, org: Uuid) -> impl Iterator<Item = Row<'_>> {
    let numbers = state.numbers.find(&Number::of_org(org)).map(|(number, row)| {
        let owner = state.people.first(&Person::with_number(number)).map(|(key, person)| (*key, person));
        let alternate = owner.and_then(|(_, person)| person.alternates.find(number));
        let (place, extension) = match alternate {
            Some(alternate) => (NumberPlaceInLine::Alternate, alternate.extension.as_deref()),
            None => (NumberPlaceInLine::Primary, owner.and_then(|(_, person)| person.extension.as_deref())),
        };
        Row { location: row.location, number: Some((number.as_str(), row)), owner, place, extension }
    });
    let extensions = state.people.find(&Person::of_org(org)).filter(|(_, person)| person.number.is_none()).filter_map(
        |(key, person)| {
            Some(Row {
                location: person.location?,
                number: None,
                owner: Some((*key, person)),
                place: NumberPlaceInLine::Primary,
                extension: Some(person.extension.as_deref()?),
            })
        },
    );
    numbers.chain(extensions)
}

fn show(state: &State, row: &Row<'_>) -> NumberEntry {
    let location = state.locations.get(&row.location);
    let calling = location.and_then(|location| location.calling.as_ref());
    let main = calling.and_then(|calling| calling.main_number.as_deref());
    let prefix = calling.and_then(|calling| calling.routing_prefix.as_deref()).filter(|_| row.extension.is_some());
    let number = row.number.map(|(number, _)| number);
    let mobile = row.is(|number| number.mobile.is_some());
    NumberEntry {
        phone_number: number.unwrap_or_default().to_owned(),
        extension: row.extension.map(str::to_owned),
        routing_prefix: prefix.map(str::to_owned),
        esn: row.extension.map(|extension| format!("{}{extension}", prefix.unwrap_or_default())),
        state: NumberState::of(row.number.is_none_or(|(_, number)| number.active)),
        phone_number_type: row.place,
        main_number: number.is_some() && main == number,
        included_telephony_types: if mobile { TelephonyType::MobileNumber } else { TelephonyType::PstnNumber },
        mobile_network: mobile.then(|| "mobileNetwork".to_owned()),
        routing_profile: mobile.then(|| "mobileRoutingProfile".to_owned()),
        toll_free_number: row.is(|number| number.toll_free),
        is_service_number: row.is(|number| number.service),
        location: NumberLocation {
            id: IdKind::Location.encode(row.location),
            name: location.map(|location| location.name.clone()).unwrap_or_default(),
        },
        owner: row.owner.map(|(key, person)| numbers::show_owner(key, person)),
    }
}

/// The filters of the list.
struct Filter<'a> {
    location: Option<Uuid>,
    number: Option<&'a str>,
    extension: Option<&'a str>,
    owner: Option<Uuid>,
    owner_name: Option<String>,
    owner_type: Option<&'a str>,
    available: Option<bool>,
    active: Option<bool>,
    numbers: Option<bool>,
    place: Option<&'a str>,
    mobile: Option<bool>,
    toll_free: Option<bool>,
    service: Option<bool>,
    restricted: Option<bool>,
}

impl<'a> Filter<'a> {
    fn read(cx: &Context<'_>, call: &'a Call) -> Result<Self, Refusal> {
        let is = |name: &str, yes: &str| call.param(name).map(|value| value == yes);
        let but_default = |name: &str| call.param(name).filter(|value| *value != "Default");
        let id = |kind: IdKind, id: &str| Call::decode(cx, kind, id).unwrap_or(Uuid::NOTHING);
        let filter = Self {
            location: call.param("locationId").map(|text| id(IdKind::Location, text)),
            number: call.param("phoneNumber"),
            extension: call.param("extension"),
            owner: call
                .param("ownerId")
                .map(|id| IdKind::People.decode(id).or_else(|| id.parse().ok()).unwrap_or(Uuid::NOTHING)),
            owner_name: numbers::name_filter(call)?,
            owner_type: call.param("ownerType"),
            available: call.flag("available")?,
            active: but_default("state").map(|state| state == "ACTIVE"),
            numbers: is("numberType", "NUMBER"),
            place: but_default("phoneNumberType"),
            mobile: is("includedTelephonyTypes", "MOBILE_NUMBER"),
            toll_free: call.flag("tollFreeNumbers")?,
            service: call.flag("serviceNumber")?,
            restricted: call.flag("restrictedNonGeoNumbers")?,
        };
        if filter.available == Some(true) && filter.owner_type.is_some() {
            return Err(Refusal::bad(Code::None, "`available` and `ownerType` exclude each other"));
        }
        if filter.numbers == Some(false) && (call.param("available").is_some() || call.param("state").is_some()) {
            return Err(Refusal::bad(Code::None, "`numberType=EXTENSION` excludes `available` and `state`"));
        }
        Ok(filter)
    }

    fn takes(&self, row: &Row<'_>) -> bool {
        let is = |wanted: Option<bool>, found: bool| wanted.is_none_or(|wanted| wanted == found);
        let number = row.number.map(|(number, _)| number);
        let owner = row.owner.map(|(key, _)| key);
        self.location.is_none_or(|wanted| wanted == row.location)
            && self.number.is_none_or(|wanted| number == Some(wanted))
            && self.extension.is_none_or(|wanted| row.extension == Some(wanted))
            && self.owner.is_none_or(|wanted| owner == Some(wanted))
            && self.owner_name.as_ref().is_none_or(|wanted| {
                row.owner.is_some_and(|(_, person)| person.display_name.to_lowercase().contains(wanted))
            })
            && self.owner_type.is_none_or(|wanted| wanted == "PEOPLE" && owner.is_some())
            && is(self.available, number.is_some() && owner.is_none())
            // These two filters leave out extensions without a number.
            && self.active.is_none_or(|wanted| row.is(|number| number.active == wanted))
            && self.place.is_none_or(|wanted| number.is_some() && wanted == place_name(row.place))
            && is(self.numbers, number.is_some())
            && is(self.mobile, row.is(|number| number.mobile.is_some()))
            && is(self.toll_free, row.is(|number| number.toll_free))
            && is(self.service, row.is(|number| number.service))
            // There are none.
            && is(self.restricted, false)
    }
}

fn place_name(place: NumberPlaceInLine) -> &'static str {
    match place {
        NumberPlaceInLine::Primary => "PRIMARY",
        NumberPlaceInLine::Alternate => "ALTERNATE",
    }
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<NumberList>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let filter = Filter::read(cx, call)?;
    let mut matching: Vec<Row<'_>> = rows(state, org).filter(|row| filter.takes(row)).collect();
    if let Some(order) = call.param("order") {
        sort(&mut matching, order);
    }
    let length = Length { usual: 2000, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, matching.into_iter())?;
    let phone_numbers = page.items.iter().map(|row| show(state, row)).collect();
    let count = call.flag("details")?.unwrap_or(false).then(|| count(state, org));
    Ok(Found::new(NumberList { phone_numbers, count }).link(page.link))
}

/// Sorts by what a field of a row says; rows without it come last.
fn sort(rows: &mut [Row<'_>], order: &str) {
    let (field, way) = order.split_once('-').unwrap_or((order, "asc"));
    let text = |row: &Row<'_>| match field {
        "dn" => row.number.map(|(number, _)| number.to_owned()),
        "extension" => row.extension.map(str::to_owned),
        _ => row.owner.and_then(|(_, person)| person.last_name.clone()),
    };
    rows.sort_by(|one, other| match (text(one), text(other)) {
        (Some(one), Some(other)) if way == "desc" => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    });
}

/// Counts everything that the organization has, whatever the list is filtered by.
fn count(state: &State, org: Uuid) -> NumberCount {
    let mut count = NumberCount::default();
    for row in rows(state, org) {
        count.total += 1;
        count.assigned += usize::from(row.number.is_some() && row.owner.is_some());
        count.un_assigned += usize::from(row.owner.is_none());
        count.in_active += usize::from(row.is(|number| !number.active));
        count.extension_only += usize::from(row.number.is_none());
        count.toll_free_numbers += usize::from(row.is(|number| number.toll_free));
        count.mobile_number += usize::from(row.is(|number| number.mobile.is_some()));
        count.service_number += usize::from(row.is(|number| number.service));
    }
    count
}
