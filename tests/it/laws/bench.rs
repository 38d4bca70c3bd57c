//! A simulator, a ledger and the real client between them: everything that an apply needs.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use hubform::{
    apply::{Outcome, Poll, Settings, Stop},
    ledger::{Expected, Ledger, SqliteLedger, Units},
    model::{Desired, SettleWindow, Sources, Target},
    plan::{self, Options, Plan},
    sim::{Config, Running, Simulator},
    webex::{ApiError, Client, ClientSettings, ReadScope, observe},
};
use jiff::Timestamp;

use crate::session::carry_out;

pub struct Bench {
    pub sim: Simulator,
    pub client: Client,
    pub ledger: Arc<dyn Ledger>,
    _running: Running,
    _folder: tempfile::TempDir,
}

pub const SETTINGS: Settings = Settings {
    wait: Duration::from_secs(20),
    poll: Poll { first: Duration::from_millis(2), factor: 1.5, max: Duration::from_millis(50) },
    settle: SettleWindow { customers: Duration::from_millis(150), others: Duration::from_millis(150) },
    parallel: 8,
    within: 4,
};

impl Bench {
    pub async fn new() -> Self {
        Self::with(Config { provisioning_delay: Duration::ZERO, ..Config::default() }).await
    }

    pub async fn with(config: Config) -> Self {
        Self::having(config, |_| {}).await
    }

    /// As [`Bench::with`], and its client does not wait long between attempts. With a ceiling it is not as slow after
    /// a 429 as after one that came before its pace was known.
    pub async fn under_faults(config: Config) -> Self {
        Self::having(config, |settings| {
            settings.backoff = Duration::from_millis(1);
            settings.requests_per_second = Some(2000.0);
        })
        .await
    }

    async fn having(config: Config, change: impl FnOnce(&mut ClientSettings)) -> Self {
        let sim = Simulator::open(config).unwrap();
        let running = sim.start(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let mut settings = ClientSettings::new(running.base_url.parse().unwrap(), "token".to_owned().into());
        settings.registry = true;
        change(&mut settings);
        let folder = tempfile::tempdir().unwrap();
        let expected = Expected {
            target: "simulator".to_owned(),
            base_url: String::new(),
            project: "laws".to_owned(),
            lineage: None,
        };
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db"), &expected, "lineage").unwrap();
        let ledger: Arc<dyn Ledger> = Arc::new(ledger);
        Self { sim, client: Client::new(settings).unwrap(), ledger, _running: running, _folder: folder }
    }

    pub async fn plan(&self, desired: &Desired) -> Plan {
        self.try_plan(desired).await.unwrap()
    }

    /// Plans, unless the service cannot be read.
    pub async fn try_plan(&self, desired: &Desired) -> Result<Plan, ApiError> {
        let ledger = self.ledger.load(Units::All).await.unwrap();
        let scope = ReadScope::of(desired, &ledger, None);
        let observed = observe(&self.client, &scope, &|_, _| {}).await?;
        let options = Options {
            target: Target::Simulator,
            only: None,
            blocked: std::collections::BTreeSet::new(),
            destroy: false,
            watched: None,
            sources: &Sources::default(),
            now: Timestamp::now(),
            settle: SETTINGS.settle,
        };
        Ok(plan::plan(desired, &observed, &ledger, &options))
    }

    pub async fn apply(&self, plan: &Plan) -> Outcome {
        carry_out(plan, &self.client, &*self.ledger, &SETTINGS, &Stop::new(), &|_| {}).await.unwrap()
    }
}
