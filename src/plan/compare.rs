//! The three-way table: desired, last applied and observed, field by field (DESIGN 5, R3, R6).

use std::collections::BTreeSet;

use crate::model::{FieldPath, Fields, Value};

use super::value::{FieldChange, FieldReason};

/// What the service says of one object. A field that it does not say is not the same as one that is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ObservedFields {
    /// The fields that have a value.
    pub(super) values: Fields,
    /// Paths, or bases of paths, that the service does not say.
    pub(super) unreadable: BTreeSet<String>,
}

impl ObservedFields {
    /// Marks a field, or a set with all its members, as not said.
    pub(super) fn hide(&mut self, path: &str) {
        self.unreadable.insert(path.to_owned());
    }

    /// Returns true if the service says what the field is, be it nothing.
    pub(super) fn is_readable(&self, path: &FieldPath) -> bool {
        // A package that is not there has no quantity, and that can be seen.
        let quantity = || {
            self.unreadable.contains("packages[].quantity")
                && path.as_str().strip_suffix(".quantity").is_some_and(|package| self.values.get(package).is_some())
        };
        !quantity() && !self.unreadable.contains(path.as_str()) && !self.unreadable.contains(path.base())
    }
}

/// How a field can change once the object exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// It can be changed and cleared.
    Free,
    /// It can be replaced, and there is no way to clear it.
    Replaceable,
    /// It is set when the object is created, and never again (R7).
    Fixed,
}

/// What comparing one object gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// Fields to change.
    pub(super) changes: Vec<FieldChange>,
    /// Fields that differ and cannot be changed: path, what it is, what the manifest asks for.
    pub(super) fixed: Vec<(FieldPath, Option<Value>, Option<Value>)>,
    /// Fields that left the manifest and cannot be cleared.
    pub(super) left: Vec<FieldPath>,
    /// What the ledger should hold before any step: the last applied, caught up with what is equal now.
    pub(super) settled: Fields,
    /// Fields that were taken as equal although nobody could look (R4).
    pub(super) unverified: Vec<FieldPath>,
}

impl Comparison {
    /// Returns the change of one field.
    pub(super) fn change(&self, path: &str) -> Option<&FieldChange> {
        self.changes.iter().find(|change| change.path.as_str() == path)
    }

    /// Takes the changes of the fields that `wanted` picks out of the comparison.
    pub(super) fn take(&mut self, wanted: impl Fn(&FieldPath) -> bool) -> Vec<FieldChange> {
        self.changes.extract_if(.., |change| wanted(&change.path)).collect()
    }
}

/// Compares one object. `applied` is none for an object that the ledger does not know.
///
/// A field is ours if the manifest or the last applied names it; all others are left alone (R3).
pub(super) fn compare(
    desired: &Fields,
    applied: Option<&Fields>,
    observed: &ObservedFields,
    rule: impl Fn(&FieldPath) -> Rule,
) -> Comparison {
    let mut result = Comparison { settled: applied.cloned().unwrap_or_default(), ..Comparison::default() };
    let ours: BTreeSet<&FieldPath> = desired.paths().chain(applied.into_iter().flat_map(Fields::paths)).collect();
    for path in ours {
        let want = desired.get(path.as_str());
        let last = applied.and_then(|fields| fields.get(path.as_str()));
        let readable = observed.is_readable(path);
        let have = if readable { observed.values.get(path.as_str()) } else { last };
        let settle = |settled: &mut Fields| match want {
            Some(value) => settled.set(path.clone(), value.clone()),
            None => settled.clear(path.as_str()),
        };
        if !readable && applied.is_none() {
            // An object that is adopted: nobody can look, so it is taken as equal and said so.
            settle(&mut result.settled);
            result.unverified.push(path.clone());
            continue;
        }
        if have == want {
            settle(&mut result.settled);
            continue;
        }
        match (rule(path), want) {
            (Rule::Fixed, _) => result.fixed.push((path.clone(), have.cloned(), want.cloned())),
            (Rule::Replaceable, None) => {
                // It stays on the service and is no longer ours.
                result.settled.clear(path.as_str());
                result.left.push(path.clone());
            }
            (Rule::Free, _) | (Rule::Replaceable, Some(_)) => {
                let reason = match (readable, applied) {
                    (true, Some(_)) if want == last => FieldReason::Drift,
                    (true, Some(_)) if have != last => FieldReason::Conflict,
                    (true | false, _) => FieldReason::Edited,
                };
                result.changes.push(FieldChange {
                    path: path.clone(),
                    before: have.cloned(),
                    after: want.cloned(),
                    before_unknown: !readable,
                    reason,
                    last_applied: if reason == FieldReason::Conflict { last.cloned() } else { None },
                });
            }
        }
    }
    result
}

/// Returns the changes that make an object which does not exist yet.
pub(super) fn all_new(desired: &Fields) -> Vec<FieldChange> {
    desired.iter().map(|(path, value)| created(path.clone(), value.clone())).collect()
}

/// Returns the change that gives a field of a new object its value.
pub(super) fn created(path: FieldPath, value: Value) -> FieldChange {
    FieldChange {
        path,
        before: None,
        after: Some(value),
        before_unknown: false,
        reason: FieldReason::Edited,
        last_applied: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&'static str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (path, value) in pairs {
            fields.set(*path, Value::text(*value));
        }
        fields
    }

    fn observed(pairs: &[(&'static str, &str)]) -> ObservedFields {
        ObservedFields { values: fields(pairs), unreadable: BTreeSet::new() }
    }

    /// Every row of the design's table, over all values of three states: absent, one, two, three.
    #[test]
    fn the_table_holds_for_every_combination() {
        let values = [None, Some("one"), Some("two"), Some("three")];
        let state = |value: Option<&str>| value.map_or_else(Fields::default, |value| fields(&[("x", value)]));
        for want in values {
            for last in values {
                for have in values {
                    let seen = ObservedFields { values: state(have), unreadable: BTreeSet::new() };
                    let result = compare(&state(want), Some(&state(last)), &seen, |_| Rule::Free);
                    let change = result.change("x");
                    let ours = want.is_some() || last.is_some();
                    let expected = if have == want || !ours {
                        None
                    } else if want == last {
                        Some(FieldReason::Drift)
                    } else if have == last {
                        Some(FieldReason::Edited)
                    } else {
                        Some(FieldReason::Conflict)
                    };
                    assert_eq!(change.map(|change| change.reason), expected, "{want:?} {last:?} {have:?}");
                    if let Some(change) = change {
                        assert_eq!(change.before, state(have).get("x").cloned());
                        assert_eq!(change.after, state(want).get("x").cloned());
                        assert_eq!(result.settled, state(last), "the ledger keeps what was applied until the step ran");
                    } else if ours {
                        assert_eq!(result.settled, state(want), "the ledger catches up");
                    }
                }
            }
        }
    }

    #[test]
    fn a_field_that_cannot_be_read_is_compared_with_what_was_applied() {
        let mut seen = observed(&[]);
        seen.hide("x");
        let same = compare(&fields(&[("x", "1")]), Some(&fields(&[("x", "1")])), &seen, |_| Rule::Free);
        assert!(same.changes.is_empty());
        let edited = compare(&fields(&[("x", "2")]), Some(&fields(&[("x", "1")])), &seen, |_| Rule::Free);
        let change = edited.change("x").unwrap();
        assert!(change.before_unknown);
        assert_eq!((change.reason, &change.before), (FieldReason::Edited, &Some(Value::text("1"))));
        let adopted = compare(&fields(&[("x", "2")]), None, &seen, |_| Rule::Free);
        assert!(adopted.changes.is_empty());
        assert_eq!(adopted.unverified, [FieldPath::of("x")]);
        assert_eq!(adopted.settled, fields(&[("x", "2")]));
    }

    #[test]
    fn members_that_nobody_asked_for_are_left_alone() {
        let mut seen = ObservedFields::default();
        seen.values.add_member("roles", "compliance officer");
        let result = compare(&Fields::default(), Some(&Fields::default()), &seen, |_| Rule::Free);
        assert_eq!(result, Comparison::default());
    }

    #[test]
    fn what_is_fixed_is_said_and_what_cannot_be_cleared_is_let_go() {
        let seen = observed(&[("x", "1")]);
        let result = compare(&fields(&[("x", "2")]), Some(&fields(&[("x", "1")])), &seen, |_| Rule::Fixed);
        assert!(result.changes.is_empty());
        assert_eq!(result.fixed.len(), 1);
        let result = compare(&fields(&[]), Some(&fields(&[("x", "1")])), &seen, |_| Rule::Replaceable);
        assert!(result.changes.is_empty());
        assert_eq!(result.left, [FieldPath::of("x")]);
        assert!(result.settled.is_empty());
    }

    #[test]
    fn hiding_a_set_hides_its_members() {
        let mut seen = ObservedFields::default();
        seen.hide("roles");
        let mut desired = Fields::default();
        desired.add_member("roles", "full administrator");
        let result = compare(&desired, Some(&desired), &seen, |_| Rule::Free);
        assert!(result.changes.is_empty());
    }
}
