//! The simulator: state, store and faults behind one lock, and the levers that tests pull.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::answer::{Answer, Code, Refusal};
use super::call::{Call, Context};
use super::caller::Caller;
use super::config::Config;
use super::faults::{Delivery, Engine, Fault, Faults, FaultsError, Seen, Strike};
use super::http;
use super::http::route::Route;
use super::id::{IdKind, Uuid};
use super::rules::{orgs, provisioning, pstn, scopes, subscribers, tokens};
use super::state::{Address, CallingLocation, Obstacle, PstnType, State};
use super::store::{Store, StoreError};

/// Why the simulator cannot do what it is told.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The state file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address to listen on.
    #[error("the simulator cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A lever that found nothing to move.
    #[error("the simulator has no {what} `{id}`")]
    Unknown {
        /// The kind of thing.
        what: &'static str,
        /// What was named.
        id: String,
    },
}

/// A request that was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The method, in capitals.
    pub method: String,
    /// The path below `/v1`.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// The body, if it was JSON.
    pub body: Option<Value>,
    /// The status of the answer; 0 if the connection ended without one.
    pub status: u16,
    /// The tracking id of the answer.
    pub tracking_id: String,
}

/// A request, for the record.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Option<Value>,
}

/// The simulated partner service. Clones are handles to the same service.
#[derive(Clone)]
pub struct Simulator(Arc<Mutex<Core>>);

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").finish_non_exhaustive()
    }
}

struct Core {
    config: Config,
    state: State,
    store: Option<Store>,
    faults: Engine,
    recorded: VecDeque<Recorded>,
    /// Requests answered since the start, for tracking ids.
    answered: u64,
}

impl Core {
    fn settle(&mut self) {
        let now = self.config.clock.now();
        self.faults.settle(&mut self.state, &self.config, now);
    }

    fn save(&mut self) -> Result<(), StoreError> {
        if let Some(store) = &mut self.store {
            return store.save(&mut self.state);
        }
        self.state.saved();
        Ok(())
    }

    fn tracking_id(&mut self) -> String {
        self.answered += 1;
        format!("SIM_{:08}", self.answered)
    }

    fn record(&mut self, asked: Asked, status: u16, tracking_id: &str) {
        let Asked { method, path, query, body } = asked;
        tracing::debug!(%method, %path, status, tracking_id, "request answered");
        while self.recorded.len() >= self.config.remembered_requests.max(1) {
            self.recorded.pop_front();
        }
        let tracking_id = tracking_id.to_owned();
        self.recorded.push_back(Recorded { method, path, query, body, status, tracking_id });
    }
}

fn refused(refusal: &Refusal, tracking_id: &str) -> Answer {
    Answer { status: refusal.status, headers: refusal.headers.clone(), body: Some(refusal.to_body(tracking_id)) }
}

impl Simulator {
    /// Makes the service, or opens the one that `config.state` keeps.
    pub fn open(config: Config) -> Result<Self, SimError> {
        let (store, state) = match &config.state {
            Some(path) => {
                let (store, state) = Store::open(path)?;
                (Some(store), state)
            }
            None => (None, State::default()),
        };
        let mut core = Core { config, state, store, faults: Engine::default(), recorded: VecDeque::new(), answered: 0 };
        let now = core.config.clock.now();
        orgs::found(&mut core.state, &core.config, now);
        core.save()?;
        Ok(Self(Arc::new(Mutex::new(core))))
    }

    /// Returns the HTTP service, for use without a socket.
    pub fn router(&self) -> Router {
        http::router(self)
    }

    /// Serves on an address; port 0 takes any that is free.
    pub async fn start(&self, listen: SocketAddr) -> Result<Running, SimError> {
        let fault = |source| SimError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let router = self.router();
        let server = tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<http::Wire>();
            let served = axum::serve(http::Wires(listener), service).with_graceful_shutdown(async move {
                // A dropped sender stops the service too.
                drop(stopped.await);
            });
            if let Err(error) = served.await {
                tracing::error!(%error, "the simulator stopped");
            }
        });
        Ok(Running { base_url: format!("http://{address}/v1"), address, stop, server })
    }

    /// Returns the state as it is now, with everything done that has come due.
    pub fn state(&self) -> State {
        let mut core = self.core();
        core.settle();
        // What could not be saved is saved with the next request.
        if let Err(error) = core.save() {
            tracing::error!(%error, "the simulator's state was not saved");
        }
        core.state.clone()
    }

    /// Returns the requests answered so far, the last `remembered_requests` of them.
    pub fn requests(&self) -> Vec<Recorded> {
        self.core().recorded.iter().cloned().collect()
    }

    /// Forgets the requests answered so far.
    pub fn forget_requests(&self) {
        self.core().recorded.clear();
    }

    /// Lets one request fail: the first that comes with the method and such a path.
    pub fn fail_next(&self, fault: Fault) {
        self.core().faults.pull(fault);
    }

    /// Lets things go wrong by rules from now on, in place of earlier ones; counts begin anew. What earlier ones have
    /// set off, such as a consent to come, goes on.
    pub fn set_faults(&self, faults: Faults) -> Result<(), FaultsError> {
        faults.check()?;
        let mut core = self.core();
        let now = core.config.clock.now();
        let Core { faults: engine, state, .. } = &mut *core;
        engine.set(faults, now, state);
        Ok(())
    }

    /// Lets nothing more go wrong.
    pub fn clear_faults(&self) {
        let mut core = self.core();
        let now = core.config.clock.now();
        let Core { faults: engine, state, .. } = &mut *core;
        engine.set(Faults::default(), now, state);
    }

    /// Returns how often each rule has struck since the rules were set; rules that never did are absent.
    pub fn faults_struck(&self) -> BTreeMap<String, u64> {
        self.core().faults.struck()
    }

    /// Changes how the service behaves from now on. The service stands still meanwhile: `change` must not call it.
    pub fn reconfigure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut self.core().config);
    }

    /// The owner of a free account consents, and their subscriber becomes `provisioned`.
    pub fn complete_migration(&self, email: &str) -> Result<(), SimError> {
        let mut core = self.core();
        core.settle();
        let now = core.config.clock.now();
        let email = email.to_lowercase();
        let done = subscribers::complete_migration(&mut core.state, &email, now);
        core.save()?;
        if done { Ok(()) } else { Err(SimError::Unknown { what: "pending user", id: email }) }
    }

    /// The review of a customer in [`Config::reviewed_customers`] ends well, and it is created at once.
    pub fn complete_review(&self, external_id: &str) -> Result<(), SimError> {
        let mut core = self.core();
        core.settle();
        let now = core.config.clock.now();
        let Core { state, config, .. } = &mut *core;
        let done = provisioning::complete_review(state, config, now, external_id);
        core.save()?;
        if done { Ok(()) } else { Err(SimError::Unknown { what: "customer under review", id: external_id.to_owned() }) }
    }

    /// Makes an organization outside of any wholesale customer, as one to be attached; returns its `orgId`.
    ///
    /// With `calling` it has calling and one calling location.
    pub fn create_organization(&self, name: &str, calling: bool) -> Result<String, SimError> {
        let mut core = self.core();
        let now = core.config.clock.now();
        let Core { state, config, .. } = &mut *core;
        let id = provisioning::make_org(state, config, now, name, Some("en_US".to_owned()));
        // The partner manages it already: its administrator has consented to that.
        state.organizations.edit(&id, |org| {
            org.reached = true;
            org.calling = calling;
        });
        if calling {
            provisioning::make_headquarters(state, now, id, &first_location());
        }
        core.save()?;
        Ok(IdKind::Organization.encode(id))
    }

    /// Says what speaks against the removal of an organization, beside what follows from what it has.
    pub fn mark_organization(
        &self,
        org_id: &str,
        obstacles: impl IntoIterator<Item = Obstacle>,
    ) -> Result<(), SimError> {
        let mut core = self.core();
        core.settle();
        let org = IdKind::Organization.decode(org_id).unwrap_or(Uuid::NOTHING);
        let obstacles = obstacles.into_iter().collect();
        let done = core.state.organizations.edit(&org, |org| org.obstacles = obstacles);
        core.save()?;
        done.ok_or_else(|| SimError::Unknown { what: "organization", id: org_id.to_owned() })
    }

    /// Switches a webhook off, as the service does when nobody answers at its address.
    pub fn deactivate_webhook(&self, id: &str) -> Result<(), SimError> {
        let mut core = self.core();
        let key = IdKind::Webhook.decode(id).unwrap_or(Uuid::NOTHING);
        let done = core.state.webhooks.edit(&key, |webhook| webhook.active = false);
        core.save()?;
        done.ok_or_else(|| SimError::Unknown { what: "webhook", id: id.to_owned() })
    }

    /// Sets the PSTN connection of a calling location from outside of the API, as a provider or Control Hub would.
    pub fn set_pstn(&self, location_id: &str, kind: PstnType, provider: &str) -> Result<(), SimError> {
        let unknown = || SimError::Unknown { what: "calling location", id: location_id.to_owned() };
        let key: Uuid = IdKind::Location.decode(location_id).ok_or_else(unknown)?;
        let mut core = self.core();
        core.settle();
        if !pstn::set_from_outside(&mut core.state, key, kind, provider) {
            return Err(unknown());
        }
        core.save()?;
        Ok(())
    }

    /// Gives out an access token of the partner's full administrator, for some scopes and some time.
    pub fn issue_token(&self, scopes: &[&str], lifetime: Duration) -> Result<String, SimError> {
        let mut core = self.core();
        let now = core.config.clock.now();
        let scopes = scopes.iter().map(ToString::to_string).collect();
        let token = tokens::issue(&mut core.state, now, scopes, lifetime);
        core.save()?;
        Ok(token)
    }

    /// Takes back a token, and whatever was given out with it.
    pub fn revoke_token(&self, token: &str) -> Result<(), SimError> {
        let mut core = self.core();
        let done = tokens::revoke(&mut core.state, token);
        core.save()?;
        // The token itself stays unsaid.
        if done { Ok(()) } else { Err(SimError::Unknown { what: "token", id: "…".to_owned() }) }
    }

    /// Says whom a token stands for.
    pub(crate) fn caller(&self, token: Option<&SecretString>) -> Result<Caller, Refusal> {
        let token = token.ok_or_else(tokens::without_token)?;
        let core = self.core();
        tokens::caller(&core.state, &core.config, core.config.clock.now(), token.expose_secret())
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn body_limit(&self) -> usize {
        self.core().config.body_limit
    }

    /// Decides what goes wrong with a request.
    pub(crate) fn strike(&self, route: &str, asked: &Asked) -> Strike {
        let Asked { method, path, query, body: _ } = asked;
        self.core().faults.strike(Seen { method, path, query, route })
    }

    /// Answers a request by a rule.
    pub(crate) fn answer(
        &self,
        route: &Route,
        base: &str,
        caller: &Caller,
        asked: Asked,
        call: &Call,
        strike: &Strike,
    ) -> (String, Answer, Delivery) {
        let mut core = self.core();
        let tracking_id = core.tracking_id();
        let worked = match strike.before(&tracking_id) {
            Some(answer) => answer,
            None => core.work(route, base, caller, &tracking_id, call, strike),
        };
        let (answer, delivery) = strike.after(worked, &tracking_id);
        core.record(asked, delivery.status(&answer), &tracking_id);
        (tracking_id, answer, delivery)
    }

    /// Answers a request that no rule gets to see.
    pub(crate) fn refuse(&self, asked: Asked, refusal: &Refusal) -> (String, Answer) {
        let mut core = self.core();
        let tracking_id = core.tracking_id();
        let answer = refused(refusal, &tracking_id);
        core.record(asked, answer.status, &tracking_id);
        (tracking_id, answer)
    }
}

impl Core {
    /// Lets the rule work, and saves what it did before anybody hears of it.
    fn work(
        &mut self,
        route: &Route,
        base: &str,
        caller: &Caller,
        tracking_id: &str,
        call: &Call,
        strike: &Strike,
    ) -> Answer {
        self.settle();
        let Self { state, config, faults, .. } = self;
        let now = config.clock.now();
        let cx = Context { config, now, base, tracking_id, caller };
        let answer = check_scopes(route, &cx).and_then(|()| check_query(route, &cx, call)).and_then(|()| {
            faults.work(strike, state, config, call.body.as_ref(), now, |state, config| {
                (route.work)(state, &Context { config, now, base, tracking_id, caller }, call)
            })
        });
        let answer = answer.unwrap_or_else(|refusal| refused(&refusal, tracking_id));
        match self.save() {
            Ok(()) => answer,
            Err(error) => {
                tracing::error!(%error, "the simulator's state was not saved");
                let text = "the simulator could not save its state";
                refused(&Refusal::new(500, Code::None, text), tracking_id)
            }
        }
    }
}

/// Refuses a token that is not for the endpoint.
fn check_scopes(route: &Route, cx: &Context<'_>) -> Result<(), Refusal> {
    if route.open { Ok(()) } else { scopes::check(cx, route.method.as_str(), route.path) }
}

/// Refuses parameters that the endpoint does not have, and values that they do not take. An empty one counts as absent.
fn check_query(route: &Route, cx: &Context<'_>, call: &Call) -> Result<(), Refusal> {
    for (name, value) in &call.query {
        match route.query.iter().find(|param| param.name == name) {
            None if cx.config.unknown_fields.refuses() => {
                return Err(Refusal::bad(Code::None, format!("`{name}` is not a parameter of this request")));
            }
            Some(param) if !value.is_empty() => param.check(value)?,
            Some(_) | None => {}
        }
    }
    if let Some(param) = route.query.iter().find(|param| param.needed && call.param(param.name).is_none()) {
        return Err(Refusal::bad(Code::None, format!("parameter `{}` is missing", param.name)));
    }
    Ok(())
}

/// The location that an organization made by a lever has.
fn first_location() -> CallingLocation {
    CallingLocation {
        name: "First Office".to_owned(),
        address: Address {
            line1: "771 Alder Drive".to_owned(),
            line2: None,
            city: "Milpitas".to_owned(),
            state: Some("CA".to_owned()),
            postal_code: Some("95035".to_owned()),
            country: "US".to_owned(),
        },
        time_zone: "America/Los_Angeles".to_owned(),
        language: "en_us".to_owned(),
        emergency_location_identifier: None,
    }
}

/// How long a stop waits for requests under way.
const PATIENCE: Duration = Duration::from_secs(5);

/// A service that listens. It stops when this is dropped; [`Running::stop`] also waits for it.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT/v1`
    pub base_url: String,
    /// Where it listens.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Running {
    /// Stops taking requests, and waits until those under way are answered, but not for ever: a caller that never
    /// finishes its request is left behind after five seconds.
    pub async fn stop(self) {
        let Self { base_url: _, address: _, stop, mut server } = self;
        // Nobody listens any more if the service has stopped by itself.
        stop.send(()).ok();
        if timeout(PATIENCE, &mut server).await.is_err() {
            server.abort();
        }
    }
}
