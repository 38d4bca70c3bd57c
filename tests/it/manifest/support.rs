//! Projects in memory and problems as text.

use hubform::{
    manifest::{Loaded, load_files},
    model::{Problem, Sources},
};

/// Loads files given as (path, text).
pub fn load(files: &[(&str, &str)]) -> Loaded {
    load_files(files.iter().map(|&(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect())
}

/// Shows a problem in a compact form: code, place, what is underlined, message, fix, other places.
pub fn show(problem: &Problem, sources: &Sources) -> String {
    let place = |at: &hubform::model::Source| {
        let file = sources.get(at.file).unwrap();
        let position = file.position(at.span.start);
        format!("{}:{}:{}", file.path, position.line, position.column)
    };
    let at = problem.at.as_ref().map_or_else(String::new, |at| {
        let text = &sources.get(at.file).unwrap().text;
        let under = text.get(at.span.start as usize..at.span.end as usize).unwrap_or_default();
        let under = under.replace(|c: char| c.is_control(), "?");
        format!(" {} [{under}]", place(at))
    });
    let fix = problem.fix.as_ref().map_or_else(String::new, |fix| format!(" -> {fix}"));
    let labels: Vec<String> =
        problem.labels.iter().map(|label| format!(" ({}: {})", place(&label.at), label.text)).collect();
    format!("{}{at} {}{fix}{}", problem.code, problem.message, labels.concat())
}

/// Shows every problem, one in a line.
pub fn problems(loaded: &Loaded) -> String {
    let lines: Vec<String> = loaded.problems.iter().map(|problem| show(problem, &loaded.sources)).collect();
    lines.join("\n")
}

/// Whether recorded files are to be written anew.
#[expect(clippy::disallowed_methods, reason = "a switch of the test run, not of the program")]
pub fn is_bless() -> bool {
    std::env::var("HUBFORM_BLESS").is_ok_and(|value| value == "1")
}
