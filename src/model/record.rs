//! What hubform itself remembers: the values of the ledger, apart from where they are kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    address::Address,
    desired::Lifecycle,
    fields::Fields,
    id::{CustomerId, LocationId, OrgId, PersonId, ProvisioningId, SubscriberId},
    journal::{Entry, EntryId},
    text::Name,
    unit::Unit,
};

/// The ids by which the service knows one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum RemoteIds {
    /// A template; nothing until it is created or bound.
    Template { provisioning_id: Option<ProvisioningId> },
    /// A customer; the organization is known once it is provisioned.
    Customer { id: CustomerId, org_id: Option<OrgId> },
    /// A location.
    Location { id: LocationId },
    /// A user; the person is known once the subscriber is provisioned.
    User { id: SubscriberId, person_id: Option<PersonId> },
}

/// What the ledger holds about one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its ids.
    pub ids: RemoteIds,
    /// What was last applied, and what was found equal since.
    pub applied: Fields,
    /// How careful to be with it once its manifest is gone.
    pub lifecycle: Lifecycle,
    /// Whether hubform created it, rather than adopting it.
    pub created: bool,
}

/// What a ledger belongs to; any mismatch is an error (R17).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerIdentity {
    /// `webex` or `simulator`.
    pub target: String,
    /// Base URL; empty for the embedded simulator, whose port differs each time.
    pub base_url: String,
    /// The partner organization; none until something was applied.
    pub partner: Option<OrgId>,
    /// Name of the project.
    pub project: String,
    /// A random id that the ledger was born with.
    pub lineage: String,
}

/// The records that a plan is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerState {
    /// Every record, by address.
    pub records: BTreeMap<Address, Record>,
    /// Whether the ledger is new: nothing was ever applied, so removals since the last run cannot be seen.
    pub is_new: bool,
    /// The journal: requests whose fate is not known, and those of the last run of each unit.
    #[serde(default)]
    pub journal: BTreeMap<EntryId, Entry>,
    /// How often each unit was changed, so that a reader sees that it was; units that nobody wrote are not in it.
    #[serde(default)]
    pub versions: BTreeMap<Unit, u64>,
}

impl LedgerState {
    /// Returns the records of a unit, without walking over those of others.
    pub fn of<'a>(&'a self, unit: &'a Unit) -> Box<dyn Iterator<Item = (&'a Address, &'a Record)> + 'a> {
        match unit {
            Unit::Templates => Box::new(self.records.iter().take_while(|(at, _)| matches!(at, Address::Template(_)))),
            Unit::Customer(name) => {
                let customer = self.records.get_key_value(&Address::Customer(name.clone()));
                Box::new(customer.into_iter().chain(self.locations(name)).chain(self.users(name)))
            }
        }
    }

    /// Puts what was read anew of some units in the place of what was known of them.
    pub fn take_over(&mut self, units: &BTreeSet<Unit>, fresh: Self) {
        let Self { records, is_new, journal, versions } = fresh;
        self.records.retain(|at, _| !units.contains(&Unit::of(at)));
        self.records.extend(records);
        self.journal.retain(|_, entry| !units.contains(&entry.unit()));
        self.journal.extend(journal);
        self.versions.retain(|unit, _| !units.contains(unit));
        self.versions.extend(versions);
        self.is_new &= is_new;
    }

    /// Returns the entries of the journal whose fate is not known, in the order in which they were written.
    pub fn open_entries(&self) -> impl Iterator<Item = &Entry> {
        self.journal.values().filter(|entry| entry.is_open())
    }

    /// Returns the locations of a customer that the ledger knows, without walking over those of others.
    pub fn locations<'a>(&'a self, customer: &'a Name) -> impl Iterator<Item = (&'a Address, &'a Record)> {
        self.records
            .range(Address::first_location(customer)..)
            .take_while(move |(at, _)| matches!(at, Address::Location(name, _) if name == customer))
    }

    /// Returns the users of a customer that the ledger knows, without walking over those of others.
    pub fn users<'a>(&'a self, customer: &'a Name) -> impl Iterator<Item = (&'a Address, &'a Record)> {
        self.records
            .range(Address::first_user(customer)..)
            .take_while(move |(at, _)| matches!(at, Address::User(name, _) if name == customer))
    }

    /// Returns the id of a template, if it is known.
    pub fn provisioning_id(&self, template: &Name) -> Option<&ProvisioningId> {
        match self.records.get(&Address::Template(template.clone()))?.ids {
            RemoteIds::Template { ref provisioning_id } => provisioning_id.as_ref(),
            RemoteIds::Customer { .. } | RemoteIds::Location { .. } | RemoteIds::User { .. } => None,
        }
    }

    /// Returns the ids of a customer, if they are known.
    pub fn customer_ids(&self, customer: &Name) -> Option<(&CustomerId, Option<&OrgId>)> {
        match self.records.get(&Address::Customer(customer.clone()))?.ids {
            RemoteIds::Customer { ref id, ref org_id } => Some((id, org_id.as_ref())),
            RemoteIds::Template { .. } | RemoteIds::Location { .. } | RemoteIds::User { .. } => None,
        }
    }
}
