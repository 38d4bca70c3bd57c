//! What the service, or a person, has to do first.

use std::{collections::BTreeMap, time::Duration};

use hubform::{
    apply::{Event, StepResult::*},
    model::{
        CustomerId, CustomerStatus, LocationId, ObservedCalling, ObservedPstn, PackageName, Pstn, PstnKind, RemoteIds,
        Route, ServiceProblem,
    },
    plan::{Edit, Operation},
    webex::{Fault, JobState, PstnOption, RouteChoice, RouteKind, Sent},
};

use crate::session::bury;

use super::{
    Bench, code, create_customer,
    double::{Fate, error, location, progress},
    existing, only, step, user, with_field,
};

const ANN: &str = "user/johns-pizza/ann@johns-pizza.example";
const HEADQUARTERS: &str = "location/johns-pizza/headquarters";

fn create() -> hubform::plan::Plan {
    let create = with_field(step("customer/new", "create", create_customer("new"), &[]), "company", "John's Pizza");
    existing(vec![create])
}

/// Locations of the service: id, name, whether calling is on.
type Found<'a> = &'a [(&'a str, &'a str, bool)];

#[tokio::test(start_paused = true)]
async fn a_customer_is_in_the_ledger_while_the_service_is_at_it() {
    let bench = Bench::new();
    bench.double.state().course = vec![CustomerStatus::Provisioning, CustomerStatus::Provisioned];
    let outcome = bench.run(&create()).await;
    assert_eq!(only(&outcome).result, Done);
    let log = bench.double.state().log.clone();
    let log: Vec<&str> = log.iter().map(String::as_str).collect();
    assert_eq!(
        log,
        [
            "find_customer new",
            "create_customer new with t1",
            "customer_progress id-of-new",
            "ledger put customer/new",
            "customer_progress id-of-new",
            "warm_up org-1",
            "ledger put customer/new",
            "ledger put customer/new",
        ]
    );
    let record = bench.record("customer/new").unwrap();
    assert!(record.created && record.applied.text("company") == Some("John's Pizza"));
    assert!(matches!(record.ids, RemoteIds::Customer { org_id: Some(_), .. }));
}

#[tokio::test(start_paused = true)]
async fn a_run_killed_while_it_waits_is_gone_on_with() {
    let bench = Bench::new();
    bench.double.state().course = vec![CustomerStatus::Provisioning; 1000];
    let plan = create();
    assert!(tokio::time::timeout(Duration::from_mins(1), bench.run(&plan)).await.is_err());
    bury(&bench.ledger).await;
    let record = bench.record("customer/new").unwrap();
    assert_eq!(record.ids, RemoteIds::Customer { id: CustomerId::new("id-of-new"), org_id: None });
    let course = [Some(progress(CustomerStatus::Provisioned, &[("webex_calling", "provisioned")]))];
    bench.double.state().progress.insert(CustomerId::new("id-of-new"), course.into());
    let mut plan = existing(vec![step("customer/new", "await", Operation::AwaitCustomer, &[])]);
    plan.parts[0].known.insert("customer/new".parse().unwrap(), record.ids);
    assert_eq!(only(&bench.run(&plan).await).result, Done);
    let record = bench.record("customer/new").unwrap();
    assert!(matches!(record.ids, RemoteIds::Customer { org_id: Some(_), .. }));
    assert_eq!(record.applied.text("company"), Some("John's Pizza"), "what was sent is not forgotten");
    assert_eq!(bench.double.writes().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn past_its_time_a_wait_is_waiting_and_never_failed() {
    let mut bench = Bench::new();
    bench.settings.wait = Duration::from_mins(2);
    bench.double.state().course = vec![CustomerStatus::Provisioning];
    let start = tokio::time::Instant::now();
    let outcome = bench.run(&create()).await;
    let step = only(&outcome);
    assert_eq!((step.result, code(step), step.who.as_deref()), (Waiting, "HF630", Some("the service")));
    assert!(step.because.as_ref().unwrap().contains("`provisioning`"), "{step:?}");
    assert!(step.action.as_ref().unwrap().contains("hubform apply"), "{step:?}");
    let took = start.elapsed();
    assert!((120..125).contains(&took.as_secs()), "{took:?}");
    let looks = bench.double.state().log.iter().filter(|line| line.starts_with("customer_progress")).count();
    assert!((8..25).contains(&looks), "intervals grow: {looks} looks");
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_wait_at_once() {
    let bench = Bench::new();
    bench.double.state().course = vec![CustomerStatus::Provisioning];
    let stop = bench.stop.clone();
    let start = tokio::time::Instant::now();
    let watch = move |event: Event<'_>| {
        if matches!(event, Event::Progress { .. }) {
            stop.set();
        }
    };
    let outcome = bench.run_watched(&create(), &watch).await;
    assert_eq!((only(&outcome).result, code(only(&outcome))), (Waiting, "HF639"));
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(bench.record("customer/new").is_some());
}

#[tokio::test(start_paused = true)]
async fn each_status_of_a_new_customer_has_its_end() {
    use CustomerStatus::{Deleting, Error, Other, PendingRplReview, Provisioned, ProvisionedWithErrors, Provisioning};
    let cases = [
        (vec![Provisioned], "provisioned", Done, ""),
        (vec![Other("warming".to_owned()), Provisioned], "provisioned", Done, ""),
        (vec![Provisioning, ProvisionedWithErrors], "provisioned", Done, ""),
        (vec![Provisioning, ProvisionedWithErrors], "error", Failed, "HF621"),
        (vec![ProvisionedWithErrors], "error", Failed, "HF621"),
        (vec![Provisioning, Error], "error", Failed, "HF620"),
        (vec![Provisioning, PendingRplReview], "provisioning", Waiting, "HF631"),
        (vec![Provisioning, Deleting], "deleting", Failed, "HF626"),
        (vec![Other("unheard-of".to_owned())], "provisioned", Waiting, "HF630"),
    ];
    for (course, package, result, expected) in cases {
        let bench = Bench::new();
        let looks = course.iter().map(|status| Some(progress(status.clone(), &[("webex_calling", package)])));
        bench.double.state().progress.insert(CustomerId::new("id-of-new"), looks.collect());
        let outcome = bench.run(&create()).await;
        let step = only(&outcome);
        assert_eq!((step.result, code(step)), (result, expected), "{course:?}: {step:?}");
        assert!(bench.record("customer/new").is_some(), "{course:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_package_that_failed_is_named_with_what_the_service_says() {
    let bench = Bench::new();
    let mut failed = progress(CustomerStatus::ProvisionedWithErrors, &[("webex_calling", "error"), ("x", "error")]);
    let text = "calling services are under maintenance".to_owned();
    failed.packages.get_mut(&PackageName::new("webex_calling")).unwrap().problems =
        vec![ServiceProblem { code: "2560".to_owned(), text }];
    bench.double.state().progress.insert(CustomerId::new("id-of-new"), [Some(failed)].into());
    let outcome = bench.run(&create()).await;
    let text = &only(&outcome).error.as_ref().unwrap().text;
    assert!(text.contains("`webex_calling` is `error` (2560 calling services are under maintenance)"), "{text}");
    assert!(!text.contains("`x`"), "a package that nobody asked for: {text}");
    let ids = bench.record("customer/new").unwrap().ids;
    assert!(matches!(ids, RemoteIds::Customer { org_id: Some(_), .. }), "the ids are kept");
}

#[tokio::test(start_paused = true)]
async fn a_customer_is_changed_only_at_rest_and_its_old_status_is_not_believed() {
    let bench = Bench::new();
    let old = || Some(progress(CustomerStatus::ProvisionedWithErrors, &[("webex_calling", "error")]));
    let looks = [Some(progress(CustomerStatus::Updating, &[])), old()];
    bench.double.state().progress.insert(CustomerId::new("c1"), looks.into());
    let change = Operation::UpdateCustomer {
        packages: [PackageName::new("webex_calling")].into(),
        external_id: "johns-pizza".to_owned(),
        billing_address: None,
        quantities: BTreeMap::new(),
        headquarters: None,
        meetings_time_zone: None,
    };
    let conflict = || Fate::Refused(error(Fault::Conflict, Sent::No, Some(409)));
    bench.double.fate("update_customer", conflict());
    bench.double.fate("update_customer", conflict());
    let outcome = bench.run(&existing(vec![step("customer/johns-pizza", "change", change, &[])])).await;
    assert_eq!((only(&outcome).result, only(&outcome).requests), (Done, 3), "{outcome:?}");
    let log = bench.double.state().log.clone();
    let first_write = log.iter().position(|line| line.starts_with("update_customer")).unwrap();
    assert_eq!(first_write, 2, "two looks before: {log:?}");
}

#[tokio::test(start_paused = true)]
async fn jobs_are_waited_for_and_their_complaints_are_passed_on() {
    let operations = || {
        [
            (
                HEADQUARTERS,
                Operation::UpdateCalling {
                    announcement_language: None,
                    main_number: None,
                    routing_prefix: Edit::Set("82".to_owned()),
                },
            ),
            (HEADQUARTERS, Operation::DisableCalling { display_name: "Head Office".to_owned() }),
            (
                ANN,
                Operation::MoveUser {
                    location: "headquarters".parse().unwrap(),
                    phone_number: Edit::Keep,
                    extension: Edit::Keep,
                },
            ),
        ]
    };
    let complaint = ServiceProblem { code: "BATCH-1012012".to_owned(), text: "last location".to_owned() };
    let cases = [
        (vec![JobState::Running, JobState::Running, JobState::Succeeded], Done, ""),
        (vec![JobState::Running, JobState::Failed(vec![complaint])], Failed, "HF622"),
        (vec![JobState::Running; 10_000], Waiting, "HF637"),
    ];
    for (jobs, result, expected) in cases {
        for (object, operation) in operations() {
            let bench = Bench::new();
            {
                let mut state = bench.double.state();
                state.locations.insert(LocationId::new("l1"), location("Head Office", true));
                let person = hubform::model::ObservedPerson {
                    emails: Vec::new(),
                    first_name: None,
                    last_name: None,
                    phone_number: None,
                    extension: None,
                    location: None,
                    roles: std::collections::BTreeSet::new(),
                };
                state.people.insert(hubform::model::PersonId::new("p1"), person);
                state.jobs = jobs.clone().into();
            }
            let outcome = bench.run(&existing(vec![step(object, "go", operation, &[])])).await;
            let step = only(&outcome);
            assert_eq!((step.result, code(step)), (result, expected), "{step:?}");
            if result == Failed {
                assert!(step.error.as_ref().unwrap().text.contains("BATCH-1012012 last location"), "{step:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_who_must_consent_is_waited_for_and_remembered() {
    let bench = Bench::new();
    bench.double.state().consent = true;
    let create = Operation::CreateSubscriber { user: user(), line: None };
    let create = with_field(step(ANN, "create", create, &[]), "firstName", "Ann");
    let roles = Operation::UpdateRoles {
        add: [hubform::model::RoleName::new("Full Administrator")].into(),
        remove: std::collections::BTreeSet::new(),
    };
    let roles = step(ANN, "roles", roles, &[&create]);
    let mut plan = existing(vec![create, roles]);
    plan.parts[0].known.remove(&ANN.parse().unwrap());
    for run in ["first", "next"] {
        let outcome = bench.run(&plan).await;
        let (step, roles) = (&outcome.steps[0], &outcome.steps[1]);
        assert_eq!((step.result, code(step), step.who.as_deref()), (Waiting, "HF632", Some("the user")), "{run}");
        assert_eq!((roles.result, roles.because.as_deref()), (Skipped, Some(step.id.as_str())), "{run}");
        let record = bench.record(ANN).unwrap();
        assert!(matches!(record.ids, RemoteIds::User { person_id: None, .. }));
        assert_eq!(record.applied.text("firstName"), Some("Ann"));
    }
    assert_eq!(bench.double.writes().len(), 1, "asked for once");
}

#[tokio::test(start_paused = true)]
async fn a_person_that_comes_late_is_looked_for() {
    let bench = Bench::new();
    bench.double.state().person_after = 3;
    let create = step(ANN, "create", Operation::CreateSubscriber { user: user(), line: None }, &[]);
    let mut plan = existing(vec![create]);
    plan.parts[0].known.remove(&ANN.parse().unwrap());
    assert_eq!(only(&bench.run(&plan).await).result, Done);
    assert!(matches!(bench.record(ANN).unwrap().ids, RemoteIds::User { person_id: Some(_), .. }));
}

#[tokio::test(start_paused = true)]
async fn the_first_location_is_the_only_calling_one_else_the_one_of_its_name() {
    let adopt = |name: &str| {
        let adopt = Operation::AdoptHeadquarters { display_name: name.to_owned() };
        let mut plan = existing(vec![step(HEADQUARTERS, "adopt", adopt, &[])]);
        plan.parts[0].known.remove(&HEADQUARTERS.parse().unwrap());
        let other = RemoteIds::Location { id: LocationId::new("l9") };
        plan.parts[0].known.insert("location/johns-pizza/downtown".parse().unwrap(), other);
        plan
    };
    let cases: [(Found<'_>, Result<&str, (_, &str)>); 5] = [
        // l9 is another object's.
        (&[("l1", "Other name", true), ("l2", "Office", false), ("l9", "Main", true)], Ok("l1")),
        (&[("l1", "A", true), ("l2", "Main", true)], Ok("l2")),
        (&[("l1", "Main", false)], Ok("l1")),
        (&[("l1", "A", true), ("l2", "B", true)], Err((Failed, "HF624"))),
        (&[("l9", "Main", true)], Err((Waiting, "HF638"))),
    ];
    for (locations, expected) in cases {
        let bench = Bench::new();
        bench.double.state().locations =
            locations.iter().map(|(id, name, calling)| (LocationId::new(*id), location(name, *calling))).collect();
        let outcome = bench.run(&adopt("Main")).await;
        let step = only(&outcome);
        match expected {
            Ok(id) => {
                assert_eq!(step.result, Done, "{step:?}");
                let ids = bench.record(HEADQUARTERS).unwrap().ids;
                assert_eq!(ids, RemoteIds::Location { id: LocationId::new(id) }, "{locations:?}");
            }
            Err(expected) => assert_eq!((step.result, code(step)), expected, "{step:?}"),
        }
        assert!(bench.double.writes().is_empty());
    }
}

fn pstn(kind: Option<PstnKind>, name: &str) -> ObservedPstn {
    ObservedPstn {
        kind,
        option_id: format!("id-of-{name}"),
        display_name: name.to_owned(),
        trunk: None,
        route_group: None,
        route_id: None,
    }
}

fn connected(bench: &Bench, pstn: Option<ObservedPstn>) {
    let calling = ObservedCalling { pstn, ..ObservedCalling::default() };
    let mut office = location("Head Office", true);
    office.calling = Some(calling);
    bench.double.state().locations.insert(LocationId::new("l1"), office);
}

#[tokio::test(start_paused = true)]
async fn names_of_the_public_network_are_resolved_first() {
    let trunk = |name: &str| Pstn::LocalGateway { route: Route::Trunk(name.to_owned()) };
    let provider = |name: &str| Pstn::NonIntegratedCcp { provider: name.to_owned(), by_id: false };
    let by_id = |id: &str| Pstn::NonIntegratedCcp { provider: id.to_owned(), by_id: true };
    let acme = || Some(pstn(Some(PstnKind::NonIntegratedCcp), "Acme"));
    let cisco = || Some(pstn(Some(PstnKind::CiscoPstn), "Cisco PSTN"));
    let cases = [
        (None, trunk("sbc-1"), Done, "", Some("connect_pstn l1 to sbc-1")),
        (
            None,
            Pstn::LocalGateway { route: Route::Id("id-of-sbc-1".to_owned()) },
            Done,
            "",
            Some("connect_pstn l1 to sbc-1"),
        ),
        (None, trunk("sbc-2"), Waiting, "HF633", None),
        (None, trunk("twin"), Failed, "HF624", None),
        (None, provider("Acme"), Done, "", Some("connect_pstn l1 to Acme")),
        (None, by_id("id-of-Acme"), Done, "", Some("connect_pstn l1 to Acme")),
        (None, provider("Nobody"), Waiting, "HF633", None),
        (acme(), provider("Acme"), AlreadyDone, "", None),
        (acme(), trunk("sbc-1"), Done, "", Some("connect_pstn l1 to sbc-1")),
        (None, Pstn::CiscoPstn, Waiting, "HF634", None),
        (acme(), Pstn::IntegratedCcp, Waiting, "HF634", None),
        (cisco(), Pstn::CiscoPstn, AlreadyDone, "", None),
        (cisco(), provider("Acme"), Failed, "HF625", None),
        (Some(pstn(None, "Novel")), provider("Acme"), Failed, "HF625", None),
    ];
    for (current, asked, result, expected, write) in cases {
        let bench = Bench::new();
        connected(&bench, current.clone());
        {
            let mut state = bench.double.state();
            let option = |name: &str| PstnOption { id: format!("id-of-{name}"), display_name: name.to_owned() };
            state.options = vec![option("Acme"), option("Premises-based PSTN")];
            let route = |id: &str, name: &str| RouteChoice {
                id: format!("id-of-{id}"),
                name: name.to_owned(),
                kind: RouteKind::Trunk,
            };
            state.routes = vec![route("sbc-1", "sbc-1"), route("a", "twin"), route("b", "twin")];
        }
        let operation = Operation::ConnectPstn { pstn: asked.clone() };
        let outcome = bench.run(&existing(vec![step(HEADQUARTERS, "pstn", operation, &[])])).await;
        let step = only(&outcome);
        assert_eq!((step.result, code(step)), (result, expected), "{current:?} {asked:?}: {step:?}");
        assert_eq!(bench.double.writes(), write.into_iter().collect::<Vec<_>>(), "{asked:?}");
        if expected == "HF633" {
            let text = step.because.as_ref().unwrap();
            assert!(text.contains("`sbc-1`") || text.contains("`Acme`, `Premises-based PSTN`"), "options: {text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn numbers_are_touched_only_where_the_connection_allows_it() {
    let numbers = || vec!["+14085550101".parse().unwrap()];
    let cases = [
        (Some(PstnKind::LocalGateway), true),
        (Some(PstnKind::NonIntegratedCcp), true),
        (Some(PstnKind::IntegratedCcp), false),
        (Some(PstnKind::CiscoPstn), false),
        (None, false),
    ];
    for (kind, allowed) in cases {
        for operation in [Operation::AddNumbers { numbers: numbers() }, Operation::RemoveNumbers { numbers: numbers() }]
        {
            let bench = Bench::new();
            connected(&bench, Some(pstn(kind, "Acme")));
            let outcome = bench.run(&existing(vec![step(HEADQUARTERS, "numbers", operation, &[])])).await;
            let step = only(&outcome);
            let expected = if allowed { (Done, "") } else { (Failed, "HF625") };
            assert_eq!((step.result, code(step)), expected, "{kind:?}: {step:?}");
            assert_eq!(bench.double.writes().len(), usize::from(allowed), "{kind:?}");
        }
    }
    let bench = Bench::new();
    connected(&bench, None);
    let add = Operation::AddNumbers { numbers: numbers() };
    let outcome = bench.run(&existing(vec![step(HEADQUARTERS, "numbers", add, &[])])).await;
    assert_eq!((only(&outcome).result, code(only(&outcome))), (Failed, "HF625"), "not connected at all");
}

#[tokio::test(start_paused = true)]
async fn an_instruction_waits_for_partner_hub_and_says_what_comes_next() {
    let bench = Bench::new();
    for (edit, template, command) in [
        (false, "template/new", "hubform template bind new PROVISIONING_ID"),
        (true, "template/standard-us", "hubform template done standard-us"),
    ] {
        let instruct = Operation::Instruct { entries: vec![("Template name".to_owned(), "New".to_owned())], edit };
        let outcome = bench.run(&existing(vec![step(template, "instruct", instruct, &[])])).await;
        let step = only(&outcome);
        assert_eq!((step.result, code(step), step.requests), (Waiting, "HF636", 0));
        assert!(step.action.as_ref().unwrap().contains(command), "{step:?}");
        assert!(bench.record(template).is_none());
    }
}
