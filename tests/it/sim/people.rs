//! People, their roles, and the same people through SCIM.

use std::time::Duration;

use hubform::sim::{Config, IdKind, Rule};
use serde_json::{Value, json};

use super::service::{Customer, Service, number, quick, text};

/// A customer and the person Ann, with number 101 and extension 201.
async fn with_ann(service: &Service) -> (Customer, Value) {
    let customer = service.telephone_customer().await;
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    (customer, ann)
}

fn path(ann: &Value) -> String {
    format!("/people/{}?callingData=true", text(&ann["personId"]))
}

async fn role(service: &Service, name: &str) -> String {
    let roles = service.get("/roles").await.expect(200);
    let roles = roles["items"].as_array().unwrap();
    text(&roles.iter().find(|role| role["name"] == name).unwrap()["id"])
}

fn uuid(service_id: &Value) -> String {
    IdKind::People.decode(service_id.as_str().unwrap()).unwrap().to_string()
}

#[tokio::test]
async fn the_line_of_a_person_shows_only_with_calling_data() {
    let service = Service::start().await;
    let (_, ann) = with_ann(&service).await;
    let with = service.person(&ann["personId"]).await;
    let numbers = json!([
        { "type": "work", "value": "+1 408 555 0101", "primary": true },
        { "type": "work_extension", "value": "201" },
    ]);
    assert_eq!((&with["phoneNumbers"], &with["extension"]), (&numbers, &json!("201")));
    assert_eq!(with["nickName"], "ann");
    let bare = format!("/people/{}", uuid(&ann["personId"]));
    let without = service.get(&bare).await.expect(200);
    for field in ["phoneNumbers", "extension", "locationId"] {
        assert_eq!(without[field], Value::Null, "{field}");
    }
    service.sim.reconfigure(|config| config.spaced_numbers = false);
    let with = service.person(&ann["personId"]).await;
    assert_eq!(with["phoneNumbers"][0]["value"], json!(number(101)));
}

#[tokio::test]
async fn the_caller_is_an_administrator_of_the_partner() {
    let service = Service::start().await;
    let me = service.get("/people/me").await.expect(200);
    let org = service.get(&format!("/organizations/{}", text(&me["orgId"]))).await.expect(200);
    assert_eq!(org["displayName"], "Acme Voice");
    assert!(me["roles"].as_array().unwrap().contains(&json!(role(&service, "Full Administrator").await)));
}

#[tokio::test]
async fn people_are_listed_by_every_documented_filter() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let branch = service.branch(&customer.org, "Branch").await;
    let org = &customer.org;
    let id = text(&ann["personId"]);
    for (filter, count) in [
        (String::new(), 2),
        ("&email=ANN@acme.example".to_owned(), 1),
        ("&email=nobody@acme.example".to_owned(), 0),
        ("&displayName=AN".to_owned(), 1),
        (format!("&id={id}"), 1),
        (format!("&locationId={}", customer.location), 1),
    ] {
        let listed = service.get(&format!("/people?orgId={org}{filter}")).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), count, "{filter}");
    }
    let unknown = service.get(&format!("/people?orgId={org}&id={id},nobody")).await.expect(200);
    assert_eq!(unknown["notFoundIds"], json!(["nobody"]));
    let own = service.get("/people?email=ann@acme.example").await.expect(200);
    assert_eq!(own["items"], json!([]), "without orgId it is the caller's own organization");
    let nobody = service.get(&format!("/people?orgId={org}&locationId={branch}")).await.expect(200);
    assert!(nobody["items"][0]["errors"]["peopleListLocationId"]["reason"].is_string());
    assert_eq!(nobody["items"].as_array().unwrap().len(), 1);
    for wrong in [
        "max=1001",
        "max=101&callingData=true",
        &format!("max=51&locationId={}", customer.location),
        "callingData=yes",
        "phone=1",
    ] {
        service.get(&format!("/people?orgId={org}&{wrong}")).await.expect(400);
    }
}

#[tokio::test]
async fn people_come_in_pages_by_an_opaque_cursor() {
    let service = Service::with(Config { page_size: Some(1), ..quick() }).await;
    let (customer, _) = with_ann(&service).await;
    let first = service.get(&format!("/people?orgId={}&callingData=true", customer.org)).await;
    let next = first.next().unwrap();
    assert!(next.contains("callingData=true"));
    let second = service.get(&next).await;
    assert_eq!(second.next(), None);
    assert_ne!(first.body["items"], second.body["items"]);
    service.get(&format!("/people?orgId={}&cursor=2", customer.org)).await.expect(400);
}

#[tokio::test]
async fn a_put_replaces_what_it_sends_and_leaves_the_rest() {
    let service = Service::start().await;
    let (_, ann) = with_ann(&service).await;
    let before = service.person(&ann["personId"]).await;
    let body = json!({ "displayName": "Ann L.", "lastName": "Long", "department": "Sales" });
    let after = service.put(&path(&ann), body).await.expect(200);
    assert_eq!((&after["displayName"], &after["lastName"]), (&json!("Ann L."), &json!("Long")));
    assert_eq!(after["department"], "Sales");
    for field in ["firstName", "emails", "phoneNumbers", "extension", "roles", "licenses"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    service.put(&path(&ann), json!({ "lastName": "Long" })).await.expect(400);
    service.put(&path(&ann), json!({ "displayName": "x", "nonsense": 1 })).await.expect(400);
    let repeated = json!({
        "displayName": "Ann", "emails": before["emails"], "orgId": before["orgId"], "licenses": before["licenses"],
        "locationId": before["locationId"], "id": before["id"], "created": before["created"], "nickName": "Annie",
    });
    assert_eq!(service.put(&path(&ann), repeated).await.expect(200)["nickName"], "ann");
    for (field, value) in [
        ("licenses", json!([])),
        ("orgId", json!("other")),
        ("emails", json!(["a@b.example", "c@d.example"])),
        ("emails", json!(["admin@acme.example"])),
        ("loginEnabled", json!("true")),
    ] {
        let mut body = json!({ "displayName": "Ann" });
        body[field] = value;
        let reply = service.put(&path(&ann), body).await;
        assert!([400, 409].contains(&reply.status), "{field}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_put_gives_numbers_and_extensions_that_are_free() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let branch = service.branch(&customer.org, "Branch").await;
    let line = json!({ "primaryPhoneNumber": number(102), "extension": "202" });
    service.subscriber(&customer, "bob", line).await;
    let work = |number: String| json!([{ "type": "work", "value": number }]);
    for change in [
        json!({ "extension": "202" }),
        json!({ "extension": "911" }),
        json!({ "extension": "" }),
        json!({ "phoneNumbers": work(number(102)) }),
        json!({ "phoneNumbers": work(number(999)) }),
        json!({ "phoneNumbers": work("408 555 0103".to_owned()) }),
        json!({ "phoneNumbers": [{ "type": "work_extension", "value": "203" }] }),
        json!({ "phoneNumbers": [{ "type": "work", "value": number(103) }, { "type": "work", "value": number(104) }] }),
        json!({ "locationId": branch }),
    ] {
        let mut body = change.clone();
        body["displayName"] = json!("Ann");
        service.put(&path(&ann), body).await.expect(400);
    }
    let body = json!({ "displayName": "Ann", "phoneNumbers": work(number(103)), "extension": "203" });
    let after = service.put(&path(&ann), body).await.expect(200);
    assert_eq!((&after["extension"], &after["phoneNumbers"][0]["value"]), (&json!("203"), &json!("+1 408 555 0103")));
    let bare = service.put(&path(&ann), json!({ "displayName": "Ann", "phoneNumbers": [] })).await.expect(200);
    assert_eq!(bare["phoneNumbers"], json!([{ "type": "work_extension", "value": "203" }]));
    assert_eq!(service.numbers(&customer.org, "&available=true").await.len(), 9);
    service.sim.reconfigure(|config| config.empty_extension = Rule::Allowed);
    let nothing = json!({ "displayName": "Ann", "extension": "" });
    service.put(&path(&ann), nothing).await.expect(400);
    let cleared = json!({ "displayName": "Ann", "extension": "", "phoneNumbers": work(number(103)) });
    assert_eq!(service.put(&path(&ann), cleared).await.expect(200)["extension"], Value::Null);
}

#[tokio::test]
async fn a_put_takes_back_what_a_get_showed() {
    let service = Service::start().await;
    let (_, ann) = with_ann(&service).await;
    let mut shown = service.person(&ann["personId"]).await;
    assert_eq!(shown["phoneNumbers"][0]["value"], "+1 408 555 0101", "not the form that is written");
    shown["extension"] = json!("203");
    shown["loginEnabled"] = json!(true);
    let after = service.put(&path(&ann), shown).await.expect(200);
    let numbers = json!([
        { "type": "work", "value": "+1 408 555 0101", "primary": true },
        { "type": "work_extension", "value": "203" },
    ]);
    assert_eq!((&after["phoneNumbers"], &after["extension"]), (&numbers, &json!("203")));
}

#[tokio::test]
async fn two_people_exchange_their_extensions_only_by_way_of_a_third() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let bob = service.subscriber(&customer, "bob", json!({ "extension": "202" })).await;
    let give = async |who: &Value, extension: &str| {
        let body = json!({ "displayName": "x", "extension": extension });
        service.put(&path(who), body).await.status
    };
    assert_eq!(give(&ann, "202").await, 400);
    assert_eq!(give(&bob, "201").await, 400);
    assert_eq!(give(&bob, "999").await, 400, "an emergency number is no place to park");
    assert_eq!(give(&bob, "998").await, 200);
    assert_eq!(give(&ann, "202").await, 200);
    assert_eq!(give(&bob, "201").await, 200);
}

#[tokio::test]
async fn a_person_without_calling_gets_no_line_by_a_put() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let admin = service.get(&format!("/people?orgId={}&email=admin@acme.example", customer.org)).await;
    let admin = admin.expect(200)["items"][0].clone();
    let path = format!("/people/{}?callingData=true", text(&admin["id"]));
    let body = json!({ "displayName": "A", "extension": "201", "locationId": customer.location });
    service.put(&path, body).await.expect(400);
    service.put(&path, json!({ "displayName": "A", "phoneNumbers": [] })).await.expect(200);
}

#[tokio::test]
async fn roles_are_put_as_the_complete_list_of_ids() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let full = role(&service, "Full Administrator").await;
    let support = role(&service, "Support administrator").await;
    let location = role(&service, "Location administrator").await;
    let put = async |roles: Value| service.put(&path(&ann), json!({ "displayName": "Ann", "roles": roles })).await;
    assert_eq!(put(json!([support])).await.expect(200)["roles"], json!([support]));
    assert_eq!(put(json!([full])).await.expect(200)["roles"], json!([full]));
    put(json!(["id_full_admin"])).await.expect(400);
    put(json!([full, location])).await.expect(400);
    put(json!([location])).await.expect(200);
    put(json!([])).await.expect(200);
    let admin = service.get(&format!("/people?orgId={}&email=admin@acme.example", customer.org)).await;
    let admin = text(&admin.expect(200)["items"][0]["id"]);
    let nobody = json!({ "displayName": "A", "roles": [] });
    service.put(&format!("/people/{admin}"), nobody).await.expect(400);
    assert_eq!(service.get(&format!("/roles/{full}")).await.expect(200)["name"], "Full Administrator");
    service.get("/roles/none").await.expect(404);
}

#[tokio::test]
async fn a_person_is_deleted_after_the_subscriber_and_frees_line_and_email() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let other = service.customer("other", &["webex_meetings"]).await;
    let person = format!("/people/{}", text(&ann["personId"]));
    service.delete(&person).await.expect(409);
    service.delete(&format!("/wholesale/subscribers/{}", text(&ann["id"]))).await.expect(204);
    service.delete(&person).await.expect(204);
    service.get(&person).await.expect(404);
    let mut elsewhere = super::service::new_subscriber(&other, "ann", json!({}));
    elsewhere["packages"] = json!(["webex_meetings"]);
    service.post("/wholesale/subscribers", elsewhere).await.expect(200);
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    service.subscriber(&customer, "bob", line).await;
    let admin = service.get(&format!("/people?orgId={}&email=admin@acme.example", customer.org)).await;
    let admin = text(&admin.expect(200)["items"][0]["id"]);
    service.delete(&format!("/people/{admin}")).await.expect(400);
}

#[tokio::test]
async fn numbers_of_a_person_are_national_unless_e164_is_asked_for() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let path = format!("/people/{}/features/numbers?orgId={}", text(&ann["personId"]), customer.org);
    assert_eq!(service.get(&path).await.expect(200)["phoneNumbers"][0]["directNumber"], "4085550101");
    let e164 = service.get(&format!("{path}&preferE164Format=true")).await.expect(200);
    assert_eq!(e164["phoneNumbers"][0]["directNumber"], json!(number(101)));
}

#[tokio::test]
async fn a_person_is_made_with_one_email_and_a_name() {
    let service = Service::start().await;
    let (customer, _) = with_ann(&service).await;
    let new = |changes: Value| {
        let mut body = json!({ "emails": ["bob@acme.example"], "orgId": customer.org, "firstName": "Bob" });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let other = service.customer("other", &["webex_meetings"]).await;
    for (status, wrong) in [
        (400, json!({ "emails": [] })),
        (400, json!({ "emails": ["bob@acme.example", "b@acme.example"] })),
        (400, json!({ "emails": ["bob"] })),
        (409, json!({ "emails": ["ANN@acme.example"] })),
        (400, json!({ "emails": ["admin@other.example"] })),
        (404, json!({ "orgId": "none" })),
        (400, json!({ "roles": ["none"] })),
        (400, json!({ "extension": "299" })),
        (400, json!({ "phoneNumbers": [{ "type": "work", "value": number(102) }] })),
        (400, json!({ "loginEnabled": true })),
    ] {
        let reply = service.post("/people", new(wrong.clone())).await;
        assert_eq!(reply.status, status, "{wrong}: {}", reply.body);
    }
    let nameless = json!({ "emails": ["bob@acme.example"], "orgId": customer.org });
    service.post("/people", nameless).await.expect(400);
    let id = service.post("/people?minResponse=true", new(json!({ "title": "GM" }))).await.expect(200);
    assert_eq!(id.as_object().unwrap().len(), 1, "{id}");
    let bob = service.person(&id["id"]).await;
    assert_eq!((&bob["displayName"], &bob["title"], &bob["licenses"]), (&json!("Bob"), &json!("GM"), &json!([])));
    assert_eq!(bob["nickName"], "Bob");
    let own = json!({ "emails": ["sam@partner.example"], "displayName": "Sam" });
    let sam = service.post("/people", own).await.expect(200);
    assert_eq!(sam["orgId"], service.get("/people/me").await.expect(200)["orgId"]);
    assert_ne!(sam["orgId"], json!(other.org));
}

#[tokio::test]
async fn the_owner_of_a_free_account_is_nobody_to_be_made() {
    let service = Service::with(Config { pending_emails: ["free@acme.example".to_owned()].into(), ..quick() }).await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let body = json!({ "emails": ["free@acme.example"], "firstName": "Free", "orgId": customer.org });
    service.post("/people", body).await.expect(409);
}

#[tokio::test]
async fn a_calling_user_is_made_with_licence_location_and_line_in_one_request() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let licenses = service.person(&ann["personId"]).await["licenses"].clone();
    for wrong in [
        json!({}),
        json!({ "locationId": customer.location }),
        json!({ "extension": "202" }),
        json!({ "locationId": "none", "extension": "202" }),
        json!({ "locationId": customer.location, "extension": "201" }),
        json!({ "locationId": customer.location, "phoneNumbers": [{ "type": "work", "value": number(101) }] }),
        json!({ "locationId": customer.location, "phoneNumbers": [{ "type": "work_extension", "value": "202" }] }),
    ] {
        let body = {
            let mut body = json!({
                "emails": ["bob@acme.example"], "orgId": customer.org, "firstName": "Bob", "licenses": licenses,
            });
            for (name, value) in wrong.as_object().unwrap() {
                body[name] = value.clone();
            }
            body
        };
        service.post("/people", body).await.expect(400);
    }
    let body = json!({
        "emails": ["bob@acme.example"], "orgId": customer.org, "firstName": "Bob",
        "licenses": [licenses[0], licenses[1], "unknown"],
        "locationId": customer.location, "extension": "202",
        "phoneNumbers": [{ "type": "work", "value": number(102) }],
    });
    let bob = service.post("/people?callingData=true", body).await.expect(200);
    assert_eq!(bob["licenses"], licenses, "what is unknown is passed over");
    assert_eq!(bob["phoneNumbers"][0]["value"], "+1 408 555 0102");
    let path = format!("/people/{}?callingData=true", text(&bob["id"]));
    let without = service.put(&path, json!({ "displayName": "Bob", "licenses": [] })).await.expect(200);
    assert_eq!((&without["licenses"], &without["extension"]), (&json!([]), &Value::Null));
    let line =
        json!({ "displayName": "Bob", "licenses": licenses, "locationId": customer.location, "extension": "203" });
    let again = service.put(&path, line).await.expect(200);
    assert_eq!((&again["licenses"], &again["extension"]), (&licenses, &json!("203")));
    let listed = service.get(&format!("/licenses?orgId={}", customer.org)).await.expect(200);
    let calling = listed["items"].as_array().unwrap().iter().find(|row| row["name"] == "Webex Calling - Professional");
    let alone = json!({ "displayName": "Bob", "licenses": [calling.unwrap()["id"]] });
    service.put(&path, alone).await.expect(400);
}

#[tokio::test]
async fn people_named_by_id_show_neither_roles_nor_licences() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let id = text(&ann["personId"]);
    let org = &customer.org;
    let listed = service.get(&format!("/people?orgId={org}&id={id}&callingData=true")).await.expect(200);
    let found = &listed["items"][0];
    assert_eq!((&found["roles"], &found["licenses"], &found["locationId"]), (&Value::Null, &Value::Null, &Value::Null));
    assert!(service.person(&ann["personId"]).await["licenses"].is_array());
    let many = vec![id.as_str(); 86].join(",");
    service.get(&format!("/people?orgId={org}&id={many}")).await.expect(400);
    service.get(&format!("/people?orgId={org}&id={id}&locationId={}", customer.location)).await.expect(400);
    let full = role(&service, "Full Administrator").await;
    service.get(&format!("/people?orgId={org}&roles={full}")).await.expect(400);
    let support = role(&service, "Support administrator").await;
    let own = service.get(&format!("/people?roles={support},{full}")).await.expect(200);
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    assert_eq!(service.get(&format!("/people?roles={support}")).await.expect(200)["items"], json!([]));
    service.get("/people?roles=none").await.expect(400);
}

#[tokio::test]
async fn nobody_at_a_location_is_an_entry_or_an_empty_list() {
    let service = Service::start().await;
    let (customer, _) = with_ann(&service).await;
    let branch = service.branch(&customer.org, "Branch").await;
    let path = format!("/people?orgId={}&locationId={branch}", customer.org);
    assert_eq!(service.get(&path).await.expect(200)["items"].as_array().unwrap().len(), 1);
    service.sim.reconfigure(|config| config.entry_for_nobody = false);
    assert_eq!(service.get(&path).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_put_answers_as_little_as_is_wanted() {
    let service = Service::start().await;
    let (_, ann) = with_ann(&service).await;
    let path = format!("/people/{}?minResponse=true", text(&ann["personId"]));
    let body = json!({ "displayName": "Ann" });
    assert_eq!(service.put(&path, body.clone()).await.expect(200), json!({ "id": ann["personId"] }));
    service.sim.reconfigure(|config| config.empty_min_response = true);
    service.put(&path, body).await.expect(204);
}

#[tokio::test]
async fn sites_that_somebody_attends_go_only_where_all_types_are_shown() {
    let service = Service::start().await;
    let (_, ann) = with_ann(&service).await;
    let path = format!("/people/{}", text(&ann["personId"]));
    let sites = |sites: Value| json!({ "displayName": "Ann", "siteUrls": sites });
    let both = json!(["a.webex.com#attendee", "b.webex.com"]);
    service.put(&path, sites(both)).await.expect(200);
    let kept = service.put(&path, sites(json!([]))).await.expect(200);
    assert_eq!(kept["siteUrls"], json!(["a.webex.com#attendee"]));
    let gone = service.put(&format!("{path}?showAllTypes=true"), sites(json!([]))).await.expect(200);
    assert_eq!(gone["siteUrls"], json!([]));
}

#[tokio::test]
async fn sip_addresses_come_some_time_after_the_person() {
    let service = Service::with(Config { provisioning_delay: Duration::from_secs(5), ..quick() }).await;
    let body = json!({ "emails": ["sam@partner.example"], "displayName": "Sam" });
    let sam = service.post("/people", body).await.expect(200);
    assert_eq!(sam["sipAddresses"], Value::Null);
    service.clock.advance(Duration::from_secs(5));
    assert_eq!(service.person(&sam["id"]).await["sipAddresses"][0]["type"], "personal-room");
}

#[tokio::test]
async fn the_caller_cannot_be_deleted_by_their_own_token() {
    let service = Service::start().await;
    let me = service.get("/people/me").await.expect(200);
    service.delete(&format!("/people/{}", text(&me["id"]))).await.expect(403);
}

fn operation(op: &str, roles: &[&str]) -> Value {
    let value: Vec<Value> = roles.iter().map(|role| json!({ "value": role, "type": "cirole" })).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": op, "path": "roles", "value": value }],
    })
}

#[tokio::test]
async fn scim_shows_the_same_people_without_anything_of_calling() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let org = IdKind::Organization.decode(&customer.org).unwrap();
    let users = format!("/identity/scim/{org}/v2/Users");
    let found = service.get(&format!("{users}?filter=userName%20eq%20%22Ann@acme.example%22")).await.expect(200);
    assert_eq!(found["totalResults"], 1);
    let user = &found["Resources"][0];
    assert_eq!((&user["id"], &user["userName"]), (&json!(uuid(&ann["personId"])), &json!("ann@acme.example")));
    assert_eq!((&user["phoneNumbers"], &user["packages"]), (&Value::Null, &Value::Null));
    assert_eq!(service.get(&format!("{users}/{}", uuid(&ann["personId"]))).await.expect(200), *user);
    let second = service.get(&format!("{users}?startIndex=2&count=1")).await.expect(200);
    assert_eq!((&second["totalResults"], &second["itemsPerPage"]), (&json!(2), &json!(1)));
    service.get(&format!("{users}?filter=active%20eq%20true")).await.expect(400);
    service.get(&format!("{users}/{}", text(&ann["personId"]))).await.expect(404);
    service.get(&format!("/identity/scim/{}/v2/Users", customer.org)).await.expect(404);
    let origin = service.base.strip_suffix("/v1").unwrap();
    let documented = format!("{origin}{users}/{}", uuid(&ann["personId"]));
    assert_eq!(user["meta"]["location"], json!(documented), "the documented address has no /v1");
    assert_eq!(service.get(&documented).await.expect(200), *user);
    service.get(&documented.replace("/identity", "/v1/identity")).await.expect(404);
}

#[tokio::test]
async fn scim_changes_roles_but_cannot_appoint_everybody() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let org = IdKind::Organization.decode(&customer.org).unwrap();
    let user = format!("/identity/scim/{org}/v2/Users/{}", uuid(&ann["personId"]));
    let roles = |user: &Value| -> Vec<String> {
        user["roles"].as_array().unwrap().iter().map(|role| text(&role["value"])).collect()
    };
    let patch = async |body: Value| service.patch(&user, body).await;
    assert_eq!(roles(&patch(operation("add", &["id_full_admin"])).await.expect(200)), ["id_full_admin"]);
    let both = patch(operation("add", &["id_user_admin"])).await.expect(200);
    assert_eq!(roles(&both), ["id_full_admin", "id_user_admin"]);
    let one = patch(operation("remove", &["id_full_admin"])).await.expect(200);
    assert_eq!(roles(&one), ["id_user_admin"]);
    assert_eq!(roles(&patch(operation("replace", &["id_device_admin"])).await.expect(200)), ["id_device_admin"]);
    let named = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "remove", "path": "roles[value eq \"id_device_admin\"]" }],
    });
    assert!(roles(&patch(named).await.expect(200)).is_empty());

    patch(operation("add", &["location_admin"])).await.expect(400);
    patch(operation("add", &["96abc2aa-3dcc-11e5-a152-fe34819cdc9a"])).await.expect(400);
    patch(operation("swap", &["id_user_admin"])).await.expect(400);
    let mut other = operation("replace", &["id_user_admin"]);
    other["Operations"][0]["path"] = json!("displayName");
    patch(other).await.expect(400);
    let mut bare = operation("add", &["id_user_admin"]);
    bare.as_object_mut().unwrap().remove("schemas");
    patch(bare).await.expect(400);
    service.sim.reconfigure(|config| config.scim = Rule::Refused);
    patch(operation("add", &["id_user_admin"])).await.expect(403);
}

#[tokio::test]
async fn scim_leaves_the_roles_alone_that_it_does_not_know() {
    let service = Service::start().await;
    let (customer, ann) = with_ann(&service).await;
    let support = role(&service, "Support administrator").await;
    let full = role(&service, "Full Administrator").await;
    service.put(&path(&ann), json!({ "displayName": "Ann", "roles": [support] })).await.expect(200);
    let org = IdKind::Organization.decode(&customer.org).unwrap();
    let scim = format!("/identity/scim/{org}/v2/Users/{}", uuid(&ann["personId"]));
    service.patch(&scim, operation("replace", &["id_full_admin"])).await.expect(200);
    let person = service.person(&ann["personId"]).await;
    let mut roles: Vec<String> = person["roles"].as_array().unwrap().iter().map(text).collect();
    roles.sort();
    let mut wanted = vec![support, full];
    wanted.sort();
    assert_eq!(roles, wanted);
}
