//! Texts of manifests inside messages.

/// Returns a free text as fit for a message: short, in one line, without characters that hide or turn it.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text.chars().take(MOST).map(|c| if is_hidden(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// Returns true for control characters and for those that would make a line read as another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Returns `a`, or `one of a, b and c`, each name in backticks.
pub(super) fn one_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [name] => name.clone(),
        [first @ .., last] => format!("one of {} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_text_stays_short_and_in_its_line() {
        assert_eq!(shown("Pizza\n\u{1b}[31m\u{202e}x"), "Pizza\u{fffd}\u{fffd}[31m\u{fffd}x");
        assert_eq!(shown(&"ü".repeat(1_000_000)).chars().count(), 61);
    }

    #[test]
    fn a_choice_of_one_is_no_choice() {
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "one of `a`, `b` and `c`");
    }
}
