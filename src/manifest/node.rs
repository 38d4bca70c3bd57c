//! One YAML value with the place where it is written.

use std::borrow::Cow;

use crate::model::{Marks, RoleName, Span};

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node<'a> {
    /// What to underline: a scalar's first line, a flow collection in one line, else what a collection begins with.
    pub(super) span: Span,
    /// What is written.
    pub(super) value: Value<'a>,
}

/// What is written at one place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// A scalar; `plain` if it stands there without quotes or block indicator.
    Scalar { text: Cow<'a, str>, plain: bool },
    /// A list.
    List(Vec<Node<'a>>),
    /// A mapping, in the order of the file; keys are unique.
    Map(Vec<Entry<'a>>),
    /// Something that was refused; a problem tells of it.
    Refused,
}

/// One pair of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry<'a> {
    /// The key.
    pub(super) key: Cow<'a, str>,
    /// Where the key is.
    pub(super) key_span: Span,
    /// The value.
    pub(super) node: Node<'a>,
}

impl Entry<'_> {
    /// Returns what to underline for the field: the value of a scalar, the key of anything that holds more.
    pub(super) fn mark(&self) -> Span {
        match self.node.value {
            Value::Scalar { .. } if self.node.span.end > self.node.span.start => self.node.span,
            Value::Scalar { .. } | Value::List(_) | Value::Map(_) | Value::Refused => self.key_span,
        }
    }
}

/// What a scalar means under YAML 1.2's core schema, in which `NO`, `on` and `yes` are texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    /// Nothing.
    Null,
    /// A boolean.
    Flag(bool),
    /// An integer; none if it is beyond 64 bits.
    Whole(Option<i64>),
    /// A number that is not an integer.
    Decimal,
    /// A text.
    Text,
}

/// Returns what a plain scalar means.
pub(super) fn meaning(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Meaning::Null,
        "true" | "True" | "TRUE" => return Meaning::Flag(true),
        "false" | "False" | "FALSE" => return Meaning::Flag(false),
        ".nan" | ".NaN" | ".NAN" => return Meaning::Decimal,
        _ => {}
    }
    if let Some(digits) = text.strip_prefix("0x")
        && !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return Meaning::Whole(i64::from_str_radix(digits, 16).ok());
    }
    if let Some(digits) = text.strip_prefix("0o")
        && !digits.is_empty()
        && digits.bytes().all(|b| matches!(b, b'0'..=b'7'))
    {
        return Meaning::Whole(i64::from_str_radix(digits, 8).ok());
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Meaning::Decimal;
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return Meaning::Whole(text.parse().ok());
    }
    if is_decimal(unsigned) { Meaning::Decimal } else { Meaning::Text }
}

/// Returns true for `1.5`, `.5`, `1.` and each of them with an exponent.
fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let good_mantissa = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    good_mantissa && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

impl<'a> Node<'a> {
    /// Returns the meaning of a scalar; a quoted one is a text whatever it holds.
    pub(super) fn meaning(&self) -> Option<Meaning> {
        match &self.value {
            Value::Scalar { text, plain: true } => Some(meaning(text)),
            Value::Scalar { plain: false, .. } => Some(Meaning::Text),
            Value::List(_) | Value::Map(_) | Value::Refused => None,
        }
    }

    /// Returns true for an absent value: `key:`, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        self.meaning() == Some(Meaning::Null)
    }

    /// Returns the text of a scalar as it is written, whatever it means.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            Value::List(_) | Value::Map(_) | Value::Refused => None,
        }
    }

    /// Returns the pair of a mapping that has a key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            Value::Scalar { .. } | Value::List(_) | Value::Refused => None,
        }
    }

    /// Returns the value of a mapping that has a key.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Adds where each field below this mapping is written, under the paths of [`crate::model::Spec::fields`].
    pub(super) fn mark_fields(&self, marks: &mut Marks) {
        self.mark_below("", marks);
    }

    /// Adds where the parts of a billing address are written, as those of an `address` that defaults to it.
    pub(super) fn mark_address(&self, marks: &mut Marks) {
        self.mark_below("address", marks);
    }

    fn mark_below(&self, prefix: &str, marks: &mut Marks) {
        let Value::Map(entries) = &self.value else { return };
        for entry in entries {
            if entry.node.is_null() {
                continue;
            }
            let path = if prefix.is_empty() { entry.key.to_string() } else { format!("{prefix}.{}", entry.key) };
            match (path.as_str(), &entry.node.value) {
                // Another object; it has marks of its own.
                ("headquarters", _) => {}
                ("packages", Value::Map(packages)) => {
                    for package in packages {
                        let member = format!("packages[{}]", package.key);
                        package.node.mark_below(&member, marks);
                        marks.add(member, package.key_span);
                    }
                }
                ("numbers" | "roles", Value::List(members)) => {
                    for member in members {
                        let Some(text) = member.text() else { continue };
                        let key = if path == "roles" { RoleName::new(text).key() } else { text.to_owned() };
                        marks.add(format!("{path}[{key}]"), member.span);
                    }
                }
                ("numbers", Value::Scalar { text, .. }) => marks.add(format!("numbers[{text}]"), entry.node.span),
                (_, Value::Map(_)) => entry.node.mark_below(&path, marks),
                (_, Value::Scalar { .. } | Value::List(_) | Value::Refused) => {}
            }
            marks.add(path, entry.mark());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_yaml_1_2_says() {
        for text in
            ["NO", "no", "on", "yes", "y", "1_000", "12:30", "2026-11-22", "+", "-", ".", "e5", "1e", "0x", "+1 408"]
        {
            assert_eq!(meaning(text), Meaning::Text, "{text}");
        }
        for text in ["0123", "+14085550100", "-5", "0o17", "0x1F", "99999999999999999999"] {
            assert!(matches!(meaning(text), Meaning::Whole(_)), "{text}");
        }
        for text in ["1.5", ".5", "1.", "1e3", "1.4E+10", "-.inf", ".NaN"] {
            assert_eq!(meaning(text), Meaning::Decimal, "{text}");
        }
        assert_eq!(meaning("True"), Meaning::Flag(true));
        assert_eq!(meaning("~"), Meaning::Null);
    }
}
