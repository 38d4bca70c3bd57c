//! A process that dies between any two requests loses nothing that was answered, and a reader sees at any moment what
//! some commit has left.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    store::{Will, Willful},
    *,
};
use crate::ledger::UnitState;

const UNITS: [&str; 2] = ["customer/acme", "templates"];

/// What a reader may find: what was answered, and what is under way.
#[derive(Clone, Debug, Default)]
struct May {
    answered: BTreeMap<Unit, UnitState>,
    under_way: BTreeMap<Unit, UnitState>,
}

impl May {
    fn allows(&self, found: &LedgerState) -> Result<(), String> {
        for unit in UNITS.map(unit) {
            let of = |state: &UnitState| {
                let version = (state.version > 0).then_some(state.version);
                (version, state.records.clone(), state.journal.clone())
            };
            let seen = (
                found.versions.get(&unit).copied(),
                found
                    .records
                    .iter()
                    .filter(|(at, _)| Unit::of(at) == unit)
                    .map(|(at, is)| (at.clone(), is.clone()))
                    .collect(),
                found.journal.iter().filter(|(_, e)| e.unit() == unit).map(|(id, e)| (id.clone(), e.clone())).collect(),
            );
            let answered = self.answered.get(&unit).cloned().unwrap_or_default();
            let under_way = self.under_way.get(&unit).unwrap_or(&answered);
            if seen != of(&answered) && seen != of(under_way) {
                return Err(format!("`{unit}`: {seen:?}\nanswered: {answered:?}\nunder way: {under_way:?}"));
            }
        }
        if found.is_new && !found.records.is_empty() {
            return Err("a ledger with records is not new".to_owned());
        }
        Ok(())
    }
}

/// What is allowed, as the one who writes tells it.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<May>>);

impl Book {
    fn may(&self) -> May {
        self.0.lock().unwrap().clone()
    }

    /// Says what is about to be done to units.
    fn about(&self, changes: &[Change]) {
        let mut may = self.0.lock().unwrap();
        let mut by_unit: BTreeMap<Unit, Vec<&Change>> = BTreeMap::new();
        for change in changes {
            by_unit.entry(change.unit()).or_default().push(change);
        }
        for (unit, changes) in by_unit {
            let mut state = may.answered.get(&unit).cloned().unwrap_or_default();
            state.commit(changes);
            may.under_way.insert(unit, state);
        }
    }

    fn about_run(&self, start: &RunStart) {
        let mut may = self.0.lock().unwrap();
        for (unit, steps) in &start.units {
            let mut state = may.answered.get(unit).cloned().unwrap_or_default();
            state.begin_run(&start.run, steps);
            may.under_way.insert(unit.clone(), state);
        }
    }

    fn answered(&self) {
        let mut may = self.0.lock().unwrap();
        let under_way = std::mem::take(&mut may.under_way);
        may.answered.extend(under_way);
    }

    /// Somebody who starts again takes what is there for granted.
    fn settle(&self, found: &LedgerState) {
        let mut may = self.0.lock().unwrap();
        let under_way = std::mem::take(&mut may.under_way);
        for (unit, state) in under_way {
            if found.versions.get(&unit) == Some(&state.version) {
                may.answered.insert(unit, state);
            }
        }
    }
}

async fn commit(ledger: &ObjectLedger, book: &Book, run: &str, changes: &[Change]) -> Result<(), LedgerError> {
    book.about(changes);
    ledger.commit(run, changes).await?;
    book.answered();
    Ok(())
}

/// A run from its beginning to its end; the log is made short several times on the way.
async fn work(store: &Arc<dyn ObjectStore>, habits: Habits, book: &Book, run: &str) -> Result<(), LedgerError> {
    let place = ObjectPlace::over(PLACE, Arc::clone(store)).with_habits(habits);
    let ledger = ObjectLedger::open(&place, &expected(), "lineage-1").await?;
    work_on(&ledger, book, run).await
}

async fn work_on(ledger: &ObjectLedger, book: &Book, run: &str) -> Result<(), LedgerError> {
    let both = units(&UNITS);
    loop {
        match ledger.lock(&both, &holder(run)).await {
            Err(LedgerError::Held { .. }) => tokio::time::sleep(Duration::from_millis(500)).await,
            ended => break ended?,
        }
    }
    let start = start(run, &UNITS);
    book.about_run(&start);
    ledger.begin_run(&start).await?;
    book.answered();
    for number in 0..5 {
        commit(ledger, book, run, &[put("customer/acme", number)]).await?;
    }
    commit(ledger, book, run, &[put("template/gold", 1), put("user/acme/ann@acme.example", 2)]).await?;
    commit(ledger, book, run, &[Change::Remove { object: "customer/acme".parse().unwrap() }]).await?;
    ledger.end_run(run, "2026-11-22T18:00:00Z").await?;
    ledger.unlock(run).await
}

fn mortal() -> Habits {
    Habits { gone_after: Duration::from_secs(2), ..asleep() }
}

/// Returns how many requests a run makes.
async fn length() -> usize {
    let raw = memory();
    let store = Willful::new(&raw, Will::Stops { after: usize::MAX, last_is_done: false });
    let shared: Arc<dyn ObjectStore> = Arc::clone(&store) as Arc<dyn ObjectStore>;
    work(&shared, mortal(), &Book::default(), "r1").await.unwrap();
    store.asked()
}

/// Reads what a dead process has left, and works on it to the end.
async fn carry_on(raw: &Arc<dyn ObjectStore>, book: &Book, run: &str, what: &str) {
    let reader = open(raw).await;
    let found = all(&reader).await;
    book.may().allows(&found).unwrap_or_else(|why| panic!("{what}: {why}"));
    book.settle(&found);
    work(raw, mortal(), book, run).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    let found = all(&reader).await;
    book.may().allows(&found).unwrap_or_else(|why| panic!("{what}, after: {why}"));
    assert_eq!(reader.locks().await.unwrap(), [], "{what}");
    assert_eq!(reader.last_run().await.unwrap().unwrap().start.run, run, "{what}");
}

#[tokio::test(start_paused = true)]
async fn a_process_may_die_before_and_after_each_of_its_requests() {
    let length = length().await;
    assert!(length > 40, "{length}");
    for last_is_done in [false, true] {
        for after in 0..length {
            let (raw, book) = (memory(), Book::default());
            let store: Arc<dyn ObjectStore> = Willful::new(&raw, Will::Stops { after, last_is_done });
            let what = format!("request {after}, done: {last_is_done}");
            // What only makes the log short may fail without anybody hearing of it.
            drop(work(&store, mortal(), &book, "r1").await);
            carry_on(&raw, &book, "r2", &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_makes_nothing_happen_twice() {
    for of in 0..length().await {
        let (raw, book) = (memory(), Book::default());
        let store: Arc<dyn ObjectStore> = Willful::new(&raw, Will::LosesAnswer { of });
        work(&store, mortal(), &book, "r1").await.unwrap_or_else(|error| {
            // The probe alone is in doubt about a store that says nothing.
            assert!(of < 9, "request {of}: {error}");
        });
        carry_on(&raw, &book, "r2", &format!("request {of}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_one_that_carries_on_may_die_too() {
    let length = length().await;
    for after in 0..length {
        let (raw, book) = (memory(), Book::default());
        let store: Arc<dyn ObjectStore> = Willful::new(&raw, Will::Stops { after, last_is_done: after % 2 == 0 });
        drop(work(&store, mortal(), &book, "r1").await);
        let found = all(&open(&raw).await).await;
        book.may().allows(&found).unwrap();
        book.settle(&found);
        let second = (after * 17 + 5) % length;
        let store: Arc<dyn ObjectStore> =
            Willful::new(&raw, Will::Stops { after: second, last_is_done: after % 3 == 0 });
        drop(work(&store, mortal(), &book, "r2").await);
        carry_on(&raw, &book, "r3", &format!("requests {after} and {second}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_dead_may_wake_up_and_write_nothing() {
    let length = length().await;
    for after in (0..length).step_by(3) {
        let (raw, book) = (memory(), Book::default());
        let place = ObjectPlace::over(PLACE, Arc::clone(&raw)).with_habits(mortal());
        drop(ObjectLedger::open(&place, &expected(), "lineage-1").await.unwrap());
        // The same handle, whose line comes back: it has noticed nothing.
        let flaky = Arc::new(AtomicUsize::new(after));
        let store: Arc<dyn ObjectStore> = Willful::new(&raw, Will::Fails(Arc::clone(&flaky)));
        let place = ObjectPlace::over(PLACE, Arc::clone(&store)).with_habits(mortal());
        let Ok(ledger) = ObjectLedger::open(&place, &expected(), "lineage-1").await else { continue };
        drop(work_on(&ledger, &book, "r1").await);
        flaky.store(usize::MAX, Ordering::SeqCst);
        carry_on(&raw, &book, "r2", &format!("request {after}")).await;
        let before = all(&open(&raw).await).await;
        assert!(is_lock_lost(&ledger.commit("r1", &[put("customer/acme", 99)]).await), "{after}");
        assert!(is_lock_lost(&ledger.commit("r1", &[put("customer/acme", 99), put("template/gold", 99)]).await));
        assert_eq!(all(&open(&raw).await).await, before, "{after}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_sees_at_any_moment_what_some_commit_has_left() {
    let (raw, book) = (memory(), Book::default());
    let looks = Arc::new(AtomicUsize::new(0));
    let happening: Arc<dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync> = {
        let (raw, book, looks) = (Arc::clone(&raw), book.clone(), Arc::clone(&looks));
        Arc::new(move || {
            let (raw, book, looks) = (Arc::clone(&raw), book.clone(), Arc::clone(&looks));
            Box::pin(async move {
                let place = ObjectPlace::over(PLACE, raw).with_habits(habits());
                let Some(reader) = ObjectLedger::existing(&place, &expected()).await.unwrap() else { return };
                book.may().allows(&all(&reader).await).unwrap();
                looks.fetch_add(1, Ordering::SeqCst);
            })
        })
    };
    let store: Arc<dyn ObjectStore> = Willful::new(&raw, Will::After(happening));
    work(&store, mortal(), &book, "r1").await.unwrap();
    work(&store, mortal(), &book, "r2").await.unwrap();
    assert!(looks.load(Ordering::SeqCst) > 60);
}

#[tokio::test(start_paused = true)]
async fn a_reader_between_whose_requests_everything_changes_sees_one_moment_of_it() {
    let (raw, book) = (memory(), Book::default());
    let writer = Arc::new(open(&raw).await);
    work_on(&writer, &book, "r0").await.unwrap();
    let rounds = Arc::new(AtomicUsize::new(1));
    let happening: Arc<dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync> = {
        let (writer, book, rounds) = (Arc::clone(&writer), book.clone(), Arc::clone(&rounds));
        Arc::new(move || {
            let (writer, book, rounds) = (Arc::clone(&writer), book.clone(), Arc::clone(&rounds));
            Box::pin(async move {
                let round = rounds.fetch_add(1, Ordering::SeqCst);
                // Enough to keep every second look from being the last one.
                if round % 7 < 5 {
                    work_on(&writer, &book, &format!("r{round}")).await.unwrap();
                }
            })
        })
    };
    let store: Arc<dyn ObjectStore> = Willful::new(&raw, Will::Before(happening));
    let place = ObjectPlace::over(PLACE, store).with_habits(habits());
    let reader = ObjectLedger::existing(&place, &expected()).await.unwrap().unwrap();
    for _ in 0..10 {
        let least = book.may().answered;
        let found = all(&reader).await;
        let most = book.may().answered;
        for (unit, version) in &found.versions {
            assert!((least[unit].version..=most[unit].version).contains(version), "{unit}");
        }
        // A run always ends with the customer removed and the user there; in the middle it is there.
        assert!(found.records.len() >= 2, "{found:?}");
    }
}
