//! What each step stands behind, said once for every need that a plan has; and what a plan counts.

use std::collections::BTreeSet;

use hubform::{
    model::{CustomerStatus, Extension, Lifecycle, PackageName, Pstn, Spec},
    plan::Plan,
};

use super::scene::{Scene, at, full_administrator, location, name, packages, text, user};

fn needs(plan: &Plan, step: &str) -> BTreeSet<String> {
    let found = plan.steps().find(|it| it.id.as_str() == step).unwrap_or_else(|| panic!("no {step}:\n{}", text(plan)));
    found.needs.iter().map(ToString::to_string).collect()
}

fn extension(text: &str) -> Option<Extension> {
    text.parse().ok()
}

#[test]
fn a_user_who_gets_calling_waits_for_the_location() {
    let mut scene = Scene::settled();
    scene.customer("customer/a").packages.extend(packages(&[("webex_meetings", None)]));
    let bob = scene.user("user/a/bob@a.example");
    bob.package = PackageName::new("webex_meetings");
    (bob.location, bob.phone_number, bob.extension) = (None, None, None);
    scene.settle();
    scene.write("location/a/west", Spec::Location(Box::new(location("West", "4 West St", 400))));
    *scene.user("user/a/bob@a.example") = user("west", None, Some("401"));
    let plan = scene.plan();
    let found = needs(&plan, "user/a/bob@a.example#package");
    for step in ["location/a/west#create", "location/a/west#calling", "location/a/west#settings"] {
        assert!(found.contains(step), "{step}: {}", text(&plan));
    }
}

#[test]
fn a_user_without_a_number_moves_behind_the_location_too() {
    let mut scene = Scene::settled();
    *scene.user("user/a/bob@a.example") = user("east", None, Some("201"));
    scene.settle();
    scene.write("location/a/west", Spec::Location(Box::new(location("West", "4 West St", 400))));
    *scene.user("user/a/bob@a.example") = user("west", None, Some("201"));
    let plan = scene.plan();
    assert!(needs(&plan, "user/a/bob@a.example#move").contains("location/a/west#settings"), "{}", text(&plan));
}

#[test]
fn a_location_goes_after_users_without_numbers_have_moved() {
    let mut scene = Scene::settled();
    *scene.user("user/a/bob@a.example") = user("east", None, Some("201"));
    scene.settle();
    *scene.user("user/a/bob@a.example") = user("headquarters", None, Some("201"));
    scene.unwrite("location/a/east");
    scene.remove("location/a/east");
    let plan = scene.plan();
    assert!(needs(&plan, "location/a/east#disable-calling").contains("user/a/bob@a.example#move"), "{}", text(&plan));
    assert!(needs(&plan, "location/a/east#delete").contains("location/a/east#disable-calling"));
}

#[test]
fn the_last_two_calling_locations_do_not_go_together() {
    let mut scene = Scene::settled();
    scene.write("location/a/west", Spec::Location(Box::new(location("West", "4 West St", 400))));
    for gone in ["user/a/ann@a.example", "user/a/bob@a.example"] {
        scene.unwrite(gone);
    }
    scene.settle();
    for gone in ["location/a/headquarters", "location/a/east", "location/a/west"] {
        scene.unwrite(gone);
        scene.remove(gone);
    }
    let plan = scene.plan();
    assert_eq!(plan.refusals().filter(|no| no.code == "HF535").count(), 3, "{}", text(&plan));
}

#[test]
fn what_a_package_loses_is_sent_behind_what_the_customer_gains() {
    let mut scene = Scene::settled();
    scene.customer("customer/a").packages = packages(&[("webex_calling", Some(50)), ("webex_voice", None)]);
    let plan = scene.plan();
    assert!(needs(&plan, "customer/a#reduce").contains("customer/a#update"), "{}", text(&plan));
    scene.seen("a").status = CustomerStatus::Updating;
    let plan = scene.plan();
    assert!(plan.steps().all(|step| step.object != at("customer/a") || step.id.as_str().ends_with("#await")));
}

#[test]
fn a_user_of_a_new_package_waits_until_the_customer_has_it() {
    let mut scene = Scene::settled();
    scene.customer("customer/a").packages.extend(packages(&[("webex_voice", None)]));
    scene.user("user/a/bob@a.example").package = PackageName::new("webex_voice");
    let plan = scene.plan();
    assert_eq!(needs(&plan, "user/a/bob@a.example#package"), ["customer/a#update".to_owned()].into());
}

#[test]
fn the_first_calling_package_brings_the_headquarters() {
    let mut scene = Scene::empty();
    let mut it = super::scene::customer("a");
    it.packages = packages(&[("webex_meetings", None)]);
    scene.write("customer/a", Spec::Customer(Box::new(it)));
    scene.settle();
    scene.customer("customer/a").packages.extend(packages(&[("webex_calling", None)]));
    scene.write("location/a/headquarters", Spec::Location(Box::new(location("Head Office", "1 Main St", 100))));
    let plan = scene.plan();
    let ids: Vec<&str> = plan.steps().map(|step| step.id.as_str()).collect();
    assert!(!ids.contains(&"location/a/headquarters#create"), "{}", text(&plan));
    assert!(needs(&plan, "location/a/headquarters#adopt").contains("customer/a#update"));
    let put = plan.steps().find(|step| step.object == at("customer/a")).unwrap();
    assert!(matches!(&put.operation, hubform::plan::Operation::UpdateCustomer { headquarters: Some(_), .. }));
}

#[test]
fn roles_are_given_last() {
    let mut scene = Scene::settled();
    scene.write("user/a/cid@a.example", Spec::User(Box::new(user("east", None, Some("250")))));
    scene.user("user/a/cid@a.example").roles = full_administrator();
    let bob = scene.user("user/a/bob@a.example");
    bob.roles = full_administrator();
    bob.extension = extension("299");
    let plan = scene.plan();
    assert!(needs(&plan, "user/a/cid@a.example#roles").contains("user/a/cid@a.example#create"), "{}", text(&plan));
    assert!(needs(&plan, "user/a/bob@a.example#roles").contains("user/a/bob@a.example#person"));
}

#[test]
fn two_administrators_do_not_lose_their_roles_together() {
    let mut scene = Scene::settled();
    for who in ["user/a/ann@a.example", "user/a/bob@a.example"] {
        scene.user(who).roles = full_administrator();
    }
    scene.settle();
    for who in ["user/a/ann@a.example", "user/a/bob@a.example"] {
        scene.user(who).roles.clear();
    }
    assert_eq!(scene.plan().refusals().filter(|no| no.code == "HF534").count(), 2);
}

#[test]
fn a_line_that_is_released_is_released_whole() {
    let mut scene = Scene::settled();
    scene.unwrite("user/a/ann@a.example");
    scene.write("user/a/new@a.example", Spec::User(Box::new(user("headquarters", Some(101), Some("150")))));
    let plan = scene.plan();
    let release = plan.steps().find(|step| step.id.as_str() == "user/a/ann@a.example#release").unwrap();
    let hubform::plan::Operation::UpdatePerson { phone_number, extension, .. } = &release.operation else {
        panic!("{release:?}")
    };
    assert_eq!(phone_number, &hubform::plan::Edit::Clear);
    assert!(extension.is_keep(), "an extension that nobody wants stays");
}

#[test]
fn what_was_changed_to_what_the_manifest_says_is_learnt_and_then_drifts_like_everything_else() {
    let mut scene = Scene::settled();
    scene.customer("customer/a").company = "Renamed".to_owned();
    scene.organization("a").display_name = hubform::model::Readable::Known("Renamed".to_owned());
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.has_changes()), (0, false));
    let learnt = plan.parts[0].catch_up[0].record.clone().unwrap();
    assert_eq!(learnt.applied.text("company"), Some("Renamed"));
    scene.ledger.records.insert(at("customer/a"), learnt);
    assert_eq!(scene.text(), "");
}

#[test]
fn what_a_manifest_says_of_an_objects_life_is_learnt_without_a_step() {
    let mut scene = Scene::settled();
    scene.object_mut("location/a/east").lifecycle = Lifecycle { protect: true, ..Lifecycle::default() };
    let plan = scene.plan();
    assert_eq!(plan.steps().count(), 0);
    assert!(plan.parts[0].catch_up[0].record.as_ref().unwrap().lifecycle.protect);
}

#[test]
fn an_object_counts_once_by_its_main_action() {
    let summary = Scene::new_customer().plan().summary;
    assert_eq!((summary.create, summary.adopt, summary.update), (6, 0, 0), "made with more than one request");
    let mut scene = Scene::settled();
    scene.unwrite("user/a/ann@a.example");
    scene.write("user/a/new@a.example", Spec::User(Box::new(user("headquarters", Some(101), Some("101")))));
    let summary = scene.plan().summary;
    assert_eq!((summary.delete, summary.create, summary.update), (1, 1, 0), "a release belongs to the removal");
}

#[test]
fn a_selection_removes_no_template_and_no_other_customer() {
    let mut scene = Scene::settled();
    scene.write("customer/b", Spec::Customer(Box::new(super::scene::customer("b"))));
    scene.settle();
    scene.desired.objects.retain(|at, _| at.customer() == Some(&name("a")));
    scene.remove("customer/b");
    scene.remove("template/standard");
    scene.only = Some([name("a")].into());
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.refusals().count()), (0, 0), "{}", text(&plan));
}

#[test]
fn a_connection_comes_before_numbers_and_all_comes_after_the_location() {
    let mut scene = Scene::settled();
    scene.location("location/a/east").pstn = None;
    scene.location("location/a/east").numbers.clear();
    scene.location("location/a/east").main_number = None;
    *scene.user("user/a/bob@a.example") = user("east", None, Some("201"));
    scene.settle();
    *scene.location("location/a/east") = location("East", "2 East St", 200);
    scene.location("location/a/east").display_name = "Orient".to_owned();
    let plan = scene.plan();
    assert!(needs(&plan, "location/a/east#pstn").contains("location/a/east#update"), "{}", text(&plan));
    assert!(needs(&plan, "location/a/east#numbers").contains("location/a/east#pstn"));
    assert!(needs(&plan, "location/a/east#settings").contains("location/a/east#numbers"));
    assert!(matches!(scene.location("location/a/east").pstn, Some(Pstn::NonIntegratedCcp { .. })));
}
