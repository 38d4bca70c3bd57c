//! `/locations`, with their floors.

use crate::sim::http::param::{Param, count, text};
use crate::sim::http::route::{Route, delete, get, post, put};
use crate::sim::rules::{floors, locations};

const ORG: &[Param] = &[text("orgId")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/locations", [text("name"), text("id"), text("orgId"), count("max"), text("cursor")], locations::list),
        post("/locations", ORG, locations::create),
        get("/locations/{id}", ORG, locations::get),
        put("/locations/{id}", ORG, locations::update),
        delete("/locations/{id}", ORG, locations::delete),
        get("/locations/{id}/floors", [], floors::list),
        post("/locations/{id}/floors", [], floors::create),
        get("/locations/{id}/floors/{floor}", [], floors::get),
        put("/locations/{id}/floors/{floor}", [], floors::update),
        delete("/locations/{id}/floors/{floor}", [], floors::delete),
    ]
}
