//! The life of a customer, between the client and the simulated service.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use hubform::{
    model::{
        Customer, CustomerId, CustomerStatus, Extension, Fields, Location, LocationAddress, LocationId,
        ObservedCustomer, OrgId, PackageName, PackageTerms, PersonId, PhoneNumber, PostalAddress, ProvisioningId,
        PstnKind, Readable, Reading, RoleName, SubscriberStatus,
    },
    sim::{Clock, Config, Fault as Trouble, ManualClock, Running, Simulator, When},
    webex::{
        CallingChange, Client, ClientSettings, CustomerChange, CustomerKey, Fault, JobKind, JobState, LocationChange,
        MoveUser, NewCustomer, NewSubscriber, OrganizationChange, PersonChange, PstnChoice, ReadApi as _, RolesChange,
        RouteKind, Sent, SubscriberLine, WriteApi as _,
    },
};
use secrecy::SecretString;

/// A service with a client, and a customer in it.
struct Stage {
    sim: Simulator,
    client: Client,
    _running: Running,
}

/// A customer that is provisioned.
struct Pizza {
    id: CustomerId,
    org: OrgId,
    headquarters: LocationId,
}

fn config() -> Config {
    Config {
        clock: Clock::Manual(ManualClock::default()),
        provisioning_delay: Duration::ZERO,
        extra_provisioning_ids: ["template-1".to_owned()].into(),
        pending_emails: ["free@johns-pizza.example".to_owned()].into(),
        ..Config::default()
    }
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

fn location(name: &str, line1: &str) -> Location {
    Location {
        id: None,
        display_name: name.to_owned(),
        address: LocationAddress { postal: postal(line1), written: true },
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

fn numbers(range: std::ops::Range<u32>) -> Vec<PhoneNumber> {
    range.map(|n| format!("+1408555{n:04}").parse().unwrap()).collect()
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

impl Stage {
    async fn with(config: Config) -> Self {
        let sim = Simulator::open(config).unwrap();
        let running = sim.start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let settings = ClientSettings {
            backoff: Duration::from_millis(1),
            registry: true,
            ..ClientSettings::new(running.base_url.parse().unwrap(), SecretString::from("token"))
        };
        Self { sim, client: Client::new(settings).unwrap(), _running: running }
    }

    async fn start() -> Self {
        Self::with(config()).await
    }

    async fn create(&self) -> CustomerId {
        let (template, customer) = (ProvisioningId::new("template-1"), customer());
        let headquarters = location("Head Office", "771 Alder Drive");
        let new = NewCustomer { provisioning_id: &template, customer: &customer, headquarters: Some(&headquarters) };
        self.client.precheck_customer(&new).await.unwrap();
        self.client.create_customer(&new).await.unwrap()
    }

    async fn pizza(&self) -> Pizza {
        let id = self.create().await;
        let progress = self.client.customer_progress(&id, None).await.unwrap().unwrap();
        assert_eq!(progress.status, CustomerStatus::Provisioned, "{progress:?}");
        let org = progress.org_id.unwrap();
        self.client.warm_up_organization(&org).await.unwrap();
        let locations = self.client.locations(&org).await.unwrap();
        let (headquarters, found) = locations.first_key_value().unwrap();
        assert!(found.calling.is_some(), "the service makes the first location itself");
        Pizza { id, org, headquarters: headquarters.clone() }
    }

    /// A customer whose headquarters has a trunk and numbers.
    async fn telephone_pizza(&self) -> Pizza {
        let pizza = self.pizza().await;
        self.connect(&pizza.org, &pizza.headquarters).await;
        self.client.add_numbers(&pizza.org, &pizza.headquarters, &numbers(100..110)).await.unwrap();
        pizza
    }

    async fn connect(&self, org: &OrgId, id: &LocationId) {
        let routes = self.client.route_choices(org).await.unwrap();
        let trunk = routes.iter().find(|route| route.kind == RouteKind::Trunk).unwrap();
        let choice = PstnChoice::Route { kind: RouteKind::Trunk, id: &trunk.id };
        self.client.connect_pstn(org, id, &choice).await.unwrap();
    }

    async fn branch(&self, org: &OrgId) -> LocationId {
        let downtown = location("Downtown", "1 Main St");
        let id = self.client.create_location(org, &downtown).await.unwrap();
        self.client.enable_calling(org, &id, &downtown).await.unwrap();
        id
    }

    async fn ann(&self, pizza: &Pizza) -> (hubform::model::SubscriberId, PersonId) {
        let (number, extension): (_, Extension) = (&numbers(101..102)[0], "201".parse().unwrap());
        let line =
            SubscriberLine { location: &pizza.headquarters, phone_number: Some(number), extension: Some(&extension) };
        let new = NewSubscriber {
            customer: &pizza.id,
            email: &"ann@johns-pizza.example".parse().unwrap(),
            package: &PackageName::new("webex_calling"),
            first_name: Some("Ann"),
            last_name: Some("Lee"),
            line: Some(line),
        };
        let created = self.client.create_subscriber(None, &new).await.unwrap();
        assert!(!created.pending);
        (created.id, created.person_id.unwrap())
    }

    async fn read(&self) -> ObservedCustomer {
        let reading = self.client.customer(&key(None)).await;
        let Reading::Found(customer) = reading else { panic!("not found: {reading:?}") };
        *customer
    }
}

#[tokio::test]
async fn a_customer_is_created_set_up_read_and_taken_away_again() {
    let stage = Stage::start().await;
    let pizza = stage.telephone_pizza().await;
    let (client, org, headquarters) = (&stage.client, &pizza.org, &pizza.headquarters);
    let main = CallingChange { main_number: Some(&numbers(100..101)[0]), ..CallingChange::default() };
    assert_eq!(client.update_calling(org, headquarters, &main).await, Ok(None));
    let downtown = stage.branch(org).await;
    let (subscriber, ann) = stage.ann(&pizza).await;

    let customer = stage.read().await;
    assert_eq!((&customer.id, &customer.org_id), (&pizza.id, &Some(org.clone())));
    assert_eq!(customer.packages.len(), 2);
    assert_eq!(customer.billing_address, Some(postal("771 Alder Drive")));
    let organization = customer.organization.unwrap();
    assert_eq!(organization.display_name, Readable::Known("John's Pizza".to_owned()));
    assert_eq!(organization.language, Readable::Known(Some("en_us".parse().unwrap())));
    let office = &organization.locations[headquarters];
    assert_eq!((&*office.name, &office.address), ("Head Office", &Some(postal("771 Alder Drive"))));
    assert_eq!(office.language, Readable::Known(Some("en_us".parse().unwrap())));
    let calling = office.calling.as_ref().unwrap();
    assert_eq!(calling.announcement_language, Readable::Known(Some("en_us".parse().unwrap())));
    assert_eq!(calling.main_number.as_ref(), main.main_number);
    assert_eq!(calling.numbers, numbers(100..110).into_iter().collect());
    let pstn = calling.pstn.as_ref().unwrap();
    assert_eq!((pstn.kind, pstn.trunk.as_deref()), (Some(PstnKind::LocalGateway), Some("Main Trunk")));
    assert_eq!(organization.locations[&downtown].calling.as_ref().unwrap().pstn, None);
    assert_eq!(customer.subscribers.len(), 1);
    assert_eq!(customer.subscribers[0].person_id.as_ref(), Some(&ann));
    let person = &organization.people[&ann];
    assert_eq!(person.phone_number.as_ref(), Some(&numbers(101..102)[0]));
    assert_eq!((person.extension.as_ref().unwrap().as_str(), person.location.as_ref()), ("201", Some(headquarters)));
    let admin = organization.person_of(&"john@johns-pizza.example".parse().unwrap()).unwrap().1;
    assert!(admin.roles.iter().any(RoleName::is_full_administrator));

    client.delete_subscriber(None, &subscriber).await.unwrap();
    client.delete_person(org, &ann).await.unwrap();
    client.delete_customer(&pizza.id, None).await.unwrap();
    assert_eq!(client.customer_progress(&pizza.id, None).await, Ok(None));
    assert_eq!(client.find_customer("johns-pizza", None).await, Ok(None));
    assert_eq!(client.customer(&key(Some(pizza.id))).await, Reading::Absent);
}

#[tokio::test]
async fn a_customer_is_changed_without_losing_what_is_not_named() {
    let stage = Stage::start().await;
    let pizza = stage.pizza().await;
    let packages = ["webex_calling", "webex_meetings", "webex_suite"].map(PackageName::new).into();
    let quantities = BTreeMap::from([(PackageName::new("webex_calling"), 30)]);
    let change = CustomerChange {
        packages: &packages,
        external_id: "johns-pizza",
        billing_address: Some(&postal("1 New St")),
        quantities: &quantities,
        headquarters: None,
        meetings_time_zone: None,
    };
    stage.client.update_customer(&pizza.id, None, &change).await.unwrap();
    let language = "de".parse().unwrap();
    let name = OrganizationChange { display_name: "Pizza Inc", language: Some(&language) };
    stage.client.update_organization(&pizza.org, &name).await.unwrap();
    let customer = stage.read().await;
    assert_eq!(customer.packages.keys().cloned().collect::<BTreeSet<_>>(), packages);
    assert_eq!(customer.billing_address, Some(postal("1 New St")));
    let organization = customer.organization.unwrap();
    assert_eq!(organization.display_name, Readable::Known("Pizza Inc".to_owned()));
    assert_eq!(organization.language, Readable::Known(Some(language)));
}

#[tokio::test]
async fn a_location_is_changed_part_by_part() {
    let stage = Stage::start().await;
    let pizza = stage.telephone_pizza().await;
    let (client, org, id) = (&stage.client, &pizza.org, &pizza.headquarters);
    let zone = "America/New_York".parse().unwrap();
    let change =
        LocationChange { display_name: Some("Main Office"), time_zone: Some(&zone), ..LocationChange::default() };
    client.update_location(org, id, &change).await.unwrap();
    let language = "fr_fr".parse().unwrap();
    let calling = CallingChange {
        routing_prefix: Some("82"),
        announcement_language: Some(&language),
        ..CallingChange::default()
    };
    let job = client.update_calling(org, id, &calling).await.unwrap().unwrap();
    assert_eq!(client.job(org, JobKind::RoutingPrefix, &job).await, Ok(JobState::Succeeded));
    let organization = client.organization(org).await.unwrap();
    let office = &organization.locations[id];
    assert_eq!((&*office.name, office.time_zone.as_deref()), ("Main Office", Some("America/New_York")));
    assert_eq!(office.address, Some(postal("771 Alder Drive")), "what is not sent stays");
    let calling = office.calling.as_ref().unwrap();
    assert_eq!(calling.routing_prefix.as_deref(), Some("82"));
    assert_eq!(calling.announcement_language, Readable::Known(Some(language)));
}

#[tokio::test]
async fn numbers_are_added_and_removed_once_however_often_it_is_said() {
    let stage = Stage::start().await;
    let pizza = stage.telephone_pizza().await;
    let (client, org, id) = (&stage.client, &pizza.org, &pizza.headquarters);
    client.add_numbers(org, id, &numbers(100..103)).await.unwrap();
    for _ in 0..2 {
        client.remove_numbers(org, id, &numbers(105..110)).await.unwrap();
    }
    assert_eq!(client.numbers(org, id).await, Ok(numbers(100..105).into_iter().collect()));
    let elsewhere = stage.branch(org).await;
    stage.connect(org, &elsewhere).await;
    let error = client.add_numbers(org, &elsewhere, &numbers(100..101)).await.unwrap_err();
    assert_eq!((error.fault, &*error.code), (Fault::Refused, "8361"));
    assert_eq!(client.numbers(org, &elsewhere).await, Ok(BTreeSet::new()));
}

#[tokio::test]
async fn a_location_is_connected_by_the_option_that_has_the_providers_name() {
    let stage = Stage::start().await;
    let pizza = stage.pizza().await;
    let (client, org, id) = (&stage.client, &pizza.org, &pizza.headquarters);
    assert_eq!(client.pstn(org, id).await, Ok(None));
    let options = client.pstn_options(org, id).await.unwrap();
    let option = options.iter().find(|option| option.display_name == "Acme Trunks").unwrap();
    client.connect_pstn(org, id, &PstnChoice::Option { id: &option.id }).await.unwrap();
    let pstn = client.pstn(org, id).await.unwrap().unwrap();
    assert_eq!((pstn.kind, &*pstn.display_name), (Some(PstnKind::NonIntegratedCcp), "Acme Trunks"));
    assert_eq!(pstn.option_id, option.id);
}

#[tokio::test]
async fn a_person_changes_name_number_and_extension() {
    let stage = Stage::start().await;
    let pizza = stage.telephone_pizza().await;
    let (_, ann) = stage.ann(&pizza).await;
    let (client, org) = (&stage.client, &pizza.org);
    let change = PersonChange { last_name: Some("Ray"), ..PersonChange::default() };
    client.update_person(org, &ann, &change).await.unwrap();
    let person = client.person(org, &ann).await.unwrap().unwrap();
    assert_eq!((person.first_name.as_deref(), person.last_name.as_deref()), (Some("Ann"), Some("Ray")));
    assert_eq!(person.phone_number.as_ref(), Some(&numbers(101..102)[0]), "a new name takes no number away");
    assert_eq!(person.extension.as_ref().unwrap().as_str(), "201");

    let (number, extension): (_, Extension) = (&numbers(102..103)[0], "202".parse().unwrap());
    let change =
        PersonChange { phone_number: Some(Some(number)), extension: Some(Some(&extension)), ..PersonChange::default() };
    client.update_person(org, &ann, &change).await.unwrap();
    let person = client.person(org, &ann).await.unwrap().unwrap();
    assert_eq!((person.phone_number.as_ref(), person.extension), (Some(number), Some(extension)));
    let change = PersonChange { phone_number: Some(None), ..PersonChange::default() };
    client.update_person(org, &ann, &change).await.unwrap();
    assert_eq!(client.person(org, &ann).await.unwrap().unwrap().phone_number, None);
    assert_eq!(client.person(org, &PersonId::new(pizza.id.as_str())).await, Ok(None));
}

#[tokio::test]
async fn roles_are_given_and_taken_whatever_their_ids_look_like() {
    for scim in [hubform::sim::Rule::Allowed, hubform::sim::Rule::Refused] {
        let stage = Stage::with(Config { scim, ..config() }).await;
        let pizza = stage.telephone_pizza().await;
        let (_, ann) = stage.ann(&pizza).await;
        let (client, org) = (&stage.client, &pizza.org);
        let change = async |add: &[&str], remove: &[&str]| {
            let names = |all: &[&str]| all.iter().map(|name| RoleName::new(name)).collect::<BTreeSet<_>>();
            let (add, remove) = (names(add), names(remove));
            let change = RolesChange { person: &ann, add: &add, remove: &remove };
            client.update_roles(org, &change).await.unwrap();
            client.person(org, &ann).await.unwrap().unwrap().roles
        };
        let roles = change(&["full administrator", "Device administrator"], &[]).await;
        assert_eq!(roles.len(), 2, "{scim:?}");
        let roles = change(&["Support administrator"], &["Device Administrator"]).await;
        let expected = ["Full Administrator", "Support administrator"].map(RoleName::new);
        assert_eq!(roles, expected.into(), "{scim:?}");
        let roles = change(&[], &["Support administrator", "Full Administrator"]).await;
        assert!(roles.is_empty(), "{scim:?}");
        let person = client.person(org, &ann).await.unwrap().unwrap();
        assert_eq!(person.phone_number.as_ref(), Some(&numbers(101..102)[0]), "roles do not touch the line");
    }
}

#[tokio::test]
async fn a_user_moves_by_a_job() {
    let stage = Stage::start().await;
    let pizza = stage.telephone_pizza().await;
    let (_, ann) = stage.ann(&pizza).await;
    let (client, org) = (&stage.client, &pizza.org);
    let downtown = stage.branch(org).await;
    stage.connect(org, &downtown).await;
    client.add_numbers(org, &downtown, &numbers(200..202)).await.unwrap();
    let number = &numbers(200..201)[0];
    let user = MoveUser { person: &ann, location: &downtown, phone_number: Some(Some(number)), extension: None };
    let job = client.move_user(org, &user).await.unwrap();
    assert_eq!(client.job(org, JobKind::MoveUsers, &job).await, Ok(JobState::Succeeded));
    let person = client.person(org, &ann).await.unwrap().unwrap();
    assert_eq!((person.location.as_ref(), person.phone_number.as_ref()), (Some(&downtown), Some(number)));
    assert_eq!(person.extension.unwrap().as_str(), "201", "what is absent is kept");
}

#[tokio::test]
async fn calling_goes_before_the_location_and_never_from_the_last_one() {
    let stage = Stage::start().await;
    let pizza = stage.pizza().await;
    let (client, org) = (&stage.client, &pizza.org);
    let downtown = stage.branch(org).await;
    assert!(client.delete_location(org, &downtown).await.is_err(), "calling is on");
    let job = client.disable_calling(org, &downtown, "Downtown").await.unwrap();
    assert_eq!(client.job(org, JobKind::DisableCalling, &job).await, Ok(JobState::Succeeded));
    for _ in 0..2 {
        client.delete_location(org, &downtown).await.unwrap();
    }
    let job = client.disable_calling(org, &pizza.headquarters, "Head Office").await.unwrap();
    let JobState::Failed(problems) = client.job(org, JobKind::DisableCalling, &job).await.unwrap() else {
        panic!("the last calling location stays")
    };
    assert!(problems.iter().any(|problem| problem.code == "BATCH-1012012"), "{problems:?}");
}

#[tokio::test]
async fn a_free_account_waits_for_its_owner() {
    let stage = Stage::start().await;
    let pizza = stage.pizza().await;
    let email = "free@johns-pizza.example".parse().unwrap();
    let package = PackageName::new("webex_meetings");
    let new = NewSubscriber {
        customer: &pizza.id,
        email: &email,
        package: &package,
        first_name: None,
        last_name: None,
        line: None,
    };
    let created = stage.client.create_subscriber(None, &new).await.unwrap();
    assert!(created.pending && created.person_id.is_none());
    let found = stage.client.find_subscriber(None, &pizza.id, &email).await.unwrap().unwrap();
    assert_eq!((found.id, found.status), (created.id.clone(), SubscriberStatus::PendingUserMigration));
    stage.sim.complete_migration(email.as_str()).unwrap();
    let found = stage.client.find_subscriber(None, &pizza.id, &email).await.unwrap().unwrap();
    assert!(found.person_id.is_some());

    let extension: Extension = "301".parse().unwrap();
    let line = SubscriberLine { location: &pizza.headquarters, phone_number: None, extension: Some(&extension) };
    let calling = PackageName::new("webex_calling");
    stage.client.update_subscriber(None, &created.id, &calling, Some(&line)).await.unwrap();
    let person = stage.client.person(&pizza.org, &found.person_id.unwrap()).await.unwrap().unwrap();
    assert_eq!((person.extension, person.location), (Some(extension), Some(pizza.headquarters)));
}

#[tokio::test]
async fn templates_live_in_the_registry() {
    let stage = Stage::start().await;
    let mut fields = Fields::default();
    fields.set_text("displayName", Some("Standard US"));
    let name = "standard-us".parse().unwrap();
    let id = stage.client.create_template(&name, &fields).await.unwrap();
    fields.set_text("brandName", Some("Acme Voice"));
    stage.client.update_template(&id, &name, &fields).await.unwrap();
    let templates = stage.client.templates().await.unwrap().unwrap();
    assert_eq!((&*templates[0].0, &templates[0].1.fields), ("standard-us", &fields));
    assert_eq!(templates[0].1.provisioning_id, id);
    for _ in 0..2 {
        stage.client.delete_template(&id).await.unwrap();
    }
    assert_eq!(stage.client.templates().await, Ok(Some(Vec::new())));
}

#[tokio::test]
async fn everything_is_read_whatever_the_size_of_a_page() {
    let stage = Stage::with(Config { page_size: Some(2), ..config() }).await;
    let pizza = stage.telephone_pizza().await;
    for n in 0..5 {
        let email = format!("user{n}@johns-pizza.example").parse().unwrap();
        let extension: Extension = format!("30{n}").parse().unwrap();
        let line = SubscriberLine { location: &pizza.headquarters, phone_number: None, extension: Some(&extension) };
        let new = NewSubscriber {
            customer: &pizza.id,
            email: &email,
            package: &PackageName::new("webex_calling"),
            first_name: None,
            last_name: None,
            line: Some(line),
        };
        stage.client.create_subscriber(None, &new).await.unwrap();
    }
    let customer = stage.read().await;
    assert_eq!(customer.subscribers.len(), 5);
    let organization = customer.organization.unwrap();
    assert_eq!(organization.people.len(), 6, "five users and the first administrator");
    assert_eq!(organization.locations[&pizza.headquarters].calling.as_ref().unwrap().numbers.len(), 10);
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_found_again() {
    let stage = Stage::start().await;
    stage.sim.fail_next(Trouble {
        method: "POST".to_owned(),
        path_contains: "/wholesale/customers".to_owned(),
        status: 502,
        retry_after: None,
        when: When::AfterWork,
    });
    let (template, customer) = (ProvisioningId::new("template-1"), customer());
    let headquarters = location("Head Office", "771 Alder Drive");
    let new = NewCustomer { provisioning_id: &template, customer: &customer, headquarters: Some(&headquarters) };
    let error = stage.client.create_customer(&new).await.unwrap_err();
    assert_eq!((error.fault, error.sent), (Fault::Unavailable, Sent::Perhaps));
    assert!(stage.client.find_customer("johns-pizza", None).await.unwrap().is_some());
}

#[tokio::test]
async fn a_customer_without_calling_has_no_locations() {
    let stage = Stage::start().await;
    let mut customer = customer();
    customer.packages.remove(&PackageName::new("webex_calling"));
    let template = ProvisioningId::new("template-1");
    let new = NewCustomer { provisioning_id: &template, customer: &customer, headquarters: None };
    stage.client.create_customer(&new).await.unwrap();
    let organization = stage.read().await.organization.unwrap();
    assert!(organization.locations.is_empty());
    assert_eq!(organization.people.len(), 1);
}

#[tokio::test]
async fn an_organization_is_read_before_it_is_attached_and_found_by_its_id_after() {
    let stage = Stage::start().await;
    let org = OrgId::new(stage.sim.create_organization("Old Pizza", true).unwrap());
    let organization = stage.client.organization(&org).await.unwrap();
    assert_eq!(organization.display_name, Readable::Known("Old Pizza".to_owned()));
    assert_eq!(organization.locations.len(), 1);
    let customer = Customer { org_id: Some(org.clone()), external_id: "old-key".to_owned(), ..customer() };
    let template = ProvisioningId::new("template-1");
    let new = NewCustomer { provisioning_id: &template, customer: &customer, headquarters: None };
    let id = stage.client.create_customer(&new).await.unwrap();
    let attached = CustomerKey { attach: Some(org), ..key(None) };
    let Reading::Found(found) = stage.client.customer(&attached).await else { panic!("not found") };
    assert_eq!((found.id, &*found.external_id), (id, "old-key"));
    assert_eq!(stage.client.customer(&key(None)).await, Reading::Absent);
}

#[tokio::test]
async fn the_caller_is_known() {
    let stage = Stage::start().await;
    let partner = stage.client.partner().await.unwrap();
    assert!(!partner.org_id.as_str().is_empty() && !partner.person_id.as_str().is_empty());
}
