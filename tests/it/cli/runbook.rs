//! `docs/runbook.md` has a section for every code that a step, a refused plan or the ledger can show.

use std::{collections::BTreeMap, fs, path::Path};

use hubform::model::codes;

/// Returns the sections by code.
fn sections(page: &str) -> BTreeMap<&str, &str> {
    let mut sections = BTreeMap::new();
    for section in page.split("\n### ").skip(1) {
        let (code, text) = section.split_once('\n').unwrap();
        let text = text.split("\n## ").next().unwrap();
        assert!(sections.insert(code.trim(), text.trim()).is_none(), "{code} stands twice");
    }
    sections
}

/// Codes of waits, refusals, steps, the ledger and plan files. Those of notes ask nothing of anybody.
fn is_for_the_night(code: &str) -> bool {
    ("HF511".."HF600").contains(&code) || ("HF600".."HF800").contains(&code)
}

#[test]
fn every_code_of_the_night_has_its_section_and_no_other_has() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbook.md");
    let page = fs::read_to_string(path).unwrap();
    let mut sections = sections(&page);
    let mut wrong = Vec::new();
    for (code, title) in codes::ALL.iter().filter(|(code, _)| is_for_the_night(code.0)) {
        let Some(section) = sections.remove(code.0) else {
            wrong.push(format!("{code} has no section: {title}"));
            continue;
        };
        // The title is the registry's, with a capital and a full stop.
        let (head, tail) = title.split_at(1);
        let head = format!("*{}{tail}.*", head.to_uppercase());
        if !section.starts_with(&head) {
            wrong.push(format!("{code} begins otherwise than {head}"));
        }
        for part in ["\n- Look at: ", "\n- Do: ", "\n- Next: `hubform "] {
            if !section.contains(part) {
                wrong.push(format!("{code} lacks `{}`", part.trim()));
            }
        }
    }
    wrong.extend(sections.keys().map(|code| format!("{code} is no code that can show")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_next_command_is_one_that_there_is() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbook.md")).unwrap();
    let commands = hubform::cli::command_line();
    let words = page.split("`hubform ").skip(1).filter_map(|text| text.split(['`', ' ', '\n']).next());
    for word in words.filter(|word| !word.starts_with('-')) {
        assert!(commands.find_subcommand(word).is_some(), "`hubform {word}`");
    }
}
