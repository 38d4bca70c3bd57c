//! What leaves: users by absence, bigger objects by `Removed` documents, and the guards (R19, R20).

use hubform::model::{CustomerStatus, Lifecycle, OnRemove, Reading, Spec, SubscriberId};

use super::{
    lines::whole,
    scene::{Scene, at, name, text, user},
};

fn ids(scene: &Scene) -> Vec<String> {
    scene.plan().steps().map(|step| step.id.to_string()).collect()
}

#[test]
fn a_user_whose_entry_disappears_is_unmapped_and_told_to_keep_the_line() {
    let mut scene = Scene::settled();
    scene.unwrite("user/a/bob@a.example");
    insta::assert_snapshot!(scene.text(), @r#"
    delete user/a/bob@a.example#delete (Removed)
    note user/a/bob@a.example HF505
    "#);
}

#[test]
fn a_customer_a_location_or_a_template_that_vanishes_is_an_error() {
    for address in ["location/a/east", "customer/a", "template/standard"] {
        let mut scene = Scene::settled();
        scene.unwrite(address);
        scene.user("user/a/bob@a.example").location = Some(name("headquarters"));
        let plan = scene.plan();
        assert!(plan.refusals().any(|no| no.object == at(address) && no.code == "HF525"), "{}", text(&plan));
    }
}

#[test]
fn a_customer_goes_after_its_users_and_its_template_after_it() {
    let mut scene = Scene::settled();
    scene.desired.objects.clear();
    scene.remove("customer/a");
    scene.remove("template/standard");
    insta::assert_snapshot!(scene.text(), @r#"
    delete template/standard#delete (Removed) after customer/a#delete
    delete user/a/ann@a.example#delete (Removed)
    delete user/a/bob@a.example#delete (Removed)
    delete customer/a#delete (Removed) after user/a/ann@a.example#delete user/a/bob@a.example#delete
    forget location/a/east#forget (Removed) after customer/a#delete
    forget location/a/headquarters#forget (Removed) after customer/a#delete
    note user/a/ann@a.example HF505
    note user/a/bob@a.example HF505
    "#);
    whole(&scene.plan());
}

#[test]
fn what_is_left_of_a_customer_that_has_gone_leaves_the_ledger() {
    let mut scene = Scene::settled();
    scene.desired.objects.retain(|at, _| at.customer().is_none());
    scene.remove("customer/a");
    scene.observed.customers.remove(&name("a"));
    scene.ledger.records.retain(|at, _| at.to_string() != "customer/a");
    let below: Vec<_> = scene.ledger.records.keys().filter(|at| at.customer().is_some()).cloned().collect();
    assert!(!below.is_empty());
    let plan = scene.plan();
    assert_eq!(plan.refusals().count(), 0, "{}", text(&plan));
    let learnt = plan.parts.iter().flat_map(|part| &part.catch_up).filter(|it| it.record.is_none());
    let mut dropped: Vec<_> = learnt.map(|it| it.object.clone()).collect();
    dropped.sort();
    assert_eq!(dropped, below);
}

#[test]
fn destroy_takes_everything_down_and_leaves_nothing_in_the_ledger() {
    let mut scene = Scene::settled();
    scene.destroy = true;
    let plan = scene.plan();
    whole(&plan);
    let covered: std::collections::BTreeSet<_> = plan.steps().map(|step| step.object.clone()).collect();
    assert_eq!(covered, scene.ledger.records.keys().cloned().collect(), "{}", text(&plan));
}

#[test]
fn what_is_protected_stays_whatever_asks_for_its_removal() {
    for address in ["customer/a", "template/standard", "location/a/east"] {
        let mut scene = Scene::settled();
        scene.record(address).lifecycle = Lifecycle { protect: true, ..Lifecycle::default() };
        scene.unwrite(address);
        scene.remove(address);
        *scene.user("user/a/bob@a.example") = user("headquarters", None, Some("201"));
        let plan = scene.plan();
        assert!(plan.refusals().any(|no| no.object == at(address) && no.code == "HF526"), "{}", text(&plan));
        if address != "location/a/east" {
            scene.destroy = true;
            assert!(scene.plan().refusals().any(|no| no.object == at(address) && no.code == "HF526"));
        }
    }
}

#[test]
fn a_removal_that_keeps_only_forgets() {
    let mut scene = Scene::settled();
    scene.desired.objects.retain(|at, _| at.customer().is_none());
    scene.remove("customer/a");
    scene.desired.removals.get_mut(&at("customer/a")).unwrap().on_remove = Some(OnRemove::Keep);
    let plan = scene.plan();
    assert_eq!(plan.steps().count(), 5, "{}", text(&plan));
    assert!(plan.steps().all(|step| step.action == hubform::plan::Action::Forget && step.requests == 0));
}

#[test]
fn a_removed_document_says_what_becomes_of_a_user() {
    for (on_remove, expected) in [(OnRemove::Keep, "#forget"), (OnRemove::Unmap, "#delete")] {
        let mut scene = Scene::settled();
        scene.unwrite("user/a/bob@a.example");
        scene.remove("user/a/bob@a.example");
        scene.desired.removals.get_mut(&at("user/a/bob@a.example")).unwrap().on_remove = Some(on_remove);
        assert_eq!(ids(&scene), [format!("user/a/bob@a.example{expected}")]);
    }
    let mut scene = Scene::settled();
    scene.unwrite("user/a/bob@a.example");
    scene.remove("user/a/bob@a.example");
    scene.desired.removals.get_mut(&at("user/a/bob@a.example")).unwrap().on_remove = Some(OnRemove::Delete);
    assert!(scene.plan().refusals().any(|no| no.code == "HF542"), "{}", scene.text());
}

#[test]
fn a_customer_with_subscribers_that_no_manifest_describes_stays() {
    let mut scene = Scene::settled();
    let mut other = scene.seen("a").subscribers[0].clone();
    other.id = SubscriberId::new("other");
    other.email = "other@a.example".parse().unwrap();
    scene.seen("a").subscribers.push(other);
    scene.desired.objects.retain(|at, _| at.customer().is_none());
    scene.remove("customer/a");
    assert!(scene.plan().refusals().any(|no| no.code == "HF541"));
}

#[test]
fn a_customer_that_the_service_is_busy_with_is_not_removed_yet() {
    for status in [CustomerStatus::Updating, CustomerStatus::Deleting, CustomerStatus::PendingRplReview] {
        let mut scene = Scene::settled();
        scene.desired.objects.retain(|at, _| at.customer().is_none());
        scene.remove("customer/a");
        scene.seen("a").status = status;
        let plan = scene.plan();
        assert_eq!((plan.steps().count(), plan.waits().count()), (0, 1), "{}", text(&plan));
    }
}

#[test]
fn a_customer_that_is_gone_and_may_go_leaves_the_ledger_quietly() {
    let mut scene = Scene::settled();
    scene.desired.objects.retain(|at, _| at.customer().is_none());
    scene.remove("customer/a");
    scene.observed.customers.insert(name("a"), Reading::Absent);
    let plan = scene.plan();
    assert_eq!(plan.steps().count(), 0);
    assert_eq!(plan.parts[0].catch_up.len(), 5, "{}", text(&plan));
}

#[test]
fn a_removal_that_was_carried_out_is_a_note() {
    let mut scene = Scene::settled();
    scene.remove("customer/old");
    let plan = scene.plan();
    assert_eq!((plan.parts.len(), plan.notes.len()), (0, 1));
}

/// Adds users until there are `all`, and takes `gone` of them out again.
fn leaving(all: u32, gone: u32) -> Scene {
    let mut scene = Scene::settled();
    for at in 2..all {
        let it = user("east", None, Some(&format!("{}", 1000 + at)));
        scene.write(&format!("user/a/u{at:03}@a.example"), Spec::User(Box::new(it)));
    }
    scene.settle();
    for at in 2..2 + gone {
        scene.unwrite(&format!("user/a/u{at:03}@a.example"));
    }
    scene
}

#[test]
fn deletions_are_limited_by_count_and_by_percent_above_two() {
    for (all, gone, refused) in
        [(10, 2, false), (10, 3, true), (30, 3, false), (49, 5, true), (50, 5, false), (100, 6, true)]
    {
        let plan = leaving(all, gone).plan();
        assert_eq!(plan.refusals().any(|no| no.code == "HF527"), refused, "{gone} of {all}");
    }
}

#[test]
fn the_last_users_do_not_all_leave_at_once() {
    let mut scene = Scene::settled();
    scene.unwrite("user/a/ann@a.example");
    scene.unwrite("user/a/bob@a.example");
    assert!(scene.plan().refusals().any(|no| no.code == "HF528"));
    // One that is written badly is still there.
    scene.desired.broken.insert(at("user/a/bob@a.example"));
    assert_eq!(ids(&scene), ["user/a/ann@a.example#delete"]);
    assert_eq!(scene.plan().refusals().count(), 0);
}

#[test]
fn a_user_that_is_gone_already_only_leaves_the_ledger() {
    let mut scene = Scene::settled();
    scene.unwrite("user/a/bob@a.example");
    scene.seen("a").subscribers.retain(|it| it.email.as_str() != "bob@a.example");
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.parts[0].catch_up.len()), (0, 1), "{}", text(&plan));
}
