//! Administrator roles, through SCIM where the service allows it.

use base64::Engine as _;
use serde::Serialize;

use super::{Method, Request};
use crate::model::{OrgId, PersonId};

/// The roles that SCIM cannot assign (official description of the SCIM PATCH).
const NOT_BY_SCIM: [&str; 2] = ["location_admin", "site_admin"];

#[derive(Serialize)]
struct PatchBody<'a> {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    operations: Vec<Operation<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Operation<'a> {
    Add {
        path: &'static str,
        value: Vec<RoleValue<'a>>,
    },
    /// The filter is needed: without one every role would go.
    Remove {
        path: String,
    },
}

#[derive(Serialize)]
struct RoleValue<'a> {
    value: &'a str,
    r#type: &'static str,
}

/// `GET /roles`
pub(in crate::webex) fn roles() -> Request {
    Request::get(&["roles"])
}

/// Returns the name that SCIM knows a role by: the last part of its decoded id, unless that is a UUID or
/// names a role that SCIM cannot assign.
pub(in crate::webex) fn scim_name(role_id: &str) -> Option<String> {
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::URL_SAFE,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let decoded = String::from_utf8(engine.decode(role_id.trim_end_matches('=')).ok()?).ok()?;
    let name = decoded.strip_prefix("ciscospark://")?.rsplit('/').next()?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
    (plain && !is_uuid(name) && !NOT_BY_SCIM.contains(&name)).then(|| name.to_owned())
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The usual page of the SCIM interface, sent so that it does not depend on the default.
const PAGE: &str = "100";

/// `GET /identity/scim/{orgUuid}/v2/Users`
pub(in crate::webex) fn scim_users(org: &OrgId) -> Request {
    Request::scim(Method::Get, org, &["Users"]).query("count", PAGE)
}

/// `PATCH /identity/scim/{orgUuid}/v2/Users/{uuid}`, with SCIM's names of roles.
pub(in crate::webex) fn patch_roles(org: &OrgId, person: &PersonId, add: &[String], remove: &[String]) -> Request {
    let mut operations = Vec::new();
    if !add.is_empty() {
        let value = add.iter().map(|value| RoleValue { value, r#type: "cirole" }).collect();
        operations.push(Operation::Add { path: "roles", value });
    }
    // `scim_name` lets no quote through.
    operations.extend(remove.iter().map(|name| Operation::Remove { path: format!("roles[value eq \"{name}\"]") }));
    let body = PatchBody { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], operations };
    Request::scim(Method::Patch, org, &["Users", &person.key()]).body(&body)
}
