//! `/telephony/**`: the calling side of locations, numbers, PSTN and jobs.

use axum::http::Method;

use crate::sim::http::param::{Param, count, flag, text};
use crate::sim::http::route::{Route, delete, get};
use crate::sim::rules::{calling, choices, disabling, extensions, jobs, locations, moves, number_jobs, numbers, pstn};

const ORG: &[Param] = &[text("orgId")];
const ORG_PAGE: &[Param] = &[text("orgId"), count("start"), count("max")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/telephony/config/locations",
            [text("orgId"), count("max"), count("start"), text("name"), text("order")],
            calling::list,
        ),
        Route::new(Method::POST, "/telephony/config/locations", ORG, calling::enable),
        get("/telephony/config/locations/{id}", ORG, calling::get),
        Route::new(Method::PUT, "/telephony/config/locations/{id}", ORG, calling::update),
        get(
            "/telephony/config/locations/{id}/availableNumbers",
            [text("orgId"), count("max"), count("start"), text("phoneNumber"), text("ownerName")],
            choices::available_numbers,
        ),
        Route::new(
            Method::POST,
            "/telephony/config/locations/{id}/actions/precheckForDeletion/invoke",
            ORG,
            disabling::precheck,
        ),
        Route::new(
            Method::POST,
            "/telephony/config/locations/{id}/actions/validateExtensions/invoke",
            ORG,
            extensions::validate_location_extensions,
        ),
        Route::new(
            Method::POST,
            "/telephony/config/actions/validateExtensions/invoke",
            ORG,
            extensions::validate_extensions,
        ),
        Route::new(Method::POST, "/telephony/config/locations/{id}/numbers", ORG, numbers::add),
        Route::new(Method::PUT, "/telephony/config/locations/{id}/numbers", ORG, numbers::activate),
        delete("/telephony/config/locations/{id}/numbers", ORG, numbers::remove),
        get(
            "/telephony/config/numbers",
            [
                text("orgId"),
                text("locationId"),
                count("max"),
                count("start"),
                text("phoneNumber"),
                flag("available"),
                text("order"),
                text("ownerName"),
                text("ownerId"),
                text("ownerType"),
                text("extension"),
                text("numberType"),
                text("phoneNumberType"),
                text("state"),
                flag("details"),
                flag("tollFreeNumbers"),
                flag("restrictedNonGeoNumbers"),
                text("includedTelephonyTypes"),
                flag("serviceNumber"),
            ],
            numbers::list,
        ),
        Route::new(Method::POST, "/telephony/config/actions/validateNumbers/invoke", ORG, numbers::validate),
        get(
            "/telephony/config/routeChoices",
            [text("orgId"), text("routeGroupName"), text("trunkName"), count("max"), count("start"), text("order")],
            choices::route_choices,
        ),
        get("/telephony/config/announcementLanguages", [text("orgId"), flag("ttsLanguage")], locations::languages),
        get("/telephony/config/countries/{id}", ORG, locations::countries),
        get(
            "/telephony/pstn/locations/{id}/connectionOptions",
            [text("orgId"), text("serviceTypes")],
            pstn::list_options,
        ),
        get("/telephony/pstn/locations/{id}/connection", ORG, pstn::get),
        Route::new(Method::PUT, "/telephony/pstn/locations/{id}/connection", ORG, pstn::set),
        Route::new(Method::POST, "/telephony/config/jobs/locations/deleteCallingLocation", ORG, disabling::start),
        get("/telephony/config/jobs/locations/deleteCallingLocation", ORG_PAGE, jobs::list),
        get("/telephony/config/jobs/locations/deleteCallingLocation/{id}", ORG, jobs::get),
        get("/telephony/config/jobs/locations/deleteCallingLocation/{id}/errors", ORG_PAGE, jobs::errors),
        get("/telephony/config/jobs/updateRoutingPrefix", ORG, jobs::list),
        get("/telephony/config/jobs/updateRoutingPrefix/{id}", ORG, jobs::get),
        get("/telephony/config/jobs/updateRoutingPrefix/{id}/errors", ORG_PAGE, jobs::errors),
        Route::new(Method::POST, "/telephony/config/jobs/numbers/manageNumbers", ORG, number_jobs::start),
        get("/telephony/config/jobs/numbers/manageNumbers", ORG_PAGE, jobs::list),
        get("/telephony/config/jobs/numbers/manageNumbers/{id}", ORG, jobs::get),
        get("/telephony/config/jobs/numbers/manageNumbers/{id}/errors", ORG_PAGE, jobs::errors),
        Route::new(Method::POST, "/telephony/config/jobs/person/moveLocation", ORG, moves::start),
        get("/telephony/config/jobs/person/moveLocation", ORG_PAGE, jobs::list),
        get("/telephony/config/jobs/person/moveLocation/{id}", ORG, jobs::get),
        get("/telephony/config/jobs/person/moveLocation/{id}/errors", ORG_PAGE, jobs::errors),
    ]
}
