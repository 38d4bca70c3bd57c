//! The one integration binary.
#![expect(clippy::unwrap_used, unreachable_pub, reason = "a test may panic, and shares support code")]

mod manifest;
mod report;
mod rules;
mod sim;
