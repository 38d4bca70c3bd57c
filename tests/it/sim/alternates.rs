//! Alternate numbers of people.

use reqwest::Method;
use serde_json::{Value, json};

use super::service::{Customer, Service, number, text};

/// A customer with Ann, who has the number 101 and the extension 201.
async fn ann(service: &Service) -> (Customer, Value) {
    let customer = service.telephone_customer().await;
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    (customer, ann["personId"].clone())
}

fn path(customer: &Customer, person: &Value) -> String {
    format!("/telephony/config/people/{}/numbers?orgId={}", text(person), customer.org)
}

fn one(action: &str, n: u32) -> Value {
    json!({ "primary": false, "action": action, "directNumber": number(n) })
}

fn change(numbers: &[Value]) -> Value {
    json!({ "phoneNumbers": numbers })
}

#[tokio::test]
async fn a_person_is_given_numbers_beside_the_direct_one_and_loses_them_again() {
    let service = Service::start().await;
    let (customer, person) = ann(&service).await;
    let path = path(&customer, &person);
    let mut second = one("ADD", 103);
    second["extension"] = json!("203");
    second["ringPattern"] = json!("SHORT_LONG_SHORT");
    let mut body = change(&[one("ADD", 102), second]);
    body["distinctiveRingEnabled"] = json!(false);
    service.put(&path, body).await.expect(204);

    let shown = format!("/people/{}/features/numbers?orgId={}&preferE164Format=true", text(&person), customer.org);
    let shown = service.get(&shown).await.expect(200);
    assert_eq!(
        shown,
        json!({
            "distinctiveRingEnabled": false,
            "phoneNumbers": [
                { "primary": true, "directNumber": number(101), "extension": "201", "esn": "201", "ringPattern": "NORMAL" },
                { "primary": false, "directNumber": number(102), "ringPattern": "NORMAL" },
                {
                    "primary": false, "directNumber": number(103), "extension": "203", "esn": "203",
                    "ringPattern": "SHORT_LONG_SHORT",
                },
            ],
        }),
    );
    let alternates = service.numbers(&customer.org, "&phoneNumberType=ALTERNATE").await;
    assert_eq!(alternates.len(), 2);
    assert_eq!((&alternates[1]["owner"]["id"], &alternates[1]["extension"]), (&person, &json!("203")));
    assert_eq!(alternates[0].get("extension"), None);
    assert_eq!(service.numbers(&customer.org, "&extension=201").await.len(), 1);
    assert_eq!(service.numbers(&customer.org, "&phoneNumberType=PRIMARY&available=false").await.len(), 1);

    let back = change(&[one("DELETE", 102)]);
    service.put(&path, back.clone()).await.expect(204);
    service.put(&path, back).await.expect(400);
    assert_eq!(service.numbers(&customer.org, "&phoneNumberType=ALTERNATE").await.len(), 1);
    // The order of a request counts: taken and given again.
    service.put(&path, change(&[one("DELETE", 103), one("ADD", 103)])).await.expect(204);
}

#[tokio::test]
async fn an_alternate_number_is_nobody_elses_and_of_the_location() {
    let service = Service::start().await;
    let (customer, person) = ann(&service).await;
    let org = &customer.org;
    let path = path(&customer, &person);
    let branch = service.branch(org, "Branch").await;
    service.set_trunk(org, &branch).await;
    service.add_numbers(org, &branch, 200..202).await;
    service.subscriber(&customer, "bob", json!({ "primaryPhoneNumber": number(104), "extension": "204" })).await;
    let with = |key: &str, value: Value| {
        let mut change = one("ADD", 102);
        change[key] = value;
        change
    };
    for wrong in [
        one("ADD", 101),
        one("ADD", 104),
        one("ADD", 200),
        one("ADD", 999),
        with("primary", json!(true)),
        with("directNumber", json!("102")),
        with("extension", json!("201")),
        with("extension", json!("204")),
        with("extension", json!("911")),
        with("ringPattern", json!("LOUD")),
        with("action", json!("KEEP")),
    ] {
        service.put(&path, change(std::slice::from_ref(&wrong))).await.expect(400);
        assert!(service.numbers(org, "&phoneNumberType=ALTERNATE").await.is_empty(), "{wrong}");
    }
    service.put(&path, change(&[one("ADD", 102), one("ADD", 102)])).await.expect(400);
    let twice = json!({ "distinctiveRingEnabled": true, "enableDistinctiveRingPattern": false, "phoneNumbers": [] });
    service.put(&path, twice).await.expect(400);
    service.put(&path, json!({})).await.expect(400);
    service.put(&path, json!({ "enableDistinctiveRingPattern": false, "phoneNumbers": [] })).await.expect(204);
    service
        .put(&path, change(&[json!({ "primary": false, "action": "ADD", "directNumber": "4085550102" })]))
        .await
        .expect(204);
    let many: Vec<Value> = (300..311).map(|n| one("ADD", n)).collect();
    service.add_numbers(org, &customer.location, 300..311).await;
    service.put(&path, change(&many)).await.expect(400);
    service.put(&path, change(&many[..9])).await.expect(204);

    let nobody = format!("/telephony/config/people/nobody/numbers?orgId={org}");
    service.put(&nobody, change(&[])).await.expect(404);
    let elsewhere = format!("/telephony/config/people/{}/numbers", text(&person));
    service.put(&elsewhere, change(&[])).await.expect(404);
}

#[tokio::test]
async fn an_alternate_number_is_taken_for_everything_else() {
    let service = Service::start().await;
    let (customer, person) = ann(&service).await;
    let mut with_extension = one("ADD", 102);
    with_extension["extension"] = json!("202");
    service.put(&path(&customer, &person), change(&[with_extension])).await.expect(204);
    let taken = super::service::new_subscriber(&customer, "bob", json!({ "primaryPhoneNumber": number(102) }));
    service.post("/wholesale/subscribers", taken).await.expect(400);
    let taken = super::service::new_subscriber(&customer, "bob", json!({ "extension": "202" }));
    service.post("/wholesale/subscribers", taken).await.expect(400);
    // Nor does it become Ann's direct number beside.
    let direct = json!({ "displayName": "Ann", "phoneNumbers": [{ "type": "work", "value": number(102) }] });
    service.put(&format!("/people/{}?callingData=true", text(&person)), direct).await.expect(400);
    let numbers = format!("/telephony/config/locations/{}/numbers?orgId={}", customer.location, customer.org);
    let body = json!({ "phoneNumbers": [number(102)] });
    service.send(Method::DELETE, &numbers, Some(body)).await.expect(400);
    let off = json!({ "phoneNumbers": [number(102)], "action": "DEACTIVATE" });
    service.put(&numbers, off).await.expect(400);

    // It holds Ann where she is, and is free again when she is gone.
    let branch = service.branch(&customer.org, "Branch").await;
    let asked = json!({ "usersList": [{
        "locationId": branch, "validate": true, "users": [{ "userId": person, "phoneNumber": "" }],
    }] });
    let moves = format!("/telephony/config/jobs/person/moveLocation?orgId={}", customer.org);
    let asked = service.post(&moves, asked).await.expect(200);
    assert_eq!(asked["response"][0]["errors"][0]["code"], 10_050_010);
    let subscribers = service.get("/wholesale/subscribers").await.expect(200);
    service.delete(&format!("/wholesale/subscribers/{}", text(&subscribers["items"][0]["id"]))).await.expect(204);
    service.delete(&format!("/people/{}", text(&person))).await.expect(204);
    assert_eq!(service.numbers(&customer.org, "&available=true").await.len(), 10);
}
