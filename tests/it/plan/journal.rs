//! What a plan makes of requests whose answer is not known (R16).

use hubform::{
    model::{
        Address, Entry, EntryId, JobId, Lifecycle, ObservedJob, Reading, RemoteIds, RequestKind, Settlement, Value,
    },
    plan::Plan,
};

use super::scene::{Scene, at, name};

const ANN: &str = "user/a/ann@a.example";
const EAST: &str = "location/a/east";

/// Writes an entry into the journal, `seconds` before the plan is made.
fn journal(scene: &mut Scene, object: &str, request: RequestKind, seconds: i64) -> EntryId {
    let id = EntryId { run: "run1".to_owned(), number: scene.ledger.journal.len() as u64 + 1 };
    let fields = scene.desired.objects.get(&at(object)).map(|it| it.spec.fields()).unwrap_or_default();
    let entry = Entry {
        id: id.clone(),
        step: format!("{object}#step"),
        object: at(object),
        request,
        at: scene.now - jiff::SignedDuration::from_secs(seconds),
        fields: fields.iter().map(|(path, value)| (path.clone(), Some(value.clone()))).collect(),
        lifecycle: Some(Lifecycle { protect: true, ..Lifecycle::default() }),
        job: None,
        ended: None,
    };
    scene.ledger.journal.insert(id.clone(), entry);
    id
}

fn settled(plan: &Plan) -> Vec<&EntryId> {
    plan.parts.iter().flat_map(|part| &part.settled).collect()
}

fn steps_of(plan: &Plan, object: &str) -> Vec<String> {
    plan.steps().filter(|step| step.object == at(object)).map(|step| step.id.to_string()).collect()
}

fn waits_of(plan: &Plan, object: &str) -> Vec<String> {
    plan.waits().filter(|wait| wait.object == at(object)).map(|wait| wait.code.clone()).collect()
}

/// Takes Ann, who is to be created, off the service and out of the ledger.
fn without_ann(scene: &mut Scene) {
    scene.ledger.records.remove(&at(ANN));
    scene.seen("a").subscribers.retain(|it| it.email.as_str() != "ann@a.example");
    scene.organization("a").people.retain(|_, it| !it.emails.iter().any(|it| it.as_str() == "ann@a.example"));
}

#[test]
fn what_a_lost_request_made_is_ours_and_holds_what_was_sent() {
    let mut scene = Scene::settled();
    let record = scene.ledger.records.remove(&at(ANN)).unwrap();
    let entry = journal(&mut scene, ANN, RequestKind::CreateSubscriber, 5);
    let plan = scene.plan();
    assert_eq!(settled(&plan), [&entry]);
    assert!(plan.steps().next().is_none() && plan.waits().next().is_none(), "{}", scene.text());
    let learnt: Vec<_> = plan.parts.iter().flat_map(|part| &part.catch_up).filter(|it| it.object == at(ANN)).collect();
    let last = learnt.last().unwrap().record.as_ref().unwrap();
    // What the manifest says about its life has the last word.
    assert_eq!((&last.ids, &last.applied, last.created), (&record.ids, &record.applied, true));
    let first = learnt.first().unwrap().record.as_ref().unwrap();
    assert!(first.created && first.lifecycle.protect);
}

#[test]
fn what_was_made_is_removed_if_its_manifest_has_gone_since() {
    let mut scene = Scene::settled();
    scene.ledger.records.remove(&at(ANN));
    journal(&mut scene, ANN, RequestKind::CreateSubscriber, 5);
    scene.unwrite(ANN);
    let plan = scene.plan();
    assert_eq!(plan.refusals().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["HF526"], "the entry protects her");
    for entry in scene.ledger.journal.values_mut() {
        entry.lifecycle = None;
    }
    assert!(steps_of(&scene.plan(), ANN).iter().any(|id| id.ends_with("#delete")), "{}", scene.text());
}

#[test]
fn what_is_not_seen_is_waited_for_in_the_window_and_made_again_after_it() {
    for (seconds, early) in [(5, true), (59, true), (60, false), (3600, false)] {
        let mut scene = Scene::settled();
        without_ann(&mut scene);
        let entry = journal(&mut scene, ANN, RequestKind::CreateSubscriber, seconds);
        let plan = scene.plan();
        if early {
            assert!(steps_of(&plan, ANN).is_empty() && settled(&plan).is_empty(), "{seconds}: {}", scene.text());
            assert_eq!(waits_of(&plan, ANN), ["HF610"]);
            let wait = plan.waits().next().unwrap();
            assert!(wait.action.contains("after 2026-11-22T17:0"), "{}", wait.action);
        } else {
            assert_eq!(settled(&plan), [&entry]);
            assert!(steps_of(&plan, ANN).iter().any(|id| id.ends_with("#create")), "{seconds}: {}", scene.text());
        }
        assert!(steps_of(&plan, "user/a/bob@a.example").is_empty(), "others are nobody's business");
    }
}

#[test]
fn a_customer_has_ten_minutes_and_everything_below_waits_with_it() {
    let mut scene = Scene::new_customer();
    let entry = journal(&mut scene, "customer/a", RequestKind::CreateCustomer, 599);
    let plan = scene.plan();
    assert_eq!(waits_of(&plan, "customer/a"), ["HF610"]);
    assert!(plan.parts.iter().filter(|part| part.customer.is_some()).all(|part| part.steps.is_empty()));
    scene.now += jiff::SignedDuration::from_secs(1);
    let plan = scene.plan();
    assert_eq!(settled(&plan), [&entry]);
    assert_eq!(steps_of(&plan, "customer/a"), ["customer/a#create"]);
}

#[test]
fn a_read_that_failed_settles_nothing() {
    for reading in [Reading::Failed("503".to_owned()), Reading::Ambiguous(vec!["x".to_owned(), "y".to_owned()])] {
        let mut scene = Scene::settled();
        without_ann(&mut scene);
        journal(&mut scene, ANN, RequestKind::CreateSubscriber, 3600);
        scene.observed.customers.insert(name("a"), reading);
        assert!(settled(&scene.plan()).is_empty());
    }
    let mut scene = Scene::settled();
    without_ann(&mut scene);
    journal(&mut scene, ANN, RequestKind::CreateSubscriber, 3600);
    scene.only = Some([name("b")].into());
    assert!(settled(&scene.plan()).is_empty(), "a customer that was not chosen was not read");
}

#[test]
fn users_of_a_location_that_may_come_to_be_wait_for_it() {
    let mut scene = Scene::settled();
    scene.ledger.records.remove(&at(EAST));
    scene.ledger.records.remove(&at("user/a/bob@a.example"));
    scene.seen("a").subscribers.retain(|it| it.email.as_str() != "bob@a.example");
    scene.organization("a").people.retain(|_, it| !it.emails.iter().any(|it| it.as_str() == "bob@a.example"));
    scene.organization("a").locations.retain(|_, it| it.name != "East");
    journal(&mut scene, EAST, RequestKind::CreateLocation, 5);
    let plan = scene.plan();
    assert_eq!(waits_of(&plan, EAST), ["HF610"], "{}", scene.text());
    assert_eq!(waits_of(&plan, "user/a/bob@a.example"), ["HF610"]);
    assert!(steps_of(&plan, "user/a/bob@a.example").is_empty() && steps_of(&plan, EAST).is_empty());
}

#[test]
fn who_goes_to_a_location_does_not_wait_for_what_goes_on_there() {
    const BOB: &str = "user/a/bob@a.example";
    let mut scene = Scene::settled();
    let entry = journal(&mut scene, EAST, RequestKind::DisableCalling, 5);
    scene.observed.jobs.insert(entry, ObservedJob::Running);
    assert!(steps_of(&scene.plan(), BOB).is_empty(), "he is where he should be: {}", scene.text());
    scene.user(ANN).location = Some(name("east"));
    scene.user(ANN).phone_number = None;
    let plan = scene.plan();
    assert_eq!(waits_of(&plan, EAST), ["HF637"]);
    assert!(steps_of(&plan, ANN).iter().any(|id| id.ends_with("#move")), "{}", scene.text());
    let part = plan.parts.iter().find(|part| part.customer == Some(name("a"))).unwrap();
    assert!(part.known.contains_key(&at(EAST)), "she needs its id");
}

#[test]
fn a_job_decides_what_became_of_its_request() {
    let cases = [
        (Some(ObservedJob::Running), true, 3600, true),
        (Some(ObservedJob::Running), false, 3600, true),
        (Some(ObservedJob::Failed("503".to_owned())), true, 3600, true),
        (Some(ObservedJob::Ended), true, 5, false),
        // Nobody knows which job it was: it may still begin.
        (Some(ObservedJob::Ended), false, 5, true),
        (Some(ObservedJob::Ended), false, 3600, false),
    ];
    for (job, known, seconds, held) in cases {
        let mut scene = Scene::settled();
        scene.user(ANN).extension = Some("199".parse().unwrap());
        let entry = journal(&mut scene, ANN, RequestKind::MoveUser, seconds);
        if known {
            scene.ledger.journal.get_mut(&entry).unwrap().job = Some(JobId::new("j1"));
        }
        scene.observed.jobs.extend(job.clone().map(|job| (entry.clone(), job)));
        let plan = scene.plan();
        let what = format!("{job:?}, known: {known}, {seconds} s ago: {}", scene.text());
        assert_eq!(waits_of(&plan, ANN) == ["HF637"], held, "{what}");
        assert_eq!(steps_of(&plan, ANN).is_empty(), held, "{what}");
        assert_eq!(settled(&plan).is_empty(), held, "{what}");
    }
}

#[test]
fn calling_that_changes_without_a_job_is_read_like_any_value() {
    let mut scene = Scene::settled();
    let entry = journal(&mut scene, EAST, RequestKind::UpdateCalling, 5);
    scene.ledger.journal.get_mut(&entry).unwrap().fields.retain(|(path, _)| path.as_str() != "routingPrefix");
    scene.observed.jobs.insert(entry.clone(), ObservedJob::Ended);
    assert_eq!(settled(&scene.plan()), [&entry]);
}

#[test]
fn what_may_have_been_sent_and_cannot_be_read_is_sent_again() {
    let mut scene = Scene::settled();
    let entry = journal(&mut scene, "customer/a", RequestKind::UpdateCustomer, 5);
    let quantity = "packages[webex_calling].quantity".to_owned();
    scene.customer("customer/a").packages.values_mut().for_each(|terms| terms.quantity = Some(7));
    for package in ["webex_calling", "webex_suite"] {
        let path = format!("packages[{package}].quantity");
        scene.record("customer/a").applied.set(path, Value::Number(7));
    }
    // The ledger says 7, the manifest says 7, and a request with 9 may have been carried out.
    scene.ledger.journal.get_mut(&entry).unwrap().fields = vec![(quantity.into(), Some(Value::Number(9)))];
    let plan = scene.plan();
    assert_eq!(settled(&plan), [&entry]);
    assert!(!steps_of(&plan, "customer/a").is_empty(), "{}", scene.text());
    let mut quiet = scene.clone();
    quiet.ledger.journal.clear();
    assert!(steps_of(&quiet.plan(), "customer/a").is_empty(), "{}", quiet.text());
}

#[test]
fn numbers_that_were_asked_to_go_are_waited_for() {
    for (seconds, held) in [(5, true), (3600, false)] {
        let mut scene = Scene::settled();
        let entry = journal(&mut scene, EAST, RequestKind::RemoveNumbers, seconds);
        let gone = scene.location(EAST).numbers.last().cloned().unwrap();
        scene.location(EAST).numbers.remove(&gone);
        scene.ledger.journal.get_mut(&entry).unwrap().fields = vec![(format!("numbers[{gone}]").into(), None)];
        let plan = scene.plan();
        assert_eq!(!waits_of(&plan, EAST).is_empty(), held, "{}", scene.text());
        assert_eq!(steps_of(&plan, EAST).is_empty(), held, "{}", scene.text());
    }
}

#[test]
fn a_new_name_waits_until_it_is_known_what_became_of_the_old_one() {
    let mut scene = Scene::settled();
    let record = scene.ledger.records.remove(&at(EAST)).unwrap();
    let object = scene.desired.objects.remove(&at(EAST)).unwrap();
    scene.ledger.records.insert(at("location/a/old"), record);
    scene.desired.objects.insert(at(EAST), object);
    scene.object_mut(EAST).renamed_from = Some(at("location/a/old"));
    scene.record("user/a/bob@a.example").applied.set("location", Value::text("old"));
    let refusals = |scene: &Scene| scene.plan().refusals().map(|it| it.code.clone()).collect::<Vec<_>>();
    assert!(refusals(&scene).is_empty(), "{}", scene.text());
    journal(&mut scene, "location/a/old", RequestKind::UpdateLocation, 3600);
    assert_eq!(refusals(&scene), ["HF610"]);
}

#[test]
fn a_customer_that_no_manifest_describes_any_more_is_settled_too() {
    let mut scene = Scene::settled();
    for (address, _) in std::mem::take(&mut scene.desired.objects) {
        if address.customer().is_some() {
            scene.ledger.records.remove(&address);
        }
    }
    journal(&mut scene, "customer/a", RequestKind::CreateCustomer, 5);
    let plan = scene.plan();
    assert_eq!(settled(&plan).len(), 1);
    // It exists, it is ours, and no document says that it may go.
    assert!(plan.refusals().any(|it| it.object == at("customer/a")), "{}", scene.text());
    scene.observed.customers.insert(name("a"), Reading::Absent);
    assert_eq!(waits_of(&scene.plan(), "customer/a"), ["HF610"]);
}

#[test]
fn every_kind_of_request_says_how_it_is_settled() {
    use RequestKind as R;
    let made = [R::CreateTemplate, R::CreateCustomer, R::CreateLocation, R::CreateSubscriber];
    assert!(made.iter().all(|kind| kind.settlement() == Settlement::Made));
    let jobs = [R::DisableCalling, R::MoveUser];
    assert!(jobs.iter().all(|kind| kind.settlement() == Settlement::Job));
    assert_eq!(R::UpdateCustomer.settlement(), Settlement::Replay);
}

#[test]
fn an_entry_that_has_ended_says_nothing() {
    let mut scene = Scene::settled();
    without_ann(&mut scene);
    let entry = journal(&mut scene, ANN, RequestKind::CreateSubscriber, 5);
    scene.ledger.journal.get_mut(&entry).unwrap().ended = Some(hubform::model::Ended::NotDone);
    let plan = scene.plan();
    assert!(settled(&plan).is_empty() && waits_of(&plan, ANN).is_empty());
    assert!(!steps_of(&plan, ANN).is_empty());
    let ids = |record: &hubform::model::Record| matches!(record.ids, RemoteIds::User { .. });
    assert!(scene.ledger.records.iter().all(|(at, record)| matches!(at, Address::User(..)) == ids(record)));
}
