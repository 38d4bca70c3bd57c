//! `/wholesale/subscribers`

use std::time::Duration;

use hubform::sim::{Config, ConsentPath, ErrorStatus, IdKind, Rule};
use serde_json::{Value, json};

use super::service::{Customer, Service, new_customer, new_subscriber, number, quick, text};

async fn refused(service: &Service, customer: &Customer, about: &str, line: Value) -> Value {
    refused_body(service, about, new_subscriber(customer, "new", line)).await
}

async fn refused_body(service: &Service, about: &str, body: Value) -> Value {
    let before = service.sim.state();
    let error = service.post("/wholesale/subscribers", body).await.expect(400);
    assert!(text(&error["message"]).contains(about), "{about}: {error}");
    assert_eq!(service.sim.state(), before, "a refusal changes nothing");
    error
}

#[tokio::test]
async fn a_subscriber_is_made_at_once_and_shows_nothing_of_name_or_line() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let reply = service.post("/wholesale/subscribers", new_subscriber(&customer, "ann", line)).await;
    let location = reply.header("location").unwrap();
    let ann = reply.expect(200);
    assert_eq!(service.get(&location).await.expect(200), ann);
    let fields: Vec<&String> = ann.as_object().unwrap().keys().collect();
    let known = [
        "created",
        "customerId",
        "email",
        "externalCustomerId",
        "id",
        "lastStatusChange",
        "package",
        "packages",
        "personId",
        "status",
    ];
    assert_eq!(fields, known);
    assert_eq!(ann["packages"], json!(["webex_calling"]));
    assert_eq!(ann["externalCustomerId"], "acme");

    // The same customer under another type of id.
    let same = IdKind::Customer.decode(ann["customerId"].as_str().unwrap());
    assert_eq!(same, IdKind::Enterprise.decode(&customer.id));

    let person = service.person(&ann["personId"]).await;
    assert_eq!(person["displayName"], "ann Lee");
    assert_eq!(person["extension"], "201");
    assert_eq!(person["locationId"], json!(customer.location));
}

#[tokio::test]
async fn a_calling_package_needs_a_line_in_a_calling_location_of_the_organization() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let other = service.customer("other", &["webex_calling"]).await;
    refused(&service, &customer, "primaryPhoneNumber", json!({})).await;
    let mut body = new_subscriber(&customer, "new", json!({ "extension": "201" }));
    body["provisioningParameters"].as_object_mut().unwrap().remove("locationId");
    refused_body(&service, "locationId", body).await;
    let foreign = json!({ "extension": "201", "locationId": other.location });
    refused(&service, &customer, "calling location", foreign).await;
    let locations = format!("/locations?orgId={}", customer.org);
    let plain = service.post(&locations, super::service::new_location("Plain")).await;
    let plain = text(&plain.expect(201)["id"]);
    let not_calling = json!({ "extension": "201", "locationId": plain });
    refused(&service, &customer, "calling location", not_calling).await;
    let mut meetings = new_subscriber(&customer, "mia", json!({}));
    meetings["packages"] = json!(["webex_meetings"]);
    service.post("/wholesale/subscribers", meetings).await.expect(200);
}

#[tokio::test]
async fn a_number_must_be_free_active_and_of_the_location() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    let branch = service.branch(org, "Branch").await;
    service.subscriber(&customer, "ann", json!({ "primaryPhoneNumber": number(101) })).await;
    refused(&service, &customer, "E.164", json!({ "primaryPhoneNumber": "408 555 0102" })).await;
    refused(&service, &customer, "does not belong", json!({ "primaryPhoneNumber": number(999) })).await;
    refused(&service, &customer, "assigned", json!({ "primaryPhoneNumber": number(101) })).await;
    let elsewhere = json!({ "primaryPhoneNumber": number(102), "locationId": branch });
    refused(&service, &customer, "does not belong", elsewhere).await;
    let path = format!("/telephony/config/locations/{}/numbers?orgId={org}", customer.location);
    let body = json!({ "phoneNumbers": [number(102)], "action": "DEACTIVATE" });
    service.put(&path, body).await.expect(204);
    refused(&service, &customer, "not active", json!({ "primaryPhoneNumber": number(102) })).await;
    let body = json!({ "phoneNumbers": [number(500)], "numberType": "TOLLFREE" });
    service.post(&path, body).await.expect(201);
    refused(&service, &customer, "toll-free", json!({ "primaryPhoneNumber": number(500) })).await;
}

#[tokio::test]
async fn an_extension_is_digits_unique_in_the_organization_and_no_emergency_number() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let branch = service.branch(&customer.org, "Branch").await;
    service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    for (extension, code) in
        [("2a1", 4910), ("911", 4911), ("112", 4911), ("2", 59475), ("12345678901", 59475), ("201", 9495)]
    {
        let error = refused(&service, &customer, "xtension", json!({ "extension": extension })).await;
        assert_eq!(error["errors"][0]["errorCode"], code, "{extension}");
    }
    let elsewhere = json!({ "extension": "201", "locationId": branch });
    refused(&service, &customer, "9495", elsewhere.clone()).await;
    service.sim.reconfigure(|config| config.extension_in_two_locations = Rule::Allowed);
    service.subscriber(&customer, "bob", elsewhere).await;
}

#[tokio::test]
async fn exactly_one_package_is_given_and_the_customer_must_have_it() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let with = |change: fn(&mut Value)| {
        let mut body = new_subscriber(&customer, "new", json!({ "extension": "201" }));
        change(&mut body);
        body
    };
    refused_body(&service, "does not have", with(|body| body["packages"] = json!(["webex_suite"]))).await;
    refused_body(&service, "exactly one", with(|body| body["packages"] = json!(["webex_calling", "webex_suite"])))
        .await;
    refused_body(&service, "exactly one", with(|body| body["packages"] = json!([]))).await;
    refused_body(&service, "beside", with(|body| body["package"] = json!("webex_calling"))).await;
    refused_body(&service, "not one of", with(|body| body["packages"] = json!(["common_area_calling"]))).await;
    refused_body(&service, "of subscribers", with(|body| body["packages"] = json!(["attendant_console"]))).await;
    refused_body(&service, "not one of", with(|body| body["packages"] = json!(["gold"]))).await;
    refused_body(&service, "packages", with(|body| drop(body.as_object_mut().unwrap().remove("packages")))).await;
    refused_body(
        &service,
        "provisioningParameters",
        with(|body| {
            drop(body.as_object_mut().unwrap().remove("provisioningParameters"));
        }),
    )
    .await;
    refused_body(&service, "not a field", with(|body| body["role"] = json!("admin"))).await;
    let legacy = with(|body| {
        body.as_object_mut().unwrap().remove("packages");
        body["package"] = json!("webex_calling");
    });
    service.post("/wholesale/subscribers", legacy).await.expect(200);
}

#[tokio::test]
async fn a_subscriber_waits_for_its_customer_and_for_a_healthy_package() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let body = new_subscriber(&customer, "ann", json!({ "extension": "201" }));
    service.sim.reconfigure(|config| {
        config.provisioning_delay = Duration::from_secs(9);
        config.failing_packages = [("acme".to_owned(), ["webex_suite".to_owned()].into())].into();
    });
    let path = format!("/wholesale/customers/{}", customer.id);
    let packages = json!({ "packages": ["webex_calling", "webex_meetings", "webex_suite"] });
    service.put(&path, packages).await.expect(202);
    service.post("/wholesale/subscribers", body.clone()).await.expect(409);
    service.clock.advance(Duration::from_secs(9));
    let mut suite = body.clone();
    suite["packages"] = json!(["webex_suite"]);
    refused_body(&service, "does not have", suite).await;
    service.post("/wholesale/subscribers", body).await.expect(200);
}

#[tokio::test]
async fn one_email_is_one_subscriber_of_one_organization() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let other = service.customer("other", &["webex_meetings"]).await;
    service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let mut again = new_subscriber(&customer, "ann", json!({ "extension": "202" }));
    again["email"] = json!("ANN@acme.example");
    service.post("/wholesale/subscribers", again.clone()).await.expect(409);
    service.sim.reconfigure(|config| config.subscriber_again = ErrorStatus::BadRequest);
    service.post("/wholesale/subscribers", again).await.expect(400);
    let mut elsewhere = new_subscriber(&other, "ann", json!({}));
    elsewhere["packages"] = json!(["webex_meetings"]);
    let error = refused_body(&service, "already tied", elsewhere.clone()).await;
    assert_eq!(error["errors"][0]["errorCode"], 10022);
    elsewhere["email"] = json!("admin@acme.example");
    refused_body(&service, "already tied", elsewhere).await;
}

#[tokio::test]
async fn the_first_administrator_becomes_a_subscriber_as_the_same_person() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let mut body = new_subscriber(&customer, "Ada", json!({ "extension": "200" }));
    body["email"] = json!("admin@acme.example");
    let admin = service.post("/wholesale/subscribers", body).await.expect(200);
    let person = service.person(&admin["personId"]).await;
    assert_eq!(person["extension"], "200");
    assert_eq!(person["roles"].as_array().unwrap().len(), 1);
    assert_eq!(service.sim.state().people.len(), 2, "the caller and the administrator");
}

#[tokio::test]
async fn the_owner_of_a_free_account_waits_until_they_consent() {
    let pending = ["pia@acme.example".to_owned()].into();
    let service = Service::with(Config { pending_emails: pending, ..quick() }).await;
    let customer = service.telephone_customer().await;
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let reply = service.post("/wholesale/subscribers", new_subscriber(&customer, "pia", line.clone())).await;
    assert!(reply.header("location").is_some());
    let pia = reply.expect(202);
    assert_eq!(pia["status"], "pending_user_migration");
    assert_eq!(pia["personId"], Value::Null);
    // The line is kept for her.
    refused(&service, &customer, "assigned", json!({ "primaryPhoneNumber": number(101) })).await;
    refused(&service, &customer, "9495", json!({ "extension": "201" })).await;

    service.clock.advance(Duration::from_hours(1));
    service.sim.complete_migration("Pia@acme.example").unwrap();
    let path = format!("/wholesale/subscribers/{}", text(&pia["id"]));
    let after = service.get(&path).await.expect(200);
    assert_eq!(after["status"], "provisioned");
    assert_eq!(after["created"], pia["created"]);
    assert_ne!(after["lastStatusChange"], pia["lastStatusChange"]);
    assert_eq!(service.person(&after["personId"]).await["extension"], "201");
    assert!(service.sim.complete_migration("pia@acme.example").is_err());
}

#[tokio::test]
async fn the_mail_for_consent_is_sent_again_under_one_of_two_paths_while_it_is_awaited() {
    let pending = ["pia@acme.example".to_owned()].into();
    let service = Service::with(Config { pending_emails: pending, ..quick() }).await;
    let customer = service.telephone_customer().await;
    let pia = new_subscriber(&customer, "pia", json!({ "extension": "201" }));
    let pia = text(&service.post("/wholesale/subscribers", pia).await.expect(202)["id"]);
    let ann = text(&service.subscriber(&customer, "ann", json!({ "extension": "202" })).await["id"]);
    let mails = || {
        let key = IdKind::Subscriber.decode(&pia).unwrap();
        service.sim.state().subscribers[&key].consent_mails
    };
    assert_eq!(mails(), 1, "the creation has sent one");
    let printed = |id: &str| format!("/subscribers/{id}/emails/consentMove");
    let wholesale = |id: &str| format!("/wholesale/subscribers/{id}/emails/consentMove");
    let send = async |path: String| service.send(reqwest::Method::POST, &path, None).await;
    send(printed(&pia)).await.expect(204);
    send(wholesale(&pia)).await.expect(404);
    assert_eq!(mails(), 2);
    service.sim.reconfigure(|config| config.consent_path = ConsentPath::Wholesale);
    send(wholesale(&pia)).await.expect(204);
    send(printed(&pia)).await.expect(404);
    assert_eq!(mails(), 3);
    send(wholesale(&ann)).await.expect(409);
    send(wholesale("none")).await.expect(404);
    service.sim.complete_migration("pia@acme.example").unwrap();
    send(wholesale(&pia)).await.expect(409);
    assert_eq!(mails(), 3);
}

#[tokio::test]
async fn a_removed_subscriber_leaves_the_person_with_the_line_and_the_email() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let other = service.customer("other", &["webex_meetings"]).await;
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    let path = format!("/wholesale/subscribers/{}", text(&ann["id"]));
    service.delete(&path).await.expect(204);
    service.delete(&path).await.expect(404);
    assert_eq!(service.person(&ann["personId"]).await["extension"], "201");
    refused(&service, &customer, "assigned", json!({ "primaryPhoneNumber": number(101) })).await;
    let mut elsewhere = new_subscriber(&other, "ann", json!({}));
    elsewhere["packages"] = json!(["webex_meetings"]);
    refused_body(&service, "already tied", elsewhere).await;

    // Coming back, she keeps her line whatever is asked for.
    let back = service.subscriber(&customer, "ann", json!({ "extension": "777" })).await;
    assert_eq!(back["personId"], ann["personId"]);
    assert_eq!(service.person(&ann["personId"]).await["extension"], "201");
}

#[tokio::test]
async fn a_package_change_takes_a_line_only_on_the_step_to_calling() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let mut body = new_subscriber(&customer, "mia", json!({}));
    body["packages"] = json!(["webex_meetings"]);
    let mia = service.post("/wholesale/subscribers", body).await.expect(200);
    let path = format!("/wholesale/subscribers/{}", text(&mia["id"]));
    service.put(&path, json!({ "packages": ["webex_calling"] })).await.expect(400);
    let line = json!({ "extension": "301", "locationId": customer.location });
    let change = json!({ "packages": ["webex_calling"], "provisioningParameters": line });
    let changed = service.put(&path, change.clone()).await;
    assert!(changed.header("location").is_some());
    assert_eq!(changed.expect(200)["packages"], json!(["webex_calling"]));
    assert_eq!(service.person(&mia["personId"]).await["extension"], "301");
    service.put(&path, change).await.expect(400);
    service.put(&path, json!({ "packages": ["webex_meetings"] })).await.expect(200);
    let person = service.person(&mia["personId"]).await;
    assert_eq!((&person["extension"], &person["locationId"]), (&Value::Null, &Value::Null));
    let renamed = json!({ "packages": ["webex_meetings"], "firstName": "Mimi" });
    service.put(&path, renamed).await.expect(400);
}

#[tokio::test]
async fn some_downgrades_are_refused() {
    let service = Service::start().await;
    let packages = ["webex_calling", "webex_calling_standard", "webex_voice"];
    let customer = service.customer("acme", &packages).await;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let path = format!("/wholesale/subscribers/{}", text(&ann["id"]));
    let standard = json!({ "packages": ["webex_calling_standard"] });
    service.put(&path, standard.clone()).await.expect(400);
    service.sim.reconfigure(|config| config.professional_to_standard = Rule::Allowed);
    service.put(&path, standard).await.expect(200);

    let mut body = new_subscriber(&customer, "Ada", json!({ "extension": "200" }));
    body["email"] = json!("admin@acme.example");
    let admin = service.post("/wholesale/subscribers", body).await.expect(200);
    let path = format!("/wholesale/subscribers/{}", text(&admin["id"]));
    service.put(&path, json!({ "packages": ["webex_voice"] })).await.expect(400);
}

#[tokio::test]
async fn a_limit_counts_everybody_who_holds_the_package_or_waits_for_it() {
    let pending = ["pia@acme.example".to_owned()].into();
    let service = Service::with(Config { pending_emails: pending, ..quick() }).await;
    let mut body = new_customer("acme", &["webex_calling"]);
    body["provisioningParameters"]["packages"] = json!({ "limits": { "webex_calling": 2 } });
    let url = text(&service.post("/wholesale/customers", body).await.expect(202)["url"]);
    let made = service.get(&url).await.expect(200);
    let org = text(&made["orgId"]);
    service.get(&format!("/organizations/{org}")).await.expect(200);
    let locations = service.get(&format!("/locations?orgId={org}")).await.expect(200);
    let location = text(&locations["items"][0]["id"]);
    let customer = Customer { id: text(&made["id"]), org, location };
    let pia = new_subscriber(&customer, "pia", json!({ "extension": "201" }));
    service.post("/wholesale/subscribers", pia).await.expect(202);
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "202" })).await;
    refused(&service, &customer, "in use", json!({ "extension": "203" })).await;
    service.delete(&format!("/wholesale/subscribers/{}", text(&ann["id"]))).await.expect(204);
    service.subscriber(&customer, "bob", json!({ "extension": "203" })).await;
}

#[tokio::test]
async fn subscribers_are_listed_by_every_documented_filter() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let mut people = Vec::new();
    let mut created = Vec::new();
    for name in ["ann", "bob", "cy"] {
        service.clock.advance(Duration::from_mins(1));
        let extension = format!("20{}", people.len());
        let subscriber = service.subscriber(&customer, name, json!({ "extension": extension })).await;
        created.push(text(&subscriber["created"]));
        people.push(text(&subscriber["personId"]));
    }
    let milliseconds = created[1].parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let cases = [
        (String::new(), vec!["cy", "bob", "ann"]),
        ("&sortOrder=ASC".to_owned(), vec!["ann", "bob", "cy"]),
        ("&sortBy=lastStatusChange".to_owned(), vec!["cy", "bob", "ann"]),
        (format!("&customerId={}", customer.id), vec!["cy", "bob", "ann"]),
        ("&customerId=none".to_owned(), vec![]),
        (format!("&personId={}", people[1]), vec!["bob"]),
        ("&externalCustomerId=acme".to_owned(), vec!["cy", "bob", "ann"]),
        ("&externalCustomerId=other".to_owned(), vec![]),
        ("&email=BOB@acme.example".to_owned(), vec!["bob"]),
        ("&status=pending_user_migration".to_owned(), vec![]),
        (format!("&after={}", created[0]), vec!["cy", "bob"]),
        (format!("&after={milliseconds}"), vec!["cy"]),
        (format!("&lastStatusChange={}", created[1]), vec!["cy"]),
        ("&offset=1".to_owned(), vec!["bob", "ann"]),
    ];
    for (filter, wanted) in cases {
        let listed = service.get(&format!("/wholesale/subscribers?max=50{filter}")).await.expect(200);
        let items = listed["items"].as_array().unwrap();
        let names: Vec<&str> =
            items.iter().map(|item| item["email"].as_str().unwrap().split('@').next().unwrap()).collect();
        assert_eq!(names, wanted, "{filter}");
    }
    for wrong in ["max=101", "max=0", "status=happy", "sortBy=email", "sortOrder=up", "after=soon", "mail=x"] {
        service.get(&format!("/wholesale/subscribers?{wrong}")).await.expect(400);
    }
}

#[tokio::test]
async fn the_precheck_finds_conflicts_but_no_free_accounts() {
    let pending = ["pia@acme.example".to_owned()].into();
    let service = Service::with(Config { pending_emails: pending, ..quick() }).await;
    let customer = service.telephone_customer().await;
    let before = service.sim.state();
    let path = "/wholesale/subscribers/validate";
    let pia = new_subscriber(&customer, "pia", json!({ "primaryPhoneNumber": number(101) }));
    let answer = service.post(path, pia).await.expect(200);
    assert_eq!(answer["info"][0]["infoCode"], 100);
    let plain = json!({ "customerId": customer.id, "email": "new@acme.example" });
    service.post(path, plain).await.expect(200);
    let planned = json!({
        "provisioningId": "template-1",
        "customerInfo": { "primaryEmail": "a@b.example" },
        "email": "new@acme.example",
    });
    service.post(path, planned.clone()).await.expect(200);
    let mut taken = planned;
    taken["email"] = json!("admin@acme.example");
    service.post(path, taken).await.expect(400);
    let bad = new_subscriber(&customer, "new", json!({ "primaryPhoneNumber": number(999) }));
    service.post(path, bad).await.expect(400);
    service.post(path, json!({ "email": "new@acme.example" })).await.expect(400);
    assert_eq!(service.sim.state(), before);
}
