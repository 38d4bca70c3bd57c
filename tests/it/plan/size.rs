//! How much a plan of the whole fleet costs. Runs with `HUBFORM_BIG=1`, in release; says what it measured.

use std::time::Instant;

use hubform::model::{Reading, Spec};

use super::scene::{Scene, customer, location, name, user};

/// Returns the most memory that this process has held, in MiB; 0 where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

fn fleet(customers: u32, users: u32) -> Scene {
    let mut scene = Scene::empty();
    for at in 0..customers {
        let it = format!("c{at:05}");
        scene.write(&format!("customer/{it}"), Spec::Customer(Box::new(customer(&it))));
        let mut place = location("Head Office", "1 Main St", 0);
        place.numbers = (0..users.max(1))
            .map(|line| format!("+1{:010}", 2_000_000_000 + u64::from(at) * 60_000 + u64::from(line)).parse().unwrap())
            .collect();
        place.main_number = place.numbers.first().cloned();
        let numbers: Vec<_> = place.numbers.iter().cloned().collect();
        scene.write(&format!("location/{it}/headquarters"), Spec::Location(Box::new(place)));
        for line in 0..users {
            let mut one = user("headquarters", None, Some(&format!("{}", 10_000 + line)));
            one.phone_number = numbers.get(line as usize).cloned().filter(|_| line > 0);
            scene.write(&format!("user/{it}/u{line:05}@{it}.example"), Spec::User(Box::new(one)));
        }
        scene.observed.customers.insert(name(&it), Reading::Absent);
    }
    scene
}

#[expect(clippy::print_stderr, reason = "the figures are the point")]
fn measure(what: &str, scene: &Scene) -> usize {
    let start = Instant::now();
    let plan = scene.plan();
    let (steps, needs) = (plan.steps().count(), plan.steps().map(|step| step.needs.len()).sum::<usize>());
    eprintln!("{what}: {steps} steps, {needs} needs, {:.1?}, peak {} MiB", start.elapsed(), peak());
    steps
}

#[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
fn is_big() -> bool {
    std::env::var_os("HUBFORM_BIG").is_some()
}

#[test]
fn a_fleet_is_planned_in_time_that_grows_with_its_size() {
    let (customers, users) = if is_big() { (20_000, 50) } else { (20, 5) };
    let mut scene = fleet(customers, users);
    assert!(measure("all new", &scene) > (customers * users) as usize);
    scene.settle();
    assert_eq!(measure("all unchanged", &scene), 0);
    scene.user("user/c00007/u00003@c00007.example").first_name = Some("Zoe".to_owned());
    assert_eq!(measure("one edit", &scene), 1);
}

#[test]
fn one_customer_may_have_many_users() {
    let users = if is_big() { 50_000 } else { 200 };
    let mut scene = fleet(1, users);
    measure("one customer, all new", &scene);
    scene.settle();
    assert_eq!(measure("one customer, unchanged", &scene), 0);
    // Everybody's extension goes one further: one long chain that closes to a circle.
    for line in 0..users {
        scene.user(&format!("user/c00000/u{line:05}@c00000.example")).extension =
            Some(format!("{}", 10_000 + (line + 1) % users).parse().unwrap());
    }
    measure("one customer, a rotation of all extensions", &scene);
}

#[test]
fn many_small_exchanges_are_planned() {
    let users = if is_big() { 4_000 } else { 100 };
    let mut scene = fleet(1, users);
    scene.settle();
    for line in 0..users {
        scene.user(&format!("user/c00000/u{line:05}@c00000.example")).extension =
            Some(format!("{}", 10_000 + (line ^ 1)).parse().unwrap());
    }
    let steps = measure("one customer, exchanges two by two", &scene);
    assert_eq!(steps, (users + users / 2) as usize);
}
