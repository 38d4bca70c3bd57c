//! The remote ids that a run knows: those of the plan, and those that its steps learn.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    model::{
        Address, CustomerId, Kind, LocationId, Name, OrgId, PersonId, ProvisioningId, RemoteIds, SubscriberId, codes,
    },
    plan::Plan,
};

use super::verdict::Trouble;

/// The ids, shared by all steps. A lock is held only while one is looked up.
#[derive(Debug)]
pub(super) struct Ids(Mutex<BTreeMap<Address, RemoteIds>>);

impl Ids {
    /// Starts from what the plan knows.
    pub(super) fn of(plan: &Plan) -> Self {
        let mut ids = BTreeMap::new();
        for part in &plan.parts {
            for catch_up in &part.catch_up {
                if let Some(record) = &catch_up.record {
                    ids.insert(catch_up.object.clone(), record.ids.clone());
                }
            }
        }
        for part in &plan.parts {
            ids.extend(part.known.iter().map(|(address, ids)| (address.clone(), ids.clone())));
        }
        Self(Mutex::new(ids))
    }

    fn map(&self) -> MutexGuard<'_, BTreeMap<Address, RemoteIds>> {
        // Every change is one insertion, so a panic elsewhere leaves nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what is known of an object.
    pub(super) fn get(&self, address: &Address) -> Option<RemoteIds> {
        self.map().get(address).cloned()
    }

    /// Adds what was learned. The second id of a customer or user, once known, is not forgotten.
    pub(super) fn learn(&self, address: &Address, mut learned: RemoteIds) {
        let mut map = self.map();
        match (&mut learned, map.get(address)) {
            (RemoteIds::Customer { id, org_id }, Some(RemoteIds::Customer { id: old, org_id: known })) if id == old => {
                *org_id = org_id.take().or_else(|| known.clone());
            }
            (RemoteIds::User { id, person_id }, Some(RemoteIds::User { id: old, person_id: known })) if id == old => {
                *person_id = person_id.take().or_else(|| known.clone());
            }
            _ => {}
        }
        map.insert(address.clone(), learned);
    }

    /// Removes an object that is gone.
    pub(super) fn forget(&self, address: &Address) {
        self.map().remove(address);
    }

    /// Returns the locations of a customer that have an id, apart from one of them.
    pub(super) fn other_locations(&self, than: &Address) -> Vec<LocationId> {
        self.map()
            .iter()
            .filter(|(address, _)| *address != than && address.customer() == than.customer())
            .filter_map(|(_, ids)| match ids {
                RemoteIds::Location { id } => Some(id.clone()),
                RemoteIds::Template { .. } | RemoteIds::Customer { .. } | RemoteIds::User { .. } => None,
            })
            .collect()
    }

    /// Returns what customers are created with.
    pub(super) fn provisioning_id(&self, template: &Name) -> Result<ProvisioningId, Trouble> {
        let address = Address::Template(template.clone());
        match self.get(&address) {
            Some(RemoteIds::Template { provisioning_id: Some(id) }) => Ok(id),
            _ => Err(missing("provisioning id", &address)),
        }
    }

    /// Returns a customer's id.
    pub(super) fn customer(&self, name: &Name) -> Result<CustomerId, Trouble> {
        let address = Address::Customer(name.clone());
        match self.get(&address) {
            Some(RemoteIds::Customer { id, org_id: _ }) => Ok(id),
            _ => Err(missing("id", &address)),
        }
    }

    /// Returns a customer's organization.
    pub(super) fn org(&self, name: &Name) -> Result<OrgId, Trouble> {
        let address = Address::Customer(name.clone());
        match self.get(&address) {
            Some(RemoteIds::Customer { id: _, org_id: Some(org) }) => Ok(org),
            _ => Err(missing("organization id", &address)),
        }
    }

    /// Returns a location's id.
    pub(super) fn location(&self, address: &Address) -> Result<LocationId, Trouble> {
        match self.get(address) {
            Some(RemoteIds::Location { id }) => Ok(id),
            _ => Err(missing("id", address)),
        }
    }

    /// Returns a user's subscriber.
    pub(super) fn subscriber(&self, address: &Address) -> Result<SubscriberId, Trouble> {
        match self.get(address) {
            Some(RemoteIds::User { id, person_id: _ }) => Ok(id),
            _ => Err(missing("id", address)),
        }
    }

    /// Returns a user's person, if it is known.
    pub(super) fn person(&self, address: &Address) -> Option<PersonId> {
        match self.get(address) {
            Some(RemoteIds::User { id: _, person_id }) => person_id,
            _ => None,
        }
    }
}

/// Returns the trouble of an id that should be there by now.
pub(super) fn missing(what: &str, address: &Address) -> Trouble {
    let fix = match address.kind() {
        Kind::Template => format!("bind it: `hubform template bind {} PROVISIONING_ID`", address.last()),
        Kind::Customer | Kind::Location | Kind::User => "plan again: the plan does not know the object".to_owned(),
    };
    Trouble::failed(codes::ID_MISSING, format!("the {what} of `{address}` is not known")).fix(fix)
}
