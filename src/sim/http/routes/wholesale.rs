//! `/wholesale/**`, and the registry of templates.

use axum::http::Method;

use crate::sim::http::param::{Param, count, flag, text};
use crate::sim::http::route::{Route, delete, get, post, put};
use crate::sim::rules::{customers, subscriber_view, subscribers, templates};

const SUB_PARTNER: &[Param] = &[text("onBehalfOfSubPartnerOrgId")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/wholesale/customers",
            [
                text("externalId"),
                text("orgId"),
                text("status"),
                count("offset"),
                count("max"),
                text("onBehalfOfSubPartnerOrgId"),
            ],
            customers::list,
        ),
        Route::new(Method::POST, "/wholesale/customers", SUB_PARTNER, customers::create),
        Route::new(Method::POST, "/wholesale/customers/validate", SUB_PARTNER, customers::validate),
        get(
            "/wholesale/customers/{id}",
            [flag("includePackageLicenseInfo"), text("onBehalfOfSubPartnerOrgId")],
            customers::get,
        ),
        Route::new(Method::PUT, "/wholesale/customers/{id}", SUB_PARTNER, customers::update),
        delete("/wholesale/customers/{id}", SUB_PARTNER, customers::delete),
        get(
            "/wholesale/subscribers",
            [
                count("max"),
                count("offset"),
                text("customerId"),
                text("personId"),
                text("externalCustomerId"),
                text("email"),
                text("status"),
                text("after"),
                text("lastStatusChange"),
                text("sortBy"),
                text("sortOrder"),
                text("onBehalfOfSubPartnerOrgId"),
            ],
            subscriber_view::list,
        ),
        Route::new(Method::POST, "/wholesale/subscribers", SUB_PARTNER, subscribers::create),
        Route::new(Method::POST, "/wholesale/subscribers/validate", SUB_PARTNER, subscribers::validate),
        get("/wholesale/subscribers/{id}", SUB_PARTNER, subscriber_view::get),
        Route::new(Method::PUT, "/wholesale/subscribers/{id}", SUB_PARTNER, subscribers::update),
        delete("/wholesale/subscribers/{id}", SUB_PARTNER, subscribers::delete),
        get("/registry/templates", [], templates::list),
        post("/registry/templates", [], templates::create),
        get("/registry/templates/{id}", [], templates::get),
        put("/registry/templates/{id}", [], templates::update),
        delete("/registry/templates/{id}", [], templates::delete),
    ]
}
