//! Query parameters: their names, and what they take.

use schemars::{Schema, json_schema};

use crate::sim::answer::{Code, Refusal};

/// A query parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    takes: Takes,
    /// Whether the request is refused without it.
    pub(crate) needed: bool,
}

#[derive(Clone, Copy, Debug)]
enum Takes {
    Text,
    Count,
    Flag,
    OneOf(&'static [&'static str]),
    ListOf(&'static [&'static str]),
}

/// A parameter that takes any text; the rule behind may want more of it.
pub(crate) const fn text(name: &'static str) -> Param {
    Param { name, takes: Takes::Text, needed: false }
}

/// A parameter that takes a whole number.
pub(crate) const fn count(name: &'static str) -> Param {
    Param { name, takes: Takes::Count, needed: false }
}

/// A parameter that takes `true` or `false`.
pub(crate) const fn flag(name: &'static str) -> Param {
    Param { name, takes: Takes::Flag, needed: false }
}

/// A parameter that takes one of a few words.
pub(crate) const fn one_of(name: &'static str, words: &'static [&'static str]) -> Param {
    Param { name, takes: Takes::OneOf(words), needed: false }
}

/// A parameter that takes one of a few words, and may be repeated. A rule may let commas stand between them.
pub(crate) const fn list_of(name: &'static str, words: &'static [&'static str]) -> Param {
    Param { name, takes: Takes::ListOf(words), needed: false }
}

impl Param {
    /// Says that the request needs it.
    pub(crate) const fn needed(mut self) -> Self {
        self.needed = true;
        self
    }

    /// Refuses a value that the parameter does not take.
    pub(crate) fn check(&self, value: &str) -> Result<(), Refusal> {
        let name = self.name;
        let why = match self.takes {
            Takes::Text => return Ok(()),
            Takes::Count if value.parse::<u32>().is_ok() => return Ok(()),
            Takes::Flag if matches!(value, "true" | "false") => return Ok(()),
            Takes::OneOf(words) if words.contains(&value) => return Ok(()),
            Takes::ListOf(words) if value.split(',').all(|word| words.contains(&word)) => return Ok(()),
            Takes::Count => "not a whole number".to_owned(),
            Takes::Flag => "not `true` or `false`".to_owned(),
            Takes::OneOf(words) | Takes::ListOf(words) => format!("not one of `{}`", words.join("`, `")),
        };
        Err(Refusal::bad(Code::None, format!("parameter `{name}` is `{value}`, {why}")))
    }

    pub(crate) fn schema(&self) -> Schema {
        match self.takes {
            Takes::Text => json_schema!({ "type": "string" }),
            Takes::Count => json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
            Takes::Flag => json_schema!({ "type": "boolean" }),
            Takes::OneOf(words) => json_schema!({ "type": "string", "enum": words }),
            Takes::ListOf(words) => {
                json_schema!({ "type": "array", "items": { "type": "string", "enum": words } })
            }
        }
    }
}
