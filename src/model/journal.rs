//! The journal: what was about to be sent, and how it ended (R16). Values only; the ledger keeps them.

use std::{fmt, str::FromStr, time::Duration};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{address::Address, desired::Lifecycle, fields::FieldPath, fields::Value, id::JobId, unit::Unit};

/// Names an entry of the journal: the run that wrote it, and a number within the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// The run.
    pub run: String,
    /// Counts the run's entries, from 1.
    pub number: u64,
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.run, self.number)
    }
}

/// A text that names no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the id of a journal entry, which is written `RUN:NUMBER`")]
pub struct EntryIdError(String);

impl FromStr for EntryId {
    type Err = EntryIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.rsplit_once(':')
            .and_then(|(run, number)| Some(Self { run: run.to_owned(), number: number.parse().ok()? }))
            .ok_or_else(|| EntryIdError(text.to_owned()))
    }
}

impl Serialize for EntryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EntryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The kinds of requests that change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RequestKind {
    CreateTemplate,
    UpdateTemplate,
    DeleteTemplate,
    CreateCustomer,
    UpdateCustomer,
    UpdateOrganization,
    DeleteCustomer,
    CreateLocation,
    EnableCalling,
    UpdateLocation,
    UpdateCalling,
    ConnectPstn,
    AddNumbers,
    RemoveNumbers,
    DisableCalling,
    DeleteLocation,
    CreateSubscriber,
    UpdateSubscriber,
    UpdatePerson,
    MoveUser,
    UpdateRoles,
    DeleteSubscriber,
}

/// How the fate of a request is found out when its answer is not known (R16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settlement {
    /// It makes something that is found by its key; "absent" counts only after the settle window.
    Made,
    /// It takes something away; that it is still there counts only after the settle window.
    Gone,
    /// It sets a whole value that can be read, so what is read decides, and setting it again does no harm.
    Value,
    /// It starts a job: the job decides, or the list of jobs where its id is not known.
    Job,
    /// It sets a whole value that cannot be read: it is sent again once nothing is under way.
    Replay,
}

impl RequestKind {
    /// Returns how its fate is found out.
    pub const fn settlement(self) -> Settlement {
        match self {
            Self::CreateTemplate
            | Self::CreateCustomer
            | Self::CreateLocation
            | Self::CreateSubscriber
            | Self::AddNumbers => Settlement::Made,
            Self::DeleteTemplate
            | Self::DeleteCustomer
            | Self::DeleteLocation
            | Self::DeleteSubscriber
            | Self::RemoveNumbers => Settlement::Gone,
            Self::UpdateTemplate
            | Self::UpdateOrganization
            | Self::EnableCalling
            | Self::UpdateLocation
            | Self::ConnectPstn
            | Self::UpdateSubscriber
            | Self::UpdatePerson
            | Self::UpdateRoles => Settlement::Value,
            Self::DisableCalling | Self::MoveUser | Self::UpdateCalling => Settlement::Job,
            Self::UpdateCustomer => Settlement::Replay,
        }
    }

    /// Returns the words for it, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::CreateTemplate => "create the template",
            Self::UpdateTemplate => "change the template",
            Self::DeleteTemplate => "delete the template",
            Self::CreateCustomer => "create the customer",
            Self::UpdateCustomer => "change the customer",
            Self::UpdateOrganization => "change the organization",
            Self::DeleteCustomer => "remove the customer",
            Self::CreateLocation => "create the location",
            Self::EnableCalling => "enable calling",
            Self::UpdateLocation => "change the location",
            Self::UpdateCalling => "change calling",
            Self::ConnectPstn => "connect the public network",
            Self::AddNumbers => "add numbers",
            Self::RemoveNumbers => "remove numbers",
            Self::DisableCalling => "disable calling",
            Self::DeleteLocation => "delete the location",
            Self::CreateSubscriber => "create the user",
            Self::UpdateSubscriber => "change the package",
            Self::UpdatePerson => "change the person",
            Self::MoveUser => "move the user",
            Self::UpdateRoles => "change the roles",
            Self::DeleteSubscriber => "remove the user",
        }
    }
}

/// How long the service may take to show what it has made or taken away (R16): before that, a look that does not find
/// it says nothing about a request whose answer is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettleWindow {
    /// Customers.
    pub customers: Duration,
    /// Everything else.
    pub others: Duration,
}

impl Default for SettleWindow {
    fn default() -> Self {
        Self { customers: Duration::from_mins(10), others: Duration::from_mins(1) }
    }
}

impl SettleWindow {
    /// Returns how long the work of a request may stay unseen.
    pub const fn of(&self, request: RequestKind) -> Duration {
        match request {
            RequestKind::CreateCustomer | RequestKind::UpdateCustomer | RequestKind::DeleteCustomer => self.customers,
            RequestKind::CreateTemplate
            | RequestKind::UpdateTemplate
            | RequestKind::DeleteTemplate
            | RequestKind::UpdateOrganization
            | RequestKind::CreateLocation
            | RequestKind::EnableCalling
            | RequestKind::UpdateLocation
            | RequestKind::UpdateCalling
            | RequestKind::ConnectPstn
            | RequestKind::AddNumbers
            | RequestKind::RemoveNumbers
            | RequestKind::DisableCalling
            | RequestKind::DeleteLocation
            | RequestKind::CreateSubscriber
            | RequestKind::UpdateSubscriber
            | RequestKind::UpdatePerson
            | RequestKind::MoveUser
            | RequestKind::UpdateRoles
            | RequestKind::DeleteSubscriber => self.others,
        }
    }
}

/// How a request ended, as far as this program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// The service answered that it is done, or under way by an id that the ledger has.
    Answered,
    /// No trustworthy answer came, and the work was seen to be done.
    Seen,
    /// The service refused it, or it never left.
    NotDone,
    /// A later run looked and settled it.
    Settled,
}

/// One request that changes something: written before it is sent, completed when its fate is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Names it.
    pub id: EntryId,
    /// The step that it belongs to.
    pub step: String,
    /// The object that it changes.
    pub object: Address,
    /// What is sent.
    pub request: RequestKind,
    /// When it was about to be sent, last.
    pub at: Timestamp,
    /// What the object's fields are if it is carried out; no value takes a field away.
    pub fields: Vec<(FieldPath, Option<Value>)>,
    /// What the manifest says about the life of the object, for one that it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// The job that it has started, once the service has said which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
    /// How it ended; nothing while its fate is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

impl Entry {
    /// Returns what it is locked and stored with.
    pub fn unit(&self) -> Unit {
        Unit::of(&self.object)
    }

    /// Returns when a look that does not find its work begins to count.
    pub fn counts_from(&self, window: &SettleWindow) -> Timestamp {
        self.at.saturating_add(window.of(self.request)).unwrap_or(Timestamp::MAX)
    }

    /// Returns the value that the request gives a field, if it gives it one.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.fields.iter().find(|(it, _)| it.as_str() == path).and_then(|(_, value)| match value {
            Some(Value::Text(text)) => Some(text.as_str()),
            Some(Value::Flag(_) | Value::Number(_)) | None => None,
        })
    }

    /// Returns true while its fate is not known.
    pub const fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}
