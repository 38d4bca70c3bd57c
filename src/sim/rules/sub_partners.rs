//! Sub-partners: who they are, and what requests for one of them may do.

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::config::{Envelope, SubPartnerState};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reply::Found;
use crate::sim::state::{Customer, State};
use crate::sim::wire::sub_partner as wire;

/// What a request does with customers and subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Shows them.
    Look,
    /// Makes or changes them, or checks whether that would work.
    Change,
    /// Removes them.
    Remove,
}

/// Returns the sub-partner that the request acts for; none if it acts for the partner itself.
///
/// The customers of one are unknown to the other. A suspended sub-partner may look and delete.
pub(super) fn acting(cx: &Context<'_>, call: &Call, deed: Deed) -> Result<Option<Uuid>, Refusal> {
    let Some(id) = call.param("onBehalfOfSubPartnerOrgId") else {
        return Ok(None);
    };
    named(cx, id, deed).map(Some)
}

/// Returns the sub-partner with an `orgId`, if the deed is open to it.
pub(super) fn named(cx: &Context<'_>, id: &str, deed: Deed) -> Result<Uuid, Refusal> {
    let org = Call::decode(cx, IdKind::Organization, id);
    let Some(found) = cx.config.sub_partners.iter().find(|found| Some(found.org()) == org) else {
        let text = format!("`{id}` is not a sub-partner of this partner");
        return Err(Refusal::new(cx.config.unknown_sub_partner_status.code(), Code::None, text));
    };
    match (found.provisioning_state, deed) {
        (SubPartnerState::Suspended, Deed::Change) => {
            Err(Refusal::forbidden(format!("sub-partner `{}` is suspended, and may only delete", found.name)))
        }
        (SubPartnerState::Active, _) | (SubPartnerState::Suspended, Deed::Look | Deed::Remove) => Ok(found.org()),
    }
}

/// Returns the wholesale subscription of a sub-partner, or without one of the partner itself.
pub(super) fn subscription<'a>(cx: &Context<'a>, sub_partner: Option<Uuid>) -> Option<&'a str> {
    let Some(org) = sub_partner else {
        return Some(&cx.config.subscription);
    };
    let found = cx.config.sub_partners.iter().find(|found| found.org() == org)?;
    Some(&found.subscription_id)
}

/// Returns the wholesale subscription of an organization, if it is a customer's.
pub(super) fn subscription_of<'a>(state: &State, cx: &Context<'a>, org: Uuid) -> Option<&'a str> {
    let (_, customer) = state.customers.first(&Customer::of_org(org))?;
    subscription(cx, customer.sub_partner)
}

pub(crate) fn list(_state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::SubPartnerList>, Refusal> {
    let wanted = call.param("provisioningState").map(|state| match state {
        "active" => SubPartnerState::Active,
        _ => SubPartnerState::Suspended,
    });
    let matching =
        cx.config.sub_partners.iter().filter(|found| wanted.is_none_or(|wanted| found.provisioning_state == wanted));
    let page = Page::cut(call, cx, Paging::Offset, Length { usual: 50, cap: 100 }, matching)?;
    let shown = page.items.into_iter().map(|found| wire::SubPartner {
        org_id: found.org_id(),
        subscription_id: found.subscription_id.clone(),
        provisioning_state: found.provisioning_state,
        created: found.created.to_string(),
        billing_start_date: found.billing_start_date.to_string(),
    });
    let list = match cx.config.sub_partner_envelope {
        Envelope::Items => wire::SubPartnerList::Items { items: shown.collect() },
        Envelope::SubPartners => wire::SubPartnerList::Named { sub_partners: shown.collect() },
    };
    Ok(Found::new(list).link(page.link))
}
