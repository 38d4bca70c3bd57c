//! Jobs: disabling calling, moving numbers, moving people.

use std::time::Duration;

use hubform::sim::{Config, Rule};
use serde_json::{Value, json};

use super::service::{Customer, Service, number, quick, text};

const DISABLE: &str = "/telephony/config/jobs/locations/deleteCallingLocation";
const NUMBERS: &str = "/telephony/config/jobs/numbers/manageNumbers";
const PEOPLE: &str = "/telephony/config/jobs/person/moveLocation";

impl Service {
    /// Starts a job, and returns it as it is when next looked at.
    async fn job(&self, list: &str, org: &str, status: u16, body: Value) -> Value {
        let started = self.post(&format!("{list}?orgId={org}"), body).await.expect(status);
        let id = text(started.get("response").map_or(&started["id"], |job| &job["id"]));
        self.get(&format!("{list}/{id}?orgId={org}")).await.expect(200)
    }

    async fn codes(&self, list: &str, org: &str, job: &Value) -> Vec<String> {
        let path = format!("{list}/{}/errors?orgId={org}", text(&job["id"]));
        let errors = self.get(&path).await.expect(200);
        let items = errors["items"].as_array().unwrap();
        items.iter().map(|item| text(&item["error"]["message"][0]["code"])).collect()
    }
}

/// A customer with a second location, which has a trunk and the numbers 200 to 204 too.
async fn two_locations(service: &Service) -> (Customer, String) {
    let customer = service.telephone_customer().await;
    let branch = service.branch(&customer.org, "Branch").await;
    service.set_trunk(&customer.org, &branch).await;
    service.add_numbers(&customer.org, &branch, 200..205).await;
    (customer, branch)
}

#[tokio::test]
async fn calling_of_the_last_location_is_never_disabled_though_the_job_is_taken() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let check =
        format!("/telephony/config/locations/{}/actions/precheckForDeletion/invoke?orgId={org}", customer.location);
    let found = service.send(reqwest::Method::POST, &check, None).await.expect(200);
    assert_eq!((&found["locationDeleteStatus"], &found["blocking"]["lastLocation"]), (&json!("BLOCKED"), &json!(true)));
    let job = service.job(DISABLE, org, 202, json!({ "locationId": customer.location })).await;
    assert_eq!(job["latestExecutionStatus"], "FAILED");
    assert_eq!(service.codes(DISABLE, org, &job).await, ["BATCH-1012004", "BATCH-1012012"]);
    let job = service.job(DISABLE, org, 202, json!({ "locationId": "none" })).await;
    assert_eq!(service.codes(DISABLE, org, &job).await, ["BATCH-1012014"]);
    service.post(&format!("{DISABLE}?orgId={org}"), json!({})).await.expect(400);
}

#[tokio::test]
async fn calling_is_disabled_once_no_user_is_left_and_numbers_are_no_obstacle() {
    let service = Service::start().await;
    let (customer, branch) = two_locations(&service).await;
    let org = &customer.org;
    let line = json!({ "extension": "201", "locationId": branch });
    let ann = service.subscriber(&customer, "ann", line).await;
    let body = json!({ "locationId": branch, "locationName": "Branch", "forceDelete": false });
    let job = service.job(DISABLE, org, 202, body.clone()).await;
    assert_eq!(service.codes(DISABLE, org, &job).await, ["BATCH-1012004", "BATCH-1012007"]);

    // The mapping alone is not what is in the way.
    service.delete(&format!("/wholesale/subscribers/{}", text(&ann["id"]))).await.expect(204);
    let job = service.job(DISABLE, org, 202, body.clone()).await;
    assert_eq!(job["latestExecutionStatus"], "FAILED");
    service.delete(&format!("/people/{}", text(&ann["personId"]))).await.expect(204);
    let check = format!("/telephony/config/locations/{branch}/actions/precheckForDeletion/invoke?orgId={org}");
    let found = service.send(reqwest::Method::POST, &check, None).await.expect(200);
    assert_eq!(found["locationDeleteStatus"], "UNBLOCKED");
    assert_eq!(found["nonBlocking"]["numbersPresent"], true);
    let job = service.job(DISABLE, org, 202, body).await;
    assert_eq!(
        (&job["latestExecutionStatus"], &job["latestExecutionExitCode"]),
        (&json!("COMPLETED"), &json!("COMPLETED"))
    );
    service.get(&format!("/telephony/config/locations/{branch}?orgId={org}")).await.expect(404);
    service.delete(&format!("/locations/{branch}?orgId={org}")).await.expect(204);
    assert_eq!(service.numbers(org, "").await.len(), 10);
    let listed = service.get(&format!("{DISABLE}?orgId={org}")).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_user_who_has_not_consented_yet_holds_the_location() {
    let pending = ["pia@acme.example".to_owned()].into();
    let service = Service::with(Config { pending_emails: pending, ..quick() }).await;
    let (customer, branch) = two_locations(&service).await;
    let line = json!({ "extension": "201", "locationId": branch });
    let pia = super::service::new_subscriber(&customer, "pia", line);
    service.post("/wholesale/subscribers", pia).await.expect(202);
    let job = service.job(DISABLE, &customer.org, 202, json!({ "locationId": branch })).await;
    let codes = service.codes(DISABLE, &customer.org, &job).await;
    assert_eq!(codes, ["BATCH-1012004", "BATCH-1012007"]);
}

#[tokio::test]
async fn a_job_takes_its_time() {
    let service = Service::start().await;
    let (customer, branch) = two_locations(&service).await;
    let org = &customer.org;
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    let job = service.job(DISABLE, org, 202, json!({ "locationId": branch })).await;
    assert_eq!(
        (&job["latestExecutionStatus"], &job["latestExecutionExitCode"]),
        (&json!("STARTED"), &json!("UNKNOWN"))
    );
    service.clock.advance(Duration::from_secs(9));
    let job = service.get(&format!("{DISABLE}/{}?orgId={org}", text(&job["id"]))).await.expect(200);
    assert_eq!(job["latestExecutionStatus"], "COMPLETED");
    assert_eq!(job["jobExecutionStatus"][0]["timeElapsed"], "PT9S");
}

fn moved(from: &str, numbers: &[u32], to: &str) -> Value {
    let numbers: Vec<String> = numbers.iter().map(|n| number(*n)).collect();
    json!({
        "operation": "MOVE",
        "targetLocationId": to,
        "numberList": [{ "locationId": from, "numbers": numbers }],
    })
}

#[tokio::test]
async fn numbers_move_between_locations_one_job_at_a_time() {
    let service = Service::start().await;
    let (customer, branch) = two_locations(&service).await;
    let (org, home) = (&customer.org, &customer.location);
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    let path = format!("{NUMBERS}?orgId={org}");
    let started = service.post(&path, moved(home, &[102, 103], &branch)).await.expect(201);
    assert_eq!(started["operationType"], "MOVE");
    assert!(started["targetLocationId"].as_str().unwrap().contains('-'), "a bare UUID, as in the example");
    service.post(&path, moved(home, &[104], &branch)).await.expect(409);
    service.clock.advance(Duration::from_secs(9));
    let job = service.get(&format!("{NUMBERS}/{}?orgId={org}", text(&started["id"]))).await.expect(200);
    assert_eq!((&job["counts"]["numbersMoved"], &job["targetLocationId"]), (&json!(2), &json!(branch)));
    assert_eq!(service.numbers(org, &format!("&locationId={branch}")).await.len(), 7);
    service.post(&format!("{NUMBERS}?orgId={org}"), json!({ "operation": "MOVE", "numberList": [] })).await.expect(400);
}

#[tokio::test]
async fn a_number_job_says_completed_though_numbers_failed() {
    let service = Service::start().await;
    let (customer, branch) = two_locations(&service).await;
    let (org, home) = (&customer.org, &customer.location);
    let detail = format!("/telephony/config/locations/{home}?orgId={org}");
    service.put(&detail, json!({ "callingLineId": { "phoneNumber": number(100) } })).await.expect(204);
    service.subscriber(&customer, "ann", json!({ "primaryPhoneNumber": number(101) })).await;
    let path = format!("/telephony/config/locations/{home}/numbers?orgId={org}");
    let deactivate = json!({ "phoneNumbers": [number(102)], "action": "DEACTIVATE" });
    service.put(&path, deactivate).await.expect(204);
    let job = service.job(NUMBERS, org, 201, moved(home, &[100, 101, 102, 103, 999], &branch)).await;
    assert_eq!(
        (&job["latestExecutionStatus"], &job["latestExecutionExitCode"]),
        (&json!("COMPLETED"), &json!("COMPLETED"))
    );
    assert_eq!((&job["counts"]["numbersMoved"], &job["counts"]["numbersFailed"]), (&json!(1), &json!(4)));
    let codes = ["BATCH-1017024", "BATCH-1017023", "BATCH-1017021", "BATCH-1017027"];
    assert_eq!(service.codes(NUMBERS, org, &job).await, codes);
}

#[tokio::test]
async fn numbers_do_not_move_to_another_provider() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    let branch = service.branch(org, "Branch").await;
    let job = service.job(NUMBERS, org, 201, moved(&customer.location, &[102], &branch)).await;
    assert_eq!(service.codes(NUMBERS, org, &job).await, ["BATCH-1017027"]);
    let options = format!("/telephony/pstn/locations/{branch}/connectionOptions?orgId={org}");
    let options = service.get(&options).await.expect(200);
    let path = format!("/telephony/pstn/locations/{branch}/connection?orgId={org}");
    service.put(&path, json!({ "id": options["items"][1]["id"] })).await.expect(204);
    let job = service.job(NUMBERS, org, 201, moved(&customer.location, &[102], &branch)).await;
    assert_eq!(service.codes(NUMBERS, org, &job).await, ["BATCH-1017022"]);
}

#[tokio::test]
async fn older_services_move_one_number_at_a_time() {
    let service = Service::with(Config { many_numbers_in_a_move: Rule::Refused, ..quick() }).await;
    let (customer, branch) = two_locations(&service).await;
    let path = format!("{NUMBERS}?orgId={}", customer.org);
    let error = service.post(&path, moved(&customer.location, &[102, 103], &branch)).await.expect(400);
    assert_eq!(error["error"]["message"][0]["code"], "BATCH-1017031");
    service.post(&path, moved(&customer.location, &[102], &branch)).await.expect(201);
}

fn person_move(person: &Value, to: &str, validate: bool, line: Value) -> Value {
    let mut user = line;
    user["userId"] = person.clone();
    json!({ "usersList": [{ "locationId": to, "validate": validate, "users": [user] }] })
}

#[tokio::test]
async fn a_person_moves_with_an_extension_or_a_number_of_the_target() {
    let service = Service::start().await;
    let (customer, branch) = two_locations(&service).await;
    let org = &customer.org;
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    let person = &ann["personId"];

    // Their old number cannot come along.
    let asked = service.post(&format!("{PEOPLE}?orgId={org}"), person_move(person, &branch, true, json!({}))).await;
    let asked = asked.expect(200);
    assert_eq!(asked["response"][0]["errors"][0]["code"], 10_050_010);
    let job = service.job(PEOPLE, org, 201, person_move(person, &branch, false, json!({}))).await;
    assert_eq!(
        (&job["counts"]["failed"], &job["latestExecutionExitCode"]),
        (&json!(1), &json!("COMPLETED_WITH_ERRORS"))
    );
    assert_eq!(service.codes(PEOPLE, org, &job).await, ["10050010"]);
    assert_eq!(service.person(person).await["locationId"], json!(customer.location));

    let wrong = person_move(person, &branch, true, json!({ "phoneNumber": number(102) }));
    let asked = service.post(&format!("{PEOPLE}?orgId={org}"), wrong).await.expect(200);
    assert_eq!(asked["response"][0]["errors"][0]["code"], 27966);

    let good = person_move(person, &branch, false, json!({ "phoneNumber": number(202) }));
    let job = service.job(PEOPLE, org, 201, good).await;
    assert_eq!((&job["counts"]["moved"], &job["latestExecutionExitCode"]), (&json!(1), &json!("COMPLETED")));
    let after = service.person(person).await;
    assert_eq!((&after["locationId"], &after["extension"]), (&json!(branch), &json!("201")));
    let without = person_move(person, &customer.location, false, json!({ "phoneNumber": "" }));
    service.job(PEOPLE, org, 201, without).await;
    let after = service.person(person).await;
    assert_eq!(after["locationId"], json!(customer.location));
    assert_eq!(after["phoneNumbers"], json!([{ "type": "work_extension", "value": "201" }]));
}

#[tokio::test]
async fn a_person_takes_their_number_to_another_location_in_four_steps() {
    let service = Service::start().await;
    let (customer, branch) = two_locations(&service).await;
    let (org, home) = (&customer.org, &customer.location);
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    let person = &ann["personId"];
    let path = format!("/people/{}?callingData=true", text(person));

    let bare = json!({ "displayName": "Ann", "phoneNumbers": [] });
    service.put(&path, bare).await.expect(200);
    let job = service.job(NUMBERS, org, 201, moved(home, &[101], &branch)).await;
    assert_eq!(job["counts"]["numbersMoved"], 1);
    let job = service.job(PEOPLE, org, 201, person_move(person, &branch, false, json!({}))).await;
    assert_eq!(job["counts"]["moved"], 1);
    let work = json!([{ "type": "work", "value": number(101) }]);
    let with_number = json!({ "displayName": "Ann", "phoneNumbers": work });
    service.put(&path, with_number).await.expect(200);

    let after = service.person(person).await;
    assert_eq!((&after["locationId"], &after["extension"]), (&json!(branch), &json!("201")));
    assert_eq!(after["phoneNumbers"][0]["value"], "+1 408 555 0101");
}

#[tokio::test]
async fn a_move_is_refused_before_it_starts_for_what_can_be_seen_at_once() {
    let service = Service::start().await;
    let (customer, branch) = two_locations(&service).await;
    let org = &customer.org;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let mut mia = super::service::new_subscriber(&customer, "mia", json!({}));
    mia["packages"] = json!(["webex_meetings"]);
    let mia = service.post("/wholesale/subscribers", mia).await.expect(200);
    let person = &ann["personId"];
    let twice = json!({ "usersList": [{
        "locationId": branch, "validate": false, "users": [{ "userId": person }, { "userId": person }],
    }] });
    let mut two_validated = twice.clone();
    two_validated["usersList"][0]["validate"] = json!(true);
    let mut silent = person_move(person, &branch, true, json!({}));
    silent["usersList"][0].as_object_mut().unwrap().remove("validate");
    for (code, body) in [
        (1_026_013, person_move(person, &customer.location, false, json!({}))),
        (1_026_016, person_move(person, &branch, false, json!({ "extension": "" }))),
        (1_026_017, person_move(person, &branch, false, json!({ "phoneNumber": "123" }))),
        (1_026_010, person_move(&mia["personId"], &branch, false, json!({}))),
        (2_150_012, person_move(&json!("nobody"), &branch, false, json!({}))),
        (1_026_019, twice),
        (1_026_020, two_validated),
        (1_026_006, silent),
        (1_026_011, json!({ "usersList": [] })),
    ] {
        let error = service.post(&format!("{PEOPLE}?orgId={org}"), body).await.expect(400);
        assert_eq!(error["error"][0]["code"], code);
    }
}

#[tokio::test]
async fn an_extension_that_is_taken_in_the_target_stops_a_move() {
    let service = Service::with(Config { extension_in_two_locations: Rule::Allowed, ..quick() }).await;
    let (customer, branch) = two_locations(&service).await;
    let org = &customer.org;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    service.subscriber(&customer, "bob", json!({ "extension": "201", "locationId": branch })).await;
    let job = service.job(PEOPLE, org, 201, person_move(&ann["personId"], &branch, false, json!({}))).await;
    assert_eq!(service.codes(PEOPLE, org, &job).await, ["4202"]);
    let other = person_move(&ann["personId"], &branch, false, json!({ "extension": "202" }));
    let job = service.job(PEOPLE, org, 201, other).await;
    assert_eq!(job["counts"]["moved"], 1);
}
