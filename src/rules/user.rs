//! Rules about users one by one.

use crate::model::{Problem, User, codes};

use super::{
    fleet::{Fleet, Placed},
    table::problem,
};

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for (part, _, user) in fleet.users() {
        nameless(user, found);
        if user.spec.package.info().is_none() {
            continue; // a package that hubform does not know may need a line or forbid it
        }
        if user.spec.package.is_calling() {
            location(part.locations.keys().map(|name| name.as_str()), user, found);
            line(user, found);
        } else {
            no_line(user, found);
        }
    }
}

fn nameless(user: Placed<'_, User>, found: &mut Vec<Problem>) {
    if user.spec.first_name.is_none() && user.spec.last_name.is_none() {
        let message = "a user has a first or a last name";
        found.push(user.blame("firstName", problem(codes::NAMELESS, message).fix("write `firstName` and `lastName`")));
    }
}

fn location<'n>(mut names: impl Iterator<Item = &'n str>, user: Placed<'_, User>, found: &mut Vec<Problem>) {
    if user.spec.location.is_none() {
        let message = format!("`{}` contains calling, so the user needs a `location`", user.spec.package);
        let fix = format!("write `location: {}`, or set it in `defaults`", names.next().unwrap_or("headquarters"));
        found.push(user.blame("location", problem(codes::NO_LOCATION, message).fix(fix)));
    }
}

fn line(user: Placed<'_, User>, found: &mut Vec<Problem>) {
    if user.spec.phone_number.is_none() && user.spec.extension.is_none() {
        let message = format!("`{}` contains calling, so the user needs a number or an extension", user.spec.package);
        let fix = "write `extension`, `phoneNumber`, or both";
        found.push(user.blame("extension", problem(codes::NO_LINE, message).fix(fix)));
    }
}

fn no_line(user: Placed<'_, User>, found: &mut Vec<Problem>) {
    let User { location, phone_number, extension, package, .. } = user.spec;
    let written =
        [("location", location.is_some()), ("phoneNumber", phone_number.is_some()), ("extension", extension.is_some())];
    for (field, _) in written.iter().filter(|(_, is_written)| *is_written) {
        let message = format!("`{package}` has no calling, so `{field}` would be lost");
        let fix = format!("take `{field}` out, or give the user a calling package");
        found.push(user.blame(field, problem(codes::LINE_WITHOUT_CALLING, message).fix(fix)));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[test]
    fn one_name_is_enough() {
        World::valid().user("acme", "bob@acme.example", |bob| bob.first_name = None).finds(&[]);
        World::valid()
            .user("acme", "bob@acme.example", |bob| (bob.first_name, bob.last_name) = (None, None))
            .finds(&["HF270"]);
    }

    #[test]
    fn a_calling_user_has_a_location() {
        World::valid().user("acme", "cid@acme.example", |cid| cid.location = None).finds(&["HF250"]);
    }

    #[test]
    fn a_calling_user_has_a_number_or_an_extension() {
        World::valid().user("acme", "cid@acme.example", |cid| cid.extension = None).finds(&["HF251"]);
        World::valid().user("acme", "ann@acme.example", |ann| ann.extension = None).finds(&[]);
        World::valid().user("acme", "ann@acme.example", |ann| ann.phone_number = None).finds(&[]);
    }

    #[test]
    fn a_user_without_calling_has_no_line() {
        World::valid()
            .user("acme", "bob@acme.example", |bob| bob.location = Some("branch".parse().unwrap()))
            .finds(&["HF252"]);
        World::valid()
            .user("acme", "bob@acme.example", |bob| {
                bob.phone_number = Some("+14085550103".parse().unwrap());
                bob.extension = Some("333".parse().unwrap());
            })
            .finds(&["HF252", "HF252"]);
    }
}
