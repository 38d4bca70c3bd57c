//! Answers get lost: what was asked for is done, and nobody hears of it. Nothing is made twice, nothing is left behind,
//! and no change is lost, neither on the service nor in the ledger.
//!
//! `HUBFORM_LOST_SEEDS=N` takes so many seeds.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use hubform::{
    apply::StepResult,
    ledger::Units,
    model::Desired,
    sim::{Config, Faults, Rule},
};

use super::{
    bench::Bench,
    complaint,
    crash::scenario,
    faults::tell,
    names,
    standing::{Standing, wrong},
};

/// How often apply may be run until all is as it should be.
const RUNS: usize = 5;

fn seeds() -> std::ops::RangeInclusive<u64> {
    #[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
    let asked = std::env::var("HUBFORM_LOST_SEEDS").ok();
    1..=asked.map_or(10, |text| text.parse().unwrap())
}

/// A service that lets everything be made twice.
fn service() -> Config {
    Config {
        provisioning_delay: Duration::from_millis(2),
        duplicate_external_id: Rule::Allowed,
        duplicate_location_name: Rule::Allowed,
        ..Config::default()
    }
}

/// How one seed went.
struct Course {
    seed: u64,
    /// Runs until all was done, for the set-up and for the change.
    runs: Vec<usize>,
    lost: u64,
    wrong: Vec<String>,
    account: String,
}

async fn course(seed: u64, stages: &[(Desired, Standing)]) -> Course {
    let bench = Bench::under_faults(service()).await;
    let mut course = Course { seed, runs: Vec::new(), lost: 0, wrong: Vec::new(), account: String::new() };
    for (desired, wanted) in stages {
        bench.sim.set_faults(Faults::profile("answers-lost").unwrap().with_seed(seed)).unwrap();
        for run in 1.. {
            let plan = bench.plan(desired).await;
            let outcome = bench.apply(&plan).await;
            let complaints = complaint(&plan, &outcome);
            writeln!(course.account, "run {run}: {:?}\n{complaints}", outcome.summary).unwrap();
            course.wrong.extend(plan.refusals().map(|it| format!("run {run} is refused: {} {}", it.code, it.text)));
            let is_done = |it: &StepResult| matches!(it, StepResult::Done | StepResult::AlreadyDone);
            if outcome.steps.iter().all(|step| is_done(&step.result)) && !plan.has_waits() {
                course.runs.push(run);
                break;
            }
            if run == RUNS {
                course.wrong.push("apply never came to an end".to_owned());
                break;
            }
        }
        course.lost += bench.sim.faults_struck().values().sum::<u64>();
        bench.sim.clear_faults();
        let ledger = bench.ledger.load(Units::All).await.unwrap();
        course.wrong.extend(wrong(&bench.sim.state(), &ledger, &names(desired), wanted));
        let again = bench.plan(desired).await;
        course.wrong.extend(again.steps().map(|step| format!("{} is left to do", step.id)));
    }
    course
}

/// What comes of each stage when every answer arrives.
async fn undisturbed() -> Vec<(Desired, Standing)> {
    let bench = Bench::with(service()).await;
    let mut stages = Vec::new();
    for desired in [scenario::first(), scenario::second()] {
        let plan = bench.plan(&desired).await;
        let outcome = bench.apply(&plan).await;
        assert_eq!(complaint(&plan, &outcome), "");
        let ledger = bench.ledger.load(Units::All).await.unwrap();
        let standing = Standing::of(&bench.sim.state(), &ledger, &names(&desired));
        stages.push((desired, standing));
    }
    stages
}

#[test]
fn answers_that_get_lost_cost_no_duplicate_no_orphan_and_no_update() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stages = runtime().block_on(undisturbed());
    let (began, left, ended) = (Instant::now(), Mutex::new(seeds()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        // Most of a run is waiting.
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(seed) = { left.lock().unwrap().next() } {
                    let course = runtime().block_on(course(seed, &stages));
                    ended.lock().unwrap().push(course);
                }
            });
        }
    });
    let ended = ended.into_inner().unwrap();
    let mut by_runs: BTreeMap<&[usize], usize> = BTreeMap::new();
    for course in &ended {
        *by_runs.entry(&course.runs).or_default() += 1;
    }
    let lost: u64 = ended.iter().map(|course| course.lost).sum();
    let took = began.elapsed();
    tell(&format!("{} seeds in {took:.1?}, {lost} answers lost; by runs until all was done: {by_runs:?}", ended.len()));
    let failed = ended.iter().filter(|course| !course.wrong.is_empty());
    let failed: Vec<String> = failed
        .map(|Course { seed, wrong, account, .. }| format!("seed {seed}\n{}\n{account}", wrong.join("\n")))
        .collect();
    assert!(failed.is_empty(), "{} seeds\n{}", failed.len(), failed.join("\n"));
    assert!(lost > 0, "nothing was lost, so nothing was shown");
}
