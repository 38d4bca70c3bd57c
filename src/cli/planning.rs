//! What `plan`, `apply`, `destroy` and `show` have in common: manifests, ledger and service become a plan.

use std::{cell::Cell, collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    ledger::{Change, Expected, Holder, Ledger, LedgerView, Lock, Place, RunReport, Units},
    model::{Address, LedgerState, Name, Observed, OrgId, Scope, Unit, codes},
    plan::{self, Options, Plan, saved::Binding},
    webex::{Fault, ReadClient, ReadScope, observe},
};

use super::{
    console::Console,
    failure::{Failure, chain},
    progress::Progress,
    project::Project,
    select::SelectArgs,
    service::prepare_folder,
    settings::{Environment, ServiceArgs, Settings},
    unique::{holder, unique},
};

/// Which project, which customers, which service.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PlanArgs {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) folder: PathBuf,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) service: ServiceArgs,
}

/// A project whose manifests have been read and whose settings are known.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) project: Project,
    pub(super) settings: Settings,
    /// When the service was last read: what is not seen was not there then.
    looked: Cell<Timestamp>,
}

/// What a plan is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The service as the manifests describe it.
    Converge,
    /// Nothing left of what the ledger holds.
    Destroy,
}

/// The selected customers and the parts that have errors.
#[derive(Clone, Debug, Default)]
pub(super) struct Range {
    pub(super) only: Option<BTreeSet<Name>>,
    pub(super) blocked: BTreeSet<Scope>,
}

impl Opened {
    /// As [`Opened::new`], for commands that select no customers.
    pub(super) fn at(
        folder: &std::path::Path,
        service: &ServiceArgs,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let select = SelectArgs::default();
        Self::new(&PlanArgs { folder: folder.to_owned(), select, service: service.clone() }, environment)
    }

    /// Reads the manifests and resolves the settings.
    pub(super) fn new(args: &PlanArgs, environment: &Environment) -> Result<Self, Failure> {
        let mut project = Project::load(&args.folder);
        // With a broken project there is no telling what its settings are.
        project.blocked()?;
        let settings =
            Settings::resolve(&args.service, environment, &project.loaded.desired.project, &project.loaded.root)?;
        Ok(Self { project, settings, looked: Cell::new(Timestamp::now()) })
    }

    /// Reads the ledger without making or changing it.
    pub(super) async fn view_ledger(&self) -> Result<LedgerState, Failure> {
        Ok(self.view_ledger_whole().await?.state)
    }

    /// Reads the ledger, and what it belongs to, without making or changing it.
    pub(super) async fn view_ledger_whole(&self) -> Result<LedgerView, Failure> {
        Ok(self.settings.ledger.view(&self.settings.expected, Units::All).await?)
    }

    /// Reads the ledger and what it keeps of the run that began last, both of one moment.
    pub(super) async fn view_run(&self) -> Result<(LedgerView, Option<RunReport>), Failure> {
        const TRIES: u32 = 5;
        let last = || self.settings.ledger.view_last_run(&self.settings.expected);
        let mut run = last().await?;
        for _ in 0..TRIES {
            let view = self.view_ledger_whole().await?;
            let again = last().await?;
            let is_one = |run: &Option<RunReport>| run.as_ref().map(|run| (run.start.run.clone(), run.ended.clone()));
            if is_one(&run) == is_one(&again) {
                return Ok((view, again));
            }
            run = again;
        }
        Ok((self.view_ledger_whole().await?, run))
    }

    /// Returns what a plan of this run is bound to.
    pub(super) fn binding(&self, lineage: Option<String>, partner: Option<OrgId>) -> Binding {
        let Expected { target, base_url, project, lineage: _ } = self.settings.expected.clone();
        Binding { target, base_url, partner, project, lineage }
    }

    /// Opens the ledger for writing, and makes it if there is none.
    pub(super) async fn open_ledger(&self) -> Result<Arc<dyn Ledger>, Failure> {
        if let Place::File(path) = &self.settings.ledger {
            prepare_folder(path)?;
        }
        Ok(self.settings.ledger.open(&self.settings.expected, &unique()).await?)
    }

    /// Fills the ledger with what was found, unless it has changed since it was read.
    pub(super) async fn fill_ledger(
        &self,
        environment: &Environment,
        units: &BTreeSet<Unit>,
        console: Console,
        changes: Vec<Change>,
        read: &LedgerState,
        partner: Option<&OrgId>,
    ) -> Result<(), Failure> {
        let ledger = self.open_ledger().await?;
        if let Some(partner) = partner {
            ledger.bind_partner(partner).await?;
        }
        let unchanged = |state: &LedgerState| {
            let same = units.iter().all(|unit| state.versions.get(unit) == read.versions.get(unit));
            let failure = || {
                let text = "another run has changed the ledger while this one was looking, and nothing was recorded";
                Failure::new(codes::LEDGER_IN_USE, text, "run the command again")
            };
            if same { Ok((changes, ())) } else { Err(failure()) }
        };
        self.change_ledger(environment, units, console, unchanged).await
    }

    /// Changes units of the ledger, which are held meanwhile: `change` is given what is there.
    pub(super) async fn change_ledger<T>(
        &self,
        environment: &Environment,
        units: &BTreeSet<Unit>,
        console: Console,
        change: impl FnOnce(&LedgerState) -> Result<(Vec<Change>, T), Failure>,
    ) -> Result<T, Failure> {
        const PATIENCE: Duration = Duration::from_mins(1);
        let ledger = self.open_ledger().await?;
        let tell = |unit: &Unit, by: &Holder| console.tell(&format!("waiting: {}\n", waits_for(unit, by)));
        let lock = Lock::take(&ledger, units, holder(environment), PATIENCE, &tell).await?;
        let changed = match change(&ledger.load(Units::Only(units)).await?) {
            Ok((changes, answer)) => {
                ledger.commit(&lock.holder().run, &changes).await.map(|()| answer).map_err(Failure::from)
            }
            Err(failure) => Err(failure),
        };
        lock.release().await?;
        changed
    }

    /// Chooses customers, shows the problems of what is chosen, and finds out which parts they block.
    pub(super) fn range(&mut self, args: &PlanArgs, ledger: &LedgerState, console: Console) -> Result<Range, Failure> {
        let only = args.select.resolve(&self.project.loaded.desired, ledger)?;
        self.range_of(only, console)
    }

    /// As [`range`](Self::range), for customers that are chosen already.
    pub(super) fn range_of(&mut self, only: Option<BTreeSet<Name>>, console: Console) -> Result<Range, Failure> {
        self.project.narrow(only.as_ref());
        let blocked = self.project.blocked()?;
        self.project.warn(console);
        Ok(Range { only, blocked })
    }

    /// Reads the service. Nothing else can be done to it on the way to a plan: the client has no method for it.
    pub(super) async fn observe(
        &self,
        reader: &ReadClient,
        ledger: &LedgerState,
        only: Option<&BTreeSet<Name>>,
        console: Console,
    ) -> Result<Observed, Failure> {
        self.looked.set(Timestamp::now());
        let scope = ReadScope::of(&self.project.loaded.desired, ledger, only);
        let progress = Progress::new(console, "reading", scope.customers.len());
        let watch = |done, _| {
            progress.pacing(&reader.pacing());
            progress.done(done);
        };
        observe(reader, &scope, &watch).await.map_err(|error| {
            let token = self.settings.token_fix();
            let fix = match error.fault {
                Fault::Unauthorized => token.as_str(),
                Fault::Forbidden => "use the token of an account that is an administrator of the partner",
                Fault::NoAnswer => "check the address and the network, and try again",
                Fault::Busy | Fault::Unavailable => "try again later",
                Fault::NotFound | Fault::Malformed | Fault::Refused | Fault::Conflict => {
                    "check that the address is that of the service, up to and with its version (`…/v1`)"
                }
            };
            let text = format!("the service{} cannot be read: {}", self.settings.address(), chain(&error));
            Failure::new(codes::SERVICE_UNREADABLE, text, format!("nothing was changed; {fix}"))
        })
    }

    /// Makes the plan.
    pub(super) fn plan(&self, observed: &Observed, ledger: &LedgerState, range: &Range, purpose: Purpose) -> Plan {
        self.plan_again(observed, ledger, range, purpose, None)
    }

    /// Makes the plan, for the objects of an approved one if there is one.
    pub(super) fn plan_again(
        &self,
        observed: &Observed,
        ledger: &LedgerState,
        range: &Range,
        purpose: Purpose,
        watched: Option<&BTreeSet<Address>>,
    ) -> Plan {
        let options = Options {
            target: self.settings.target,
            only: range.only.clone(),
            blocked: range.blocked.clone(),
            destroy: purpose == Purpose::Destroy,
            watched,
            sources: &self.project.loaded.sources,
            now: self.looked.get(),
            settle: self.settings.settle,
        };
        plan::plan(&self.project.loaded.desired, observed, ledger, &options)
    }
}

/// Returns what is waited for while another run holds a unit.
pub(super) fn waits_for(unit: &Unit, by: &Holder) -> String {
    let Holder { owner, host, pid: _, run, since } = by;
    format!("`{unit}` is held by {owner} on {host} since {since} (run {run})")
}

/// Starts the machinery that waits for the network.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::caused(codes::SETTING, &error, "the system refuses threads or timers; raise its limits")
    })
}
