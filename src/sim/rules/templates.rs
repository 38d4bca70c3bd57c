//! `/registry/templates`: hubform's own small API for onboarding templates, which the service has none for.

use base64::Engine as _;

use crate::sim::answer::Refusal;
use crate::sim::call::{Call, Context};
use crate::sim::id::{BASE64, Uuid};
use crate::sim::reply::{Created, Done, Found, Items};
use crate::sim::state::{Customer, State, Template};
use crate::sim::wire::template as wire;

/// Returns the provisioning id of a template: opaque, base64 of a bare UUID like the official example.
pub(crate) fn encode(key: Uuid) -> String {
    BASE64.encode(key.to_string())
}

pub(crate) fn decode(id: &str) -> Option<Uuid> {
    let text = String::from_utf8(BASE64.decode(id).ok()?).ok()?;
    text.parse().ok()
}

fn show(key: Uuid, template: &Template) -> wire::Template {
    wire::Template { provisioning_id: encode(key), name: template.name.clone(), spec: template.spec.clone() }
}

fn find<'a>(state: &'a State, id: &str) -> Result<(Uuid, &'a Template), Refusal> {
    decode(id).and_then(|key| Some((key, state.templates.get(&key)?))).ok_or_else(|| Refusal::not_found("template", id))
}

/// Takes what is asked for; the name must be free, or the template's own.
fn take(state: &State, asked: wire::TemplateRequest, own: Option<Uuid>) -> Result<Template, Refusal> {
    let wire::TemplateRequest { name, spec } = asked;
    if state.templates.find(&Template::named(&name)).any(|(key, _)| Some(*key) != own) {
        return Err(Refusal::conflict(format!("there is a template `{name}` already")));
    }
    Ok(Template { name: name.into_string(), spec: spec.into() })
}

#[expect(clippy::unnecessary_wraps, reason = "endpoints share one signature")]
pub(crate) fn list(
    state: &mut State,
    _cx: &Context<'_>,
    _call: &Call,
) -> Result<Found<Items<wire::Template>>, Refusal> {
    let items = state.templates.iter().map(|(key, template)| show(*key, template)).collect();
    Ok(Found::new(Items { items }))
}

pub(crate) fn get(state: &mut State, _cx: &Context<'_>, call: &Call) -> Result<Found<wire::Template>, Refusal> {
    let (key, template) = find(state, call.id())?;
    Ok(Found::new(show(key, template)))
}

pub(crate) fn create(
    state: &mut State,
    _cx: &Context<'_>,
    _call: &Call,
    asked: wire::TemplateRequest,
) -> Result<Created<wire::Template>, Refusal> {
    let template = take(state, asked, None)?;
    let key = state.next_id();
    let shown = show(key, &template);
    state.templates.insert(key, template);
    Ok(Created::new(shown))
}

/// Replaces name and spec; customers that were made from the template stay as they are.
pub(crate) fn update(
    state: &mut State,
    _cx: &Context<'_>,
    call: &Call,
    asked: wire::TemplateRequest,
) -> Result<Found<wire::Template>, Refusal> {
    let (key, _) = find(state, call.id())?;
    let template = take(state, asked, Some(key))?;
    let shown = show(key, &template);
    state.templates.insert(key, template);
    Ok(Found::new(shown))
}

pub(crate) fn delete(state: &mut State, _cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let (key, template) = find(state, call.id())?;
    let customers = state.customers.count(&Customer::from_template(&encode(key)));
    if customers > 0 {
        let name = &template.name;
        return Err(Refusal::conflict(format!("template `{name}` is used by {customers} customers")));
    }
    state.templates.remove(&key);
    Ok(Done::new())
}
