//! One observed object in the words of manifests, for those who only look.

use crate::model::{
    Address, Desired, DesiredObject, Fields, LedgerState, LocationId, Name, Observed, ObservedCustomer,
    ObservedLocation, Reading, RemoteIds, Spec,
};

use super::{index::Index, seen};

/// Returns the fields that the service reports of an object, found as a plan finds it (R1). Fields that the service
/// keeps to itself are absent.
pub fn observed_fields(at: &Address, observed: &Observed, desired: &Desired, ledger: &LedgerState) -> Reading<Fields> {
    match at {
        Address::Template(_) if !observed.has_registry => {
            Reading::Failed("the service lets nobody read templates".to_owned())
        }
        Address::Template(name) => match observed.templates.get(name) {
            Some(Reading::Found(template)) => Reading::Found(template.fields.clone()),
            other => unread(other),
        },
        Address::Customer(name) | Address::Location(name, _) | Address::User(name, _) => {
            match observed.customers.get(name) {
                Some(Reading::Found(customer)) => below(at, name, customer, desired, ledger),
                other => unread(other),
            }
        }
    }
}

/// Returns a reading that found nothing as one of another type.
fn unread<T>(reading: Option<&Reading<T>>) -> Reading<Fields> {
    match reading {
        None | Some(Reading::Absent | Reading::Found(_)) => Reading::Absent,
        Some(Reading::Ambiguous(ids)) => Reading::Ambiguous(ids.clone()),
        Some(Reading::Failed(why)) => Reading::Failed(why.clone()),
    }
}

fn below(
    at: &Address,
    name: &Name,
    customer: &ObservedCustomer,
    desired: &Desired,
    ledger: &LedgerState,
) -> Reading<Fields> {
    let index = Index::new(name, customer.organization.as_ref(), &customer.subscribers, ledger);
    let ids = ledger.records.get(at).map(|record| &record.ids);
    let fields = match at {
        Address::Template(_) => None,
        Address::Customer(_) => Some(seen::customer(customer).values),
        Address::Location(..) => location(at, ids, customer, &index, desired).map(|found| seen::location(found).values),
        Address::User(_, email) => {
            let subscriber = match ids {
                Some(RemoteIds::User { id, person_id: _ }) => index.subscriber(id.as_str(), email),
                _ => index.subscriber_of(email),
            };
            let person = subscriber
                .and_then(|subscriber| subscriber.person_id.as_ref())
                .and_then(|id| index.person(id))
                .or_else(|| index.person_of(email));
            let name_of = |id: &LocationId| index.location_name(id).cloned();
            (subscriber.is_some() || person.is_some())
                .then(|| seen::user(subscriber, person.map(|(_, person)| person), name_of).values)
        }
    };
    fields.map_or(Reading::Absent, Reading::Found)
}

fn location<'a>(
    at: &Address,
    ids: Option<&RemoteIds>,
    customer: &'a ObservedCustomer,
    index: &Index<'a>,
    desired: &Desired,
) -> Option<&'a ObservedLocation> {
    if let Some(RemoteIds::Location { id }) = ids {
        return index.location(id).map(|(_, found)| found);
    }
    let Some(Spec::Location(location)) = desired.objects.get(at).map(|object: &DesiredObject| &object.spec) else {
        return None;
    };
    match &location.id {
        Some(id) => index.location(id).map(|(_, found)| found),
        None => customer
            .organization
            .iter()
            .flat_map(|organization| organization.locations.values())
            .find(|found| found.name == location.display_name),
    }
}
