//! Looking at the account and at the service itself.

use std::collections::BTreeMap;

use super::{Client, list::Paging};
use crate::{
    model::{OrgId, PersonId, RoleName},
    webex::{
        Account, ApiError, Fault, IdentityUser, InspectApi, Probe, Sent, SubPartner, VisibleOrganization, request,
        wire::{self, items, items_name},
    },
};

/// The envelope of sub-partners: the official example has the second name, every other list the first.
const SUB_PARTNERS: &[&str] = &["items", "subPartners"];

impl InspectApi for Client {
    async fn account(&self) -> Result<Account, ApiError> {
        let me: wire::Me = self.fetch(&request::me()).await?;
        let names = match self.role_names().await {
            Ok(names) => names.clone(),
            // The roles' names are for people to read; the ids are enough to know that there are some.
            Err(error) if matches!(error.fault, Fault::Unauthorized | Fault::Forbidden | Fault::NotFound) => {
                BTreeMap::new()
            }
            Err(error) => return Err(error),
        };
        let name = |id: &String| names.get(&PersonId::new(id.as_str()).key()).cloned();
        Ok(Account {
            roles: me.roles.iter().map(|id| name(id).unwrap_or_else(|| RoleName::new(id))).collect(),
            person_id: PersonId::new(me.id),
            org_id: OrgId::new(me.org_id),
            email: me.emails.into_iter().next(),
            display_name: me.display_name,
        })
    }

    async fn organizations(&self) -> Result<Vec<VisibleOrganization>, ApiError> {
        let all: Vec<wire::OrganizationRow> = self.list(&request::organizations(), items_name(), Paging::Link).await?;
        let mut all: Vec<_> = all.into_iter().map(wire::OrganizationRow::into_model).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(all)
    }

    async fn sub_partners(&self) -> Result<Vec<SubPartner>, ApiError> {
        let all: Vec<wire::SubPartner> = self.list(&request::sub_partners(), SUB_PARTNERS, Paging::Offset).await?;
        let mut all: Vec<_> = all.into_iter().map(wire::SubPartner::into_model).collect();
        all.sort_by(|a, b| a.org_id.cmp(&b.org_id));
        Ok(all)
    }

    async fn identity_users(&self, org: &OrgId) -> Result<Vec<IdentityUser>, ApiError> {
        let all: Vec<wire::ScimUser> = self.list(&request::scim_users(org), &["Resources"], Paging::StartIndex).await?;
        let mut all: Vec<_> = all.into_iter().map(wire::ScimUser::into_model).collect();
        all.sort_by(|a, b| a.user_name.cmp(&b.user_name));
        Ok(all)
    }

    async fn probe(&self, probe: Probe) -> Result<(), ApiError> {
        let request = match probe {
            Probe::Customers => request::one_of(&["wholesale", "customers"]),
            Probe::Subscribers => request::one_of(&["wholesale", "subscribers"]),
            Probe::SubPartners => request::one_of(&["wholesale", "subPartners"]),
            Probe::BillingReports => request::one_of(&["wholesale", "billing", "reports"]),
            Probe::Locations => request::one_of(&["locations"]),
            Probe::Calling => request::one_calling_location(),
            Probe::Pstn => return self.probe_pstn().await,
            Probe::People => request::one_of(&["people"]),
            Probe::Roles => request::roles(),
            Probe::Licenses => request::licenses(),
            Probe::Organizations => request::organizations(),
            Probe::Scim => request::one_scim_user(&self.own_organization().await?),
            Probe::IdentityOrganization => request::identity_organization(&self.own_organization().await?),
        };
        self.send(&request).await.map(drop)
    }

    fn server_time(&self) -> Option<jiff::Timestamp> {
        self.0.server_time()
    }
}

impl Client {
    async fn own_organization(&self) -> Result<OrgId, ApiError> {
        let me: wire::Me = self.fetch(&request::me()).await?;
        Ok(OrgId::new(me.org_id))
    }

    /// The interface knows nothing but single locations, so one has to be found first.
    async fn probe_pstn(&self) -> Result<(), ApiError> {
        let list = request::one_calling_location();
        let page = match self.send(&list).await {
            Ok(answer) => self.json(&list, &answer).and_then(|page| {
                items::<wire::CallingLocation>(page, &["locations", "items"])
                    .map_err(|why| self.odd(&list, &answer.tracking_id, &why))
            })?,
            Err(error) if matches!(error.fault, Fault::Unauthorized | Fault::Forbidden) => Vec::new(),
            Err(error) => return Err(error),
        };
        let Some(location) = page.first() else {
            return Err(self.failure(&list, Fault::NotFound, Sent::No, "no calling location can be seen to ask about"));
        };
        match self.send(&request::own_pstn_options(&location.id())).await {
            // The location is there, so this is about its connection and not about the caller.
            Err(error) if matches!(error.fault, Fault::NotFound | Fault::Refused) => Ok(()),
            other => other.map(drop),
        }
    }
}
