//! Locations, what calling adds to them, and their numbers.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Address;
use crate::sim::id::Uuid;
use crate::sim::table::Record;

/// The kinds of PSTN connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PstnType {
    /// Premises-based.
    LocalGateway,
    /// A cloud connected provider, not integrated.
    NonIntegratedCcp,
    /// An integrated provider; only the provider or Control Hub can choose it.
    IntegratedCcp,
    /// Cisco's own; only Control Hub can order it.
    CiscoPstn,
}

impl PstnType {
    /// Whether the API may write its numbers.
    pub(crate) fn takes_numbers(self) -> bool {
        match self {
            Self::LocalGateway | Self::NonIntegratedCcp => true,
            Self::IntegratedCcp | Self::CiscoPstn => false,
        }
    }
}

/// The kinds of premises route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RouteType {
    /// One trunk.
    Trunk,
    /// A group of trunks.
    RouteGroup,
}

/// The PSTN connection of a calling location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pstn {
    /// Its kind.
    pub kind: PstnType,
    /// The name of the option that was chosen.
    pub option: String,
    /// The route, for a local gateway.
    pub route: Option<(RouteType, Uuid)>,
}

/// Whose number emergency services call back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Callback {
    /// A person of the location; without one it is the main number.
    pub member: Option<Uuid>,
    /// How long an emergency location identification number stays with a caller, in minutes.
    pub elin_minutes: u32,
}

impl Default for Callback {
    fn default() -> Self {
        Self { member: None, elin_minutes: 60 }
    }
}

/// The announcement languages that those who were there have been given; no request reads them back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpokenLanguages {
    /// For people and workspaces.
    pub people: Option<String>,
    /// For features.
    pub features: Option<String>,
}

/// What calling adds to a location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calling {
    /// `ll_cc`, the default for new users.
    pub announcement_language: String,
    /// The caller name, when it was set.
    pub caller_name: Option<String>,
    /// The main number, E.164.
    pub main_number: Option<String>,
    /// Digits in front of an extension, from other locations.
    pub routing_prefix: Option<String>,
    /// Digits dialled for an outside line.
    pub outside_dial_digit: Option<String>,
    /// Whether they must be dialled.
    pub enforce_outside_dial_digit: bool,
    /// The caller name shown outside.
    pub external_caller_id_name: Option<String>,
    /// The emergency location identifier, in BE, DE and FR.
    pub p_access_network_info: Option<String>,
    /// The charge number.
    pub charge_number: Option<String>,
    /// The PSTN connection, once chosen.
    pub pstn: Option<Pstn>,
    /// The emergency callback number.
    #[serde(default)]
    pub callback: Callback,
    /// Languages beside the default.
    #[serde(default)]
    pub spoken: SpokenLanguages,
}

impl Calling {
    pub(crate) fn new(announcement_language: &str) -> Self {
        Self {
            announcement_language: announcement_language.to_owned(),
            caller_name: None,
            main_number: None,
            routing_prefix: None,
            outside_dial_digit: None,
            enforce_outside_dial_digit: false,
            external_caller_id_name: None,
            p_access_network_info: None,
            charge_number: None,
            pstn: None,
            callback: Callback::default(),
            spoken: SpokenLanguages::default(),
        }
    }
}

/// A location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// The organization.
    pub org: Uuid,
    /// The name.
    pub name: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// `ll_cc`
    pub preferred_language: String,
    /// `ll_cc`, as given at creation; reads show that of calling alone.
    pub announcement_language: String,
    /// The address.
    pub address: Address,
    /// A number as text.
    pub latitude: Option<String>,
    /// A number as text.
    pub longitude: Option<String>,
    /// Free text.
    pub notes: Option<String>,
    /// What calling adds, once enabled.
    pub calling: Option<Calling>,
    /// When it was made.
    pub created: Timestamp,
}

impl Location {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn calling_in(org: Uuid) -> String {
        format!("calling/{org}")
    }

    pub(crate) fn named(org: Uuid, name: &str) -> String {
        format!("name/{org}/{}", name.to_lowercase())
    }
}

record!(Location, Uuid, |row| {
    let mut lookups = vec![Self::of_org(row.org), Self::named(row.org, &row.name)];
    if row.calling.is_some() {
        lookups.push(Self::calling_in(row.org));
    }
    lookups
});

/// A floor of a location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// The location.
    pub location: Uuid,
    /// Below the ground it is negative.
    pub number: i64,
    /// The name, if it has one.
    pub name: Option<String>,
}

impl Floor {
    pub(crate) fn at(location: Uuid) -> String {
        format!("location/{location}")
    }
}

record!(Floor, Uuid, |row| vec![Self::at(row.location)]);

/// What is known of a mobile number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mobile {
    /// The carrier: a UUID.
    pub carrier: String,
    /// The subscription it was ordered under.
    pub subscription: Option<String>,
}

/// A phone number of a location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Number {
    /// The organization.
    pub org: Uuid,
    /// The calling location.
    pub location: Uuid,
    /// Whether it is in service.
    pub active: bool,
    /// Whether it is toll-free, and so nobody's own.
    pub toll_free: bool,
    /// Whether it is for services.
    pub service: bool,
    /// What makes it a mobile number.
    #[serde(default)]
    pub mobile: Option<Mobile>,
    /// Its own emergency address; no request reads it back.
    #[serde(default)]
    pub emergency_address: Option<Address>,
}

impl Number {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn at(location: Uuid) -> String {
        format!("location/{location}")
    }
}

record!(Number, String, |row| vec![Self::of_org(row.org), Self::at(row.location)]);

/// The emergency address of a location; no request reads it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmergencyAddress {
    /// The organization.
    pub org: Uuid,
    /// The location.
    pub location: Uuid,
    /// Where it is.
    pub address: Address,
}

impl EmergencyAddress {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn at(location: Uuid) -> String {
        format!("location/{location}")
    }
}

record!(EmergencyAddress, Uuid, |row| vec![Self::of_org(row.org), Self::at(row.location)]);
