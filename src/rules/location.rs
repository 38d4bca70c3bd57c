//! Rules about locations.

use std::collections::BTreeSet;

use crate::model::{Location, Name, PostalAddress, Problem, codes};

use super::{
    claim::{Claim, always, clashes},
    fleet::{Fleet, Part, Placed},
    number::is_ordered_elsewhere,
    shown::shown,
    table::problem,
};

/// The most characters in the name of a location with calling.
const MAX_NAME: usize = 80;

/// The most digits of a routing prefix.
const MAX_PREFIX: usize = 7;

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for part in fleet.parts.values() {
        let busy: BTreeSet<&Name> = part
            .users
            .iter()
            .filter(|(_, user)| user.spec.package.is_calling())
            .filter_map(|(_, user)| user.spec.location.as_ref())
            .collect();
        for (name, &location) in &part.locations {
            display_name(location, found);
            main_number(location, busy.contains(name), found);
            prefix(location, found);
        }
        names(part, found);
        addresses(part, found);
        prefixes(part, found);
    }
}

fn display_name(location: Placed<'_, Location>, found: &mut Vec<Problem>) {
    let name = &location.spec.display_name;
    let length = name.chars().count();
    if length > MAX_NAME {
        let message = format!("`displayName` has {length} characters, and the service takes {MAX_NAME}");
        found.push(location.blame("displayName", problem(codes::LOCATION_NAME, message).fix("shorten it")));
    }
    if name.contains('%') {
        let message = format!("the location `{}` contains `%`, which the service refuses in names", shown(name));
        found.push(location.blame("displayName", problem(codes::PERCENT, message).fix("write it without `%`")));
    }
}

fn main_number(location: Placed<'_, Location>, has_users: bool, found: &mut Vec<Problem>) {
    match &location.spec.main_number {
        Some(number) if !is_ordered_elsewhere(location.spec) && !location.spec.numbers.contains(number) => {
            let message = format!("`mainNumber` is `{number}`, which is not among `numbers`");
            let problem = problem(codes::MAIN_NUMBER_ELSEWHERE, message)
                .label(location.at("numbers"), "its numbers")
                .fix(format!("add `{number}` to `numbers`, or choose one of them"));
            found.push(location.blame("mainNumber", problem));
        }
        None if has_users => {
            let message =
                "calling users are here, but there is no `mainNumber`, so they cannot make calls to the outside";
            let fix = "write `mainNumber`, one of the location's `numbers`";
            found.push(location.blame("mainNumber", problem(codes::NO_MAIN_NUMBER, message).fix(fix)));
        }
        Some(_) | None => {}
    }
}

fn prefix(location: Placed<'_, Location>, found: &mut Vec<Problem>) {
    let Some(prefix) = &location.spec.routing_prefix else { return };
    if prefix.is_empty() || prefix.len() > MAX_PREFIX || !prefix.bytes().all(|b| b.is_ascii_digit()) {
        let message = format!("`{}` is not a routing prefix, which has 1 to {MAX_PREFIX} digits", shown(prefix));
        let fix = "write digits, quoted: `routingPrefix: \"82\"`";
        found.push(location.blame("routingPrefix", problem(codes::ROUTING_PREFIX, message).fix(fix)));
    }
}

fn names(part: &Part<'_>, found: &mut Vec<Problem>) {
    let claims = part.locations.values().map(|location| Claim {
        key: location.spec.display_name.to_lowercase(),
        address: location.address,
        object: location.object,
        path: "displayName",
    });
    clashes(claims, always, |claim, other| {
        let message = format!("`{}` and `{}` have one `displayName`", claim.address, other.address);
        let fix = "give each location a name of its own; upper and lower case do not count";
        found.push(claim.blame(other, problem(codes::LOCATION_NAME_TWICE, message).fix(fix)));
    });
}

fn addresses(part: &Part<'_>, found: &mut Vec<Problem>) {
    // With an id each, they are told apart.
    let claims = part.locations.values().filter(|location| location.spec.id.is_none()).map(|location| {
        let PostalAddress { line1, line2, city, state, postal_code, country } = &location.spec.address.postal;
        let parts = [Some(line1), line2.as_ref(), Some(city), state.as_ref(), postal_code.as_ref()];
        Claim {
            key: (parts.map(|part| part.map(|text| text.to_lowercase())), country),
            address: location.address,
            object: location.object,
            path: "address",
        }
    });
    clashes(claims, always, |claim, other| {
        let message = format!("`{}` and `{}` have one address", claim.address, other.address);
        let fix = "correct one of them; if both are right, write the floor in `line2`, or `id` on both";
        found.push(claim.blame(other, problem(codes::LOCATION_ADDRESS_TWICE, message).fix(fix)));
    });
}

fn prefixes(part: &Part<'_>, found: &mut Vec<Problem>) {
    let claims = part.locations.values().filter_map(|location| {
        let key = location.spec.routing_prefix.as_deref()?;
        Some(Claim { key, address: location.address, object: location.object, path: "routingPrefix" })
    });
    clashes(claims, always, |claim, other| {
        let message =
            format!("`{}` and `{}` have the routing prefix `{}`", claim.address, other.address, shown(claim.key));
        let fix = "give each location a prefix of its own";
        found.push(claim.blame(other, problem(codes::ROUTING_PREFIX_TWICE, message).fix(fix)));
    });
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Location, LocationId, Pstn},
        rules::world::World,
    };

    fn branch(edit: impl FnOnce(&mut Location)) -> World {
        World::valid().location("acme", "branch", edit)
    }

    #[test]
    fn a_name_has_eighty_characters_and_no_percent_sign() {
        branch(|branch| branch.display_name = "ü".repeat(80)).finds(&[]);
        branch(|branch| branch.display_name = "ü".repeat(81)).finds(&["HF280"]);
        branch(|branch| branch.display_name = "5% Off".to_owned()).finds(&["HF220"]);
    }

    #[test]
    fn locations_of_a_customer_are_told_apart_by_name() {
        branch(|branch| branch.display_name = "HEAD office".to_owned()).finds(&["HF281"]);
        World::valid().location("birch", "headquarters", |hq| hq.display_name = "Branch".to_owned()).finds(&[]);
    }

    #[test]
    fn two_locations_at_one_address_are_pointed_out() {
        let moved = || {
            let address = World::valid().spec_of_location("acme", "headquarters").address.clone();
            branch(|branch| branch.address = address)
        };
        moved().finds(&["HF282"]);
        moved().location("acme", "branch", |branch| branch.id = Some(LocationId::new("abc"))).finds(&[]);
    }

    #[test]
    fn the_main_number_is_one_of_the_numbers() {
        branch(|branch| branch.main_number = Some("+14085550999".parse().unwrap())).finds(&["HF283"]);
        branch(|branch| {
            branch.pstn = Some(Pstn::IntegratedCcp);
            branch.numbers.clear();
        })
        .finds(&["HF292"]);
    }

    #[test]
    fn users_need_a_main_number_to_call_out() {
        branch(|branch| branch.main_number = None).finds(&["HF284"]);
        branch(|branch| branch.main_number = None).without("user/acme/cid@acme.example").finds(&[]);
    }

    #[test]
    fn a_routing_prefix_is_short_and_made_of_digits() {
        branch(|branch| branch.routing_prefix = Some("1234567".to_owned())).finds(&[]);
        for bad in ["", "12345678", "8a", "٣"] {
            branch(|branch| branch.routing_prefix = Some(bad.to_owned())).finds(&["HF285"]);
        }
    }

    #[test]
    fn a_routing_prefix_belongs_to_one_location_of_a_customer() {
        branch(|branch| branch.routing_prefix = Some("81".to_owned())).finds(&["HF286"]);
        World::valid().location("birch", "headquarters", |hq| hq.routing_prefix = Some("81".to_owned())).finds(&[]);
    }
}
