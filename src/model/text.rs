//! Checked text: names, e-mail addresses, languages, time zones, roles.

use std::{cmp::Ordering, fmt, hash, str::FromStr};

use serde::{Deserialize, Serialize};

/// Says why a text is not what it should be; the message ends a sentence that quotes the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct TextError {
    /// What is wrong with the text.
    pub reason: String,
    /// The text that was probably meant, if there is one.
    pub suggestion: Option<String>,
}

impl TextError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), suggestion: None }
    }

    pub(crate) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

/// Gives a checked text type its conversions; `parse` is the only way in.
macro_rules! checked_text {
    ($name:ident) => {
        impl $name {
            /// Returns the text in its normal form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

pub(crate) use checked_text;

/// The name a manifest gives an object: `[a-z0-9][a-z0-9-]{0,62}` (R24), such as `johns-pizza`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

checked_text!(Name);

impl Name {
    /// The location that a customer's `headquarters` becomes.
    pub const HEADQUARTERS: &'static str = "headquarters";

    /// Returns the reserved name of a customer's first location.
    pub fn headquarters() -> Self {
        Self(Self::HEADQUARTERS.to_owned())
    }

    /// Returns a text that sorts before every name.
    pub(super) const fn least() -> Self {
        Self(String::new())
    }

    /// Returns true for the reserved name of a customer's first location.
    pub fn is_headquarters(&self) -> bool {
        self.0 == Self::HEADQUARTERS
    }
}

impl FromStr for Name {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let first = text.chars().next().ok_or_else(|| TextError::new("a name cannot be empty"))?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if text.len() > 63 {
            return Err(TextError::new("a name has at most 63 characters"));
        }
        if allowed(first) && text.chars().all(|c| allowed(c) || c == '-') {
            return Ok(Self(text.to_owned()));
        }
        let error = TextError::new("a name has lower-case letters, digits and `-`, and begins with a letter or digit");
        let fixed: String = text
            .to_lowercase()
            .chars()
            .map(|c| if allowed(c) { c } else { '-' })
            .collect::<String>()
            .trim_matches('-')
            .to_owned();
        Err(if fixed.is_empty() { error } else { error.suggest(fixed) })
    }
}

/// An e-mail address in its normal form: trimmed and lower-case, since the service compares them so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

checked_text!(Email);

impl Email {
    /// Returns a text that sorts before every e-mail address.
    pub(super) const fn least() -> Self {
        Self(String::new())
    }

    /// Returns the part behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for Email {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let options =
            email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
        let text = text.trim();
        let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '/' | '"' | '#' | '%'));
        match email_address::EmailAddress::parse_with_options(text, options) {
            Ok(_) if plain => Ok(Self(text.to_lowercase())),
            _ => Err(TextError::new("not an e-mail address such as `ann@johns-pizza.example`")),
        }
    }
}

/// A language, with or without a country; compared without regard to case or `-`/`_` (R23).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

checked_text!(Language);

impl Language {
    /// Returns the form of organizations: `en` or `en_US`.
    pub fn for_organization(&self) -> String {
        match self.0.split_once('_') {
            Some((language, country)) => format!("{language}_{}", country.to_uppercase()),
            None => self.0.clone(),
        }
    }

    /// Returns the form of locations: `en_us`.
    pub fn for_location(&self) -> String {
        self.0.clone()
    }

    /// Returns true if the language names a country, as locations need.
    pub fn has_country(&self) -> bool {
        self.0.contains('_')
    }
}

impl FromStr for Language {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let normal = text.trim().to_ascii_lowercase().replace('-', "_");
        let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_lowercase());
        let good = match normal.split_once('_') {
            Some((language, country)) => two(language) && two(country),
            None => two(&normal),
        };
        if good { Ok(Self(normal)) } else { Err(TextError::new("not a language such as `en_US` or `en`")) }
    }
}

/// An IANA time zone under its canonical spelling, such as `Europe/Berlin`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(String);

checked_text!(TimeZone);

impl FromStr for TimeZone {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        // The bundled database, so that the answer is the same on every machine.
        let database = jiff::tz::TimeZoneDatabase::bundled();
        match database.get(text) {
            Ok(zone) => match zone.iana_name() {
                Some(name) if name == text => Ok(Self(text.to_owned())),
                Some(name) => {
                    Err(TextError::new("IANA time zones are spelled with exact upper and lower case").suggest(name))
                }
                None => Err(TextError::new("not an IANA time zone such as `America/New_York`")),
            },
            Err(_) => Err(TextError::new("not an IANA time zone such as `America/New_York`")),
        }
    }
}

/// An administrator role by its name in Control Hub; compared without regard to case.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleName(String);

impl RoleName {
    /// Takes a role's name; which roles exist is known to the service alone.
    pub fn new(name: &str) -> Self {
        Self(name.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Returns the name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form that names are compared in.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// Returns true for the role that can do everything in a customer's organization.
    pub fn is_full_administrator(&self) -> bool {
        self.key() == "full administrator"
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for RoleName {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for RoleName {}

impl PartialOrd for RoleName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RoleName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl hash::Hash for RoleName {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_right_suggests_itself() {
        let error = "Johns Pizza".parse::<Name>().unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("johns-pizza"));
        assert!("johns-pizza".parse::<Name>().is_ok());
        assert!("-x".parse::<Name>().is_err());
        assert!("".parse::<Name>().is_err());
    }

    #[test]
    fn emails_have_one_normal_form() {
        assert_eq!(" Ann@Johns-Pizza.Example ".parse::<Email>().unwrap().as_str(), "ann@johns-pizza.example");
        for bad in
            ["", "ann", "ann@", "@x.example", "a b@x.example", "Ann <ann@x.example>", "ann@localhost", "a/b@x.example"]
        {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }

    #[test]
    fn languages_are_written_as_each_api_wants_them() {
        let language: Language = "en-us".parse().unwrap();
        assert_eq!(language.for_organization(), "en_US");
        assert_eq!(language.for_location(), "en_us");
        assert!("english".parse::<Language>().is_err());
    }

    #[test]
    fn time_zones_are_iana_names_in_canonical_case() {
        assert!("America/Los_Angeles".parse::<TimeZone>().is_ok());
        assert!("America/NY".parse::<TimeZone>().is_err());
        assert_eq!("america/new_york".parse::<TimeZone>().unwrap_err().suggestion.as_deref(), Some("America/New_York"));
    }

    #[test]
    fn roles_compare_without_case() {
        assert_eq!(RoleName::new("Full  Administrator"), RoleName::new("full administrator"));
    }
}
