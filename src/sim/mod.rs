//! The simulated partner service: state, rules, storage, HTTP.
//!
//! It speaks the documented HTTP API of Webex for Wholesale, as far as `docs/simulator.md` lists it, and is the
//! default target as well as the main test double. It is written from the public documents alone and shares no type
//! with the client, so that a misreading on either side shows. Where the documents are silent it takes the strict
//! reading, and a switch of [`Config`] picks the other.
//!
//! - [`State`] is a plain value: sorted tables of typed records, that can be cloned, compared and written down;
//! - `rules` are functions of the state and a request, without clock, HTTP or disk;
//! - `http` takes requests apart and puts answers together;
//! - `store` writes what a request changed to SQLite before its answer leaves;
//! - [`Simulator`] holds them together behind one lock.
//!
//! It knows nothing of manifests, plans or ledgers.

mod answer;
mod body;
mod call;
mod caller;
mod checked;
mod clients;
mod clock;
mod config;
mod faults;
mod http;
mod id;
mod list;
mod openapi;
mod paging;
mod reference;
mod reply;
mod rules;
mod simulator;
pub mod state;
mod store;
mod table;
mod text;
mod wire;

pub use clients::{ApiClient, ClientKind, ClientSecret, MissingScope, Tokens};
pub use clock::{Clock, ManualClock};
pub use config::{AddAgain, Config, ConsentPath, Envelope, ErrorStatus, OrgIdShown, Rule, SubPartner, SubPartnerState};
pub use faults::{
    Fault, FaultKind, FaultRule, Faults, FaultsError, Garble, Hangup, Only, Page, Per, Requests, Span, Times, Verb,
    When,
};
pub use id::{IdKind, NotAUuid, Uuid};
pub use openapi::document as openapi;
pub use simulator::{Recorded, Running, SimError, Simulator};
pub use state::{Obstacle, PstnType, State};
pub use store::StoreError;
pub use table::{Record, Table};
