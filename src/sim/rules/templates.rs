//! `/registry/templates`: hubform's own small API for onboarding templates, which the service has none for.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::sim::answer::{Answer, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::id::{BASE64, Uuid};
use crate::sim::state::{Customer, State, Template};

/// Returns the provisioning id of a template: opaque, base64 of a bare UUID like the official example.
pub(crate) fn encode(key: Uuid) -> String {
    BASE64.encode(key.to_string())
}

pub(crate) fn decode(id: &str) -> Option<Uuid> {
    let text = String::from_utf8(BASE64.decode(id).ok()?).ok()?;
    text.parse().ok()
}

fn to_value(key: Uuid, template: &Template) -> Value {
    json!({ "provisioningId": encode(key), "name": template.name, "spec": template.spec })
}

fn find<'a>(state: &'a State, id: &str) -> Result<(Uuid, &'a Template), Refusal> {
    decode(id).and_then(|key| Some((key, state.templates.get(&key)?))).ok_or_else(|| Refusal::not_found("template", id))
}

/// Reads a template; its name must be free, or its own.
fn read(state: &State, cx: &Context<'_>, call: &Call, own: Option<Uuid>) -> Result<Template, Refusal> {
    let mut body = call.body(Family::Other)?;
    let name = body.need("name")?;
    let spec = match body.value("spec") {
        None => return Err(body.missing("spec")),
        Some(spec) if !spec.is_object() => return Err(body.wrong("spec", "is not an object")),
        Some(spec) => spec.clone(),
    };
    body.end(cx)?;
    if state.templates.find(&Template::named(&name)).any(|(key, _)| Some(*key) != own) {
        return Err(Refusal::conflict(format!("there is a template `{name}` already")));
    }
    Ok(Template { name, spec })
}

#[expect(clippy::unnecessary_wraps, reason = "endpoints share one signature")]
pub(crate) fn list(state: &mut State, _cx: &Context<'_>, _call: &Call) -> Result<Answer, Refusal> {
    let items: Vec<Value> = state.templates.iter().map(|(key, template)| to_value(*key, template)).collect();
    Ok(Answer::ok(json!({ "items": items })))
}

pub(crate) fn get(state: &mut State, _cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let (key, template) = find(state, call.id())?;
    Ok(Answer::ok(to_value(key, template)))
}

pub(crate) fn create(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let template = read(state, cx, call, None)?;
    let key = state.next_id();
    let value = to_value(key, &template);
    state.templates.insert(key, template);
    Ok(Answer::created(value))
}

/// Replaces name and spec; customers that were made from the template stay as they are.
pub(crate) fn update(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let (key, _) = find(state, call.id())?;
    let template = read(state, cx, call, Some(key))?;
    let value = to_value(key, &template);
    state.templates.insert(key, template);
    Ok(Answer::ok(value))
}

pub(crate) fn delete(state: &mut State, _cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let (key, template) = find(state, call.id())?;
    let customers = state.customers.count(&Customer::from_template(&encode(key)));
    if customers > 0 {
        let name = &template.name;
        return Err(Refusal::conflict(format!("template `{name}` is used by {customers} customers")));
    }
    state.templates.remove(&key);
    Ok(Answer::no_content())
}
