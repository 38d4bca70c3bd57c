//! The rules of the service: each endpoint as a function of the state and the request.
//!
//! A rule checks everything before it changes anything, so that a refusal leaves the state as it was. Rules know
//! neither HTTP nor storage, and no clock: the time comes with the [`Context`](super::call::Context).

pub(crate) mod addresses;
pub(crate) mod billing;
pub(crate) mod callback;
pub(crate) mod calling;
pub(crate) mod choices;
mod customer_request;
pub(crate) mod customers;
pub(crate) mod disabling;
pub(crate) mod emergency;
pub(crate) mod extensions;
pub(crate) mod floors;
mod job_view;
pub(crate) mod jobs;
pub(crate) mod licenses;
pub(crate) mod lines;
pub(crate) mod locations;
pub(crate) mod moves;
pub(crate) mod number_jobs;
pub(crate) mod number_list;
pub(crate) mod numbers;
pub(crate) mod orgs;
pub(crate) mod packages;
pub(crate) mod partner_admins;
pub(crate) mod people;
pub(crate) mod person_numbers;
mod person_request;
mod person_view;
pub(crate) mod provisioning;
pub(crate) mod pstn;
pub(crate) mod roles;
pub(crate) mod scim;
pub(crate) mod scim_filter;
mod scim_patch;
pub(crate) mod scopes;
pub(crate) mod sub_partners;
pub(crate) mod subscriber_view;
pub(crate) mod subscribers;
pub(crate) mod tags;
pub(crate) mod templates;
pub(crate) mod tokens;
pub(crate) mod webhooks;
