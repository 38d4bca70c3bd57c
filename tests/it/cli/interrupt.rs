//! Ctrl-C, SIGTERM and the simulator as a server.
#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Child,
};

use hubform::ledger::{Ledger as _, LedgerError, Vitality};

use super::bench::{Bench, Server, check_schema, signal};

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

/// Reads events until one is there.
fn events(bench: &Bench) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(bench.path("events.jsonl")).unwrap();
    text.lines().map(|line| check_schema("events", line)).collect()
}

#[test]
fn a_signal_while_the_service_is_read_ends_the_run_at_once() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let bench = Bench::new();
        let slow = r#"{ "rules": [{ "name": "slow", "requests": { "methods": ["GET"] },
            "fault": { "kind": "latency", "time": { "fixed": "1h" } } }] }"#;
        bench.write("faults.json", slow);
        let server = Server::start(&bench, &["--faults", "faults.json"]);
        let client = Bench::new().with("HUBFORM_BASE_URL", &server.base_url);
        let mut child = client.start(&["apply", "--auto-approve", "--events", "events.jsonl"]);
        // It listens before it makes the ledger, and cannot come further than to the first answer.
        while !client.path(".hubform/ledger.db").exists() {
            assert!(child.try_wait().unwrap().is_none(), "it ended early");
            std::thread::yield_now();
        }
        signal(&child, name);
        let (mut answer, mut said) = (String::new(), String::new());
        child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{said}");
        assert!(answer.is_empty() && said.contains("interrupted, and nothing was changed"), "{answer}{said}");
        let events = events(&client);
        let [.., interrupted, ended] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((&interrupted["event"], &interrupted["signal"]), (&"interrupted".into(), &name.into()));
        assert_eq!((&ended["event"], &ended["exitCode"]), (&"run-ended".into(), &code.into()));
        assert_eq!(client.locks(), []);
    }
}

#[test]
fn a_signal_while_another_run_is_waited_for_ends_the_run_and_leaves_the_other_its_lock() {
    let bench = Bench::new();
    bench.answer(0, &["ledger", "init"]);
    let ledger = bench.hold("other", None);
    let mut child = bench.start(&["apply", "--auto-approve", "--events", "events.jsonl"]);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("waiting: `customer/acme`") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let events = events(&bench);
    let waits = events.iter().find(|event| event["event"] == "waiting-for-lock").unwrap();
    assert_eq!((&waits["unit"], &waits["holder"]["run"]), (&"customer/acme".into(), &"other".into()));
    assert_eq!(events.last().unwrap()["exitCode"], 143);
    assert_eq!(bench.locks(), [("customer/acme".to_owned(), "other".to_owned(), Vitality::Alive)]);
    drop(ledger);
}

#[test]
fn a_run_whose_lock_is_taken_away_writes_nothing_more() {
    let bench = Bench::new();
    bench.answer(0, &["ledger", "init"]);
    let ledger = bench.hold("other", None);
    let ended = bench.run(&["ledger", "unlock", "other"]);
    assert_eq!(ended.code, Some(1), "a holder that lives keeps its lock: {}", ended.stderr);
    assert!(ended.stderr.contains("HF709") && ended.stderr.contains("--force"), "{}", ended.stderr);
    bench.answer(0, &["ledger", "unlock", "other", "--force"]);
    let lost = bench.runtime().block_on(ledger.commit("other", &[crate::ledger::conformance::put("customer/acme", 1)]));
    assert!(matches!(lost, Err(LedgerError::LockLost { .. })), "{lost:?}");
    assert_eq!(bench.answer(0, &["ledger", "list"]).lines().count(), 1);
}
