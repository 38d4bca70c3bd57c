//! Ids as the service writes them: `ciscospark://us/TYPE/uuid` in base64url without padding.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Reads ids with and without padding: both are seen in the official examples.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A UUID; those of one state sort in the order of their creation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uuid(u128);

impl Uuid {
    /// A UUID that nothing has; what an id that cannot be read is compared as.
    pub(crate) const NOTHING: Self = Self(0);

    /// Makes the UUID of the `counter`-th thing of a state.
    ///
    /// The counter stands in front, so that order of ids is order of creation; the rest is a digest, so that the
    /// ids do not look countable.
    pub(crate) fn numbered(counter: u64) -> Self {
        let digest = Self::derived(&["numbered", &counter.to_string()]).0;
        let front = u128::from(counter & 0xffff_ffff) << 96;
        Self(front | (digest & (u128::MAX >> 32)))
    }

    /// Makes a UUID that depends on nothing but `parts`.
    pub(crate) fn derived(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        bytes[6] = 0x40 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Self(u128::from_be_bytes(bytes))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let groups = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        f.write_str(&groups.join("-"))
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Says that a text is no UUID.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a UUID")]
pub struct NotAUuid(String);

impl FromStr for Uuid {
    type Err = NotAUuid;

    fn from_str(text: &str) -> Result<Self, NotAUuid> {
        let wrong = || NotAUuid(text.to_owned());
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let digits = groups.concat();
        if lengths != [8, 4, 4, 4, 12] || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        u128::from_str_radix(&digits, 16).map(Self).map_err(|_| wrong())
    }
}

impl TryFrom<String> for Uuid {
    type Error = NotAUuid;

    fn try_from(text: String) -> Result<Self, NotAUuid> {
        text.parse()
    }
}

impl From<Uuid> for String {
    fn from(uuid: Uuid) -> Self {
        uuid.to_string()
    }
}

/// The type inside an encoded id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// An organization.
    Organization,
    /// A customer under `/wholesale/customers`.
    Enterprise,
    /// The same customer as `customerId` inside a subscriber.
    Customer,
    /// A subscriber.
    Subscriber,
    /// A person.
    People,
    /// A location.
    Location,
    /// A floor of a location.
    Floor,
    /// A trunk.
    Trunk,
    /// A route group.
    RouteGroup,
    /// A PSTN option of one location.
    PstnConnection,
    /// The emergency address of a location.
    EmergencyAddress,
    /// A job.
    Job,
    /// A billing report.
    BillingReport,
    /// A webhook.
    Webhook,
}

impl IdKind {
    fn name(self) -> &'static str {
        match self {
            Self::Organization => "ORGANIZATION",
            Self::Enterprise => "ENTERPRISE",
            Self::Customer => "CUSTOMER",
            Self::Subscriber => "SUBSCRIBER",
            Self::People => "PEOPLE",
            Self::Location => "LOCATION",
            Self::Floor => "WORKSPACE_LOCATION_FLOOR",
            Self::Trunk => "TRUNK",
            Self::RouteGroup => "ROUTE_GROUP",
            Self::PstnConnection => "PSTN_CONNECTION",
            Self::EmergencyAddress => "EMERGENCY_ADDRESS",
            Self::Job => "JOB_ID",
            Self::BillingReport => "BILLING_REPORT",
            Self::Webhook => "WEBHOOK",
        }
    }

    /// Returns the encoded id of `uuid`.
    pub fn encode(self, uuid: Uuid) -> String {
        encode_payload(self.name(), &uuid.to_string())
    }

    /// Returns the UUID of an encoded id of this type.
    pub fn decode(self, text: &str) -> Option<Uuid> {
        decode_payload(self.name(), text)?.parse().ok()
    }
}

/// Encodes an id whose payload need not be a UUID.
pub(crate) fn encode_payload(kind: &str, payload: &str) -> String {
    BASE64.encode(format!("ciscospark://us/{kind}/{payload}"))
}

/// Returns the payload of an encoded id, if its type is `kind`.
pub(crate) fn decode_payload(kind: &str, text: &str) -> Option<String> {
    let bytes = BASE64.decode(text).ok()?;
    let uri = String::from_utf8(bytes).ok()?;
    let mut parts = uri.strip_prefix("ciscospark://")?.splitn(3, '/');
    let (_cluster, found, payload) = (parts.next()?, parts.next()?, parts.next()?);
    (found.eq_ignore_ascii_case(kind) && !payload.is_empty()).then(|| payload.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_base64url_without_padding_and_carry_their_type() {
        let uuid: Uuid = "52cf576d-60a8-407a-b22c-467c51591908".parse().unwrap();
        let id = IdKind::Enterprise.encode(uuid);
        assert_eq!(id, "Y2lzY29zcGFyazovL3VzL0VOVEVSUFJJU0UvNTJjZjU3NmQtNjBhOC00MDdhLWIyMmMtNDY3YzUxNTkxOTA4");
        assert_eq!(IdKind::Enterprise.decode(&id), Some(uuid));
        assert_eq!(IdKind::Customer.decode(&id), None);
    }

    #[test]
    fn padding_and_foreign_clusters_are_read() {
        let padded = "Y2lzY29zcGFyazovL3VzL0NVU1RPTUVSL2Y1YjM2MTg3LWM4ZGQtNDcyNy04YjJmLWY5YzQ0N2YyOTA0Ng==";
        let uuid = "f5b36187-c8dd-4727-8b2f-f9c447f29046".parse().unwrap();
        assert_eq!(IdKind::Customer.decode(padded), Some(uuid));
        let elsewhere = BASE64.encode(format!("ciscospark://urn:TEAM:us-east-2_a/PEOPLE/{uuid}"));
        assert_eq!(IdKind::People.decode(&elsewhere), Some(uuid));
    }

    #[test]
    fn numbered_ids_sort_in_order_of_creation() {
        let ids: Vec<Uuid> = (1..300).map(Uuid::numbered).collect();
        assert!(ids.is_sorted());
        assert!(ids[0].to_string().starts_with("00000001-"));
        let again: Uuid = ids[7].to_string().parse().unwrap();
        assert_eq!(again, ids[7]);
    }

    #[test]
    fn texts_that_are_no_uuid_are_refused() {
        for text in ["", "52cf576d60a8407ab22c467c51591908", "52cf576d-60a8-407a-b22c-467c5159190g", "é"] {
            assert!(text.parse::<Uuid>().is_err(), "{text}");
        }
    }
}
