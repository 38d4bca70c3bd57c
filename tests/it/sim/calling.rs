//! What calling adds to a location, beyond the plain cases.

use hubform::sim::{IdKind, PstnType, Rule};
use serde_json::{Value, json};

use super::service::{Service, number, text};

#[tokio::test]
async fn a_routing_prefix_can_be_saved_without_its_job() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    service.sim.reconfigure(|config| config.jobless_prefixes = ["82".to_owned()].into());
    let path = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    let body = json!({ "routingPrefix": "82", "externalCallerIdName": "Acme" });
    let partly = service.put(&path, body).await.expect(206);
    assert!(text(&partly["failureReason"]).ends_with("OldRoutingPrefix : . NewRoutingPrefix: 82."), "{partly}");
    let found = service.get(&path).await.expect(200);
    assert_eq!((&found["routingPrefix"], &found["externalCallerIdName"]), (&json!("82"), &json!("Acme")));
    let jobs = service.get(&format!("/telephony/config/jobs/updateRoutingPrefix?orgId={org}")).await.expect(200);
    assert_eq!(jobs["items"], json!([]));
    service.put(&path, json!({ "routingPrefix": "83" })).await.expect(200);
}

#[tokio::test]
async fn the_language_of_those_who_are_there_changes_without_the_default() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let path = format!(
        "/telephony/config/locations/{}/actions/modifyAnnouncementLanguage/invoke?orgId={org}",
        customer.location
    );
    let spoken = || {
        let key = IdKind::Location.decode(&customer.location).unwrap();
        service.sim.state().locations[&key].calling.clone().unwrap().spoken
    };
    service.post(&path, json!({ "agentEnabled": true })).await.expect(400);
    service.post(&path, json!({ "announcementLanguageCode": "xx_yy", "agentEnabled": true })).await.expect(400);
    service.post(&path, json!({ "announcementLanguageCode": "fr_fr", "agentEnabled": true })).await.expect(204);
    assert_eq!((spoken().people.as_deref(), spoken().features), (Some("fr_fr"), None));
    let body = json!({ "announcementLanguageCode": "de_de", "agentEnabled": false, "serviceEnabled": true });
    service.post(&path, body).await.expect(204);
    assert_eq!((spoken().people.as_deref(), spoken().features.as_deref()), (Some("fr_fr"), Some("de_de")));
    let detail = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    assert_eq!(service.get(&detail).await.expect(200)["announcementLanguage"], "en_us");
}

#[tokio::test]
async fn the_detail_of_a_location_follows_its_connection() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let path = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    let found = service.get(&path).await.expect(200);
    assert_eq!(found["callingLineId"], json!({ "name": "acme Inc." }), "no main number, no field");
    assert_eq!((found.get("connection"), found.get("subscriptionId")), (None, None));
    let listed = service.get(&format!("/telephony/config/locations?orgId={org}")).await.expect(200);
    assert_eq!(listed["locations"][0]["callingLineId"], json!({ "phoneNumber": null }));

    let routes = service.get(&format!("/telephony/config/routeChoices?orgId={org}")).await.expect(200);
    let group = &routes["routeIdentities"][0];
    let connection = json!({ "connection": { "type": group["type"], "id": group["id"] } });
    service.put(&path, connection.clone()).await.expect(400);
    service.set_trunk(org, &customer.location).await;
    service.put(&path, connection).await.expect(204);
    let found = service.get(&path).await.expect(200);
    assert_eq!(found["connection"], json!({ "type": "ROUTE_GROUP", "id": group["id"] }));
    assert_eq!(found["useChargeNumberForPChargeInfo"], true);
    let wrong = json!({ "connection": { "type": "TRUNK", "id": group["id"] } });
    service.put(&path, wrong).await.expect(400);

    service.sim.set_pstn(&customer.location, PstnType::CiscoPstn, "Cisco PSTN").unwrap();
    let found = service.get(&path).await.expect(200);
    assert_eq!((found.get("connection"), &found["subscriptionId"]), (None, &json!("trial")));
}

#[tokio::test]
async fn the_fields_of_a_calling_location_have_their_forms() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = format!("/telephony/config/locations/{}?orgId={}", customer.location, customer.org);
    for wrong in [
        json!({ "outsideDialDigit": "12345" }),
        json!({ "outsideDialDigit": "a" }),
        json!({ "routingPrefix": "12345678" }),
        json!({ "chargeNumber": "12" }),
        json!({ "externalCallerIdName": "x".repeat(31) }),
        json!({ "announcementLanguage": "tlh" }),
        json!({ "enforceOutsideDialDigit": "true" }),
        json!({ "userLimit": 5 }),
        json!({ "connection": { "type": "SATELLITE", "id": "x" } }),
        Value::Null,
    ] {
        service.put(&path, wrong.clone()).await.expect(400);
    }
    let good = json!({
        "outsideDialDigit": "9", "enforceOutsideDialDigit": true, "chargeNumber": number(100),
        "announcementLanguage": "fr_fr",
    });
    service.put(&path, good).await.expect(204);
    let found = service.get(&path).await.expect(200);
    assert_eq!((&found["chargeNumber"], &found["outsideDialDigit"]), (&json!(number(100)), &json!("9")));
    assert_eq!((&found["announcementLanguage"], &found["userLimit"]), (&json!("fr_fr"), &json!(500_000)));
}

#[tokio::test]
async fn calling_is_enabled_with_the_location_as_it_was_read() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let other = service.customer("other", &["webex_calling"]).await;
    let mut body = super::service::new_location("Branch");
    body["latitude"] = json!("37.4");
    let made = service.post(&format!("/locations?orgId={}", customer.org), body.clone()).await.expect(201);
    body["id"] = made["id"].clone();
    body["longitude"] = json!(-121.9);
    body["notes"] = json!("");
    body["orgId"] = json!(other.org);
    let path = format!("/telephony/config/locations?orgId={}", customer.org);
    service.post(&path, body.clone()).await.expect(400);
    body["orgId"] = json!(customer.org);
    service.post(&path, body).await.expect(201);
}

#[tokio::test]
async fn the_connection_of_a_location_with_numbers_changes_only_in_a_kind_service() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let at = |what: &str| format!("/telephony/pstn/locations/{}/{what}?orgId={}", customer.location, customer.org);
    let options = service.get(&at("connectionOptions")).await.expect(200);
    let choice = json!({ "id": options["items"][1]["id"] });
    service.put(&at("connection"), choice.clone()).await.expect(409);
    service.sim.reconfigure(|config| config.pstn_change_in_use = Rule::Allowed);
    service.put(&at("connection"), choice).await.expect(204);
    let found = service.get(&at("connection")).await.expect(200);
    assert_eq!((&found["pstnConnectionType"], found.get("routeId")), (&json!("NON_INTEGRATED_CCP"), None));
    assert_eq!(service.numbers(&customer.org, "").await.len(), 10);
}

#[tokio::test]
async fn each_type_of_connection_shows_itself() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = format!("/telephony/pstn/locations/{}/connection?orgId={}", customer.location, customer.org);
    for (kind, name, services) in [
        (PstnType::IntegratedCcp, "INTEGRATED_CCP", json!(["GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS"])),
        (PstnType::CiscoPstn, "CISCO_PSTN", json!(["GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS"])),
        (PstnType::NonIntegratedCcp, "NON_INTEGRATED_CCP", json!(["GEOGRAPHIC_NUMBERS"])),
    ] {
        service.sim.set_pstn(&customer.location, kind, "Acme Trunks").unwrap();
        let found = service.get(&path).await.expect(200);
        assert_eq!((&found["pstnConnectionType"], &found["pstnServices"]), (&json!(name), &services));
        assert_eq!((found.get("routeType"), &found["displayName"]), (None, &json!("Acme Trunks")));
    }
}

#[tokio::test]
async fn routes_are_ordered_by_type_or_by_name() {
    let service = Service::start().await;
    service.sim.reconfigure(|config| config.trunks = vec!["A Trunk".to_owned(), "Z Trunk".to_owned()]);
    let customer = service.customer("acme", &["webex_calling"]).await;
    let base = format!("/telephony/config/routeChoices?orgId={}", customer.org);
    let names = async |more: &str| -> Vec<String> {
        let found = service.get(&format!("{base}{more}")).await.expect(200);
        found["routeIdentities"].as_array().unwrap().iter().map(|route| text(&route["name"])).collect()
    };
    assert_eq!(names("&order=routeType").await, ["Main Routes", "A Trunk", "Z Trunk"]);
    assert_eq!(names("&order=routeName").await, ["A Trunk", "Main Routes", "Z Trunk"]);
    assert_eq!(names("&trunkName=z&routeGroupName=main").await, ["Main Routes", "Z Trunk"]);
    assert_eq!(names("&trunkName=none").await, [""; 0]);
    assert_eq!(names("&max=1&start=1").await, ["A Trunk"]);
    assert_eq!(names("&order=routeName-desc").await, ["Z Trunk", "Main Routes", "A Trunk"]);
    assert_eq!(names("&order=routeType-desc%7CrouteName-desc").await, ["Z Trunk", "A Trunk", "Main Routes"]);
    for wrong in ["colour", "routeName-up", "routeName%7C"] {
        service.get(&format!("{base}&order={wrong}")).await.expect(400);
    }
}
