//! The half of the client that only looks.

use std::collections::BTreeSet;

use crate::{
    model::{JobId, ObservedCustomer, ObservedOrganization, ObservedTemplate, OrgId, Partner, Reading},
    webex::{
        Account, ApiError, ClientSettings, CustomerKey, IdentityUser, InspectApi, JobKind, JobState, Pacing, Probe,
        ReadApi, SettingsError, Stats, SubPartner, VisibleOrganization,
    },
};

use super::Client;

/// A client that can look and cannot change anything: it has no method for it. `plan`, `show` and everything else
/// that compares is given this type, so that none of them can write, whatever its code says.
///
/// Looking compiles, and so does writing with a [`Client`]:
///
/// ```
/// use hubform::{model::CustomerId, webex::{Client, WriteApi}};
///
/// async fn take_away(client: &Client, id: &CustomerId) {
///     drop(client.delete_customer(id, None).await);
/// }
/// ```
///
/// The same with the reader does not:
///
/// ```compile_fail,E0599
/// use hubform::{model::CustomerId, webex::{ReadClient, WriteApi}};
///
/// async fn take_away(client: &ReadClient, id: &CustomerId) {
///     drop(client.delete_customer(id, None).await);
/// }
/// ```
///
/// Nor can it be given to what writes, as [`Client`] can:
///
/// ```
/// fn carry_out(with: impl hubform::webex::WriteApi) {}
/// fn run(client: hubform::webex::Client) { carry_out(client) }
/// ```
///
/// ```compile_fail,E0277
/// fn carry_out(with: impl hubform::webex::WriteApi) {}
/// fn run(client: hubform::webex::ReadClient) { carry_out(client) }
/// ```
#[derive(Clone, Debug)]
pub struct ReadClient(Client);

impl ReadClient {
    /// Makes a client that only looks; sends nothing.
    pub fn new(settings: ClientSettings) -> Result<Self, SettingsError> {
        Client::new(settings).map(Self)
    }

    /// Returns how much this client and its clones have sent so far, with those of the [`Client`] it came from.
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }
}

impl ReadClient {
    /// Returns how fast this client may send at this moment; the same for all clients with its token.
    pub fn pacing(&self) -> Pacing {
        self.0.pacing()
    }
}

impl Client {
    /// Returns the half of this client that only looks. Both have one connection pool, one pace and one count.
    pub fn reader(&self) -> ReadClient {
        ReadClient(self.clone())
    }
}

impl ReadApi for ReadClient {
    async fn partner(&self) -> Result<Partner, ApiError> {
        self.0.partner().await
    }

    async fn templates(&self) -> Result<Option<Vec<(String, ObservedTemplate)>>, ApiError> {
        self.0.templates().await
    }

    async fn customer(&self, key: &CustomerKey) -> Reading<Box<ObservedCustomer>> {
        self.0.customer(key).await
    }

    async fn organization(&self, org: &OrgId) -> Result<ObservedOrganization, ApiError> {
        self.0.organization(org).await
    }

    async fn job(&self, org: &OrgId, kind: JobKind, id: &JobId) -> Result<JobState, ApiError> {
        self.0.job(org, kind, id).await
    }

    async fn running_jobs(&self, org: &OrgId, kind: JobKind) -> Result<BTreeSet<JobId>, ApiError> {
        self.0.running_jobs(org, kind).await
    }
}

impl InspectApi for ReadClient {
    async fn account(&self) -> Result<Account, ApiError> {
        self.0.account().await
    }

    async fn organizations(&self) -> Result<Vec<VisibleOrganization>, ApiError> {
        self.0.organizations().await
    }

    async fn sub_partners(&self) -> Result<Vec<SubPartner>, ApiError> {
        self.0.sub_partners().await
    }

    async fn identity_users(&self, org: &OrgId) -> Result<Vec<IdentityUser>, ApiError> {
        self.0.identity_users(org).await
    }

    async fn probe(&self, probe: Probe) -> Result<(), ApiError> {
        self.0.probe(probe).await
    }

    fn server_time(&self) -> Option<jiff::Timestamp> {
        self.0.server_time()
    }
}
