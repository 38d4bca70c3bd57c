//! `--help` of every command stands in `docs/commands.md`, and so is reviewed.

use hubform::cli::command_line;

use super::bench::Bench;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["validate"],
    &["plan"],
    &["apply"],
    &["destroy"],
    &["show"],
    &["status"],
    &["schema"],
    &["sim"],
    &["template"],
    &["template", "bind"],
    &["template", "done"],
    &["ledger"],
    &["ledger", "init"],
    &["ledger", "list"],
    &["ledger", "show"],
    &["ledger", "export"],
    &["ledger", "forget"],
    &["ledger", "unlock"],
    &["key"],
    &["key", "new"],
    &["key", "show"],
    &["login"],
    &["doctor"],
    &["import"],
    &["logout"],
];

#[test]
fn the_command_line_is_consistent() {
    command_line().debug_assert();
}

#[test]
fn every_command_has_a_section() {
    fn names(command: &clap::Command, above: &[String], all: &mut Vec<Vec<String>>) {
        all.push(above.to_vec());
        for below in command.get_subcommands() {
            names(below, &[above, &[below.get_name().to_owned()]].concat(), all);
        }
    }
    let mut all = Vec::new();
    names(&command_line(), &[], &mut all);
    assert_eq!(all.len(), COMMANDS.len());
    for name in all {
        assert!(COMMANDS.iter().any(|command| **command == *name), "{name:?}");
    }
}

#[test]
fn the_reference_page_is_current() {
    let bench = Bench::new();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut current = page.clone();
    for command in COMMANDS {
        let mark = format!("<!-- hubform {} -->", [command, &["--help"][..]].concat().join(" "));
        let (before, after) = current.split_once(&mark).unwrap_or_else(|| panic!("{mark} is missing"));
        let (_, after) = after.split_once("\n```\n").unwrap();
        let help = bench.answer(0, &[*command, &["--help"]].concat());
        let help = help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        current = format!("{before}{mark}\n```text\n{help}\n```\n{after}");
    }
    #[expect(clippy::disallowed_methods, reason = "a switch for authors, not part of the program")]
    if std::env::var_os("HUBFORM_BLESS").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == current, "docs/commands.md is not current: run the tests with HUBFORM_BLESS=1");
}

#[test]
fn help_and_version_are_answers() {
    let bench = Bench::new();
    for flag in ["--help", "-h", "--version"] {
        let ended = bench.run(&[flag]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
        assert!(ended.stdout.contains("hubform"));
    }
}
