//! The program is killed at any instant, as `kill -9` or a machine that loses its power would, and run again.
//!
//! `HUBFORM_KILLS=N` kills so many times in all.
#![cfg(unix)]

use std::{
    fmt::Write as _,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use hubform::{
    ledger::{Expected, SqliteLedger, Units, Vitality},
    model::Target,
    sim::{Config, Simulator},
};

use super::bench::{Bench, Server, signal};
use crate::laws::{
    crash::scenario::{first_files, read, second_files},
    faults::tell,
    names,
    standing::{Standing, wrong},
    world::Rng,
};

/// How often the program may be run after it was killed.
const RUNS: usize = 8;

/// Every third time it is killed twice.
const TWICE: usize = 3;

const SLOW: &str = r#"{ "rules": [{ "name": "slow", "fault": { "kind": "latency", "time": { "uniform": { "from": "2ms", "to": "15ms" } } } }] }"#;

fn kills() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
    let asked = std::env::var("HUBFORM_KILLS").ok();
    asked.map_or(6, |text| text.parse().unwrap())
}

/// A project, and the service that it is applied to, as a process of its own.
struct Site {
    server: Server,
    service: Bench,
    project: Bench,
}

/// How a course went.
#[derive(Default)]
struct Course {
    seed: u64,
    kills: usize,
    wrong: Vec<String>,
    account: String,
    /// How long each apply took that nothing disturbed.
    lengths: Vec<Duration>,
    standing: Standing,
}

impl Site {
    fn new() -> Self {
        let service = Bench::new();
        service.write("slow.json", SLOW);
        let arguments = ["--state", "service.db", "--faults", "slow.json", "--provisioning-delay", "30ms"];
        let server = Server::start(&service, &arguments);
        let project = Bench::empty().with("HUBFORM_BASE_URL", &server.base_url).with("HUBFORM_SETTLE_WINDOW", "1s");
        Self { server, service, project }
    }

    fn write(&self, files: &[(&str, String)]) {
        for (name, text) in files {
            self.project.write(name, text);
        }
    }

    /// Runs apply until it needs not be run again, and says how often that was.
    fn apply(&self, course: &mut Course) {
        for run in 1..=RUNS {
            let ended = self.project.run(&["apply", "--auto-approve", "--quiet"]);
            writeln!(course.account, "run {run}: {:?}\n{}{}", ended.code, ended.stdout, ended.stderr).unwrap();
            match ended.code {
                Some(0) => return,
                // Something waits, as a person would.
                Some(3) => thread::sleep(Duration::from_millis(300)),
                code => course.wrong.push(format!("run {run} ended with {code:?}")),
            }
        }
        course.wrong.push("it never came to an end".to_owned());
    }

    /// Begins an apply and kills it after some time. Returns false if it had ended before.
    fn kill(&self, after: Duration, course: &mut Course) -> bool {
        let mut child = self.project.command(&["apply", "--auto-approve", "--quiet"]);
        let mut child = child.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        thread::sleep(after);
        signal(&child, "KILL");
        let lived = child.wait().unwrap().code().is_none();
        writeln!(course.account, "killed after {after:?}: {lived}").unwrap();
        course.kills += usize::from(lived);
        lived
    }

    /// Ends the service and looks at what stands.
    fn look(mut self, course: &mut Course, wanted: Option<&Standing>) {
        let ended = self.project.run(&["plan", "--detailed-exitcode"]);
        if ended.code != Some(0) {
            course.wrong.push(format!("something is left to do: {:?}\n{}{}", ended.code, ended.stdout, ended.stderr));
        }
        let expected = Expected {
            target: Target::Simulator.to_string(),
            base_url: self.server.base_url.clone(),
            project: "laws".to_owned(),
            lineage: None,
        };
        let view = SqliteLedger::view(&self.project.path(".hubform/ledger.db"), &expected, Units::All).unwrap();
        let held = view.locks.iter().filter(|lock| lock.vitality != Vitality::Gone);
        course.wrong.extend(held.map(|lock| format!("{} is still held", lock.unit)));
        signal(&self.server.child, "TERM");
        self.server.child.wait().unwrap();
        let state = Some(self.service.path("service.db"));
        let state = Simulator::open(Config { state, ..Config::default() }).unwrap().state();
        let names = names(&read(self.project.folder()));
        course.standing = Standing::of(&state, &view.state, &names);
        course.wrong.extend(wrong(&state, &view.state, &names, wanted.unwrap_or(&course.standing)));
    }
}

/// Sets three customers up and changes them.
fn course(seed: u64, undisturbed: Option<&Course>) -> Course {
    let mut course = Course { seed, ..Course::default() };
    let mut rng = Rng::new(seed);
    let site = Site::new();
    for (at, files) in [first_files(), second_files()].iter().enumerate() {
        site.write(files);
        if let Some(undisturbed) = undisturbed {
            let length = undisturbed.lengths[at];
            let mut instant = || length.mul_f64(f64::from(u32::try_from(rng.below(10_000)).unwrap()) / 10_000.0);
            let (first, second) = (instant(), instant());
            if site.kill(first, &mut course) && rng.below(TWICE) == 0 {
                site.kill(second, &mut course);
            }
        }
        let began = Instant::now();
        site.apply(&mut course);
        course.lengths.push(began.elapsed());
    }
    site.look(&mut course, undisturbed.map(|it| &it.standing));
    course
}

#[test]
fn kill_9_at_any_instant_costs_nothing_but_another_run() {
    let undisturbed = course(0, None);
    assert!(undisturbed.wrong.is_empty(), "{}\n{}", undisturbed.wrong.join("\n"), undisturbed.account);
    let began = Instant::now();
    // Three courses at a time, in which the program is killed two times or more.
    let left = Mutex::new((kills(), 0));
    let ended = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let seed = {
                        let mut left = left.lock().unwrap();
                        if left.0 == 0 {
                            break;
                        }
                        left.1 += 1;
                        left.1
                    };
                    let course = course(seed, Some(&undisturbed));
                    let mut left = left.lock().unwrap();
                    left.0 = left.0.saturating_sub(course.kills);
                    ended.lock().unwrap().push(course);
                }
            });
        }
    });
    let ended = ended.into_inner().unwrap();
    let kills: usize = ended.iter().map(|course| course.kills).sum();
    tell(&format!(
        "{kills} kills in {} courses in {:.1?}; undisturbed, the applies took {:.1?}",
        ended.len(),
        began.elapsed(),
        undisturbed.lengths
    ));
    let failed = ended.iter().filter(|course| !course.wrong.is_empty());
    let failed: Vec<String> = failed
        .map(|Course { seed, wrong, account, .. }| format!("seed {seed}\n{}\n{account}", wrong.join("\n")))
        .collect();
    assert!(failed.is_empty(), "{} courses\n{}", failed.len(), failed.join("\n\n"));
}
