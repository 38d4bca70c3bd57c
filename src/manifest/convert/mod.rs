//! Documents of each kind → the specs of the model.

mod customer;
mod lifecycle;
mod location;
mod project;
mod removed;
mod template;
mod user;

pub(super) use customer::{CustomerObjects, customer};
pub(super) use lifecycle::{labels, lifecycle, renamed_from};
pub(super) use location::location;
pub(super) use project::{ProjectSettings, project};
pub(super) use removed::removed;
pub(super) use template::template;
pub(super) use user::{Defaults, UserText, defaults, user};
