//! Apply survives every fault: under the worst profile, the example ends in the state that it has without faults,
//! within five runs, with nothing twice and no request outside the plan.

pub mod requests;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Mutex,
    thread,
    time::Duration,
};

use hubform::{
    apply::{Outcome, StepResult},
    manifest,
    model::{Desired, Severity},
    plan::Plan,
    rules,
    sim::{Config, Faults, Rule, State, state::Standing},
};

use super::{
    bench::Bench,
    difference, names,
    picture::{self, Picture},
};

/// How often apply may be run until the state is right.
const RUNS: usize = 5;

/// The seeds, the first so many of 1..=200; more than the usual dozen with `HUBFORM_FAULT_SEEDS=N`.
fn seeds() -> std::ops::RangeInclusive<u64> {
    #[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
    let asked = std::env::var("HUBFORM_FAULT_SEEDS").ok();
    match asked.as_deref().map(|text| text.split_once('-').unwrap_or(("1", text))) {
        None => 1..=12,
        Some((first, last)) => first.parse().unwrap()..=last.parse().unwrap(),
    }
}

fn example() -> Desired {
    let loaded = manifest::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme-voice"));
    let problems = loaded.problems.into_iter().chain(rules::check(&loaded.desired));
    let errors: Vec<_> = problems.filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.desired
}

/// A service that would let everything be made twice: nothing but apply's own care keeps it from that.
fn service(seed: u64) -> Config {
    let kind = if seed.is_multiple_of(2) { Rule::Allowed } else { Rule::Refused };
    Config {
        provisioning_delay: Duration::from_millis(2),
        duplicate_external_id: kind,
        duplicate_location_name: kind,
        ..Config::default()
    }
}

/// What the example comes to without any fault.
async fn undisturbed(desired: &Desired) -> Picture {
    let bench = Bench::with(service(1)).await;
    let plan = bench.plan(desired).await;
    let outcome = bench.apply(&plan).await;
    assert!(outcome.steps.iter().all(|step| step.result == StepResult::Done), "{:#?}", outcome.summary);
    picture::of_service(&bench.sim.state(), &names(desired))
}

/// Lists what is there more than once.
pub fn doubles(state: &State) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: String| *seen.entry(what).or_default() += 1;
    for template in state.templates.values() {
        count(format!("template {}", template.name));
    }
    for customer in state.customers.values() {
        count(format!("customer {}", customer.external_id));
    }
    for subscriber in state.subscribers.values() {
        count(format!("subscriber {}", subscriber.email));
        if let Standing::Provisioned { person } = &subscriber.standing {
            count(format!("subscriber of {person}"));
        }
    }
    for organization in state.organizations.values() {
        count(format!("organization {}", organization.name));
    }
    for location in state.locations.values() {
        count(format!("location {} {}", location.org, location.name));
    }
    for person in state.people.values() {
        count(format!("person {}", person.email));
        if let Some(number) = &person.number {
            count(format!("number {number}"));
        }
        if let (Some(at), Some(extension)) = (person.location, &person.extension) {
            count(format!("extension {at} {extension}"));
        }
    }
    seen.into_iter().filter(|(_, count)| *count > 1).map(|(what, count)| format!("{count} times: {what}")).collect()
}

/// What one run did, for those who look into a failure.
fn account(run: usize, plan: &Plan, outcome: &Outcome) -> String {
    let complaints = super::complaint(plan, outcome);
    // What was skipped says nothing of its own.
    let told: Vec<&str> = complaints.lines().filter(|line| !line.starts_with("Skipped")).collect();
    format!("run {run}: {:?}\n{}\n", outcome.summary, told.join("\n"))
}

/// How one seed went.
struct Course {
    seed: u64,
    /// Runs until the state was right; none if it never was.
    runs: Option<usize>,
    wrong: Vec<String>,
    account: String,
    struck: BTreeMap<String, u64>,
}

#[expect(clippy::print_stdout, reason = "what was measured is for the reader of a long run")]
pub fn tell(what: &str) {
    println!("{what}");
}

async fn course(seed: u64, desired: &Desired, wanted: &Picture) -> Course {
    let bench = Bench::under_faults(service(seed)).await;
    bench.sim.set_faults(Faults::profile("worst").unwrap().with_seed(seed)).unwrap();
    let mut wrong = Vec::new();
    let mut account_of_all = String::new();
    let mut runs = None;
    for run in 1..=RUNS {
        let plan = match bench.try_plan(desired).await {
            Ok(plan) => plan,
            Err(error) => {
                account_of_all += &["run ", &run.to_string(), ": no plan: ", &error.to_string(), "\n"].concat();
                continue;
            }
        };
        bench.sim.forget_requests();
        let outcome = bench.apply(&plan).await;
        account_of_all.push_str(&account(run, &plan, &outcome));
        let state = bench.sim.state();
        for outside in requests::outside(&plan, desired, &state, &bench.sim.requests()) {
            wrong.push(format!("run {run} sent {outside}"));
        }
        if settled(&state) && picture::of_service(&state, &names(desired)) == *wanted {
            runs = Some(run);
            break;
        }
    }
    let struck = bench.sim.faults_struck();
    bench.sim.clear_faults();
    let state = bench.sim.state();
    wrong.extend(doubles(&state));
    if settled(&state) {
        wrong.extend(difference(wanted, &picture::of_service(&state, &names(desired))));
    } else {
        wrong.push("a customer has no organization".to_owned());
    }
    // What is right is also known to be right: without faults nothing is left to do, but for what the ledger has to
    // learn.
    let again = bench.plan(desired).await;
    let left = again.steps().filter(|step| step.requests > 0).map(|step| step.id.to_string());
    wrong.extend(left.chain(again.refusals().map(|it| it.text.clone())).map(|left| format!("left to do: {left}")));
    Course { seed, runs, wrong, account: account_of_all, struck }
}

pub fn settled(state: &State) -> bool {
    state.customers.values().all(|customer| customer.org.is_some())
}

#[test]
fn apply_converges_under_the_worst_faults() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let desired = example();
    let wanted = runtime().block_on(undisturbed(&desired));
    let left = Mutex::new(seeds());
    let courses = Mutex::new(Vec::new());
    thread::scope(|scope| {
        // Most of a run is waiting.
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(seed) = { left.lock().unwrap().next() } {
                    let course = runtime().block_on(course(seed, &desired, &wanted));
                    courses.lock().unwrap().push(course);
                }
            });
        }
    });
    let mut failed = BTreeMap::new();
    let mut struck: BTreeMap<String, u64> = BTreeMap::new();
    let mut by_runs: BTreeMap<usize, usize> = BTreeMap::new();
    for Course { seed, runs, wrong, account, struck: by_rule } in courses.into_inner().unwrap() {
        for (rule, count) in by_rule {
            *struck.entry(rule).or_default() += count;
        }
        match runs {
            Some(runs) if wrong.is_empty() => *by_runs.entry(runs).or_default() += 1,
            _ => drop(failed.insert(seed, format!("seed {seed} ({runs:?} runs):\n{}\n{account}", wrong.join("\n")))),
        }
    }
    tell(&format!("seeds by runs: {by_runs:?}; struck: {struck:#?}"));
    assert!(failed.is_empty(), "{} seeds\n{}", failed.len(), failed.into_values().collect::<Vec<_>>().join("\n"));
    // A rule that never strikes would prove nothing.
    let idle: Vec<String> = Faults::profile("worst").unwrap().rules.into_iter().map(|rule| rule.name).collect();
    let idle: BTreeSet<&String> = idle.iter().filter(|name| !struck.contains_key(*name)).collect();
    assert!(idle.is_empty(), "never struck: {idle:?}");
}

#[tokio::test]
async fn what_a_list_loses_is_looked_for_by_its_id_and_not_planned_again() {
    let desired = example();
    let bench = Bench::with(service(1)).await;
    let plan = bench.plan(&desired).await;
    let outcome = bench.apply(&plan).await;
    assert_eq!(outcome.summary.failed, 0);
    for list in ["/locations", "/telephony/config/locations", "/wholesale/subscribers"] {
        for seed in 0..3 {
            let rules = format!(
                r#"{{ "seed": {seed}, "rules": [{{ "name": "missing", "requests": {{ "paths": ["{list}"] }},
                    "fault": {{ "kind": "missing", "items": 2 }} }}] }}"#
            );
            bench.sim.set_faults(Faults::parse(&rules).unwrap()).unwrap();
            let again = bench.plan(&desired).await;
            assert!(bench.sim.faults_struck()["missing"] > 0);
            let left: Vec<String> = again.steps().map(|step| step.id.to_string()).collect();
            assert!(left.is_empty(), "{list}: {left:?}");
        }
    }
}

#[tokio::test]
async fn a_package_that_failed_is_put_right_by_the_next_run_though_nobody_tells_the_organization() {
    let desired = example();
    let wanted = undisturbed(&desired).await;
    let bench = Bench::with(service(1)).await;
    // Every customer fails at first, in one of its packages.
    let rules = r#"{ "rules": [{ "name": "fails",
        "requests": { "methods": ["POST"], "paths": ["/wholesale/customers"] },
        "fault": { "kind": "provisionedWithErrors" } }] }"#;
    bench.sim.set_faults(Faults::parse(rules).unwrap()).unwrap();
    let plan = bench.plan(&desired).await;
    let outcome = bench.apply(&plan).await;
    let customers = desired.customers().count();
    assert_eq!((bench.sim.faults_struck()["fails"], outcome.summary.failed), (customers as u64, customers as u64));
    for _ in 0..2 {
        let plan = bench.plan(&desired).await;
        let outcome = bench.apply(&plan).await;
        let complaints = super::complaint(&plan, &outcome);
        assert!(complaints.is_empty(), "{complaints}");
    }
    let found = picture::of_service(&bench.sim.state(), &names(&desired));
    assert_eq!(difference(&wanted, &found), Vec::<String>::new());
}
