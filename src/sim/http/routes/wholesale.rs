//! `/wholesale/**`, the downloads of billing reports, and the registry of templates.

use crate::sim::http::param::{Param, count, flag, list_of, one_of, text};
use crate::sim::http::route::{Route, delete, get, post, post_nothing, put};
use crate::sim::rules::{billing, customers, sub_partners, subscriber_view, subscribers, templates};
use crate::sim::state::{CustomerStatus, ReportType};
use crate::sim::wire::billing::ReportStatus;

const SUB_PARTNER: &[Param] = &[text("onBehalfOfSubPartnerOrgId")];

pub(super) fn routes() -> Vec<Route> {
    [customers(), subscribers(), partner(), templates()].concat()
}

fn customers() -> Vec<Route> {
    vec![
        get(
            "/wholesale/customers",
            [
                text("externalId"),
                text("orgId"),
                list_of("status", &CustomerStatus::ALL),
                count("offset"),
                count("max"),
                text("onBehalfOfSubPartnerOrgId"),
            ],
            customers::list,
        ),
        post("/wholesale/customers", SUB_PARTNER, customers::create),
        post("/wholesale/customers/validate", SUB_PARTNER, customers::validate),
        get(
            "/wholesale/customers/{id}",
            [flag("includePackageLicenseInfo"), text("onBehalfOfSubPartnerOrgId")],
            customers::get,
        ),
        put("/wholesale/customers/{id}", SUB_PARTNER, customers::update),
        delete("/wholesale/customers/{id}", SUB_PARTNER, customers::delete),
    ]
}

fn subscribers() -> Vec<Route> {
    vec![
        get(
            "/wholesale/subscribers",
            [
                count("max"),
                count("offset"),
                text("customerId"),
                text("personId"),
                text("externalCustomerId"),
                text("email"),
                one_of("status", &["provisioned", "pending_user_migration"]),
                text("after"),
                text("lastStatusChange"),
                one_of("sortBy", &["created", "lastStatusChange"]),
                one_of("sortOrder", &["ASC", "DESC"]),
                text("onBehalfOfSubPartnerOrgId"),
            ],
            subscriber_view::list,
        ),
        post("/wholesale/subscribers", SUB_PARTNER, subscribers::create),
        post("/wholesale/subscribers/validate", SUB_PARTNER, subscribers::validate),
        get("/wholesale/subscribers/{id}", SUB_PARTNER, subscriber_view::get),
        put("/wholesale/subscribers/{id}", SUB_PARTNER, subscribers::update),
        delete("/wholesale/subscribers/{id}", SUB_PARTNER, subscribers::delete),
        post_nothing(
            "/wholesale/subscribers/{id}/emails/consentMove",
            SUB_PARTNER,
            subscribers::ask_for_consent_in_wholesale,
        ),
        // As the documents print it: without the prefix of its siblings.
        post_nothing("/subscribers/{id}/emails/consentMove", SUB_PARTNER, subscribers::ask_for_consent_as_printed),
    ]
}

fn partner() -> Vec<Route> {
    vec![
        get(
            "/wholesale/subPartners",
            [one_of("provisioningState", &["active", "suspended"]), count("offset"), count("max")],
            sub_partners::list,
        ),
        get(
            "/wholesale/billing/reports",
            [
                text("billingStartDate"),
                text("billingEndDate"),
                one_of("type", &ReportType::ALL),
                one_of("sortBy", &["id", "billingStartDate", "billingEndDate", "status"]),
                one_of("status", &ReportStatus::ALL),
                count("max"),
                text("subPartnerOrgId"),
                text("cursor"),
            ],
            billing::list,
        ),
        post("/wholesale/billing/reports", [], billing::create),
        get("/wholesale/billing/reports/{id}", [], billing::get),
        delete("/wholesale/billing/reports/{id}", [], billing::delete),
        get("/downloads/billing-reports/{id}", [text("Expires"), text("Signature")], billing::download).open(),
    ]
}

fn templates() -> Vec<Route> {
    vec![
        get("/registry/templates", [], templates::list),
        post("/registry/templates", [], templates::create),
        get("/registry/templates/{id}", [], templates::get),
        put("/registry/templates/{id}", [], templates::update),
        delete("/registry/templates/{id}", [], templates::delete),
    ]
}
