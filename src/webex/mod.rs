//! The service as hubform sees it: read and write traits in terms of the model, the wire types behind
//! them, and the one HTTP client. It never decides what to change.

pub mod auth;
mod client;
mod error;
mod inspect;
mod observe;
mod read;
mod redact;
mod request;
mod wire;
mod write;

pub use client::{Client, ClientSettings, Pacing, ReadClient, SettingsError, Stats};
pub use error::{ApiError, Fault, Sent};
pub use inspect::{Account, IdentityUser, InspectApi, Probe, SubPartner, SubPartnerState, VisibleOrganization};
pub use observe::{JobKey, ReadScope, observe};
pub use read::{CustomerKey, Known, ReadApi};
pub use write::{
    CallingChange, CustomerChange, CustomerProgress, JobKind, JobState, LocationChange, MoveUser, NewCustomer,
    NewSubscriber, OrganizationChange, PersonChange, PstnChoice, PstnOption, RolesChange, RouteChoice, RouteKind,
    SubscriberCreated, SubscriberLine, WriteApi,
};
