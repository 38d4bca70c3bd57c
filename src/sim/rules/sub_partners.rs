//! Sub-partners: who they are, and what requests for one of them may do.

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::config::SubPartnerState;
use crate::sim::id::{IdKind, Uuid};

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
