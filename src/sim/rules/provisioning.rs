//! What happens by itself: asynchronous work that comes due.

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::config::Config;
use crate::sim::id::Uuid;
use crate::sim::reference::FULL_ADMIN;
use crate::sim::rules::{customers, jobs, packages};
use crate::sim::state::{
    Alternates, Calling, CallingLocation, Customer, CustomerInfo, CustomerStatus, EmergencyAddress, Floor, Location,
    Number, Organization, PackageStatus, PartnerAdmin, Person, State, Subscriber, TagSet, Work,
};
use jiff::Timestamp;

/// Does all work that is due at `now`, in the order in which it came due.
pub(crate) fn settle(state: &mut State, config: &Config, now: Timestamp) {
    loop {
        let next = state
            .tasks
            .iter()
            .filter(|(_, task)| task.due <= now)
            .min_by_key(|(id, task)| (task.due, **id))
            .map(|(id, task)| (*id, task.clone()));
        let Some((id, task)) = next else { return };
        state.tasks.remove(&id);
        match task.work {
            Work::Provision { customer } => provision(state, config, task.due, customer),
            Work::Update { customer } => update(state, config, task.due, customer),
            Work::Remove { customer } => remove(state, customer),
            Work::RemoveOrganization { org } => remove_org(state, org),
            Work::RemoveNumber { number } => drop(state.numbers.remove(&number)),
            Work::Run { job } => jobs::run(state, config, task.due, job),
        }
    }
}

/// Ends a creation, unless it fails or waits for a review.
fn provision(state: &mut State, config: &Config, now: Timestamp, key: Uuid) {
    let Some(customer) = state.customers.get(&key) else {
        return;
    };
    if let Some(code) = config.failing_customers.get(&customer.external_id) {
        state.customers.edit(&key, |customer| {
            customer.status = CustomerStatus::Error;
            customer.failure = Some(*code);
            customer.broken = customer.packages.keys().cloned().collect();
            for status in customer.packages.values_mut() {
                *status = PackageStatus::Error;
            }
        });
    } else if config.reviewed_customers.contains(&customer.external_id) {
        state.customers.edit(&key, |customer| customer.status = CustomerStatus::PendingRplReview);
    } else {
        create(state, config, now, key);
    }
}

/// The review of a customer that waits for one ends well. Returns whether one with that external id waited.
pub(crate) fn complete_review(state: &mut State, config: &Config, now: Timestamp, external_id: &str) -> bool {
    let waiting = state
        .customers
        .find(&Customer::external(external_id))
        .find(|(_, customer)| customer.status == CustomerStatus::PendingRplReview)
        .map(|(key, _)| *key);
    let Some(key) = waiting else { return false };
    create(state, config, now, key);
    true
}

fn create(state: &mut State, config: &Config, now: Timestamp, key: Uuid) {
    let Some(customer) = state.customers.get(&key).cloned() else {
        return;
    };
    let org = customer.org.unwrap_or_else(|| {
        let info = customer.info.as_ref();
        let name = info.map_or("", |info| info.name.as_str());
        let language = info.and_then(|info| info.language.clone());
        make_org(state, config, now, name, language)
    });
    if let Some(info) = &customer.info {
        make_administrator(state, now, org, info);
    }
    let customer = Customer { org: Some(org), ..customer };
    let customer = settle_packages(config, customer);
    if let (Some(location), true) = (&customer.calling, has_calling(&customer)) {
        make_headquarters(state, now, org, location);
    }
    state.customers.insert(key, customer);
}

fn update(state: &mut State, config: &Config, now: Timestamp, key: Uuid) {
    let Some(mut customer) = state.customers.get(&key).cloned() else {
        return;
    };
    customer.packages.retain(|_, status| *status != PackageStatus::Deleting);
    let Customer { packages, limits, .. } = &mut customer;
    limits.retain(|name, _| packages.contains_key(name));
    let customer = settle_packages(config, customer);
    if let (Some(org), Some(location), true) = (customer.org, &customer.calling, has_calling(&customer))
        // One that is there, whatever its name has become, is the headquarters already.
        && state.locations.count(&Location::calling_in(org)) == 0
    {
        make_headquarters(state, now, org, location);
    }
    state.customers.insert(key, customer);
}

/// Drops the mapping of a customer, and of subscribers that a kind switch has let stay; the organization remains.
fn remove(state: &mut State, customer: Uuid) {
    for subscriber in keys(state.subscribers.find(&Subscriber::of_customer(customer))) {
        state.subscribers.remove(&subscriber);
    }
    customers::remove(state, customer);
}

/// Drops an organization with everything in it.
fn remove_org(state: &mut State, org: Uuid) {
    for number in keys(state.numbers.find(&Number::of_org(org))) {
        state.numbers.remove(&number);
    }
    for address in keys(state.emergency_addresses.find(&EmergencyAddress::of_org(org))) {
        state.emergency_addresses.remove(&address);
    }
    for person in keys(state.people.find(&Person::of_org(org))) {
        state.people.remove(&person);
    }
    for location in keys(state.locations.find(&Location::of_org(org))) {
        for floor in keys(state.floors.find(&Floor::at(location))) {
            state.floors.remove(&floor);
        }
        state.locations.remove(&location);
    }
    for tags in keys(state.tags.find(&TagSet::of_org(org))) {
        state.tags.remove(&tags);
    }
    for admin in keys(state.partner_admins.find(&PartnerAdmin::of_org(org))) {
        state.partner_admins.edit(&admin, |admin| admin.organizations.remove(&org));
    }
    state.organizations.remove(&org);
}

fn keys<'a, K: Clone + 'a, V: 'a>(rows: impl Iterator<Item = (&'a K, &'a V)>) -> Vec<K> {
    rows.map(|(key, _)| key.clone()).collect()
}

/// Ends what is under way with the packages, well or badly.
fn settle_packages(config: &Config, mut customer: Customer) -> Customer {
    let is_in = |hook: &BTreeMap<String, BTreeSet<String>>, name: &str| {
        hook.get(&customer.external_id).is_some_and(|names| names.contains(name))
    };
    customer.broken.clear();
    for (name, status) in &mut customer.packages {
        if *status == PackageStatus::Provisioning {
            let broken = is_in(&config.broken_packages, name);
            if broken {
                customer.broken.insert(name.clone());
            }
            let fails = broken || is_in(&config.failing_packages, name);
            *status = if fails { PackageStatus::Error } else { PackageStatus::Provisioned };
        }
    }
    let failed = customer.packages.values().any(|status| *status == PackageStatus::Error);
    customer.status = if failed { CustomerStatus::ProvisionedWithErrors } else { CustomerStatus::Provisioned };
    customer
}

/// Whether a calling package works.
pub(crate) fn has_calling(customer: &Customer) -> bool {
    let healthy = customer.packages.keys().filter(|name| customer.has_healthy(name));
    packages::any_calling(healthy.map(String::as_str))
}

/// Makes an organization with the trunks and route groups that it finds in place.
pub(crate) fn make_org(
    state: &mut State,
    config: &Config,
    now: Timestamp,
    name: &str,
    language: Option<String>,
) -> Uuid {
    let id = state.next_id();
    let mut routes = |names: &[String]| -> BTreeMap<String, Uuid> {
        names.iter().map(|name| (name.clone(), state.next_id())).collect()
    };
    let (trunks, route_groups) = (routes(&config.trunks), routes(&config.route_groups));
    let org = Organization {
        name: name.to_owned(),
        language,
        created: now,
        modified: now,
        version: 1,
        reached: false,
        calling: false,
        trunks,
        route_groups,
        obstacles: BTreeSet::new(),
        deleting: false,
    };
    state.organizations.insert(id, org);
    id
}

/// Makes the first administrator, a person without a package; one who is there already is left alone.
fn make_administrator(state: &mut State, now: Timestamp, org: Uuid, info: &CustomerInfo) {
    if state.people.first(&Person::with_email(&info.email)).is_some() {
        return;
    }
    let mut person = new_person(org, &info.email, None, None, now);
    person.roles.insert(FULL_ADMIN.to_owned());
    let id = state.next_id();
    state.people.insert(id, person);
}

/// Returns a person who has nothing yet.
pub(crate) fn new_person(
    org: Uuid,
    email: &str,
    first_name: Option<String>,
    last_name: Option<String>,
    now: Timestamp,
) -> Person {
    let names: Vec<&str> = [&first_name, &last_name].into_iter().flatten().map(String::as_str).collect();
    let display_name = if names.is_empty() { email.to_owned() } else { names.join(" ") };
    Person {
        org,
        email: email.to_owned(),
        first_name,
        last_name,
        display_name,
        roles: BTreeSet::new(),
        licenses: BTreeSet::new(),
        location: None,
        number: None,
        extension: None,
        alternates: Alternates::default(),
        profile: BTreeMap::new(),
        identity: BTreeMap::new(),
        is_locked_out: false,
        is_machine: false,
        created: now,
        modified: now,
    }
}

/// Makes the calling location that a customer request describes, unless a calling location of that name is there.
pub(crate) fn make_headquarters(state: &mut State, now: Timestamp, org: Uuid, wanted: &CallingLocation) {
    let there = state.locations.find(&Location::named(org, &wanted.name));
    if there.into_iter().any(|(_, location)| location.calling.is_some()) {
        return;
    }
    let mut calling = Calling::new(&wanted.language);
    calling.p_access_network_info.clone_from(&wanted.emergency_location_identifier);
    let location = Location {
        org,
        name: wanted.name.clone(),
        time_zone: wanted.time_zone.clone(),
        preferred_language: wanted.language.clone(),
        announcement_language: wanted.language.clone(),
        address: wanted.address.clone(),
        latitude: None,
        longitude: None,
        notes: None,
        calling: Some(calling),
        created: now,
    };
    let id = state.next_id();
    state.locations.insert(id, location);
}
