//! `/webhooks`: kept and shown; they never fire.

use url::form_urlencoded;

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reply::{Done, Found, Items};
use crate::sim::state::{State, Webhook, WebhookSecret};
use crate::sim::text::Text;
use crate::sim::wire::webhook as wire;

/// Filters that webhooks of the whole organization alone may have.
const FILTERS_OF_ORG: [&str; 4] = ["hostEmail", "hostUserId", "ownerEmail", "ownerId"];

fn find<'a>(state: &'a State, cx: &Context<'_>, id: &str) -> Result<(Uuid, &'a Webhook), Refusal> {
    Call::decode(cx, IdKind::Webhook, id)
        .and_then(|key| Some((key, state.webhooks.get(&key)?)))
        .ok_or_else(|| Refusal::not_found("webhook", id))
}

fn show(key: Uuid, webhook: &Webhook) -> wire::Webhook {
    wire::Webhook {
        id: IdKind::Webhook.encode(key),
        name: webhook.name.clone(),
        target_url: webhook.target_url.clone(),
        resource: webhook.resource,
        event: webhook.event,
        filter: webhook.filter.clone(),
        secret: webhook.secret.as_ref().map(|secret| secret.0.clone()),
        status: if webhook.active { wire::WebhookStatus::Active } else { wire::WebhookStatus::Inactive },
        created: webhook.created.to_string(),
        owned_by: webhook.of_org.then_some(wire::WebhookOwner::Org),
    }
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<Items<wire::Webhook>>, Refusal> {
    let of_org = call.param("ownedBy").is_some();
    let matching = state.webhooks.iter().filter(|(_, webhook)| webhook.of_org || !of_org);
    let page = Page::cut(call, cx, Paging::Cursor, Length { usual: 100, cap: 100 }, matching)?;
    let items = page.items.iter().map(|(key, webhook)| show(**key, webhook)).collect();
    Ok(Found::new(Items { items }).link(page.link))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::Webhook>, Refusal> {
    let (key, webhook) = find(state, cx, call.id())?;
    Ok(Found::new(show(key, webhook)))
}

pub(crate) fn create(
    state: &mut State,
    cx: &Context<'_>,
    _call: &Call,
    asked: wire::WebhookRequest,
) -> Result<Found<wire::Webhook>, Refusal> {
    let wire::WebhookRequest { name, target_url, resource, event, filter, secret, owned_by } = asked;
    if !resource.events().contains(&event) {
        let events: Vec<String> = resource.events().iter().map(word).collect();
        let text = format!("`event` is {}, and {} has {}", word(&event), word(&resource), events.join(", "));
        return Err(Refusal::bad(Code::None, text));
    }
    let of_org = owned_by.is_some();
    if of_org && !resource.can_be_of_org() {
        let text = format!("`ownedBy` is `org`, which webhooks on {} cannot be", word(&resource));
        return Err(Refusal::bad(Code::None, text));
    }
    let mut filters = form_urlencoded::parse(filter.as_deref().unwrap_or_default().as_bytes());
    if let Some((name, _)) = filters.find(|(name, _)| FILTERS_OF_ORG.contains(&&**name) && !of_org) {
        return Err(Refusal::bad(Code::None, format!("filter `{name}` needs `ownedBy` to be `org`")));
    }
    let most = cx.config.most_webhooks;
    if state.webhooks.len() >= most {
        return Err(Refusal::conflict(format!("there are {most} webhooks already, and there cannot be more")));
    }
    let webhook = Webhook {
        name: name.into_string(),
        target_url: target_url.into(),
        resource,
        event,
        filter: filter.map(Text::into_string),
        secret: secret.map(take_secret),
        of_org,
        active: true,
        created: cx.now,
    };
    let key = state.next_id();
    let shown = show(key, &webhook);
    state.webhooks.insert(key, webhook);
    Ok(Found::new(shown))
}

fn take_secret(secret: Text) -> WebhookSecret {
    WebhookSecret(secret.into_string())
}

/// Writes a word of an enumeration as the API does.
fn word(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_value(value).unwrap_or_default();
    format!("`{}`", text.as_str().unwrap_or_default())
}

/// Changes name, address and secret, and switches on what the service has switched off.
pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    change: wire::WebhookChange,
) -> Result<Found<wire::Webhook>, Refusal> {
    let (key, old) = find(state, cx, call.id())?;
    let wire::WebhookChange { name, target_url, secret, status, .. } = change;
    let new = Webhook {
        name: name.into_string(),
        target_url: target_url.into(),
        secret: secret.map(take_secret).or_else(|| old.secret.clone()),
        active: old.active || status.is_some(),
        ..old.clone()
    };
    let shown = show(key, &new);
    state.webhooks.insert(key, new);
    Ok(Found::new(shown))
}

pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let (key, _) = find(state, cx, call.id())?;
    state.webhooks.remove(&key);
    Ok(Done::new())
}
