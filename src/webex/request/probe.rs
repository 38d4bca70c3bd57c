//! The smallest read of each group of endpoints that has a scope of its own.

use super::Request;
use crate::model::{LocationId, OrgId};

/// `GET {path}?max=1`, about the account's own organization.
pub(in crate::webex) fn one_of(segments: &[&str]) -> Request {
    Request::get(segments).query("max", "1")
}

/// `GET /licenses`, which has no pages.
pub(in crate::webex) fn licenses() -> Request {
    Request::get(&["licenses"])
}

/// `GET /identity/scim/{orgUuid}/v2/Users?count=1`
pub(in crate::webex) fn one_scim_user(org: &OrgId) -> Request {
    Request::scim(super::Method::Get, org, &["Users"]).query("count", "1")
}

/// `GET /telephony/config/locations?max=1`
pub(in crate::webex) fn one_calling_location() -> Request {
    one_of(&["telephony", "config", "locations"])
}

/// `GET /telephony/pstn/locations/{id}/connectionOptions`, in the account's own organization.
pub(in crate::webex) fn own_pstn_options(id: &LocationId) -> Request {
    Request::get(&["telephony", "pstn", "locations", id.as_str(), "connectionOptions"])
}
