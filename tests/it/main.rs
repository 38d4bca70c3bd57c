//! The one integration binary.
#![expect(clippy::unwrap_used, unreachable_pub, reason = "a test may panic, and shares support code")]

mod laws;
mod levels;
mod manifest;
mod report;
mod rules;
mod sim;
mod webex;

mod apply;
mod ledger;
