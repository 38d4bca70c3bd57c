//! CSV text → rows of cells, each with its place in the file.
//!
//! Reads what the `csv` crate reads (a test compares the two), and besides it keeps every cell's bytes,
//! borrows cells, and refuses what a spreadsheet never writes: a quote that is not closed swallows the
//! rest of a file, and text behind a closing quote is a row that lost a separator.

use std::borrow::Cow;

use crate::model::Span;

/// One row of a file.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// The row without its line end.
    pub(super) span: Span,
    /// Its cells; at least one.
    pub(super) cells: Vec<Cell<'a>>,
}

/// One cell of a row.
#[derive(Debug, PartialEq)]
pub(super) struct Cell<'a> {
    /// What it holds, without quotes.
    pub(super) text: Cow<'a, str>,
    /// Where it stands, quotes included.
    pub(super) span: Span,
}

/// Says why a row cannot be read.
#[derive(Debug, PartialEq)]
pub(super) enum Broken {
    /// A quote is opened and never closed; nothing behind it can be read.
    Unclosed(Span),
    /// Text stands behind a closing quote.
    AfterQuote(Span),
}

/// The rows of a file in order; empty lines are left out.
pub(super) struct Rows<'a> {
    text: &'a str,
    at: usize,
    separator: u8,
}

impl<'a> Rows<'a> {
    /// Begins to read a text, whose first line decides about the separator: `;` if no `,` stands there.
    pub(super) fn new(text: &'a str) -> Self {
        let header = text.lines().find(|line| !line.is_empty()).unwrap_or_default();
        let separator = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
        Self { text, at: 0, separator }
    }

    /// Returns the separator between cells.
    pub(super) fn separator(&self) -> char {
        char::from(self.separator)
    }

    fn is_end(&self, at: usize) -> bool {
        self.text.as_bytes().get(at).is_none_or(|&byte| byte == b'\n' || byte == b'\r')
    }

    /// Returns the end of an unquoted cell.
    fn cell_end(&self, from: usize) -> usize {
        let rest = &self.text.as_bytes()[from..];
        let end = rest.iter().position(|&byte| byte == self.separator || byte == b'\n' || byte == b'\r');
        end.map_or(self.text.len(), |end| from + end)
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = &self.text.as_bytes()[from..];
        rest.iter().position(|&byte| byte == b'\n' || byte == b'\r').map_or(self.text.len(), |end| from + end)
    }

    fn quoted(&self, from: usize) -> Result<Cell<'a>, Broken> {
        let bytes = self.text.as_bytes();
        let mut has_doubled = false;
        let mut at = from + 1;
        loop {
            match bytes[at..].iter().position(|&byte| byte == b'"') {
                None => return Err(Broken::Unclosed(Span::new(from, self.line_end(from)))),
                Some(step) => at += step,
            }
            if bytes.get(at + 1) != Some(&b'"') {
                break;
            }
            has_doubled = true;
            at += 2;
        }
        let inner = &self.text[from + 1..at];
        let text = if has_doubled { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) };
        let end = at + 1;
        if self.is_end(end) || bytes[end] == self.separator {
            return Ok(Cell { text, span: Span::new(from, end) });
        }
        Err(Broken::AfterQuote(Span::new(end, self.cell_end(end))))
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() && self.is_end(self.at) {
            self.at += 1;
        }
        if self.at >= bytes.len() {
            return None;
        }
        let start = self.at;
        let mut cells = Vec::with_capacity(8);
        loop {
            let cell = if bytes.get(self.at) == Some(&b'"') {
                match self.quoted(self.at) {
                    Ok(cell) => cell,
                    Err(broken) => {
                        self.at = match broken {
                            Broken::Unclosed(_) => bytes.len(),
                            Broken::AfterQuote(span) => self.line_end(span.start as usize),
                        };
                        return Some(Err(broken));
                    }
                }
            } else {
                let end = self.cell_end(self.at);
                Cell { text: Cow::Borrowed(&self.text[self.at..end]), span: Span::new(self.at, end) }
            };
            self.at = cell.span.end as usize;
            cells.push(cell);
            if self.is_end(self.at) {
                return Some(Ok(Row { span: Span::new(start, self.at), cells }));
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        let cells = |row: Row<'_>| row.cells.into_iter().map(|cell| cell.text.into_owned()).collect();
        Rows::new(text).map(|row| cells(row.unwrap())).collect()
    }

    #[test]
    fn cells_know_where_they_stand() {
        let text = "a,b\r\n\"x, \"\"y\"\"\",ü\n\n1,2";
        let rows: Vec<_> = Rows::new(text).map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        let cell = &rows[1].cells[0];
        assert_eq!(cell.text, "x, \"y\"");
        assert_eq!(&text[cell.span.start as usize..cell.span.end as usize], "\"x, \"\"y\"\"\"");
        assert_eq!(&text[rows[1].span.start as usize..rows[1].span.end as usize], "\"x, \"\"y\"\"\",ü");
    }

    #[test]
    fn a_header_with_semicolons_separates_with_semicolons() {
        assert_eq!(texts("a;b\n1;2,3"), [["a", "b"], ["1", "2,3"]]);
        assert_eq!(texts("a,b\n1;2,3"), [["a", "b"], ["1;2", "3"]]);
    }

    #[test]
    fn a_lost_quote_is_told_and_the_other_rows_are_read() {
        let mut rows = Rows::new("a,b\n\"x\"y,1\n2,3\n\"open,4\n5,6\n");
        assert!(rows.next().unwrap().is_ok());
        assert_eq!(rows.next().unwrap().unwrap_err(), Broken::AfterQuote(Span::new(7, 8)));
        assert_eq!(rows.next().unwrap().unwrap().cells[0].text, "2");
        assert!(matches!(rows.next(), Some(Err(Broken::Unclosed(_)))));
        assert!(rows.next().is_none());
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_csv_crate(rows in prop::collection::vec(prop::collection::vec("[a,;\"\r\nü ]{0,6}", 3), 1..6)) {
            let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
            writer.write_record(["x", "y", "z"]).unwrap();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(&texts(&text)[1..], &rows);
        }

        #[test]
        fn any_text_is_read_to_its_end(text in "[a,;\"\r\nü]{0,40}") {
            for row in Rows::new(&text).flatten() {
                for cell in &row.cells {
                    prop_assert!(text.get(cell.span.start as usize..cell.span.end as usize).is_some());
                }
            }
        }
    }
}
