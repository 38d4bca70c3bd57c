//! JSON for programs. The layouts are contracts: `schemas/*.schema.json`.

use serde::Serialize;

use super::text::visible_json;

/// The three states of one object as programs read them.
pub type Show = super::show::ShowDocument;

/// Returns a value as indented JSON with a line break at the end. Characters that a terminal would obey are escaped.
pub fn to_json<T: Serialize>(value: &T) -> String {
    // The values given here have text keys and no custom serialisers, so they always have a JSON form.
    let json = serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"));
    let mut shown = visible_json(&json);
    shown.push('\n');
    shown
}
