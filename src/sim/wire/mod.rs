//! What goes over the wire, as types: requests as they are read, answers as they are written.
//!
//! A type of a request derives `Deserialize` and `JsonSchema` and is a [`Body`](super::body::Body); one of an answer
//! derives `Serialize` and `JsonSchema`. Their names stand in the OpenAPI document, so they are unique. An absent
//! value of an answer is left out; where the service writes `null`, the type says so with
//! [`Nullable`](super::text::Nullable).

pub(crate) mod billing;
pub(crate) mod calling_location;
pub(crate) mod customer;
pub(crate) mod emergency;
pub(crate) mod extension;
pub(crate) mod floor;
pub(crate) mod job;
pub(crate) mod license;
pub(crate) mod location;
pub(crate) mod number;
pub(crate) mod organization;
pub(crate) mod partner;
pub(crate) mod person;
pub(crate) mod place;
pub(crate) mod pstn;
pub(crate) mod role;
pub(crate) mod scim;
pub(crate) mod sub_partner;
pub(crate) mod subscriber;
pub(crate) mod tag;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod webhook;
