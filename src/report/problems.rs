//! Problems for people and for programs.

use std::{collections::BTreeSet, fmt::Write as _};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{FileId, Problem, Severity, Source, SourceFile, Sources};

use super::{
    style::Look,
    text::{count, visible},
    window::{Mark, windows},
};

/// Problems as programs read them: `{"format": 1, "problems": […]}` (R26).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProblemDocument {
    /// Version of this layout.
    pub format: u32,
    /// Every problem, sorted by place.
    pub problems: Vec<ProblemLine>,
}

/// One problem as programs read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProblemLine {
    /// Stable code, such as `HF101`.
    pub code: String,
    /// `error` or `warning`.
    #[schemars(with = "String", extend("enum" = ["error", "warning"]))]
    pub severity: Severity,
    /// Path relative to the project folder; null when no file is to blame.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column in characters, from 1.
    pub column: Option<u32>,
    /// What is wrong and why.
    pub message: String,
    /// How to fix it.
    pub fix: Option<String>,
}

impl ProblemDocument {
    /// The layout that this version writes.
    pub const FORMAT: u32 = 1;

    /// Makes the document of a list of problems.
    pub fn of(problems: &[Problem], sources: &Sources) -> Self {
        Self { format: Self::FORMAT, problems: problems.iter().map(|problem| line(problem, sources)).collect() }
    }
}

fn line(problem: &Problem, sources: &Sources) -> ProblemLine {
    let Problem { at, code, severity, message, fix, labels: _, scope: _ } = problem;
    let place = at.and_then(|at| place(at, sources));
    let position = place.map(|(at, file)| file.position(at.span.start));
    ProblemLine {
        code: code.to_string(),
        severity: *severity,
        file: place.map(|(_, file)| file.path.to_string()),
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
        message: message.clone(),
        fix: fix.clone(),
    }
}

fn place(at: Source, sources: &Sources) -> Option<(Source, &SourceFile)> {
    sources.get(at.file).map(|file| (at, file))
}

/// Returns every problem with the lines that it is about, and a last line that counts; nothing if there are none.
pub fn problems_text(problems: &[Problem], sources: &Sources, look: Look) -> String {
    let renderer = if look.colour { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let mut text = String::new();
    for problem in problems {
        let shown = renderer.render(&[group(problem, sources)]);
        for line in shown.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        if let (None, Some(fix)) = (problem.at, &problem.fix) {
            // Without source there is no gutter to hang the fix on.
            text.push_str("  help: ");
            text.push_str(&visible(fix));
            text.push('\n');
        }
        text.push('\n');
    }
    if !problems.is_empty() {
        text.push_str(&problem_summary(problems));
        text.push('\n');
    }
    text
}

/// Returns one line that counts: `3 errors and 1 warning in 2 files`.
pub fn problem_summary(problems: &[Problem]) -> String {
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count() as u64;
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let files: BTreeSet<FileId> = problems.iter().filter_map(|problem| problem.at).map(|at| at.file).collect();
    let mut summary = match (errors, warnings) {
        (0, 0) => return "no problems".to_owned(),
        (0, _) => count(warnings, "warning"),
        (_, 0) => count(errors, "error"),
        (_, _) => format!("{} and {}", count(errors, "error"), count(warnings, "warning")),
    };
    if !files.is_empty() {
        // Writing to a String cannot fail.
        _ = write!(summary, " in {}", count(files.len() as u64, "file"));
    }
    summary
}

fn group<'a>(problem: &'a Problem, sources: &'a Sources) -> Group<'a> {
    let Problem { at, code, severity, message, fix, labels, scope: _ } = problem;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(visible(message)).id(code.0));
    let main = at.and_then(|at| place(at, sources));
    if let Some((at, file)) = main {
        let mut marks = vec![Mark { span: at.span, label: None }];
        marks.extend(
            labels
                .iter()
                .filter(|label| label.at.file == at.file)
                .map(|label| Mark { span: label.at.span, label: Some(&label.text) }),
        );
        group = show(group, file, &marks);
    }
    for label in labels.iter().filter(|label| main.is_none_or(|(at, _)| at.file != label.at.file)) {
        if let Some((at, file)) = place(label.at, sources) {
            group = show(group, file, &[Mark { span: at.span, label: Some(&label.text) }]);
        }
    }
    if let Some(fix) = fix
        && main.is_some()
    {
        group = group.element(Level::HELP.message(visible(fix)));
    }
    group
}

fn show<'a>(mut group: Group<'a>, file: &'a SourceFile, marks: &[Mark<'a>]) -> Group<'a> {
    for window in windows(file, marks) {
        let annotations = window.marks.into_iter().map(|(span, label)| match label {
            Some(label) => AnnotationKind::Context.span(span).label(visible(label)),
            None => AnnotationKind::Primary.span(span),
        });
        let snippet = Snippet::source(window.text)
            .line_start(window.first_line as usize)
            .fold(false)
            .annotations(annotations.collect::<Vec<_>>());
        // The renderer counts columns in what it is shown; where that differs from the file, they are given.
        group = match marks.first() {
            Some(mark) if !window.exact => {
                let position = file.position(mark.span.start);
                let origin = Origin::path(visible(&file.path));
                let origin = origin.line(position.line as usize).char_column(position.column as usize);
                group.element(origin).element(snippet)
            }
            _ => group.element(snippet.path(visible(&file.path))),
        };
    }
    group
}
