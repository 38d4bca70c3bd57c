//! The one integration binary.

mod sim;
mod webex;
