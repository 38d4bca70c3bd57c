//! What the ledger holds of one object, for people.

use std::fmt::Write as _;

use crate::model::{Address, Fields};

use super::{
    fields::shown,
    style::{Look, Meaning},
    text::visible,
};

/// Returns an object's facts, by name, and the fields as they were last applied.
pub fn record_text(object: &Address, facts: &[(&'static str, String)], applied: &Fields, look: Look) -> String {
    let mut text = format!("{}\n", look.paint(Meaning::Heading, visible(&object.to_string())));
    // Writing to a String cannot fail.
    for (name, fact) in facts {
        _ = writeln!(text, "  {name}: {}", visible(fact));
    }
    text.push_str("\nLast applied:\n");
    for (path, value) in applied.iter() {
        _ = writeln!(text, "  {}: {}", visible(path.as_str()), shown(Some(value)));
    }
    text
}
