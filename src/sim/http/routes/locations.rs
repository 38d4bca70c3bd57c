//! `/locations`.

use axum::http::Method;

use crate::sim::http::param::{Param, count, flag, text};
use crate::sim::http::route::{Route, delete, get};
use crate::sim::rules::locations;

const ORG: &[Param] = &[text("orgId")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/locations", [text("name"), text("id"), text("orgId"), count("max"), text("cursor")], locations::list),
        Route::new(Method::POST, "/locations", ORG, locations::create),
        get("/locations/{id}", ORG, locations::get),
        Route::new(Method::PUT, "/locations/{id}", ORG, locations::update),
        delete("/locations/{id}", ORG, locations::delete),
        get("/telephony/config/announcementLanguages", [text("orgId"), flag("ttsLanguage")], locations::languages),
        get("/telephony/config/countries/{id}", ORG, locations::countries),
    ]
}
