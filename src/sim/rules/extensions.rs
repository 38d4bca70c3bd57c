//! Checks of extensions before they are given.

use std::collections::BTreeSet;

use super::lines::{self, Owner};
use super::{calling, orgs};
use crate::sim::answer::Refusal;
use crate::sim::call::{Call, Context, Family};
use crate::sim::list::Filled;
use crate::sim::reference;
use crate::sim::reply::Found;
use crate::sim::state::State;
use crate::sim::wire::extension::{
    CheckedExtension, ExtensionCheck, ExtensionCheckRequest, ExtensionState, OrgExtensionCheckRequest,
};
use crate::sim::wire::number::Verdict;

/// Checks a list of extensions; `taken` says which are somebody's.
fn check(extensions: Filled<String>, taken: impl Fn(&str) -> bool) -> Found<ExtensionCheck> {
    let mut seen = BTreeSet::new();
    let show = |extension: String| {
        let (state, error_code, message) = if let Some((code, text)) = reference::extension_fault(&extension) {
            (ExtensionState::Invalid, Some(code), Some(text.to_owned()))
        } else if !seen.insert(extension.clone()) {
            (ExtensionState::DuplicateInList, Some(9498), None)
        } else if taken(&extension) {
            let text = format!("[Error 9495] The extension is not available. It is already assigned: {extension}.");
            (ExtensionState::Duplicate, Some(9495), Some(text))
        } else {
            (ExtensionState::Valid, None, None)
        };
        CheckedExtension { extension, state, error_code, message }
    };
    let extension_status: Vec<CheckedExtension> = extensions.into_iter().map(show).collect();
    let well = extension_status.iter().all(|row| row.state == ExtensionState::Valid);
    Found::new(ExtensionCheck { status: Verdict::of(well), extension_status })
}

/// The check of the organization, which does not see what locations use.
pub(crate) fn of_org(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: OrgExtensionCheckRequest,
) -> Result<Found<ExtensionCheck>, Refusal> {
    orgs::of_call(state, cx, call)?;
    let extensions = asked.extensions.ok_or_else(|| Family::Calling.missing("extensions"))?;
    Ok(check(extensions, |_| false))
}

/// The check of a location.
pub(crate) fn of_location(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: ExtensionCheckRequest,
) -> Result<Found<ExtensionCheck>, Refusal> {
    let calling::Site { org, key, .. } = calling::find(state, cx, call)?;
    Ok(check(asked.extensions, |extension| {
        lines::extension_is_taken(state, cx.config, org, key, extension, Owner::default())
    }))
}
