//! Requests as values: method, path, query and body, built by pure functions and sent elsewhere.
//!
//! One file per subject. A request holds what the model has and nothing else: no default is made up here.

mod calling;
mod customer;
#[cfg(test)]
mod golden;
mod job;
mod location;
mod number;
mod organization;
mod person;
mod postal;
mod probe;
mod pstn;
mod role;
mod subscriber;
mod template;

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::model::OrgId;

pub(super) use calling::{calling_location, calling_locations, enable_calling, update_calling};
pub(super) use customer::{
    any_customer, create_customer, customer, customers_by_external_id, customers_by_organization, delete_customer,
    precheck_customer, update_customer,
};
pub(super) use job::{disable_calling, job, job_errors, jobs, move_user};
pub(super) use location::{create_location, delete_location, locations, one_location, update_location};
pub(super) use number::{add_numbers, numbers, numbers_of_location, numbers_of_person, remove_numbers};
pub(super) use organization::{identity_organization, organization, organizations, sub_partners, update_organization};
pub(super) use person::{delete_person, edit_person, me, people, person, replace_person, same_person};
pub(super) use probe::{licenses, one_calling_location, one_of, one_scim_user, own_pstn_options};
pub(super) use pstn::{connect_pstn, pstn, pstn_options, route_choices};
pub(super) use role::{patch_roles, roles, scim_name, scim_users};
pub(super) use subscriber::{
    create_subscriber, delete_subscriber, one_subscriber, subscribers, subscribers_by_email, update_subscriber,
};
pub(super) use template::{create_template, delete_template, templates, update_template};

/// What is left as it is in a path segment: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        })
    }
}

/// Whether a request may change something, which decides when it can be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It only looks, whatever its method.
    Reads,
    /// It changes something.
    Writes,
}

/// What a path is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// The base URL.
    Api,
    /// The base URL without its version: SCIM is at `https://webexapis.com/identity/scim`, as the addresses in the
    /// official examples and `wxc_sdk` have it.
    Scim,
}

/// One request, below the base URL.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) base: Base,
    /// Begins with `/`; segments are percent-encoded.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
    pub(super) effect: Effect,
}

impl Request {
    fn new(method: Method, segments: &[&str]) -> Self {
        let effect = match method {
            Method::Get => Effect::Reads,
            Method::Post | Method::Put | Method::Patch | Method::Delete => Effect::Writes,
        };
        Self { method, base: Base::Api, path: path(segments), query: Vec::new(), body: None, effect }
    }

    /// A request to the SCIM interface of an organization.
    fn scim(method: Method, org: &OrgId, segments: &[&str]) -> Self {
        let org = org.key();
        let segments = [&["identity", "scim", &org, "v2"], segments].concat();
        Self { base: Base::Scim, ..Self::new(method, &segments) }
    }

    fn get(segments: &[&str]) -> Self {
        Self::new(Method::Get, segments)
    }

    fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds the customer's organization, which a partner names on every call for a customer.
    fn org(self, org: &OrgId) -> Self {
        self.query("orgId", org.as_str())
    }

    /// Adds the sub-partner to act for, if there is one.
    fn sub_partner(self, sub_partner: Option<&OrgId>) -> Self {
        match sub_partner {
            Some(org) => self.query("onBehalfOfSubPartnerOrgId", org.as_str()),
            None => self,
        }
    }

    fn body(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_value(body).expect("wire structs have text keys and no fallible serializers"));
        self
    }

    /// Marks a request that changes nothing although its method could.
    const fn only_looks(mut self) -> Self {
        self.effect = Effect::Reads;
        self
    }
}

pub(super) fn path(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        match *segment {
            // These would name another resource once the URL is put into its normal form.
            "" | "." | ".." => path.push_str("%00"),
            segment => path.extend(utf8_percent_encode(segment, SEGMENT)),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_one_segment_whatever_it_holds() {
        assert_eq!(path(&["people", "a/b?c#d%é"]), "/people/a%2Fb%3Fc%23d%25%C3%A9");
        for odd in ["", ".", ".."] {
            assert_eq!(path(&["people", odd, "x"]), "/people/%00/x");
        }
        assert_eq!(path(&["people", "Y2lz_-~."]), "/people/Y2lz_-~.");
    }
}
