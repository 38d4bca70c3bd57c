//! The commands, one file each: its `Args`, whose comments are the help, and one `run`.

pub(super) mod apply;
pub(super) mod destroy;
pub(super) mod doctor;
pub(super) mod import;
pub(super) mod key;
pub(super) mod ledger;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod plan;
pub(super) mod schema;
pub(super) mod show;
pub(super) mod sim;
pub(super) mod status;
pub(super) mod template;
pub(super) mod validate;
