//! YAML text → documents of [`Node`]s, with every value's place in the file.
//!
//! The tree is built from parser events with a stack of our own, so depth costs no call stack, and the
//! parts of YAML that manifests do not use are refused where they stand: anchors, aliases, merge keys, tags.

use std::{borrow::Cow, collections::HashMap};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput, Tag};

use serde::Deserialize;

use super::node::{Entry, Node, Value};
use crate::model::{Code, Span, codes};

/// The deepest nesting that is read; manifests have six levels.
const MAX_DEPTH: usize = 64;
/// The most values of one file: a list of some 100,000 users.
const MAX_NODES: usize = 2_000_000;
/// The most punctuation of one file. The parser keeps every token of a flow collection until it ends, so
/// this bounds its memory.
const MAX_INDICATORS: usize = 2_000_000;
/// The most flaws that are told of one file.
const MAX_FLAWS: usize = 200;

/// Something that is wrong with the text itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Flaw {
    pub(super) code: Code,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) fix: Option<String>,
    /// Another place and what is there.
    pub(super) label: Option<(Span, String)>,
}

/// One document of a file.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// What it holds, without what was refused.
    pub(super) root: Node<'a>,
    /// What was refused.
    pub(super) flaws: Vec<Flaw>,
}

/// The documents of one file in order; the first flaw of syntax ends it.
pub(super) struct Documents<'a> {
    parser: Parser<'a, StrInput<'a>>,
    cursor: Cursor<'a>,
    nodes: usize,
    flaw_count: usize,
    is_begun: bool,
    is_done: bool,
}

impl<'a> Documents<'a> {
    /// Begins to read a text. A byte order mark must have been taken away.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            parser: Parser::new_from_str(text),
            cursor: Cursor { text, byte: 0, index: 0 },
            nodes: 0,
            flaw_count: 0,
            is_begun: false,
            is_done: false,
        }
    }

    /// Looks for what the parser must not see: a character that YAML does not allow (it takes NUL for the
    /// end), and more tokens than fit into memory.
    fn unfit(text: &str) -> Option<Flaw> {
        let is_bad = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
        if let Some((at, found)) = text.char_indices().find(|&(_, c)| is_bad(c)) {
            return Some(Flaw {
                code: codes::SYNTAX,
                span: Span::new(at, at + found.len_utf8()),
                message: format!("the control character U+{:04X} cannot stand in YAML", u32::from(found)),
                fix: Some("remove it; the file may be binary or damaged".to_owned()),
                label: None,
            });
        }
        let is_indicator = |byte: u8| {
            matches!(byte, b',' | b'[' | b']' | b'{' | b'}' | b':' | b'?' | b'"' | b'\'' | b'&' | b'*' | b'!')
        };
        if text.len() <= MAX_INDICATORS {
            return None;
        }
        let (at, _) = text.bytes().enumerate().filter(|&(_, byte)| is_indicator(byte)).nth(MAX_INDICATORS)?;
        Some(too_many(Span::new(at, at + 1)))
    }

    fn read(&mut self) -> Result<Option<Document<'a>>, Flaw> {
        let mut stack: Vec<Open<'a>> = Vec::new();
        let mut document = Document { root: Node { span: Span::default(), value: Value::Refused }, flaws: Vec::new() };
        loop {
            let (event, span) = match self.parser.next_event() {
                None => return Ok(None),
                Some(Err(error)) => return Err(self.syntax(error.marker(), error.info())),
                Some(Ok(next)) => next,
            };
            let span = Span::new(self.cursor.byte(&span.start), self.cursor.byte(&span.end));
            match event {
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
                Event::StreamEnd => return Ok(None),
                Event::DocumentEnd => return Ok(Some(document)),
                Event::Alias(_) => {
                    self.refuse(&mut document.flaws, span, "an alias", "write the value out where it is used");
                    self.place(&mut stack, &mut document, Node { span, value: Value::Refused });
                }
                Event::Scalar(text, style, anchor, tag) => {
                    self.refuse_properties(&mut document.flaws, span, anchor, tag.as_deref());
                    self.count(span)?;
                    let plain = style == ScalarStyle::Plain;
                    // What is not written has a place and no length, whatever the parser found behind it.
                    let is_absent = plain && text.is_empty();
                    let span = if is_absent { Span { end: span.start, ..span } } else { self.first_line(span) };
                    let node = Node { span, value: Value::Scalar { text, plain } };
                    self.place(&mut stack, &mut document, node);
                }
                Event::SequenceStart(anchor, tag) => {
                    self.refuse_properties(&mut document.flaws, span, anchor, tag.as_deref());
                    self.count(span)?;
                    deep(&stack, span)?;
                    stack.push(Open { start: span, holds: Holds::List(Vec::new()) });
                }
                Event::MappingStart(anchor, tag) => {
                    self.refuse_properties(&mut document.flaws, span, anchor, tag.as_deref());
                    self.count(span)?;
                    deep(&stack, span)?;
                    stack.push(Open { start: span, holds: Holds::Map { entries: Vec::new(), key: Key::Expected } });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(open) = stack.pop() else { continue };
                    let node = self.close(open, span, &mut document.flaws);
                    self.place(&mut stack, &mut document, node);
                }
            }
        }
    }

    fn close(&mut self, open: Open<'a>, end: Span, flaws: &mut Vec<Flaw>) -> Node<'a> {
        let Open { start, holds } = open;
        // A flow collection ends with a bracket, a block collection with nothing.
        let whole = Span { start: start.start, end: end.end };
        let flow = (end.end > end.start).then(|| self.first_line(whole));
        match holds {
            Holds::List(items) => {
                let first = items.first().map_or(start, |item| item.span);
                Node { span: flow.unwrap_or(first), value: Value::List(items) }
            }
            Holds::Map { mut entries, .. } => {
                self.refuse_duplicates(&mut entries, flaws);
                let first = entries.first().map_or(start, |entry| entry.key_span);
                Node { span: flow.unwrap_or(first), value: Value::Map(entries) }
            }
        }
    }

    fn refuse_duplicates(&mut self, entries: &mut Vec<Entry<'a>>, flaws: &mut Vec<Flaw>) {
        let mut first: HashMap<Cow<'a, str>, Span> = HashMap::with_capacity(entries.len());
        entries.retain(|entry| {
            let Some(&before) = first.get(&entry.key) else {
                first.insert(entry.key.clone(), entry.key_span);
                return true;
            };
            self.flaw_count += 1;
            if self.flaw_count <= MAX_FLAWS {
                flaws.push(Flaw {
                    code: codes::DUPLICATE_KEY,
                    span: entry.key_span,
                    message: format!("`{}` stands twice in one mapping", shown(&entry.key)),
                    fix: Some("keep one of them".to_owned()),
                    label: Some((before, "first here".to_owned())),
                });
            }
            false
        });
    }

    /// Puts a finished value where it belongs.
    fn place(&mut self, stack: &mut [Open<'a>], document: &mut Document<'a>, node: Node<'a>) {
        let Some(open) = stack.last_mut() else {
            document.root = node;
            return;
        };
        let (entries, key) = match &mut open.holds {
            Holds::List(items) => {
                items.push(node);
                return;
            }
            Holds::Map { entries, key } => (entries, key),
        };
        match std::mem::replace(key, Key::Expected) {
            Key::Expected => match node.value {
                Value::Scalar { ref text, plain: true } if text == "<<" => {
                    self.refuse(&mut document.flaws, node.span, "a merge key", "write the fields out");
                    *key = Key::Refused;
                }
                Value::Scalar { text, .. } => *key = Key::Is(text, node.span),
                Value::List(_) | Value::Map(_) => {
                    self.refuse(&mut document.flaws, node.span, "a list or mapping as key", "write a word as key");
                    *key = Key::Refused;
                }
                Value::Refused => *key = Key::Refused,
            },
            Key::Refused => {}
            Key::Is(key, key_span) => entries.push(Entry { key, key_span, node }),
        }
    }

    fn refuse_properties(&mut self, flaws: &mut Vec<Flaw>, span: Span, anchor: usize, tag: Option<&Tag>) {
        if anchor != 0 {
            self.refuse(flaws, span, "an anchor", "write the value out where it is used");
        }
        if let Some(tag) = tag {
            let text = format!("the tag `{}`", shown(&tag.to_string()));
            self.refuse(flaws, span, &text, "remove it; quote what must be a text");
        }
    }

    fn refuse(&mut self, flaws: &mut Vec<Flaw>, span: Span, what: &str, fix: &str) {
        self.flaw_count += 1;
        if self.flaw_count <= MAX_FLAWS {
            flaws.push(Flaw {
                code: codes::YAML_FEATURE,
                span: self.first_line(span),
                message: format!("{what} cannot stand in a manifest"),
                fix: Some(fix.to_owned()),
                label: None,
            });
        }
    }

    fn count(&mut self, span: Span) -> Result<(), Flaw> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        Err(too_many(span))
    }

    fn syntax(&mut self, marker: &Marker, info: &str) -> Flaw {
        let start = self.cursor.byte(marker);
        let rest = self.cursor.text.get(start..).unwrap_or_default();
        let width = rest.chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
        let span = Span::new(start, start + width);
        if info.contains("recursion limit") {
            return too_deep(span);
        }
        let fix = if rest.starts_with('\t') || info.contains("tab") {
            "indent with spaces, not tabs"
        } else if info.contains("mapping values are not allowed") {
            "quote a text that contains `: `, or look at the indentation"
        } else {
            "look at the indentation, quotes and brackets here and in the line before"
        };
        let message = format!("not valid YAML: {info}");
        Flaw { code: codes::SYNTAX, span, message, fix: Some(fix.to_owned()), label: None }
    }

    /// Returns the part of a span that stands in its first line.
    fn first_line(&self, span: Span) -> Span {
        let (start, end) = (span.start as usize, span.end as usize);
        match self.cursor.text.get(start..end) {
            Some(text) => {
                let line = text.split(['\n', '\r']).next().unwrap_or_default();
                Span::new(start, start + line.trim_end().len())
            }
            None => span,
        }
    }
}

impl<'a> Iterator for Documents<'a> {
    type Item = Result<Document<'a>, Flaw>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        if !std::mem::replace(&mut self.is_begun, true)
            && let Some(flaw) = Self::unfit(self.cursor.text)
        {
            self.is_done = true;
            return Some(Err(flaw));
        }
        let next = self.read().transpose();
        self.is_done = !matches!(next, Some(Ok(_)));
        next
    }
}

fn deep(stack: &[Open<'_>], span: Span) -> Result<(), Flaw> {
    if stack.len() < MAX_DEPTH {
        return Ok(());
    }
    Err(too_deep(Span { start: span.start, end: span.start + 1 }))
}

fn too_many(span: Span) -> Flaw {
    Flaw {
        code: codes::TOO_LARGE,
        span,
        message: "the file holds more than a manifest can".to_owned(),
        fix: Some("split it, or keep users in CSV files".to_owned()),
        label: None,
    }
}

fn too_deep(span: Span) -> Flaw {
    Flaw {
        code: codes::TOO_LARGE,
        span,
        message: format!("the file is nested more than {MAX_DEPTH} levels deep"),
        fix: Some("look for brackets that are not closed; manifests have six levels".to_owned()),
        label: None,
    }
}

/// A collection whose end was not read yet.
struct Open<'a> {
    start: Span,
    holds: Holds<'a>,
}

enum Holds<'a> {
    List(Vec<Node<'a>>),
    Map { entries: Vec<Entry<'a>>, key: Key<'a> },
}

/// The key of the pair that is being read.
enum Key<'a> {
    Expected,
    Is(Cow<'a, str>, Span),
    /// The pair is left out; a flaw tells of it.
    Refused,
}

/// Turns the parser's character positions into bytes; moves step by step, since events come in order.
struct Cursor<'a> {
    text: &'a str,
    byte: usize,
    index: usize,
}

impl Cursor<'_> {
    fn byte(&mut self, marker: &Marker) -> usize {
        let index = marker.index();
        if index >= self.index {
            let rest = &self.text[self.byte..];
            let step = index - self.index;
            // Most manifests are ASCII; then characters are bytes.
            let bytes = match rest.as_bytes().get(..step) {
                Some(bytes) if bytes.is_ascii() => step,
                _ => rest.char_indices().nth(step).map_or(rest.len(), |(at, _)| at),
            };
            self.byte += bytes;
        } else {
            let step = self.index - index;
            let before = &self.text[..self.byte];
            self.byte = before.char_indices().rev().nth(step - 1).map_or(0, |(at, _)| at);
        }
        self.index = index;
        self.byte
    }
}

/// Returns each document of a YAML text as JSON, by YAML 1.2's core schema: what a JSON schema is checked against.
/// Documents behind an error of syntax are left out.
pub fn to_json(text: &str) -> Vec<serde_json::Value> {
    let documents = Documents::new(text).map_while(Result::ok);
    documents.filter_map(|document| serde_json::Value::deserialize(&document.root).ok()).collect()
}

/// Returns a text fit for a message: short, in one line, without control characters.
pub(super) fn shown(text: &str) -> String {
    const MAX: usize = 60;
    let mut shown: String = text.chars().take(MAX).flat_map(escaped).collect();
    if text.chars().nth(MAX).is_some() {
        shown.push('…');
    }
    shown
}

fn escaped(c: char) -> impl Iterator<Item = char> {
    // Bidirectional overrides could make a message read as something else.
    let hidden = c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let escape = hidden.then(|| c.escape_default());
    let plain = (!hidden).then_some(c);
    escape.into_iter().flatten().chain(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every scalar with what stands at its place.
    fn places<'a>(text: &'a str, node: &Node<'a>, found: &mut Vec<(String, &'a str)>) {
        let at = |span: Span| &text[span.start as usize..span.end as usize];
        match &node.value {
            Value::Scalar { text: value, .. } => found.push((value.to_string(), at(node.span))),
            Value::List(items) => items.iter().for_each(|item| places(text, item, found)),
            Value::Map(entries) => {
                for entry in entries {
                    found.push((entry.key.to_string(), at(entry.key_span)));
                    places(text, &entry.node, found);
                }
            }
            Value::Refused => {}
        }
    }

    fn read(text: &str) -> Vec<(String, &str)> {
        let mut found = Vec::new();
        for document in Documents::new(text) {
            places(text, &document.unwrap().root, &mut found);
        }
        found
    }

    #[test]
    fn scalars_know_their_bytes_whatever_stands_before_them() {
        let lines = ["é: ü # ö", "列: [東京, 'ß ß', {𝄞: \"𝄢\"}]", "- x", "# ☃", "a: é b", "? ä", ": ô"];
        for (one, other) in lines.iter().flat_map(|one| lines.iter().map(move |other| (one, other))) {
            for line_end in ["\n", "\r\n", "\r"] {
                let text = format!("{one}{line_end}---{line_end}{other}{line_end}...{line_end}");
                for (value, written) in read(&text) {
                    assert_eq!(value, written.trim_matches(['"', '\'']), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn a_text_of_several_lines_is_underlined_in_its_first() {
        let found = read("a: |\n  one\n  two\nb: one\n  two\nc: \"one\n  two\"\n");
        assert_eq!(
            found,
            [("a", "a"), ("one\ntwo\n", "one"), ("b", "b"), ("one two", "one"), ("c", "c"), ("one two", "\"one")]
                .map(|(value, written)| (value.to_owned(), written))
        );
    }

    #[test]
    fn a_collection_is_underlined_by_what_it_begins_with() {
        let text = "a: { b: c }\nd:\n  e: f\ng:\n  - h\ni: []\nj: [\n  k ]\n";
        let document = Documents::new(text).next().unwrap().unwrap();
        let at = |key: &str| {
            let span = document.root.get(key).unwrap().span;
            &text[span.start as usize..span.end as usize]
        };
        assert_eq!(["a", "d", "g", "i", "j"].map(at), ["{ b: c }", "e", "h", "[]", "["]);
    }

    #[test]
    fn messages_show_texts_short_and_without_tricks() {
        assert_eq!(shown("plain ü"), "plain ü");
        assert_eq!(shown("a\nb\u{202e}c\u{1b}[0m"), "a\\nb\\u{202e}c\\u{1b}[0m");
        assert_eq!(shown(&"x".repeat(100)), format!("{}…", "x".repeat(60)));
    }
}
