//! Which step runs when, and what stops it.

use std::time::Duration;

use hubform::{
    apply::{Event, StepResult::*},
    model::{CustomerId, CustomerStatus, OrgId, ProvisioningId, RemoteIds, RoleName},
    plan::{Operation, Part, StepId},
    webex::{Fault, Sent},
};

use tokio::time::Instant;

use super::{
    Bench, Told, branch, code, create_customer,
    double::{Fate, error, refused},
    existing, fields, part, plan, refusal, rename, results, step, user,
};

fn template(name: &str) -> Operation {
    Operation::CreateTemplate { fields: fields(&[("displayName", name)]) }
}

#[tokio::test(start_paused = true)]
async fn a_step_runs_after_what_it_needs_and_uses_the_ids_that_were_learned() {
    let bench = Bench::new();
    bench.double.state().templates = Some(std::collections::BTreeMap::new());
    bench.double.state().course = vec![CustomerStatus::Provisioning, CustomerStatus::Provisioned];
    let new_template = step("template/standard-us", "create", template("Standard US"), &[]);
    let new = step("customer/johns-pizza", "create", create_customer("johns-pizza"), &[&new_template]);
    let place = step(
        "location/johns-pizza/downtown",
        "create",
        Operation::CreateLocation { location: branch("Downtown") },
        &[&new],
    );
    let calling = step(
        "location/johns-pizza/downtown",
        "calling",
        Operation::EnableCalling { location: branch("Downtown") },
        &[&place],
    );
    let line = hubform::plan::Line {
        location: "location/johns-pizza/downtown".parse().unwrap(),
        phone_number: None,
        extension: Some("201".parse().unwrap()),
    };
    let ann = Operation::CreateSubscriber { user: user(), line: Some(line) };
    let ann = step("user/johns-pizza/ann@johns-pizza.example", "create", ann, &[&calling]);
    let roles = Operation::UpdateRoles {
        add: [RoleName::new("Full Administrator")].into(),
        remove: std::collections::BTreeSet::new(),
    };
    let roles = step("user/johns-pizza/ann@johns-pizza.example", "roles", roles, &[&ann]);
    // The order in the plan is not the order of the needs.
    let plan =
        plan(vec![part(Some("johns-pizza"), vec![roles, ann, calling, place, new]), part(None, vec![new_template])]);
    let told = Told::default();
    let outcome = bench.run_watched(&plan, &|event| told.tell(&event)).await;
    assert_eq!(outcome.summary.done, 6, "{outcome:?}");
    assert_eq!(
        bench.double.writes(),
        [
            "create_template standard-us",
            "create_customer johns-pizza with id-of-standard-us",
            "create_location Downtown",
            "enable_calling id-of-Downtown",
            "create_subscriber ann@johns-pizza.example at id-of-Downtown",
            "update_roles person-of-ann@johns-pizza.example",
        ]
    );
    let ids: Vec<&StepId> = outcome.steps.iter().map(|step| &step.id).collect();
    assert_eq!(ids, plan.steps().map(|step| &step.id).collect::<Vec<_>>(), "the plan's order");
    let told = told.0.into_inner().unwrap();
    assert_eq!(told.iter().filter(|line| line.starts_with("finished")).count(), 6);
    assert!(told.iter().any(|line| line == "progress customer/johns-pizza#create: status provisioning"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_what_needs_it_and_nothing_else() {
    let bench = Bench::new();
    bench.double.fate("create_location", Fate::Refused(refused()));
    let place = step("location/johns-pizza/a", "create", Operation::CreateLocation { location: branch("A") }, &[]);
    let calling =
        step("location/johns-pizza/a", "calling", Operation::EnableCalling { location: branch("A") }, &[&place]);
    let numbers = step("location/johns-pizza/a", "numbers", Operation::AddNumbers { numbers: Vec::new() }, &[&calling]);
    let other = step("location/johns-pizza/b", "create", Operation::CreateLocation { location: branch("B") }, &[]);
    let outcome = bench.run(&existing(vec![place, calling, numbers, other])).await;
    assert_eq!(
        results(&outcome),
        [
            ("location/johns-pizza/a#create", Failed),
            ("location/johns-pizza/a#calling", Skipped),
            ("location/johns-pizza/a#numbers", Skipped),
            ("location/johns-pizza/b#create", Done),
        ]
    );
    for skipped in &outcome.steps[1..3] {
        assert_eq!(skipped.because.as_deref(), Some("location/johns-pizza/a#create"), "the root is named");
    }
    let failed = outcome.steps[0].error.as_ref().unwrap();
    assert_eq!((failed.status, failed.code.as_str(), failed.tracking_id.as_str()), (Some(400), "HF605", "ROUTER_1"));
    assert!(failed.text.contains("no way"), "{}", failed.text);
    assert_eq!(outcome.steps[0].requests, 1);
}

#[tokio::test(start_paused = true)]
async fn the_reason_does_not_depend_on_which_failure_came_first() {
    for slow in ["create_location", "update_organization"] {
        let bench = Bench::new();
        bench.double.state().delays.insert(slow, Duration::from_secs(20));
        bench.double.fate("create_location", Fate::Refused(refused()));
        bench.double.fate("update_organization", Fate::Refused(refused()));
        let one = step("customer/johns-pizza", "name", rename("J"), &[]);
        let two = step("location/johns-pizza/a", "create", Operation::CreateLocation { location: branch("A") }, &[]);
        let both = step(
            "location/johns-pizza/b",
            "create",
            Operation::CreateLocation { location: branch("B") },
            &[&two, &one],
        );
        let outcome = bench.run(&existing(vec![one, two, both])).await;
        assert_eq!(outcome.steps[2].because.as_deref(), Some("customer/johns-pizza#name"), "{slow}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_refused_part_is_sent_and_others_go_on() {
    let bench = Bench::new();
    bench.double.state().templates = Some(std::collections::BTreeMap::new());
    let new_template = step("template/standard-us", "create", template("Standard US"), &[]);
    let new = step("customer/johns-pizza", "create", create_customer("johns-pizza"), &[&new_template]);
    let other = step("template/other", "create", template("Other"), &[]);
    let templates = Part { refusals: vec![refusal("template/standard-us")], ..part(None, vec![new_template]) };
    let plan = plan(vec![templates, part(Some("johns-pizza"), vec![new]), part(None, vec![other])]);
    let outcome = bench.run(&plan).await;
    assert_eq!(
        results(&outcome),
        [
            ("template/standard-us#create", Refused),
            ("customer/johns-pizza#create", Skipped),
            ("template/other#create", Done)
        ]
    );
    assert_eq!(outcome.steps[0].because.as_deref(), Some("12 users would be removed"));
    assert_eq!(outcome.steps[0].action.as_deref(), Some("raise the limit"));
    assert_eq!(outcome.steps[1].because.as_deref(), Some("template/standard-us#create"));
    assert_eq!(bench.double.writes(), ["create_template other"]);
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_contradicts_itself_fails_where_it_does_and_nowhere_else() {
    let bench = Bench::new();
    let mut one = step("location/johns-pizza/a", "create", Operation::CreateLocation { location: branch("A") }, &[]);
    let two = step("location/johns-pizza/b", "create", Operation::CreateLocation { location: branch("B") }, &[&one]);
    one.needs.push(two.id.clone());
    let behind = step("location/johns-pizza/c", "create", Operation::CreateLocation { location: branch("C") }, &[&two]);
    let mut alone = step("location/johns-pizza/d", "create", Operation::CreateLocation { location: branch("D") }, &[]);
    alone.needs.push(StepId::new(&"template/none".parse().unwrap(), "create"));
    let mut myself = step("location/johns-pizza/e", "create", Operation::CreateLocation { location: branch("E") }, &[]);
    myself.needs.push(myself.id.clone());
    let good = step("location/johns-pizza/f", "create", Operation::CreateLocation { location: branch("F") }, &[]);
    let twin = good.clone();
    let odd = step("template/standard-us", "odd", rename("x"), &[]);
    let outcome = bench.run(&existing(vec![one, two, behind, alone, myself, good, twin, odd])).await;
    let results: Vec<_> = outcome.steps.iter().map(|step| step.result).collect();
    assert_eq!(results, [Failed, Failed, Skipped, Failed, Failed, Done, Failed, Failed]);
    for at in [0, 1, 3, 4, 6, 7] {
        assert_eq!(code(&outcome.steps[at]), "HF629", "{:?}", outcome.steps[at]);
    }
    assert_eq!(outcome.steps[2].because.as_deref(), Some("location/johns-pizza/b#create"));
    assert_eq!(bench.double.writes(), ["create_location F"]);
}

#[tokio::test(start_paused = true)]
async fn limits_hold_and_no_object_has_two_steps_at_once() {
    let many = |parts: usize, steps: usize| {
        let steps = |part: usize| {
            (0..steps)
                .map(|at| {
                    let operation = Operation::CreateLocation { location: branch(&format!("{part}-{at}")) };
                    step(&format!("location/c{part}/l{at}"), "create", operation, &[])
                })
                .collect()
        };
        let mut parts: Vec<Part> = (0..parts).map(|at| part(Some(&format!("c{at}")), steps(at))).collect();
        for (at, part) in parts.iter_mut().enumerate() {
            let ids = RemoteIds::Customer {
                id: CustomerId::new(format!("c{at}")),
                org_id: Some(OrgId::new(format!("o{at}"))),
            };
            part.known.insert(format!("customer/c{at}").parse().unwrap(), ids);
        }
        plan(parts)
    };
    // A look takes part in what is under way, so each step counts once.
    for (parts, steps, parallel, within, most) in [(5, 6, 2, 3, 6), (1, 9, 8, 4, 4), (9, 1, 4, 4, 4), (2, 2, 0, 0, 1)] {
        let mut bench = Bench::new();
        bench.settings.parallel = parallel;
        bench.settings.within = within;
        let outcome = bench.run(&many(parts, steps)).await;
        assert_eq!(outcome.summary.done, u64::try_from(parts * steps).unwrap());
        // Looks of several steps at one organization have the same name; creations do not.
        assert!(bench.double.state().most_under_way <= most, "{}", bench.double.state().most_under_way);
        let creations = bench.double.writes();
        assert_eq!(creations.len(), parts * steps);
    }
    let bench = Bench::new();
    let same: Vec<_> =
        ["a", "b", "c"].iter().map(|name| step("customer/johns-pizza", name, rename(name), &[])).collect();
    let outcome = bench.run(&existing(same)).await;
    assert_eq!(outcome.summary.done, 3);
    assert_eq!(bench.double.state().most_under_way, 1);
}

#[tokio::test(start_paused = true)]
async fn independent_customers_run_side_by_side() {
    let mut took = Vec::new();
    for names in [&["a"][..], &["a", "b", "c"]] {
        let bench = Bench::new();
        bench.double.state().course = vec![CustomerStatus::Provisioning; 20];
        bench.double.state().course.push(CustomerStatus::Provisioned);
        let part = |name: &&str| {
            let new = step(&format!("customer/{name}"), "create", create_customer(name), &[]);
            let mut part = part(Some(name), vec![new]);
            let ids = RemoteIds::Template { provisioning_id: Some(ProvisioningId::new("t1")) };
            part.known.insert("template/standard-us".parse().unwrap(), ids);
            part
        };
        let start = Instant::now();
        let outcome = bench.run(&plan(names.iter().map(part).collect())).await;
        took.push(start.elapsed());
        assert_eq!(outcome.summary.done, u64::try_from(names.len()).unwrap());
    }
    assert!(took[1] < took[0] * 2, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_what_is_under_way_and_begins_nothing() {
    let mut bench = Bench::new();
    bench.settings.within = 1;
    let steps: Vec<_> = ["a", "b", "c"]
        .map(|name| {
            let operation = Operation::CreateLocation { location: branch(name) };
            step(&format!("location/johns-pizza/{name}"), "create", operation, &[])
        })
        .into();
    let after =
        step("location/johns-pizza/c", "calling", Operation::EnableCalling { location: branch("c") }, &[&steps[2]]);
    let plan = existing(steps.into_iter().chain([after]).collect());
    let stop = bench.stop.clone();
    let outcome = bench
        .run_watched(&plan, &|event| {
            if matches!(event, Event::Started { step } if step.id.as_str() == "location/johns-pizza/b#create") {
                stop.set();
            }
        })
        .await;
    let results: Vec<_> = outcome.steps.iter().map(|step| step.result).collect();
    assert_eq!(results, [Done, Done, Skipped, Skipped]);
    assert_eq!(outcome.steps[2].because.as_deref(), Some("the run was interrupted"));
    assert_eq!(outcome.steps[3].because.as_deref(), Some("the run was interrupted"));
    assert!(bench.record("location/johns-pizza/b").is_some(), "what was done is in the ledger");
}

#[tokio::test(start_paused = true)]
async fn the_outcome_is_the_same_at_any_pace() {
    let build = || {
        let mut parts = Vec::new();
        for name in ["a", "b", "c", "d"] {
            let place = Operation::CreateLocation { location: branch(&format!("{name}-1")) };
            let place = step(&format!("location/{name}/one"), "create", place, &[]);
            let calling = Operation::EnableCalling { location: branch(&format!("{name}-1")) };
            let calling = step(&format!("location/{name}/one"), "calling", calling, &[&place]);
            let name_step = step(&format!("customer/{name}"), "name", rename(name), &[]);
            let last = step(
                &format!("location/{name}/two"),
                "create",
                Operation::CreateLocation { location: branch(&format!("{name}-2")) },
                &[&calling, &name_step],
            );
            let mut part = part(Some(name), vec![place, calling, name_step, last]);
            let ids =
                RemoteIds::Customer { id: CustomerId::new(name), org_id: (name != "c").then(|| OrgId::new(name)) };
            part.known.insert(format!("customer/{name}").parse().unwrap(), ids);
            parts.push(part);
        }
        plan(parts)
    };
    let mut seen = Vec::new();
    for (parallel, within, delay) in [(1, 1, 1), (8, 4, 10), (2, 2, 5000), (3, 8, 70)] {
        let mut bench = Bench::new();
        bench.settings.parallel = parallel;
        bench.settings.within = within;
        bench.double.state().delays.insert("update_organization", Duration::from_millis(delay));
        seen.push(bench.run(&build()).await);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
    // The customer without an organization says what is missing.
    let missing = &seen[0].steps[8];
    assert_eq!((missing.result, code(missing), missing.requests), (Failed, "HF623", 0));
    assert!(missing.error.as_ref().unwrap().text.contains("organization id of `customer/c`"), "{missing:?}");
}

#[tokio::test]
async fn a_run_can_be_spawned() {
    let bench = std::sync::Arc::new(Bench::new());
    let plan = existing(vec![step("customer/johns-pizza", "name", rename("J"), &[])]);
    let outcome = tokio::spawn(async move { bench.run(&plan).await }).await.unwrap();
    assert_eq!(outcome.summary.done, 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_left_is_not_counted() {
    let bench = Bench::new();
    bench.double.fate("update_organization", Fate::Refused(error(Fault::NoAnswer, Sent::No, None)));
    let outcome = bench.run(&existing(vec![step("customer/johns-pizza", "name", rename("J"), &[])])).await;
    let failed = super::only(&outcome);
    assert_eq!((failed.result, code(failed), failed.requests), (Failed, "HF608", 0));
}
