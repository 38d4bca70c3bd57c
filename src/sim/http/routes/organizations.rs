//! Organizations and what is about them: identity records, administrators of the partner, tags.

use crate::sim::http::param::{count, one_of, text};
use crate::sim::http::route::{Route, delete, get, patch, post, post_nothing};
use crate::sim::rules::{orgs, partner_admins, tags};

pub(super) fn routes() -> Vec<Route> {
    [organizations(), administrators(), tags()].concat()
}

fn organizations() -> Vec<Route> {
    vec![
        get("/organizations", [], orgs::list),
        get("/organizations/{id}", [], orgs::get),
        delete("/organizations/{id}", [], orgs::delete),
        get("/identity/organizations/{id}", [], orgs::identity),
        patch("/identity/organizations/{id}", [], orgs::patch_identity),
    ]
}

fn administrators() -> Vec<Route> {
    vec![
        get("/partner/organizations", [text("managedBy").needed()], partner_admins::organizations),
        get("/partner/organizations/{id}/partnerAdmins", [], partner_admins::of_organization),
        post_nothing("/partner/organizations/{id}/partnerAdmin/{personId}/assign", [], partner_admins::assign),
        delete("/partner/organizations/{id}/partnerAdmin/{personId}/unassign", [], partner_admins::unassign),
        delete("/partner/organizations/partnerAdmin/{id}", [], partner_admins::revoke),
    ]
}

fn tags() -> Vec<Route> {
    vec![
        get("/partner/tags", [one_of("type", &["ORGANIZATION", "SUBSCRIPTION"]).needed()], tags::list),
        get("/partner/tags/organizations", [text("tags").needed(), count("max")], tags::organizations),
        get("/partner/tags/organizations/{id}", [], tags::of_organization),
        post("/partner/tags/organizations/{id}/assignTags", [], tags::assign_to_organization),
        get("/partner/tags/subscriptions", [text("tags").needed(), count("max")], tags::subscriptions),
        get("/partner/tags/organizations/{id}/subscriptions/{subscriptionId}", [], tags::of_subscription),
        post(
            "/partner/tags/organizations/{id}/subscriptions/{subscriptionId}/assignTags",
            [],
            tags::assign_to_subscription,
        ),
    ]
}
