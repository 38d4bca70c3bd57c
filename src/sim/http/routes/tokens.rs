//! Tokens.

use crate::sim::http::param::text;
use crate::sim::http::route::{Route, get, post};
use crate::sim::rules::tokens;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/authorize",
            [
                text("response_type"),
                text("client_id"),
                text("redirect_uri"),
                text("scope"),
                text("state"),
                text("code_challenge"),
                text("code_challenge_method"),
            ],
            tokens::authorize,
        )
        .open(),
        post("/access_token", [], tokens::exchange).open().discreet(),
        post("/applications/{id}/token", [], tokens::service_app).discreet(),
    ]
}
