//! Everything below an organization: its locations with their calling side, numbers, PSTN, and people.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};

use super::{
    Client,
    list::{Listed, Paging},
};
use crate::{
    model::{
        Country, LocationId, ObservedLocation, ObservedOrganization, ObservedPerson, ObservedPstn, OrgId, PersonId,
        Readable, RoleName, same_remote,
    },
    webex::{
        ApiError, Fault, RouteChoice, request,
        wire::{self, Inventory, items_name},
    },
};

/// The most requests that one reading has under way at a time.
const SIDE_BY_SIDE: usize = 4;
/// How often a fresh organization may answer 403 before that is believed.
const WARM_UPS: u32 = 4;

/// What is known of a calling location beyond the list.
struct Calling {
    id: LocationId,
    detail: wire::CallingDetail,
    pstn: Option<wire::Connection>,
}

/// Runs futures a few at a time, and keeps their order.
pub(super) async fn side_by_side<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    stream::iter(futures).buffered(SIDE_BY_SIDE).collect().await
}

/// Finds a location whose id may be written otherwise by another interface.
fn known<'a, T>(map: &'a BTreeMap<LocationId, T>, id: &LocationId) -> Option<&'a LocationId> {
    match map.get_key_value(id) {
        Some((same, _)) => Some(same),
        None => map.keys().find(|other| same_remote(other.as_str(), id.as_str())),
    }
}

impl Client {
    /// Reads everything below an organization. Of the locations that are known from before, those that no list shows
    /// are asked for by their ids (R1).
    pub(super) async fn read_organization(
        &self,
        org: &OrgId,
        known_before: &[LocationId],
    ) -> Result<ObservedOrganization, ApiError> {
        // First alone: it puts a fresh organization into the partner's reach.
        let plain = self.reach(org).await?;
        let (numbers, people) = (request::numbers(org), request::people(org));
        let (identity, (mut locations, mut calling), numbers, people, roles) = tokio::try_join!(
            self.identity(org),
            self.location_lists(org),
            self.list::<wire::NumberRow>(&numbers, &["phoneNumbers"], Paging::Start),
            self.listed::<wire::Person>(&people, items_name(), Paging::Link),
            self.role_names(),
        )?;
        self.add_unlisted(org, known_before, &mut locations, &mut calling).await?;
        let inventory = Inventory::new(numbers, &countries(&locations));
        self.add_calling(org, &mut locations, calling, &inventory).await?;
        let people = self.people_of(org, people, &inventory, roles, &locations)?;
        let display_name = plain.display_name.or_else(|| identity.as_ref()?.display_name.clone());
        Ok(ObservedOrganization {
            display_name: display_name.map_or(Readable::Unknown, Readable::Known),
            language: match identity {
                Some(identity) => match identity.preferred_language.map(|language| language.parse()) {
                    Some(Ok(language)) => Readable::Known(Some(language)),
                    Some(Err(_)) => Readable::Unknown,
                    None => Readable::Known(None),
                },
                None => Readable::Unknown,
            },
            locations,
            people,
        })
    }

    /// Reads an organization, patiently: a fresh one answers 403 until it was read.
    async fn reach(&self, org: &OrgId) -> Result<wire::Organization, ApiError> {
        let request = request::organization(org);
        let mut attempt = 1;
        loop {
            match self.fetch(&request).await {
                Err(error) if error.fault == Fault::Forbidden && attempt < WARM_UPS => {
                    tokio::time::sleep(self.wait_after(attempt)).await;
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    /// Reads what the identity interface says; nothing if it keeps that to itself.
    async fn identity(&self, org: &OrgId) -> Result<Option<wire::Organization>, ApiError> {
        match self.fetch(&request::identity_organization(org)).await {
            Ok(identity) => Ok(Some(identity)),
            Err(error) if matches!(error.fault, Fault::Unauthorized | Fault::Forbidden | Fault::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads the two lists of locations: the plain ones, and the calling side of those that have one.
    pub(super) async fn location_lists(
        &self,
        org: &OrgId,
    ) -> Result<(BTreeMap<LocationId, ObservedLocation>, Vec<wire::CallingLocation>), ApiError> {
        let (plain, calling) = (request::locations(org), request::calling_locations(org));
        let (plain, calling) = tokio::try_join!(
            self.list::<wire::Location>(&plain, items_name(), Paging::Link),
            self.list::<wire::CallingLocation>(&calling, &["locations", "items"], Paging::Link),
        )?;
        Ok((plain.into_iter().map(wire::Location::into_model).collect(), calling))
    }

    /// Adds locations that are there and that a list has lost, and calling sides likewise.
    async fn add_unlisted(
        &self,
        org: &OrgId,
        known_before: &[LocationId],
        locations: &mut BTreeMap<LocationId, ObservedLocation>,
        calling: &mut Vec<wire::CallingLocation>,
    ) -> Result<(), ApiError> {
        let unlisted: Vec<&LocationId> = known_before.iter().filter(|id| known(locations, id).is_none()).collect();
        let looks = unlisted.into_iter().map(|id| async move {
            self.fetch_if_there::<wire::Location>(&request::one_location(org, id)).await
        });
        for found in side_by_side(looks.collect()).await {
            locations.extend(found?.map(wire::Location::into_model));
        }
        let sides: BTreeSet<String> = calling.iter().map(|side| side.id().key()).collect();
        let here: BTreeSet<String> = locations.keys().map(LocationId::key).collect();
        let without = known_before.iter().filter(|id| !sides.contains(&id.key()) && here.contains(&id.key()));
        let looks = without.map(|id| async move {
            match self.fetch::<wire::CallingLocation>(&request::calling_location(org, id)).await {
                Ok(side) => Ok(Some(side)),
                // A location without calling is "not found" or a bad request, depending on who says.
                Err(error) if matches!(error.fault, Fault::NotFound | Fault::Refused) => Ok(None),
                Err(error) => Err(error),
            }
        });
        for found in side_by_side(looks.collect()).await {
            calling.extend(found?);
        }
        Ok(())
    }

    async fn add_calling(
        &self,
        org: &OrgId,
        locations: &mut BTreeMap<LocationId, ObservedLocation>,
        calling: Vec<wire::CallingLocation>,
        inventory: &Inventory,
    ) -> Result<(), ApiError> {
        let ids: Vec<LocationId> = calling.iter().map(wire::CallingLocation::id).collect();
        join_calling(locations, calling);
        let looks = ids.into_iter().map(|id| self.read_calling(org, id)).collect();
        let found: Vec<Calling> = side_by_side(looks).await.into_iter().collect::<Result<_, _>>()?;
        let has_route = found.iter().any(|one| one.pstn.as_ref().is_some_and(wire::Connection::has_route));
        let routes = if has_route { self.routes(org).await? } else { Vec::new() };
        for Calling { id, detail, pstn } in found {
            let Some(id) = known(locations, &id).cloned() else { continue };
            if let Some(side) = locations.get_mut(&id).and_then(|location| location.calling.as_mut()) {
                side.announcement_language = detail.announcement_language();
                side.pstn = pstn.map(|pstn| pstn.into_model(&routes));
                side.numbers = inventory.of_location(&id);
            }
        }
        Ok(())
    }

    async fn read_calling(&self, org: &OrgId, id: LocationId) -> Result<Calling, ApiError> {
        let request = request::calling_location(org, &id);
        let (detail, pstn) = tokio::try_join!(self.fetch(&request), self.connection(org, &id))?;
        Ok(Calling { id, detail, pstn })
    }

    /// Reads a connection. One that is not configured is an error of the service, known by its words.
    pub(super) async fn connection(&self, org: &OrgId, id: &LocationId) -> Result<Option<wire::Connection>, ApiError> {
        match self.fetch(&request::pstn(org, id)).await {
            Ok(connection) => Ok(Some(connection)),
            Err(error)
                if error.status.is_some_and(|status| (400..500).contains(&status))
                    && error.text.to_lowercase().contains("not configured") =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the trunks and route groups of an organization.
    pub(super) async fn routes(&self, org: &OrgId) -> Result<Vec<RouteChoice>, ApiError> {
        let routes: Vec<wire::RouteIdentity> =
            self.list(&request::route_choices(org), &["routeIdentities", "items"], Paging::Link).await?;
        Ok(routes.into_iter().filter_map(wire::RouteIdentity::into_model).collect())
    }

    /// Reads a connection as it is observed, with the name of its route.
    pub(super) async fn observed_pstn(&self, org: &OrgId, id: &LocationId) -> Result<Option<ObservedPstn>, ApiError> {
        let Some(connection) = self.connection(org, id).await? else { return Ok(None) };
        let routes = if connection.has_route() { self.routes(org).await? } else { Vec::new() };
        Ok(Some(connection.into_model(&routes)))
    }

    fn people_of(
        &self,
        org: &OrgId,
        people: Listed<wire::Person>,
        inventory: &Inventory,
        roles: &BTreeMap<String, RoleName>,
        locations: &BTreeMap<LocationId, ObservedLocation>,
    ) -> Result<BTreeMap<PersonId, ObservedPerson>, ApiError> {
        let ids: BTreeMap<String, &LocationId> = locations.keys().map(|id| (id.key(), id)).collect();
        let mut all = BTreeMap::new();
        let Listed { all: listed, tracking_id } = people;
        for person in listed {
            let person = person
                .into_model(inventory, roles)
                .map_err(|why| self.odd(&request::people(org), &tracking_id, &why))?;
            if let Some((id, mut person)) = person {
                person.location = person.location.map(|at| ids.get(&at.key()).map_or(at, |id| (*id).clone()));
                all.insert(id, person);
            }
        }
        Ok(all)
    }
}

/// Returns the countries of locations, by the keys of their ids.
fn countries(locations: &BTreeMap<LocationId, ObservedLocation>) -> BTreeMap<String, Country> {
    let country =
        |(id, location): (&LocationId, &ObservedLocation)| Some((id.key(), location.address.as_ref()?.country.clone()));
    locations.iter().filter_map(country).collect()
}

/// Puts the calling side to its location. A calling location that the other list lacks is kept.
pub(super) fn join_calling(
    locations: &mut BTreeMap<LocationId, ObservedLocation>,
    calling: Vec<wire::CallingLocation>,
) {
    for side in calling {
        let id = side.id();
        let id = known(locations, &id).cloned().unwrap_or(id);
        let name = side.name.clone().unwrap_or_default();
        let location = locations.entry(id).or_insert_with(|| ObservedLocation {
            name,
            address: None,
            time_zone: None,
            language: Readable::Unknown,
            calling: None,
        });
        let country = location.address.as_ref().map(|address| address.country.clone());
        location.calling = Some(side.into_model(country.as_ref()));
    }
}
