//! `/wholesale/customers`

use std::time::Duration;

use hubform::sim::{Config, ErrorStatus, OrgIdShown, Rule};
use serde_json::{Value, json};

use super::service::{Service, address, headquarters, new_customer, quick, text};

/// Sends a creation with one change, and expects a refusal that speaks of `about`.
async fn refused(service: &Service, status: u16, about: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = new_customer("acme", &["webex_calling"]);
    change(&mut body);
    let before = service.sim.state();
    let error = service.post("/wholesale/customers", body).await.expect(status);
    assert!(text(&error["message"]).contains(about), "{error}");
    assert_eq!(service.sim.state(), before, "a refusal changes nothing");
    error
}

#[tokio::test]
async fn a_customer_is_provisioned_asynchronously_and_has_no_org_id_until_then() {
    let service = Service::with(Config { provisioning_delay: Duration::from_mins(1), ..quick() }).await;
    let reply = service.post("/wholesale/customers", new_customer("acme", &["webex_calling"])).await;
    let location = reply.header("location");
    let url = text(&reply.expect(202)["url"]);
    assert_eq!(location.as_deref(), Some(url.as_str()));

    let young = service.get(&url).await.expect(200);
    assert_eq!(young["status"], "provisioning");
    assert_eq!(young["orgId"], Value::Null);
    assert_eq!(young["resourceDetails"]["packages"][0]["status"], "provisioning");

    service.clock.advance(Duration::from_secs(59));
    assert_eq!(service.get(&url).await.expect(200)["status"], "provisioning");
    service.clock.advance(Duration::from_secs(1));
    let done = service.get(&url).await;
    assert_eq!(done.header("location").as_deref(), Some(url.as_str()));
    let done = done.expect(200);
    assert_eq!(done["status"], "provisioned");
    assert!(done["orgId"].is_string());
    assert_eq!(done["packages"], json!(["webex_calling"]));
    assert_eq!(done["resourceDetails"]["packages"][0]["status"], "provisioned");
}

#[tokio::test]
async fn a_customer_shows_none_of_the_write_only_fields() {
    let service = Service::start().await;
    let mut body = new_customer("acme", &["webex_calling"]);
    body["provisioningParameters"]["packages"] = json!({ "limits": { "webex_calling": 5 } });
    body["provisioningParameters"]["meetings"] = json!({ "timezone": "America/Los_Angeles" });
    let answer = service.post("/wholesale/customers", body).await.expect(202);
    let customer = service.get(&text(&answer["url"])).await.expect(200);
    let fields: Vec<&String> = customer.as_object().unwrap().keys().collect();
    let known = ["address", "externalId", "id", "orgId", "packages", "resourceDetails", "status"];
    assert_eq!(fields, known);
    let kept = service.sim.state().customers.values().next().unwrap().clone();
    assert_eq!(kept.limits["webex_calling"], 5);
    assert_eq!(kept.meetings_time_zone.as_deref(), Some("America/Los_Angeles"));
}

#[tokio::test]
async fn a_calling_package_makes_the_headquarters_and_the_first_administrator() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let locations = service.get(&format!("/locations?orgId={org}")).await.expect(200);
    assert_eq!(locations["items"].as_array().unwrap().len(), 1);
    assert_eq!(locations["items"][0]["name"], "Head Office");
    let detail = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    assert_eq!(service.get(&detail).await.expect(200)["callingLineId"]["name"], "acme Inc.");

    let people = service.get(&format!("/people?orgId={org}&email=Admin@acme.example")).await;
    let people = people.expect(200);
    let roles = service.get("/roles").await.expect(200);
    let full = roles["items"].as_array().unwrap().iter().find(|role| role["name"] == "Full Administrator");
    assert_eq!(people["items"][0]["roles"], json!([full.unwrap()["id"]]));
}

#[tokio::test]
async fn a_customer_without_calling_gets_no_location_and_must_not_describe_one() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    assert_eq!(customer.location, "");
    let mut body = new_customer("other", &["webex_meetings"]);
    body["provisioningParameters"] = json!({ "calling": { "location": headquarters() } });
    service.post("/wholesale/customers", body).await.expect(400);
}

#[tokio::test]
async fn a_creation_needs_its_mandatory_fields() {
    let service = Service::start().await;
    for field in ["provisioningId", "packages", "externalId", "customerInfo", "address"] {
        let error = refused(&service, 400, field, |body| {
            body.as_object_mut().unwrap().remove(field);
        })
        .await;
        assert_eq!(error["errors"][0]["errorCode"], 1001, "{field}");
    }
    refused(&service, 400, "calling.location", |body| {
        body.as_object_mut().unwrap().remove("provisioningParameters");
    })
    .await;
    refused(&service, 400, "city", |body| {
        body["address"] = json!({ "addressLine1": "x", "country": "US" });
    })
    .await;
    refused(&service, 400, "stateOrProvince", |body| {
        body["address"].as_object_mut().unwrap().remove("stateOrProvince");
    })
    .await;
}

#[tokio::test]
async fn a_creation_is_refused_for_values_that_cannot_be() {
    let service = Service::start().await;
    refused(&service, 400, "template", |body| {
        body["provisioningId"] = json!("none");
    })
    .await;
    refused(&service, 400, "`%`", |body| {
        body["customerInfo"]["name"] = json!("100%");
    })
    .await;
    refused(&service, 400, "e-mail", |body| {
        body["customerInfo"]["primaryEmail"] = json!("nobody");
    })
    .await;
    refused(&service, 400, "ll_CC", |body| {
        body["customerInfo"]["language"] = json!("en_us");
    })
    .await;
    let error = refused(&service, 400, "50 characters", |body| {
        body["address"]["addressLine2"] = json!("x".repeat(51));
    })
    .await;
    assert_eq!(error["errors"][0]["errorCode"], 1002);
    refused(&service, 400, "ISO 3166", |body| {
        body["address"]["country"] = json!("XX");
    })
    .await;
    refused(&service, 400, "not a state", |body| {
        body["address"]["stateOrProvince"] = json!("Milpitas");
    })
    .await;
    refused(&service, 400, "time zone", |body| {
        body["provisioningParameters"]["calling"]["location"]["timezone"] = json!("America/NY");
    })
    .await;
    refused(&service, 400, "announcement language", |body| {
        body["provisioningParameters"]["calling"]["location"]["language"] = json!("en_US");
    })
    .await;
    refused(&service, 400, "not a field", |body| {
        body["brandName"] = json!("Acme");
    })
    .await;
    refused(&service, 400, "not a field", |body| {
        body["address"]["zip"] = json!("95035");
    })
    .await;
}

#[tokio::test]
async fn packages_must_be_known_and_have_what_they_need_beside_them() {
    let service = Service::start().await;
    refused(&service, 400, "`packages[0]` is `webex_gold`, not one of", |body| {
        body["packages"] = json!(["webex_gold"]);
    })
    .await;
    refused(&service, 400, "twice", |body| {
        body["packages"] = json!(["webex_calling", "webex_calling"]);
    })
    .await;
    refused(&service, 400, "empty", |body| body["packages"] = json!([])).await;
    refused(&service, 400, "needs one of", |body| {
        body["packages"] = json!(["attendant_console", "webex_voice"]);
    })
    .await;
    refused(&service, 400, "needs one of", |body| {
        body["packages"] = json!(["cisco_calling_plan", "webex_meetings"]);
    })
    .await;
    service.sim.reconfigure(|config| config.attendant_console_on_voice = Rule::Allowed);
    service.customer("voice", &["attendant_console", "webex_voice"]).await;
}

#[tokio::test]
async fn limits_are_for_the_customers_own_packages_that_have_one() {
    let service = Service::start().await;
    for (limits, about) in [
        (json!({ "webex_suite": 5 }), "not among"),
        (json!({ "cisco_calling_plan": 5 }), "with a limit"),
        (json!({ "webex_calling": 0 }), "above zero"),
        (json!({ "webex_calling": "5" }), "not a whole number"),
        (json!({ "webex_gold": 5 }), "not a package"),
    ] {
        refused(&service, 400, about, |body| {
            body["provisioningParameters"]["packages"] = json!({ "limits": limits });
        })
        .await;
    }
    let mut body = new_customer("acme", &["webex_meetings", "cx_voice_ports"]);
    body["provisioningParameters"] = json!({ "packages": { "limits": { "cx_voice_ports": 5 } } });
    service.post("/wholesale/customers", body.clone()).await.expect(400);
    service.sim.reconfigure(|config| config.limits_of_any_package = Rule::Allowed);
    service.post("/wholesale/customers", body).await.expect(202);
}

#[tokio::test]
async fn an_external_id_is_unique_unless_the_switch_says_otherwise() {
    let service = Service::start().await;
    service.post_customer("acme", &["webex_meetings"]).await;
    let mut body = new_customer("acme", &["webex_meetings"]);
    body["customerInfo"]["primaryEmail"] = json!("other@acme.example");
    service.post("/wholesale/customers", body.clone()).await.expect(409);
    service.sim.reconfigure(|config| config.duplicate_external_id = Rule::Allowed);
    service.post("/wholesale/customers", body).await.expect(202);
    let listed = service.get("/wholesale/customers?externalId=acme").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_administrator_of_another_organization_is_refused_with_10022() {
    let service = Service::start().await;
    service.post_customer("acme", &["webex_meetings"]).await;
    for wait in [false, true] {
        if wait {
            service.get("/wholesale/customers").await.expect(200);
        }
        let mut body = new_customer("other", &["webex_meetings"]);
        body["customerInfo"]["primaryEmail"] = json!("ADMIN@acme.example");
        let error = service.post("/wholesale/customers", body).await.expect(400);
        assert_eq!(error["errors"][0]["errorCode"], 10022);
    }
}

#[tokio::test]
async fn customers_are_listed_newest_first_in_pages_with_a_link() {
    let service = Service::with(Config { page_size: Some(2), ..quick() }).await;
    for name in ["a", "b", "c", "d", "e"] {
        service.post_customer(name, &["webex_meetings"]).await;
    }
    let mut names = Vec::new();
    let mut next = Some("/wholesale/customers?max=100".to_owned());
    while let Some(page) = next {
        let reply = service.get(&page).await;
        next = reply.next();
        let items = reply.expect(200)["items"].as_array().unwrap().clone();
        assert!(items.len() <= 2);
        names.extend(items.iter().map(|item| text(&item["externalId"])));
    }
    assert_eq!(names, ["e", "d", "c", "b", "a"]);
    service.get("/wholesale/customers?max=101").await.expect(400);
    let far = service.get("/wholesale/customers?offset=99").await;
    assert_eq!(far.next(), None);
    assert_eq!(far.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn customers_are_filtered_by_external_id_organization_and_status() {
    let service = Service::start().await;
    let acme = service.customer("acme", &["webex_meetings"]).await;
    service.customer("other", &["webex_meetings"]).await;
    service.delete(&format!("/wholesale/customers/{}", acme.id)).await.expect(202);
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    service.post_customer("young", &["webex_meetings"]).await;
    for (filter, wanted) in [
        ("externalId=other", vec!["other"]),
        ("externalId=Other", vec![]),
        ("status=provisioning", vec!["young"]),
        ("status=provisioned&status=provisioning", vec!["young", "other"]),
        (&format!("orgId={}", acme.org), vec![]),
    ] {
        let listed = service.get(&format!("/wholesale/customers?{filter}")).await.expect(200);
        let names: Vec<&str> =
            listed["items"].as_array().unwrap().iter().map(|item| item["externalId"].as_str().unwrap()).collect();
        assert_eq!(names, wanted, "{filter}");
    }
    service.get("/wholesale/customers?status=happy").await.expect(400);
}

#[tokio::test]
async fn an_update_replaces_the_packages_and_keeps_what_it_does_not_name() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling", "webex_meetings"]).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    let body = json!({ "packages": ["webex_calling", "webex_suite"] });
    let reply = service.put(&path, body.clone()).await;
    assert!(reply.header("location").is_some());
    reply.expect(202);
    let during = service.get(&path).await.expect(200);
    assert_eq!(during["status"], "updating");
    assert_eq!(during["packages"], json!(["webex_calling", "webex_meetings", "webex_suite"]));
    service.put(&path, body).await.expect(409);
    service.delete(&path).await.expect(409);
    service.clock.advance(Duration::from_secs(9));
    let after = service.get(&path).await.expect(200);
    assert_eq!(after["status"], "provisioned");
    assert_eq!(after["packages"], json!(["webex_calling", "webex_suite"]));
    assert_eq!(after["externalId"], "acme");
    assert_eq!(after["address"], address());
}

#[tokio::test]
async fn an_update_that_brings_calling_needs_the_headquarters_and_makes_it_once() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    let packages = json!(["webex_calling", "webex_meetings"]);
    service.put(&path, json!({ "packages": packages })).await.expect(400);
    let pointless = json!({ "calling": { "location": headquarters() } });
    let pointless = json!({ "packages": ["webex_meetings"], "provisioningParameters": pointless });
    service.put(&path, pointless).await.expect(400);
    let parameters = json!({ "calling": { "location": headquarters() } });
    let body = json!({ "packages": packages, "provisioningParameters": parameters });
    service.put(&path, body).await.expect(202);
    let locations = format!("/telephony/config/locations?orgId={}", customer.org);
    let found = service.get(&locations).await.expect(200);
    let id = text(&found["locations"][0]["id"]);
    let renamed = format!("/locations/{id}?orgId={}", customer.org);
    service.put(&renamed, json!({ "name": "Renamed" })).await.expect(204);
    service.put(&path, json!({ "packages": packages, "externalId": "acme-2" })).await.expect(202);
    let found = service.get(&locations).await.expect(200);
    assert_eq!(found["locations"].as_array().unwrap().len(), 1);
    assert_eq!(service.get(&path).await.expect(200)["externalId"], "acme-2");
}

#[tokio::test]
async fn an_update_alters_the_headquarters_only_by_a_switch() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    let mut location = headquarters();
    location["name"] = json!("Tower");
    location["timezone"] = json!("America/Denver");
    let parameters = json!({ "calling": { "location": location } });
    let body = json!({ "packages": ["webex_calling"], "provisioningParameters": parameters });
    let found = async || {
        let at = format!("/locations/{}?orgId={}", customer.location, customer.org);
        let found = service.get(&at).await.expect(200);
        (text(&found["name"]), text(&found["timeZone"]))
    };
    service.put(&path, body.clone()).await.expect(202);
    assert_eq!(found().await, ("Head Office".to_owned(), "America/Los_Angeles".to_owned()));
    service.get(&path).await.expect(200);
    service.sim.reconfigure(|config| config.put_alters_headquarters = Rule::Allowed);
    service.put(&path, body).await.expect(202);
    assert_eq!(found().await, ("Tower".to_owned(), "America/Denver".to_owned()));
    assert_eq!(service.sim.state().locations.len(), 1);
}

#[tokio::test]
async fn limits_stay_unless_a_switch_lets_an_update_clear_them() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    let with_limits = |limits: Value| json!({ "packages": ["webex_meetings"], "provisioningParameters": { "packages": { "limits": limits } } });
    let limits = || service.sim.state().customers.values().next().unwrap().limits.clone();
    service.put(&path, with_limits(json!({ "webex_meetings": 5 }))).await.expect(202);
    service.get(&path).await.expect(200);
    service.put(&path, with_limits(json!({}))).await.expect(202);
    service.put(&path, with_limits(json!({ "webex_meetings": null }))).await.expect(400);
    assert_eq!(limits()["webex_meetings"], 5);
    service.sim.reconfigure(|config| config.empty_limits_clear = Rule::Allowed);
    service.put(&path, json!({ "packages": ["webex_meetings"] })).await.expect(202);
    assert_eq!(limits()["webex_meetings"], 5);
    service.put(&path, with_limits(json!({}))).await.expect(202);
    assert_eq!(limits().len(), 0);
}

#[tokio::test]
async fn an_update_does_not_take_the_external_id_of_another_customer() {
    let service = Service::start().await;
    service.customer("other", &["webex_meetings"]).await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    let with_id = |id: &str| json!({ "packages": ["webex_meetings"], "externalId": id });
    service.put(&path, with_id("other")).await.expect(409);
    service.put(&path, with_id("acme")).await.expect(202);
}

#[tokio::test]
async fn customers_removed_with_subscribers_take_the_mappings_along() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    service.sim.reconfigure(|config| config.customer_removal_in_use = Rule::Allowed);
    service.delete(&format!("/wholesale/customers/{}", customer.id)).await.expect(202);
    service.get(&format!("/wholesale/subscribers/{}", text(&ann["id"]))).await.expect(404);
    assert_eq!(service.person(&ann["personId"]).await["extension"], "201");
}

#[tokio::test]
async fn a_package_that_subscribers_hold_is_not_removed() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    service.put(&path, json!({ "packages": ["webex_meetings"] })).await.expect(409);
    service.sim.reconfigure(|config| config.package_removal_in_use = Rule::Allowed);
    service.put(&path, json!({ "packages": ["webex_meetings"] })).await.expect(202);
}

#[tokio::test]
async fn a_limit_below_what_is_in_use_is_refused() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    service.subscriber(&customer, "bob", json!({ "extension": "202" })).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    let with_limit = |limit: u64| {
        json!({
            "packages": ["webex_calling", "webex_meetings"],
            "provisioningParameters": { "packages": { "limits": { "webex_calling": limit } } },
        })
    };
    service.put(&path, with_limit(1)).await.expect(400);
    service.put(&path, with_limit(2)).await.expect(202);
    service
        .post("/wholesale/subscribers", super::service::new_subscriber(&customer, "cy", json!({ "extension": "203" })))
        .await
        .expect(400);
}

#[tokio::test]
async fn a_failing_package_leaves_the_customer_provisioned_with_errors_until_it_is_put_again() {
    let failing = [("acme".to_owned(), ["webex_calling".to_owned()].into())].into();
    let service = Service::with(Config { failing_packages: failing, ..quick() }).await;
    let id = service.post_customer("acme", &["webex_calling", "webex_meetings"]).await;
    let path = format!("/wholesale/customers/{id}");
    let customer = service.get(&path).await.expect(200);
    assert_eq!(customer["status"], "provisioned_with_errors");
    let package = &customer["resourceDetails"]["packages"][0];
    assert_eq!(package["status"], "error");
    assert_eq!(package["warnings"][0]["errorCode"], 2560);
    assert_eq!(package["errors"], Value::Null);
    assert!(service.sim.state().locations.is_empty());

    service.sim.reconfigure(|config| config.failing_packages.clear());
    service.put(&path, json!({ "packages": ["webex_calling", "webex_meetings"] })).await.expect(202);
    assert_eq!(service.get(&path).await.expect(200)["status"], "provisioned");
    assert_eq!(service.sim.state().locations.len(), 1);
}

#[tokio::test]
async fn a_package_that_fails_with_an_error_shows_it_in_place_of_the_warning() {
    let broken = [("acme".to_owned(), ["webex_suite".to_owned()].into())].into();
    let service = Service::with(Config { broken_packages: broken, ..quick() }).await;
    let id = service.post_customer("acme", &["webex_meetings", "webex_suite"]).await;
    let path = format!("/wholesale/customers/{id}");
    let customer = service.get(&path).await.expect(200);
    assert_eq!(customer["status"], "provisioned_with_errors");
    assert_eq!(customer["errors"], Value::Null);
    let package = &customer["resourceDetails"]["packages"][1];
    assert_eq!((&package["status"], &package["warnings"]), (&json!("error"), &Value::Null));
    assert!(package["errors"][0]["description"].is_string());
    service.sim.reconfigure(|config| config.broken_packages.clear());
    service.put(&path, json!({ "packages": ["webex_meetings"] })).await.expect(202);
    assert_eq!(service.get(&path).await.expect(200)["status"], "provisioned");
}

#[tokio::test]
async fn a_creation_that_fails_leaves_a_customer_without_organization_that_can_only_be_removed() {
    let failing = [("acme".to_owned(), 1234)].into();
    let service = Service::with(Config { failing_customers: failing, ..quick() }).await;
    let before = service.sim.state();
    let id = service.post_customer("acme", &["webex_calling"]).await;
    let path = format!("/wholesale/customers/{id}");
    let customer = service.get(&path).await.expect(200);
    assert_eq!((&customer["status"], &customer["orgId"]), (&json!("error"), &Value::Null));
    assert_eq!(customer["errors"][0]["errorCode"], 1234);
    let after = service.sim.state();
    assert_eq!((&after.organizations, &after.people), (&before.organizations, &before.people));
    service.put(&path, json!({ "packages": ["webex_calling"] })).await.expect(409);
    let listed = service.get("/wholesale/customers?status=error").await.expect(200);
    assert_eq!(listed["items"][0]["id"], json!(id));
    service.sim.reconfigure(|config| config.failing_customers.clear());
    let again = new_customer("acme", &["webex_calling"]);
    service.post("/wholesale/customers", again.clone()).await.expect(409);
    service.delete(&path).await.expect(202);
    service.get(&path).await.expect(404);
    service.post("/wholesale/customers", again).await.expect(202);
}

#[tokio::test]
async fn a_customer_that_failed_makes_room_for_a_new_one_if_a_switch_allows_it() {
    let failing = [("acme".to_owned(), 1234)].into();
    let service =
        Service::with(Config { failing_customers: failing, external_id_after_error: Rule::Allowed, ..quick() }).await;
    let failed = service.post_customer("acme", &["webex_meetings"]).await;
    service.get(&format!("/wholesale/customers/{failed}")).await.expect(200);
    service.sim.reconfigure(|config| config.failing_customers.clear());
    let id = service.customer("acme", &["webex_meetings"]).await.id;
    assert_ne!(id, failed);
    service.get(&format!("/wholesale/customers/{failed}")).await.expect(404);
    let listed = service.get("/wholesale/customers?externalId=acme").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_customer_under_review_waits_until_the_review_is_done() {
    let service = Service::with(Config { reviewed_customers: ["acme".to_owned()].into(), ..quick() }).await;
    let id = service.post_customer("acme", &["webex_calling"]).await;
    let path = format!("/wholesale/customers/{id}");
    let customer = service.get(&path).await.expect(200);
    assert_eq!((&customer["status"], &customer["orgId"]), (&json!("pending_rpl_review"), &Value::Null));
    service.clock.advance(Duration::from_hours(240));
    assert_eq!(service.get(&path).await.expect(200)["status"], "pending_rpl_review");
    service.put(&path, json!({ "packages": ["webex_calling"] })).await.expect(409);
    service.delete(&path).await.expect(409);
    assert!(service.sim.complete_review("other").is_err());
    service.sim.complete_review("acme").unwrap();
    let customer = service.get(&path).await.expect(200);
    assert_eq!(customer["status"], "provisioned");
    assert!(customer["orgId"].is_string());
    assert!(service.sim.complete_review("acme").is_err());
}

#[tokio::test]
async fn the_organization_shows_while_provisioned_alone_unless_a_switch_says_otherwise() {
    let failing = [("acme".to_owned(), ["webex_suite".to_owned()].into())].into();
    let service = Service::with(Config { failing_packages: failing, ..quick() }).await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    service
        .put(
            &path,
            json!({ "packages": ["webex_meetings", "webex_suite"],
        "provisioningParameters": { "calling": { "location": headquarters() } } }),
        )
        .await
        .expect(202);
    let org = json!(customer.org);
    for status in ["updating", "provisioned_with_errors", "deleting"] {
        for (shown, org) in [(OrgIdShown::Provisioned, &Value::Null), (OrgIdShown::OnceMade, &org)] {
            service.sim.reconfigure(|config| config.org_id_shown = shown);
            let customer = service.get(&path).await.expect(200);
            assert_eq!((&customer["status"], &customer["orgId"]), (&json!(status), org));
        }
        if status == "provisioned_with_errors" {
            service.delete(&path).await.expect(202);
        }
        if status == "updating" {
            service.clock.advance(Duration::from_secs(9));
        }
    }
}

#[tokio::test]
async fn licences_show_on_request_for_packages_in_place() {
    let failing = [("acme".to_owned(), ["webex_suite".to_owned()].into())].into();
    let service = Service::with(Config { failing_packages: failing, ..quick() }).await;
    let id = service.post_customer("acme", &["webex_meetings", "webex_suite"]).await;
    let path = format!("/wholesale/customers/{id}");
    for (query, meetings) in [("", 0), ("?includePackageLicenseInfo=false", 0), ("?includePackageLicenseInfo=true", 1)]
    {
        let customer = service.get(&format!("{path}{query}")).await.expect(200);
        let packages = &customer["resourceDetails"]["packages"];
        assert_eq!(packages[0]["licenseIds"].as_array().map_or(0, Vec::len), meetings, "{query}");
        assert_eq!(packages[1]["licenseIds"], Value::Null);
    }
    service.get(&format!("{path}?includePackageLicenseInfo=yes")).await.expect(400);
}

#[tokio::test]
async fn what_a_removed_customer_had_is_free_again_unless_a_switch_says_otherwise() {
    let service = Service::start().await;
    let first = service.customer("acme", &["webex_meetings"]).await;
    let path = format!("/wholesale/customers/{}", first.id);
    service.delete(&path).await.expect(202);
    service.get(&path).await.expect(404);
    service.sim.reconfigure(|config| {
        config.removed_customer_status = ErrorStatus::Gone;
        config.external_id_after_removal = Rule::Refused;
        config.org_after_removal = Rule::Refused;
    });
    service.get(&path).await.expect(410);
    service.delete(&path).await.expect(410);
    service.get("/wholesale/customers/nothing").await.expect(404);
    let mut same_id = new_customer("acme", &["webex_meetings"]);
    same_id["customerInfo"]["primaryEmail"] = json!("new@acme.example");
    let mut same_org = new_customer("other", &["webex_meetings"]);
    same_org["orgId"] = json!(first.org);
    same_org.as_object_mut().unwrap().remove("customerInfo");
    service.post("/wholesale/customers", same_id.clone()).await.expect(409);
    service.post("/wholesale/customers", same_org.clone()).await.expect(409);
    service.sim.reconfigure(|config| {
        config.external_id_after_removal = Rule::Allowed;
        config.org_after_removal = Rule::Allowed;
    });
    service.post("/wholesale/customers", same_id).await.expect(202);
    let attached = service.post("/wholesale/customers", same_org).await.expect(202);
    assert_eq!(service.get(&text(&attached["url"])).await.expect(200)["orgId"], json!(first.org));
}

#[tokio::test]
async fn statuses_are_repeated_and_stand_between_commas_only_by_a_switch() {
    let service = Service::start().await;
    service.customer("acme", &["webex_meetings"]).await;
    let path = "/wholesale/customers?status=provisioned,error";
    service.get(path).await.expect(400);
    service.sim.reconfigure(|config| config.comma_lists = Rule::Allowed);
    assert_eq!(service.get(path).await.expect(200)["items"].as_array().unwrap().len(), 1);
    service.get("/wholesale/customers?status=provisioned,happy").await.expect(400);
}

#[tokio::test]
async fn a_removal_needs_the_subscribers_gone_and_leaves_the_organization() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let path = format!("/wholesale/customers/{}", customer.id);
    service.delete(&path).await.expect(409);
    service.delete(&format!("/wholesale/subscribers/{}", text(&ann["id"]))).await.expect(204);
    let accepted = service.delete(&path).await;
    assert_eq!((accepted.status, &accepted.body), (202, &Value::Null));
    service.get(&path).await.expect(404);
    service.get(&format!("/organizations/{}", customer.org)).await.expect(200);
    let location = format!("/locations/{}?orgId={}", customer.location, customer.org);
    service.get(&location).await.expect(200);
}

#[tokio::test]
async fn an_existing_organization_is_attached_by_its_id_once() {
    let service = Service::start().await;
    let org = service.sim.create_organization("Old Ltd", true).unwrap();
    let mut body = new_customer("acme", &["webex_calling"]);
    body["orgId"] = json!(org);
    body.as_object_mut().unwrap().remove("customerInfo");
    body.as_object_mut().unwrap().remove("provisioningParameters");
    let answer = service.post("/wholesale/customers", body.clone()).await.expect(202);
    let customer = service.get(&text(&answer["url"])).await.expect(200);
    assert_eq!(customer["orgId"], json!(org));
    body["externalId"] = json!("again");
    service.post("/wholesale/customers", body.clone()).await.expect(409);
    body["orgId"] = json!("nonsense");
    service.post("/wholesale/customers", body).await.expect(400);
    let locations = service.get(&format!("/locations?orgId={org}")).await.expect(200);
    assert_eq!(locations["items"].as_array().unwrap().len(), 1);

    let bare = service.sim.create_organization("Bare Ltd", false).unwrap();
    let mut body = new_customer("bare", &["webex_calling"]);
    body["orgId"] = json!(bare);
    let location = body.as_object_mut().unwrap().remove("provisioningParameters");
    service.post("/wholesale/customers", body.clone()).await.expect(400);
    body["provisioningParameters"] = location.unwrap();
    service.post("/wholesale/customers", body).await.expect(202);
}

#[tokio::test]
async fn the_precheck_finds_what_a_creation_would_and_makes_nothing() {
    let service = Service::start().await;
    service.customer("acme", &["webex_meetings"]).await;
    let before = service.sim.state();
    let path = "/wholesale/customers/validate";
    let light = json!({ "address": address(), "customerInfo": { "primaryEmail": "new@new.example" } });
    let answer = service.post(path, light).await.expect(200);
    assert_eq!(answer["message"], "success");
    assert_eq!(answer["info"][0]["infoCode"], 100);
    let mut planned = new_customer("new", &["webex_calling"]);
    // The language of the organization is no part of a precheck.
    service.post(path, planned.clone()).await.expect(400);
    planned["customerInfo"].as_object_mut().unwrap().remove("language");
    service.post(path, planned.clone()).await.expect(200);

    let taken = json!({ "address": address(), "customerInfo": { "primaryEmail": "admin@acme.example" } });
    let error = service.post(path, taken).await.expect(400);
    assert_eq!(error["errors"][0]["errorCode"], 10022);
    let mut unknown = planned.clone();
    unknown["provisioningId"] = json!("none");
    let error = service.post(path, unknown).await.expect(400);
    assert!(text(&error["message"]).contains("template"), "{error}");
    let mut without = planned;
    without.as_object_mut().unwrap().remove("provisioningParameters");
    service.post(path, without).await.expect(400);
    assert_eq!(service.sim.state(), before);
}
