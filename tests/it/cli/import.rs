//! A ledger that was lost is made anew from what exists.

use std::collections::BTreeMap;

use hubform::{
    ledger::{Expected, SqliteLedger, Units},
    model::{Address, Record},
};

use super::bench::Bench;

fn records(bench: &Bench) -> BTreeMap<Address, Record> {
    let expected = Expected {
        target: "simulator".to_owned(),
        base_url: String::new(),
        project: "acme-voice".to_owned(),
        lineage: None,
    };
    SqliteLedger::view(&bench.path(".hubform/ledger.db"), &expected, Units::All).unwrap().state.records
}

/// Takes the ledger away, with what stands beside it.
fn lose(bench: &Bench) {
    for entry in std::fs::read_dir(bench.path(".hubform")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("ledger.db") {
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_lost_ledger_is_rebuilt_by_natural_keys_without_a_change_of_the_service() {
    let bench = Bench::new();
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    let before = records(&bench);
    lose(&bench);
    let text = bench.answer(0, &["import", "--ledger-only", "--quiet"]);
    assert!(text.starts_with("Recorded: 5 objects that exist.\n"), "{text}");
    let after = records(&bench);
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    for (at, record) in &after {
        assert_eq!((&record.ids, &record.applied), (&before[at].ids, &before[at].applied), "{at}");
        assert!(!record.created, "nobody knows who made it");
    }
    let plan = bench.answer(0, &["plan", "--detailed-exitcode"]);
    assert!(plan.ends_with("Nothing to do: the service is as the manifests describe\n"), "{plan}");
    // A second time there is nothing to learn.
    assert!(bench.answer(0, &["import", "--ledger-only", "--quiet"]).starts_with("Nothing was found"), "{plan}");
}

#[test]
fn what_differs_is_planned_afterwards_and_what_is_missing_is_named() {
    let bench = Bench::new();
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    lose(&bench);
    bench.edit("acme.yaml", "lastName: Ray", "lastName: Roy");
    let added = "    - { email: cal@acme.example, firstName: Cal, lastName: Fox, extension: \"203\" }\n";
    let text = std::fs::read_to_string(bench.path("acme.yaml")).unwrap();
    bench.write("acme.yaml", &(text + added));
    let json: serde_json::Value =
        serde_json::from_str(&bench.answer(0, &["import", "--ledger-only", "--quiet", "--format", "json"])).unwrap();
    assert_eq!(json["missing"], serde_json::json!(["user/acme/cal@acme.example"]));
    assert_eq!(json["found"].as_array().unwrap().len(), 5);
    let plan = bench.answer(2, &["plan", "--detailed-exitcode"]);
    assert!(plan.contains("lastName: Ray -> Roy") && plan.contains("user/acme/cal@acme.example"), "{plan}");
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    bench.answer(0, &["plan", "--detailed-exitcode"]);
}

#[test]
fn a_damaged_ledger_says_so_and_what_to_do() {
    let bench = Bench::new();
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    let path = bench.path(".hubform/ledger.db");
    let whole = std::fs::read(&path).unwrap();
    for wal in ["ledger.db-wal", "ledger.db-shm"] {
        drop(std::fs::remove_file(bench.path(".hubform").join(wal)));
    }
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    for command in [&["plan"][..], &["apply", "--auto-approve"], &["import", "--ledger-only"]] {
        let ended = bench.run(command);
        assert_eq!(ended.code, Some(1), "{command:?}");
        assert!(ended.stderr.contains("HF703") && ended.stderr.contains("hubform import --ledger-only"), "{ended:?}");
    }
    std::fs::rename(&path, bench.path("damaged.db")).unwrap();
    bench.answer(0, &["import", "--ledger-only", "--quiet"]);
    bench.answer(0, &["plan", "--detailed-exitcode"]);
}

#[test]
fn there_is_one_way_to_import_so_far() {
    let ended = Bench::new().run(&["import"]);
    assert_eq!(ended.code, Some(64));
    assert!(ended.stderr.contains("--ledger-only"), "{}", ended.stderr);
}
