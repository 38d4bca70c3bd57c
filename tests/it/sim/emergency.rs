//! Emergency addresses and the emergency callback number.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hubform::sim::{Config, IdKind, Rule};
use serde_json::{Value, json};

use super::service::{Customer, Service, number, quick, text};

fn at(customer: &Customer, what: &str) -> String {
    format!("/telephony/pstn/locations/{}/{what}?orgId={}", customer.location, customer.org)
}

fn street(line: &str) -> Value {
    json!({ "address1": line, "city": "Milpitas", "state": "CA", "postalCode": "95035", "country": "US" })
}

fn phone_number_id(number: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("ciscospark://us/PHONE_NUMBER/{number}"))
}

#[tokio::test]
async fn an_emergency_address_needs_a_pstn_connection_and_is_kept_without_being_read_again() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    service.post(&at(&customer, "emergencyAddress"), street("1 Main St")).await.expect(400);
    service.post(&at(&customer, "emergencyAddress/lookup"), street("1 Main St")).await.expect(400);
    let lacks = async || {
        let listed = service.get(&format!("/telephony/config/locations?orgId={org}")).await.expect(200);
        listed["locations"][0]["e911SetupRequired"].clone()
    };
    assert_eq!(lacks().await, json!(false), "nobody calls anybody yet");
    service.set_trunk(org, &customer.location).await;
    assert_eq!(lacks().await, json!(true));

    let id = text(&service.post(&at(&customer, "emergencyAddress"), street("1 Main St")).await.expect(201)["id"]);
    assert_eq!(lacks().await, json!(false));
    let kept = || service.sim.state().emergency_addresses.values().next().unwrap().address.line1.clone();
    assert_eq!(kept(), "1 Main St");
    let one = format!("emergencyAddresses/{id}");
    service.put(&at(&customer, &one), street("2 Main St")).await.expect(204);
    assert_eq!(kept(), "2 Main St");
    service.get(&at(&customer, &one)).await.expect(405);
    service.put(&at(&customer, "emergencyAddresses/none"), street("2 Main St")).await.expect(404);
    let branch = service.branch(org, "Branch").await;
    service.set_trunk(org, &branch).await;
    let elsewhere = format!("/telephony/pstn/locations/{branch}/{one}?orgId={org}");
    service.put(&elsewhere, street("3 Main St")).await.expect(404);
    assert_eq!(kept(), "2 Main St");
}

#[tokio::test]
async fn a_location_has_one_emergency_address_unless_the_service_is_kind() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let path = at(&customer, "emergencyAddress");
    let first = service.post(&path, street("1 Main St")).await.expect(201);
    service.post(&path, street("1 Main St")).await.expect(409);
    service.sim.reconfigure(|config| config.second_emergency_address = Rule::Allowed);
    let second = service.post(&path, street("1 Main St")).await.expect(201);
    assert_ne!(first["id"], second["id"]);
}

#[tokio::test]
async fn an_emergency_address_is_complete_and_in_the_country_of_the_location() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    for missing in ["address1", "city", "state", "postalCode", "country"] {
        let mut body = street("1 Main St");
        body.as_object_mut().unwrap().remove(missing);
        let error = service.post(&at(&customer, "emergencyAddress"), body).await.expect(400);
        assert_eq!(error["errors"][0]["errorCode"], 25008, "{missing}");
    }
    let german = json!({ "address1": "Weg 1", "city": "Berlin", "postalCode": "10115", "country": "DE" });
    for (field, value) in [("state", json!("XX")), ("country", json!("USA")), ("street", json!("x"))] {
        let mut body = street("1 Main St");
        body[field] = value;
        service.post(&at(&customer, "emergencyAddress"), body).await.expect(400);
    }
    service.post(&at(&customer, "emergencyAddress"), german).await.expect(400);
    assert!(service.sim.state().emergency_addresses.is_empty());
}

#[tokio::test]
async fn a_street_that_nobody_knows_is_refused_and_another_one_suggested() {
    let unknown_streets = ["0 Nowhere".to_owned()].into();
    let service = Service::with(Config { unknown_streets, ..quick() }).await;
    let customer = service.telephone_customer().await;
    let lookup = at(&customer, "emergencyAddress/lookup");
    let good = service.post(&lookup, street("1 Main St")).await.expect(200);
    let found = &good["addresses"][0];
    assert_eq!((&found["address1"], &found["errors"]), (&json!("1 Main St"), &Value::Null));
    assert_eq!((&found["meta"]["houseNumber"], &found["meta"]["streetName"]), (&json!("1"), &json!("Main St")));
    let bad = service.post(&lookup, street("0 Nowhere")).await.expect(200);
    let found = &bad["addresses"][0];
    assert_eq!((&found["address1"], &found["errors"][0]["code"]), (&json!("771 Alder Drive"), &json!("PMP4004")));
    let error = service.post(&at(&customer, "emergencyAddress"), street("0 Nowhere")).await.expect(400);
    assert_eq!(error["errors"][0]["errorCode"], "PMP4004");
    let id = text(&service.post(&at(&customer, "emergencyAddress"), street("1 Main St")).await.expect(201)["id"]);
    let one = at(&customer, &format!("emergencyAddresses/{id}"));
    service.put(&one, street("0 Nowhere")).await.expect(400);
}

#[tokio::test]
async fn a_number_has_an_emergency_address_of_its_own_until_it_is_taken_away() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let other = service.customer("other", &["webex_calling"]).await;
    let path = |id: &str, org: &str| format!("/telephony/pstn/numbers/{id}/emergencyAddress?orgId={org}");
    let id = phone_number_id(&number(101));
    let body = json!({ "emergencyAddress": street("1 Main St") });
    let kept = || service.sim.state().numbers[&number(101)].emergency_address.clone();
    service.put(&path(&id, &customer.org), body.clone()).await.expect(204);
    assert_eq!(kept().unwrap().line1, "1 Main St");
    for (wrong, org) in [
        (id.clone(), &other.org),
        (phone_number_id(&number(999)), &customer.org),
        (number(101), &customer.org),
        (IdKind::Location.encode(IdKind::Location.decode(&customer.location).unwrap()), &customer.org),
    ] {
        service.put(&path(&wrong, org), body.clone()).await.expect(404);
    }
    for part in ["address1", "state"] {
        let mut incomplete = body.clone();
        incomplete["emergencyAddress"].as_object_mut().unwrap().remove(part);
        let error = service.put(&path(&id, &customer.org), incomplete).await.expect(400);
        assert!(text(&error["message"]).contains(&format!("`emergencyAddress.{part}`")), "{error}");
    }
    service.put(&path(&id, &customer.org), json!({})).await.expect(204);
    assert_eq!(kept(), None);
}

#[tokio::test]
async fn emergency_addresses_go_with_calling() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    let branch = service.branch(org, "Branch").await;
    service.set_trunk(org, &branch).await;
    let path = format!("/telephony/pstn/locations/{branch}/emergencyAddress?orgId={org}");
    service.post(&path, street("1 Main St")).await.expect(201);
    let disable = format!("/telephony/config/jobs/locations/deleteCallingLocation?orgId={org}");
    service.post(&disable, json!({ "locationId": branch })).await.expect(202);
    assert!(service.sim.state().emergency_addresses.is_empty());
}

#[tokio::test]
async fn emergency_services_call_back_the_main_number_or_that_of_a_person() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    let path =
        format!("/telephony/config/locations/{}/features/emergencyCallbackNumber?orgId={org}", customer.location);
    let first = service.get(&path).await.expect(200);
    assert_eq!(
        first["locationInfo"],
        json!({ "name": "Head Office", "effectiveLevel": "NONE", "effectiveValue": "", "quality": "INVALID" }),
    );
    assert_eq!((&first["selected"], &first["elinExpiryTimeMinutes"]), (&json!("LOCATION_NUMBER"), &json!(60)));

    let detail = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    service.put(&detail, json!({ "callingLineId": { "phoneNumber": number(100) } })).await.expect(204);
    let found = service.get(&path).await.expect(200);
    assert_eq!(found["locationInfo"]["effectiveValue"], json!(number(100)));
    assert_eq!(found["locationInfo"]["quality"], "RECOMMENDED");

    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    let bob = service.subscriber(&customer, "bob", json!({ "extension": "202" })).await;
    let chosen = |id: &Value| json!({ "selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": id });
    let error = service.put(&path, json!({ "selected": "LOCATION_MEMBER_NUMBER" })).await.expect(400);
    assert_eq!(error["errors"][0]["errorCode"], 25008);
    service.put(&path, chosen(&bob["personId"])).await.expect(400);
    service.put(&path, chosen(&json!("nobody"))).await.expect(400);
    for minutes in [9, 1441] {
        let body = json!({ "selected": "LOCATION_NUMBER", "elinExpiryTimeMinutes": minutes });
        let error = service.put(&path, body).await.expect(400);
        assert_eq!(error["errors"][0]["errorCode"], 25110);
    }
    let mut body = chosen(&ann["personId"]);
    body["elinExpiryTimeMinutes"] = json!(90);
    service.put(&path, body).await.expect(204);
    let found = service.get(&path).await.expect(200);
    let member = &found["locationMemberInfo"];
    assert_eq!((&member["memberId"], &member["effectiveValue"]), (&ann["personId"], &json!(number(101))));
    assert_eq!((&found["selected"], &found["elinExpiryTimeMinutes"]), (&json!("LOCATION_MEMBER_NUMBER"), &json!(90)));

    // Without a number of her own, Ann is represented by the location.
    let person = format!("/people/{}?callingData=true", text(&ann["personId"]));
    service.put(&person, json!({ "displayName": "Ann", "phoneNumbers": [] })).await.expect(200);
    let member = service.get(&path).await.expect(200)["locationMemberInfo"].clone();
    assert_eq!(
        (&member["effectiveLevel"], &member["effectiveValue"]),
        (&json!("LOCATION_NUMBER"), &json!(number(100)))
    );
    assert_eq!(member["quality"], "INVALID");

    service.put(&path, json!({ "selected": "LOCATION_NUMBER" })).await.expect(204);
    let found = service.get(&path).await.expect(200);
    assert_eq!((&found["selected"], &found["elinExpiryTimeMinutes"]), (&json!("LOCATION_NUMBER"), &json!(90)));
}

#[tokio::test]
async fn only_numbers_of_people_can_be_called_back() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    service.subscriber(&customer, "ann", json!({ "primaryPhoneNumber": number(101) })).await;
    service.subscriber(&customer, "bob", json!({ "primaryPhoneNumber": number(102) })).await;
    let path = format!(
        "/telephony/config/locations/{}/emergencyCallbackNumber/availableNumbers?orgId={}",
        customer.location, customer.org
    );
    for (filter, count) in [
        ("", 2),
        ("&ownerName=ann", 1),
        ("&phoneNumber=%2B14085550101,%2B14085550103", 1),
        ("&max=1", 1),
        ("&start=2", 0),
    ] {
        let found = service.get(&format!("{path}{filter}")).await.expect(200);
        assert_eq!(found["phoneNumbers"].as_array().unwrap().len(), count, "{filter}");
    }
    let long = "x".repeat(256);
    service.get(&format!("{path}&ownerName={long}")).await.expect(400);
    let found = service.get(&path).await.expect(200);
    assert_eq!(found["phoneNumbers"][0]["owner"]["firstName"], "ann");
}
