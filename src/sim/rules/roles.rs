//! `/roles`, and who may hold which.

use std::collections::BTreeSet;

use super::orgs;
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::Uuid;
use crate::sim::reference::{FULL_ADMIN, LOCATION_ADMIN, ROLES, Role};
use crate::sim::reply::{Found, Items};
use crate::sim::state::{Person, State};
use crate::sim::wire::role as wire;

fn show(role: &Role) -> wire::Role {
    wire::Role { id: Role::id_of(role.key), name: role.name }
}

#[expect(clippy::unnecessary_wraps, reason = "endpoints share one signature")]
pub(crate) fn list(_: &mut State, _: &Context<'_>, _: &Call) -> Result<Found<Items<wire::Role>>, Refusal> {
    Ok(Found::new(Items { items: ROLES.iter().map(show).collect() }))
}

pub(crate) fn get(_: &mut State, _: &Context<'_>, call: &Call) -> Result<Found<wire::Role>, Refusal> {
    let role = Role::from_id(call.id()).ok_or_else(|| Refusal::not_found("role", call.id()))?;
    Ok(Found::new(show(role)))
}

/// Reads the ids of roles.
pub(super) fn read(ids: &[String]) -> Result<BTreeSet<String>, Refusal> {
    let read = |id: &String| Role::from_id(id).map(|role| role.key.to_owned());
    let wrong = |id: &String| Refusal::bad(Code::None, format!("`roles` has `{id}`, not the id of a role"));
    ids.iter().map(|id| read(id).ok_or_else(|| wrong(id))).collect()
}

/// Checks the roles that somebody is to have.
pub(super) fn check(org: Uuid, roles: &BTreeSet<String>) -> Result<(), Refusal> {
    if org != orgs::partner() && roles.iter().any(|role| Role::is_of_partner(role)) {
        return Err(Refusal::bad(Code::None, "a role about customers is for people of the partner alone"));
    }
    if roles.contains(LOCATION_ADMIN) && roles.len() > 1 {
        return Err(Refusal::bad(Code::None, "a location administrator holds no other role"));
    }
    Ok(())
}

/// Checks the roles that a person is to have from now on.
pub(super) fn check_change(state: &State, key: Uuid, old: &Person, roles: &BTreeSet<String>) -> Result<(), Refusal> {
    check(old.org, roles)?;
    if old.roles.contains(FULL_ADMIN) && !roles.contains(FULL_ADMIN) {
        check_last_admin(state, key, old)?;
    }
    Ok(())
}

pub(super) fn check_last_admin(state: &State, key: Uuid, old: &Person) -> Result<(), Refusal> {
    let mut admins = state.people.find(&Person::with_role(old.org, FULL_ADMIN));
    if admins.any(|(other, _)| *other != key) {
        return Ok(());
    }
    Err(Refusal::bad(Code::None, "this is the last full administrator of the organization"))
}
