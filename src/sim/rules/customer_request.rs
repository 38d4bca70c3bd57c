//! The body of a customer request: reading it, and checking it against what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{addresses, orgs, packages};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::state::{
    CallingLocation, Customer, CustomerStatus, FormerCustomer, Location, Person, State, Subscriber, Work,
};
use crate::sim::text::Text;
use crate::sim::wire::customer as wire;

/// The error code of an e-mail that is somebody's already.
pub(crate) const EMAIL_TAKEN: u32 = 10022;

/// `provisioningParameters` of a customer.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) calling: Option<CallingLocation>,
    pub(super) meetings_time_zone: Option<String>,
    pub(super) limits: BTreeMap<String, u64>,
    /// Whether there are limits, and none in them.
    pub(super) empty_limits: bool,
}

/// Takes the parameters that stand below `provisioningParameters`.
pub(super) fn take_parameters(
    cx: &Context<'_>,
    asked: Option<wire::CustomerParameters>,
    packages: &BTreeSet<String>,
) -> Result<Parameters, Refusal> {
    let wire::CustomerParameters { calling, meetings, packages: of_packages } = asked.unwrap_or_default();
    let limits = of_packages.and_then(|of_packages| of_packages.limits);
    let empty_limits = limits.as_ref().is_some_and(BTreeMap::is_empty);
    let limits = limits.unwrap_or_default();
    check_limits(cx, &limits, packages)?;
    Ok(Parameters {
        calling: calling.map(|calling| take_headquarters(calling.location)).transpose()?,
        meetings_time_zone: meetings.and_then(|meetings| meetings.timezone).map(String::from),
        limits,
        empty_limits,
    })
}

fn take_headquarters(asked: wire::HeadquartersRequest) -> Result<CallingLocation, Refusal> {
    let wire::HeadquartersRequest { name, address, timezone, language, emergency_location_identifier } = asked;
    Ok(CallingLocation {
        name: name.into_string(),
        address: addresses::take("provisioningParameters.calling.location.address", address)?,
        time_zone: timezone.into(),
        language: language.into(),
        emergency_location_identifier: emergency_location_identifier.map(Text::into_string),
    })
}

fn check_limits(cx: &Context<'_>, limits: &BTreeMap<String, u64>, of: &BTreeSet<String>) -> Result<(), Refusal> {
    for (name, limit) in limits {
        let wrong = |why: &str| {
            let place = format!("`provisioningParameters.packages.limits.{name}`");
            Err(Refusal::bad(Code::None, format!("{place} {why}")))
        };
        match packages::Package::find(name) {
            None => return wrong("is not a package"),
            Some(package) if !package.limit && cx.config.limits_of_any_package.refuses() => {
                return wrong("is not a package with a limit");
            }
            Some(_) if !of.contains(name) => return wrong("is not among the customer's packages"),
            Some(_) if *limit == 0 => return wrong("is not a whole number above zero"),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Checks the name of a company.
pub(super) fn check_info(name: &str) -> Result<(), Refusal> {
    if name.contains('%') {
        return Err(Refusal::bad(Code::None, "`customerInfo.name` contains `%`"));
    }
    Ok(())
}

/// Refuses an e-mail that belongs to another organization, or to a pending subscriber of another customer.
pub(crate) fn check_email(state: &State, org: Option<Uuid>, email: &str) -> Result<(), Refusal> {
    let taken = state
        .people
        .first(&Person::with_email(email))
        .is_some_and(|(_, person)| Some(person.org) != org)
        || state.subscribers.find(&Subscriber::with_email(email)).any(|(_, subscriber)| {
            let of = state.customers.get(&subscriber.customer).and_then(|customer| customer.org);
            org.is_none() || of != org
        })
        // The first administrators of customers that are still being made.
        || state.tasks.values().any(|task| match &task.work {
            Work::Provision { customer } => state.customers.get(customer).is_some_and(|customer| {
                customer.org.is_none_or(|found| Some(found) != org)
                    && customer.info.as_ref().is_some_and(|info| info.email == email)
            }),
            Work::Update { customer: _ }
            | Work::Remove { customer: _ }
            | Work::RemoveOrganization { org: _ }
            | Work::RemoveNumber { number: _ }
            | Work::Run { job: _ } => false,
        });
    if !taken {
        return Ok(());
    }
    Err(Refusal::bad(EMAIL_TAKEN, format!("the e-mail `{email}` is already tied to an existing user")))
}

/// Refuses an external id that another customer of the same partner or sub-partner has, or had.
pub(super) fn check_external_id(
    state: &State,
    cx: &Context<'_>,
    acting: Option<Uuid>,
    id: &str,
    own: Option<Uuid>,
) -> Result<(), Refusal> {
    let mut others = state
        .customers
        .find(&Customer::external(id))
        .filter(|(key, row)| Some(**key) != own && row.sub_partner == acting)
        .map(|(_, row)| row.status);
    let switch = |status| match status {
        CustomerStatus::Error => cx.config.external_id_after_error,
        CustomerStatus::Provisioning
        | CustomerStatus::Updating
        | CustomerStatus::Deleting
        | CustomerStatus::Provisioned
        | CustomerStatus::ProvisionedWithErrors
        | CustomerStatus::PendingRplReview => cx.config.duplicate_external_id,
    };
    if others.any(|status| switch(status).refuses()) {
        return Err(Refusal::conflict(format!("another customer has the external id `{id}`")));
    }
    let mut former = state.former_customers.find(&FormerCustomer::external(id));
    let had = former.any(|(key, row)| Some(*key) != own && row.sub_partner == acting);
    if had && cx.config.external_id_after_removal.refuses() {
        return Err(Refusal::conflict(format!("a customer that was removed had the external id `{id}`")));
    }
    Ok(())
}

pub(super) fn check_template(state: &State, cx: &Context<'_>, id: &str) -> Result<(), Refusal> {
    let known = cx.config.extra_provisioning_ids.contains(id)
        || super::templates::decode(id).is_some_and(|key| state.templates.contains_key(&key));
    if known {
        return Ok(());
    }
    Err(Refusal::bad(Code::None, format!("there is no onboarding template with the id `{id}`")))
}

pub(super) fn attached_org(state: &State, cx: &Context<'_>, id: &str) -> Result<Uuid, Refusal> {
    let org = Call::decode(cx, IdKind::Organization, id)
        .filter(|org| state.organizations.get(org).is_some_and(|org| !org.deleting) && *org != orgs::partner())
        .ok_or_else(|| {
            Refusal::bad(Code::None, format!("organization `{id}` does not exist, or is not managed by this partner"))
        })?;
    if state.customers.first(&Customer::of_org(org)).is_some() {
        return Err(Refusal::conflict(format!("organization `{id}` is a wholesale customer already")));
    }
    let was_one = state.former_customers.first(&FormerCustomer::of_org(org)).is_some();
    if was_one && cx.config.org_after_removal.refuses() {
        return Err(Refusal::conflict(format!("organization `{id}` was a wholesale customer, and stays without")));
    }
    Ok(org)
}

pub(super) fn has_calling_location(state: &State, org: Option<Uuid>) -> bool {
    org.is_some_and(|org| state.locations.count(&Location::calling_in(org)) > 0)
}

/// Checks the headquarters against the packages: mandatory with calling, pointless without.
pub(super) fn check_calling(
    state: &State,
    org: Option<Uuid>,
    packages: &BTreeSet<String>,
    calling: Option<&CallingLocation>,
) -> Result<(), Refusal> {
    let wanted = packages::any_calling(packages.iter().map(String::as_str));
    match calling {
        None if wanted && !has_calling_location(state, org) => Err(Refusal::bad(
            1001,
            "mandatory field `provisioningParameters.calling.location` is missing: a package brings calling",
        )),
        Some(_) if !wanted => Err(Refusal::bad(
            Code::None,
            "`provisioningParameters.calling.location` is given, but no package brings calling",
        )),
        Some(_) | None => Ok(()),
    }
}
