//! Looking at the account and the service themselves: who the token is, what it may read, what time it is there.

use std::{collections::BTreeSet, future::Future};

use crate::model::{OrgId, PersonId, RoleName};

use super::{error::ApiError, read::ReadApi};

/// The account that a token belongs to (`GET /people/me`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The person or machine account.
    pub person_id: PersonId,
    /// The organization that it belongs to: the partner's own.
    pub org_id: OrgId,
    /// Its first e-mail address, as the service writes it.
    pub email: Option<String>,
    /// What it is called.
    pub display_name: Option<String>,
    /// Its administrator roles by name; by id where the account may not read the names of roles.
    pub roles: BTreeSet<RoleName>,
}

/// An organization that the account can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibleOrganization {
    /// Its id.
    pub id: OrgId,
    /// Its name, if it has one.
    pub display_name: Option<String>,
}

/// A user as the identity interface (SCIM 2) has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityUser {
    /// The person, as a bare UUID.
    pub id: PersonId,
    /// The first e-mail address, which is the user's name in all of Webex.
    pub user_name: String,
}

/// Whether a sub-partner may do anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubPartnerState {
    /// It may.
    Active,
    /// It may delete and nothing else (R8).
    Suspended,
    /// A state that the official description does not name.
    Other(String),
}

/// A partner below the account's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubPartner {
    /// Its organization, which manifests name as `subPartner`.
    pub org_id: OrgId,
    /// Its subscription.
    pub subscription_id: Option<String>,
    /// Whether it may do anything.
    pub state: SubPartnerState,
}

/// One group of endpoints that has a scope of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Probe {
    /// `/wholesale/customers`
    Customers,
    /// `/wholesale/subscribers`
    Subscribers,
    /// `/wholesale/subPartners`
    SubPartners,
    /// `/wholesale/billing/reports`
    BillingReports,
    /// `/locations`
    Locations,
    /// `/telephony/config`
    Calling,
    /// `/telephony/pstn`. Asked about one location; where there is none it is [`Fault::NotFound`](super::Fault),
    /// which says nothing about the scope.
    Pstn,
    /// `/people`
    People,
    /// `/roles`
    Roles,
    /// `/licenses`
    Licenses,
    /// `/organizations`
    Organizations,
    /// `/identity/scim`
    Scim,
    /// `/identity/organizations`
    IdentityOrganization,
}

impl Probe {
    /// All of them, in the order in which they are worth reading.
    pub const ALL: [Self; 13] = [
        Self::Customers,
        Self::Subscribers,
        Self::SubPartners,
        Self::BillingReports,
        Self::Locations,
        Self::Calling,
        Self::Pstn,
        Self::People,
        Self::Roles,
        Self::Licenses,
        Self::Organizations,
        Self::Scim,
        Self::IdentityOrganization,
    ];

    /// Returns where the endpoints are, below the base URL.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Customers => "/wholesale/customers",
            Self::Subscribers => "/wholesale/subscribers",
            Self::SubPartners => "/wholesale/subPartners",
            Self::BillingReports => "/wholesale/billing/reports",
            Self::Locations => "/locations",
            Self::Calling => "/telephony/config",
            Self::Pstn => "/telephony/pstn",
            Self::People => "/people",
            Self::Roles => "/roles",
            Self::Licenses => "/licenses",
            Self::Organizations => "/organizations",
            Self::Scim => "/identity/scim",
            Self::IdentityOrganization => "/identity/organizations",
        }
    }

    /// Returns the scope that reading needs (the operations' descriptions on developer.webex.com).
    pub const fn read_scope(self) -> &'static str {
        match self {
            Self::Customers => "spark-admin:wholesale_customers_read",
            Self::Subscribers => "spark-admin:wholesale_subscribers_read",
            Self::SubPartners => "spark-admin:wholesale_sub_partners_read",
            Self::BillingReports => "spark-admin:wholesale_billing_reports_read",
            Self::Locations => "spark-admin:locations_read",
            Self::Calling => "spark-admin:telephony_config_read",
            Self::Pstn => "spark-admin:telephony_pstn_read",
            Self::People => "spark-admin:people_read",
            Self::Roles => "spark-admin:roles_read",
            Self::Licenses => "spark-admin:licenses_read",
            Self::Organizations => "spark-admin:organizations_read",
            Self::Scim => "identity:people_read",
            Self::IdentityOrganization => "identity:organizations_read",
        }
    }

    /// Returns the scope that writing needs, where hubform may write.
    pub const fn write_scope(self) -> Option<&'static str> {
        match self {
            Self::Customers => Some("spark-admin:wholesale_customers_write"),
            Self::Subscribers => Some("spark-admin:wholesale_subscribers_write"),
            Self::Locations => Some("spark-admin:locations_write"),
            Self::Calling => Some("spark-admin:telephony_config_write"),
            Self::Pstn => Some("spark-admin:telephony_pstn_write"),
            Self::People => Some("spark-admin:people_write"),
            Self::Organizations => Some("spark-admin:organizations_write"),
            Self::Scim => Some("identity:people_rw"),
            Self::IdentityOrganization => Some("identity:organizations_rw"),
            Self::SubPartners | Self::BillingReports | Self::Roles | Self::Licenses => None,
        }
    }
}

/// Looks at the account and the service. Nothing here changes anything.
pub trait InspectApi: ReadApi {
    /// Returns the account that the token belongs to, with its roles.
    fn account(&self) -> impl Future<Output = Result<Account, ApiError>> + Send;

    /// Returns every organization that the account can see: its own and those that it manages.
    fn organizations(&self) -> impl Future<Output = Result<Vec<VisibleOrganization>, ApiError>> + Send;

    /// Returns the partners below the account's own, sorted by organization.
    fn sub_partners(&self) -> impl Future<Output = Result<Vec<SubPartner>, ApiError>> + Send;

    /// Returns the users of an organization from the identity interface, sorted by name.
    fn identity_users(&self, org: &OrgId) -> impl Future<Output = Result<Vec<IdentityUser>, ApiError>> + Send;

    /// Asks one group of endpoints for as little as it gives. [`Fault::Unauthorized`](super::Fault) and
    /// [`Fault::Forbidden`](super::Fault) both mean that a scope, a role or an entitlement is missing: the service
    /// is not consistent about which it answers.
    fn probe(&self, probe: Probe) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// Returns what time the service had when it last answered (its `Date` header, whole seconds); nothing before
    /// the first answer, or if the service does not say.
    fn server_time(&self) -> Option<jiff::Timestamp>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_probe_is_missing_or_listed_twice() {
        let all: BTreeSet<Probe> = Probe::ALL.into();
        assert_eq!(all.len(), Probe::ALL.len());
        let paths: BTreeSet<_> = all.iter().map(|probe| probe.path()).collect();
        let scopes: BTreeSet<_> = all.iter().map(|probe| probe.read_scope()).collect();
        assert_eq!((paths.len(), scopes.len()), (all.len(), all.len()));
    }
}
