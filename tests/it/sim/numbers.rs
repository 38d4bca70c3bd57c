//! Phone numbers.

use hubform::sim::{AddAgain, PstnType};
use reqwest::Method;
use serde_json::{Value, json};

use super::service::{Customer, Service, number, text};

fn path(customer: &Customer) -> String {
    format!("/telephony/config/locations/{}/numbers?orgId={}", customer.location, customer.org)
}

fn list(numbers: &[u32]) -> Value {
    json!({ "phoneNumbers": numbers.iter().map(|n| number(*n)).collect::<Vec<_>>() })
}

#[tokio::test]
async fn numbers_need_a_pstn_connection_that_is_not_integrated() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    service.post(&path(&customer), list(&[100])).await.expect(400);
    for kind in [PstnType::IntegratedCcp, PstnType::CiscoPstn] {
        service.sim.set_pstn(&customer.location, kind, "Integrated Carrier").unwrap();
        service.post(&path(&customer), list(&[100])).await.expect(400);
        service.put(&path(&customer), list(&[100])).await.expect(400);
        service.send(Method::DELETE, &path(&customer), Some(list(&[100]))).await.expect(400);
    }
    service.sim.set_pstn(&customer.location, PstnType::NonIntegratedCcp, "Acme Trunks").unwrap();
    service.post(&path(&customer), list(&[100])).await.expect(201);
}

#[tokio::test]
async fn numbers_are_active_unless_asked_for_otherwise() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let body = json!({ "phoneNumbers": [number(200)], "state": "INACTIVE" });
    service.post(&path(&customer), body).await.expect(201);
    let inactive = service.numbers(&customer.org, "&state=INACTIVE").await;
    assert_eq!(inactive.len(), 1);
    assert_eq!(inactive[0]["phoneNumber"], json!(number(200)));
    service.put(&path(&customer), list(&[200])).await.expect(204);
    assert!(service.numbers(&customer.org, "&state=INACTIVE").await.is_empty());
    let deactivate = json!({ "phoneNumbers": [number(101)], "action": "DEACTIVATE" });
    service.subscriber(&customer, "ann", json!({ "primaryPhoneNumber": number(101) })).await;
    service.put(&path(&customer), deactivate).await.expect(400);
    service.put(&path(&customer), list(&[999])).await.expect(404);
}

#[tokio::test]
async fn a_second_add_to_the_same_location_conflicts_or_is_ignored() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let error = service.post(&path(&customer), list(&[100, 200])).await.expect(409);
    assert_eq!(error["errors"][0]["errorCode"], 8363);
    assert!(service.numbers(&customer.org, "&phoneNumber=%2B14085550200").await.is_empty());
    service.sim.reconfigure(|config| config.second_number_add = AddAgain::Ignored);
    service.post(&path(&customer), list(&[100, 200])).await.expect(201);
    assert_eq!(service.numbers(&customer.org, "&phoneNumber=%2B14085550200").await.len(), 1);
}

#[tokio::test]
async fn a_number_exists_once_in_the_whole_service() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let other = service.customer("other", &["webex_calling"]).await;
    service.set_trunk(&other.org, &other.location).await;
    let error = service.post(&path(&other), list(&[100, 300])).await.expect(400);
    let errors = error[0]["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "only the bad one is named");
    assert_eq!((&errors[0]["number"], &errors[0]["errorCode"]), (&json!(number(100)), &json!("8361")));
    assert!(service.numbers(&other.org, "").await.is_empty());
    for wrong in [json!(["4085550300"]), json!([number(300), number(300)]), json!([])] {
        service.post(&path(&other), json!({ "phoneNumbers": wrong })).await.expect(400);
    }

    let check = format!("/telephony/config/actions/validateNumbers/invoke?orgId={}", customer.org);
    service.post(&path(&other), list(&[300])).await.expect(201);
    let body = json!({ "phoneNumbers": [number(100), number(300), number(400), number(400), "12"] });
    let checked = service.post(&check, body).await.expect(200);
    let states: Vec<&str> =
        checked["numbers"].as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["Duplicate", "Unavailable", "Available", "Duplicate In List", "Invalid"]);
    assert_eq!(checked["status"], "ERRORS");
    assert_eq!(service.post(&check, list(&[401])).await.expect(200)["status"], "OK");
}

#[tokio::test]
async fn numbers_are_deleted_five_at_a_time_but_not_the_main_or_an_assigned_one() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let detail = format!("/telephony/config/locations/{}?orgId={}", customer.location, customer.org);
    let main = json!({ "callingLineId": { "phoneNumber": number(100) } });
    service.put(&detail, main).await.expect(204);
    service.subscriber(&customer, "ann", json!({ "primaryPhoneNumber": number(101) })).await;
    let delete = async |numbers: &[u32]| service.send(Method::DELETE, &path(&customer), Some(list(numbers))).await;
    delete(&[102, 103, 104, 105, 106, 107]).await.expect(400);
    delete(&[100]).await.expect(400);
    delete(&[102, 101]).await.expect(400);
    assert_eq!(service.numbers(&customer.org, "").await.len(), 10, "all or nothing");
    delete(&[102, 103, 104, 105, 106]).await.expect(204);
    assert_eq!(service.numbers(&customer.org, "").await.len(), 5);
    let unknown = delete(&[102]).await;
    assert_eq!(unknown.header("cisco-spark-error-codes").as_deref(), Some("4251"));
    unknown.expect(502);
    service.delete(&path(&customer)).await.expect(400);
}

#[tokio::test]
async fn numbers_are_listed_with_their_owners_and_bare_extensions() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    let detail = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    let main = json!({ "callingLineId": { "phoneNumber": number(100) }, "routingPrefix": "82" });
    service.put(&detail, main).await.expect(200);
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    service.subscriber(&customer, "bob", json!({ "extension": "202" })).await;

    let all = service.numbers(org, "").await;
    assert_eq!(all.len(), 11);
    let of = |number: &str| all.iter().find(|row| row["phoneNumber"] == number).unwrap().clone();
    let main = of(&number(100));
    assert_eq!((&main["mainNumber"], &main["owner"]), (&json!(true), &Value::Null));
    let anns = of(&number(101));
    assert_eq!(anns["owner"]["id"], ann["personId"]);
    assert_eq!((&anns["extension"], &anns["esn"]), (&json!("201"), &json!("82201")));
    assert_eq!(of("")["extension"], "202", "an extension alone has an empty number");

    let id = text(&ann["personId"]);
    for (filter, count) in [
        ("&available=true", 9),
        ("&available=false", 2),
        ("&extension=202", 1),
        ("&available=false&ownerType=PEOPLE", 2),
        ("&state=ACTIVE", 10),
        ("&numberType=EXTENSION", 1),
        ("&numberType=NUMBER", 10),
        ("&ownerType=PEOPLE", 2),
        (&format!("&ownerId={id}"), 1),
        ("&ownerName=ANN", 1),
        ("&phoneNumber=%2B14085550101", 1),
        ("&phoneNumber=+14085550101", 0),
        ("&start=9", 2),
        ("&max=3", 3),
        (&format!("&locationId={}", customer.location), 11),
        ("&locationId=none", 0),
    ] {
        assert_eq!(service.numbers(org, filter).await.len(), count, "{filter}");
    }
    let base = format!("/telephony/config/numbers?orgId={org}");
    for wrong in ["&max=2001", "&available=true&ownerType=PEOPLE", "&numberType=EXTENSION&state=ACTIVE", "&orgID=x"] {
        service.get(&format!("{base}{wrong}")).await.expect(400);
    }
    let counted = service.get(&format!("{base}&details=true")).await.expect(200);
    assert_eq!(counted["count"]["unAssigned"], 9);
    assert_eq!(counted["count"]["extensionOnly"], 1);
}

#[tokio::test]
async fn extensions_are_checked_in_a_location_but_the_organization_sees_none() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let body = json!({ "extensions": ["201", "301", "301", "911", "a23"] });
    let states = async |path: String| -> Vec<String> {
        let checked = service.post(&path, body.clone()).await.expect(200);
        checked["extensionStatus"].as_array().unwrap().iter().map(|row| text(&row["state"])).collect()
    };
    let org = format!("/telephony/config/actions/validateExtensions/invoke?orgId={}", customer.org);
    assert_eq!(states(org).await, ["VALID", "VALID", "DUPLICATE_IN_LIST", "INVALID", "INVALID"]);
    let location = format!(
        "/telephony/config/locations/{}/actions/validateExtensions/invoke?orgId={}",
        customer.location, customer.org
    );
    assert_eq!(states(location).await, ["DUPLICATE", "VALID", "DUPLICATE_IN_LIST", "INVALID", "INVALID"]);
}
