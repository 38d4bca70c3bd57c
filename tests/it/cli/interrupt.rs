//! Ctrl-C, SIGTERM and the simulator as a server.
#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Child,
};

use super::bench::{Bench, Server, signal};

#[test]
fn the_simulator_serves_until_it_is_told_to_end() {
    let bench = Bench::new();
    let mut server = Server::start(&bench, &["--state", "sim.db"]);
    let client = Bench::new().with("HUBFORM_BASE_URL", &server.base_url);
    client.answer(0, &["apply", "--auto-approve", "--quiet"]);
    client.answer(0, &["plan", "--detailed-exitcode"]);
    assert!(!client.path(".hubform/simulator.db").exists(), "the embedded simulator was not started");
    signal(&server.child, "TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(143));
}

/// Starts an apply that waits for a slow service, and returns it once it waits.
fn waiting(bench: &Bench) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = bench.start(&["apply", "--auto-approve"]);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("customer/acme#create") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    (child, stderr)
}

#[test]
fn the_first_signal_ends_the_run_in_order_and_the_next_run_goes_on() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let bench = Bench::new();
        let server = Server::start(&bench, &["--provisioning-delay", "3s"]);
        let client = Bench::new().with("HUBFORM_BASE_URL", &server.base_url);
        let (mut child, mut stderr) = waiting(&client);
        signal(&child, name);
        let (mut answer, mut rest) = (String::new(), String::new());
        child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
        stderr.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{answer}\n{rest}");
        assert!(rest.contains("stopping: no further step begins"), "{rest}");
        assert!(answer.contains("skipped"), "{answer}");
        client.answer(0, &["apply", "--auto-approve", "--quiet"]);
        client.answer(0, &["plan", "--detailed-exitcode"]);
    }
}

#[test]
fn the_second_signal_ends_the_program_at_once_and_nothing_is_lost() {
    let bench = Bench::new();
    let server = Server::start(&bench, &["--provisioning-delay", "2s"]);
    let client = Bench::new().with("HUBFORM_BASE_URL", &server.base_url);
    let (mut child, mut stderr) = waiting(&client);
    signal(&child, "INT");
    let mut line = String::new();
    while !line.contains("stopping") && stderr.read_line(&mut line).unwrap() > 0 {}
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    client.answer(0, &["apply", "--auto-approve", "--quiet"]);
    client.answer(0, &["plan", "--detailed-exitcode"]);
}

#[test]
fn the_simulator_lets_things_go_wrong_by_rules_or_by_a_profile() {
    let bench = Bench::new();
    let rules = r#"{ "rules": [{ "name": "gone", "requests": { "paths": ["/people/me"] },
        "fault": { "kind": "status", "status": 403 } }] }"#;
    std::fs::write(bench.path("faults.json"), rules).unwrap();
    for faults in [&["--faults", "faults.json"][..], &["--faults", "flaky", "--seed", "7"]] {
        let server = Server::start(&bench, faults);
        let client = Bench::new().with("HUBFORM_BASE_URL", &server.base_url);
        client.answer(0, &["plan"]);
    }
    let ended = bench.run(&["sim", "--faults", "worse"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("the faults in `worse` cannot be read"), "{}", ended.stderr);
    assert!(ended.stderr.contains("`throttled`, `worst`"), "{}", ended.stderr);
    std::fs::write(bench.path("faults.json"), rules.replace("403", "200")).unwrap();
    let ended = bench.run(&["sim", "--faults", "faults.json"]);
    assert!(
        ended.stderr.contains("`faults.json` is no list of faults: the rule `gone` has the status 200"),
        "{ended:?}"
    );
    bench.answer(64, &["sim", "--seed", "7"]);
}

#[test]
fn the_simulator_prints_its_description_without_serving() {
    let bench = Bench::new();
    let document: serde_json::Value = serde_json::from_str(&bench.answer(0, &["sim", "--openapi"])).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/v1/registry/templates"]["post"]["requestBody"].is_object());
    bench.answer(64, &["sim", "--openapi", "--state", "x.db"]);
}
