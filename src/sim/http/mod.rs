//! HTTP around the rules: routes, extraction, errors. Knows no rule and no storage.

mod routes;
mod serve;

pub(crate) use routes::operations;
pub(crate) use serve::router;
