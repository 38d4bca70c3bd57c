//! Faults as data: which requests something goes wrong with, when, and what.
//!
//! [`Faults`] is a list of rules and a seed. Each rule names requests ([`Requests`]), says which of them it strikes
//! ([`Times`]), and how ([`FaultKind`]). Whether it strikes is a pure function of the seed, the rule, and the ordinal
//! of the request among those that the rule matches: the same requests in the same order meet the same faults, and
//! what runs beside them shifts nothing but ordinals. With [`Per::Target`] each address is counted by itself, so that
//! the order among different addresses does not matter either.
//!
//! A fault can take the place of an answer, before the work is done or after it; spoil the bytes of an answer; or bend
//! the work itself, as far as the real service is known to do so: lists that lag behind, packages that fail with a
//! warning, users who have to consent, jobs that complete with failures inside.

mod decide;
mod engine;
mod lever;
mod past;
mod profile;
mod requests;
mod rule;
mod spoil;
mod times;
mod twist;

pub use lever::{Fault, When};
pub use requests::{Only, Requests, Verb};
pub use rule::{FaultKind, FaultRule, Faults, FaultsError, Garble, Hangup, Page, Span};
pub use times::{Per, Times};

pub(crate) use engine::{Engine, Strike};
pub(crate) use requests::Seen;
pub(crate) use spoil::Delivery;
