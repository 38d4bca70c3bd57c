//! A simulator, a ledger and the real client between them: everything that an apply needs.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use hubform::{
    apply::{Outcome, Poll, Settings, Stop},
    ledger::{Expected, Ledger, SqliteLedger, Units},
    model::{Desired, LedgerState, Observed, SettleWindow, Sources, Target},
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
    /// How its runs behave.
    pub settings: Settings,
    running: Running,
    _folder: Option<tempfile::TempDir>,
}

/// What a plan is made from.
pub struct Look {
    ledger: LedgerState,
    observed: Observed,
    /// When the look began: what is not seen was not there then.
    at: Timestamp,
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
        let folder = tempfile::tempdir().unwrap();
        let bench = Self::in_folder(folder.path(), config, change).await;
        Self { _folder: Some(folder), ..bench }
    }

    /// As [`Bench::with`], with the ledger in a folder that stays.
    pub async fn in_folder(folder: &Path, config: Config, change: impl FnOnce(&mut ClientSettings)) -> Self {
        let sim = Simulator::open(config).unwrap();
        let running = sim.start(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let client = client(&running.base_url, change);
        let expected = Expected {
            target: "simulator".to_owned(),
            base_url: String::new(),
            project: "laws".to_owned(),
            lineage: None,
        };
        let ledger = SqliteLedger::open(&folder.join("ledger.db"), &expected, "lineage").unwrap();
        Self { sim, client, ledger: Arc::new(ledger), settings: SETTINGS, running, _folder: None }
    }

    /// Returns where the service listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    pub async fn plan(&self, desired: &Desired) -> Plan {
        self.try_plan(desired).await.unwrap()
    }

    /// Plans, unless the service cannot be read.
    pub async fn try_plan(&self, desired: &Desired) -> Result<Plan, ApiError> {
        Ok(self.plan_of(desired, &self.look(desired).await?))
    }

    /// Reads what a plan is made from.
    pub async fn look(&self, desired: &Desired) -> Result<Look, ApiError> {
        let at = Timestamp::now();
        let ledger = self.ledger.load(Units::All).await.unwrap();
        let scope = ReadScope::of(desired, &ledger, None);
        let observed = observe(&self.client, &scope, &|_, _| {}).await?;
        Ok(Look { ledger, observed, at })
    }

    /// Plans what a look asks for.
    pub fn plan_of(&self, desired: &Desired, look: &Look) -> Plan {
        let Look { ledger, observed, at } = look;
        let options = Options {
            target: Target::Simulator,
            only: None,
            blocked: std::collections::BTreeSet::new(),
            destroy: false,
            watched: None,
            sources: &Sources::default(),
            now: *at,
            settle: self.settings.settle,
        };
        plan::plan(desired, observed, ledger, &options)
    }

    pub async fn apply(&self, plan: &Plan) -> Outcome {
        carry_out(plan, &self.client, &*self.ledger, &self.settings, &Stop::new(), &|_| {}).await.unwrap()
    }
}

/// Makes a client for a service.
pub fn client(base_url: &str, change: impl FnOnce(&mut ClientSettings)) -> Client {
    let mut settings = ClientSettings::new(base_url.parse().unwrap(), "token".to_owned().into());
    settings.registry = true;
    change(&mut settings);
    Client::new(settings).unwrap()
}
