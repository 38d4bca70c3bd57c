//! What of an approved plan may be carried out, when the world has moved on or has not.

use std::collections::BTreeSet;

use hubform::{
    model::{CustomerStatus, ProvisioningId, Reading, RemoteIds, Spec},
    plan::{Part, Plan, StepId},
};
use proptest::prelude::*;

use super::{again, saved};
use crate::plan::{
    scene::{Scene, at, customer, location, name, number, text, user},
    states::{Whim, act, base, whims},
};

const ANN: &str = "user/a/ann@a.example";
const BOB: &str = "user/a/bob@a.example";

/// Two customers, `a` and `b`, in which Ann's extension and `b`'s name are to change.
fn two() -> Scene {
    let mut scene = Scene::new_customer();
    scene.write("customer/b", Spec::Customer(Box::new(customer("b"))));
    scene.write("location/b/headquarters", Spec::Location(Box::new(location("Head Office b", "9 Main St", 500))));
    scene.write("user/b/eve@b.example", Spec::User(Box::new(user("headquarters", Some(501), Some("501")))));
    scene.settle();
    scene.user(ANN).extension = Some("777".parse().unwrap());
    "Company B".clone_into(&mut scene.customer("customer/b").company);
    scene
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.steps().map(|step| step.id.as_str()).collect()
}

fn part<'p>(plan: &'p Plan, customer: &str) -> &'p Part {
    plan.parts.iter().find(|part| part.customer == Some(name(customer))).unwrap()
}

fn refused(plan: &Plan) -> String {
    plan.refusals().map(|no| format!("{} {}: {}", no.object, no.code, no.text)).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_has_not_changed_is_carried_out_as_approved() {
    let scene = two();
    let file = saved(&scene.plan());
    let now = again(&file, &scene);
    assert_eq!(ids(&now), ["user/a/ann@a.example#person", "customer/b#organization"]);
    assert_eq!(&now, file.plan());
}

#[test]
fn a_plan_that_is_done_asks_for_nothing_and_is_no_error() {
    let mut scene = two();
    let file = saved(&scene.plan());
    scene.settle();
    let now = again(&file, &scene);
    assert_eq!((ids(&now), refused(&now)), (vec![], String::new()));
    assert!(!now.has_changes() && !now.has_waits());
    let said: Vec<_> = now.notes.iter().map(|note| (note.code.as_str(), note.object.as_deref())).collect();
    assert_eq!(said, [("HF510", Some("customer/a")), ("HF510", Some("customer/b"))]);
}

#[test]
fn everything_that_is_created_and_everything_that_is_removed_can_be_done_already() {
    let mut scene = Scene::new_customer();
    let file = saved(&scene.plan());
    scene.settle();
    let now = again(&file, &scene);
    assert_eq!((ids(&now), refused(&now)), (vec![], String::new()), "{}", text(&now));

    let mut scene = Scene::settled();
    scene.desired.objects.clear();
    scene.remove("customer/a");
    scene.remove("template/standard");
    let file = saved(&scene.plan());
    assert!(file.plan().steps().count() > 4);
    scene.settle();
    scene.observed.customers.insert(name("a"), Reading::Absent);
    let now = again(&file, &scene);
    assert_eq!((ids(&now), refused(&now)), (vec![], String::new()), "{}", text(&now));
}

#[test]
fn drift_of_one_customer_refuses_that_one_and_no_other() {
    let mut scene = two();
    let file = saved(&scene.plan());
    scene.person("a", "ann@a.example").extension = Some("666".parse().unwrap());
    let now = again(&file, &scene);
    insta::assert_snapshot!(refused(&now), @"user/a/ann@a.example HF545: changed since it was planned: the service has something else now; `extension` was `101` and is `666`");
    assert!(part(&now, "b").refusals.is_empty());
    assert_eq!(part(&now, "b"), part(file.plan(), "b"));
    assert_eq!(part(&now, "a").steps, part(file.plan(), "a").steps, "what was approved is shown");
    let fix = now.refusals().next().unwrap().fix.as_str();
    assert_eq!(fix, "plan again with `hubform plan --out FILE`, and have that approved");
}

#[test]
fn an_unrelated_user_who_changes_stops_nothing_and_is_not_touched() {
    let mut scene = two();
    let file = saved(&scene.plan());
    scene.person("a", "bob@a.example").last_name = Some("Ray".to_owned());
    scene.write("user/a/cid@a.example", Spec::User(Box::new(user("east", None, Some("203")))));
    let now = again(&file, &scene);
    assert_eq!(refused(&now), "");
    assert_eq!(ids(&now), ids(file.plan()));
}

#[test]
fn manifests_that_were_edited_are_not_what_was_approved() {
    let mut scene = two();
    let file = saved(&scene.plan());
    scene.user(ANN).extension = Some("778".parse().unwrap());
    scene.customer("customer/b").company.push('!');
    let now = again(&file, &scene);
    insta::assert_snapshot!(refused(&now), @"
    user/a/ann@a.example HF545: changed since it was planned: the manifests say something else of it now; `extension` was to become `777`, and now `778`
    customer/b HF545: changed since it was planned: the manifests say something else of it now; `company` was to become `Company B`, and now `Company B!`
    ");

    let mut scene = two();
    scene.unwrite(ANN);
    "Company b".clone_into(&mut scene.customer("customer/b").company);
    insta::assert_snapshot!(refused(&again(&file, &scene)), @"
    user/a/ann@a.example HF545: changed since it was planned: the manifests no longer describe it; `extension` is no longer to become `777`
    customer/b HF545: changed since it was planned: the manifests say something else of it now; `company` is no longer to become `Company B`
    ");
}

#[test]
fn where_an_object_is_written_does_not_count() {
    let scene = two();
    let mut plan = scene.plan();
    for step in plan.parts.iter_mut().flat_map(|part| &mut part.steps) {
        step.source = Some(hubform::plan::SourceLine { file: "users.csv".to_owned(), line: 9 });
    }
    let now = again(&saved(&plan), &scene);
    assert_eq!((ids(&now).len(), refused(&now)), (2, String::new()));
    assert!(now.steps().all(|step| step.source.is_none()), "it says where they are written now");
}

#[test]
fn what_came_or_went_is_said() {
    let mut scene = Scene::settled();
    scene.write("user/a/cid@a.example", Spec::User(Box::new(user("east", Some(203), Some("203")))));
    let file = saved(&scene.plan());
    let mut other = scene.seen("a").subscribers[1].clone();
    other.id = hubform::model::SubscriberId::new("subscriber-cid");
    other.email = crate::plan::scene::email("cid@a.example");
    other.person_id = None;
    scene.seen("a").subscribers.push(other);
    insta::assert_snapshot!(refused(&again(&file, &scene)), @"user/a/cid@a.example HF545: changed since it was planned: the service has it by now");

    let mut scene = two();
    let file = saved(&scene.plan());
    scene.seen("a").subscribers.retain(|it| it.email.as_str() != "ann@a.example");
    insta::assert_snapshot!(refused(&again(&file, &scene)), @"user/a/ann@a.example HF545: changed since it was planned: the service no longer has it");
}

#[test]
fn an_object_that_was_replaced_is_another_one() {
    let mut scene = two();
    let file = saved(&scene.plan());
    let new = hubform::model::SubscriberId::new("subscriber-new");
    scene.seen("a").subscribers.iter_mut().find(|it| it.email.as_str() == "ann@a.example").unwrap().id = new;
    let said = refused(&again(&file, &scene));
    assert!(said.contains("its id is `subscriber-new` now, and was `subscriber-ann@a.example`"), "{said}");
}

#[test]
fn a_template_that_was_bound_to_another_id_is_another_one() {
    let mut scene = Scene::new_customer();
    scene.observed.has_registry = false;
    let record = |id: &str| hubform::model::Record {
        ids: RemoteIds::Template { provisioning_id: Some(ProvisioningId::new(id)) },
        applied: crate::plan::scene::template().fields(),
        lifecycle: hubform::model::Lifecycle::default(),
        created: false,
    };
    scene.ledger.records.insert(at("template/standard"), record("one"));
    let file = saved(&scene.plan());
    assert_eq!(refused(&again(&file, &scene)), "");
    scene.ledger.records.insert(at("template/standard"), record("two"));
    let said = refused(&again(&file, &scene));
    assert!(said.contains("template/standard HF545") && said.contains("`two`"), "{said}");
}

#[test]
fn guards_run_again_and_what_they_refuse_is_refused() {
    let mut scene = two();
    let file = saved(&scene.plan());
    scene.observed.customers.insert(name("a"), Reading::Failed("no answer".to_owned()));
    let now = again(&file, &scene);
    assert_eq!(part(&now, "a").refusals[0].code, "HF521");
    assert!(part(&now, "b").refusals.is_empty());

    let mut scene = two();
    scene.seen("a").status = CustomerStatus::Deleting;
    let now = again(&file, &scene);
    assert_eq!(part(&now, "a").refusals[0].code, "HF545", "nobody can tell whether it is done");
}

#[test]
fn what_was_refused_when_it_was_planned_was_never_approved() {
    let mut scene = two();
    scene.unwrite("location/a/east");
    *scene.user(BOB) = user("headquarters", None, Some("201"));
    let file = saved(&scene.plan());
    assert_eq!(part(file.plan(), "a").refusals[0].code, "HF525");
    let now = again(&file, &two());
    assert_eq!(part(&now, "a").refusals, part(file.plan(), "a").refusals);
}

#[test]
fn what_others_finished_is_left_out_and_the_rest_goes_on() {
    let mut scene = two();
    scene.user(BOB).extension = Some("888".parse().unwrap());
    let file = saved(&scene.plan());
    assert_eq!(ids(file.plan()).len(), 3);
    // An apply that was stopped after Ann.
    scene.person("a", "ann@a.example").extension = Some("777".parse().unwrap());
    let wanted = scene.user(ANN).clone();
    scene.record(ANN).applied = Spec::User(Box::new(wanted)).fields();
    let now = again(&file, &scene);
    assert_eq!(
        (ids(&now), refused(&now)),
        (vec!["user/a/bob@a.example#person", "customer/b#organization"], String::new())
    );
}

/// The number 0209 goes from a location of `a` to one of `b`.
fn handover() -> Scene {
    let mut scene = two();
    scene.settle();
    scene.location("location/a/east").numbers.remove(&number(209));
    scene.location("location/b/headquarters").numbers.insert(number(209));
    scene
}

#[test]
fn customers_that_a_step_links_stand_or_fall_together() {
    let scene = handover();
    let file = saved(&scene.plan());
    assert_eq!(refused(&again(&file, &scene)), "");

    let mut giver = scene.clone();
    giver.seen_location("a", "east").calling.as_mut().unwrap().main_number = Some(number(205));
    let said = refused(&again(&file, &giver));
    assert!(said.contains("location/a/east HF545") && said.contains("location/b/headquarters HF546"), "{said}");

    let mut taker = scene;
    "Elsewhere".clone_into(&mut taker.seen_location("b", "headquarters").name);
    let said = refused(&again(&file, &taker));
    assert!(said.contains("location/b/headquarters HF545") && said.contains("location/a/east HF546"), "{said}");
}

#[test]
fn a_template_that_changed_takes_its_new_customers_along_and_falls_with_none() {
    let scene = Scene::new_customer();
    let file = saved(&scene.plan());
    let mut other = scene.clone();
    other.observed.templates.insert(
        name("standard"),
        Reading::Found(hubform::model::ObservedTemplate {
            provisioning_id: ProvisioningId::new("other"),
            fields: {
                let mut fields = crate::plan::scene::template().fields();
                fields.set("brandName", hubform::model::Value::text("Else"));
                fields
            },
        }),
    );
    let now = again(&file, &other);
    assert_eq!(now.parts[0].refusals[0].code, "HF545", "{}", refused(&now));
    assert!(!part(&now, "a").refusals.is_empty());

    let mut other = scene;
    other.observed.customers.insert(name("a"), Reading::Failed("no answer".to_owned()));
    let now = again(&file, &other);
    assert!(now.parts[0].refusals.is_empty() && !now.parts[0].steps.is_empty());
}

#[test]
fn nothing_that_is_new_since_is_applied() {
    let mut scene = two();
    let file = saved(&Plan { parts: vec![part(&scene.plan(), "a").clone()], ..scene.plan() });
    scene.template("template/standard").brand_name = None;
    let now = again(&file, &scene);
    assert_eq!(ids(&now), ["user/a/ann@a.example#person"]);
}

fn play(scene: &mut Scene, whims: &[Whim]) {
    for whim in whims {
        act(scene, whim);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever a state is: a plan that is made again for it holds, down to the last byte of its steps.
    #[test]
    fn a_plan_holds_as_long_as_nothing_happens(before in whims()) {
        let mut scene = base();
        play(&mut scene, &before);
        let plan = scene.plan();
        let now = again(&saved(&plan), &scene);
        prop_assert_eq!(&now.parts, &plan.parts);
    }

    /// Whatever happens in between: no step is taken that was not approved, none that a plan made now would not take, and
    /// none whose values are others.
    #[test]
    fn no_step_is_taken_that_is_not_in_both_plans(before in whims(), between in whims()) {
        let mut scene = base();
        play(&mut scene, &before);
        let file = saved(&scene.plan());
        play(&mut scene, &between);
        let now = again(&file, &scene);
        let all = Scene { only: None, watched: None, ..scene.clone() }.plan();
        let find = |plan: &Plan, id: &StepId| plan.steps().find(|step| step.id == *id).cloned();
        for part in now.parts.iter().filter(|part| part.refusals.is_empty()) {
            let there: BTreeSet<&StepId> = now.steps().map(|step| &step.id).collect();
            for step in &part.steps {
                let (approved, fresh) = (find(file.plan(), &step.id), find(&all, &step.id));
                let (Some(approved), Some(fresh)) = (approved, fresh) else {
                    return Err(TestCaseError::fail(format!("{} is in one plan only", step.id)));
                };
                prop_assert_eq!(&approved.operation, &step.operation);
                prop_assert_eq!(&fresh.operation, &step.operation);
                prop_assert_eq!(&approved.fields, &step.fields);
                prop_assert!(step.needs.iter().all(|need| there.contains(need)), "{} needs what is not there", step.id);
            }
        }
        let customers: BTreeSet<_> = now.parts.iter().map(|part| &part.customer).collect();
        let approved: BTreeSet<_> = file.plan().parts.iter().map(|part| &part.customer).collect();
        prop_assert_eq!(customers, approved);
    }
}
