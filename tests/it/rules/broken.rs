//! Every code has a project in `examples/broken` that is wrong in exactly that way.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use hubform::{
    manifest,
    model::{Problem, Severity, Source, Sources},
    rules::{self, RULES},
};

/// What cannot be shown without something else being wrong too.
const TOGETHER: &[(&str, &[&str])] = &[("HF291", &["HF292"]), ("HF293", &["HF292"])];

#[test]
fn every_rule_has_a_project_that_breaks_it() {
    let shown: BTreeSet<String> = folders().iter().map(|folder| code(folder)).collect();
    for rule in RULES {
        assert!(shown.contains(rule.code.0), "examples/broken lacks a folder for {}: {}", rule.code, rule.title());
    }
}

#[test]
fn every_broken_project_breaks_the_rule_it_is_named_after_and_no_other() {
    for folder in folders() {
        let code = code(&folder);
        let (problems, sources) = check(&folder);
        let found: BTreeSet<&str> = problems.iter().map(|problem| problem.code.0).collect();
        let report = recorded(&problems, &sources);
        assert!(found.contains(code.as_str()), "{} does not show {code}:\n{report}", folder.display());
        let also = TOGETHER.iter().find(|(of, _)| *of == code).map_or(&[][..], |&(_, also)| also);
        let more: Vec<&&str> = found.iter().filter(|other| **other != code && !also.contains(other)).collect();
        assert!(more.is_empty(), "{} shows {more:?} too:\n{report}", folder.display());
    }
}

#[test]
fn every_broken_project_says_what_was_recorded() {
    for folder in folders() {
        let (problems, sources) = check(&folder);
        let report = recorded(&problems, &sources);
        let path = folder.join("expected.txt");
        if super::bless() {
            fs::write(&path, &report).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(written == report, "{} says something else now:\n{report}", folder.display());
    }
}

/// Returns the folders below `examples/broken`, in order.
pub fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/broken");
    let entries = fs::read_dir(root).expect("the folder is part of the repository");
    let paths = entries.map(|entry| entry.expect("its entries can be read").path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Returns the code that a folder is named after.
fn code(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.split('-').next().unwrap_or_default().to_owned()
}

fn check(folder: &Path) -> (Vec<Problem>, Sources) {
    let loaded = manifest::load(folder);
    let mut problems = loaded.problems;
    problems.extend(rules::check(&loaded.desired));
    problems.sort();
    (problems, loaded.sources)
}

/// Returns problems as plain text, a line for each thing that is said.
fn recorded(problems: &[Problem], sources: &Sources) -> String {
    let mut text = String::new();
    for problem in problems {
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let at = problem.at.map_or_else(|| "hubform.yaml".to_owned(), |at| place(at, sources));
        let _ = writeln!(text, "{at}: {severity}[{}]: {}", problem.code, problem.message);
        for label in &problem.labels {
            let _ = writeln!(text, "  {}: {}", place(label.at, sources), label.text);
        }
        if let Some(fix) = &problem.fix {
            let _ = writeln!(text, "  fix: {fix}");
        }
    }
    text
}

fn place(at: Source, sources: &Sources) -> String {
    sources.get(at.file).map_or_else(String::new, |file| {
        let position = file.position(at.span.start);
        format!("{}:{}:{}", file.path, position.line, position.column)
    })
}
