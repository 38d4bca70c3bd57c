//! People.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, de};

use crate::sim::body::Body;
use crate::sim::text::Text;

/// A person. With `minResponse` there is the id alone; without `callingData` nothing of the line.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) emails: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_numbers: Option<Vec<PersonPhone>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nick_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) roles: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) licenses: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) manager: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) manager_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) addresses: Option<Vec<PersonAddress>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timezone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site_urls: Option<Vec<String>>,
    /// They come by themselves, some time after the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sip_addresses: Option<Vec<SipAddress>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invite_pending: Option<FlagAsText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) login_enabled: Option<FlagAsText>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<PersonType>,
}

/// Whose account it is.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PersonType {
    Person,
    /// A service app's.
    Appuser,
}

/// A flag that is written as a text.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FlagAsText {
    True,
    False,
}

impl From<bool> for FlagAsText {
    fn from(flag: bool) -> Self {
        if flag { Self::True } else { Self::False }
    }
}

/// A number of a person, in the form that the service shows.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct PersonPhone {
    #[serde(rename = "type")]
    pub(crate) kind: PersonPhoneType,
    pub(crate) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary: Option<bool>,
}

/// The kinds of numbers that a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PersonPhoneType {
    Work,
    /// The extension behind the routing prefix.
    WorkExtension,
    Mobile,
    Fax,
}

/// An address of a person; nothing of it is checked.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonAddress {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) locality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) street_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
}

/// A SIP address of a person.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SipAddress {
    #[serde(rename = "type")]
    pub(crate) kind: SipAddressType,
    pub(crate) value: String,
    pub(crate) primary: bool,
}

/// The kinds of SIP addresses.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SipAddressType {
    PersonalRoom,
    CloudCalling,
}

/// People.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct People {
    pub(crate) items: Vec<PersonEntry>,
    /// Of those that the filter `id` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_found_ids: Option<Vec<String>>,
}

/// An entry of a list of people.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum PersonEntry {
    Person(Box<Person>),
    /// What stands in a list of people at a location where nobody is.
    Nobody(NobodyThere),
}

/// No person, and why.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NobodyThere {
    pub(crate) errors: PeopleListErrors,
}

/// Which part of a list failed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeopleListErrors {
    pub(crate) people_list_location_id: PeopleListError,
}

/// Why a part of a list failed.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PeopleListError {
    pub(crate) code: &'static str,
    pub(crate) reason: &'static str,
}

/// A person to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonRequest {
    /// Exactly one.
    pub(crate) emails: Vec<String>,
    pub(crate) phone_numbers: Option<Vec<PersonPhoneRequest>>,
    pub(crate) extension: Option<Text>,
    pub(crate) location_id: Option<Text>,
    pub(crate) display_name: Option<Text>,
    pub(crate) first_name: Option<Text>,
    pub(crate) last_name: Option<Text>,
    pub(crate) org_id: Option<Text>,
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) licenses: Option<Vec<String>>,
    pub(crate) avatar: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) manager: Option<String>,
    pub(crate) manager_id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) addresses: Option<Vec<PersonAddress>>,
    pub(crate) site_urls: Option<Vec<String>>,
}

impl Body for PersonRequest {}

/// What a person is to be from now on. Attributes that nobody can write may be repeated from the last answer.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonChange {
    pub(crate) display_name: Text,
    pub(crate) first_name: Option<Text>,
    pub(crate) last_name: Option<Text>,
    /// Exactly one.
    pub(crate) emails: Option<Vec<String>>,
    pub(crate) phone_numbers: Option<Vec<PersonPhoneRequest>>,
    /// Without the routing prefix.
    pub(crate) extension: Option<String>,
    pub(crate) location_id: Option<Text>,
    pub(crate) org_id: Option<Text>,
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) licenses: Option<Vec<String>>,
    pub(crate) login_enabled: Option<bool>,
    pub(crate) avatar: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) manager: Option<String>,
    pub(crate) manager_id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) addresses: Option<Vec<PersonAddress>>,
    pub(crate) site_urls: Option<Vec<String>>,
    #[serde(rename = "id")]
    pub(crate) _id: Option<Repeated>,
    /// It is always the first name.
    #[serde(rename = "nickName")]
    pub(crate) _nick_name: Option<Repeated>,
    #[serde(rename = "created")]
    pub(crate) _created: Option<Repeated>,
    #[serde(rename = "lastModified")]
    pub(crate) _last_modified: Option<Repeated>,
    #[serde(rename = "lastActivity")]
    pub(crate) _last_activity: Option<Repeated>,
    #[serde(rename = "status")]
    pub(crate) _status: Option<Repeated>,
    #[serde(rename = "invitePending")]
    pub(crate) _invite_pending: Option<Repeated>,
    #[serde(rename = "type")]
    pub(crate) _kind: Option<Repeated>,
    #[serde(rename = "timezone")]
    pub(crate) _timezone: Option<Repeated>,
    #[serde(rename = "sipAddresses")]
    pub(crate) _sip_addresses: Option<Repeated>,
    #[serde(rename = "xmppFederationJid")]
    pub(crate) _xmpp_federation_jid: Option<Repeated>,
}

impl Body for PersonChange {}

/// A number that a person is to have.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct PersonPhoneRequest {
    /// `work`; what an answer showed may be repeated.
    #[serde(rename = "type")]
    pub(crate) kind: PersonPhoneType,
    /// E.164, or as the last answer showed it.
    pub(crate) value: Text,
    #[serde(rename = "primary")]
    pub(crate) _primary: Option<bool>,
}

/// An attribute of an answer that a request repeats: nobody looks at it.
pub(crate) struct Repeated;

impl<'de> Deserialize<'de> for Repeated {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl JsonSchema for Repeated {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Repeated".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "repeated from an answer; ignored" })
    }
}
