//! `Location`, and what a headquarters shares with it.

use std::collections::BTreeSet;

use crate::{
    manifest::{
        document::{AddressFields, LocationSpec, OneOrMany, PstnFields},
        values::Values,
    },
    model::{
        Location, LocationAddress, LocationId, NumberRange, PhoneNumber, PostalAddress, Problem, Pstn, Route, codes,
    },
};

/// The most numbers that one location may have.
const MOST_NUMBERS: usize = 100_000;

/// Reads a location. Its address is the written one or else `inherited`, the billing address of a
/// headquarters. Nothing if a field that it needs is missing or wrong.
pub(in crate::manifest) fn location(
    values: &mut Values<'_, '_>,
    spec: LocationSpec,
    inherited: Option<PostalAddress>,
) -> Option<Location> {
    let LocationSpec {
        id,
        display_name,
        address,
        time_zone,
        language,
        announcement_language,
        pstn,
        numbers,
        main_number,
        routing_prefix,
    } = spec;
    let id = values.optional_text("id", id).map(LocationId::new);
    let display_name = values.required_text("displayName", display_name);
    let address = match address {
        Some(fields) => postal(values, "address", fields).map(|postal| LocationAddress { postal, written: true }),
        None => inherited.map(|postal| LocationAddress { postal, written: false }),
    };
    let time_zone = values.required("timeZone", time_zone);
    let language = values.required("language", language);
    let announcement_language = values.optional("announcementLanguage", announcement_language);
    let pstn = pstn.and_then(|fields| self::pstn(values, fields));
    let numbers = numbers.map(|written| self::numbers(values, written)).unwrap_or_default();
    let main_number = values.optional("mainNumber", main_number);
    let routing_prefix = values.optional_text("routingPrefix", routing_prefix);
    Some(Location {
        id,
        display_name: display_name?,
        address: address?,
        time_zone: time_zone?,
        language: language?,
        announcement_language,
        pstn,
        numbers,
        main_number,
        routing_prefix,
    })
}

/// Reads a postal address whose fields are marked below `prefix`.
pub(super) fn postal(values: &mut Values<'_, '_>, prefix: &str, fields: AddressFields) -> Option<PostalAddress> {
    let AddressFields { line1, line2, city, state, postal_code, country } = fields;
    let mut part = |name: &str, text: Option<String>, is_required: bool| {
        let path = format!("{prefix}.{name}");
        let text = if is_required { values.required_text(&path, text) } else { values.optional_text(&path, text) };
        text.and_then(|text| PostalAddress::part(&text))
    };
    let line1 = part("line1", line1, true);
    let line2 = part("line2", line2, false);
    let city = part("city", city, true);
    let state = part("state", state, false);
    let postal_code = part("postalCode", postal_code, false);
    let country = values.required(&format!("{prefix}.country"), country);
    Some(PostalAddress { line1: line1?, line2, city: city?, state, postal_code, country: country? })
}

fn pstn(values: &mut Values<'_, '_>, fields: PstnFields) -> Option<Pstn> {
    match fields {
        PstnFields::LocalGateway { trunk, route_group, id } => {
            let routes = [
                values.optional_text("pstn.trunk", trunk).map(Route::Trunk),
                values.optional_text("pstn.routeGroup", route_group).map(Route::RouteGroup),
                values.optional_text("pstn.id", id).map(Route::Id),
            ];
            let route = one_of(values, routes, "`trunk`, `routeGroup` and `id`")?;
            Some(Pstn::LocalGateway { route })
        }
        PstnFields::NonIntegratedCcp { provider, id } => {
            let by_name = |provider| Pstn::NonIntegratedCcp { provider, by_id: false };
            let by_id = |provider| Pstn::NonIntegratedCcp { provider, by_id: true };
            let providers = [
                values.optional_text("pstn.provider", provider).map(by_name),
                values.optional_text("pstn.id", id).map(by_id),
            ];
            one_of(values, providers, "`provider` and `id`")
        }
        PstnFields::IntegratedCcp {} => Some(Pstn::IntegratedCcp),
        PstnFields::CiscoPstn {} => Some(Pstn::CiscoPstn),
    }
}

/// Returns the only value of several; tells of none and of more than one.
fn one_of<T>(values: &mut Values<'_, '_>, choices: impl IntoIterator<Item = Option<T>>, names: &str) -> Option<T> {
    let mut written = choices.into_iter().flatten();
    let (first, second) = (written.next(), written.next());
    if first.is_some() && second.is_none() {
        return first;
    }
    let how_many = if first.is_none() { "none" } else { "more than one" };
    let problem = Problem::error(codes::COMBINATION, format!("`pstn` has {how_many} of {names}"))
        .fix(format!("write exactly one of {names}"));
    values.report("pstn", problem);
    None
}

fn numbers(values: &mut Values<'_, '_>, written: OneOrMany) -> BTreeSet<PhoneNumber> {
    let mut numbers = BTreeSet::new();
    for text in written.into_vec() {
        let path = format!("numbers[{text}]");
        let Some(range) = values.parse::<NumberRange>(&path, &text, codes::PHONE_NUMBER) else { continue };
        numbers.extend(range.numbers());
        if numbers.len() > MOST_NUMBERS {
            let problem = Problem::error(codes::TOO_LARGE, format!("a location has at most {MOST_NUMBERS} numbers"))
                .fix("split the location");
            values.report(&path, problem);
            break;
        }
    }
    numbers
}
