//! Rules about onboarding templates.

use std::collections::BTreeMap;

use crate::model::{Authentication, Name, Problem, Target, Template, codes};

use super::{
    claim::{Claim, always, clashes},
    fleet::{Fleet, Placed},
    shown::shown,
    table::problem,
};

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for &template in fleet.templates.values() {
        pstn(template, found);
        authentication(template, found);
        subscription(template, found);
    }
    names(fleet, found);
    unbound(fleet, found);
}

fn pstn(template: Placed<'_, Template>, found: &mut Vec<Problem>) {
    if let Some(provider) = &template.spec.pstn_provider {
        let message =
            format!("`pstnProvider` is `{}`; Cisco advises against setting it in a template", shown(provider));
        let fix = "write `pstnProvider: null` and give each location its `pstn`";
        found.push(template.blame("pstnProvider", problem(codes::TEMPLATE_PSTN, message).fix(fix)));
    }
}

fn authentication(template: Placed<'_, Template>, found: &mut Vec<Problem>) {
    match &template.spec.authentication {
        Authentication::Webex => {}
        Authentication::Saml { entity_id } => {
            let odd =
                entity_id.is_empty() || entity_id.chars().count() > 1024 || entity_id.contains(char::is_whitespace);
            if odd {
                let message = "`entityId` is empty, has white space or more than 1024 characters";
                let fix = "copy `EntityID` from the metadata of the identity provider";
                found.push(template.blame("authentication.entityId", problem(codes::ENTITY_ID, message).fix(fix)));
            }
        }
        Authentication::Oidc { idp_name } => {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_~.-".contains(&b);
            if idp_name.is_empty() || idp_name.len() > 128 || !idp_name.bytes().all(allowed) {
                let message = "`idpName` has 1 to 128 letters, digits, `-`, `_`, `~` and `.`";
                let fix = "write the IDP name that was given to Cisco";
                found.push(template.blame("authentication.idpName", problem(codes::IDP_NAME, message).fix(fix)));
            }
        }
    }
}

fn subscription(template: Placed<'_, Template>, found: &mut Vec<Problem>) {
    if template.spec.subscription.is_none() {
        let message = "no `subscription` is named; Partner Hub asks for one";
        let fix = "write the number of the wholesale subscription, such as `subscription: Sub-100448`";
        found.push(template.blame("subscription", problem(codes::TEMPLATE_SUBSCRIPTION, message).fix(fix)));
    }
}

fn names(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let claims = fleet.templates.values().map(|template| Claim {
        key: template.spec.display_name.to_lowercase(),
        address: template.address,
        object: template.object,
        path: "displayName",
    });
    clashes(claims, always, |claim, other| {
        let message = format!("`{}` and `{}` have one `displayName`", claim.address, other.address);
        let fix = "give each template a name of its own";
        found.push(claim.blame(other, problem(codes::TEMPLATE_NAME_TWICE, message).fix(fix)));
    });
}

fn unbound(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    if fleet.desired.project.target != Some(Target::Webex) {
        return;
    }
    let mut users: BTreeMap<&Name, usize> = BTreeMap::new();
    for (_, customer) in fleet.customers() {
        *users.entry(&customer.spec.template).or_default() += 1;
    }
    for (&name, &template) in &fleet.templates {
        let count = users.get(name).copied().unwrap_or_default();
        if count > 0 && template.spec.provisioning_id.is_none() {
            let many = if count == 1 { "1 customer names".to_owned() } else { format!("{count} customers name") };
            let message = format!("{many} `{name}`, whose Provisioning ID is not written here");
            let fix =
                format!("unless it is bound: copy the id from Partner Hub, then `hubform template bind {name} ID`");
            found.push(template.blame("provisioningId", problem(codes::TEMPLATE_UNBOUND, message).fix(fix)));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Authentication, ProvisioningId, Target},
        rules::world::World,
    };

    fn with(authentication: Authentication) -> World {
        World::valid().template("standard", |template| template.authentication = authentication)
    }

    #[test]
    fn a_pstn_provider_is_advised_against() {
        World::valid()
            .template("standard", |template| template.pstn_provider = Some("Acme".to_owned()))
            .finds(&["HF210"]);
    }

    #[test]
    fn an_idp_name_is_one_that_cisco_registers() {
        for good in ["acme-idp_1~x.y", &"a".repeat(128)] {
            with(Authentication::Oidc { idp_name: good.to_owned() }).finds(&[]);
        }
        for bad in ["", "acme idp", "acme/idp", "akmé", &"a".repeat(129)] {
            with(Authentication::Oidc { idp_name: bad.to_owned() }).finds(&["HF211"]);
        }
    }

    #[test]
    fn an_entity_id_is_a_uri() {
        with(Authentication::Saml { entity_id: "https://idp.acme.example/saml".to_owned() }).finds(&[]);
        with(Authentication::Saml { entity_id: "our idp".to_owned() }).finds(&["HF212"]);
        with(Authentication::Saml { entity_id: format!("urn:{}", "x".repeat(1021)) }).finds(&["HF212"]);
    }

    #[test]
    fn templates_are_told_apart_by_their_names() {
        let found = World::valid().copy_template("standard", "other", |_| {}).finds(&["HF213"]);
        assert_eq!(found[0].labels.len(), 1);
        World::valid().copy_template("standard", "other", |other| other.display_name = "Other".to_owned()).finds(&[]);
        World::valid()
            .copy_template("standard", "other", |other| other.display_name = "sTANDARD us".to_owned())
            .finds(&["HF213"]);
    }

    #[test]
    fn on_webex_a_template_in_use_has_to_be_bound() {
        let webex = || World::valid().project(|project| project.target = Some(Target::Webex));
        webex().finds(&["HF214"]);
        webex().template("standard", |template| template.provisioning_id = Some(ProvisioningId::new("abc"))).finds(&[]);
        webex()
            .template("standard", |template| template.provisioning_id = Some(ProvisioningId::new("abc")))
            .copy_template("standard", "unused", |unused| {
                unused.display_name = "Unused".to_owned();
                unused.provisioning_id = None;
            })
            .finds(&[]);
    }

    #[test]
    fn a_template_names_its_subscription() {
        World::valid().template("standard", |template| template.subscription = None).finds(&["HF215"]);
    }
}
