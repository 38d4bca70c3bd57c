//! The structural check: a document against its shape, every difference told at once.
//!
//! What is wrong is taken out of the tree, so that the rest can be read and checked in the same run.

use super::{
    findings::Context,
    node::{Entry, Meaning, Node, Value},
    parse::shown,
    shape::{Field, Object, Shape},
    suggest::{listed, nearest},
};
use crate::model::{Code, Problem, Span, codes};

/// Fields that are reserved: refused as not yet supported rather than unknown, by owner.
const NOT_YET: [(&str, &str); 15] = [
    ("Headquarters", "emergencyAddress"),
    ("Lifecycle", "create"),
    ("Lifecycle", "freeze"),
    ("Lifecycle", "ignoreDrift"),
    ("Lifecycle", "users"),
    ("Limits", "deletionsPerRun"),
    ("LocationSpec", "emergencyAddress"),
    ("ProjectSpec", "settleWindow"),
    ("User", "renamedFrom"),
    ("User", "replaces"),
    ("UserDefaults", "ignoreDrift"),
    ("UserEntry", "addOns"),
    ("UserEntry", "renamedFrom"),
    ("UserEntry", "replaces"),
    ("UserSpec", "addOns"),
];

/// Checks a document and leaves in it what is well formed.
///
/// `apiVersion` and `kind` are taken as checked. Fields that the document lacks are told at `whole`.
pub(super) fn check(root: &mut Node<'_>, whole: Span, shape: &Object, cx: &mut Context<'_>) {
    let mut checker = Checker { cx, document: shape, path: vec![] };
    checker.object(root, whole, shape, None);
}

fn is_header(field: &Field) -> bool {
    matches!(field.name.as_str(), "apiVersion" | "kind")
}

/// Checks one user of a list and leaves in it what is well formed; returns false if nothing is.
pub(super) fn check_entry(node: &mut Node<'_>, at: Span, shape: &Object, place: &str, cx: &mut Context<'_>) -> bool {
    let mut checker = Checker { cx, document: shape, path: vec!["users".to_owned(), place.to_owned()] };
    node.value != Value::Refused && checker.object(node, at, shape, None) == Fit::Stays
}

struct Checker<'c, 'f> {
    cx: &'c mut Context<'f>,
    document: &'c Object,
    /// The fields that lead to the value, for messages.
    path: Vec<String>,
}

/// Whether a value is well formed and stays in the tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Stays,
    Goes,
}

impl Checker<'_, '_> {
    fn error(&mut self, span: Span, code: Code, message: String, fix: String) -> Fit {
        self.cx.report(span, Problem::error(code, message).fix(fix));
        Fit::Goes
    }

    /// Returns the name of the value that is being checked.
    fn here(&self) -> String {
        match self.path.as_slice() {
            [] => "the document".to_owned(),
            [only] => format!("`{only}`"),
            [.., parent, last] if last.starts_with('[') => format!("`{parent}{last}`"),
            [.., last] => format!("`{last}`"),
        }
    }

    fn value(&mut self, node: &mut Node<'_>, at: Span, shape: &Shape) -> Fit {
        if node.value == Value::Refused {
            return Fit::Goes;
        }
        match shape {
            Shape::Text => self.text(node, at),
            Shape::Choice(words) => self.choice(node, at, words),
            Shape::Flag => self.flag(node, at),
            Shape::Count { max } => self.count(node, at, *max),
            Shape::List(items) => self.list(node, at, items),
            Shape::TextOrTexts => match &node.value {
                Value::List(_) => self.list(node, at, &Shape::Text),
                Value::Scalar { .. } | Value::Map(_) | Value::Refused => self.text(node, at),
            },
            Shape::Map { values, is_optional } => self.map(node, at, values, *is_optional),
            Shape::Object(object) => self.object(node, at, object, None),
            Shape::Tagged { tag, variants } => self.tagged(node, at, tag, variants),
        }
    }

    fn wrong_type(&mut self, node: &Node<'_>, at: Span, expected: &str, fix: String) -> Fit {
        let found = match (&node.value, node.meaning()) {
            (Value::List(_), _) => "a list",
            (Value::Map(_), _) => "a mapping",
            (_, Some(Meaning::Null)) => "empty",
            (_, Some(Meaning::Flag(_))) => "a boolean",
            (_, Some(Meaning::Whole(_))) => "a number",
            (_, Some(Meaning::Decimal)) => "a decimal number",
            (_, Some(Meaning::Text) | None) => "a text",
        };
        let message = format!("{} must be {expected}, not {found}", self.here());
        let span = if node.span.end > node.span.start { node.span } else { at };
        self.error(span, codes::WRONG_TYPE, message, fix)
    }

    fn text(&mut self, node: &Node<'_>, at: Span) -> Fit {
        let Some(meaning) = node.meaning() else {
            return self.wrong_type(node, at, "a text", "write a text, in quotes if need be".to_owned());
        };
        let kind = match meaning {
            Meaning::Text => return Fit::Stays,
            Meaning::Null => {
                return self.wrong_type(node, at, "a text", "write a text, in quotes if need be".to_owned());
            }
            Meaning::Flag(_) => "boolean",
            Meaning::Whole(_) | Meaning::Decimal => "number",
        };
        let written = shown(node.text().unwrap_or_default());
        let message = format!("{} is a text, but YAML reads `{written}` as a {kind}", self.here());
        let quoted = match self.path.last() {
            Some(last) if !last.starts_with('[') => format!("quote it: `{last}: \"{written}\"`"),
            _ => format!("quote it: `\"{written}\"`"),
        };
        self.error(node.span, codes::QUOTE_IT, message, quoted)
    }

    fn choice(&mut self, node: &Node<'_>, at: Span, words: &[String]) -> Fit {
        let Some(text) = node.text().filter(|_| !node.is_null()) else {
            let fix = format!("write one of {}", listed(words.iter().map(String::as_str)));
            return self.wrong_type(node, at, "a word", fix);
        };
        let all = || words.iter().map(String::as_str);
        if all().any(|word| word == text) {
            return Fit::Stays;
        }
        let message = format!("{} cannot be `{}`", self.here(), shown(text));
        let fix = match nearest(text, all()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("write one of {}", listed(all())),
        };
        self.error(node.span, codes::NOT_A_CHOICE, message, fix)
    }

    fn flag(&mut self, node: &Node<'_>, at: Span) -> Fit {
        if let Some(Meaning::Flag(_)) = node.meaning() {
            return Fit::Stays;
        }
        let meant = node.text().and_then(|text| match text.to_ascii_lowercase().as_str() {
            "yes" | "y" | "on" | "true" => Some("true"),
            "no" | "n" | "off" | "false" => Some("false"),
            _ => None,
        });
        let fix = match meant {
            Some(word) => format!("write `{word}`, without quotes"),
            None => "write `true` or `false`".to_owned(),
        };
        self.wrong_type(node, at, "`true` or `false`", fix)
    }

    fn count(&mut self, node: &Node<'_>, at: Span, max: u64) -> Fit {
        let any = || format!("write a whole number from 0 to {max}");
        match node.meaning() {
            Some(Meaning::Whole(number)) => {
                if number.and_then(|number| u64::try_from(number).ok()).is_some_and(|number| number <= max) {
                    return Fit::Stays;
                }
                let message = format!("{} cannot be `{}`", self.here(), shown(node.text().unwrap_or_default()));
                self.error(node.span, codes::WRONG_TYPE, message, any())
            }
            Some(Meaning::Text) => {
                let digits = node.text().filter(|text| text.parse::<u32>().is_ok());
                let fix = digits.map_or_else(any, |digits| format!("write `{digits}`, without quotes"));
                self.wrong_type(node, at, "a whole number", fix)
            }
            _ => self.wrong_type(node, at, "a whole number", any()),
        }
    }

    fn list(&mut self, node: &mut Node<'_>, at: Span, shape: &Shape) -> Fit {
        let Value::List(items) = &mut node.value else {
            let text = node.text().filter(|_| !node.is_null()).map_or_else(|| "…".to_owned(), shown);
            let fix = format!("write `[{text}]`");
            return self.wrong_type(node, at, "a list", fix);
        };
        let mut index = 0;
        items.retain_mut(|item| {
            index += 1;
            self.path.push(format!("[{index}]"));
            let span = if item.span.end > item.span.start { item.span } else { at };
            let fit = self.value(item, span, shape);
            self.path.pop();
            fit == Fit::Stays
        });
        Fit::Stays
    }

    fn map(&mut self, node: &mut Node<'_>, at: Span, shape: &Shape, is_optional: bool) -> Fit {
        let Value::Map(entries) = &mut node.value else {
            let first = match &node.value {
                Value::List(items) => items.first().and_then(Node::text),
                Value::Scalar { .. } | Value::Map(_) | Value::Refused => None,
            };
            let fix = match (is_optional, first) {
                (true, Some(first)) => format!("write `{{ {}: {{}} }}`", shown(first)),
                _ => "write `{ key: value }`".to_owned(),
            };
            return self.wrong_type(node, at, "a mapping", fix);
        };
        entries.retain_mut(|entry| {
            if is_optional && entry.node.is_null() {
                return true;
            }
            self.path.push(shown(&entry.key));
            let fit = self.value(&mut entry.node, entry.key_span, shape);
            self.path.pop();
            fit == Fit::Stays
        });
        Fit::Stays
    }

    fn tagged(&mut self, node: &mut Node<'_>, at: Span, tag: &str, variants: &[(String, Object)]) -> Fit {
        if !matches!(node.value, Value::Map(_)) {
            let first = variants.first().map_or("", |(word, _)| word);
            let word = node.text().filter(|text| variants.iter().any(|(word, _)| word == text)).unwrap_or(first);
            return self.wrong_type(node, at, "a mapping", format!("write `{{ {tag}: {word} }}`"));
        }
        let words: Vec<String> = variants.iter().map(|(word, _)| word.clone()).collect();
        let Some(entry) = node.entry(tag).filter(|entry| !entry.node.is_null()) else {
            let message = format!("{} has no `{tag}`", self.here());
            return self.error(
                at,
                codes::MISSING_FIELD,
                message,
                format!("write one of {}", listed(words.iter().map(String::as_str))),
            );
        };
        self.path.push(tag.to_owned());
        let fit = self.choice(&entry.node, entry.key_span, &words);
        self.path.pop();
        let chosen = entry.node.text().and_then(|text| variants.iter().find(|(word, _)| word == text));
        match chosen {
            Some((word, object)) if fit == Fit::Stays => {
                let variant = format!("{tag}: {word}");
                self.object(node, at, object, Some((tag, &variant)))
            }
            _ => Fit::Goes,
        }
    }

    /// Checks a mapping with known fields; `variant` is the tag and what it says, of a mapping that has one.
    fn object(&mut self, node: &mut Node<'_>, at: Span, shape: &Object, variant: Option<(&str, &str)>) -> Fit {
        if !matches!(node.value, Value::Map(_)) {
            let fields = shape.fields.iter().map(|field| field.name.as_str());
            return self.wrong_type(node, at, "a mapping", format!("write it with the fields {}", listed(fields)));
        }
        let Value::Map(entries) = &mut node.value else { return Fit::Goes };
        // Fields that a problem tells of already; they are not missing too.
        let mut told: Vec<String> = Vec::new();
        entries.retain_mut(|entry| {
            let Some(field) = shape.field(&entry.key) else {
                self.unknown(entry, shape, variant, &mut told);
                return false;
            };
            if is_header(field) {
                return true;
            }
            let fit = self.field(entry, field, variant);
            if fit == Fit::Goes {
                told.push(field.name.clone());
            }
            fit == Fit::Stays
        });
        for field in shape.fields.iter().filter(|field| field.is_required && !is_header(field)) {
            if !entries.iter().any(|entry| entry.key == field.name) && !told.contains(&field.name) {
                let message = format!("{} has no `{}`", self.here(), field.name);
                self.error(at, codes::MISSING_FIELD, message, format!("add `{}`: {}", field.name, field.summary));
            }
        }
        Fit::Stays
    }

    fn field(&mut self, entry: &mut Entry<'_>, field: &Field, variant: Option<(&str, &str)>) -> Fit {
        if variant.is_some_and(|(tag, _)| tag == entry.key) {
            return Fit::Stays;
        }
        if entry.node.is_null() {
            // `key:` without a value is the same as no key at all.
            if !field.is_required {
                return Fit::Stays;
            }
            let message = format!("`{}` is empty", field.name);
            return self.error(entry.key_span, codes::MISSING_FIELD, message, format!("write {}", field.summary));
        }
        self.path.push(field.name.clone());
        let fit = self.value(&mut entry.node, entry.key_span, &field.shape);
        self.path.pop();
        fit
    }

    fn unknown(&mut self, entry: &Entry<'_>, shape: &Object, variant: Option<(&str, &str)>, told: &mut Vec<String>) {
        let key = shown(&entry.key);
        if NOT_YET.contains(&(&*shape.owner, &*entry.key)) {
            let message = format!("`{key}` is not supported by this version of hubform");
            self.error(entry.key_span, codes::NOT_YET, message, "remove it".to_owned());
            return;
        }
        if self.cx.findings.is_full(self.cx.file) {
            // Only counted; a word that was meant would not be seen.
            self.error(entry.key_span, codes::UNKNOWN_FIELD, String::new(), String::new());
            return;
        }
        let known = || shape.fields.iter().map(|field| field.name.as_str());
        let place = match variant {
            Some((_, variant)) => format!("{} with `{variant}`", self.here()),
            None => self.here(),
        };
        let message = format!("`{key}` is not a field of {place}");
        let elsewhere = self.elsewhere(&entry.key);
        let fix = match nearest(&entry.key, known()) {
            _ if elsewhere.is_some() => elsewhere.unwrap_or_default(),
            Some(word) => {
                told.push(word.to_owned());
                format!("did you mean `{word}`?")
            }
            None if variant.is_some() && shape.fields.len() == 1 => "remove it".to_owned(),
            None => format!("its fields are {}", listed(known())),
        };
        self.error(entry.key_span, codes::UNKNOWN_FIELD, message, fix);
    }

    /// Says where a field belongs that stands one level too high or too low.
    fn elsewhere(&self, key: &str) -> Option<String> {
        let spec = self.document.field("spec").map(|field| &field.shape);
        match (self.path.as_slice(), spec) {
            ([], Some(Shape::Object(spec))) if spec.field(key).is_some() => Some(format!("move `{key}` below `spec`")),
            ([only], _) if only == "spec" && self.document.field(key).is_some() => {
                Some(format!("move `{key}` out of `spec`, to the top of the document"))
            }
            _ => None,
        }
    }
}
