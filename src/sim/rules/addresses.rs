//! Postal addresses in the two forms of the API.

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::Family;
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
    check(Family::Wholesale, at, &address, ("stateOrProvince", "zipOrPostalCode"))?;
    Ok(address)
}

/// Takes an address as the location and calling interfaces write it; `at` is where in the body it stands, empty for
/// the body itself.
pub(crate) fn take_place(family: Family, at: &str, asked: PlaceAddress) -> Result<Address, Refusal> {
    let PlaceAddress { address1, address2, city, state, postal_code, country } = asked;
    let address = Address {
        line1: address1.into_string(),
        line2: address2.map(Text::into_string),
        city: city.into_string(),
        state: state.map(Text::into_string),
        postal_code: postal_code.map(Text::into_string),
        country: country.into_string(),
    };
    check(family, at, &address, ("state", "postalCode"))?;
    Ok(address)
}

/// Refuses an address that its country does not have; the names are those of state and postal code.
fn check(family: Family, at: &str, address: &Address, (state_name, code_name): (&str, &str)) -> Result<(), Refusal> {
    let Address { country, state, postal_code, .. } = address;
    let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let Some(known) = reference::country(country) else {
        return Err(Refusal::bad(Code::None, format!("`{country}` is not an ISO 3166 country code of two letters")));
    };
    match state {
        None if known.state_required => return Err(family.missing(&path(state_name))),
        Some(state) if !known.states.is_empty() && !known.states.iter().any(|(code, _)| code == state) => {
            let text = format!("`{}` is `{state}`, not a state of {country}", path(state_name));
            return Err(Refusal::bad(Code::None, text));
        }
        Some(_) | None => {}
    }
    if known.postal_code_required && postal_code.is_none() {
        return Err(family.missing(&path(code_name)));
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
