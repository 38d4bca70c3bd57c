use super::*;
use crate::ledger::Vitality;

#[tokio::test(start_paused = true)]
async fn a_unit_is_held_by_one_and_given_back_without_a_trace() {
    let store = memory();
    let (one, other) = (open(&store).await, open(&store).await);
    let both = units(&["customer/acme", "templates"]);
    one.lock(&both, &holder("r1")).await.unwrap();
    one.lock(&both, &holder("r1")).await.unwrap();
    let Err(LedgerError::Held { unit: held, holder: by, .. }) = other.lock(&both, &holder("r2")).await else {
        panic!()
    };
    assert!(both.contains(&held) && by.run == "r1", "{by}");
    let locks = other.locks().await.unwrap();
    assert_eq!(locks.iter().map(|lock| lock.unit.clone()).collect::<BTreeSet<_>>(), both);
    assert!(locks.iter().all(|lock| lock.holder == holder("r1") && lock.vitality != Vitality::Gone));
    assert!(one.locks().await.unwrap().iter().all(|lock| lock.vitality == Vitality::Alive));
    one.unlock("r1").await.unwrap();
    assert_eq!(other.locks().await.unwrap(), []);
    other.lock(&both, &holder("r2")).await.unwrap();
    other.unlock("r2").await.unwrap();
    let left = names(&store).await;
    assert_eq!(left, ["ledger.json", "units/customer/acme/base.json", "units/templates/base.json"]);
}

#[tokio::test(start_paused = true)]
async fn all_or_nothing_is_taken() {
    let store = memory();
    let (one, other) = (open(&store).await, open(&store).await);
    one.lock(&units(&["customer/b"]), &holder("r1")).await.unwrap();
    let some = units(&["customer/a", "customer/b", "customer/c"]);
    assert!(matches!(other.lock(&some, &holder("r2")).await, Err(LedgerError::Held { .. })));
    one.lock(&units(&["customer/a", "customer/c"]), &holder("r1")).await.unwrap();
    assert!(is_lock_lost(&other.commit("r2", &[put("customer/a", 1)]).await));
}

#[tokio::test(start_paused = true)]
async fn a_holder_whose_heart_beats_is_waited_for_and_one_whose_heart_has_stopped_is_taken_over() {
    let store = memory();
    let (one, other) = (open(&store).await, open(&store).await);
    let acme = units(&["customer/acme"]);
    one.lock(&acme, &holder("r1")).await.unwrap();
    one.commit("r1", &[put("customer/acme", 1)]).await.unwrap();
    // For several times as long as a stopped heart is watched.
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < habits().gone_after * 4 {
        assert!(matches!(other.lock(&acme, &holder("r2")).await, Err(LedgerError::Held { .. })));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(other.locks().await.unwrap()[0].vitality, Vitality::Alive);
    drop(one);
    lock(&other, &acme, "r2").await;
    other.commit("r2", &[put("customer/acme", 2)]).await.unwrap();
    assert_eq!(all(&other).await.versions, [(unit("customer/acme"), 2)].into());
}

#[tokio::test(start_paused = true)]
async fn one_look_is_not_enough_to_take_over() {
    let store = memory();
    let sleeper = open_with(&store, asleep()).await;
    let acme = units(&["customer/acme"]);
    sleeper.lock(&acme, &holder("r1")).await.unwrap();
    tokio::time::sleep(habits().gone_after * 2).await;
    let other = open(&store).await;
    assert!(matches!(other.lock(&acme, &holder("r2")).await, Err(LedgerError::Held { .. })));
}

/// Whoever wakes up believes that its locks are its own: only the log can tell it.
#[tokio::test(start_paused = true)]
async fn a_holder_that_slept_while_it_was_taken_over_cannot_write() {
    for compacted in [false, true] {
        let store = memory();
        let (sleeper, other) = (open_with(&store, asleep()).await, open(&store).await);
        let both = units(&["customer/acme", "templates"]);
        sleeper.lock(&both, &holder("r1")).await.unwrap();
        sleeper.commit("r1", &[put("customer/acme", 1)]).await.unwrap();
        lock(&other, &units(&["customer/acme"]), "r2").await;
        if compacted {
            for number in 2..9 {
                other.commit("r2", &[put("customer/acme", number)]).await.unwrap();
            }
            other.unlock("r2").await.unwrap();
        }
        let before = all(&other).await;
        let several = [put("template/gold", 1), put("customer/acme", 1)];
        assert!(is_lock_lost(&sleeper.commit("r1", &several).await), "and nothing of the other unit");
        assert_eq!(all(&other).await, before);
        for _ in 0..3 {
            assert!(is_lock_lost(&sleeper.commit("r1", &[put("customer/acme", 1)]).await));
        }
        assert!(is_lock_lost(&sleeper.begin_run(&start("r1", &["customer/acme"])).await));
        assert_eq!(all(&other).await, before);
        assert_eq!(other.last_run().await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_one_number_that_a_sleeper_would_write_is_never_free_again() {
    let store = memory();
    let (sleeper, other) = (open_with(&store, asleep()).await, open(&store).await);
    let acme = units(&["customer/acme"]);
    sleeper.lock(&acme, &holder("r1")).await.unwrap();
    // Straight to the log, as if the sleeper's request were on its way already.
    lock(&other, &acme, "r2").await;
    for number in 0..20 {
        other.commit("r2", &[put("customer/acme", number)]).await.unwrap();
    }
    other.unlock("r2").await.unwrap();
    let before = all(&other).await;
    assert!(is_lock_lost(&sleeper.commit("r1", &[put("customer/acme", 99)]).await));
    assert_eq!(all(&other).await, before);
    let fences = names(&store).await.into_iter().filter(|name| name.contains("/log/")).count();
    assert_eq!(fences, 1, "of the whole log the fence alone stays");
}

#[tokio::test(start_paused = true)]
async fn a_fence_goes_when_nobody_can_still_be_asleep() {
    use super::store::{Will, Willful};
    let raw = memory();
    let (sleeper, other) = (open_with(&raw, asleep()).await, open(&raw).await);
    let acme = units(&["customer/acme"]);
    sleeper.lock(&acme, &holder("r1")).await.unwrap();
    lock(&other, &acme, "r2").await;
    other.unlock("r2").await.unwrap();
    let day = Duration::from_hours(24);
    for (days, fences) in [(0, 1), (29, 1), (31, 0)] {
        let store: Arc<dyn ObjectStore> = Willful::new(&raw, Will::Ages(day * days));
        let later = open(&store).await;
        lock(&later, &acme, &format!("r{}", days + 3)).await;
        later.commit(&format!("r{}", days + 3), &[put("customer/acme", 1)]).await.unwrap();
        later.unlock(&format!("r{}", days + 3)).await.unwrap();
        let left = names(&raw).await.into_iter().filter(|name| name.contains("/log/")).count();
        assert_eq!(left, fences, "after {days} days");
    }
    assert_eq!(all(&other).await.versions, [(unit("customer/acme"), 3)].into());
}

#[tokio::test(start_paused = true)]
async fn an_operator_may_give_back_what_a_run_holds_and_the_run_cannot_write_any_more() {
    for awake in [true, false] {
        let habits = if awake { habits() } else { asleep() };
        let store = memory();
        let (one, operator) = (open_with(&store, habits).await, open(&store).await);
        let both = units(&["customer/acme", "templates"]);
        one.lock(&both, &holder("r1")).await.unwrap();
        operator.unlock("r1").await.unwrap();
        assert!(is_lock_lost(&one.commit("r1", &[put("customer/acme", 1)]).await));
        assert!(is_lock_lost(&one.commit("r1", &[put("customer/acme", 1), put("template/gold", 1)]).await));
        assert!(all(&operator).await.versions.is_empty());
        operator.lock(&both, &holder("r2")).await.unwrap();
        one.unlock("r1").await.unwrap();
        operator.commit("r2", &[put("customer/acme", 2)]).await.unwrap();
        operator.unlock("nobody").await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_could_not_renew_for_long_sends_nothing() {
    use super::store::{Will, Willful};
    let raw = memory();
    drop(open(&raw).await);
    let habits = Habits { renew_every: Duration::from_hours(1), ..habits() };
    let store = Willful::new(&raw, Will::Stops { after: usize::MAX, last_is_done: false });
    let shared: Arc<dyn ObjectStore> = Arc::clone(&store) as Arc<dyn ObjectStore>;
    let one = open_with(&shared, habits).await;
    one.lock(&units(&["templates"]), &holder("r1")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(31)).await;
    let asked = store.asked();
    assert!(is_lock_lost(&one.commit("r1", &[put("template/gold", 1)]).await));
    assert_eq!(store.asked(), asked);
}

/// Somebody reads that a unit is free and falls asleep; meanwhile another run comes, goes, and clears the log away.
#[tokio::test(start_paused = true)]
async fn a_take_of_a_number_that_has_been_there_before_is_nothing() {
    use super::store::{Will, Willful};
    let raw = memory();
    let acme = units(&["customer/acme"]);
    let quick = Arc::new(open(&raw).await);
    lock(&quick, &acme, "r0").await;
    quick.unlock("r0").await.unwrap();
    // Before each request of the slow one in turn, the quick one does all of its work and holds the unit in the end.
    for moment in 0..12 {
        let raw = memory();
        let quick = Arc::new(open(&raw).await);
        let counter = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let happening: Arc<dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync> = {
            let (quick, acme) = (Arc::clone(&quick), acme.clone());
            Arc::new(move || {
                let (quick, acme) = (Arc::clone(&quick), acme.clone());
                let now = counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == moment;
                Box::pin(async move {
                    // Once the slow one has it, it is the quick one that is refused.
                    if now && quick.lock(&acme, &holder("r1")).await.is_ok() {
                        for number in 0..7 {
                            quick.commit("r1", &[put("customer/acme", number)]).await.unwrap();
                        }
                        quick.unlock("r1").await.unwrap();
                        quick.lock(&acme, &holder("r3")).await.unwrap();
                    }
                })
            })
        };
        let slow: Arc<dyn ObjectStore> = Willful::new(&raw, Will::Before(happening));
        let slow = open(&slow).await;
        let taken = slow.lock(&acme, &holder("r2")).await;
        let by_slow = slow.commit("r2", &[put("customer/acme", 50)]).await;
        let by_quick = quick.commit("r3", &[put("customer/acme", 60)]).await;
        assert_eq!(taken.is_ok(), by_slow.is_ok(), "{moment}: {taken:?} {by_slow:?}");
        assert!(!(by_slow.is_ok() && by_quick.is_ok()), "{moment}: both hold it");
        let reader = open(&raw).await;
        let versions = all(&reader).await.versions.into_values().sum::<u64>();
        let written = u64::from(by_slow.is_ok()) + if by_quick.is_ok() { 8 } else { 0 };
        assert!(versions == written || versions == written + 7, "{moment}: {versions} of {written}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_handle_of_the_same_run_goes_on_with_its_units() {
    let store = memory();
    let (one, other) = (open(&store).await, open(&store).await);
    let acme = units(&["customer/acme"]);
    one.lock(&acme, &holder("r1")).await.unwrap();
    for number in 0..9 {
        let ledger = if number % 2 == 0 { &one } else { &other };
        ledger.commit("r1", &[put("customer/acme", number)]).await.unwrap();
    }
    assert_eq!(all(&one).await.versions, [(unit("customer/acme"), 9)].into());
    other.unlock("r1").await.unwrap();
    assert!(is_lock_lost(&one.commit("r1", &[put("customer/acme", 1)]).await));
}
