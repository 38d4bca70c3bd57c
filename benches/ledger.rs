//! What a ledger costs: the wall time of an apply with a ledger in a file beside that of one with a ledger in memory,
//! in one run, against a simulator that takes 10 ms for each request.
//!
//! ```sh
//! cargo bench --bench ledger
//! ```
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hubform::{
    apply::{self, Poll, Session, Settings, StepResult, Stop},
    ledger::{Answer, Change, Expected, Holder, Ledger, LockInfo, RunReport, RunStart, SqliteLedger, UnitState, Units},
    manifest,
    model::{Desired, LedgerIdentity, LedgerState, OrgId, SettleWindow, Sources, Target, Unit},
    plan::{self, Options},
    sim::{Config, Faults, Simulator},
    webex::{Client, ClientSettings, ReadScope, observe},
};
use jiff::Timestamp;

/// How often each is measured.
const ROUNDS: usize = 7;

/// A ledger that keeps nothing and costs nothing.
#[derive(Debug, Default)]
struct Memory {
    units: Mutex<BTreeMap<Unit, UnitState>>,
    commits: AtomicU64,
}

fn now<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(Ok(value)))
}

impl Ledger for Memory {
    fn place(&self) -> &'static str {
        "memory"
    }
    fn identity(&self) -> Answer<'_, LedgerIdentity> {
        now(LedgerIdentity {
            target: "simulator".to_owned(),
            base_url: String::new(),
            partner: None,
            project: "bench".to_owned(),
            lineage: "lineage".to_owned(),
        })
    }
    fn bind_partner<'a>(&'a self, _: &'a OrgId) -> Answer<'a, ()> {
        now(())
    }
    fn load<'a>(&'a self, _: Units<'a>) -> Answer<'a, LedgerState> {
        now(LedgerState { is_new: true, ..LedgerState::default() })
    }
    fn lock<'a>(&'a self, _: &'a BTreeSet<Unit>, _: &'a Holder) -> Answer<'a, ()> {
        now(())
    }
    fn unlock<'a>(&'a self, _: &'a str) -> Answer<'a, ()> {
        now(())
    }
    fn locks(&self) -> Answer<'_, Vec<LockInfo>> {
        now(Vec::new())
    }
    fn commit<'a>(&'a self, _: &'a str, changes: &'a [Change]) -> Answer<'a, ()> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        let mut units = self.units.lock().unwrap();
        for change in changes {
            units.entry(change.unit()).or_default().commit([change]);
        }
        now(())
    }
    fn begin_run<'a>(&'a self, _: &'a RunStart) -> Answer<'a, ()> {
        now(())
    }
    fn end_run<'a>(&'a self, _: &'a str, _: &'a str) -> Answer<'a, ()> {
        now(())
    }
    fn last_run(&self) -> Answer<'_, Option<RunReport>> {
        now(None)
    }
}

/// Applies the example to a new service, and returns how long the apply took, with how many requests.
async fn apply(desired: &Desired, ledger: &dyn Ledger, number: usize) -> (Duration, u64) {
    let config = Config { provisioning_delay: Duration::ZERO, ..Config::default() };
    let simulator = Simulator::open(config).unwrap();
    let rules = r#"{ "rules": [{ "name": "slow", "fault": { "kind": "latency", "time": { "fixed": "10ms" } } }] }"#;
    simulator.set_faults(Faults::parse(rules).unwrap()).unwrap();
    let running = simulator.start(([127, 0, 0, 1], 0).into()).await.unwrap();
    let mut settings = ClientSettings::new(running.base_url.parse().unwrap(), "token".to_owned().into());
    settings.registry = true;
    let client = Client::new(settings).unwrap();
    let state = LedgerState { is_new: true, ..LedgerState::default() };
    let observed = observe(&client, &ReadScope::of(desired, &state, None), &|_, _| {}).await.unwrap();
    let options = Options {
        target: Target::Simulator,
        only: None,
        blocked: BTreeSet::new(),
        destroy: false,
        sources: &Sources::default(),
        watched: None,
        now: Timestamp::now(),
        settle: SettleWindow::default(),
    };
    let plan = plan::plan(desired, &observed, &state, &options);
    let holder = Holder {
        owner: "bench".to_owned(),
        host: "here".to_owned(),
        pid: std::process::id(),
        run: format!("run{number}"),
        since: String::new(),
    };
    let settings = Settings {
        poll: Poll { first: Duration::from_millis(10), factor: 1.5, max: Duration::from_millis(100) },
        ..Settings::default()
    };
    let began = Instant::now();
    ledger.lock(&apply::units(&plan), &holder).await.unwrap();
    let session = Session { ledger, state: &state, holder: &holder, command: "apply", clock: &Timestamp::now };
    let outcome = apply::run(&plan, &client, &session, &settings, &Stop::new(), &|_| {}).await.unwrap();
    ledger.unlock(&holder.run).await.unwrap();
    let took = began.elapsed();
    assert!(outcome.steps.iter().all(|step| step.result == StepResult::Done), "{:?}", outcome.summary);
    let requests = client.stats().requests;
    running.stop().await;
    (took, requests)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let loaded = manifest::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme-voice"));
    let desired = loaded.desired;
    // Beside the build, on a disk rather than in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let expected = Expected {
        target: "simulator".to_owned(),
        base_url: String::new(),
        project: "bench".to_owned(),
        lineage: None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (mut file, mut memory, mut commits, mut requests) = (Vec::new(), Vec::new(), 0, 0);
    for round in 0..ROUNDS {
        let path = folder.path().join(format!("{round}.db"));
        let ledger = SqliteLedger::open(&path, &expected, "lineage").unwrap();
        file.push(runtime.block_on(apply(&desired, &ledger, round)).0);
        let ledger = Memory::default();
        let (took, sent) = runtime.block_on(apply(&desired, &ledger, round));
        memory.push(took);
        (commits, requests) = (ledger.commits.load(Ordering::Relaxed), sent);
    }
    let (file, memory) = (median(&mut file), median(&mut memory));
    let overhead = (file.as_secs_f64() / memory.as_secs_f64() - 1.0) * 100.0;
    println!("apply of examples/acme-voice, 10 ms for each of {requests} requests, medians of {ROUNDS}:");
    println!("  in a file   {file:>8.1?}");
    println!("  in memory   {memory:>8.1?}, {commits} commits");
    println!("  the ledger takes {overhead:.1} % more");
}
