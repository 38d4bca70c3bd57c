//! `docs/rules.md` says what the tables say.

use std::{fs, path::Path};

use hubform::{model::codes, rules};

/// Set to rewrite what is generated.
const BLESS: &str = "HUBFORM_BLESS";

#[test]
fn the_page_of_rules_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let page = rules::page();
    if option_env(BLESS) {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/rules.md is not current: run the tests with {BLESS}=1 and look at what changed");
}

#[test]
fn the_page_names_every_code_of_manifests_and_rules() {
    let page = rules::page();
    for (code, title) in codes::ALL.iter().filter(|(code, _)| code.0 < "HF300") {
        assert_eq!(page.matches(&format!("{code}")).count(), 1, "{code} {title}");
    }
}

/// Returns true if a variable of the environment is set and not `0`.
#[expect(clippy::disallowed_methods, reason = "a test has no settings to read it for it")]
fn option_env(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}
