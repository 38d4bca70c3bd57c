//! Changes of fields, for people: members of sets are gathered, numbers written as ranges.

use std::collections::BTreeMap;

use crate::{
    model::{FieldPath, PhoneNumber, Value, compress},
    plan::{FieldChange, FieldReason},
};

use super::text::visible;

/// Returns one line per field, or per set for members, in the order in which they first occur; each line once. In a
/// `fresh` object values are simply there; else they come from something, even if that is nothing.
pub(super) fn field_lines<'a>(fields: impl IntoIterator<Item = &'a FieldChange>, fresh: bool) -> Vec<String> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut groups: BTreeMap<(&'a str, Side, FieldReason), usize> = BTreeMap::new();
    for change in fields {
        match side(change) {
            Some(side) if gathers(&change.path, fresh) => {
                let at = *groups.entry((change.path.base(), side, change.reason)).or_insert_with(|| {
                    entries.push(Entry::Group { base: change.path.base(), side, members: Vec::new() });
                    entries.len() - 1
                });
                if let Some(Entry::Group { members, .. }) = entries.get_mut(at) {
                    members.push(change);
                }
            }
            _ => entries.push(Entry::Plain(change)),
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for entry in &entries {
        let line = line(entry, fresh);
        // Several steps may carry one field.
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// Whether a value only appears or only goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Added,
    Removed,
}

enum Entry<'a> {
    Plain(&'a FieldChange),
    Group { base: &'a str, side: Side, members: Vec<&'a FieldChange> },
}

const fn side(change: &FieldChange) -> Option<Side> {
    if change.before_unknown || change.last_applied.is_some() {
        return None;
    }
    match (&change.before, &change.after) {
        (None, Some(_)) => Some(Side::Added),
        (Some(_), None) => Some(Side::Removed),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

/// Members (`numbers[+14085550100]`) and what is below them; of fresh objects also parts of a field
/// (`billingAddress.city`).
fn gathers(path: &FieldPath, fresh: bool) -> bool {
    path.key().is_some() || (fresh && path.as_str() != path.base())
}

fn line(entry: &Entry<'_>, fresh: bool) -> String {
    match entry {
        Entry::Plain(change) => plain(change, fresh),
        Entry::Group { base, side, members } => {
            let verb = match side {
                Side::Added if fresh => "",
                Side::Added => "add ",
                Side::Removed => "remove ",
            };
            let reason = members.first().map(|change| suffix(change)).unwrap_or_default();
            format!("{}: {verb}{}{reason}", visible(base), gathered(members, *side))
        }
    }
}

fn gathered(members: &[&FieldChange], side: Side) -> String {
    let value = |change: &FieldChange| match side {
        Side::Added => change.after.clone(),
        Side::Removed => change.before.clone(),
    };
    if members.iter().all(|change| change.path.key().is_none()) {
        let parts: Vec<String> = members
            .iter()
            .map(|change| {
                let part = change.path.as_str().split_once('.').map_or("", |(_, part)| part);
                format!("{}: {}", visible(part), shown(value(change).as_ref()))
            })
            .collect();
        return format!("{{ {} }}", parts.join(", "));
    }
    let numbers: Vec<PhoneNumber> = members.iter().filter_map(|change| change.path.key()?.parse().ok()).collect();
    if numbers.len() == members.len() && members.iter().all(|change| change.path.as_str().ends_with(']')) {
        return ranges(numbers);
    }
    let mut keys: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for change in members {
        let details = keys.entry(change.path.key().unwrap_or_default()).or_default();
        if let Some((_, below)) = change.path.as_str().rsplit_once("].") {
            details.push(format!("{} {}", visible(below), shown(value(change).as_ref())));
        }
    }
    let named: Vec<String> = keys
        .into_iter()
        .map(|(key, details)| {
            let key = visible(key);
            if details.is_empty() { key.into_owned() } else { format!("{key} ({})", details.join(", ")) }
        })
        .collect();
    named.join(", ")
}

/// Returns numbers as ranges, with their count if there is more than one.
pub(super) fn ranges(mut numbers: Vec<PhoneNumber>) -> String {
    numbers.sort();
    let text = compress(&numbers).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if numbers.len() > 1 { format!("{text} ({})", numbers.len()) } else { text }
}

fn plain(change: &FieldChange, fresh: bool) -> String {
    let FieldChange { path, before, after, before_unknown, reason: _, last_applied: _ } = change;
    let path = visible(path.as_str());
    let suffix = suffix(change);
    if *before_unknown {
        let last = match before {
            Some(value) => format!("last applied {}", shown(Some(value))),
            None => "never applied".to_owned(),
        };
        return format!("{path}: (write-only: {last}) -> {}{suffix}", shown(after.as_ref()));
    }
    match (before, after) {
        (None, Some(after)) if fresh => format!("{path}: {}{suffix}", shown(Some(after))),
        // What is sent along with what changes, such as the line of a person who is given a package again.
        (Some(before), Some(after)) if before == after => format!("{path}: {}  (stays){suffix}", shown(Some(after))),
        (before, after) => format!("{path}: {} -> {}{suffix}", shown(before.as_ref()), shown(after.as_ref())),
    }
}

fn suffix(change: &FieldChange) -> String {
    let why = match change.reason {
        FieldReason::Edited => return String::new(),
        FieldReason::Drift => "drift: somebody else changed it",
        FieldReason::Conflict => "conflict: changed here and by somebody else",
    };
    match &change.last_applied {
        Some(last) => format!("  ({why}; last applied {})", shown(Some(last))),
        None => format!("  ({why})"),
    }
}

/// Returns a value as a person reads it; quoted where its ends or its words would mislead.
pub(super) fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else { return "(none)".to_owned() };
    match value {
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => {
            let unclear = text.trim() != text || text.is_empty() || text.contains("->") || text.starts_with(['(', '"']);
            if unclear { format!("\"{}\"", visible(text)) } else { visible(text).into_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, before: Option<Value>, after: Option<Value>) -> FieldChange {
        FieldChange {
            path: path.to_owned().into(),
            before,
            after,
            before_unknown: false,
            reason: FieldReason::Edited,
            last_applied: None,
        }
    }

    fn added(path: &str, value: &str) -> FieldChange {
        change(path, None, Some(Value::text(value)))
    }

    #[test]
    fn numbers_are_ranges_and_parts_are_one_line() {
        let mut fields: Vec<FieldChange> =
            (100..150).map(|n| added(&format!("numbers[+14085550{n}]"), &format!("+14085550{n}"))).collect();
        fields.push(added("numbers[+14085550200]", "+14085550200"));
        fields.push(added("address.city", "Milpitas"));
        fields.push(added("address.state", "CA"));
        fields.push(added("packages[webex_calling]", "webex_calling"));
        fields.push(change("packages[webex_calling].quantity", None, Some(Value::Number(25))));
        fields.push(added("packages[webex_meetings]", "webex_meetings"));
        assert_eq!(
            field_lines(&fields, true),
            [
                "numbers: +14085550100..+14085550149, +14085550200 (51)",
                "address: { city: Milpitas, state: CA }",
                "packages: webex_calling (quantity 25), webex_meetings",
            ]
        );
    }

    #[test]
    fn before_and_after_are_told_apart_from_what_nobody_can_read() {
        let mut write_only = change("meetingsTimeZone", Some(Value::text("Europe/Berlin")), Some(Value::text("UTC")));
        write_only.before_unknown = true;
        let mut conflict = change("company", Some(Value::text("B")), Some(Value::text("C")));
        conflict.reason = FieldReason::Conflict;
        conflict.last_applied = Some(Value::text("A"));
        let fields = [
            change("extension", Some(Value::text("200")), Some(Value::text("201"))),
            change("phoneNumber", Some(Value::text("+14085550100")), None),
            change("roles[x]", Some(Value::text("x")), None),
            write_only,
            conflict,
        ];
        assert_eq!(
            field_lines(&fields, false),
            [
                "extension: 200 -> 201",
                "phoneNumber: +14085550100 -> (none)",
                "roles: remove x",
                "meetingsTimeZone: (write-only: last applied Europe/Berlin) -> UTC",
                "company: B -> C  (conflict: changed here and by somebody else; last applied A)",
            ]
        );
    }

    #[test]
    fn a_value_that_is_sent_again_does_not_look_like_a_change() {
        let same = change("extension", Some(Value::text("311")), Some(Value::text("311")));
        assert_eq!(field_lines([&same], true), ["extension: 311  (stays)"]);
        assert_eq!(field_lines([&same], false), ["extension: 311  (stays)"]);
    }

    #[test]
    fn an_object_that_is_there_gets_values_and_loses_them() {
        let fields = [
            added("numbers[+14085550100]", "+14085550100"),
            added("routingPrefix", "82"),
            added("address.line2", "Floor 2"),
            added("routingPrefix", "82"),
        ];
        assert_eq!(
            field_lines(&fields, false),
            ["numbers: add +14085550100", "routingPrefix: (none) -> 82", "address.line2: (none) -> Floor 2"]
        );
    }

    #[test]
    fn values_cannot_pass_for_something_else() {
        assert_eq!(shown(Some(&Value::text("(none)"))), "\"(none)\"");
        assert_eq!(shown(Some(&Value::text("a -> b"))), "\"a -> b\"");
        assert_eq!(shown(Some(&Value::text(" x"))), "\" x\"");
        assert_eq!(shown(Some(&Value::text("a\u{1b}c"))), "a\\u{1b}c");
        assert_eq!(shown(None), "(none)");
    }
}
