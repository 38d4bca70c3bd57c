//! People, roles and SCIM users.

use axum::http::Method;

use crate::sim::http::param::{count, flag, text};
use crate::sim::http::route::{Route, delete, get};
use crate::sim::rules::{people, scim};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/identity/scim/{org}/v2/Users", [text("filter"), count("startIndex"), count("count")], scim::list),
        get("/identity/scim/{org}/v2/Users/{id}", [], scim::get),
        Route::new(Method::PATCH, "/identity/scim/{org}/v2/Users/{id}", [], scim::patch),
        get(
            "/people",
            [
                text("email"),
                text("displayName"),
                text("id"),
                text("orgId"),
                text("roles"),
                flag("callingData"),
                text("locationId"),
                count("max"),
                text("excludeStatus"),
                text("cursor"),
            ],
            people::list,
        ),
        get("/people/me", [flag("callingData")], people::me),
        get("/people/{id}", [flag("callingData")], people::get),
        Route::new(
            Method::PUT,
            "/people/{id}",
            [flag("callingData"), flag("showAllTypes"), flag("minResponse")],
            people::update,
        ),
        delete("/people/{id}", [], people::delete),
        get("/roles", [], people::roles),
        get("/roles/{id}", [], people::role),
    ]
}
