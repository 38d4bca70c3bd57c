//! What the ledger holds after each step.

use std::sync::atomic::Ordering;

use hubform::{
    apply::StepResult::*,
    model::{
        CustomerId, CustomerStatus, Fields, Lifecycle, LocationId, OnRemove, Record, RemoteIds, RoleName, SubscriberId,
        Value,
    },
    plan::{CatchUp, Operation, Part},
};

use super::{
    Bench, branch, code, create_customer,
    double::{Fate, location, progress, refused},
    existing, fields, only, part, plan, refusal, rename, results, step, user, user_ids, with_field,
};

const ANN: &str = "user/johns-pizza/ann@johns-pizza.example";

fn record(ids: RemoteIds) -> Record {
    let lifecycle = Lifecycle { protect: true, on_remove: OnRemove::Keep, adopt: false };
    Record { ids, applied: fields(&[("firstName", "Ann"), ("extension", "201")]), lifecycle, created: true }
}

#[tokio::test(start_paused = true)]
async fn a_part_without_steps_still_catches_up_and_a_refused_one_does_not() {
    let bench = Bench::new();
    let gone = "user/johns-pizza/gone@johns-pizza.example";
    bench.put(gone, record(user_ids(true))).await;
    let learn = |object: &str, record: Option<Record>| CatchUp { object: object.parse().unwrap(), record };
    let quiet = Part {
        catch_up: vec![learn(ANN, Some(record(user_ids(true)))), learn(gone, None)],
        ..part(Some("johns-pizza"), Vec::new())
    };
    let other = "user/other/ann@other.example";
    let blocked = Part {
        catch_up: vec![learn(other, Some(record(user_ids(true))))],
        refusals: vec![refusal("customer/other")],
        ..part(Some("other"), Vec::new())
    };
    let outcome = bench.run(&plan(vec![quiet, blocked])).await;
    assert!(outcome.steps.is_empty());
    assert_eq!(bench.record(ANN), Some(record(user_ids(true))));
    assert_eq!(bench.record(gone), None);
    assert_eq!(bench.record(other), None);
}

#[tokio::test(start_paused = true)]
async fn only_what_was_done_is_recorded() {
    let bench = Bench::new();
    bench.put(ANN, record(user_ids(false))).await;
    let create = step(ANN, "create", Operation::CreateSubscriber { user: user(), line: None }, &[]);
    let _outcome = bench.run(&existing(vec![create])).await;
    bench.put(ANN, record(user_ids(false))).await;
    bench.double.fate("update_roles", Fate::Refused(refused()));
    // The person is not known, so it is looked for and remembered; the roles are not given, and not remembered.
    let roles = Operation::UpdateRoles {
        add: [RoleName::new("Full Administrator")].into(),
        remove: std::collections::BTreeSet::new(),
    };
    let roles = with_field(step(ANN, "roles", roles, &[]), "roles[full administrator]", "full administrator");
    let mut plan = existing(vec![roles]);
    plan.parts[0].known.insert(ANN.parse().unwrap(), user_ids(false));
    assert_eq!(only(&bench.run(&plan).await).result, Failed);
    let held = bench.record(ANN).unwrap();
    assert!(matches!(held.ids, RemoteIds::User { person_id: Some(_), .. }), "{held:?}");
    assert_eq!(held.applied, record(user_ids(true)).applied);
    // Now it works; the rest of the record stays as it was, its lifecycle too.
    assert_eq!(only(&bench.run(&plan).await).result, Done);
    let held = bench.record(ANN).unwrap();
    assert_eq!(held.applied.get("roles[full administrator]"), Some(&Value::text("full administrator")));
    assert_eq!(held.applied.text("extension"), Some("201"));
    assert!(held.lifecycle.protect && held.created);
}

#[tokio::test(start_paused = true)]
async fn what_takes_the_place_of_something_gone_starts_afresh() {
    let bench = Bench::new();
    let old = RemoteIds::User { id: SubscriberId::new("old"), person_id: None };
    bench.put(ANN, record(old)).await;
    let create = Operation::CreateSubscriber { user: user(), line: None };
    let create = with_field(step(ANN, "create", create, &[]), "firstName", "Anna");
    let mut plan = existing(vec![create]);
    plan.parts[0].known.remove(&ANN.parse().unwrap());
    let careful = Lifecycle { on_remove: OnRemove::Delete, ..Lifecycle::default() };
    plan.parts[0].lifecycle.insert(ANN.parse().unwrap(), careful);
    assert_eq!(only(&bench.run(&plan).await).result, Done);
    let held = bench.record(ANN).unwrap();
    assert_eq!(held.applied, fields(&[("firstName", "Anna")]));
    assert_eq!(held.lifecycle, careful);
    assert!(held.created);
}

#[tokio::test(start_paused = true)]
async fn adopting_writes_what_was_found_and_forgetting_takes_it_away() {
    let bench = Bench::new();
    let found = fields(&[("firstName", "Ann"), ("extension", "201")]);
    let adopt = with_field(step(ANN, "adopt", Operation::Adopt { applied: found.clone() }, &[]), "lastName", "Lee");
    assert_eq!(only(&bench.run(&existing(vec![adopt])).await).result, Done);
    let held = bench.record(ANN).unwrap();
    assert_eq!(held.ids, user_ids(true));
    assert_eq!(held.applied, fields(&[("firstName", "Ann"), ("extension", "201"), ("lastName", "Lee")]));
    assert!(!held.created);
    let forget = step(ANN, "forget", Operation::Forget, &[]);
    assert_eq!(only(&bench.run(&existing(vec![forget])).await).result, Done);
    assert_eq!(bench.record(ANN), None);
    assert!(bench.double.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_removal_takes_the_record_away_only_when_the_service_confirms() {
    let bench = Bench::new();
    let address = "customer/johns-pizza";
    let ids = RemoteIds::Customer { id: CustomerId::new("c1"), org_id: None };
    bench.put(address, record(ids)).await;
    let looks = [Some(progress(CustomerStatus::Provisioned, &[]))];
    bench.double.state().progress.insert(CustomerId::new("c1"), looks.into());
    let plan = existing(vec![step(address, "delete", Operation::DeleteCustomer, &[])]);
    bench.double.fate("delete_customer", Fate::Refused(refused()));
    assert_eq!(only(&bench.run(&plan).await).result, Failed);
    assert!(bench.record(address).is_some());
    assert_eq!(only(&bench.run(&plan).await).result, Done);
    assert_eq!(bench.record(address), None);
    let log = bench.double.state().log.clone();
    let at = |line: &str| log.iter().rposition(|it| it == line).unwrap();
    assert!(at("customer_progress c1") < at("ledger remove customer/johns-pizza"), "{log:?}");
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_written_ends_the_run_with_the_truth() {
    let mut bench = Bench::new();
    bench.settings.within = 1;
    let names = ["a", "b", "c"];
    let mut steps: Vec<_> = names
        .map(|name| {
            let operation = Operation::CreateLocation { location: branch(name) };
            step(&format!("location/johns-pizza/{name}"), "create", operation, &[])
        })
        .into();
    steps.push(step(
        "location/johns-pizza/a",
        "calling",
        Operation::EnableCalling { location: branch("a") },
        &[&steps[0]],
    ));
    *bench.fails_at.lock().unwrap() = Some("ledger put location/johns-pizza/b");
    let outcome = bench.run(&existing(steps)).await;
    assert_eq!(
        results(&outcome)[..2],
        [("location/johns-pizza/a#create", Done), ("location/johns-pizza/b#create", Failed)]
    );
    // It may have begun while the ledger was still at it.
    assert!(matches!(outcome.steps[2].result, Failed | Skipped) && outcome.steps[3].result == Skipped, "{outcome:?}");
    let failed = &outcome.steps[1];
    assert_eq!((code(failed), failed.requests), ("HF706", 1), "it was sent: {failed:?}");
    assert!(failed.error.as_ref().unwrap().text.contains("no space"), "{failed:?}");
    assert_eq!(outcome.steps[2].requests, 0, "it was not sent");
    assert_eq!(outcome.steps[3].because.as_deref(), Some("the ledger could not be written"));
    assert_eq!(bench.double.writes(), ["create_location a", "create_location b"]);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_catch_up_stops_everything_before_a_request() {
    let bench = Bench::new();
    bench.failed.store(true, Ordering::Relaxed);
    let mut plan = existing(vec![step("customer/johns-pizza", "name", rename("J"), &[])]);
    plan.parts[0].catch_up.push(CatchUp { object: ANN.parse().unwrap(), record: Some(record(user_ids(true))) });
    let error = bench.try_run(&plan, &|_| ()).await.unwrap_err();
    assert_eq!(error.code().0, "HF706");
    assert!(bench.double.state().log.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_first_location_of_a_customer_that_we_made_is_ours() {
    for found in [true, false] {
        let bench = Bench::new();
        bench.double.state().course = vec![CustomerStatus::Provisioned];
        if found {
            bench.double.state().customers.insert("new".to_owned(), CustomerId::new("id-of-new"));
            let now = progress(CustomerStatus::Provisioned, &[("webex_calling", "provisioned")]);
            bench.double.state().progress.insert(CustomerId::new("id-of-new"), [Some(now)].into());
        }
        bench.double.state().locations.insert(LocationId::new("l5"), location("Head Office", true));
        let new = step("customer/new", "create", create_customer("new"), &[]);
        let adopt = Operation::AdoptHeadquarters { display_name: "Head Office".to_owned() };
        let adopt = step("location/new/headquarters", "adopt", adopt, &[&new]);
        let outcome = bench.run(&existing(vec![new, adopt])).await;
        assert_eq!(outcome.steps[0].result, if found { AlreadyDone } else { Done });
        assert_eq!(outcome.steps[1].result, Done);
        let created = |address: &str| bench.record(address).unwrap().created;
        assert_eq!((created("customer/new"), created("location/new/headquarters")), (!found, !found));
        assert_eq!(bench.record("location/new/headquarters").unwrap().applied, Fields::default());
    }
}
