//! `--events FILE`: what programs hear of a run, up to its last instant.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Child, Stdio},
};

use hubform::sim::{Config, Simulator};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::bench::{Bench, check_schema};

const FILE: &str = "events.jsonl";

/// Returns the lines that have an end, each checked, and what stands behind them.
fn read(bench: &Bench) -> (Vec<Value>, String) {
    let text = fs::read_to_string(bench.path(FILE)).unwrap_or_default();
    let (whole, rest) = text.rsplit_once('\n').unwrap_or_default();
    let lines = whole.lines().map(|line| check_schema("events", line)).collect();
    (lines, if text.contains('\n') { rest.to_owned() } else { text })
}

fn of<'a>(events: &'a [Value], name: &'a str) -> impl Iterator<Item = &'a Value> {
    events.iter().filter(move |event| event["event"] == name)
}

fn mutating(simulator: &Simulator) -> Vec<String> {
    let requests = simulator.requests().into_iter().filter(|request| request.method != "GET");
    requests.map(|request| format!("{} {}", request.method, request.path)).collect()
}

/// A service that remembers what it was asked.
struct Service {
    runtime: Runtime,
    simulator: Simulator,
    running: hubform::sim::Running,
}

impl Service {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let simulator = Simulator::open(Config::default()).unwrap();
        let running = runtime.block_on(simulator.start(([127, 0, 0, 1], 0).into())).unwrap();
        Self { runtime, simulator, running }
    }

    fn bench(&self) -> Bench {
        Bench::new().with("HUBFORM_BASE_URL", &self.running.base_url)
    }

    fn stop(self) {
        self.runtime.block_on(self.running.stop());
    }
}

#[test]
fn a_run_tells_programs_everything_in_order() {
    let service = Service::start();
    let bench = service.bench();
    bench.write(FILE, "what was here before\n");
    fs::set_permissions(bench.path(FILE), fs::Permissions::from_mode(0o644)).unwrap();
    let outcome = bench.answer(0, &["apply", "--auto-approve", "--format", "json", "--quiet", "--events", FILE]);
    let outcome: Value = serde_json::from_str(&outcome).unwrap();
    assert_eq!(fs::metadata(bench.path(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
    let (events, rest) = read(&bench);
    assert_eq!(rest, "");
    let names: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    assert_eq!((names[0], names[1]), ("run-started", "planned"));
    assert_eq!(events[1]["units"], serde_json::json!(["templates", "customer/acme"]));
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["exitCode"], &last["summary"]),
        (&"run-ended".into(), &0.into(), &outcome["summary"])
    );
    assert!(events.iter().all(|event| event["run"] == events[0]["run"]), "one run");
    // The outcome can be put together from the events.
    let mut finished: Vec<&Value> = of(&events, "step-finished").map(|event| &event["outcome"]).collect();
    let mut steps: Vec<&Value> = outcome["steps"].as_array().unwrap().iter().collect();
    finished.sort_by_key(|step| step["id"].to_string());
    steps.sort_by_key(|step| step["id"].to_string());
    assert_eq!(finished, steps);
    // Every request that changed something was announced, and how it ended was told.
    let sending: Vec<&Value> = of(&events, "sending").map(|event| &event["entry"]).collect();
    assert_eq!(sending.len(), mutating(&service.simulator).len(), "{:?}", mutating(&service.simulator));
    for entry in sending {
        let at = |name: &str| events.iter().position(|event| event["event"] == name && event["entry"] == *entry);
        assert!(at("sending") < at("sent"), "{entry}");
    }
    assert!(of(&events, "sent").all(|event| event["ended"] == "answered"));
    service.stop();
}

/// Ends a program as soon as so many lines are there.
fn kill_at(bench: &Bench, mut child: Child, lines: usize) {
    while fs::read_to_string(bench.path(FILE)).unwrap_or_default().lines().count() < lines {
        assert!(child.try_wait().unwrap().is_none(), "it ended before there were {lines} lines");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn whatever_the_service_saw_of_a_run_that_was_killed_is_in_its_events() {
    for lines in [1, 4, 6, 9, 14, 19, 23, 27, 31] {
        let service = Service::start();
        let bench = service.bench();
        let mut command = bench.command(&["apply", "--auto-approve", "--quiet", "--events", FILE]);
        kill_at(&bench, command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(), lines);
        let (events, rest) = read(&bench);
        assert!(events.len() >= lines, "a line that was there stays");
        assert!(!rest.contains('\n'), "only the last line can lack its end");
        assert!(of(&events, "run-ended").next().is_none(), "it was killed");
        let (told, seen) = (of(&events, "sending").count(), mutating(&service.simulator));
        assert!(seen.len() <= told, "{told} were announced: {seen:?}");
        // The next run goes on, and its file is its own. What was sent shows at once here.
        let bench = bench.with("HUBFORM_SETTLE_WINDOW", "1ms");
        bench.answer(0, &["apply", "--auto-approve", "--quiet", "--events", FILE]);
        let (again, _) = read(&bench);
        assert_eq!(again[0]["event"], "run-started");
        assert_ne!(again[0]["run"], events[0]["run"]);
        bench.answer(0, &["plan", "--detailed-exitcode"]);
        service.stop();
    }
}

#[test]
fn a_run_that_fails_before_its_first_step_says_so_to_programs() {
    let bench = Bench::new();
    bench.edit("templates.yaml", "country: US", "country: XX");
    bench.edit("acme.yaml", "kind: Customer", "kind: Kustomer");
    bench.answer(1, &["apply", "--auto-approve", "--events", FILE]);
    let (events, _) = read(&bench);
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["exitCode"]), (&"run-ended".into(), &1.into()));
    assert!(events.len() >= 2);
}

#[test]
fn events_go_into_a_file_that_can_be_written_or_nothing_is_sent() {
    let bench = Bench::new();
    let ended = bench.run(&["apply", "--auto-approve", "--events", "-"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    assert!(ended.stderr.contains("would mix events into the answer"), "{}", ended.stderr);
    let ended = bench.run(&["apply", "--auto-approve", "--events", "nowhere/events.jsonl"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("nothing was sent"), "{}", ended.stderr);
    assert!(!bench.path(".hubform").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_whose_events_cannot_be_written_goes_on_and_ends_with_an_error() {
    let bench = Bench::new();
    let ended = bench.run(&["apply", "--auto-approve", "--quiet", "--events", "/dev/full"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("events can no longer be written").count(), 1, "{}", ended.stderr);
    assert!(ended.stdout.contains("0 failed"), "{}", ended.stdout);
    bench.answer(0, &["plan", "--detailed-exitcode"]);
}
