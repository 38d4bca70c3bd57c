//! The manual names what there is.

use hubform::sim::Config;

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
