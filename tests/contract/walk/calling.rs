//! Numbers, settings of calling locations, emergency addresses.

use serde_json::{Value, json};

use super::{Acme, Walk, number, place_address, stranger};

const NUMBERS_OF: &str = "/telephony/config/locations/{locationId}/numbers";
const NUMBERS: &str = "/telephony/config/numbers";
const CALLING: &str = "/telephony/config/locations/{locationId}";
const CALLBACK: &str = "/telephony/config/locations/{locationId}/features/emergencyCallbackNumber";

fn numbers_from(range: std::ops::Range<u32>) -> Value {
    json!({ "phoneNumbers": range.map(number).collect::<Vec<_>>() })
}

pub async fn numbers(walk: &mut Walk, acme: &Acme) {
    let (org, location) = (&*acme.org, &*acme.location);
    let check = "/telephony/config/actions/validateNumbers/invoke";
    walk.post(check).org(org).body(numbers_from(100..103)).expect(200).await;
    let mut new = numbers_from(100..120);
    new["numberType"] = json!("DID");
    new["numberUsageType"] = json!("NONE");
    new["state"] = json!("ACTIVE");
    walk.post(NUMBERS_OF).id(location).org(org).body(new).expect(201).await;
    let mut sleeping = numbers_from(120..125);
    sleeping["state"] = json!("INACTIVE");
    walk.post(NUMBERS_OF).id(location).org(org).body(sleeping).expect(201).await;
    let doubtful = json!({ "phoneNumbers": [number(100), number(300), number(300), "+999", "+18005550199"] });
    walk.post(check).org(org).body(doubtful).expect(200).await;
    walk.post(NUMBERS_OF).id(location).org(org).body(numbers_from(100..101)).expect(409).await;
    walk.post(NUMBERS_OF).id(location).org(org).body(json!({ "phoneNumbers": ["4085550100"] })).expect(400).await;
    walk.post(NUMBERS_OF).id(location).org(org).body(json!({ "numbers": [] })).wrong().expect(400).await;
    walk.post(NUMBERS_OF).id(&stranger("LOCATION")).org(org).body(numbers_from(1..2)).expect_one_of(&[400, 404]).await;

    let mut wake = numbers_from(120..122);
    wake["action"] = json!("ACTIVATE");
    walk.put(NUMBERS_OF).id(location).org(org).body(wake).expect(204).await;
    let mut sleep = numbers_from(120..121);
    sleep["action"] = json!("DEACTIVATE");
    walk.put(NUMBERS_OF).id(location).org(org).body(sleep).expect(204).await;
    walk.put(NUMBERS_OF).id(location).org(org).body(numbers_from(800..801)).expect_one_of(&[400, 404]).await;
    walk.delete(NUMBERS_OF).id(location).org(org).body(numbers_from(120..125)).expect(204).await;
    walk.delete(NUMBERS_OF).id(location).org(org).body(numbers_from(100..106)).expect(400).await;
    walk.delete(NUMBERS_OF).id(location).org(org).body(numbers_from(800..801)).expect(502).await;
    number_lists(walk, acme).await;
    let available = "/telephony/config/locations/{locationId}/availableNumbers";
    let list = walk.get(available).id(location).org(org).query("max", "2").query("start", "0").expect(200).await;
    walk.follow(list).await;
    walk.get(available).id(location).org(org).query("phoneNumber", &number(100)).expect(200).await;
    walk.get(available).id(location).org(org).query("ownerName", "x").expect(200).await;
}

/// Numbers of a mobile carrier.
pub async fn mobile(walk: &mut Walk, acme: &Acme) {
    let (org, location) = (&*acme.org, &*acme.location);
    let options = "/telephony/pstn/locations/{locationId}/connectionOptions";
    let carriers = walk.get(options).id(location).org(org).query("serviceTypes", "MOBILE_NUMBERS").expect(200).await;
    let new = json!({
        "phoneNumbers": [number(700)],
        "numberType": "MOBILE",
        "carrierId": super::uuid(&carriers.text("/items/0/id")),
        "subscriptionId": "Sub100000",
    });
    walk.post(NUMBERS_OF).id(location).org(org).body(new).expect(201).await;
    walk.get(NUMBERS).org(org).query("includedTelephonyTypes", "MOBILE_NUMBER").expect(200).await;
    let sleep = json!({ "phoneNumbers": [number(700)], "action": "DEACTIVATE" });
    walk.put(NUMBERS_OF).id(location).org(org).body(sleep).expect(400).await;
}

async fn number_lists(walk: &mut Walk, acme: &Acme) {
    let org = &*acme.org;
    let list = walk.get(NUMBERS).org(org).query("start", "0").query("max", "2").expect(200).await;
    assert!(walk.follow(list).await > 0, "a page of two is not all");
    for (name, value) in [
        ("locationId", &*acme.location),
        ("phoneNumber", &*number(100)),
        ("available", "true"),
        ("order", "lastName-asc"),
        ("ownerName", "ann"),
        ("ownerId", &*stranger("PEOPLE")),
        ("ownerType", "PEOPLE"),
        ("extension", "2102"),
        ("numberType", "NUMBER"),
        ("numberType", "EXTENSION"),
        ("phoneNumberType", "PRIMARY"),
        ("state", "ACTIVE"),
        ("details", "true"),
        ("tollFreeNumbers", "true"),
        ("restrictedNonGeoNumbers", "true"),
        ("includedTelephonyTypes", "PSTN_NUMBER"),
        ("serviceNumber", "false"),
    ] {
        walk.get(NUMBERS).org(org).query(name, value).expect(200).await;
    }
    walk.get(NUMBERS).org(org).query("available", "perhaps").wrong().expect(400).await;
}

pub async fn settings(walk: &mut Walk, acme: &Acme) {
    let (org, location) = (&*acme.org, &*acme.location);
    let list = walk.get("/telephony/config/locations").org(org).query("max", "1").query("start", "0").expect(200).await;
    walk.follow(list).await;
    walk.get("/telephony/config/locations")
        .org(org)
        .query("name", "head")
        .query("order", "name-desc")
        .expect(200)
        .await;
    walk.get(CALLING).id(location).org(org).expect(200).await;
    let change = json!({
        "announcementLanguage": "fr_fr",
        "callingLineId": { "name": "Acme", "phoneNumber": number(100) },
        "externalCallerIdName": "Acme Inc.",
        "outsideDialDigit": "9",
        "enforceOutsideDialDigit": true,
    });
    walk.put(CALLING).id(location).org(org).body(change).expect(204).await;
    walk.get(CALLING).id(location).org(org).expect(200).await;
    let foreign = json!({ "callingLineId": { "phoneNumber": number(900) } });
    walk.put(CALLING).id(location).org(org).body(foreign).expect(400).await;
    walk.put(CALLING).id(location).org(org).body(json!({ "colour": "blue" })).wrong().expect(400).await;
    walk.get(CALLING).id(&stranger("LOCATION")).org(org).expect_one_of(&[400, 404]).await;
    let main = json!({ "phoneNumbers": [number(100)] });
    walk.delete(NUMBERS_OF).id(location).org(org).body(main).expect(400).await;

    let speak = "/telephony/config/locations/{locationId}/actions/modifyAnnouncementLanguage/invoke";
    let language = json!({ "announcementLanguageCode": "en_us", "agentEnabled": true, "serviceEnabled": false });
    walk.post(speak).id(location).org(org).body(language).expect(204).await;
    walk.post(speak).id(location).org(org).body(json!({ "announcementLanguageCode": "xx_yy" })).expect(400).await;
    walk.post(speak).id(location).org(org).body(json!({ "agentEnabled": true })).wrong().expect(400).await;
    walk.get("/telephony/config/announcementLanguages").expect(200).await;
    walk.get("/telephony/config/announcementLanguages").org(org).expect(200).await;
    walk.get("/telephony/config/announcementLanguages").query("ttsLanguage", "true").expect(200).await;
    for country in ["US", "DE"] {
        walk.get("/telephony/config/countries/{countryCode}").id(country).org(org).expect(200).await;
    }
    walk.get("/telephony/config/countries/{countryCode}").id("ZZ").org(org).expect_one_of(&[400, 404]).await;

    let everywhere = "/telephony/config/actions/validateExtensions/invoke";
    let extensions = json!({ "extensions": ["2102", "2199", "2199", "911", "x"] });
    walk.post(everywhere).org(org).body(extensions.clone()).expect(200).await;
    walk.post(everywhere).org(org).body(json!({ "extensions": ["2199"] })).expect(200).await;
    let here = "/telephony/config/locations/{locationId}/actions/validateExtensions/invoke";
    walk.post(here).id(location).org(org).body(extensions).expect(200).await;
    walk.post(here).id(location).org(org).body(json!({})).wrong().expect(400).await;
    let precheck = "/telephony/config/locations/{locationId}/actions/precheckForDeletion/invoke";
    walk.post(precheck).id(location).org(org).expect(200).await;
    walk.post(precheck).id(&stranger("LOCATION")).org(org).expect_one_of(&[400, 404]).await;
}

pub async fn emergency(walk: &mut Walk, acme: &Acme) {
    let (org, location) = (&*acme.org, &*acme.location);
    let lookup = "/telephony/pstn/locations/{locationId}/emergencyAddress/lookup";
    walk.post(lookup).id(location).org(org).body(place_address()).expect(200).await;
    let mut odd = place_address();
    odd["address1"] = json!("");
    walk.post(lookup).id(location).org(org).body(odd).expect_one_of(&[200, 400]).await;
    let mut nowhere = place_address();
    nowhere["address1"] = json!("1 Nowhere St");
    walk.post(lookup).id(location).org(org).body(nowhere).expect(200).await;
    let create = "/telephony/pstn/locations/{locationId}/emergencyAddress";
    let address = walk.post(create).id(location).org(org).body(place_address()).expect(201).await.text("/id");
    walk.post(create).id(&stranger("LOCATION")).org(org).body(place_address()).expect_one_of(&[400, 404]).await;
    let update = "/telephony/pstn/locations/{locationId}/emergencyAddresses/{addressId}";
    walk.put(update).id(location).id(&address).org(org).body(place_address()).expect(204).await;
    let unknown = stranger("EMERGENCY_ADDRESS");
    walk.put(update).id(location).id(&unknown).org(org).body(place_address()).expect_one_of(&[400, 404]).await;
    let of_number = "/telephony/pstn/numbers/{phoneNumber}/emergencyAddress";
    let body = json!({ "emergencyAddress": place_address() });
    let id = phone_number_id(&number(101));
    walk.put(of_number).id(&id).org(org).body(body.clone()).expect(204).await;
    let unknown = phone_number_id(&number(800));
    walk.put(of_number).id(&unknown).org(org).body(body).expect_one_of(&[400, 404]).await;

    walk.get(CALLBACK).id(location).org(org).expect(200).await;
    let candidates = "/telephony/config/locations/{locationId}/emergencyCallbackNumber/availableNumbers";
    let list = walk.get(candidates).id(location).org(org).query("max", "2").query("start", "0").expect(200).await;
    walk.follow(list).await;
    walk.get(candidates).id(location).org(org).query("phoneNumber", &number(100)).expect(200).await;
    walk.get(candidates).id(location).org(org).query("ownerName", "Ann").expect(200).await;
    let own = json!({ "selected": "LOCATION_NUMBER", "locationMemberId": "", "elinExpiryTimeMinutes": 90 });
    walk.put(CALLBACK).id(location).org(org).body(own).expect(204).await;
    walk.get(CALLBACK).id(location).org(org).expect(200).await;
    let short = json!({ "selected": "LOCATION_NUMBER", "locationMemberId": "", "elinExpiryTimeMinutes": 1 });
    walk.put(CALLBACK).id(location).org(org).body(short).expect(400).await;
    walk.put(CALLBACK).id(location).org(org).body(json!({ "selected": "MOON" })).wrong().expect(400).await;
}

fn phone_number_id(number: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("ciscospark://us/PHONE_NUMBER/{number}"))
}
