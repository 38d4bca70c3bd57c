//! `/webhooks`.

use crate::sim::http::param::{count, one_of, text};
use crate::sim::http::route::{Route, delete, get, post, put};
use crate::sim::rules::webhooks;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/webhooks", [count("max"), one_of("ownedBy", &["org"]), text("cursor")], webhooks::list),
        post("/webhooks", [], webhooks::create),
        get("/webhooks/{id}", [], webhooks::get),
        put("/webhooks/{id}", [], webhooks::update),
        delete("/webhooks/{id}", [], webhooks::delete),
    ]
}
