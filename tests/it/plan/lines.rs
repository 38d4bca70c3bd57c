//! Locations, PSTN, numbers and lines that change hands (R10, R11, R12).

use std::collections::BTreeSet;

use hubform::{
    model::{Location, PstnKind, Spec},
    plan::Plan,
};

use super::scene::{Scene, location, name, number, text, user};

fn needs(plan: &Plan, step: &str) -> BTreeSet<String> {
    let found = plan.steps().find(|it| it.id.as_str() == step).unwrap_or_else(|| panic!("no {step}:\n{}", text(plan)));
    found.needs.iter().map(ToString::to_string).collect()
}

/// Returns true if one step stands behind another, directly or not.
fn behind(plan: &Plan, step: &str, other: &str) -> bool {
    let mut open: Vec<String> = needs(plan, step).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if id == other {
            return true;
        }
        if seen.insert(id.clone()) {
            open.extend(needs(plan, &id));
        }
    }
    false
}

fn position(plan: &Plan, step: &str) -> usize {
    plan.steps().position(|it| it.id.as_str() == step).unwrap_or_else(|| panic!("no {step}:\n{}", text(plan)))
}

#[test]
fn a_user_gets_a_number_that_the_same_plan_adds() {
    let mut scene = Scene::settled();
    scene.location("location/a/east").numbers.insert(number(250));
    scene.user("user/a/bob@a.example").phone_number = Some(number(250));
    let plan = scene.plan();
    assert!(behind(&plan, "user/a/bob@a.example#person", "location/a/east#numbers"), "{}", text(&plan));
}

#[test]
fn a_new_user_gets_a_number_that_the_same_plan_adds() {
    let mut scene = Scene::settled();
    scene.location("location/a/east").numbers.insert(number(250));
    scene.write("user/a/cid@a.example", Spec::User(Box::new(user("east", Some(250), Some("250")))));
    let plan = scene.plan();
    assert!(behind(&plan, "user/a/cid@a.example#create", "location/a/east#numbers"), "{}", text(&plan));
}

#[test]
fn a_number_leaves_one_location_before_it_comes_to_another() {
    let mut scene = Scene::settled();
    scene.location("location/a/headquarters").numbers.remove(&number(109));
    scene.location("location/a/east").numbers.insert(number(109));
    let plan = scene.plan();
    assert!(behind(&plan, "location/a/east#numbers", "location/a/headquarters#remove-numbers"), "{}", text(&plan));
}

#[test]
fn a_number_leaves_one_customer_before_it_comes_to_another() {
    let mut scene = Scene::settled();
    scene.write("customer/b", Spec::Customer(Box::new(super::scene::customer("b"))));
    scene.write("location/b/headquarters", Spec::Location(Box::new(location("Bee", "3 Bee St", 300))));
    scene.settle();
    scene.location("location/b/headquarters").numbers.remove(&number(309));
    scene.location("location/a/east").numbers.insert(number(309));
    let plan = scene.plan();
    assert!(behind(&plan, "location/a/east#numbers", "location/b/headquarters#remove-numbers"), "{}", text(&plan));
}

#[test]
fn a_number_is_taken_from_its_user_before_it_leaves_the_location() {
    let mut scene = Scene::settled();
    scene.user("user/a/bob@a.example").phone_number = Some(number(202));
    scene.location("location/a/east").numbers.remove(&number(201));
    let plan = scene.plan();
    assert!(behind(&plan, "location/a/east#remove-numbers", "user/a/bob@a.example#person"), "{}", text(&plan));
}

#[test]
fn another_main_number_comes_before_the_old_one_goes() {
    let mut scene = Scene::settled();
    let east = scene.location("location/a/east");
    east.main_number = Some(number(205));
    east.numbers.remove(&number(200));
    insta::assert_snapshot!(scene.text(), @r#"
    update location/a/east#settings (Edited) mainNumber: +14085550200 → +14085550205;
    update location/a/east#remove-numbers (Edited) numbers[+14085550200]: +14085550200 → ∅; after location/a/east#settings
    "#);
    scene.location("location/a/east").main_number = None;
    assert!(scene.plan().refusals().any(|no| no.code == "HF540"), "{}", scene.text());
}

#[test]
fn main_numbers_that_two_locations_exchange_are_refused_and_no_step_hangs_in_the_air() {
    let mut scene = Scene::settled();
    for (place, gives, takes) in [("headquarters", 100, 200), ("east", 200, 100)] {
        let it = scene.location(&format!("location/a/{place}"));
        it.main_number = Some(number(takes));
        it.numbers.remove(&number(gives));
        it.numbers.insert(number(takes));
    }
    // Another customer waits for a number of this one.
    scene.write("customer/b", Spec::Customer(Box::new(super::scene::customer("b"))));
    let plan = scene.plan();
    assert!(plan.refusals().any(|no| no.code == "HF537"), "{}", text(&plan));
    whole(&plan);
}

/// Every need is a step of the plan.
pub fn whole(plan: &Plan) {
    let ids: BTreeSet<&str> = plan.steps().map(|step| step.id.as_str()).collect();
    assert_eq!(ids.len(), plan.steps().count(), "ids are unique");
    for step in plan.steps() {
        for need in &step.needs {
            assert!(ids.contains(need.as_str()), "`{}` needs `{need}`, which is not there", step.id);
        }
    }
}

#[test]
fn a_user_moves_to_a_location_that_the_same_plan_creates() {
    let mut scene = Scene::settled();
    scene.write("location/a/west", Spec::Location(Box::new(location("West", "4 West St", 400))));
    *scene.user("user/a/bob@a.example") = user("west", Some(401), Some("201"));
    let plan = scene.plan();
    for step in ["location/a/west#create", "location/a/west#calling", "location/a/west#pstn", "location/a/west#numbers"]
    {
        assert!(behind(&plan, "user/a/bob@a.example#move", step), "{step}: {}", text(&plan));
    }
}

#[test]
fn a_location_goes_after_its_users_have_moved_and_its_main_number_can_go_on() {
    let mut scene = Scene::settled();
    scene.unwrite("location/a/east");
    scene.remove("location/a/east");
    *scene.user("user/a/bob@a.example") = user("headquarters", Some(102), Some("201"));
    scene.location("location/a/headquarters").numbers.insert(number(200));
    let plan = scene.plan();
    assert_eq!(plan.refusals().count(), 0, "{}", text(&plan));
    assert!(behind(&plan, "location/a/east#disable-calling", "user/a/bob@a.example#move"));
    assert!(behind(&plan, "location/a/headquarters#numbers", "location/a/east#disable-calling"), "{}", text(&plan));
    whole(&plan);
}

#[test]
fn a_location_that_somebody_uses_or_that_is_the_last_one_stays() {
    let mut scene = Scene::settled();
    scene.unwrite("location/a/east");
    scene.remove("location/a/east");
    scene.user("user/a/bob@a.example").location = Some(name("headquarters"));
    scene.unwrite("user/a/bob@a.example");
    assert!(scene.plan().refusals().any(|no| no.code == "HF536"), "{}", scene.text());
}

#[test]
fn two_users_exchange_their_extensions_by_parking_one() {
    let mut scene = Scene::settled();
    scene.user("user/a/ann@a.example").extension = Some("201".parse().unwrap());
    scene.user("user/a/bob@a.example").extension = Some("101".parse().unwrap());
    insta::assert_snapshot!(scene.text(), @r#"
    update user/a/ann@a.example#park (Edited) extension: 101 → 996;
    update user/a/bob@a.example#person (Edited) extension: 201 → 101; after user/a/ann@a.example#park
    update user/a/ann@a.example#person (Edited) extension: 101 → 201; after user/a/ann@a.example#park user/a/bob@a.example#person
    "#);
}

#[test]
fn five_numbers_go_round() {
    let mut scene = Scene::settled();
    for at in 1..=5 {
        let it = user("headquarters", Some(100 + at), Some(&format!("30{at}")));
        scene.write(&format!("user/a/u{at}@a.example"), Spec::User(Box::new(it)));
    }
    scene.unwrite("user/a/ann@a.example");
    scene.settle();
    for at in 1..=5 {
        scene.user(&format!("user/a/u{at}@a.example")).phone_number = Some(number(100 + at % 5 + 1));
    }
    let plan = scene.plan();
    assert_eq!(plan.steps().filter(|step| step.id.as_str().ends_with("#park")).count(), 1, "{}", text(&plan));
    assert_eq!(plan.steps().count(), 6);
    whole(&plan);
    // Whoever takes a number stands behind the one who lets it go.
    for step in plan.steps() {
        for need in &step.needs {
            assert!(position(&plan, need.as_str()) < position(&plan, step.id.as_str()));
        }
    }
}

#[test]
fn a_chain_of_extensions_goes_in_order_without_parking() {
    let mut scene = Scene::settled();
    scene.user("user/a/ann@a.example").extension = Some("201".parse().unwrap());
    scene.user("user/a/bob@a.example").extension = Some("301".parse().unwrap());
    let plan = scene.plan();
    assert_eq!(plan.steps().count(), 2);
    assert!(behind(&plan, "user/a/ann@a.example#person", "user/a/bob@a.example#person"));
}

#[test]
fn an_exchange_parks_even_where_no_extension_of_that_length_is_free() {
    let mut scene = Scene::settled();
    for at in 0..100 {
        let it = user("east", None, Some(&format!("{at:02}")));
        scene.write(&format!("user/a/x{at}@a.example"), Spec::User(Box::new(it)));
    }
    scene.settle();
    scene.user("user/a/x1@a.example").extension = Some("02".parse().unwrap());
    scene.user("user/a/x2@a.example").extension = Some("01".parse().unwrap());
    let plan = scene.plan();
    let parks: Vec<_> = plan.steps().filter(|step| step.id.as_str().ends_with("#park")).collect();
    assert!(parks.iter().all(|step| !step.fields.is_empty()), "{}", text(&plan));
    assert!(parks.len() == 1 || plan.refusals().count() == 1, "{}", text(&plan));
}

#[test]
fn the_line_of_a_user_who_leaves_is_taken_first_when_somebody_else_gets_it() {
    let mut scene = Scene::settled();
    scene.unwrite("user/a/ann@a.example");
    scene.write("user/a/new@a.example", Spec::User(Box::new(user("headquarters", Some(101), Some("101")))));
    insta::assert_snapshot!(scene.text(), @r#"
    update user/a/ann@a.example#release (Removed) extension: 101 → 996; phoneNumber: +14085550101 → ∅;
    create user/a/new@a.example#create (New) after user/a/ann@a.example#release
    delete user/a/ann@a.example#delete (Removed) after user/a/ann@a.example#release
    "#);
}

#[test]
fn a_line_that_somebody_else_holds_is_not_given_away() {
    let mut scene = Scene::settled();
    let mut stranger = scene.person("a", "ann@a.example").clone();
    stranger.emails = vec!["stranger@a.example".parse().unwrap()];
    stranger.phone_number = Some(number(105));
    stranger.extension = Some("105".parse().unwrap());
    scene.organization("a").people.insert(hubform::model::PersonId::new("stranger"), stranger);
    scene.user("user/a/ann@a.example").extension = Some("105".parse().unwrap());
    assert!(scene.plan().refusals().any(|no| no.code == "HF543" && no.text.contains("stranger@a.example")));
}

#[test]
fn a_parked_value_that_an_interrupted_run_left_is_brought_to_its_end() {
    let mut scene = Scene::settled();
    scene.user("user/a/ann@a.example").extension = Some("201".parse().unwrap());
    scene.user("user/a/bob@a.example").extension = Some("101".parse().unwrap());
    scene.person("a", "ann@a.example").extension = Some("999".parse().unwrap());
    scene.person("a", "bob@a.example").extension = Some("101".parse().unwrap());
    let plan = scene.plan();
    let ids: Vec<&str> = plan.steps().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["user/a/ann@a.example#person"], "{}", text(&plan));
}

#[test]
fn numbers_that_no_manifest_names_are_left_alone() {
    let mut scene = Scene::settled();
    let seen = scene.seen_location("a", "east").calling.as_mut().unwrap();
    seen.numbers.insert(number(299));
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.notes.len()), (0, 1), "{}", text(&plan));
}

#[test]
fn a_connection_is_not_changed_while_numbers_hang_on_it() {
    let mut scene = Scene::settled();
    let gateway = hubform::model::Pstn::LocalGateway { route: hubform::model::Route::Trunk("Main Trunk".to_owned()) };
    scene.location("location/a/east").pstn = Some(gateway);
    assert!(scene.plan().refusals().any(|no| no.code == "HF532"));
    scene.seen_location("a", "east").calling.as_mut().unwrap().numbers.clear();
    let plan = scene.plan();
    assert_eq!(plan.refusals().count(), 0, "{}", text(&plan));
    assert!(behind(&plan, "location/a/east#numbers", "location/a/east#pstn"));
}

#[test]
fn another_route_of_the_same_gateway_is_one_change_and_no_complaint() {
    use hubform::model::{Pstn, Route};
    let mut scene = Scene::settled();
    scene.location("location/a/east").pstn = Some(Pstn::LocalGateway { route: Route::Trunk("Main Trunk".to_owned()) });
    scene.settle();
    scene.location("location/a/east").pstn =
        Some(Pstn::LocalGateway { route: Route::RouteGroup("Main Routes".to_owned()) });
    let plan = scene.plan();
    assert_eq!(plan.steps().count(), 1, "{}", text(&plan));
    assert_eq!(plan.notes, [], "the old route is replaced, not left behind");
}

#[test]
fn numbers_of_an_integrated_connection_are_never_written() {
    let mut scene = Scene::settled();
    for kind in [Some(PstnKind::IntegratedCcp), Some(PstnKind::CiscoPstn), None] {
        let mut scene = scene.clone();
        let calling = scene.seen_location("a", "east").calling.as_mut().unwrap();
        calling.pstn.as_mut().unwrap().kind = kind;
        scene.location("location/a/east").pstn = None;
        scene.location("location/a/east").numbers.insert(number(250));
        assert!(scene.plan().refusals().any(|no| no.code == "HF533"), "{kind:?}: {}", scene.text());
    }
    // An integrated connection is expected, never made.
    let east: &mut Location = scene.location("location/a/east");
    east.pstn = Some(hubform::model::Pstn::IntegratedCcp);
    east.numbers.clear();
    east.main_number = None;
    *scene.user("user/a/bob@a.example") = user("east", None, Some("201"));
    scene.settle();
    assert_eq!(scene.text(), "");
    scene.seen_location("a", "east").calling.as_mut().unwrap().pstn = None;
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.waits().count()), (0, 1), "{}", text(&plan));
    assert!(plan.has_waits() && !plan.has_changes());
}

#[test]
fn a_user_of_another_package_without_calling_needs_no_line() {
    let mut scene = Scene::settled();
    let bob = scene.user("user/a/bob@a.example");
    bob.package = hubform::model::PackageName::new("webex_meetings");
    (bob.location, bob.phone_number, bob.extension) = (None, None, None);
    let plan = scene.plan();
    let ids: Vec<&str> = plan.steps().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["user/a/bob@a.example#package"], "{}", text(&plan));
}
