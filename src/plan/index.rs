//! What is below a customer, found by id or e-mail address without walking: a customer may have 50,000 users.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Address, Email, LedgerState, LocationId, Name, ObservedLocation, ObservedOrganization, ObservedPerson,
    ObservedSubscriber, PersonId, RemoteIds,
};

/// Finds people, subscribers and locations by the part of their ids that all interfaces share.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    subscribers: BTreeMap<String, &'a ObservedSubscriber>,
    subscribers_by_email: BTreeMap<&'a Email, &'a ObservedSubscriber>,
    /// The ids of subscribers that share an e-mail address.
    doubles: BTreeMap<&'a Email, BTreeSet<&'a str>>,
    people: BTreeMap<String, (&'a PersonId, &'a ObservedPerson)>,
    people_by_email: BTreeMap<&'a Email, (&'a PersonId, &'a ObservedPerson)>,
    locations: BTreeMap<String, (&'a LocationId, &'a ObservedLocation)>,
    /// Names of locations by the ids that the ledger holds.
    location_names: BTreeMap<String, &'a Name>,
}

impl<'a> Index<'a> {
    /// Indexes what was observed of a customer, and the locations that the ledger knows.
    pub(super) fn new(
        customer: &'a Name,
        organization: Option<&'a ObservedOrganization>,
        subscribers: &'a [ObservedSubscriber],
        ledger: &'a LedgerState,
    ) -> Self {
        let mut index = Self::default();
        for subscriber in subscribers {
            index.subscribers.insert(subscriber.id.key(), subscriber);
            if let Some(other) = index.subscribers_by_email.insert(&subscriber.email, subscriber) {
                let ids = [other.id.as_str(), subscriber.id.as_str()];
                index.doubles.entry(&subscriber.email).or_default().extend(ids);
            }
        }
        for (id, person) in organization.into_iter().flat_map(|organization| &organization.people) {
            index.people.insert(id.key(), (id, person));
            for email in &person.emails {
                index.people_by_email.insert(email, (id, person));
            }
        }
        for (id, location) in organization.into_iter().flat_map(|organization| &organization.locations) {
            index.locations.insert(id.key(), (id, location));
        }
        for (at, record) in ledger.locations(customer) {
            if let (Address::Location(_, name), RemoteIds::Location { id }) = (at, &record.ids) {
                index.location_names.insert(id.key(), name);
            }
        }
        index
    }

    pub(super) fn subscriber(&self, id: &str, email: &Email) -> Option<&'a ObservedSubscriber> {
        let by_id = self.subscribers.get(&PersonId::new(id).key());
        by_id.or_else(|| self.subscribers_by_email.get(email)).copied()
    }

    pub(super) fn subscriber_of(&self, email: &Email) -> Option<&'a ObservedSubscriber> {
        self.subscribers_by_email.get(email).copied()
    }

    /// Returns the ids of the subscribers that share an e-mail address; nothing if there are not several.
    pub(super) fn doubles(&self, email: &Email) -> Option<Vec<&'a str>> {
        self.doubles.get(email).filter(|ids| ids.len() > 1).map(|ids| ids.iter().copied().collect())
    }

    pub(super) fn has_subscriber(&self, id: &str) -> bool {
        self.subscribers.contains_key(&PersonId::new(id).key())
    }

    pub(super) fn person(&self, id: &PersonId) -> Option<(&'a PersonId, &'a ObservedPerson)> {
        self.people.get(&id.key()).copied()
    }

    pub(super) fn person_of(&self, email: &Email) -> Option<(&'a PersonId, &'a ObservedPerson)> {
        self.people_by_email.get(email).copied()
    }

    pub(super) fn location(&self, id: &LocationId) -> Option<(&'a LocationId, &'a ObservedLocation)> {
        self.locations.get(&id.key()).copied()
    }

    /// Returns the name that a location of the service has in the ledger.
    pub(super) fn location_name(&self, id: &LocationId) -> Option<&'a Name> {
        self.location_names.get(&id.key()).copied()
    }
}
