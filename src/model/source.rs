//! Where things stand in the files of a project.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fields::FieldPath;

/// One file of a project, by its place in [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A run of bytes in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

impl Span {
    /// Makes a span; positions beyond 4 GiB cannot occur, since files are bounded.
    pub fn new(start: usize, end: usize) -> Self {
        let clip = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clip(start), end: clip(end.max(start)) }
    }
}

/// Where an object or a value is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The file.
    pub file: FileId,
    /// The place in it.
    pub span: Span,
}

/// A line and a column as editors count them, both from 1; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path relative to the project folder, with `/` between parts.
    pub path: Arc<str>,
    /// What it holds.
    pub text: Arc<str>,
    lines: Vec<u32>,
}

impl SourceFile {
    /// Takes a file's text and finds its lines.
    pub fn new(path: &str, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let starts =
            text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| Span::new(at + 1, 0).start);
        let lines = std::iter::once(0).chain(starts).collect();
        Self { path: path.into(), text, lines }
    }

    /// Returns the line and column of a byte.
    pub fn position(&self, at: u32) -> Position {
        let line = self.lines.partition_point(|&start| start <= at).max(1);
        let start = self.lines[line - 1] as usize;
        let end = (at as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |before| before.chars().count());
        Position { line: Span::new(line, 0).start, column: Span::new(column + 1, 0).start }
    }

    /// Returns the byte that a line (from 1) begins at; the end of the text for a line beyond it.
    pub fn line_start(&self, line: u32) -> usize {
        self.lines.get(line.saturating_sub(1) as usize).map_or(self.text.len(), |&start| start as usize)
    }

    /// Returns the number of lines.
    pub fn line_count(&self) -> u32 {
        Span::new(self.lines.len(), 0).start
    }
}

/// Every file of a project, in the order of their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and returns its id.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(Span::new(self.files.len() - 1, 0).start)
    }

    /// Returns a file.
    pub fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(file.0 as usize)
    }

    /// Returns every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(Span::new(at, 0).start), file))
    }
}

/// Where the fields of one object are written; fields that are not written are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Vec<(FieldPath, Span)>);

impl Marks {
    /// Notes where a field's value is written.
    pub fn add(&mut self, path: impl Into<FieldPath>, span: Span) {
        self.0.push((path.into(), span));
    }

    /// Returns where a field's value is written; a number that a range gives is written where the range is.
    pub fn get(&self, path: &str) -> Option<Span> {
        let exact = self.0.iter().find(|(field, _)| field.as_str() == path);
        exact.or_else(|| self.0.iter().find(|(field, _)| is_in_range(path, field))).map(|&(_, span)| span)
    }
}

/// Returns true for `numbers[+14085550123]` and `numbers[+14085550100..+14085550149]`.
fn is_in_range(path: &str, range: &FieldPath) -> bool {
    let Some(number) = path.strip_prefix("numbers[").and_then(|rest| rest.strip_suffix(']')) else { return false };
    let Some((first, last)) = range.key().and_then(|key| key.split_once("..")) else { return false };
    let (first, last) = (first.trim(), last.trim());
    // Both ends have the length of the number, so texts compare as numbers do.
    range.base() == "numbers" && first.len() == number.len() && (first..=last).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_where_its_range_is() {
        let mut marks = Marks::default();
        marks.add("numbers[+14085550100..+14085550149]".to_owned(), Span::new(3, 9));
        assert_eq!(marks.get("numbers[+14085550123]"), Some(Span::new(3, 9)));
        assert_eq!(marks.get("numbers[+14085550150]"), None);
        assert_eq!(marks.get("numbers[+1408555012]"), None);
        assert_eq!(marks.get("numbers"), None);
    }

    #[test]
    fn positions_count_characters_not_bytes() {
        let file = SourceFile::new("a.yaml", "é: 1\nname: ü x\n");
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(3), Position { line: 1, column: 3 });
        let x = u32::try_from(file.text.find('x').unwrap()).unwrap();
        assert_eq!(file.position(x), Position { line: 2, column: 9 });
        assert_eq!(file.position(9_999).line, 3);
    }
}
