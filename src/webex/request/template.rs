//! Onboarding templates in a registry: hubform's own small interface, since Webex has none.
//!
//! `GET`, `POST /registry/templates`; `PUT`, `DELETE /registry/templates/{id}`. A template is
//! `{provisioningId, name, spec}`, and `spec` is the flat map of fields that states are compared in.

use serde::Serialize;

use super::{Method, Request};
use crate::model::{Fields, Name, ProvisioningId};

#[derive(Serialize)]
struct TemplateBody<'a> {
    name: &'a str,
    spec: &'a Fields,
}

/// `GET /registry/templates`
pub(in crate::webex) fn templates() -> Request {
    Request::get(&["registry", "templates"])
}

/// `POST /registry/templates`
pub(in crate::webex) fn create_template(name: &Name, fields: &Fields) -> Request {
    Request::new(Method::Post, &["registry", "templates"]).body(&TemplateBody { name: name.as_str(), spec: fields })
}

/// `PUT /registry/templates/{id}`
pub(in crate::webex) fn update_template(id: &ProvisioningId, name: &Name, fields: &Fields) -> Request {
    Request::new(Method::Put, &["registry", "templates", id.as_str()])
        .body(&TemplateBody { name: name.as_str(), spec: fields })
}

/// `DELETE /registry/templates/{id}`
pub(in crate::webex) fn delete_template(id: &ProvisioningId) -> Request {
    Request::new(Method::Delete, &["registry", "templates", id.as_str()])
}
