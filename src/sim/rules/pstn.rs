//! `/telephony/pstn`: how a location reaches the public network.

use serde_json::{Value, json};

use super::calling::{self, Found};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::config::Config;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::state::{Number, Pstn, PstnType, State};

const PREMISES: &str = "Premises-based PSTN";

/// Lists what a location is offered: names, and the kinds that the API does not show.
fn options(config: &Config) -> impl Iterator<Item = (&str, PstnType)> {
    let providers = config.providers.iter().map(|name| (name.as_str(), PstnType::NonIntegratedCcp));
    let integrated = config.integrated_providers.iter().map(|name| (name.as_str(), PstnType::IntegratedCcp));
    std::iter::once((PREMISES, PstnType::LocalGateway)).chain(providers).chain(integrated)
}

/// Returns the id of an option, which is another one in every location.
fn option_id(location: Uuid, name: &str) -> String {
    let uuid = Uuid::derived(&["pstn option", &location.to_string(), name]);
    IdKind::PstnConnection.encode(uuid)
}

fn services(kind: PstnType) -> &'static [&'static str] {
    match kind {
        PstnType::LocalGateway | PstnType::NonIntegratedCcp => &["GEOGRAPHIC_NUMBERS"],
        PstnType::IntegratedCcp | PstnType::CiscoPstn => &["GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS"],
    }
}

pub(crate) fn list_options(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let Found { key, .. } = calling::find(state, cx, call)?;
    let mobile_only = match call.param("serviceTypes") {
        None => false,
        Some("MOBILE_NUMBERS") => true,
        Some(other) => {
            return Err(Refusal::bad(Code::None, format!("`{other}` is not a service type here")));
        }
    };
    let items: Vec<Value> = options(cx.config)
        .filter(|_| !mobile_only)
        .map(|(name, kind)| json!({ "id": option_id(key, name), "displayName": name, "pstnServices": services(kind) }))
        .collect();
    Ok(Answer::ok(json!({ "items": items })))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let Found { key, calling, .. } = calling::find(state, cx, call)?;
    let Some(Pstn { kind, option, route }) = &calling.pstn else {
        return Err(Refusal::new(
            cx.config.unset_pstn_status.code(),
            Code::None,
            "PSTN for the location is not configured",
        ));
    };
    let mut value = json!({
        "id": option_id(key, option),
        "displayName": option,
        "pstnServices": services(*kind),
        "pstnConnectionType": kind.name(),
    });
    if let Some((kind, route)) = route {
        value["routeType"] = json!(kind.name());
        value["routeId"] = json!(calling::route_id(*kind, *route));
    }
    Ok(Answer::ok(value))
}

/// Chooses the connection: an option's id for a provider, or a route for a local gateway, and never both.
pub(crate) fn set(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let Found { org, key, calling, .. } = calling::find(state, cx, call)?;
    let mut body = call.body(Family::Calling)?;
    let id = body.filled("id")?;
    let kind = body.filled("premiseRouteType")?;
    let route = body.filled("premiseRouteId")?;
    body.end(cx)?;
    let new = match (id, kind, route) {
        (Some(id), None, None) => {
            let option = options(cx.config).find(|(name, _)| option_id(key, name) == id);
            match option {
                Some((name, kind @ PstnType::NonIntegratedCcp)) => Pstn { kind, option: name.to_owned(), route: None },
                Some((name, PstnType::LocalGateway)) => {
                    return Err(Refusal::bad(Code::None, format!("`{name}` needs a route")));
                }
                Some((name, PstnType::IntegratedCcp | PstnType::CiscoPstn)) => {
                    return Err(Refusal::bad(
                        Code::None,
                        format!("`{name}` is integrated; the provider or Control Hub chooses it"),
                    ));
                }
                None => {
                    return Err(Refusal::bad(4008, format!("the location has no option `{id}`")));
                }
            }
        }
        (None, Some(kind), Some(route)) => {
            let route = calling::find_route(state, cx, org, &kind, &route)?;
            Pstn { kind: PstnType::LocalGateway, option: PREMISES.to_owned(), route: Some(route) }
        }
        _ => {
            return Err(Refusal::bad(25008, "send either `id`, or `premiseRouteType` with `premiseRouteId`"));
        }
    };
    if let Some(old) = &calling.pstn {
        if !old.kind.takes_numbers() {
            return Err(Refusal::bad(Code::None, "an integrated connection is changed in Control Hub"));
        }
        let same = old.kind == new.kind && old.option == new.option;
        if !same && state.numbers.count(&Number::at(key)) > 0 {
            return Err(Refusal::conflict("the location has numbers of the present connection"));
        }
    }
    state.locations.edit(&key, |location| {
        if let Some(calling) = &mut location.calling {
            calling.pstn = Some(new);
        }
    });
    Ok(Answer::no_content())
}

/// Sets a connection from outside of the API, as a provider or Control Hub would.
pub(crate) fn set_from_outside(state: &mut State, key: Uuid, kind: PstnType, provider: &str) -> bool {
    let done = state.locations.edit(&key, |location| match &mut location.calling {
        Some(calling) => {
            calling.pstn = Some(Pstn { kind, option: provider.to_owned(), route: None });
            true
        }
        None => false,
    });
    done.unwrap_or(false)
}
