//! `/webhooks`

use hubform::sim::Config;
use serde_json::{Value, json};

use super::service::{Service, quick, text};

fn webhook() -> Value {
    json!({
        "name": "Jobs",
        "targetUrl": "https://example.com/hook",
        "resource": "adminBatchJobs",
        "event": "statusChanged",
        "ownedBy": "org",
        "secret": "sesame",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut body = webhook();
    body[name] = value;
    body
}

#[tokio::test]
async fn a_webhook_is_made_shown_changed_and_removed() {
    let service = Service::start().await;
    let made = service.post("/webhooks", webhook()).await.expect(200);
    let mut expected = webhook();
    expected["id"] = made["id"].clone();
    expected["status"] = json!("active");
    expected["created"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(made, expected);
    let path = format!("/webhooks/{}", text(&made["id"]));
    assert_eq!(service.get(&path).await.expect(200), made);

    service.sim.deactivate_webhook(&text(&made["id"])).unwrap();
    assert_eq!(service.get(&path).await.expect(200)["status"], "inactive");
    // What a webhook is about does not change, and is ignored.
    let change = json!({
        "name": "Renamed",
        "targetUrl": "http://example.com/other",
        "secret": "other",
        "status": "active",
        "resource": "rooms",
        "event": 7,
    });
    let changed = service.put(&path, change).await.expect(200);
    for (field, value) in [("name", "Renamed"), ("targetUrl", "http://example.com/other"), ("secret", "other")] {
        expected[field] = json!(value);
    }
    assert_eq!(changed, expected);
    let kept = service.put(&path, json!({ "name": "Kept", "targetUrl": "https://example.com" })).await.expect(200);
    assert_eq!((&kept["secret"], &kept["status"]), (&json!("other"), &json!("active")));

    service.delete(&path).await.expect(204);
    service.get(&path).await.expect(404);
    service.put(&path, json!({ "name": "Kept", "targetUrl": "https://example.com" })).await.expect(404);
    service.delete(&path).await.expect(404);
}

#[tokio::test]
async fn a_webhook_is_refused_for_what_it_cannot_be() {
    let service = Service::start().await;
    let mut pairs = vec![
        with("targetUrl", json!("ftp://example.com")),
        with("targetUrl", json!("example.com/hook")),
        with("targetUrl", json!("https://")),
        with("name", json!(" ")),
        with("resource", json!("customers")),
        with("event", json!("all")),
        with("ownedBy", json!("me")),
        with("status", json!("active")),
    ];
    for (resource, event) in [
        ("adminBatchJobs", "created"),
        ("rooms", "deleted"),
        ("meetingParticipants", "updated"),
        ("serviceApp", "left"),
    ] {
        let mut body = with("resource", json!(resource));
        body["event"] = json!(event);
        pairs.push(body);
    }
    // Calls are never those of the whole organization.
    let mut calls = with("resource", json!("telephony_calls"));
    calls["event"] = json!("created");
    pairs.push(calls.clone());
    for body in pairs {
        service.post("/webhooks", body.clone()).await.expect(400);
    }
    calls.as_object_mut().unwrap().remove("ownedBy");
    service.post("/webhooks", calls).await.expect(200);

    let mut host = with("filter", json!("hostEmail=ann@acme.example"));
    host["resource"] = json!("meetings");
    host["event"] = json!("started");
    service.post("/webhooks", host.clone()).await.expect(200);
    host.as_object_mut().unwrap().remove("ownedBy");
    service.post("/webhooks", host).await.expect(400);
    for field in ["name", "targetUrl", "resource", "event"] {
        let mut body = webhook();
        body.as_object_mut().unwrap().remove(field);
        let error = service.post("/webhooks", body).await.expect(400);
        assert!(text(&error["message"]).contains(field), "{error}");
    }
    let made = service.post("/webhooks", webhook()).await.expect(200);
    let inactive = json!({ "name": "x", "targetUrl": "https://example.com", "status": "inactive" });
    service.put(&format!("/webhooks/{}", text(&made["id"])), inactive).await.expect(400);
}

#[tokio::test]
async fn webhooks_are_listed_in_pages_and_bounded_in_number() {
    let service = Service::with(Config { most_webhooks: 3, ..quick() }).await;
    for name in ["a", "b"] {
        service.post("/webhooks", with("name", json!(name))).await.expect(200);
    }
    let mut own = with("name", json!("c"));
    own.as_object_mut().unwrap().remove("ownedBy");
    service.post("/webhooks", own.clone()).await.expect(200);
    service.post("/webhooks", own).await.expect(409);
    let mut names = Vec::new();
    let mut next = Some("/webhooks?max=2".to_owned());
    while let Some(page) = next {
        let reply = service.get(&page).await;
        next = reply.next();
        names.extend(reply.expect(200)["items"].as_array().unwrap().iter().map(|item| text(&item["name"])));
    }
    assert_eq!(names, ["a", "b", "c"]);
    let of_org = service.get("/webhooks?ownedBy=org").await.expect(200);
    assert_eq!(of_org["items"].as_array().unwrap().len(), 2);
    for wrong in ["ownedBy=me", "max=0", "max=101"] {
        service.get(&format!("/webhooks?{wrong}")).await.expect(400);
    }
    let shown = format!("{:?}", service.sim.state());
    assert!(!shown.contains("sesame"), "a secret does not show in logs");
}
