//! hubform's own requests: the program on the example project, and every method of its client.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use hubform::{
    model::{
        Customer, CustomerId, Extension, Location, LocationAddress, LocationId, OrgId, PackageName, PackageTerms,
        PersonId, PhoneNumber, PostalAddress, ProvisioningId, Reading, RoleName, SubscriberId,
    },
    sim::{Clock, Config, ManualClock, Rule, Simulator},
    webex::{
        CallingChange, Client, ClientSettings, CustomerChange, CustomerKey, InspectApi as _, JobKind, LocationChange,
        MoveUser, NewCustomer, NewSubscriber, OrganizationChange, PersonChange, Probe, PstnChoice, ReadApi as _,
        RolesChange, RouteKind, SubscriberLine, WriteApi as _,
        auth::{App, Credential, Grant, Renewal, TokenEndpoint},
    },
};

use crate::exchange::{Exchange, Service};

/// Drives program and client, and returns what they sent and were answered.
pub async fn whole() -> Vec<Exchange> {
    let mut exchanges = program().await;
    for scim in [Rule::Allowed, Rule::Refused] {
        exchanges.extend(life(scim).await);
    }
    exchanges
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The example project from nothing to everything, some edits, and everything taken away again.
async fn program() -> Vec<Exchange> {
    let config = Config { provisioning_delay: Duration::ZERO, ..Config::default() };
    let service = Service::start(Simulator::open(config).unwrap()).await;
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme-voice"), &project);
    let base = service.base.clone();
    let run = |arguments: &'static [&'static str], code: i32| {
        let (base, project) = (base.clone(), project.clone());
        let work = move || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_hubform"));
            command.args(arguments).current_dir(&project).env_clear().env("HOME", &project).env("NO_COLOR", "1");
            command.env("HUBFORM_BASE_URL", &base).stdin(Stdio::null());
            let output = command.output().unwrap();
            let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
        };
        async move { tokio::task::spawn_blocking(work).await.unwrap() }
    };
    run(&["apply", "--auto-approve", "--quiet"], 0).await;
    run(&["plan", "--detailed-exitcode"], 0).await;
    let edit = |file: &str, from: &str, to: &str| {
        let file = project.join("customers/johns-pizza").join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from} is not in {}", file.display());
        fs::write(file, text.replace(from, to)).unwrap();
    };
    edit("customer.yaml", "company: John's Pizza", "company: John's Pizzeria");
    edit("customer.yaml", "quantity: 25", "quantity: 30");
    edit("customer.yaml", "webex_voice: { quantity: 10 }", "webex_voice: { quantity: 10 }\n    webex_meetings: {}");
    edit("locations.yaml", "1 Old Market Street", "2 Old Market Street");
    edit("locations.yaml", r#"routingPrefix: "82""#, r#"routingPrefix: "83""#);
    edit("locations.yaml", r#"mainNumber: "+14085550150""#, r#"mainNumber: "+14085550152""#);
    edit(
        "users.yaml",
        "location: downtown\n  phoneNumber: \"+14085550151\"",
        "location: headquarters\n  phoneNumber: \"+14085550130\"",
    );
    edit("users.yaml", "lastName: Ray", "lastName: Roy");
    edit("users.yaml", "roles: [User and device administrator]", "roles: [Location administrator]");
    run(&["apply", "--auto-approve", "--quiet"], 0).await;
    run(&["plan", "--detailed-exitcode"], 0).await;
    edit("../bayview-health/customer.yaml", "protect: true", "protect: false");
    run(&["apply", "--auto-approve", "--quiet"], 0).await;
    run(&["destroy", "--auto-approve", "--confirm", "acme-voice", "--quiet"], 0).await;
    service.record.take()
}

/// A client of its own service, and a customer with a telephone.
struct Stage {
    service: Service,
    client: Client,
}

struct Pizza {
    id: CustomerId,
    org: OrgId,
    headquarters: LocationId,
}

fn postal(line1: &str) -> PostalAddress {
    PostalAddress {
        line1: line1.to_owned(),
        line2: Some("Site 5".to_owned()),
        city: "Milpitas".to_owned(),
        state: Some("CA".to_owned()),
        postal_code: Some("95035".to_owned()),
        country: "US".parse().unwrap(),
    }
}

fn location(name: &str) -> Location {
    Location {
        id: None,
        display_name: name.to_owned(),
        address: LocationAddress { postal: postal("771 Alder Drive"), written: true },
        time_zone: "America/Los_Angeles".parse().unwrap(),
        language: "en_us".parse().unwrap(),
        announcement_language: None,
        pstn: None,
        numbers: BTreeSet::new(),
        main_number: None,
        routing_prefix: None,
    }
}

fn customer() -> Customer {
    Customer {
        id: None,
        external_id: "johns-pizza".to_owned(),
        org_id: None,
        sub_partner: None,
        template: "standard-us".parse().unwrap(),
        company: "John's Pizza".to_owned(),
        admin_email: "john@johns-pizza.example".parse().unwrap(),
        language: Some("en_US".parse().unwrap()),
        packages: BTreeMap::from([
            (PackageName::new("webex_calling"), PackageTerms { quantity: Some(25) }),
            (PackageName::new("webex_meetings"), PackageTerms::default()),
        ]),
        billing_address: postal("771 Alder Drive"),
        meetings_time_zone: Some("America/Los_Angeles".parse().unwrap()),
        supported_location: true,
    }
}

fn key(id: Option<CustomerId>) -> CustomerKey {
    CustomerKey {
        name: "johns-pizza".parse().unwrap(),
        id,
        external_id: "johns-pizza".to_owned(),
        attach: None,
        sub_partner: None,
        known: hubform::webex::Known::default(),
    }
}

fn numbers(range: std::ops::Range<u32>) -> Vec<PhoneNumber> {
    range.map(|n| format!("+1408555{n:04}").parse().unwrap()).collect()
}

/// The life of a customer through every method that sends something.
async fn life(scim: Rule) -> Vec<Exchange> {
    let config = Config {
        clock: Clock::Manual(ManualClock::default()),
        provisioning_delay: Duration::ZERO,
        extra_provisioning_ids: ["template-1".to_owned()].into(),
        pending_emails: ["free@johns-pizza.example".to_owned()].into(),
        page_size: Some(2),
        scim,
        ..Config::default()
    };
    let service = Service::start(Simulator::open(config).unwrap()).await;
    let settings = ClientSettings {
        backoff: Duration::from_millis(1),
        registry: true,
        ..ClientSettings::new(service.base.parse().unwrap(), "token".to_owned().into())
    };
    let stage = Stage { service, client: Client::new(settings).unwrap() };
    let pizza = stage.begin().await;
    stage.looks().await;
    stage.tokens().await;
    stage.places(&pizza).await;
    let downtown = stage.branch(&pizza).await;
    let (subscriber, ann) = stage.subscribers(&pizza).await;
    stage.person(&pizza, &ann, &downtown).await;
    stage.end(pizza, &subscriber, &ann, &downtown).await;
    stage.service.record.take()
}

impl Stage {
    async fn begin(&self) -> Pizza {
        let client = &self.client;
        client.partner().await.unwrap();
        client.templates().await.unwrap();
        let (template, customer, headquarters) =
            (ProvisioningId::new("template-1"), customer(), location("Head Office"));
        let new = NewCustomer { provisioning_id: &template, customer: &customer, headquarters: Some(&headquarters) };
        assert_eq!(client.find_customer("johns-pizza", None).await, Ok(None));
        client.precheck_customer(&new).await.unwrap();
        let id = client.create_customer(&new).await.unwrap();
        let org = client.customer_progress(&id, None).await.unwrap().unwrap().org_id.unwrap();
        client.warm_up_organization(&org).await.unwrap();
        let locations = client.locations(&org).await.unwrap();
        let headquarters = locations.first_key_value().unwrap().0.clone();
        // One that is there already, attached by its id.
        let other = OrgId::new(self.service.sim.create_organization("Old Pizza", true).unwrap());
        client.organization(&other).await.unwrap();
        let attached = Customer {
            org_id: Some(other.clone()),
            external_id: "old".to_owned(),
            admin_email: "old@old-pizza.example".parse().unwrap(),
            ..customer.clone()
        };
        let new = NewCustomer { provisioning_id: &template, customer: &attached, headquarters: None };
        client.create_customer(&new).await.unwrap();
        let found = client.customer(&CustomerKey { attach: Some(other), ..key(None) }).await;
        assert!(matches!(found, Reading::Found(_)), "{found:?}");
        Pizza { id, org, headquarters }
    }

    /// What `doctor` asks for.
    async fn looks(&self) {
        let client = &self.client;
        client.account().await.unwrap();
        client.organizations().await.unwrap();
        // What is not served yet answers 404.
        drop(client.sub_partners().await);
        for probe in Probe::ALL {
            drop(client.probe(probe).await);
        }
    }

    /// The tokens of a service app.
    async fn tokens(&self) {
        let own = self.client.partner().await.unwrap().org_id;
        let now = ManualClock::default().now();
        let renewal = Renewal {
            endpoint: TokenEndpoint::new(self.service.base.parse().unwrap(), "hubform").unwrap(),
            app: App {
                id: "simulator-service-app".to_owned(),
                secret: Some("simulator-service-app-secret".to_owned().into()),
            },
            grant: Grant::ServiceApp {
                application: "Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OL3NpbXVsYXRvci1zZXJ2aWNlLWFwcA".to_owned(),
                target_org: own.as_str().to_owned(),
                caller: Some("token".to_owned().into()),
            },
            origin: "the test".to_owned(),
            cache: None,
            clock: Arc::new(move || now),
        };
        Credential::from(renewal).bearer().await.unwrap();
    }

    async fn places(&self, pizza: &Pizza) {
        let (client, org, id) = (&self.client, &pizza.org, &pizza.headquarters);
        let packages = ["webex_calling", "webex_meetings", "webex_suite"].map(PackageName::new).into();
        let quantities = BTreeMap::from([(PackageName::new("webex_calling"), 30)]);
        let zone = "America/New_York".parse().unwrap();
        let change = CustomerChange {
            packages: &packages,
            external_id: "johns-pizza",
            billing_address: Some(&postal("1 New St")),
            quantities: &quantities,
            headquarters: None,
            meetings_time_zone: Some(&zone),
        };
        client.update_customer(&pizza.id, None, &change).await.unwrap();
        let language = "de".parse().unwrap();
        let change = OrganizationChange { display_name: "Pizza Inc", language: Some(&language) };
        client.update_organization(org, &change).await.unwrap();
        assert_eq!(client.pstn(org, id).await, Ok(None));
        let routes = client.route_choices(org).await.unwrap();
        let trunk = routes.iter().find(|route| route.kind == RouteKind::Trunk).unwrap();
        client.connect_pstn(org, id, &PstnChoice::Route { kind: RouteKind::Trunk, id: &trunk.id }).await.unwrap();
        client.pstn(org, id).await.unwrap();
        client.add_numbers(org, id, &numbers(100..110)).await.unwrap();
        client.add_numbers(org, id, &numbers(100..103)).await.unwrap();
        client.remove_numbers(org, id, &numbers(105..110)).await.unwrap();
        client.remove_numbers(org, id, &numbers(105..110)).await.unwrap();
        client.numbers(org, id).await.unwrap();
        let (language, address) = ("fr_fr".parse().unwrap(), postal("2 New St"));
        let change = LocationChange {
            display_name: Some("Main Office"),
            address: Some(&address),
            time_zone: Some(&zone),
            language: Some(&language),
        };
        client.update_location(org, id, &change).await.unwrap();
        let change = CallingChange {
            announcement_language: Some(&language),
            main_number: Some(&numbers(100..101)[0]),
            routing_prefix: Some("82"),
        };
        let job = client.update_calling(org, id, &change).await.unwrap().unwrap();
        client.job(org, JobKind::RoutingPrefix, &job).await.unwrap();
    }

    async fn branch(&self, pizza: &Pizza) -> LocationId {
        let (client, org) = (&self.client, &pizza.org);
        let downtown = location("Downtown");
        let id = client.create_location(org, &downtown).await.unwrap();
        client.enable_calling(org, &id, &downtown).await.unwrap();
        let options = client.pstn_options(org, &id).await.unwrap();
        let option = options.iter().find(|option| option.display_name == "Acme Trunks").unwrap();
        client.connect_pstn(org, &id, &PstnChoice::Option { id: &option.id }).await.unwrap();
        client.add_numbers(org, &id, &numbers(200..202)).await.unwrap();
        id
    }

    async fn subscribers(&self, pizza: &Pizza) -> (SubscriberId, PersonId) {
        let client = &self.client;
        let (number, extension): (_, Extension) = (&numbers(101..102)[0], "201".parse().unwrap());
        let line =
            SubscriberLine { location: &pizza.headquarters, phone_number: Some(number), extension: Some(&extension) };
        let (calling, meetings) = (PackageName::new("webex_calling"), PackageName::new("webex_meetings"));
        let email = "ann@johns-pizza.example".parse().unwrap();
        let mut new = NewSubscriber {
            customer: &pizza.id,
            email: &email,
            package: &calling,
            first_name: Some("Ann"),
            last_name: Some("Lee"),
            line: Some(line),
        };
        let ann = client.create_subscriber(None, &new).await.unwrap();
        client.find_subscriber(None, &pizza.id, &email).await.unwrap();
        let free = "free@johns-pizza.example".parse().unwrap();
        (new.email, new.package, new.line) = (&free, &meetings, None);
        let pending = client.create_subscriber(None, &new).await.unwrap();
        assert!(pending.pending);
        self.service.sim.complete_migration(free.as_str()).unwrap();
        let extension: Extension = "301".parse().unwrap();
        let line = SubscriberLine { location: &pizza.headquarters, phone_number: None, extension: Some(&extension) };
        client.update_subscriber(None, &pending.id, &calling, Some(&line)).await.unwrap();
        client.delete_subscriber(None, &pending.id).await.unwrap();
        (ann.id, ann.person_id.unwrap())
    }

    async fn person(&self, pizza: &Pizza, ann: &PersonId, downtown: &LocationId) {
        let (client, org) = (&self.client, &pizza.org);
        let (number, extension): (_, Extension) = (&numbers(102..103)[0], "202".parse().unwrap());
        let change = PersonChange {
            first_name: Some("Anne"),
            last_name: Some("Ray"),
            phone_number: Some(Some(number)),
            extension: Some(Some(&extension)),
        };
        client.update_person(org, ann, &change).await.unwrap();
        let change = PersonChange { phone_number: Some(None), ..PersonChange::default() };
        client.update_person(org, ann, &change).await.unwrap();
        let roles = |names: &[&str]| names.iter().map(|name| RoleName::new(name)).collect::<BTreeSet<_>>();
        let (some, none) = (roles(&["Full Administrator", "Device administrator"]), roles(&[]));
        client.update_roles(org, &RolesChange { person: ann, add: &some, remove: &none }).await.unwrap();
        client.update_roles(org, &RolesChange { person: ann, add: &none, remove: &some }).await.unwrap();
        let number = &numbers(200..201)[0];
        let user = MoveUser { person: ann, location: downtown, phone_number: Some(Some(number)), extension: None };
        let job = client.move_user(org, &user).await.unwrap();
        client.job(org, JobKind::MoveUsers, &job).await.unwrap();
        client.person(org, ann).await.unwrap().unwrap();
        assert!(matches!(client.customer(&key(None)).await, Reading::Found(_)));
    }

    async fn end(&self, pizza: Pizza, subscriber: &SubscriberId, ann: &PersonId, downtown: &LocationId) {
        let (client, org) = (&self.client, &pizza.org);
        client.delete_subscriber(None, subscriber).await.unwrap();
        client.delete_person(org, ann).await.unwrap();
        for (location, name) in [(downtown, "Downtown"), (&pizza.headquarters, "Main Office")] {
            let job = client.disable_calling(org, location, name).await.unwrap();
            client.job(org, JobKind::DisableCalling, &job).await.unwrap();
        }
        client.delete_location(org, downtown).await.unwrap();
        client.delete_customer(&pizza.id, None).await.unwrap();
        assert_eq!(client.customer_progress(&pizza.id, None).await, Ok(None));
    }
}
