//! Organizations, partner administrators and tags, webhooks, tokens of service apps.

use serde_json::json;

use super::{Acme, Reply, Walk, stranger};

const ORGANIZATION: &str = "/organizations/{orgId}";
const IDENTITY: &str = "/identity/organizations/{orgId}";
const IDENTITY_SCHEMA: &str = "urn:cisco:codev:identity:organization:core:1.0";
const TAGGED: &str = "/partner/tags/organizations/{orgId}";
const TAG: &str = "/partner/tags/organizations/{orgId}/assignTags";
const SUBSCRIPTION: &str = "/partner/tags/organizations/{orgId}/subscriptions/{subscriptionId}";
const WEBHOOK: &str = "/webhooks/{webhookId}";

pub async fn organizations(walk: &mut Walk, acme: &Acme) {
    walk.get("/organizations").expect(200).await;
    walk.get(ORGANIZATION).id(&acme.org).expect(200).await;
    walk.get(ORGANIZATION).id(&stranger("ORGANIZATION")).expect(404).await;
    walk.delete(ORGANIZATION).id(&acme.org).expect(409).await;
    let uuid = acme.org_uuid();
    walk.get(IDENTITY).id(&uuid).expect(200).await;
    let change = json!({ "schemas": [IDENTITY_SCHEMA], "displayName": "Acme Inc.", "preferredLanguage": "en_US" });
    walk.patch(IDENTITY).id(&uuid).body(change).expect(200).await;
    walk.patch(IDENTITY).id(&uuid).body(json!({ "displayName": "Acme" })).wrong().expect(400).await;
    walk.get(IDENTITY).id("00000000-0000-4000-8000-000000000000").expect_one_of(&[403, 404]).await;
}

/// The partner's own people, one of whom gets customers to manage.
pub async fn administrators(walk: &mut Walk, acme: &Acme) {
    let me = walk.get("/people/me").expect(200).await;
    let pat = walk.get("/people").query("email", "pat@acme-voice.example").expect(200).await.text("/items/0/id");
    let admins = "/partner/organizations/{orgId}/partnerAdmins";
    let assign = "/partner/organizations/{orgId}/partnerAdmin/{personId}/assign";
    let unassign = "/partner/organizations/{orgId}/partnerAdmin/{personId}/unassign";
    walk.get(admins).id(&acme.org).expect(200).await;
    walk.post(assign).id(&acme.org).id(&pat).expect(200).await;
    walk.post(assign).id(&acme.org).id(&stranger("PEOPLE")).expect_one_of(&[400, 404]).await;
    walk.get(admins).id(&acme.org).expect(200).await;
    walk.get("/partner/organizations").query("managedBy", &pat).expect(200).await;
    walk.get("/partner/organizations").query("managedBy", &me.text("/id")).expect_one_of(&[200, 400, 403]).await;
    walk.get("/partner/organizations").wrong().expect(400).await;
    walk.delete(unassign).id(&acme.org).id(&pat).expect(200).await;
    walk.delete(unassign).id(&acme.org).id(&pat).expect_one_of(&[200, 400, 404]).await;
    walk.delete("/partner/organizations/partnerAdmin/{personId}").id(&pat).expect(204).await;
}

pub async fn tags(walk: &mut Walk, acme: &Acme) {
    let org = &*acme.org;
    let tags = json!({ "tags": [{ "name": "gold", "description": "the good ones" }, { "name": "north" }] });
    walk.post(TAG).id(org).body(tags.clone()).expect(200).await;
    walk.get(TAGGED).id(org).expect(200).await;
    walk.get(TAGGED).id(&stranger("ORGANIZATION")).expect_one_of(&[400, 403, 404]).await;
    walk.get("/partner/tags").query("type", "ORGANIZATION").expect(200).await;
    walk.get("/partner/tags/organizations").query("tags", "gold,south").query("max", "10").expect(200).await;
    walk.get("/partner/tags/organizations").query("tags", "gold").query("max", "101").expect(400).await;
    let six: Vec<_> = (0..6).map(|n| json!({ "name": format!("tag{n}") })).collect();
    walk.post(TAG).id(org).body(json!({ "tags": six })).expect(400).await;
    let long = json!({ "tags": [{ "name": "x".repeat(26) }] });
    walk.post(TAG).id(org).body(long).expect(400).await;
    walk.post(TAG).id(org).body(json!({ "tags": [{ "colour": "blue" }] })).wrong().expect(400).await;

    let subscription = hubform::sim::Config::default().subscription;
    let assign = "/partner/tags/organizations/{orgId}/subscriptions/{subscriptionId}/assignTags";
    walk.post(assign).id(org).id(&subscription).body(tags).expect(200).await;
    walk.post(assign).id(org).id("Sub-nobody").body(json!({ "tags": [] })).expect_one_of(&[400, 404]).await;
    walk.get(SUBSCRIPTION).id(org).id(&subscription).expect(200).await;
    walk.get("/partner/tags/subscriptions").query("tags", "gold").query("max", "10").expect(200).await;
    walk.get("/partner/tags").query("type", "SUBSCRIPTION").expect(200).await;
    walk.post(assign).id(org).id(&subscription).body(json!({ "tags": [] })).expect(200).await;
    walk.post(TAG).id(org).body(json!({ "tags": [] })).expect(200).await;
}

pub async fn webhooks(walk: &mut Walk) {
    let new = json!({
        "name": "jobs",
        "targetUrl": "https://hooks.example.com/jobs",
        "resource": "adminBatchJobs",
        "event": "statusChanged",
        "secret": "made-up",
        "ownedBy": "org",
    });
    let id = walk.post("/webhooks").body(new).expect(200).await.text("/id");
    for event in ["created", "deleted"] {
        let new = json!({
            "name": event, "targetUrl": "https://hooks.example.com/x", "resource": "messages", "event": event,
            "filter": "roomType=direct",
        });
        walk.post("/webhooks").body(new).expect(200).await;
    }
    walk.post("/webhooks").body(json!({ "name": "x" })).wrong().expect(400).await;
    let list = walk.get("/webhooks").query("max", "1").expect(200).await;
    walk.follow(list).await;
    walk.get("/webhooks").query("ownedBy", "org").expect(200).await;
    walk.get(WEBHOOK).id(&id).expect(200).await;
    let change = json!({ "name": "all jobs", "targetUrl": "https://hooks.example.com/all", "status": "active" });
    walk.put(WEBHOOK).id(&id).body(change).expect(200).await;
    walk.put(WEBHOOK).id(&id).body(json!({ "name": "x" })).wrong().expect(400).await;
    walk.delete(WEBHOOK).id(&id).expect(204).await;
    walk.get(WEBHOOK).id(&id).expect(404).await;
    walk.delete(WEBHOOK).id(&stranger("WEBHOOK")).expect(404).await;
}

pub async fn service_app(walk: &mut Walk) {
    let me = walk.get("/people/me").expect(200).await.text("/orgId");
    let token = "/applications/{applicationId}/token";
    // The service app that the simulator knows unless it is told of others.
    let app = "Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OL3NpbXVsYXRvci1zZXJ2aWNlLWFwcA";
    let ask = |secret: &str, org: &str| json!({ "clientId": "simulator-service-app", "clientSecret": secret, "targetOrgId": org });
    let right = "simulator-service-app-secret";
    walk.post(token).id(app).body(ask(right, &me)).expect(200).await;
    walk.post(token).id(app).body(ask("another", &me)).expect_one_of(&[400, 401]).await;
    walk.post(token).id(app).body(ask(right, &stranger("ORGANIZATION"))).expect_one_of(&[403, 404]).await;
    walk.post(token).id(&stranger("APPLICATION")).body(ask(right, &me)).expect_one_of(&[401, 404]).await;
    walk.post(token).id(app).body(json!({ "clientId": "simulator-service-app" })).wrong().expect(400).await;
}

/// The organization goes when its people have gone.
pub async fn end(walk: &mut Walk, acme: &Acme) {
    let mut pages = vec![walk.get("/people").org(&acme.org).expect(200).await];
    while let Some(next) = pages.last().and_then(Reply::next) {
        pages.push(walk.open(&next).await);
    }
    let people = pages.iter().flat_map(|page| page.body["items"].as_array().into_iter().flatten());
    let people: Vec<String> = people.filter_map(|person| person["id"].as_str().map(str::to_owned)).collect();
    // The last full administrator stays.
    for person in people {
        walk.delete("/people/{personId}").id(&person).expect_one_of(&[204, 400, 403, 409]).await;
    }
    walk.delete(ORGANIZATION).id(&acme.org).expect(204).await;
}
