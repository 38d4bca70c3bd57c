//! The JSON schemas are current, and say what the reader says.

use std::{fs, path::Path};

use hubform::manifest::{schemas, to_json};
use serde_json::Value;

use super::support::is_bless;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"))
}

fn pretty(schema: &Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(schema).unwrap())
}

/// `HUBFORM_BLESS=1` writes the files anew.
#[test]
fn the_committed_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let path = folder().join(name);
        if is_bless() {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, pretty(&schema)).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == pretty(&schema), "{} is not current; run with HUBFORM_BLESS=1", path.display());
    }
}

#[test]
fn every_schema_is_a_schema() {
    for (name, schema) in schemas() {
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn scalars_become_json_by_the_core_schema() {
    let json = to_json("{a: NO, b: yes, c: true, d: 5, e: \"5\", f: ~, g: 1.5, h: [x, null], i: 0x10}");
    let expected = serde_json::json!([{
        "a": "NO", "b": "yes", "c": true, "d": 5, "e": "5", "f": null, "g": 1.5, "h": ["x", null], "i": 16
    }]);
    assert_eq!(Value::from(json), expected);
}

/// Every YAML file below a folder.
fn manifests(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            manifests(&path, found);
        } else if path.extension().is_some_and(|suffix| suffix == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn every_document_of_every_example_fits_the_schemas() {
    let any = jsonschema::validator_for(&schemas()["hubform.schema.json"]).unwrap();
    let examples = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"));
    let mut found = Vec::new();
    for name in ["minimal", "acme-voice"] {
        manifests(&examples.join(name), &mut found);
    }
    assert!(found.len() > 20, "the examples have gone: {found:?}");
    for path in found {
        for document in to_json(&fs::read_to_string(&path).unwrap()) {
            let errors: Vec<String> = any.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
        }
    }
}
