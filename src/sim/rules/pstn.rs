//! `/telephony/pstn`: how a location reaches the public network.

use super::calling::{self, Site};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::config::Config;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reply::{Done, Found, Items};
use crate::sim::state::{Number, Pstn, PstnType, State};
use crate::sim::wire::pstn::{PstnChoice, PstnConnection, PstnOption, PstnService};

const PREMISES: &str = "Premises-based PSTN";

/// The service that `serviceTypes` can ask for.
const MOBILE: &str = "MOBILE_NUMBERS";

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

/// Lists what a connection brings.
pub(super) fn services(config: &Config, kind: PstnType, option: &str) -> Vec<PstnService> {
    let mut services = vec![PstnService::Geographic];
    match kind {
        PstnType::LocalGateway | PstnType::NonIntegratedCcp => {}
        PstnType::IntegratedCcp | PstnType::CiscoPstn => services.push(PstnService::Tollfree),
    }
    if config.service_number_providers.contains(option) {
        services.push(PstnService::Service);
    }
    services
}

pub(crate) fn list_options(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Items<PstnOption>>, Refusal> {
    let Site { key, .. } = calling::find(state, cx, call)?;
    let wanted: Vec<&str> = call.params("serviceTypes").flat_map(|list| list.split(',')).collect();
    if let Some(other) = wanted.iter().find(|name| **name != MOBILE) {
        return Err(Refusal::bad(Code::None, format!("`{other}` is not a service type here, `{MOBILE}` is")));
    }
    let show = |name: &str, pstn_services| PstnOption {
        id: option_id(key, name),
        display_name: name.to_owned(),
        pstn_services,
    };
    let items = if wanted.is_empty() {
        options(cx.config).map(|(name, kind)| show(name, services(cx.config, kind, name))).collect()
    } else {
        cx.config.mobile_carriers.iter().map(|name| show(name, vec![PstnService::Mobile])).collect()
    };
    Ok(Found::new(Items { items }))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<PstnConnection>, Refusal> {
    let Site { key, calling, .. } = calling::find(state, cx, call)?;
    let Some(Pstn { kind, option, route }) = &calling.pstn else {
        return Err(Refusal::new(
            cx.config.unset_pstn_status.code(),
            Code::None,
            "PSTN for the location is not configured",
        ));
    };
    Ok(Found::new(PstnConnection {
        id: option_id(key, option),
        display_name: option.clone(),
        pstn_services: services(cx.config, *kind, option),
        kind: *kind,
        route_type: route.map(|(kind, _)| kind),
        route_id: route.map(|(kind, route)| calling::route_id(kind, route)),
    }))
}

/// Chooses the connection: an option's id for a provider, or a route for a local gateway, and never both.
pub(crate) fn set(state: &mut State, cx: &Context<'_>, call: &Call, choice: PstnChoice) -> Result<Done, Refusal> {
    let Site { org, key, calling, .. } = calling::find(state, cx, call)?;
    let new = match (choice.id, choice.premise_route_type, choice.premise_route_id) {
        (Some(id), None, None) => choose_option(cx, key, &id)?,
        (None, Some(kind), Some(route)) => {
            let route = calling::find_route(state, cx, org, kind, &route)?;
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
        if !same && cx.config.pstn_change_in_use.refuses() && state.numbers.count(&Number::at(key)) > 0 {
            return Err(Refusal::conflict("the location has numbers of the present connection"));
        }
    }
    state.locations.edit(&key, |location| {
        if let Some(calling) = &mut location.calling {
            calling.pstn = Some(new);
        }
    });
    Ok(Done::new())
}

/// Finds the option of a location that the API may choose.
fn choose_option(cx: &Context<'_>, location: Uuid, id: &str) -> Result<Pstn, Refusal> {
    match options(cx.config).find(|(name, _)| option_id(location, name) == id) {
        Some((name, kind @ PstnType::NonIntegratedCcp)) => Ok(Pstn { kind, option: name.to_owned(), route: None }),
        Some((name, PstnType::LocalGateway)) => Err(Refusal::bad(Code::None, format!("`{name}` needs a route"))),
        Some((name, PstnType::IntegratedCcp | PstnType::CiscoPstn)) => {
            Err(Refusal::bad(Code::None, format!("`{name}` is integrated; the provider or Control Hub chooses it")))
        }
        None => Err(Refusal::bad(4008, format!("the location has no option `{id}`"))),
    }
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
