//! Wholesale subscribers (official description `webex-wholesale.json`).

use serde::Serialize;

use super::{Method, Request};
use crate::{
    model::{CustomerId, Email, Extension, OrgId, PackageName, PhoneNumber, SubscriberId},
    webex::{NewSubscriber, SubscriberLine},
};

/// The largest page that the description allows.
const PAGE: &str = "100";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubscriberBody<'a> {
    customer_id: &'a str,
    email: &'a str,
    packages: [&'a str; 1],
    provisioning_parameters: Parameters<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubscriberChangeBody<'a> {
    packages: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    provisioning_parameters: Option<Parameters<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location_id: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    fn new(first_name: Option<&'a str>, last_name: Option<&'a str>, line: Option<&SubscriberLine<'a>>) -> Self {
        Self {
            first_name,
            last_name,
            primary_phone_number: line.and_then(|line| line.phone_number).map(PhoneNumber::as_str),
            extension: line.and_then(|line| line.extension).map(Extension::as_str),
            location_id: line.map(|line| line.location.as_str()),
        }
    }
}

/// `POST /wholesale/subscribers`
pub(in crate::webex) fn create_subscriber(sub_partner: Option<&OrgId>, new: &NewSubscriber<'_>) -> Request {
    let NewSubscriber { customer, email, package, first_name, last_name, line } = new;
    let body = SubscriberBody {
        customer_id: customer.as_str(),
        email: email.as_str(),
        packages: [package.as_str()],
        // The interface wants the object, empty or not.
        provisioning_parameters: Parameters::new(*first_name, *last_name, line.as_ref()),
    };
    Request::new(Method::Post, &["wholesale", "subscribers"]).sub_partner(sub_partner).body(&body)
}

/// `GET /wholesale/subscribers?customerId=`
pub(in crate::webex) fn subscribers(customer: &CustomerId, sub_partner: Option<&OrgId>) -> Request {
    Request::get(&["wholesale", "subscribers"])
        .query("customerId", customer.as_str())
        .query("max", PAGE)
        .sub_partner(sub_partner)
}

/// `GET /wholesale/subscribers?customerId=&email=`
pub(in crate::webex) fn subscribers_by_email(
    customer: &CustomerId,
    email: &Email,
    sub_partner: Option<&OrgId>,
) -> Request {
    Request::get(&["wholesale", "subscribers"])
        .query("customerId", customer.as_str())
        .query("email", email.as_str())
        .query("max", PAGE)
        .sub_partner(sub_partner)
}

/// `GET /wholesale/subscribers/{id}`
pub(in crate::webex) fn one_subscriber(id: &SubscriberId, sub_partner: Option<&OrgId>) -> Request {
    Request::get(&["wholesale", "subscribers", id.as_str()]).sub_partner(sub_partner)
}

/// `PUT /wholesale/subscribers/{id}`
pub(in crate::webex) fn update_subscriber(
    sub_partner: Option<&OrgId>,
    id: &SubscriberId,
    package: &PackageName,
    line: Option<&SubscriberLine<'_>>,
) -> Request {
    let body = SubscriberChangeBody {
        packages: [package.as_str()],
        provisioning_parameters: line.map(|line| Parameters::new(None, None, Some(line))),
    };
    Request::new(Method::Put, &["wholesale", "subscribers", id.as_str()]).sub_partner(sub_partner).body(&body)
}

/// `DELETE /wholesale/subscribers/{id}`
pub(in crate::webex) fn delete_subscriber(sub_partner: Option<&OrgId>, id: &SubscriberId) -> Request {
    Request::new(Method::Delete, &["wholesale", "subscribers", id.as_str()]).sub_partner(sub_partner)
}
