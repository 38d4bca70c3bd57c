//! Licences: what the packages bring, who holds them, and how they are given and taken.

use hubform::sim::{Config, Rule};
use serde_json::{Value, json};

use super::service::{Customer, Reply, Service, new_customer, number, quick, text};

/// A customer with calling, and its licences by name.
async fn acme(service: &Service, packages: &[&str]) -> Customer {
    let customer = service.customer("acme", packages).await;
    service.set_trunk(&customer.org, &customer.location).await;
    service.add_numbers(&customer.org, &customer.location, 100..110).await;
    customer
}

async fn license(service: &Service, customer: &Customer, name: &str) -> String {
    let listed = service.get(&format!("/licenses?orgId={}", customer.org)).await.expect(200);
    let found = listed["items"].as_array().unwrap().iter().find(|row| row["name"] == name);
    text(&found.unwrap_or_else(|| panic!("no {name}: {listed}"))["id"])
}

async fn person(service: &Service, customer: &Customer, name: &str) -> Value {
    let body = json!({ "emails": [format!("{name}@acme.example")], "firstName": name, "orgId": customer.org });
    service.post("/people", body).await.expect(200)
}

async fn change(service: &Service, customer: &Customer, who: &Value, steps: Value) -> Reply {
    let body = json!({ "personId": who["id"], "orgId": customer.org, "licenses": steps });
    service.patch("/licenses/users", body).await
}

const PROFESSIONAL: &str = "Webex Calling - Professional";
const STANDARD: &str = "Webex Calling - Standard";

#[tokio::test]
async fn licences_follow_from_packages_and_limits() {
    let service = Service::start().await;
    let mut body = new_customer("acme", &["webex_calling", "webex_meetings"]);
    body["provisioningParameters"]["packages"] = json!({ "limits": { "webex_calling": 7 } });
    let url = text(&service.post("/wholesale/customers", body).await.expect(202)["url"]);
    let shown = service.get(&format!("{url}?includePackageLicenseInfo=true")).await.expect(200);
    let org = text(&shown["orgId"]);
    service.get(&format!("/licenses?orgId={org}")).await.expect(403);
    service.get(&format!("/organizations/{org}")).await.expect(200);
    let listed = service.get(&format!("/licenses?orgId={org}")).await.expect(200);
    let rows: Vec<(&str, &Value)> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), &row["totalUnits"]))
        .collect();
    assert_eq!(
        rows,
        [("Screen Share", &json!(10_000)), (PROFESSIONAL, &json!(7)), ("Meeting - Webex Meetings", &json!(10_000))]
    );
    let calling = &shown["resourceDetails"]["packages"][0];
    assert_eq!((&calling["name"], &calling["licenseIds"][0]), (&json!("webex_calling"), &listed["items"][1]["id"]));
    assert_eq!(service.get("/licenses").await.expect(200)["items"], json!([]), "the partner has none");
    service.get("/licenses/none").await.expect(404);
}

#[tokio::test]
async fn whoever_holds_a_licence_is_listed_in_pages() {
    let service = Service::with(Config { page_size: Some(1), ..quick() }).await;
    let customer = acme(&service, &["webex_calling"]).await;
    for (name, extension) in [("ann", "201"), ("bob", "202")] {
        service.subscriber(&customer, name, json!({ "extension": extension })).await;
    }
    let id = license(&service, &customer, PROFESSIONAL).await;
    let plain = service.get(&format!("/licenses/{id}")).await.expect(200);
    assert_eq!((&plain["consumedUnits"], &plain["users"]), (&json!(2), &Value::Null));
    let first = service.get(&format!("/licenses/{id}?includeAssignedTo=user&limit=2")).await;
    assert_eq!(first.body["users"][0]["email"], "ann@acme.example");
    assert_eq!(first.body["users"][0]["type"], "INTERNAL");
    let second = service.get(&first.next().unwrap()).await;
    assert_eq!((&second.body["users"][0]["displayName"], second.next()), (&json!("bob Lee"), None));
    for wrong in ["includeAssignedTo=device", "includeAssignedTo=user&limit=301", "includeAssignedTo=user&next=x"] {
        service.get(&format!("/licenses/{id}?{wrong}")).await.expect(400);
    }
}

#[tokio::test]
async fn a_calling_licence_is_given_with_a_line_and_taken_with_it() {
    let service = Service::start().await;
    let customer = acme(&service, &["webex_calling", "webex_meetings"]).await;
    let ann = person(&service, &customer, "ann").await;
    let id = license(&service, &customer, PROFESSIONAL).await;
    let add = |properties: Value| json!([{ "id": id, "properties": properties }]);
    for (properties, code) in [
        (json!({}), json!(400_411)),
        (json!({ "locationId": "none", "extension": "201" }), json!(400)),
        (json!({ "extension": "201" }), json!(400)),
        (json!({ "phoneNumber": number(999) }), json!(400)),
        (json!({ "locationId": customer.location, "extension": "911" }), Value::Null),
    ] {
        let refused = change(&service, &customer, &ann, add(properties)).await.expect(400);
        assert_eq!(refused["errors"][0].get("errorCode").unwrap_or(&Value::Null), &code, "{refused}");
    }
    let refused = change(&service, &customer, &ann, json!([{ "id": id }])).await.expect(400);
    assert_eq!(refused["errors"][0]["errorCode"], 400_411);
    let given = change(&service, &customer, &ann, add(json!({ "phoneNumber": number(101) }))).await.expect(200);
    assert_eq!(given["licenses"].as_array().unwrap().len(), 2, "with the implied one");
    let seen = service.person(&ann["id"]).await;
    assert_eq!((&seen["locationId"], &seen["licenses"]), (&json!(customer.location), &given["licenses"]));
    let taken = change(&service, &customer, &ann, json!([{ "id": id, "operation": "remove" }])).await.expect(200);
    assert_eq!(taken["licenses"], json!([]));
    assert_eq!(service.person(&ann["id"]).await["locationId"], Value::Null);
    assert_eq!(service.numbers(&customer.org, "&available=true").await.len(), 10);
}

#[tokio::test]
async fn licences_that_do_not_go_together_have_their_codes() {
    let service = Service::start().await;
    let packages = [
        "webex_calling",
        "webex_calling_standard",
        "attendant_console",
        "cx_essentials",
        "webex_meetings",
        "webex_suite",
    ];
    let customer = acme(&service, &packages).await;
    let ann = person(&service, &customer, "ann").await;
    let mut ids = std::collections::BTreeMap::new();
    for (short, name) in [
        ("professional", PROFESSIONAL),
        ("standard", STANDARD),
        ("attendant", "Webex Attendant Console"),
        ("customers", "Customer Experience - Essential"),
        ("meetings", "Meeting - Webex Meetings"),
        ("suite", "Webex Suite"),
        ("implied", "Screen Share"),
    ] {
        ids.insert(short, license(&service, &customer, name).await);
    }
    let line = json!({ "locationId": customer.location, "extension": "201" });
    let add = |name: &str| json!({ "id": ids[name], "operation": "add", "properties": line });
    let remove = |name: &str| json!({ "id": ids[name], "operation": "remove" });
    let refused = async |steps: Value| {
        let refused = change(&service, &customer, &ann, steps).await.expect(400);
        refused["errors"][0]["errorCode"].clone()
    };
    assert_eq!(refused(json!([{ "id": "none" }])).await, 400_000);
    assert_eq!(refused(json!([add("attendant")])).await, 400_408);
    assert_eq!(refused(json!([add("professional"), add("standard")])).await, 400_404);
    assert_eq!(refused(json!([add("standard"), add("attendant")])).await, 400_406);
    assert_eq!(refused(json!([add("standard"), add("customers")])).await, 400_407);
    assert_eq!(refused(json!([add("meetings"), add("suite")])).await, 400_413);
    assert_eq!(refused(json!([remove("implied")])).await, 700_006);
    change(&service, &customer, &ann, json!([add("professional"), add("attendant")])).await.expect(200);
    change(&service, &customer, &ann, json!([remove("attendant"), add("implied")])).await.expect(200);
    assert_eq!(refused(json!([remove("professional"), add("standard")])).await, 400_112);
    service.sim.reconfigure(|config| config.professional_to_standard = Rule::Allowed);
    change(&service, &customer, &ann, json!([remove("professional"), add("standard")])).await.expect(200);
    change(&service, &customer, &ann, json!([remove("standard"), add("customers")])).await.expect(200);
    assert_eq!(refused(json!([remove("customers"), add("standard")])).await, 400_410);
    let sites = json!({
        "personId": ann["id"], "orgId": customer.org,
        "siteUrls": [{ "siteUrl": "mysite.webex.com", "accountType": "attendee" }],
    });
    let refused = service.patch("/licenses/users", sites).await.expect(400);
    assert_eq!(refused["errors"][0]["errorCode"], 400_216);
}

#[tokio::test]
async fn a_licence_without_a_unit_left_is_passed_over() {
    let service = Service::start().await;
    let customer = acme(&service, &["webex_calling", "webex_meetings"]).await;
    let limits = json!({
        "packages": ["webex_calling", "webex_meetings"],
        "provisioningParameters": { "packages": { "limits": { "webex_meetings": 1, "webex_calling": 1 } } },
    });
    service.put(&format!("/wholesale/customers/{}", customer.id), limits).await.expect(202);
    let meetings = license(&service, &customer, "Meeting - Webex Meetings").await;
    let calling = license(&service, &customer, PROFESSIONAL).await;
    let (ann, bob) = (person(&service, &customer, "ann").await, person(&service, &customer, "bob").await);
    change(&service, &customer, &ann, json!([{ "id": meetings }])).await.expect(200);
    let line = json!({ "locationId": customer.location, "extension": "201" });
    let both = json!([{ "id": meetings }, { "id": calling, "properties": line }]);
    let partial = change(&service, &customer, &bob, both).await.expect(206);
    assert!(partial["licenses"].as_array().unwrap().contains(&json!(calling)));
    assert!(!partial["licenses"].as_array().unwrap().contains(&json!(meetings)));
    change(&service, &customer, &bob, json!([{ "id": meetings }])).await.expect(400);
}

#[tokio::test]
async fn a_user_is_named_by_email_or_id_and_is_of_the_organization() {
    let service = Service::start().await;
    let customer = acme(&service, &["webex_calling", "webex_meetings"]).await;
    let ann = person(&service, &customer, "ann").await;
    person(&service, &customer, "bob").await;
    let id = license(&service, &customer, "Meeting - Webex Meetings").await;
    let patch = async |who: Value| {
        let mut body = who;
        body["licenses"] = json!([{ "id": id }]);
        body["orgId"] = json!(customer.org);
        service.patch("/licenses/users", body).await
    };
    patch(json!({})).await.expect(400);
    patch(json!({ "email": "nobody@acme.example" })).await.expect(404);
    patch(json!({ "email": "pat@partner.example" })).await.expect(400);
    patch(json!({ "email": "bob@acme.example", "personId": ann["id"] })).await.expect(400);
    patch(json!({ "email": "ANN@acme.example", "personId": ann["id"] })).await.expect(200);
}

#[tokio::test]
async fn packages_give_the_licences_of_subscribers_unless_the_service_is_kind() {
    let service = Service::start().await;
    let customer = acme(&service, &["webex_calling", "webex_meetings"]).await;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let who = json!({ "id": ann["personId"] });
    let id = license(&service, &customer, "Meeting - Webex Meetings").await;
    change(&service, &customer, &who, json!([{ "id": id }])).await.expect(400);
    change(&service, &customer, &who, json!([])).await.expect(200);
    service.sim.reconfigure(|config| config.subscriber_licenses = Rule::Allowed);
    let calling = license(&service, &customer, PROFESSIONAL).await;
    let steps = json!([{ "id": calling, "operation": "remove" }, { "id": id }]);
    change(&service, &customer, &who, steps).await.expect(200);
}
