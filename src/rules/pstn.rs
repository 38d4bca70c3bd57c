//! Rules about connections to the public telephone network.

use crate::model::{Customer, Location, PackageName, Problem, Pstn, PstnKind, codes};

use super::{
    fleet::{Fleet, Placed},
    table::problem,
};

const CALLING_PLAN: &str = "cisco_calling_plan";

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for (part, location) in fleet.locations() {
        match &location.spec.pstn {
            None => numbers_without(location, found),
            Some(pstn) if !pstn.kind().is_settable() => {
                expected(location, pstn, found);
                numbers_not_ours(location, pstn, found);
                if let Some(customer) = part.customer {
                    calling_plan(location, pstn, customer, found);
                }
            }
            Some(_) => {}
        }
    }
}

fn numbers_without(location: Placed<'_, Location>, found: &mut Vec<Problem>) {
    if !location.spec.numbers.is_empty() {
        let message = "`numbers` are written, but no `pstn`, which is chosen before numbers are added";
        let fix = "add `pstn: { type: local-gateway, trunk: … }` or `pstn: { type: non-integrated-ccp, provider: … }`";
        found.push(location.blame("numbers", problem(codes::NUMBERS_WITHOUT_PSTN, message).fix(fix)));
    }
}

fn expected(location: Placed<'_, Location>, pstn: &Pstn, found: &mut Vec<Problem>) {
    let word = pstn.kind().word();
    let message =
        format!("`{word}` cannot be set through the interface; what depends on it waits until it is observed");
    let fix = match pstn.kind() {
        PstnKind::CiscoPstn => "order the Cisco Calling Plan for this location in Control Hub",
        PstnKind::IntegratedCcp | PstnKind::LocalGateway | PstnKind::NonIntegratedCcp => {
            "have the provider connect this location"
        }
    };
    found.push(location.blame("pstn.type", problem(codes::PSTN_EXPECTED, message).fix(fix)));
}

fn numbers_not_ours(location: Placed<'_, Location>, pstn: &Pstn, found: &mut Vec<Problem>) {
    if !location.spec.numbers.is_empty() {
        let message = format!("`numbers` cannot stand beside `{}`: they are ordered elsewhere", pstn.kind().word());
        let problem = problem(codes::NUMBERS_NOT_OURS, message)
            .label(location.at("pstn.type"), "the type of connection")
            .fix("take `numbers` out, and order them in Control Hub or from the provider");
        found.push(location.blame("numbers", problem));
    }
}

fn calling_plan(location: Placed<'_, Location>, pstn: &Pstn, customer: Placed<'_, Customer>, found: &mut Vec<Problem>) {
    if pstn.kind() == PstnKind::CiscoPstn && !customer.spec.packages.contains_key(&PackageName::new(CALLING_PLAN)) {
        let message =
            format!("`cisco-pstn` needs the package `{CALLING_PLAN}`, which `{}` does not have", customer.address);
        let problem = problem(codes::NO_CALLING_PLAN, message)
            .label(customer.at("packages"), "its packages")
            .fix(format!("add `{CALLING_PLAN}: {{}}` to the customer's packages"));
        found.push(location.blame("pstn.type", problem));
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{PackageName, PackageTerms, Pstn},
        rules::world::World,
    };

    fn branch(pstn: Option<Pstn>) -> World {
        World::valid().location("acme", "branch", |branch| branch.pstn = pstn)
    }

    fn with_plan(world: World) -> World {
        world.customer("acme", |acme| {
            acme.packages.insert(PackageName::new("cisco_calling_plan"), PackageTerms::default());
        })
    }

    #[test]
    fn numbers_need_a_connection() {
        branch(None).finds(&["HF290"]);
    }

    #[test]
    fn numbers_that_must_not_be_touched_are_refused() {
        branch(Some(Pstn::IntegratedCcp)).finds(&["HF291", "HF292"]);
    }

    #[test]
    fn a_type_that_cannot_be_set_is_waited_for() {
        with_plan(branch(Some(Pstn::CiscoPstn)))
            .location("acme", "branch", |branch| branch.numbers.clear())
            .finds(&["HF292"]);
    }

    #[test]
    fn a_calling_plan_needs_its_add_on() {
        branch(Some(Pstn::CiscoPstn))
            .location("acme", "branch", |branch| branch.numbers.clear())
            .finds(&["HF292", "HF293"]);
    }
}
