//! Wholesale customers as the service writes them.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use super::{location::Address, or_default, problems, required, text, texts};
use crate::{
    model::{
        CustomerId, CustomerStatus, ObservedCustomer, OrgId, PackageName, PackageState, PostalAddress, ServiceProblem,
    },
    webex::CustomerProgress,
};

/// A customer of `GET /wholesale/customers`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Customer {
    #[serde(deserialize_with = "required")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    org_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    external_id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    address: Address,
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
    #[serde(default)]
    packages: Option<Packages>,
    #[serde(default, deserialize_with = "or_default")]
    resource_details: ResourceDetails,
    #[serde(default)]
    errors: Value,
}

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Packages(#[serde(deserialize_with = "texts")] Vec<String>);

#[derive(Debug, Default, Deserialize)]
struct ResourceDetails {
    #[serde(default, deserialize_with = "or_default")]
    packages: Vec<PackageDetail>,
}

#[derive(Debug, Deserialize)]
struct PackageDetail {
    #[serde(deserialize_with = "required")]
    name: String,
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
    #[serde(default)]
    errors: Value,
    #[serde(default)]
    warnings: Value,
}

impl PackageDetail {
    fn into_state(self) -> (PackageName, PackageState) {
        let mut complaints = problems(&self.errors);
        complaints.extend(problems(&self.warnings));
        let state = PackageState { status: self.status.unwrap_or_default().to_lowercase(), problems: complaints };
        (PackageName::new(&self.name), state)
    }
}

fn status(text: Option<String>) -> CustomerStatus {
    let text = text.unwrap_or_default();
    match text.to_lowercase().as_str() {
        "provisioning" => CustomerStatus::Provisioning,
        "updating" => CustomerStatus::Updating,
        "deleting" => CustomerStatus::Deleting,
        "provisioned" => CustomerStatus::Provisioned,
        "provisioned_with_errors" => CustomerStatus::ProvisionedWithErrors,
        "error" => CustomerStatus::Error,
        "pending_rpl_review" => CustomerStatus::PendingRplReview,
        _ => CustomerStatus::Other(text),
    }
}

/// A customer in the model's words, before anything below it is read.
struct Parts {
    id: CustomerId,
    org_id: Option<OrgId>,
    external_id: String,
    status: CustomerStatus,
    packages: BTreeMap<PackageName, PackageState>,
    billing_address: Option<PostalAddress>,
    problems: Vec<ServiceProblem>,
}

impl Customer {
    pub(in crate::webex) fn id(&self) -> &str {
        &self.id
    }

    pub(in crate::webex) fn external_id(&self) -> &str {
        self.external_id.as_deref().unwrap_or_default()
    }

    pub(in crate::webex) fn org_id(&self) -> Option<&str> {
        self.org_id.as_deref()
    }

    fn into_parts(self) -> Parts {
        let mut details: BTreeMap<_, _> =
            self.resource_details.packages.into_iter().map(PackageDetail::into_state).collect();
        let mut complaints = problems(&self.errors);
        let packages = match self.packages {
            // `packages` says what the customer has, the details only how it is: a package that is on its way
            // out has details still, and must not be sent back in the next update.
            Some(Packages(names)) => {
                let packages: BTreeMap<_, _> = names
                    .iter()
                    .map(|name| PackageName::new(name))
                    .map(|name| {
                        let state = details.remove(&name);
                        (name, state.unwrap_or(PackageState { status: String::new(), problems: Vec::new() }))
                    })
                    .collect();
                complaints.extend(details.into_values().flat_map(|state| state.problems));
                packages
            }
            None => details,
        };
        Parts {
            id: CustomerId::new(self.id),
            org_id: self.org_id.map(OrgId::new),
            external_id: self.external_id.unwrap_or_default(),
            status: status(self.status),
            packages,
            billing_address: self.address.into_model(),
            problems: complaints,
        }
    }

    /// Returns the customer, with nothing below it yet.
    pub(in crate::webex) fn into_model(self) -> ObservedCustomer {
        let Parts { id, org_id, external_id, status, packages, billing_address, problems } = self.into_parts();
        ObservedCustomer {
            id,
            org_id,
            external_id,
            status,
            packages,
            billing_address,
            problems,
            organization: None,
            subscribers: Vec::new(),
        }
    }

    /// Returns how far the service is with the customer.
    pub(in crate::webex) fn into_progress(self) -> CustomerProgress {
        let Parts { id: _, org_id, external_id: _, status, packages, billing_address: _, problems } = self.into_parts();
        CustomerProgress { status, org_id, packages, problems }
    }
}

/// The answer to a creation: where the new customer is.
#[derive(Debug, Default, Deserialize)]
pub(in crate::webex) struct CustomerAccepted {
    #[serde(default, deserialize_with = "text")]
    pub(in crate::webex) url: Option<String>,
}

/// Returns the last part of a customer's address, which is its id.
pub(in crate::webex) fn id_in_url(url: &url::Url) -> Option<CustomerId> {
    let mut segments = url.path_segments()?.rev().filter(|segment| !segment.is_empty());
    let id = segments.next()?;
    // Anything else is not the address of a customer.
    if segments.next()? != "customers" {
        return None;
    }
    Some(CustomerId::new(percent_decode_str(id).decode_utf8().ok()?))
}
