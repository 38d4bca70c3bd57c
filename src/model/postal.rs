//! Postal addresses in one normal form.

use serde::{Deserialize, Serialize};

use super::{
    country::Country,
    fields::{Fields, Value},
};

/// A postal address; texts are trimmed, and runs of white space are one space.
///
/// The interfaces spell the parts differently (`addressLine1`, `address1`); that is the wire's affair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostalAddress {
    /// Street and house number; at most 50 characters.
    pub line1: String,
    /// Second line; at most 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City.
    pub city: String,
    /// State or province as an ISO 3166-2 subdivision code; needed in some countries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code; needed in some countries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    pub country: Country,
}

impl PostalAddress {
    /// The most characters of an address line (official wholesale description).
    pub const MAX_LINE: usize = 50;

    /// Returns the normal form of one part; an empty part is absent.
    pub fn part(text: &str) -> Option<String> {
        let part = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!part.is_empty()).then_some(part)
    }

    /// Adds every part to `fields` under `prefix`.
    pub(crate) fn add_fields(&self, prefix: &'static str, fields: &mut Fields) {
        let Self { line1, line2, city, state, postal_code, country } = self;
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                fields.set(format!("{prefix}.{name}"), Value::text(value));
            }
        };
        put("line1", Some(line1));
        put("line2", line2.as_deref());
        put("city", Some(city));
        put("state", state.as_deref());
        put("postalCode", postal_code.as_deref());
        put("country", Some(country.as_str()));
    }
}
