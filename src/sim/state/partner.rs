//! What a partner keeps of its own: administrators of customers, tags, billing reports and webhooks.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sim::id::Uuid;
use crate::sim::table::Record;

/// The customers of a person with the role Partner administrator, by the person's UUID.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PartnerAdmin {
    /// The organizations that the person is assigned to.
    pub organizations: BTreeSet<Uuid>,
}

impl PartnerAdmin {
    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }
}

record!(PartnerAdmin, Uuid, |row| row.organizations.iter().map(|org| Self::of_org(*org)).collect());

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The name.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
}

/// The tags of an organization, or of one of its subscriptions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TagSet {
    /// The organization.
    pub org: Uuid,
    /// The subscription; none for the organization itself.
    pub subscription: Option<String>,
    /// In the order in which they were given; never empty.
    pub tags: Vec<Tag>,
}

impl TagSet {
    /// Returns the key of the tags of an organization or a subscription.
    pub(crate) fn key(org: Uuid, subscription: Option<&str>) -> String {
        subscription.map_or_else(|| org.to_string(), |subscription| format!("{org}/{subscription}"))
    }

    pub(crate) fn of_org(org: Uuid) -> String {
        format!("org/{org}")
    }
}

record!(TagSet, String, |row| vec![Self::of_org(row.org)]);

/// What a billing report counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReportType {
    /// Packages of the partner.
    #[default]
    Partner,
    /// Packages of each customer.
    Customer,
    /// The package of each user.
    User,
}

impl ReportType {
    pub(crate) const ALL: [&'static str; 3] = ["PARTNER", "CUSTOMER", "USER"];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Partner => "PARTNER",
            Self::Customer => "CUSTOMER",
            Self::User => "USER",
        }
    }
}

/// A billing report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillingReport {
    /// The first day.
    pub start: Date,
    /// The last day.
    pub end: Date,
    /// What it counts.
    pub kind: ReportType,
    /// The sub-partner it is about; none if it is about the partner itself.
    pub sub_partner: Option<Uuid>,
    /// Whether internal organizations count.
    pub internal: bool,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it is done.
    pub due: Timestamp,
    /// Why it fails when it is due.
    pub failure: Option<u32>,
}

record!(BillingReport, Uuid, |_row| Vec::new());

/// What events of a webhook are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum WebhookResource {
    /// Cards that were answered.
    AttachmentActions,
    /// Data sources.
    DataSources,
    /// Members of rooms.
    Memberships,
    /// Messages in rooms.
    Messages,
    /// Rooms.
    Rooms,
    /// Meetings.
    Meetings,
    /// Recordings of meetings.
    Recordings,
    /// Recordings of calls.
    ConvergedRecordings,
    /// Who is in a meeting.
    MeetingParticipants,
    /// Transcripts of meetings.
    MeetingTranscripts,
    /// Calls.
    #[serde(rename = "telephony_calls")]
    TelephonyCalls,
    /// Conferences of calls.
    #[serde(rename = "telephony_conference")]
    TelephonyConference,
    /// Waiting voice mail.
    #[serde(rename = "telephony_mwi")]
    TelephonyMwi,
    /// Counters of a dedicated instance.
    #[serde(rename = "uc_counters")]
    UcCounters,
    /// Authorizations of service apps.
    ServiceApp,
    /// Jobs of administrators.
    AdminBatchJobs,
}

/// What happens to the resource of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum WebhookEvent {
    /// It is made.
    Created,
    /// It changes.
    Updated,
    /// It is removed.
    Deleted,
    /// A meeting begins.
    Started,
    /// A meeting ends.
    Ended,
    /// Somebody joins a meeting.
    Joined,
    /// Somebody leaves a meeting.
    Left,
    /// A room moves to another region.
    Migrated,
    /// A service app is authorized.
    Authorized,
    /// A service app is no longer authorized.
    Deauthorized,
    /// The status of a job changes.
    StatusChanged,
}

impl WebhookResource {
    /// Returns what can happen to it (guide to webhooks on developer.webex.com).
    pub(crate) const fn events(self) -> &'static [WebhookEvent] {
        use WebhookEvent::{
            Authorized, Created, Deauthorized, Deleted, Ended, Joined, Left, Migrated, Started, StatusChanged, Updated,
        };
        match self {
            Self::AttachmentActions | Self::MeetingTranscripts => &[Created],
            Self::Rooms => &[Created, Updated, Migrated],
            Self::Meetings => &[Created, Updated, Deleted, Started, Ended],
            Self::MeetingParticipants => &[Joined, Left],
            Self::ServiceApp => &[Authorized, Deauthorized],
            Self::AdminBatchJobs => &[StatusChanged],
            Self::DataSources
            | Self::Memberships
            | Self::Messages
            | Self::Recordings
            | Self::ConvergedRecordings
            | Self::TelephonyCalls
            | Self::TelephonyConference
            | Self::TelephonyMwi
            | Self::UcCounters => &[Created, Updated, Deleted],
        }
    }

    /// Whether a webhook on it can be of the whole organization (official description of `ownedBy`).
    pub(crate) const fn can_be_of_org(self) -> bool {
        match self {
            Self::Messages
            | Self::Rooms
            | Self::Meetings
            | Self::Recordings
            | Self::ConvergedRecordings
            | Self::MeetingParticipants
            | Self::MeetingTranscripts
            | Self::AdminBatchJobs => true,
            Self::AttachmentActions
            | Self::DataSources
            | Self::Memberships
            | Self::TelephonyCalls
            | Self::TelephonyConference
            | Self::TelephonyMwi
            | Self::UcCounters
            | Self::ServiceApp => false,
        }
    }
}

/// A text that signs what a webhook sends; it does not show in logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookSecret(pub(crate) String);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[…]")
    }
}

/// A webhook. It is kept, and never fires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// The name.
    pub name: String,
    /// Where events go.
    pub target_url: String,
    /// What its events are about.
    pub resource: WebhookResource,
    /// Which event.
    pub event: WebhookEvent,
    /// Which events.
    pub filter: Option<String>,
    /// What signs the events.
    pub secret: Option<WebhookSecret>,
    /// Whether it is of the whole organization.
    pub of_org: bool,
    /// Whether it is active; the service switches off those that cannot be reached.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
}

record!(Webhook, Uuid, |_row| Vec::new());
