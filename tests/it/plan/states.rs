//! States that nobody would make: desired, ledger and observed drawn apart from each other. Whatever they are,
//! a plan keeps its promises.

use std::collections::BTreeSet;

use hubform::{
    model::{Address, CustomerStatus, Lifecycle, OnRemove, Reading, Scope, Spec, SubscriberStatus},
    plan::{Action, Plan},
};
use proptest::prelude::*;

use super::{
    lines::whole,
    scene::{Scene, at, customer, full_administrator, location, name, number, packages, postal, text, user},
};

/// One of a few things that somebody may do to one of the three states.
#[derive(Clone, Debug)]
pub(super) struct Whim {
    what: u8,
    who: u8,
    how: u8,
}

pub(super) fn whims() -> impl Strategy<Value = Vec<Whim>> {
    let whim = (0..40_u8, 0..4_u8, 0..8_u8).prop_map(|(what, who, how)| Whim { what, who, how });
    prop::collection::vec(whim, 0..8)
}

/// Two customers with two locations and four users each.
pub(super) fn base() -> Scene {
    let mut scene = Scene::empty();
    for (it, first) in [("a", 100), ("b", 500)] {
        scene.write(&format!("customer/{it}"), Spec::Customer(Box::new(customer(it))));
        for (place, more) in [("headquarters", 0), ("east", 100)] {
            let one = location(&format!("{it} {place}"), &format!("{more} {it} St"), first + more);
            scene.write(&format!("location/{it}/{place}"), Spec::Location(Box::new(one)));
        }
        for line in 1..=4 {
            let (place, more) = if line < 3 { ("headquarters", 0) } else { ("east", 100) };
            let one = user(place, Some(first + more + line), Some(&format!("{}", 200 + line)));
            scene.write(&format!("user/{it}/u{line}@{it}.example"), Spec::User(Box::new(one)));
        }
    }
    scene.settle();
    scene
}

fn of(who: u8) -> (&'static str, String, String) {
    let it = if who.is_multiple_of(2) { "a" } else { "b" };
    (it, format!("customer/{it}"), format!("user/{it}/u{}@{it}.example", who % 4 + 1))
}

/// Does one thing. Objects that an earlier whim took away are passed over.
#[expect(clippy::too_many_lines, reason = "one arm for each thing that may happen")]
pub(super) fn act(scene: &mut Scene, Whim { what, who, how }: &Whim) {
    let (it, owner, person) = of(*who);
    let place = format!("location/{it}/{}", if how % 2 == 0 { "headquarters" } else { "east" });
    let first = if it == "a" { 100 } else { 500 };
    let has = |scene: &Scene, address: &str| scene.desired.objects.contains_key(&at(address));
    let found = matches!(scene.observed.customers.get(&name(it)), Some(Reading::Found(_)));
    match what {
        0 if has(scene, &person) => scene.unwrite(&person),
        1 if has(scene, &place) => scene.unwrite(&place),
        2 if has(scene, &owner) => scene.unwrite(&owner),
        3 if has(scene, "template/standard") => scene.unwrite("template/standard"),
        4 => scene.remove(&owner),
        5 => scene.remove(&place),
        6 if has(scene, &person) => {
            scene.user(&person).extension = Some(format!("{}", 201 + u32::from(*how) % 4).parse().unwrap());
        }
        7 if has(scene, &person) => scene.user(&person).phone_number = Some(number(first + u32::from(*how))),
        8 if has(scene, &person) => scene.user(&person).location = Some(name(place.rsplit('/').next().unwrap())),
        9 if has(scene, &person) => {
            let one = scene.user(&person);
            let package = ["webex_suite", "webex_meetings", "webex_voice", "webex_calling"][usize::from(how % 4)];
            one.package = hubform::model::PackageName::new(package);
        }
        10 if has(scene, &person) => scene.user(&person).roles = full_administrator(),
        11 if has(scene, &owner) => {
            let terms = [("webex_calling", Some(60)), ("webex_suite", Some(5)), ("webex_meetings", None)];
            scene.customer(&owner).packages = packages(&terms[usize::from(how % 3)..]);
        }
        12 if has(scene, &owner) => scene.customer(&owner).company = format!("Company {how}"),
        13 if has(scene, &owner) => scene.customer(&owner).billing_address = postal(&format!("{how} Side St")),
        14 if has(scene, &owner) => "ext-a".clone_into(&mut scene.customer(&owner).external_id),
        15 if has(scene, &owner) => scene.customer(&owner).template = name("other"),
        16 if has(scene, &place) => {
            scene.location(&place).numbers.remove(&number(first + u32::from(*how)));
        }
        17 if has(scene, &place) => {
            scene.location(&place).numbers.insert(number(100 + 50 * u32::from(*how)));
        }
        18 if has(scene, &place) => scene.location(&place).main_number = Some(number(first + u32::from(*how))),
        19 if has(scene, &place) => scene.location(&place).display_name = format!("Place {how}"),
        20 if has(scene, &place) => scene.location(&place).pstn = Some(hubform::model::Pstn::IntegratedCcp),
        21 => {
            let others = [
                Reading::Absent,
                Reading::Failed("no answer".to_owned()),
                Reading::Ambiguous(vec!["1".to_owned(), "2".to_owned()]),
            ];
            scene.observed.customers.insert(name(it), others[usize::from(how % 3)].clone());
        }
        22 if found => {
            scene.seen(it).status = [
                CustomerStatus::Provisioning,
                CustomerStatus::Updating,
                CustomerStatus::Deleting,
                CustomerStatus::ProvisionedWithErrors,
                CustomerStatus::Error,
                CustomerStatus::PendingRplReview,
                CustomerStatus::Other("new".to_owned()),
                CustomerStatus::Provisioned,
            ][usize::from(*how)]
            .clone();
        }
        23 if found => scene.seen(it).organization = None,
        24 if found && !scene.seen(it).subscribers.is_empty() => {
            scene.seen(it).subscribers.pop();
        }
        25 if found && !scene.seen(it).subscribers.is_empty() => {
            scene.seen(it).subscribers[0].status = SubscriberStatus::PendingUserMigration;
            scene.seen(it).subscribers[0].person_id = None;
        }
        26 if found && !scene.seen(it).subscribers.is_empty() => {
            let mut twin = scene.seen(it).subscribers[0].clone();
            twin.id = hubform::model::SubscriberId::new("twin");
            scene.seen(it).subscribers.push(twin);
        }
        27 if found => scene.seen(it).packages.clear(),
        28 if found && scene.seen(it).organization.is_some() => scene.organization(it).people.clear(),
        29 if found && scene.seen(it).organization.is_some() => scene.organization(it).locations.clear(),
        30 if found && scene.seen(it).organization.is_some() => {
            for person in scene.organization(it).people.values_mut() {
                person.extension = Some(format!("{}", 200 + how).parse().unwrap());
            }
        }
        31 if found && scene.seen(it).organization.is_some() => {
            for location in scene.organization(it).locations.values_mut() {
                "One name".clone_into(&mut location.name);
            }
        }
        32 => {
            let gone: Vec<Address> =
                scene.ledger.records.keys().filter(|at| at.customer() == Some(&name(it))).cloned().collect();
            if let Some(gone) = gone.get(usize::from(*how)) {
                scene.ledger.records.remove(gone);
            }
        }
        33 => scene.ledger.records.clear(),
        34 => {
            for record in scene.ledger.records.values_mut() {
                record.lifecycle = Lifecycle { protect: how % 2 == 0, on_remove: OnRemove::Unmap, adopt: false };
            }
        }
        35 => {
            scene.blocked.insert(Scope::Customer(name(it)));
        }
        36 => {
            scene.desired.broken.insert(at(&person));
            scene.desired.objects.remove(&at(&person));
        }
        37 => scene.observed.has_registry = false,
        38 => scene.observed.templates.clear(),
        39 => scene.destroy = how % 4 == 0,
        _ => {}
    }
}

pub(super) fn scenes() -> impl Strategy<Value = Scene> {
    whims().prop_map(|whims| {
        let mut scene = base();
        for whim in &whims {
            act(&mut scene, whim);
        }
        scene
    })
}

fn in_order(plan: &Plan) {
    for part in &plan.parts {
        let mut done = BTreeSet::new();
        let ids: BTreeSet<_> = part.steps.iter().map(|step| &step.id).collect();
        for step in &part.steps {
            let early: Vec<_> = step.needs.iter().filter(|need| ids.contains(need) && !done.contains(need)).collect();
            assert!(early.is_empty() || !part.refusals.is_empty(), "{} stands before {early:?}", step.id);
            done.insert(&step.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_states_are_a_plan_keeps_its_promises(scene in scenes()) {
        let plan = scene.plan();
        whole(&plan);
        in_order(&plan);
        let json = serde_json::to_string(&plan).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Plan>(&json).unwrap(), &plan, "a plan survives its JSON");
        for step in plan.steps() {
            let known = scene.desired.objects.contains_key(&step.object) || scene.ledger.records.contains_key(&step.object);
            prop_assert!(known, "{} is neither desired nor in the ledger", step.object);
            prop_assert!(!scene.desired.broken.contains(&step.object) || scene.destroy, "{} is broken", step.object);
            if let Some(customer) = step.object.customer() {
                let read = matches!(scene.observed.customers.get(customer), Some(Reading::Found(_) | Reading::Absent));
                prop_assert!(read || step.action == Action::Forget, "{} was not read: {}", customer, text(&plan));
                let blocked = scene.blocked.contains(&Scope::Customer(customer.clone()));
                prop_assert!(!blocked || scene.destroy, "{} is blocked", customer);
            }
        }
    }

    #[test]
    fn the_order_of_lists_does_not_count(scene in scenes()) {
        let mut other = scene.clone();
        for reading in other.observed.customers.values_mut() {
            if let Reading::Found(found) = reading {
                found.subscribers.reverse();
            }
        }
        let twins = |scene: &Scene| scene.observed.customers.values().any(|reading| matches!(reading,
            Reading::Found(found) if found.subscribers.iter().any(|it| it.id.as_str() == "twin")));
        prop_assume!(!twins(&scene));
        prop_assert_eq!(serde_json::to_string(&other.plan()).unwrap(), serde_json::to_string(&scene.plan()).unwrap());
    }
}
