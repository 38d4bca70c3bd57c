//! `/telephony/pstn/**`: connections and emergency addresses.

use super::calling::ORG;
use crate::sim::http::param::text;
use crate::sim::http::route::{Route, get, post, put};
use crate::sim::rules::{emergency, pstn};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/telephony/pstn/locations/{id}/connectionOptions",
            [text("orgId"), text("serviceTypes")],
            pstn::list_options,
        ),
        get("/telephony/pstn/locations/{id}/connection", ORG, pstn::get),
        put("/telephony/pstn/locations/{id}/connection", ORG, pstn::set),
        post("/telephony/pstn/locations/{id}/emergencyAddress/lookup", ORG, emergency::look_up),
        post("/telephony/pstn/locations/{id}/emergencyAddress", ORG, emergency::add),
        put("/telephony/pstn/locations/{id}/emergencyAddresses/{address}", ORG, emergency::update),
        put("/telephony/pstn/numbers/{id}/emergencyAddress", ORG, emergency::update_number),
    ]
}
