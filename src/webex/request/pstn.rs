//! Connections of locations to the public telephone network.

use serde::Serialize;

use super::{Method, Request};
use crate::{
    model::{LocationId, OrgId},
    webex::{PstnChoice, RouteKind},
};

/// Either an option or a route, never both.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum ConnectBody<'a> {
    Option { id: &'a str },
    Route { premise_route_type: &'static str, premise_route_id: &'a str },
}

fn of_location(method: Method, org: &OrgId, id: &LocationId, what: &str) -> Request {
    Request::new(method, &["telephony", "pstn", "locations", id.as_str(), what]).org(org)
}

/// `GET /telephony/pstn/locations/{id}/connectionOptions`
pub(in crate::webex) fn pstn_options(org: &OrgId, id: &LocationId) -> Request {
    of_location(Method::Get, org, id, "connectionOptions")
}

/// `GET /telephony/pstn/locations/{id}/connection`
pub(in crate::webex) fn pstn(org: &OrgId, id: &LocationId) -> Request {
    of_location(Method::Get, org, id, "connection")
}

/// `PUT /telephony/pstn/locations/{id}/connection`
pub(in crate::webex) fn connect_pstn(org: &OrgId, id: &LocationId, choice: &PstnChoice<'_>) -> Request {
    let body = match choice {
        PstnChoice::Option { id } => ConnectBody::Option { id },
        PstnChoice::Route { kind, id } => ConnectBody::Route {
            premise_route_type: match kind {
                RouteKind::Trunk => "TRUNK",
                RouteKind::RouteGroup => "ROUTE_GROUP",
            },
            premise_route_id: id,
        },
    };
    of_location(Method::Put, org, id, "connection").body(&body)
}

/// `GET /telephony/config/routeChoices`: trunks and route groups.
pub(in crate::webex) fn route_choices(org: &OrgId) -> Request {
    Request::get(&["telephony", "config", "routeChoices"]).org(org)
}
