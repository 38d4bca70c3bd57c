//! The one integration binary.
#![expect(clippy::unwrap_used, unreachable_pub, reason = "a test may panic, and shares support code")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test picks the one variant that it is about")]

mod apply;
mod cli;
mod laws;
mod ledger;
mod levels;
mod manifest;
mod plan;
mod readme;
mod report;
mod rules;
mod session;
mod sim;
mod webex;
