//! `hubform status` and `hubform show --last-run`: what the night shift asks, of every way in which a run can end.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use serde_json::Value;

use super::bench::{Bench, Server, check_schema};

const FILE: &str = "events.jsonl";

fn status(bench: &Bench, code: i32) -> Value {
    check_schema("status", &bench.answer(code, &["status", "--format", "json"]))
}

fn last_run(bench: &Bench) -> Value {
    check_schema("outcome", &bench.answer(0, &["show", "--last-run", "--format", "json"]))
}

/// Returns a project on a service of its own.
fn client(server: &Server) -> Bench {
    Bench::new().with("HUBFORM_BASE_URL", &server.base_url)
}

/// Starts an apply, and returns it once its events have this so many times.
fn until(bench: &Bench, wanted: &str, times: usize) -> Child {
    let mut command = bench.command(&["apply", "--auto-approve", "--quiet", "--events", FILE]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while std::fs::read_to_string(bench.path(FILE)).unwrap_or_default().matches(wanted).count() < times {
        assert!(child.try_wait().unwrap().is_none(), "it ended early");
        std::thread::yield_now();
    }
    child
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn faults(bench: &Bench, rule: &str) {
    bench.write("faults.json", &format!("{{ \"rules\": [{{ \"name\": \"one\", {rule} }}] }}"));
}

#[test]
fn where_nothing_waits_status_is_0_and_makes_no_ledger() {
    let bench = Bench::new();
    let text = bench.answer(0, &["status"]);
    assert!(text.contains("No run so far") && text.contains("Nothing waits"), "{text}");
    assert_eq!(bench.answer(0, &["show", "--last-run"]), "No run so far\n");
    assert_eq!(last_run(&bench)["steps"], serde_json::json!([]));
    assert!(!bench.path(".hubform").exists());
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    let standing = status(&bench, 0);
    assert_eq!((&standing["run"]["state"], &standing["run"]["command"]), (&"ended".into(), &"apply".into()));
    for list in ["steps", "locks", "journal"] {
        assert_eq!(standing[list], serde_json::json!([]), "{list}");
    }
}

#[test]
fn the_last_run_is_shown_as_apply_has_shown_it() {
    let bench = Bench::new();
    let outcome = bench.answer(0, &["apply", "--auto-approve", "--quiet", "--format", "json"]);
    assert_eq!(last_run(&bench), serde_json::from_str::<Value>(&outcome).unwrap());
    let text = bench.answer(0, &["show", "--last-run"]);
    assert!(text.contains(": apply by ") && text.contains(", ended ") && text.contains("0 failed"), "{text}");
    assert_eq!(bench.answer(0, &["show", "--last-run", "."]), text);
    bench.answer(64, &["show", "--last-run", "customer/acme", "elsewhere"]);
    bench.answer(64, &["show"]);
    bench.answer(64, &["show", "costumer/acme"]);
}

#[test]
fn a_customer_that_is_still_provisioned_waits() {
    let bench = Bench::new();
    let server = Server::start(&bench, &["--provisioning-delay", "1h"]);
    let client = client(&server);
    client.answer(3, &["apply", "--auto-approve", "--quiet", "--wait", "0s"]);
    let standing = status(&client, 3);
    let step = &standing["steps"][0];
    assert_eq!((&step["step"], &step["result"]), (&"customer/acme#create".into(), &"waiting".into()));
    assert_eq!((&step["code"], &step["who"]), (&"HF630".into(), &"the service".into()));
    assert!(!step["since"].as_str().unwrap().is_empty() && step["next"].as_str().unwrap().contains("hubform apply"));
    assert_eq!(standing["locks"], serde_json::json!([]));
    let text = client.answer(3, &["status"]);
    assert!(text.contains("? waiting customer/acme#create") && text.contains("docs/runbook.md"), "{text}");
}

#[test]
fn a_request_that_was_refused_failed_with_the_tracking_id() {
    let bench = Bench::new();
    faults(
        &bench,
        r#""requests": { "methods": ["POST"], "paths": ["/wholesale/subscribers"] },
           "fault": { "kind": "status", "status": 400 }"#,
    );
    let server = Server::start(&bench, &["--faults", "faults.json"]);
    let client = client(&server);
    client.answer(1, &["apply", "--auto-approve", "--quiet"]);
    let standing = status(&client, 1);
    let steps = standing["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2, "{standing:#}");
    for step in steps {
        assert_eq!((&step["result"], &step["code"]), (&"failed".into(), &"HF605".into()));
        assert!(!step["trackingId"].as_str().unwrap().is_empty(), "{step:#}");
    }
    assert!(client.answer(1, &["status"]).contains("tracking id: "));
}

#[test]
fn a_run_that_goes_on_is_shown_as_such() {
    let bench = Bench::new();
    let server = Server::start(&bench, &["--provisioning-delay", "1h"]);
    let client = client(&server);
    // By the second look what the first one told is written.
    let child = until(&client, "\"status provisioning\"", 2);
    let standing = status(&client, 3);
    assert_eq!(standing["run"]["state"], "running");
    let locks = standing["locks"].as_array().unwrap();
    assert_eq!(locks.len(), 2, "{standing:#}");
    for lock in locks {
        assert_eq!((&lock["holder"], &lock["run"]), (&"running".into(), &standing["run"]["run"]));
        assert_eq!(lock["pid"], child.id());
    }
    let text = client.answer(0, &["show", "--last-run"]);
    assert!(text.contains("still going on"), "{text}");
    let ended = client.run(&["show", "--last-run", "--format", "json"]);
    assert!(ended.stderr.contains("still going on"), "{}", ended.stderr);
    let outcome = check_schema("outcome", &ended.stdout);
    assert_eq!(outcome["steps"][0]["result"], "done");
    assert_eq!(outcome["steps"][1]["because"], "the run is still at this step");
    kill(child);
}

#[test]
fn a_run_that_was_killed_between_two_requests_is_found_and_taken_over() {
    let bench = Bench::new();
    let server = Server::start(&bench, &["--provisioning-delay", "2s"]);
    let client = client(&server);
    kill(until(&client, "\"status provisioning\"", 2));
    let standing = status(&client, 1);
    assert_eq!((&standing["run"]["state"], &standing["run"]["ended"]), (&"gone".into(), &Value::Null));
    assert!(standing["run"]["next"].as_str().unwrap().contains("hubform apply"), "{standing:#}");
    assert!(standing["locks"].as_array().unwrap().iter().all(|lock| lock["holder"] == "gone"), "{standing:#}");
    let outcome = last_run(&client);
    let steps = outcome["steps"].as_array().unwrap();
    let of = |id: &str| steps.iter().find(|step| step["id"] == id).unwrap();
    assert_eq!(of("template/basic#create")["result"], "done");
    assert_eq!(of("customer/acme#create")["result"], "waiting");
    assert_eq!(of("user/acme/ann@acme.example#create")["result"], "skipped");
    assert!(client.answer(0, &["show", "--last-run"]).contains("was killed"));
    client.answer(0, &["apply", "--auto-approve", "--quiet"]);
    assert_eq!(status(&client, 0)["locks"], serde_json::json!([]));
}

#[test]
fn a_request_whose_answer_nobody_heard_is_unknown_until_the_next_run() {
    let bench = Bench::new();
    faults(
        &bench,
        r#""requests": { "methods": ["POST"], "paths": ["/wholesale/customers"] }, "when": { "first": 1 },
           "fault": { "kind": "latency", "time": { "fixed": "3s" } }"#,
    );
    let server = Server::start(&bench, &["--faults", "faults.json"]);
    let client = client(&server);
    kill(until(&client, "\"create-customer\"", 1));
    let standing = status(&client, 1);
    let entry = &standing["journal"][0];
    assert_eq!((&entry["object"], &entry["asked"]), (&"customer/acme".into(), &"create the customer".into()));
    assert_eq!((&entry["holder"], &entry["job"]), (&"gone".into(), &Value::Null));
    assert!(entry["entry"].as_str().unwrap().starts_with(standing["run"]["run"].as_str().unwrap()));
    assert_eq!((&standing["steps"][0]["code"], &standing["steps"][0]["result"]), (&"HF610".into(), &"failed".into()));
    let text = client.answer(0, &["show", "--last-run"]);
    assert!(text.contains("unknown: the request to create the customer was about to be sent at"), "{text}");
    assert!(text.contains("because of the run ended before it"), "{text}");
    let client = client.with("HUBFORM_SETTLE_WINDOW", "1ms");
    client.answer(0, &["apply", "--auto-approve", "--quiet"]);
    assert_eq!(status(&client, 0)["journal"], serde_json::json!([]));
}

#[test]
fn a_run_ended_by_two_signals_is_found_too() {
    let bench = Bench::new();
    let server = Server::start(&bench, &["--provisioning-delay", "1h"]);
    let client = client(&server);
    let mut child = client.start(&["apply", "--auto-approve", "--events", FILE]);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("customer/acme#create") && stderr.read_line(&mut line).unwrap() > 0 {}
    super::bench::signal(&child, "TERM");
    super::bench::signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let state = status_of_any(&client);
    assert!(["ended", "gone"].contains(&state["run"]["state"].as_str().unwrap()), "{state:#}");
}

/// The second signal may come when the run has ended in order already.
fn status_of_any(bench: &Bench) -> Value {
    let ended = bench.run(&["status", "--format", "json"]);
    assert!(matches!(ended.code, Some(1 | 3)), "{ended:?}");
    check_schema("status", &ended.stdout)
}
