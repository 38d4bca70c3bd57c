//! Texts of bodies that must have a form, which their type checks.

use std::borrow::Cow;
use std::ops::Deref;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::reference;

/// Makes a type of texts that pass a check.
macro_rules! checked {
    ($(#[$doc:meta])* $name:ident, $check:path, $what:literal, $schema:tt) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) struct $name(String);

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                if $check(&text) {
                    return Ok(Self(text));
                }
                Err(de::Error::custom(format!("is `{text}`, not {}", $what)))
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

checked!(
    /// An e-mail address.
    Email,
    reference::is_email,
    "an e-mail address",
    { "type": "string", "format": "email" }
);

impl Email {
    /// Returns the address in lower case, as addresses are compared.
    pub(crate) fn to_lower(&self) -> String {
        self.0.to_lowercase()
    }
}

checked!(
    /// The canonical name of an IANA time zone.
    TimeZone,
    reference::is_time_zone,
    "an IANA time zone",
    { "type": "string", "examples": ["America/Los_Angeles"] }
);

checked!(
    /// The language of an organization: `ll` or `ll_CC`.
    OrgLanguage,
    reference::is_org_language,
    "`ll` or `ll_CC`",
    { "type": "string", "pattern": "^[a-z]{2}(_[A-Z]{2})?$" }
);

checked!(
    /// A language of announcements.
    AnnouncementLanguage,
    reference::is_announcement_language,
    "an announcement language",
    { "type": "string", "examples": ["en_us"] }
);

/// Whether the text is a day as `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    text.parse::<Date>().is_ok_and(|date| date.to_string() == text)
}

checked!(
    /// A day.
    Day,
    is_day,
    "a day as `YYYY-MM-DD`",
    { "type": "string", "format": "date" }
);

impl Day {
    pub(crate) fn to_date(&self) -> Date {
        self.parse().unwrap_or_default()
    }
}

/// Whether the text is the address of a web server.
fn is_target(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

checked!(
    /// Where a webhook sends its events.
    TargetUrl,
    is_target,
    "an address with `http` or `https`",
    { "type": "string", "format": "uri", "pattern": "^https?://" }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_its_form_is_refused_with_what_it_is_not() {
        let error = serde_json::from_str::<Email>("\"nobody\"").unwrap_err();
        assert!(error.to_string().starts_with("is `nobody`, not an e-mail address"), "{error}");
        assert!(serde_json::from_str::<TimeZone>("\"america/new_york\"").is_err());
        assert!(serde_json::from_str::<OrgLanguage>("\"en_us\"").is_err());
        assert!(serde_json::from_str::<AnnouncementLanguage>("\"en_US\"").is_err());
        let email = serde_json::from_str::<Email>("\"Ann@acme.example\"").unwrap();
        assert_eq!((&*email, email.to_lower().as_str()), ("Ann@acme.example", "ann@acme.example"));
    }
}
