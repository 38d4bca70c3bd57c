//! The endpoints, a file for each part of the API.

mod calling;
mod locations;
mod organizations;
mod people;
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
    ]
    .concat()
}
