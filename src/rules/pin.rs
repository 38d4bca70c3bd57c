//! Rules about ids of the service that manifests pin.

use crate::model::{CustomerId, LocationId, Problem, ProvisioningId, SubscriberId, codes};

use super::{
    claim::{Claim, always, clashes},
    fleet::{Fleet, Placed},
    shown::shown,
    table::problem,
};

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let templates = fleet.templates.values().filter_map(|&template| {
        claim(template, "provisioningId", template.spec.provisioning_id.as_ref().map(ProvisioningId::key))
    });
    twice(templates, found);
    let customers = fleet
        .customers()
        .filter_map(|(_, customer)| claim(customer, "id", customer.spec.id.as_ref().map(CustomerId::key)));
    twice(customers, found);
    let locations = fleet
        .locations()
        .filter_map(|(_, location)| claim(location, "id", location.spec.id.as_ref().map(LocationId::key)));
    twice(locations, found);
    let users =
        fleet.users().filter_map(|(_, _, user)| claim(user, "id", user.spec.id.as_ref().map(SubscriberId::key)));
    twice(users, found);
}

fn claim<'a, S>(object: Placed<'a, S>, path: &'static str, key: Option<String>) -> Option<Claim<'a, String>> {
    Some(Claim { key: key?, address: object.address, object: object.object, path })
}

fn twice<'a>(claims: impl Iterator<Item = Claim<'a, String>> + Clone, found: &mut Vec<Problem>) {
    clashes(claims, always, |claim, other| {
        let (one, two, field) = (claim.address, other.address, claim.path);
        let message = format!("`{one}` and `{two}` have one `{field}`, `{}`", shown(&claim.key));
        let fix = format!("correct one of them, or take its `{field}` out and let hubform look for it");
        found.push(claim.blame(other, problem(codes::PINNED_TWICE, message).fix(fix)));
    });
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{CustomerId, LocationId, ProvisioningId, SubscriberId},
        rules::world::World,
    };

    #[test]
    fn an_id_means_one_object_of_its_kind() {
        World::valid()
            .template("standard", |template| template.provisioning_id = Some(ProvisioningId::new("ISLES-id")))
            .finds(&["HF204"]);
        World::valid()
            .customer("acme", |acme| acme.id = Some(CustomerId::new("x")))
            .customer("birch", |birch| birch.id = Some(CustomerId::new("x")))
            .finds(&["HF204", "HF204"]);
        World::valid()
            .location("acme", "branch", |branch| branch.id = Some(LocationId::new("x")))
            .location("acme", "headquarters", |hq| hq.id = Some(LocationId::new("x")))
            .finds(&["HF204"]);
        World::valid()
            .user("acme", "ann@acme.example", |ann| ann.id = Some(SubscriberId::new("x")))
            .user("acme", "bob@acme.example", |bob| bob.id = Some(SubscriberId::new("x")))
            .finds(&["HF204"]);
        World::valid()
            .customer("acme", |acme| acme.id = Some(CustomerId::new("x")))
            .user("acme", "ann@acme.example", |ann| ann.id = Some(SubscriberId::new("x")))
            .finds(&[]);
    }
}
