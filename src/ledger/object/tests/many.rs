use super::*;

/// Of those who contend for real.
fn quick() -> Habits {
    Habits { pause: Duration::from_millis(1), ..habits() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_handles_lose_no_commit() {
    let store = memory();
    drop(open(&store).await);
    let shared = unit("customer/shared");
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (store, shared) = (Arc::clone(&store), shared.clone());
            tokio::spawn(async move {
                let ledger = open_with(&store, quick()).await;
                for round in 0..5 {
                    let run = format!("r{number}-{round}");
                    let own = format!("customer/own-{number}");
                    lock(&ledger, &[unit(&own), shared.clone()].into(), &run).await;
                    let before = ledger.load(Units::Only(&[shared.clone()].into())).await.unwrap();
                    let count = before.versions.get(&shared).copied().unwrap_or_default();
                    ledger.begin_run(&start(&run, &[&own, "customer/shared"])).await.unwrap();
                    ledger.commit(&run, &[put("customer/shared", count), put(&own, round)]).await.unwrap();
                    ledger.end_run(&run, "2026-11-22T18:00:00Z").await.unwrap();
                    let after = ledger.load(Units::Only(&[shared.clone()].into())).await.unwrap();
                    assert_eq!(after.versions.get(&shared), Some(&(count + 2)), "somebody else wrote in between");
                    ledger.unlock(&run).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let ledger = open(&store).await;
    let state = all(&ledger).await;
    assert_eq!(state.versions.get(&shared), Some(&80));
    assert!((0..8).all(|number| state.versions.get(&unit(&format!("customer/own-{number}"))) == Some(&10)));
    assert_eq!(ledger.locks().await.unwrap(), []);
    let runs: Vec<_> = names(&store).await.into_iter().filter(|name| name.starts_with("runs/")).collect();
    assert_eq!(runs.len(), 40, "each run has a number of its own");
    assert!(!names(&store).await.iter().any(|name| name.contains("/log/") || name.starts_with("holders/")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn runs_that_want_each_others_units_all_come_to_their_end() {
    let store = memory();
    drop(open(&store).await);
    let tasks: Vec<_> = (0..6)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let ledger = open_with(&store, quick()).await;
                let names: Vec<String> = (0..4).map(|of| format!("customer/c{}", (number * 2 + of) % 6)).collect();
                let wanted: BTreeSet<Unit> = names.iter().map(|name| unit(name)).collect();
                for round in 0..4 {
                    let run = format!("r{number}-{round}");
                    lock(&ledger, &wanted, &run).await;
                    let changes: Vec<_> = names.iter().map(|name| put(name, round)).collect();
                    ledger.commit(&run, &changes).await.unwrap();
                    ledger.unlock(&run).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(all(&open(&store).await).await.versions.values().sum::<u64>(), 6 * 4 * 4);
}

#[tokio::test(start_paused = true)]
async fn many_units_are_found_in_one_list() {
    use super::store::{Will, Willful};
    let raw = memory();
    let ledger = open(&raw).await;
    let wanted: BTreeSet<Unit> = (0..300).map(|number| unit(&format!("customer/c{number}"))).collect();
    lock(&ledger, &wanted, "r1").await;
    let changes: Vec<_> = wanted.iter().map(|unit| put(&unit.to_string(), 1)).collect();
    ledger.commit("r1", &changes).await.unwrap();
    ledger.unlock("r1").await.unwrap();
    let store = Willful::new(&raw, Will::Stops { after: usize::MAX, last_is_done: false });
    let shared: Arc<dyn ObjectStore> = Arc::clone(&store) as Arc<dyn ObjectStore>;
    let reader = open(&shared).await;
    let before = store.asked();
    assert_eq!(all(&reader).await.records.len(), 300);
    assert_eq!(store.asked() - before, 301, "one list, and one read for each unit");
    let before = store.asked();
    let most: BTreeSet<Unit> = wanted.iter().skip(10).cloned().collect();
    assert_eq!(reader.load(Units::Only(&most)).await.unwrap().versions.len(), 290);
    assert_eq!(store.asked() - before, 291);
}

#[tokio::test(start_paused = true)]
async fn the_last_run_is_the_one_that_began_last_whatever_the_clocks_say() {
    let store = memory();
    let ledger = open(&store).await;
    assert_eq!(ledger.last_run().await.unwrap(), None);
    let both = units(&["customer/acme", "templates"]);
    lock(&ledger, &both, "r1").await;
    let first = start("r1", &["customer/acme", "templates"]);
    ledger.begin_run(&first).await.unwrap();
    let step = Change::Step {
        unit: unit("templates"),
        step: "templates#update".to_owned(),
        outcome: serde_json::json!({"result": "done"}),
    };
    ledger.commit("r1", &[step]).await.unwrap();
    ledger.end_run("r1", "2026-11-22T18:00:00Z").await.unwrap();
    ledger.unlock("r1").await.unwrap();
    let report = open(&store).await.last_run().await.unwrap().unwrap();
    assert_eq!((&report.start, report.ended.as_deref()), (&first, Some("2026-11-22T18:00:00Z")));
    assert_eq!(report.units[&unit("templates")].outcomes.len(), 1);
    lock(&ledger, &both, "r2").await;
    let second = RunStart { started: "2020-01-01T00:00:00Z".to_owned(), ..start("r2", &["customer/acme"]) };
    ledger.begin_run(&second).await.unwrap();
    let report = open(&store).await.last_run().await.unwrap().unwrap();
    assert_eq!((report.start, report.ended), (second, None));
    open(&store).await.end_run("r2", "2020-01-01T00:00:01Z").await.unwrap();
    assert_eq!(ledger.last_run().await.unwrap().unwrap().ended.as_deref(), Some("2020-01-01T00:00:01Z"));
    ledger.end_run("nobody", "2020-01-01T00:00:01Z").await.unwrap();
}
