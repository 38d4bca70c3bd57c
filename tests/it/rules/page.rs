//! `docs/rules.md` says what the tables say.

use std::{fs, path::Path};

use hubform::{model::codes, rules};

#[test]
fn the_page_of_rules_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let page = rules::page();
    if super::bless() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/rules.md is not current: run the tests with HUBFORM_BLESS=1 and look at what changed"
    );
}

#[test]
fn the_page_names_every_code_of_manifests_and_rules() {
    let page = rules::page();
    for (code, title) in codes::ALL.iter().filter(|(code, _)| code.0 < "HF300") {
        assert_eq!(page.matches(&format!("{code}")).count(), 1, "{code} {title}");
    }
}
