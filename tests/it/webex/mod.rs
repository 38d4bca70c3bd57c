//! The client against a server that answers as it is told.

#![expect(clippy::unwrap_used, reason = "support functions stand outside of test functions")]

mod against_simulator;
mod auth;
mod deadlines;
mod inspecting;
mod lists;
mod logs;
mod once;
mod quirks;
mod reader;
mod reading;
mod samples;
mod scripted;
mod secrets;
mod sending;
pub(crate) mod token_service;
mod writing;
