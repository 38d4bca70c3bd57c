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

#[test]
fn an_empty_folder_is_no_project_that_is_as_it_should_be() {
    let bench = Bench::new();
    for command in ["validate", "plan", "apply"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let consent = if command == "apply" { &["--auto-approve"][..] } else { &[] };
        let ended = bench.run(&[&[command, path], consent].concat());
        assert_eq!(ended.code, Some(1), "{command}: {}", ended.stdout);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains("error[HF811]: there is no manifest in the folder"), "{command}: {said}");
        assert!(!folder.path().join(".hubform").exists(), "{command}");
    }
}

#[test]
fn a_folder_within_a_project_is_not_taken_for_a_project_of_its_own() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("customers/beta")).unwrap();
    bench.write("customers/beta/customer.yaml", &super::bench::customer("beta", 7));
    let ended = bench.run(&["apply", "customers/beta", "--auto-approve"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("error[HF811]: the folder `"), "{}", ended.stderr);
    assert!(ended.stderr.contains("`--customer NAME` limits it to one customer"), "{}", ended.stderr);
    assert!(!bench.path("customers/beta/.hubform").exists());
}

#[test]
fn a_service_that_does_not_answer_is_named_with_who_named_it() {
    let bench = Bench::new().with("HUBFORM_BASE_URL", "http://127.0.0.1:9/v1");
    let ended = bench.run(&["plan"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    let named =
        "error[HF810]: the service at `http://127.0.0.1:9/v1` (from the variable `HUBFORM_BASE_URL`) cannot be read";
    assert!(ended.stderr.contains(named), "{}", ended.stderr);
    assert!(ended.stderr.contains("check the address and the network"), "{}", ended.stderr);
}

#[test]
fn a_ledger_without_its_hubform_yaml_says_what_is_missing() {
    let bench = Bench::new();
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    std::fs::remove_file(bench.path("hubform.yaml")).unwrap();
    let ended = bench.run(&["plan"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("this run is for project `(hubform.yaml is missing)`"), "{}", ended.stderr);
    assert!(ended.stderr.contains("put the project's `hubform.yaml` back"), "{}", ended.stderr);
}
