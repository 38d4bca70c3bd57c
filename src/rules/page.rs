//! The page of the documentation that lists every rule.

use std::fmt::Write as _;

use crate::model::{Severity, codes};

use super::table::RULES;

const HEAD: &str = "\
# Rules

What `hubform validate` checks, without asking the service. Every problem has a code whose meaning never changes. An
**error** stops the customer (or the template, with the customers it would create) that it concerns, and nothing else; a
**warning** stops nothing and changes no exit code. Where Cisco's documentation is known to be incomplete, hubform warns and
does not refuse.

`examples/broken` has a small project for each code, with the message that it gets.

This page is made from the tables in `src/rules/table.rs` and `src/model/problem/registry.rs`.

";

/// What the first digits of a code stand for.
const GROUPS: [(&str, &str); 15] = [
    ("HF10", "Files and YAML"),
    ("HF11", "Documents"),
    ("HF12", "Values"),
    ("HF13", "CSV files"),
    ("HF14", "References"),
    ("HF20", "Project and renames"),
    ("HF21", "Templates"),
    ("HF22", "Customers"),
    ("HF23", "Addresses, languages, time zones"),
    ("HF24", "Packages"),
    ("HF25", "Lines and numbers"),
    ("HF26", "Extensions"),
    ("HF27", "Identities and roles"),
    ("HF28", "Locations"),
    ("HF29", "Public telephone network"),
];

/// Returns `docs/rules.md`.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for (prefix, heading) in GROUPS {
        section(&mut page, prefix, heading);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn section(page: &mut String, prefix: &str, heading: &str) {
    // Writing to a string cannot fail.
    let _ = write!(page, "## {heading}\n\n");
    for (code, title) in codes::ALL.iter().filter(|(code, _)| code.0.starts_with(prefix)) {
        match RULES.iter().find(|rule| rule.code == *code) {
            Some(rule) => {
                let severity = match rule.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                };
                let (explanation, source) = (rule.explanation, rule.source);
                let _ = write!(page, "### {code} {title}\n\n{severity} · {source}\n\n{explanation}\n\n");
            }
            // What goes wrong in reading is always an error, and its title says it all.
            None => {
                let _ = writeln!(page, "- **{code}** {title}");
            }
        }
    }
    while page.ends_with('\n') {
        page.pop();
    }
    page.push_str("\n\n");
}
