//! Every problem with its text: each file in `cases` is a small project and what is told of it.
//!
//! A file has a line about it, the project's files behind `>>> PATH`, and the problems behind `<<< problems`,
//! one in a line: code, place, underlined text, message, fix, other places; then which objects are broken and whole. `\x..` in a file is a byte.
//! `HUBFORM_BLESS=1` writes the problems anew; read them before they are committed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use hubform::{
    manifest::{Loaded, load_files},
    model::{Address, Desired, codes},
};

use super::support::{is_bless, problems};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/manifest/cases"));
    let found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = found.filter(|path| path.extension().is_some_and(|suffix| suffix == "txt")).collect();
    cases.sort();
    cases
}

/// Reads the project of a case.
fn files(project: &str) -> BTreeMap<String, Vec<u8>> {
    let files = project.split(">>> ").skip(1).map(|file| {
        let (path, text) = file.split_once('\n').unwrap();
        (path.to_owned(), bytes(text))
    });
    files.collect()
}

/// Puts bytes in the place of `\x..`.
fn bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

/// Returns the project and the recorded problems of a case.
fn read(case: &Path) -> (String, String) {
    let text = fs::read_to_string(case).unwrap();
    let (project, expected) = text.split_once("<<< problems\n").unwrap();
    (project.to_owned(), expected.to_owned())
}

fn load(case: &Path) -> Loaded {
    load_files(files(&read(case).0))
}

fn joined<'a>(addresses: impl Iterator<Item = &'a Address>) -> String {
    addresses.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_problem_is_told_as_recorded() {
    for case in cases() {
        let (project, expected) = read(&case);
        let loaded = load(&case);
        let Desired { objects, broken, .. } = &loaded.desired;
        let told = problems(&loaded);
        let actual = format!("{told}\nbroken: {}\nwhole: {}\n", joined(broken.iter()), joined(objects.keys()));
        if is_bless() {
            // At once, since the other tests read the files at the same time.
            let new = case.with_extension("new");
            fs::write(&new, format!("{project}<<< problems\n{actual}")).unwrap();
            fs::rename(new, case).unwrap();
        } else {
            assert_eq!(actual, expected, "{}", case.display());
        }
    }
}

#[test]
fn every_code_of_the_manifests_is_told_in_some_case() {
    // These take a disk or a large file, and have tests of their own.
    let elsewhere = [codes::UNREADABLE, codes::TOO_MANY];
    let told: BTreeSet<_> = cases().iter().flat_map(|case| load(case).problems).map(|problem| problem.code).collect();
    let own = codes::ALL.iter().filter(|(code, _)| ("HF100".."HF140").contains(&code.0));
    let missing: Vec<_> = own.filter(|(code, _)| !told.contains(code) && !elsewhere.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_problem_says_how_to_fix_it() {
    for case in cases() {
        for problem in load(&case).problems {
            assert!(problem.fix.is_some(), "{}", problem.message);
            assert!(!problem.message.ends_with('.') && !problem.message.is_empty());
            assert!(problem.at.is_some());
        }
    }
}
