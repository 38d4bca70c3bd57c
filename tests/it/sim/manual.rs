//! The manual names what there is.

use std::collections::BTreeSet;

use hubform::sim::{Config, Faults, Times};

const MANUAL: &str = include_str!("../../../docs/simulator.md");

#[test]
fn the_manual_names_every_field_of_the_configuration_and_no_other() {
    let config = serde_json::to_value(Config::default()).unwrap();
    let fields: Vec<&String> = config.as_object().unwrap().keys().collect();
    for field in &fields {
        assert!(MANUAL.contains(&format!("`{field}`")), "`{field}` is missing");
    }
    let (_, tables) = MANUAL.split_once("## Configuration").unwrap();
    let (tables, _) = tables.split_once("Strict readings without a switch").unwrap();
    let rows = tables.lines().filter_map(|line| line.strip_prefix("| `"));
    for row in rows {
        let (names, _) = row.split_once(" | ").unwrap();
        for name in names.split(", ").map(|name| name.trim_matches('`')) {
            assert!(fields.iter().any(|field| *field == name), "`{name}` is no field");
        }
    }
}

/// Returns the section of the manual on faults.
fn on_faults() -> &'static str {
    let (_, section) = MANUAL.split_once("\n## Faults\n").unwrap();
    section.split_once("\n## ").unwrap().0
}

#[test]
fn the_manuals_example_of_faults_can_be_read() {
    let (_, example) = on_faults().split_once("```json\n").unwrap();
    let (example, _) = example.split_once("\n```").unwrap();
    let faults = Faults::parse(example).unwrap();
    assert_eq!((faults.seed, faults.rules.len()), (7, 3));
}

#[test]
fn the_manual_names_every_profile_kind_and_condition_of_faults() {
    let worst = serde_json::to_value(Faults::profile("worst").unwrap()).unwrap();
    let rules = worst["rules"].as_array().unwrap();
    let kinds: BTreeSet<&str> = rules.iter().map(|rule| rule["fault"]["kind"].as_str().unwrap()).collect();
    let rows: BTreeSet<&str> = on_faults()
        .split_once("| kind |")
        .unwrap()
        .1
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    // The worst profile has all kinds, so that each is among them.
    assert_eq!(kinds, rows);
    let every_condition = r#"{"after":1,"first":1,"every":1,"probability":1.0,"lasts":1,"most":1,"per":"rule"}"#;
    let times: Times = serde_json::from_str(every_condition).unwrap();
    for name in serde_json::to_value(times).unwrap().as_object().unwrap().keys() {
        assert!(on_faults().contains(&format!("| `{name}` |")), "{name}");
    }
    for name in Faults::PROFILES {
        assert!(on_faults().contains(&format!("| `{name}` |")), "{name}");
    }
}
