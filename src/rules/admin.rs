//! Rules about administrators and their roles.

use crate::model::{Email, PackageKind, Problem, RoleName, User, codes};

use super::{
    fleet::{Fleet, Part, Placed, member},
    package::highest,
    shown::{one_of, shown},
    table::problem,
};

/// Roles of a customer's organization that the documentation names (help.webex.com `fs78p5`, `760wbi`).
/// Not complete.
const CUSTOMER_ROLES: [&str; 9] = [
    "Full administrator",
    "Read-only administrator",
    "Support administrator",
    "User and device administrator",
    "Device administrator",
    "Compliance officer",
    LOCATION_ADMINISTRATOR,
    "Advanced troubleshooting",
    "Webex Site administrator",
];

const LOCATION_ADMINISTRATOR: &str = "Location administrator";

/// Roles of people who work for the partner (help.webex.com `so6ust`, `ntip1k0`).
const PARTNER_ROLES: [&str; 7] = [
    "Partner full administrator",
    "Partner administrator",
    "Partner read-only administrator",
    "Help desk administrator (Basic)",
    "Help desk administrator (Advanced)",
    "Webex for Wholesale administrator",
    "Provisioning administrator",
];

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for (part, email, user) in fleet.users() {
        package_level(part, email, user, found);
        for role in &user.spec.roles {
            known(user, role, found);
        }
        alone(user, found);
    }
}

fn package_level(part: &Part<'_>, email: &Email, user: Placed<'_, User>, found: &mut Vec<Problem>) {
    let Some(customer) = part.customer else { return };
    let is_first = customer.spec.admin_email == *email;
    if user.spec.roles.is_empty() && !is_first {
        return;
    }
    let (Some((level, needed)), Some(info)) = (highest(customer.spec), user.spec.package.info()) else { return };
    // A package that is wrong for any user has a problem of its own; how Contact Center packages compare is
    // not documented.
    if info.level >= level || info.kind != PackageKind::Base || !customer.spec.packages.contains_key(&user.spec.package)
    {
        return;
    }
    let why = if is_first { "the customer's `adminEmail`" } else { "an administrator" };
    let package = &user.spec.package;
    let message =
        format!("`{email}` is {why} and holds `{package}`, while the customer's highest package is `{needed}`");
    let problem = problem(codes::ADMIN_PACKAGE, message)
        .label(customer.at(&member("packages", needed.as_str())), "the highest package")
        .fix(format!("write `package: {needed}`; it cannot be lowered later"));
    found.push(user.blame("package", problem));
}

fn known(user: Placed<'_, User>, role: &RoleName, found: &mut Vec<Problem>) {
    let is = |name: &str| RoleName::new(name) == *role;
    if CUSTOMER_ROLES.iter().any(|name| is(name)) {
        return;
    }
    let path = member("roles", &role.key());
    if PARTNER_ROLES.iter().any(|name| is(name)) {
        let message = format!("`{}` is a role of the partner's own people", shown(role.as_str()));
        let fix = "give it in Partner Hub to somebody of the partner, or choose a role such as `Full administrator`";
        found.push(user.blame(&path, problem(codes::ROLE_OF_PARTNER, message).fix(fix)));
        return;
    }
    let key = role.key();
    let near = CUSTOMER_ROLES
        .iter()
        .filter(|name| name.len().abs_diff(key.len()) <= 5)
        .map(|name| (strsim::damerau_levenshtein(&key, &name.to_lowercase()), *name))
        .min()
        .filter(|&(distance, _)| distance <= 5);
    let fix = match near {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => format!("write {}", one_of(CUSTOMER_ROLES)),
    };
    let message = format!("`{}` is no role that hubform knows; the service decides", shown(role.as_str()));
    found.push(user.blame(&path, problem(codes::ROLE_UNKNOWN, message).fix(fix)));
}

fn alone(user: Placed<'_, User>, found: &mut Vec<Problem>) {
    let location = RoleName::new(LOCATION_ADMINISTRATOR);
    if user.spec.roles.len() > 1 && user.spec.roles.contains(&location) {
        let others: Vec<String> = user
            .spec
            .roles
            .iter()
            .filter(|role| **role != location)
            .map(|role| format!("`{}`", shown(role.as_str())))
            .collect();
        let message = format!("`{LOCATION_ADMINISTRATOR}` cannot be held together with {}", others.join(", "));
        let fix = "keep one of them";
        found.push(user.blame(&member("roles", &location.key()), problem(codes::ROLE_ALONE, message).fix(fix)));
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{PackageName, PackageTerms, RoleName},
        rules::world::World,
    };

    fn ann(roles: &[&str]) -> World {
        World::valid().user("acme", "ann@acme.example", |ann| {
            ann.roles = roles.iter().map(|role| RoleName::new(role)).collect();
        })
    }

    #[test]
    fn an_administrator_holds_the_customers_package_level() {
        let found = World::valid()
            .user("acme", "bob@acme.example", |bob| {
                bob.roles.insert(RoleName::new("Read-only administrator"));
            })
            .finds(&["HF273"]);
        assert_eq!(found[0].fix.as_deref(), Some("write `package: webex_calling`; it cannot be lowered later"));
    }

    #[test]
    fn contact_center_packages_have_no_level() {
        let agent = || PackageName::new("cx_premium_agent");
        World::valid()
            .customer("acme", |acme| {
                acme.packages.insert(agent(), PackageTerms::default());
            })
            .user("acme", "bob@acme.example", |bob| {
                bob.package = agent();
                bob.roles.insert(RoleName::new("Full administrator"));
            })
            .finds(&[]);
    }

    #[test]
    fn the_first_administrator_is_an_administrator() {
        World::valid()
            .customer("acme", |acme| acme.admin_email = "bob@acme.example".parse().unwrap())
            .finds(&["HF273"]);
        World::valid().customer("acme", |acme| acme.admin_email = "ann@acme.example".parse().unwrap()).finds(&[]);
    }

    #[test]
    fn roles_are_known_whatever_their_case() {
        ann(&["full ADMINISTRATOR", "Compliance Officer"]).finds(&[]);
        let found = ann(&["Full admin"]).finds(&["HF274"]);
        assert!(found[0].fix.as_deref().unwrap().starts_with("write one of"), "{found:?}");
        let found = ann(&["Ful administrator"]).finds(&["HF274"]);
        assert_eq!(found[0].fix.as_deref(), Some("did you mean `Full administrator`?"));
    }

    #[test]
    fn roles_of_the_partner_are_not_for_customers() {
        ann(&["Webex for Wholesale administrator"]).finds(&["HF275"]);
    }

    #[test]
    fn a_location_administrator_has_no_other_role() {
        ann(&["Location administrator"]).finds(&[]);
        ann(&["Location administrator", "Full administrator"]).finds(&["HF276"]);
    }
}
