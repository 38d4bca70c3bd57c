//! The terminal sessions of README.md say what the program says.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// One `$ command` and what stands below it.
struct Exchange<'a> {
    command: &'a str,
    expected: Vec<&'a str>,
    /// Where the command stands, from 0.
    line: usize,
}

#[expect(clippy::disallowed_methods, reason = "a test has no settings that could have read it")]
fn bless() -> bool {
    std::env::var_os("HUBFORM_BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}

const FENCE: &str = "```";
/// Stands for any number of lines, none included.
const LEFT_OUT: &str = "…";

/// Returns what the `console` blocks of a page show, top to bottom.
fn exchanges(page: &str) -> Vec<Exchange<'_>> {
    let mut exchanges: Vec<Exchange<'_>> = Vec::new();
    let mut inside = false;
    for (line, text) in page.lines().enumerate() {
        if text == "```console" {
            inside = true;
        } else if text == FENCE {
            inside = false;
        } else if inside && let Some(command) = text.strip_prefix("$ ") {
            exchanges.push(Exchange { command, expected: Vec::new(), line });
        } else if inside {
            exchanges.last_mut().expect("a session begins with a command").expected.push(text);
        }
    }
    exchanges
}

fn matches(expected: &[&str], actual: &[&str]) -> bool {
    match (expected.split_first(), actual.split_first()) {
        (None, None) => true,
        (Some((&LEFT_OUT, rest)), _) => (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..])),
        (Some((line, rest)), Some((other, others))) => line == other && matches(rest, others),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == ".hubform" {
            continue;
        }
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Runs a command as a shell of somebody who has just cloned the project would; both streams, and the exit code.
fn run(command: &str, folder: &Path, before: i32) -> (String, i32) {
    let program = Path::new(env!("CARGO_BIN_EXE_hubform"));
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", program.parent().unwrap().display());
    // The sessions are about the program, not about the way it is built.
    let command = command.replace("cargo run --release -- ", "hubform ");
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("exec 2>&1; (exit {before}); {command}"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder.join("home"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// `HUBFORM_BLESS=1` writes the output of commands that say something else now.
#[test]
fn the_terminal_sessions_of_the_readme_are_what_happens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file: PathBuf = root.join("README.md");
    let page = fs::read_to_string(&file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    copy(&root.join("examples"), &folder.path().join("examples"));

    let exchanges = exchanges(&page);
    assert!(exchanges.len() > 1, "README.md has no `console` blocks any more");
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let mut wrong = String::new();
    let mut code = 0;
    // How many lines the page has gained (or lost) above.
    let mut moved = 0_isize;
    for Exchange { command, expected, line } in &exchanges {
        let (output, ended) = run(command, folder.path(), code);
        code = ended;
        let actual: Vec<&str> = output.lines().collect();
        if matches(expected, &actual) {
            continue;
        }
        write!(wrong, "\nREADME.md:{}: $ {command}\nexited with {ended} and said:\n{output}", line + 1).unwrap();
        let below = (line + 1).checked_add_signed(moved).unwrap();
        lines.splice(below..below + expected.len(), output.lines().map(str::to_owned));
        moved += actual.len().cast_signed() - expected.len().cast_signed();
    }
    if bless() && !wrong.is_empty() {
        fs::write(&file, lines.join("\n") + "\n").unwrap();
        return;
    }
    assert!(
        wrong.is_empty(),
        "the README shows something else; run this with HUBFORM_BLESS=1 and shorten it again with lines of `…`\n{wrong}"
    );
}

#[test]
fn a_line_of_dots_stands_for_any_number_of_lines() {
    assert!(matches(&["a", LEFT_OUT, "c"], &["a", "b", "b", "c"]));
    assert!(matches(&["a", LEFT_OUT], &["a"]));
    assert!(matches(&[LEFT_OUT, "c", LEFT_OUT], &["c", "c", "d"]));
    assert!(!matches(&["a", LEFT_OUT, "c"], &["a", "b"]));
    assert!(!matches(&["a"], &["a", "b"]));
    assert!(!matches(&[], &["a"]));
}
