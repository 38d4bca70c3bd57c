//! Rules about phone numbers: who holds them and where they are.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{Address, Location, PhoneNumber, Problem, PstnKind, User, codes, compress};

use super::{
    claim::{Claim, always, clashes},
    fleet::{Fleet, Placed, at, member, scope},
    table::problem,
};

/// Toll-free prefixes of the North American numbering plan, and the international one (ITU-T E.169.1).
const TOLL_FREE: [&str; 8] = ["+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888", "+800"];

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    elsewhere(fleet, found);
    for (part, _, user) in fleet.users() {
        toll_free(user, found);
        if let Some(location) = part.location_of(user.spec) {
            main_number(user, location, found);
        }
    }
    for (_, location) in fleet.locations() {
        shape(location, found);
    }
    held_twice(fleet, found);
    in_two_locations(fleet, found);
}

/// Returns true if the numbers of a location are ordered elsewhere, so that manifests do not list them.
pub(super) fn is_ordered_elsewhere(location: &Location) -> bool {
    location.pstn.as_ref().is_some_and(|pstn| !PstnKind::is_settable(pstn.kind()))
}

fn elsewhere(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let mut strays = Vec::new();
    for (part, _, user) in fleet.users() {
        let Some(number) = &user.spec.phone_number else { continue };
        let Some(location) = part.location_of(user.spec) else { continue };
        if !is_ordered_elsewhere(location.spec) && !location.spec.numbers.contains(number) {
            strays.push((user, number, location));
        }
    }
    // Only now look for those numbers everywhere: a project in order needs no such walk.
    let wanted: HashSet<&PhoneNumber> = strays.iter().map(|&(_, number, _)| number).collect();
    let mut homes: HashMap<&PhoneNumber, &Address> = HashMap::new();
    if !wanted.is_empty() {
        for (_, location) in fleet.locations() {
            for number in location.spec.numbers.iter().filter(|number| wanted.contains(number)) {
                homes.entry(number).or_insert(location.address);
            }
        }
    }
    for (user, number, location) in strays {
        let here = location.address;
        let (message, fix) = match homes.get(number) {
            Some(home) => (
                format!("`{number}` is a number of `{home}`, and the user is at `{here}`"),
                "give the user a number of that location, or move the number".to_owned(),
            ),
            None => (
                format!("`{number}` is not among the numbers of `{here}`"),
                format!("add `{number}` to the location's `numbers`, or give the user one of them"),
            ),
        };
        let problem = problem(codes::NUMBER_ELSEWHERE, message).label(location.at("numbers"), "its numbers").fix(fix);
        found.push(user.blame("phoneNumber", problem));
    }
}

fn toll_free(user: Placed<'_, User>, found: &mut Vec<Problem>) {
    let Some(number) = &user.spec.phone_number else { return };
    if TOLL_FREE.iter().any(|prefix| number.as_str().starts_with(prefix)) {
        let message = format!("`{number}` is toll-free, and a user cannot hold such a number");
        let fix = "give the user another number; a location may have it as its main number";
        found.push(user.blame("phoneNumber", problem(codes::TOLL_FREE, message).fix(fix)));
    }
}

/// Numbers behind `+1` that cannot exist; said once for a location, since ranges share their mistake.
fn shape(location: Placed<'_, Location>, found: &mut Vec<Problem>) {
    let is_wrong = |number: &&PhoneNumber| {
        let digits = number.digits().as_bytes();
        let begins_wrong = |at: usize| digits.get(at).is_some_and(|digit| *digit < b'2');
        digits.first() == Some(&b'1') && (digits.len() != 11 || begins_wrong(1) || begins_wrong(4))
    };
    let mut wrong = location.spec.numbers.iter().filter(is_wrong);
    let Some(first) = wrong.next() else { return };
    let more = match wrong.count() {
        0 => String::new(),
        count => format!(" (and {count} more numbers)"),
    };
    let message = format!("`{first}`{more} is not a number of the North American numbering plan");
    let fix = "write `+1`, an area code, an exchange and four digits, such as `+14085550100`";
    found.push(location.blame(&member("numbers", first.as_str()), problem(codes::NUMBER_SHAPE, message).fix(fix)));
}

fn main_number(user: Placed<'_, User>, location: Placed<'_, Location>, found: &mut Vec<Problem>) {
    if user.spec.phone_number.is_some() && user.spec.phone_number == location.spec.main_number {
        let message = format!("the user's number is the main number of `{}`", location.address);
        let problem = problem(codes::MAIN_NUMBER_HELD, message)
            .label(location.at("mainNumber"), "the main number")
            .fix("give the user another number, unless all calls to the location should ring there");
        found.push(user.blame("phoneNumber", problem));
    }
}

/// Returns a number as one that compares quickly; it has no leading zeros and at most 15 digits.
fn digits(number: &PhoneNumber) -> u64 {
    number.digits().parse().unwrap_or_default()
}

fn held_twice(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let claims = fleet.users().filter_map(|(_, _, user)| {
        let key = digits(user.spec.phone_number.as_ref()?);
        Some(Claim { key, address: user.address, object: user.object, path: "phoneNumber" })
    });
    clashes(claims, always, |claim, other| {
        let message = format!("`{}` and `{}` have one number, `+{}`", claim.address, other.address, claim.key);
        let fix = "give one of them another number, or an extension only";
        found.push(claim.blame(other, problem(codes::NUMBER_TWICE, message).fix(fix)));
    });
}

fn in_two_locations(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let claims = fleet.locations().flat_map(|(_, location)| {
        location.spec.numbers.iter().map(move |number| Claim {
            key: digits(number),
            address: location.address,
            object: location.object,
            path: "numbers",
        })
    });
    // Ranges overlap as a rule, and ten thousand numbers make one problem.
    let mut shared: BTreeMap<(&Address, &Address), Vec<PhoneNumber>> = BTreeMap::new();
    clashes(claims, always, |claim, other| {
        let number = format!("+{}", claim.key).parse();
        shared.entry((claim.address, other.address)).or_default().extend(number);
    });
    for ((address, other), numbers) in shared {
        let objects = &fleet.desired.objects;
        let (Some(object), Some(there)) = (objects.get(address), objects.get(other)) else { continue };
        let (Some(first), count) = (numbers.first(), numbers.len()) else { continue };
        let path = member("numbers", first.as_str());
        let ranges = compress(&numbers);
        let shown: Vec<String> = ranges.iter().take(3).map(|range| format!("`{range}`")).collect();
        let more = if ranges.len() > 3 { format!(" and {} more ranges", ranges.len() - 3) } else { String::new() };
        let (verb, them) = if count == 1 { ("is a number", "it") } else { ("are numbers", "them") };
        let message = format!("{}{more} {verb} of `{other}` too", shown.join(", "));
        found.push(
            problem(codes::NUMBER_IN_TWO, message)
                .at(at(object, &path))
                .label(at(there, &path), format!("`{other}` has {them}"))
                .scope(scope(address))
                .fix(format!("take {them} out of one of the two `numbers`")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{PhoneNumber, Pstn},
        rules::world::World,
    };

    fn number(digits: &str) -> PhoneNumber {
        digits.parse().unwrap()
    }

    fn ann(digits: &str) -> World {
        World::valid().user("acme", "ann@acme.example", |ann| ann.phone_number = Some(number(digits)))
    }

    #[test]
    fn a_users_number_is_one_of_the_location() {
        let found = ann("+14085550999").finds(&["HF253"]);
        assert!(found[0].message.contains("not among the numbers"), "{found:?}");
        let found = ann("+14085550201").finds(&["HF253"]);
        assert!(found[0].message.contains("location/acme/branch"), "{found:?}");
    }

    #[test]
    fn numbers_that_are_ordered_elsewhere_are_not_looked_for() {
        World::valid()
            .location("acme", "branch", |branch| {
                branch.pstn = Some(Pstn::IntegratedCcp);
                branch.numbers.clear();
            })
            .user("acme", "cid@acme.example", |cid| cid.phone_number = Some(number("+14085550201")))
            .finds(&["HF292"]);
    }

    #[test]
    fn nothing_is_said_about_the_numbers_of_a_broken_location() {
        World::valid()
            .user("acme", "cid@acme.example", |cid| cid.phone_number = Some(number("+14085550999")))
            .broken("location/acme/branch")
            .finds(&[]);
    }

    #[test]
    fn a_user_with_the_main_number_is_pointed_out() {
        ann("+14085550100").finds(&["HF254"]);
    }

    #[test]
    fn a_number_belongs_to_one_user() {
        let twice = World::valid().copy_user("acme", "ann@acme.example", "amy@acme.example", |amy| {
            amy.extension = Some("299".parse().unwrap());
        });
        let found = twice.finds(&["HF255"]);
        assert!(found[0].labels[0].text.contains("ann@acme.example"), "the first in the file keeps it: {found:?}");
    }

    #[test]
    fn a_number_of_two_customers_is_told_to_both() {
        let found = World::valid()
            .user("birch", "dee@birch.example", |dee| dee.phone_number = Some(number("+14085550101")))
            .location("birch", "headquarters", |hq| {
                hq.numbers.insert(number("+14085550101"));
            })
            .finds(&["HF255", "HF255", "HF256", "HF256"]);
        assert_ne!(found[0].scope, found[3].scope);
    }

    #[test]
    fn ranges_that_overlap_are_one_problem() {
        let found = World::valid()
            .location("acme", "branch", |branch| {
                branch.numbers.extend((102..106).map(|last| number(&format!("+14085550{last}"))));
            })
            .finds(&["HF256"]);
        assert!(found[0].message.contains("`+14085550102..+14085550105` are numbers of"), "{found:?}");
    }

    #[test]
    fn north_american_numbers_have_ten_digits_behind_the_one() {
        let with = |digits: &str| {
            World::valid().location("acme", "branch", |branch| {
                branch.numbers.insert(number(digits));
            })
        };
        for good in ["+14085550999", "+442079460123", "+81312345678"] {
            with(good).finds(&[]);
        }
        for bad in ["+1408555099", "+140855509999", "+11085550999", "+14081550999"] {
            with(bad).finds(&["HF258"]);
        }
    }

    #[test]
    fn toll_free_numbers_are_for_locations() {
        World::valid()
            .location("acme", "headquarters", |hq| {
                hq.numbers.insert(number("+18005550101"));
                hq.main_number = Some(number("+18005550101"));
            })
            .finds(&[]);
        World::valid()
            .location("acme", "headquarters", |hq| {
                hq.numbers.insert(number("+18885550101"));
            })
            .user("acme", "ann@acme.example", |ann| ann.phone_number = Some(number("+18885550101")))
            .finds(&["HF257"]);
    }
}
