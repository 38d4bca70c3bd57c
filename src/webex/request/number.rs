//! Phone numbers of locations.

use serde::Serialize;

use super::{Method, Request};
use crate::model::{LocationId, OrgId, PersonId, PhoneNumber};

/// The default page of the interface, sent so that a full page can be told from a short one.
const PAGE: &str = "2000";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddBody<'a> {
    phone_numbers: Vec<&'a str>,
    /// Written out: clients of the service differ about the default.
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RemoveBody<'a> {
    phone_numbers: Vec<&'a str>,
}

fn of_location(method: Method, org: &OrgId, id: &LocationId) -> Request {
    Request::new(method, &["telephony", "config", "locations", id.as_str(), "numbers"]).org(org)
}

/// `GET /telephony/config/numbers`: every number of an organization, assigned or not; no bare extensions.
pub(in crate::webex) fn numbers(org: &OrgId) -> Request {
    Request::get(&["telephony", "config", "numbers"]).org(org).query("numberType", "NUMBER").query("max", PAGE)
}

/// `GET /telephony/config/numbers?locationId=`
pub(in crate::webex) fn numbers_of_location(org: &OrgId, id: &LocationId) -> Request {
    numbers(org).query("locationId", id.as_str())
}

/// `GET /telephony/config/numbers?ownerId=`
pub(in crate::webex) fn numbers_of_person(org: &OrgId, id: &PersonId) -> Request {
    numbers(org).query("ownerId", id.as_str())
}

/// `POST /telephony/config/locations/{id}/numbers`. `numberType` is needed for mobile numbers only.
pub(in crate::webex) fn add_numbers(org: &OrgId, id: &LocationId, numbers: &[PhoneNumber]) -> Request {
    let phone_numbers = numbers.iter().map(PhoneNumber::as_str).collect();
    of_location(Method::Post, org, id).body(&AddBody { phone_numbers, state: "ACTIVE" })
}

/// `DELETE /telephony/config/locations/{id}/numbers`, with a body.
pub(in crate::webex) fn remove_numbers(org: &OrgId, id: &LocationId, numbers: &[PhoneNumber]) -> Request {
    let phone_numbers = numbers.iter().map(PhoneNumber::as_str).collect();
    of_location(Method::Delete, org, id).body(&RemoveBody { phone_numbers })
}
