//! What the service calls things; each kind of id is a type of its own.

use std::fmt;

use base64::{Engine as _, alphabet, engine};
use serde::{Deserialize, Serialize};

/// Declares a newtype for one kind of remote id. Ids are opaque and known only after creation;
/// compare ids of different interfaces with [`same_remote`].
macro_rules! remote_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as the service wrote it.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// Returns the id as the service wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns the last part of the decoded id, lower-case: what stays the same when two
            /// interfaces encode the same object differently.
            pub fn key(&self) -> String {
                decoded_last(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

remote_id!(
    /// Identifies a wholesale customer.
    CustomerId
);
remote_id!(
    /// Identifies a Webex organization.
    OrgId
);
remote_id!(
    /// Identifies a location; the same for its calling side.
    LocationId
);
remote_id!(
    /// Identifies a wholesale subscriber.
    SubscriberId
);
remote_id!(
    /// Identifies a person.
    PersonId
);
remote_id!(
    /// Identifies an onboarding template to the wholesale interface.
    ProvisioningId
);
remote_id!(
    /// Identifies a job that the service runs by itself.
    JobId
);

/// Decodes base64 of either alphabet, padded or not, since both are seen.
fn decode(text: &str) -> Option<String> {
    const LENIENT: engine::GeneralPurposeConfig = engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = engine::GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
    let bytes = engine.decode(text.trim_end_matches('=').replace('+', "-").replace('/', "_")).ok()?;
    String::from_utf8(bytes).ok()
}

fn decoded_last(id: &str) -> String {
    match decode(id) {
        Some(uri) if uri.starts_with("ciscospark://") => uri.rsplit('/').next().unwrap_or_default().to_lowercase(),
        _ => id.to_lowercase(),
    }
}

/// Returns true if two ids name the same thing, whichever interface wrote them: encoded with another
/// type or cluster, padded, or as a bare UUID.
pub fn same_remote(one: &str, other: &str) -> bool {
    one == other || decoded_last(one) == decoded_last(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(uri: &str) -> String {
        engine::general_purpose::URL_SAFE_NO_PAD.encode(uri)
    }

    #[test]
    fn ids_of_different_interfaces_compare_by_their_uuid() {
        let uuid = "3F2504E0-4f89-11d3-9a0c-0305e82c3301";
        let enterprise = encode(&format!("ciscospark://us/ENTERPRISE/{uuid}"));
        let customer = encode(&format!("ciscospark://urn:TEAM:us-east-2_a/CUSTOMER/{}", uuid.to_lowercase()));
        assert!(same_remote(&enterprise, &customer));
        assert!(same_remote(&enterprise, uuid));
        assert!(same_remote(&format!("{enterprise}=="), &customer));
        assert!(!same_remote(&enterprise, &encode("ciscospark://us/CUSTOMER/other")));
    }

    #[test]
    fn hostile_ids_are_only_text() {
        for odd in ["", "=", "////", "\u{0}", "ÿ", "Y2lzY29zcGFyazov"] {
            assert!(same_remote(odd, odd));
        }
    }
}
