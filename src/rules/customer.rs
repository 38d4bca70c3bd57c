//! Rules about customers themselves.

use crate::model::{Authentication, Customer, OnRemove, OrgId, Problem, codes};

use super::{
    claim::{Claim, always, clashes},
    fleet::{Fleet, Placed},
    shown::{one_of, shown},
    table::problem,
};

/// Packages that are known to contain meetings (help.webex.com `ny0fr7x`).
const MEETINGS: [&str; 2] = ["webex_meetings", "webex_suite"];

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for (_, customer) in fleet.customers() {
        company(customer, found);
        supported_location(customer, found);
        attached(fleet, customer, found);
        meetings(customer, found);
    }
    external_ids(fleet, found);
    org_ids(fleet, found);
}

fn company(customer: Placed<'_, Customer>, found: &mut Vec<Problem>) {
    let company = &customer.spec.company;
    if company.contains('%') {
        let message = format!("the company `{}` contains `%`, which the service refuses", shown(company));
        found.push(customer.blame("company", problem(codes::PERCENT, message).fix("write it without `%`")));
    }
}

fn supported_location(customer: Placed<'_, Customer>, found: &mut Vec<Problem>) {
    if !customer.spec.supported_location {
        let message = "nobody has confirmed that this customer is in a Webex supported location";
        let fix = "check it, then write `supportedLocation: true`";
        found.push(customer.blame("supportedLocation", problem(codes::SUPPORTED_LOCATION, message).fix(fix)));
    }
}

fn attached(fleet: &Fleet<'_>, customer: Placed<'_, Customer>, found: &mut Vec<Problem>) {
    if customer.spec.org_id.is_none() {
        return;
    }
    if let Some(template) = fleet.templates.get(&customer.spec.template)
        && template.spec.authentication != Authentication::Webex
    {
        let message =
            format!("the organization keeps its own authentication; that of `{}` is not applied", template.address);
        let fix = "name a template with `authentication: { method: webex }`, or ask Cisco TAC to change the sign-in";
        let problem = problem(codes::ATTACHED_SIGN_IN, message)
            .label(template.at("authentication.method"), "not applied")
            .fix(fix);
        found.push(customer.blame("orgId", problem));
    }
    if customer.object.lifecycle.on_remove == OnRemove::Delete {
        let message = "`onRemove: delete` is refused for an organization that was attached by `orgId`";
        let fix = "write `onRemove: unmap` or `onRemove: keep`";
        found.push(customer.blame("lifecycle.onRemove", problem(codes::ATTACHED_DELETE, message).fix(fix)));
    }
}

fn meetings(customer: Placed<'_, Customer>, found: &mut Vec<Problem>) {
    let spec = customer.spec;
    if spec.meetings_time_zone.is_some() && !spec.packages.keys().any(|package| MEETINGS.contains(&package.as_str())) {
        let message = "`meetingsTimeZone` is written, but no package of the customer is known to have meetings";
        let fix = format!("take it out, or add {}", one_of(MEETINGS));
        found.push(customer.blame("meetingsTimeZone", problem(codes::MEETINGS_UNUSED, message).fix(fix)));
    }
}

fn external_ids(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let claims = fleet.customers().map(|(_, customer)| Claim {
        key: &customer.spec.external_id,
        address: customer.address,
        object: customer.object,
        path: "externalId",
    });
    clashes(claims, always, |claim, other| {
        let message =
            format!("`{}` and `{}` have one `externalId`, `{}`", claim.address, other.address, shown(claim.key));
        let fix = "give each customer a key of its own";
        found.push(claim.blame(other, problem(codes::EXTERNAL_ID_TWICE, message).fix(fix)));
    });
}

fn org_ids(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let claims = fleet.customers().filter_map(|(_, customer)| {
        let key = customer.spec.org_id.as_ref().map(OrgId::key)?;
        Some(Claim { key, address: customer.address, object: customer.object, path: "orgId" })
    });
    clashes(claims, always, |claim, other| {
        let message = format!("`{}` and `{}` attach one organization", claim.address, other.address);
        let fix = "an organization is one customer: delete one of the two";
        found.push(claim.blame(other, problem(codes::ORG_ID_TWICE, message).fix(fix)));
    });
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Authentication, OnRemove, OrgId, PackageName, PackageTerms},
        rules::world::World,
    };

    fn attached() -> World {
        World::valid().customer("acme", |acme| acme.org_id = Some(OrgId::new("3f2504e0")))
    }

    #[test]
    fn a_company_has_no_percent_sign() {
        World::valid().customer("acme", |acme| acme.company = "100% Pizza".to_owned()).finds(&["HF220"]);
    }

    #[test]
    fn somebody_confirms_the_supported_location() {
        World::valid().customer("acme", |acme| acme.supported_location = false).finds(&["HF221"]);
    }

    #[test]
    fn a_billing_key_belongs_to_one_customer_and_both_are_told() {
        let found = World::valid()
            .customer("acme", |acme| acme.external_id = "K-1".to_owned())
            .customer("birch", |birch| birch.external_id = "K-1".to_owned())
            .finds(&["HF222", "HF222"]);
        assert_ne!(found[0].scope, found[1].scope);
    }

    #[test]
    fn an_organization_is_attached_once_however_its_id_is_encoded() {
        attached().customer("birch", |birch| birch.org_id = Some(OrgId::new("3F2504E0"))).finds(&["HF223", "HF223"]);
    }

    #[test]
    fn an_attached_organization_keeps_its_sign_in() {
        attached().finds(&[]);
        let saml = Authentication::Saml { entity_id: "urn:acme".to_owned() };
        attached().template("standard", |template| template.authentication = saml).finds(&["HF224"]);
    }

    #[test]
    fn an_attached_organization_is_never_deleted() {
        attached().object("customer/acme", |acme| acme.lifecycle.on_remove = OnRemove::Delete).finds(&["HF225"]);
        World::valid().object("customer/acme", |acme| acme.lifecycle.on_remove = OnRemove::Delete).finds(&[]);
    }

    #[test]
    fn a_meeting_site_needs_meetings() {
        let zone = || Some("America/Los_Angeles".parse().unwrap());
        World::valid().customer("acme", |acme| acme.meetings_time_zone = zone()).finds(&[]);
        World::valid().customer("birch", |birch| birch.meetings_time_zone = zone()).finds(&["HF226"]);
        World::valid()
            .customer("birch", |birch| {
                birch.meetings_time_zone = zone();
                birch.packages.insert(PackageName::new("webex_meetings"), PackageTerms::default());
            })
            .finds(&[]);
    }
}
