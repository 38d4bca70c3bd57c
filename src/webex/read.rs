//! Looking, and never changing anything.

use std::{collections::BTreeSet, future::Future};

use crate::model::{
    CustomerId, JobId, LocationId, Name, ObservedCustomer, ObservedTemplate, OrgId, Partner, Reading, SubscriberId,
};

use super::{
    error::ApiError,
    write::{JobKind, JobState},
};

/// How to find one customer: by id if the ledger or the manifest has one, else by natural key (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerKey {
    /// The name that manifests (or the ledger) give it; not known to the service.
    pub name: Name,
    /// Its id, which beats the natural key.
    pub id: Option<CustomerId>,
    /// Its natural key.
    pub external_id: String,
    /// The organization it is attached to, if the manifest says so. Lets people and locations of an
    /// organization that is not yet a wholesale customer be read before it is attached.
    pub attach: Option<OrgId>,
    /// The sub-partner to act for.
    pub sub_partner: Option<OrgId>,
    /// What is known to have been below it.
    pub known: Known,
}

/// What the ledger knows below a customer. Lists show new things late and lose some now and then, so what they do not
/// show of it is asked for by its id before it counts as gone (R1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Its organization, which the service tells only while everything is in order.
    pub org_id: Option<OrgId>,
    /// Locations.
    pub locations: Vec<LocationId>,
    /// Subscribers.
    pub subscribers: Vec<SubscriberId>,
}

/// Looks at the service. `plan` and everything that only compares is given this trait alone.
pub trait ReadApi: Send + Sync {
    /// Returns the account that the token belongs to.
    fn partner(&self) -> impl Future<Output = Result<Partner, ApiError>> + Send;

    /// Returns every template of the registry under its registry name; nothing if the target has no
    /// registry, as the Webex service has none.
    fn templates(&self) -> impl Future<Output = Result<Option<Vec<(String, ObservedTemplate)>>, ApiError>> + Send;

    /// Returns a customer with everything below it: organization, locations with their calling side,
    /// numbers and PSTN, people with calling data and roles, subscribers. All pages are read; a page that
    /// fails makes the whole reading [`Reading::Failed`].
    fn customer(&self, key: &CustomerKey) -> impl Future<Output = Reading<Box<ObservedCustomer>>> + Send;

    /// Returns how a job stands.
    fn job(&self, org: &OrgId, kind: JobKind, id: &JobId) -> impl Future<Output = Result<JobState, ApiError>> + Send;

    /// Returns the jobs of a kind that run in an organization, whoever has started them.
    fn running_jobs(
        &self,
        org: &OrgId,
        kind: JobKind,
    ) -> impl Future<Output = Result<BTreeSet<JobId>, ApiError>> + Send;

    /// Returns the state of an organization that is to be attached and is no wholesale customer yet.
    fn organization(
        &self,
        org: &OrgId,
    ) -> impl Future<Output = Result<crate::model::ObservedOrganization, ApiError>> + Send;
}
