//! Phone numbers: of locations, of the organization, of people.

use axum::http::Method;

use super::calling::ORG;
use crate::sim::http::param::{count, flag, one_of, text};
use crate::sim::http::route::{Route, get, post, put};
use crate::sim::rules::{number_list, numbers, person_numbers};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/telephony/config/locations/{id}/numbers", ORG, numbers::add),
        put("/telephony/config/locations/{id}/numbers", ORG, numbers::activate),
        Route::with_body(Method::DELETE, "/telephony/config/locations/{id}/numbers", ORG, numbers::remove),
        get(
            "/telephony/config/numbers",
            [
                text("orgId"),
                text("locationId"),
                count("max"),
                count("start"),
                text("phoneNumber"),
                flag("available"),
                one_of("order", number_list::ORDERS),
                text("ownerName"),
                text("ownerId"),
                one_of("ownerType", number_list::OWNERS),
                text("extension"),
                one_of("numberType", number_list::NUMBER_TYPES),
                one_of("phoneNumberType", number_list::PLACES),
                one_of("state", number_list::STATES),
                flag("details"),
                flag("tollFreeNumbers"),
                flag("restrictedNonGeoNumbers"),
                one_of("includedTelephonyTypes", number_list::NETS),
                flag("serviceNumber"),
            ],
            number_list::list,
        ),
        post("/telephony/config/actions/validateNumbers/invoke", ORG, numbers::validate),
        get("/people/{id}/features/numbers", [text("orgId"), flag("preferE164Format")], person_numbers::get),
        put("/telephony/config/people/{id}/numbers", ORG, person_numbers::update),
    ]
}
