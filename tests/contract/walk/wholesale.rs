//! Customers, subscribers, sub-partners, billing reports.

use hubform::sim::SubPartner;
use serde_json::{Value, json};

use super::{Acme, Reply, Walk, billing_address, number, stranger};

const CUSTOMERS: &str = "/wholesale/customers";
const CUSTOMER: &str = "/wholesale/customers/{customerId}";
const CUSTOMER_CHECK: &str = "/wholesale/customers/validate";
const SUBSCRIBERS: &str = "/wholesale/subscribers";
const SUBSCRIBER: &str = "/wholesale/subscribers/{subscriberId}";
const SUBSCRIBER_CHECK: &str = "/wholesale/subscribers/validate";
const CONSENT: &str = "/subscribers/{subscriberId}/emails/consentMove";
const REPORTS: &str = "/wholesale/billing/reports";
const REPORT: &str = "/wholesale/billing/reports/{id}";

/// A subscriber who has a line, and the person behind.
pub struct Ann {
    pub subscriber: String,
    pub person: String,
}

fn new_customer(external_id: &str, packages: &[&str]) -> Value {
    json!({
        "provisioningId": "template-1",
        "packages": packages,
        "externalId": external_id,
        "customerInfo": {
            "name": format!("{external_id} Inc."),
            "primaryEmail": format!("admin@{external_id}.example"),
            "language": "en_US",
        },
        "address": billing_address(),
        "provisioningParameters": {
            "calling": {
                "location": {
                    "name": "Head Office",
                    "address": billing_address(),
                    "timezone": "America/Los_Angeles",
                    "language": "en_us",
                },
            },
            "meetings": { "timezone": "America/Los_Angeles" },
            "packages": { "limits": { "webex_calling": 50 } },
        },
    })
}

pub async fn customers(walk: &mut Walk) -> Acme {
    walk.get(CUSTOMERS).expect(200).await;
    let packages = ["webex_calling", "webex_meetings"];
    let light = json!({ "address": billing_address(), "customerInfo": { "primaryEmail": "admin@acme.example" } });
    walk.post(CUSTOMER_CHECK).body(light).expect(200).await;
    // The check describes no language, which creation takes.
    let mut whole = new_customer("acme", &packages);
    whole["customerInfo"].as_object_mut().unwrap().remove("language");
    walk.post(CUSTOMER_CHECK).body(whole.clone()).expect(200).await;
    whole["provisioningId"] = json!("nobody's");
    walk.post(CUSTOMER_CHECK).body(whole.clone()).expect(400).await;
    walk.post(CUSTOMERS).body(whole).expect(400).await;
    let mut nameless = new_customer("acme", &packages);
    nameless["customerInfo"] = json!({ "primaryEmail": "admin@acme.example" });
    walk.post(CUSTOMERS).body(nameless).wrong().expect(400).await;

    let created = walk.post(CUSTOMERS).body(new_customer("acme", &packages)).expect(202).await;
    let customer = created.location_id();
    walk.post(CUSTOMERS).body(new_customer("acme", &packages)).expect(409).await;
    let found = walk.get(CUSTOMER).id(&customer).query("includePackageLicenseInfo", "true").expect(200).await;
    let org = found.text("/orgId");
    walk.get("/organizations/{orgId}").id(&org).expect(200).await;
    let locations = walk.get("/locations").org(&org).expect(200).await;
    let acme = Acme { customer, org, location: locations.text("/items/0/id") };
    changes(walk, &acme).await;
    lists(walk, &acme).await;
    on_behalf(walk).await;
    acme
}

async fn changes(walk: &mut Walk, acme: &Acme) {
    let change = json!({
        "externalId": "acme",
        "packages": ["webex_calling", "webex_meetings", "webex_suite"],
        "address": billing_address(),
        "provisioningParameters": { "packages": { "limits": { "webex_calling": 60, "webex_suite": 5 } } },
    });
    walk.put(CUSTOMER).id(&acme.customer).body(change).expect(202).await;
    walk.get(CUSTOMER).id(&acme.customer).expect(200).await;
    let lonely = json!({ "packages": ["attendant_console"] });
    walk.put(CUSTOMER).id(&acme.customer).body(lonely).expect(400).await;
    walk.put(CUSTOMER).id(&acme.customer).body(json!({ "externalId": "acme" })).wrong().expect(400).await;
    for kind in ["ENTERPRISE", "PEOPLE"] {
        walk.get(CUSTOMER).id(&stranger(kind)).expect_one_of(&[400, 404]).await;
    }
    walk.put(CUSTOMER).id(&stranger("ENTERPRISE")).body(json!({ "packages": ["webex_calling"] })).expect(404).await;
    walk.delete(CUSTOMER).id(&stranger("ENTERPRISE")).expect(404).await;
    // One whose package fails, and one that is small.
    let troubled = walk.post(CUSTOMERS).body(new_customer("troubled", &["webex_calling"])).expect(202).await;
    let found = walk.get(CUSTOMER).id(&troubled.location_id()).expect(200).await;
    assert_eq!(found.text("/status"), "provisioned_with_errors", "{}", found.body);
    let mut meetings = new_customer("meetings", &["webex_meetings"]);
    meetings["provisioningParameters"] = json!({ "meetings": { "timezone": "Europe/Berlin" } });
    let meetings = walk.post(CUSTOMERS).body(meetings).expect(202).await;
    walk.get(CUSTOMER).id(&meetings.location_id()).expect(200).await;
    // One that cannot be made, one that waits for a review, one with a package that is refused for good.
    for (name, status) in
        [("failed", "error"), ("reviewed", "pending_rpl_review"), ("broken", "provisioned_with_errors")]
    {
        let made =
            walk.post(CUSTOMERS).body(new_customer(name, &["webex_calling", "webex_meetings"])).expect(202).await;
        let found = walk.get(CUSTOMER).id(&made.location_id()).expect(200).await;
        assert_eq!(found.text("/status"), status, "{}", found.body);
    }
    // An organization that is there already is attached by its id.
    let org = walk.service.sim.create_organization("Old Pizza", true).unwrap();
    let mut attached = new_customer("attached", &["webex_meetings"]);
    attached["orgId"] = json!(org);
    attached["provisioningParameters"] = json!({ "meetings": { "timezone": "Europe/Berlin" } });
    walk.post(CUSTOMERS).body(attached).expect(202).await;
}

/// A customer and a user of a sub-partner, whom the partner itself does not see.
async fn on_behalf(walk: &mut Walk) {
    let north = SubPartner::named("North").org_id();
    let behalf = "onBehalfOfSubPartnerOrgId";
    let new = new_customer("north", &["webex_calling"]);
    let mut check = new.clone();
    check["customerInfo"].as_object_mut().unwrap().remove("language");
    walk.post(CUSTOMER_CHECK).query(behalf, &north).body(check).expect(200).await;
    let id = walk.post(CUSTOMERS).query(behalf, &north).body(new).expect(202).await.location_id();
    walk.get(CUSTOMERS).query(behalf, &north).expect(200).await;
    walk.get(CUSTOMER).id(&id).query(behalf, &north).expect(200).await;
    walk.get(CUSTOMER).id(&id).expect(404).await;
    walk.get(CUSTOMERS).query(behalf, &stranger("ORGANIZATION")).expect_one_of(&[400, 403, 404]).await;
    let change = json!({ "packages": ["webex_calling", "webex_meetings"] });
    walk.put(CUSTOMER).id(&id).query(behalf, &north).body(change).expect(202).await;
    let uma = json!({
        "customerId": id, "email": "uma@north.example", "packages": ["webex_meetings"],
        "provisioningParameters": { "firstName": "Uma" },
    });
    walk.post(SUBSCRIBER_CHECK).query(behalf, &north).body(uma.clone()).expect(200).await;
    let uma = walk.post(SUBSCRIBERS).query(behalf, &north).body(uma).expect(200).await.text("/id");
    walk.get(SUBSCRIBERS).query(behalf, &north).expect(200).await;
    walk.get(SUBSCRIBER).id(&uma).query(behalf, &north).expect(200).await;
    walk.post(CONSENT).id(&uma).query(behalf, &north).expect_one_of(&[400, 404, 409]).await;
    let suite = json!({ "packages": ["webex_meetings"] });
    walk.put(SUBSCRIBER).id(&uma).query(behalf, &north).body(suite).expect(200).await;
    walk.delete(SUBSCRIBER).id(&uma).query(behalf, &north).expect(204).await;
    walk.delete(CUSTOMER).id(&id).query(behalf, &north).expect(202).await;
}

async fn lists(walk: &mut Walk, acme: &Acme) {
    let pages = walk.get(CUSTOMERS).query("offset", "0").query("max", "2").expect(200).await;
    assert!(walk.follow(pages).await > 0, "a list of four has more than one page of two");
    walk.get(CUSTOMERS).query("externalId", "acme").expect(200).await;
    walk.get(CUSTOMERS).query("orgId", &acme.org).expect(200).await;
    walk.get(CUSTOMERS).query("status", "provisioned").expect(200).await;
    walk.get(CUSTOMERS).query("colour", "blue").wrong().expect(400).await;
}

fn new_subscriber(acme: &Acme, name: &str, package: &str, parameters: &Value) -> Value {
    json!({
        "customerId": acme.customer,
        "email": format!("{name}@acme.example"),
        "packages": [package],
        "provisioningParameters": parameters,
    })
}

pub async fn subscribers(walk: &mut Walk, acme: &Acme) -> Ann {
    let line = |n: u32| {
        json!({
            "firstName": "Ann", "lastName": "Lee", "primaryPhoneNumber": number(n),
            "extension": format!("2{n:03}"), "locationId": acme.location,
        })
    };
    let ann = new_subscriber(acme, "ann", "webex_calling", &line(102));
    walk.post(SUBSCRIBER_CHECK).body(ann.clone()).expect(200).await;
    let existing = json!({ "email": "ann@acme.example", "customerId": acme.customer });
    walk.post(SUBSCRIBER_CHECK).body(existing).expect(200).await;
    let planned = json!({
        "email": "ann@later.example",
        "provisioningId": "template-1",
        "customerInfo": { "primaryEmail": "admin@later.example" },
    });
    walk.post(SUBSCRIBER_CHECK).body(planned).expect(200).await;
    let created = walk.post(SUBSCRIBERS).body(ann.clone()).expect(200).await;
    let ann = Ann { subscriber: created.text("/id"), person: created.text("/personId") };
    refusals(walk, acme).await;
    pending(walk, acme).await;
    // From meetings to calling, the one step that takes a line.
    let bob = new_subscriber(acme, "bob", "webex_meetings", &json!({ "firstName": "Bob", "lastName": "Ray" }));
    let bob = walk.post(SUBSCRIBERS).body(bob).expect(200).await.text("/id");
    let upgrade = json!({
        "packages": ["webex_calling"],
        "provisioningParameters": { "extension": "2103", "locationId": acme.location },
    });
    walk.put(SUBSCRIBER).id(&bob).body(upgrade).expect(200).await;
    for n in 104..108 {
        let name = format!("user{n}");
        let new = json!({
            "customerId": acme.customer,
            "email": format!("{name}@acme.example"),
            "package": "webex_calling",
            "provisioningParameters": line(n),
        });
        walk.post(SUBSCRIBERS).body(new).expect(200).await;
    }
    subscriber_lists(walk, acme, &ann).await;
    walk.delete(SUBSCRIBER).id(&bob).expect(204).await;
    walk.get(SUBSCRIBER).id(&bob).expect(404).await;
    ann
}

async fn refusals(walk: &mut Walk, acme: &Acme) {
    let nobody = json!({ "firstName": "Cid" });
    let lineless = new_subscriber(acme, "cid", "webex_calling", &nobody);
    walk.post(SUBSCRIBERS).body(lineless).expect(400).await;
    let mut nowhere = new_subscriber(acme, "cid", "webex_meetings", &nobody);
    nowhere["customerId"] = json!(stranger("ENTERPRISE"));
    walk.post(SUBSCRIBERS).body(nowhere).expect_one_of(&[400, 404]).await;
    let mut voiceless = new_subscriber(acme, "cid", "webex_meetings", &nobody);
    voiceless["email"] = json!("not an address");
    walk.post(SUBSCRIBERS).body(voiceless.clone()).expect(400).await;
    walk.post(SUBSCRIBER_CHECK).body(voiceless).expect(400).await;
    walk.post(SUBSCRIBERS).body(json!({ "email": "cid@acme.example" })).wrong().expect(400).await;
    walk.get(SUBSCRIBER).id(&stranger("SUBSCRIBER")).expect(404).await;
    walk.put(SUBSCRIBER).id(&stranger("SUBSCRIBER")).body(json!({ "packages": ["webex_suite"] })).expect(404).await;
    walk.delete(SUBSCRIBER).id(&stranger("SUBSCRIBER")).expect(404).await;
}

/// The owner of a free account is asked, asked again, and consents.
async fn pending(walk: &mut Walk, acme: &Acme) {
    let free = new_subscriber(acme, "free", "webex_meetings", &json!({ "firstName": "Fay" }));
    let free = walk.post(SUBSCRIBERS).body(free).expect(202).await.text("/id");
    walk.get(SUBSCRIBER).id(&free).expect(200).await;
    walk.post(CONSENT).id(&free).expect(204).await;
    walk.service.sim.complete_migration("free@acme.example").unwrap();
    walk.post(CONSENT).id(&free).expect_one_of(&[400, 404, 409]).await;
    walk.post(CONSENT).id(&stranger("SUBSCRIBER")).expect(404).await;
    walk.get(SUBSCRIBER).id(&free).expect(200).await;
}

async fn subscriber_lists(walk: &mut Walk, acme: &Acme, ann: &Ann) {
    let all: Reply = walk.get(SUBSCRIBERS).query("customerId", &acme.customer).query("max", "2").expect(200).await;
    assert!(walk.follow(all).await > 0, "a list of seven has more than one page of two");
    for (name, value) in [
        ("offset", "1"),
        ("personId", &*ann.person),
        ("externalCustomerId", "acme"),
        ("email", "ann@acme.example"),
        ("status", "provisioned"),
        ("after", "2020-01-01T00:00:00.000Z"),
        ("lastStatusChange", "2020-01-01T00:00:00.000Z"),
        ("sortBy", "lastStatusChange"),
        ("sortOrder", "DESC"),
    ] {
        walk.get(SUBSCRIBERS).query(name, value).expect(200).await;
    }
    walk.get(SUBSCRIBERS).query("max", "101").expect(400).await;
    walk.get(SUBSCRIBER).id(&ann.subscriber).expect(200).await;
    walk.put(SUBSCRIBER).id(&ann.subscriber).body(json!({ "package": "webex_suite" })).expect(200).await;
}

pub async fn sub_partners_and_bills(walk: &mut Walk) {
    walk.get("/wholesale/subPartners").expect(200).await;
    let list = walk.get("/wholesale/subPartners").query("max", "1").expect(200).await;
    assert_eq!(walk.follow(list).await, 1, "two sub-partners are two pages of one");
    let page = walk.get("/wholesale/subPartners").query("provisioningState", "active").query("max", "1");
    page.query("offset", "0").expect(200).await;

    let north = SubPartner::named("North").org_id();
    let period = json!({ "billingStartDate": "2025-01-01", "billingEndDate": "2025-01-31" });
    let mut report = String::new();
    for kind in ["PARTNER", "CUSTOMER", "USER"] {
        let mut ask = period.clone();
        ask["type"] = json!(kind);
        report = walk.post(REPORTS).body(ask).expect(200).await.text("/id");
    }
    let mut internal = period.clone();
    internal["internal"] = json!(true);
    walk.post(REPORTS).body(internal).expect(200).await;
    let mut theirs = period.clone();
    theirs["subPartnerOrgId"] = json!(north);
    walk.post(REPORTS).body(theirs).expect(200).await;
    walk.get(REPORTS).query("subPartnerOrgId", &north).expect(200).await;
    let mut backwards = period.clone();
    backwards["billingEndDate"] = json!("2024-12-01");
    walk.post(REPORTS).body(backwards).expect(400).await;
    walk.post(REPORTS).body(json!({ "billingStartDate": "2025-01-01" })).wrong().expect(400).await;
    walk.get(REPORT).id(&report).expect(200).await;
    let list = walk.get(REPORTS).query("max", "2").expect(200).await;
    walk.follow(list).await;
    for (name, value) in [
        ("billingStartDate", "2025-01-01"),
        ("billingEndDate", "2025-01-31"),
        ("type", "USER"),
        ("sortBy", "status"),
        ("status", "COMPLETED"),
    ] {
        walk.get(REPORTS).query(name, value).expect(200).await;
    }
    walk.get(REPORTS).query("sortBy", "colour").wrong().expect(400).await;
    walk.delete(REPORT).id(&report).expect(204).await;
    walk.get(REPORT).id(&report).expect(404).await;
    walk.delete(REPORT).id(&report).expect(404).await;
}

/// What remains of the customer goes, and the customer with it.
pub async fn end(walk: &mut Walk, acme: &Acme, ann: &Ann) {
    walk.delete(CUSTOMER).id(&acme.customer).expect(409).await;
    walk.delete(SUBSCRIBER).id(&ann.subscriber).expect(204).await;
    loop {
        let rest = walk.get(SUBSCRIBERS).query("customerId", &acme.customer).expect(200).await;
        let ids: Vec<String> = rest.body["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|item| item["id"].as_str().map(str::to_owned))
            .collect();
        if ids.is_empty() {
            break;
        }
        for id in ids {
            walk.delete(SUBSCRIBER).id(&id).expect(204).await;
        }
    }
    walk.delete(CUSTOMER).id(&acme.customer).expect(202).await;
    walk.get(CUSTOMER).id(&acme.customer).expect(404).await;
}
