//! `hubform ledger unlock`: a lock is given back by its id, and not by accident.

use hubform::ledger::Vitality;

use super::bench::Bench;

fn with_ledger() -> Bench {
    let bench = Bench::new();
    bench.answer(0, &["ledger", "init"]);
    bench
}

#[test]
fn an_unknown_id_is_refused_with_what_was_probably_meant() {
    let bench = Bench::new();
    let ended = bench.run(&["ledger", "unlock", "run1"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("no lock has the id `run1`") && ended.stderr.contains("nothing is locked"),
        "{ended:?}"
    );
    assert!(!bench.path(".hubform").exists(), "no ledger was made");
    let bench = with_ledger();
    let _ledger = bench.hold("nightly1", None);
    let ended = bench.run(&["ledger", "unlock", "nightly2"]);
    assert!(ended.stderr.contains("did you mean `nightly1`?"), "{}", ended.stderr);
    assert_eq!(bench.locks().len(), 1);
}

#[test]
fn a_holder_of_another_host_is_unlocked_with_consent_only() {
    let bench = with_ledger();
    drop(bench.hold("nightly1", Some("elsewhere")));
    let held = [("customer/acme".to_owned(), "nightly1".to_owned(), Vitality::Unknown)];
    assert_eq!(bench.locks(), held);
    // Whoever has to wait is told the id, and status tells it too.
    let refused = bench.run(&["apply", "--auto-approve", "--quiet", "--wait", "0s"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("hubform ledger unlock nightly1"), "{}", refused.stderr);
    let status = bench.answer(3, &["status"]);
    assert!(status.contains("# locked customer/acme") && status.contains("hubform ledger unlock nightly1"), "{status}");
    // Without a terminal there is nobody to ask.
    let ended = bench.run(&["ledger", "unlock", "nightly1"]);
    assert_eq!(ended.code, Some(64), "{}", ended.stderr);
    assert!(ended.stderr.contains("nightly on elsewhere"), "{}", ended.stderr);
    assert_eq!(bench.locks(), held);
    let told = bench.answer(0, &["ledger", "unlock", "nightly1", "--force"]);
    assert!(told.starts_with("Unlocked: `customer/acme`, which was held by nightly on elsewhere"), "{told}");
    assert_eq!(bench.locks(), []);
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
}

#[test]
fn what_a_process_that_is_gone_held_is_unlocked_without_a_question() {
    let bench = with_ledger();
    drop(bench.hold("nightly1", None));
    assert_eq!(bench.locks(), [("customer/acme".to_owned(), "nightly1".to_owned(), Vitality::Gone)]);
    bench.answer(1, &["status"]);
    let told = bench.answer(0, &["ledger", "unlock", "nightly1", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["unlocked"][0], &told["holder"]), (&"customer/acme".into(), &"gone".into()));
    assert_eq!(bench.locks(), []);
    let left: Vec<_> = std::fs::read_dir(bench.path(".hubform")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("nightly1")), "{left:?}");
    bench.answer(0, &["status"]);
}
