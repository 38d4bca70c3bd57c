//! Rules about packages.

use std::collections::BTreeMap;

use crate::model::{
    Address, Assignment, Customer, Name, PackageInfo, PackageKind, PackageName, Problem, Source, User, codes, packages,
};

use super::{
    fleet::{Fleet, Part, Placed, member},
    shown::one_of,
    table::problem,
};

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for (part, customer) in fleet.customers() {
        none(customer, found);
        for package in customer.spec.packages.keys() {
            if let Some(info) = package.info() {
                dependencies(customer, info, found);
                quantity(part, customer, info, found);
            }
        }
        headquarters(fleet, part, customer, found);
        without_calling(part, customer, found);
    }
    for (part, _, user) in fleet.users() {
        holder(part, user, found);
    }
}

/// Returns where a package of a customer is written.
fn entry(info: &PackageInfo) -> String {
    member("packages", info.name)
}

fn none(customer: Placed<'_, Customer>, found: &mut Vec<Problem>) {
    if customer.spec.packages.is_empty() {
        let fix = "name at least one, such as `packages: { webex_calling: {} }`";
        found.push(
            customer.blame("packages", problem(codes::NO_PACKAGE, "a customer has at least one package").fix(fix)),
        );
    }
}

fn dependencies(customer: Placed<'_, Customer>, info: &PackageInfo, found: &mut Vec<Problem>) {
    let has = |names: &[&'static str]| {
        names.iter().copied().find(|&name| customer.spec.packages.contains_key(&PackageName::new(name)))
    };
    if info.needs_one_of.is_empty() || has(info.needs_one_of).is_some() {
        return;
    }
    let (name, needed) = (info.name, one_of(info.needs_one_of.iter().copied()));
    let problem = match has(info.may_rest_on) {
        Some(base) => {
            problem(codes::ADD_ON_NEWLY, format!("`{name}` rests on `{base}` alone, which only newer texts allow"))
                .fix(format!("if the service refuses it, add {needed}"))
        }
        None => problem(codes::ADD_ON_BASE, format!("`{name}` needs another package of the customer"))
            .fix(format!("add {needed}, or take `{name}` out")),
    };
    found.push(customer.blame(&entry(info), problem));
}

fn quantity(part: &Part<'_>, customer: Placed<'_, Customer>, info: &PackageInfo, found: &mut Vec<Problem>) {
    let package = PackageName::new(info.name);
    let Some(quantity) = customer.spec.packages.get(&package).and_then(|terms| terms.quantity) else { return };
    let path = format!("{}.quantity", entry(info));
    let name = info.name;
    if !info.has_quantity {
        let message = format!("the service takes no quantity for `{name}`");
        found.push(customer.blame(&path, problem(codes::QUANTITY_UNKNOWN, message).fix("take `quantity` out")));
        return;
    }
    if quantity == 0 {
        let message = format!("`{name}` has quantity 0, so that nobody can hold it");
        let fix = format!("take `{name}` out, or write how many may be assigned");
        found.push(customer.blame(&path, problem(codes::QUANTITY_ZERO, message).fix(fix)));
        return;
    }
    let allowed = quantity as usize;
    let mut holders: Vec<(Source, &Address)> = part
        .users
        .iter()
        .filter(|(_, user)| user.spec.package == package)
        .map(|(_, user)| (user.object.source, user.address))
        .collect();
    if holders.len() > allowed {
        holders.sort_unstable();
        let (first, address) = holders[allowed];
        let message = format!("{} users hold `{name}`, and its quantity is {quantity}", holders.len());
        let problem = problem(codes::QUANTITY_EXCEEDED, message)
            .label(first, format!("`{address}` is the first beyond it"))
            .fix(format!("raise the quantity to {}, or take users out", holders.len()));
        found.push(customer.blame(&path, problem));
    }
}

fn headquarters(fleet: &Fleet<'_>, part: &Part<'_>, customer: Placed<'_, Customer>, found: &mut Vec<Problem>) {
    let Some(package) = customer.spec.packages.keys().find(|package| package.is_calling()) else { return };
    let address = Address::headquarters(part.name);
    if part.locations.contains_key(&Name::headquarters()) || fleet.desired.broken.contains(&address) {
        return;
    }
    let message = format!("`{package}` contains calling, so the customer needs `headquarters`");
    let fix = "add `headquarters` with `displayName`, `timeZone` and `language`";
    found
        .push(customer.blame(&member("packages", package.as_str()), problem(codes::NO_HEADQUARTERS, message).fix(fix)));
}

fn without_calling(part: &Part<'_>, customer: Placed<'_, Customer>, found: &mut Vec<Problem>) {
    // Without any package the customer has a problem of its own; what Contact Center brings is not documented.
    let may_call = |package: &PackageName| {
        package.info().is_none_or(|info| info.calling || info.kind == PackageKind::ContactCenter)
    };
    if customer.spec.packages.is_empty() || customer.spec.packages.keys().any(may_call) {
        return;
    }
    for &location in part.locations.values() {
        let message = format!("`{}` has no package with calling, so a location has no use", customer.address);
        let problem = problem(codes::LOCATION_WITHOUT_CALLING, message)
            .label(customer.at("packages"), "its packages")
            .fix("add a calling package such as `webex_calling`, or take the location out");
        found.push(location.blame("displayName", problem));
    }
}

/// Checks the one package of a user.
fn holder(part: &Part<'_>, user: Placed<'_, User>, found: &mut Vec<Problem>) {
    let package = &user.spec.package;
    if let Some(info) = package.info()
        && !can_be_held(info)
    {
        let why = match (info.kind, info.assigned_to) {
            (PackageKind::AddOn, _) => "is an add-on",
            (_, Assignment::Workspace) => "is for workspaces",
            (_, Assignment::Customer) => "belongs to the customer as a whole",
            (_, Assignment::User) => "is not for users",
        };
        let choice = one_of(packages().iter().filter(|info| can_be_held(info)).map(|info| info.name));
        let problem = problem(codes::PACKAGE_NOT_FOR_USERS, format!("`{package}` {why}, and a user cannot hold it"))
            .fix(format!("give the user {choice}"));
        found.push(user.blame("package", problem));
        return;
    }
    let Some(customer) = part.customer else { return };
    if !customer.spec.packages.contains_key(package) {
        let held: Vec<&str> = customer
            .spec
            .packages
            .keys()
            .filter(|held| held.info().is_none_or(can_be_held))
            .map(PackageName::as_str)
            .collect();
        let fix = match held {
            held if held.is_empty() => format!("add `{package}` to the customer's packages"),
            held => format!("give the user {}, or add `{package}` to the customer", one_of(held)),
        };
        let message = format!("`{}` does not have the package `{package}`", customer.address);
        let problem = problem(codes::PACKAGE_NOT_HELD, message).label(customer.at("packages"), "its packages").fix(fix);
        found.push(user.blame("package", problem));
    }
}

fn can_be_held(info: &PackageInfo) -> bool {
    info.assigned_to == Assignment::User && info.kind != PackageKind::AddOn
}

/// Returns the level of the highest base package of a customer, and its name.
pub(super) fn highest<'a>(customer: &'a Customer) -> Option<(u8, &'a PackageName)> {
    let levels: BTreeMap<u8, &'a PackageName> = customer
        .packages
        .keys()
        .rev()
        .filter_map(|package| Some((package.info().filter(|info| can_be_held(info))?.level, package)))
        .collect();
    levels.into_iter().next_back().filter(|&(level, _)| level > 0)
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Customer, PackageName, PackageTerms},
        rules::world::World,
    };

    fn sell(customer: &mut Customer, packages: &[(&str, Option<u32>)]) {
        customer.packages =
            packages.iter().map(|&(name, quantity)| (PackageName::new(name), PackageTerms { quantity })).collect();
    }

    /// The second customer, with these packages and nobody below it.
    fn birch(packages: &[(&str, Option<u32>)]) -> World {
        World::valid().without_users("birch").customer("birch", |birch| sell(birch, packages))
    }

    #[test]
    fn a_customer_has_a_package() {
        birch(&[]).finds(&["HF240"]);
    }

    #[test]
    fn an_add_on_rests_on_another_package() {
        birch(&[("webex_calling", None), ("attendant_console", None), ("cisco_calling_plan", None)]).finds(&[]);
        birch(&[("webex_calling_standard", None), ("attendant_console", None)]).finds(&["HF241"]);
        birch(&[("cisco_calling_plan", None)]).without("location/birch/headquarters").finds(&["HF241"]);
        birch(&[("webex_voice", None), ("attendant_console", None)]).finds(&["HF242"]);
    }

    #[test]
    fn a_quantity_is_one_that_the_service_takes() {
        birch(&[("webex_calling", Some(1)), ("cisco_calling_plan", Some(5))]).finds(&["HF243"]);
        birch(&[("webex_calling", Some(0))]).finds(&["HF244"]);
    }

    #[test]
    fn users_fit_into_the_quantity() {
        let acme = |quantity| {
            World::valid().customer("acme", |acme| {
                sell(acme, &[("webex_calling", Some(quantity)), ("webex_meetings", None)]);
            })
        };
        acme(2).finds(&[]);
        let found = acme(1).finds(&["HF245"]);
        assert!(found[0].labels[0].text.contains("cid@acme.example"), "{found:?}");
    }

    #[test]
    fn a_user_holds_a_package_that_users_can_hold() {
        for package in ["common_area_calling", "attendant_console", "cisco_calling_plan", "cx_voice_ports"] {
            World::valid()
                .user("acme", "bob@acme.example", |bob| bob.package = PackageName::new(package))
                .customer("acme", |acme| {
                    acme.packages.insert(PackageName::new(package), PackageTerms::default());
                })
                .only("HF246");
        }
        World::valid()
            .user("acme", "bob@acme.example", |bob| bob.package = PackageName::new("cx_premium_agent"))
            .customer("acme", |acme| {
                acme.packages.insert(PackageName::new("cx_premium_agent"), PackageTerms::default());
            })
            .finds(&[]);
    }

    #[test]
    fn a_users_package_is_among_the_customers() {
        World::valid()
            .user("acme", "cid@acme.example", |cid| cid.package = PackageName::new("webex_voice"))
            .finds(&["HF247"]);
    }

    #[test]
    fn nothing_is_said_about_the_packages_of_a_broken_customer() {
        World::valid()
            .user("acme", "cid@acme.example", |cid| cid.package = PackageName::new("webex_voice"))
            .broken("customer/acme")
            .finds(&[]);
    }

    #[test]
    fn calling_needs_headquarters() {
        let world = || World::valid().without_users("birch").without("location/birch/headquarters");
        world().finds(&["HF248"]);
        world().broken("location/birch/headquarters").finds(&[]);
    }

    #[test]
    fn a_location_needs_calling() {
        birch(&[("webex_meetings", None)]).finds(&["HF249"]);
        birch(&[("common_area_calling", None)]).finds(&[]);
        birch(&[("webex_meetings", None), ("cx_premium_agent", None)]).finds(&[]);
    }
}
