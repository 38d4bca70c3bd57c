//! People, roles, licences and the numbers of people.

use serde_json::json;

use super::{Acme, Walk, number, stranger, wholesale::Ann};

const PEOPLE: &str = "/people";
const PERSON: &str = "/people/{personId}";
const LICENSES: &str = "/licenses";
const LICENSE: &str = "/licenses/{licenseId}";
const ASSIGN: &str = "/licenses/users";

pub async fn people(walk: &mut Walk, acme: &Acme, ann: &Ann) {
    let org = &*acme.org;
    walk.get("/people/me").expect(200).await;
    walk.get("/people/me").query("callingData", "true").expect(200).await;
    let list = walk.get(PEOPLE).org(org).query("callingData", "true").query("max", "2").expect(200).await;
    assert!(walk.follow(list).await > 0, "seven people do not fit into a page of two");
    for (name, value) in [
        ("email", "ann@acme.example"),
        ("displayName", "Ann"),
        ("id", &*ann.person),
        ("locationId", &*acme.location),
        ("excludeStatus", "true"),
    ] {
        walk.get(PEOPLE).org(org).query(name, value).expect(200).await;
    }
    let both = format!("{},{}", ann.person, stranger("PEOPLE"));
    walk.get(PEOPLE).org(org).query("id", &both).expect(200).await;
    walk.get(PEOPLE).org(org).query("locationId", &stranger("LOCATION")).expect_one_of(&[200, 400, 404]).await;
    walk.get(PEOPLE).org(org).query("max", "1001").expect(400).await;
    walk.get(PERSON).id(&ann.person).expect(200).await;
    walk.get(PERSON).id(&stranger("PEOPLE")).expect(404).await;
    let whole = walk.get(PERSON).id(&ann.person).query("callingData", "true").expect(200).await;
    let change = json!({
        "emails": ["ann@acme.example"],
        "displayName": "Ann Lee-Ray",
        "firstName": "Ann",
        "lastName": "Lee-Ray",
        "title": "Manager",
        "department": "Kitchen",
        "phoneNumbers": [{ "type": "work", "value": number(102) }],
        "extension": "2102",
        "roles": whole.body.get("roles").cloned().unwrap_or_else(|| json!([])),
        "licenses": whole.body["licenses"],
        "loginEnabled": true,
    });
    let put = walk.put(PERSON).id(&ann.person).query("callingData", "true").query("showAllTypes", "true");
    put.body(change).expect(200).await;
    let small = walk.put(PERSON).id(&ann.person).query("minResponse", "true");
    small.body(json!({ "displayName": "Ann Lee" })).expect_one_of(&[200, 204]).await;
    walk.put(PERSON).id(&ann.person).body(json!({ "firstName": "Ann" })).wrong().expect(400).await;
    walk.put(PERSON).id(&stranger("PEOPLE")).body(json!({ "displayName": "x" })).expect(404).await;
    new_person(walk, acme).await;

    let roles = walk.get("/roles").expect(200).await;
    walk.get("/roles/{roleId}").id(&roles.text("/items/0/id")).expect(200).await;
    walk.get("/roles/{roleId}").id(&stranger("ROLE")).expect(404).await;
}

async fn new_person(walk: &mut Walk, acme: &Acme) {
    let new = json!({
        "emails": ["dan@acme.example"],
        "displayName": "Dan Roe",
        "firstName": "Dan",
        "lastName": "Roe",
        "orgId": acme.org,
        "department": "Sales",
        "addresses": [{
            "type": "work", "country": "US", "locality": "Milpitas", "region": "CA",
            "streetAddress": "1 Main St", "postalCode": "95035",
        }],
    });
    let post = walk.post(PEOPLE).query("callingData", "true");
    let dan = post.body(new.clone()).expect(200).await.text("/id");
    walk.post(PEOPLE).body(new).expect(409).await;
    let small = json!({ "emails": ["eve@acme.example"], "displayName": "Eve", "orgId": acme.org });
    let eve = walk.post(PEOPLE).query("minResponse", "true").body(small).expect(200).await.text("/id");
    let nameless = json!({ "emails": ["fay@acme.example"], "orgId": acme.org });
    walk.post(PEOPLE).body(nameless).expect(400).await;
    walk.post(PEOPLE).body(json!({ "displayName": "Fay", "orgId": acme.org })).wrong().expect(400).await;
    walk.delete(PERSON).id(&dan).expect(204).await;
    walk.get(PERSON).id(&dan).expect(404).await;
    walk.delete(PERSON).id(&eve).expect(204).await;
}

pub async fn licenses(walk: &mut Walk, acme: &Acme, ann: &Ann) {
    let org = &*acme.org;
    let new = json!({ "emails": ["gil@acme.example"], "displayName": "Gil", "orgId": acme.org });
    let gil = walk.post(PEOPLE).body(new).expect(200).await.text("/id");
    walk.get(LICENSES).expect(200).await;
    let licenses = walk.get(LICENSES).org(org).expect(200).await;
    let items = licenses.body["items"].as_array().cloned().unwrap_or_default();
    let name = |item: &serde_json::Value| item["name"].as_str().unwrap_or_default().to_lowercase();
    let meetings = items.iter().find(|item| name(item).contains("meeting")).or(items.first());
    let license = meetings.and_then(|item| item["id"].as_str()).unwrap_or(super::NOTHING).to_owned();
    walk.get(LICENSE).id(&license).expect(200).await;
    let used = walk.get(LICENSE).id(&license).query("includeAssignedTo", "user").query("limit", "1").expect(200).await;
    walk.follow(used).await;
    walk.get(LICENSE).id(&stranger("LICENSE")).expect(404).await;
    for operation in ["add", "remove"] {
        let change = json!({
            "personId": gil,
            "orgId": org,
            "licenses": [{ "id": license, "operation": operation }],
        });
        walk.patch(ASSIGN).body(change).expect_one_of(&[200, 206]).await;
    }
    // Packages give the licences of those who are subscribers.
    let own = walk.get(PERSON).id(&ann.person).expect(200).await.text("/licenses/0");
    let other = json!({ "personId": ann.person, "orgId": org, "licenses": [{ "id": own, "operation": "remove" }] });
    walk.patch(ASSIGN).body(other).expect(400).await;
    walk.delete(PERSON).id(&gil).expect(204).await;
    let unknown = json!({
        "email": "ann@acme.example",
        "orgId": org,
        "licenses": [{ "id": stranger("LICENSE"), "operation": "add" }],
    });
    walk.patch(ASSIGN).body(unknown).expect(400).await;
}

pub async fn numbers(walk: &mut Walk, acme: &Acme, ann: &Ann) {
    let org = &*acme.org;
    let read = "/people/{personId}/features/numbers";
    walk.get(read).id(&ann.person).org(org).expect(200).await;
    walk.get(read).id(&ann.person).org(org).query("preferE164Format", "true").expect(200).await;
    walk.get(read).id(&stranger("PEOPLE")).org(org).expect(404).await;
    let write = "/telephony/config/people/{personId}/numbers";
    for action in ["ADD", "DELETE"] {
        let change = json!({
            "distinctiveRingEnabled": true,
            "phoneNumbers": [{
                "primary": false, "action": action, "directNumber": number(110), "ringPattern": "LONG_LONG",
            }],
        });
        walk.put(write).id(&ann.person).org(org).body(change).expect(204).await;
        walk.get(read).id(&ann.person).org(org).expect(200).await;
    }
    let foreign = json!({ "phoneNumbers": [{ "primary": false, "action": "ADD", "directNumber": number(800) }] });
    walk.put(write).id(&ann.person).org(org).body(foreign).expect_one_of(&[400, 404]).await;
    walk.put(write).id(&ann.person).org(org).body(json!({ "phoneNumbers": [{}] })).wrong().expect(400).await;

    let callback = "/telephony/config/locations/{locationId}/features/emergencyCallbackNumber";
    let member = json!({ "selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": ann.person });
    walk.put(callback).id(&acme.location).org(org).body(member).expect(204).await;
    walk.get(callback).id(&acme.location).org(org).expect(200).await;
    let back = json!({ "selected": "LOCATION_NUMBER", "locationMemberId": "" });
    walk.put(callback).id(&acme.location).org(org).body(back).expect(204).await;
}
