//! Locations, floors, and calling switched on.

use serde_json::{Value, json};

use super::{Acme, Walk, number, place_address, stranger};

const LOCATIONS: &str = "/locations";
const LOCATION: &str = "/locations/{locationId}";
const FLOORS: &str = "/locations/{locationId}/floors";
const FLOOR: &str = "/locations/{locationId}/floors/{floorId}";
const CALLING: &str = "/telephony/config/locations";
const CONNECTION: &str = "/telephony/pstn/locations/{locationId}/connection";
const OPTIONS: &str = "/telephony/pstn/locations/{locationId}/connectionOptions";

fn new_location(name: &str) -> Value {
    json!({
        "name": name,
        "timeZone": "America/Los_Angeles",
        "preferredLanguage": "en_us",
        "announcementLanguage": "en_us",
        "address": place_address(),
    })
}

pub async fn locations(walk: &mut Walk, acme: &Acme) {
    let org = &*acme.org;
    let mut annex = new_location("Annex");
    annex["latitude"] = json!("37.4");
    annex["longitude"] = json!("-121.9");
    annex["notes"] = json!("behind the head office");
    let id = walk.post(LOCATIONS).org(org).body(annex).expect(201).await.text("/id");
    let mut nameless = new_location("x");
    nameless.as_object_mut().unwrap().remove("name");
    walk.post(LOCATIONS).org(org).body(nameless).wrong().expect(400).await;
    walk.post(LOCATIONS).org(org).body(new_location("Annex")).expect(409).await;
    walk.get(LOCATION).id(&id).org(org).expect(200).await;
    walk.get(LOCATION).id(&stranger("LOCATION")).org(org).expect(404).await;
    let change = json!({ "name": "Annex East", "preferredLanguage": "es_us", "address": place_address() });
    walk.put(LOCATION).id(&id).org(org).body(change).expect(204).await;
    walk.put(LOCATION).id(&id).org(org).body(json!({ "timeZone": "Moon/Far_Side" })).expect(400).await;
    walk.put(LOCATION).id(&stranger("LOCATION")).org(org).body(json!({ "name": "x" })).expect(404).await;
    for n in 0..4 {
        walk.post(LOCATIONS).org(org).body(new_location(&format!("Shop {n}"))).expect(201).await;
    }
    let list = walk.get(LOCATIONS).org(org).query("max", "2").expect(200).await;
    assert!(walk.follow(list).await > 0, "six locations do not fit into a page of two");
    walk.get(LOCATIONS).org(org).query("name", "annex").expect(200).await;
    walk.get(LOCATIONS).org(org).query("id", &id).expect(200).await;
    walk.get(LOCATIONS).org(org).query("max", "0").expect(400).await;
    floors(walk, &id).await;
    walk.delete(LOCATION).id(&id).org(org).expect(204).await;
    walk.delete(LOCATION).id(&id).org(org).expect(404).await;
    walk.delete(LOCATION).id(&acme.location).org(org).expect(409).await;
}

async fn floors(walk: &mut Walk, location: &str) {
    let floor = json!({ "floorNumber": 3, "displayName": "Third" });
    let floor = walk.post(FLOORS).id(location).body(floor).expect(201).await.text("/id");
    walk.post(FLOORS).id(location).body(json!({ "floorNumber": -1 })).expect(201).await;
    walk.post(FLOORS).id(location).body(json!({ "displayName": "Nowhere" })).wrong().expect(400).await;
    walk.get(FLOORS).id(location).expect(200).await;
    walk.get(FLOORS).id(&stranger("LOCATION")).expect(404).await;
    walk.get(FLOOR).id(location).id(&floor).expect(200).await;
    let change = json!({ "floorNumber": 4, "displayName": "Fourth" });
    walk.put(FLOOR).id(location).id(&floor).body(change).expect(200).await;
    walk.delete(FLOOR).id(location).id(&floor).expect(204).await;
    walk.get(FLOOR).id(location).id(&floor).expect(404).await;
}

/// Gives the headquarters a trunk, and makes a second calling location with a provider; returns its id.
pub async fn telephone(walk: &mut Walk, acme: &Acme) -> String {
    let org = &*acme.org;
    walk.get(CONNECTION).id(&acme.location).org(org).expect_one_of(&[400, 404]).await;
    walk.get(OPTIONS).id(&acme.location).org(org).expect(200).await;
    let choices = walk.get("/telephony/config/routeChoices").org(org).expect(200).await;
    walk.get("/telephony/config/routeChoices").org(org).query("trunkName", "Main").query("max", "1").expect(200).await;
    let trunks = choices.body["routeIdentities"].as_array().cloned().unwrap_or_default();
    let trunk = trunks.iter().find(|choice| choice["type"] == "TRUNK").map(|choice| choice["id"].clone());
    let trunk = json!({ "premiseRouteType": "TRUNK", "premiseRouteId": trunk });
    walk.put(CONNECTION).id(&acme.location).org(org).body(trunk.clone()).expect(204).await;
    walk.get(CONNECTION).id(&acme.location).org(org).expect(200).await;
    walk.put(CONNECTION).id(&stranger("LOCATION")).org(org).body(trunk).expect_one_of(&[400, 404]).await;
    walk.put(CONNECTION).id(&acme.location).org(org).body(json!({ "id": "nobody" })).expect_one_of(&[400, 404]).await;

    let mut downtown = new_location("Downtown");
    let id = walk.post(LOCATIONS).org(org).body(downtown.clone()).expect(201).await.text("/id");
    walk.get("/telephony/config/locations/{locationId}").id(&id).org(org).expect_one_of(&[400, 404]).await;
    downtown["id"] = json!(id);
    walk.post(CALLING).org(org).body(downtown.clone()).expect(201).await;
    walk.post(CALLING).org(org).body(downtown).expect_one_of(&[400, 409]).await;
    let options = walk.get(OPTIONS).id(&id).org(org).expect(200).await;
    let options = options.body["items"].as_array().cloned().unwrap_or_default();
    let acme_trunks = options.iter().find(|option| option["displayName"] == "Acme Trunks");
    let option = json!({ "id": acme_trunks.map(|option| option["id"].clone()) });
    walk.put(CONNECTION).id(&id).org(org).body(option).expect(204).await;
    walk.get(CONNECTION).id(&id).org(org).expect(200).await;
    let numbers = json!({ "phoneNumbers": [number(900)], "state": "ACTIVE" });
    walk.post("/telephony/config/locations/{locationId}/numbers").id(&id).org(org).body(numbers).expect(201).await;
    id
}
