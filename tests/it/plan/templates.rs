//! Templates of a registry and templates that an operator enters (R14), and who waits for them.

use hubform::{
    model::{ProvisioningId, Reading, RemoteIds, Scope},
    plan::{Action, Operation, bound_record},
};

use super::scene::{Scene, at, name, template, text};

#[test]
fn a_template_that_an_operator_enters_is_waited_for_then_bound_then_its_customer_is_made() {
    let mut scene = Scene::new_customer();
    scene.observed.has_registry = false;
    let plan = scene.plan();
    let instruct = plan.steps().find(|step| step.action == Action::Instruct).unwrap();
    let create = plan.steps().find(|step| step.object == at("customer/a")).unwrap();
    assert_eq!(create.needs, std::slice::from_ref(&instruct.id));
    assert!(plan.has_waits() && !plan.has_changes(), "{}", text(&plan));
    let record = bound_record(&template(), ProvisioningId::new("bound"), hubform::model::Lifecycle::default());
    scene.ledger.records.insert(at("template/standard"), record);
    let plan = scene.plan();
    assert!(plan.has_changes() && !plan.has_waits(), "{}", text(&plan));
    let create = plan.steps().find(|step| step.object == at("customer/a")).unwrap();
    assert!(create.needs.is_empty());
    let known = &plan.parts[0].known[&at("template/standard")];
    assert_eq!(known, &RemoteIds::Template { provisioning_id: Some(ProvisioningId::new("bound")) });
}

#[test]
fn a_record_without_an_id_is_not_a_bound_template() {
    let mut scene = Scene::new_customer();
    scene.observed.has_registry = false;
    let mut record = bound_record(&template(), ProvisioningId::new("x"), hubform::model::Lifecycle::default());
    record.ids = RemoteIds::Template { provisioning_id: None };
    scene.ledger.records.insert(at("template/standard"), record);
    let plan = scene.plan();
    let create = plan.steps().find(|step| step.object == at("customer/a")).unwrap();
    assert_eq!(create.needs.len(), 1, "{}", text(&plan));
}

#[test]
fn an_edit_later_is_an_instruction_with_the_fields_that_changed_and_stops_no_new_customer() {
    let mut scene = Scene::settled();
    scene.observed.has_registry = false;
    scene.observed.templates.clear();
    scene.template("template/standard").display_name = "Standard 2".to_owned();
    scene.template("template/standard").brand_name = None;
    let plan = scene.plan();
    let steps: Vec<_> = plan.steps().collect();
    assert_eq!(steps.len(), 1, "{}", text(&plan));
    let Operation::Instruct { entries, edit: true } = &steps[0].operation else { panic!("{:?}", steps[0]) };
    let labels: Vec<&str> = entries.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(labels, ["Template name", "Brand name"], "what is to be emptied is named too");
    assert!(plan.has_waits() && !plan.has_changes());
    assert!(plan.notes.iter().any(|note| note.text.contains("does not reach")), "{}", text(&plan));
}

#[test]
fn a_written_provisioning_id_means_that_the_template_is_there_as_described() {
    let mut scene = Scene::new_customer();
    scene.observed.has_registry = false;
    scene.template("template/standard").provisioning_id = Some(ProvisioningId::new("written"));
    let plan = scene.plan();
    assert!(plan.steps().all(|step| step.action != Action::Instruct));
    let part = plan.parts.iter().find(|part| part.customer == Some(name("a"))).unwrap();
    assert!(part.known.contains_key(&at("template/standard")), "{}", text(&plan));
}

#[test]
fn a_template_of_a_registry_is_created_updated_and_followed_by_its_new_customers() {
    let mut scene = Scene::new_customer();
    let plan = scene.plan();
    let create = plan.steps().find(|step| step.object == at("customer/a")).unwrap();
    assert_eq!(create.needs[0].as_str(), "template/standard#create");
    scene.settle();
    scene.template("template/standard").display_name = "Standard 2".to_owned();
    scene.write("customer/b", hubform::model::Spec::Customer(Box::new(super::scene::customer("b"))));
    scene.observed.customers.insert(name("b"), Reading::Absent);
    let plan = scene.plan();
    let create = plan.steps().find(|step| step.object == at("customer/b")).unwrap();
    let needs: Vec<&str> = create.needs.iter().map(hubform::plan::StepId::as_str).collect();
    assert_eq!(needs, ["template/standard#update"], "a new customer gets the template as it will be");
}

#[test]
fn a_customer_is_not_made_from_a_template_that_could_not_be_planned() {
    let spoil: [fn(&mut Scene); 5] = [
        |scene| {
            scene.observed.templates.insert(name("standard"), Reading::Failed("no answer".to_owned()));
        },
        |scene| {
            scene.observed.templates.insert(name("standard"), Reading::Ambiguous(vec!["1".to_owned(), "2".to_owned()]));
        },
        |scene| {
            scene.blocked.insert(Scope::Template(name("standard")));
        },
        |scene| {
            scene.unwrite("template/standard");
            scene.desired.broken.insert(at("template/standard"));
        },
        |scene| scene.unwrite("template/standard"),
    ];
    for (number, spoil) in spoil.into_iter().enumerate() {
        let mut scene = Scene::new_customer();
        spoil(&mut scene);
        let plan = scene.plan();
        assert!(plan.steps().all(|step| step.object.customer().is_none()), "{number}: {}", text(&plan));
        assert!(plan.refusals().any(|no| no.object == at("customer/a")), "{number}: {}", text(&plan));
    }
}

#[test]
fn a_selected_customer_brings_its_template_along_and_no_other_customer() {
    let mut scene = Scene::new_customer();
    scene.write("customer/b", hubform::model::Spec::Customer(Box::new(super::scene::customer("b"))));
    scene.write("template/other", hubform::model::Spec::Template(Box::new(template())));
    scene.only = Some([name("a")].into());
    let plan = scene.plan();
    let objects: Vec<String> = plan.steps().map(|step| step.object.to_string()).collect();
    assert!(objects.contains(&"template/standard".to_owned()));
    assert!(objects.iter().all(|it| it != "customer/b" && it != "template/other"), "{objects:?}");
}
