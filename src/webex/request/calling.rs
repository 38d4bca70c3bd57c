//! The calling side of locations.

use serde::Serialize;

use super::{Method, Request, location::LocationBody};
use crate::{
    model::{Language, Location, LocationId, OrgId, PhoneNumber},
    webex::CallingChange,
};

#[derive(Serialize)]
struct EnableBody<'a> {
    id: &'a str,
    #[serde(flatten)]
    location: LocationBody<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallingChangeBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    announcement_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calling_line_id: Option<CallingLineId<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    routing_prefix: Option<&'a str>,
}

/// The main number. Its name is the service's own unless somebody set one, so it is not sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallingLineId<'a> {
    phone_number: &'a str,
}

/// `GET /telephony/config/locations`
pub(in crate::webex) fn calling_locations(org: &OrgId) -> Request {
    Request::get(&["telephony", "config", "locations"]).org(org)
}

/// `GET /telephony/config/locations/{id}`; the only place that has the announcement language.
pub(in crate::webex) fn calling_location(org: &OrgId, id: &LocationId) -> Request {
    Request::get(&["telephony", "config", "locations", id.as_str()]).org(org)
}

/// `POST /telephony/config/locations`; repeats the whole location.
pub(in crate::webex) fn enable_calling(org: &OrgId, id: &LocationId, location: &Location) -> Request {
    let body = EnableBody { id: id.as_str(), location: LocationBody::new(location) };
    Request::new(Method::Post, &["telephony", "config", "locations"]).org(org).body(&body)
}

/// `PUT /telephony/config/locations/{id}`
pub(in crate::webex) fn update_calling(org: &OrgId, id: &LocationId, change: &CallingChange<'_>) -> Request {
    let CallingChange { announcement_language, main_number, routing_prefix } = change;
    let body = CallingChangeBody {
        announcement_language: announcement_language.map(Language::for_location),
        calling_line_id: main_number.map(|number| CallingLineId { phone_number: PhoneNumber::as_str(number) }),
        routing_prefix: *routing_prefix,
    };
    Request::new(Method::Put, &["telephony", "config", "locations", id.as_str()]).org(org).body(&body)
}
