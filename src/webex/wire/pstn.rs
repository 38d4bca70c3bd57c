//! PSTN connections, routes and roles as the service writes them.

use serde::Deserialize;

use super::{required, text};
use crate::{
    model::{ObservedPstn, PstnKind, RoleName, same_remote},
    webex::{PstnOption, RouteChoice, RouteKind},
};

/// The answer of `GET …/connection`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Connection {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    display_name: Option<String>,
    #[serde(deserialize_with = "required")]
    pstn_connection_type: String,
    #[serde(default, deserialize_with = "text")]
    route_type: Option<String>,
    #[serde(default, deserialize_with = "text")]
    route_id: Option<String>,
}

impl Connection {
    /// Returns true if a route stands behind it whose name is worth a look.
    pub(in crate::webex) const fn has_route(&self) -> bool {
        self.route_id.is_some()
    }

    /// Returns the connection, with the name of its trunk or route group if `routes` has it.
    pub(in crate::webex) fn into_model(self, routes: &[RouteChoice]) -> ObservedPstn {
        let kind = match self.pstn_connection_type.as_str() {
            "LOCAL_GATEWAY" => Some(PstnKind::LocalGateway),
            "NON_INTEGRATED_CCP" => Some(PstnKind::NonIntegratedCcp),
            "INTEGRATED_CCP" => Some(PstnKind::IntegratedCcp),
            "CISCO_PSTN" => Some(PstnKind::CiscoPstn),
            _ => None,
        };
        let route = self.route_id.as_deref().and_then(|id| {
            let of_type = |route: &&RouteChoice| match self.route_type.as_deref() {
                Some("TRUNK") => route.kind == RouteKind::Trunk,
                Some("ROUTE_GROUP") => route.kind == RouteKind::RouteGroup,
                Some(_) | None => true,
            };
            routes.iter().filter(of_type).find(|route| same_remote(&route.id, id))
        });
        let named = |kind| route.filter(|route| route.kind == kind).map(|route| route.name.clone());
        ObservedPstn {
            kind,
            option_id: self.id.unwrap_or_default(),
            display_name: self.display_name.unwrap_or_default(),
            trunk: named(RouteKind::Trunk),
            route_group: named(RouteKind::RouteGroup),
            route_id: self.route_id,
        }
    }
}

/// An item of `GET …/connectionOptions`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct ConnectionOption {
    #[serde(deserialize_with = "required")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    display_name: Option<String>,
}

impl From<ConnectionOption> for PstnOption {
    fn from(option: ConnectionOption) -> Self {
        Self { id: option.id, display_name: option.display_name.unwrap_or_default() }
    }
}

/// An item of `GET /telephony/config/routeChoices`.
#[derive(Debug, Deserialize)]
pub(in crate::webex) struct RouteIdentity {
    #[serde(deserialize_with = "required")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "text")]
    kind: Option<String>,
}

impl RouteIdentity {
    /// Returns the route; nothing for a type that hubform does not know.
    pub(in crate::webex) fn into_model(self) -> Option<RouteChoice> {
        let kind = match self.kind.as_deref() {
            Some("TRUNK") => RouteKind::Trunk,
            Some("ROUTE_GROUP") => RouteKind::RouteGroup,
            Some(_) | None => return None,
        };
        Some(RouteChoice { id: self.id, name: self.name.unwrap_or_default(), kind })
    }
}

/// An item of `GET /roles`.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::webex) struct Role {
    #[serde(deserialize_with = "required")]
    pub(in crate::webex) id: String,
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
}

impl Role {
    /// Returns the role's name; its id if it has none.
    pub(in crate::webex) fn name(&self) -> RoleName {
        RoleName::new(self.name.as_deref().unwrap_or(&self.id))
    }
}
