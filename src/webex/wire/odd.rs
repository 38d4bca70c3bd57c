//! Shapes that the service is known to send although its description says otherwise.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    model::{
        CustomerId, CustomerStatus, Language, PackageName, PersonId, PstnKind, Readable, RoleName, SubscriberStatus,
    },
    webex::{RouteChoice, RouteKind},
};

fn decoded<T: DeserializeOwned>(value: Value) -> T {
    one(value).unwrap()
}

#[test]
fn a_customer_of_the_official_example_is_degraded_without_errors() {
    let customer: Customer = decoded(json!({
        "id": "c1", "externalId": "e1", "status": "provisioned_with_errors", "address": {
            "addressLine1": " 771  Alder Drive ", "addressLine2": "", "city": "Milpitas", "stateOrProvince": "CA",
            "zipOrPostalCode": 95035, "country": "us"},
        "packages": ["common_area_calling", "webex_calling", "webex_meetings"],
        "resourceDetails": {"packages": [
            {"name": "common_area_calling", "status": "provisioned"},
            {"name": "webex_calling", "status": "error", "warnings": [{"errorCode": 2560, "description": "later"}]},
            {"name": "webex_suite", "status": "deleting", "errors": [{"errorCode": "7", "description": "stuck"}]}
        ]}
    }));
    let customer = customer.into_model();
    assert_eq!(customer.status, CustomerStatus::ProvisionedWithErrors);
    assert_eq!(customer.org_id, None);
    let statuses: Vec<_> = customer.packages.iter().map(|(name, state)| (name.as_str(), &*state.status)).collect();
    let expected = [("common_area_calling", "provisioned"), ("webex_calling", "error"), ("webex_meetings", "")];
    assert_eq!(statuses, expected, "a package that is only in the details is not the customer's");
    assert_eq!(customer.packages[&PackageName::new("webex_calling")].problems[0].code, "2560");
    assert_eq!(customer.problems[0].text, "stuck");
    let address = customer.billing_address.unwrap();
    assert_eq!((&*address.line1, address.line2.as_deref()), ("771 Alder Drive", None));
    assert_eq!((address.postal_code.as_deref(), address.country.as_str()), (Some("95035"), "US"));
}

#[test]
fn null_absent_and_empty_are_one() {
    for odd in [
        json!({"id": "c1"}),
        json!({"id": "c1", "orgId": null, "externalId": "", "address": null,
        "status": null, "packages": null, "resourceDetails": null, "errors": null}),
    ] {
        let customer = decoded::<Customer>(odd).into_model();
        assert_eq!((customer.org_id, &*customer.external_id), (None, ""));
        assert_eq!(customer.status, CustomerStatus::Other(String::new()), "an unknown status is not success");
        assert!(customer.packages.is_empty() && customer.billing_address.is_none());
    }
}

#[test]
fn error_codes_of_subscribers_are_numbers_or_texts() {
    for code in [json!(10022), json!("10022")] {
        let subscriber: Subscriber = decoded(json!({
            "id": "s1", "email": "Ann@Johns-Pizza.example", "customerId": "c1", "package": "webex_calling",
            "status": "pending_user_migration", "lastStatusChange": "2026-01-01T00:00:00Z",
            "errors": [{"errorCode": code, "description": "tied"}]
        }));
        assert!(subscriber.is_pending());
        let subscriber = subscriber.into_model().unwrap();
        assert_eq!(subscriber.email.as_str(), "ann@johns-pizza.example");
        assert_eq!(subscriber.package, Some(PackageName::new("webex_calling")));
        assert_eq!(subscriber.status, SubscriberStatus::PendingUserMigration);
        assert_eq!(subscriber.problems[0].code, "10022");
    }
}

#[test]
fn a_subscriber_belongs_to_its_customer_whatever_type_the_id_has() {
    let subscriber = |extra: Value| {
        let mut value = json!({"id": "s1", "email": "a@b.example"});
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        decoded::<Subscriber>(value)
    };
    // ciscospark://us/ENTERPRISE/52cf… and ciscospark://us/CUSTOMER/52cf…
    let customer =
        CustomerId::new("Y2lzY29zcGFyazovL3VzL0VOVEVSUFJJU0UvNTJjZjU3NmQtNjBhOC00MDdhLWIyMmMtNDY3YzUxNTkxOTA4");
    let same = "Y2lzY29zcGFyazovL3VzL0NVU1RPTUVSLzUyY2Y1NzZkLTYwYTgtNDA3YS1iMjJjLTQ2N2M1MTU5MTkwOA==";
    assert!(subscriber(json!({"customerId": same})).belongs_to(&customer, None));
    assert!(subscriber(json!({})).belongs_to(&customer, None));
    assert!(subscriber(json!({"customerId": "x", "externalCustomerId": "e1"})).belongs_to(&customer, Some("e1")));
    assert!(!subscriber(json!({"customerId": "x", "externalCustomerId": "e2"})).belongs_to(&customer, Some("e1")));
}

#[test]
fn add_ons_do_not_hide_a_subscribers_base_package() {
    let packages = json!({"id": "s1", "email": "a@b.example", "packages": ["attendant_console", "webex_suite"]});
    let subscriber = decoded::<Subscriber>(packages).into_model().unwrap();
    assert_eq!(subscriber.package, Some(PackageName::new("webex_suite")));
}

#[test]
fn a_location_without_a_whole_address_or_a_language_is_still_a_location() {
    let (id, location) = decoded::<Location>(json!({
        "id": "l1", "name": " Denver ", "address": {"address1": "1 Main St", "city": "", "country": "US"},
        "latitude": 12.9, "timeZone": "America/Denver"
    }))
    .into_model();
    assert_eq!((id.as_str(), &*location.name, location.address), ("l1", "Denver", None));
    assert_eq!(location.language, Readable::Unknown);
    let (_, location) = decoded::<Location>(json!({"id": "l1", "preferredLanguage": "EN_US"})).into_model();
    assert_eq!(location.language, Readable::Known(Some("en_us".parse::<Language>().unwrap())));
}

#[test]
fn a_calling_location_may_have_no_main_number() {
    for line in [json!({"phoneNumber": null, "name": "x"}), json!({}), Value::Null, json!({"phoneNumber": ""})] {
        let location: CallingLocation = decoded(json!({"id": "l1", "callingLineId": line, "routingPrefix": 82}));
        let calling = location.into_model(None);
        assert_eq!((calling.main_number, calling.routing_prefix.as_deref()), (None, Some("82")));
    }
}

#[test]
fn an_item_of_errors_alone_is_no_person() {
    let (inventory, roles) = (Inventory::default(), BTreeMap::new());
    let empty: Person = decoded(json!({"errors": {"peopleListLocationId": {"reason": "none"}}}));
    assert!(empty.into_model(&inventory, &roles).unwrap().is_none());
    assert!(decoded::<Person>(json!({"emails": []})).into_model(&inventory, &roles).is_err());
}

#[test]
fn a_person_has_bare_extension_and_named_roles() {
    let roles = BTreeMap::from([("r1".to_owned(), RoleName::new("Full Administrator"))]);
    let person: Person = decoded(json!({
        "id": "p1", "emails": ["Ann@B.example", "not an address"], "extension": 201, "locationId": "l1",
        "phoneNumbers": [{"type": "work_extension", "value": "82201"}, {"type": "work", "value": "+1 408-555-0100"}],
        "roles": ["R1", "unknown-id"], "firstName": "Ann\u{202e}\u{7}", "lastName": null
    }));
    let (id, person) = person.into_model(&Inventory::default(), &roles).unwrap().unwrap();
    assert_eq!(id, PersonId::new("p1"));
    assert_eq!(person.emails.iter().map(crate::model::Email::as_str).collect::<Vec<_>>(), ["ann@b.example"]);
    assert_eq!(person.extension.unwrap().as_str(), "201");
    assert_eq!(person.phone_number.unwrap().as_str(), "+14085550100");
    assert_eq!((person.first_name.as_deref(), person.last_name), (Some("Ann"), None));
    let names: Vec<_> = person.roles.iter().map(RoleName::as_str).collect();
    assert_eq!(names, ["Full Administrator", "unknown-id"]);
}

#[test]
fn a_connection_of_an_unknown_type_is_none_that_may_be_touched() {
    let routes = [
        RouteChoice { id: "x".to_owned(), name: "Group".to_owned(), kind: RouteKind::RouteGroup },
        RouteChoice { id: "x".to_owned(), name: "Trunk".to_owned(), kind: RouteKind::Trunk },
    ];
    let of = |value| decoded::<Connection>(value).into_model(&routes);
    let gateway = of(json!({"id": "o1", "pstnConnectionType": "LOCAL_GATEWAY", "routeType": "TRUNK", "routeId": "x"}));
    assert_eq!((gateway.kind, gateway.trunk.as_deref()), (Some(PstnKind::LocalGateway), Some("Trunk")));
    assert_eq!(gateway.route_group, None);
    assert_eq!(of(json!({"pstnConnectionType": "QUANTUM"})).kind, None);
    assert!(one::<Connection>(json!({"id": "o1"})).is_err(), "a connection without a type is not understood");
}

#[test]
fn a_completed_job_with_failures_inside_has_failed() {
    let job = |status: &str, exit: Value, step: &str, failed: u64| {
        decoded::<Job>(json!({
            "id": "j1", "latestExecutionStatus": status, "latestExecutionExitCode": exit,
            "counts": {"totalNumbers": 1, "numbersFailed": failed},
            "jobExecutionStatus": [{"stepExecutionStatuses": [{"exitCode": step}]}]
        }))
        .ended()
    };
    assert_eq!(job("COMPLETED", json!("COMPLETED"), "COMPLETED", 0), Ended::Well);
    assert_eq!(job("COMPLETED", Value::Null, "COMPLETED", 0), Ended::Well);
    assert_eq!(job("COMPLETED", json!("COMPLETED"), "COMPLETED", 1), Ended::Badly);
    assert_eq!(job("COMPLETED", json!("COMPLETED"), "COMPLETED_WITH_ERRORS", 0), Ended::Badly);
    assert_eq!(job("COMPLETED", json!("COMPLETED_WITH_ERRORS"), "COMPLETED", 0), Ended::Badly);
    assert_eq!(job("FAILED", json!("FAILED"), "COMPLETED", 0), Ended::Badly);
    assert_eq!(job("STARTED", json!("UNKNOWN"), "COMPLETED", 0), Ended::NotYet);
    assert_eq!(job("", Value::Null, "", 0), Ended::NotYet);
}

#[test]
fn an_answer_without_its_list_is_not_an_empty_list() {
    for bad in [json!({}), json!([]), json!({"items": null}), json!({"items": {}}), json!("x"), json!({"items": [{}]})]
    {
        assert!(items::<Created>(bad.clone(), &["items"]).is_err(), "{bad}");
    }
    assert!(items::<Created>(json!({"items": []}), &["items"]).unwrap().is_empty());
}

#[test]
fn an_id_is_taken_from_the_address_of_a_customer_only() {
    let id = |text: &str| id_in_url(&text.parse().unwrap());
    let base = "https://webexapis.com/v1/wholesale/customers";
    assert_eq!(id(&format!("{base}/a%2Fb")), Some(CustomerId::new("a/b")));
    assert_eq!(id(&format!("{base}/abc/")), Some(CustomerId::new("abc")));
    for none in ["https://webexapis.com/", base, "https://webexapis.com/v1/people/abc", "data:x"] {
        assert_eq!(id(none), None, "{none}");
    }
}

/// JSON of any shape, with the names that the service uses.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "id",
        "orgId",
        "items",
        "errors",
        "error",
        "message",
        "description",
        "errorCode",
        "status",
        "packages",
        "name",
        "resourceDetails",
        "address",
        "country",
        "phoneNumbers",
        "phoneNumber",
        "type",
        "value",
        "roles",
        "emails",
        "email",
        "owner",
        "location",
        "callingLineId",
        "response",
        "counts",
        "jobExecutionStatus",
        "stepExecutionStatuses",
        "exitCode",
        "latestExecutionStatus",
        "pstnConnectionType",
        "spec",
        "provisioningId",
        "locations",
        "routeIdentities",
        "displayName",
        "loginEnabled",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["COMPLETED", "US", "+14085550100", "Y2lzY29zcGFyazovL3VzLw", "a@b.example"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..7)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Decodes a value as everything that is ever decoded, and uses what comes out.
fn decode_as_everything(value: &Value) {
    let roles = BTreeMap::new();
    if let Ok(customer) = one::<Customer>(value.clone()) {
        drop(one::<Customer>(value.clone()).map(Customer::into_progress));
        drop(customer.into_model());
    }
    drop(one::<CustomerAccepted>(value.clone()));
    drop(one::<Subscriber>(value.clone()).and_then(Subscriber::into_model));
    drop(one::<Location>(value.clone()).map(Location::into_model));
    drop(one::<CallingLocation>(value.clone()).map(|location| location.into_model(None)));
    drop(one::<CallingDetail>(value.clone()).map(CallingDetail::announcement_language));
    drop(one::<CallingUpdated>(value.clone()));
    drop(one::<Organization>(value.clone()));
    drop(one::<Me>(value.clone()));
    drop(one::<ScimUser>(value.clone()).map(ScimUser::into_model));
    drop(one::<OrganizationRow>(value.clone()).map(OrganizationRow::into_model));
    drop(one::<SubPartner>(value.clone()).map(SubPartner::into_model));
    let rows = items::<NumberRow>(value.clone(), &["phoneNumbers", "items"]).unwrap_or_default();
    let inventory = Inventory::new(rows, &BTreeMap::new());
    drop(one::<Person>(value.clone()).and_then(|person| person.into_model(&inventory, &roles)));
    drop(one::<Connection>(value.clone()).map(|connection| connection.into_model(&[])));
    drop(one::<ConnectionOption>(value.clone()));
    drop(one::<RouteIdentity>(value.clone()).map(RouteIdentity::into_model));
    drop(one::<Role>(value.clone()).map(|role| role.name()));
    drop(one::<Job>(value.clone()).map(|job| (job.ended(), job.summary())));
    drop(one::<MoveStarted>(value.clone()));
    drop(items::<JobError>(value.clone(), &["items"]).map(|errors| errors.iter().map(JobError::problems).count()));
    drop(one::<Template>(value.clone()).map(Template::into_model));
    drop(one::<TemplateCreated>(value.clone()));
    drop(problems(value));
    drop(Refusal::of(value.to_string().as_bytes()));
}

proptest! {
    #[test]
    fn no_json_makes_a_decoder_panic(value in any_json()) {
        decode_as_everything(&value);
    }

    #[test]
    fn no_bytes_make_a_refusal_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let refusal = Refusal::of(&bytes);
        prop_assert!(refusal.text.chars().count() <= 500);
        prop_assert!(!refusal.text.chars().any(char::is_control));
    }

    #[test]
    fn no_number_of_a_person_makes_the_inventory_panic(text in ".{0,20}", digits in "[0-9+ ()-]{0,18}") {
        let rows = vec![one::<NumberRow>(json!({"phoneNumber": digits, "owner": {"id": "p"}})).unwrap()];
        let inventory = Inventory::new(rows, &BTreeMap::new());
        drop(inventory.of_person(&text, "p"));
        drop(inventory.of_person(&digits, "q"));
    }
}
