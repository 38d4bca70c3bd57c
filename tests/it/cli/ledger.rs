//! `hubform ledger init`, `list`, `show` and `export`.

use serde_json::Value;

use super::bench::Bench;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn applied() -> Bench {
    let bench = Bench::new();
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    bench
}

#[test]
fn objects_are_listed_with_their_ids_and_counted() {
    let bench = applied();
    let text = bench.answer(0, &["ledger", "list"]);
    assert!(text.contains("user/acme/ann@acme.example  id "), "{text}");
    assert!(text.contains("1 template, 1 customer, 1 location, 2 users in the ledger"), "{text}");
    let list = json(&bench.answer(0, &["ledger", "list", "--format", "json"]));
    assert_eq!(list["summary"], serde_json::json!({ "template": 1, "customer": 1, "location": 1, "user": 2 }));
    let customer = &list["objects"][1];
    assert_eq!((&customer["object"], &customer["created"]), (&"customer/acme".into(), &true.into()));
    assert!(customer["ids"]["orgId"].is_string());
}

#[test]
fn one_object_is_shown_as_the_ledger_has_it() {
    let bench = applied();
    let text = bench.answer(0, &["ledger", "show", "user/acme/ann@acme.example"]);
    assert!(text.contains("made by: hubform") && text.contains("  extension: 201\n"), "{text}");
    let shown = json(&bench.answer(0, &["ledger", "show", "user/acme/ann@acme.example", "--format", "json"]));
    assert_eq!(shown["record"]["applied"]["extension"], "201");
    let ended = bench.run(&["ledger", "show", "user/acme/an@acme.example"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("did you mean `user/acme/ann@acme.example`?"), "{}", ended.stderr);
}

#[test]
fn an_export_is_the_whole_ledger_and_the_same_twice() {
    let bench = applied();
    let text = bench.answer(0, &["ledger", "export"]);
    assert_eq!(bench.answer(0, &["ledger", "export", "--format", "json"]), text);
    let export = json(&text);
    assert_eq!(export["identity"]["project"], "acme-voice");
    assert_eq!(export["records"].as_object().unwrap().len(), 5);
    assert!(!export["journal"].as_object().unwrap().is_empty());
    assert_eq!(export["lastRun"]["start"]["command"], "apply");
    let empty = Bench::new();
    empty.answer(1, &["ledger", "export"]);
    assert!(!empty.path(".hubform").exists());
}

#[test]
fn a_project_is_tied_to_its_ledger_by_one_line() {
    let bench = Bench::new();
    let made = json(&bench.answer(0, &["ledger", "init", "--format", "json"]));
    assert_eq!((&made["made"], &made["written"]), (&true.into(), &false.into()));
    let lineage = made["lineage"].as_str().unwrap();
    let text = bench.answer(0, &["ledger", "init", "--write"]);
    assert!(text.contains("has its line now") && text.contains(&format!("  lineage: \"{lineage}\"")), "{text}");
    let file = std::fs::read_to_string(bench.path("hubform.yaml")).unwrap();
    assert!(file.contains(&format!("spec: {{ lineage: \"{lineage}\", target: simulator }}")), "{file}");
    bench.answer(0, &["ledger", "init", "--write"]);
    assert_eq!(std::fs::read_to_string(bench.path("hubform.yaml")).unwrap(), file, "once is enough");
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    // Without the ledger nothing goes on as if there had never been one.
    std::fs::remove_dir_all(bench.path(".hubform")).unwrap();
    for command in [&["apply", "--auto-approve"][..], &["status"], &["ledger", "init"]] {
        let ended = bench.run(command);
        assert_eq!(ended.code, Some(1));
        assert!(ended.stderr.contains("HF708"), "{}", ended.stderr);
    }
}

#[test]
fn a_project_file_of_an_unusual_form_is_left_as_it_is() {
    let bench = Bench::new();
    bench.edit("hubform.yaml", "spec: { target: simulator }", "\"spec\": { target: simulator }");
    let before = std::fs::read_to_string(bench.path("hubform.yaml")).unwrap();
    let ended = bench.run(&["ledger", "init", "--write"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stderr.contains("by hand"), "{}", ended.stderr);
    assert_eq!(std::fs::read_to_string(bench.path("hubform.yaml")).unwrap(), before);
}
