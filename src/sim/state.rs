//! What the simulated service knows: a plain value that can be cloned, compared and written down.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::id::Uuid;
use super::table::{Record, Table};

/// Everything the simulated service knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// Numbers handed out so far; every id comes from here.
    pub counters: Table<Counter>,
    /// Onboarding templates.
    pub templates: Table<Template>,
    /// Organizations, the partner's own among them.
    pub organizations: Table<Organization>,
    /// Wholesale customers.
    pub customers: Table<Customer>,
    /// Wholesale subscribers.
    pub subscribers: Table<Subscriber>,
    /// People of every organization.
    pub people: Table<Person>,
    /// Locations, with or without calling.
    pub locations: Table<Location>,
    /// Phone numbers of the whole service, by E.164 text.
    pub numbers: Table<Number>,
    /// Jobs, running and ended.
    pub jobs: Table<Job>,
    /// Asynchronous work that is not done yet.
    pub tasks: Table<Task>,
}

impl State {
    /// Returns the id of the next thing that is made.
    pub(crate) fn next_id(&mut self) -> Uuid {
        let key = Counter::IDS.to_owned();
        let last = self.counters.get(&key).map_or(0, |counter| counter.last) + 1;
        self.counters.insert(key, Counter { last });
        Uuid::numbered(last)
    }

    /// Starts asynchronous work that is done at `due`.
    pub(crate) fn schedule(&mut self, due: Timestamp, work: Work) {
        let id = self.next_id();
        self.tasks.insert(id, Task { due, work });
    }
}

macro_rules! record {
    ($name:ident, $key:ty, |$row:ident| $lookups:expr) => {
        impl Record for $name {
            type Key = $key;

            fn lookups(&self) -> Vec<String> {
                let $row = self;
                $lookups
            }
        }
    };
}

/// A counter of the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    /// The last number handed out.
    pub last: u64,
}

impl Counter {
    pub(crate) const IDS: &'static str = "ids";
}

record!(Counter, String, |_row| Vec::new());

/// An onboarding template of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// The name, unique in the registry.
    pub name: String,
    /// What the template says; the registry does not look inside.
    pub spec: Value,
}

impl Template {
    pub(crate) fn named(name: &str) -> String {
        format!("name/{name}")
    }
}

record!(Template, Uuid, |row| vec![Self::named(&row.name)]);

/// An organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// The display name.
    pub name: String,
    /// The preferred language, as `ll` or `ll_CC`.
    pub language: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When its identity record was last changed.
    pub modified: Timestamp,
    /// Counts the changes of the identity record.
    pub version: u64,
    /// Whether the partner's token has looked at it once, which a fresh organization waits for.
    pub reached: bool,
    /// Whether it has calling without being a wholesale customer's.
    pub calling: bool,
    /// Trunks by name.
    pub trunks: BTreeMap<String, Uuid>,
    /// Route groups by name.
    pub route_groups: BTreeMap<String, Uuid>,
}

record!(Organization, Uuid, |_row| Vec::new());

/// A postal address; the wholesale and the location API name its parts differently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The first line.
    pub line1: String,
    /// The second line.
    pub line2: Option<String>,
    /// The city.
    pub city: String,
    /// The state or province, where the country has them.
    pub state: Option<String>,
    /// The postal code, where the country has them.
    pub postal_code: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: String,
}

/// The states of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerStatus {
    /// Being created.
    Provisioning,
    /// Being changed.
    Updating,
    /// Being removed.
    Deleting,
    /// Complete.
    Provisioned,
    /// Complete but for at least one package.
    ProvisionedWithErrors,
}

impl CustomerStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Updating => "updating",
            Self::Deleting => "deleting",
            Self::Provisioned => "provisioned",
            Self::ProvisionedWithErrors => "provisioned_with_errors",
        }
    }

    pub(crate) const ALL: [&'static str; 7] = [
        "provisioned",
        "provisioned_with_errors",
        "provisioning",
        "updating",
        "deleting",
        "error",
        "pending_rpl_review",
    ];

    /// Whether nothing is under way.
    pub(crate) fn is_settled(self) -> bool {
        match self {
            Self::Provisioned | Self::ProvisionedWithErrors => true,
            Self::Provisioning | Self::Updating | Self::Deleting => false,
        }
    }
}

/// The states of a package of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageStatus {
    /// Being added.
    Provisioning,
    /// In place.
    Provisioned,
    /// Being removed.
    Deleting,
    /// Failed, with warning 2560.
    Error,
}

impl PackageStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Provisioned => "provisioned",
            Self::Deleting => "deleting",
            Self::Error => "error",
        }
    }
}

/// What a customer POST says about the headquarters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallingLocation {
    /// The name of the location.
    pub name: String,
    /// Its address.
    pub address: Address,
    /// An IANA time zone.
    pub time_zone: String,
    /// `ll_cc`; becomes the preferred and the announcement language.
    pub language: String,
    /// The value of the P-Access-Network-Info header.
    pub emergency_location_identifier: Option<String>,
}

/// What a customer POST says about the company and its first administrator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerInfo {
    /// The name of the organization.
    pub name: String,
    /// The e-mail of the first administrator.
    pub email: String,
    /// The language of the organization.
    pub language: Option<String>,
}

/// A wholesale customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// The organization: known from the start when one is attached, else once provisioned.
    pub org: Option<Uuid>,
    /// The partner's key.
    pub external_id: String,
    /// The template it was made from; no request reads it back.
    pub provisioning_id: String,
    /// The billing address.
    pub address: Address,
    /// Where it stands.
    pub status: CustomerStatus,
    /// Packages and where they stand.
    pub packages: BTreeMap<String, PackageStatus>,
    /// Quantities; no request reads them back.
    pub limits: BTreeMap<String, u64>,
    /// Company and first administrator; no request reads them back here.
    pub info: Option<CustomerInfo>,
    /// The headquarters to make; no request reads it back here.
    pub calling: Option<CallingLocation>,
    /// The time zone of the meeting site; no request reads it back.
    pub meetings_time_zone: Option<String>,
    /// The sub-partner's administrator; no request reads it back.
    pub sub_partner_admin_email: Option<String>,
    /// When it was made.
    pub created: Timestamp,
}

impl Customer {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn external(id: &str) -> String {
        format!("external/{id}")
    }

    pub(crate) fn from_template(provisioning_id: &str) -> String {
        format!("template/{provisioning_id}")
    }

    /// Whether the package is there and works.
    pub(crate) fn has_healthy(&self, package: &str) -> bool {
        self.packages.get(package) == Some(&PackageStatus::Provisioned)
    }
}

record!(Customer, Uuid, |row| {
    let mut lookups = vec![
        Self::external(&row.external_id),
        Self::from_template(&row.provisioning_id),
    ];
    lookups.extend(row.org.map(Self::of_org));
    lookups
});

/// The line a subscriber was asked for, kept while the user has not consented.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// E.164.
    pub number: Option<String>,
    /// Digits.
    pub extension: Option<String>,
    /// A calling location.
    pub location: Option<Uuid>,
}

/// Where a subscriber stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Standing {
    /// Mapped to a person.
    Provisioned {
        /// The person.
        person: Uuid,
    },
    /// The owner of a free account has not consented yet.
    PendingUserMigration {
        /// The first name asked for.
        first_name: Option<String>,
        /// The last name asked for.
        last_name: Option<String>,
        /// The line asked for, reserved meanwhile.
        line: Line,
    },
}

/// A wholesale subscriber: the mapping of a person to a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscriber {
    /// The customer.
    pub customer: Uuid,
    /// In lower case.
    pub email: String,
    /// The one package.
    pub package: String,
    /// Where it stands.
    pub standing: Standing,
    /// When it was made.
    pub created: Timestamp,
    /// When its status last changed.
    pub status_changed: Timestamp,
}

impl Subscriber {
    pub(crate) fn of_customer(customer: Uuid) -> String {
        format!("customer/{customer}")
    }

    pub(crate) fn with_package(customer: Uuid, package: &str) -> String {
        format!("package/{customer}/{package}")
    }

    pub(crate) fn of_person(person: Uuid) -> String {
        format!("person/{person}")
    }

    pub(crate) fn with_email(email: &str) -> String {
        format!("email/{email}")
    }

    pub(crate) fn awaiting_number(number: &str) -> String {
        format!("number/{number}")
    }

    pub(crate) fn awaiting_extension(location: Uuid, extension: &str) -> String {
        format!("extension/{location}/{extension}")
    }

    pub(crate) fn person(&self) -> Option<Uuid> {
        match &self.standing {
            Standing::Provisioned { person } => Some(*person),
            Standing::PendingUserMigration {
                first_name: _,
                last_name: _,
                line: _,
            } => None,
        }
    }
}

record!(Subscriber, Uuid, |row| {
    let mut lookups = vec![
        Self::of_customer(row.customer),
        Self::with_package(row.customer, &row.package),
        Self::with_email(&row.email),
    ];
    match &row.standing {
        Standing::Provisioned { person } => lookups.push(Self::of_person(*person)),
        Standing::PendingUserMigration {
            first_name: _,
            last_name: _,
            line,
        } => {
            lookups.extend(line.number.as_deref().map(Self::awaiting_number));
            if let (Some(location), Some(extension)) = (line.location, &line.extension) {
                lookups.push(Self::awaiting_extension(location, extension));
            }
        }
    }
    lookups
});

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The organization.
    pub org: Uuid,
    /// The primary e-mail, in lower case; unique in the whole service.
    pub email: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The display name.
    pub display_name: String,
    /// Keys of administrator roles.
    pub roles: BTreeSet<String>,
    /// Packages that a subscriber mapping has given; they stay when the mapping goes.
    pub licenses: BTreeSet<String>,
    /// The calling location, for a calling user.
    pub location: Option<Uuid>,
    /// The direct number, E.164.
    pub number: Option<String>,
    /// The extension, without routing prefix.
    pub extension: Option<String>,
    /// What the simulator keeps without rules of its own: department, title, …
    pub profile: BTreeMap<String, Value>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
}

impl Person {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn with_email(email: &str) -> String {
        format!("email/{email}")
    }

    pub(crate) fn at(location: Uuid) -> String {
        format!("location/{location}")
    }

    pub(crate) fn with_number(number: &str) -> String {
        format!("number/{number}")
    }

    pub(crate) fn with_extension(location: Uuid, extension: &str) -> String {
        format!("extension/{location}/{extension}")
    }

    pub(crate) fn with_role(org: Uuid, role: &str) -> String {
        format!("role/{org}/{role}")
    }
}

record!(Person, Uuid, |row| {
    let mut lookups = vec![Self::of_org(row.org), Self::with_email(&row.email)];
    lookups.extend(row.roles.iter().map(|role| Self::with_role(row.org, role)));
    lookups.extend(row.number.as_deref().map(Self::with_number));
    if let Some(location) = row.location {
        lookups.push(Self::at(location));
        if let Some(extension) = &row.extension {
            lookups.push(Self::with_extension(location, extension));
        }
    }
    lookups
});

/// The kinds of PSTN connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PstnType {
    /// Premises-based.
    LocalGateway,
    /// A cloud connected provider, not integrated.
    NonIntegratedCcp,
    /// An integrated provider; only the provider or Control Hub can choose it.
    IntegratedCcp,
    /// Cisco's own; only Control Hub can order it.
    CiscoPstn,
}

impl PstnType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LocalGateway => "LOCAL_GATEWAY",
            Self::NonIntegratedCcp => "NON_INTEGRATED_CCP",
            Self::IntegratedCcp => "INTEGRATED_CCP",
            Self::CiscoPstn => "CISCO_PSTN",
        }
    }

    /// Whether the API may write its numbers.
    pub(crate) fn takes_numbers(self) -> bool {
        match self {
            Self::LocalGateway | Self::NonIntegratedCcp => true,
            Self::IntegratedCcp | Self::CiscoPstn => false,
        }
    }
}

/// The kinds of premises route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RouteType {
    /// One trunk.
    Trunk,
    /// A group of trunks.
    RouteGroup,
}

impl RouteType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Trunk => "TRUNK",
            Self::RouteGroup => "ROUTE_GROUP",
        }
    }
}

/// The PSTN connection of a calling location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pstn {
    /// Its kind.
    pub kind: PstnType,
    /// The name of the option that was chosen.
    pub option: String,
    /// The route, for a local gateway.
    pub route: Option<(RouteType, Uuid)>,
}

/// What calling adds to a location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calling {
    /// `ll_cc`, the default for new users.
    pub announcement_language: String,
    /// The caller name, when it was set.
    pub caller_name: Option<String>,
    /// The main number, E.164.
    pub main_number: Option<String>,
    /// Digits in front of an extension, from other locations.
    pub routing_prefix: Option<String>,
    /// Digits dialled for an outside line.
    pub outside_dial_digit: Option<String>,
    /// Whether they must be dialled.
    pub enforce_outside_dial_digit: bool,
    /// The caller name shown outside.
    pub external_caller_id_name: Option<String>,
    /// The emergency location identifier, in BE, DE and FR.
    pub p_access_network_info: Option<String>,
    /// The charge number.
    pub charge_number: Option<String>,
    /// The PSTN connection, once chosen.
    pub pstn: Option<Pstn>,
}

impl Calling {
    pub(crate) fn new(announcement_language: &str) -> Self {
        Self {
            announcement_language: announcement_language.to_owned(),
            caller_name: None,
            main_number: None,
            routing_prefix: None,
            outside_dial_digit: None,
            enforce_outside_dial_digit: false,
            external_caller_id_name: None,
            p_access_network_info: None,
            charge_number: None,
            pstn: None,
        }
    }
}

/// A location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// The organization.
    pub org: Uuid,
    /// The name.
    pub name: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// `ll_cc`
    pub preferred_language: String,
    /// `ll_cc`, as given at creation; reads show that of calling alone.
    pub announcement_language: String,
    /// The address.
    pub address: Address,
    /// A number as text.
    pub latitude: Option<String>,
    /// A number as text.
    pub longitude: Option<String>,
    /// Free text.
    pub notes: Option<String>,
    /// What calling adds, once enabled.
    pub calling: Option<Calling>,
    /// When it was made.
    pub created: Timestamp,
}

impl Location {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn calling_in(org: Uuid) -> String {
        format!("calling/{org}")
    }

    pub(crate) fn named(org: Uuid, name: &str) -> String {
        format!("name/{org}/{}", name.to_lowercase())
    }
}

record!(Location, Uuid, |row| {
    let mut lookups = vec![Self::of_org(row.org), Self::named(row.org, &row.name)];
    if row.calling.is_some() {
        lookups.push(Self::calling_in(row.org));
    }
    lookups
});

/// A phone number of a location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Number {
    /// The organization.
    pub org: Uuid,
    /// The calling location.
    pub location: Uuid,
    /// Whether it is in service.
    pub active: bool,
    /// Whether it is toll-free, and so nobody's own.
    pub toll_free: bool,
    /// Whether it is for services.
    pub service: bool,
}

impl Number {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn at(location: Uuid) -> String {
        format!("location/{location}")
    }
}

record!(Number, String, |row| vec![
    Self::of_org(row.org),
    Self::at(row.location)
]);

/// What a job does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum JobKind {
    /// Disables calling of a location.
    DeleteCallingLocation {
        /// The location; it need not exist.
        location: Option<Uuid>,
        /// Its name, as the request or the state gives it.
        name: Option<String>,
    },
    /// Follows a changed routing prefix.
    UpdateRoutingPrefix {
        /// The location.
        location: Uuid,
    },
    /// Moves numbers between locations.
    MoveNumbers {
        /// Where from, with the numbers.
        from: Vec<(Uuid, Vec<String>)>,
        /// Where to.
        to: Uuid,
    },
    /// Changes what numbers are used for.
    ChangeNumberUsage {
        /// Where the numbers are.
        from: Vec<(Uuid, Vec<String>)>,
        /// Whether they are for services from now on.
        service: bool,
    },
    /// Moves people between locations.
    MovePeople {
        /// The moves.
        moves: Vec<PersonMove>,
    },
}

/// The move of one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonMove {
    /// The person.
    pub person: Uuid,
    /// Where to.
    pub to: Uuid,
    /// Absent: keep; empty: remove.
    pub number: Option<String>,
    /// Absent: keep; empty: remove.
    pub extension: Option<String>,
}

/// How an ended job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobEnd {
    /// Everything was done.
    Completed,
    /// Something was not done.
    CompletedWithErrors,
    /// Nothing was done.
    Failed,
}

/// Why an item of a job was not done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobError {
    /// The number or the person's UUID; none for a location.
    pub item: Option<String>,
    /// An HTTP status as text.
    pub key: String,
    /// The code.
    pub code: String,
    /// The text.
    pub description: String,
    /// The location it is about.
    pub location: Option<Uuid>,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The organization it works in.
    pub org: Uuid,
    /// What it does.
    pub kind: JobKind,
    /// When it was asked for.
    pub created: Timestamp,
    /// When and how it ended.
    pub ended: Option<(Timestamp, JobEnd)>,
    /// Items done.
    pub done: usize,
    /// Why the others were not.
    pub errors: Vec<JobError>,
}

impl Job {
    pub(crate) fn list(org: Uuid, list: &str) -> String {
        format!("{list}/{org}")
    }
}

record!(Job, Uuid, |row| {
    let list = match &row.kind {
        JobKind::DeleteCallingLocation {
            location: _,
            name: _,
        } => "deleteCallingLocation",
        JobKind::UpdateRoutingPrefix { location: _ } => "updateRoutingPrefix",
        JobKind::MoveNumbers { from: _, to: _ }
        | JobKind::ChangeNumberUsage {
            from: _,
            service: _,
        } => "manageNumbers",
        JobKind::MovePeople { moves: _ } => "moveLocation",
    };
    vec![Self::list(row.org, list)]
});

/// Asynchronous work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Finish the creation of a customer.
    Provision {
        /// The customer.
        customer: Uuid,
    },
    /// Finish the update of a customer.
    Update {
        /// The customer.
        customer: Uuid,
    },
    /// Finish the removal of a customer.
    Remove {
        /// The customer.
        customer: Uuid,
    },
    /// Run a job.
    Run {
        /// The job.
        job: Uuid,
    },
}

/// Work and when it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// When it is done.
    pub due: Timestamp,
    /// What is done.
    pub work: Work,
}

record!(Task, Uuid, |_row| Vec::new());

/// A record written or removed, as the store keeps it.
pub(crate) struct Change {
    pub(crate) table: &'static str,
    pub(crate) key: String,
    /// The record as JSON; none if it is gone.
    pub(crate) body: Result<Option<String>, serde_json::Error>,
}

macro_rules! tables {
    ($($name:ident),* $(,)?) => {
        impl State {
            /// Lists what was written or removed since [`State::saved`].
            pub(crate) fn changes(&self) -> Vec<Change> {
                let mut changes = Vec::new();
                $(
                    changes.extend(self.$name.changes().map(|(key, row)| Change {
                        table: stringify!($name),
                        key: key.to_string(),
                        body: row.map(serde_json::to_string).transpose(),
                    }));
                )*
                changes
            }

            /// Notes that all changes are in the store.
            pub(crate) fn saved(&mut self) {
                $(self.$name.saved();)*
            }

            /// Puts a record of the store in place; `Ok(false)` if there is no such table.
            pub(crate) fn load(
                &mut self,
                table: &str,
                key: &str,
                body: &str,
            ) -> Result<bool, serde_json::Error> {
                match table {
                    $(
                        stringify!($name) => {
                            let key = serde_json::from_value(Value::String(key.to_owned()))?;
                            self.$name.load(key, serde_json::from_str(body)?);
                        }
                    )*
                    _ => return Ok(false),
                }
                Ok(true)
            }
        }
    };
}

tables!(
    counters,
    templates,
    organizations,
    customers,
    subscribers,
    people,
    locations,
    numbers,
    jobs,
    tasks,
);
