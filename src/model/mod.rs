//! The kinds, addresses, specs and states that every other level speaks of.
//!
//! `model` does no I/O and knows no wire format. Text is checked where it enters (the newtypes of
//! [`text`](self) have private fields and fallible constructors) and never again.

mod address;
mod country;
mod desired;
mod emergency;
mod fields;
mod id;
mod journal;
mod key;
mod line;
mod observed;
mod package;
mod postal;
mod problem;
mod record;
mod source;
mod spec;
mod text;
mod unit;

pub use address::{Address, AddressError, Kind};
pub use country::Country;
pub use desired::{Desired, DesiredObject, Lifecycle, OnRemove, Project, Removal};
pub use emergency::{emergency_numbers, is_emergency_anywhere, is_service_code};
pub use fields::{FieldPath, Fields, Value};
pub use id::{CustomerId, JobId, LocationId, OrgId, PersonId, ProvisioningId, SubscriberId, same_remote};
pub use journal::{Ended, Entry, EntryId, EntryIdError, RequestKind, SettleWindow, Settlement};
pub use key::{KeyError, PublicKey};
pub use line::{Extension, NumberRange, PhoneNumber, compress};
pub use observed::{
    CustomerStatus, Observed, ObservedCalling, ObservedCustomer, ObservedJob, ObservedLocation, ObservedOrganization,
    ObservedPerson, ObservedPstn, ObservedSubscriber, ObservedTemplate, PackageState, Partner, Readable, Reading,
    ServiceProblem, SubscriberStatus,
};
pub use package::{Assignment, PackageInfo, PackageKind, PackageName, packages};
pub use postal::PostalAddress;
pub use problem::{Code, Label, Problem, Scope, Severity, codes};
pub use record::{LedgerIdentity, LedgerState, Record, RemoteIds};
pub use source::{FileId, Marks, Position, Source, SourceFile, Sources, Span};
pub use spec::{
    Authentication, Customer, Location, LocationAddress, PackageTerms, Pstn, PstnKind, Route, Spec, Target, Template,
    User,
};
pub use text::{Email, Language, Name, RoleName, TextError, TimeZone};
pub use unit::{Unit, UnitError};
