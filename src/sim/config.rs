//! How the simulated service behaves, as a value.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clients::{self, ApiClient, MissingScope, Tokens};
use super::clock::Clock;
use super::id::{IdKind, Uuid};

/// Whether the service lets a doubtful request pass, where nobody outside knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// The strict reading.
    Refused,
    /// The kind reading.
    Allowed,
}

impl Rule {
    pub(crate) fn refuses(self) -> bool {
        match self {
            Self::Refused => true,
            Self::Allowed => false,
        }
    }
}

/// What happens when a number is added to the location that has it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddAgain {
    /// 409 with code 8363 / 25223, as a live test of `wxc_sdk` saw.
    Conflict,
    /// 201 as if it had been added, as the official description says.
    Ignored,
}

/// The status of an answer that is an error for certain, but not which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorStatus {
    /// 400
    BadRequest,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 409
    Conflict,
    /// 410
    Gone,
}

impl ErrorStatus {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Gone => 410,
        }
    }
}

/// When a customer shows its organization. The documents say `provisioned` alone, and an example shows more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrgIdShown {
    /// While the customer is `provisioned`.
    Provisioned,
    /// Also while it is `provisioned_with_errors`, `updating` or `deleting`.
    OnceMade,
}

/// Under which path the mail for consent is asked for: the printed one lacks the prefix of its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentPath {
    /// `/subscribers/{id}/emails/consentMove`
    Printed,
    /// `/wholesale/subscribers/{id}/emails/consentMove`
    Wholesale,
}

/// The name of the list of sub-partners: the official type has one, the official example the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Envelope {
    /// `items`
    Items,
    /// `subPartners`
    SubPartners,
}

/// Whether a sub-partner may do everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SubPartnerState {
    /// Everything.
    Active,
    /// Nothing but look and delete.
    Suspended,
}

/// A sub-partner of the partner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct SubPartner {
    /// The name of its organization.
    pub name: String,
    /// The UUID of its organization; made from the name if absent.
    pub org: Option<Uuid>,
    /// Its wholesale subscription.
    pub subscription_id: String,
    /// What it may do.
    pub provisioning_state: SubPartnerState,
    /// When it was set up.
    pub created: Timestamp,
    /// Since when it is billed.
    pub billing_start_date: Timestamp,
}

impl SubPartner {
    /// Returns an active sub-partner with a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Returns the UUID of its organization.
    pub fn org(&self) -> Uuid {
        self.org.unwrap_or_else(|| Uuid::derived(&["organization", "sub-partner", &self.name]))
    }

    /// Returns its `orgId`, which requests name as `onBehalfOfSubPartnerOrgId`.
    pub fn org_id(&self) -> String {
        IdKind::Organization.encode(self.org())
    }
}

impl Default for SubPartner {
    fn default() -> Self {
        // 1 January 2025, midnight UTC.
        let created = Timestamp::from_second(1_735_689_600).unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            name: String::new(),
            org: None,
            subscription_id: "Sub200000".to_owned(),
            provisioning_state: SubPartnerState::Active,
            created,
            billing_start_date: created,
        }
    }
}

/// How the simulated service behaves.
///
/// Every unknown of the real service is a switch here, the strictest reading by default.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, and none depends on another")]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Config {
    /// The SQLite file that keeps the state; in memory only if absent.
    pub state: Option<PathBuf>,
    /// Where the time comes from; not part of a configuration file.
    #[serde(skip)]
    pub clock: Clock,
    /// How long customers and jobs take; zero means done when next looked at.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub provisioning_delay: Duration,
    /// A cap on every page, to force paging.
    pub page_size: Option<usize>,
    /// The largest request body that is read, in bytes.
    pub body_limit: usize,
    /// How many answered requests are remembered for [`super::Simulator::requests`].
    pub remembered_requests: usize,

    /// Which tokens are good.
    pub tokens: Tokens,
    /// The programs that may ask for tokens.
    pub clients: Vec<ApiClient>,
    /// How long an access token is good.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub token_lifetime: Duration,
    /// How long a refresh token is good after it was made or used.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub refresh_lifetime: Duration,
    /// A used refresh token is good no more; another comes with the answer.
    pub rotate_refresh_tokens: bool,
    /// The answer to a token without the scope that an endpoint needs.
    pub missing_scope: MissingScope,

    /// The name of the partner's own organization.
    pub partner: String,
    /// The trunks that each organization finds in place.
    pub trunks: Vec<String>,
    /// The route groups that each organization finds in place.
    pub route_groups: Vec<String>,
    /// The non-integrated providers that each location is offered.
    pub providers: Vec<String>,
    /// The integrated providers that each location is offered; the API cannot choose them.
    pub integrated_providers: Vec<String>,
    /// Those of the providers that also have service numbers.
    pub service_number_providers: BTreeSet<String>,
    /// The carriers of mobile numbers that each location is offered.
    pub mobile_carriers: Vec<String>,
    /// Streets that emergency services do not know (PMP4004).
    pub unknown_streets: BTreeSet<String>,
    /// Numbers that cannot be moved, for a reason that nobody sees before (BATCH-1017027).
    pub immovable_numbers: BTreeSet<String>,
    /// Routing prefixes whose job is not started (206).
    pub jobless_prefixes: BTreeSet<String>,
    /// Ids of onboarding templates that are valid beside those of the registry.
    pub extra_provisioning_ids: BTreeSet<String>,
    /// Owners of free accounts: their subscriber waits as `pending_user_migration`.
    pub pending_emails: BTreeSet<String>,
    /// Packages that fail with warning 2560, by the external id of their customer.
    pub failing_packages: BTreeMap<String, BTreeSet<String>>,
    /// Packages that fail with an error, by the external id of their customer.
    pub broken_packages: BTreeMap<String, BTreeSet<String>>,
    /// Customers that cannot be created: external id to the error code they then show.
    pub failing_customers: BTreeMap<String, u32>,
    /// Lets billing reports fail with an error code.
    pub failing_reports: Option<u32>,
    /// Customers that wait for a review before they are created, by external id.
    pub reviewed_customers: BTreeSet<String>,
    /// Sub-partners.
    pub sub_partners: Vec<SubPartner>,
    /// The partner's own wholesale subscription.
    pub subscription: String,
    /// E-mails of people in the partner's organization with the role Partner Administrator; they manage the customers
    /// that they are assigned to. They are made when the service starts.
    pub partner_admins: BTreeSet<String>,
    /// How many webhooks there may be.
    pub most_webhooks: usize,

    /// 403 on everything of a fresh organization until `GET /organizations/{id}`.
    pub fresh_org_forbidden: bool,
    /// Fields and parameters that no document names.
    pub unknown_fields: Rule,
    /// A bare UUID where an encoded id is documented (people accept both anyway).
    pub bare_ids: Rule,
    /// A second customer with the same external id.
    pub duplicate_external_id: Rule,
    /// A new customer with the external id of one that was removed.
    pub external_id_after_removal: Rule,
    /// A new customer for the organization of one that was removed.
    pub org_after_removal: Rule,
    /// A new customer with the external id of one that is `error`; when allowed it takes its place.
    pub external_id_after_error: Rule,
    /// The status of a request for a customer that was removed.
    pub removed_customer_status: ErrorStatus,
    /// When a customer shows its organization.
    pub org_id_shown: OrgIdShown,
    /// A customer PUT with `calling.location` changes the headquarters that is there.
    pub put_alters_headquarters: Rule,
    /// A customer PUT with no limits in its `limits` takes all limits away.
    pub empty_limits_clear: Rule,
    /// Limits of packages that have none in the official description.
    pub limits_of_any_package: Rule,
    /// The filter `status` of customers as a list with commas.
    pub comma_lists: Rule,
    /// The status of a request for a sub-partner that does not exist.
    pub unknown_sub_partner_status: ErrorStatus,
    /// The name of the list of sub-partners.
    pub sub_partner_envelope: Envelope,
    /// Where the mail for consent is asked for.
    pub consent_path: ConsentPath,
    /// A billing report like one that is there.
    pub duplicate_report: Rule,
    /// A customer PUT that drops a package which subscribers hold.
    pub package_removal_in_use: Rule,
    /// A customer DELETE while subscribers exist.
    pub customer_removal_in_use: Rule,
    /// `attendant_console` with no other base than `webex_voice`.
    pub attendant_console_on_voice: Rule,
    /// `webex_calling` to `webex_calling_standard`, refused for licences (code 400112).
    pub professional_to_standard: Rule,
    /// The answer to a second subscriber with one e-mail in one customer.
    pub subscriber_again: ErrorStatus,
    /// The same extension in two locations of one organization.
    pub extension_in_two_locations: Rule,
    /// An empty extension in a people PUT, which would clear it.
    pub empty_extension: Rule,
    /// A second location of the same name in one organization.
    pub duplicate_location_name: Rule,
    /// `preferredLanguage` in the detail of a location; documented on the list only.
    pub language_in_location_detail: bool,
    /// The whole location in the answer to its POST, as the service is seen to do; the documents promise the id.
    pub whole_location_on_create: bool,
    /// The time zone of a location POST counts; else the first of the country does, as `wxc_sdk` suspects.
    pub time_zone_kept_on_create: bool,
    /// Latitude and longitude as numbers; the documents have texts.
    pub coordinates_as_numbers: bool,
    /// A second floor of the same number in one location.
    pub duplicate_floor: Rule,
    /// The status of a telephony request for a location without calling.
    pub not_calling_status: ErrorStatus,
    /// The status of a PSTN connection that was never set.
    pub unset_pstn_status: ErrorStatus,
    /// Adding a number to the location that has it.
    pub second_number_add: AddAgain,
    /// Several numbers in one MOVE job; older texts allow one (BATCH-1017031).
    pub many_numbers_in_a_move: Rule,
    /// Several people in one move; older texts allow one (1026018).
    pub many_people_in_a_move: Rule,
    /// Another PSTN connection while the location has numbers.
    pub pstn_change_in_use: Rule,
    /// A second emergency address of a location.
    pub second_emergency_address: Rule,
    /// Numbers read from people in spaced form (`+1 408 555 0101`), as the official examples show.
    pub spaced_numbers: bool,
    /// Licences of a wholesale subscriber that differ from what the package gives.
    pub subscriber_licenses: Rule,
    /// An entry with nothing but an error in a list of people at a location where nobody is, as `wxc_sdk` saw.
    pub entry_for_nobody: bool,
    /// 204 to a people PUT with `minResponse`, instead of the id.
    pub empty_min_response: bool,
    /// PATCH of a customer's identity organization by the partner.
    pub identity_patch: Rule,
    /// SCIM of a customer's organization by the partner.
    pub scim: Rule,
}

impl Default for Config {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Self {
            state: None,
            clock: Clock::System,
            provisioning_delay: Duration::from_millis(100),
            page_size: None,
            body_limit: 1024 * 1024,
            remembered_requests: 10_000,
            tokens: Tokens::Any,
            clients: clients::usual(),
            token_lifetime: Duration::from_hours(14 * 24),
            refresh_lifetime: Duration::from_hours(90 * 24),
            rotate_refresh_tokens: true,
            missing_scope: MissingScope::Forbidden,
            partner: "Acme Voice".to_owned(),
            trunks: names(&["Main Trunk"]),
            route_groups: names(&["Main Routes"]),
            providers: names(&["Acme Trunks", "Northern Carrier"]),
            integrated_providers: names(&["Integrated Carrier"]),
            service_number_providers: ["Northern Carrier".to_owned()].into(),
            mobile_carriers: names(&["Mobile Carrier"]),
            unknown_streets: BTreeSet::new(),
            immovable_numbers: BTreeSet::new(),
            jobless_prefixes: BTreeSet::new(),
            extra_provisioning_ids: BTreeSet::new(),
            pending_emails: BTreeSet::new(),
            failing_packages: BTreeMap::new(),
            broken_packages: BTreeMap::new(),
            failing_customers: BTreeMap::new(),
            failing_reports: None,
            reviewed_customers: BTreeSet::new(),
            sub_partners: Vec::new(),
            subscription: "Sub100000".to_owned(),
            partner_admins: BTreeSet::new(),
            most_webhooks: 100,
            fresh_org_forbidden: true,
            unknown_fields: Rule::Refused,
            bare_ids: Rule::Refused,
            duplicate_external_id: Rule::Refused,
            external_id_after_removal: Rule::Allowed,
            org_after_removal: Rule::Allowed,
            external_id_after_error: Rule::Refused,
            removed_customer_status: ErrorStatus::NotFound,
            org_id_shown: OrgIdShown::Provisioned,
            put_alters_headquarters: Rule::Refused,
            empty_limits_clear: Rule::Refused,
            limits_of_any_package: Rule::Refused,
            comma_lists: Rule::Refused,
            unknown_sub_partner_status: ErrorStatus::Forbidden,
            sub_partner_envelope: Envelope::Items,
            consent_path: ConsentPath::Printed,
            duplicate_report: Rule::Refused,
            package_removal_in_use: Rule::Refused,
            customer_removal_in_use: Rule::Refused,
            attendant_console_on_voice: Rule::Refused,
            professional_to_standard: Rule::Refused,
            subscriber_again: ErrorStatus::Conflict,
            extension_in_two_locations: Rule::Refused,
            empty_extension: Rule::Refused,
            duplicate_location_name: Rule::Refused,
            language_in_location_detail: false,
            whole_location_on_create: true,
            time_zone_kept_on_create: true,
            coordinates_as_numbers: false,
            duplicate_floor: Rule::Refused,
            not_calling_status: ErrorStatus::NotFound,
            unset_pstn_status: ErrorStatus::NotFound,
            second_number_add: AddAgain::Conflict,
            many_numbers_in_a_move: Rule::Allowed,
            many_people_in_a_move: Rule::Allowed,
            pstn_change_in_use: Rule::Refused,
            second_emergency_address: Rule::Refused,
            spaced_numbers: true,
            subscriber_licenses: Rule::Refused,
            entry_for_nobody: true,
            empty_min_response: false,
            identity_patch: Rule::Allowed,
            scim: Rule::Allowed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_written_and_read_and_every_field_has_a_default() {
        let config = Config { pending_emails: ["a@b.example".to_owned()].into(), ..Config::default() };
        let text = serde_json::to_string(&config).unwrap();
        let read: Config = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert_eq!(serde_json::from_str::<Config>("{}").unwrap().provisioning_delay, Duration::from_millis(100));
        let some = r#"{ "provisioningDelay": "2s", "secondNumberAdd": "ignored", "scim": "refused" }"#;
        let some: Config = serde_json::from_str(some).unwrap();
        assert_eq!((some.provisioning_delay, some.scim), (Duration::from_secs(2), Rule::Refused));
        assert!(serde_json::from_str::<Config>(r#"{ "kindness": true }"#).is_err());
    }
}
