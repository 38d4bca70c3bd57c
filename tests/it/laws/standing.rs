//! What the service and the ledger hold after runs that were disturbed, compared with what they hold after one that
//! was not: ids differ, nothing else.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hubform::{
    model::{LedgerState, RemoteIds},
    sim::{State, Uuid, state::JobKind},
};

use super::{
    difference,
    faults::{doubles, settled},
    picture::{self, Picture},
};

/// What stands on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What the service holds.
    pub service: Picture,
    /// What the ledger holds, by address: fields, lifecycle, and whether hubform made it.
    pub ledger: Picture,
}

impl Standing {
    /// Reads both. `names` gives the manifest name of a customer by its external id.
    pub fn of(state: &State, ledger: &LedgerState, names: &BTreeMap<String, String>) -> Self {
        let mut service = picture::of_service(state, names);
        service.extend(organizations(state));
        service.insert("jobs".to_owned(), jobs(state));
        Self { service, ledger: records(ledger) }
    }
}

/// How many jobs were started that are not to be started twice: a second one may leave no other trace.
fn jobs(state: &State) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for job in state.jobs.values() {
        match job.kind {
            JobKind::MovePeople { .. } => *counts.entry("moves").or_default() += 1,
            JobKind::DeleteCallingLocation { .. } => *counts.entry("locations without calling").or_default() += 1,
            // A routing prefix is a value like any other, and set again where its fate is not known.
            _ => {}
        }
    }
    counts.into_iter().map(|(kind, count)| (kind.to_owned(), count.to_string())).collect()
}

/// Organizations with all their people and locations, also of customers that have left.
fn organizations(state: &State) -> Picture {
    let list = |items: BTreeSet<&str>| items.into_iter().collect::<Vec<_>>().join(" ");
    let organization = |(id, organization): (&Uuid, &hubform::sim::state::Organization)| {
        let people = state.people.values().filter(|it| it.org == *id).map(|it| it.email.as_str()).collect();
        let locations = state.locations.values().filter(|it| it.org == *id).map(|it| it.name.as_str()).collect();
        let object = [("people", list(people)), ("locations", list(locations))];
        (
            format!("organization/{}", organization.name),
            object.map(|(field, value)| (field.to_owned(), value)).into_iter().collect(),
        )
    };
    state.organizations.iter().map(organization).collect()
}

fn records(ledger: &LedgerState) -> Picture {
    let object = |(at, record): (&hubform::model::Address, &hubform::model::Record)| {
        let mut object: BTreeMap<String, String> =
            record.applied.iter().map(|(path, value)| (path.to_string(), format!("{value:?}"))).collect();
        object.insert("(created)".to_owned(), record.created.to_string());
        object.insert("(lifecycle)".to_owned(), format!("{:?}", record.lifecycle));
        (format!("record of {at}"), object)
    };
    ledger.records.iter().map(object).collect()
}

/// Returns the UUID in an id, encoded or bare.
fn uuid(id: &str) -> Option<Uuid> {
    let decoded = URL_SAFE_NO_PAD.decode(id).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.as_deref().and_then(|text| text.rsplit('/').next()).unwrap_or(id).parse().ok()
}

/// Lists what is wrong with what stands: twice, lost, left behind, or other than it should be.
pub fn wrong(state: &State, ledger: &LedgerState, names: &BTreeMap<String, String>, wanted: &Standing) -> Vec<String> {
    if !settled(state) {
        return vec!["a customer has no organization".to_owned()];
    }
    let found = Standing::of(state, ledger, names);
    let mut wrong = doubles(state);
    wrong.extend(difference(&wanted.service, &found.service));
    wrong.extend(difference(&wanted.ledger, &found.ledger));
    wrong.extend(strays(state, ledger));
    wrong.extend(
        ledger
            .open_entries()
            .map(|entry| format!("the entry {} of {} ({:?}) is still open", entry.id, entry.step, entry.request)),
    );
    wrong
}

/// Lists what only one side knows.
fn strays(state: &State, ledger: &LedgerState) -> Vec<String> {
    let mut known: BTreeSet<Uuid> = BTreeSet::new();
    let mut strays = Vec::new();
    for (at, record) in &ledger.records {
        let mut is_there = |what: &str, id: Option<&str>, there: &dyn Fn(&Uuid) -> bool| match id.map(uuid) {
            Some(Some(id)) if there(&id) => drop(known.insert(id)),
            _ => strays.push(format!("the ledger's {what} of {at} is not there: {id:?}")),
        };
        match &record.ids {
            RemoteIds::Template { provisioning_id } => {
                let id = provisioning_id.as_ref().map(hubform::model::ProvisioningId::as_str);
                is_there("id", id, &|id| state.templates.contains_key(id));
            }
            RemoteIds::Customer { id, org_id } => {
                is_there("id", Some(id.as_str()), &|id| state.customers.contains_key(id));
                let org = org_id.as_ref().map(hubform::model::OrgId::as_str);
                is_there("organization", org, &|id| state.organizations.contains_key(id));
            }
            RemoteIds::Location { id } => {
                is_there("id", Some(id.as_str()), &|id| state.locations.contains_key(id));
            }
            RemoteIds::User { id, person_id } => {
                is_there("id", Some(id.as_str()), &|id| state.subscribers.contains_key(id));
                let person = person_id.as_ref().map(hubform::model::PersonId::as_str);
                is_there("person", person, &|id| state.people.contains_key(id));
            }
        }
    }
    let mut expect = |what: String, id: &Uuid| {
        if !known.contains(id) {
            strays.push(format!("the ledger does not know {what}"));
        }
    };
    for (id, template) in state.templates.iter() {
        expect(format!("the template {}", template.name), id);
    }
    for (id, customer) in state.customers.iter() {
        expect(format!("the customer {}", customer.external_id), id);
        for (id, location) in state.locations.iter().filter(|(_, it)| Some(it.org) == customer.org) {
            expect(format!("the location {} of {}", location.name, customer.external_id), id);
        }
    }
    for (id, subscriber) in state.subscribers.iter() {
        expect(format!("the subscriber {}", subscriber.email), id);
    }
    strays
}
