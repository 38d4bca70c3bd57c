//! Problems as data: every level finds them, `report` shows them.

mod registry;

use std::fmt;

use serde::Serialize;

pub use registry::codes;

use super::{
    source::{Source, Span},
    text::Name,
};

/// A stable code such as `HF101`; its meaning never changes. Each is listed in [`codes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing of the part it concerns is planned or applied.
    Error,
    /// Worth a look; changes no exit code.
    Warning,
}

/// What a problem concerns, and so what it stops (R22).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything: settings, syntax errors.
    Project,
    /// A template: stops customers that it would create.
    Template(Name),
    /// A customer and what is below it.
    Customer(Name),
}

/// Another place that a problem involves, such as the first of two duplicates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Where.
    pub at: Source,
    /// What is there.
    pub text: String,
}

/// Something that is wrong with the input: what, where, why, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where the field is that it is about; none when no file is to blame.
    pub at: Option<Source>,
    /// Stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and why: a lower-case phrase without full stop, names in backticks.
    pub message: String,
    /// How to fix it; names an exact field, word or command.
    pub fix: Option<String>,
    /// Other places involved.
    pub labels: Vec<Label>,
    /// What it stops.
    pub scope: Scope,
}

impl Problem {
    /// Makes an error that concerns the whole project, to be narrowed with the other methods.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            at: None,
            code,
            severity: Severity::Error,
            message: message.into(),
            fix: None,
            labels: Vec::new(),
            scope: Scope::Project,
        }
    }

    /// Makes a warning.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, at: Source) -> Self {
        self.at = Some(at);
        self
    }

    /// Says where it is within a file that is known already.
    #[must_use]
    pub fn at_span(mut self, within: Source, span: Span) -> Self {
        self.at = Some(Source { file: within.file, span });
        self
    }

    /// Says how to fix it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn label(mut self, at: Source, text: impl Into<String>) -> Self {
        self.labels.push(Label { at, text: text.into() });
        self
    }

    /// Says what it concerns.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }
}
