//! hubform keeps a Webex Wholesale partner's customers as a git repository describes them.

pub mod apply;
pub mod cli;
pub mod ledger;
pub mod manifest;
pub mod model;
pub mod plan;
pub mod report;
pub mod rules;
pub mod sim;
pub mod webex;
