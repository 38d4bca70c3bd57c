//! The main job, through the program: plan, apply, nothing left to do, change, remove.

use super::bench::{Bench, check_schema, customer};

#[test]
fn apply_leaves_nothing_to_do() {
    let bench = Bench::new();
    let plan = bench.run(&["plan", "--detailed-exitcode"]);
    assert_eq!((plan.code, plan.stderr.as_str()), (Some(2), ""));
    assert!(plan.stdout.contains("\nPlan: 5 to create; "), "{}", plan.stdout);
    assert!(!bench.path(".hubform/ledger.db").exists(), "a plan makes no ledger");

    let apply = bench.run(&["apply", "--auto-approve"]);
    assert_eq!(apply.code, Some(0), "{}\n{}", apply.stdout, apply.stderr);
    assert!(apply.stdout.contains("\nDone: "), "{}", apply.stdout);
    assert!(apply.stderr.contains("user/acme/ann@acme.example#create done\n"), "{}", apply.stderr);
    assert_eq!(std::fs::read_to_string(bench.path(".hubform/.gitignore")).unwrap(), "*\n");

    let again = bench.run(&["plan", "--detailed-exitcode"]);
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), ""));
    assert!(again.stdout.ends_with("Nothing to do: the service is as the manifests describe\n"), "{}", again.stdout);
}

#[test]
fn a_change_is_one_step_and_show_tells_three_states() {
    let bench = Bench::new();
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    bench.edit("acme.yaml", "lastName: Ray", "lastName: Roy");
    let show = bench.answer(0, &["show", "user/acme/bob@acme.example"]);
    let row = show.lines().find(|line| line.starts_with("lastName")).unwrap();
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["lastName", "Roy", "Ray", "Ray"], "{show}");
    let plan = bench.answer(2, &["plan", "--detailed-exitcode"]);
    assert!(plan.contains("lastName: Ray -> Roy") && plan.ends_with("Plan: 1 to update; 1 request\n"), "{plan}");
    let apply = bench.run(&["apply", "--auto-approve", "--quiet"]);
    assert_eq!((apply.code, apply.stderr.as_str()), (Some(0), ""));
    assert!(apply.stdout.ends_with("Done: 1 done, 0 already done, 0 waiting, 0 failed, 0 skipped\n"));
    assert!(bench.answer(0, &["show", "user/acme/bob@acme.example"]).contains("Roy"));
    let json: serde_json::Value =
        serde_json::from_str(&bench.answer(0, &["show", "user/acme/bob@acme.example", "--format", "json"])).unwrap();
    assert_eq!(json["lastApplied"]["lastName"], "Roy");
    assert_eq!(json["desired"], json["observed"]);
}

#[test]
fn programs_get_the_plan_and_the_outcome() {
    let bench = Bench::new();
    let plan = check_schema("plan", &bench.answer(0, &["plan", "--format", "json"]));
    assert_eq!(plan["summary"]["create"], 5);
    assert_eq!(bench.answer(0, &["plan", "--format", "json"]), bench.answer(0, &["plan", "--format", "json"]));
    let outcome = check_schema("outcome", &bench.answer(0, &["apply", "--auto-approve", "--format", "json"]));
    assert_eq!(outcome["summary"]["failed"], 0);
    let empty = check_schema("plan", &bench.answer(0, &["plan", "--format", "json", "--detailed-exitcode"]));
    assert_eq!(empty["summary"]["create"], 0);
    let nothing = check_schema("outcome", &bench.answer(0, &["apply", "--auto-approve", "--format", "json"]));
    assert_eq!(nothing["steps"].as_array().unwrap().len(), 0);
}

#[test]
fn customers_are_chosen_by_name_and_by_label() {
    let bench = Bench::new();
    bench.write("zeta.yaml", &customer("zeta", 20));
    let plan = bench.answer(0, &["plan", "--customer", "zeta"]);
    assert!(plan.contains("customer/zeta") && !plan.contains("customer/acme"), "{plan}");
    let plan = bench.answer(0, &["plan", "--selector", "tier=t10"]);
    assert!(plan.contains("customer/acme") && !plan.contains("customer/zeta"), "{plan}");
    bench.answer(0, &["apply", "--auto-approve", "--quiet", "--customer", "zeta"]);
    let rest = bench.answer(2, &["plan", "--detailed-exitcode"]);
    assert!(rest.contains("Plan: 4 to create; "), "{rest}");
}

#[test]
fn errors_of_one_customer_stop_that_customer_alone() {
    let bench = Bench::new();
    bench.write("zeta.yaml", &customer("zeta", 20));
    bench.edit("zeta.yaml", "extension: \"202\"", "extension: \"201\"");
    let apply = bench.run(&["apply", "--auto-approve", "--quiet"]);
    assert_eq!(apply.code, Some(1), "{}\n{}", apply.stdout, apply.stderr);
    assert!(apply.stderr.contains("--> zeta.yaml:"), "{}", apply.stderr);
    assert!(apply.stdout.contains("+ create customer/acme"), "{}", apply.stdout);
    assert!(apply.stdout.ends_with("\nBesides, 1 part refused: see the plan above\n"), "{}", apply.stdout);
    assert!(!apply.stdout.contains("+ create customer/zeta"), "{}", apply.stdout);
    let chosen = bench.run(&["plan", "--detailed-exitcode", "--customer", "acme"]);
    assert_eq!((chosen.code, chosen.stderr.as_str()), (Some(0), ""), "its errors are not in the way of others");
}

#[test]
fn a_syntax_error_stops_everything_before_the_service_is_reached() {
    let bench = Bench::new();
    bench.write("odd.yaml", "a: [1\nb: 2\n");
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let ended = bench.run(command);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert!(ended.stderr.contains("odd.yaml"), "{}", ended.stderr);
    }
    assert!(!bench.path(".hubform").exists());
    let json = bench.run(&["plan", "--format", "json"]);
    assert_eq!((json.code, json.stderr.as_str()), (Some(1), ""));
    assert_eq!(check_schema("problems", &json.stdout)["problems"][0]["file"], "odd.yaml");
}

#[test]
fn destroy_removes_what_the_ledger_holds() {
    let bench = Bench::new();
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    let gone = bench.run(&["destroy", "--auto-approve", "--confirm", "acme-voice", "--quiet"]);
    assert_eq!(gone.code, Some(0), "{}\n{}", gone.stdout, gone.stderr);
    assert!(gone.stdout.contains("- delete customer/acme"), "{}", gone.stdout);
    let show = bench.answer(0, &["show", "customer/acme"]);
    let row = show.lines().find(|line| line.starts_with("(object)")).unwrap();
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["(object)", "present", "absent", "absent"], "{show}");
}

#[test]
fn a_plan_leaves_nothing_behind() {
    let bench = Bench::new();
    assert!(bench.answer(0, &["plan"]).contains("to create"));
    let _shown = bench.run(&["show", "customer/acme"]);
    assert!(!bench.path(".hubform").exists());
}
