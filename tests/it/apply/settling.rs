//! Requests whose answer is lost: settled by looking, never sent twice blindly.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use hubform::{
    apply::{Settings, StepResult::*},
    model::{
        CustomerId, CustomerStatus, Fields, LocationId, ObservedPstn, ObservedTemplate, PackageName, PersonId,
        ProvisioningId, Pstn, PstnKind, RemoteIds, RoleName, Route,
    },
    plan::{Edit, Operation, Plan, Step},
    webex::{Fault, Sent},
};
use tokio::time::Instant;

use super::{
    Bench, branch, code, create_customer,
    double::{Fate, error, location, lost, progress, refused},
    existing, fields, only, rename, step, user, user_ids, with_field,
};

const ANN: &str = "user/johns-pizza/ann@johns-pizza.example";
const HEADQUARTERS: &str = "location/johns-pizza/headquarters";

/// A service that has what [`existing`] knows.
fn bench() -> Bench {
    let bench = Bench::new();
    {
        let mut state = bench.double.state();
        state.customers.insert("johns-pizza".to_owned(), CustomerId::new("c1"));
        let now = progress(CustomerStatus::Provisioned, &[("webex_calling", "provisioned")]);
        state.progress.insert(CustomerId::new("c1"), [Some(now)].into());
        state.course = vec![CustomerStatus::Provisioned];
        state.locations.insert(LocationId::new("l1"), location("Head Office", true));
        let pstn = ObservedPstn {
            kind: Some(PstnKind::LocalGateway),
            option_id: "o".to_owned(),
            display_name: "Premises-based PSTN".to_owned(),
            trunk: Some("old".to_owned()),
            route_group: None,
            route_id: None,
        };
        let calling = state.locations.get_mut(&LocationId::new("l1")).unwrap().calling.as_mut().unwrap();
        calling.pstn = Some(pstn);
        calling.numbers.insert("+14085550199".parse().unwrap());
        let route = |name: &str| hubform::webex::RouteChoice {
            id: format!("id-of-{name}"),
            name: name.to_owned(),
            kind: hubform::webex::RouteKind::Trunk,
        };
        state.routes = vec![route("old"), route("trunk-1")];
        let observed = ObservedTemplate {
            provisioning_id: ProvisioningId::new("t1"),
            fields: fields(&[("displayName", "Standard US")]),
        };
        state.templates = Some(BTreeMap::from([("standard-us".to_owned(), observed)]));
    }
    // Ann is made by the service's own hand, so that all that belongs to her is there.
    bench
}

async fn with_ann(bench: &Bench) {
    let plan = existing(vec![step(ANN, "create", Operation::CreateSubscriber { user: user(), line: None }, &[])]);
    assert_eq!(only(&bench.run(&plan).await).result, Done);
    let mut state = bench.double.state();
    let person = state.people.pop_first().unwrap().1;
    state.people.insert(PersonId::new("p1"), person);
    let ann = state.subscribers.values_mut().next().unwrap();
    ann.id = hubform::model::SubscriberId::new("s1");
    ann.person_id = Some(PersonId::new("p1"));
    state.log.clear();
}

/// Every operation that sends something and can be read back, with the method that sends it.
fn operations() -> Vec<(&'static str, Step)> {
    let number = || vec!["+14085550101".parse().unwrap()];
    let role = || BTreeSet::from([RoleName::new("Full Administrator")]);
    let changed = Operation::UpdateCustomer {
        packages: ["webex_calling", "webex_meetings"].map(PackageName::new).into(),
        external_id: "johns-pizza".to_owned(),
        billing_address: None,
        quantities: BTreeMap::new(),
        headquarters: None,
        meetings_time_zone: None,
    };
    let pstn = Pstn::LocalGateway { route: Route::Trunk("trunk-1".to_owned()) };
    let list: Vec<(&str, &str, Operation)> = vec![
        ("create_template", "template/new", Operation::CreateTemplate { fields: fields(&[("displayName", "New")]) }),
        ("update_template", "template/standard-us", Operation::UpdateTemplate { fields: fields(&[("country", "US")]) }),
        ("delete_template", "template/standard-us", Operation::DeleteTemplate),
        ("create_customer", "customer/new", create_customer("new")),
        ("update_customer", "customer/johns-pizza", changed),
        ("update_organization", "customer/johns-pizza", rename("New name")),
        ("delete_customer", "customer/johns-pizza", Operation::DeleteCustomer),
        ("create_location", "location/johns-pizza/new", Operation::CreateLocation { location: branch("New") }),
        (
            "update_location",
            HEADQUARTERS,
            Operation::UpdateLocation {
                display_name: Some("Main".to_owned()),
                address: None,
                time_zone: None,
                language: None,
            },
        ),
        (
            "update_calling",
            HEADQUARTERS,
            Operation::UpdateCalling {
                announcement_language: None,
                main_number: Some("+14085550199".parse().unwrap()),
                routing_prefix: Edit::Set("82".to_owned()),
            },
        ),
        ("connect_pstn", HEADQUARTERS, Operation::ConnectPstn { pstn }),
        ("add_numbers", HEADQUARTERS, Operation::AddNumbers { numbers: number() }),
        ("remove_numbers", HEADQUARTERS, Operation::RemoveNumbers { numbers: vec!["+14085550199".parse().unwrap()] }),
        ("disable_calling", HEADQUARTERS, Operation::DisableCalling { display_name: "Head Office".to_owned() }),
        ("delete_location", HEADQUARTERS, Operation::DeleteLocation),
        (
            "create_subscriber",
            "user/johns-pizza/bob@johns-pizza.example",
            Operation::CreateSubscriber { user: user(), line: None },
        ),
        (
            "update_subscriber",
            ANN,
            Operation::UpdateSubscriber { package: PackageName::new("webex_meetings"), line: None },
        ),
        (
            "update_person",
            ANN,
            Operation::UpdatePerson {
                first_name: Some("Anna".to_owned()),
                last_name: None,
                phone_number: Edit::Keep,
                extension: Edit::Set("202".parse().unwrap()),
            },
        ),
        (
            "move_user",
            ANN,
            Operation::MoveUser {
                location: "headquarters".parse().unwrap(),
                phone_number: Edit::Keep,
                extension: Edit::Keep,
            },
        ),
        ("update_roles", ANN, Operation::UpdateRoles { add: role(), remove: BTreeSet::new() }),
        ("delete_subscriber", ANN, Operation::DeleteSubscriber),
    ];
    let step = |(method, object, operation)| (method, step(object, "go", operation, &[]));
    list.into_iter().map(step).collect()
}

fn sent(bench: &Bench, method: &str) -> usize {
    bench.double.writes().iter().filter(|line| line.split(' ').next() == Some(method)).count()
}

#[tokio::test(start_paused = true)]
async fn work_whose_answer_was_lost_is_found_done_and_not_sent_again() {
    for (method, step) in operations() {
        let bench = bench();
        with_ann(&bench).await;
        bench.double.fate(method, Fate::Lost(lost()));
        let gone = matches!(
            step.operation,
            Operation::DeleteTemplate
                | Operation::DeleteCustomer
                | Operation::DeleteLocation
                | Operation::DeleteSubscriber
        );
        let address = step.object.to_string();
        let outcome = bench.run(&existing(vec![step])).await;
        let step = only(&outcome);
        assert_eq!(step.result, Done, "{method}: {step:?}");
        assert_eq!((sent(&bench, method), step.requests), (1, 1), "{method}");
        assert_eq!(bench.record(&address).is_none(), gone, "{method}: {address}");
    }
}

/// What is never sent again: jobs, and the removal of numbers, which the service is known to do behind an error.
const ONCE: [&str; 3] = ["remove_numbers", "disable_calling", "move_user"];

#[tokio::test(start_paused = true)]
async fn work_that_was_lost_on_the_way_is_sent_again_once_that_is_known() {
    for (method, step) in operations() {
        let bench = bench();
        with_ann(&bench).await;
        bench.double.fate(method, Fate::Refused(lost()));
        let began = Instant::now();
        let outcome = bench.run(&existing(vec![step])).await;
        let (step, took) = (only(&outcome), began.elapsed());
        if ONCE.contains(&method) {
            assert_eq!((step.result, code(step)), (Failed, "HF610"), "{method}: {step:?}");
            assert_eq!(sent(&bench, method), 1, "{method}");
            assert!(step.error.as_ref().unwrap().text.contains("may have been carried out"), "{method}");
            assert_eq!(step.action.as_deref(), Some("run `hubform plan` to see"), "{method}");
        } else {
            assert_eq!((step.result, step.requests), (Done, 2), "{method}: {step:?}");
            assert_eq!(sent(&bench, method), 2, "{method}");
        }
        // What is made may be shown late, and is not made again before (R16).
        let window = match method {
            "create_customer" => Duration::from_mins(10),
            "create_template" | "create_location" | "create_subscriber" => Duration::from_mins(1),
            method if ONCE.contains(&method) => Duration::from_mins(1),
            _ => Duration::ZERO,
        };
        assert!(took >= window, "{method}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_three_times_is_reported_as_not_known() {
    for (method, step) in operations().into_iter().filter(|(method, _)| !ONCE.contains(method)) {
        let bench = bench();
        with_ann(&bench).await;
        for _ in 0..3 {
            bench.double.fate(method, Fate::Refused(lost()));
        }
        let outcome = bench.run(&existing(vec![step])).await;
        let step = only(&outcome);
        assert_eq!((step.result, code(step), sent(&bench, method)), (Failed, "HF610", 3), "{method}: {step:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_made_and_not_seen_in_the_time_there_is_waits() {
    for (method, step) in operations().into_iter().filter(|(method, _)| method.starts_with("create_")) {
        let bench = Bench { settings: Settings { wait: Duration::from_secs(30), ..Settings::default() }, ..bench() };
        with_ann(&bench).await;
        bench.double.fate(method, Fate::Refused(lost()));
        let outcome = bench.run(&existing(vec![step])).await;
        let step = only(&outcome);
        assert_eq!((step.result, code(step), sent(&bench, method)), (Waiting, "HF610", 1), "{method}: {step:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_and_there_all_the_same_is_taken() {
    for (method, step) in operations().into_iter().filter(|(method, _)| method.starts_with("create_")) {
        for (fault, status) in [(Fault::Refused, 400), (Fault::Conflict, 409)] {
            let bench = bench();
            with_ann(&bench).await;
            bench.double.fate(method, Fate::Lost(error(fault, Sent::No, Some(status))));
            let outcome = bench.run(&existing(vec![step.clone()])).await;
            let step = only(&outcome);
            assert_eq!((step.result, sent(&bench, method)), (AlreadyDone, 1), "{method}: {step:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_is_not_looked_for_and_not_sent_again() {
    for (method, step) in operations() {
        let bench = bench();
        with_ann(&bench).await;
        bench.double.fate(method, Fate::Refused(error(Fault::Forbidden, Sent::No, Some(403))));
        let outcome = bench.run(&existing(vec![step])).await;
        let step = only(&outcome);
        let expected = if method == "update_organization" { (Waiting, "HF635") } else { (Failed, "HF602") };
        assert_eq!((step.result, code(step)), expected, "{method}: {step:?}");
        assert_eq!(sent(&bench, method), 1, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_exists_already_is_taken_and_not_made_again() {
    let bench = bench();
    with_ann(&bench).await;
    let steps = vec![
        step(
            "template/standard-us",
            "go",
            Operation::CreateTemplate { fields: fields(&[("displayName", "Standard US")]) },
            &[],
        ),
        step("customer/johns-pizza", "go", create_customer("johns-pizza"), &[]),
        step(ANN, "go", Operation::CreateSubscriber { user: user(), line: None }, &[]),
    ];
    let mut plan = existing(steps);
    plan.parts[0].known.remove(&"location/johns-pizza/headquarters".parse().unwrap());
    let place =
        step("location/johns-pizza/main", "go", Operation::CreateLocation { location: branch("Head Office") }, &[]);
    plan.parts[0].steps.push(place);
    let outcome = bench.run(&plan).await;
    assert_eq!(outcome.summary.already_done, 4, "{outcome:?}");
    assert!(bench.double.writes().is_empty(), "{:?}", bench.double.writes());
    let record = bench.record("location/johns-pizza/main").unwrap();
    assert_eq!(record.ids, RemoteIds::Location { id: LocationId::new("l1") });
    assert!(!record.created, "it was not made by this step");
}

#[tokio::test(start_paused = true)]
async fn a_template_that_became_another_is_not_overwritten() {
    let bench = bench();
    let create = Operation::CreateTemplate { fields: fields(&[("displayName", "Mine")]) };
    let outcome = bench.run(&existing(vec![step("template/standard-us", "go", create, &[])])).await;
    assert_eq!((only(&outcome).result, code(only(&outcome))), (Failed, "HF626"));
    assert!(bench.double.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_change_that_cannot_be_read_back_is_sent_again() {
    let bench = bench();
    bench.double.fate("update_customer", Fate::Lost(lost()));
    let (_, change) = operations().into_iter().find(|(method, _)| *method == "update_customer").unwrap();
    let change = with_field(change, "packages[webex_calling].quantity", "25");
    let outcome = bench.run(&existing(vec![change])).await;
    assert_eq!((only(&outcome).result, only(&outcome).requests), (Done, 2), "{outcome:?}");
}

/// What is gone already, by kind of removal, and what must be visible for "not found" to count.
#[tokio::test(start_paused = true)]
async fn what_is_gone_already_counts_as_removed_only_while_its_parent_is_visible() {
    let absent = || Fate::Refused(error(Fault::NotFound, Sent::No, Some(404)));
    for (object, operation, method, look) in [
        ("template/standard-us", Operation::DeleteTemplate, "delete_template", "templates"),
        ("customer/johns-pizza", Operation::DeleteCustomer, "delete_customer", "partner"),
        (HEADQUARTERS, Operation::DeleteLocation, "delete_location", "locations"),
        (ANN, Operation::DeleteSubscriber, "delete_subscriber", "customer_progress"),
    ] {
        for visible in [true, false] {
            let bench = bench();
            with_ann(&bench).await;
            {
                let mut state = bench.double.state();
                state.templates = Some(BTreeMap::new());
                state.locations.clear();
                if method == "delete_customer" {
                    state.progress.clear();
                }
            }
            bench.double.fate(method, absent());
            if !visible {
                for _ in 0..3 {
                    bench.double.fate(look, Fate::Refused(refused()));
                }
            }
            let record = hubform::model::Record {
                ids: user_ids(true),
                applied: Fields::default(),
                lifecycle: hubform::model::Lifecycle::default(),
                created: true,
            };
            if method == "delete_subscriber" {
                bench.put(object, record).await;
            }
            let plan: Plan = existing(vec![step(object, "go", operation.clone(), &[])]);
            let outcome = bench.run(&plan).await;
            let expected = if visible { AlreadyDone } else { Failed };
            assert_eq!(only(&outcome).result, expected, "{method}, visible: {visible}: {outcome:?}");
            if method == "delete_subscriber" {
                assert_eq!(bench.record(object).is_none(), visible);
            }
        }
    }
}
