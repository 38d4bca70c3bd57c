//! Checks of extensions before they are given.

use serde_json::{Value, json};

use super::calling::{Found, find};
use super::orgs;
use crate::sim::answer::{Answer, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::reference;
use crate::sim::state::State;

/// Checks a list of extensions against those of the organization or of one location.
pub(super) fn validate(
    state: &State,
    cx: &Context<'_>,
    call: &Call,
    taken: impl Fn(&State, &str) -> bool,
) -> Result<Answer, Refusal> {
    let mut body = call.body(Family::Calling)?;
    let extensions = body.need_texts("extensions")?;
    body.end(cx)?;
    let mut rows: Vec<Value> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut all_valid = true;
    for extension in extensions {
        let mut row = json!({ "extension": extension });
        let state_name = if let Some((code, text)) = reference::extension_fault(&extension) {
            row["errorCode"] = json!(code);
            row["message"] = json!(text);
            "INVALID"
        } else if !seen.insert(extension.clone()) {
            row["errorCode"] = json!(9498);
            "DUPLICATE_IN_LIST"
        } else if taken(state, &extension) {
            row["errorCode"] = json!(9495);
            row["message"] =
                json!(format!("[Error 9495] The extension is not available. It is already assigned: {extension}."));
            "DUPLICATE"
        } else {
            "VALID"
        };
        all_valid &= state_name == "VALID";
        row["state"] = json!(state_name);
        rows.push(row);
    }
    let status = if all_valid { "OK" } else { "ERRORS" };
    Ok(Answer::ok(json!({ "status": status, "extensionStatus": rows })))
}

/// The check of the organization, which does not see what locations use.
pub(crate) fn validate_extensions(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    orgs::of_call(state, cx, call)?;
    validate(state, cx, call, |_, _| false)
}

pub(crate) fn validate_location_extensions(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Answer, Refusal> {
    let Found { org, key, .. } = find(state, cx, call)?;
    validate(state, cx, call, |state, extension| {
        super::lines::extension_is_taken(state, cx.config, org, key, extension, super::lines::Owner::default())
    })
}
