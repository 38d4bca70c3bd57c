//! A run may die at any instant: before a request is sent, while it is on its way, after its answer, before and after
//! each write of the ledger. The runs that follow bring everything to where a run that lived would have brought it, with
//! nothing twice, nothing lost, and nobody asked.
//!
//! `HUBFORM_CRASHES=N` adds N runs that die twice, with the second death anywhere.

mod between;
mod doom;
pub mod scenario;

use std::{
    collections::{BTreeMap, VecDeque},
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use hubform::{
    apply::{Outcome, StepResult, Stop},
    ledger::Units,
    model::{Desired, SettleWindow, codes},
    plan::Plan,
    sim::{Config, Rule},
};

use super::{
    bench::{Bench, client},
    complaint,
    faults::tell,
    names,
    standing::{Standing, wrong},
    world::Rng,
};
use crate::session::{bury, carry_out};
use between::Between;
use doom::{Doom, Doomed, How, Point, Which};

/// How often apply may be run after the last crash.
const RUNS: usize = 6;

/// How long the service may take to show what it has made.
const WINDOW: Duration = Duration::from_millis(300);

/// How long a person takes to run apply again.
const AGAIN: Duration = Duration::from_millis(40);

/// How often a course is tried on a machine that is too busy for it.
const TRIES: usize = 5;

/// How long customers and jobs take, where that is not the point.
const QUICK: Duration = Duration::from_millis(5);

/// Courses side by side: most of each is waiting.
const SIDE_BY_SIDE: usize = 6;

/// Runs that die twice, for each scenario.
fn double_crashes() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
    let asked = std::env::var("HUBFORM_CRASHES").ok();
    asked.map_or(20, |text| text.parse().unwrap())
}

/// A service that would let everything be made twice: nothing but apply's own care keeps it from that.
fn service(folder: &Path, delay: Duration) -> Config {
    Config {
        state: Some(folder.join("service.db")),
        provisioning_delay: delay,
        duplicate_external_id: Rule::Allowed,
        duplicate_location_name: Rule::Allowed,
        ..Config::default()
    }
}

/// Where a run begins, and where it is to end.
struct Scenario {
    name: &'static str,
    /// What was there before, in the files of the service and of the ledger.
    before: tempfile::TempDir,
    desired: Desired,
    /// How long customers and jobs take.
    delay: Duration,
    wanted: Standing,
    /// Every instant at which a run may die.
    points: Vec<Point>,
}

impl Scenario {
    /// Prepares a scenario: what was applied before, what comes of an apply that nothing disturbs, and where it can be
    /// disturbed.
    fn new(name: &'static str, before: Option<&Desired>, desired: Desired, delay: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some(before) = before {
            runtime().block_on(async {
                let bench = open(folder.path(), QUICK).await;
                let plan = bench.plan(before).await;
                let outcome = bench.apply(&plan).await;
                assert_eq!(complaint(&plan, &outcome), "");
            });
        }
        let mut scenario =
            Self { name, before: folder, desired, delay, wanted: Standing::default(), points: Vec::new() };
        let folder = scenario.copy();
        runtime().block_on(async {
            let bench = open(folder.path(), delay).await;
            let plan = bench.plan(&scenario.desired).await;
            let doom = Doom::new(None);
            let outcome = run(&bench, &plan, &doom).await.expect("nothing disturbs it");
            assert_eq!(complaint(&plan, &outcome), "");
            let again = bench.plan(&scenario.desired).await;
            assert!(again.steps().next().is_none() && !again.has_waits());
            let ledger = bench.ledger.load(Units::All).await.unwrap();
            let state = bench.sim.state();
            let names = names(&scenario.desired);
            scenario.wanted = Standing::of(&state, &ledger, &names);
            assert_eq!(wrong(&state, &ledger, &names, &scenario.wanted), Vec::<String>::new());
            let requests = doom.requests();
            let requests = requests.into_iter().flat_map(|it| How::ALL.map(|how| Point::Request(it.clone(), how)));
            let writes =
                (0..doom.writes().len()).flat_map(|nth| [false, true].map(|after| Point::Write { nth, after }));
            scenario.points = requests.chain(writes).collect();
        });
        scenario
    }

    /// Copies what was there before.
    fn copy(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(self.before.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        folder
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn open(folder: &Path, delay: Duration) -> Bench {
    let mut bench = Bench::in_folder(folder, service(folder, delay), |_| {}).await;
    bench.settings.settle = SettleWindow { customers: WINDOW, others: WINDOW };
    bench
}

/// Carries a plan out until the run dies; then there is no outcome.
async fn run(bench: &Bench, plan: &Plan, doom: &Arc<Doom>) -> Option<Outcome> {
    let between = Between::new(&bench.sim, bench.address(), doom).await;
    let client = client(&between.base_url, |_| {});
    let ledger = Doomed { ledger: Arc::clone(&bench.ledger), doom: Arc::clone(doom) };
    let stop = Stop::new();
    let outcome = tokio::select! {
        biased;
        () = doom.struck() => None,
        ended = carry_out(plan, &client, &ledger, &bench.settings, &stop, &|_| {}) => Some(ended.unwrap()),
    };
    bury(&*bench.ledger).await;
    outcome
}

/// How the runs after a crash went.
#[derive(Default)]
struct Course {
    title: String,
    /// Whether every run died that was to die.
    died: bool,
    /// Whether this machine let the service work later than within the settle window, about which nothing is promised.
    tardy: bool,
    /// Runs after the last crash.
    runs: usize,
    wrong: Vec<String>,
    account: String,
}

async fn course(scenario: &Scenario, points: &[Point]) -> Course {
    let Scenario { name, desired, delay, wanted, .. } = scenario;
    let folder = scenario.copy();
    let bench = open(folder.path(), *delay).await;
    let title = points.iter().map(ToString::to_string).collect::<Vec<_>>().join(", then ");
    let mut course = Course { title: format!("{name}: {title}"), died: true, ..Course::default() };
    let mut dead: Option<Arc<Doom>> = None;
    for point in points {
        let plan = next_plan(&bench, desired, dead.take(), &mut course).await;
        let doom = Doom::new(Some(point.clone()));
        let ended = run(&bench, &plan, &doom).await;
        course.died &= ended.is_none();
        writeln!(course.account, "to die: {}\nsent: {:?}\nwrote: {:#?}", words(&plan), doom.requests(), doom.writes())
            .unwrap();
        dead = Some(doom);
    }
    for number in 1..=RUNS {
        course.runs = number;
        let plan = next_plan(&bench, desired, dead.take(), &mut course).await;
        // What goes away while it is read cannot be read: that is over with the next run.
        let is_unread = plan.refusals().any(|it| it.code == codes::UNREAD.0);
        let refusals = plan
            .refusals()
            .filter(|it| it.code != codes::UNREAD.0)
            .map(|it| format!("run {number} is refused: {} {}", it.code, it.text));
        course.wrong.extend(refusals);
        let outcome = bench.apply(&plan).await;
        writeln!(course.account, "run {number}: {}\n{}", words(&plan), complaint(&plan, &outcome)).unwrap();
        let failed = outcome.steps.iter().filter(|step| step.result == StepResult::Failed);
        course.wrong.extend(failed.map(|step| format!("run {number}: {} failed: {:?}", step.id, step.error)));
        let is_waiting =
            is_unread || plan.has_waits() || outcome.steps.iter().any(|step| step.result == StepResult::Waiting);
        if !is_waiting {
            break;
        }
        tokio::time::sleep(AGAIN).await;
    }
    let again = bench.plan(desired).await;
    let left = again.steps().map(|step| format!("{} is left to do", step.id));
    course.wrong.extend(left.chain(again.refusals().map(|it| it.text.clone())));
    course.wrong.extend(again.waits().map(|it| format!("{} still waits: {}", it.object, it.text)));
    let ledger = bench.ledger.load(Units::All).await.unwrap();
    course.wrong.extend(wrong(&bench.sim.state(), &ledger, &names(desired), wanted));
    for job in ["person/moveLocation", "locations/deleteCallingLocation"] {
        let asked = bench.sim.requests().iter().filter(|it| it.method == "POST" && it.path.ends_with(job)).count();
        if asked > 1 {
            course.wrong.push(format!("the job {job} was asked for {asked} times"));
        }
    }
    let locks = bench.ledger.locks().await.unwrap();
    course.wrong.extend(locks.iter().map(|lock| format!("{} is still held", lock.unit)));
    course
}

/// Plans as the next run does. What the dead run had sent is worked on once this one has looked.
async fn next_plan(bench: &Bench, desired: &Desired, dead: Option<Arc<Doom>>, course: &mut Course) -> Plan {
    let look = bench.look(desired).await.unwrap();
    if let Some(dead) = dead {
        course.tardy |= dead.land().await > WINDOW / 2;
    }
    bench.plan_of(desired, &look)
}

/// Returns what a plan is about to do.
fn words(plan: &Plan) -> String {
    let steps = plan.steps().map(|step| step.id.to_string());
    let waits = plan.waits().map(|wait| format!("({} waits: {})", wait.object, wait.text));
    steps.chain(waits).collect::<Vec<_>>().join(" ")
}

/// Runs courses side by side, and says which went wrong.
fn survives(scenario: &Scenario, courses: Vec<Vec<Point>>, must_die: bool) {
    let (began, count) = (Instant::now(), courses.len());
    let left = Mutex::new(VecDeque::from(courses));
    let ended = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(points) = { left.lock().unwrap().pop_front() } {
                    let once = || runtime().block_on(course(scenario, &points));
                    // Where it stays tardy, it counts.
                    let course = (0..TRIES).map(|_| once()).find(|it| !it.tardy).unwrap_or_else(once);
                    ended.lock().unwrap().push(course);
                }
            });
        }
    });
    let mut failed = BTreeMap::new();
    let mut by_runs: BTreeMap<usize, usize> = BTreeMap::new();
    let mut undying = 0;
    for Course { title, died, tardy: _, runs, mut wrong, account } in ended.into_inner().unwrap() {
        *by_runs.entry(runs).or_default() += 1;
        undying += usize::from(!died);
        // How writes are grouped depends on timing; requests do not.
        if !died && must_die && !title.contains("write") {
            wrong.push("no run died".to_owned());
        }
        if !wrong.is_empty() {
            failed.insert(title.clone(), format!("{title}\n{}\n{account}", wrong.join("\n")));
        }
    }
    tell(&format!(
        "{}: {count} courses in {:.1?}, {undying} without a death; by the runs that followed: {by_runs:?}",
        scenario.name,
        began.elapsed()
    ));
    let titles = failed.keys().map(String::as_str).collect::<Vec<_>>().join("\n");
    let accounts = failed.values().take(3).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(failed.is_empty(), "{} of {count} courses\n{titles}\n\n{accounts}", failed.len());
}

/// Takes a scenario through every single crash, and through some double ones.
fn enumerate(scenario: &Scenario, seed: u64) {
    let single = scenario.points.iter().map(|point| vec![point.clone()]).collect();
    survives(scenario, single, true);
    let mut rng = Rng::new(seed);
    let double = (0..double_crashes()).map(|_| {
        let first = scenario.points[rng.below(scenario.points.len())].clone();
        let second = match rng.below(4) {
            0 => Point::Write { nth: rng.below(12), after: rng.below(2) == 1 },
            how => Point::Request(Which::Nth(rng.below(10)), How::ALL[how - 1]),
        };
        vec![first, second]
    });
    survives(scenario, double.collect(), false);
}

#[test]
fn a_set_up_survives_the_death_of_its_run_at_every_instant() {
    enumerate(&Scenario::new("set-up", None, scenario::first(), QUICK), 1);
}

#[test]
fn a_change_survives_the_death_of_its_run_at_every_instant() {
    enumerate(&Scenario::new("change", Some(&scenario::first()), scenario::second(), QUICK), 2);
}

#[test]
fn a_job_that_goes_on_after_the_death_of_its_run_is_not_started_twice() {
    let slow = Duration::from_millis(150);
    let scenario = Scenario::new("slow jobs", Some(&scenario::first()), scenario::second(), slow);
    let is_job = |point: &&Point| match point {
        Point::Request(Which::Named((kind, _), _), _) => kind.contains("/jobs/"),
        _ => false,
    };
    let points: Vec<_> = scenario.points.iter().filter(is_job).map(|point| vec![point.clone()]).collect();
    assert_eq!(points.len(), 6, "a move and a location without calling");
    survives(&scenario, points, true);
}
