//! Locations, what calling adds to them, and their PSTN connection.

use std::time::Duration;

use hubform::sim::{Config, ErrorStatus, IdKind, PstnType, Rule};
use serde_json::{Value, json};

use super::service::{Service, new_location, number, quick, text};

#[tokio::test]
async fn a_location_is_made_read_changed_and_deleted() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let mut body = new_location("Branch");
    body["orgId"] = json!(org);
    let made = service.post(&format!("/locations?orgId={org}"), body).await.expect(201);
    assert_eq!(made["name"], "Branch", "more than the documented id comes back");
    let path = format!("/locations/{}?orgId={org}", text(&made["id"]));
    let detail = service.get(&path).await.expect(200);
    assert_eq!(detail["address"], new_location("Branch")["address"]);
    assert_eq!(detail["preferredLanguage"], Value::Null);
    assert_eq!(detail["announcementLanguage"], Value::Null);
    let listed = service.get(&format!("/locations?orgId={org}&name=RAN")).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "the name filter is `contains`");
    assert_eq!(listed["items"][0]["preferredLanguage"], "en_us");

    service.put(&path, json!({ "timeZone": "America/Denver", "latitude": 12.5 })).await.expect(204);
    let changed = service.get(&path).await.expect(200);
    assert_eq!((&changed["timeZone"], &changed["name"]), (&json!("America/Denver"), &json!("Branch")));
    assert_eq!(changed["latitude"], "12.5");
    service.delete(&path).await.expect(204);
    service.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_location_needs_its_fields_and_a_name_of_its_own() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = format!("/locations?orgId={}", customer.org);
    for field in ["name", "timeZone", "preferredLanguage", "announcementLanguage", "address"] {
        let mut body = new_location("Branch");
        body.as_object_mut().unwrap().remove(field);
        service.post(&path, body).await.expect(400);
    }
    for (field, value) in [
        ("timeZone", "America/NY"),
        ("timeZone", "america/denver"),
        ("preferredLanguage", "en_US"),
        ("announcementLanguage", "xx_xx"),
        ("shoeSize", "44"),
    ] {
        let mut body = new_location("Branch");
        body[field] = json!(value);
        service.post(&path, body).await.expect(400);
    }
    service.post(&path, new_location(&"x".repeat(257))).await.expect(400);
    let mut elsewhere = new_location("Branch");
    elsewhere["orgId"] = json!("other");
    service.post(&path, elsewhere).await.expect(400);
    service.post(&path, new_location("head office")).await.expect(409);
    service.sim.reconfigure(|config| config.duplicate_location_name = Rule::Allowed);
    service.post(&path, new_location("head office")).await.expect(201);
}

#[tokio::test]
async fn what_a_new_location_answers_and_keeps_is_not_certain() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = format!("/locations?orgId={}", customer.org);
    service.sim.reconfigure(|config| {
        config.whole_location_on_create = false;
        config.time_zone_kept_on_create = false;
        config.coordinates_as_numbers = true;
        config.language_in_location_detail = true;
    });
    let mut body = new_location("Branch");
    body["latitude"] = json!("37.42");
    body["longitude"] = json!(-122);
    let made = service.post(&path, body).await.expect(201);
    assert_eq!(made, json!({ "id": made["id"] }));
    let seen = service.get(&format!("/locations/{}?orgId={}", text(&made["id"]), customer.org)).await.expect(200);
    assert_eq!(seen["timeZone"], "America/Adak", "the first of the country");
    assert_eq!((&seen["latitude"], &seen["longitude"]), (&json!(37.42), &json!(-122.0)));
    assert_eq!(seen["preferredLanguage"], "en_us");
}

#[tokio::test]
async fn coordinates_are_numbers_of_degrees() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = format!("/locations/{}?orgId={}", customer.location, customer.org);
    for wrong in [
        json!({ "latitude": "north" }),
        json!({ "latitude": 91 }),
        json!({ "longitude": "-180.5" }),
        json!({ "latitude": "NaN" }),
        json!({ "latitude": true }),
    ] {
        service.put(&path, wrong.clone()).await.expect(400);
    }
    service.put(&path, json!({ "latitude": "-89.5", "longitude": 180 })).await.expect(204);
    let seen = service.get(&path).await.expect(200);
    assert_eq!((&seen["latitude"], &seen["longitude"]), (&json!("-89.5"), &json!("180")));
}

#[tokio::test]
async fn announcement_languages_are_told_apart_by_synthesis() {
    let service = Service::start().await;
    let list = async |query: &str| {
        let listed = service.get(&format!("/telephony/config/announcementLanguages{query}")).await.expect(200);
        listed["languages"].as_array().unwrap().len()
    };
    let (all, spoken, others) = (list("").await, list("?ttsLanguage=true").await, list("?ttsLanguage=false").await);
    assert_eq!(all, spoken + others);
    assert!(spoken > 0 && others > 0);
}

#[tokio::test]
async fn state_and_postal_code_depend_on_the_country() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = format!("/locations?orgId={}", customer.org);
    let mut berlin = new_location("Berlin");
    berlin["timeZone"] = json!("Europe/Berlin");
    berlin["address"] = json!({ "address1": "Unter den Linden 1", "city": "Berlin", "country": "DE" });
    service.post(&path, berlin.clone()).await.expect(400);
    berlin["address"]["postalCode"] = json!("10117");
    service.post(&path, berlin).await.expect(201);
    let mut york = new_location("York");
    york["address"]["state"] = json!("New York");
    service.post(&path, york).await.expect(400);
    let us = service.get("/telephony/config/countries/US").await.expect(200);
    assert_eq!((&us["stateRequired"], &us["zipCodeRequired"]), (&json!(true), &json!(true)));
    assert!(us["timeZones"].as_array().unwrap().contains(&json!("America/Chicago")));
    let de = service.get("/telephony/config/countries/DE").await.expect(200);
    assert_eq!(de["stateRequired"], false);
    service.get("/telephony/config/countries/XX").await.expect(404);
    let languages = service.get("/telephony/config/announcementLanguages").await.expect(200);
    assert!(languages["languages"].as_array().unwrap().contains(&json!({ "name": "English", "code": "en_us" })));
}

#[tokio::test]
async fn calling_is_enabled_by_saying_everything_again() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let path = format!("/telephony/config/locations?orgId={org}");
    let made = service.post(&format!("/locations?orgId={org}"), new_location("Branch")).await.expect(201);
    let id = text(&made["id"]);
    let mut body = new_location("Branch");
    service.post(&path, body.clone()).await.expect(400);
    body["id"] = json!(id);
    for (field, value) in [("name", "Other"), ("timeZone", "America/Denver"), ("announcementLanguage", "fr_fr")] {
        let mut other = body.clone();
        other[field] = json!(value);
        service.post(&path, other).await.expect(400);
    }
    let detail = format!("/telephony/config/locations/{id}?orgId={org}");
    service.get(&detail).await.expect(404);
    service.sim.reconfigure(|config| config.not_calling_status = ErrorStatus::BadRequest);
    service.get(&detail).await.expect(400);
    // The way a client does it that sends what it read.
    body["orgId"] = json!("other");
    service.post(&path, body.clone()).await.expect(400);
    body["orgId"] = json!(org);
    body["latitude"] = json!("37.4");
    assert_eq!(service.post(&path, body.clone()).await.expect(201), json!({ "id": id }));
    assert_eq!(service.get(&detail).await.expect(200)["announcementLanguage"], "en_us");
    service.post(&path, body).await.expect(409);
    service.delete(&format!("/locations/{id}?orgId={org}")).await.expect(409);

    let long = new_location(&"x".repeat(81));
    let made = service.post(&format!("/locations?orgId={org}"), long.clone()).await.expect(201);
    let mut body = long;
    body["id"] = made["id"].clone();
    service.post(&path, body).await.expect(400);
}

#[tokio::test]
async fn calling_needs_a_package_with_calling() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let org = &customer.org;
    let made = service.post(&format!("/locations?orgId={org}"), new_location("Branch")).await.expect(201);
    let mut body = new_location("Branch");
    body["id"] = made["id"].clone();
    service.post(&format!("/telephony/config/locations?orgId={org}"), body).await.expect(403);
}

#[tokio::test]
async fn calling_locations_are_listed_in_pages_by_start() {
    let service = Service::with(Config { page_size: Some(1), ..quick() }).await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    service.branch(org, "Branch").await;
    service.post(&format!("/locations?orgId={org}"), new_location("Plain")).await.expect(201);
    let first = service.get(&format!("/telephony/config/locations?orgId={org}")).await;
    let next = first.next().unwrap();
    let first = first.expect(200);
    assert_eq!(first["locations"][0]["name"], "Branch");
    assert_eq!(first["locations"][0]["callingLineId"], json!({ "phoneNumber": null }));
    let second = service.get(&next).await;
    assert_eq!(second.next(), None);
    assert_eq!(second.expect(200)["locations"][0]["name"], "Head Office");
}

#[tokio::test]
async fn a_main_number_is_one_of_the_locations_and_is_never_cleared() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let org = &customer.org;
    let path = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    let main = |value: Value| json!({ "callingLineId": { "name": "Acme", "phoneNumber": value } });
    service.put(&path, main(json!(number(999)))).await.expect(400);
    service.put(&path, main(json!(number(100)))).await.expect(204);
    let detail = service.get(&path).await.expect(200);
    assert_eq!(detail["callingLineId"], json!({ "name": "Acme", "phoneNumber": number(100) }));
    service.put(&path, main(Value::Null)).await.expect(400);
    service.put(&path, main(json!(""))).await.expect(400);
    service.put(&path, json!({ "callingLineId": { "phoneNumber": number(101) } })).await.expect(204);
    let available = format!("/telephony/config/locations/{}/availableNumbers?orgId={org}", customer.location);
    let available = service.get(&available).await.expect(200);
    let main: Vec<&Value> = available["phoneNumbers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["isMainNumber"] == true)
        .map(|row| &row["phoneNumber"])
        .collect();
    assert_eq!(main, [&json!(number(101))]);
}

#[tokio::test]
async fn a_new_routing_prefix_starts_a_job_and_only_one_runs_at_a_time() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let branch = service.branch(org, "Branch").await;
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_secs(9));
    let path = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    let other = format!("/telephony/config/locations/{branch}?orgId={org}");
    let job = text(&service.put(&path, json!({ "routingPrefix": "82" })).await.expect(200)["batchJobId"]);
    assert_eq!(service.get(&path).await.expect(200)["routingPrefix"], "82");
    let refused = service.put(&other, json!({ "routingPrefix": "83" })).await.expect(409);
    assert!(refused["failureReason"].is_string());
    service.put(&path, json!({ "routingPrefix": "82" })).await.expect(204);
    let jobs = format!("/telephony/config/jobs/updateRoutingPrefix/{job}?orgId={org}");
    assert_eq!(service.get(&jobs).await.expect(200)["latestExecutionStatus"], "STARTED");
    service.clock.advance(Duration::from_secs(9));
    assert_eq!(service.get(&jobs).await.expect(200)["latestExecutionExitCode"], "COMPLETED");
    service.put(&other, json!({ "routingPrefix": "82" })).await.expect(400);
    service.put(&other, json!({ "routingPrefix": "8a" })).await.expect(400);
    service.put(&other, json!({ "routingPrefix": "" })).await.expect(400);
    service.put(&other, json!({ "routingPrefix": "83" })).await.expect(200);
    let listed = service.get(&format!("/telephony/config/jobs/updateRoutingPrefix?orgId={org}")).await;
    assert_eq!(listed.expect(200)["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_emergency_location_identifier_is_for_three_countries() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let path = format!("/telephony/config/locations/{}?orgId={org}", customer.location);
    service.put(&path, json!({ "pAccessNetworkInfo": "95547321" })).await.expect(400);
    let address = json!({ "address1": "Rue 1", "city": "Paris", "postalCode": "75001", "country": "FR" });
    let place = format!("/locations/{}?orgId={org}", customer.location);
    service.put(&place, json!({ "address": address })).await.expect(204);
    service.put(&path, json!({ "pAccessNetworkInfo": "95547321" })).await.expect(204);
    assert_eq!(service.get(&path).await.expect(200)["pAccessNetworkInfo"], "95547321");
}

#[tokio::test]
async fn a_pstn_connection_is_an_error_until_it_is_set() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let path = format!("/telephony/pstn/locations/{}/connection?orgId={}", customer.location, customer.org);
    let error = service.get(&path).await.expect(404);
    assert!(text(&error["message"]).contains("not configured"));
    service.sim.reconfigure(|config| config.unset_pstn_status = ErrorStatus::BadRequest);
    service.get(&path).await.expect(400);
    service.set_trunk(&customer.org, &customer.location).await;
    let found = service.get(&path).await.expect(200);
    assert_eq!(found["pstnConnectionType"], "LOCAL_GATEWAY");
    assert_eq!(found["routeType"], "TRUNK");
    let detail = format!("/telephony/config/locations/{}?orgId={}", customer.location, customer.org);
    assert_eq!(service.get(&detail).await.expect(200)["connection"]["id"], found["routeId"]);
}

#[tokio::test]
async fn only_two_of_four_pstn_types_can_be_set() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let branch = service.branch(org, "Branch").await;
    let at = |location: &str, what: &str| format!("/telephony/pstn/locations/{location}/{what}?orgId={org}");
    let options = service.get(&at(&customer.location, "connectionOptions")).await.expect(200);
    let options = options["items"].as_array().unwrap().clone();
    let names: Vec<&str> = options.iter().map(|option| option["displayName"].as_str().unwrap()).collect();
    assert_eq!(names, ["Premises-based PSTN", "Acme Trunks", "Northern Carrier", "Integrated Carrier"]);
    let elsewhere = service.get(&at(&branch, "connectionOptions")).await.expect(200);
    assert_ne!(elsewhere["items"][1]["id"], options[1]["id"], "ids of options are per location");

    let connection = at(&customer.location, "connection");
    for wrong in [
        json!({ "id": options[0]["id"] }),
        json!({ "id": options[3]["id"] }),
        json!({ "id": elsewhere["items"][1]["id"] }),
        json!({ "premiseRouteType": "TRUNK" }),
        json!({ "premiseRouteType": "TRUNK", "premiseRouteId": "none" }),
        json!({ "id": options[1]["id"], "premiseRouteType": "TRUNK", "premiseRouteId": "none" }),
        json!({}),
    ] {
        service.put(&connection, wrong).await.expect(400);
    }
    service.put(&connection, json!({ "id": options[1]["id"] })).await.expect(204);
    let found = service.get(&connection).await.expect(200);
    assert_eq!(found["pstnConnectionType"], "NON_INTEGRATED_CCP");
    assert_eq!((&found["displayName"], &found["id"]), (&json!("Acme Trunks"), &options[1]["id"]));
    service.put(&connection, json!({ "id": options[2]["id"] })).await.expect(204);
    service.add_numbers(org, &customer.location, 100..101).await;
    service.put(&connection, json!({ "id": options[1]["id"] })).await.expect(409);
    service.put(&connection, json!({ "id": options[2]["id"] })).await.expect(204);

    service.sim.set_pstn(&branch, PstnType::CiscoPstn, "Cisco PSTN").unwrap();
    let found = service.get(&at(&branch, "connection")).await.expect(200);
    assert_eq!(found["pstnConnectionType"], "CISCO_PSTN");
    let id = json!({ "id": elsewhere["items"][1]["id"] });
    service.put(&at(&branch, "connection"), id).await.expect(400);
    assert!(service.sim.set_pstn("none", PstnType::CiscoPstn, "x").is_err());
}

#[tokio::test]
async fn routes_are_found_by_name_and_type() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    let org = &customer.org;
    let routes = service.get(&format!("/telephony/config/routeChoices?orgId={org}")).await.expect(200);
    let found: Vec<(&str, &str)> = routes["routeIdentities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|route| (route["name"].as_str().unwrap(), route["type"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("Main Routes", "ROUTE_GROUP"), ("Main Trunk", "TRUNK")]);
    let only = format!("/telephony/config/routeChoices?orgId={org}&routeGroupName=main");
    let only = service.get(&only).await.expect(200);
    assert_eq!(only["routeIdentities"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_location_of_another_organization_is_not_found() {
    let service = Service::start().await;
    let acme = service.customer("acme", &["webex_calling"]).await;
    let other = service.customer("other", &["webex_calling"]).await;
    let location = &acme.location;
    for path in [
        format!("/locations/{location}?orgId={}", other.org),
        format!("/locations/{location}"),
        format!("/telephony/config/locations/{location}?orgId={}", other.org),
        format!("/telephony/config/locations/{location}"),
        format!("/telephony/pstn/locations/{location}/connectionOptions"),
    ] {
        service.get(&path).await.expect(404);
    }
    let bare = IdKind::Location.decode(location).unwrap();
    let path = format!("/locations/{bare}?orgId={}", acme.org);
    service.get(&path).await.expect(404);
    service.sim.reconfigure(|config| config.bare_ids = Rule::Allowed);
    service.get(&path).await.expect(200);
}
