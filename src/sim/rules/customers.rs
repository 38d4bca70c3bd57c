//! `/wholesale/customers`: what is asked for, checked, and taken in; [`super::provisioning`] finishes it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::customer_request::{
    attached_org, check_calling, check_email, check_external_id, check_template, has_calling_location, read_info,
    read_parameters,
};
use super::{addresses, packages};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference;
use crate::sim::state::{CallingLocation, Customer, CustomerStatus, PackageStatus, State, Subscriber, Work};

/// Finds the customer that a path names.
fn find<'a>(state: &'a State, cx: &Context<'_>, id: &str) -> Result<(Uuid, &'a Customer), Refusal> {
    Call::decode(cx, IdKind::Enterprise, id)
        .and_then(|key| Some((key, state.customers.get(&key)?)))
        .ok_or_else(|| Refusal::not_found("customer", id))
}

/// Finds the customer that a `customerId` names: there, both types of id are seen.
pub(crate) fn find_by_any_id(state: &State, cx: &Context<'_>, id: &str) -> Option<Uuid> {
    Call::decode(cx, IdKind::Enterprise, id)
        .or_else(|| IdKind::Customer.decode(id))
        .filter(|key| state.customers.contains_key(key))
}

/// No sub-partners are simulated yet; acting for one is acting for a stranger.
pub(crate) fn refuse_sub_partner(call: &Call) -> Result<(), Refusal> {
    match call.param("onBehalfOfSubPartnerOrgId") {
        Some(id) => Err(Refusal::not_found("sub-partner", id)),
        None => Ok(()),
    }
}

/// Writes a customer as the API shows it: much less than was sent.
fn to_value(key: Uuid, customer: &Customer, with_licenses: bool) -> Value {
    let details: Vec<Value> = customer
        .packages
        .iter()
        .map(|(name, status)| {
            let mut package = json!({ "name": name, "status": status.name() });
            if *status == PackageStatus::Error {
                package["warnings"] = json!([{
                    "errorCode": 2560,
                    "description": "One or more Webex Calling services are unavailable due to maintenance, \
                                    unable to start provisioning. Consult status.webex.com and retry later.",
                }]);
            }
            if let (true, Some(org)) = (with_licenses, customer.org) {
                package["licenseIds"] = json!([reference::license_id(org, name)]);
            }
            package
        })
        .collect();
    let mut value = json!({
        "id": IdKind::Enterprise.encode(key),
        "externalId": customer.external_id,
        "address": addresses::to_wholesale(&customer.address),
        "status": customer.status.name(),
        "packages": customer.packages.keys().collect::<Vec<_>>(),
        "resourceDetails": { "packages": details },
    });
    if let (Some(org), true) = (customer.org, customer.status != CustomerStatus::Provisioning) {
        value["orgId"] = json!(IdKind::Organization.encode(org));
    }
    value
}

fn url(cx: &Context<'_>, key: Uuid) -> String {
    format!("{}/wholesale/customers/{}", cx.base, IdKind::Enterprise.encode(key))
}

fn accepted(cx: &Context<'_>, key: Uuid) -> Answer {
    let url = url(cx, key);
    Answer::accepted(json!({ "url": url })).header("location", url)
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let wanted: Vec<&str> = call.params("status").collect();
    if let Some(unknown) = wanted.iter().find(|status| !CustomerStatus::ALL.contains(status)) {
        return Err(Refusal::bad(Code::None, format!("`{unknown}` is not a status of customers")));
    }
    let org = call.param("orgId").map(|id| {
        Call::decode(cx, IdKind::Organization, id)
            .ok_or_else(|| Refusal::bad(Code::None, format!("`{id}` is not an organization id")))
    });
    let org = org.transpose()?;
    let external = call.param("externalId");
    let candidates: Vec<(&Uuid, &Customer)> = match (external, org) {
        (Some(id), _) => state.customers.find(&Customer::external(id)).rev().collect(),
        (None, Some(org)) => state.customers.find(&Customer::of_org(org)).rev().collect(),
        (None, None) => state.customers.iter().rev().collect(),
    };
    let matching = candidates.into_iter().filter(|(_, customer)| {
        (wanted.is_empty() || wanted.contains(&customer.status.name()))
            && org.is_none_or(|org| customer.org == Some(org) && customer.status != CustomerStatus::Provisioning)
    });
    let page = Page::cut(call, cx, Paging::Offset, Length { usual: 50, cap: 100 }, matching)?;
    let items: Vec<Value> = page.items.iter().map(|(key, customer)| to_value(**key, customer, false)).collect();
    Ok(Answer::ok(json!({ "items": items })).link(page.link))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let (key, customer) = find(state, cx, call.id())?;
    let with_licenses = call.flag("includePackageLicenseInfo")?.unwrap_or(false);
    Ok(Answer::ok(to_value(key, customer, with_licenses)).header("location", url(cx, key)))
}

pub(crate) fn create(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let customer = read_new(state, cx, call)?;
    let key = state.next_id();
    state.customers.insert(key, customer);
    state.schedule(cx.due(), Work::Provision { customer: key });
    Ok(accepted(cx, key))
}

fn read_new(state: &State, cx: &Context<'_>, call: &Call) -> Result<Customer, Refusal> {
    let mut body = call.body(Family::Wholesale)?;
    let provisioning_id = body.need("provisioningId")?;
    let packages = packages::check(cx, &body.need_texts("packages")?)?;
    let external_id = body.need("externalId")?;
    let org = body.filled("orgId")?.map(|id| attached_org(state, cx, &id)).transpose()?;
    let info = body.object("customerInfo")?.map(|info| read_info(cx, info, true)).transpose()?;
    if info.is_none() && org.is_none() {
        return Err(body.missing("customerInfo"));
    }
    let address = addresses::read_wholesale(cx, body.need_object("address")?)?;
    let parameters = read_parameters(cx, body.object("provisioningParameters")?, &packages)?;
    let sub_partner_admin_email = body.filled("subPartnerAdminEmail")?;
    body.end(cx)?;

    check_template(state, cx, &provisioning_id)?;
    check_external_id(state, cx, &external_id, None)?;
    check_calling(state, org, &packages, parameters.calling.as_ref())?;
    if let Some(info) = &info {
        check_email(state, org, &info.email)?;
    }
    Ok(Customer {
        org,
        external_id,
        provisioning_id,
        address,
        status: CustomerStatus::Provisioning,
        packages: packages.into_iter().map(|name| (name, PackageStatus::Provisioning)).collect(),
        limits: parameters.limits,
        info,
        calling: parameters.calling,
        meetings_time_zone: parameters.meetings_time_zone,
        sub_partner_admin_email,
        created: cx.now,
    })
}

/// The precheck: address and administrator at least, everything of a creation at most. Makes nothing.
pub(crate) fn validate(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let mut body = call.body(Family::Wholesale)?;
    let provisioning_id = body.filled("provisioningId")?;
    let names = body.texts("packages")?;
    let packages = names.map(|names| packages::check(cx, &names)).transpose()?;
    let external_id = body.filled("externalId")?;
    let org = body.filled("orgId")?.map(|id| attached_org(state, cx, &id)).transpose()?;
    let info = body.object("customerInfo")?.map(|info| read_info(cx, info, false)).transpose()?;
    addresses::read_wholesale(cx, body.need_object("address")?)?;
    let all = packages.clone().unwrap_or_default();
    let parameters = read_parameters(cx, body.object("provisioningParameters")?, &all)?;
    body.end(cx)?;

    if let Some(id) = provisioning_id {
        check_template(state, cx, &id)?;
    }
    if let Some(id) = external_id {
        check_external_id(state, cx, &id, None)?;
    }
    if let Some(packages) = packages {
        check_calling(state, org, &packages, parameters.calling.as_ref())?;
    }
    if let Some(info) = info {
        check_email(state, org, &info.email)?;
    }
    Ok(prechecked())
}

/// The answer of a precheck that found nothing; the documents type `info` as an object and show a list.
pub(crate) fn prechecked() -> Answer {
    Answer::ok(json!({
        "message": "success",
        "info": [{ "infoCode": 100, "description": "Provisioning preCheck validation successful." }],
    }))
}

pub(crate) fn update(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let (key, old) = find(state, cx, call.id())?;
    refuse_busy(old)?;
    let mut body = call.body(Family::Wholesale)?;
    let packages = packages::check(cx, &body.need_texts("packages")?)?;
    let external_id = body.filled("externalId")?;
    let address = body.object("address")?.map(|fields| addresses::read_wholesale(cx, fields)).transpose()?;
    let parameters = read_parameters(cx, body.object("provisioningParameters")?, &packages)?;
    let sub_partner_admin_email = body.filled("subPartnerAdminEmail")?;
    body.end(cx)?;

    if let Some(id) = &external_id {
        check_external_id(state, cx, id, Some(key))?;
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
    new.external_id = external_id.unwrap_or(new.external_id);
    new.address = address.unwrap_or(new.address);
    new.limits.extend(parameters.limits);
    // A location that is there is never altered by this request (assumed). One that the creation asked for, and a
    // failed package kept from being made, is made by the retry.
    if !has_calling_location(state, new.org) {
        new.calling = parameters.calling.or(new.calling);
    }
    new.meetings_time_zone = parameters.meetings_time_zone.or(new.meetings_time_zone);
    new.sub_partner_admin_email = sub_partner_admin_email.or(new.sub_partner_admin_email);
    state.customers.insert(key, new);
    state.schedule(cx.due(), Work::Update { customer: key });
    Ok(accepted(cx, key))
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

pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let (key, customer) = find(state, cx, call.id())?;
    refuse_busy(customer)?;
    let subscribers = state.subscribers.count(&Subscriber::of_customer(key));
    if subscribers > 0 && cx.config.customer_removal_in_use.refuses() {
        return Err(Refusal::conflict(format!("the customer has {subscribers} subscribers")));
    }
    state.customers.edit(&key, |customer| customer.status = CustomerStatus::Deleting);
    state.schedule(cx.due(), Work::Remove { customer: key });
    Ok(Answer::with_status(202, None))
}
