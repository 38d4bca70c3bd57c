//! Templates, organizations, customers and subscribers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sim::id::Uuid;
use crate::sim::table::Record;

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
    /// What speaks against its removal and follows from nothing else here.
    #[serde(default)]
    pub obstacles: BTreeSet<Obstacle>,
    /// Whether it is being removed.
    #[serde(default)]
    pub deleting: bool,
}

/// What speaks against the removal of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// Linked sites.
    LinkedSites,
    /// Active subscriptions or licences, as a wholesale customer has.
    ActiveSubscriptions,
    /// Directory synchronization.
    DirectorySync,
    /// More than one user.
    Users,
    /// More than one organization that manages it.
    Managers,
    /// Organizations that it manages.
    ManagedOrganizations,
}

impl Obstacle {
    /// Returns the words of the official description.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::LinkedSites => "Org cannot be deleted as it has Linked sites.",
            Self::ActiveSubscriptions => "Org cannot be deleted as it has active subscriptions or licenses.",
            Self::DirectorySync => "Org cannot be deleted as Directory Synchronization is enabled.",
            Self::Users => "Org cannot be deleted as it has more than 1 user.",
            Self::Managers => "Org cannot be deleted as it has more than 1 managed by relationship.",
            Self::ManagedOrganizations => "Org cannot be deleted as it has managed orgs.",
        }
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// Could not be created; there is no organization.
    Error,
    /// Looked at by people before anything is done.
    PendingRplReview,
}

impl CustomerStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Updating => "updating",
            Self::Deleting => "deleting",
            Self::Provisioned => "provisioned",
            Self::ProvisionedWithErrors => "provisioned_with_errors",
            Self::Error => "error",
            Self::PendingRplReview => "pending_rpl_review",
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
            Self::Provisioned | Self::ProvisionedWithErrors | Self::Error => true,
            Self::Provisioning | Self::Updating | Self::Deleting | Self::PendingRplReview => false,
        }
    }
}

/// The states of a package of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackageStatus {
    /// Being added.
    Provisioning,
    /// In place.
    Provisioned,
    /// Being removed.
    Deleting,
    /// Failed: with warning 2560, or with an error.
    Error,
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
    /// The sub-partner it belongs to; none if it is the partner's own.
    #[serde(default)]
    pub sub_partner: Option<Uuid>,
    /// Why it could not be created.
    #[serde(default)]
    pub failure: Option<u32>,
    /// Failed packages that show an error; the others show a warning.
    #[serde(default)]
    pub broken: BTreeSet<String>,
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
    let mut lookups = vec![Self::external(&row.external_id), Self::from_template(&row.provisioning_id)];
    lookups.extend(row.org.map(Self::of_org));
    lookups
});

/// A wholesale customer that was removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormerCustomer {
    /// The partner's key.
    pub external_id: String,
    /// The organization, which remained.
    pub org: Option<Uuid>,
    /// The sub-partner it belonged to.
    pub sub_partner: Option<Uuid>,
}

impl FormerCustomer {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }

    pub(crate) fn external(id: &str) -> String {
        format!("external/{id}")
    }
}

record!(FormerCustomer, Uuid, |row| {
    let mut lookups = vec![Self::external(&row.external_id)];
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
    /// How often the owner of the free account was asked for consent by mail.
    #[serde(default)]
    pub consent_mails: u64,
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

    pub(crate) fn awaiting_at(location: Uuid) -> String {
        format!("location/{location}")
    }

    pub(crate) fn awaiting_extension(location: Uuid, extension: &str) -> String {
        format!("extension/{location}/{extension}")
    }

    pub(crate) fn person(&self) -> Option<Uuid> {
        match &self.standing {
            Standing::Provisioned { person } => Some(*person),
            Standing::PendingUserMigration { first_name: _, last_name: _, line: _ } => None,
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
        Standing::PendingUserMigration { first_name: _, last_name: _, line } => {
            lookups.extend(line.number.as_deref().map(Self::awaiting_number));
            lookups.extend(line.location.map(Self::awaiting_at));
            if let (Some(location), Some(extension)) = (line.location, &line.extension) {
                lookups.push(Self::awaiting_extension(location, extension));
            }
        }
    }
    lookups
});
