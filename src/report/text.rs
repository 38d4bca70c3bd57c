//! Text from files and from the service, made safe and readable.

use std::{borrow::Cow, fmt::Write as _};

/// Returns true for characters that a terminal obeys rather than shows: control characters, and those that change
/// the direction or the visible order of text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        // Nothing is seen of these, so that two names could look the same.
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{3164}' | '\u{ffa0}')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns a text with every character that a terminal would obey written as an escape such as `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    escape(text, is_hidden)
}

/// As [`visible`], and tabs stay: for lines of source, where the renderer widens them.
pub(super) fn visible_source(text: &str) -> Cow<'_, str> {
    escape(text, |c| c != '\t' && is_hidden(c))
}

fn escape(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Returns JSON with every character that a terminal would obey written as an escape; the value stays the same, since
/// such characters occur in strings only.
pub(super) fn visible_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_hidden(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Returns `1 error` or `2 errors`.
pub fn count(number: u64, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("one\ntwo\r"), "one\\ntwo\\r");
        assert_eq!(visible("\u{202e}gnp.exe\u{2066}\u{feff}\u{85}"), "\\u{202e}gnp.exe\\u{2066}\\u{feff}\\u{85}");
        assert_eq!(visible("bo\u{ad}b\u{3164}"), "bo\\u{ad}b\\u{3164}");
        assert!(matches!(visible("Zürich 東京 🍕"), Cow::Borrowed(_)));
        assert_eq!(visible_source("\ta\u{7}"), "\ta\\u{7}");
    }

    #[test]
    fn escaped_json_has_the_same_value() {
        let value = serde_json::json!({ "text": "\u{202e}\u{9b}é\u{e0041}\n" });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let shown = visible_json(&text);
        assert!(shown.contains("\\u202e") && !shown.contains('\u{9b}'), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
