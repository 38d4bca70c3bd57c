//! What stands against moving people, and what comes along.

use hubform::sim::Rule;
use serde_json::{Value, json};

use super::service::{Customer, Service, number, text};

const PEOPLE: &str = "/telephony/config/jobs/person/moveLocation";

/// A customer with a second location, and Ann with the number 101 and the extension 201.
async fn ann(service: &Service) -> (Customer, String, Value) {
    let customer = service.telephone_customer().await;
    let branch = service.branch(&customer.org, "Branch").await;
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    (customer, branch, ann["personId"].clone())
}

/// Asks what would come of a move without the number.
async fn ask(service: &Service, org: &str, person: &Value, to: &str) -> Value {
    let user = json!({ "userId": person, "phoneNumber": "" });
    let body = json!({ "usersList": [{ "locationId": to, "validate": true, "users": [user] }] });
    service.post(&format!("{PEOPLE}?orgId={org}"), body).await.expect(200)["response"][0].clone()
}

fn codes(notes: &Value) -> Vec<u64> {
    notes.as_array().unwrap().iter().map(|note| note["code"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_move_says_what_comes_along() {
    let service = Service::start().await;
    let (customer, branch, person) = ann(&service).await;
    let org = &customer.org;
    let asked = ask(&service, org, &person, &branch).await;
    assert_eq!((codes(&asked["impacts"]), codes(&asked["errors"])), (vec![19722, 19723], vec![]));
    service.set_trunk(org, &branch).await;
    service.add_numbers(org, &branch, 200..201).await;
    let detail = format!("/telephony/config/locations/{branch}?orgId={org}");
    service.put(&detail, json!({ "callingLineId": { "phoneNumber": number(200) } })).await.expect(204);
    let asked = ask(&service, org, &person, &branch).await;
    assert_eq!(codes(&asked["impacts"]), [19722]);
    assert!(text(&asked["impacts"][0]["message"]).contains(&number(200)));
    assert_eq!(service.person(&person).await["locationId"], json!(customer.location), "asking changes nothing");
}

#[tokio::test]
async fn a_person_is_held_by_the_main_number_the_charge_number_and_emergency_callbacks() {
    let service = Service::start().await;
    let (customer, branch, person) = ann(&service).await;
    let org = &customer.org;
    let detail = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    let both = json!({ "callingLineId": { "phoneNumber": number(101) }, "chargeNumber": number(101) });
    service.put(&detail, both).await.expect(204);
    let callback =
        format!("/telephony/config/locations/{}/features/emergencyCallbackNumber?orgId={org}", customer.location);
    let member = json!({ "selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": person });
    service.put(&callback, member).await.expect(204);
    let asked = ask(&service, org, &person, &branch).await;
    assert_eq!(codes(&asked["errors"]), [19604, 27965, 27968]);
    let user = json!({ "userId": person, "phoneNumber": "" });
    let body = json!({ "usersList": [{ "locationId": branch, "validate": false, "users": [user] }] });
    let job = service.post(&format!("{PEOPLE}?orgId={org}"), body).await.expect(201);
    let id = text(&job["response"]["id"]);
    let errors = service.get(&format!("{PEOPLE}/{id}/errors?orgId={org}")).await.expect(200);
    let error = &errors["items"][0];
    assert_eq!(error["error"]["message"][0]["code"], "19604");
    assert!(person_uuid(&person) == text(&error["item"]), "a bare UUID: {error}");
}

fn person_uuid(person: &Value) -> String {
    hubform::sim::IdKind::People.decode(person.as_str().unwrap()).unwrap().to_string()
}

#[tokio::test]
async fn a_request_names_at_most_a_hundred_people_and_in_older_services_one() {
    let service = Service::start().await;
    let (customer, branch, person) = ann(&service).await;
    let org = &customer.org;
    let bob = service.subscriber(&customer, "bob", json!({ "extension": "202" })).await;
    let of = |users: Vec<Value>| json!({ "usersList": [{ "locationId": branch, "validate": false, "users": users }] });
    let user = |id: &Value| json!({ "userId": id, "phoneNumber": "" });
    let many = of(vec![user(&person); 101]);
    let path = format!("{PEOPLE}?orgId={org}");
    assert_eq!(service.post(&path, many).await.expect(400)["error"][0]["code"], 1_026_018);
    let two = of(vec![user(&person), user(&bob["personId"])]);
    service.sim.reconfigure(|config| config.many_people_in_a_move = Rule::Refused);
    assert_eq!(service.post(&path, two.clone()).await.expect(400)["error"][0]["code"], 1_026_018);
    service.sim.reconfigure(|config| config.many_people_in_a_move = Rule::Allowed);
    service.post(&path, two).await.expect(201);
    assert_eq!(service.person(&person).await["locationId"], json!(branch));
}

#[tokio::test]
async fn people_without_calling_and_requests_without_a_person_are_refused_with_codes_of_their_own() {
    let service = Service::start().await;
    let (customer, branch, person) = ann(&service).await;
    let mut mia = super::service::new_subscriber(&customer, "mia", json!({}));
    mia["packages"] = json!(["webex_meetings"]);
    let mia = service.post("/wholesale/subscribers", mia).await.expect(200)["personId"].clone();
    let path = format!("{PEOPLE}?orgId={}", customer.org);
    let one = |validate: bool, user: Value| json!({ "usersList": [{ "locationId": branch, "validate": validate, "users": [user] }] });
    let mut nowhere = one(false, json!({ "userId": person }));
    nowhere["usersList"][0].as_object_mut().unwrap().remove("locationId");
    for (code, body) in [
        (json!(1_026_022), one(true, json!({ "userId": mia }))),
        (json!(1_026_023), one(false, json!({ "userId": mia, "extension": "300" }))),
        (json!(1_026_010), one(false, json!({ "userId": mia }))),
        (json!("BATCH-400"), one(false, json!({}))),
        (json!(1_026_012), json!({ "usersList": [{ "locationId": branch, "validate": false, "users": [] }] })),
        (json!(1_026_021), nowhere),
        (json!(1_026_011), json!({})),
    ] {
        assert_eq!(service.post(&path, body).await.expect(400)["error"][0]["code"], code);
    }
}
