//! Administrator roles.

use schemars::JsonSchema;
use serde::Serialize;

/// An administrator role.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) name: &'static str,
}
