//! SCIM 2 users.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::person::{PersonAddress, Repeated};
use crate::sim::body::Body;
use crate::sim::text::Text;

/// A user: the identity of a person, nothing of packages or calling.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScimUser {
    pub(crate) schemas: Vec<&'static str>,
    /// A bare UUID.
    pub(crate) id: String,
    /// The primary e-mail.
    pub(crate) user_name: String,
    pub(crate) user_type: ScimUserType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) roles: Option<Vec<ScimRole>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<ScimName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nick_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) emails: Option<Vec<ScimEmail>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preferred_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timezone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_numbers: Option<Vec<ScimNumber>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) photos: Option<Vec<ScimPhoto>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) addresses: Option<Vec<PersonAddress>>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enterprise: Option<ScimEnterprise>,
    #[serde(rename = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<ScimIdentity>,
    pub(crate) meta: ScimMeta,
}

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScimUserType {
    User,
    Room,
    ExternalCalling,
    CallingService,
}

/// A role.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ScimRole {
    pub(crate) value: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<String>,
}

/// The parts of a name.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScimName {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) honorific_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) honorific_suffix: Option<String>,
}

/// An e-mail address.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ScimEmail {
    pub(crate) value: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<ScimEmailType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary: Option<bool>,
}

/// The kinds of e-mail addresses.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ScimEmailType {
    Work,
    Home,
    Room,
    Other,
}

/// A number of the user's own, none of calling.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ScimNumber {
    pub(crate) value: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<ScimNumberType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary: Option<bool>,
}

/// The kinds of numbers.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScimNumberType {
    Work,
    Home,
    Mobile,
    WorkExtension,
    Fax,
    Pager,
    Other,
}

/// A photo.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ScimPhoto {
    pub(crate) value: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<ScimPhotoType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary: Option<bool>,
}

/// The kinds of photos.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ScimPhotoType {
    Photo,
    Thumbnail,
    Resizable,
}

/// The user's place in the company.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScimEnterprise {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost_center: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) division: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) employee_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) manager: Option<ScimManager>,
}

/// The user's manager, somebody of the same organization.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScimManager {
    /// A bare UUID.
    pub(crate) value: String,
    /// Read only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<String>,
    /// Read only.
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
}

/// What the identity service has beside.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScimIdentity {
    /// Read only: in answers a list, as in the official example. Requests may have one word.
    pub(crate) account_status: AccountStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sip_addresses: Option<Vec<ScimSipAddress>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) managed_orgs: Option<Vec<ManagedOrg>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) managed_groups: Option<Vec<ManagedGroup>>,
    /// `extensionAttribute1` to `15`, lists of texts, and `externalAttribute1` to `15`, lists of `source` and `value`.
    #[serde(flatten)]
    pub(crate) attributes: BTreeMap<String, Value>,
}

/// Whether an account is in use: one word, or several.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum AccountStatus {
    One(AccountWord),
    Several(Vec<AccountWord>),
}

/// A state of an account.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountWord {
    Active,
    Pending,
    Transient,
    Disabled,
    Fraud,
    FraudTransient,
    ComplianceTransient,
    PendingTransient,
}

/// A SIP address.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ScimSipAddress {
    pub(crate) value: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<ScimSipType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary: Option<bool>,
}

/// The one kind of SIP addresses.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ScimSipType {
    Enterprise,
}

/// An organization that a user manages.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManagedOrg {
    pub(crate) org_id: String,
    pub(crate) role: String,
}

/// A group that a user manages.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManagedGroup {
    pub(crate) org_id: String,
    pub(crate) group_id: String,
    pub(crate) role: String,
}

/// When a user was made and changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScimMeta {
    pub(crate) resource_type: &'static str,
    pub(crate) created: String,
    pub(crate) last_modified: String,
    /// Another with every change.
    pub(crate) version: String,
    pub(crate) location: String,
}

/// A page of users.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScimUsers {
    pub(crate) schemas: Vec<&'static str>,
    pub(crate) total_results: usize,
    pub(crate) items_per_page: usize,
    pub(crate) start_index: usize,
    #[serde(rename = "Resources")]
    pub(crate) resources: Vec<TrimmedUser>,
}

/// A user with some of the attributes, and with the groups: there are none here.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct TrimmedUser(pub(crate) Value);

impl JsonSchema for TrimmedUser {
    fn inline_schema() -> bool {
        false
    }

    fn schema_name() -> Cow<'static, str> {
        "ListedScimUser".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = ScimUser::json_schema(generator);
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("groups".to_owned(), json!({ "type": "array", "items": { "type": "object" } }));
        }
        schema
    }
}

/// A user to be made, or put in place of another: what is left out is no more.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScimUserRequest {
    pub(crate) schemas: Vec<String>,
    pub(crate) user_name: Text,
    pub(crate) user_type: ScimUserType,
    pub(crate) active: Option<bool>,
    pub(crate) roles: Option<Vec<ScimRole>>,
    pub(crate) name: Option<ScimName>,
    pub(crate) display_name: Option<Text>,
    pub(crate) nick_name: Option<String>,
    pub(crate) emails: Option<Vec<ScimEmail>>,
    pub(crate) profile_url: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) preferred_language: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) timezone: Option<String>,
    pub(crate) phone_numbers: Option<Vec<ScimNumber>>,
    pub(crate) photos: Option<Vec<ScimPhoto>>,
    pub(crate) addresses: Option<Vec<PersonAddress>>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    pub(crate) enterprise: Option<ScimEnterprise>,
    #[serde(rename = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User")]
    pub(crate) identity: Option<ScimIdentity>,
    #[serde(rename = "id")]
    pub(crate) _id: Option<Repeated>,
    #[serde(rename = "groups")]
    pub(crate) _groups: Option<Repeated>,
    #[serde(rename = "meta")]
    pub(crate) _meta: Option<Repeated>,
}

impl Body for ScimUserRequest {}

/// A [`ScimUserRequest`] as it was sent, perhaps with sections of schemas that nobody here knows.
pub(crate) struct ScimDocument(pub(crate) Map<String, Value>);

impl<'de> Deserialize<'de> for ScimDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for ScimDocument {
    fn inline_schema() -> bool {
        ScimUserRequest::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        ScimUserRequest::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        ScimUserRequest::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        ScimUserRequest::json_schema(generator)
    }
}

impl Body for ScimDocument {}

/// Changes of a user, done in their order.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ScimPatch {
    pub(crate) schemas: Vec<String>,
    #[serde(rename = "Operations")]
    pub(crate) operations: Vec<ScimOperation>,
}

impl Body for ScimPatch {}

/// One change.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ScimOperation {
    pub(crate) op: ScimOp,
    /// An attribute; without one, the user.
    pub(crate) path: Option<Text>,
    pub(crate) value: Option<Value>,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ScimOp {
    Add,
    Replace,
    Remove,
}
