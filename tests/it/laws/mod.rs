//! Laws of the whole: manifests' worlds, planned and applied over real HTTP, compared by state.

mod bench;
pub mod crash;
pub mod faults;
mod lost;
pub mod picture;
pub mod standing;
pub mod world;

use std::{collections::BTreeMap, fmt::Write as _};

use hubform::{
    apply::{Outcome, StepResult},
    model::{Desired, Severity},
    plan::Plan,
    rules,
};

use bench::Bench;
use picture::Picture;
use world::World;

/// How many worlds each law sees; more with `HUBFORM_LAWS=N`.
fn worlds(default: u64) -> std::ops::Range<u64> {
    #[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
    let asked = std::env::var("HUBFORM_LAWS").ok().and_then(|text| text.parse().ok());
    0..asked.unwrap_or(default)
}

fn allowed(seed: u64, desired: &Desired) {
    let errors: Vec<_> =
        rules::check(desired).into_iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "world {seed} breaks a rule: {errors:#?}");
}

pub fn names(desired: &Desired) -> BTreeMap<String, String> {
    desired.customers().map(|name| (desired.customer(name).unwrap().external_id.clone(), name.to_string())).collect()
}

/// Describes what went wrong with a plan or its outcome, short enough to read.
fn complaint(plan: &Plan, outcome: &Outcome) -> String {
    let mut text = String::new();
    for refusal in plan.refusals() {
        writeln!(text, "refused {}: {} {}", refusal.object, refusal.code, refusal.text).unwrap();
    }
    for step in outcome.steps.iter().filter(|step| !matches!(step.result, StepResult::Done | StepResult::AlreadyDone)) {
        writeln!(text, "{:?} {}: {:?} {:?}", step.result, step.id, step.because, step.error).unwrap();
    }
    text
}

/// Returns the lines in which two pictures differ.
fn difference(wanted: &Picture, found: &Picture) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, object) in wanted {
        match found.get(key) {
            None => lines.push(format!("{key} is missing")),
            Some(other) => {
                for (field, value) in object {
                    if other.get(field) != Some(value) {
                        lines.push(format!("{key} {field}: wanted {value}, found {:?}", other.get(field)));
                    }
                }
                for (field, value) in other.iter().filter(|(field, _)| !object.contains_key(*field)) {
                    lines.push(format!("{key} {field}: wanted nothing, found {value}"));
                }
            }
        }
    }
    lines.extend(found.keys().filter(|key| !wanted.contains_key(*key)).map(|key| format!("{key} is too much")));
    lines
}

/// What no manifest of a world asks for and the service has all the same.
fn unmanaged(mut wanted: Picture, found: &Picture, desired: &Desired) -> Picture {
    for (key, object) in found {
        let Some(mine) = wanted.get_mut(key) else { continue };
        // A language that the manifests leave open has a default on the service.
        if key.starts_with("customer/") && !mine.contains_key("language") {
            object.get("language").map(|language| mine.insert("language".to_owned(), language.clone()));
        }
        // The first administrator has a role that nobody asked for.
        let email = key.rsplit('/').next().unwrap_or_default();
        let first = desired.customers().any(|name| desired.customer(name).unwrap().admin_email.as_str() == email);
        if first && key.starts_with("user/") {
            object.get("roles").map(|roles| mine.insert("roles".to_owned(), roles.clone()));
        }
        // What left the manifest and cannot be cleared stays.
        for kept in ["mainNumber", "routingPrefix", "extension", "firstName"] {
            if let (None, Some(value)) = (mine.get(kept), object.get(kept)) {
                mine.insert(kept.to_owned(), value.clone());
            }
        }
    }
    wanted
}

/// Applies a world, and checks that the service holds it and that nothing is left to do.
async fn converge(bench: &Bench, seed: u64, world: &World, words: &mut BTreeMap<String, usize>) {
    allowed(seed, &world.desired);
    let plan = bench.plan(&world.desired).await;
    for step in plan.steps() {
        let kind =
            step.id.as_str().rsplit('#').next().unwrap().trim_end_matches(|c: char| c == '-' || c.is_ascii_digit());
        *words.entry(format!("{} {kind}", step.object.kind())).or_default() += 1;
    }
    let outcome = bench.apply(&plan).await;
    let complaints = complaint(&plan, &outcome);
    assert!(complaints.is_empty(), "world {seed}:\n{complaints}");
    let found = picture::of_service(&bench.sim.state(), &names(&world.desired));
    let wanted = unmanaged(picture::of_desired(&world.desired), &found, &world.desired);
    let differences = difference(&wanted, &found);
    assert!(differences.is_empty(), "world {seed}:\n{}", differences.join("\n"));
    let again = bench.plan(&world.desired).await;
    let left: Vec<String> = again
        .steps()
        .map(|step| format!("{} {:?}", step.id, step.fields))
        .chain(again.refusals().map(|r| r.text.clone()))
        .collect();
    assert!(left.is_empty(), "world {seed} has something left to do:\n{}", left.join("\n"));
    assert!(!again.has_waits(), "world {seed} waits: {:?}", again.waits().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_apply_is_enough_and_so_it_is_after_every_change() {
    let mut words = BTreeMap::new();
    for seed in worlds(40) {
        let bench = Bench::new().await;
        let mut world = World::new(seed, 3);
        converge(&bench, seed, &world, &mut words).await;
        for _ in 0..3 {
            world.change();
            converge(&bench, seed, &world, &mut words).await;
        }
    }
    // Worlds that never exercise a kind of step would prove nothing about it.
    for word in EXERCISED {
        assert!(words.contains_key(*word), "no world has a step `{word}`: {words:#?}");
    }
}

const EXERCISED: &[&str] = &[
    "template create",
    "customer create",
    "customer update",
    "customer reduce",
    "customer organization",
    "customer delete",
    "location adopt",
    "location create",
    "location calling",
    "location pstn",
    "location numbers",
    "location settings",
    "location update",
    "location remove-numbers",
    "location disable-calling",
    "location delete",
    "user create",
    "user package",
    "user person",
    "user move",
    "user roles",
    "user park",
    "user release",
    "user delete",
];
