//! `/telephony/config/jobs/**`.

use axum::http::Method;

use super::calling::ORG;
use crate::sim::http::param::{Param, count, text};
use crate::sim::http::route::{Route, get, post};
use crate::sim::rules::{disabling, jobs, moves, number_jobs};
use crate::sim::wire::job::{DisablingJob, MoveJob, NumberJob, PrefixJob};

const PAGE: &[Param] = &[text("orgId"), count("start"), count("max")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/telephony/config/jobs/locations/deleteCallingLocation", ORG, disabling::start),
        get("/telephony/config/jobs/locations/deleteCallingLocation", PAGE, jobs::list::<DisablingJob>),
        get("/telephony/config/jobs/locations/deleteCallingLocation/{id}", ORG, jobs::get::<DisablingJob>),
        get("/telephony/config/jobs/locations/deleteCallingLocation/{id}/errors", ORG, jobs::errors::<DisablingJob>),
        Route::new(
            Method::POST,
            "/telephony/config/jobs/locations/deleteCallingLocation/{id}/actions/pause/invoke",
            ORG,
            jobs::pause::<DisablingJob, 202>,
        ),
        Route::new(
            Method::POST,
            "/telephony/config/jobs/locations/deleteCallingLocation/{id}/actions/resume/invoke",
            ORG,
            jobs::resume::<DisablingJob, 202>,
        ),
        get("/telephony/config/jobs/updateRoutingPrefix", ORG, jobs::list::<PrefixJob>),
        get("/telephony/config/jobs/updateRoutingPrefix/{id}", ORG, jobs::get::<PrefixJob>),
        get("/telephony/config/jobs/updateRoutingPrefix/{id}/errors", ORG, jobs::errors::<PrefixJob>),
        post("/telephony/config/jobs/numbers/manageNumbers", ORG, number_jobs::start),
        get("/telephony/config/jobs/numbers/manageNumbers", PAGE, jobs::list::<NumberJob>),
        get("/telephony/config/jobs/numbers/manageNumbers/{id}", ORG, jobs::get::<NumberJob>),
        get("/telephony/config/jobs/numbers/manageNumbers/{id}/errors", PAGE, jobs::errors::<NumberJob>),
        Route::new(
            Method::POST,
            "/telephony/config/jobs/numbers/manageNumbers/{id}/actions/pause/invoke",
            ORG,
            jobs::pause::<NumberJob, 204>,
        ),
        Route::new(
            Method::POST,
            "/telephony/config/jobs/numbers/manageNumbers/{id}/actions/resume/invoke",
            ORG,
            jobs::resume::<NumberJob, 204>,
        ),
        post("/telephony/config/jobs/person/moveLocation", ORG, moves::start),
        get("/telephony/config/jobs/person/moveLocation", PAGE, jobs::list::<MoveJob>),
        get("/telephony/config/jobs/person/moveLocation/{id}", ORG, jobs::get::<MoveJob>),
        get("/telephony/config/jobs/person/moveLocation/{id}/errors", PAGE, jobs::errors::<MoveJob>),
        Route::new(
            Method::POST,
            "/telephony/config/jobs/person/moveLocation/{id}/actions/pause/invoke",
            ORG,
            jobs::pause::<MoveJob, 202>,
        ),
        Route::new(
            Method::POST,
            "/telephony/config/jobs/person/moveLocation/{id}/actions/resume/invoke",
            ORG,
            jobs::resume::<MoveJob, 202>,
        ),
    ]
}
