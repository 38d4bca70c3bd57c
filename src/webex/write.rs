//! Changing things, and never deciding what to change.
//!
//! One method is one request that changes something (a read before a replacing write is part of the
//! method). Nothing here retries a write that may have been carried out: the error says so
//! ([`Sent::Perhaps`](super::Sent)) and the caller looks.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use crate::model::{
    CustomerId, CustomerStatus, Email, Extension, Fields, JobId, Language, Location, LocationId, Name,
    ObservedLocation, ObservedPerson, ObservedSubscriber, OrgId, PackageName, PackageState, PersonId, PhoneNumber,
    PostalAddress, ProvisioningId, RoleName, ServiceProblem, SubscriberId, TimeZone,
};

use super::{error::ApiError, read::ReadApi};

/// A customer to be created, or to be prechecked.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCustomer<'a> {
    /// The template.
    pub provisioning_id: &'a ProvisioningId,
    /// What it should be.
    pub customer: &'a crate::model::Customer,
    /// The first calling location, sent with a calling package unless the organization has one already (R4).
    pub headquarters: Option<&'a Location>,
}

/// What a customer PUT sends. Everything but `packages` is sent only if it is there.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerChange<'a> {
    /// The complete list, members that hubform does not manage included: what is missing is removed.
    pub packages: &'a BTreeSet<PackageName>,
    /// The partner's key; always sent.
    pub external_id: &'a str,
    /// Billing address, whole.
    pub billing_address: Option<&'a PostalAddress>,
    /// Quantities, all that the manifest has; empty = not sent.
    pub quantities: &'a BTreeMap<PackageName, u32>,
    /// The first calling location, when calling is introduced.
    pub headquarters: Option<&'a Location>,
    /// Time zone of the meeting site.
    pub meetings_time_zone: Option<&'a TimeZone>,
}

/// How far the service is with a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerProgress {
    /// Its status.
    pub status: CustomerStatus,
    /// Its organization, once known.
    pub org_id: Option<OrgId>,
    /// Its packages with their statuses.
    pub packages: BTreeMap<PackageName, PackageState>,
    /// Problems of the attempt.
    pub problems: Vec<ServiceProblem>,
}

/// What an identity PATCH of an organization sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationChange<'a> {
    /// Company name; the interface wants it in every PATCH.
    pub display_name: &'a str,
    /// Preferred language.
    pub language: Option<&'a Language>,
}

/// What a location PUT sends; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocationChange<'a> {
    pub display_name: Option<&'a str>,
    pub address: Option<&'a PostalAddress>,
    pub time_zone: Option<&'a TimeZone>,
    pub language: Option<&'a Language>,
}

/// What a calling-location PUT sends; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallingChange<'a> {
    pub announcement_language: Option<&'a Language>,
    pub main_number: Option<&'a PhoneNumber>,
    /// Digits, or empty to clear it.
    pub routing_prefix: Option<&'a str>,
}

/// One way in which a location can reach the public network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PstnOption {
    pub id: String,
    pub display_name: String,
}

/// What stands behind a local gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteKind {
    Trunk,
    RouteGroup,
}

/// A trunk or route group of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteChoice {
    pub id: String,
    pub name: String,
    pub kind: RouteKind,
}

/// What a PSTN connection PUT sends: names are resolved already (R12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PstnChoice<'a> {
    /// A connection option of a provider that is not integrated.
    Option { id: &'a str },
    /// A trunk or route group.
    Route { kind: RouteKind, id: &'a str },
}

/// The line of a calling user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriberLine<'a> {
    pub location: &'a LocationId,
    pub phone_number: Option<&'a PhoneNumber>,
    pub extension: Option<&'a Extension>,
}

/// A subscriber to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubscriber<'a> {
    pub customer: &'a CustomerId,
    pub email: &'a Email,
    pub package: &'a PackageName,
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
    pub line: Option<SubscriberLine<'a>>,
}

/// What came of creating a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriberCreated {
    pub id: SubscriberId,
    /// The person; absent while the owner of a free account has to consent.
    pub person_id: Option<PersonId>,
    /// True if the owner of a free account has to consent first.
    pub pending: bool,
}

/// What changes of a person; read, changed and written back whole, calling data included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonChange<'a> {
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
    /// `Some(None)` takes the number away.
    pub phone_number: Option<Option<&'a PhoneNumber>>,
    /// `Some(None)` takes the extension away.
    pub extension: Option<Option<&'a Extension>>,
}

/// A user on its way to another location. An absent value keeps what the user has, `Some(None)` removes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveUser<'a> {
    pub person: &'a PersonId,
    pub location: &'a LocationId,
    pub phone_number: Option<Option<&'a PhoneNumber>>,
    pub extension: Option<Option<&'a Extension>>,
}

/// Roles to give and to take; all others stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolesChange<'a> {
    pub person: &'a PersonId,
    pub add: &'a BTreeSet<RoleName>,
    pub remove: &'a BTreeSet<RoleName>,
}

/// The jobs that hubform starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Takes calling away from a location.
    DisableCalling,
    /// Moves users to another location.
    MoveUsers,
    /// Changes a routing prefix.
    RoutingPrefix,
}

/// How a job stands. `COMPLETED` with failed items inside counts as failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    Running,
    Succeeded,
    Failed(Vec<ServiceProblem>),
}

/// Changes the service, one request per method.
pub trait WriteApi: ReadApi {
    /// Creates a template in the registry under its manifest name.
    fn create_template(
        &self,
        name: &Name,
        fields: &Fields,
    ) -> impl Future<Output = Result<ProvisioningId, ApiError>> + Send;
    /// Replaces a template's fields.
    fn update_template(
        &self,
        id: &ProvisioningId,
        name: &Name,
        fields: &Fields,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Deletes a template from the registry.
    fn delete_template(&self, id: &ProvisioningId) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// Asks the service whether a customer could be created; changes nothing.
    fn precheck_customer(&self, new: &NewCustomer<'_>) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Starts the creation of a customer; the service goes on by itself.
    fn create_customer(&self, new: &NewCustomer<'_>) -> impl Future<Output = Result<CustomerId, ApiError>> + Send;
    /// Returns the id of the customer with an external id; a keyed look (R1). Several are an error.
    fn find_customer(
        &self,
        external_id: &str,
        sub_partner: Option<&OrgId>,
    ) -> impl Future<Output = Result<Option<CustomerId>, ApiError>> + Send;
    /// Returns how far the service is with a customer; nothing once it is gone.
    fn customer_progress(
        &self,
        id: &CustomerId,
        sub_partner: Option<&OrgId>,
    ) -> impl Future<Output = Result<Option<CustomerProgress>, ApiError>> + Send;
    /// Starts a change of a customer.
    fn update_customer(
        &self,
        id: &CustomerId,
        sub_partner: Option<&OrgId>,
        change: &CustomerChange<'_>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Starts taking a customer out of the wholesale offer.
    fn delete_customer(
        &self,
        id: &CustomerId,
        sub_partner: Option<&OrgId>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Reads an organization once, which puts a fresh one into the partner's reach.
    fn warm_up_organization(&self, org: &OrgId) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Changes an organization's name or language.
    fn update_organization(
        &self,
        org: &OrgId,
        change: &OrganizationChange<'_>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// Returns the locations of an organization, without their numbers and PSTN.
    fn locations(
        &self,
        org: &OrgId,
    ) -> impl Future<Output = Result<BTreeMap<LocationId, ObservedLocation>, ApiError>> + Send;
    /// Creates a location.
    fn create_location(
        &self,
        org: &OrgId,
        location: &Location,
    ) -> impl Future<Output = Result<LocationId, ApiError>> + Send;
    /// Changes a location.
    fn update_location(
        &self,
        org: &OrgId,
        id: &LocationId,
        change: &LocationChange<'_>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Deletes a location; its calling must be off.
    fn delete_location(&self, org: &OrgId, id: &LocationId) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Enables calling at a location.
    fn enable_calling(
        &self,
        org: &OrgId,
        id: &LocationId,
        location: &Location,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Changes the calling side of a location; a new routing prefix starts a job.
    fn update_calling(
        &self,
        org: &OrgId,
        id: &LocationId,
        change: &CallingChange<'_>,
    ) -> impl Future<Output = Result<Option<JobId>, ApiError>> + Send;
    /// Starts the job that takes calling away from a location.
    fn disable_calling(
        &self,
        org: &OrgId,
        id: &LocationId,
        name: &str,
    ) -> impl Future<Output = Result<JobId, ApiError>> + Send;
    /// Returns the connection options of a location.
    fn pstn_options(
        &self,
        org: &OrgId,
        id: &LocationId,
    ) -> impl Future<Output = Result<Vec<PstnOption>, ApiError>> + Send;
    /// Returns the trunks and route groups of an organization.
    fn route_choices(&self, org: &OrgId) -> impl Future<Output = Result<Vec<RouteChoice>, ApiError>> + Send;
    /// Returns how a location is connected; nothing if it is not.
    fn pstn(
        &self,
        org: &OrgId,
        id: &LocationId,
    ) -> impl Future<Output = Result<Option<crate::model::ObservedPstn>, ApiError>> + Send;
    /// Connects a location to the public network.
    fn connect_pstn(
        &self,
        org: &OrgId,
        id: &LocationId,
        choice: &PstnChoice<'_>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Adds numbers to a location, active. Numbers that it has already are no error.
    fn add_numbers(
        &self,
        org: &OrgId,
        id: &LocationId,
        numbers: &[PhoneNumber],
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Removes at most five numbers from a location.
    fn remove_numbers(
        &self,
        org: &OrgId,
        id: &LocationId,
        numbers: &[PhoneNumber],
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Returns the numbers of a location.
    fn numbers(
        &self,
        org: &OrgId,
        id: &LocationId,
    ) -> impl Future<Output = Result<BTreeSet<PhoneNumber>, ApiError>> + Send;

    /// Creates a subscriber.
    fn create_subscriber(
        &self,
        sub_partner: Option<&OrgId>,
        new: &NewSubscriber<'_>,
    ) -> impl Future<Output = Result<SubscriberCreated, ApiError>> + Send;
    /// Returns the subscriber with an e-mail address in a customer; a keyed look (R1).
    fn find_subscriber(
        &self,
        sub_partner: Option<&OrgId>,
        customer: &CustomerId,
        email: &Email,
    ) -> impl Future<Output = Result<Option<ObservedSubscriber>, ApiError>> + Send;
    /// Changes a subscriber's package; the line is sent only on the way from meetings to calling.
    fn update_subscriber(
        &self,
        sub_partner: Option<&OrgId>,
        id: &SubscriberId,
        package: &PackageName,
        line: Option<&SubscriberLine<'_>>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Takes a subscriber out of the wholesale offer; the person stays.
    fn delete_subscriber(
        &self,
        sub_partner: Option<&OrgId>,
        id: &SubscriberId,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// Returns a person with calling data and roles; nothing if there is none.
    fn person(
        &self,
        org: &OrgId,
        id: &PersonId,
    ) -> impl Future<Output = Result<Option<ObservedPerson>, ApiError>> + Send;
    /// Changes a person: names, number, extension.
    fn update_person(
        &self,
        org: &OrgId,
        id: &PersonId,
        change: &PersonChange<'_>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Gives and takes administrator roles: SCIM PATCH where it can, people PUT where it cannot (R5).
    /// A role name that the service does not know is [`Fault::Refused`](super::Fault) and lists the known ones.
    fn update_roles(&self, org: &OrgId, change: &RolesChange<'_>) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Starts the job that moves a user to another location.
    fn move_user(&self, org: &OrgId, user: &MoveUser<'_>) -> impl Future<Output = Result<JobId, ApiError>> + Send;
    /// Deletes a person.
    fn delete_person(&self, org: &OrgId, id: &PersonId) -> impl Future<Output = Result<(), ApiError>> + Send;
}
