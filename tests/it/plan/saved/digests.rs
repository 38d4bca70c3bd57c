//! What the digests of a part cover, and what they do not.

use hubform::{
    model::{CustomerStatus, Reading, Spec},
    plan::Part,
};

use crate::plan::scene::{Scene, at, full_administrator, name, number, packages, template, user};

const ANN: &str = "user/a/ann@a.example";
const BOB: &str = "user/a/bob@a.example";

/// What happens, in words and in deed.
type Happening = (&'static str, fn(&mut Scene));

fn part(scene: &Scene) -> Part {
    scene.plan().parts.into_iter().find(|part| part.customer == Some(name("a"))).unwrap()
}

/// Ann gets another extension; everything else is settled.
fn edited() -> Scene {
    let mut scene = Scene::settled();
    scene.user(ANN).extension = Some("777".parse().unwrap());
    scene
}

#[test]
fn the_observed_digest_covers_the_managed_fields_of_objects_with_steps_and_nothing_else() {
    let scene = edited();
    let was = part(&scene);
    assert_eq!(was.objects.keys().map(ToString::to_string).collect::<Vec<_>>(), ["customer/a", ANN]);
    assert!(was.objects[&at("customer/a")].observed.is_none(), "the steps depend on what is asked of it alone");

    let unrelated: [Happening; 5] = [
        ("an unrelated user", |scene| scene.person("a", "bob@a.example").extension = Some("666".parse().unwrap())),
        ("a location without steps", |scene| "East End".clone_into(&mut scene.seen_location("a", "east").name)),
        ("an unmanaged role of the user", |scene| scene.person("a", "ann@a.example").roles = full_administrator()),
        ("an unmanaged package", |scene| {
            let state = scene.seen("a").packages.values().next().unwrap().clone();
            scene.seen("a").packages.insert(hubform::model::PackageName::new("webex_meetings"), state);
        }),
        ("an unlisted subscriber", |scene| {
            let mut other = scene.seen("a").subscribers[0].clone();
            other.id = hubform::model::SubscriberId::new("subscriber-other");
            other.email = crate::plan::scene::email("other@a.example");
            other.person_id = None;
            scene.seen("a").subscribers.push(other);
        }),
    ];
    for (what, change) in unrelated {
        let mut scene = scene.clone();
        scene.watched = Some(was.objects.keys().cloned().collect());
        change(&mut scene);
        let is = part(&scene);
        assert_eq!((&is.desired, &is.objects[&at(ANN)]), (&was.desired, &was.objects[&at(ANN)]), "{what}");
    }

    let related: [Happening; 3] = [
        ("the field that changes", |scene| {
            scene.person("a", "ann@a.example").extension = Some("666".parse().unwrap());
        }),
        ("another managed field", |scene| scene.person("a", "ann@a.example").last_name = Some("Leigh".to_owned())),
        ("somebody takes the line", |scene| {
            scene.person("a", "bob@a.example").extension = Some("777".parse().unwrap());
        }),
    ];
    for (what, change) in related {
        let mut scene = scene.clone();
        change(&mut scene);
        assert_ne!(part(&scene).observed, was.observed, "{what}");
    }
}

#[test]
fn the_desired_digest_covers_what_the_part_depends_on() {
    let was = part(&edited());
    let mut scene = edited();
    scene.customer("customer/a").admin_email = crate::plan::scene::email("else@a.example");
    assert_ne!(part(&scene).desired, was.desired, "the customer");
    let mut scene = edited();
    scene.user(BOB).last_name = Some("Ray".to_owned());
    scene.watched = Some(was.objects.keys().cloned().collect());
    assert_eq!(part(&scene).desired, was.desired, "an unrelated user");
    let mut scene = edited();
    scene.template("template/standard").brand_name = None;
    assert_eq!(part(&scene).desired, was.desired, "a template, whose customer is there already");
    let mut scene = edited();
    scene.object_mut(ANN).lifecycle.protect = true;
    assert_ne!(part(&scene).desired, was.desired, "how careful to be with the user");

    let scene = Scene::new_customer();
    let was = part(&scene);
    assert!(was.objects.contains_key(&at("template/standard")));
    let mut other = scene.clone();
    other.template("template/standard").brand_name = None;
    assert_ne!(part(&other).desired, was.desired, "the template that the customer is created with");
}

#[test]
fn an_object_that_appears_where_nothing_was_found_counts() {
    // A new user, whose person comes into being elsewhere.
    let mut scene = Scene::settled();
    scene.write("user/a/cid@a.example", Spec::User(Box::new(user("east", Some(203), Some("203")))));
    let was = part(&scene);
    let mut other = scene.clone();
    let mut person = other.person("a", "bob@a.example").clone();
    person.emails = vec![crate::plan::scene::email("cid@a.example")];
    (person.phone_number, person.extension) = (None, None);
    other.organization("a").people.insert(hubform::model::PersonId::new("person-cid"), person);
    assert_ne!(part(&other).observed, was.observed);

    // A new location.
    let mut scene = Scene::settled();
    let west = crate::plan::scene::location("West", "3 West St", 300);
    scene.write("location/a/west", Spec::Location(Box::new(west)));
    let was = part(&scene);
    let mut other = scene.clone();
    let mut seen = other.seen_location("a", "east").clone();
    "West".clone_into(&mut seen.name);
    other.organization("a").locations.insert(hubform::model::LocationId::new("location-other"), seen);
    assert_ne!(part(&other).observed, was.observed);

    // A new customer.
    let scene = Scene::new_customer();
    let was = part(&scene);
    let mut other = scene.clone();
    let settled = Scene::settled();
    other.observed.customers.clone_from(&settled.observed.customers);
    assert_ne!(part(&other).observed, was.observed);
}

#[test]
fn what_the_guards_have_read_counts() {
    // The number of managed users, where it decides about the limits.
    let crowd = |users: u32| {
        let mut scene = Scene::settled();
        for line in 0..users {
            let it = user("east", None, Some(&format!("{}", 300 + line)));
            scene.write(&format!("user/a/u{line}@a.example"), Spec::User(Box::new(it)));
        }
        scene.settle();
        scene
    };
    let removing = |users: u32, gone: u32| {
        let mut scene = crowd(users);
        (0..gone).for_each(|line| scene.unwrite(&format!("user/a/u{line}@a.example")));
        scene
    };
    assert_ne!(part(&removing(60, 4)).observed, part(&removing(61, 4)).observed);
    assert_eq!(part(&removing(60, 1)).observed, part(&removing(61, 1)).observed, "one may always go");

    // Whether there is another administrator.
    let mut scene = Scene::settled();
    scene.user(ANN).roles = full_administrator();
    scene.user(BOB).roles = full_administrator();
    scene.settle();
    scene.user(ANN).roles.clear();
    let was = part(&scene);
    scene.person("a", "bob@a.example").roles.clear();
    assert_ne!(part(&scene).objects[&at(ANN)].guards, was.objects[&at(ANN)].guards);

    // Packages that every change of the customer names again.
    let mut scene = Scene::settled();
    scene.customer("customer/a").packages = packages(&[("webex_calling", Some(60)), ("webex_suite", None)]);
    let was = part(&scene);
    let state = scene.seen("a").packages.values().next().unwrap().clone();
    scene.seen("a").packages.insert(hubform::model::PackageName::new("webex_meetings"), state);
    assert_ne!(part(&scene).observed, was.observed);

    // The main number, which numbers that go must not be.
    let mut scene = Scene::settled();
    scene.location("location/a/east").numbers.remove(&number(209));
    let was = part(&scene);
    scene.record("location/a/east").applied.clear("mainNumber");
    scene.location("location/a/east").main_number = None;
    scene.seen_location("a", "east").calling.as_mut().unwrap().main_number = Some(number(205));
    assert_ne!(part(&scene).objects[&at("location/a/east")].guards, was.objects[&at("location/a/east")].guards);
}

#[test]
fn the_same_states_have_the_same_digests_whatever_is_watched() {
    let scene = edited();
    let was = part(&scene);
    let watching = Scene { watched: Some(was.objects.keys().cloned().collect()), ..scene };
    let is = part(&watching);
    for (at, was) in &was.objects {
        let is = &is.objects[at];
        assert_eq!(was.desired, is.desired);
        assert!(was.observed.is_none() || was.observed == is.observed, "{at}");
        assert!(was.guards.is_none() || was.guards == is.guards, "{at}");
    }
}

#[test]
fn a_template_has_digests_too_and_what_is_not_read_has_none() {
    let mut scene = Scene::settled();
    scene.write(
        "template/standard",
        Spec::Template(Box::new({
            let mut other = template();
            other.brand_name = None;
            other
        })),
    );
    let plan = scene.plan();
    let was = plan.parts.iter().find(|part| part.customer.is_none()).unwrap();
    assert!(was.objects[&at("template/standard")].observed.is_some());
    scene.seen("a").status = CustomerStatus::Updating;
    let busy = part(&scene);
    assert!(busy.objects[&at("customer/a")].observed.is_none());
    scene.observed.customers.insert(name("a"), Reading::Failed("no answer".to_owned()));
    assert!(part(&scene).objects.is_empty());
}
