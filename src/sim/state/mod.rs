//! What the simulated service knows: a plain value that can be cloned, compared and written down.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::id::Uuid;
use super::table::{Record, Table};

/// Makes a record of a type: its key, and the lookups of a row.
macro_rules! record {
    ($name:ident, $key:ty, |$row:ident| $lookups:expr) => {
        impl Record for $name {
            type Key = $key;

            fn lookups(&self) -> Vec<String> {
                let $row = self;
                $lookups
            }
        }
    };
}

mod jobs;
mod partner;
mod people;
mod places;
mod tokens;
mod wholesale;

pub use jobs::{Job, JobEnd, JobError, JobKind, Pause, PersonMove, Task, Work};
pub use partner::{
    BillingReport, PartnerAdmin, ReportType, Tag, TagSet, Webhook, WebhookEvent, WebhookResource, WebhookSecret,
};
pub use people::{AlternateNumber, Alternates, Person, RingPattern};
pub use places::{
    Callback, Calling, EmergencyAddress, Floor, Location, Mobile, Number, Pstn, PstnType, RouteType, SpokenLanguages,
};
pub use tokens::{Grant, Token, TokenKind};
pub use wholesale::{
    Address, CallingLocation, Customer, CustomerInfo, CustomerStatus, FormerCustomer, Line, Obstacle, Organization,
    PackageStatus, Standing, Subscriber, Template,
};

/// Everything the simulated service knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// Numbers handed out so far; every id comes from here.
    pub counters: Table<Counter>,
    /// Onboarding templates.
    pub templates: Table<Template>,
    /// Organizations, the partner's own among them.
    pub organizations: Table<Organization>,
    /// Wholesale customers.
    pub customers: Table<Customer>,
    /// Wholesale customers that were removed.
    pub former_customers: Table<FormerCustomer>,
    /// Wholesale subscribers.
    pub subscribers: Table<Subscriber>,
    /// Billing reports.
    pub reports: Table<BillingReport>,
    /// People who manage some of the partner's customers.
    pub partner_admins: Table<PartnerAdmin>,
    /// Tags of organizations and their subscriptions.
    pub tags: Table<TagSet>,
    /// Webhooks.
    pub webhooks: Table<Webhook>,
    /// People of every organization.
    pub people: Table<Person>,
    /// Locations, with or without calling.
    pub locations: Table<Location>,
    /// Floors of locations.
    pub floors: Table<Floor>,
    /// Phone numbers of the whole service, by E.164 text.
    pub numbers: Table<Number>,
    /// Emergency addresses of locations.
    pub emergency_addresses: Table<EmergencyAddress>,
    /// Jobs, running and ended.
    pub jobs: Table<Job>,
    /// What somebody has allowed a program to do.
    pub grants: Table<Grant>,
    /// Tokens given out, by the digest of their text.
    pub tokens: Table<Token>,
    /// Asynchronous work that is not done yet.
    pub tasks: Table<Task>,
}

impl State {
    /// Returns the id of the next thing that is made.
    pub(crate) fn next_id(&mut self) -> Uuid {
        let key = Counter::IDS.to_owned();
        let last = self.counters.get(&key).map_or(0, |counter| counter.last) + 1;
        self.counters.insert(key, Counter { last });
        Uuid::numbered(last)
    }

    /// Starts asynchronous work that is done at `due`.
    pub(crate) fn schedule(&mut self, due: Timestamp, work: Work) {
        let id = self.next_id();
        self.tasks.insert(id, Task { due, work });
    }
}

/// A counter of the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    /// The last number handed out.
    pub last: u64,
}

impl Counter {
    pub(crate) const IDS: &'static str = "ids";
}

record!(Counter, String, |_row| Vec::new());

/// A record written or removed, as the store keeps it.
pub(crate) struct Change {
    pub(crate) table: &'static str,
    pub(crate) key: String,
    /// The record as JSON; none if it is gone.
    pub(crate) body: Result<Option<String>, serde_json::Error>,
}

macro_rules! tables {
    ($($name:ident),* $(,)?) => {
        impl State {
            /// Lists what was written or removed since [`State::saved`].
            pub(crate) fn changes(&self) -> Vec<Change> {
                let mut changes = Vec::new();
                $(
                    changes.extend(self.$name.changes().map(|(key, row)| Change {
                        table: stringify!($name),
                        key: key.to_string(),
                        body: row.map(serde_json::to_string).transpose(),
                    }));
                )*
                changes
            }

            /// Whether anything was written or removed since [`State::saved`].
            pub(crate) fn has_changes(&self) -> bool {
                false $(|| self.$name.changes().next().is_some())*
            }

            /// Notes that all changes are in the store.
            pub(crate) fn saved(&mut self) {
                $(self.$name.saved();)*
            }

            /// Puts a record of the store in place; `Ok(false)` if there is no such table.
            pub(crate) fn load(
                &mut self,
                table: &str,
                key: &str,
                body: &str,
            ) -> Result<bool, serde_json::Error> {
                match table {
                    $(
                        stringify!($name) => {
                            let key = serde_json::from_value(Value::String(key.to_owned()))?;
                            self.$name.load(key, serde_json::from_str(body)?);
                        }
                    )*
                    _ => return Ok(false),
                }
                Ok(true)
            }
        }
    };
}

tables!(
    counters,
    templates,
    organizations,
    customers,
    former_customers,
    subscribers,
    reports,
    partner_admins,
    tags,
    webhooks,
    people,
    locations,
    floors,
    numbers,
    emergency_addresses,
    jobs,
    tasks,
    grants,
    tokens,
);
