//! What every kind of ledger keeps: one suite, over handles that are opened as processes of their own would.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use futures_util::future::join_all;
use hubform::{
    ledger::{
        Change, Expected, Holder, Ledger, LedgerError, Lock, RunReport, RunStart, UnitReport, UnitState, Units,
        Vitality, this_host,
    },
    model::{
        Address, CustomerId, Ended, Entry, EntryId, FieldPath, Fields, JobId, LedgerState, Lifecycle, LocationId,
        OnRemove, OrgId, PersonId, ProvisioningId, Record, RemoteIds, RequestKind, SubscriberId, Unit, Value,
    },
};
use serde_json::json;

/// What a kind of ledger answers in its own time.
pub type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A kind of ledger, with room for as many ledgers as the suite has names.
pub trait Kind: Send + Sync {
    /// Opens the ledger of a name, as another process would, and makes it if there is none.
    fn open<'a>(
        &'a self,
        name: &'a str,
        expected: &'a Expected,
        newborn: &'a str,
    ) -> Soon<'a, Result<Arc<dyn Ledger>, LedgerError>>;

    /// Looks at the ledger of a name as a command does that changes nothing: its state, if there is a ledger.
    fn look<'a>(&'a self, name: &'a str, expected: &'a Expected) -> Soon<'a, Result<Option<LedgerState>, LedgerError>>;

    /// Writes a format into the ledger that no version of hubform knows.
    fn outdate<'a>(&'a self, name: &'a str, format: u32) -> Soon<'a, ()>;

    /// Ends the process that has a handle, as `kill -9` does, and waits until others know. Returns false if they cannot
    /// within the time of a test.
    fn kill<'a>(&'a self, name: &'a str, ledger: Arc<dyn Ledger>) -> Soon<'a, bool> {
        Box::pin(async move {
            drop(ledger);
            let other = self.open(name, &expected(), "x").await.unwrap();
            for _ in 0..1000 {
                if other.locks().await.unwrap().iter().all(|lock| lock.vitality == Vitality::Gone) {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            false
        })
    }
}

/// Puts a kind of ledger through everything.
pub async fn conforms(kind: &dyn Kind) {
    birth(kind).await;
    belonging(kind).await;
    partner(kind).await;
    newness(kind).await;
    a_newer_format(kind).await;
    any_changes(kind).await;
    odd_texts(kind).await;
    fencing(kind).await;
    locks(kind).await;
    waiting(kind).await;
    takeover(kind).await;
    runs(kind).await;
    side_by_side(kind).await;
    one_after_the_other(kind).await;
    a_great_commit(kind).await;
}

pub fn expected() -> Expected {
    Expected {
        target: "simulator".to_owned(),
        base_url: String::new(),
        project: "acme-voice".to_owned(),
        lineage: None,
    }
}

/// Returns a run of this host, so that a kind which asks the operating system can tell whether it lives.
pub fn holder(run: &str) -> Holder {
    Holder {
        owner: "nightly".to_owned(),
        host: this_host().unwrap_or_else(|| "build-1".to_owned()),
        pid: 4711,
        run: run.to_owned(),
        since: "2026-11-22T17:00:00Z".to_owned(),
    }
}

pub fn unit(text: &str) -> Unit {
    text.parse().unwrap()
}

pub fn units<const N: usize>(texts: [&str; N]) -> BTreeSet<Unit> {
    texts.into_iter().map(unit).collect()
}

pub fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// A record as an object of that address may have one.
pub fn record(object: &Address, salt: u64) -> Record {
    let id = format!("id-{salt}");
    let ids = match object {
        Address::Template(_) => {
            RemoteIds::Template { provisioning_id: (!salt.is_multiple_of(3)).then(|| ProvisioningId::new(id)) }
        }
        Address::Customer(_) => RemoteIds::Customer {
            id: CustomerId::new(id),
            org_id: salt.is_multiple_of(2).then(|| OrgId::new(format!("org-{salt}"))),
        },
        Address::Location(..) => RemoteIds::Location { id: LocationId::new(id) },
        Address::User(..) => RemoteIds::User {
            id: SubscriberId::new(id),
            person_id: salt.is_multiple_of(2).then(|| PersonId::new(format!("person-{salt}"))),
        },
    };
    let mut applied = Fields::default();
    applied.set("company", Value::text("Crêperie \"Ty Breizh\" \\ 冰 & Co 🥞"));
    applied.set("packages[webex_calling].quantity".to_owned(), Value::Number(salt));
    applied.set("flag", Value::Flag(salt.is_multiple_of(2)));
    let on_remove = if salt.is_multiple_of(2) { OnRemove::Keep } else { OnRemove::Unmap };
    let lifecycle = Lifecycle { protect: salt.is_multiple_of(5), on_remove, adopt: salt.is_multiple_of(7) };
    Record { ids, applied, lifecycle, created: salt.is_multiple_of(2) }
}

pub fn put(object: &str, salt: u64) -> Change {
    let object = address(object);
    let record = Box::new(record(&object, salt));
    Change::Put { object, record }
}

pub fn entry(run: &str, number: u64, object: &str) -> Entry {
    let object = address(object);
    let fields = vec![
        (FieldPath::of("company"), Some(Value::text("John's Pizza"))),
        (FieldPath::from(format!("numbers[{number}]")), None),
    ];
    Entry {
        id: EntryId { run: run.to_owned(), number },
        step: format!("{object}#create"),
        request: if number.is_multiple_of(2) { RequestKind::CreateCustomer } else { RequestKind::UpdateCustomer },
        at: format!("2026-11-22T17:00:{:02}.25Z", number % 60).parse().unwrap(),
        lifecycle: number.is_multiple_of(2).then(Lifecycle::default),
        fields,
        job: None,
        ended: None,
        object,
    }
}

pub fn start<const N: usize>(run: &str, units: [(&str, &[&str]); N]) -> RunStart {
    RunStart {
        run: run.to_owned(),
        owner: "nightly".to_owned(),
        host: "build-1".to_owned(),
        command: "apply".to_owned(),
        started: "2026-11-22T17:00:00Z".to_owned(),
        units: units
            .into_iter()
            .map(|(name, steps)| (unit(name), steps.iter().map(ToString::to_string).collect()))
            .collect(),
    }
}

async fn opened(kind: &dyn Kind, name: &str) -> Arc<dyn Ledger> {
    kind.open(name, &expected(), "lineage-1").await.unwrap()
}

async fn birth(kind: &dyn Kind) {
    let name = "birth";
    assert!(kind.look(name, &expected()).await.unwrap().is_none(), "looking makes no ledger");
    // Eight processes at once, each with a lineage of its own: one is the ledger's.
    let lineages: Vec<String> = (0..8).map(|number| format!("lineage-{number}")).collect();
    let expected = expected();
    let all = join_all(lineages.iter().map(|lineage| kind.open(name, &expected, lineage))).await;
    let mut seen = BTreeSet::new();
    for ledger in &all {
        let identity = ledger.as_ref().unwrap().identity().await.unwrap();
        assert_eq!((identity.target.as_str(), identity.project.as_str()), ("simulator", "acme-voice"));
        assert_eq!((identity.base_url.as_str(), identity.partner), ("", None));
        seen.insert(identity.lineage);
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
    let state = all[0].as_ref().unwrap().load(Units::All).await.unwrap();
    assert_eq!(state, LedgerState { is_new: true, ..LedgerState::default() });
    assert_eq!(kind.look(name, &expected).await.unwrap(), Some(state));
    assert!(!all[0].as_ref().unwrap().place().is_empty());
}

async fn belonging(kind: &dyn Kind) {
    let name = "belonging";
    let with_lineage = Expected { lineage: Some("lineage-1".to_owned()), ..expected() };
    // A project with a lineage refuses an empty ledger, and none is made.
    for _ in 0..2 {
        let error = kind.open(name, &with_lineage, "lineage-1").await.unwrap_err();
        assert!(matches!(&error, LedgerError::Missing { lineage, .. } if lineage == "lineage-1"), "{error:?}");
        let error = kind.look(name, &with_lineage).await.unwrap_err();
        assert!(matches!(&error, LedgerError::Missing { .. }), "{error:?}");
    }
    drop(opened(kind, name).await);
    drop(kind.open(name, &with_lineage, "ignored").await.unwrap());
    let base = expected();
    let cases = [
        (Expected { target: "webex".to_owned(), ..base.clone() }, "target"),
        (Expected { base_url: "https://sim.example".to_owned(), ..base.clone() }, "base URL"),
        (Expected { project: "other".to_owned(), ..base.clone() }, "project"),
        (Expected { lineage: Some("lineage-2".to_owned()), ..base }, "lineage"),
    ];
    for (expected, what) in cases {
        let opened = kind.open(name, &expected, "x").await.map(drop).unwrap_err();
        let looked = kind.look(name, &expected).await.map(drop).unwrap_err();
        for error in [opened, looked] {
            assert!(matches!(&error, LedgerError::Mismatch { what: it, .. } if *it == what), "{error:?}");
            assert_eq!(error.code().0, "HF707");
        }
    }
}

async fn partner(kind: &dyn Kind) {
    let (one, other) = (opened(kind, "partner").await, opened(kind, "partner").await);
    let org = OrgId::new("partner-1");
    // At once, as two pipelines do that start at the same time.
    let (first, second) = tokio::join!(one.bind_partner(&org), other.bind_partner(&org));
    first.and(second).unwrap();
    let error = other.bind_partner(&OrgId::new("partner-2")).await.unwrap_err();
    assert!(error.to_string().contains("`partner-1`") && error.to_string().contains("`partner-2`"), "{error}");
    assert!(matches!(error, LedgerError::Mismatch { .. }), "{error:?}");
    for ledger in [one, other] {
        assert_eq!(ledger.identity().await.unwrap().partner.as_ref(), Some(&org));
    }
}

async fn newness(kind: &dyn Kind) {
    let ledger = opened(kind, "newness").await;
    let wanted = units(["customer/acme", "templates"]);
    ledger.lock(&wanted, &holder("r1")).await.unwrap();
    let step = Change::Step { unit: unit("templates"), step: "s".to_owned(), outcome: json!("done") };
    let gone = Change::Remove { object: address("customer/acme") };
    ledger.commit("r1", &[step, gone.clone()]).await.unwrap();
    assert!(ledger.load(Units::All).await.unwrap().is_new, "nothing was put");
    ledger.commit("r1", &[put("customer/acme", 1)]).await.unwrap();
    ledger.commit("r1", std::slice::from_ref(&gone)).await.unwrap();
    let templates = units(["templates"]);
    for ledger in [ledger, opened(kind, "newness").await] {
        let state = ledger.load(Units::Only(&templates)).await.unwrap();
        assert!(state.records.is_empty() && !state.is_new, "the mark is of the whole ledger, and stays");
        assert!(ledger.load(Units::All).await.unwrap().records.is_empty());
    }
    // What is put and removed within one commit was put.
    let ledger = opened(kind, "newness-within").await;
    ledger.lock(&wanted, &holder("r1")).await.unwrap();
    ledger.commit("r1", &[put("customer/acme", 1), gone]).await.unwrap();
    let state = ledger.load(Units::All).await.unwrap();
    assert!(state.records.is_empty() && !state.is_new);
}

async fn a_newer_format(kind: &dyn Kind) {
    let name = "newer";
    drop(opened(kind, name).await);
    kind.outdate(name, 4_000_000).await;
    let opened = kind.open(name, &expected(), "x").await.map(drop).unwrap_err();
    let looked = kind.look(name, &expected()).await.map(drop).unwrap_err();
    for error in [opened, looked] {
        assert!(matches!(error, LedgerError::Newer { found: 4_000_000, .. }), "{error:?}");
        assert_eq!(error.code().0, "HF701");
    }
}

/// Numbers that look random and are the same each time (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let count = u64::try_from(from.len()).unwrap();
        &from[usize::try_from(self.roll(count)).unwrap()]
    }
}

const OBJECTS: [&str; 9] = [
    "template/standard-us",
    "template/standard-de",
    "customer/acme",
    "location/acme/headquarters",
    "user/acme/ann@acme.example",
    "customer/johns-pizza",
    "user/johns-pizza/ann@johns-pizza.example",
    "user/johns-pizza/bob@johns-pizza.example",
    "customer/acme-2",
];

/// The ledger as a value: every unit, by the fold that says what changes mean, and the runs in their order.
#[derive(Default)]
struct Model {
    units: BTreeMap<Unit, UnitState>,
    used: bool,
    last: Option<RunStart>,
    ended: Option<String>,
}

impl Model {
    fn commit(&mut self, changes: &[Change]) {
        let mut by_unit: BTreeMap<Unit, Vec<&Change>> = BTreeMap::new();
        for change in changes {
            self.used |= matches!(change, Change::Put { .. });
            by_unit.entry(change.unit()).or_default().push(change);
        }
        for (unit, changes) in by_unit {
            self.units.entry(unit).or_default().commit(changes);
        }
    }

    fn begin_run(&mut self, start: &RunStart) {
        for (unit, steps) in &start.units {
            self.units.entry(unit.clone()).or_default().begin_run(&start.run, steps);
        }
        self.last = Some(start.clone());
        self.ended = None;
    }

    fn state(&self, only: Option<&BTreeSet<Unit>>) -> LedgerState {
        let mut state = LedgerState { is_new: !self.used, ..LedgerState::default() };
        for (unit, kept) in &self.units {
            if only.is_none_or(|only| only.contains(unit)) && kept.version > 0 {
                state.records.extend(kept.records.clone());
                state.journal.extend(kept.journal.clone());
                state.versions.insert(unit.clone(), kept.version);
            }
        }
        state
    }

    fn last_run(&self) -> Option<RunReport> {
        let start = self.last.clone()?;
        let report = |unit: &Unit| {
            let kept = &self.units[unit];
            let entries = kept.journal.iter().filter(|(id, _)| id.run == start.run);
            let entries = entries.map(|(id, entry)| (id.clone(), entry.clone())).collect();
            (unit.clone(), UnitReport { outcomes: kept.outcomes.clone(), entries })
        };
        let units = start.units.keys().map(report).collect();
        Some(RunReport { start, ended: self.ended.clone(), units })
    }
}

/// Some changes of units that a run may write.
fn some_changes(dice: &mut Dice, run: &str, number: &mut u64, model: &Model) -> Vec<Change> {
    let known: Vec<(Unit, EntryId)> =
        model.units.iter().flat_map(|(unit, kept)| kept.journal.keys().map(|id| (unit.clone(), id.clone()))).collect();
    let mut begun: Vec<(Unit, EntryId)> = Vec::new();
    let count = 1 + dice.roll(12);
    let mut changes = Vec::new();
    for _ in 0..count {
        let object = *dice.pick(&OBJECTS);
        // Some that are there, some that this commit begins, and some that are not there.
        let (unit, some_entry) = match dice.roll(4) {
            0 if !known.is_empty() => dice.pick(&known).clone(),
            1 if !begun.is_empty() => dice.pick(&begun).clone(),
            2 => (Unit::of(&address(object)), EntryId { run: "nobody".to_owned(), number: 9 }),
            _ => (Unit::of(&address(object)), EntryId { run: run.to_owned(), number: *number + 1 }),
        };
        changes.push(match dice.roll(8) {
            0..3 => put(object, dice.roll(1000)),
            3 => Change::Remove { object: address(object) },
            4 => {
                let entry = if dice.roll(5) == 0 && !begun.is_empty() {
                    // Written anew: the same request again, later.
                    let (unit, id) = dice.pick(&begun).clone();
                    let object = OBJECTS.iter().find(|object| Unit::of(&address(object)) == unit).unwrap();
                    Entry { id, ..entry(run, dice.roll(50), object) }
                } else {
                    *number += 1;
                    let mut entry = entry(run, *number, object);
                    if dice.roll(4) == 0 {
                        entry.ended = Some(Ended::Answered);
                    }
                    if dice.roll(4) == 0 {
                        entry.job = Some(JobId::new("job-0"));
                    }
                    entry
                };
                begun.push((entry.unit(), entry.id.clone()));
                Change::Begin { entry: Box::new(entry) }
            }
            5 => Change::Job { unit, entry: some_entry, job: JobId::new(format!("job \"{}\" ü", dice.roll(9))) },
            6 => {
                let ended = *dice.pick(&[Ended::Answered, Ended::Seen, Ended::NotDone, Ended::Settled]);
                Change::End { unit, entry: some_entry, ended }
            }
            _ => {
                let outcome = json!({ "status": "done", "nested": [dice.roll(9), null, 0.1, "ü\u{0}"] });
                Change::Step { unit, step: format!("{object}#{}", dice.roll(3)), outcome }
            }
        });
    }
    changes
}

/// Whatever is committed, the ledger is what the fold says, for who wrote it and for everybody else.
async fn any_changes(kind: &dyn Kind) {
    for seed in 1..=4 {
        let name = format!("any-{seed}");
        let mut dice = Dice::new(seed);
        let (mut writer, reader) = (opened(kind, &name).await, opened(kind, &name).await);
        let everything = units(["templates", "customer/acme", "customer/johns-pizza", "customer/acme-2"]);
        let (mut model, mut number, mut run) = (Model::default(), 0, "r0".to_owned());
        writer.lock(&everything, &holder(&run)).await.unwrap();
        for round in 0..40 {
            if dice.roll(8) == 0 {
                writer.unlock(&run).await.unwrap();
                run = format!("r{round}");
                number = 0;
                if dice.roll(2) == 0 {
                    // A process of its own, as runs are.
                    writer = opened(kind, &name).await;
                }
                writer.lock(&everything, &holder(&run)).await.unwrap();
                let all: Vec<&Unit> = everything.iter().filter(|_| dice.roll(3) > 0).collect();
                let mut start = start(&run, []);
                start.units =
                    all.into_iter().map(|unit| (unit.clone(), vec![format!("{unit}#1"), "2".into()])).collect();
                if start.units.is_empty() {
                    continue;
                }
                writer.begin_run(&start).await.unwrap();
                model.begin_run(&start);
            } else if dice.roll(12) == 0 && model.last.as_ref().is_some_and(|last| last.run == run) {
                writer.end_run(&run, "2026-11-22T18:00:00Z").await.unwrap();
                model.ended = Some("2026-11-22T18:00:00Z".to_owned());
            } else {
                let changes = some_changes(&mut dice, &run, &mut number, &model);
                writer.commit(&run, &changes).await.unwrap();
                model.commit(&changes);
            }
            let of_all = reader.load(Units::All).await.unwrap();
            assert_eq!(of_all, model.state(None), "seed {seed}, round {round}");
            let only: BTreeSet<Unit> = everything.iter().filter(|_| dice.roll(2) == 0).cloned().collect();
            let of_some = writer.load(Units::Only(&only)).await.unwrap();
            assert_eq!(of_some, model.state(Some(&only)), "seed {seed}, round {round}, only {only:?}");
            assert_eq!(reader.last_run().await.unwrap(), model.last_run(), "seed {seed}, round {round}");
        }
        drop((writer, reader));
        let afresh = opened(kind, &name).await;
        assert_eq!(afresh.load(Units::All).await.unwrap(), model.state(None), "seed {seed}, afresh");
        assert_eq!(kind.look(&name, &expected()).await.unwrap(), Some(model.state(None)), "seed {seed}, looked at");
        assert_eq!(afresh.last_run().await.unwrap(), model.last_run(), "seed {seed}, afresh");
    }
}

/// Whatever a service or a manifest says comes back as it was.
async fn odd_texts(kind: &dyn Kind) {
    let ledger = opened(kind, "odd").await;
    ledger.lock(&units(["customer/acme"]), &holder("r1")).await.unwrap();
    for text in ["'; DROP TABLE record; --", "a\u{0}b", "{s} $1 %s", "\u{202e}x\u{7f}\r\n\t", "", &"ü".repeat(100_000)]
    {
        let object = address("customer/acme");
        let mut kept = record(&object, 2);
        kept.ids = RemoteIds::Customer { id: CustomerId::new(text), org_id: Some(OrgId::new(text)) };
        kept.applied.set("company", Value::text(text));
        kept.applied.set(format!("numbers[{text}]"), Value::Number(u64::MAX));
        let outcome = json!({ "text": text, "float": 1.5e300, "big": u64::MAX });
        let changes = [
            Change::Put { object: object.clone(), record: Box::new(kept.clone()) },
            Change::Step { unit: unit("customer/acme"), step: "s".to_owned(), outcome },
        ];
        ledger.commit("r1", &changes).await.unwrap();
        assert_eq!(ledger.load(Units::All).await.unwrap().records[&object], kept, "{text:?}");
    }
}

/// Asserts that the run has lost a unit.
#[track_caller]
pub fn assert_lost(ended: Result<(), LedgerError>, unit: &str) {
    let error = ended.unwrap_err();
    assert!(matches!(&error, LedgerError::LockLost { unit: it, .. } if it.to_string() == unit), "{error:?}");
    assert_eq!(error.code().0, "HF711");
}

async fn fencing(kind: &dyn Kind) {
    let (one, other) = (opened(kind, "fencing").await, opened(kind, "fencing").await);
    let acme = units(["customer/acme"]);
    assert_lost(one.commit("r1", &[put("customer/acme", 1)]).await, "customer/acme");
    one.lock(&acme, &holder("r1")).await.unwrap();
    one.begin_run(&start("r1", [("customer/acme", &["s"])])).await.unwrap();
    let entries: [Change; 2] =
        [1, 2].map(|number| Change::Begin { entry: Box::new(entry("r1", number, "customer/acme")) });
    let [first, second] = entries;
    let step =
        |outcome: u64| Change::Step { unit: unit("customer/acme"), step: "s".to_owned(), outcome: json!(outcome) };
    one.commit("r1", &[put("customer/acme", 1), put("user/acme/a@acme.example", 1), first, step(1)]).await.unwrap();
    let seen = async || (other.load(Units::All).await.unwrap(), other.last_run().await.unwrap());
    let before = seen().await;
    assert_eq!(before.1.as_ref().unwrap().units[&unit("customer/acme")].entries.len(), 1);
    // One of the units is not held, or by another run: nothing is changed, of the other neither.
    let id = EntryId { run: "r1".to_owned(), number: 1 };
    let everything = [
        put("customer/acme", 2),
        put("location/acme/headquarters", 2),
        Change::Remove { object: address("user/acme/a@acme.example") },
        second,
        Change::Job { unit: unit("customer/acme"), entry: id.clone(), job: JobId::new("j") },
        Change::End { unit: unit("customer/acme"), entry: id, ended: Ended::Answered },
        step(2),
        put("customer/b", 2),
    ];
    assert_lost(one.commit("r1", &everything).await, "customer/b");
    let [of_acme @ .., _] = &everything;
    assert_lost(one.commit("r2", of_acme).await, "customer/acme");
    assert_lost(other.commit("r2", of_acme).await, "customer/acme");
    assert_lost(one.begin_run(&start("r1", [("customer/acme", &["s"]), ("templates", &[])])).await, "templates");
    assert_lost(other.begin_run(&start("r2", [("customer/acme", &["s"])])).await, "customer/acme");
    assert_eq!(seen().await, before);
    // Nothing to change needs nothing.
    one.commit("r9", &[]).await.unwrap();
    assert_eq!(seen().await, before);
    // An operator gives the lock back; another run takes the unit.
    other.unlock("r1").await.unwrap();
    assert_lost(one.commit("r1", &[put("customer/acme", 3)]).await, "customer/acme");
    other.lock(&acme, &holder("r2")).await.unwrap();
    assert_lost(one.commit("r1", &[put("customer/acme", 3)]).await, "customer/acme");
    assert_lost(one.begin_run(&start("r1", [("customer/acme", &["s"])])).await, "customer/acme");
    other.commit("r2", &[put("customer/acme", 4)]).await.unwrap();
    let state = one.load(Units::All).await.unwrap();
    assert_eq!(state.versions[&unit("customer/acme")], 3);
    assert_eq!(state.records[&address("customer/acme")], record(&address("customer/acme"), 4));
    // What the old run gives back is not the new one's.
    one.unlock("r1").await.unwrap();
    other.commit("r2", &[put("customer/acme", 5)]).await.unwrap();
}

async fn locks(kind: &dyn Kind) {
    let (one, other) = (opened(kind, "locks").await, opened(kind, "locks").await);
    assert_eq!(one.locks().await.unwrap(), []);
    one.lock(&BTreeSet::new(), &holder("r0")).await.unwrap();
    one.lock(&units(["customer/b", "templates"]), &holder("r1")).await.unwrap();
    // All or none: `customer/a` is free, and stays so.
    let error = other.lock(&units(["customer/a", "customer/b"]), &holder("r2")).await.unwrap_err();
    match &error {
        LedgerError::Held { unit, holder: by, .. } => {
            assert_eq!(unit.to_string(), "customer/b");
            assert_eq!(**by, holder("r1"));
        }
        error => panic!("{error:?}"),
    }
    assert_eq!(error.code().0, "HF709");
    for word in ["nightly", &holder("r1").host, "r1", "2026-11-22T17:00:00Z"] {
        assert!(error.to_string().contains(word), "{error}");
    }
    // Again, and more, for the same run.
    let later = Holder { since: "2026-11-22T18:00:00Z".to_owned(), ..holder("r1") };
    one.lock(&units(["customer/a", "customer/b"]), &later).await.unwrap();
    other.lock(&units(["customer/c"]), &holder("r2")).await.unwrap();
    for ledger in [&one, &other] {
        let locks = ledger.locks().await.unwrap();
        let names: Vec<_> = locks.iter().map(|lock| (lock.unit.to_string(), lock.holder.run.as_str())).collect();
        let wanted = [("templates", "r1"), ("customer/a", "r1"), ("customer/b", "r1"), ("customer/c", "r2")];
        assert_eq!(names, wanted.map(|(unit, run)| (unit.to_owned(), run)));
        assert!(locks.iter().all(|lock| lock.vitality != Vitality::Gone), "{locks:?}");
        assert_eq!((&locks[1].holder, &locks[2].holder), (&later, &holder("r1")), "each since it was taken");
    }
    // The one that is refused frees nothing.
    other.unlock("r3").await.unwrap();
    other.unlock("r2").await.unwrap();
    assert!(other.lock(&units(["customer/a"]), &holder("r2")).await.is_err());
    one.unlock("r1").await.unwrap();
    one.unlock("r1").await.unwrap();
    other.lock(&units(["customer/a", "customer/b", "templates"]), &holder("r2")).await.unwrap();
    // One handle may carry several runs.
    one.lock(&units(["customer/d"]), &holder("r4")).await.unwrap();
    one.lock(&units(["customer/e"]), &holder("r5")).await.unwrap();
    one.unlock("r4").await.unwrap();
    one.commit("r5", &[put("customer/e", 1)]).await.unwrap();
    assert_lost(one.commit("r4", &[put("customer/d", 1)]).await, "customer/d");
}

async fn waiting(kind: &dyn Kind) {
    let (one, other) = (opened(kind, "waiting").await, opened(kind, "waiting").await);
    let acme = units(["customer/acme"]);
    let silent = |_: &Unit, _: &Holder| {};
    let first = Lock::take(&one, &acme, holder("r1"), Duration::ZERO, &silent).await.unwrap();
    let told = std::sync::Mutex::new(Vec::new());
    let tell = |unit: &Unit, by: &Holder| told.lock().unwrap().push((unit.to_string(), by.run.clone()));
    let error = Lock::take(&other, &acme, holder("r2"), Duration::ZERO, &tell).await.map(drop).unwrap_err();
    assert!(matches!(error, LedgerError::Held { .. }), "{error:?}");
    // It waits until the other gives it back.
    let second = Lock::take(&other, &acme, holder("r2"), Duration::from_mins(1), &tell);
    let release = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        first.release().await
    };
    let (second, released) = tokio::join!(second, release);
    released.unwrap();
    assert_eq!(*told.lock().unwrap(), [("customer/acme".to_owned(), "r1".to_owned())]);
    second.unwrap().release().await.unwrap();
    assert_eq!(one.locks().await.unwrap(), []);
}

async fn takeover(kind: &dyn Kind) {
    let (one, other) = (opened(kind, "takeover").await, opened(kind, "takeover").await);
    let both = units(["customer/a", "customer/b"]);
    one.lock(&both, &holder("r1")).await.unwrap();
    one.begin_run(&start("r1", [("customer/a", &["s"])])).await.unwrap();
    let open = Change::Begin { entry: Box::new(entry("r1", 1, "customer/a")) };
    one.commit("r1", &[open, put("customer/a", 1)]).await.unwrap();
    if !kind.kill("takeover", one).await {
        return;
    }
    let locks = other.locks().await.unwrap();
    assert_eq!(locks.len(), 2);
    assert!(locks.iter().all(|lock| lock.vitality == Vitality::Gone && lock.holder.run == "r1"), "{locks:?}");
    other.lock(&units(["customer/a", "customer/c"]), &holder("r2")).await.unwrap();
    // What the dead wrote is there, and the dead may not write any more.
    let state = other.load(Units::All).await.unwrap();
    assert_eq!(state.open_entries().count(), 1);
    assert_lost(other.commit("r1", &[put("customer/a", 2)]).await, "customer/a");
    other.begin_run(&start("r2", [("customer/a", &["s"])])).await.unwrap();
    other.commit("r2", &[put("customer/a", 3)]).await.unwrap();
    let state = opened(kind, "takeover").await.load(Units::All).await.unwrap();
    assert_eq!(state.records[&address("customer/a")], record(&address("customer/a"), 3));
    assert_eq!(state.open_entries().count(), 1, "what is not settled outlives the run");
    let runs: BTreeSet<_> = other.locks().await.unwrap().into_iter().map(|lock| lock.holder.run).collect();
    assert_eq!(runs, BTreeSet::from(["r1".to_owned(), "r2".to_owned()]));
}

async fn runs(kind: &dyn Kind) {
    let (one, other) = (opened(kind, "runs").await, opened(kind, "runs").await);
    assert_eq!(one.last_run().await.unwrap(), None);
    one.end_run("nobody", "2026-11-22T18:00:00Z").await.unwrap();
    one.lock(&units(["customer/a", "customer/b"]), &holder("r1")).await.unwrap();
    one.begin_run(&start("r1", [("customer/a", &["a1", "a2"]), ("customer/b", &["b1"])])).await.unwrap();
    let done = |unit_name: &str, step: &str| Change::Step {
        unit: unit(unit_name),
        step: step.to_owned(),
        outcome: json!({ "status": "done" }),
    };
    let ended = Entry { ended: Some(Ended::Answered), ..entry("r1", 1, "customer/a") };
    let changes = [
        Change::Begin { entry: Box::new(ended) },
        Change::Begin { entry: Box::new(entry("r1", 2, "user/a/ann@a.example")) },
        done("customer/a", "a1"),
        done("customer/b", "b1"),
    ];
    one.commit("r1", &changes).await.unwrap();
    let report = other.last_run().await.unwrap().unwrap();
    assert_eq!(report.start, start("r1", [("customer/a", &["a1", "a2"]), ("customer/b", &["b1"])]));
    assert_eq!(report.ended, None);
    assert_eq!(report.units[&unit("customer/a")].entries.len(), 2);
    assert_eq!(
        report.units[&unit("customer/b")].outcomes,
        BTreeMap::from([("b1".into(), json!({ "status": "done" }))])
    );
    one.end_run("r1", "2026-11-22T18:00:00Z").await.unwrap();
    assert_eq!(other.last_run().await.unwrap().unwrap().ended.as_deref(), Some("2026-11-22T18:00:00Z"));
    one.unlock("r1").await.unwrap();
    // Another run on one of the units: what was kept of it there goes, but for what is open.
    other.lock(&units(["customer/a"]), &holder("r2")).await.unwrap();
    other.begin_run(&start("r2", [("customer/a", &["a9"])])).await.unwrap();
    let state = one.load(Units::All).await.unwrap();
    let left: Vec<_> = state.journal.keys().map(ToString::to_string).collect();
    assert_eq!(left, ["r1:2"]);
    let report = one.last_run().await.unwrap().unwrap();
    assert_eq!(report.start, start("r2", [("customer/a", &["a9"])]));
    assert_eq!(report.units, BTreeMap::from([(unit("customer/a"), UnitReport::default())]));
    assert_eq!(report.ended, None);
}

/// Eight processes, each with a customer of its own.
async fn side_by_side(kind: &dyn Kind) {
    let work = (0..8).map(|number| async move {
        let ledger = opened(kind, "side-by-side").await;
        let (name, run) = (format!("customer/c{number}"), format!("r{number}"));
        ledger.lock(&BTreeSet::from([unit(&name)]), &holder(&run)).await.unwrap();
        ledger.begin_run(&start(&run, [(&name, &["s"])])).await.unwrap();
        for salt in 0..10 {
            ledger
                .commit(&run, &[put(&name, salt), put(&format!("user/c{number}/u{salt}@c.example"), salt)])
                .await
                .unwrap();
        }
        ledger.end_run(&run, "2026-11-22T18:00:00Z").await.unwrap();
        ledger.unlock(&run).await.unwrap();
    });
    join_all(work).await;
    let ledger = opened(kind, "side-by-side").await;
    let state = ledger.load(Units::All).await.unwrap();
    assert_eq!(state.records.len(), 8 * 11);
    assert!(state.versions.len() == 8 && state.versions.values().all(|version| *version == 11), "{:?}", state.versions);
    assert_eq!(ledger.locks().await.unwrap(), []);
    assert!(ledger.last_run().await.unwrap().is_some());
}

/// Eight processes that want the same customer: each adds what it read, and nothing is lost.
async fn one_after_the_other(kind: &dyn Kind) {
    let acme = &units(["customer/acme"]);
    let work = (0..8).map(|number| async move {
        let ledger = opened(kind, "one-by-one").await;
        let silent = |_: &Unit, _: &Holder| {};
        let run = format!("r{number}");
        let lock = Lock::take(&ledger, acme, holder(&run), Duration::from_mins(2), &silent).await.unwrap();
        let found = ledger.load(Units::Only(acme)).await.unwrap().records.len();
        ledger.commit(&run, &[put(&format!("user/acme/u{found}@acme.example"), 1)]).await.unwrap();
        lock.release().await.unwrap();
    });
    join_all(work).await;
    let state = opened(kind, "one-by-one").await.load(Units::All).await.unwrap();
    assert_eq!((state.records.len(), state.versions[&unit("customer/acme")]), (8, 8));
}

async fn a_great_commit(kind: &dyn Kind) {
    let (one, other) = (opened(kind, "great").await, opened(kind, "great").await);
    one.lock(&units(["customer/acme", "customer/b"]), &holder("r1")).await.unwrap();
    let mut changes = Vec::new();
    for number in 0..250 {
        let object = format!("user/acme/u{number}@acme.example");
        changes.push(Change::Begin { entry: Box::new(entry("r1", number, &object)) });
        changes.push(put(&object, number));
        changes.push(Change::End {
            unit: unit("customer/acme"),
            entry: EntryId { run: "r1".to_owned(), number },
            ended: Ended::Answered,
        });
        changes.push(Change::Step { unit: unit("customer/b"), step: object, outcome: json!(number) });
    }
    one.commit("r1", &changes).await.unwrap();
    let state = other.load(Units::All).await.unwrap();
    assert_eq!((state.records.len(), state.journal.len(), state.open_entries().count()), (250, 250, 0));
    assert_eq!(state.versions, BTreeMap::from([(unit("customer/acme"), 1), (unit("customer/b"), 1)]));
}
