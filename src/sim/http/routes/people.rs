//! People, roles and SCIM users.

use axum::http::Method;

use crate::sim::http::param::{count, flag, one_of, text};
use crate::sim::http::route::{Route, delete, get, patch, post, put};
use crate::sim::rules::{licenses, people, roles, scim};

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
                flag("excludeStatus"),
                text("cursor"),
            ],
            people::list,
        ),
        post("/people", [flag("callingData"), flag("minResponse")], people::create),
        get("/people/me", [flag("callingData")], people::me),
        get("/people/{id}", [flag("callingData")], people::get),
        put("/people/{id}", [flag("callingData"), flag("showAllTypes"), flag("minResponse")], people::update),
        delete("/people/{id}", [], people::delete),
        get("/people/{id}/features/numbers", [text("orgId"), flag("preferE164Format")], people::numbers),
        get("/roles", [], roles::list),
        get("/roles/{id}", [], roles::get),
        get("/licenses", [text("orgId")], licenses::list),
        get("/licenses/{id}", [one_of("includeAssignedTo", &["user"]), text("next"), count("limit")], licenses::get),
        patch("/licenses/users", [], licenses::change),
    ]
}
