//! Postal addresses in the two forms of the API.

use serde_json::{Map, Value, json};

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Context, Family, Fields};
use crate::sim::reference;
use crate::sim::state::Address;

/// The longest address line of the wholesale API.
const LONGEST_LINE: usize = 50;

/// Reads an address as the wholesale API writes it.
pub(crate) fn read_wholesale(cx: &Context<'_>, mut fields: Fields<'_>) -> Result<Address, Refusal> {
    let line1 = fields.need("addressLine1")?;
    fields.at_most("addressLine1", &line1, LONGEST_LINE)?;
    let line2 = fields.filled("addressLine2")?;
    fields.at_most("addressLine2", line2.as_deref().unwrap_or_default(), LONGEST_LINE)?;
    let city = fields.need("city")?;
    let state = fields.filled("stateOrProvince")?;
    let postal_code = fields.filled("zipOrPostalCode")?;
    let country = fields.need("country")?;
    check(&fields, &country, ("stateOrProvince", state.as_deref()), ("zipOrPostalCode", postal_code.as_deref()))?;
    fields.end(cx)?;
    Ok(Address { line1, line2, city, state, postal_code, country })
}

/// Reads an address as the location APIs write it.
pub(crate) fn read_location(cx: &Context<'_>, mut fields: Fields<'_>) -> Result<Address, Refusal> {
    let line1 = fields.need("address1")?;
    let line2 = fields.filled("address2")?;
    let city = fields.need("city")?;
    let state = fields.filled("state")?;
    let postal_code = fields.filled("postalCode")?;
    let country = fields.need("country")?;
    check(&fields, &country, ("state", state.as_deref()), ("postalCode", postal_code.as_deref()))?;
    fields.end(cx)?;
    Ok(Address { line1, line2, city, state, postal_code, country })
}

fn check(
    fields: &Fields<'_>,
    country: &str,
    (state_name, state): (&str, Option<&str>),
    (code_name, postal_code): (&str, Option<&str>),
) -> Result<(), Refusal> {
    let Some(known) = reference::country(country) else {
        return Err(Refusal::bad(Code::None, format!("`{country}` is not an ISO 3166 country code of two letters")));
    };
    match state {
        None if known.state_required => return Err(fields.missing(state_name)),
        Some(state) if !known.states.is_empty() && !known.states.iter().any(|(code, _)| *code == state) => {
            return Err(fields.wrong(state_name, &format!("is `{state}`, not a state of {country}")));
        }
        Some(_) | None => {}
    }
    if known.postal_code_required && postal_code.is_none() {
        return Err(fields.missing(code_name));
    }
    Ok(())
}

/// Writes an address as the wholesale API shows it.
pub(crate) fn to_wholesale(address: &Address) -> Value {
    let Address { line1, line2, city, state, postal_code, country } = address;
    let mut map = Map::new();
    map.insert("addressLine1".to_owned(), json!(line1));
    put(&mut map, "addressLine2", line2.as_ref());
    map.insert("city".to_owned(), json!(city));
    put(&mut map, "stateOrProvince", state.as_ref());
    put(&mut map, "zipOrPostalCode", postal_code.as_ref());
    map.insert("country".to_owned(), json!(country));
    Value::Object(map)
}

fn put(map: &mut Map<String, Value>, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        map.insert(name.to_owned(), json!(value));
    }
}

/// Checks an address that stands at `at` of a request, which ends with a dot unless it is empty.
pub(super) fn check_place(family: Family, at: &str, address: &Address) -> Result<(), Refusal> {
    let country = &address.country;
    let Some(known) = reference::country(country) else {
        return Err(Refusal::bad(Code::None, format!("`{country}` is not an ISO 3166 country code of two letters")));
    };
    match &address.state {
        None if known.state_required => return Err(family.missing(&format!("{at}state"))),
        Some(state) if !known.states.is_empty() && !known.states.iter().any(|(code, _)| code == state) => {
            return Err(Refusal::bad(Code::None, format!("`{at}state` is `{state}`, not a state of {country}")));
        }
        Some(_) | None => {}
    }
    if known.postal_code_required && address.postal_code.is_none() {
        return Err(family.missing(&format!("{at}postalCode")));
    }
    Ok(())
}
