//! Observed objects in the words of manifests, field by field.

use crate::model::{
    CustomerStatus, LocationId, Name, ObservedCustomer, ObservedLocation, ObservedPerson, ObservedPstn,
    ObservedSubscriber, Readable, Value,
};

use super::compare::ObservedFields;

/// Returns a customer's fields. The service keeps the fields of creation to itself (W in the official description).
pub(super) fn customer(seen: &ObservedCustomer) -> ObservedFields {
    let mut fields = ObservedFields::default();
    for hidden in ["template", "adminEmail", "subPartner", "meetingsTimeZone", "packages[].quantity", "orgId"] {
        fields.hide(hidden);
    }
    fields.values.set("externalId", Value::text(&seen.external_id));
    for (package, state) in &seen.packages {
        // A package that failed is not there yet.
        if state.is_healthy() || !matches!(seen.status, CustomerStatus::ProvisionedWithErrors) {
            fields.values.add_member("packages", package.as_str());
        }
    }
    match &seen.billing_address {
        Some(address) => address.add_fields("billingAddress", &mut fields.values),
        None => fields.hide("billingAddress"),
    }
    let organization = seen.organization.as_ref();
    if let Some(Readable::Known(name)) = organization.map(|organization| &organization.display_name) {
        fields.values.set("company", Value::text(name));
    } else {
        fields.hide("company");
    }
    match organization.map(|organization| &organization.language) {
        Some(language) => readable_language(&mut fields, "language", language),
        None => fields.hide("language"),
    }
    fields
}

/// Returns a location's fields.
pub(super) fn location(seen: &ObservedLocation) -> ObservedFields {
    let mut fields = ObservedFields::default();
    let ObservedLocation { name, address, time_zone, language, calling } = seen;
    fields.values.set("displayName", Value::text(name));
    match address {
        Some(address) => address.add_fields("address", &mut fields.values),
        None => fields.hide("address"),
    }
    fields.values.set_text("timeZone", time_zone.as_deref());
    readable_language(&mut fields, "language", language);
    if let Some(calling) = calling {
        readable_language(&mut fields, "announcementLanguage", &calling.announcement_language);
        fields.values.set_text("mainNumber", calling.main_number.as_ref().map(crate::model::PhoneNumber::as_str));
        fields.values.set_text("routingPrefix", calling.routing_prefix.as_deref());
        for number in &calling.numbers {
            fields.values.add_member("numbers", number.as_str());
        }
        if let Some(pstn) = &calling.pstn {
            add_pstn(pstn, &mut fields);
        }
    }
    fields
}

fn readable_language(
    fields: &mut ObservedFields,
    path: &'static str,
    language: &Readable<Option<crate::model::Language>>,
) {
    match language {
        Readable::Known(language) => {
            fields.values.set_text(path, language.as_ref().map(crate::model::Language::as_str));
        }
        Readable::Unknown => fields.hide(path),
    }
}

fn add_pstn(pstn: &ObservedPstn, fields: &mut ObservedFields) {
    let ObservedPstn { kind, option_id, display_name, trunk, route_group, route_id } = pstn;
    fields.values.set("pstn.type", Value::text(kind.map_or("unknown", crate::model::PstnKind::word)));
    if let Some(id) = route_id {
        fields.values.set("pstn.id", Value::text(id));
        fields.values.set_text("pstn.trunk", trunk.as_deref());
        fields.values.set_text("pstn.routeGroup", route_group.as_deref());
        if trunk.is_none() && route_group.is_none() {
            fields.hide("pstn.trunk");
            fields.hide("pstn.routeGroup");
        }
    } else {
        fields.values.set("pstn.id", Value::text(option_id));
        fields.values.set("pstn.provider", Value::text(display_name));
    }
}

/// Returns a user's fields. Without a person (consent is pending) the package is all that can be read.
pub(super) fn user(
    subscriber: Option<&ObservedSubscriber>,
    person: Option<&ObservedPerson>,
    location_name: impl Fn(&LocationId) -> Option<Name>,
) -> ObservedFields {
    let mut fields = ObservedFields::default();
    match subscriber.and_then(|subscriber| subscriber.package.as_ref()) {
        Some(package) => fields.values.set("package", Value::text(package.as_str())),
        None => fields.hide("package"),
    }
    let Some(ObservedPerson { emails: _, first_name, last_name, phone_number, extension, location, roles }) = person
    else {
        for hidden in ["firstName", "lastName", "location", "phoneNumber", "extension", "roles"] {
            fields.hide(hidden);
        }
        return fields;
    };
    fields.values.set_text("firstName", first_name.as_deref());
    fields.values.set_text("lastName", last_name.as_deref());
    fields.values.set_text("phoneNumber", phone_number.as_ref().map(crate::model::PhoneNumber::as_str));
    fields.values.set_text("extension", extension.as_ref().map(crate::model::Extension::as_str));
    if let Some(id) = location {
        // A location that no manifest describes stands under its id, which no manifest can ask for.
        let name = location_name(id).map_or_else(|| id.as_str().to_owned(), String::from);
        fields.values.set("location", Value::Text(name));
    }
    for role in roles {
        fields.values.add_member("roles", &role.key());
    }
    fields
}
