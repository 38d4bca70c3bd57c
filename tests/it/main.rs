//! The one integration binary.

mod apply;
mod ledger;
