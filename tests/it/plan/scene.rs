//! Three states made by hand: what manifests ask, what the service has, what the ledger holds.

use std::fmt::Write as _;

use std::collections::{BTreeMap, BTreeSet};

use hubform::{
    model::{
        Address, Authentication, Customer, CustomerId, CustomerStatus, Desired, DesiredObject, Email, LedgerState,
        Lifecycle, Location, LocationAddress, LocationId, Marks, Name, Observed, ObservedCalling, ObservedCustomer,
        ObservedLocation, ObservedOrganization, ObservedPerson, ObservedPstn, ObservedSubscriber, ObservedTemplate,
        OrgId, PackageName, PackageState, PackageTerms, PersonId, PostalAddress, ProvisioningId, Pstn, PstnKind,
        Readable, Reading, Record, RemoteIds, Removal, RoleName, Scope, SettleWindow, Source, Sources, Spec,
        SubscriberId, SubscriberStatus, Target, Template, User,
    },
    plan::{self, Action, Options, Plan},
};
use jiff::Timestamp;

pub fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub fn email(text: &str) -> Email {
    text.parse().unwrap()
}

pub fn at(text: &str) -> Address {
    text.parse().unwrap()
}

pub fn object(spec: Spec) -> DesiredObject {
    DesiredObject {
        spec,
        source: Source::default(),
        marks: Marks::default(),
        labels: BTreeMap::new(),
        lifecycle: Lifecycle::default(),
        renamed_from: None,
    }
}

pub fn postal(line1: &str) -> PostalAddress {
    PostalAddress {
        line1: line1.to_owned(),
        line2: None,
        city: "Milpitas".to_owned(),
        state: Some("CA".to_owned()),
        postal_code: Some("95035".to_owned()),
        country: "US".parse().unwrap(),
    }
}

/// The three states, and how they are planned.
#[derive(Clone, Debug)]
pub struct Scene {
    pub desired: Desired,
    pub observed: Observed,
    pub ledger: LedgerState,
    pub only: Option<BTreeSet<Name>>,
    pub blocked: BTreeSet<Scope>,
    pub destroy: bool,
    /// The objects of an approved plan that is made again.
    pub watched: Option<BTreeSet<Address>>,
    pub now: Timestamp,
}

impl Scene {
    /// Nothing but the template `standard`, on a target with a registry.
    pub fn empty() -> Self {
        let mut scene = Self {
            desired: Desired::default(),
            observed: Observed { has_registry: true, ..Observed::default() },
            ledger: LedgerState::default(),
            only: None,
            blocked: BTreeSet::new(),
            destroy: false,
            watched: None,
            now: "2026-11-22T17:00:00Z".parse().unwrap(),
        };
        scene.write("template/standard", Spec::Template(Box::new(template())));
        scene
    }

    /// Customer `a` with headquarters, the location `east`, and the users ann (headquarters, number 0101, extension
    /// 101) and bob (east, number 0201, extension 201); on the service, in the ledger, nothing to do.
    pub fn settled() -> Self {
        let mut scene = Self::new_customer();
        scene.settle();
        scene
    }

    /// The same customer in the manifests alone.
    pub fn new_customer() -> Self {
        let mut scene = Self::empty();
        scene.write("customer/a", Spec::Customer(Box::new(customer("a"))));
        scene.write("location/a/headquarters", Spec::Location(Box::new(location("Head Office", "1 Main St", 100))));
        scene.write("location/a/east", Spec::Location(Box::new(location("East", "2 East St", 200))));
        scene.write("user/a/ann@a.example", Spec::User(Box::new(user("headquarters", Some(101), Some("101")))));
        scene.write("user/a/bob@a.example", Spec::User(Box::new(user("east", Some(201), Some("201")))));
        scene.observed.customers.insert(name("a"), Reading::Absent);
        scene
    }

    pub fn write(&mut self, address: &str, spec: Spec) {
        self.desired.objects.insert(at(address), object(spec));
    }

    pub fn unwrite(&mut self, address: &str) {
        self.desired.objects.remove(&at(address)).unwrap();
    }

    pub fn object_mut(&mut self, address: &str) -> &mut DesiredObject {
        self.desired.objects.get_mut(&at(address)).unwrap()
    }

    pub fn template(&mut self, address: &str) -> &mut Template {
        match &mut self.object_mut(address).spec {
            Spec::Template(template) => template,
            other => panic!("{other:?}"),
        }
    }

    pub fn customer(&mut self, address: &str) -> &mut Customer {
        match &mut self.object_mut(address).spec {
            Spec::Customer(customer) => customer,
            other => panic!("{other:?}"),
        }
    }

    pub fn location(&mut self, address: &str) -> &mut Location {
        match &mut self.object_mut(address).spec {
            Spec::Location(location) => location,
            other => panic!("{other:?}"),
        }
    }

    pub fn user(&mut self, address: &str) -> &mut User {
        match &mut self.object_mut(address).spec {
            Spec::User(user) => user,
            other => panic!("{other:?}"),
        }
    }

    pub fn remove(&mut self, address: &str) {
        let removal = Removal { reason: "contract ended".to_owned(), on_remove: None, source: Source::default() };
        self.desired.removals.insert(at(address), removal);
    }

    pub fn seen(&mut self, customer: &str) -> &mut ObservedCustomer {
        match self.observed.customers.get_mut(&name(customer)).unwrap() {
            Reading::Found(found) => found,
            other => panic!("{other:?}"),
        }
    }

    pub fn organization(&mut self, customer: &str) -> &mut ObservedOrganization {
        self.seen(customer).organization.as_mut().unwrap()
    }

    pub fn seen_location(&mut self, customer: &str, location: &str) -> &mut ObservedLocation {
        let id = LocationId::new(format!("location-{customer}-{location}"));
        self.organization(customer).locations.get_mut(&id).unwrap()
    }

    pub fn person(&mut self, customer: &str, address: &str) -> &mut ObservedPerson {
        let id = PersonId::new(format!("person-{address}"));
        self.organization(customer).people.get_mut(&id).unwrap()
    }

    pub fn record(&mut self, address: &str) -> &mut Record {
        self.ledger.records.get_mut(&at(address)).unwrap()
    }

    /// Makes the service and the ledger what the manifests say.
    pub fn settle(&mut self) {
        self.observed = Observed { has_registry: true, ..Observed::default() };
        self.ledger = LedgerState::default();
        let desired = self.desired.clone();
        for (address, object) in &desired.objects {
            let ids = match (address, &object.spec) {
                (Address::Template(template), _) => {
                    let id = ProvisioningId::new(format!("template-{template}"));
                    let seen = ObservedTemplate { provisioning_id: id.clone(), fields: object.spec.fields() };
                    self.observed.templates.insert(template.clone(), Reading::Found(seen));
                    RemoteIds::Template { provisioning_id: Some(id) }
                }
                (Address::Customer(it), Spec::Customer(customer)) => {
                    let (id, org) = (CustomerId::new(format!("customer-{it}")), OrgId::new(format!("org-{it}")));
                    let seen = live_customer(&desired, it, customer, &id, &org);
                    self.observed.customers.insert(it.clone(), Reading::Found(Box::new(seen)));
                    RemoteIds::Customer { id, org_id: Some(org) }
                }
                (Address::Location(customer, it), _) => RemoteIds::Location { id: location_id(customer, it) },
                (Address::User(_, it), _) => RemoteIds::User {
                    id: SubscriberId::new(format!("subscriber-{it}")),
                    person_id: Some(PersonId::new(format!("person-{it}"))),
                },
                other => panic!("{other:?}"),
            };
            let record = Record { ids, applied: object.spec.fields(), lifecycle: object.lifecycle, created: true };
            self.ledger.records.insert(address.clone(), record);
        }
    }

    pub fn plan(&self) -> Plan {
        let options = Options {
            target: Target::Simulator,
            only: self.only.clone(),
            blocked: self.blocked.clone(),
            destroy: self.destroy,
            watched: self.watched.as_ref(),
            sources: &Sources::default(),
            now: self.now,
            settle: SettleWindow::default(),
        };
        plan::plan(&self.desired, &self.observed, &self.ledger, &options)
    }

    pub fn text(&self) -> String {
        text(&self.plan())
    }
}

fn location_id(customer: &Name, location: &Name) -> LocationId {
    LocationId::new(format!("location-{customer}-{location}"))
}

fn live_customer(desired: &Desired, it: &Name, customer: &Customer, id: &CustomerId, org: &OrgId) -> ObservedCustomer {
    let mut locations = BTreeMap::new();
    for (address, _, location) in desired.locations(it) {
        let Address::Location(_, place) = address else { continue };
        locations.insert(location_id(it, place), live_location(location, customer.has_calling()));
    }
    let mut people = BTreeMap::new();
    let mut subscribers = Vec::new();
    for (address, _, user) in desired.users(it) {
        let Address::User(_, mail) = address else { continue };
        let person = PersonId::new(format!("person-{mail}"));
        let seen = ObservedPerson {
            emails: vec![mail.clone()],
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            phone_number: user.phone_number.clone(),
            extension: user.extension.clone(),
            location: user.location.as_ref().map(|place| location_id(it, place)),
            roles: user.roles.clone(),
        };
        people.insert(person.clone(), seen);
        subscribers.push(ObservedSubscriber {
            id: SubscriberId::new(format!("subscriber-{mail}")),
            person_id: Some(person),
            email: mail.clone(),
            package: Some(user.package.clone()),
            status: SubscriberStatus::Provisioned,
            since: None,
            problems: Vec::new(),
        });
    }
    let package =
        |name: &PackageName| (name.clone(), PackageState { status: "provisioned".to_owned(), problems: Vec::new() });
    ObservedCustomer {
        id: id.clone(),
        org_id: Some(org.clone()),
        external_id: customer.external_id.clone(),
        status: CustomerStatus::Provisioned,
        packages: customer.packages.keys().map(package).collect(),
        billing_address: Some(customer.billing_address.clone()),
        problems: Vec::new(),
        organization: Some(ObservedOrganization {
            display_name: Readable::Known(customer.company.clone()),
            language: Readable::Known(customer.language.clone()),
            locations,
            people,
        }),
        subscribers,
    }
}

fn live_location(location: &Location, calling: bool) -> ObservedLocation {
    let pstn = location.pstn.as_ref().map(|pstn| match pstn {
        Pstn::NonIntegratedCcp { provider, by_id: _ } => ObservedPstn {
            kind: Some(PstnKind::NonIntegratedCcp),
            option_id: format!("option-{provider}"),
            display_name: provider.clone(),
            trunk: None,
            route_group: None,
            route_id: None,
        },
        other => ObservedPstn {
            kind: Some(other.kind()),
            option_id: "option".to_owned(),
            display_name: other.kind().word().to_owned(),
            trunk: Some("Main Trunk".to_owned()),
            route_group: None,
            route_id: Some("route".to_owned()),
        },
    });
    ObservedLocation {
        name: location.display_name.clone(),
        address: Some(location.address.postal.clone()),
        time_zone: Some(location.time_zone.as_str().to_owned()),
        language: Readable::Known(Some(location.language.clone())),
        calling: calling.then(|| ObservedCalling {
            announcement_language: Readable::Known(Some(location.announcements().clone())),
            main_number: location.main_number.clone(),
            routing_prefix: location.routing_prefix.clone(),
            pstn,
            numbers: location.numbers.clone(),
        }),
    }
}

pub fn template() -> Template {
    Template {
        display_name: "Standard".to_owned(),
        country: "US".parse().unwrap(),
        administrator: email("ops@acme-voice.example"),
        email_language: None,
        subscription: Some("Sub-100448".to_owned()),
        authentication: Authentication::Webex,
        pstn_provider: None,
        restrict_admin_invites: false,
        brand_name: Some("Acme Voice".to_owned()),
        disable_webex_calling: false,
        provisioning_id: None,
    }
}

pub fn packages(terms: &[(&str, Option<u32>)]) -> BTreeMap<PackageName, PackageTerms> {
    terms.iter().map(|(name, quantity)| (PackageName::new(name), PackageTerms { quantity: *quantity })).collect()
}

pub fn customer(it: &str) -> Customer {
    Customer {
        id: None,
        external_id: format!("ext-{it}"),
        org_id: None,
        sub_partner: None,
        template: name("standard"),
        company: format!("Company {it}"),
        admin_email: email(&format!("admin@{it}.example")),
        language: None,
        packages: packages(&[("webex_calling", Some(50)), ("webex_suite", None)]),
        billing_address: postal("1 Main St"),
        meetings_time_zone: None,
        supported_location: true,
    }
}

/// Returns a fictional number by its last four digits.
pub fn number(last: u32) -> hubform::model::PhoneNumber {
    format!("+1408555{last:04}").parse().unwrap()
}

/// A location with ten numbers from `first`, which is the main one.
pub fn location(display_name: &str, line1: &str, first: u32) -> Location {
    Location {
        id: None,
        display_name: display_name.to_owned(),
        address: LocationAddress { postal: postal(line1), written: true },
        time_zone: "America/Los_Angeles".parse().unwrap(),
        language: "en_us".parse().unwrap(),
        announcement_language: None,
        pstn: Some(Pstn::NonIntegratedCcp { provider: "Acme Trunks".to_owned(), by_id: false }),
        numbers: (first..first + 10).map(number).collect(),
        main_number: Some(number(first)),
        routing_prefix: None,
    }
}

pub fn user(location: &str, phone: Option<u32>, extension: Option<&str>) -> User {
    User {
        id: None,
        first_name: Some("Ann".to_owned()),
        last_name: Some("Lee".to_owned()),
        package: PackageName::new("webex_calling"),
        location: Some(name(location)),
        phone_number: phone.map(number),
        extension: extension.map(|text| text.parse().unwrap()),
        roles: BTreeSet::new(),
    }
}

pub fn full_administrator() -> BTreeSet<RoleName> {
    BTreeSet::from([RoleName::new("Full Administrator")])
}

/// Writes a plan down, short enough for a snapshot.
pub fn text(plan: &Plan) -> String {
    let mut lines = Vec::new();
    for part in &plan.parts {
        for step in &part.steps {
            let mut line = format!("{} {} ({:?})", step.action.word(), step.id, step.reason);
            if step.action != Action::Create {
                for change in &step.fields {
                    let show = |value: &Option<hubform::model::Value>| {
                        value.as_ref().map_or("∅".to_owned(), ToString::to_string)
                    };
                    let (before, after) = (show(&change.before), show(&change.after));
                    write!(line, " {}: {before} → {after};", change.path).unwrap();
                }
            }
            if !step.needs.is_empty() {
                let needs: Vec<&str> = step.needs.iter().map(plan::StepId::as_str).collect();
                write!(line, " after {}", needs.join(" ")).unwrap();
            }
            lines.push(line);
        }
        lines.extend(part.waits.iter().map(|wait| format!("wait {} {}", wait.object, wait.code)));
        lines.extend(part.refusals.iter().map(|no| format!("refused {} {}: {}", no.object, no.code, no.text)));
        lines.extend(
            part.catch_up
                .iter()
                .map(|it| format!("{} {}", if it.record.is_some() { "learn" } else { "drop" }, it.object)),
        );
    }
    lines.extend(plan.notes.iter().map(|note| format!("note {} {}", note.object.as_deref().unwrap_or("-"), note.code)));
    lines.join("\n")
}
