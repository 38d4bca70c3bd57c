//! Organizations and what is about them.

use crate::sim::http::route::{Route, delete, get, patch};
use crate::sim::rules::orgs;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/organizations", [], orgs::list),
        get("/organizations/{id}", [], orgs::get),
        delete("/organizations/{id}", [], orgs::delete),
        get("/identity/organizations/{id}", [], orgs::identity),
        patch("/identity/organizations/{id}", [], orgs::patch_identity),
    ]
}
