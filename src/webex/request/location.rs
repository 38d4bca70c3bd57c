//! Locations, without their calling side.

use serde::Serialize;

use super::{Method, Request, postal::LocationAddress};
use crate::{
    model::{Language, Location, LocationId, OrgId, TimeZone},
    webex::LocationChange,
};

/// What creating a location and enabling calling there both send.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LocationBody<'a> {
    name: &'a str,
    time_zone: &'a str,
    preferred_language: String,
    announcement_language: String,
    address: LocationAddress<'a>,
}

impl<'a> LocationBody<'a> {
    pub(super) fn new(location: &'a Location) -> Self {
        Self {
            name: &location.display_name,
            time_zone: location.time_zone.as_str(),
            preferred_language: location.language.for_location(),
            announcement_language: location.announcements().for_location(),
            address: LocationAddress::new(&location.address.postal),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LocationChangeBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<LocationAddress<'a>>,
}

/// `GET /locations`; the only place where the preferred language is documented.
pub(in crate::webex) fn locations(org: &OrgId) -> Request {
    Request::get(&["locations"]).org(org)
}

/// `GET /locations/{id}`
pub(in crate::webex) fn one_location(org: &OrgId, id: &LocationId) -> Request {
    Request::get(&["locations", id.as_str()]).org(org)
}

/// `POST /locations`
pub(in crate::webex) fn create_location(org: &OrgId, location: &Location) -> Request {
    Request::new(Method::Post, &["locations"]).org(org).body(&LocationBody::new(location))
}

/// `PUT /locations/{id}`
pub(in crate::webex) fn update_location(org: &OrgId, id: &LocationId, change: &LocationChange<'_>) -> Request {
    let LocationChange { display_name, address, time_zone, language } = change;
    let body = LocationChangeBody {
        name: *display_name,
        time_zone: time_zone.map(TimeZone::as_str),
        preferred_language: language.map(Language::for_location),
        address: address.map(LocationAddress::new),
    };
    Request::new(Method::Put, &["locations", id.as_str()]).org(org).body(&body)
}

/// `DELETE /locations/{id}`
pub(in crate::webex) fn delete_location(org: &OrgId, id: &LocationId) -> Request {
    Request::new(Method::Delete, &["locations", id.as_str()]).org(org)
}
