//! The four kinds of calling jobs.

use serde_json::json;

use super::{Acme, Reply, Walk, number, stranger, wholesale::Ann};

const PREFIX: &str = "/telephony/config/jobs/updateRoutingPrefix";
const NUMBERS: &str = "/telephony/config/jobs/numbers/manageNumbers";
const MOVE: &str = "/telephony/config/jobs/person/moveLocation";
const DISABLE: &str = "/telephony/config/jobs/locations/deleteCallingLocation";
const CALLING: &str = "/telephony/config/locations/{locationId}";

/// Looks at a job, its errors, and the list that it stands in.
async fn look(walk: &mut Walk, acme: &Acme, folder: &str, job: &str) -> Reply {
    let org = &*acme.org;
    let reply = walk.get(&format!("{folder}/{{jobId}}")).id(job).org(org).expect(200).await;
    walk.get(&format!("{folder}/{{jobId}}/errors")).id(job).org(org).expect(200).await;
    walk.get(&format!("{folder}/{{jobId}}")).id(&stranger("JOB_ID")).org(org).expect(404).await;
    let list = walk.get(folder).org(org).expect(200).await;
    walk.follow(list).await;
    reply
}

/// Pauses and resumes a job, and does so with one that is not there.
async fn pause(walk: &mut Walk, acme: &Acme, folder: &str, job: &str, status: u16) {
    let org = &*acme.org;
    for action in ["pause", "resume"] {
        let path = format!("{folder}/{{jobId}}/actions/{action}/invoke");
        walk.post(&path).id(job).org(org).expect(status).await;
        walk.post(&path).id(&stranger("JOB_ID")).org(org).expect(404).await;
    }
}

pub async fn routing_prefix(walk: &mut Walk, acme: &Acme) {
    let org = &*acme.org;
    let change = json!({ "routingPrefix": "81" });
    let job = walk.put(CALLING).id(&acme.location).org(org).body(change).expect(200).await.text("/batchJobId");
    look(walk, acme, PREFIX, &job).await;
    // One whose job is not started, and one that comes while another runs.
    let jobless = json!({ "routingPrefix": "84" });
    walk.put(CALLING).id(&acme.location).org(org).body(jobless).expect(206).await;
    walk.slow_down();
    for (prefix, status) in [("82", 200), ("83", 409)] {
        let change = json!({ "routingPrefix": prefix });
        walk.put(CALLING).id(&acme.location).org(org).body(change).expect(status).await;
    }
    walk.let_pass();
    walk.get(CALLING).id(&acme.location).org(org).expect(200).await;
}

/// Ann goes downtown and comes back, each time with a number of where she goes.
pub async fn moves(walk: &mut Walk, acme: &Acme, ann: &Ann, office: &str) {
    let org = &*acme.org;
    let list = |location: &str, validate: bool, number: u32, extension: &str| {
        let user = json!({ "userId": ann.person, "phoneNumber": super::number(number), "extension": extension });
        json!({ "usersList": [{ "locationId": location, "validate": validate, "users": [user] }] })
    };
    walk.post(MOVE).org(org).body(list(office, true, 900, "2102")).expect(200).await;
    walk.post(MOVE).org(org).body(list(office, true, 102, "2102")).expect_one_of(&[200, 400]).await;
    // Both sides of a job that takes its time: it is paused and resumed while it runs.
    walk.slow_down();
    let job = walk.post(MOVE).org(org).body(list(office, false, 900, "2102")).expect(201).await.text("/response/id");
    look(walk, acme, MOVE, &job).await;
    pause(walk, acme, MOVE, &job, 202).await;
    walk.let_pass();
    look(walk, acme, MOVE, &job).await;
    walk.get(MOVE).org(org).query("start", "0").query("max", "1").expect(200).await;
    let errors = format!("{MOVE}/{{jobId}}/errors");
    walk.get(&errors).id(&job).org(org).query("start", "0").query("max", "1").expect(200).await;
    // A number of the location that she leaves does not go along.
    let job = walk.post(MOVE).org(org).body(list(&acme.location, false, 900, "2102")).expect_one_of(&[201, 400]).await;
    if job.status == 201 {
        look(walk, acme, MOVE, &job.text("/response/id")).await;
    }
    let job = walk.post(MOVE).org(org).body(list(&acme.location, false, 102, "2102")).expect(201).await;
    look(walk, acme, MOVE, &job.text("/response/id")).await;
    let empty = json!({ "usersList": [] });
    walk.post(MOVE).org(org).body(empty).expect(400).await;
    walk.post(MOVE).org(org).body(json!({})).wrong().expect(400).await;
}

pub async fn manage_numbers(walk: &mut Walk, acme: &Acme, office: &str) {
    let org = &*acme.org;
    let shop = json!({
        "name": "Uptown",
        "timeZone": "America/Los_Angeles",
        "preferredLanguage": "en_us",
        "announcementLanguage": "en_us",
        "address": super::place_address(),
    });
    let id = walk.post("/locations").org(org).body(shop.clone()).expect(201).await.text("/id");
    let mut calling = shop;
    calling["id"] = json!(id);
    walk.post("/telephony/config/locations").org(org).body(calling).expect(201).await;
    let choices = walk.get("/telephony/config/routeChoices").org(org).query("trunkName", "Main").expect(200).await;
    let trunk = json!({ "premiseRouteType": "TRUNK", "premiseRouteId": choices.text("/routeIdentities/0/id") });
    walk.put("/telephony/pstn/locations/{locationId}/connection").id(&id).org(org).body(trunk).expect(204).await;
    let list = |from: &str, to: &str, n: u32| {
        let numbers = [json!({ "locationId": from, "numbers": [number(n)] })];
        json!({ "operation": "MOVE", "targetLocationId": to, "numberList": numbers })
    };
    walk.slow_down();
    let job = walk.post(NUMBERS).org(org).body(list(&acme.location, &id, 115)).expect(201).await.text("/id");
    pause(walk, acme, NUMBERS, &job, 204).await;
    walk.post(NUMBERS).org(org).body(list(&acme.location, &id, 116)).expect(409).await;
    walk.let_pass();
    look(walk, acme, NUMBERS, &job).await;
    // One that is in use, and one that goes to another provider.
    for (from, to, n) in [(&*acme.location, &*id, 102), (&*acme.location, office, 117)] {
        let job = walk.post(NUMBERS).org(org).body(list(from, to, n)).expect_one_of(&[201, 400]).await;
        if job.status == 201 {
            look(walk, acme, NUMBERS, &job.text("/id")).await;
        }
    }
    let usage = json!({
        "operation": "NUMBER_USAGE_CHANGE",
        "numberUsageType": "SERVICE",
        "numberList": [{ "locationId": acme.location, "numbers": [number(118)] }],
    });
    let job = walk.post(NUMBERS).org(org).body(usage).expect(201).await.text("/id");
    look(walk, acme, NUMBERS, &job).await;
    walk.get(NUMBERS).org(org).query("start", "0").query("max", "1").expect(200).await;
    walk.post(NUMBERS).org(org).body(json!({ "operation": "BURN", "numberList": [] })).wrong().expect(400).await;
}

pub async fn disable_calling(walk: &mut Walk, acme: &Acme, office: &str) {
    let org = &*acme.org;
    // Taken, and refused later: people use it.
    let blocked = json!({ "locationId": acme.location, "locationName": "Head Office", "forceDelete": false });
    let job = walk.post(DISABLE).org(org).body(blocked).expect(202).await.text("/id");
    let reply = look(walk, acme, DISABLE, &job).await;
    assert_eq!(reply.text("/latestExecutionStatus"), "FAILED", "{}", reply.body);
    walk.slow_down();
    let job = walk.post(DISABLE).org(org).body(json!({ "locationId": office, "forceDelete": true })).expect(202).await;
    let job = job.text("/id");
    pause(walk, acme, DISABLE, &job, 202).await;
    walk.let_pass();
    look(walk, acme, DISABLE, &job).await;
    walk.get(DISABLE).org(org).query("start", "0").query("max", "1").expect(200).await;
    walk.post(DISABLE).org(org).body(json!({ "forceDelete": true })).wrong().expect(400).await;
    walk.delete("/locations/{locationId}").id(office).org(org).expect(204).await;
}
