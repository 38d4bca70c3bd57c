//! What documents of several kinds have in common.

use std::collections::BTreeMap;

use crate::{
    manifest::{document::LifecycleFields, values::Values},
    model::{Lifecycle, Name, OnRemove, Problem, codes},
};

/// Returns how careful to be with an object.
pub(in crate::manifest) fn lifecycle(fields: Option<LifecycleFields>) -> Lifecycle {
    let LifecycleFields { protect, on_remove, adopt } = fields.unwrap_or_default();
    Lifecycle {
        protect: protect.unwrap_or_default(),
        on_remove: on_remove.map(OnRemove::from).unwrap_or_default(),
        adopt: adopt.unwrap_or_default(),
    }
}

/// Returns the labels of an object.
pub(in crate::manifest) fn labels(
    values: &mut Values<'_, '_>,
    labels: Option<BTreeMap<String, String>>,
) -> BTreeMap<String, String> {
    let labels = labels.unwrap_or_default();
    for key in labels.keys() {
        let good =
            !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
        if !good {
            let path = format!("labels.{key}");
            let message = format!("`{}` cannot be a label", super::super::parse::shown(key));
            let problem = Problem::error(codes::TEXT, message).fix("use letters, digits, `-`, `_`, `.` and `/`");
            values.report(&path, problem);
        }
    }
    labels
}

/// Returns the name that an object had before.
pub(in crate::manifest) fn renamed_from(
    values: &mut Values<'_, '_>,
    old: Option<String>,
    name: Option<&Name>,
) -> Option<Name> {
    let old: Name = values.optional("renamedFrom", old)?;
    if Some(&old) == name {
        let problem = Problem::error(codes::COMBINATION, format!("`renamedFrom` is the object's own name `{old}`"))
            .fix("remove `renamedFrom`, or write the name that it had before");
        values.report("renamedFrom", problem);
        return None;
    }
    Some(old)
}
