//! hubform keeps a Webex Wholesale partner's customers as a git repository describes them.

pub mod model;
pub mod sim;
pub mod webex;
