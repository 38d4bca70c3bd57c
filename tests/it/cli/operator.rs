//! Templates that a person enters: instructions, waiting, and binding the id.

use std::collections::BTreeSet;

use hubform::sim::{Config, Running, Simulator};
use tokio::runtime::Runtime;

use super::bench::Bench;

/// A service without a template registry, as far as the program is told: the simulator as a server.
struct Service {
    runtime: Runtime,
    running: Option<Running>,
}

impl Service {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let config = Config { extra_provisioning_ids: BTreeSet::from(["good-id".to_owned()]), ..Config::default() };
        let simulator = Simulator::open(config).unwrap();
        let running = runtime.block_on(simulator.start(([127, 0, 0, 1], 0).into())).unwrap();
        Self { runtime, running: Some(running) }
    }

    fn bench(&self) -> Bench {
        Bench::new()
            .with("HUBFORM_TARGET", "webex")
            .with("HUBFORM_BASE_URL", &self.running.as_ref().unwrap().base_url)
            .with("WEBEX_ACCESS_TOKEN", "canary-token")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

#[test]
fn a_template_waits_for_its_operator_and_goes_on_once_it_is_bound() {
    let service = Service::start();
    let bench = service.bench();
    bench.edit("hubform.yaml", "spec: { target: simulator }", "spec: {}");
    let plan = bench.answer(0, &["plan"]);
    assert!(plan.contains("then run: hubform template bind basic PROVISIONING_ID"), "{plan}");

    let apply = bench.run(&["apply", "--auto-approve", "--quiet"]);
    assert_eq!(apply.code, Some(3), "{}\n{}", apply.stdout, apply.stderr);
    assert!(apply.stdout.contains("? waiting template/basic#"), "{}", apply.stdout);

    let wrong = bench.run(&["template", "bind", "basic", "wrong-id"]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(1), ""));
    assert!(wrong.stderr.contains("error[HF808]"), "{}", wrong.stderr);
    assert!(bench.answer(0, &["plan"]).contains("template bind"), "nothing was recorded");

    let bound = bench.run(&["template", "bind", "basic", "good-id"]);
    assert_eq!((bound.code, bound.stderr.as_str()), (Some(0), ""));
    assert_eq!(bound.stdout, "Recorded: template/basic has the provisioning id good-id\n");
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    bench.answer(0, &["plan", "--detailed-exitcode"]);
}

#[test]
fn an_edited_template_waits_until_its_operator_says_that_it_is_done() {
    let service = Service::start();
    let bench = service.bench();
    bench.edit("hubform.yaml", "spec: { target: simulator }", "spec: {}");
    let early = bench.run(&["template", "done", "basic"]);
    assert_eq!((early.code, early.stdout.as_str()), (Some(1), ""));
    assert!(early.stderr.contains("run `hubform template bind basic PROVISIONING_ID`"), "{}", early.stderr);
    bench.answer(0, &["template", "bind", "basic", "good-id"]);
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);

    let template = super::bench::TEMPLATE.replace("displayName: Basic", "displayName: Basic Plus");
    assert_ne!(template, super::bench::TEMPLATE);
    bench.write("templates.yaml", &template);
    let plan = bench.answer(0, &["plan"]);
    assert!(plan.contains("Template name  Basic Plus"), "{plan}");
    assert!(plan.contains("then run: hubform template done basic"), "{plan}");
    assert!(plan.contains("does not reach the one that exists"), "{plan}");
    assert_eq!(bench.run(&["plan", "--detailed-exitcode"]).code, Some(3), "an instruction waits");

    let done = bench.answer(0, &["template", "done", "basic"]);
    assert_eq!(done, "Recorded: template/basic is in Partner Hub as the manifest says\n");
    bench.answer(0, &["plan", "--detailed-exitcode"]);
}

#[test]
fn an_id_that_cannot_be_checked_is_recorded_with_a_warning() {
    let service = Service::start();
    let bench = service.bench();
    bench.edit("hubform.yaml", "spec: { target: simulator }", "spec: {}");
    bench.write("spare.yaml", &super::bench::TEMPLATE.replace("basic", "spare").replace("Basic", "Spare"));
    let ended = bench.run(&["template", "bind", "spare", "any-id", "--format", "json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("warning[HF809]"), "{}", ended.stderr);
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(document["checked"], false);
}

#[test]
fn the_token_is_in_no_log() {
    let service = Service::start();
    let bench = service.bench().with("RUST_LOG", "trace");
    let ended = bench.run(&["plan"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("TRACE"), "the log is on");
    assert!(!ended.stderr.contains("canary-token") && !ended.stdout.contains("canary-token"));
}

/// What is taken out of the service's words must not be what they are understood by.
#[test]
fn a_token_as_short_as_a_letter_takes_no_words_apart() {
    let service = Service::start();
    let bench = service.bench().with("WEBEX_ACCESS_TOKEN", "t");
    bench.edit("hubform.yaml", "spec: { target: simulator }", "spec: {}");
    bench.answer(0, &["template", "bind", "basic", "good-id"]);
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
}

#[test]
fn binding_names_a_template_of_the_manifests() {
    let service = Service::start();
    let bench = service.bench();
    bench.edit("hubform.yaml", "spec: { target: simulator }", "spec: {}");
    let ended = bench.run(&["template", "bind", "basik", "good-id"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("did you mean `basic`?"), "{}", ended.stderr);
    let ended = bench.run(&["template", "bind", "basic", "not an id"]);
    assert_eq!(ended.code, Some(64));
}
