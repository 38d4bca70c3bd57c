//! Postal addresses in the two forms of the API.

use serde_json::{Map, Value, json};

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Context, Family, Fields};
use crate::sim::reference;
use crate::sim::state::Address;
use crate::sim::text::Text;
use crate::sim::wire::customer as wire;
use crate::sim::wire::place::PlaceAddress;

/// Takes an address as the wholesale API writes it; `at` is where in the body it stands.
pub(crate) fn take(at: &str, asked: wire::PostalAddress) -> Result<Address, Refusal> {
    let wire::PostalAddress { address_line1, address_line2, city, state_or_province, zip_or_postal_code, country } =
        asked;
    let address = Address {
        line1: address_line1.into_string(),
        line2: address_line2.map(Text::into_string),
        city: city.into_string(),
        state: state_or_province.map(Text::into_string),
        postal_code: zip_or_postal_code.map(Text::into_string),
        country: country.into_string(),
    };
    let missing = |name: &str| Family::Wholesale.missing(&format!("{at}.{name}"));
    let wrong = |name: &str, why: &str| Refusal::bad(Code::None, format!("`{at}.{name}` {why}"));
    check(
        (&missing, &wrong),
        &address.country,
        ("stateOrProvince", address.state.as_deref()),
        ("zipOrPostalCode", address.postal_code.as_deref()),
    )?;
    Ok(address)
}

/// Reads an address as the location APIs write it.
pub(crate) fn read_location(cx: &Context<'_>, mut fields: Fields<'_>) -> Result<Address, Refusal> {
    let line1 = fields.need("address1")?;
    let line2 = fields.filled("address2")?;
    let city = fields.need("city")?;
    let state = fields.filled("state")?;
    let postal_code = fields.filled("postalCode")?;
    let country = fields.need("country")?;
    let missing = |name: &str| fields.missing(name);
    let wrong = |name: &str, why: &str| fields.wrong(name, why);
    check((&missing, &wrong), &country, ("state", state.as_deref()), ("postalCode", postal_code.as_deref()))?;
    fields.end(cx)?;
    Ok(Address { line1, line2, city, state, postal_code, country })
}

/// How a part of an address is refused: as missing, or as wrong.
type Refusals<'a> = (&'a dyn Fn(&str) -> Refusal, &'a dyn Fn(&str, &str) -> Refusal);

fn check(
    (missing, wrong): Refusals<'_>,
    country: &str,
    (state_name, state): (&str, Option<&str>),
    (code_name, postal_code): (&str, Option<&str>),
) -> Result<(), Refusal> {
    let Some(known) = reference::country(country) else {
        return Err(Refusal::bad(Code::None, format!("`{country}` is not an ISO 3166 country code of two letters")));
    };
    match state {
        None if known.state_required => return Err(missing(state_name)),
        Some(state) if !known.states.is_empty() && !known.states.iter().any(|(code, _)| *code == state) => {
            return Err(wrong(state_name, &format!("is `{state}`, not a state of {country}")));
        }
        Some(_) | None => {}
    }
    if known.postal_code_required && postal_code.is_none() {
        return Err(missing(code_name));
    }
    Ok(())
}

/// Writes an address as the wholesale API shows it.
pub(crate) fn show(address: &Address) -> wire::BillingAddress {
    let Address { line1, line2, city, state, postal_code, country } = address.clone();
    wire::BillingAddress {
        address_line1: line1,
        address_line2: line2,
        city,
        state_or_province: state,
        zip_or_postal_code: postal_code,
        country,
    }
}

/// Writes an address as the location APIs show it.
pub(crate) fn to_location(address: &Address) -> Value {
    let Address { line1, line2, city, state, postal_code, country } = address;
    let mut map = Map::new();
    map.insert("address1".to_owned(), json!(line1));
    put(&mut map, "address2", line2.as_ref());
    map.insert("city".to_owned(), json!(city));
    put(&mut map, "state", state.as_ref());
    put(&mut map, "postalCode", postal_code.as_ref());
    map.insert("country".to_owned(), json!(country));
    Value::Object(map)
}

fn put(map: &mut Map<String, Value>, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        map.insert(name.to_owned(), json!(value));
    }
}

/// Takes an address that stands at `at` of a request, which ends with a dot unless it is empty.
pub(super) fn take_place(family: Family, at: &str, asked: PlaceAddress) -> Result<Address, Refusal> {
    let PlaceAddress { address1, address2, city, state, postal_code, country } = asked;
    let Some(known) = reference::country(&country) else {
        return Err(Refusal::bad(Code::None, format!("`{country}` is not an ISO 3166 country code of two letters")));
    };
    match &state {
        None if known.state_required => return Err(family.missing(&format!("{at}state"))),
        Some(state) if !known.states.is_empty() && !known.states.iter().any(|(code, _)| *code == &**state) => {
            return Err(Refusal::bad(Code::None, format!("`{at}state` is `{state}`, not a state of {country}")));
        }
        Some(_) | None => {}
    }
    if known.postal_code_required && postal_code.is_none() {
        return Err(family.missing(&format!("{at}postalCode")));
    }
    Ok(Address {
        line1: address1.into(),
        line2: address2.map(String::from),
        city: city.into(),
        state: state.map(String::from),
        postal_code: postal_code.map(String::from),
        country: country.into(),
    })
}
