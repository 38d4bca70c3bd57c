//! The endpoints: method, path, the query parameters that the documents name, and the rule behind.

use axum::http::Method;

use crate::sim::answer::{Answer, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::rules::{
    calling, choices, customers, disabling, extensions, jobs, locations, moves, number_jobs, numbers, orgs, people,
    pstn, scim, subscriber_view, subscribers, templates,
};
use crate::sim::state::State;

/// A rule behind an endpoint.
pub(crate) type Endpoint = fn(&mut State, &Context<'_>, &Call) -> Result<Answer, Refusal>;

/// An endpoint.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) query: &'static [&'static str],
    pub(crate) endpoint: Endpoint,
}

const SUB_PARTNER: &[&str] = &["onBehalfOfSubPartnerOrgId"];
const ORG: &[&str] = &["orgId"];
const ORG_PAGE: &[&str] = &["orgId", "start", "max"];

/// Lists method and path of every endpoint served, sorted.
pub(crate) fn operations() -> Vec<(String, String)> {
    let mut operations: Vec<(String, String)> =
        all().into_iter().map(|route| (route.method.to_string(), route.path.to_owned())).collect();
    operations.sort();
    operations
}

/// Lists every endpoint served.
#[expect(clippy::too_many_lines, reason = "a table, one line per endpoint")]
pub(crate) fn all() -> Vec<Route> {
    let route = |method, path, query, endpoint| Route { method, path, query, endpoint };
    let get = |path, query, endpoint| route(Method::GET, path, query, endpoint);
    let post = |path, query, endpoint| route(Method::POST, path, query, endpoint);
    let put = |path, query, endpoint| route(Method::PUT, path, query, endpoint);
    let patch = |path, query, endpoint| route(Method::PATCH, path, query, endpoint);
    let delete = |path, query, endpoint| route(Method::DELETE, path, query, endpoint);
    vec![
        get(
            "/wholesale/customers",
            &["externalId", "orgId", "status", "offset", "max", "onBehalfOfSubPartnerOrgId"],
            customers::list,
        ),
        post("/wholesale/customers", SUB_PARTNER, customers::create),
        post("/wholesale/customers/validate", SUB_PARTNER, customers::validate),
        get("/wholesale/customers/{id}", &["includePackageLicenseInfo", "onBehalfOfSubPartnerOrgId"], customers::get),
        put("/wholesale/customers/{id}", SUB_PARTNER, customers::update),
        delete("/wholesale/customers/{id}", SUB_PARTNER, customers::delete),
        get(
            "/wholesale/subscribers",
            &[
                "max",
                "offset",
                "customerId",
                "personId",
                "externalCustomerId",
                "email",
                "status",
                "after",
                "lastStatusChange",
                "sortBy",
                "sortOrder",
                "onBehalfOfSubPartnerOrgId",
            ],
            subscriber_view::list,
        ),
        post("/wholesale/subscribers", SUB_PARTNER, subscribers::create),
        post("/wholesale/subscribers/validate", SUB_PARTNER, subscribers::validate),
        get("/wholesale/subscribers/{id}", SUB_PARTNER, subscriber_view::get),
        put("/wholesale/subscribers/{id}", SUB_PARTNER, subscribers::update),
        delete("/wholesale/subscribers/{id}", SUB_PARTNER, subscribers::delete),
        get("/organizations", &[], orgs::list),
        get("/organizations/{id}", &[], orgs::get),
        delete("/organizations/{id}", &[], orgs::delete),
        get("/identity/organizations/{id}", &[], orgs::identity),
        patch("/identity/organizations/{id}", &[], orgs::patch_identity),
        get("/identity/scim/{org}/v2/Users", &["filter", "startIndex", "count"], scim::list),
        get("/identity/scim/{org}/v2/Users/{id}", &[], scim::get),
        patch("/identity/scim/{org}/v2/Users/{id}", &[], scim::patch),
        get("/locations", &["name", "id", "orgId", "max", "cursor"], locations::list),
        post("/locations", ORG, locations::create),
        get("/locations/{id}", ORG, locations::get),
        put("/locations/{id}", ORG, locations::update),
        delete("/locations/{id}", ORG, locations::delete),
        get(
            "/people",
            &[
                "email",
                "displayName",
                "id",
                "orgId",
                "roles",
                "callingData",
                "locationId",
                "max",
                "excludeStatus",
                "cursor",
            ],
            people::list,
        ),
        get("/people/me", &["callingData"], people::me),
        get("/people/{id}", &["callingData"], people::get),
        put("/people/{id}", &["callingData", "showAllTypes", "minResponse"], people::update),
        delete("/people/{id}", &[], people::delete),
        get("/people/{id}/features/numbers", &["orgId", "preferE164Format"], people::numbers),
        get("/roles", &[], people::roles),
        get("/roles/{id}", &[], people::role),
        get("/telephony/config/locations", &["orgId", "max", "start", "name", "order"], calling::list),
        post("/telephony/config/locations", ORG, calling::enable),
        get("/telephony/config/locations/{id}", ORG, calling::get),
        put("/telephony/config/locations/{id}", ORG, calling::update),
        get(
            "/telephony/config/locations/{id}/availableNumbers",
            &["orgId", "max", "start", "phoneNumber", "ownerName"],
            choices::available_numbers,
        ),
        post("/telephony/config/locations/{id}/actions/precheckForDeletion/invoke", ORG, disabling::precheck),
        post(
            "/telephony/config/locations/{id}/actions/validateExtensions/invoke",
            ORG,
            extensions::validate_location_extensions,
        ),
        post("/telephony/config/actions/validateExtensions/invoke", ORG, extensions::validate_extensions),
        post("/telephony/config/locations/{id}/numbers", ORG, numbers::add),
        put("/telephony/config/locations/{id}/numbers", ORG, numbers::activate),
        delete("/telephony/config/locations/{id}/numbers", ORG, numbers::remove),
        get(
            "/telephony/config/numbers",
            &[
                "orgId",
                "locationId",
                "max",
                "start",
                "phoneNumber",
                "available",
                "order",
                "ownerName",
                "ownerId",
                "ownerType",
                "extension",
                "numberType",
                "phoneNumberType",
                "state",
                "details",
                "tollFreeNumbers",
                "restrictedNonGeoNumbers",
                "includedTelephonyTypes",
                "serviceNumber",
            ],
            numbers::list,
        ),
        post("/telephony/config/actions/validateNumbers/invoke", ORG, numbers::validate),
        get(
            "/telephony/config/routeChoices",
            &["orgId", "routeGroupName", "trunkName", "max", "start", "order"],
            choices::route_choices,
        ),
        get("/telephony/config/announcementLanguages", &["orgId", "ttsLanguage"], locations::languages),
        get("/telephony/config/countries/{id}", ORG, locations::countries),
        get("/telephony/pstn/locations/{id}/connectionOptions", &["orgId", "serviceTypes"], pstn::list_options),
        get("/telephony/pstn/locations/{id}/connection", ORG, pstn::get),
        put("/telephony/pstn/locations/{id}/connection", ORG, pstn::set),
        post("/telephony/config/jobs/locations/deleteCallingLocation", ORG, disabling::start),
        get("/telephony/config/jobs/locations/deleteCallingLocation", ORG_PAGE, jobs::list),
        get("/telephony/config/jobs/locations/deleteCallingLocation/{id}", ORG, jobs::get),
        get("/telephony/config/jobs/locations/deleteCallingLocation/{id}/errors", ORG_PAGE, jobs::errors),
        get("/telephony/config/jobs/updateRoutingPrefix", ORG, jobs::list),
        get("/telephony/config/jobs/updateRoutingPrefix/{id}", ORG, jobs::get),
        get("/telephony/config/jobs/updateRoutingPrefix/{id}/errors", ORG_PAGE, jobs::errors),
        post("/telephony/config/jobs/numbers/manageNumbers", ORG, number_jobs::start),
        get("/telephony/config/jobs/numbers/manageNumbers", ORG_PAGE, jobs::list),
        get("/telephony/config/jobs/numbers/manageNumbers/{id}", ORG, jobs::get),
        get("/telephony/config/jobs/numbers/manageNumbers/{id}/errors", ORG_PAGE, jobs::errors),
        post("/telephony/config/jobs/person/moveLocation", ORG, moves::start),
        get("/telephony/config/jobs/person/moveLocation", ORG_PAGE, jobs::list),
        get("/telephony/config/jobs/person/moveLocation/{id}", ORG, jobs::get),
        get("/telephony/config/jobs/person/moveLocation/{id}/errors", ORG_PAGE, jobs::errors),
        get("/registry/templates", &[], templates::list),
        post("/registry/templates", &[], templates::create),
        get("/registry/templates/{id}", &[], templates::get),
        put("/registry/templates/{id}", &[], templates::update),
        delete("/registry/templates/{id}", &[], templates::delete),
    ]
}
