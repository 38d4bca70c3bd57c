//! Looking.

use std::collections::BTreeSet;

use super::{
    Client,
    below::side_by_side,
    list::{Listed, Paging},
};
use crate::{
    model::{
        CustomerId, JobId, ObservedCustomer, ObservedOrganization, ObservedTemplate, OrgId, Partner, PersonId, Reading,
        SubscriberId, same_remote,
    },
    webex::{
        ApiError, CustomerKey, JobKind, JobState, ReadApi, request,
        wire::{self, items_name},
    },
};

impl ReadApi for Client {
    async fn partner(&self) -> Result<Partner, ApiError> {
        let me: wire::Me = self.fetch(&request::me()).await?;
        Ok(Partner { org_id: OrgId::new(me.org_id), person_id: PersonId::new(me.id) })
    }

    async fn templates(&self) -> Result<Option<Vec<(String, ObservedTemplate)>>, ApiError> {
        if !self.0.registry {
            return Ok(None);
        }
        let templates: Vec<wire::Template> = self.list(&request::templates(), items_name(), Paging::Link).await?;
        Ok(Some(templates.into_iter().map(wire::Template::into_model).collect()))
    }

    async fn customer(&self, key: &CustomerKey) -> Reading<Box<ObservedCustomer>> {
        let read = match self.read_customer(key).await {
            // Something that was listed went before it was read by itself: what is there now is read once more.
            Err(error) if error.is_not_found() => self.read_customer(key).await,
            read => read,
        };
        read.unwrap_or_else(|error| Reading::Failed(error.to_string()))
    }

    async fn organization(&self, org: &OrgId) -> Result<ObservedOrganization, ApiError> {
        self.read_organization(org, &[]).await
    }

    async fn job(&self, org: &OrgId, kind: JobKind, id: &JobId) -> Result<JobState, ApiError> {
        let job: wire::Job = self.fetch(&request::job(org, kind, id)).await?;
        Ok(match job.ended() {
            wire::Ended::NotYet => JobState::Running,
            wire::Ended::Well => JobState::Succeeded,
            wire::Ended::Badly => self.job_problems(org, kind, &job).await,
        })
    }

    async fn running_jobs(&self, org: &OrgId, kind: JobKind) -> Result<BTreeSet<JobId>, ApiError> {
        let jobs: Vec<wire::Job> = self.list(&request::jobs(org, kind), items_name(), Paging::Link).await?;
        let running = jobs.into_iter().filter(|job| job.ended() == wire::Ended::NotYet);
        Ok(running.map(|job| JobId::new(job.id)).collect())
    }
}

impl Client {
    async fn read_customer(&self, key: &CustomerKey) -> Result<Reading<Box<ObservedCustomer>>, ApiError> {
        let found = match self.find(key).await? {
            Reading::Found(found) => found,
            Reading::Absent => return Ok(Reading::Absent),
            Reading::Ambiguous(ids) => return Ok(Reading::Ambiguous(ids)),
            Reading::Failed(why) => return Ok(Reading::Failed(why)),
        };
        let mut customer = Box::new(found.into_model());
        customer.org_id = customer.org_id.or_else(|| key.known.org_id.clone());
        let below = async {
            match &customer.org_id {
                Some(org) => self.read_organization(org, &key.known.locations).await.map(Some),
                None => Ok(None),
            }
        };
        let subscribers = self.read_subscribers(&customer.id, &customer.external_id, key);
        let (organization, subscribers) = tokio::try_join!(below, subscribers)?;
        customer.organization = organization;
        customer.subscribers = subscribers;
        Ok(Reading::Found(customer))
    }

    /// Finds a customer by id, else by its natural key, else by the organization that it is attached to.
    async fn find(&self, key: &CustomerKey) -> Result<Reading<wire::Customer>, ApiError> {
        let sub_partner = key.sub_partner.as_ref();
        if let Some(id) = &key.id {
            let found = self.fetch_if_there(&request::customer(id, sub_partner)).await?;
            return Ok(found.map_or(Reading::Absent, Reading::Found));
        }
        let by_key = self.customers_by_external_id(&key.external_id, sub_partner).await?;
        let found = match &key.attach {
            Some(org) if by_key.is_empty() => {
                let request = request::customers_by_organization(org, sub_partner);
                let all: Vec<wire::Customer> = self.list(&request, items_name(), Paging::Key).await?;
                let same =
                    |customer: &wire::Customer| customer.org_id().is_some_and(|found| same_remote(found, org.as_str()));
                all.into_iter().filter(same).collect()
            }
            Some(_) | None => by_key,
        };
        Ok(single(found))
    }

    /// Returns the customers that have exactly this external id, whatever the service takes for equal.
    pub(super) async fn customers_by_external_id(
        &self,
        external_id: &str,
        sub_partner: Option<&OrgId>,
    ) -> Result<Vec<wire::Customer>, ApiError> {
        let request = request::customers_by_external_id(external_id, sub_partner);
        let all: Vec<wire::Customer> = self.list(&request, items_name(), Paging::Key).await?;
        Ok(all.into_iter().filter(|customer| customer.external_id() == external_id).collect())
    }

    async fn read_subscribers(
        &self,
        customer: &CustomerId,
        external_id: &str,
        key: &CustomerKey,
    ) -> Result<Vec<crate::model::ObservedSubscriber>, ApiError> {
        let sub_partner = key.sub_partner.as_ref();
        let request = request::subscribers(customer, sub_partner);
        let Listed { all, tracking_id } =
            self.listed::<wire::Subscriber>(&request, items_name(), Paging::Offset).await?;
        let listed: BTreeSet<String> = all.iter().map(|subscriber| SubscriberId::new(subscriber.id()).key()).collect();
        let unlisted = key.known.subscribers.iter().filter(|id| !listed.contains(&id.key()));
        let looks = unlisted.map(|id| async move {
            self.fetch_if_there::<wire::Subscriber>(&request::one_subscriber(id, sub_partner)).await
        });
        let found = side_by_side(looks.collect()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut subscribers = Vec::with_capacity(all.len());
        for subscriber in all.into_iter().chain(found.into_iter().flatten()) {
            if subscriber.belongs_to(customer, Some(external_id)) {
                subscribers.push(subscriber.into_model().map_err(|why| self.odd(&request, &tracking_id, &why))?);
            }
        }
        // The service sorts by age, which says nothing here.
        subscribers.sort_by(|a, b| a.email.cmp(&b.email).then_with(|| a.id.cmp(&b.id)));
        Ok(subscribers)
    }
}

/// One is found, none is absent, several are ambiguous. The same customer on two pages is one.
fn single(mut found: Vec<wire::Customer>) -> Reading<wire::Customer> {
    found.sort_by(|a, b| a.id().cmp(b.id()));
    let mut seen = BTreeSet::new();
    found.retain(|customer| seen.insert(CustomerId::new(customer.id()).key()));
    if found.len() > 1 {
        return Reading::Ambiguous(found.iter().map(|customer| customer.id().to_owned()).collect());
    }
    found.pop().map_or(Reading::Absent, Reading::Found)
}
