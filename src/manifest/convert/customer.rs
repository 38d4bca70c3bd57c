//! `Customer` → [`Customer`] and its headquarters.

use std::collections::BTreeMap;

use super::location::{location, postal};
use crate::{
    manifest::{
        document::{CustomerSpec, HeadquartersFields, LocationSpec, Terms},
        findings::Context,
        node::Node,
        parse::shown,
        suggest::nearest,
        values::Values,
    },
    model::{
        Customer, CustomerId, Location, Marks, Name, OrgId, PackageName, PackageTerms, PostalAddress, Problem, Span,
        codes, packages,
    },
};

/// What one `Customer` document describes.
pub(in crate::manifest) struct CustomerObjects {
    pub(in crate::manifest) customer: Option<Customer>,
    /// The first location with its marks and the place of the block; none if the document has no such block.
    pub(in crate::manifest) headquarters: Option<(Option<Location>, Marks, Span)>,
}

/// Reads a customer; `node` is its `spec`.
pub(in crate::manifest) fn customer(
    cx: &mut Context<'_>,
    marks: &Marks,
    whole: Span,
    name: Option<&Name>,
    spec: CustomerSpec,
    node: Option<&Node<'_>>,
) -> CustomerObjects {
    let CustomerSpec {
        id,
        external_id,
        org_id,
        sub_partner,
        template,
        company,
        admin_email,
        language,
        packages,
        billing_address,
        meetings_time_zone,
        supported_location,
        headquarters,
    } = spec;
    let mut values = Values { cx, marks, whole };
    let id = values.optional_text("id", id).map(CustomerId::new);
    let external_id = values.optional_text("externalId", external_id).or_else(|| name.map(ToString::to_string));
    let org_id = values.optional_text("orgId", org_id).map(OrgId::new);
    let sub_partner = values.optional_text("subPartner", sub_partner).map(OrgId::new);
    let template = values.required("template", template);
    let company = values.required_text("company", company);
    let admin_email = values.required("adminEmail", admin_email);
    let language = values.optional("language", language);
    let packages = packages.map(|written| self::packages_of(&mut values, written));
    let billing_address = billing_address.and_then(|fields| postal(&mut values, "billingAddress", fields));
    let meetings_time_zone = values.optional("meetingsTimeZone", meetings_time_zone);
    let block = node.and_then(|node| node.entry("headquarters")).filter(|entry| !entry.node.is_null());
    let headquarters = block.zip(headquarters).map(|(entry, fields)| {
        let mut marks = Marks::default();
        entry.node.mark_fields(&mut marks);
        let inherited = billing_address.clone().filter(|_| fields.address.is_none());
        if inherited.is_some()
            && let Some(address) = node.and_then(|node| node.get("billingAddress"))
        {
            address.mark_address(&mut marks);
        }
        let location = headquarters_of(cx, &marks, entry.key_span, fields, inherited);
        (location, marks, entry.key_span)
    });
    let customer = (|| {
        Some(Customer {
            id,
            external_id: external_id?,
            org_id,
            sub_partner,
            template: template?,
            company: company?,
            admin_email: admin_email?,
            language,
            packages: packages?,
            billing_address: billing_address?,
            meetings_time_zone,
            supported_location: supported_location.unwrap_or_default(),
        })
    })();
    CustomerObjects { customer, headquarters }
}

fn headquarters_of(
    cx: &mut Context<'_>,
    marks: &Marks,
    whole: Span,
    fields: HeadquartersFields,
    inherited: Option<PostalAddress>,
) -> Option<Location> {
    let HeadquartersFields {
        id,
        display_name,
        address,
        time_zone,
        language,
        announcement_language,
        pstn,
        numbers,
        main_number,
        routing_prefix,
    } = fields;
    let spec = LocationSpec {
        id,
        display_name,
        address,
        time_zone,
        language,
        announcement_language,
        pstn,
        numbers,
        main_number,
        routing_prefix,
    };
    location(&mut Values { cx, marks, whole }, spec, inherited)
}

fn packages_of(
    values: &mut Values<'_, '_>,
    written: BTreeMap<String, Option<Terms>>,
) -> BTreeMap<PackageName, PackageTerms> {
    let mut packages = BTreeMap::new();
    for (text, terms) in written {
        let path = format!("packages[{text}]");
        if let Some(name) = package(values, &path, &text) {
            let Terms { quantity } = terms.unwrap_or_default();
            packages.insert(name, PackageTerms { quantity });
        }
    }
    packages
}

/// Returns a package that hubform knows.
pub(super) fn package(values: &mut Values<'_, '_>, path: &str, text: &str) -> Option<PackageName> {
    let name = PackageName::new(text);
    if name.info().is_some() {
        return Some(name);
    }
    let known = || packages().iter().map(|package| package.name);
    let by_label = packages().iter().find(|package| package.label.eq_ignore_ascii_case(text.trim()));
    let meant = by_label.map(|package| package.name).or_else(|| nearest(text, known()));
    let fix = match meant {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("the packages are {}", crate::manifest::suggest::listed(known())),
    };
    let message = format!("`{}` is not a package of the wholesale offer", shown(text));
    values.report(path, Problem::error(codes::PACKAGE, message).fix(fix));
    None
}
