//! Addresses in the two spellings of the service.

use serde::Serialize;

use crate::model::PostalAddress;

/// An address as the wholesale interface spells it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WholesaleAddress<'a> {
    address_line1: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_line2: Option<&'a str>,
    city: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_or_province: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip_or_postal_code: Option<&'a str>,
    country: &'a str,
}

impl<'a> WholesaleAddress<'a> {
    pub(super) fn new(address: &'a PostalAddress) -> Self {
        let PostalAddress { line1, line2, city, state, postal_code, country } = address;
        Self {
            address_line1: line1,
            address_line2: line2.as_deref(),
            city,
            state_or_province: state.as_deref(),
            zip_or_postal_code: postal_code.as_deref(),
            country: country.as_str(),
        }
    }
}

/// An address as the location interfaces spell it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LocationAddress<'a> {
    address1: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address2: Option<&'a str>,
    city: &'a str,
    // The schema requires both, yet some countries have none: what the manifest has is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<&'a str>,
    country: &'a str,
}

impl<'a> LocationAddress<'a> {
    pub(super) fn new(address: &'a PostalAddress) -> Self {
        let PostalAddress { line1, line2, city, state, postal_code, country } = address;
        Self {
            address1: line1,
            address2: line2.as_deref(),
            city,
            state: state.as_deref(),
            postal_code: postal_code.as_deref(),
            country: country.as_str(),
        }
    }
}
