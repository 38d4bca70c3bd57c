//! ISO 3166-1 countries.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::text::{TextError, checked_text};

/// An ISO 3166-1 alpha-2 country code in capitals, such as `US`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

checked_text!(Country);

impl FromStr for Country {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if rust_iso3166::from_alpha2(text).is_some() {
            return Ok(Self(text.to_owned()));
        }
        let error = TextError::new("not an ISO 3166-1 country of two letters");
        let upper = text.trim().to_ascii_uppercase();
        let meant = match upper.as_str() {
            "UK" => Some("GB".to_owned()),
            "USA" => Some("US".to_owned()),
            _ if rust_iso3166::from_alpha2(&upper).is_some() => Some(upper),
            _ => rust_iso3166::from_alpha3(&upper).map(|country| country.alpha2.to_owned()),
        };
        Err(match meant {
            Some(code) => error.suggest(code),
            None => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_two_capitals_of_the_standard() {
        assert_eq!("NO".parse::<Country>().unwrap().as_str(), "NO");
        assert_eq!("uk".parse::<Country>().unwrap_err().suggestion.as_deref(), Some("GB"));
        assert_eq!("us".parse::<Country>().unwrap_err().suggestion.as_deref(), Some("US"));
        assert!("ZZ".parse::<Country>().is_err());
    }
}
