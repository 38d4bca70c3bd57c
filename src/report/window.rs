//! The few lines of a file round a place that a problem is about.
//!
//! Files may be large and their lines long, so only the window is ever copied and measured.

use std::ops::Range;

use crate::model::{SourceFile, Span};

use super::text::visible_source;

/// Lines shown before and after a marked one.
const AROUND: u32 = 2;
/// Bytes of a long line shown before and behind the mark.
const BEFORE: usize = 60;
const BEHIND: usize = 120;

/// A place to be underlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark<'a> {
    /// Where, in the file.
    pub(super) span: Span,
    /// What is there; nothing for the place that the problem is about.
    pub(super) label: Option<&'a str>,
}

/// Some lines of a file with places to be underlined.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window<'a> {
    /// Number of the first line.
    pub(super) first_line: u32,
    /// The lines, made safe to show.
    pub(super) text: String,
    /// Places in `text`, in bytes.
    pub(super) marks: Vec<(Range<usize>, Option<&'a str>)>,
    /// Whether places stand in the same columns as in the file: nothing before them was cut or escaped.
    pub(super) exact: bool,
}

/// Returns one window for each group of marks that are near each other; that of the first mark comes first.
pub(super) fn windows<'a>(file: &SourceFile, marks: &[Mark<'a>]) -> Vec<Window<'a>> {
    let mut lines: Vec<(u32, Mark<'a>)> = marks.iter().map(|&mark| (line_of(file, mark.span.start), mark)).collect();
    let first = lines.first().map_or(1, |&(line, _)| line);
    lines.sort_by_key(|&(line, mark)| (line, mark.span));
    let near = |one: &(u32, Mark<'a>), next: &(u32, Mark<'a>)| next.0 - one.0 <= 2 * AROUND + 1;
    let mut groups: Vec<&[(u32, Mark<'a>)]> = lines.chunk_by(near).collect();
    groups.sort_by_key(|group| !group.iter().any(|&(line, _)| line == first));
    groups.into_iter().map(|group| window(file, group)).collect()
}

fn line_of(file: &SourceFile, at: u32) -> u32 {
    file.position(at).line
}

fn window<'a>(file: &SourceFile, group: &[(u32, Mark<'a>)]) -> Window<'a> {
    let from = group.first().map_or(1, |&(line, _)| line).saturating_sub(AROUND).max(1);
    let to = group.last().map_or(1, |&(line, _)| line).saturating_add(AROUND).min(file.line_count());
    let mut window = Window { first_line: from, text: String::new(), marks: Vec::new(), exact: true };
    for line in from..=to {
        let start = file.line_start(line);
        let raw = file.text.get(start..file.line_start(line + 1)).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let marked: Vec<&Mark<'a>> = group.iter().filter(|&&(at, _)| at == line).map(|(_, mark)| mark).collect();
        if line == to && raw.is_empty() && marked.is_empty() {
            break; // the nothing behind the last line break
        }
        add_line(&mut window, start, raw, &marked);
    }
    window
}

fn add_line<'a>(window: &mut Window<'a>, start: usize, raw: &str, marks: &[&Mark<'a>]) {
    let within = |at: u32| raw.floor_char_boundary((at as usize).saturating_sub(start));
    let centre = marks.first().map_or(0, |mark| within(mark.span.start));
    let cut = raw.len() > BEFORE + 2 * BEHIND;
    let left = if cut { raw.floor_char_boundary(centre.saturating_sub(BEFORE)) } else { 0 };
    let right = if cut { raw.floor_char_boundary(centre + BEHIND) } else { raw.len() };
    if left > 0 {
        window.text.push_str("...");
    }
    let base = window.text.len();
    let offset = |at: usize| base + visible_source(&raw[left..at.clamp(left, right)]).len();
    for mark in marks {
        // A place that goes on over several lines is underlined on its first.
        let from = offset(within(mark.span.start));
        window.exact &= left == 0 && from == base + within(mark.span.start);
        let to = offset(within(mark.span.end)).max(from);
        window.marks.push((from..to, mark.label));
    }
    window.text.push_str(&visible_source(&raw[left..right]));
    if right < raw.len() {
        window.text.push_str("...");
    }
    window.text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(file: &SourceFile, word: &str) -> Mark<'static> {
        let start = file.text.find(word).unwrap();
        Mark { span: Span::new(start, start + word.len()), label: None }
    }

    #[test]
    fn a_window_has_two_lines_on_both_sides() {
        let file = SourceFile::new("a.yaml", "1\n2\n3\n4 here\n5\n6\n7\n");
        let found = windows(&file, &[mark(&file, "here")]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first_line, found[0].text.as_str()), (2, "2\n3\n4 here\n5\n6\n"));
        assert_eq!(&found[0].text[found[0].marks[0].0.clone()], "here");
    }

    #[test]
    fn far_places_have_windows_of_their_own_and_the_first_stays_first() {
        let text = (1..=40).map(|line| format!("line{line:02}")).collect::<Vec<_>>().join("\n");
        let file = SourceFile::new("a.yaml", text);
        let found = windows(&file, &[mark(&file, "line30"), mark(&file, "line02"), mark(&file, "line32")]);
        assert_eq!(found.iter().map(|window| window.first_line).collect::<Vec<_>>(), [28, 1]);
        assert_eq!(found[0].marks.len(), 2);
    }

    #[test]
    fn a_long_line_is_cut_round_the_mark() {
        let file = SourceFile::new("a.yaml", format!("{}here{}", "é".repeat(500_000), "x".repeat(500_000)));
        let found = windows(&file, &[mark(&file, "here")]);
        assert!(found[0].text.len() < 400, "{}", found[0].text.len());
        assert_eq!(&found[0].text[found[0].marks[0].0.clone()], "here");
    }

    #[test]
    fn escapes_before_the_mark_do_not_move_it() {
        let file = SourceFile::new("a.yaml", "\u{1b}[2J\u{202e}here\r\n");
        let found = windows(&file, &[mark(&file, "here")]);
        assert_eq!(&found[0].text[found[0].marks[0].0.clone()], "here");
        assert!(!found[0].text.contains('\u{1b}'));
    }

    #[test]
    fn places_outside_the_file_are_no_panic() {
        let file = SourceFile::new("a.yaml", "x: 1\n");
        for span in [Span::new(0, 9_999), Span::new(9_999, 9_999), Span::new(4, 4)] {
            assert_eq!(windows(&file, &[Mark { span, label: None }]).len(), 1);
        }
        let empty = SourceFile::new("b.yaml", "");
        assert_eq!(windows(&empty, &[Mark { span: Span::new(0, 0), label: None }]).len(), 1);
    }
}
