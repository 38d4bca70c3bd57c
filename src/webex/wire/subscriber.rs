//! Wholesale subscribers as the service writes them.

use serde::Deserialize;
use serde_json::Value;

use super::{problems, required, text, texts};
use crate::model::{
    CustomerId, ObservedSubscriber, PackageName, PersonId, SubscriberId, SubscriberStatus, same_remote,
};

/// A subscriber of `GET /wholesale/subscribers`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct Subscriber {
    #[serde(deserialize_with = "required")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    person_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "text")]
    customer_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    external_customer_id: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    packages: Vec<String>,
    /// The older form, to go away.
    #[serde(default, deserialize_with = "text")]
    package: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "text")]
    last_status_change: Option<String>,
    #[serde(default)]
    errors: Value,
}

impl Subscriber {
    /// Returns false if the subscriber says that it belongs to another customer. Its customer id is of another
    /// type than the customer's own.
    pub(in crate::webex) fn belongs_to(&self, customer: &CustomerId, external_id: Option<&str>) -> bool {
        let by_id = self.customer_id.as_deref().map(|id| same_remote(id, customer.as_str()));
        let by_key = self.external_customer_id.as_deref().zip(external_id).map(|(one, other)| one == other);
        match (by_id, by_key) {
            (None, None) => true,
            (by_id, by_key) => by_id == Some(true) || by_key == Some(true),
        }
    }

    pub(in crate::webex) fn id(&self) -> &str {
        &self.id
    }

    pub(in crate::webex) fn person_id(&self) -> Option<PersonId> {
        self.person_id.as_deref().map(PersonId::new)
    }

    pub(in crate::webex) fn is_pending(&self) -> bool {
        self.status.as_deref() == Some("pending_user_migration")
    }

    /// Returns the subscriber; an error if it has no e-mail address, since that is its key.
    pub(in crate::webex) fn into_model(self) -> Result<ObservedSubscriber, String> {
        let email = self.email.as_deref().unwrap_or_default();
        let email = email.parse().map_err(|_| format!("subscriber `{}` has no e-mail address", self.id))?;
        // The base package first: add-ons may stand beside it.
        let mut names = self.packages.iter().chain(&self.package).map(|name| PackageName::new(name));
        let first = names.clone().next();
        let base = names.find(|name| name.info().is_some_and(|info| info.level > 0));
        Ok(ObservedSubscriber {
            id: SubscriberId::new(self.id),
            person_id: self.person_id.map(PersonId::new),
            email,
            package: base.or(first),
            status: match self.status.as_deref() {
                Some("provisioned") => SubscriberStatus::Provisioned,
                Some("pending_user_migration") => SubscriberStatus::PendingUserMigration,
                other => SubscriberStatus::Other(other.unwrap_or_default().to_owned()),
            },
            since: self.last_status_change,
            problems: problems(&self.errors),
        })
    }
}
