//! `Removed` → [`Removal`].

use crate::{
    manifest::{document::RemovedDocument, parse::shown, values::Values},
    model::{Address, OnRemove, Problem, Removal, Source, codes},
};

/// Reads consent to a removal; nothing if a field that it needs is missing or wrong.
pub(in crate::manifest) fn removed(
    values: &mut Values<'_, '_>,
    document: RemovedDocument,
    source: Source,
) -> Option<(Address, Removal)> {
    let RemovedDocument { api_version: _, kind: _, object, reason, on_remove } = document;
    let address = object.and_then(|text| match text.parse::<Address>() {
        Ok(address) => Some(address),
        Err(error) => {
            let problem = Problem::error(codes::REMOVED, shown_error(&text, &error.to_string()))
                .fix("write the address as `plan` shows it, such as `customer/johns-pizza`");
            values.report("object", problem);
            None
        }
    });
    let reason = values.required_text("reason", reason);
    Some((address?, Removal { reason: reason?, on_remove: on_remove.map(OnRemove::from), source }))
}

fn shown_error(text: &str, error: &str) -> String {
    // The error quotes the text as it is.
    error.replacen(text, &shown(text), 1)
}
