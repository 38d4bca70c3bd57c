//! Floors of a location.

use hubform::sim::Rule;
use serde_json::{Value, json};

use super::service::{Service, new_location, text};

#[tokio::test]
async fn a_floor_is_made_read_replaced_and_deleted() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let floors = format!("/locations/{}/floors", customer.location);
    let made = service.post(&floors, json!({ "floorNumber": -1, "displayName": "Basement" })).await.expect(201);
    assert_eq!((&made["floorNumber"], &made["locationId"]), (&json!(-1), &json!(customer.location)));
    let path = format!("{floors}/{}", text(&made["id"]));
    assert_eq!(service.get(&path).await.expect(200), made);
    let second = service.put(&path, json!({ "floorNumber": 2.0 })).await.expect(200);
    assert_eq!((&second["floorNumber"], &second["displayName"]), (&json!(2), &Value::Null));
    assert_eq!(service.get(&floors).await.expect(200)["items"], json!([second]));
    service.delete(&path).await.expect(204);
    service.get(&path).await.expect(404);
    assert_eq!(service.get(&floors).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_floor_has_a_whole_number_of_its_own_at_a_location_that_is_there() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let floors = format!("/locations/{}/floors", customer.location);
    let first = service.post(&floors, json!({ "floorNumber": 1 })).await.expect(201);
    for (status, body) in [
        (400, json!({})),
        (400, json!({ "floorNumber": "2" })),
        (400, json!({ "floorNumber": 1.5 })),
        (400, json!({ "floorNumber": 1e300 })),
        (400, json!({ "floorNumber": 2, "displayName": "" })),
        (400, json!({ "floorNumber": 2, "rooms": 3 })),
        (409, json!({ "floorNumber": 1 })),
    ] {
        assert_eq!(service.post(&floors, body.clone()).await.status, status, "{body}");
    }
    let branch = service.branch(&customer.org, "Branch").await;
    let there = format!("/locations/{branch}/floors");
    service.post(&there, json!({ "floorNumber": 1 })).await.expect(201);
    service.get(&format!("{there}/{}", text(&first["id"]))).await.expect(404);
    service.get("/locations/none/floors").await.expect(404);
    service.sim.reconfigure(|config| config.duplicate_floor = Rule::Allowed);
    service.post(&floors, json!({ "floorNumber": 1 })).await.expect(201);
}

#[tokio::test]
async fn floors_go_with_their_location() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let made = service.post(&format!("/locations?orgId={org}"), new_location("Plain")).await.expect(201);
    let path = format!("/locations/{}", text(&made["id"]));
    service.post(&format!("{path}/floors"), json!({ "floorNumber": 1 })).await.expect(201);
    service.delete(&format!("{path}?orgId={org}")).await.expect(204);
    assert!(service.sim.state().floors.is_empty());
}
