//! Organizations and their identity records.

use std::time::Duration;

use hubform::sim::{Config, IdKind, Obstacle, Rule};
use serde_json::{Value, json};

use super::service::{Service, quick, text};

#[tokio::test]
async fn a_fresh_organization_answers_403_until_it_was_looked_at() {
    let service = Service::start().await;
    let id = service.post_customer("acme", &["webex_calling"]).await;
    let customer = service.get(&format!("/wholesale/customers/{id}")).await.expect(200);
    let org = text(&customer["orgId"]);
    let uuid = IdKind::Organization.decode(&org).unwrap();
    let paths = [
        format!("/locations?orgId={org}"),
        format!("/people?orgId={org}"),
        format!("/telephony/config/numbers?orgId={org}"),
        format!("/identity/organizations/{uuid}"),
        format!("/identity/scim/{uuid}/v2/Users"),
    ];
    for path in &paths {
        service.get(path).await.expect(403);
    }
    service.get(&format!("/organizations/{org}")).await.expect(200);
    for path in &paths {
        service.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn the_organization_id_has_another_uuid_than_the_customer() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let enterprise = IdKind::Enterprise.decode(&customer.id).unwrap();
    let organization = IdKind::Organization.decode(&customer.org).unwrap();
    assert_ne!(enterprise, organization);
}

#[tokio::test]
async fn organizations_are_listed_without_pages() {
    let service = Service::with(Config { page_size: Some(1), ..quick() }).await;
    service.customer("acme", &["webex_meetings"]).await;
    let listed = service.get("/organizations").await.expect(200);
    let mut names: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|org| org["displayName"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Acme Voice", "acme Inc."]);
}

#[tokio::test]
async fn an_organization_is_deleted_when_nothing_holds_it_and_frees_what_it_had() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let path = format!("/organizations/{}", customer.org);
    service.delete(&path).await.expect(409);
    service.delete(&format!("/wholesale/subscribers/{}", text(&ann["id"]))).await.expect(204);
    service.delete(&format!("/wholesale/customers/{}", customer.id)).await.expect(202);
    service.delete(&path).await.expect(409);
    service.delete(&format!("/people/{}", text(&ann["personId"]))).await.expect(204);
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_mins(10));
    service.delete(&path).await.expect(204);
    service.get(&path).await.expect(200);
    service.delete(&path).await.expect(403);
    service.get(&format!("/telephony/config/locations?orgId={}", customer.org)).await.expect(403);
    service.get(&format!("/people?orgId={}", customer.org)).await.expect(403);
    service.clock.advance(Duration::from_mins(10));
    service.get(&path).await.expect(404);
    let state = service.sim.state();
    assert!(state.numbers.is_empty() && state.locations.is_empty());
    assert_eq!((state.people.len(), state.organizations.len()), (1, 1), "the partner remains");
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::ZERO);
    service.customer("acme", &["webex_calling"]).await;
}

#[tokio::test]
async fn an_organization_stays_for_any_of_six_reasons_and_all_are_named() {
    let service = Service::start().await;
    let org = service.sim.create_organization("Old Ltd", false).unwrap();
    let path = format!("/organizations/{org}");
    for (obstacle, about) in [
        (Obstacle::LinkedSites, "Linked sites"),
        (Obstacle::ActiveSubscriptions, "active subscriptions or licenses"),
        (Obstacle::DirectorySync, "Directory Synchronization"),
        (Obstacle::Users, "more than 1 user"),
        (Obstacle::Managers, "more than 1 managed by"),
        (Obstacle::ManagedOrganizations, "managed orgs"),
    ] {
        service.sim.mark_organization(&org, [obstacle]).unwrap();
        let error = service.delete(&path).await.expect(409);
        assert!(text(&error["message"]).contains(about), "{error}");
        assert_eq!(error["errors"].as_array().unwrap().len(), 1);
    }
    service.sim.mark_organization(&org, [Obstacle::Managers, Obstacle::LinkedSites]).unwrap();
    let error = service.delete(&path).await.expect(409);
    assert_eq!(error["errors"].as_array().unwrap().len(), 2);
    service.sim.mark_organization(&org, []).unwrap();
    service.delete(&path).await.expect(204);
    service.get(&path).await.expect(404);
    assert!(service.sim.mark_organization(&org, []).is_err());

    let partner = text(&service.get("/people/me").await.expect(200)["orgId"]);
    let error = service.delete(&format!("/organizations/{partner}")).await.expect(409);
    assert!(text(&error["message"]).contains("managed orgs"), "{error}");
}

#[tokio::test]
async fn name_and_language_change_through_the_identity_record() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let uuid = IdKind::Organization.decode(&customer.org).unwrap();
    let path = format!("/identity/organizations/{uuid}");
    let before = service.get(&path).await.expect(200);
    assert_eq!(before["preferredLanguage"], "en_US");
    let schemas = json!(["urn:cisco:codev:identity:organization:core:1.0"]);
    let body = json!({ "schemas": schemas, "displayName": "Acme New", "preferredLanguage": "de_DE" });
    let after = service.patch(&path, body.clone()).await.expect(200);
    assert_eq!((&after["displayName"], &after["preferredLanguage"]), (&json!("Acme New"), &json!("de_DE")));
    assert_ne!(before["meta"]["version"], after["meta"]["version"]);
    let organization = service.get(&format!("/organizations/{}", customer.org)).await.expect(200);
    assert_eq!(organization["displayName"], "Acme New");

    service.patch(&path, json!({ "displayName": "x" })).await.expect(400);
    service.patch(&path, json!({ "schemas": schemas })).await.expect(400);
    service.get(&format!("/identity/organizations/{}", customer.org)).await.expect(404);
    service.sim.reconfigure(|config| config.identity_patch = Rule::Refused);
    let refused: Value = service.patch(&path, body).await.expect(403);
    assert!(refused["trackingId"].is_string());
}
