//! Organizations: the plain interface for their names, the identity interface for changes.

use serde::Serialize;

use super::{Method, Request};
use crate::{
    model::{Language, OrgId},
    webex::OrganizationChange,
};

/// The schema that an identity PATCH names (official description of `PATCH /identity/organizations`).
const SCHEMA: &str = "urn:cisco:codev:identity:organization:core:1.0";

/// The largest page in use of the wholesale interfaces; the description names none for sub-partners.
const PAGE: &str = "100";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationBody<'a> {
    schemas: [&'a str; 1],
    display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_language: Option<String>,
}

/// `GET /organizations/{id}`
pub(in crate::webex) fn organization(org: &OrgId) -> Request {
    Request::get(&["organizations", org.as_str()])
}

/// `GET /organizations`: every organization that the account can see, in one page.
pub(in crate::webex) fn organizations() -> Request {
    Request::get(&["organizations"])
}

/// `GET /wholesale/subPartners`
pub(in crate::webex) fn sub_partners() -> Request {
    Request::get(&["wholesale", "subPartners"]).query("max", PAGE)
}

/// `GET /identity/organizations/{uuid}`
pub(in crate::webex) fn identity_organization(org: &OrgId) -> Request {
    Request::get(&["identity", "organizations", &org.key()])
}

/// `PATCH /identity/organizations/{uuid}`
pub(in crate::webex) fn update_organization(org: &OrgId, change: &OrganizationChange<'_>) -> Request {
    let OrganizationChange { display_name, language } = change;
    let body = OrganizationBody {
        schemas: [SCHEMA],
        display_name,
        preferred_language: language.map(Language::for_organization),
    };
    Request::new(Method::Patch, &["identity", "organizations", &org.key()]).body(&body)
}
