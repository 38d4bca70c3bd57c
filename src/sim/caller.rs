//! Who calls, as the token says.

use std::collections::BTreeSet;

use secrecy::SecretString;

use super::id::Uuid;
use super::rules::orgs;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The person whose rights the token has.
    pub(crate) person: Uuid,
    /// What the token is for; none if it is for everything.
    pub(crate) scopes: Option<BTreeSet<String>>,
    /// Name and password of HTTP Basic, as the endpoint that gives out tokens takes them.
    pub(crate) basic: Option<(String, SecretString)>,
}

impl Caller {
    /// The partner's full administrator, with every scope.
    pub(crate) fn administrator() -> Self {
        Self { person: orgs::caller(), scopes: None, basic: None }
    }

    /// Somebody without a token: what is open to all is all that they reach.
    pub(crate) fn nobody(basic: Option<(String, SecretString)>) -> Self {
        Self { basic, ..Self::administrator() }
    }

    /// Whether the token is for the scope.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope))
    }
}
