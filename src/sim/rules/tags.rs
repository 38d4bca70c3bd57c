//! `/partner/tags`: tags of customers' organizations and of their subscriptions.
//!
//! A tag is made when it is given for the first time, and goes with its last bearer. It is written with a
//! description, and read as its name.

use std::collections::BTreeMap;

use super::partner_admins::customer_org;
use super::sub_partners;
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reply::Found;
use crate::sim::state::{State, Tag, TagSet};
use crate::sim::wire::tag as wire;

/// The most tags that an organization or a subscription has.
const MOST_TAGS: usize = 5;

/// The most entries of a list.
const MOST_LISTED: usize = 100;

/// Reads organization and subscription from a path.
fn of_path<'a>(state: &State, cx: &Context<'_>, call: &'a Call) -> Result<(Uuid, &'a str), Refusal> {
    let org = customer_org(state, cx, call.id())?;
    let wanted = call.second_id();
    if sub_partners::subscription_of(state, cx, org) != Some(wanted) {
        return Err(Refusal::not_found("subscription", wanted));
    }
    Ok((org, wanted))
}

fn names(state: &State, org: Uuid, subscription: Option<&str>) -> Vec<String> {
    let found = state.tags.get(&TagSet::key(org, subscription));
    found.map(|found| found.tags.iter().map(|tag| tag.name.clone()).collect()).unwrap_or_default()
}

fn org_name(state: &State, org: Uuid) -> String {
    state.organizations.get(&org).map(|org| org.name.clone()).unwrap_or_default()
}

fn show_organization(state: &State, org: Uuid) -> wire::OrganizationTags {
    wire::OrganizationTags {
        org_name: org_name(state, org),
        org_id: IdKind::Organization.encode(org),
        tags: names(state, org, None),
    }
}

fn show_subscription(state: &State, org: Uuid, subscription: &str) -> wire::SubscriptionTags {
    wire::SubscriptionTags {
        org_name: org_name(state, org),
        org_id: IdKind::Organization.encode(org),
        tags: names(state, org, Some(subscription)),
        subscription_id: subscription.to_owned(),
        trial: "false",
    }
}

fn show(tag: &Tag) -> wire::Tag {
    wire::Tag { name: tag.name.clone(), description: tag.description.clone() }
}

/// Puts tags in place of those that are there; none remain if the list is empty.
fn assign(
    state: &mut State,
    org: Uuid,
    subscription: Option<&str>,
    asked: wire::TagsRequest,
) -> Result<Found<Vec<wire::Tag>>, Refusal> {
    let tags = asked.tags.ok_or_else(|| Family::Other.missing("tags"))?;
    let tags: Vec<Tag> =
        tags.into_iter().map(|tag| Tag { name: tag.name.into_string(), description: tag.description }).collect();
    if tags.len() > MOST_TAGS {
        return Err(Refusal::bad(Code::None, format!("`tags` has more than {MOST_TAGS} entries")));
    }
    for (position, tag) in tags.iter().enumerate() {
        if tags.iter().take(position).any(|other| other.name == tag.name) {
            return Err(Refusal::bad(Code::None, format!("tag `{}` is named twice", tag.name)));
        }
    }
    let key = TagSet::key(org, subscription);
    let shown = tags.iter().map(show).collect();
    if tags.is_empty() {
        state.tags.remove(&key);
    } else {
        state.tags.insert(key, TagSet { org, subscription: subscription.map(str::to_owned), tags });
    }
    Ok(Found::new(shown))
}

pub(crate) fn assign_to_organization(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::TagsRequest,
) -> Result<Found<Vec<wire::Tag>>, Refusal> {
    let org = customer_org(state, cx, call.id())?;
    assign(state, org, None, asked)
}

pub(crate) fn assign_to_subscription(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::TagsRequest,
) -> Result<Found<Vec<wire::Tag>>, Refusal> {
    let (org, subscription) = of_path(state, cx, call)?;
    assign(state, org, Some(subscription), asked)
}

pub(crate) fn of_organization(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<wire::OrganizationTags>, Refusal> {
    let org = customer_org(state, cx, call.id())?;
    Ok(Found::new(show_organization(state, org)))
}

pub(crate) fn of_subscription(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<wire::SubscriptionTags>, Refusal> {
    let (org, subscription) = of_path(state, cx, call)?;
    Ok(Found::new(show_subscription(state, org, subscription)))
}

/// Returns those who bear any of the tags that the request names, as many as it wants.
fn bearers<'a>(state: &'a State, call: &'a Call) -> Result<impl Iterator<Item = &'a TagSet>, Refusal> {
    let max = call.count("max")?.unwrap_or(MOST_LISTED);
    if max == 0 || max > MOST_LISTED {
        let text = format!("parameter `max` is {max}, not between 1 and {MOST_LISTED}");
        return Err(Refusal::bad(Code::None, text));
    }
    let wanted: Vec<&str> = call.param("tags").unwrap_or_default().split(',').map(str::trim).collect();
    let of_call = call.path.ends_with("/subscriptions");
    Ok(state
        .tags
        .values()
        .filter(move |set| set.subscription.is_some() == of_call)
        .filter(move |set| set.tags.iter().any(|tag| wanted.contains(&tag.name.as_str())))
        .take(max))
}

pub(crate) fn organizations(
    state: &mut State,
    _cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Vec<wire::OrganizationTags>>, Refusal> {
    Ok(Found::new(bearers(state, call)?.map(|set| show_organization(state, set.org)).collect()))
}

pub(crate) fn subscriptions(
    state: &mut State,
    _cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Vec<wire::SubscriptionTags>>, Refusal> {
    let found = bearers(state, call)?.filter_map(|set| Some((set.org, set.subscription.as_deref()?)));
    Ok(Found::new(found.map(|(org, subscription)| show_subscription(state, org, subscription)).collect()))
}

/// Lists all tags that any organization bears, or any subscription.
#[expect(clippy::unnecessary_wraps, reason = "endpoints share one signature")]
pub(crate) fn list(state: &mut State, _cx: &Context<'_>, call: &Call) -> Result<Found<Vec<wire::Tag>>, Refusal> {
    let of_subscriptions = call.param("type") == Some("SUBSCRIPTION");
    let mut found: BTreeMap<&str, &Tag> = BTreeMap::new();
    let sets = state.tags.values().filter(|set| set.subscription.is_some() == of_subscriptions);
    for tag in sets.flat_map(|set| &set.tags) {
        let known = found.entry(&tag.name).or_insert(tag);
        if known.description.is_none() {
            *known = tag;
        }
    }
    Ok(Found::new(found.into_values().map(show).collect()))
}
