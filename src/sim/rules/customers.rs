//! `/wholesale/customers`: what is asked for, checked, and taken in; [`super::provisioning`] finishes it.

use std::collections::{BTreeMap, BTreeSet};

use super::customer_request::{
    attached_org, check_calling, check_email, check_external_id, check_info, check_template, has_calling_location,
    take_parameters,
};
use super::sub_partners::{self, Deed};
use super::{addresses, packages};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::config::OrgIdShown;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference;
use crate::sim::reply::{Accepted, Empty, Found, Items};
use crate::sim::state::{
    CallingLocation, Customer, CustomerInfo, CustomerStatus, FormerCustomer, Location, PackageStatus, State,
    Subscriber, Work,
};
use crate::sim::wire::customer as wire;
use crate::sim::wire::customer::CustomerPackage;

/// Finds the customer that a path names, among those of whom the request acts for.
fn find<'a>(state: &'a State, cx: &Context<'_>, call: &Call, deed: Deed) -> Result<(Uuid, &'a Customer), Refusal> {
    let acting = sub_partners::acting(cx, call, deed)?;
    let id = call.id();
    let key = Call::decode(cx, IdKind::Enterprise, id);
    let found = key.and_then(|key| Some((key, state.customers.get(&key)?)));
    if let Some(found) = found.filter(|(_, customer)| customer.sub_partner == acting) {
        return Ok(found);
    }
    let removed = key.and_then(|key| state.former_customers.get(&key)).is_some_and(|row| row.sub_partner == acting);
    if removed {
        let status = cx.config.removed_customer_status.code();
        return Err(Refusal::new(status, Code::None, format!("customer `{id}` was removed")));
    }
    Err(Refusal::not_found("customer", id))
}

/// Finds the customer that a `customerId` names: there, both types of id are seen.
pub(crate) fn find_by_any_id(state: &State, cx: &Context<'_>, acting: Option<Uuid>, id: &str) -> Option<Uuid> {
    Call::decode(cx, IdKind::Enterprise, id)
        .or_else(|| IdKind::Customer.decode(id))
        .filter(|key| state.customers.get(key).is_some_and(|customer| customer.sub_partner == acting))
}

/// Whether the API shows the customer's organization.
fn shows_org(cx: &Context<'_>, status: CustomerStatus) -> bool {
    match status {
        CustomerStatus::Provisioned => true,
        CustomerStatus::ProvisionedWithErrors | CustomerStatus::Updating | CustomerStatus::Deleting => {
            cx.config.org_id_shown == OrgIdShown::OnceMade
        }
        CustomerStatus::Provisioning | CustomerStatus::Error | CustomerStatus::PendingRplReview => false,
    }
}

/// The problem that a package has when it fails (official example).
fn package_problem() -> wire::ProvisioningError {
    wire::ProvisioningError {
        error_code: 2560,
        description: "One or more Webex Calling services are unavailable due to maintenance, unable to start \
                      provisioning. Consult status.webex.com and retry later."
            .to_owned(),
    }
}

/// Shows a customer: much less than was sent.
fn show(cx: &Context<'_>, key: Uuid, customer: &Customer, with_licenses: bool) -> wire::Customer {
    let packages = customer.packages.iter().filter_map(|(name, status)| {
        let problem = |shown: bool| (shown && *status == PackageStatus::Error).then(package_problem);
        let broken = customer.broken.contains(name);
        let org = customer.org.filter(|_| with_licenses && *status == PackageStatus::Provisioned);
        Some(wire::PackageDetail {
            name: CustomerPackage::find(name)?,
            status: *status,
            warnings: problem(!broken).into_iter().collect(),
            errors: problem(broken).into_iter().collect(),
            license_ids: org.map(|org| vec![reference::license_id(org, name)]),
        })
    });
    let failure = customer.failure.map(|error_code| wire::ProvisioningError {
        error_code,
        description: "the customer could not be created".to_owned(),
    });
    wire::Customer {
        id: IdKind::Enterprise.encode(key),
        org_id: customer.org.filter(|_| shows_org(cx, customer.status)).map(|org| IdKind::Organization.encode(org)),
        external_id: customer.external_id.clone(),
        address: addresses::show(&customer.address),
        status: customer.status,
        packages: customer.packages.keys().filter_map(|name| CustomerPackage::find(name)).collect(),
        resource_details: wire::ResourceDetails { packages: packages.collect() },
        errors: failure.into_iter().collect(),
    }
}

fn url(cx: &Context<'_>, key: Uuid) -> String {
    format!("{}/wholesale/customers/{}", cx.base, IdKind::Enterprise.encode(key))
}

fn accepted(cx: &Context<'_>, key: Uuid) -> Accepted<wire::CustomerUrl> {
    let url = url(cx, key);
    Accepted::new(wire::CustomerUrl { url: url.clone() }).location(url)
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<Items<wire::Customer>>, Refusal> {
    let acting = sub_partners::acting(cx, call, Deed::Look)?;
    let wanted = wanted_statuses(cx, call)?;
    let org = call.param("orgId").map(|id| {
        Call::decode(cx, IdKind::Organization, id)
            .ok_or_else(|| Refusal::bad(Code::None, format!("`{id}` is not an organization id")))
    });
    let org = org.transpose()?;
    let external = call.param("externalId");
    let candidates: Box<dyn Iterator<Item = (&Uuid, &Customer)>> = match (external, org) {
        (Some(id), _) => Box::new(state.customers.find(&Customer::external(id)).rev()),
        (None, Some(org)) => Box::new(state.customers.find(&Customer::of_org(org)).rev()),
        (None, None) => Box::new(state.customers.iter().rev()),
    };
    let matching = candidates.filter(|(_, customer)| {
        customer.sub_partner == acting
            && (wanted.is_empty() || wanted.contains(&customer.status.name()))
            && org.is_none_or(|org| customer.org == Some(org) && customer.status != CustomerStatus::Provisioning)
    });
    let page = Page::cut(call, cx, Paging::Offset, Length { usual: 50, cap: 100 }, matching)?;
    let items = page.items.iter().map(|(key, customer)| show(cx, **key, customer, false)).collect();
    Ok(Found::new(Items { items }).link(page.link))
}

/// Reads the filter `status`: the parameter repeated, or with a switch a list with commas.
fn wanted_statuses<'a>(cx: &Context<'_>, call: &'a Call) -> Result<Vec<&'a str>, Refusal> {
    let commas = !cx.config.comma_lists.refuses();
    let wanted: Vec<&str> =
        call.params("status").flat_map(|text| if commas { text.split(',').collect() } else { vec![text] }).collect();
    match wanted.iter().find(|status| !CustomerStatus::ALL.contains(status)) {
        Some(unknown) => Err(Refusal::bad(Code::None, format!("`{unknown}` is not a status of customers"))),
        None => Ok(wanted),
    }
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::Customer>, Refusal> {
    let (key, customer) = find(state, cx, call, Deed::Look)?;
    let with_licenses = call.flag("includePackageLicenseInfo")?.unwrap_or(false);
    Ok(Found::new(show(cx, key, customer, with_licenses)).location(url(cx, key)))
}

pub(crate) fn create(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::CustomerRequest,
) -> Result<Accepted<wire::CustomerUrl>, Refusal> {
    let acting = sub_partners::acting(cx, call, Deed::Change)?;
    let customer = take_new(state, cx, acting, asked)?;
    let failed: Vec<Uuid> = failed_namesakes(state, acting, &customer.external_id).collect();
    for key in failed {
        state.customers.remove(&key);
    }
    let key = state.next_id();
    state.customers.insert(key, customer);
    state.schedule(cx.due(), Work::Provision { customer: key });
    Ok(accepted(cx, key))
}

/// Returns the customers with an external id whose creation failed: they make room for a new one, where that is
/// allowed at all.
fn failed_namesakes(state: &State, acting: Option<Uuid>, external_id: &str) -> impl Iterator<Item = Uuid> {
    state
        .customers
        .find(&Customer::external(external_id))
        .filter(move |(_, row)| row.sub_partner == acting && row.status == CustomerStatus::Error)
        .map(|(key, _)| *key)
}

fn take_new(
    state: &State,
    cx: &Context<'_>,
    acting: Option<Uuid>,
    asked: wire::CustomerRequest,
) -> Result<Customer, Refusal> {
    let wire::CustomerRequest {
        provisioning_id,
        packages,
        org_id,
        external_id,
        address,
        customer_info,
        provisioning_parameters,
        sub_partner_admin_email,
    } = asked;
    let packages = packages::check(cx, &packages)?;
    let org = org_id.map(|id| attached_org(state, cx, &id)).transpose()?;
    if customer_info.is_none() && org.is_none() {
        return Err(Family::Wholesale.missing("customerInfo"));
    }
    let address = addresses::take("address", address)?;
    let parameters = take_parameters(cx, provisioning_parameters, &packages)?;
    check_template(state, cx, &provisioning_id)?;
    check_external_id(state, cx, acting, &external_id, None)?;
    check_calling(state, org, &packages, parameters.calling.as_ref())?;
    let info = customer_info.map(|info| CustomerInfo {
        email: info.primary_email.to_lower(),
        name: info.name.into_string(),
        language: info.language.map(String::from),
    });
    if let Some(info) = &info {
        check_info(&info.name)?;
        check_email(state, org, &info.email)?;
    }
    Ok(Customer {
        org,
        external_id: external_id.into_string(),
        provisioning_id: provisioning_id.into_string(),
        address,
        status: CustomerStatus::Provisioning,
        packages: packages.into_iter().map(|name| (name, PackageStatus::Provisioning)).collect(),
        limits: parameters.limits,
        info,
        calling: parameters.calling,
        meetings_time_zone: parameters.meetings_time_zone,
        sub_partner_admin_email: sub_partner_admin_email.map(String::from),
        sub_partner: acting,
        failure: None,
        broken: BTreeSet::new(),
        created: cx.now,
    })
}

/// The precheck: the address at least, everything of a creation at most. Makes nothing.
pub(crate) fn validate(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::CustomerPrecheck,
) -> Result<Found<wire::PrecheckResult>, Refusal> {
    let acting = sub_partners::acting(cx, call, Deed::Change)?;
    let wire::CustomerPrecheck {
        address,
        provisioning_id,
        packages,
        org_id,
        external_id,
        customer_info,
        provisioning_parameters,
    } = asked;
    let packages = packages.map(|packages| packages::check(cx, &packages)).transpose()?;
    let org = org_id.map(|id| attached_org(state, cx, &id)).transpose()?;
    addresses::take("address", address)?;
    let all = packages.clone().unwrap_or_default();
    let parameters = take_parameters(cx, provisioning_parameters, &all)?;
    if let Some(id) = provisioning_id {
        check_template(state, cx, &id)?;
    }
    if let Some(id) = external_id {
        check_external_id(state, cx, acting, &id, None)?;
    }
    if let Some(packages) = packages {
        check_calling(state, org, &packages, parameters.calling.as_ref())?;
    }
    if let Some(info) = customer_info {
        check_info(info.name.as_deref().unwrap_or_default())?;
        check_email(state, org, &info.primary_email.to_lower())?;
    }
    Ok(prechecked())
}

/// The answer of a precheck that found nothing.
pub(crate) fn prechecked() -> Found<wire::PrecheckResult> {
    let info = wire::PrecheckInfo { info_code: 100, description: "Provisioning preCheck validation successful." };
    Found::new(wire::PrecheckResult { message: "success", info: vec![info] })
}

pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::CustomerChange,
) -> Result<Accepted<wire::CustomerUrl>, Refusal> {
    let (key, old) = find(state, cx, call, Deed::Change)?;
    refuse_busy(old)?;
    if old.status == CustomerStatus::Error {
        return Err(Refusal::conflict("the customer could not be created; remove it and create it anew"));
    }
    let wire::CustomerChange { packages, external_id, address, provisioning_parameters, sub_partner_admin_email } =
        asked;
    let packages = packages::check(cx, &packages)?;
    let address = address.map(|address| addresses::take("address", address)).transpose()?;
    let parameters = take_parameters(cx, provisioning_parameters, &packages)?;

    if let Some(id) = &external_id {
        check_external_id(state, cx, old.sub_partner, id, Some(key))?;
    }
    check_calling(state, old.org, &packages, parameters.calling.as_ref().or(old_calling(old, &packages)))?;
    check_removals(state, cx, key, old, &packages)?;
    check_limits_in_use(state, key, &parameters.limits)?;

    let mut new = old.clone();
    new.status = CustomerStatus::Updating;
    for (name, status) in &mut new.packages {
        if !packages.contains(name) {
            *status = PackageStatus::Deleting;
        } else if *status == PackageStatus::Error {
            *status = PackageStatus::Provisioning;
        }
    }
    for name in packages {
        new.packages.entry(name).or_insert(PackageStatus::Provisioning);
    }
    new.external_id = external_id.map_or(new.external_id, String::from);
    new.address = address.unwrap_or(new.address);
    if parameters.empty_limits && !cx.config.empty_limits_clear.refuses() {
        new.limits.clear();
    }
    new.limits.extend(parameters.limits);
    // A location that is there is not altered by this request (assumed). One that the creation asked for, and a
    // failed package kept from being made, is made by the retry.
    if !has_calling_location(state, new.org) {
        new.calling = parameters.calling.or(new.calling);
    } else if let (Some(org), Some(wanted), true) =
        (new.org, parameters.calling, !cx.config.put_alters_headquarters.refuses())
    {
        alter_headquarters(state, org, &wanted);
        new.calling = Some(wanted);
    }
    new.meetings_time_zone = parameters.meetings_time_zone.or(new.meetings_time_zone);
    new.sub_partner_admin_email = sub_partner_admin_email.map(String::from).or(new.sub_partner_admin_email);
    state.customers.insert(key, new);
    state.schedule(cx.due(), Work::Update { customer: key });
    Ok(accepted(cx, key))
}

/// Gives the headquarters, the oldest calling location, what a request says.
fn alter_headquarters(state: &mut State, org: Uuid, wanted: &CallingLocation) {
    let Some(key) = state.locations.first(&Location::calling_in(org)).map(|(key, _)| *key) else {
        return;
    };
    let name_is_free = state.locations.find(&Location::named(org, &wanted.name)).all(|(other, _)| *other == key);
    state.locations.edit(&key, |location| {
        if name_is_free {
            location.name.clone_from(&wanted.name);
        }
        location.address.clone_from(&wanted.address);
        location.time_zone.clone_from(&wanted.time_zone);
        location.preferred_language.clone_from(&wanted.language);
        location.announcement_language.clone_from(&wanted.language);
    });
}

/// Returns the headquarters that an earlier request asked for, as far as it still matters.
fn old_calling<'a>(old: &'a Customer, packages: &BTreeSet<String>) -> Option<&'a CallingLocation> {
    let wanted = packages::any_calling(packages.iter().map(String::as_str));
    old.calling.as_ref().filter(|_| wanted)
}

fn refuse_busy(customer: &Customer) -> Result<(), Refusal> {
    if customer.status.is_settled() {
        return Ok(());
    }
    Err(Refusal::conflict(format!("the customer is `{}`; wait for it", customer.status.name())))
}

fn check_removals(
    state: &State,
    cx: &Context<'_>,
    key: Uuid,
    old: &Customer,
    packages: &BTreeSet<String>,
) -> Result<(), Refusal> {
    for name in old.packages.keys().filter(|name| !packages.contains(*name)) {
        let holders = state.subscribers.count(&Subscriber::with_package(key, name));
        if holders > 0 && cx.config.package_removal_in_use.refuses() {
            return Err(Refusal::conflict(format!("package `{name}` is held by {holders} subscribers")));
        }
    }
    Ok(())
}

fn check_limits_in_use(state: &State, key: Uuid, limits: &BTreeMap<String, u64>) -> Result<(), Refusal> {
    for (name, limit) in limits {
        let holders = state.subscribers.count(&Subscriber::with_package(key, name));
        if holders as u64 > *limit {
            return Err(Refusal::bad(
                Code::None,
                format!("limit {limit} of `{name}` is below the {holders} subscribers that hold it"),
            ));
        }
    }
    Ok(())
}

pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Empty<202>, Refusal> {
    let (key, customer) = find(state, cx, call, Deed::Remove)?;
    refuse_busy(customer)?;
    let subscribers = state.subscribers.count(&Subscriber::of_customer(key));
    if subscribers > 0 && cx.config.customer_removal_in_use.refuses() {
        return Err(Refusal::conflict(format!("the customer has {subscribers} subscribers")));
    }
    state.customers.edit(&key, |customer| customer.status = CustomerStatus::Deleting);
    state.schedule(cx.due(), Work::Remove { customer: key });
    Ok(Empty::new())
}

/// Notes a customer that is removed now, and removes it.
pub(super) fn remove(state: &mut State, key: Uuid) {
    if let Some(customer) = state.customers.remove(&key) {
        let Customer { external_id, org, sub_partner, .. } = customer;
        state.former_customers.insert(key, FormerCustomer { external_id, org, sub_partner });
    }
}
