//! Rules about extensions.

use std::collections::BTreeMap;

use crate::model::{Extension, Location, Problem, User, codes, emergency_numbers, is_service_code};

use super::{
    fleet::{Fleet, Part, Placed},
    table::problem,
};

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for part in fleet.parts.values() {
        let mut users: Vec<Line<'_>> = part.users.iter().filter_map(|&(_, user)| Line::of(part, user)).collect();
        for line in &users {
            emergency(line, found);
        }
        prefixed(&users, found);
        users.sort_unstable_by_key(|line| (line.extension, line.user.object.source, line.user.address));
        for group in users.chunk_by(|a, b| a.extension == b.extension).filter(|group| group.len() > 1) {
            twice(group, found);
            ambiguous(group, found);
        }
    }
}

/// A user with an extension at a location that is declared and sound.
struct Line<'a> {
    user: Placed<'a, User>,
    extension: &'a Extension,
    location: Placed<'a, Location>,
}

impl<'a> Line<'a> {
    fn of(part: &Part<'a>, user: Placed<'a, User>) -> Option<Self> {
        Some(Self { user, extension: user.spec.extension.as_ref()?, location: part.location_of(user.spec)? })
    }

    /// Puts a problem at this extension and names another that it clashes with.
    fn blame(&self, other: &Self, problem: Problem) -> Problem {
        let label = format!("`{}` has `{}`", other.user.address, other.extension);
        self.user.blame("extension", problem.label(other.user.at("extension"), label))
    }
}

fn emergency(line: &Line<'_>, found: &mut Vec<Problem>) {
    let extension = line.extension.as_str();
    if is_service_code(extension) {
        let message = format!("`{extension}` is an emergency or service code");
        let fix = "choose another extension";
        found.push(line.user.blame("extension", problem(codes::EXTENSION_EMERGENCY, message).fix(fix)));
        return;
    }
    let country = &line.location.spec.address.postal.country;
    if extension == "112" || emergency_numbers(country).contains(&extension) {
        let message =
            format!("`{extension}` is an emergency number in `{country}`, where `{}` is", line.location.address);
        let fix = "choose another extension, or be sure that people there dial a digit before outside calls";
        found.push(line.user.blame("extension", problem(codes::EXTENSION_EMERGENCY_ABROAD, message).fix(fix)));
    }
}

/// Two users of one location: the group has one extension and is in the order of files.
fn twice(group: &[Line<'_>], found: &mut Vec<Problem>) {
    let mut first = BTreeMap::new();
    for line in group {
        let holder = *first.entry(line.location.address).or_insert(line);
        if !std::ptr::eq(holder, line) {
            let (extension, location) = (line.extension, line.location.address);
            let message = format!("`{extension}` is the extension of two users at `{location}`");
            let fix = "give one of them another extension";
            found.push(line.blame(holder, problem(codes::EXTENSION_TWICE, message).fix(fix)));
        }
    }
}

/// Users of two locations with one extension, of which one cannot be dialled by a prefix. Said once for
/// each pair of locations would be too often: once for each location behind the first.
fn ambiguous(group: &[Line<'_>], found: &mut Vec<Problem>) {
    let mut first = BTreeMap::new();
    for line in group {
        first.entry(line.location.address).or_insert(line);
    }
    let has_prefix = |line: &Line<'_>| line.location.spec.routing_prefix.is_some();
    let mut bare: Vec<&Line<'_>> = first.into_values().collect();
    if bare.len() < 2 || bare.iter().copied().all(has_prefix) {
        return;
    }
    // Those without prefix last, so that the blame is on them.
    bare.sort_by_key(|line| (!has_prefix(line), line.user.object.source, line.user.address));
    let Some((holder, rest)) = bare.split_first() else { return };
    for line in rest.iter().filter(|line| !has_prefix(line)) {
        let (extension, there, here) = (line.extension, holder.location.address, line.location.address);
        let message = format!("`{extension}` is used at `{there}` too, and `{here}` has no routing prefix");
        let fix = "give each of the two locations a `routingPrefix`, or one of the users another extension";
        found.push(line.blame(holder, problem(codes::EXTENSION_AMBIGUOUS, message).fix(fix)));
    }
}

/// An extension that is what others dial for somebody else.
fn prefixed(users: &[Line<'_>], found: &mut Vec<Problem>) {
    let dialled: BTreeMap<String, &Line<'_>> = users
        .iter()
        .filter_map(|line| {
            let prefix = line.location.spec.routing_prefix.as_deref().filter(|prefix| !prefix.is_empty())?;
            Some((format!("{prefix}{}", line.extension), line))
        })
        .collect();
    if dialled.is_empty() {
        return;
    }
    for line in users {
        if let Some(other) = dialled.get(line.extension.as_str()) {
            let (extension, there) = (line.extension, other.user.address);
            let message = format!("others dial `{extension}` for `{there}`: it is a routing prefix and an extension");
            let fix = "choose another extension";
            found.push(line.blame(other, problem(codes::EXTENSION_IS_PREFIXED, message).fix(fix)));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    fn cid(extension: &str) -> World {
        World::valid().user("acme", "cid@acme.example", |cid| cid.extension = Some(extension.parse().unwrap()))
    }

    /// Another user of the branch with the extension of its first.
    fn dup() -> World {
        World::valid().copy_user("acme", "cid@acme.example", "cy@acme.example", |_| {})
    }

    #[test]
    fn emergency_codes_are_no_extensions() {
        for code in ["911", "933", "611", "1911"] {
            cid(code).finds(&["HF262"]);
        }
        cid("9110").finds(&[]);
    }

    #[test]
    fn emergency_numbers_depend_on_the_country() {
        cid("112").finds(&["HF263"]);
        cid("999").finds(&[]);
        World::valid()
            .user("birch", "dee@birch.example", |dee| dee.extension = Some("999".parse().unwrap()))
            .finds(&["HF263"]);
    }

    #[test]
    fn an_extension_belongs_to_one_user_of_a_location() {
        let found = dup().finds(&["HF260"]);
        assert!(found[0].labels[0].text.contains("cid@acme.example"), "{found:?}");
    }

    #[test]
    fn locations_with_prefixes_may_use_the_same_extensions() {
        cid("201").finds(&[]);
        cid("201").location("acme", "branch", |branch| branch.routing_prefix = None).finds(&["HF261"]);
        cid("201")
            .location("acme", "branch", |branch| branch.routing_prefix = None)
            .location("acme", "headquarters", |hq| hq.routing_prefix = None)
            .finds(&["HF261"]);
    }

    #[test]
    fn an_extension_is_not_what_others_dial_for_somebody_else() {
        // Ann is 201 at the headquarters, whose prefix is 81.
        cid("81201").finds(&["HF264"]);
        cid("81202").finds(&[]);
    }

    #[test]
    fn customers_do_not_share_extensions() {
        World::valid()
            .user("birch", "dee@birch.example", |dee| dee.extension = Some("301".parse().unwrap()))
            .finds(&[]);
    }
}
