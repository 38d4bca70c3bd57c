//! Postal addresses in the two forms of the API.

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::Family;
use crate::sim::reference;
use crate::sim::state::Address;
use crate::sim::wire::customer as wire;
use crate::sim::wire::place::PlaceAddress;

/// Takes an address as the wholesale API writes it; `at` is where in the body it stands.
pub(crate) fn take(at: &str, asked: wire::PostalAddress) -> Result<Address, Refusal> {
    let wire::PostalAddress { address_line1, address_line2, city, state_or_province, zip_or_postal_code, country } =
        asked;
    let address = Address {
        line1: address_line1.into(),
        line2: address_line2.map(String::from),
        city: city.into(),
        state: state_or_province.map(String::from),
        postal_code: zip_or_postal_code.map(String::from),
        country: country.into(),
    };
    check(Family::Wholesale, &format!("{at}."), ("stateOrProvince", "zipOrPostalCode"), &address)?;
    Ok(address)
}

/// Takes an address that stands at `at` of a request, which ends with a dot unless it is empty.
pub(super) fn take_place(family: Family, at: &str, asked: PlaceAddress) -> Result<Address, Refusal> {
    let PlaceAddress { address1, address2, city, state, postal_code, country } = asked;
    let address = Address {
        line1: address1.into(),
        line2: address2.map(String::from),
        city: city.into(),
        state: state.map(String::from),
        postal_code: postal_code.map(String::from),
        country: country.into(),
    };
    check(family, at, ("state", "postalCode"), &address)?;
    Ok(address)
}

/// Checks what the country wants of an address, under the names that the interface has for state and postal code.
fn check(family: Family, at: &str, (state, postal_code): (&str, &str), address: &Address) -> Result<(), Refusal> {
    let country = &address.country;
    let Some(known) = reference::country(country) else {
        return Err(Refusal::bad(Code::None, format!("`{country}` is not an ISO 3166 country code of two letters")));
    };
    match &address.state {
        None if known.state_required => return Err(family.missing(&format!("{at}{state}"))),
        Some(found) if !known.states.is_empty() && !known.states.iter().any(|(code, _)| code == found) => {
            return Err(Refusal::bad(Code::None, format!("`{at}{state}` is `{found}`, not a state of {country}")));
        }
        Some(_) | None => {}
    }
    if known.postal_code_required && address.postal_code.is_none() {
        return Err(family.missing(&format!("{at}{postal_code}")));
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
