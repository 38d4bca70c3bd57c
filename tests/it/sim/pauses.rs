//! Jobs that stand still, their lists, and how they show themselves.

use std::time::Duration;

use serde_json::{Value, json};

use super::service::{Customer, Service, number, text};

const DISABLE: &str = "/telephony/config/jobs/locations/deleteCallingLocation";
const NUMBERS: &str = "/telephony/config/jobs/numbers/manageNumbers";
const PEOPLE: &str = "/telephony/config/jobs/person/moveLocation";

/// A customer with a second location, and jobs that take nine seconds.
async fn slow(service: &Service) -> (Customer, String) {
    let customer = service.telephone_customer().await;
    let branch = service.branch(&customer.org, "Branch").await;
    service.set_trunk(&customer.org, &branch).await;
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    (customer, branch)
}

fn moved(from: &str, n: u32, to: &str) -> Value {
    json!({
        "operation": "MOVE",
        "targetLocationId": to,
        "numberList": [{ "locationId": from, "numbers": [number(n)] }],
    })
}

#[tokio::test]
async fn a_paused_job_does_nothing_until_it_is_resumed_and_then_takes_what_was_left() {
    let service = Service::start().await;
    let (customer, branch) = slow(&service).await;
    let org = &customer.org;
    let started = service.post(&format!("{NUMBERS}?orgId={org}"), moved(&customer.location, 102, &branch)).await;
    let id = text(&started.expect(201)["id"]);
    let at = |what: &str| format!("{NUMBERS}/{id}{what}?orgId={org}");
    let act =
        async |what: &str| service.send(reqwest::Method::POST, &at(&format!("/actions/{what}/invoke")), None).await;
    act("resume").await.expect(400);
    service.clock.advance(Duration::from_secs(4));
    assert_eq!(act("pause").await.expect(204), Value::Null);
    act("pause").await.expect(400);
    service.clock.advance(Duration::from_mins(1));
    let job = service.get(&at("")).await.expect(200);
    assert_eq!(
        (&job["latestExecutionStatus"], &job["latestExecutionExitCode"]),
        (&json!("STARTED"), &json!("STOPPED"))
    );
    let other = moved(&customer.location, 103, &branch);
    service.post(&format!("{NUMBERS}?orgId={org}"), other).await.expect(409);
    act("resume").await.expect(204);
    service.clock.advance(Duration::from_secs(4));
    assert_eq!(service.get(&at("")).await.expect(200)["latestExecutionExitCode"], "UNKNOWN");
    service.clock.advance(Duration::from_secs(1));
    let job = service.get(&at("")).await.expect(200);
    assert_eq!((&job["latestExecutionExitCode"], &job["counts"]["numbersMoved"]), (&json!("COMPLETED"), &json!(1)));
    act("pause").await.expect(400);
    act("resume").await.expect(400);
}

#[tokio::test]
async fn each_kind_of_job_is_paused_under_its_own_path_and_status() {
    let service = Service::start().await;
    let (customer, branch) = slow(&service).await;
    let org = &customer.org;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let users = json!({ "usersList": [{
        "locationId": branch, "validate": false, "users": [{ "userId": ann["personId"] }],
    }] });
    let move_job = service.post(&format!("{PEOPLE}?orgId={org}"), users).await.expect(201);
    let disable_job =
        service.post(&format!("{DISABLE}?orgId={org}"), json!({ "locationId": branch })).await.expect(202);
    let number_job = service.post(&format!("{NUMBERS}?orgId={org}"), moved(&customer.location, 102, &branch)).await;
    let jobs = [
        (DISABLE, text(&disable_job["id"]), 202),
        (NUMBERS, text(&number_job.expect(201)["id"]), 204),
        (PEOPLE, text(&move_job["response"]["id"]), 202),
    ];
    for (list, _, _) in &jobs {
        for (own, id, status) in &jobs {
            for what in ["pause", "resume"] {
                let path = format!("{list}/{id}/actions/{what}/invoke?orgId={org}");
                let expected = if list == own { *status } else { 404 };
                service.send(reqwest::Method::POST, &path, None).await.expect(expected);
            }
        }
    }
}

#[tokio::test]
async fn jobs_are_listed_newest_first_without_their_names() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    for n in 0..3 {
        let body = json!({ "locationId": format!("none{n}"), "locationName": format!("Office {n}") });
        service.post(&format!("{DISABLE}?orgId={org}"), body).await.expect(202);
    }
    let listed = service.get(&format!("{DISABLE}?orgId={org}&max=2")).await;
    let next = listed.next().unwrap();
    let listed = listed.expect(200);
    let names: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|job| &job["locationName"]).collect();
    assert_eq!(names, ["Office 2", "Office 1"]);
    assert_eq!(listed["items"][0].get("name"), None);
    let rest = service.get(&next).await.expect(200);
    assert_eq!(rest["items"][0]["locationName"], "Office 0");
    assert!(service.get(&format!("{DISABLE}?orgId={org}&start=3")).await.expect(200)["items"] == json!([]));
    let id = text(&rest["items"][0]["id"]);
    let one = service.get(&format!("{DISABLE}/{id}?orgId={org}")).await.expect(200);
    assert_eq!(one["name"], "deletecallinglocation");
    service.get(&format!("{DISABLE}/{id}/errors?orgId={org}&max=1")).await.expect(400);
    service.get(&format!("/telephony/config/jobs/updateRoutingPrefix?orgId={org}&max=1")).await.expect(400);
    service.get(&format!("{NUMBERS}/{id}?orgId={org}")).await.expect(404);
    service.get(&format!("{DISABLE}/{id}")).await.expect(404);
}

#[tokio::test]
async fn a_job_shows_the_steps_that_it_took() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    let branch = service.branch(org, "Branch").await;
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    let body = json!({ "locationId": customer.location });
    let started = service.post(&format!("{DISABLE}?orgId={org}"), json!({ "locationId": branch })).await.expect(202);
    assert_eq!(started["latestExecutionStatus"], "STARTING");
    assert_eq!(started["jobExecutionStatus"][0].get("startTime"), None);
    service.clock.advance(Duration::from_secs(9));
    let steps = async |job: &Value| {
        let job = service.get(&format!("{DISABLE}/{}?orgId={org}", text(&job["id"]))).await.expect(200);
        let steps = job["jobExecutionStatus"][0]["stepExecutionStatuses"].as_array().unwrap().clone();
        steps.iter().map(|step| text(&step["exitCode"])).collect::<Vec<_>>()
    };
    assert_eq!(steps(&started).await, ["COMPLETED"; 3]);
    let last = service.post(&format!("{DISABLE}?orgId={org}"), body).await.expect(202);
    service.clock.advance(Duration::from_secs(9));
    assert_eq!(steps(&last).await, ["COMPLETED", "FAILED"]);
}

#[tokio::test]
async fn a_number_can_fail_to_move_for_a_reason_that_nobody_saw() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    let branch = service.branch(org, "Branch").await;
    service.set_trunk(org, &branch).await;
    service.sim.reconfigure(|config| config.immovable_numbers = [number(102)].into());
    let started = service.post(&format!("{NUMBERS}?orgId={org}"), moved(&customer.location, 102, &branch)).await;
    let id = text(&started.expect(201)["id"]);
    let job = service.get(&format!("{NUMBERS}/{id}?orgId={org}")).await.expect(200);
    assert_eq!((&job["latestExecutionStatus"], &job["counts"]["numbersFailed"]), (&json!("COMPLETED"), &json!(1)));
    let errors = service.get(&format!("{NUMBERS}/{id}/errors?orgId={org}")).await.expect(200);
    let message = &errors["items"][0]["error"]["message"][0];
    assert_eq!((&message["code"], &message["locationid"]), (&json!("BATCH-1017027"), &json!(customer.location)));
}
