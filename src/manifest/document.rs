//! The documents as they are written: one struct per kind, the single source of the JSON schemas and of
//! the structural check.
//!
//! Every field is optional here, also where the schema requires it: a document with one bad field is read
//! without it, so that its other fields are checked in the same run. Doc comments become the descriptions
//! that editors show.
#![expect(dead_code, reason = "some fields are there for the schema alone, such as `kind`")]

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::model::{OnRemove, Target, packages};

/// Declares a text of which there is one.
macro_rules! word {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
            #[schemars(inline)]
            pub(super) enum $name {
                #[serde(rename = $text)]
                Only,
            }
        )*
    };
}

word! {
    /// The version of the manifest format.
    ApiVersion = "hubform/v1";
    /// The kind of document.
    ProjectKind = "Project";
    /// The kind of document.
    TemplateKind = "Template";
    /// The kind of document.
    CustomerKind = "Customer";
    /// The kind of document.
    LocationKind = "Location";
    /// The kind of document.
    UserKind = "User";
    /// The kind of document.
    UserListKind = "UserList";
    /// The kind of document.
    RemovedKind = "Removed";
}

/// The project: which service, where the ledger is, how much may be removed at once. It stands in the
/// `hubform.yaml` at the top; without it the defaults count.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Project")]
pub(super) struct ProjectDocument {
    /// The version of the manifest format.
    #[schemars(required)]
    pub(super) api_version: Option<ApiVersion>,
    /// The kind of document.
    #[schemars(required)]
    pub(super) kind: Option<ProjectKind>,
    /// The project's name: lower-case letters, digits and `-`.
    #[schemars(required, extend("pattern" = NAME))]
    pub(super) name: Option<String>,
    /// The settings.
    pub(super) spec: Option<ProjectSpec>,
}

/// The settings of a project.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProjectSpec {
    /// The service that the project works on; `simulator` unless written.
    pub(super) target: Option<TargetWord>,
    /// Where the ledger is; `.hubform/ledger.db` unless written.
    pub(super) ledger: Option<String>,
    /// How much may be removed at once.
    pub(super) limits: Option<Limits>,
    /// The lineage that the ledger must have.
    pub(super) lineage: Option<String>,
    /// Public keys (ed25519, base64) whose signatures count on saved plans; with any, an unsigned plan is refused.
    pub(super) trust: Option<Vec<String>>,
    /// The oldest hubform that may be used, such as `>=0.1`.
    pub(super) requires: Option<String>,
    /// Files that are not hubform's, as glob patterns from the project folder on; they are not read.
    pub(super) ignore: Option<Vec<String>>,
}

/// A service.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(super) enum TargetWord {
    /// The embedded simulator.
    Simulator,
    /// The Webex service.
    Webex,
}

impl From<TargetWord> for Target {
    fn from(word: TargetWord) -> Self {
        match word {
            TargetWord::Simulator => Self::Simulator,
            TargetWord::Webex => Self::Webex,
        }
    }
}

/// How much may be removed at once, for each kind of object in each customer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Limits {
    /// The most deletions; 5 unless written.
    #[schemars(range(max = 1_000_000))]
    pub(super) deletions: Option<u32>,
    /// The most deletions in percent of the managed objects; 10 unless written.
    #[schemars(range(max = 100))]
    pub(super) deletion_percent: Option<u32>,
}

/// An onboarding template: what new customers have in common.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Template")]
pub(super) struct TemplateDocument {
    /// The version of the manifest format.
    #[schemars(required)]
    pub(super) api_version: Option<ApiVersion>,
    /// The kind of document.
    #[schemars(required)]
    pub(super) kind: Option<TemplateKind>,
    /// The name that customers refer to: lower-case letters, digits and `-`.
    #[schemars(required, extend("pattern" = NAME))]
    pub(super) name: Option<String>,
    /// Free labels, for `--selector`.
    pub(super) labels: Option<BTreeMap<String, String>>,
    /// How careful to be with the template.
    pub(super) lifecycle: Option<LifecycleFields>,
    /// The name that the template had before.
    #[schemars(extend("pattern" = NAME))]
    pub(super) renamed_from: Option<String>,
    /// What the template should be.
    #[schemars(with = "TemplateSpec")]
    pub(super) spec: Option<TemplateSpec>,
}

/// An onboarding template, in the words of Partner Hub.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TemplateSpec {
    /// The template's name in Partner Hub.
    #[schemars(required)]
    pub(super) display_name: Option<String>,
    /// The country or region, as ISO 3166-1 code of two letters.
    #[schemars(required)]
    pub(super) country: Option<String>,
    /// The service provider administrator, by e-mail address.
    #[schemars(required)]
    pub(super) administrator: Option<String>,
    /// The default language of e-mails, such as `en_US`.
    pub(super) email_language: Option<String>,
    /// The wholesale subscription.
    pub(super) subscription: Option<String>,
    /// How users sign in; with Webex unless written.
    pub(super) authentication: Option<AuthenticationFields>,
    /// The Cloud Connected PSTN provider; Cisco advises against setting it here.
    pub(super) pstn_provider: Option<String>,
    /// Restrict admin-invite e-mails when attaching to an existing organization.
    pub(super) restrict_admin_invites: Option<bool>,
    /// The brand name in automatic e-mails.
    pub(super) brand_name: Option<String>,
    /// Switch calling between Webex apps off.
    pub(super) disable_webex_calling: Option<bool>,
    /// The id that Partner Hub shows on the saved template, once it exists as described.
    pub(super) provisioning_id: Option<String>,
}

/// How users sign in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "lowercase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Authentication")]
pub(super) enum AuthenticationFields {
    /// With Webex itself.
    Webex {},
    /// With the partner's SAML identity provider.
    Saml {
        /// The `EntityID` of the identity provider's metadata.
        #[schemars(required)]
        entity_id: Option<String>,
    },
    /// With the partner's OpenID Connect provider.
    Oidc {
        /// The IDP name that is registered with Cisco.
        #[schemars(required)]
        idp_name: Option<String>,
    },
}

/// A wholesale customer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Customer")]
pub(super) struct CustomerDocument {
    /// The version of the manifest format.
    #[schemars(required)]
    pub(super) api_version: Option<ApiVersion>,
    /// The kind of document.
    #[schemars(required)]
    pub(super) kind: Option<CustomerKind>,
    /// The name in the address `customer/NAME`: lower-case letters, digits and `-`.
    #[schemars(required, extend("pattern" = NAME))]
    pub(super) name: Option<String>,
    /// Free labels, for `--selector`.
    pub(super) labels: Option<BTreeMap<String, String>>,
    /// How careful to be with the customer and its headquarters.
    pub(super) lifecycle: Option<LifecycleFields>,
    /// The name that the customer had before; needs a written `externalId`.
    #[schemars(extend("pattern" = NAME))]
    pub(super) renamed_from: Option<String>,
    /// What the customer should be.
    #[schemars(with = "CustomerSpec")]
    pub(super) spec: Option<CustomerSpec>,
}

/// A wholesale customer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CustomerSpec {
    /// The customer's id on the service, to pin it.
    pub(super) id: Option<String>,
    /// Your own key of the customer, which the bill shows; the name unless written.
    pub(super) external_id: Option<String>,
    /// The organization to attach; a new one unless written.
    pub(super) org_id: Option<String>,
    /// The organization of the sub-partner to act for.
    pub(super) sub_partner: Option<String>,
    /// The name of the template that creates the customer.
    #[schemars(required, extend("pattern" = NAME))]
    pub(super) template: Option<String>,
    /// The company's name.
    #[schemars(required)]
    pub(super) company: Option<String>,
    /// The e-mail address of the first administrator.
    #[schemars(required)]
    pub(super) admin_email: Option<String>,
    /// The language of the organization, such as `en_US` or `en`.
    pub(super) language: Option<String>,
    /// The packages, by name, with their terms.
    #[schemars(required, extend("propertyNames" = package_names()))]
    pub(super) packages: Option<BTreeMap<String, Option<Terms>>>,
    /// Where the bill goes; its country fixes the region of the data.
    #[schemars(with = "AddressFields")]
    pub(super) billing_address: Option<AddressFields>,
    /// The time zone of the meeting site, such as `America/Los_Angeles`.
    pub(super) meetings_time_zone: Option<String>,
    /// "I confirm this customer is in a Webex supported location".
    pub(super) supported_location: Option<bool>,
    /// The first location, `location/CUSTOMER/headquarters`; customers with calling need it.
    pub(super) headquarters: Option<HeadquartersFields>,
}

/// The terms of a package.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "PackageTerms")]
pub(super) struct Terms {
    /// How many may be assigned; unlimited unless written.
    #[schemars(range(max = 1_000_000))]
    pub(super) quantity: Option<u32>,
}

/// A postal address.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Address")]
pub(super) struct AddressFields {
    /// Street and house number; at most 50 characters.
    #[schemars(required)]
    pub(super) line1: Option<String>,
    /// Second line; at most 50 characters.
    pub(super) line2: Option<String>,
    /// City.
    #[schemars(required)]
    pub(super) city: Option<String>,
    /// State or province, as the code that the post uses, such as `CA`.
    pub(super) state: Option<String>,
    /// Postal code, in quotes.
    pub(super) postal_code: Option<String>,
    /// The country, as ISO 3166-1 code of two letters.
    #[schemars(required)]
    pub(super) country: Option<String>,
}

/// The first location of a customer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Headquarters")]
pub(super) struct HeadquartersFields {
    /// The location's id on the service, to pin it.
    pub(super) id: Option<String>,
    /// The name in Control Hub.
    #[schemars(required)]
    pub(super) display_name: Option<String>,
    /// Where it is; the billing address unless written.
    pub(super) address: Option<AddressFields>,
    /// The time zone, such as `America/Los_Angeles`.
    #[schemars(required)]
    pub(super) time_zone: Option<String>,
    /// The language of e-mails and, unless `announcementLanguage` is written, announcements, such as `en_us`.
    #[schemars(required)]
    pub(super) language: Option<String>,
    /// The language of announcements, such as `fr_ca`.
    pub(super) announcement_language: Option<String>,
    /// How calls reach the public network.
    pub(super) pstn: Option<PstnFields>,
    /// The phone numbers, one by one or as ranges such as `+14085550100..+14085550149`.
    pub(super) numbers: Option<OneOrMany>,
    /// The location's own number; one of `numbers`.
    #[schemars(extend("pattern" = PHONE_NUMBER))]
    pub(super) main_number: Option<String>,
    /// The digits that other locations dial before an extension.
    pub(super) routing_prefix: Option<String>,
}

/// A location of a customer, other than its headquarters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Location")]
pub(super) struct LocationDocument {
    /// The version of the manifest format.
    #[schemars(required)]
    pub(super) api_version: Option<ApiVersion>,
    /// The kind of document.
    #[schemars(required)]
    pub(super) kind: Option<LocationKind>,
    /// The name of the customer that the location belongs to.
    #[schemars(required, extend("pattern" = NAME))]
    pub(super) customer: Option<String>,
    /// The name in the address `location/CUSTOMER/NAME`: lower-case letters, digits and `-`.
    #[schemars(required, extend("pattern" = NAME))]
    pub(super) name: Option<String>,
    /// How careful to be with the location.
    pub(super) lifecycle: Option<LifecycleFields>,
    /// The name that the location had before.
    #[schemars(extend("pattern" = NAME))]
    pub(super) renamed_from: Option<String>,
    /// What the location should be.
    #[schemars(with = "LocationSpec")]
    pub(super) spec: Option<LocationSpec>,
}

/// A location of a customer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LocationSpec {
    /// The location's id on the service, to pin it.
    pub(super) id: Option<String>,
    /// The name in Control Hub.
    #[schemars(required)]
    pub(super) display_name: Option<String>,
    /// Where it is.
    #[schemars(with = "AddressFields")]
    pub(super) address: Option<AddressFields>,
    /// The time zone, such as `America/Los_Angeles`.
    #[schemars(required)]
    pub(super) time_zone: Option<String>,
    /// The language of e-mails and, unless `announcementLanguage` is written, announcements, such as `en_us`.
    #[schemars(required)]
    pub(super) language: Option<String>,
    /// The language of announcements, such as `fr_ca`.
    pub(super) announcement_language: Option<String>,
    /// How calls reach the public network.
    pub(super) pstn: Option<PstnFields>,
    /// The phone numbers, one by one or as ranges such as `+14085550100..+14085550149`.
    pub(super) numbers: Option<OneOrMany>,
    /// The location's own number; one of `numbers`.
    #[schemars(extend("pattern" = PHONE_NUMBER))]
    pub(super) main_number: Option<String>,
    /// The digits that other locations dial before an extension.
    pub(super) routing_prefix: Option<String>,
}

/// How calls reach the public telephone network.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Pstn")]
pub(super) enum PstnFields {
    /// Through a gateway on the customer's or the partner's premises; exactly one of `trunk`, `routeGroup` and `id`.
    LocalGateway {
        /// The trunk, by name.
        trunk: Option<String>,
        /// The route group, by name.
        route_group: Option<String>,
        /// The trunk or route group, by its id on the service.
        id: Option<String>,
    },
    /// Through a cloud connected provider that is not integrated; exactly one of `provider` and `id`.
    NonIntegratedCcp {
        /// The provider, by display name.
        provider: Option<String>,
        /// The connection option, by its id on the service.
        id: Option<String>,
    },
    /// Through an integrated provider; hubform expects it and cannot set it.
    IntegratedCcp {},
    /// With a Cisco Calling Plan; hubform expects it and cannot set it.
    CiscoPstn {},
}

/// Phone numbers and ranges of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(super) enum OneOrMany {
    /// One number or range.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// Returns each text.
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

/// A user of a customer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "User", extend("anyOf" = [
    { "required": ["name"], "properties": { "name": { "type": "string" } } },
    { "properties": { "spec": { "required": ["email"], "properties": { "email": { "type": "string" } } } } },
]))]
pub(super) struct UserDocument {
    /// The version of the manifest format.
    #[schemars(required)]
    pub(super) api_version: Option<ApiVersion>,
    /// The kind of document.
    #[schemars(required)]
    pub(super) kind: Option<UserKind>,
    /// The name of the customer that the user belongs to.
    #[schemars(required, extend("pattern" = NAME))]
    pub(super) customer: Option<String>,
    /// The e-mail address; `spec.email` unless written.
    pub(super) name: Option<String>,
    /// How careful to be with the user.
    pub(super) lifecycle: Option<LifecycleFields>,
    /// What the user should be.
    #[schemars(with = "UserSpec")]
    pub(super) spec: Option<UserSpec>,
}

/// A user.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UserSpec {
    /// The subscriber's id on the service, to pin it.
    pub(super) id: Option<String>,
    /// The e-mail address; the document's `name` unless written.
    pub(super) email: Option<String>,
    /// First name.
    pub(super) first_name: Option<String>,
    /// Last name.
    pub(super) last_name: Option<String>,
    /// The package; one of the customer's.
    #[schemars(with = "PackageWord")]
    pub(super) package: Option<PackageWord>,
    /// The name of the location; users with a calling package need it.
    #[schemars(extend("pattern" = NAME))]
    pub(super) location: Option<String>,
    /// The phone number, in quotes; one of the location's.
    #[schemars(extend("pattern" = PHONE_NUMBER))]
    pub(super) phone_number: Option<String>,
    /// The extension, in quotes: 2 to 10 digits.
    #[schemars(extend("pattern" = EXTENSION))]
    pub(super) extension: Option<String>,
    /// Administrator roles by their names in Control Hub.
    pub(super) roles: Option<Vec<String>>,
}

/// Many users of one customer, in the document itself or in a CSV file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "UserList")]
pub(super) struct UserListDocument {
    /// The version of the manifest format.
    #[schemars(required)]
    pub(super) api_version: Option<ApiVersion>,
    /// The kind of document.
    #[schemars(required)]
    pub(super) kind: Option<UserListKind>,
    /// The name of the customer that the users belong to.
    #[schemars(required, extend("pattern" = NAME))]
    pub(super) customer: Option<String>,
    /// The users.
    #[schemars(with = "UserListSpec")]
    pub(super) spec: Option<UserListSpec>,
}

/// Many users of one customer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("anyOf" = [
    { "required": ["users"], "properties": { "users": { "type": "array" } } },
    { "required": ["from"], "properties": { "from": { "type": "string" } } },
]))]
pub(super) struct UserListSpec {
    /// What users have whose entry does not say otherwise.
    pub(super) defaults: Option<UserDefaults>,
    /// The users.
    pub(super) users: Option<Vec<UserEntry>>,
    /// A CSV file with users, beside the manifest or below the project folder.
    pub(super) from: Option<String>,
}

/// What users of a list have whose entry does not say otherwise.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UserDefaults {
    /// The package.
    pub(super) package: Option<PackageWord>,
    /// The name of the location; counts for users with a calling package only.
    #[schemars(extend("pattern" = NAME))]
    pub(super) location: Option<String>,
    /// Administrator roles by their names in Control Hub.
    pub(super) roles: Option<Vec<String>>,
}

/// One user of a list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UserEntry {
    /// The subscriber's id on the service, to pin it.
    pub(super) id: Option<String>,
    /// The e-mail address.
    #[schemars(required)]
    pub(super) email: Option<String>,
    /// First name.
    pub(super) first_name: Option<String>,
    /// Last name.
    pub(super) last_name: Option<String>,
    /// The package; one of the customer's.
    pub(super) package: Option<PackageWord>,
    /// The name of the location; users with a calling package need it.
    #[schemars(extend("pattern" = NAME))]
    pub(super) location: Option<String>,
    /// The phone number, in quotes; one of the location's.
    #[schemars(extend("pattern" = PHONE_NUMBER))]
    pub(super) phone_number: Option<String>,
    /// The extension, in quotes: 2 to 10 digits.
    #[schemars(extend("pattern" = EXTENSION))]
    pub(super) extension: Option<String>,
    /// Administrator roles by their names in Control Hub.
    pub(super) roles: Option<Vec<String>>,
}

/// Consent to the removal of an object whose own document is gone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Removed")]
pub(super) struct RemovedDocument {
    /// The version of the manifest format.
    #[schemars(required)]
    pub(super) api_version: Option<ApiVersion>,
    /// The kind of document.
    #[schemars(required)]
    pub(super) kind: Option<RemovedKind>,
    /// The address of the object, such as `customer/johns-pizza`.
    #[schemars(required)]
    pub(super) object: Option<String>,
    /// Why it is removed.
    #[schemars(required)]
    pub(super) reason: Option<String>,
    /// What removal means; the object's own `lifecycle.onRemove` unless written.
    pub(super) on_remove: Option<OnRemoveWord>,
}

/// How careful to be with an object.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Lifecycle")]
pub(super) struct LifecycleFields {
    /// Refuse the removal of the object, even after its manifest is gone.
    pub(super) protect: Option<bool>,
    /// What removal means; `unmap` unless written.
    pub(super) on_remove: Option<OnRemoveWord>,
    /// Allow an adoption whose first update is destructive.
    pub(super) adopt: Option<bool>,
}

/// What happens on the service when an object is removed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(super) enum OnRemoveWord {
    /// Take it out of the wholesale offer; organization, people and locations stay.
    Unmap,
    /// Leave everything as it is and forget it.
    Keep,
    /// Delete what hubform made.
    Delete,
}

impl From<OnRemoveWord> for OnRemove {
    fn from(word: OnRemoveWord) -> Self {
        match word {
            OnRemoveWord::Unmap => Self::Unmap,
            OnRemoveWord::Keep => Self::Keep,
            OnRemoveWord::Delete => Self::Delete,
        }
    }
}

/// The name of a package; editors complete it, and a wrong one has a problem code of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct PackageWord(pub(super) String);

impl PackageWord {
    /// The name of its definition in the schemas.
    pub(super) const SCHEMA: &str = "Package";
}

impl JsonSchema for PackageWord {
    fn schema_name() -> Cow<'static, str> {
        Self::SCHEMA.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = packages().iter().map(|package| package.name).collect();
        json_schema!({ "type": "string", "description": "The name of a package.", "enum": names })
    }
}

fn package_names() -> serde_json::Value {
    let names: Vec<&str> = packages().iter().map(|package| package.name).collect();
    serde_json::json!({ "enum": names })
}

const NAME: &str = "^[a-z0-9][a-z0-9-]{0,62}$";
const PHONE_NUMBER: &str = r"^\+[1-9][0-9]{6,14}$";
const EXTENSION: &str = "^[0-9]{2,10}$";
