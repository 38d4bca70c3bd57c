//! Rules about objects that name each other.

use std::collections::BTreeMap;

use crate::model::{Address, Name, Problem, codes};

use super::{
    fleet::{self, Fleet, Part, scope},
    nearest::Nearest,
    table::problem,
};

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let mut nearest = Nearest::default();
    templates(fleet, &mut nearest, found);
    customers(fleet, &mut nearest, found);
    locations(fleet, &mut nearest, found);
    removals(fleet, found);
    renames(fleet, found);
}

/// Returns true if an object is described, well or badly.
fn is_declared(fleet: &Fleet<'_>, address: &Address) -> bool {
    fleet.desired.objects.contains_key(address) || fleet.desired.broken.contains(address)
}

fn templates(fleet: &Fleet<'_>, nearest: &mut Nearest, found: &mut Vec<Problem>) {
    for (_, customer) in fleet.customers() {
        let template = Address::Template(customer.spec.template.clone());
        if is_declared(fleet, &template) {
            continue;
        }
        let wrong = &customer.spec.template;
        let mut unknown = problem(codes::UNKNOWN_REFERENCE, format!("there is no template `{wrong}`"));
        if let Some(removal) = fleet.desired.removals.get(&template) {
            unknown = unknown.label(removal.source, "its removal is asked for here");
        }
        let broken = fleet.desired.broken.iter().filter_map(|address| match address {
            Address::Template(name) => Some(name),
            Address::Customer(_) | Address::Location(..) | Address::User(..) => None,
        });
        let names = fleet.templates.keys().copied().chain(broken).map(Name::as_str);
        let fix = nearest.suggest(wrong.as_str(), names, "add a document of kind Template");
        found.push(customer.blame("template", unknown.fix(fix)));
    }
}

/// A customer that nobody declares: said once for each file, however many users stand in it.
fn customers(fleet: &Fleet<'_>, nearest: &mut Nearest, found: &mut Vec<Problem>) {
    for part in fleet.parts.values() {
        let address = Address::Customer(part.name.clone());
        if is_declared(fleet, &address) {
            continue;
        }
        let removal = fleet.desired.removals.get(&address);
        let below = part
            .locations
            .values()
            .map(|location| (location.at("customer"), location.address))
            .chain(part.users.iter().map(|(_, user)| (user.at("customer"), user.address)));
        let mut files = BTreeMap::new();
        for (at, address) in below {
            let (first, count) = files.entry(at.file).or_insert(((at, address), 0_usize));
            *first = (*first).min((at, address));
            *count += 1;
        }
        for ((at, first), count) in files.into_values() {
            let what = match count {
                1 => format!("`{first}` belongs"),
                _ => format!("`{first}` and {} more objects in this file belong", count - 1),
            };
            let name = part.name;
            let unknown = if let Some(removal) = removal {
                problem(codes::REMOVED, format!("{what} to the customer `{name}`, whose removal is asked for"))
                    .label(removal.source, "here")
                    .fix("take them out too; the removal of a customer covers all below it")
            } else {
                let names: Vec<&str> = fleet.desired.customers().map(Name::as_str).collect();
                problem(codes::UNKNOWN_REFERENCE, format!("{what} to the customer `{name}`, which is not declared"))
                    .fix(nearest.suggest(name.as_str(), names.into_iter(), "add a Customer document"))
            };
            found.push(unknown.at(at).scope(scope(first)));
        }
    }
}

fn locations(fleet: &Fleet<'_>, nearest: &mut Nearest, found: &mut Vec<Problem>) {
    let mut fixes = BTreeMap::new();
    for (part, _, user) in fleet.users() {
        let Some(wrong) = &user.spec.location else { continue };
        if part.locations.contains_key(wrong) {
            continue;
        }
        let address = Address::Location(part.name.clone(), wrong.clone());
        if fleet.desired.broken.contains(&address) {
            continue;
        }
        // Without the customer there is one problem already, and its locations may be missing with it.
        if part.customer.is_none() || (wrong.is_headquarters() && user.spec.package.is_calling() && lacks(part)) {
            continue;
        }
        // Many users as a rule share one mistake.
        let fix = fixes.entry((part.name, wrong)).or_insert_with(|| {
            nearest.suggest(
                wrong.as_str(),
                fleet.location_names(part.name).iter().map(|name| name.as_str()),
                "add `headquarters` to the customer, or a Location document",
            )
        });
        let mut unknown = problem(
            codes::UNKNOWN_REFERENCE,
            format!("there is no location `{wrong}` at the customer `{}`", part.name),
        );
        if let Some(removal) = fleet.desired.removals.get(&address) {
            unknown = unknown.label(removal.source, "its removal is asked for here");
        }
        found.push(user.blame("location", unknown.fix(fix.as_str())));
    }
}

/// Returns true if a rule about packages asks for the headquarters already.
fn lacks(part: &Part<'_>) -> bool {
    part.customer.is_some_and(|customer| customer.spec.has_calling())
}

fn removals(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for (address, removal) in &fleet.desired.removals {
        if !is_declared(fleet, address) {
            continue;
        }
        let mut contradiction =
            problem(codes::REMOVED, format!("the removal of `{address}` is asked for, but it is described too"))
                .at(removal.source)
                .scope(scope(address))
                .fix("delete its document, or this one");
        if let Some(object) = fleet.desired.objects.get(address) {
            contradiction = contradiction.label(object.source, "described here");
        }
        found.push(contradiction);
    }
}

fn renames(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let mut claimed: BTreeMap<&Address, &Address> = BTreeMap::new();
    for (address, object) in &fleet.desired.objects {
        let Some(old) = &object.renamed_from else { continue };
        let at = fleet::at(object, "renamedFrom");
        let wrong = |message: String| problem(codes::RENAMED, message).at(at).scope(scope(address));
        if old == address {
            found.push(wrong(format!("`{address}` cannot be renamed from itself")).fix("take `renamedFrom` out"));
        } else if old.kind() != address.kind() || (old.customer() != address.customer() && is_below_customer(address)) {
            found.push(
                wrong(format!("`{address}` cannot be renamed from `{old}`: kind and customer stay the same"))
                    .fix("name an object of the same kind and customer"),
            );
        } else if let Some(live) = fleet.desired.objects.get(old) {
            found.push(
                wrong(format!("`{address}` is renamed from `{old}`, which is still described"))
                    .label(live.source, "described here")
                    .fix("delete the old document, or take `renamedFrom` out"),
            );
        } else if let Some(removal) = fleet.desired.removals.get(old) {
            found.push(
                wrong(format!("`{address}` is renamed from `{old}`, whose removal is asked for"))
                    .label(removal.source, "here")
                    .fix("delete the `Removed` document: a renamed object stays"),
            );
        } else if let Some(other) = claimed.insert(old, address) {
            let mut twice = wrong(format!("`{address}` and `{other}` are both renamed from `{old}`"));
            if let Some(other) = fleet.desired.objects.get(other) {
                twice = twice.label(fleet::at(other, "renamedFrom"), "the other");
            }
            found.push(twice.fix("one of them is new: take its `renamedFrom` out"));
        }
    }
}

fn is_below_customer(address: &Address) -> bool {
    matches!(address, Address::Location(..) | Address::User(..))
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Customer, Name, Scope},
        rules::world::World,
    };

    fn template(name: &'static str) -> impl FnOnce(&mut Customer) {
        move |customer| customer.template = name.parse().unwrap()
    }

    #[test]
    fn a_valid_project_has_no_problem() {
        World::valid().finds(&[]);
    }

    #[test]
    fn a_customer_names_a_template_that_is_declared() {
        let found = World::valid().customer("acme", template("standart")).finds(&["HF140"]);
        assert_eq!(found[0].fix.as_deref(), Some("did you mean `standard`?"));
        World::valid().broken("template/standard").finds(&[]);
        let found = World::valid().without("template/standard").removal("template/standard").finds(&["HF140"]);
        assert_eq!(found[0].labels.len(), 1, "the removal is pointed at");
    }

    #[test]
    fn a_user_names_a_location_of_the_customer() {
        let cid = |name: &'static str| {
            move || World::valid().user("acme", "cid@acme.example", |cid| cid.location = Some(name.parse().unwrap()))
        };
        let found = cid("brunch")().finds(&["HF140"]);
        assert_eq!(found[0].fix.as_deref(), Some("did you mean `branch`?"));
        World::valid().broken("location/acme/branch").finds(&[]);
        cid("branch")().finds(&[]);
        let found = World::valid().without("location/acme/branch").removal("location/acme/branch").finds(&["HF140"]);
        assert_eq!(found[0].labels.len(), 1, "the removal is pointed at");
    }

    #[test]
    fn objects_of_an_undeclared_customer_are_one_problem_for_each_file() {
        let found = World::valid().without("customer/acme").finds(&["HF140"]);
        assert!(found[0].message.contains("and 4 more objects"), "{found:?}");
        assert_eq!(found[0].scope, Scope::Customer("acme".parse::<Name>().unwrap()));
        World::valid().broken("customer/acme").finds(&[]);
    }

    #[test]
    fn a_removal_and_a_live_document_contradict_each_other() {
        World::valid().removal("user/acme/bob@acme.example").finds(&["HF141"]);
        World::valid().removal("user/acme/gone@acme.example").finds(&[]);
        World::valid().broken("location/acme/branch").removal("location/acme/branch").finds(&["HF141"]);
    }

    #[test]
    fn a_removed_customer_takes_what_is_below_it_along() {
        World::valid().without("customer/acme").removal("customer/acme").finds(&["HF141"]);
    }

    #[test]
    fn an_object_is_renamed_from_one_that_is_gone() {
        let from = |old: &'static str| {
            World::valid().object("location/acme/branch", |branch| branch.renamed_from = Some(old.parse().unwrap()))
        };
        from("location/acme/old-branch").finds(&[]);
        for bad in [
            "location/acme/branch",
            "location/acme/headquarters",
            "location/birch/branch",
            "user/acme/ann@acme.example",
        ] {
            from(bad).finds(&["HF203"]);
        }
        from("location/acme/old-branch").removal("location/acme/old-branch").finds(&["HF203"]);
    }

    #[test]
    fn an_old_name_is_claimed_once() {
        let old = || Some("user/acme/old@acme.example".parse().unwrap());
        World::valid()
            .object("user/acme/ann@acme.example", |ann| ann.renamed_from = old())
            .object("user/acme/bob@acme.example", |bob| bob.renamed_from = old())
            .finds(&["HF203"]);
    }
}
