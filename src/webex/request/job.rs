//! Jobs that the service runs by itself.

use serde::Serialize;

use super::{Method, Request};
use crate::{
    model::{Extension, JobId, LocationId, OrgId, PhoneNumber},
    webex::{JobKind, MoveUser},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DisableBody<'a> {
    location_id: &'a str,
    location_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MoveBody<'a> {
    users_list: [MoveList<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MoveList<'a> {
    location_id: &'a str,
    /// False moves; true would only check.
    validate: bool,
    users: [MovedUser<'a>; 1],
}

/// An absent value is kept, an empty one taken away.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MovedUser<'a> {
    user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
}

const fn folder(kind: JobKind) -> &'static [&'static str] {
    match kind {
        JobKind::DisableCalling => &["telephony", "config", "jobs", "locations", "deleteCallingLocation"],
        JobKind::MoveUsers => &["telephony", "config", "jobs", "person", "moveLocation"],
        JobKind::RoutingPrefix => &["telephony", "config", "jobs", "updateRoutingPrefix"],
    }
}

/// `POST …/deleteCallingLocation`
pub(in crate::webex) fn disable_calling(org: &OrgId, id: &LocationId, name: &str) -> Request {
    Request::new(Method::Post, folder(JobKind::DisableCalling))
        .org(org)
        .body(&DisableBody { location_id: id.as_str(), location_name: name })
}

/// `POST …/moveLocation`
pub(in crate::webex) fn move_user(org: &OrgId, user: &MoveUser<'_>) -> Request {
    let MoveUser { person, location, phone_number, extension } = user;
    let moved = MovedUser {
        user_id: person.as_str(),
        extension: extension.map(|extension| extension.map_or("", Extension::as_str)),
        phone_number: phone_number.map(|number| number.map_or("", PhoneNumber::as_str)),
    };
    let list = MoveList { location_id: location.as_str(), validate: false, users: [moved] };
    Request::new(Method::Post, folder(JobKind::MoveUsers)).org(org).body(&MoveBody { users_list: [list] })
}

/// `GET …`
pub(in crate::webex) fn jobs(org: &OrgId, kind: JobKind) -> Request {
    Request::get(folder(kind)).org(org)
}

/// `GET …/{jobId}`
pub(in crate::webex) fn job(org: &OrgId, kind: JobKind, id: &JobId) -> Request {
    Request::get(&[folder(kind), &[id.as_str()]].concat()).org(org)
}

/// `GET …/{jobId}/errors`
pub(in crate::webex) fn job_errors(org: &OrgId, kind: JobKind, id: &JobId) -> Request {
    Request::get(&[folder(kind), &[id.as_str(), "errors"]].concat()).org(org)
}
