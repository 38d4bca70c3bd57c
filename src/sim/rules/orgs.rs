//! Organizations, their identity records, and who may see them.

use std::collections::BTreeSet;

use super::{partner_admins, provisioning};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::config::Config;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference::{self, FULL_ADMIN, WHOLESALE_ADMIN};
use crate::sim::reply::{Done, Found, Items};
use crate::sim::state::{Customer, Obstacle, Organization, Person, State, Work};
use crate::sim::wire::organization as wire;
use jiff::Timestamp;

const IDENTITY_SCHEMA: &str = "urn:cisco:codev:identity:organization:core:1.0";

/// The partner's own organization.
pub(crate) fn partner() -> Uuid {
    Uuid::derived(&["organization", "partner"])
}

/// The administrator whose token calls.
pub(crate) fn caller() -> Uuid {
    Uuid::derived(&["person", "caller"])
}

/// Puts the partner's organization, the calling administrator and those of [`Config::partner_admins`] in place.
pub(crate) fn found(state: &mut State, config: &Config, now: Timestamp) {
    if !state.organizations.contains_key(&partner()) {
        found_partner(state, config, now);
    }
    for email in &config.partner_admins {
        partner_admins::appoint(state, &email.to_lowercase(), now);
    }
}

fn found_partner(state: &mut State, config: &Config, now: Timestamp) {
    let org = Organization {
        name: config.partner.clone(),
        language: Some("en".to_owned()),
        created: now,
        modified: now,
        version: 1,
        reached: true,
        calling: false,
        trunks: [].into(),
        route_groups: [].into(),
        obstacles: BTreeSet::new(),
        deleting: false,
    };
    state.organizations.insert(partner(), org);
    let (first, last) = (Some("Pat".to_owned()), Some("Partner".to_owned()));
    let mut person = provisioning::new_person(partner(), "pat@partner.example", first, last, now);
    person.roles.extend([FULL_ADMIN.to_owned(), WHOLESALE_ADMIN.to_owned()]);
    state.people.insert(caller(), person);
}

/// Refuses a fresh organization that the partner's token has not looked at yet, and one that is on its way out.
fn reachable<'a>(state: &'a State, cx: &Context<'_>, org: Uuid) -> Result<&'a Organization, Refusal> {
    let found = state.organizations.get(&org).ok_or_else(|| Refusal::not_found("organization", &org.to_string()))?;
    if cx.config.fresh_org_forbidden && !found.reached {
        return Err(Refusal::forbidden("the organization is not among those that this administrator manages"));
    }
    if found.deleting {
        return Err(Refusal::forbidden("the organization is being deleted"));
    }
    Ok(found)
}

/// Refuses unless the caller can work in `org`.
pub(crate) fn check_reachable(state: &State, cx: &Context<'_>, org: Uuid) -> Result<(), Refusal> {
    reachable(state, cx, org).map(|_| ())
}

/// Returns the organization that `orgId` names; the caller's own without it.
pub(crate) fn of_call(state: &State, cx: &Context<'_>, call: &Call) -> Result<Uuid, Refusal> {
    of_body(state, cx, call.param("orgId"))
}

/// Returns the organization that `orgId` of a body names; the caller's own without it.
pub(crate) fn of_body(state: &State, cx: &Context<'_>, id: Option<&str>) -> Result<Uuid, Refusal> {
    let Some(id) = id else {
        return Ok(partner());
    };
    let org = Call::decode(cx, IdKind::Organization, id)
        .filter(|org| state.organizations.contains_key(org))
        .ok_or_else(|| Refusal::not_found("organization", id))?;
    check_reachable(state, cx, org)?;
    Ok(org)
}

/// Returns the organization whose bare UUID a path names.
pub(crate) fn of_path(state: &State, cx: &Context<'_>, id: &str) -> Result<Uuid, Refusal> {
    let org = id
        .parse()
        .ok()
        .filter(|org| state.organizations.contains_key(org))
        .ok_or_else(|| Refusal::not_found("organization", id))?;
    check_reachable(state, cx, org)?;
    Ok(org)
}

fn show(id: Uuid, org: &Organization) -> wire::Organization {
    wire::Organization {
        id: IdKind::Organization.encode(id),
        display_name: org.name.clone(),
        created: org.created.to_string(),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "endpoints share one signature")]
pub(crate) fn list(
    state: &mut State,
    cx: &Context<'_>,
    _call: &Call,
) -> Result<Found<Items<wire::Organization>>, Refusal> {
    let visible = |org: &Organization| org.reached || !cx.config.fresh_org_forbidden;
    let items = state.organizations.iter().filter(|(_, org)| visible(org)).map(|(id, org)| show(*id, org)).collect();
    Ok(Found::new(Items { items }))
}

/// Looking at an organization also puts it among those that the partner's administrator manages.
pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::Organization>, Refusal> {
    let found = Call::decode(cx, IdKind::Organization, call.id())
        .and_then(|id| Some((id, state.organizations.get(&id)?.clone())));
    let Some((id, org)) = found else {
        return Err(Refusal::not_found("organization", call.id()));
    };
    if !org.reached {
        state.organizations.edit(&id, |org| org.reached = true);
    }
    Ok(Found::new(show(id, &org)))
}

/// Removes an organization for good, if none of the documented reasons speaks against it. All that do are named.
pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let org = Call::decode(cx, IdKind::Organization, call.id())
        .filter(|org| state.organizations.contains_key(org))
        .ok_or_else(|| Refusal::not_found("organization", call.id()))?;
    let mut obstacles = reachable(state, cx, org)?.obstacles.clone();
    if org == partner() {
        obstacles.insert(Obstacle::ManagedOrganizations);
    }
    if state.customers.first(&Customer::of_org(org)).is_some() {
        obstacles.insert(Obstacle::ActiveSubscriptions);
    }
    if state.people.count(&Person::of_org(org)) > 1 {
        obstacles.insert(Obstacle::Users);
    }
    let mut texts = obstacles.into_iter().map(Obstacle::text);
    if let Some(first) = texts.next() {
        return Err(texts.fold(Refusal::conflict(first), Refusal::and));
    }
    state.organizations.edit(&org, |org| org.deleting = true);
    state.schedule(cx.due(), Work::RemoveOrganization { org });
    Ok(Done::new())
}

fn show_identity(id: Uuid, org: &Organization) -> wire::IdentityOrganization {
    wire::IdentityOrganization {
        schemas: vec![IDENTITY_SCHEMA],
        id: id.to_string(),
        display_name: org.name.clone(),
        preferred_language: org.language.clone(),
        meta: wire::IdentityMeta {
            created: org.created.to_string(),
            last_modified: org.modified.to_string(),
            version: format!("W/\"{}\"", org.version),
        },
    }
}

pub(crate) fn identity(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<wire::IdentityOrganization>, Refusal> {
    let id = of_path(state, cx, call.id())?;
    let org = reachable(state, cx, id)?;
    Ok(Found::new(show_identity(id, org)))
}

pub(crate) fn patch_identity(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    change: wire::IdentityChange,
) -> Result<Found<wire::IdentityOrganization>, Refusal> {
    let id = of_path(state, cx, call.id())?;
    if cx.config.identity_patch.refuses() && id != partner() {
        return Err(Refusal::forbidden("only a full administrator of the organization may change it"));
    }
    let wire::IdentityChange { schemas, display_name, preferred_language } = change;
    if schemas != [IDENTITY_SCHEMA] {
        return Err(Refusal::bad(Code::None, format!("`schemas` is not [`{IDENTITY_SCHEMA}`]")));
    }
    if let Some(language) = preferred_language.as_deref().filter(|text| !reference::is_org_language(text)) {
        return Err(Refusal::bad(Code::None, format!("`preferredLanguage` is `{language}`, not `ll` or `ll_CC`")));
    }
    if display_name.contains('%') {
        return Err(Refusal::bad(Code::None, "`displayName` contains `%`"));
    }
    state.organizations.edit(&id, |org| {
        org.name = display_name.into_string();
        org.language = preferred_language.map(String::from).or(org.language.take());
        org.modified = cx.now;
        org.version += 1;
    });
    let org = reachable(state, cx, id)?;
    Ok(Found::new(show_identity(id, org)))
}
