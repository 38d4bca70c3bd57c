//! How plans are carried out: order, ids, the ledger, waits, and requests whose answer is lost.

mod double;
mod objects;
mod order;
mod settling;
mod simulated;
mod waiting;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use double::Double;
use hubform::{
    apply::{Event, Outcome, Settings, StepOutcome, StepResult, Stop},
    ledger::{
        Answer, Change, Expected, Holder, Ledger, LedgerError, LockInfo, RunReport, RunStart, SqliteLedger, Units,
    },
    model::{
        Address, Customer, CustomerId, Fields, LedgerIdentity, LedgerState, Location, LocationAddress, LocationId,
        OrgId, PackageName, PackageTerms, PersonId, PostalAddress, ProvisioningId, Record, RemoteIds, SubscriberId,
        Unit, User, Value,
    },
    plan::{Action, FieldChange, FieldReason, Operation, Part, Plan, Reason, Refusal, Step, StepId, Summary},
};
use tempfile::TempDir;

use crate::session::{carry_out, commit};

/// A service, a ledger that writes into the service's log, and how to run a plan on them.
#[derive(Debug)]
struct Bench {
    double: Double,
    ledger: SqliteLedger,
    /// From the write on that holds this line, all fail.
    fails_at: Mutex<Option<&'static str>>,
    failed: AtomicBool,
    settings: Settings,
    stop: Stop,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db"), &expected(), "lineage-1").unwrap();
        Self {
            double: Double::default(),
            ledger,
            fails_at: Mutex::new(None),
            failed: AtomicBool::new(false),
            settings: Settings::default(),
            stop: Stop::new(),
            folder,
        }
    }

    async fn run(&self, plan: &Plan) -> Outcome {
        self.run_watched(plan, &|_| ()).await
    }

    async fn run_watched(&self, plan: &Plan, watch: &(dyn Fn(Event<'_>) + Sync)) -> Outcome {
        self.try_run(plan, watch).await.unwrap()
    }

    async fn try_run(&self, plan: &Plan, watch: &(dyn Fn(Event<'_>) + Sync)) -> Result<Outcome, LedgerError> {
        carry_out(plan, &self.double, self, &self.settings, &self.stop, watch).await
    }

    async fn put(&self, address: &str, record: Record) {
        let put = Change::Put { object: address.parse().unwrap(), record: Box::new(record) };
        commit(&self.ledger, &[put]).await.unwrap();
    }

    fn record(&self, address: &str) -> Option<Record> {
        let view = SqliteLedger::view(&self.folder.path().join("ledger.db"), &expected(), Units::All).unwrap();
        view.state.records.get(&address.parse().unwrap()).cloned()
    }
}

fn expected() -> Expected {
    Expected {
        target: "simulator".to_owned(),
        base_url: String::new(),
        project: "acme-voice".to_owned(),
        lineage: None,
    }
}

impl Ledger for Bench {
    fn place(&self) -> &str {
        self.ledger.place()
    }
    fn identity(&self) -> Answer<'_, LedgerIdentity> {
        self.ledger.identity()
    }
    fn bind_partner<'a>(&'a self, org: &'a OrgId) -> Answer<'a, ()> {
        self.ledger.bind_partner(org)
    }
    fn load<'a>(&'a self, units: Units<'a>) -> Answer<'a, LedgerState> {
        self.ledger.load(units)
    }
    fn lock<'a>(&'a self, units: &'a BTreeSet<Unit>, holder: &'a Holder) -> Answer<'a, ()> {
        self.ledger.lock(units, holder)
    }
    fn unlock<'a>(&'a self, run: &'a str) -> Answer<'a, ()> {
        self.ledger.unlock(run)
    }
    fn locks(&self) -> Answer<'_, Vec<LockInfo>> {
        self.ledger.locks()
    }
    /// Writes that hold records are noted in the service's log; the journal has tests of its own.
    fn commit<'a>(&'a self, run: &'a str, changes: &'a [Change]) -> Answer<'a, ()> {
        let mut lines = Vec::new();
        for change in changes {
            match change {
                Change::Put { object, .. } => lines.push(format!("ledger put {object}")),
                Change::Remove { object } => lines.push(format!("ledger remove {object}")),
                Change::Begin { .. } | Change::Job { .. } | Change::End { .. } | Change::Step { .. } => {}
            }
        }
        if self.fails_at.lock().unwrap().is_some_and(|line| lines.iter().any(|it| it == line)) {
            self.failed.store(true, Ordering::Relaxed);
        }
        if self.failed.load(Ordering::Relaxed) {
            return Box::pin(async { Err(LedgerError::DiskFull { place: "ledger.db".into() }) });
        }
        self.double.state().log.extend(lines);
        self.ledger.commit(run, changes)
    }
    fn begin_run<'a>(&'a self, start: &'a RunStart) -> Answer<'a, ()> {
        self.ledger.begin_run(start)
    }
    fn end_run<'a>(&'a self, run: &'a str, at: &'a str) -> Answer<'a, ()> {
        self.ledger.end_run(run, at)
    }
    fn last_run(&self) -> Answer<'_, Option<RunReport>> {
        self.ledger.last_run()
    }
}

fn step(object: &str, name: &str, operation: Operation, needs: &[&Step]) -> Step {
    let object: Address = object.parse().unwrap();
    Step {
        id: StepId::new(&object, name),
        object,
        action: Action::Update,
        fields: Vec::new(),
        needs: needs.iter().map(|step| step.id.clone()).collect(),
        source: None,
        reason: Reason::New,
        consequences: Vec::new(),
        requests: 1,
        operation,
    }
}

fn with_field(mut step: Step, path: &'static str, after: &str) -> Step {
    step.fields.push(FieldChange {
        path: path.into(),
        before: None,
        after: Some(Value::text(after)),
        before_unknown: false,
        reason: FieldReason::Edited,
        last_applied: None,
    });
    step
}

fn part(customer: Option<&str>, steps: Vec<Step>) -> Part {
    Part {
        customer: customer.map(|name| name.parse().unwrap()),
        desired: String::new(),
        observed: String::new(),
        objects: BTreeMap::new(),
        steps,
        waits: Vec::new(),
        refusals: Vec::new(),
        catch_up: Vec::new(),
        settled: Vec::new(),
        known: BTreeMap::new(),
        lifecycle: BTreeMap::new(),
    }
}

fn refusal(object: &str) -> Refusal {
    Refusal {
        object: object.parse().unwrap(),
        code: "HF501".to_owned(),
        text: "12 users would be removed".to_owned(),
        fix: "raise the limit".to_owned(),
        source: None,
    }
}

fn plan(parts: Vec<Part>) -> Plan {
    let summary = Summary::of(parts.iter().flat_map(|part| &part.steps));
    Plan { format: Plan::FORMAT, target: "simulator".to_owned(), parts, notes: Vec::new(), summary }
}

/// A part of `johns-pizza`, which exists, with a headquarters and a user that exist too.
fn existing(steps: Vec<Step>) -> Plan {
    let known = [
        ("customer/johns-pizza", RemoteIds::Customer { id: CustomerId::new("c1"), org_id: Some(OrgId::new("org-1")) }),
        ("location/johns-pizza/headquarters", RemoteIds::Location { id: LocationId::new("l1") }),
        ("user/johns-pizza/ann@johns-pizza.example", user_ids(true)),
        ("template/standard-us", RemoteIds::Template { provisioning_id: Some(ProvisioningId::new("t1")) }),
    ];
    let known = known.into_iter().map(|(address, ids)| (address.parse().unwrap(), ids)).collect();
    plan(vec![Part { known, ..part(Some("johns-pizza"), steps) }])
}

fn user_ids(with_person: bool) -> RemoteIds {
    let person_id = with_person.then(|| PersonId::new("p1"));
    RemoteIds::User { id: SubscriberId::new("s1"), person_id }
}

fn customer(external_id: &str) -> Customer {
    Customer {
        id: None,
        external_id: external_id.to_owned(),
        org_id: None,
        sub_partner: None,
        template: "standard-us".parse().unwrap(),
        company: "John's Pizza".to_owned(),
        admin_email: "john@johns-pizza.example".parse().unwrap(),
        language: None,
        packages: [(PackageName::new("webex_calling"), PackageTerms::default())].into(),
        billing_address: postal(),
        meetings_time_zone: None,
        supported_location: true,
    }
}

fn postal() -> PostalAddress {
    PostalAddress {
        line1: "771 Alder Drive".to_owned(),
        line2: None,
        city: "Milpitas".to_owned(),
        state: Some("CA".to_owned()),
        postal_code: Some("95035".to_owned()),
        country: "US".parse().unwrap(),
    }
}

fn branch(name: &str) -> Box<Location> {
    Box::new(Location {
        id: None,
        display_name: name.to_owned(),
        address: LocationAddress { postal: postal(), written: true },
        time_zone: "America/Los_Angeles".parse().unwrap(),
        language: "en_US".parse().unwrap(),
        announcement_language: None,
        pstn: None,
        numbers: BTreeSet::new(),
        main_number: None,
        routing_prefix: None,
    })
}

fn user() -> Box<User> {
    Box::new(User {
        id: None,
        first_name: Some("Ann".to_owned()),
        last_name: Some("Lee".to_owned()),
        package: PackageName::new("webex_calling"),
        location: None,
        phone_number: None,
        extension: Some("201".parse().unwrap()),
        roles: BTreeSet::new(),
    })
}

fn create_customer(name: &str) -> Operation {
    Operation::CreateCustomer { customer: Box::new(customer(name)), headquarters: None }
}

/// An operation that sends one request and needs no more than the customer.
fn rename(name: &str) -> Operation {
    Operation::UpdateOrganization { display_name: name.to_owned(), language: None }
}

fn results(outcome: &Outcome) -> Vec<(&str, StepResult)> {
    outcome.steps.iter().map(|step| (step.id.as_str(), step.result)).collect()
}

fn only(outcome: &Outcome) -> &StepOutcome {
    assert_eq!(outcome.steps.len(), 1);
    &outcome.steps[0]
}

fn code(step: &StepOutcome) -> &str {
    step.error.as_ref().map_or("", |error| error.code.as_str())
}

/// Collects what a watcher is told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Told {
    fn tell(&self, event: &Event<'_>) {
        let line = match event {
            Event::Started { step } => format!("started {}", step.id),
            Event::Progress { step, text } => format!("progress {}: {text}", step.id),
            // Programs hear of these; the journal's tests and those of `--events` look at them.
            Event::Sending { .. } | Event::Sent { .. } => return,
            Event::Finished { step, outcome } => format!("finished {} {:?}", step.id, outcome.result),
        };
        self.0.lock().unwrap().push(line);
    }
}

fn fields(pairs: &[(&'static str, &str)]) -> Fields {
    let mut fields = Fields::default();
    for (path, value) in pairs {
        fields.set(*path, Value::text(*value));
    }
    fields
}
