//! Sub-partners, and requests for one of them.

use hubform::sim::{Config, Envelope, ErrorStatus, SubPartner, SubPartnerState};
use serde_json::{Value, json};

use super::service::{Customer, Service, new_customer, new_subscriber, quick, text};

fn two() -> Config {
    let resting = SubPartner { provisioning_state: SubPartnerState::Suspended, ..SubPartner::named("Resting") };
    Config { sub_partners: vec![SubPartner::named("Busy"), resting], ..quick() }
}

/// The parameter that names a sub-partner.
fn for_one(name: &str) -> String {
    format!("onBehalfOfSubPartnerOrgId={}", SubPartner::named(name).org_id())
}

#[tokio::test]
async fn sub_partners_are_listed_in_pages_by_state_and_under_either_name() {
    let service = Service::with(two()).await;
    let listed = service.get("/wholesale/subPartners?max=1").await;
    let next = listed.next().unwrap();
    let items = listed.expect(200)["items"].clone();
    let busy = json!({
        "orgId": SubPartner::named("Busy").org_id(),
        "subscriptionId": "Sub200000",
        "provisioningState": "active",
        "created": "2025-01-01T00:00:00Z",
        "billingStartDate": "2025-01-01T00:00:00Z",
    });
    assert_eq!(items, json!([busy]));
    let rest = service.get(&next).await.expect(200);
    assert_eq!(rest["items"][0]["provisioningState"], "suspended");
    for (state, count) in [("active", 1), ("suspended", 1)] {
        let listed = service.get(&format!("/wholesale/subPartners?provisioningState={state}")).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), count);
    }
    service.get("/wholesale/subPartners?provisioningState=happy").await.expect(400);
    service.get("/wholesale/subPartners?max=101").await.expect(400);
    service.sim.reconfigure(|config| config.sub_partner_envelope = Envelope::SubPartners);
    let listed = service.get("/wholesale/subPartners").await.expect(200);
    assert_eq!((listed["subPartners"].as_array().unwrap().len(), &listed["items"]), (2, &Value::Null));
}

#[tokio::test]
async fn customers_of_a_sub_partner_and_of_the_partner_do_not_see_each_other() {
    let service = Service::with(two()).await;
    let busy = for_one("Busy");
    service.customer("own", &["webex_meetings"]).await;
    let made = service.post(&format!("/wholesale/customers?{busy}"), new_customer("theirs", &["webex_meetings"])).await;
    let id = text(&made.expect(202)["url"]).rsplit('/').next().unwrap().to_owned();
    for (query, names) in [("", ["own"]), (busy.as_str(), ["theirs"])] {
        let listed = service.get(&format!("/wholesale/customers?{query}")).await.expect(200);
        let found: Vec<String> =
            listed["items"].as_array().unwrap().iter().map(|item| text(&item["externalId"])).collect();
        assert_eq!(found, names);
    }
    let path = format!("/wholesale/customers/{id}");
    service.get(&path).await.expect(404);
    service.put(&path, json!({ "packages": ["webex_meetings"] })).await.expect(404);
    service.delete(&path).await.expect(404);
    let customer = service.get(&format!("{path}?{busy}")).await.expect(200);

    // One external id, twice: each partner has its own.
    let mut twin = new_customer("theirs", &["webex_meetings"]);
    twin["customerInfo"]["primaryEmail"] = json!("twin@twin.example");
    service.post("/wholesale/customers", twin).await.expect(202);

    let customer = Customer { id, org: text(&customer["orgId"]), location: String::new() };
    let mut body = new_subscriber(&customer, "ann", json!({}));
    body["packages"] = json!(["webex_meetings"]);
    service.post("/wholesale/subscribers", body.clone()).await.expect(400);
    service.post("/wholesale/subscribers/validate", body.clone()).await.expect(400);
    let ann = service.post(&format!("/wholesale/subscribers?{busy}"), body).await.expect(200);
    let path = format!("/wholesale/subscribers/{}", text(&ann["id"]));
    service.get(&path).await.expect(404);
    service.delete(&path).await.expect(404);
    service.get(&format!("{path}?{busy}")).await.expect(200);
    assert_eq!(service.get("/wholesale/subscribers").await.expect(200)["items"], json!([]));
    let listed = service.get(&format!("/wholesale/subscribers?{busy}")).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    service.delete(&format!("{path}?{busy}")).await.expect(204);
}

#[tokio::test]
async fn an_unknown_sub_partner_is_forbidden_or_by_a_switch_not_found() {
    let service = Service::with(two()).await;
    let stranger = for_one("Stranger");
    let body = new_customer("acme", &["webex_meetings"]);
    for status in [403, 404] {
        service.get(&format!("/wholesale/customers?{stranger}")).await.expect(status);
        service.get("/wholesale/subscribers?onBehalfOfSubPartnerOrgId=nonsense").await.expect(status);
        service.post(&format!("/wholesale/customers?{stranger}"), body.clone()).await.expect(status);
        service.sim.reconfigure(|config| config.unknown_sub_partner_status = ErrorStatus::NotFound);
    }
}

#[tokio::test]
async fn a_suspended_sub_partner_may_look_and_delete_alone() {
    let service = Service::with(two()).await;
    let resting = for_one("Resting");
    let set =
        |state: SubPartnerState| service.sim.reconfigure(|config| config.sub_partners[1].provisioning_state = state);
    set(SubPartnerState::Active);
    let create = format!("/wholesale/customers?{resting}");
    let made = service.post(&create, new_customer("acme", &["webex_meetings"])).await.expect(202);
    let id = text(&made["url"]).rsplit('/').next().unwrap().to_owned();
    set(SubPartnerState::Suspended);
    let path = format!("/wholesale/customers/{id}?{resting}");
    service.post(&create, new_customer("other", &["webex_meetings"])).await.expect(403);
    let planned = json!({ "address": super::service::address() });
    service.post(&format!("/wholesale/customers/validate?{resting}"), planned).await.expect(403);
    service.put(&path, json!({ "packages": ["webex_meetings"] })).await.expect(403);
    let customer = Customer { id, org: String::new(), location: String::new() };
    let mut body = new_subscriber(&customer, "ann", json!({}));
    body["packages"] = json!(["webex_meetings"]);
    service.post(&format!("/wholesale/subscribers?{resting}"), body).await.expect(403);
    service.get(&path).await.expect(200);
    service.delete(&path).await.expect(202);
    service.get(&path).await.expect(404);
}
