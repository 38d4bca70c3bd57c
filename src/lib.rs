//! hubform keeps a Webex Wholesale partner's customers as a git repository describes them.

pub mod manifest;
pub mod model;
pub mod rules;
pub mod sim;
