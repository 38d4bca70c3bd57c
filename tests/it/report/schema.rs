//! The schemas in `schemas/` describe what programs get.

use hubform::{
    apply::{Outcome, StepResult},
    model::{Fields, Problem},
    plan::{Action, Edit, Operation, Plan},
    report::{self, ProblemDocument},
};
use serde_json::json;

use super::plan;

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

#[test]
fn the_committed_schemas_are_current() {
    #[expect(clippy::disallowed_methods, reason = "a switch for authors, not part of the program")]
    let bless = std::env::var_os("HUBFORM_BLESS").is_some();
    for (name, schema) in report::schemas() {
        let path = folder().join(name);
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if bless {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "{name} is not current: run the tests with HUBFORM_BLESS=1");
    }
}

fn check(name: &str, document: &serde_json::Value) {
    let schema = &report::schemas()[name];
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

#[test]
fn plans_keep_to_their_schema() {
    let mut fields = vec![plan::field("company", None, Some("Acme")), plan::field("x", Some("a"), None)];
    fields[1].before_unknown = true;
    fields[1].last_applied = Some(hubform::model::Value::Number(7));
    let mut full = plan::plan(vec![
        plan::part(None, Vec::new()),
        plan::part(Some("acme"), vec![plan::step("customer/acme", "create", Action::Create, fields)]),
    ]);
    full.notes.push(hubform::plan::Note { object: None, code: "HF530".into(), text: "odd".into() });
    let document = serde_json::to_value(&full).unwrap();
    check("plan.schema.json", &document);
    assert_eq!(serde_json::from_value::<Plan>(document.clone()).unwrap(), full);
    let mut newer = document;
    newer["format"] = json!(2);
    let validator = jsonschema::validator_for(&report::schemas()["plan.schema.json"]).unwrap();
    assert!(!validator.is_valid(&newer));
}

/// Returns the name of an operation. A new one does not compile until it is listed here, and then in the schema.
const fn name(operation: &Operation) -> &'static str {
    match operation {
        Operation::CreateTemplate { .. } => "create-template",
        Operation::UpdateTemplate { .. } => "update-template",
        Operation::DeleteTemplate => "delete-template",
        Operation::Instruct { .. } => "instruct",
        Operation::CreateCustomer { .. } => "create-customer",
        Operation::AwaitCustomer => "await-customer",
        Operation::UpdateCustomer { .. } => "update-customer",
        Operation::UpdateOrganization { .. } => "update-organization",
        Operation::DeleteCustomer => "delete-customer",
        Operation::AdoptHeadquarters { .. } => "adopt-headquarters",
        Operation::CreateLocation { .. } => "create-location",
        Operation::EnableCalling { .. } => "enable-calling",
        Operation::UpdateLocation { .. } => "update-location",
        Operation::UpdateCalling { .. } => "update-calling",
        Operation::ConnectPstn { .. } => "connect-pstn",
        Operation::AddNumbers { .. } => "add-numbers",
        Operation::RemoveNumbers { .. } => "remove-numbers",
        Operation::DisableCalling { .. } => "disable-calling",
        Operation::DeleteLocation => "delete-location",
        Operation::CreateSubscriber { .. } => "create-subscriber",
        Operation::UpdateSubscriber { .. } => "update-subscriber",
        Operation::UpdatePerson { .. } => "update-person",
        Operation::MoveUser { .. } => "move-user",
        Operation::UpdateRoles { .. } => "update-roles",
        Operation::DeleteSubscriber => "delete-subscriber",
        Operation::Adopt { .. } => "adopt",
        Operation::Forget => "forget",
    }
}

/// How many operations [`name`] lists.
const OPERATIONS: usize = 27;

#[test]
fn every_operation_is_in_the_schema() {
    let schema = &report::schemas()["plan.schema.json"];
    let names = schema["$defs"]["OperationName"]["enum"].as_array().unwrap();
    assert_eq!(names.len(), OPERATIONS);
    let samples = [
        Operation::CreateTemplate { fields: Fields::default() },
        Operation::Instruct { entries: Vec::new(), edit: false },
        Operation::UpdatePerson { first_name: None, last_name: None, phone_number: Edit::Keep, extension: Edit::Clear },
        Operation::AddNumbers { numbers: Vec::new() },
        Operation::DeleteSubscriber,
    ];
    for operation in samples {
        assert!(names.contains(&name(&operation).into()));
        let mut step = plan::step("customer/acme", "x", Action::Update, Vec::new());
        step.operation = operation;
        check(
            "plan.schema.json",
            &serde_json::to_value(plan::plan(vec![plan::part(Some("acme"), vec![step])])).unwrap(),
        );
    }
}

#[test]
fn outcomes_and_problems_keep_to_their_schemas() {
    let outcome = Outcome::of(vec![hubform::apply::StepOutcome {
        id: hubform::plan::StepId::new(&plan::address("customer/acme"), "create"),
        object: "customer/acme".into(),
        result: StepResult::AlreadyDone,
        because: None,
        requests: 0,
        error: None,
        who: None,
        action: None,
        since: None,
    }]);
    check("outcome.schema.json", &serde_json::to_value(&outcome).unwrap());
    let problems = [Problem::error(hubform::model::codes::UNREADABLE, "x").fix("y")];
    let document = ProblemDocument::of(&problems, &hubform::model::Sources::default());
    check("problems.schema.json", &serde_json::to_value(&document).unwrap());
}
