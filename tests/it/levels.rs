//! Which level may use which: the arrows between the modules of the package, as the architecture page states them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// For each level, the levels that it may name; `main.rs` and `lib.rs` stand above them all.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("manifest", &["model"]),
    ("rules", &["model"]),
    ("plan", &["model"]),
    ("webex", &["model"]),
    ("ledger", &["model"]),
    ("apply", &["ledger", "model", "plan", "webex"]),
    ("sim", &[]),
    ("report", &["apply", "model", "plan", "rules"]),
    ("cli", &["apply", "ledger", "manifest", "model", "plan", "report", "rules", "sim", "webex"]),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Returns a file's code without comments, so that documentation may point anywhere.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Returns the levels that code names by `crate::level`, in braces too, or as `hubform::level`.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    for root in ["crate::", "hubform::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let mut depth = 1;
                let mut item = String::new();
                for c in group.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 1 => {
                            names.insert(word(item.trim()));
                            item.clear();
                            continue;
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    item.push(c);
                }
                names.insert(word(item.trim()));
            } else {
                names.insert(word(rest));
            }
        }
    }
    names
}

#[test]
fn every_level_uses_only_what_it_may() {
    let levels: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (level, allowed) in &levels {
        let folder = source().join(level);
        assert!(folder.is_dir(), "the level `{level}` has gone: say so here, or this test is silent about it");
        let mut files = Vec::new();
        files_below(&folder, &mut files);
        for file in files {
            seen.insert(*level);
            for name in named(&code(&file)) {
                if levels.contains_key(name.as_str()) && name != *level && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{} uses `{name}`", file.strip_prefix(source()).unwrap().display()));
                }
            }
        }
    }
    assert_eq!(seen.len(), ALLOWED.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_of_the_package_is_a_level() {
    let folders: BTreeSet<String> = fs::read_dir(source())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let levels: BTreeSet<String> = ALLOWED.iter().map(|(level, _)| (*level).to_owned()).collect();
    assert_eq!(folders, levels);
}

/// The planner is pure: no await, no clock, no environment, no disk, nothing printed.
#[test]
fn pure_levels_have_no_effects() {
    const EFFECTS: &[&str] = &[
        "async ",
        ".await",
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "tokio",
        "reqwest",
        "println!",
        "eprintln!",
        "print!(",
    ];
    for level in ["model", "rules", "plan"] {
        let mut files = Vec::new();
        files_below(&source().join(level), &mut files);
        assert!(!files.is_empty());
        for file in files {
            let text = code(&file);
            // Rules look things up by hash and sort what they find; a plan's order is never a hash's.
            let hashes: &[&str] = if level == "rules" { &[] } else { &["HashMap", "HashSet"] };
            for effect in EFFECTS.iter().chain(hashes) {
                assert!(!text.contains(effect), "{} has `{effect}`", file.display());
            }
        }
    }
}

/// Nothing but `report` and `cli` may print; lints see macros, this sees the streams.
#[test]
fn only_report_and_cli_print() {
    for (level, _) in ALLOWED.iter().filter(|(level, _)| !matches!(*level, "report" | "cli")) {
        let mut files = Vec::new();
        files_below(&source().join(level), &mut files);
        for file in files {
            let text = code(&file);
            for stream in ["println!", "eprintln!", "print!(", "stdout()", "stderr()", "anstream"] {
                assert!(!text.contains(stream), "{} has `{stream}`", file.display());
            }
        }
    }
}

#[test]
fn names_are_found_in_every_spelling() {
    let code = "use crate::model::Name; use crate::{plan::{Plan, Step}, webex}; let x = crate::apply::run(); use hubform::sim;";
    let names: Vec<String> = named(code).into_iter().collect();
    assert_eq!(names, ["apply", "model", "plan", "sim", "webex"]);
}
