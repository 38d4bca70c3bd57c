//! Changing.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Client,
    below::join_calling,
    list::{Listed, Paging},
    send::Answer,
};
use crate::{
    model::{
        CustomerId, Email, Fields, JobId, Location, LocationId, Name, ObservedLocation, ObservedPerson, ObservedPstn,
        ObservedSubscriber, OrgId, PackageName, PersonId, PhoneNumber, ProvisioningId, SubscriberId,
    },
    webex::{
        ApiError, CallingChange, CustomerChange, CustomerProgress, Fault, JobKind, JobState, LocationChange, MoveUser,
        NewCustomer, NewSubscriber, OrganizationChange, PersonChange, PstnChoice, PstnOption, RolesChange, RouteChoice,
        Sent, SubscriberCreated, SubscriberLine, WriteApi,
        request::{self, Request},
        wire::{self, Inventory, items_name},
    },
};

/// The most numbers that one request may remove.
const MOST_REMOVED: usize = 5;

impl Client {
    /// Sends a write whose answer says nothing more.
    async fn write(&self, request: &Request) -> Result<(), ApiError> {
        self.send(request).await.map(drop)
    }

    /// Deletes. "Not there" is success only as long as what it belongs to can be seen: else it may only be
    /// hidden (R16).
    async fn delete(&self, request: &Request, parent: &Request) -> Result<(), ApiError> {
        match self.write(request).await {
            Err(error) if error.is_not_found() && self.send(parent).await.is_ok() => Ok(()),
            other => other,
        }
    }

    /// Refuses to write to a registry that is not there.
    fn need_registry(&self, request: &Request) -> Result<(), ApiError> {
        if self.0.registry { Ok(()) } else { Err(self.refuse(request, "this target has no template registry")) }
    }

    /// Returns the id in the address of a new customer, which stands in the body and in a header.
    fn new_customer_id(&self, request: &Request, answer: &Answer) -> Result<CustomerId, ApiError> {
        let in_body: Option<wire::CustomerAccepted> = self.decode(request, answer).ok();
        let urls = [in_body.and_then(|accepted| accepted.url), answer.location.clone()];
        let own = |text: &String| answer.url.join(text).ok().filter(|url| self.is_own(request, url));
        urls.iter()
            .flatten()
            .filter_map(own)
            .find_map(|url| wire::id_in_url(&url))
            .ok_or_else(|| self.unreadable(request, answer, "the answer has no address of the new customer here"))
    }

    async fn numbers_at(&self, org: &OrgId, id: &LocationId) -> Result<BTreeSet<PhoneNumber>, ApiError> {
        let request = request::numbers_of_location(org, id);
        let rows = self.list(&request, &["phoneNumbers"], Paging::Start).await?;
        Ok(Inventory::new(rows, &BTreeMap::new()).of_location(id))
    }

    async fn remove_few(&self, org: &OrgId, id: &LocationId, numbers: &[PhoneNumber]) -> Result<(), ApiError> {
        match self.write(&request::remove_numbers(org, id, numbers)).await {
            // The service answers 502 for numbers that it does not know: look, and do not repeat (R16).
            Err(error) if error.status == Some(502) || error.is_not_found() => {
                let there = self.numbers_at(org, id).await?;
                if numbers.iter().any(|number| there.contains(number)) { Err(error) } else { Ok(()) }
            }
            other => other,
        }
    }

    pub(super) async fn job_problems(&self, org: &OrgId, kind: JobKind, job: &wire::Job) -> JobState {
        let request = request::job_errors(org, kind, &JobId::new(job.id.as_str()));
        // The job has failed whether or not its errors can be read.
        let errors: Vec<wire::JobError> = self.list(&request, items_name(), Paging::Link).await.unwrap_or_default();
        let mut problems: Vec<_> = errors.iter().flat_map(wire::JobError::problems).collect();
        if problems.is_empty() {
            problems.push(job.summary());
        }
        JobState::Failed(problems)
    }
}

impl WriteApi for Client {
    async fn create_template(&self, name: &Name, fields: &Fields) -> Result<ProvisioningId, ApiError> {
        let request = request::create_template(name, fields);
        self.need_registry(&request)?;
        let created: wire::TemplateCreated = self.fetch(&request).await?;
        Ok(ProvisioningId::new(created.provisioning_id))
    }

    async fn update_template(&self, id: &ProvisioningId, name: &Name, fields: &Fields) -> Result<(), ApiError> {
        let request = request::update_template(id, name, fields);
        self.need_registry(&request)?;
        self.write(&request).await
    }

    async fn delete_template(&self, id: &ProvisioningId) -> Result<(), ApiError> {
        let request = request::delete_template(id);
        self.need_registry(&request)?;
        self.delete(&request, &request::templates()).await
    }

    async fn precheck_customer(&self, new: &NewCustomer<'_>) -> Result<(), ApiError> {
        self.write(&request::precheck_customer(new)).await
    }

    async fn create_customer(&self, new: &NewCustomer<'_>) -> Result<CustomerId, ApiError> {
        let request = request::create_customer(new);
        let answer = self.send(&request).await?;
        self.new_customer_id(&request, &answer)
    }

    async fn find_customer(
        &self,
        external_id: &str,
        sub_partner: Option<&OrgId>,
    ) -> Result<Option<CustomerId>, ApiError> {
        let found = self.customers_by_external_id(external_id, sub_partner).await?;
        let ids: BTreeMap<String, &str> =
            found.iter().map(|found| (CustomerId::new(found.id()).key(), found.id())).collect();
        if ids.len() > 1 {
            let ids: Vec<&str> = ids.into_values().collect();
            let request = request::customers_by_external_id(external_id, sub_partner);
            let text = format!("several customers have external id `{external_id}`: {}", ids.join(", "));
            return Err(ApiError { fault: Fault::Conflict, ..self.odd(&request, "", &text) });
        }
        Ok(ids.into_values().next().map(CustomerId::new))
    }

    async fn customer_progress(
        &self,
        id: &CustomerId,
        sub_partner: Option<&OrgId>,
    ) -> Result<Option<CustomerProgress>, ApiError> {
        let found: Option<wire::Customer> = self.fetch_if_there(&request::customer(id, sub_partner)).await?;
        Ok(found.map(wire::Customer::into_progress))
    }

    async fn update_customer(
        &self,
        id: &CustomerId,
        sub_partner: Option<&OrgId>,
        change: &CustomerChange<'_>,
    ) -> Result<(), ApiError> {
        self.write(&request::update_customer(id, sub_partner, change)).await
    }

    async fn delete_customer(&self, id: &CustomerId, sub_partner: Option<&OrgId>) -> Result<(), ApiError> {
        self.delete(&request::delete_customer(id, sub_partner), &request::any_customer(sub_partner)).await
    }

    async fn warm_up_organization(&self, org: &OrgId) -> Result<(), ApiError> {
        self.send(&request::organization(org)).await.map(drop)
    }

    async fn update_organization(&self, org: &OrgId, change: &OrganizationChange<'_>) -> Result<(), ApiError> {
        self.write(&request::update_organization(org, change)).await
    }

    async fn locations(&self, org: &OrgId) -> Result<BTreeMap<LocationId, ObservedLocation>, ApiError> {
        let (mut locations, calling) = self.location_lists(org).await?;
        join_calling(&mut locations, calling);
        Ok(locations)
    }

    async fn create_location(&self, org: &OrgId, location: &Location) -> Result<LocationId, ApiError> {
        let created: wire::Created = self.fetch(&request::create_location(org, location)).await?;
        Ok(LocationId::new(created.id))
    }

    async fn update_location(&self, org: &OrgId, id: &LocationId, change: &LocationChange<'_>) -> Result<(), ApiError> {
        self.write(&request::update_location(org, id, change)).await
    }

    async fn delete_location(&self, org: &OrgId, id: &LocationId) -> Result<(), ApiError> {
        self.delete(&request::delete_location(org, id), &request::organization(org)).await
    }

    async fn enable_calling(&self, org: &OrgId, id: &LocationId, location: &Location) -> Result<(), ApiError> {
        self.write(&request::enable_calling(org, id, location)).await
    }

    async fn update_calling(
        &self,
        org: &OrgId,
        id: &LocationId,
        change: &CallingChange<'_>,
    ) -> Result<Option<JobId>, ApiError> {
        let request = request::update_calling(org, id, change);
        let answer = self.send(&request).await?;
        match answer.status {
            // The settings are saved, and the job that carries the new prefix to the users did not start.
            206 => {
                let error = self.refused(&request, &answer);
                Err(ApiError { fault: Fault::Conflict, sent: Sent::Perhaps, ..error })
            }
            _ if answer.body.is_empty() => Ok(None),
            _ => {
                let updated: wire::CallingUpdated = self.decode(&request, &answer)?;
                Ok(updated.batch_job_id.map(JobId::new))
            }
        }
    }

    async fn disable_calling(&self, org: &OrgId, id: &LocationId, name: &str) -> Result<JobId, ApiError> {
        let job: wire::Job = self.fetch(&request::disable_calling(org, id, name)).await?;
        Ok(JobId::new(job.id))
    }

    async fn pstn_options(&self, org: &OrgId, id: &LocationId) -> Result<Vec<PstnOption>, ApiError> {
        let options: Vec<wire::ConnectionOption> =
            self.list(&request::pstn_options(org, id), items_name(), Paging::Link).await?;
        Ok(options.into_iter().map(PstnOption::from).collect())
    }

    async fn route_choices(&self, org: &OrgId) -> Result<Vec<RouteChoice>, ApiError> {
        self.routes(org).await
    }

    async fn pstn(&self, org: &OrgId, id: &LocationId) -> Result<Option<ObservedPstn>, ApiError> {
        self.observed_pstn(org, id).await
    }

    async fn connect_pstn(&self, org: &OrgId, id: &LocationId, choice: &PstnChoice<'_>) -> Result<(), ApiError> {
        self.write(&request::connect_pstn(org, id, choice)).await
    }

    async fn add_numbers(&self, org: &OrgId, id: &LocationId, numbers: &[PhoneNumber]) -> Result<(), ApiError> {
        if numbers.is_empty() {
            return Ok(());
        }
        match self.write(&request::add_numbers(org, id, numbers)).await {
            // Numbers that are there already are ignored or refused, depending on the day.
            Err(error)
                if error.fault == Fault::Conflict
                    || (error.fault == Fault::Refused && error.text.to_lowercase().contains("already")) =>
            {
                let there = self.numbers_at(org, id).await?;
                if numbers.iter().all(|number| there.contains(number)) { Ok(()) } else { Err(error) }
            }
            other => other,
        }
    }

    async fn remove_numbers(&self, org: &OrgId, id: &LocationId, numbers: &[PhoneNumber]) -> Result<(), ApiError> {
        debug_assert!(numbers.len() <= MOST_REMOVED, "the service removes at most {MOST_REMOVED} numbers at a time");
        for few in numbers.chunks(MOST_REMOVED) {
            self.remove_few(org, id, few).await?;
        }
        Ok(())
    }

    async fn numbers(&self, org: &OrgId, id: &LocationId) -> Result<BTreeSet<PhoneNumber>, ApiError> {
        self.numbers_at(org, id).await
    }

    async fn create_subscriber(
        &self,
        sub_partner: Option<&OrgId>,
        new: &NewSubscriber<'_>,
    ) -> Result<SubscriberCreated, ApiError> {
        let request = request::create_subscriber(sub_partner, new);
        let answer = self.send(&request).await?;
        let created: wire::Subscriber = self.decode(&request, &answer)?;
        Ok(SubscriberCreated {
            id: SubscriberId::new(created.id()),
            person_id: created.person_id(),
            pending: answer.status == 202 || created.is_pending(),
        })
    }

    async fn find_subscriber(
        &self,
        sub_partner: Option<&OrgId>,
        customer: &CustomerId,
        email: &Email,
    ) -> Result<Option<ObservedSubscriber>, ApiError> {
        let request = request::subscribers_by_email(customer, email, sub_partner);
        let Listed { all, tracking_id } = self.listed::<wire::Subscriber>(&request, items_name(), Paging::Key).await?;
        for subscriber in all.into_iter().filter(|subscriber| subscriber.belongs_to(customer, None)) {
            let subscriber = subscriber.into_model().map_err(|why| self.odd(&request, &tracking_id, &why))?;
            if subscriber.email == *email {
                return Ok(Some(subscriber));
            }
        }
        Ok(None)
    }

    async fn update_subscriber(
        &self,
        sub_partner: Option<&OrgId>,
        id: &SubscriberId,
        package: &PackageName,
        line: Option<&SubscriberLine<'_>>,
    ) -> Result<(), ApiError> {
        self.write(&request::update_subscriber(sub_partner, id, package, line)).await
    }

    async fn delete_subscriber(&self, sub_partner: Option<&OrgId>, id: &SubscriberId) -> Result<(), ApiError> {
        self.delete(&request::delete_subscriber(sub_partner, id), &request::any_customer(sub_partner)).await
    }

    async fn person(&self, org: &OrgId, id: &PersonId) -> Result<Option<ObservedPerson>, ApiError> {
        self.read_person(org, id).await
    }

    async fn update_person(&self, org: &OrgId, id: &PersonId, change: &PersonChange<'_>) -> Result<(), ApiError> {
        self.edit_person(org, id, change, |_| None).await
    }

    async fn update_roles(&self, org: &OrgId, change: &RolesChange<'_>) -> Result<(), ApiError> {
        self.change_roles(org, change).await
    }

    async fn move_user(&self, org: &OrgId, user: &MoveUser<'_>) -> Result<JobId, ApiError> {
        let started: wire::MoveStarted = self.fetch(&request::move_user(org, user)).await?;
        Ok(JobId::new(started.job().id))
    }

    async fn delete_person(&self, org: &OrgId, id: &PersonId) -> Result<(), ApiError> {
        self.delete(&request::delete_person(id), &request::organization(org)).await
    }
}
