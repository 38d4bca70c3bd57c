//! What an address means on the service: ids, keys, names, what is gone, what is new (R1, R2, R4, R22).

use hubform::model::{Address, Lifecycle, LocationId, Reading, RoleName, Scope, SubscriberId};

use super::scene::{Scene, at, full_administrator, name, number, postal, text};

#[test]
fn nothing_is_planned_where_nothing_differs() {
    assert_eq!(Scene::settled().text(), "");
}

#[test]
fn a_new_customer_comes_with_its_headquarters_and_everything_waits_for_what_it_needs() {
    insta::assert_snapshot!(Scene::new_customer().text(), @r#"
    create template/standard#create (New)
    create customer/a#create (New) after template/standard#create
    create location/a/east#create (New) after customer/a#create
    create location/a/east#calling (New) after location/a/east#create
    create location/a/east#pstn (New) after location/a/east#calling
    create location/a/east#numbers (New) after location/a/east#calling location/a/east#pstn
    create location/a/east#settings (New) after location/a/east#calling location/a/east#numbers location/a/east#pstn
    adopt location/a/headquarters#adopt (New) address.city: ∅ → Milpitas; address.country: ∅ → US; address.line1: ∅ → 1 Main St; address.postalCode: ∅ → 95035; address.state: ∅ → CA; displayName: ∅ → Head Office; language: ∅ → en_us; timeZone: ∅ → America/Los_Angeles; announcementLanguage: ∅ → en_us; after customer/a#create
    create location/a/headquarters#pstn (New) after location/a/headquarters#adopt
    create location/a/headquarters#numbers (New) after location/a/headquarters#adopt location/a/headquarters#pstn
    create location/a/headquarters#settings (New) after location/a/headquarters#adopt location/a/headquarters#numbers location/a/headquarters#pstn
    create user/a/ann@a.example#create (New) after customer/a#create location/a/headquarters#adopt location/a/headquarters#numbers location/a/headquarters#pstn location/a/headquarters#settings
    create user/a/bob@a.example#create (New) after customer/a#create location/a/east#calling location/a/east#create location/a/east#numbers location/a/east#pstn location/a/east#settings
    "#);
}

#[test]
fn an_id_of_the_ledger_beats_every_key() {
    let mut scene = Scene::settled();
    scene.seen("a").external_id = "changed".to_owned();
    scene.seen_location("a", "east").name = "Renamed in Control Hub".to_owned();
    insta::assert_snapshot!(scene.text(), @r#"
    update customer/a#update (Drift) externalId: changed → ext-a;
    update location/a/east#update (Drift) displayName: Renamed in Control Hub → East; after customer/a#update
    "#);
}

#[test]
fn a_customer_under_a_new_name_keeps_everything_below_it() {
    let mut scene = Scene::settled();
    rename_customer(&mut scene);
    let plan = scene.plan();
    assert_eq!(plan.steps().count(), 0, "{}", text(&plan));
    assert_eq!(plan.refusals().count(), 0, "{}", text(&plan));
    apply_catch_up(&mut scene, &plan);
    assert_eq!(scene.text(), "");
    assert!(scene.ledger.records.keys().all(|at| at.customer().is_none_or(|it| it.as_str() == "b")));
    scene.object_mut("customer/b").renamed_from = None;
    assert_eq!(scene.text(), "");
}

fn rename_customer(scene: &mut Scene) {
    let below: Vec<_> = scene.desired.objects.keys().filter(|at| at.customer().is_some()).cloned().collect();
    for old in below {
        let object = scene.desired.objects.remove(&old).unwrap();
        let new = match &old {
            Address::Customer(_) => at("customer/b"),
            Address::Location(_, it) => Address::Location(name("b"), it.clone()),
            Address::User(_, it) => Address::User(name("b"), it.clone()),
            Address::Template(_) => panic!("below a customer"),
        };
        scene.desired.objects.insert(new, object);
    }
    scene.object_mut("customer/b").renamed_from = Some(at("customer/a"));
    let reading = scene.observed.customers[&name("a")].clone();
    scene.observed.customers.insert(name("b"), reading);
}

fn apply_catch_up(scene: &mut Scene, plan: &hubform::plan::Plan) {
    for learnt in plan.parts.iter().flat_map(|part| &part.catch_up) {
        match &learnt.record {
            Some(record) => scene.ledger.records.insert(learnt.object.clone(), record.clone()),
            None => scene.ledger.records.remove(&learnt.object),
        };
    }
}

#[test]
fn a_location_under_a_new_name_is_the_same_location() {
    let mut scene = Scene::settled();
    let mut object = scene.desired.objects.remove(&at("location/a/east")).unwrap();
    object.renamed_from = Some(at("location/a/east"));
    scene.desired.objects.insert(at("location/a/orient"), object);
    scene.user("user/a/bob@a.example").location = Some(name("orient"));
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.refusals().count()), (0, 0), "{}", text(&plan));
    apply_catch_up(&mut scene, &plan);
    assert!(!scene.ledger.records.contains_key(&at("location/a/east")));
    assert_eq!(scene.text(), "");
    assert_eq!(scene.record("user/a/bob@a.example").applied.text("location"), Some("orient"));
}

#[test]
fn a_template_under_a_new_name_is_the_same_template_and_its_customers_follow() {
    let mut scene = Scene::settled();
    let mut object = scene.desired.objects.remove(&at("template/standard")).unwrap();
    object.renamed_from = Some(at("template/standard"));
    scene.desired.objects.insert(at("template/plain"), object);
    scene.customer("customer/a").template = name("plain");
    let reading = scene.observed.templates[&name("standard")].clone();
    scene.observed.templates.insert(name("plain"), reading);
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.refusals().count()), (0, 0), "{}", text(&plan));
    assert_eq!(plan.notes, []);
    apply_catch_up(&mut scene, &plan);
    scene.object_mut("template/plain").renamed_from = None;
    assert_eq!(scene.text(), "");
}

#[test]
fn a_template_under_a_new_name_is_looked_up_by_the_id_of_the_old_one() {
    let mut scene = Scene::settled();
    let mut object = scene.desired.objects.remove(&at("template/standard")).unwrap();
    object.renamed_from = Some(at("template/standard"));
    scene.desired.objects.insert(at("template/plain"), object);
    let scope = hubform::webex::ReadScope::of(&scene.desired, &scene.ledger, None);
    assert_eq!(scope.templates[&name("plain")].as_deref(), Some("template-standard"));
}

#[test]
fn a_customer_that_the_ledger_knows_under_another_name_is_not_taken_over() {
    let mut scene = Scene::settled();
    rename_customer(&mut scene);
    scene.object_mut("customer/b").renamed_from = None;
    let plan = scene.plan();
    assert!(plan.steps().next().is_none(), "{}", text(&plan));
    let refused: Vec<_> = plan.refusals().map(|no| (no.object.to_string(), no.code.as_str())).collect();
    assert_eq!(refused, [("customer/a".to_owned(), "HF525"), ("customer/b".to_owned(), "HF522")]);
    // Nor when the old name may go: its removal would take the new one down.
    scene.remove("customer/a");
    assert!(scene.plan().refusals().any(|no| no.object == at("customer/b")));
}

#[test]
fn a_location_that_the_ledger_knows_under_another_name_is_not_taken_over() {
    let mut scene = Scene::settled();
    let object = scene.desired.objects.remove(&at("location/a/east")).unwrap();
    scene.desired.objects.insert(at("location/a/orient"), object);
    scene.user("user/a/bob@a.example").location = Some(name("orient"));
    scene.remove("location/a/east");
    let plan = scene.plan();
    assert!(plan.refusals().any(|no| no.object == at("location/a/orient")), "{}", text(&plan));
}

#[test]
fn a_customer_that_was_not_read_or_is_ambiguous_has_no_steps() {
    for reading in [None, Some(Reading::Failed("no answer".to_owned())), Some(Reading::Ambiguous(vec!["1".to_owned()]))]
    {
        let mut scene = Scene::settled();
        scene.customer("customer/a").company = "Another".to_owned();
        scene.unwrite("user/a/bob@a.example");
        match reading {
            Some(reading) => scene.observed.customers.insert(name("a"), reading),
            None => scene.observed.customers.remove(&name("a")),
        };
        let plan = scene.plan();
        assert_eq!((plan.steps().count(), plan.refusals().count()), (0, 1), "{}", text(&plan));
    }
}

#[test]
fn a_provisioned_customer_whose_organization_was_not_read_has_no_steps() {
    let mut scene = Scene::settled();
    scene.seen("a").organization = None;
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.refusals().count()), (0, 1), "{}", text(&plan));
    // Also while the service is at work: what the ledger knows is not created a second time.
    scene.seen("a").status = hubform::model::CustomerStatus::Updating;
    let plan = scene.plan();
    assert!(plan.steps().all(|step| step.action != hubform::plan::Action::Create), "{}", text(&plan));
}

#[test]
fn a_customer_that_is_gone_is_never_created_again() {
    let mut scene = Scene::settled();
    scene.observed.customers.insert(name("a"), Reading::Absent);
    let plan = scene.plan();
    assert_eq!(plan.steps().count(), 0);
    assert!(plan.refusals().any(|no| no.code == "HF523" && no.fix.contains("ledger forget")));
}

#[test]
fn users_and_locations_that_are_gone_are_created_again() {
    let mut scene = Scene::settled();
    scene.seen("a").subscribers.pop().unwrap();
    let id = LocationId::new("location-a-east");
    scene.organization("a").locations.remove(&id).unwrap();
    scene.organization("a").people.clear();
    insta::assert_snapshot!(scene.text(), @r#"
    create location/a/east#create (Gone)
    create location/a/east#calling (Gone) after location/a/east#create
    create location/a/east#pstn (Gone) after location/a/east#calling
    create location/a/east#numbers (Gone) after location/a/east#calling location/a/east#pstn
    create location/a/east#settings (Gone) after location/a/east#calling location/a/east#numbers location/a/east#pstn
    create user/a/bob@a.example#create (Gone) after location/a/east#calling location/a/east#create location/a/east#numbers location/a/east#pstn location/a/east#settings
    "#);
}

#[test]
fn a_person_who_is_missing_from_the_list_of_people_is_not_taken_for_changed() {
    let mut scene = Scene::settled();
    scene.organization("a").people.clear();
    assert_eq!(scene.text(), "");
}

#[test]
fn two_subscribers_of_one_address_are_refused_with_their_ids() {
    let mut scene = Scene::settled();
    let mut twin = scene.seen("a").subscribers[0].clone();
    twin.id = SubscriberId::new("twin");
    scene.seen("a").subscribers.push(twin);
    assert_eq!(scene.text(), "", "the id of the ledger beats the key");
    scene.ledger.records.remove(&at("user/a/ann@a.example"));
    let plan = scene.plan();
    let refusal = plan.refusals().next().unwrap();
    assert_eq!(refusal.code, "HF522");
    assert!(refusal.text.contains("twin") && refusal.text.contains("subscriber-ann@a.example"), "{}", refusal.text);
    scene.user("user/a/ann@a.example").id = Some(SubscriberId::new("twin"));
    assert_eq!(scene.plan().refusals().count(), 0);
}

#[test]
fn an_empty_ledger_adopts_everything_and_changes_nothing() {
    let mut scene = Scene::settled();
    scene.ledger.records.clear();
    insta::assert_snapshot!(scene.text(), @r#"
    adopt template/standard#adopt (Found)
    adopt customer/a#adopt (Found)
    adopt location/a/east#adopt (Found)
    adopt location/a/headquarters#adopt (Found)
    adopt user/a/ann@a.example#adopt (Found)
    adopt user/a/bob@a.example#adopt (Found)
    note customer/a HF503
    "#);
}

#[test]
fn taking_over_something_by_destroying_part_of_it_needs_consent() {
    let mut scene = Scene::settled();
    scene.ledger.records.remove(&at("user/a/ann@a.example"));
    scene.person("a", "ann@a.example").phone_number = Some(number(109));
    let plan = scene.plan();
    let refused: Vec<_> = plan.refusals().map(|no| no.object.to_string()).collect();
    assert_eq!(refused, ["user/a/ann@a.example"], "{}", text(&plan));
    scene.object_mut("user/a/ann@a.example").lifecycle = Lifecycle { adopt: true, ..Lifecycle::default() };
    assert_eq!(scene.plan().refusals().count(), 0);
    scene.object_mut("user/a/ann@a.example").lifecycle = Lifecycle::default();
    scene.object_mut("customer/a").lifecycle = Lifecycle { adopt: true, ..Lifecycle::default() };
    assert_eq!(scene.plan().refusals().count(), 0, "the customer's consent covers what is below it");
}

#[test]
fn taking_over_a_user_who_holds_more_needs_consent() {
    let mut scene = Scene::settled();
    scene.ledger.records.remove(&at("user/a/ann@a.example"));
    scene.seen("a").subscribers[0].package = Some(hubform::model::PackageName::new("webex_suite"));
    assert_eq!(scene.plan().refusals().count(), 1);
}

#[test]
fn an_attached_organization_with_a_calling_location_gets_no_second_headquarters() {
    let mut scene = Scene::settled();
    let organization = scene.organization("a").clone();
    scene.ledger.records.retain(|at, _| at.customer().is_none());
    scene.observed.customers.insert(name("a"), Reading::Absent);
    scene.customer("customer/a").org_id = Some(hubform::model::OrgId::new("org-a"));
    scene.observed.attachable.insert(name("a"), Reading::Found(Box::new(organization)));
    let plan = scene.plan();
    let create = plan.steps().find(|step| step.object == at("customer/a")).unwrap();
    assert!(
        matches!(&create.operation, hubform::plan::Operation::CreateCustomer { headquarters: None, customer: _ }),
        "{}",
        text(&plan)
    );
    assert!(
        plan.steps().filter(|step| step.object.customer().is_some()).all(|step| {
            step.object == at("customer/a") || step.needs.contains(&create.id) || !step.needs.is_empty()
        })
    );
    assert!(!plan.steps().any(|step| step.object == at("location/a/east") && step.id.as_str().ends_with("#create")));
    // What was not read is not attached.
    scene.observed.attachable.insert(name("a"), Reading::Absent);
    assert_eq!((scene.plan().steps().count(), scene.plan().refusals().count()), (0, 1));
    scene.observed.attachable.clear();
    assert_eq!((scene.plan().steps().count(), scene.plan().refusals().count()), (0, 1));
}

#[test]
fn a_broken_user_is_neither_planned_nor_unmapped() {
    let mut scene = Scene::settled();
    scene.unwrite("user/a/bob@a.example");
    scene.desired.broken.insert(at("user/a/bob@a.example"));
    assert_eq!(scene.text(), "");
}

#[test]
fn a_broken_customer_is_refused_and_never_removed() {
    let mut scene = Scene::settled();
    scene.unwrite("customer/a");
    scene.desired.broken.insert(at("customer/a"));
    scene.remove("customer/a");
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.refusals().count()), (0, 1), "{}", text(&plan));
}

#[test]
fn a_blocked_customer_is_refused_and_its_users_stay() {
    let mut scene = Scene::settled();
    scene.blocked.insert(Scope::Customer(name("a")));
    scene.unwrite("user/a/bob@a.example");
    let plan = scene.plan();
    assert_eq!((plan.steps().count(), plan.refusals().count()), (0, 1));
}

#[test]
fn a_location_with_the_same_address_under_another_name_is_asked_about() {
    let mut scene = Scene::settled();
    scene.ledger.records.remove(&at("location/a/east"));
    scene.location("location/a/east").display_name = "Orient".to_owned();
    assert!(scene.plan().refusals().any(|no| no.code == "HF538" && no.fix.contains("location-a-east")));
}

#[test]
fn headquarters_that_another_address_holds_are_not_the_only_location() {
    let mut scene = Scene::settled();
    let id = LocationId::new("location-a-headquarters");
    scene.organization("a").locations.remove(&id);
    scene.ledger.records.remove(&at("location/a/headquarters"));
    let plan = scene.plan();
    let ids: Vec<&str> = plan.steps().map(|step| step.id.as_str()).collect();
    assert!(ids.contains(&"location/a/headquarters#create"), "{}", text(&plan));
}

#[test]
fn the_default_address_of_headquarters_counts_at_creation_only() {
    let mut scene = Scene::settled();
    scene.location("location/a/headquarters").address.written = false;
    // The billing address moves on, and somebody changed the location's: neither moves the headquarters.
    scene.customer("customer/a").billing_address = postal("9 New St");
    scene.location("location/a/headquarters").address.postal = postal("9 New St");
    assert!(scene.plan().steps().all(|step| step.object == at("customer/a")), "{}", scene.text());
    scene.seen_location("a", "headquarters").address = Some(postal("5 Drift St"));
    let plan = scene.plan();
    for step in plan.steps().filter(|step| step.object == at("location/a/headquarters")) {
        let hubform::plan::Operation::UpdateLocation { address: Some(address), .. } = &step.operation else { continue };
        assert_eq!(address.line1, "1 Main St", "what is sent is what the plan shows");
    }
    scene.ledger.records.remove(&at("location/a/headquarters"));
    assert!(scene.plan().refusals().any(|no| no.code == "HF539"));
}

#[test]
fn roles_of_the_last_administrator_and_of_the_account_itself_are_never_taken() {
    let mut scene = Scene::settled();
    scene.user("user/a/ann@a.example").roles = full_administrator();
    scene.settle();
    scene.user("user/a/ann@a.example").roles.clear();
    assert!(scene.plan().refusals().any(|no| no.code == "HF534"));
    scene.person("a", "bob@a.example").roles = full_administrator();
    assert_eq!(scene.plan().refusals().count(), 0, "{}", scene.text());
    scene.observed.partner = Some(hubform::model::Partner {
        org_id: hubform::model::OrgId::new("partner"),
        person_id: hubform::model::PersonId::new("person-ann@a.example"),
    });
    assert!(scene.plan().refusals().any(|no| no.code == "HF534"));
}

#[test]
fn a_role_that_nobody_asked_for_stays() {
    let mut scene = Scene::settled();
    scene.person("a", "ann@a.example").roles = [RoleName::new("Compliance Officer")].into();
    assert_eq!(scene.text(), "");
}

#[test]
fn a_user_whose_consent_is_pending_waits_and_the_others_go_on() {
    let mut scene = Scene::settled();
    let ann = scene.seen("a").subscribers.iter_mut().find(|it| it.email.as_str() == "ann@a.example").unwrap();
    ann.status = hubform::model::SubscriberStatus::PendingUserMigration;
    ann.person_id = None;
    scene.user("user/a/ann@a.example").first_name = Some("Anna".to_owned());
    scene.user("user/a/bob@a.example").first_name = Some("Bobby".to_owned());
    insta::assert_snapshot!(scene.text(), @r#"
    update user/a/bob@a.example#person (Edited) firstName: Ann → Bobby;
    wait user/a/ann@a.example HF512
    learn user/a/ann@a.example
    "#);
}

#[test]
fn a_subscriber_that_no_manifest_describes_is_named_and_left_alone() {
    let mut scene = Scene::settled();
    for (at, email) in ["zed@a.example", "cid@a.example"].into_iter().enumerate() {
        let mut other = scene.seen("a").subscribers[0].clone();
        other.id = SubscriberId::new(format!("other-{at}"));
        other.email = email.parse().unwrap();
        other.person_id = None;
        scene.seen("a").subscribers.push(other);
    }
    let first = scene.plan();
    assert_eq!(first.steps().count(), 0);
    assert!(first.notes[0].text.ends_with("cid@a.example, zed@a.example"), "{}", first.notes[0].text);
    scene.seen("a").subscribers.reverse();
    assert_eq!(scene.plan(), first, "the order of the service's list does not count");
}
