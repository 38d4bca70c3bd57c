//! HTTP around the rules: routes, extraction, errors. Knows no rule and no storage.

pub(super) mod routes;
mod serve;
mod wire;

pub(crate) use serve::router;
pub(crate) use wire::{Wire, Wires};
