//! Locations and their calling side.

use crate::{
    model::{
        Ended, Language, Location, LocationId, ObservedCalling, ObservedLocation, OrgId, PhoneNumber, PostalAddress,
        Readable, RemoteIds, RequestKind, TimeZone, codes, same_remote,
    },
    plan::Edit,
    webex::{ApiError, CallingChange, Fault, JobKind, LocationChange, WriteApi},
};

use super::{Fate, Pauses, Success, Trouble, Work, is_passing};

impl<W: WriteApi> Work<'_, W> {
    /// Finds the location that came with the customer: the only calling one that no other object is, else by name.
    pub(super) async fn adopt_headquarters(&self, display_name: &str) -> Result<Success, Trouble> {
        let org = self.org()?;
        let mut pauses = Pauses::short(self.run.settings, self.run.stop);
        loop {
            match self.run.api.locations(&org).await {
                Ok(locations) => {
                    let others = self.run.ids.other_locations(&self.step.object);
                    let taken = |id: &LocationId| others.iter().any(|it| same_remote(it.as_str(), id.as_str()));
                    let free = || locations.iter().filter(|(id, _)| !taken(id));
                    let calling: Vec<_> = free().filter(|(_, it)| it.calling.is_some()).map(|(id, _)| id).collect();
                    let named: Vec<_> = free().filter(|(_, it)| it.name == display_name).map(|(id, _)| id).collect();
                    let id = match (calling.as_slice(), named.as_slice()) {
                        ([only], _) | (_, [only]) => Some(*only),
                        ([], []) => None,
                        (calling, named) => {
                            let several = if named.is_empty() { calling } else { named };
                            return Err(ambiguous(
                                &format!("no single location is the one named `{display_name}`"),
                                several,
                            ));
                        }
                    };
                    if let Some(id) = id {
                        self.learn(RemoteIds::Location { id: id.clone() })?;
                        return Ok(Success::Done);
                    }
                }
                Err(error) if is_passing(&error) || error.fault == Fault::Forbidden => {
                    if let Err(_end) = pauses.pause().await {
                        return Err(error.into());
                    }
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            self.tell("the service has not made the first location yet");
            if let Err(end) = pauses.pause().await {
                let text = format!("the service has not made the first location `{display_name}` yet");
                return Err(Trouble::waiting_for_service(end, codes::NOT_THERE_YET, text));
            }
        }
    }

    /// Creates a location, unless one of its exact name is there.
    pub(super) async fn create_location(&self, location: &Location) -> Result<Success, Trouble> {
        let org = self.org()?;
        if let Some(id) = self.named_location(&org, &location.display_name).await? {
            self.learn(RemoteIds::Location { id })?;
            return Ok(Success::AlreadyDone);
        }
        let look = || async {
            let mut named = self.locations_named(&org, &location.display_name).await?;
            Ok(if named.len() == 1 { named.pop() } else { None })
        };
        let request = || self.run.api.create_location(&org, location);
        let fate = self.settled(RequestKind::CreateLocation, request, look).await?;
        let (id, success) = self.found_all_the_same(fate, look).await?;
        if success == Success::Done {
            self.made();
        }
        self.learn(RemoteIds::Location { id })?;
        Ok(success)
    }

    /// Enables calling at a location.
    pub(super) async fn enable_calling(&self, location: &Location) -> Result<Success, Trouble> {
        let (org, id) = self.place()?;
        let look = || async { Ok(self.location(&org, &id).await?.and_then(|it| it.calling).map(drop)) };
        let request = || self.run.api.enable_calling(&org, &id, location);
        let fate = self.settled(RequestKind::EnableCalling, request, look).await?;
        self.done_or_already(fate, &[Fault::Conflict, Fault::Refused], look).await
    }

    /// Changes a location.
    pub(super) async fn update_location(
        &self,
        display_name: Option<&str>,
        address: Option<&PostalAddress>,
        time_zone: Option<&TimeZone>,
        language: Option<&Language>,
    ) -> Result<Success, Trouble> {
        let (org, id) = self.place()?;
        let change = LocationChange { display_name, address, time_zone, language };
        let look = || async { Ok(self.location(&org, &id).await?.filter(|it| has_changed(it, &change)).map(drop)) };
        let request = || self.run.api.update_location(&org, &id, &change);
        self.settled(RequestKind::UpdateLocation, request, look).await?.done()?;
        Ok(Success::Done)
    }

    /// Changes the calling side of a location and waits for the job of a routing prefix.
    pub(super) async fn update_calling(
        &self,
        announcement_language: Option<&Language>,
        main_number: Option<&PhoneNumber>,
        routing_prefix: &Edit<String>,
    ) -> Result<Success, Trouble> {
        let (org, id) = self.place()?;
        let routing_prefix = match routing_prefix {
            Edit::Keep => None,
            Edit::Clear => Some(""),
            Edit::Set(prefix) => Some(prefix.as_str()),
        };
        let change = CallingChange { announcement_language, main_number, routing_prefix };
        let request = || self.run.api.update_calling(&org, &id, &change);
        let look = || async {
            let calling = self.location(&org, &id).await?.and_then(|it| it.calling);
            Ok(calling.filter(|it| calls_so(it, &change)).map(drop))
        };
        // Only the job of a prefix makes a conflict that passes.
        let fate = match routing_prefix {
            Some(_) => self.settled_when_free(RequestKind::UpdateCalling, request, look).await?,
            None => self.settled(RequestKind::UpdateCalling, request, look).await?,
        };
        match fate {
            Fate::Answered(Some(job)) => self.finish(&org, JobKind::RoutingPrefix, &job).await?,
            Fate::Answered(None) => self.settle(Ended::Answered),
            other @ (Fate::Seen(()) | Fate::Refused { .. }) => other.done()?,
        }
        Ok(Success::Done)
    }

    /// Takes calling away from a location and waits for the job.
    pub(super) async fn disable_calling(&self, display_name: &str) -> Result<Success, Trouble> {
        let (org, id) = self.place()?;
        let request = || self.run.api.disable_calling(&org, &id, display_name);
        let look = || async {
            // A location that is not shown says nothing about its calling.
            let location = self.location(&org, &id).await?;
            Ok(location.filter(|it| it.calling.is_none()).map(drop))
        };
        match self.settled_when_free(RequestKind::DisableCalling, request, look).await? {
            Fate::Answered(job) => self.finish(&org, JobKind::DisableCalling, &job).await.map(|()| Success::Done),
            other @ (Fate::Seen(()) | Fate::Refused { .. }) => {
                self.done_or_already(other, &[Fault::NotFound], look).await
            }
        }
    }

    /// Deletes a location.
    pub(super) async fn delete_location(&self) -> Result<Success, Trouble> {
        let (org, id) = self.place()?;
        let look = || async { Ok(self.location(&org, &id).await?.is_none().then_some(())) };
        // The organization's list must be readable: 404 also means "not visible" (R2).
        let fate = self.settled(RequestKind::DeleteLocation, || self.run.api.delete_location(&org, &id), look).await?;
        self.done_or_already(fate, &[Fault::NotFound], look).await
    }

    /// Returns the organization and the id of the step's location.
    pub(super) fn place(&self) -> Result<(OrgId, LocationId), Trouble> {
        Ok((self.org()?, self.run.ids.location(&self.step.object)?))
    }

    async fn location(&self, org: &OrgId, id: &LocationId) -> Result<Option<ObservedLocation>, ApiError> {
        let locations = self.run.api.locations(org).await?;
        Ok(locations.into_iter().find(|(it, _)| same_remote(it.as_str(), id.as_str())).map(|(_, location)| location))
    }

    /// Returns the locations of an exact name that no other object is.
    async fn locations_named(&self, org: &OrgId, name: &str) -> Result<Vec<LocationId>, ApiError> {
        let others = self.run.ids.other_locations(&self.step.object);
        let taken = |id: &LocationId| others.iter().any(|it| same_remote(it.as_str(), id.as_str()));
        let locations = self.run.api.locations(org).await?;
        Ok(locations.into_iter().filter(|(id, it)| it.name == name && !taken(id)).map(|(id, _)| id).collect())
    }

    async fn named_location(&self, org: &OrgId, name: &str) -> Result<Option<LocationId>, Trouble> {
        let mut named = self.locations_named(org, name).await?;
        if named.len() > 1 {
            let ids: Vec<_> = named.iter().collect();
            return Err(ambiguous(&format!("several locations are named `{name}`"), &ids));
        }
        Ok(named.pop())
    }
}

fn ambiguous(what: &str, ids: &[&LocationId]) -> Trouble {
    let ids = ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    Trouble::failed(codes::AMBIGUOUS, format!("{what}: {ids}")).fix("write the right one's `id:` into the manifest")
}

fn has_changed(found: &ObservedLocation, change: &LocationChange<'_>) -> bool {
    let LocationChange { display_name, address, time_zone, language } = change;
    display_name.is_none_or(|it| found.name == it)
        && address.is_none_or(|it| found.address.as_ref() == Some(it))
        && time_zone.is_none_or(|it| found.time_zone.as_deref() == Some(it.as_str()))
        && language.is_none_or(|it| found.language == Readable::Known(Some(it.clone())))
}

fn calls_so(found: &ObservedCalling, change: &CallingChange<'_>) -> bool {
    let CallingChange { announcement_language, main_number, routing_prefix } = change;
    announcement_language.is_none_or(|it| found.announcement_language == Readable::Known(Some(it.clone())))
        && main_number.is_none_or(|it| found.main_number.as_ref() == Some(it))
        && routing_prefix.is_none_or(|it| found.routing_prefix.as_deref().unwrap_or_default() == it)
}
