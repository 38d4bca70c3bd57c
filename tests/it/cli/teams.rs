//! Several processes on one ledger: what one holds the others wait for, and in the end everything is there once.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::{Child, Stdio},
};

use hubform::sim::{Config, Rule, Simulator};

use super::bench::{Bench, customer};
use crate::ledger::{object, postgres};

const PROCESSES: usize = 8;

/// How many customers; 100 with `HUBFORM_TEAMS=100`.
#[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
fn customers() -> usize {
    std::env::var("HUBFORM_TEAMS").map_or(16, |number| number.parse().unwrap())
}

fn name(number: usize) -> String {
    format!("team-{number}")
}

/// Runs eight applies at once, each for two of eight groups of customers, so that each customer is wanted twice.
fn race(ledger: &str, variables: &[(&str, String)]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Nothing but the ledger keeps them from making a customer twice.
    let config = Config {
        duplicate_external_id: Rule::Allowed,
        duplicate_location_name: Rule::Allowed,
        provisioning_delay: std::time::Duration::from_millis(20),
        ..Config::default()
    };
    let simulator = Simulator::open(config).unwrap();
    let running = runtime.block_on(simulator.start(([127, 0, 0, 1], 0).into())).unwrap();
    let mut bench = Bench::new()
        .with("HUBFORM_BASE_URL", &running.base_url)
        .with("HUBFORM_LEDGER", ledger)
        .with("HUBFORM_SETTLE_WINDOW", "1s");
    for (variable, value) in variables {
        bench = bench.with(variable, value);
    }
    std::fs::remove_file(bench.path("acme.yaml")).unwrap();
    let number = customers();
    for it in 0..number {
        bench.write(
            &format!("{}.yaml", name(it)),
            &customer(&name(it), u32::try_from(100 + it).unwrap()).replace("+1408555", "+140855"),
        );
    }
    let processes: Vec<(usize, Child)> = (0..PROCESSES)
        .map(|process| {
            let mut arguments = vec!["apply", "--auto-approve", "--quiet", "--wait", "10m"];
            let wanted: Vec<String> = (0..number)
                .filter(|it| [process, (process + 1) % PROCESSES].contains(&(it % PROCESSES)))
                .map(name)
                .collect();
            arguments.extend(wanted.iter().flat_map(|name| ["--customer", name.as_str()]));
            let child = bench.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            (process, child)
        })
        .collect();
    for (process, child) in processes {
        let output = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "process {process}\n{out}\n{err}");
    }
    let state = simulator.state();
    let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
    for customer in state.customers.values() {
        *keys.entry(customer.external_id.as_str()).or_default() += 1;
    }
    let wanted: BTreeSet<String> = (0..number).map(name).collect();
    assert_eq!(keys.keys().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>(), wanted);
    assert!(keys.values().all(|&count| count == 1), "{keys:?}");
    assert_eq!(state.subscribers.len(), 2 * number);
    assert_eq!(state.locations.len(), number);
    let plan = bench.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.code, Some(0), "{}\n{}", plan.stdout, plan.stderr);
    assert!(!plan.stdout.contains("HF508"), "the ledger knows everything: {}", plan.stdout);
    runtime.block_on(running.stop());
}

#[test]
fn eight_processes_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    race(&folder.path().join("ledger.db").to_string_lossy(), &[]);
}

#[test]
fn eight_processes_share_a_database() {
    let Some(server) = postgres::server::shared() else { return };
    let database = "teams";
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(server.execute("postgres", &format!("CREATE DATABASE {database}")));
    race(&server.address(postgres::server::ADMIN, database), &[]);
}

#[test]
fn eight_processes_share_a_bucket() {
    use secrecy::ExposeSecret as _;
    let Some(server) = object::server::shared() else { return };
    let options = server.options();
    let variables: Vec<(&str, String)> =
        options.iter().map(|(name, value)| (name.as_str(), value.expose_secret().to_owned())).collect();
    race(&format!("s3://{}/teams", object::server::BUCKET), &variables);
}
