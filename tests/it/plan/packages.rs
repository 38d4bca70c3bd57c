//! Packages, quantities and the fields that are set once (R3, R6, R7).

use std::collections::{BTreeMap, BTreeSet};

use hubform::{
    model::{CustomerStatus, OrgId, PackageName, PackageState, Value},
    plan::{Operation, Plan},
};

use super::scene::{Scene, at, email, name, packages, postal, text};

/// The packages and quantities of each PUT of customer `a`, by the word of its step.
fn puts(plan: &Plan) -> BTreeMap<&str, (BTreeSet<&str>, BTreeMap<&str, u32>)> {
    plan.steps()
        .filter_map(|step| match &step.operation {
            Operation::UpdateCustomer { packages, quantities, .. } => {
                let word = step.id.as_str().rsplit('#').next().unwrap();
                let names = packages.iter().map(PackageName::as_str).collect();
                Some((word, (names, quantities.iter().map(|(name, many)| (name.as_str(), *many)).collect())))
            }
            _ => None,
        })
        .collect()
}

fn observe_package(scene: &mut Scene, package: &str) {
    let state = PackageState { status: "provisioned".to_owned(), problems: Vec::new() };
    scene.seen("a").packages.insert(PackageName::new(package), state);
}

#[test]
fn packages_that_no_manifest_names_are_sent_again_and_never_removed() {
    let mut scene = Scene::settled();
    observe_package(&mut scene, "webex_meetings");
    assert!(scene.plan().steps().next().is_none());
    let asked = packages(&[("webex_calling", Some(60)), ("webex_voice", None)]);
    scene.customer("customer/a").packages = asked;
    let plan = scene.plan();
    let puts = puts(&plan);
    assert_eq!(puts["update"].0, ["webex_calling", "webex_meetings", "webex_suite", "webex_voice"].into());
    assert_eq!(puts["reduce"].0, ["webex_calling", "webex_meetings", "webex_voice"].into());
    assert_eq!(puts["update"].1, [("webex_calling", 60)].into());
}

#[test]
fn a_package_goes_after_the_last_user_has_changed_over() {
    let mut scene = Scene::settled();
    scene.customer("customer/a").packages = packages(&[("webex_suite", None)]);
    scene.user("user/a/ann@a.example").package = PackageName::new("webex_suite");
    scene.user("user/a/bob@a.example").package = PackageName::new("webex_suite");
    insta::assert_snapshot!(scene.text(), @r#"
    update user/a/ann@a.example#package (Edited) package: webex_calling → webex_suite;
    update user/a/bob@a.example#package (Edited) package: webex_calling → webex_suite;
    update customer/a#reduce (Edited) packages[webex_calling]: webex_calling → ∅; packages[webex_calling].quantity: 50 → ∅; after user/a/ann@a.example#package user/a/bob@a.example#package
    "#);
}

#[test]
fn a_package_goes_after_the_last_user_has_left() {
    let mut scene = Scene::settled();
    scene.user("user/a/ann@a.example").package = PackageName::new("webex_suite");
    scene.settle();
    scene.customer("customer/a").packages = packages(&[("webex_calling", Some(50))]);
    scene.unwrite("user/a/ann@a.example");
    let plan = scene.plan();
    let reduce = plan.steps().find(|step| step.id.as_str() == "customer/a#reduce").unwrap();
    assert!(reduce.needs.iter().any(|need| need.as_str() == "user/a/ann@a.example#delete"), "{}", text(&plan));
}

#[test]
fn a_package_that_an_unlisted_subscriber_holds_stays() {
    let mut scene = Scene::settled();
    let mut other = scene.seen("a").subscribers[0].clone();
    other.email = email("other@a.example");
    other.id = hubform::model::SubscriberId::new("other");
    other.person_id = None;
    other.package = Some(PackageName::new("webex_suite"));
    scene.seen("a").subscribers.push(other);
    scene.customer("customer/a").packages.remove(&PackageName::new("webex_suite"));
    let plan = scene.plan();
    assert!(plan.refusals().any(|no| no.code == "HF531" && no.text.contains("other@a.example")), "{}", text(&plan));
}

#[test]
fn a_quantity_that_falls_is_sent_last_even_where_another_rises() {
    let mut scene = Scene::settled();
    scene.customer("customer/a").packages = packages(&[("webex_calling", Some(50)), ("webex_suite", Some(50))]);
    scene.settle();
    scene.customer("customer/a").packages = packages(&[("webex_calling", Some(10)), ("webex_suite", Some(90))]);
    let plan = scene.plan();
    let puts = puts(&plan);
    assert_eq!(puts["update"].1, [("webex_calling", 50), ("webex_suite", 90)].into());
    assert_eq!(puts["reduce"].1, [("webex_calling", 10), ("webex_suite", 90)].into());
}

#[test]
fn a_quantity_cannot_return_to_unlimited() {
    let mut scene = Scene::settled();
    scene.customer("customer/a").packages = packages(&[("webex_calling", None), ("webex_suite", None)]);
    assert!(scene.plan().refusals().any(|no| no.code == "HF530"));
    // A package that goes takes its quantity along.
    scene.customer("customer/a").packages = packages(&[("webex_suite", None)]);
    assert!(!scene.plan().refusals().any(|no| no.code == "HF530"));
}

#[test]
fn a_package_that_an_adopted_customer_gets_comes_with_its_quantity() {
    let mut scene = Scene::settled();
    scene.ledger.records.remove(&at("customer/a"));
    scene.customer("customer/a").packages.extend(packages(&[("webex_voice", Some(7))]));
    let plan = scene.plan();
    assert_eq!(puts(&plan)["update"].1.get("webex_voice"), Some(&7), "{}", text(&plan));
    // Those of the packages that are there are taken as the manifest says, and that is said.
    assert!(
        plan.notes.iter().any(|note| note.code == "HF504" || note.text.contains("packages[webex_calling].quantity"))
    );
}

#[test]
fn a_package_that_failed_is_asked_for_again_with_its_quantity() {
    let mut scene = Scene::settled();
    scene.seen("a").status = CustomerStatus::ProvisionedWithErrors;
    scene.seen("a").packages.get_mut(&PackageName::new("webex_calling")).unwrap().status = "error".to_owned();
    let plan = scene.plan();
    assert_eq!(puts(&plan)["update"].1, [("webex_calling", 50)].into(), "{}", text(&plan));
}

#[test]
fn what_the_service_sets_once_gives_a_note_and_never_a_step() {
    let changes: [fn(&mut Scene); 5] = [
        |scene| scene.customer("customer/a").template = name("other"),
        |scene| scene.customer("customer/a").org_id = Some(OrgId::new("org-b")),
        |scene| scene.customer("customer/a").sub_partner = Some(OrgId::new("partner-b")),
        |scene| scene.customer("customer/a").admin_email = email("boss@a.example"),
        |scene| {
            scene.customer("customer/a").billing_address.country = "DE".parse().unwrap();
            scene.customer("customer/a").billing_address.city = "Berlin".to_owned();
        },
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let mut scene = Scene::settled();
        change(&mut scene);
        let plan = scene.plan();
        assert_eq!(plan.steps().count(), 0, "{at}: {}", text(&plan));
        assert!(plan.parts.iter().all(|part| part.catch_up.is_empty()), "{at}: {}", text(&plan));
        assert_eq!(plan.notes.iter().filter(|note| note.text.contains("sets it once")).count(), 1, "{at}");
        assert!(!plan.has_changes() && !plan.has_waits(), "{at}");
    }
}

#[test]
fn what_is_taken_out_of_a_manifest_and_cannot_be_cleared_is_said_once() {
    let mut scene = Scene::settled();
    scene.customer("customer/a").language = Some("en_us".parse().unwrap());
    scene.settle();
    scene.customer("customer/a").language = None;
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.notes.len()), (0, 1), "{}", text(&plan));
    for learnt in plan.parts.iter().flat_map(|part| &part.catch_up) {
        scene.ledger.records.insert(learnt.object.clone(), learnt.record.clone().unwrap());
    }
    assert_eq!(scene.text(), "");
}

#[test]
fn an_address_line_that_leaves_the_manifest_is_cleared_with_the_whole_address() {
    let mut scene = Scene::settled();
    let mut address = postal("1 Main St");
    address.line2 = Some("Suite 5".to_owned());
    scene.customer("customer/a").billing_address = address;
    scene.settle();
    scene.customer("customer/a").billing_address = postal("1 Main St");
    let plan = scene.plan();
    let step = plan.steps().next().unwrap();
    assert_eq!(step.fields.len(), 1);
    assert_eq!((&step.fields[0].before, &step.fields[0].after), (&Some(Value::text("Suite 5")), &None));
}

#[test]
fn a_customer_that_the_service_is_busy_with_is_awaited_before_all_else() {
    let mut scene = Scene::settled();
    scene.seen("a").status = CustomerStatus::Updating;
    scene.user("user/a/ann@a.example").first_name = Some("Anna".to_owned());
    insta::assert_snapshot!(scene.text(), @r#"
    update customer/a#await (Resume)
    update user/a/ann@a.example#person (Edited) firstName: Ann → Anna; after customer/a#await
    "#);
}

#[test]
fn a_customer_whose_creation_failed_has_no_steps() {
    let mut scene = Scene::settled();
    scene.seen("a").status = CustomerStatus::Error;
    scene.user("user/a/ann@a.example").first_name = Some("Anna".to_owned());
    assert_eq!((scene.plan().steps().count(), scene.plan().refusals().count()), (0, 1));
}

#[test]
fn two_customers_do_not_exchange_their_keys_in_one_plan_and_a_chain_goes_in_order() {
    let mut scene = Scene::settled();
    scene.write("customer/b", hubform::model::Spec::Customer(Box::new(super::scene::customer("b"))));
    scene.settle();
    scene.customer("customer/a").external_id = "ext-b".to_owned();
    scene.customer("customer/b").external_id = "ext-c".to_owned();
    let plan = scene.plan();
    let first = plan.steps().find(|step| step.object == at("customer/a")).unwrap();
    assert_eq!(first.needs.iter().map(hubform::plan::StepId::as_str).collect::<Vec<_>>(), ["customer/b#update"]);
    scene.customer("customer/b").external_id = "ext-a".to_owned();
    let plan = scene.plan();
    assert_eq!(plan.refusals().filter(|no| no.code == "HF537").count(), 2, "{}", text(&plan));
}
