//! People, roles and SCIM users.

use crate::sim::http::param::{count, flag, one_of, text};
use crate::sim::http::route::{Route, delete, get, patch, post, put};
use crate::sim::rules::scim_filter::SORT_BY;
use crate::sim::rules::{licenses, people, roles, scim};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/identity/scim/{org}/v2/Users",
            [
                text("filter"),
                text("attributes"),
                text("excludedAttributes"),
                one_of("sortBy", SORT_BY),
                one_of("sortOrder", &["ascending", "descending"]),
                count("startIndex"),
                count("count"),
                flag("returnGroups"),
                flag("includeGroupDetails"),
                text("groupUsageTypes"),
            ],
            scim::list,
        ),
        post("/identity/scim/{org}/v2/Users", [], scim::create),
        get("/identity/scim/{org}/v2/Users/{id}", [], scim::get),
        put("/identity/scim/{org}/v2/Users/{id}", [], scim::replace),
        patch("/identity/scim/{org}/v2/Users/{id}", [], scim::patch),
        delete("/identity/scim/{org}/v2/Users/{id}", [], scim::delete),
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
        get("/roles", [], roles::list),
        get("/roles/{id}", [], roles::get),
        get("/licenses", [text("orgId")], licenses::list),
        get("/licenses/{id}", [one_of("includeAssignedTo", &["user"]), text("next"), count("limit")], licenses::get),
        patch("/licenses/users", [], licenses::change),
    ]
}
