//! JSON Schemas of what programs read. The plan is described by types of its own, since its contract is its JSON and
//! not the types it is made of; a test checks that plans keep to it.
#![expect(dead_code, reason = "these types are only ever described, never made")]

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};

use crate::{
    apply::Outcome,
    plan::{
        Action, Consequence, FieldReason, Note, ObjectDigest, Reason, SourceLine, StepId, Summary,
        saved::{Selection, Signature},
    },
};

use super::{doctor::Checkup, events::EventLine, problems::ProblemDocument, status::Standing};

/// Returns the schemas of what programs read, by file name.
pub fn schemas() -> BTreeMap<&'static str, serde_json::Value> {
    BTreeMap::from([
        ("doctor.schema.json", document::<Checkup>("The answer of `hubform doctor --format json`")),
        ("events.schema.json", document::<EventLine<'_>>("One line of `hubform apply --events FILE`")),
        ("outcome.schema.json", document::<Outcome>("The outcome of `hubform apply --format json`")),
        (
            "plan.schema.json",
            document::<PlanDocument>(
                "The plan of `hubform plan`, as `--format json` prints it and `--out FILE` saves it",
            ),
        ),
        ("problems.schema.json", document::<ProblemDocument>("Problems, as every command with `--format json`")),
        ("status.schema.json", document::<Standing>("The answer of `hubform status --format json`")),
    ])
}

fn document<T: JsonSchema>(title: &str) -> serde_json::Value {
    let mut schema = SchemaGenerator::from(SchemaSettings::draft2020_12().for_serialize()).into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

fn format_one(schema: &mut Schema) {
    schema.insert("const".to_owned(), 1.into());
}

/// A saved plan has all of what only saved plans have.
fn saved_as_a_whole(schema: &mut Schema) {
    let together = serde_json::json!({
        "binding": ["digest", "selection"],
        "digest": ["binding", "selection"],
        "selection": ["binding", "digest"],
        "signature": ["digest"],
    });
    schema.insert("dependentRequired".to_owned(), together);
}

/// Everything one run would do, in parts that are independent of each other. Readers ignore fields that they do not know.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = saved_as_a_whole)]
struct PlanDocument {
    /// Version of this layout; a reader refuses a number that it does not know.
    #[schemars(transform = format_one)]
    format: u32,
    /// The target.
    #[schemars(extend("enum" = ["webex", "simulator"]))]
    target: String,
    /// What the plan is good for, and nothing else; in saved plans only.
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<BindingDocument>,
    /// What was planned; in saved plans only.
    #[serde(skip_serializing_if = "Option::is_none")]
    selection: Option<Selection>,
    /// The template part first, if there is one, then one part per customer in order of their names.
    parts: Vec<PartDocument>,
    /// Differences that no step removes, and why.
    notes: Vec<Note>,
    /// Objects by main action: delete before create, adopt, update, instruct, forget.
    summary: Summary,
    /// SHA-256 of all the rest but the signature, in hexadecimal: of its JSON without blanks, keys sorted; in saved plans
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// Who signed it; in saved plans only.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

/// What a saved plan is good for, and nothing else.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BindingDocument {
    /// The target.
    #[schemars(extend("enum" = ["webex", "simulator"]))]
    target: String,
    /// Address of the service; empty for the embedded simulator.
    base_url: String,
    /// Id of the partner organization; null if the service did not say.
    partner: Option<String>,
    /// Name of the project.
    project: String,
    /// Lineage of the ledger; null if there was no ledger yet.
    lineage: Option<String>,
}

/// The part of a plan that concerns one customer, or the templates.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PartDocument {
    /// SHA-256 of the part without this field, in hexadecimal; in saved plans only.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// The customer; null for the template part.
    customer: Option<String>,
    /// SHA-256 of the desired slice, in hexadecimal.
    desired: String,
    /// SHA-256 of the observed slice, in hexadecimal.
    observed: String,
    /// What the two are made of, by address: the objects with steps, and those that the steps depend on.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    objects: BTreeMap<String, ObjectDigest>,
    /// What to do. Each step stands behind those of the same part that it needs.
    steps: Vec<StepDocument>,
    /// What the service or a person has to do first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waits: Vec<WaitDocument>,
    /// Why nothing of this part may be applied; empty if it may.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<RefusalDocument>,
    /// What the ledger has to learn without a request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    catch_up: Vec<CatchUpDocument>,
    /// The entries of the journal that are settled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settled: Vec<String>,
    /// The ids of existing objects that steps refer to, by address.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    known: OpenMap,
    /// How careful to be with the objects that steps make, by address.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    lifecycle: OpenMap,
}

/// One request-sized piece of a change.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
struct StepDocument {
    /// Its name, unique in the plan.
    id: StepId,
    /// Address of the object that it changes.
    object: String,
    /// What it does to the object.
    action: Action,
    /// The fields that it changes.
    fields: Vec<FieldDocument>,
    /// The steps that must be done first.
    needs: Vec<StepId>,
    /// Where the object is written; null for what no manifest describes any more.
    source: Option<SourceLine>,
    /// Why.
    reason: Reason,
    /// What it means for the customer.
    consequences: Vec<Consequence>,
    /// How many requests that change something it takes.
    requests: u32,
    /// What is sent: `operation` names it, further fields are its arguments.
    operation: OperationDocument,
}

/// What a step sends.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OperationDocument {
    /// Which operation.
    operation: OperationName,
}

/// The operations. `tests` compare this list with the ones that plans are made of.
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum OperationName {
    CreateTemplate,
    UpdateTemplate,
    DeleteTemplate,
    Instruct,
    CreateCustomer,
    AwaitCustomer,
    UpdateCustomer,
    UpdateOrganization,
    DeleteCustomer,
    AdoptHeadquarters,
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
    Adopt,
    Forget,
}

/// How one field changes.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FieldDocument {
    /// The field, in the words of manifests: `company`, `billingAddress.city`, `roles[full administrator]`.
    path: String,
    /// Its value on the service; null if it has none.
    before: Option<Scalar>,
    /// Its value afterwards; null if it will have none.
    after: Option<Scalar>,
    /// True if the service does not say what it is now: `before` is what was last applied.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    before_unknown: bool,
    /// Why it changes.
    reason: FieldReason,
    /// What was last applied, where it differs from both.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_applied: Option<Scalar>,
}

/// A value of a field.
#[derive(JsonSchema)]
#[serde(untagged)]
enum Scalar {
    Flag(bool),
    Number(u64),
    Text(String),
}

/// Something that a person or the service has to do before hubform can go on.
#[derive(JsonSchema)]
struct WaitDocument {
    /// Address of the object.
    object: String,
    /// Stable code.
    code: String,
    /// What is waited for.
    text: String,
    /// Who must do something.
    who: String,
    /// What they must do.
    action: String,
    /// Since when, as the service writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
}

/// Why nothing of a part may be applied.
#[derive(JsonSchema)]
struct RefusalDocument {
    /// Address of the object.
    object: String,
    /// Stable code.
    code: String,
    /// What is refused and why, with numbers.
    text: String,
    /// What would permit it.
    fix: String,
    /// Where the object is written.
    source: Option<SourceLine>,
}

/// Something that the ledger has to learn without a request.
#[derive(JsonSchema)]
struct CatchUpDocument {
    /// Address of the object.
    object: String,
    /// What to hold; null takes the record away.
    record: Option<Open>,
}

/// Objects by address.
type OpenMap = BTreeMap<String, serde_json::Value>;

/// An object whose fields are no part of the contract.
#[derive(JsonSchema)]
struct Open {}
