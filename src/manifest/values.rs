//! Texts of a document → checked values; what does not pass is told where it is written.

use std::str::FromStr;

use super::{findings::Context, parse::shown};
use crate::model::{
    Code, Country, Email, Extension, Language, Marks, Name, PhoneNumber, Problem, Span, TextError, TimeZone, codes,
};

/// A text that has a form of its own, and the code of the problem when it has another.
pub(super) trait Checked: FromStr<Err = TextError> {
    const CODE: Code;
}

macro_rules! checked {
    ($($name:ident: $code:ident),*) => {
        $(impl Checked for $name {
            const CODE: Code = codes::$code;
        })*
    };
}

checked!(
    Country: COUNTRY,
    Email: EMAIL,
    Extension: EXTENSION,
    Language: LANGUAGE,
    Name: NAME,
    PhoneNumber: PHONE_NUMBER,
    TimeZone: TIME_ZONE
);

/// The fields of one object while they are checked.
pub(super) struct Values<'c, 'f> {
    pub(super) cx: &'c mut Context<'f>,
    /// Where the fields are written.
    pub(super) marks: &'c Marks,
    /// What to underline for a field that is not written.
    pub(super) whole: Span,
}

impl Values<'_, '_> {
    /// Returns where a field is written.
    pub(super) fn span(&self, path: &str) -> Span {
        self.marks.get(path).unwrap_or(self.whole)
    }

    /// Reports a problem of a field.
    pub(super) fn report(&mut self, path: &str, problem: Problem) {
        let span = if self.cx.findings.is_full(self.cx.file) { self.whole } else { self.span(path) };
        self.cx.report(span, problem);
    }

    /// Returns a checked value; nothing if there is none or it does not pass. Empty is absent.
    pub(super) fn optional<T: Checked>(&mut self, path: &str, text: Option<String>) -> Option<T> {
        let text = text.filter(|text| !text.is_empty())?;
        self.parse(path, &text, T::CODE)
    }

    /// Returns a checked value; an absent one was told by the structural check, an empty one is told here.
    pub(super) fn required<T: Checked>(&mut self, path: &str, text: Option<String>) -> Option<T> {
        let text = self.not_empty(path, text)?;
        self.parse(path, &text, T::CODE)
    }

    /// Returns a checked value of a text that is there.
    pub(super) fn parse<T: FromStr<Err = TextError>>(&mut self, path: &str, text: &str, code: Code) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let TextError { reason, suggestion } = error;
                let field = path.split('[').next().unwrap_or_default();
                let field = field.rsplit('.').next().unwrap_or_default();
                let problem = Problem::error(code, format!("`{field}` is `{}`: {reason}", shown(text)));
                let problem = match suggestion {
                    Some(suggestion) => problem.fix(format!("write `{}`", shown(&suggestion))),
                    None => problem.fix(way_out(code)),
                };
                self.report(path, problem);
                None
            }
        }
    }

    /// Returns a free text without white space around it; empty is absent.
    pub(super) fn optional_text(&mut self, path: &str, text: Option<String>) -> Option<String> {
        let text = text?;
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        if let Some(bad) = trimmed.chars().find(|c| c.is_control()) {
            let field = path.rsplit('.').next().unwrap_or_default();
            let message = format!("`{field}` contains the control character U+{:04X}", u32::from(bad));
            self.report(
                path,
                Problem::error(codes::TEXT, message).fix("write it in one line, without control characters"),
            );
            return None;
        }
        Some(trimmed.to_owned())
    }

    /// Returns a free text that must hold something.
    pub(super) fn required_text(&mut self, path: &str, text: Option<String>) -> Option<String> {
        let text = self.not_empty(path, text)?;
        self.optional_text(path, Some(text))
    }

    fn not_empty(&mut self, path: &str, text: Option<String>) -> Option<String> {
        let text = text?;
        if !text.trim().is_empty() {
            return Some(text);
        }
        let field = path.rsplit('.').next().unwrap_or_default();
        self.report(path, Problem::error(codes::TEXT, format!("`{field}` is empty")).fix(format!("write `{field}`")));
        None
    }
}

/// Says what a value of the right form is.
fn way_out(code: Code) -> &'static str {
    match code {
        codes::COUNTRY => "write two capitals, such as `US`",
        codes::EMAIL => "write one plain address",
        codes::EXTENSION => "write 2 to 10 digits, in quotes",
        codes::LANGUAGE => "write two letters and, where needed, a country: `en` or `en_US`",
        codes::PHONE_NUMBER => "write `+`, the country code and the number, or a range of at most 10,000",
        codes::TIME_ZONE => "write region and city, such as `America/New_York`",
        _ => "write up to 63 lower-case letters, digits and `-`",
    }
}
