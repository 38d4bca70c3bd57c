//! The one integration binary.

mod webex;
