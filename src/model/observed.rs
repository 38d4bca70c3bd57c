//! What the service reports, in normal forms: the same values that manifests have.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    fields::Fields,
    id::{CustomerId, LocationId, OrgId, PersonId, ProvisioningId, SubscriberId},
    journal::EntryId,
    line::{Extension, PhoneNumber},
    package::PackageName,
    postal::PostalAddress,
    spec::PstnKind,
    text::{Email, Language, Name, RoleName},
};

/// A value that the service keeps to itself at times: hidden by rights, by a status, or for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readable<T> {
    /// The service said so; absent is a value too.
    Known(T),
    /// The service did not say.
    #[default]
    Unknown,
}

/// How looking for one object ended. A failed read is never an absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading<T> {
    /// It is there.
    Found(T),
    /// A keyed look answered that it is not there.
    Absent,
    /// Several things match its natural key; their ids.
    Ambiguous(Vec<String>),
    /// It could not be read; why.
    Failed(String),
}

/// The account that the token belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// The partner organization.
    pub org_id: OrgId,
    /// The person or machine account; its own roles are never removed (R5).
    pub person_id: PersonId,
}

/// Everything that was read in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Who looked; none if the service did not say.
    pub partner: Option<Partner>,
    /// Templates by the name that manifests give them. A target without a template registry has none
    /// here: its templates cannot be read.
    pub templates: BTreeMap<Name, Reading<ObservedTemplate>>,
    /// Customers by the name that manifests (or the ledger) give them.
    pub customers: BTreeMap<Name, Reading<Box<ObservedCustomer>>>,
    /// Organizations that are to be attached and are no wholesale customers yet, by the customer's name.
    pub attachable: BTreeMap<Name, Reading<Box<ObservedOrganization>>>,
    /// Whether the target has a template registry.
    pub has_registry: bool,
    /// The jobs that open entries of the journal have started, or may have.
    pub jobs: BTreeMap<EntryId, ObservedJob>,
}

/// A job as observed, before the objects that it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObservedJob {
    /// It runs, or one of its kind that may be it.
    Running,
    /// It has come to an end, or none of its kind runs.
    Ended,
    /// It could not be read; why.
    Failed(String),
}

/// A template of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedTemplate {
    /// What customers are created with.
    pub provisioning_id: ProvisioningId,
    /// Its fields, under the names of manifests.
    pub fields: Fields,
}

/// The state of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerStatus {
    /// First creation is running.
    Provisioning,
    /// A change is running.
    Updating,
    /// Removal is running.
    Deleting,
    /// Complete.
    Provisioned,
    /// The organization exists and at least one package failed.
    ProvisionedWithErrors,
    /// Creation failed.
    Error,
    /// A denied-party check runs at Cisco.
    PendingRplReview,
    /// A status that hubform does not know: taken for one that passes, never for success.
    Other(String),
}

impl CustomerStatus {
    /// Returns true if the service is done with the customer for now.
    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::Provisioned | Self::ProvisionedWithErrors | Self::Error)
    }
}

/// A package of a customer as observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageState {
    /// `provisioned`, `provisioning`, `deleting`, `error`; empty if the service did not say.
    pub status: String,
    /// Errors and warnings, as texts with their codes.
    pub problems: Vec<ServiceProblem>,
}

impl PackageState {
    /// Returns true if the package is there and works, as far as the service says.
    pub fn is_healthy(&self) -> bool {
        self.status.is_empty() || self.status == "provisioned"
    }
}

/// Something that the service complains about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceProblem {
    /// The service's own code; empty if it gave none.
    pub code: String,
    /// Its text.
    pub text: String,
}

/// A customer as observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedCustomer {
    /// Its id.
    pub id: CustomerId,
    /// Its organization; absent until the service says.
    pub org_id: Option<OrgId>,
    /// The partner's own key.
    pub external_id: String,
    /// Its status.
    pub status: CustomerStatus,
    /// Its packages.
    pub packages: BTreeMap<PackageName, PackageState>,
    /// Billing address.
    pub billing_address: Option<PostalAddress>,
    /// Problems of the last asynchronous attempt.
    pub problems: Vec<ServiceProblem>,
    /// What is below it; none until `org_id` is known.
    pub organization: Option<ObservedOrganization>,
    /// Its subscribers.
    pub subscribers: Vec<ObservedSubscriber>,
}

/// An organization as observed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedOrganization {
    /// Company name.
    pub display_name: Readable<String>,
    /// Preferred language.
    pub language: Readable<Option<Language>>,
    /// Locations.
    pub locations: BTreeMap<LocationId, ObservedLocation>,
    /// People, with calling data and roles.
    pub people: BTreeMap<PersonId, ObservedPerson>,
}

impl ObservedOrganization {
    /// Returns the person with an e-mail address.
    pub fn person_of(&self, email: &Email) -> Option<(&PersonId, &ObservedPerson)> {
        self.people.iter().find(|(_, person)| person.emails.contains(email))
    }
}

/// A location as observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedLocation {
    /// Name.
    pub name: String,
    /// Address; absent if the service gave none that is complete.
    pub address: Option<PostalAddress>,
    /// Time zone as the service writes it.
    pub time_zone: Option<String>,
    /// Preferred language; documented on the list only.
    pub language: Readable<Option<Language>>,
    /// Its calling side; none if calling is not enabled.
    pub calling: Option<ObservedCalling>,
}

/// The calling side of a location as observed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedCalling {
    /// Language of announcements.
    pub announcement_language: Readable<Option<Language>>,
    /// Main number.
    pub main_number: Option<PhoneNumber>,
    /// Routing prefix.
    pub routing_prefix: Option<String>,
    /// Connection to the public network; absent if it is not configured.
    pub pstn: Option<ObservedPstn>,
    /// Every number of the location, assigned or not.
    pub numbers: BTreeSet<PhoneNumber>,
}

/// A PSTN connection as observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedPstn {
    /// Its type; absent for a type that hubform does not know, which counts as one that must not be touched.
    pub kind: Option<PstnKind>,
    /// Id of the connection option.
    pub option_id: String,
    /// Name that people see: the provider for a cloud connection.
    pub display_name: String,
    /// Name of the trunk behind a local gateway, if it is one and its name is known.
    pub trunk: Option<String>,
    /// Name of the route group behind a local gateway, if it is one and its name is known.
    pub route_group: Option<String>,
    /// Id of the trunk or route group.
    pub route_id: Option<String>,
}

/// A person as observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedPerson {
    /// E-mail addresses, primary first.
    pub emails: Vec<Email>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Work number in E.164 form.
    pub phone_number: Option<PhoneNumber>,
    /// Extension without routing prefix.
    pub extension: Option<Extension>,
    /// Location of a calling user.
    pub location: Option<LocationId>,
    /// Administrator roles; a role whose name is not known stands under its id.
    pub roles: BTreeSet<RoleName>,
}

/// The state of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriberStatus {
    /// Complete.
    Provisioned,
    /// The owner of a free account has to consent.
    PendingUserMigration,
    /// A status that hubform does not know.
    Other(String),
}

/// A wholesale subscriber as observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedSubscriber {
    /// Its id.
    pub id: SubscriberId,
    /// The person; absent until provisioned.
    pub person_id: Option<PersonId>,
    /// Its e-mail address; natural key within the customer.
    pub email: Email,
    /// Its package.
    pub package: Option<PackageName>,
    /// Its status.
    pub status: SubscriberStatus,
    /// When the status changed last, as the service writes it.
    pub since: Option<String>,
    /// What the service complains about.
    pub problems: Vec<ServiceProblem>,
}
