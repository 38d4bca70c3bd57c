//! What a world should look like and what the simulated service holds, in one plain form: two independent
//! readings that must agree. Neither uses the comparison of the planner.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hubform::{
    model::{Address, Authentication, Customer, Desired, Location, PostalAddress, Pstn, Route, Spec, Template, User},
    sim::state,
};

/// Objects by address; each a map of texts.
pub type Picture = BTreeMap<String, BTreeMap<String, String>>;

type Object = BTreeMap<String, String>;

fn put(object: &mut Object, key: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value.to_string());
    }
}

fn list(items: impl IntoIterator<Item = impl ToString>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

/// Paints what the manifests ask for.
pub fn of_desired(desired: &Desired) -> Picture {
    let mut picture = Picture::new();
    for (at, object) in &desired.objects {
        let painted = match &object.spec {
            Spec::Template(template) => of_template(template),
            Spec::Customer(customer) => of_customer(customer),
            Spec::Location(location) => of_location(location),
            Spec::User(user) => {
                let names = |name: &hubform::model::Name| {
                    let customer = at.customer().unwrap();
                    desired.location(customer, name).unwrap().display_name.clone()
                };
                of_user(user, &names)
            }
        };
        // Locations are painted under their display name, which is what the service has.
        let key = match (&object.spec, at) {
            (Spec::Location(location), Address::Location(customer, _)) => {
                format!("location/{customer}/{}", location.display_name)
            }
            _ => at.to_string(),
        };
        picture.insert(key, painted);
    }
    picture
}

fn of_template(template: &Template) -> Object {
    let mut object = Object::new();
    put(&mut object, "displayName", Some(&template.display_name));
    put(&mut object, "country", Some(&template.country));
    put(&mut object, "administrator", Some(&template.administrator));
    put(&mut object, "emailLanguage", template.email_language.as_ref());
    put(&mut object, "subscription", template.subscription.as_ref());
    match &template.authentication {
        Authentication::Webex => put(&mut object, "authentication.method", Some("webex")),
        Authentication::Saml { entity_id } => {
            put(&mut object, "authentication.method", Some("saml"));
            put(&mut object, "authentication.entityId", Some(entity_id));
        }
        Authentication::Oidc { idp_name } => {
            put(&mut object, "authentication.method", Some("oidc"));
            put(&mut object, "authentication.idpName", Some(idp_name));
        }
    }
    put(&mut object, "pstnProvider", template.pstn_provider.as_ref());
    put(&mut object, "restrictAdminInvites", Some(template.restrict_admin_invites));
    put(&mut object, "brandName", template.brand_name.as_ref());
    put(&mut object, "disableWebexCalling", Some(template.disable_webex_calling));
    object
}

fn postal(address: &PostalAddress) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    format!(
        "{}|{}|{}|{}|{}|{}",
        address.line1,
        part(&address.line2),
        address.city,
        part(&address.state),
        part(&address.postal_code),
        address.country
    )
}

fn of_customer(customer: &Customer) -> Object {
    let mut object = Object::new();
    put(&mut object, "externalId", Some(&customer.external_id));
    put(&mut object, "template", Some(&customer.template));
    put(&mut object, "company", Some(&customer.company));
    put(&mut object, "adminEmail", Some(&customer.admin_email));
    put(&mut object, "language", customer.language.as_ref().map(hubform::model::Language::for_organization));
    put(&mut object, "packages", Some(list(customer.packages.keys())));
    let quantities = customer.packages.iter().filter_map(|(name, terms)| Some(format!("{name}={}", terms.quantity?)));
    put(&mut object, "quantities", Some(list(quantities)));
    put(&mut object, "billingAddress", Some(postal(&customer.billing_address)));
    object
}

fn of_location(location: &Location) -> Object {
    let mut object = Object::new();
    put(&mut object, "address", Some(postal(&location.address.postal)));
    put(&mut object, "timeZone", Some(&location.time_zone));
    put(&mut object, "language", Some(location.language.for_location()));
    put(&mut object, "announcementLanguage", Some(location.announcements().for_location()));
    put(&mut object, "numbers", Some(list(&location.numbers)));
    put(&mut object, "mainNumber", location.main_number.as_ref());
    put(&mut object, "routingPrefix", location.routing_prefix.as_ref());
    let pstn = location.pstn.as_ref().map(|pstn| match pstn {
        Pstn::LocalGateway { route: Route::Trunk(name) } => format!("LOCAL_GATEWAY TRUNK {name}"),
        Pstn::LocalGateway { route: Route::RouteGroup(name) } => format!("LOCAL_GATEWAY ROUTE_GROUP {name}"),
        Pstn::NonIntegratedCcp { provider, by_id: false } => format!("NON_INTEGRATED_CCP {provider}"),
        other => format!("{other:?}"),
    });
    put(&mut object, "pstn", pstn);
    object
}

fn of_user(user: &User, location_name: &dyn Fn(&hubform::model::Name) -> String) -> Object {
    let mut object = Object::new();
    put(&mut object, "firstName", user.first_name.as_ref());
    put(&mut object, "lastName", user.last_name.as_ref());
    put(&mut object, "package", Some(&user.package));
    if user.package.is_calling() {
        put(&mut object, "location", user.location.as_ref().map(location_name));
        put(&mut object, "phoneNumber", user.phone_number.as_ref());
        put(&mut object, "extension", user.extension.as_ref());
    }
    let roles: Vec<String> = user.roles.iter().map(hubform::model::RoleName::key).collect();
    put(&mut object, "roles", Some(list(roles.iter().map(|role| role.replace(' ', "-")))));
    object
}

/// Paints what the service holds of the customers that the manifests (or anybody) have made.
///
/// `names` gives the manifest name of a customer by its external id.
pub fn of_service(state: &state::State, names: &BTreeMap<String, String>) -> Picture {
    let mut picture = Picture::new();
    let mut templates: BTreeMap<String, String> = BTreeMap::new();
    for (id, template) in state.templates.iter() {
        templates.insert(URL_SAFE_NO_PAD.encode(id.to_string()), template.name.clone());
        let mut object = Object::new();
        for (key, value) in template.spec.as_object().into_iter().flatten() {
            put(&mut object, key, Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
        picture.insert(format!("template/{}", template.name), object);
    }
    for (id, customer) in state.customers.iter() {
        let name = names.get(&customer.external_id).cloned().unwrap_or_else(|| format!("?{}", customer.external_id));
        let mut object = Object::new();
        put(&mut object, "externalId", Some(&customer.external_id));
        put(&mut object, "template", templates.get(&customer.provisioning_id));
        put(&mut object, "adminEmail", customer.info.as_ref().map(|info| &info.email));
        put(&mut object, "packages", Some(list(customer.packages.keys())));
        put(
            &mut object,
            "quantities",
            Some(list(customer.limits.iter().map(|(name, limit)| format!("{name}={limit}")))),
        );
        put(&mut object, "billingAddress", Some(service_postal(&customer.address)));
        let org = customer.org.expect("every customer of a settled world has an organization");
        let organization = &state.organizations[&org];
        put(&mut object, "company", Some(&organization.name));
        put(&mut object, "language", organization.language.as_ref());
        picture.insert(format!("customer/{name}"), object);
        let mut location_names = BTreeMap::new();
        for (at, location) in state.locations.iter().filter(|(_, location)| location.org == org) {
            location_names.insert(*at, location.name.clone());
            let numbers =
                state.numbers.iter().filter(|(_, number)| number.location == *at).map(|(text, _)| text.clone());
            picture.insert(format!("location/{name}/{}", location.name), service_location(location, list(numbers)));
        }
        for subscriber in state.subscribers.values().filter(|subscriber| subscriber.customer == *id) {
            let mut object = Object::new();
            put(&mut object, "package", Some(&subscriber.package));
            if let state::Standing::Provisioned { person } = &subscriber.standing {
                let person = &state.people[person];
                put(&mut object, "firstName", person.first_name.as_ref());
                put(&mut object, "lastName", person.last_name.as_ref());
                if subscriber.package != "webex_meetings" {
                    put(&mut object, "location", person.location.and_then(|at| location_names.get(&at)));
                    put(&mut object, "phoneNumber", person.number.as_ref());
                    put(&mut object, "extension", person.extension.as_ref());
                }
                let roles = person.roles.iter().map(|role| role_name(role));
                put(&mut object, "roles", Some(list(roles)));
            }
            picture.insert(format!("user/{name}/{}", subscriber.email), object);
        }
    }
    picture
}

fn service_postal(address: &state::Address) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    format!(
        "{}|{}|{}|{}|{}|{}",
        address.line1,
        part(&address.line2),
        address.city,
        part(&address.state),
        part(&address.postal_code),
        address.country
    )
}

fn service_location(location: &state::Location, numbers: String) -> Object {
    let mut object = Object::new();
    put(&mut object, "address", Some(service_postal(&location.address)));
    put(&mut object, "timeZone", Some(&location.time_zone));
    put(&mut object, "language", Some(&location.preferred_language));
    put(&mut object, "numbers", Some(numbers));
    if let Some(calling) = &location.calling {
        put(&mut object, "announcementLanguage", Some(&calling.announcement_language));
        put(&mut object, "mainNumber", calling.main_number.as_ref());
        put(&mut object, "routingPrefix", calling.routing_prefix.as_ref());
        put(&mut object, "pstn", calling.pstn.as_ref().map(service_pstn));
    }
    object
}

fn service_pstn(pstn: &state::Pstn) -> String {
    let kind = match pstn.kind {
        state::PstnType::LocalGateway => "LOCAL_GATEWAY",
        state::PstnType::NonIntegratedCcp => "NON_INTEGRATED_CCP",
        state::PstnType::IntegratedCcp => "INTEGRATED_CCP",
        state::PstnType::CiscoPstn => "CISCO_PSTN",
    };
    match &pstn.route {
        Some((state::RouteType::Trunk, _)) => format!("{kind} TRUNK Main Trunk"),
        Some((state::RouteType::RouteGroup, _)) => format!("{kind} ROUTE_GROUP Main Routes"),
        None => format!("{kind} {}", pstn.option),
    }
}

/// The names behind the role ids that the worlds use.
fn role_name(key: &str) -> &str {
    match key {
        "id_full_admin" => "full-administrator",
        "id_readonly_admin" => "read-only-administrator",
        "96abc2aa-3dcc-11e5-b263-0f4592adefab" => "compliance-officer",
        other => other,
    }
}
