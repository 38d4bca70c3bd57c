//! What the program will not do, and that it then does nothing at all.

use super::bench::{Bench, check_schema};

#[test]
fn apply_without_a_terminal_and_without_consent_sends_nothing() {
    let bench = Bench::new();
    let ended = bench.run(&["apply"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    insta::assert_snapshot!(ended.stderr, @"
    error[HF801]: there is no terminal to ask for consent on, and nothing was sent
      help: review the plan with `hubform plan`, then add `--auto-approve`
    ");
    assert!(!bench.path(".hubform").exists());
}

#[test]
fn destroy_wants_the_projects_name() {
    let bench = Bench::new();
    for arguments in [
        &["destroy"][..],
        &["destroy", "--auto-approve"],
        &["destroy", "--auto-approve", "--confirm", "acme"],
        &["destroy", "--confirm", "acme-voice"],
    ] {
        let ended = bench.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""), "{arguments:?}");
        assert!(ended.stderr.contains("confirm") || ended.stderr.contains("auto-approve"), "{}", ended.stderr);
    }
    assert!(!bench.path(".hubform").exists());
}

#[test]
fn a_wrong_command_line_is_64_in_words_and_in_json() {
    let bench = Bench::new();
    for arguments in [
        &["--nonsense"][..],
        &["plan", "--format", "yaml"],
        &["plan", "--selector", "west"],
        &["apply", "--wait", "soon"],
        &["show", "robot/x"],
        &["frobnicate"],
        &[],
    ] {
        let ended = bench.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""), "{arguments:?}");
        assert!(!ended.stderr.is_empty());
    }
    let json = bench.run(&["plan", "--nonsense", "--format", "json"]);
    assert_eq!((json.code, json.stderr.as_str()), (Some(64), ""));
    let document = check_schema("problems", &json.stdout);
    assert_eq!(document["problems"][0]["code"], "HF801");
    assert_eq!(document["problems"][0]["message"], "unexpected argument '--nonsense' found");
}

#[test]
fn a_customer_that_is_not_there_suggests_the_one_that_was_meant() {
    let bench = Bench::new();
    let ended = bench.run(&["plan", "--customer", "acne"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    insta::assert_snapshot!(ended.stderr, @"
    error[HF801]: there is no customer `acne` in the manifests or the ledger
      help: did you mean `acme`?
    ");
    let ended = bench.run(&["plan", "--selector", "tier=gold"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    assert!(ended.stderr.contains("no customer has the labels `tier=gold`"), "{}", ended.stderr);
}

#[test]
fn an_object_that_nobody_knows_is_an_error() {
    let bench = Bench::new();
    let ended = bench.run(&["show", "user/acme/anne@acme.example"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ended.stderr, @"
    error[HF807]: `user/acme/anne@acme.example` is not in the manifests, the ledger or the service
      help: did you mean `user/acme/ann@acme.example`?
    ");
}
