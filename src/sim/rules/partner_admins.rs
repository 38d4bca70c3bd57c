//! `/partner/organizations`: administrators of the partner who manage some of its customers.
//!
//! Only those with the role Partner administrator are assigned to customers. A partner full administrator manages all
//! of them, and is refused here.

use jiff::Timestamp;

use super::orgs;
use super::provisioning::new_person;
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{BASE64, IdKind, Uuid};
use crate::sim::reference::{FULL_ADMIN, PARTNER_ADMIN, Role};
use crate::sim::reply::{Done, Empty, Found, Items};
use crate::sim::state::{PartnerAdmin, Person, State};
use crate::sim::wire::partner as wire;
use base64::Engine as _;

/// Makes a person of the partner's organization a Partner Administrator, unless the e-mail is somebody's already.
pub(super) fn appoint(state: &mut State, email: &str, now: Timestamp) {
    if state.people.first(&Person::with_email(email)).is_some() {
        return;
    }
    let key = state.next_id();
    let mut person = new_person(orgs::partner(), email, None, None, now);
    person.roles.insert(PARTNER_ADMIN.to_owned());
    state.people.insert(key, person);
}

/// Finds a person of the partner's organization; people are named by encoded ids and by bare UUIDs.
fn person<'a>(state: &'a State, id: &str) -> Result<(Uuid, &'a Person), Refusal> {
    let key: Option<Uuid> = IdKind::People.decode(id).or_else(|| id.parse().ok());
    key.and_then(|key| Some((key, state.people.get(&key)?)))
        .filter(|(_, person)| person.org == orgs::partner())
        .ok_or_else(|| Refusal::not_found("person", id))
}

/// Finds a Partner Administrator, with the assignments of the past.
fn admin(state: &State, id: &str) -> Result<(Uuid, PartnerAdmin), Refusal> {
    let (key, person) = person(state, id)?;
    if person.roles.contains(FULL_ADMIN) {
        let text = "The user already has access to all customers managed by their partner organization.";
        return Err(Refusal::bad(Code::None, text));
    }
    if !person.roles.contains(PARTNER_ADMIN) {
        return Err(Refusal::bad(Code::None, format!("person `{id}` has no role of a partner administrator")));
    }
    Ok((key, state.partner_admins.get(&key).cloned().unwrap_or_default()))
}

/// Finds the customer's organization that a path names.
pub(super) fn customer_org(state: &State, cx: &Context<'_>, id: &str) -> Result<Uuid, Refusal> {
    let org = Call::decode(cx, IdKind::Organization, id)
        .filter(|org| *org != orgs::partner() && state.organizations.contains_key(org))
        .ok_or_else(|| Refusal::not_found("organization", id))?;
    orgs::check_reachable(state, cx, org)?;
    Ok(org)
}

/// Lists the organizations that an administrator manages.
pub(crate) fn organizations(
    state: &mut State,
    _cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Items<wire::ManagedOrganization>>, Refusal> {
    let (_, admin) = admin(state, call.param("managedBy").unwrap_or_default())?;
    let role = BASE64.encode(PARTNER_ADMIN);
    let items = admin
        .organizations
        .iter()
        .map(|org| wire::ManagedOrganization { org_id: IdKind::Organization.encode(*org), role: role.clone() })
        .collect();
    Ok(Found::new(Items { items }))
}

/// Lists the administrators who are assigned to an organization.
pub(crate) fn of_organization(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Items<wire::PartnerAdmin>>, Refusal> {
    let org = customer_org(state, cx, call.id())?;
    let items = state
        .partner_admins
        .find(&PartnerAdmin::of_org(org))
        .filter_map(|(key, _)| {
            let person = state.people.get(key).filter(|person| person.roles.contains(PARTNER_ADMIN))?;
            Some(wire::PartnerAdmin {
                id: IdKind::People.encode(*key),
                display_name: person.display_name.clone(),
                first_name: person.first_name.clone(),
                last_name: person.last_name.clone(),
                emails: vec![person.email.clone()],
                role_in_customer_org: FULL_ADMIN,
            })
        })
        .collect();
    Ok(Found::new(Items { items }))
}

pub(crate) fn assign(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Empty<200>, Refusal> {
    let org = customer_org(state, cx, call.id())?;
    let (key, mut admin) = admin(state, call.second_id())?;
    if !admin.organizations.insert(org) {
        return Err(Refusal::conflict("the administrator is assigned to the organization already"));
    }
    state.partner_admins.insert(key, admin);
    Ok(Empty::new())
}

pub(crate) fn unassign(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Empty<200>, Refusal> {
    let org = customer_org(state, cx, call.id())?;
    let (key, mut admin) = admin(state, call.second_id())?;
    if !admin.organizations.remove(&org) {
        return Err(Refusal::new(404, Code::None, "the administrator is not assigned to the organization"));
    }
    state.partner_admins.insert(key, admin);
    Ok(Empty::new())
}

/// Takes all roles of a partner administrator from somebody, with all assignments.
pub(crate) fn revoke(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let (key, person) = person(state, call.id())?;
    if person.roles.contains(FULL_ADMIN) {
        return Err(Refusal::conflict("the last partner full administrator keeps the role"));
    }
    if !person.roles.iter().any(|role| Role::is_of_partner(role)) {
        let text = format!("person `{}` has no role of a partner administrator", call.id());
        return Err(Refusal::new(404, Code::None, text));
    }
    state.people.edit(&key, |person| {
        person.roles.retain(|role| !Role::is_of_partner(role));
        person.modified = cx.now;
    });
    state.partner_admins.remove(&key);
    Ok(Done::new())
}
