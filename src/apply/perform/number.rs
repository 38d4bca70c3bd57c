//! The connection of a location to the public network, and its numbers.

use std::collections::BTreeSet;

use crate::{
    model::{LocationId, ObservedPstn, OrgId, PhoneNumber, Pstn, PstnKind, RequestKind, Route, codes, same_remote},
    webex::{Fault, PstnChoice, RouteChoice, RouteKind, WriteApi},
};

use super::{Success, Trouble, Work};

/// A connection whose names are resolved.
enum Resolved {
    Option(String),
    Route(RouteKind, String),
}

impl<W: WriteApi> Work<'_, W> {
    /// Connects a location. What only others can set is waited for (R12).
    pub(super) async fn connect_pstn(&self, pstn: &Pstn) -> Result<Success, Trouble> {
        let (org, id) = self.place()?;
        let current = self.run.api.pstn(&org, &id).await?;
        if current.as_ref().is_some_and(|it| meets(it, pstn)) {
            return Ok(Success::AlreadyDone);
        }
        if !pstn.kind().is_settable() {
            return Err(elsewhere(pstn.kind()));
        }
        if let Some(current) = current.filter(|it| !it.kind.is_some_and(PstnKind::is_settable)) {
            let text = format!(
                "the location is connected through `{}`, which the interface must not change",
                current.display_name
            );
            return Err(
                Trouble::failed(codes::NUMBERS_FORBIDDEN, text).fix("change the connection in Control Hub first")
            );
        }
        let resolved = self.resolve(&org, &id, pstn).await?;
        let choice = match &resolved {
            Resolved::Option(id) => PstnChoice::Option { id },
            Resolved::Route(kind, id) => PstnChoice::Route { kind: *kind, id },
        };
        let look = || async { Ok(self.run.api.pstn(&org, &id).await?.filter(|it| meets(it, pstn)).map(drop)) };
        let request = || self.run.api.connect_pstn(&org, &id, &choice);
        self.settled(RequestKind::ConnectPstn, request, look).await?.done()?;
        Ok(Success::Done)
    }

    async fn resolve(&self, org: &OrgId, id: &LocationId, pstn: &Pstn) -> Result<Resolved, Trouble> {
        let route = match pstn {
            Pstn::NonIntegratedCcp { provider, by_id } => {
                let options = self.run.api.pstn_options(org, id).await?;
                let is_it = |id: &str, name: &str| if *by_id { same_remote(id, provider) } else { name == provider };
                let found = options.iter().filter(|it| is_it(&it.id, &it.display_name)).map(|it| it.id.as_str());
                let offered = options.iter().map(|it| it.display_name.as_str());
                return Ok(Resolved::Option(only("PSTN provider", provider, found, offered)?));
            }
            Pstn::LocalGateway { route } => route,
            Pstn::IntegratedCcp | Pstn::CiscoPstn => return Err(elsewhere(pstn.kind())),
        };
        let choices = self.run.api.route_choices(org).await?;
        let (what, name) = match route {
            Route::Trunk(name) => ("trunk", name),
            Route::RouteGroup(name) => ("route group", name),
            Route::Id(id) => ("trunk or route group", id),
        };
        let is_it = |it: &&RouteChoice| match route {
            Route::Trunk(name) => it.kind == RouteKind::Trunk && it.name == *name,
            Route::RouteGroup(name) => it.kind == RouteKind::RouteGroup && it.name == *name,
            Route::Id(id) => same_remote(&it.id, id),
        };
        let found = choices.iter().filter(is_it).map(|it| it.id.as_str());
        let id = only(what, name, found, choices.iter().map(|it| it.name.as_str()))?;
        let kind = choices.iter().find(|it| it.id == id).map_or(RouteKind::Trunk, |it| it.kind);
        Ok(Resolved::Route(kind, id))
    }

    /// Adds numbers to a location, unless its connection forbids it.
    pub(super) async fn add_numbers(&self, numbers: &[PhoneNumber]) -> Result<Success, Trouble> {
        let (org, id) = self.place()?;
        self.insist_on_numbers(&org, &id).await?;
        let look = || async {
            let held = self.run.api.numbers(&org, &id).await?;
            Ok(numbers.iter().all(|number| held.contains(number)).then_some(()))
        };
        let fate = self.settled(RequestKind::AddNumbers, || self.run.api.add_numbers(&org, &id, numbers), look).await?;
        // Numbers that are there already are refused at times.
        self.done_or_already(fate, &[Fault::Conflict, Fault::Refused], look).await
    }

    /// Removes numbers from a location, unless its connection forbids it.
    pub(super) async fn remove_numbers(&self, numbers: &[PhoneNumber]) -> Result<Success, Trouble> {
        let (org, id) = self.place()?;
        self.insist_on_numbers(&org, &id).await?;
        let look = || async {
            let held = self.run.api.numbers(&org, &id).await?;
            Ok(numbers.iter().all(|number| !held.contains(number)).then_some(()))
        };
        // The removal of a number that is not there ends in many ways: 400, 404 and 502 are all seen.
        let refusals = [Fault::NotFound, Fault::Conflict, Fault::Refused, Fault::Unavailable];
        let fate =
            self.settled(RequestKind::RemoveNumbers, || self.run.api.remove_numbers(&org, &id, numbers), look).await?;
        self.done_or_already(fate, &refusals, look).await
    }

    /// Reads the connection right before numbers are changed: on an integrated one Cisco documents damage to its
    /// own data, and one of an unknown kind may be integrated (R12).
    async fn insist_on_numbers(&self, org: &OrgId, id: &LocationId) -> Result<(), Trouble> {
        let text = match self.run.api.pstn(org, id).await? {
            Some(pstn) if pstn.kind.is_some_and(PstnKind::is_settable) => return Ok(()),
            Some(pstn) => format!(
                "the location is connected through `{}` ({}), where the interface must not touch numbers",
                pstn.display_name,
                pstn.kind.map_or("of a kind that hubform does not know", PstnKind::word)
            ),
            None => "the location is not connected to the public network".to_owned(),
        };
        let fix = "order and remove numbers in Control Hub or with the provider, or connect the location first";
        Err(Trouble::failed(codes::NUMBERS_FORBIDDEN, text).fix(fix))
    }
}

/// Returns true if a location is connected as asked.
fn meets(current: &ObservedPstn, asked: &Pstn) -> bool {
    if current.kind != Some(asked.kind()) {
        return false;
    }
    let is = |known: Option<&String>, asked: &str| known.is_some_and(|it| it == asked);
    match asked {
        Pstn::NonIntegratedCcp { provider, by_id: true } => same_remote(&current.option_id, provider),
        Pstn::NonIntegratedCcp { provider, by_id: false } => current.display_name == *provider,
        Pstn::LocalGateway { route: Route::Trunk(name) } => is(current.trunk.as_ref(), name),
        Pstn::LocalGateway { route: Route::RouteGroup(name) } => is(current.route_group.as_ref(), name),
        Pstn::LocalGateway { route: Route::Id(id) } => current.route_id.as_ref().is_some_and(|it| same_remote(it, id)),
        Pstn::IntegratedCcp | Pstn::CiscoPstn => true,
    }
}

/// Returns the id of the one thing that matches: none yet is a wait, several are a failure.
fn only<'a>(
    what: &str,
    name: &str,
    found: impl Iterator<Item = &'a str>,
    offered: impl Iterator<Item = &'a str>,
) -> Result<String, Trouble> {
    let found: BTreeSet<&str> = found.collect();
    let quoted = |all: &BTreeSet<&str>| all.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    let mut ids = found.iter();
    match (ids.next(), ids.next()) {
        (Some(id), None) => Ok((*id).to_owned()),
        (None, _) => {
            let offered: BTreeSet<&str> = offered.collect();
            let there = if offered.is_empty() {
                "there are none".to_owned()
            } else {
                format!("there are {}", quoted(&offered))
            };
            let text = format!("the location has no {what} `{name}` to choose: {there}");
            let action = format!("make the {what} `{name}` in Control Hub, or write the name of one that is there");
            Err(Trouble::waiting(codes::PSTN_NOT_OFFERED, text, "an administrator in Control Hub", action))
        }
        (Some(_), Some(_)) => {
            let text = format!("several are the {what} `{name}`: {}", quoted(&found));
            Err(Trouble::failed(codes::AMBIGUOUS, text).fix("write `id:` in place of the name"))
        }
    }
}

fn elsewhere(kind: PstnKind) -> Trouble {
    let text = format!("the location is not connected as `{}` yet, which the interface cannot do", kind.word());
    let who = match kind {
        PstnKind::IntegratedCcp => "the PSTN provider",
        PstnKind::CiscoPstn | PstnKind::LocalGateway | PstnKind::NonIntegratedCcp => "an administrator in Control Hub",
    };
    Trouble::waiting(codes::PSTN_ELSEWHERE, text, who, "make the connection, then run `hubform apply` again")
}
