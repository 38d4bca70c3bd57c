//! Plans over the real client and the simulator, where every answer gets lost once.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use hubform::{
    apply::{Outcome, Poll, Settings, Stop},
    ledger::{Expected, Ledger as _, SqliteLedger, Units},
    model::{LedgerState, Pstn, RoleName},
    plan::{Edit, Line, Operation, Plan},
    sim::{Config, Fault, Simulator, When},
    webex::{Client, ClientSettings},
};
use secrecy::SecretString;

use crate::session::carry_out;

use super::{branch, create_customer, fields, part, plan, step, user};

const ANN: &str = "user/johns-pizza/ann@johns-pizza.example";
const HEADQUARTERS: &str = "location/johns-pizza/headquarters";
const DOWNTOWN: &str = "location/johns-pizza/downtown";

/// Everything that a new customer needs, in a plan made by hand.
fn onboarding() -> Plan {
    let template = Operation::CreateTemplate {
        fields: fields(&[
            ("displayName", "Standard US"),
            ("country", "US"),
            ("administrator", "ops@acme-voice.example"),
            ("authentication.method", "webex"),
        ]),
    };
    let template = step("template/standard-us", "create", template, &[]);
    let Operation::CreateCustomer { customer, .. } = create_customer("johns-pizza") else { unreachable!() };
    let create = Operation::CreateCustomer { customer, headquarters: Some(branch("Head Office")) };
    let create = step("customer/johns-pizza", "create", create, &[&template]);
    let adopt = Operation::AdoptHeadquarters { display_name: "Head Office".to_owned() };
    let adopt = step(HEADQUARTERS, "adopt", adopt, &[&create]);
    let place = step(DOWNTOWN, "create", Operation::CreateLocation { location: branch("Downtown") }, &[&adopt]);
    let calling = step(DOWNTOWN, "calling", Operation::EnableCalling { location: branch("Downtown") }, &[&place]);
    let pstn = Pstn::NonIntegratedCcp { provider: "Acme Trunks".to_owned(), by_id: false };
    let pstn = step(DOWNTOWN, "pstn", Operation::ConnectPstn { pstn }, &[&calling]);
    let number = "+14085550200".parse::<hubform::model::PhoneNumber>().unwrap();
    let other = "+14085550201".parse::<hubform::model::PhoneNumber>().unwrap();
    let numbers = Operation::AddNumbers { numbers: vec![number.clone(), other.clone()] };
    let numbers = step(DOWNTOWN, "numbers", numbers, &[&pstn]);
    let main =
        Operation::UpdateCalling { announcement_language: None, main_number: Some(number), routing_prefix: Edit::Keep };
    let main = step(DOWNTOWN, "settings", main, &[&numbers]);
    let line =
        Line { location: DOWNTOWN.parse().unwrap(), phone_number: None, extension: Some("201".parse().unwrap()) };
    let ann = step(ANN, "create", Operation::CreateSubscriber { user: user(), line: Some(line) }, &[&main]);
    let person = Operation::UpdatePerson {
        first_name: None,
        last_name: None,
        phone_number: Edit::Set(other),
        extension: Edit::Set("202".parse().unwrap()),
    };
    let person = step(ANN, "person", person, &[&ann]);
    let roles = Operation::UpdateRoles {
        add: [RoleName::new("Full Administrator")].into(),
        remove: std::collections::BTreeSet::new(),
    };
    let roles = step(ANN, "roles", roles, &[&person]);
    plan(vec![
        part(None, vec![template]),
        part(Some("johns-pizza"), vec![create, adopt, place, calling, pstn, numbers, main, ann, person, roles]),
    ])
}

/// Takes apart what [`onboarding`] made; ids as the ledger has them.
fn removal(ledger: &LedgerState) -> Plan {
    let ann = step(ANN, "delete", Operation::DeleteSubscriber, &[]);
    let other = "+14085550201".parse().unwrap();
    let person =
        Operation::UpdatePerson { first_name: None, last_name: None, phone_number: Edit::Clear, extension: Edit::Keep };
    let free = step(ANN, "free", person, &[]);
    let ann = hubform::plan::Step { needs: vec![free.id.clone()], ..ann };
    let numbers = step(DOWNTOWN, "numbers", Operation::RemoveNumbers { numbers: vec![other] }, &[&free]);
    let gone = step("customer/johns-pizza", "delete", Operation::DeleteCustomer, &[&ann, &numbers]);
    let template = step("template/standard-us", "delete", Operation::DeleteTemplate, &[&gone]);
    let mut part = part(Some("johns-pizza"), vec![free, ann, numbers, gone, template]);
    part.known = ledger.records.iter().map(|(address, record)| (address.clone(), record.ids.clone())).collect();
    plan(vec![part])
}

struct World {
    simulator: Simulator,
    client: Client,
    ledger: SqliteLedger,
    _folder: tempfile::TempDir,
    _running: hubform::sim::Running,
}

impl World {
    async fn new() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let config = Config { provisioning_delay: Duration::ZERO, ..Config::default() };
        let simulator = Simulator::open(config).unwrap();
        simulator.reconfigure(|config| config.providers = vec!["Acme Trunks".to_owned()]);
        let running = simulator.start((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let token = SecretString::from("simulator".to_owned());
        let settings = ClientSettings::new(running.base_url.parse().unwrap(), token);
        let quick = ClientSettings { registry: true, backoff: Duration::from_millis(1), ..settings };
        let folder = tempfile::tempdir().unwrap();
        let expected = Expected {
            target: "simulator".to_owned(),
            base_url: String::new(),
            project: "acme-voice".to_owned(),
            lineage: None,
        };
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db"), &expected, "l1").unwrap();
        Self { client: Client::new(quick).unwrap(), simulator, ledger, _folder: folder, _running: running }
    }

    async fn run(&self, plan: &Plan) -> Outcome {
        let poll = Poll { first: Duration::from_millis(2), ..Poll::default() };
        let settings = Settings { poll, wait: Duration::from_secs(20), ..Settings::default() };
        carry_out(plan, &self.client, &self.ledger, &settings, &Stop::new(), &|_| ()).await.unwrap()
    }

    /// Returns how often each request that changes something was sent.
    fn writes(&self) -> BTreeMap<(String, String), usize> {
        let mut writes = BTreeMap::new();
        for request in self.simulator.requests() {
            let path = request.path.split('?').next().unwrap_or_default().to_owned();
            if request.method != "GET" {
                *writes.entry((request.method.clone(), path)).or_default() += 1;
            }
        }
        writes
    }
}

#[tokio::test]
async fn a_customer_comes_and_goes_on_the_simulator() {
    let world = World::new().await;
    let outcome = world.run(&onboarding()).await;
    assert_eq!(outcome.summary.done, 11, "{outcome:#?}");
    let state = world.ledger.load(Units::All).await.unwrap();
    assert_eq!(state.records.len(), 5);
    // A second run of the same plan makes nothing twice.
    world.simulator.forget_requests();
    let again = world.run(&onboarding()).await;
    assert_eq!((again.summary.done + again.summary.already_done, again.summary.failed), (11, 0), "{again:#?}");
    let makes = |(method, path): &(String, String)| {
        let kinds = ["/wholesale/customers", "/wholesale/subscribers", "/locations"];
        method == "POST" && kinds.contains(&path.as_str())
    };
    assert!(!world.writes().keys().any(makes), "{:?}", world.writes());
    let outcome = world.run(&removal(&state)).await;
    assert_eq!(outcome.summary.done, 5, "{outcome:#?}");
    let left: Vec<String> =
        world.ledger.load(Units::All).await.unwrap().records.keys().map(ToString::to_string).collect();
    assert_eq!(left, [DOWNTOWN, HEADQUARTERS]);
}

#[tokio::test]
async fn every_answer_may_get_lost_and_nothing_is_made_twice() {
    let clean = World::new().await;
    assert_eq!(clean.run(&onboarding()).await.summary.done, 11);
    let expected = clean.writes();
    assert!(expected.len() >= 10, "{expected:?}");
    for (method, path) in expected.keys() {
        let world = World::new().await;
        world.simulator.fail_next(Fault {
            method: method.clone(),
            path_contains: path.clone(),
            status: 500,
            retry_after: None,
            when: When::AfterWork,
        });
        let outcome = world.run(&onboarding()).await;
        assert_eq!(outcome.summary.done, 11, "{method} {path}: {outcome:#?}");
        assert_eq!(world.writes(), expected, "{method} {path}");
    }
}
