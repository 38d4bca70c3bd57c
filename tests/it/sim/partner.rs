//! `/partner`: administrators of customers, and tags.

use std::time::Duration;

use hubform::sim::{Config, SubPartner};
use serde_json::{Value, json};

use super::service::{Service, new_customer, quick, text};

async fn with_admin() -> (Service, String) {
    let service = Service::with(Config { partner_admins: ["Sam@partner.example".to_owned()].into(), ..quick() }).await;
    let people = service.get("/people?email=sam@partner.example").await.expect(200);
    let sam = text(&people["items"][0]["id"]);
    (service, sam)
}

#[tokio::test]
async fn an_administrator_manages_the_customers_they_are_assigned_to() {
    let (service, sam) = with_admin().await;
    let acme = service.customer("acme", &["webex_meetings"]).await.org;
    let managed = format!("/partner/organizations?managedBy={sam}");
    assert_eq!(service.get(&managed).await.expect(200)["items"], json!([]));
    let assign = format!("/partner/organizations/{acme}/partnerAdmin/{sam}/assign");
    let done = service.send(reqwest::Method::POST, &assign, None).await;
    assert_eq!((done.status, &done.body), (200, &Value::Null));
    service.send(reqwest::Method::POST, &assign, None).await.expect(409);
    let role = "YXRsYXMtcG9ydGFsLnBhcnRuZXIuc2FsZXNhZG1pbg";
    assert_eq!(service.get(&managed).await.expect(200)["items"], json!([{ "orgId": acme, "role": role }]));
    let admins = format!("/partner/organizations/{acme}/partnerAdmins");
    let shown = json!([{
        "id": sam,
        "displayName": "sam@partner.example",
        "emails": ["sam@partner.example"],
        "roleInCustomerOrg": "id_full_admin",
    }]);
    assert_eq!(service.get(&admins).await.expect(200)["items"], shown);

    let unassign = format!("/partner/organizations/{acme}/partnerAdmin/{sam}/unassign");
    service.delete(&unassign).await.expect(200);
    service.delete(&unassign).await.expect(404);
    assert_eq!(service.get(&admins).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn only_partner_administrators_are_assigned_and_only_to_customers() {
    let (service, sam) = with_admin().await;
    let acme = service.customer("acme", &["webex_meetings"]).await;
    let post = async |org: &str, person: &str| {
        let path = format!("/partner/organizations/{org}/partnerAdmin/{person}/assign");
        service.send(reqwest::Method::POST, &path, None).await
    };
    let me = service.get("/people/me").await.expect(200);
    let (pat, partner) = (text(&me["id"]), text(&me["orgId"]));
    // A full administrator manages all customers anyway.
    let error = post(&acme.org, &pat).await.expect(400);
    assert!(text(&error["message"]).contains("already has access to all customers"));
    service.get(&format!("/partner/organizations?managedBy={pat}")).await.expect(400);
    service.get("/partner/organizations").await.expect(400);
    service.get("/partner/organizations?managedBy=nobody").await.expect(404);
    post(&partner, &sam).await.expect(404);
    post("nothing", &sam).await.expect(404);
    let people = service.get(&format!("/people?orgId={}", acme.org)).await.expect(200);
    post(&acme.org, &text(&people["items"][0]["id"])).await.expect(404);
    service.get("/partner/organizations/nothing/partnerAdmins").await.expect(404);
}

#[tokio::test]
async fn the_role_of_a_partner_administrator_is_given_like_others_and_to_the_partners_people_alone() {
    let service = Service::start().await;
    let acme = service.customer("acme", &["webex_meetings"]).await.org;
    let roles = service.get("/roles").await.expect(200);
    let all = roles["items"].as_array().unwrap();
    let role = &all.iter().find(|role| role["name"] == "Partner administrator").unwrap()["id"];
    let person =
        |org: &str, email: &str| json!({ "emails": [email], "displayName": "Sam", "roles": [role], "orgId": org });
    service.post("/people", person(&acme, "sam@acme.example")).await.expect(400);
    let partner = text(&service.get("/people/me").await.expect(200)["orgId"]);
    let sam = text(&service.post("/people", person(&partner, "sam@partner.example")).await.expect(200)["id"]);
    let assign = format!("/partner/organizations/{acme}/partnerAdmin/{sam}/assign");
    service.send(reqwest::Method::POST, &assign, None).await.expect(200);
    let people = service.get(&format!("/people?orgId={acme}")).await.expect(200);
    let path = format!("/people/{}", text(&people["items"][0]["id"]));
    service.put(&path, json!({ "displayName": "Ada", "roles": [role] })).await.expect(400);
}

#[tokio::test]
async fn revoking_the_roles_of_an_administrator_takes_every_assignment() {
    let (service, sam) = with_admin().await;
    let acme = service.customer("acme", &["webex_meetings"]).await.org;
    let assign = format!("/partner/organizations/{acme}/partnerAdmin/{sam}/assign");
    service.send(reqwest::Method::POST, &assign, None).await.expect(200);
    let path = format!("/partner/organizations/partnerAdmin/{sam}");
    service.delete(&path).await.expect(204);
    service.delete(&path).await.expect(404);
    service.get(&format!("/partner/organizations?managedBy={sam}")).await.expect(400);
    service.send(reqwest::Method::POST, &assign, None).await.expect(400);
    let admins = service.get(&format!("/partner/organizations/{acme}/partnerAdmins")).await.expect(200);
    assert_eq!(admins["items"], json!([]));
    let person = service.get(&format!("/people/{sam}")).await.expect(200);
    assert_eq!(person.get("roles").and_then(Value::as_array).map_or(0, Vec::len), 0);
    let pat = text(&service.get("/people/me").await.expect(200)["id"]);
    service.delete(&format!("/partner/organizations/partnerAdmin/{pat}")).await.expect(409);
}

fn tags(names: &[&str]) -> Value {
    json!({ "tags": names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() })
}

#[tokio::test]
async fn tags_of_an_organization_are_replaced_as_a_whole_and_read_as_names() {
    let service = Service::start().await;
    let acme = service.customer("acme", &["webex_meetings"]).await.org;
    let path = format!("/partner/tags/organizations/{acme}");
    let assign = format!("{path}/assignTags");
    let empty = json!({ "orgName": "acme Inc.", "orgId": acme, "tags": [] });
    assert_eq!(service.get(&path).await.expect(200), empty);
    let body = json!({ "tags": [{ "name": "gold", "description": "pays well" }, { "name": "EU" }] });
    let given = service.post(&assign, body.clone()).await.expect(200);
    assert_eq!(given, body["tags"]);
    assert_eq!(service.get(&path).await.expect(200)["tags"], json!(["gold", "EU"]));
    assert_eq!(
        service.get("/partner/tags?type=ORGANIZATION").await.expect(200),
        json!([{ "name": "EU" }, body["tags"][0]])
    );
    service.post(&assign, tags(&["silver"])).await.expect(200);
    assert_eq!(service.get(&path).await.expect(200)["tags"], json!(["silver"]));
    assert_eq!(service.get("/partner/tags?type=ORGANIZATION").await.expect(200), json!([{ "name": "silver" }]));
    service.post(&assign, tags(&[])).await.expect(200);
    assert_eq!(service.get(&path).await.expect(200), empty);
    assert_eq!(service.get("/partner/tags?type=ORGANIZATION").await.expect(200), json!([]));
}

#[tokio::test]
async fn tags_have_bounds() {
    let service = Service::start().await;
    let acme = service.customer("acme", &["webex_meetings"]).await.org;
    let assign = format!("/partner/tags/organizations/{acme}/assignTags");
    service.post(&assign, tags(&["1", "2", "3", "4", "5"])).await.expect(200);
    service.post(&assign, tags(&[&"é".repeat(25)])).await.expect(200);
    let before = service.sim.state();
    for wrong in [
        tags(&["1", "2", "3", "4", "5", "6"]),
        tags(&[&"x".repeat(26)]),
        tags(&[""]),
        tags(&["twice", "twice"]),
        json!({ "tags": ["gold"] }),
        json!({ "tags": [{ "description": "nameless" }] }),
        json!({}),
    ] {
        service.post(&assign, wrong).await.expect(400);
    }
    assert_eq!(service.sim.state(), before);
    let partner = text(&service.get("/people/me").await.expect(200)["orgId"]);
    service.post(&format!("/partner/tags/organizations/{partner}/assignTags"), tags(&["x"])).await.expect(404);
    service.get("/partner/tags?type=PERSON").await.expect(400);
    service.get("/partner/tags").await.expect(400);
}

#[tokio::test]
async fn organizations_are_found_by_any_of_some_tags() {
    let service = Service::start().await;
    let mut orgs = Vec::new();
    for (name, given) in [("a", ["x", "y"].as_slice()), ("b", &["y"]), ("c", &["z"]), ("d", &[])] {
        let org = service.customer(name, &["webex_meetings"]).await.org;
        service.post(&format!("/partner/tags/organizations/{org}/assignTags"), tags(given)).await.expect(200);
        orgs.push(org);
    }
    let find = async |query: &str| -> Vec<String> {
        let found = service.get(&format!("/partner/tags/organizations?{query}")).await.expect(200);
        found.as_array().unwrap().iter().map(|found| text(&found["orgId"])).collect()
    };
    assert_eq!(find("tags=x").await, orgs[..1]);
    assert_eq!(find("tags=x,%20y").await, orgs[..2]);
    assert_eq!(find("tags=y&max=1").await.len(), 1);
    assert_eq!(find("tags=X").await, [""; 0]);
    for wrong in ["", "tags=x&max=0", "tags=x&max=101"] {
        service.get(&format!("/partner/tags/organizations?{wrong}")).await.expect(400);
    }
}

#[tokio::test]
async fn a_subscription_has_tags_of_its_own() {
    let sub_partner = SubPartner::named("Busy");
    let busy = format!("onBehalfOfSubPartnerOrgId={}", sub_partner.org_id());
    let service = Service::with(Config { sub_partners: vec![sub_partner], ..quick() }).await;
    let acme = service.customer("acme", &["webex_meetings"]).await.org;
    let path = format!("/partner/tags/organizations/{acme}/subscriptions/Sub100000");
    service.post(&format!("{path}/assignTags"), tags(&["paid"])).await.expect(200);
    let shown = json!({
        "orgName": "acme Inc.",
        "orgId": acme,
        "tags": ["paid"],
        "subscriptionId": "Sub100000",
        "trial": "false",
    });
    assert_eq!(service.get(&path).await.expect(200), shown);
    assert_eq!(service.get("/partner/tags/subscriptions?tags=paid").await.expect(200), json!([shown]));
    assert_eq!(service.get("/partner/tags?type=SUBSCRIPTION").await.expect(200), json!([{ "name": "paid" }]));
    // The organization itself has none of them.
    assert_eq!(service.get("/partner/tags?type=ORGANIZATION").await.expect(200), json!([]));
    assert_eq!(service.get("/partner/tags/organizations?tags=paid").await.expect(200), json!([]));
    service.get("/partner/tags/subscriptions").await.expect(400);
    let other = format!("/partner/tags/organizations/{acme}/subscriptions/Sub200000");
    service.get(&other).await.expect(404);
    // Its licences name it.
    let licenses = service.get(&format!("/licenses?orgId={acme}")).await.expect(200);
    assert_eq!(licenses["items"][0]["subscriptionId"], "Sub100000");
    service.post(&format!("{other}/assignTags"), tags(&["paid"])).await.expect(404);

    // Customers of a sub-partner are on its subscription.
    let made = service.post(&format!("/wholesale/customers?{busy}"), new_customer("theirs", &["webex_meetings"])).await;
    let theirs = service.get(&format!("{}?{busy}", text(&made.expect(202)["url"]))).await.expect(200);
    let org = text(&theirs["orgId"]);
    service.get(&format!("/organizations/{org}")).await.expect(200);
    service.get(&format!("/partner/tags/organizations/{org}/subscriptions/Sub200000")).await.expect(200);
    service.get(&format!("/partner/tags/organizations/{org}/subscriptions/Sub100000")).await.expect(404);
}

#[tokio::test]
async fn a_deleted_organization_leaves_no_tags_and_no_assignments() {
    let (service, sam) = with_admin().await;
    let acme = service.customer("acme", &["webex_meetings"]).await;
    service.post(&format!("/partner/tags/organizations/{}/assignTags", acme.org), tags(&["x"])).await.expect(200);
    let assign = format!("/partner/organizations/{}/partnerAdmin/{sam}/assign", acme.org);
    service.send(reqwest::Method::POST, &assign, None).await.expect(200);
    service.delete(&format!("/wholesale/customers/{}", acme.id)).await.expect(202);
    service.delete(&format!("/organizations/{}", acme.org)).await.expect(204);
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(service.get("/partner/tags?type=ORGANIZATION").await.expect(200), json!([]));
    let managed = service.get(&format!("/partner/organizations?managedBy={sam}")).await.expect(200);
    assert_eq!(managed["items"], json!([]));
}
