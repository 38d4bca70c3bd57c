//! A service in memory that does what it is told, slowly: every request takes some (paused) time.
#![expect(clippy::result_large_err, reason = "the traits' own error")]

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use hubform::{
    model::{
        CustomerId, CustomerStatus, Email, Fields, JobId, Location, LocationId, Name, ObservedCalling,
        ObservedCustomer, ObservedLocation, ObservedOrganization, ObservedPerson, ObservedPstn, ObservedSubscriber,
        ObservedTemplate, OrgId, PackageName, PackageState, Partner, PersonId, PhoneNumber, ProvisioningId, Readable,
        Reading, SubscriberId, SubscriberStatus,
    },
    webex::{
        ApiError, CallingChange, CustomerChange, CustomerKey, CustomerProgress, Fault, JobKind, JobState,
        LocationChange, MoveUser, NewCustomer, NewSubscriber, OrganizationChange, PersonChange, PstnChoice, PstnOption,
        ReadApi, RolesChange, RouteChoice, Sent, SubscriberCreated, SubscriberLine, WriteApi,
    },
};

/// What happens to the next request of a method.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It fails and does nothing.
    Refused(ApiError),
    /// It does its work, and then fails.
    Lost(ApiError),
}

/// Everything that the service holds.
#[derive(Debug, Default)]
pub struct State {
    /// Every request with its object, in order.
    pub log: Vec<String>,
    pub fates: BTreeMap<&'static str, VecDeque<Fate>>,
    pub templates: Option<BTreeMap<String, ObservedTemplate>>,
    /// Customers by external id.
    pub customers: BTreeMap<String, CustomerId>,
    /// What is seen of each customer, look by look; the last one stays. `None` is "gone".
    pub progress: BTreeMap<CustomerId, VecDeque<Option<CustomerProgress>>>,
    /// What a new customer goes through.
    pub course: Vec<CustomerStatus>,
    pub organization: ObservedOrganization,
    pub locations: BTreeMap<LocationId, ObservedLocation>,
    pub options: Vec<PstnOption>,
    pub routes: Vec<RouteChoice>,
    pub subscribers: BTreeMap<String, ObservedSubscriber>,
    /// Looks until a new subscriber has its person.
    pub person_after: u32,
    /// New subscribers wait for consent.
    pub consent: bool,
    pub people: BTreeMap<PersonId, ObservedPerson>,
    pub jobs: VecDeque<JobState>,
    /// Requests under way, by the word that the log begins with.
    pub under_way: BTreeSet<String>,
    pub most_under_way: usize,
    /// How long a request takes, by method.
    pub delays: BTreeMap<&'static str, Duration>,
}

#[derive(Debug, Default)]
pub struct Double(Mutex<State>);

pub fn error(fault: Fault, sent: Sent, status: Option<u16>) -> ApiError {
    ApiError {
        fault,
        sent,
        method: "POST".to_owned(),
        path: "/v1/things".to_owned(),
        status,
        code: "4711".to_owned(),
        text: "no way".to_owned(),
        tracking_id: "ROUTER_1".to_owned(),
    }
}

/// A request that got no answer.
pub fn lost() -> ApiError {
    error(Fault::NoAnswer, Sent::Perhaps, None)
}

pub fn refused() -> ApiError {
    error(Fault::Refused, Sent::No, Some(400))
}

pub fn progress(status: CustomerStatus, packages: &[(&str, &str)]) -> CustomerProgress {
    let org_id = !matches!(status, CustomerStatus::Provisioning | CustomerStatus::Error);
    let state = |status: &str| PackageState { status: status.to_owned(), problems: Vec::new() };
    CustomerProgress {
        status,
        org_id: org_id.then(|| OrgId::new("org-1")),
        packages: packages.iter().map(|(name, status)| (PackageName::new(name), state(status))).collect(),
        problems: Vec::new(),
    }
}

pub fn location(name: &str, calling: bool) -> ObservedLocation {
    ObservedLocation {
        name: name.to_owned(),
        address: None,
        time_zone: None,
        language: Readable::Unknown,
        calling: calling.then(ObservedCalling::default),
    }
}

impl Double {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Lets the next request of a method fail.
    pub fn fate(&self, method: &'static str, fate: Fate) {
        self.state().fates.entry(method).or_default().push_back(fate);
    }

    /// Returns what was asked, without the looks.
    pub fn writes(&self) -> Vec<String> {
        const LOOKS: [&str; 13] = [
            "partner",
            "templates",
            "organization",
            "find_customer",
            "customer_progress",
            "warm_up",
            "locations",
            "job",
            "pstn",
            "pstn_options",
            "route_choices",
            "numbers",
            "person",
        ];
        let look = |line: &str| {
            let method = line.split(' ').next().unwrap();
            LOOKS.contains(&method) || ["find_subscriber", "ledger"].contains(&method)
        };
        self.state().log.iter().filter(|line| !look(line)).cloned().collect()
    }

    async fn call<T>(
        &self,
        method: &'static str,
        object: String,
        work: impl FnOnce(&mut State) -> Result<T, ApiError> + Send,
    ) -> Result<T, ApiError> {
        let line = format!("{method} {object}");
        let delay = {
            let mut state = self.state();
            state.log.push(line.clone());
            state.under_way.insert(line.clone());
            state.most_under_way = state.most_under_way.max(state.under_way.len());
            state.delays.get(method).copied().unwrap_or(Duration::from_millis(10))
        };
        tokio::time::sleep(delay).await;
        let mut state = self.state();
        state.under_way.remove(&line);
        match state.fates.get_mut(method).and_then(VecDeque::pop_front) {
            Some(Fate::Refused(error)) => Err(error),
            Some(Fate::Lost(error)) => work(&mut state).and(Err(error)),
            None => work(&mut state),
        }
    }
}

fn not_found<T>(found: Option<T>) -> Result<T, ApiError> {
    found.ok_or_else(|| error(Fault::NotFound, Sent::No, Some(404)))
}

impl ReadApi for Double {
    async fn partner(&self) -> Result<Partner, ApiError> {
        let partner = Partner { org_id: OrgId::new("partner"), person_id: PersonId::new("me") };
        self.call("partner", String::new(), |_| Ok(partner)).await
    }

    async fn templates(&self) -> Result<Option<Vec<(String, ObservedTemplate)>>, ApiError> {
        self.call("templates", String::new(), |state| Ok(state.templates.clone().map(|it| it.into_iter().collect())))
            .await
    }

    async fn customer(&self, _: &CustomerKey) -> Reading<Box<ObservedCustomer>> {
        Reading::Failed("apply does not read whole customers".to_owned())
    }

    async fn organization(&self, org: &OrgId) -> Result<ObservedOrganization, ApiError> {
        self.call("organization", org.to_string(), |state| Ok(state.organization.clone())).await
    }

    async fn job(&self, _: &OrgId, _: JobKind, id: &JobId) -> Result<JobState, ApiError> {
        self.call("job", id.to_string(), |state| Ok(state.jobs.pop_front().unwrap_or(JobState::Succeeded))).await
    }

    async fn running_jobs(&self, _: &OrgId, _: JobKind) -> Result<BTreeSet<JobId>, ApiError> {
        self.call("running_jobs", String::new(), |_| Ok(BTreeSet::new())).await
    }
}

impl WriteApi for Double {
    async fn create_template(&self, name: &Name, fields: &Fields) -> Result<ProvisioningId, ApiError> {
        self.call("create_template", name.to_string(), |state| {
            let id = ProvisioningId::new(format!("id-of-{name}"));
            let template = ObservedTemplate { provisioning_id: id.clone(), fields: fields.clone() };
            state.templates.get_or_insert_default().insert(name.to_string(), template);
            Ok(id)
        })
        .await
    }

    async fn update_template(&self, _: &ProvisioningId, name: &Name, fields: &Fields) -> Result<(), ApiError> {
        self.call("update_template", name.to_string(), |state| {
            let templates = state.templates.get_or_insert_default();
            not_found(templates.get_mut(name.as_str()))?.fields = fields.clone();
            Ok(())
        })
        .await
    }

    async fn delete_template(&self, id: &ProvisioningId) -> Result<(), ApiError> {
        self.call("delete_template", id.to_string(), |state| {
            let templates = state.templates.get_or_insert_default();
            let before = templates.len();
            templates.retain(|_, it| it.provisioning_id != *id);
            not_found((templates.len() < before).then_some(()))
        })
        .await
    }

    async fn precheck_customer(&self, _: &NewCustomer<'_>) -> Result<(), ApiError> {
        self.call("precheck_customer", String::new(), |_| Ok(())).await
    }

    async fn create_customer(&self, new: &NewCustomer<'_>) -> Result<CustomerId, ApiError> {
        let key = new.customer.external_id.clone();
        self.call("create_customer", format!("{key} with {}", new.provisioning_id), |state| {
            let id = CustomerId::new(format!("id-of-{key}"));
            state.customers.insert(key, id.clone());
            let packages: Vec<(&str, &str)> =
                new.customer.packages.keys().map(|name| (name.as_str(), "provisioned")).collect();
            let course = state.course.iter().map(|status| Some(progress(status.clone(), &packages))).collect();
            state.progress.entry(id.clone()).or_insert(course);
            Ok(id)
        })
        .await
    }

    async fn find_customer(&self, key: &str, _: Option<&OrgId>) -> Result<Option<CustomerId>, ApiError> {
        self.call("find_customer", key.to_owned(), |state| Ok(state.customers.get(key).cloned())).await
    }

    async fn customer_progress(
        &self,
        id: &CustomerId,
        _: Option<&OrgId>,
    ) -> Result<Option<CustomerProgress>, ApiError> {
        self.call("customer_progress", id.to_string(), |state| {
            let Some(course) = state.progress.get_mut(id) else { return Ok(None) };
            let now = if course.len() > 1 { course.pop_front() } else { course.front().cloned() };
            Ok(now.flatten())
        })
        .await
    }

    async fn update_customer(
        &self,
        id: &CustomerId,
        _: Option<&OrgId>,
        change: &CustomerChange<'_>,
    ) -> Result<(), ApiError> {
        let names: Vec<&str> = change.packages.iter().map(PackageName::as_str).collect();
        self.call("update_customer", format!("{id} {}", names.join(",")), |state| {
            let packages: Vec<(&str, &str)> = names.iter().map(|name| (*name, "provisioned")).collect();
            let course = [CustomerStatus::Updating, CustomerStatus::Provisioned];
            let course = course.map(|status| Some(progress(status, &packages)));
            state.progress.insert(id.clone(), course.into());
            Ok(())
        })
        .await
    }

    async fn delete_customer(&self, id: &CustomerId, _: Option<&OrgId>) -> Result<(), ApiError> {
        self.call("delete_customer", id.to_string(), |state| {
            let course = not_found(state.progress.get_mut(id))?;
            *course = [Some(progress(CustomerStatus::Deleting, &[])), None].into();
            state.customers.retain(|_, it| it != id);
            Ok(())
        })
        .await
    }

    async fn warm_up_organization(&self, org: &OrgId) -> Result<(), ApiError> {
        self.call("warm_up", org.to_string(), |_| Ok(())).await
    }

    async fn update_organization(&self, org: &OrgId, change: &OrganizationChange<'_>) -> Result<(), ApiError> {
        self.call("update_organization", org.to_string(), |state| {
            state.organization.display_name = Readable::Known(change.display_name.to_owned());
            if let Some(language) = change.language {
                state.organization.language = Readable::Known(Some(language.clone()));
            }
            Ok(())
        })
        .await
    }

    async fn locations(&self, org: &OrgId) -> Result<BTreeMap<LocationId, ObservedLocation>, ApiError> {
        self.call("locations", org.to_string(), |state| Ok(state.locations.clone())).await
    }

    async fn create_location(&self, _: &OrgId, new: &Location) -> Result<LocationId, ApiError> {
        self.call("create_location", new.display_name.clone(), |state| {
            let id = LocationId::new(format!("id-of-{}", new.display_name));
            state.locations.insert(id.clone(), location(&new.display_name, false));
            Ok(id)
        })
        .await
    }

    async fn update_location(&self, _: &OrgId, id: &LocationId, change: &LocationChange<'_>) -> Result<(), ApiError> {
        self.call("update_location", id.to_string(), |state| {
            let found = not_found(state.locations.get_mut(id))?;
            if let Some(name) = change.display_name {
                name.clone_into(&mut found.name);
            }
            Ok(())
        })
        .await
    }

    async fn delete_location(&self, _: &OrgId, id: &LocationId) -> Result<(), ApiError> {
        self.call("delete_location", id.to_string(), |state| not_found(state.locations.remove(id)).map(drop)).await
    }

    async fn enable_calling(&self, _: &OrgId, id: &LocationId, _: &Location) -> Result<(), ApiError> {
        self.call("enable_calling", id.to_string(), |state| {
            not_found(state.locations.get_mut(id))?.calling = Some(ObservedCalling::default());
            Ok(())
        })
        .await
    }

    async fn update_calling(
        &self,
        _: &OrgId,
        id: &LocationId,
        change: &CallingChange<'_>,
    ) -> Result<Option<JobId>, ApiError> {
        self.call("update_calling", id.to_string(), |state| {
            let calling = not_found(state.locations.get_mut(id).and_then(|it| it.calling.as_mut()))?;
            if let Some(number) = change.main_number {
                calling.main_number = Some(number.clone());
            }
            if let Some(prefix) = change.routing_prefix {
                calling.routing_prefix = Some(prefix.to_owned()).filter(|it| !it.is_empty());
            }
            Ok(change.routing_prefix.map(|_| JobId::new("job-1")))
        })
        .await
    }

    async fn disable_calling(&self, _: &OrgId, id: &LocationId, _: &str) -> Result<JobId, ApiError> {
        self.call("disable_calling", id.to_string(), |state| {
            not_found(state.locations.get_mut(id))?.calling = None;
            Ok(JobId::new("job-1"))
        })
        .await
    }

    async fn pstn_options(&self, _: &OrgId, id: &LocationId) -> Result<Vec<PstnOption>, ApiError> {
        self.call("pstn_options", id.to_string(), |state| Ok(state.options.clone())).await
    }

    async fn route_choices(&self, org: &OrgId) -> Result<Vec<RouteChoice>, ApiError> {
        self.call("route_choices", org.to_string(), |state| Ok(state.routes.clone())).await
    }

    async fn pstn(&self, _: &OrgId, id: &LocationId) -> Result<Option<ObservedPstn>, ApiError> {
        self.call("pstn", id.to_string(), |state| {
            Ok(state.locations.get(id).and_then(|it| it.calling.as_ref()).and_then(|it| it.pstn.clone()))
        })
        .await
    }

    async fn connect_pstn(&self, _: &OrgId, id: &LocationId, choice: &PstnChoice<'_>) -> Result<(), ApiError> {
        let pstn = match choice {
            PstnChoice::Option { id } => ObservedPstn {
                kind: Some(hubform::model::PstnKind::NonIntegratedCcp),
                option_id: (*id).to_owned(),
                display_name: id.trim_start_matches("id-of-").to_owned(),
                trunk: None,
                route_group: None,
                route_id: None,
            },
            PstnChoice::Route { kind: _, id } => ObservedPstn {
                kind: Some(hubform::model::PstnKind::LocalGateway),
                option_id: "premises".to_owned(),
                display_name: "Premises-based PSTN".to_owned(),
                trunk: Some(id.trim_start_matches("id-of-").to_owned()),
                route_group: None,
                route_id: Some((*id).to_owned()),
            },
        };
        let (PstnChoice::Option { id: to } | PstnChoice::Route { kind: _, id: to }) = choice;
        self.call("connect_pstn", format!("{id} to {}", to.trim_start_matches("id-of-")), |state| {
            not_found(state.locations.get_mut(id).and_then(|it| it.calling.as_mut()))?.pstn = Some(pstn);
            Ok(())
        })
        .await
    }

    async fn add_numbers(&self, _: &OrgId, id: &LocationId, numbers: &[PhoneNumber]) -> Result<(), ApiError> {
        self.call("add_numbers", format!("{id} {}", numbers.len()), |state| {
            let calling = not_found(state.locations.get_mut(id).and_then(|it| it.calling.as_mut()))?;
            calling.numbers.extend(numbers.iter().cloned());
            Ok(())
        })
        .await
    }

    async fn remove_numbers(&self, _: &OrgId, id: &LocationId, numbers: &[PhoneNumber]) -> Result<(), ApiError> {
        self.call("remove_numbers", format!("{id} {}", numbers.len()), |state| {
            let calling = not_found(state.locations.get_mut(id).and_then(|it| it.calling.as_mut()))?;
            calling.numbers.retain(|number| !numbers.contains(number));
            Ok(())
        })
        .await
    }

    async fn numbers(&self, _: &OrgId, id: &LocationId) -> Result<BTreeSet<PhoneNumber>, ApiError> {
        self.call("numbers", id.to_string(), |state| {
            let calling = state.locations.get(id).and_then(|it| it.calling.as_ref());
            Ok(calling.map(|it| it.numbers.clone()).unwrap_or_default())
        })
        .await
    }

    async fn create_subscriber(
        &self,
        _: Option<&OrgId>,
        new: &NewSubscriber<'_>,
    ) -> Result<SubscriberCreated, ApiError> {
        let place = new.line.as_ref().map(|line| format!(" at {}", line.location)).unwrap_or_default();
        self.call("create_subscriber", format!("{}{place}", new.email), |state| {
            let id = SubscriberId::new(format!("id-of-{}", new.email));
            let person = PersonId::new(format!("person-of-{}", new.email));
            let person_id = (!state.consent && state.person_after == 0).then_some(person.clone());
            let status =
                if state.consent { SubscriberStatus::PendingUserMigration } else { SubscriberStatus::Provisioned };
            let subscriber = ObservedSubscriber {
                id: id.clone(),
                person_id: person_id.clone(),
                email: new.email.clone(),
                package: Some(new.package.clone()),
                status,
                since: None,
                problems: Vec::new(),
            };
            state.subscribers.insert(new.email.to_string(), subscriber);
            let observed = ObservedPerson {
                emails: vec![new.email.clone()],
                first_name: None,
                last_name: None,
                phone_number: None,
                extension: None,
                location: None,
                roles: BTreeSet::new(),
            };
            state.people.insert(person, observed);
            Ok(SubscriberCreated { id, person_id, pending: state.consent })
        })
        .await
    }

    async fn find_subscriber(
        &self,
        _: Option<&OrgId>,
        _: &CustomerId,
        email: &Email,
    ) -> Result<Option<ObservedSubscriber>, ApiError> {
        self.call("find_subscriber", email.to_string(), |state| {
            if let Some(found) = state.subscribers.get_mut(email.as_str())
                && found.status == SubscriberStatus::Provisioned
                && found.person_id.is_none()
            {
                state.person_after = state.person_after.saturating_sub(1);
                if state.person_after == 0 {
                    found.person_id = Some(PersonId::new(format!("person-of-{email}")));
                }
            }
            Ok(state.subscribers.get(email.as_str()).cloned())
        })
        .await
    }

    async fn update_subscriber(
        &self,
        _: Option<&OrgId>,
        id: &SubscriberId,
        package: &PackageName,
        _: Option<&SubscriberLine<'_>>,
    ) -> Result<(), ApiError> {
        self.call("update_subscriber", format!("{id} {package}"), |state| {
            not_found(state.subscribers.values_mut().find(|it| it.id == *id))?.package = Some(package.clone());
            Ok(())
        })
        .await
    }

    async fn delete_subscriber(&self, _: Option<&OrgId>, id: &SubscriberId) -> Result<(), ApiError> {
        self.call("delete_subscriber", id.to_string(), |state| {
            let before = state.subscribers.len();
            state.subscribers.retain(|_, it| it.id != *id);
            not_found((state.subscribers.len() < before).then_some(()))
        })
        .await
    }

    async fn person(&self, _: &OrgId, id: &PersonId) -> Result<Option<ObservedPerson>, ApiError> {
        self.call("person", id.to_string(), |state| Ok(state.people.get(id).cloned())).await
    }

    async fn update_person(&self, _: &OrgId, id: &PersonId, change: &PersonChange<'_>) -> Result<(), ApiError> {
        self.call("update_person", id.to_string(), |state| {
            let person = not_found(state.people.get_mut(id))?;
            if let Some(name) = change.first_name {
                person.first_name = Some(name.to_owned());
            }
            if let Some(extension) = change.extension {
                person.extension = extension.cloned();
            }
            Ok(())
        })
        .await
    }

    async fn update_roles(&self, _: &OrgId, change: &RolesChange<'_>) -> Result<(), ApiError> {
        self.call("update_roles", change.person.to_string(), |state| {
            let person = not_found(state.people.get_mut(change.person))?;
            person.roles.extend(change.add.iter().cloned());
            person.roles.retain(|role| !change.remove.contains(role));
            Ok(())
        })
        .await
    }

    async fn move_user(&self, _: &OrgId, user: &MoveUser<'_>) -> Result<JobId, ApiError> {
        self.call("move_user", format!("{} to {}", user.person, user.location), |state| {
            not_found(state.people.get_mut(user.person))?.location = Some(user.location.clone());
            Ok(JobId::new("job-1"))
        })
        .await
    }

    async fn delete_person(&self, _: &OrgId, id: &PersonId) -> Result<(), ApiError> {
        self.call("delete_person", id.to_string(), |state| not_found(state.people.remove(id)).map(drop)).await
    }
}
