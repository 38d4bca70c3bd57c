//! stdout, stderr, colour, and readers that go away.

use std::io::Read as _;

use super::bench::Bench;

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let bench = Bench::new();
    let mut child = bench.start(&["schema", "plan"]);
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn colour_comes_on_demand_only() {
    let bench = Bench::new();
    assert!(!bench.answer(0, &["plan"]).contains('\u{1b}'));
    let coloured = bench.answer(0, &["plan", "--color", "always"]);
    assert!(coloured.contains("\u{1b}[32m+ create\u{1b}[0m"), "{coloured}");
}

#[test]
fn schemas_are_listed_and_printed() {
    let bench = Bench::new();
    let list = bench.answer(0, &["schema"]);
    for name in ["customer", "outcome", "plan", "problems", "project"] {
        assert!(list.lines().any(|line| line == name), "{list}");
    }
    for name in list.lines() {
        let schema: serde_json::Value = serde_json::from_str(&bench.answer(0, &["schema", name])).unwrap();
        assert!(schema.is_object());
    }
    let ended = bench.run(&["schema", "costumer"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    assert!(ended.stderr.contains("did you mean `customer`?"), "{}", ended.stderr);
    bench.answer(0, &["schema", "--out", "schemas"]);
    assert!(bench.path("schemas/plan.schema.json").exists());
}
