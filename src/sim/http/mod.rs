//! HTTP around the rules: routes, extraction, errors. Knows no rule and no storage.

pub(crate) mod param;
pub(crate) mod route;
pub(crate) mod routes;
mod serve;
mod wire;

pub(crate) use serve::router;
pub(crate) use wire::{Wire, Wires};
