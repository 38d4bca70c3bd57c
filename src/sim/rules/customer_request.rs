//! The body of a customer request: reading it, and checking it against what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{addresses, orgs, packages};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Fields};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference;
use crate::sim::state::{CallingLocation, Customer, CustomerInfo, Location, Person, State, Subscriber, Work};

/// The error code of an e-mail that is somebody's already.
pub(crate) const EMAIL_TAKEN: u32 = 10022;

/// `provisioningParameters` of a customer.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) calling: Option<CallingLocation>,
    pub(super) meetings_time_zone: Option<String>,
    pub(super) limits: BTreeMap<String, u64>,
}

pub(super) fn read_parameters(
    cx: &Context<'_>,
    fields: Option<Fields<'_>>,
    packages: &BTreeSet<String>,
) -> Result<Parameters, Refusal> {
    let Some(mut fields) = fields else {
        return Ok(Parameters::default());
    };
    let mut parameters = Parameters::default();
    if let Some(mut calling) = fields.object("calling")? {
        parameters.calling = Some(read_calling_location(cx, calling.need_object("location")?)?);
        calling.end(cx)?;
    }
    if let Some(mut meetings) = fields.object("meetings")? {
        if let Some(zone) = meetings.filled("timezone")? {
            check_time_zone(&meetings, "timezone", &zone)?;
            parameters.meetings_time_zone = Some(zone);
        }
        meetings.end(cx)?;
    }
    if let Some(mut of_packages) = fields.object("packages")? {
        if let Some(limits) = of_packages.object("limits")? {
            parameters.limits = read_limits(&limits, packages)?;
        }
        of_packages.end(cx)?;
    }
    fields.end(cx)?;
    Ok(parameters)
}

pub(super) fn check_time_zone(fields: &Fields<'_>, name: &str, zone: &str) -> Result<(), Refusal> {
    if reference::is_time_zone(zone) {
        return Ok(());
    }
    Err(fields.wrong(name, &format!("is `{zone}`, not an IANA time zone")))
}

pub(super) fn read_calling_location(cx: &Context<'_>, mut fields: Fields<'_>) -> Result<CallingLocation, Refusal> {
    let name = fields.need("name")?;
    fields.at_most("name", &name, super::locations::LONGEST_CALLING_NAME)?;
    let address = addresses::read_wholesale(cx, fields.need_object("address")?)?;
    let time_zone = fields.need("timezone")?;
    check_time_zone(&fields, "timezone", &time_zone)?;
    let language = fields.need("language")?;
    if !reference::is_announcement_language(&language) {
        return Err(fields.wrong("language", &format!("is `{language}`, not an announcement language")));
    }
    let emergency_location_identifier = fields.filled("emergencyLocationIdentifier")?;
    fields.end(cx)?;
    Ok(CallingLocation { name, address, time_zone, language, emergency_location_identifier })
}

pub(super) fn read_limits(fields: &Fields<'_>, of: &BTreeSet<String>) -> Result<BTreeMap<String, u64>, Refusal> {
    let mut limits = BTreeMap::new();
    for (name, value) in fields.entries() {
        if !packages::Package::find(name).is_some_and(|package| package.limit) {
            return Err(fields.wrong(name, "is not a package with a limit"));
        }
        if !of.contains(name) {
            return Err(fields.wrong(name, "is not among the customer's packages"));
        }
        let limit = value
            .as_u64()
            .filter(|limit| *limit > 0)
            .ok_or_else(|| fields.wrong(name, "is not a whole number above zero"))?;
        limits.insert(name.clone(), limit);
    }
    Ok(limits)
}

pub(super) fn read_info(cx: &Context<'_>, mut fields: Fields<'_>, name_needed: bool) -> Result<CustomerInfo, Refusal> {
    let name = match fields.filled("name")? {
        None if name_needed => return Err(fields.missing("name")),
        name => name.unwrap_or_default(),
    };
    if name.contains('%') {
        return Err(fields.wrong("name", "contains `%`"));
    }
    let email = read_email(&mut fields, "primaryEmail")?;
    let language = fields.filled("language")?;
    if let Some(language) = language.as_deref().filter(|text| !reference::is_org_language(text)) {
        return Err(fields.wrong("language", &format!("is `{language}`, not `ll` or `ll_CC`")));
    }
    fields.end(cx)?;
    Ok(CustomerInfo { name, email, language })
}

/// Reads a mandatory e-mail, in lower case.
pub(crate) fn read_email(fields: &mut Fields<'_>, name: &'static str) -> Result<String, Refusal> {
    let email = fields.need(name)?;
    if !reference::is_email(&email) {
        return Err(fields.wrong(name, &format!("is `{email}`, not an e-mail address")));
    }
    Ok(email.to_lowercase())
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

pub(super) fn check_external_id(state: &State, cx: &Context<'_>, id: &str, own: Option<Uuid>) -> Result<(), Refusal> {
    let taken = state.customers.find(&Customer::external(id)).any(|(key, _)| Some(*key) != own);
    if taken && cx.config.duplicate_external_id.refuses() {
        return Err(Refusal::conflict(format!("another customer has the external id `{id}`")));
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
        .filter(|org| state.organizations.contains_key(org) && *org != orgs::partner())
        .ok_or_else(|| {
            Refusal::bad(Code::None, format!("organization `{id}` does not exist, or is not managed by this partner"))
        })?;
    if state.customers.first(&Customer::of_org(org)).is_some() {
        return Err(Refusal::conflict(format!("organization `{id}` is a wholesale customer already")));
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
