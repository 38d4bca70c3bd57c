//! `/telephony/config/**`: the calling side of locations, their extensions and routes.

use axum::http::Method;

use crate::sim::http::param::{Param, count, flag, one_of, text};
use crate::sim::http::route::{Route, get, post, put};
use crate::sim::rules::{callback, calling, choices, disabling, extensions, locations};

pub(super) const ORG: &[Param] = &[text("orgId")];
const AVAILABLE: &[Param] = &[text("orgId"), count("max"), count("start"), text("phoneNumber"), text("ownerName")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/telephony/config/locations",
            [text("orgId"), count("max"), count("start"), text("name"), one_of("order", &["name-asc", "name-desc"])],
            calling::list,
        ),
        post("/telephony/config/locations", ORG, calling::enable),
        get("/telephony/config/locations/{id}", ORG, calling::get),
        put("/telephony/config/locations/{id}", ORG, calling::update),
        get("/telephony/config/locations/{id}/availableNumbers", AVAILABLE, choices::available_numbers),
        post("/telephony/config/locations/{id}/actions/modifyAnnouncementLanguage/invoke", ORG, calling::speak),
        Route::new(
            Method::POST,
            "/telephony/config/locations/{id}/actions/precheckForDeletion/invoke",
            ORG,
            disabling::precheck,
        ),
        get("/telephony/config/locations/{id}/features/emergencyCallbackNumber", ORG, callback::get),
        put("/telephony/config/locations/{id}/features/emergencyCallbackNumber", ORG, callback::update),
        get(
            "/telephony/config/locations/{id}/emergencyCallbackNumber/availableNumbers",
            AVAILABLE,
            choices::callback_numbers,
        ),
        post("/telephony/config/locations/{id}/actions/validateExtensions/invoke", ORG, extensions::of_location),
        post("/telephony/config/actions/validateExtensions/invoke", ORG, extensions::of_org),
        get(
            "/telephony/config/routeChoices",
            [text("orgId"), text("routeGroupName"), text("trunkName"), count("max"), count("start"), text("order")],
            choices::route_choices,
        ),
        get("/telephony/config/announcementLanguages", [text("orgId"), flag("ttsLanguage")], locations::languages),
        get("/telephony/config/countries/{id}", ORG, locations::countries),
    ]
}
