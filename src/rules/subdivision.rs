//! ISO 3166-2: the states and provinces of countries.

use crate::model::Country;

/// Returns true if ISO 3166-2 divides the country.
pub(super) fn has_any(country: &Country) -> bool {
    subdivisions(country).next().is_some()
}

/// Returns true for the code of a subdivision, with or without the country before it.
pub(super) fn is_code(country: &Country, state: &str) -> bool {
    subdivisions(country).any(|(code, _)| code == state || short(code) == state)
}

/// Returns the code that was probably meant: by the name of a subdivision, or in capitals.
pub(super) fn meant(country: &Country, state: &str) -> Option<&'static str> {
    let state = state.to_lowercase();
    subdivisions(country)
        .find(|(code, name)| name.to_lowercase() == state || short(code).to_lowercase() == state)
        .map(|(code, _)| short(code))
}

fn subdivisions(country: &Country) -> impl Iterator<Item = (&'static str, &'static str)> {
    rust_iso3166::iso3166_2::SUBDIVISION_COUNTRY_MAP
        .get(country.as_str())
        .copied()
        .unwrap_or_default()
        .iter()
        .map(|division| (division.code, division.name))
}

/// Returns `CA` for `US-CA`.
fn short(code: &'static str) -> &'static str {
    code.split_once('-').map_or(code, |(_, short)| short)
}
