//! Kinds of numbers, and the list with all its filters.

use std::time::Duration;

use hubform::sim::PstnType;
use reqwest::Method;
use serde_json::{Value, json};

use super::service::{Customer, Service, number, text};

const CARRIER: &str = "123e4567-e89b-12d3-a456-426614174000";
const JOBS: &str = "/telephony/config/jobs/numbers/manageNumbers";

fn path(customer: &Customer) -> String {
    format!("/telephony/config/locations/{}/numbers?orgId={}", customer.location, customer.org)
}

fn list(numbers: std::ops::Range<u32>) -> Value {
    json!({ "phoneNumbers": numbers.map(number).collect::<Vec<_>>() })
}

fn mobile(numbers: std::ops::Range<u32>) -> Value {
    let mut body = list(numbers);
    body["numberType"] = json!("MOBILE");
    body["carrierId"] = json!(CARRIER);
    body
}

/// A customer whose headquarters has the provider with service numbers.
async fn with_service_numbers(service: &Service) -> Customer {
    let customer = service.customer("acme", &["webex_calling"]).await;
    let options = format!("/telephony/pstn/locations/{}/connectionOptions?orgId={}", customer.location, customer.org);
    let options = service.get(&options).await.expect(200);
    let option = &options["items"][2];
    assert_eq!(option["pstnServices"], json!(["GEOGRAPHIC_NUMBERS", "SERVICE_NUMBERS"]));
    let connection = format!("/telephony/pstn/locations/{}/connection?orgId={}", customer.location, customer.org);
    service.put(&connection, json!({ "id": option["id"] })).await.expect(204);
    customer
}

#[tokio::test]
async fn mobile_numbers_come_from_a_carrier_to_any_connected_location_and_are_never_active() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = path(&customer);
    service.post(&path, mobile(100..101)).await.expect(400);
    service.sim.set_pstn(&customer.location, PstnType::IntegratedCcp, "Integrated Carrier").unwrap();
    service.post(&path, mobile(100..121)).await.expect(400);
    for (field, value) in [
        ("carrierId", None),
        ("carrierId", Some("acme")),
        ("state", Some("ACTIVE")),
        ("numberUsageType", Some("SERVICE")),
        ("numberType", Some("FIXED")),
        ("numberType", Some("DID")),
    ] {
        let mut body = mobile(100..101);
        match value {
            Some(value) => body[field] = json!(value),
            None => drop(body.as_object_mut().unwrap().remove(field)),
        }
        service.post(&path, body).await.expect(400);
    }
    let mut body = mobile(100..120);
    body["subscriptionId"] = json!("Sub100448");
    service.post(&path, body).await.expect(201);
    let listed = service.numbers(&customer.org, "&includedTelephonyTypes=MOBILE_NUMBER").await;
    assert_eq!((listed.len(), &listed[0]["state"]), (20, &json!("INACTIVE")));
    assert_eq!(listed[0]["includedTelephonyTypes"], "MOBILE_NUMBER");
    assert!(listed[0]["mobileNetwork"].is_string());
    assert!(service.numbers(&customer.org, "&includedTelephonyTypes=PSTN_NUMBER").await.is_empty());
}

#[tokio::test]
async fn mobile_numbers_are_no_main_numbers_and_no_ones_direct_number() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let branch = service.branch(&customer.org, "Branch").await;
    service.set_trunk(&customer.org, &branch).await;
    service.post(&path(&customer), mobile(300..301)).await.expect(201);
    service.put(&path(&customer), list(300..301)).await.expect(400);
    let mut off = list(300..301);
    off["action"] = json!("DEACTIVATE");
    service.put(&path(&customer), off).await.expect(400);
    let detail = format!("/telephony/config/locations/{}?orgId={}", customer.location, customer.org);
    service.put(&detail, json!({ "callingLineId": { "phoneNumber": number(300) } })).await.expect(400);
    let available =
        format!("/telephony/config/locations/{}/availableNumbers?orgId={}", customer.location, customer.org);
    let available = service.get(&available).await.expect(200);
    assert_eq!(available["phoneNumbers"].as_array().unwrap().len(), 10);
    let line = json!({ "primaryPhoneNumber": number(300) });
    let bob = super::service::new_subscriber(&customer, "bob", line);
    service.post("/wholesale/subscribers", bob).await.expect(400);
    let moved = json!({
        "operation": "MOVE",
        "targetLocationId": branch,
        "numberList": [{ "locationId": customer.location, "numbers": [number(300)] }],
    });
    let job = service.post(&format!("{JOBS}?orgId={}", customer.org), moved).await.expect(201);
    let job = format!("{JOBS}/{}?orgId={}", text(&job["id"]), customer.org);
    assert_eq!(service.get(&job).await.expect(200)["counts"]["numbersFailed"], 1);
}

#[tokio::test]
async fn a_mobile_number_takes_its_time_to_leave() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    service.post(&path(&customer), mobile(300..301)).await.expect(201);
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    let remove = async || service.send(Method::DELETE, &path(&customer), Some(list(300..301))).await;
    remove().await.expect(204);
    assert_eq!(service.numbers(&customer.org, "&phoneNumber=%2B14085550300").await.len(), 1);
    remove().await.expect(502);
    service.clock.advance(Duration::from_secs(9));
    assert!(service.numbers(&customer.org, "&phoneNumber=%2B14085550300").await.is_empty());
    service.post(&path(&customer), mobile(300..301)).await.expect(201);
}

#[tokio::test]
async fn carriers_of_mobile_numbers_are_offered_to_those_who_ask() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let options = format!("/telephony/pstn/locations/{}/connectionOptions?orgId={}", customer.location, customer.org);
    let found = service.get(&format!("{options}&serviceTypes=MOBILE_NUMBERS")).await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["pstnServices"], json!(["MOBILE_NUMBERS"]));
    service.get(&format!("{options}&serviceTypes=GEOGRAPHIC_NUMBERS")).await.expect(400);
    // A carrier is not the connection of the location.
    let connection = format!("/telephony/pstn/locations/{}/connection?orgId={}", customer.location, customer.org);
    service.put(&connection, json!({ "id": found["items"][0]["id"] })).await.expect(400);
}

#[tokio::test]
async fn service_numbers_need_a_connection_that_has_them() {
    let service = Service::start().await;
    let customer = with_service_numbers(&service).await;
    let service_of = |range| {
        let mut body = list(range);
        body["numberUsageType"] = json!("SERVICE");
        body
    };
    service.post(&path(&customer), service_of(300..302)).await.expect(201);
    let mut toll_free = service_of(302..303);
    toll_free["numberType"] = json!("TOLLFREE");
    service.post(&path(&customer), toll_free.clone()).await.expect(400);
    toll_free["numberUsageType"] = json!("NONE");
    service.post(&path(&customer), toll_free).await.expect(201);
    assert_eq!(service.numbers(&customer.org, "&serviceNumber=true").await.len(), 2);
    assert_eq!(service.numbers(&customer.org, "&tollFreeNumbers=true").await.len(), 1);
    let other = service.customer("other", &["webex_calling"]).await;
    service.set_trunk(&other.org, &other.location).await;
    service.post(&path(&other), service_of(400..401)).await.expect(400);
    let check = format!("/telephony/config/actions/validateNumbers/invoke?orgId={}", customer.org);
    let checked = service.post(&check, json!({ "phoneNumbers": [number(302), "4085550302"] })).await.expect(200);
    let states: Vec<&Value> = checked["numbers"].as_array().unwrap().iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["Duplicate", "Duplicate In List"], "the national form is the same number");
    assert_eq!(checked["numbers"][0]["tollFreeNumber"], true);
}

#[tokio::test]
async fn what_numbers_are_for_is_changed_by_a_job() {
    let service = Service::start().await;
    let customer = with_service_numbers(&service).await;
    let org = &customer.org;
    service.add_numbers(org, &customer.location, 300..303).await;
    service.subscriber(&customer, "ann", json!({ "primaryPhoneNumber": number(301) })).await;
    let asked = |usage: &str| {
        json!({
            "operation": "NUMBER_USAGE_CHANGE",
            "numberUsageType": usage,
            "numberList": [{ "locationId": customer.location, "numbers": [number(300), number(301)] }],
        })
    };
    let jobs = format!("{JOBS}?orgId={org}");
    let started = service.post(&jobs, asked("SERVICE")).await.expect(201);
    assert_eq!((&started["operationType"], started.get("targetLocationId")), (&json!("NUMBER_USAGE_CHANGE"), None));
    let job = service.get(&format!("{JOBS}/{}?orgId={org}", text(&started["id"]))).await.expect(200);
    assert_eq!((&job["counts"]["numbersUsageChanged"], &job["counts"]["numbersFailed"]), (&json!(1), &json!(1)));
    let steps = job["jobExecutionStatus"][0]["stepExecutionStatuses"].as_array().unwrap();
    assert_eq!(steps.last().unwrap()["exitCode"], "COMPLETED_WITH_ERRORS");
    assert_eq!(service.numbers(org, "&serviceNumber=true").await.len(), 1);
    service.post(&jobs, asked("NONE")).await.expect(201);
    assert!(service.numbers(org, "&serviceNumber=true").await.is_empty());
    for (field, value) in [
        ("numberUsageType", json!("BOTH")),
        ("operation", json!("DELETE")),
        ("operation", json!("MOVE")),
        ("targetLocationId", json!(customer.location)),
    ] {
        let mut body = asked("SERVICE");
        body[field] = value;
        service.post(&jobs, body).await.expect(400);
    }

    let other = service.customer("other", &["webex_calling"]).await;
    service.set_trunk(&other.org, &other.location).await;
    service.add_numbers(&other.org, &other.location, 400..401).await;
    let mut body = asked("SERVICE");
    body["numberList"] = json!([{ "locationId": other.location, "numbers": [number(400)] }]);
    let started = service.post(&format!("{JOBS}?orgId={}", other.org), body).await.expect(201);
    let errors = format!("{JOBS}/{}/errors?orgId={}", text(&started["id"]), other.org);
    let errors = service.get(&errors).await.expect(200);
    assert_eq!(errors["items"][0]["error"]["message"][0]["code"], "BATCH-1017027", "trunks have no service numbers");
}

#[tokio::test]
async fn the_list_of_numbers_is_ordered_and_filtered_and_counted() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    service.subscriber(&customer, "bob", json!({ "primaryPhoneNumber": number(109), "extension": "201" })).await;
    service.subscriber(&customer, "ann", json!({ "primaryPhoneNumber": number(101), "extension": "209" })).await;
    service.subscriber(&customer, "eve", json!({ "extension": "205" })).await;
    service.post(&path(&customer), mobile(300..301)).await.expect(201);
    let first = async |order: &str| service.numbers(org, &format!("&order={order}")).await[0].clone();
    assert_eq!(first("dn").await["phoneNumber"], json!(number(100)));
    assert_eq!(first("extension").await["extension"], "201");
    assert_eq!(first("lastName-asc").await["owner"]["lastName"], "Lee");
    assert_eq!(first("dn-desc").await["phoneNumber"], json!(number(300)));
    assert_eq!(first("extension-desc").await["extension"], "209");
    for (filter, count) in [
        ("&phoneNumberType=PRIMARY", 11),
        ("&phoneNumberType=Default", 12),
        ("&phoneNumberType=FAX", 0),
        ("&phoneNumberType=DNIS", 0),
        ("&state=Default", 12),
        ("&restrictedNonGeoNumbers=true", 0),
        ("&restrictedNonGeoNumbers=false", 12),
        ("&available=false&ownerType=PLACE", 0),
        ("&available=true&locationId=none", 0),
    ] {
        assert_eq!(service.numbers(org, filter).await.len(), count, "{filter}");
    }
    let base = format!("/telephony/config/numbers?orgId={org}");
    for wrong in [
        "&order=name",
        "&phoneNumberType=MAIN",
        "&state=active",
        "&ownerType=DOG",
        "&numberType=BOTH",
        "&numberType=EXTENSION&available=false",
        "&available=maybe",
        "&max=0",
        "&max=99999999999999999999",
        "&start=-1",
    ] {
        service.get(&format!("{base}{wrong}")).await.expect(400);
    }
    let counted = service.get(&format!("{base}&details=true&state=INACTIVE&max=1")).await.expect(200);
    assert_eq!(counted["phoneNumbers"].as_array().unwrap().len(), 1);
    assert_eq!(
        counted["count"],
        json!({
            "assigned": 2, "unAssigned": 9, "inActive": 1, "extensionOnly": 1, "tollFreeNumbers": 0, "total": 12,
            "mobileNumber": 1, "serviceNumber": 0,
        }),
        "of the whole organization",
    );
}

#[tokio::test]
async fn five_hundred_numbers_are_deactivated_at_a_time() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    service.add_numbers(&customer.org, &customer.location, 1000..1501).await;
    let mut body = list(1000..1501);
    service.put(&path(&customer), body.clone()).await.expect(204);
    body["action"] = json!("DEACTIVATE");
    let error = service.put(&path(&customer), body).await.expect(400);
    assert_eq!(error["errors"][0]["errorCode"], 25110);
    let mut body = list(1000..1500);
    body["action"] = json!("DEACTIVATE");
    service.put(&path(&customer), body).await.expect(204);
    assert_eq!(service.numbers(&customer.org, "&state=INACTIVE").await.len(), 500);
}
