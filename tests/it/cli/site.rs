//! A project of three customers, and the service that it is applied to as a process of its own.

use std::{fmt::Write as _, process::Stdio, thread, time::Duration};

use hubform::{
    ledger::{Expected, SqliteLedger, Units, Vitality},
    model::Target,
    sim::{Config, Simulator},
};

use super::bench::{Bench, Server, signal};
use crate::laws::{
    crash::scenario::read,
    names,
    standing::{Standing, wrong},
};

/// How often the program may be run until nothing waits.
const RUNS: usize = 8;

const SLOW: &str = r#"{ "rules": [{ "name": "slow", "fault": { "kind": "latency", "time": { "uniform": { "from": "2ms", "to": "15ms" } } } }] }"#;

/// A project, and the service that it is applied to, as a process of its own.
pub struct Site {
    pub server: Server,
    pub service: Bench,
    pub project: Bench,
}

/// How a course went.
#[derive(Default)]
pub struct Course {
    pub seed: u64,
    pub kills: usize,
    pub wrong: Vec<String>,
    pub account: String,
    /// How long each apply took that nothing disturbed.
    pub lengths: Vec<Duration>,
    pub standing: Standing,
}

impl Site {
    pub fn new() -> Self {
        let service = Bench::new();
        service.write("slow.json", SLOW);
        let arguments = ["--state", "service.db", "--faults", "slow.json", "--provisioning-delay", "30ms"];
        let server = Server::start(&service, &arguments);
        let project = Bench::empty().with("HUBFORM_BASE_URL", &server.base_url).with("HUBFORM_SETTLE_WINDOW", "1s");
        Self { server, service, project }
    }

    pub fn write(&self, files: &[(&str, String)]) {
        for (name, text) in files {
            self.project.write(name, text);
        }
    }

    /// Runs apply until it needs not be run again, and says how often that was.
    pub fn apply(&self, course: &mut Course) {
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
    pub fn kill(&self, after: Duration, course: &mut Course) -> bool {
        let mut child = self.project.command(&["apply", "--auto-approve", "--quiet"]);
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(after);
        signal(&child, "KILL");
        let lived = child.wait().unwrap().code().is_none();
        writeln!(course.account, "killed after {after:?}: {lived}").unwrap();
        course.kills += usize::from(lived);
        lived
    }

    /// Ends the service and looks at what stands.
    pub fn look(mut self, course: &mut Course, wanted: Option<&Standing>) {
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
