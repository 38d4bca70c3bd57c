//! Simulator and client against the official descriptions of the service.
//!
//! The descriptions are no part of the project. `HUBFORM_SPECS=DIR cargo test` names the folder that holds them; without
//! it the tests that need them are reported as ignored, which is why this binary has a harness of its own: `#[ignore]`
//! is decided when a test is compiled.
#![expect(clippy::unwrap_used, unreachable_pub, reason = "a test may panic, and shares support code")]

mod amendment;
mod check;
mod description;
mod drive;
mod exchange;
mod fidelity;
mod golden;
mod harness;
mod operation;
mod own;
mod schema;
mod walk;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::ExitCode,
    sync::LazyLock,
};

use libtest_mimic::{Arguments, Trial};

use crate::{
    check::{Found, check},
    description::Description,
    exchange::Exchange,
    operation::Operation,
    walk::{Walk, Walked},
};

/// Everything that was sent and answered.
struct Evidence {
    walked: Walked,
    driven: Vec<Exchange>,
}

static EVIDENCE: LazyLock<Evidence> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { Evidence { walked: Walk::whole().await, driven: drive::whole().await } })
});

/// The descriptions as they are read, and what in the evidence is not as they say.
struct Judged {
    description: Description,
    walk: Found,
    drive: Found,
}

static JUDGED: LazyLock<Result<Judged, String>> = LazyLock::new(|| {
    let mut description = original()?;
    amendment::apply(&mut description, &amendment::all())?;
    let walk = check(&description, &EVIDENCE.walked.exchanges);
    let drive = check(&description, &EVIDENCE.driven);
    Ok(Judged { description, walk, drive })
});

static OWN: LazyLock<Description> = LazyLock::new(Description::own);

#[expect(clippy::disallowed_methods, reason = "a test has no settings that could have read it")]
fn specs() -> Option<PathBuf> {
    std::env::var_os("HUBFORM_SPECS").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn original() -> Result<Description, String> {
    let folder = specs().ok_or("set HUBFORM_SPECS to the folder of the descriptions")?;
    Description::load(&folder)
}

fn judged() -> Result<&'static Judged, String> {
    JUDGED.as_ref().map_err(Clone::clone)
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trial = |name: &str, test: fn() -> Result<(), String>| Trial::test(name, move || Ok(test()?));
    let ignored = specs().is_none();
    let needs_specs = |trial: Trial| trial.with_ignored_flag(ignored);
    let mut trials: Vec<Trial> = harness::all().into_iter().map(|(name, test)| trial(name, test)).collect();
    trials.push(trial("fidelity::the_page_is_current", || fidelity::page_is_current(&facts())));
    trials.push(trial("fidelity::the_readme_has_its_summary", || fidelity::readme_is_current(&facts())));
    for (name, test) in [
        ("descriptions::the_list_of_operations_is_theirs", list_is_theirs as fn() -> Result<(), String>),
        ("descriptions::every_amendment_is_needed", every_amendment_is_needed),
        ("client::every_request_is_one_of_the_descriptions", || whole_report(&judged()?.drive)),
        ("client::every_golden_request_is_one_of_the_descriptions", golden_requests),
        ("simulator::nothing_but_operations_is_walked", || lines(texts(None, &judged()?.walk))),
    ] {
        trials.push(needs_specs(trial(name, test)));
    }
    for (_, operation) in operation::all() {
        let (name, described) = (format!("openapi::{operation}"), operation.clone());
        trials.push(needs_specs(Trial::test(name, move || Ok(operation_is_described(&described)?))));
        let name = format!("simulator::{operation}");
        trials.push(needs_specs(Trial::test(name, move || Ok(operation_is_kept(&operation)?))));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What the evidence says of the operations.
fn facts() -> fidelity::Facts {
    let all: Vec<Operation> = operation::all().into_iter().map(|(_, operation)| operation).collect();
    let used = EVIDENCE.driven.iter().filter_map(|exchange| operation::find(&all, &exchange.method, &exchange.path));
    fidelity::Facts { served: walk::served(), checked: EVIDENCE.walked.done.clone(), used: used.cloned().collect() }
}

fn lines(faults: impl IntoIterator<Item = String>) -> Result<(), String> {
    let lines: Vec<String> = faults.into_iter().collect();
    if lines.is_empty() { Ok(()) } else { Err(format!("\n{}", lines.join("\n"))) }
}

/// Returns what was found with one operation, or with what is none.
fn texts(operation: Option<&Operation>, found: &Found) -> Vec<String> {
    let faults = found.get(&operation.cloned()).into_iter().flatten();
    faults.map(|fault| format!("{:?}: {}", fault.side, fault.text)).collect()
}

fn whole_report(found: &Found) -> Result<(), String> {
    lines(found.keys().flat_map(|operation| {
        let name = operation.as_ref().map_or_else(|| "no operation".to_owned(), ToString::to_string);
        texts(operation.as_ref(), found).into_iter().map(move |text| format!("{name}: {text}"))
    }))
}

/// Documented successes that the walk cannot bring about, and why.
const NEVER_SEEN: [(&str, u16, &str); 2] = [
    ("PATCH /licenses/users", 206, "licences that the service assigns later"),
    ("PUT /people/{personId}", 204, "nothing says when a person's PUT answers without the person"),
];

/// The walk did it, as the documents let expect, and everything about it is as described.
fn operation_is_kept(operation: &Operation) -> Result<(), String> {
    let judged = judged()?;
    let walked = &EVIDENCE.walked;
    let mut wrong: Vec<String> = walked.notes.get(operation).cloned().unwrap_or_default();
    if !walked.done.contains(operation) && wrong.is_empty() {
        wrong.push("the walk does not do it".to_owned());
    }
    wrong.extend(texts(Some(operation), &judged.walk));
    let of = |exchange: &&Exchange| {
        operation::find(judged.description.operations.keys(), &exchange.method, &exchange.path) == Some(operation)
    };
    let seen: BTreeSet<u16> = walked.exchanges.iter().filter(of).map(|exchange| exchange.status).collect();
    let successes = judged.description.operations[operation].answers.keys().filter(|status| **status < 400);
    for status in successes.filter(|_| walked.done.contains(operation)) {
        let never = NEVER_SEEN.iter().any(|(of, never, _)| *of == operation.to_string() && never == status);
        match (never, seen.contains(status)) {
            (false, false) => wrong.push(format!("the documented answer {status} was not seen")),
            (true, true) => wrong.push(format!("the answer {status} is seen: it is not one of NEVER_SEEN any more")),
            (true, false) | (false, true) => {}
        }
    }
    lines(wrong)
}

/// The simulator describes it as the documents do.
fn operation_is_described(operation: &Operation) -> Result<(), String> {
    lines(own::differences(&OWN, &judged()?.description, operation))
}

fn list_is_theirs() -> Result<(), String> {
    let listed: BTreeSet<(&str, Operation)> = operation::all().into_iter().collect();
    let described: BTreeSet<(&str, Operation)> =
        original()?.operations.iter().map(|(operation, contract)| (contract.document, operation.clone())).collect();
    let missing = described.difference(&listed).map(|(_, operation)| format!("missing: {operation}"));
    let extra = listed.difference(&described).map(|(_, operation)| format!("nobody describes: {operation}"));
    lines(missing.chain(extra))
}

/// Takes each amendment away in turn; something has to fit no more.
fn every_amendment_is_needed() -> Result<(), String> {
    let judged = judged()?;
    let all = amendment::all();
    let count = |found: &Found| found.values().map(BTreeSet::len).sum::<usize>();
    let exchanges: Vec<Exchange> =
        EVIDENCE.walked.exchanges.iter().chain(&EVIDENCE.driven).chain(&golden::requests()).cloned().collect();
    let mut needless = Vec::new();
    for position in 0..all.len() {
        let mut others = all.clone();
        let one = others.remove(position);
        let mut description = original()?;
        amendment::apply(&mut description, &others)?;
        let operation = one.operation();
        let concerned = |exchange: &&Exchange| {
            operation::find(description.operations.keys(), &exchange.method, &exchange.path) == Some(&operation)
        };
        let exchanges: Vec<Exchange> = exchanges.iter().filter(concerned).cloned().collect();
        let described = |description: &Description| own::differences(&OWN, description, &operation).len();
        if count(&check(&description, &exchanges)) <= count(&check(&judged.description, &exchanges))
            && described(&description) <= described(&judged.description)
        {
            needless.push(format!("nothing needs `{}` of {operation} ({:?})", one.place, one.part));
        }
    }
    lines(needless)
}

fn golden_requests() -> Result<(), String> {
    let judged = judged()?;
    let requests = golden::requests();
    if requests.len() < 20 {
        return Err(format!("only {} requests were found in the golden tests", requests.len()));
    }
    let mut found: BTreeMap<_, BTreeSet<_>> = check(&judged.description, &requests);
    for faults in found.values_mut() {
        // They have no answers.
        faults.retain(|fault| fault.side == check::Side::Request);
    }
    whole_report(&found)
}
