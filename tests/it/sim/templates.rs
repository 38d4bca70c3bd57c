//! The registry of onboarding templates.

use serde_json::json;

use super::service::{Service, new_customer, text};

#[tokio::test]
async fn a_template_is_made_read_changed_and_deleted() {
    let service = Service::start().await;
    let body = json!({ "name": "standard", "spec": { "country": "US", "anything": [1, 2] } });
    let made = service.post("/registry/templates", body).await.expect(201);
    let id = text(&made["provisioningId"]);
    let path = format!("/registry/templates/{id}");
    assert_eq!(service.get(&path).await.expect(200), made);
    let changed = json!({ "name": "standard-us", "spec": {} });
    service.put(&path, changed).await.expect(200);
    let listed = service.get("/registry/templates").await.expect(200);
    assert_eq!(listed, json!({ "items": [{ "provisioningId": id, "name": "standard-us", "spec": {} }] }));
    service.delete(&path).await.expect(204);
    service.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_template_name_is_unique_and_its_spec_is_an_object() {
    let service = Service::start().await;
    let body = json!({ "name": "standard", "spec": {} });
    let made = service.post("/registry/templates", body.clone()).await.expect(201);
    service.post("/registry/templates", body.clone()).await.expect(409);
    let path = format!("/registry/templates/{}", text(&made["provisioningId"]));
    service.put(&path, body).await.expect(200);
    service.post("/registry/templates", json!({ "name": "x" })).await.expect(400);
    service.post("/registry/templates", json!({ "name": "x", "spec": "y" })).await.expect(400);
}

#[tokio::test]
async fn customers_are_made_from_templates_of_the_registry_which_then_stay() {
    let service = Service::start().await;
    let made = service.post("/registry/templates", json!({ "name": "standard", "spec": {} })).await;
    let id = text(&made.expect(201)["provisioningId"]);
    let mut body = new_customer("acme", &["webex_meetings"]);
    body["provisioningId"] = json!(id);
    let customer = service.post("/wholesale/customers", body.clone()).await.expect(202);
    let path = format!("/registry/templates/{id}");
    service.delete(&path).await.expect(409);
    service.get("/wholesale/customers").await.expect(200);
    service.delete(&text(&customer["url"])).await.expect(202);
    service.get("/wholesale/customers").await.expect(200);
    service.delete(&path).await.expect(204);
    body["externalId"] = json!("other");
    body["customerInfo"]["primaryEmail"] = json!("admin@other.example");
    service.post("/wholesale/customers", body).await.expect(400);
}
