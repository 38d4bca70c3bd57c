//! One object, three states side by side.

use std::{collections::BTreeSet, fmt::Write as _};

use serde::Serialize;

use crate::model::{Address, FieldPath, Fields, PhoneNumber};

use super::{
    fields::{ranges, shown},
    style::{Look, Meaning},
    text::visible,
};

/// One object in the three states that are known of it; none where a state does not have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown<'a> {
    /// The object.
    pub object: &'a Address,
    /// What the manifests ask for.
    pub desired: Option<Fields>,
    /// What was last applied.
    pub applied: Option<Fields>,
    /// What the service reports.
    pub observed: Option<Fields>,
    /// Why `observed` is not there, if that is not because the object does not exist.
    pub unread: Option<String>,
    /// Its ids, by name.
    pub ids: Vec<(&'static str, String)>,
    /// Where it is written.
    pub source: Option<(String, u32)>,
}

/// The three states as programs read them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShowDocument {
    format: u32,
    object: String,
    ids: std::collections::BTreeMap<&'static str, String>,
    source: Option<ShowSource>,
    desired: Option<Fields>,
    last_applied: Option<Fields>,
    observed: Option<Fields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct ShowSource {
    file: String,
    line: u32,
}

impl From<Shown<'_>> for ShowDocument {
    fn from(shown: Shown<'_>) -> Self {
        let Shown { object, desired, applied, observed, unread, ids, source } = shown;
        Self {
            format: 1,
            object: object.to_string(),
            ids: ids.into_iter().collect(),
            source: source.map(|(file, line)| ShowSource { file, line }),
            desired,
            last_applied: applied,
            observed,
            unread,
        }
    }
}

/// Returns the object's ids and a table with one line per field.
pub fn show_text(shown: &Shown<'_>, look: Look) -> String {
    let Shown { object, desired, applied, observed, unread, ids, source } = shown;
    let mut text = String::new();
    // Writing to a String cannot fail.
    _ = writeln!(text, "{}", look.paint(Meaning::Heading, visible(&object.to_string())));
    if let Some((file, line)) = source {
        _ = writeln!(text, "  written at {}:{line}", visible(file));
    }
    for (name, id) in ids {
        _ = writeln!(text, "  {name}: {}", visible(id));
    }
    if let Some(unread) = unread {
        _ = writeln!(text, "  observed: {}", visible(unread));
    }
    text.push('\n');
    for row in aligned(&rows([desired.as_ref(), applied.as_ref(), observed.as_ref()])) {
        _ = writeln!(text, "{row}");
    }
    text
}

fn rows(states: [Option<&Fields>; 3]) -> Vec<[String; 4]> {
    let paths: BTreeSet<&FieldPath> = states.into_iter().flatten().flat_map(Fields::paths).collect();
    let absent = states.map(|state| if state.is_some() { "present" } else { "absent" }.to_owned());
    let [desired, applied, observed] = absent;
    let mut rows = vec![
        ["FIELD", "DESIRED", "LAST APPLIED", "OBSERVED"].map(str::to_owned),
        ["(object)".to_owned(), desired, applied, observed],
    ];
    let (numbers, others): (Vec<&FieldPath>, Vec<&FieldPath>) =
        paths.into_iter().partition(|path| path.base() == "numbers");
    if !numbers.is_empty() {
        let [desired, applied, observed] = states.map(|state| state.map(numbers_of).unwrap_or_default());
        rows.push(["numbers".to_owned(), desired, applied, observed]);
    }
    for path in others {
        let cell = |state: Option<&Fields>| match state {
            Some(fields) => fields.get(path.as_str()).map_or_else(|| "-".to_owned(), |value| shown(Some(value))),
            None => String::new(),
        };
        let [desired, applied, observed] = states.map(cell);
        rows.push([visible(path.as_str()).into_owned(), desired, applied, observed]);
    }
    rows
}

/// Returns the numbers of a location as ranges.
fn numbers_of(fields: &Fields) -> String {
    let numbers: Vec<PhoneNumber> = fields.members("numbers").filter_map(|number| number.parse().ok()).collect();
    if numbers.is_empty() { "-".to_owned() } else { ranges(numbers) }
}

fn aligned(rows: &[[String; 4]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    rows.iter()
        .map(|[field, desired, applied, observed]| {
            let [a, b, c] = widths;
            format!("{field:a$}  {desired:b$}  {applied:c$}  {observed}").trim_end().to_owned()
        })
        .collect()
}
