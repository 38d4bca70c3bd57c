//! The endpoints, a file for each part of the API.

mod calling;
mod jobs;
mod locations;
mod numbers;
mod organizations;
mod people;
mod pstn;
mod tokens;
mod webhooks;
mod wholesale;

use super::route::Route;

/// Lists every endpoint served.
pub(crate) fn all() -> Vec<Route> {
    [
        tokens::routes(),
        wholesale::routes(),
        organizations::routes(),
        people::routes(),
        locations::routes(),
        calling::routes(),
        webhooks::routes(),
        numbers::routes(),
        pstn::routes(),
        jobs::routes(),
    ]
    .concat()
}
