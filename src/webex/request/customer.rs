//! Wholesale customers (official description `webex-wholesale.json`).

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Method, Request, postal::WholesaleAddress};
use crate::{
    model::{CustomerId, Email, Language, Location, OrgId, PackageName, PackageTerms, TimeZone},
    webex::{CustomerChange, NewCustomer},
};

/// The largest page in use; the description names none.
const PAGE: &str = "100";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerBody<'a> {
    provisioning_id: &'a str,
    packages: Vec<&'a str>,
    external_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a str>,
    customer_info: CustomerInfo<'a>,
    address: WholesaleAddress<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provisioning_parameters: Option<Parameters<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerInfo<'a> {
    name: &'a str,
    primary_email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerChangeBody<'a> {
    packages: Vec<&'a str>,
    external_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<WholesaleAddress<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provisioning_parameters: Option<Parameters<'a>>,
}

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    calling: Option<Calling<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meetings: Option<Meetings<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packages: Option<Packages<'a>>,
}

#[derive(Serialize)]
struct Calling<'a> {
    location: FirstLocation<'a>,
}

/// The first calling location. Its language is the one of mails and announcements, written `en_us`.
#[derive(Serialize)]
struct FirstLocation<'a> {
    name: &'a str,
    address: WholesaleAddress<'a>,
    timezone: &'a str,
    language: String,
}

#[derive(Serialize)]
struct Meetings<'a> {
    timezone: &'a str,
}

#[derive(Serialize)]
struct Packages<'a> {
    limits: BTreeMap<&'a str, u32>,
}

impl<'a> Parameters<'a> {
    fn new(
        headquarters: Option<&'a Location>,
        meetings: Option<&'a TimeZone>,
        quantities: impl Iterator<Item = (&'a PackageName, u32)>,
    ) -> Option<Self> {
        let calling = headquarters.map(|location| Calling {
            location: FirstLocation {
                name: &location.display_name,
                address: WholesaleAddress::new(&location.address.postal),
                timezone: location.time_zone.as_str(),
                language: location.language.for_location(),
            },
        });
        let meetings = meetings.map(|zone| Meetings { timezone: zone.as_str() });
        // The description has eight keys; a quantity of another package has nowhere to go.
        let limits: BTreeMap<_, _> = quantities
            .filter(|(package, _)| package.info().is_some_and(|info| info.has_quantity))
            .map(|(package, quantity)| (package.as_str(), quantity))
            .collect();
        let packages = (!limits.is_empty()).then_some(Packages { limits });
        (calling.is_some() || meetings.is_some() || packages.is_some()).then_some(Self { calling, meetings, packages })
    }
}

fn new_customer<'a>(new: &'a NewCustomer<'a>, language: Option<&Language>) -> CustomerBody<'a> {
    let customer = new.customer;
    let quantities = customer
        .packages
        .iter()
        .filter_map(|(package, PackageTerms { quantity })| quantity.map(|quantity| (package, quantity)));
    CustomerBody {
        provisioning_id: new.provisioning_id.as_str(),
        packages: customer.packages.keys().map(PackageName::as_str).collect(),
        external_id: &customer.external_id,
        org_id: customer.org_id.as_ref().map(OrgId::as_str),
        customer_info: CustomerInfo {
            name: &customer.company,
            primary_email: Email::as_str(&customer.admin_email),
            language: language.map(Language::for_organization),
        },
        address: WholesaleAddress::new(&customer.billing_address),
        provisioning_parameters: Parameters::new(
            new.headquarters.filter(|_| customer.has_calling()),
            customer.meetings_time_zone.as_ref(),
            quantities,
        ),
    }
}

/// `POST /wholesale/customers`
pub(in crate::webex) fn create_customer(new: &NewCustomer<'_>) -> Request {
    Request::new(Method::Post, &["wholesale", "customers"])
        .sub_partner(new.customer.sub_partner.as_ref())
        .body(&new_customer(new, new.customer.language.as_ref()))
}

/// `POST /wholesale/customers/validate`; its `customerInfo` has no language.
pub(in crate::webex) fn precheck_customer(new: &NewCustomer<'_>) -> Request {
    Request::new(Method::Post, &["wholesale", "customers", "validate"])
        .sub_partner(new.customer.sub_partner.as_ref())
        .body(&new_customer(new, None))
        .only_looks()
}

/// `GET /wholesale/customers/{id}`
pub(in crate::webex) fn customer(id: &CustomerId, sub_partner: Option<&OrgId>) -> Request {
    Request::get(&["wholesale", "customers", id.as_str()]).sub_partner(sub_partner)
}

/// `GET /wholesale/customers?externalId=`
pub(in crate::webex) fn customers_by_external_id(external_id: &str, sub_partner: Option<&OrgId>) -> Request {
    Request::get(&["wholesale", "customers"])
        .query("externalId", external_id)
        .query("max", PAGE)
        .sub_partner(sub_partner)
}

/// `GET /wholesale/customers?orgId=`
pub(in crate::webex) fn customers_by_organization(org: &OrgId, sub_partner: Option<&OrgId>) -> Request {
    Request::get(&["wholesale", "customers"]).org(org).query("max", PAGE).sub_partner(sub_partner)
}

/// `GET /wholesale/customers?max=1`: whether customers can be seen at all.
pub(in crate::webex) fn any_customer(sub_partner: Option<&OrgId>) -> Request {
    Request::get(&["wholesale", "customers"]).query("max", "1").sub_partner(sub_partner)
}

/// `PUT /wholesale/customers/{id}`
pub(in crate::webex) fn update_customer(
    id: &CustomerId,
    sub_partner: Option<&OrgId>,
    change: &CustomerChange<'_>,
) -> Request {
    let CustomerChange { packages, external_id, billing_address, quantities, headquarters, meetings_time_zone } =
        change;
    let body = CustomerChangeBody {
        packages: packages.iter().map(PackageName::as_str).collect(),
        external_id,
        address: billing_address.map(WholesaleAddress::new),
        provisioning_parameters: Parameters::new(
            *headquarters,
            *meetings_time_zone,
            quantities.iter().map(|(package, quantity)| (package, *quantity)),
        ),
    };
    Request::new(Method::Put, &["wholesale", "customers", id.as_str()]).sub_partner(sub_partner).body(&body)
}

/// `DELETE /wholesale/customers/{id}`
pub(in crate::webex) fn delete_customer(id: &CustomerId, sub_partner: Option<&OrgId>) -> Request {
    Request::new(Method::Delete, &["wholesale", "customers", id.as_str()]).sub_partner(sub_partner)
}
