//! `/wholesale/billing/reports`

use std::time::Duration;

use hubform::sim::{Config, Rule, SubPartner};
use serde_json::{Value, json};

use super::service::{Service, quick, text};

const REPORTS: &str = "/wholesale/billing/reports";

fn december(kind: &str) -> Value {
    json!({ "billingStartDate": "2025-12-01", "billingEndDate": "2025-12-31", "type": kind })
}

async fn report(service: &Service, body: Value) -> String {
    text(&service.post(REPORTS, body).await.expect(200)["id"])
}

/// Fetches a table from its address, without a token.
async fn fetch(service: &Service, url: &Value) -> (u16, String, String) {
    let response = service.client.get(text(url)).send().await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (response.status().as_u16(), kind, response.text().await.unwrap())
}

#[tokio::test]
async fn a_report_is_made_in_the_background_and_its_table_fetched_for_a_while() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_mins(5));
    let started = service.post(REPORTS, december("CUSTOMER")).await.expect(200);
    let path = format!("{REPORTS}/{}", text(&started["id"]));
    let mut expected = december("CUSTOMER");
    expected["id"] = started["id"].clone();
    expected["category"] = json!("RECONCILIATION");
    assert_eq!(started, expected);
    let young = service.get(&path).await.expect(200);
    assert_eq!((&young["status"], &young["tempDownloadURL"]), (&json!("IN_PROGRESS"), &Value::Null));
    service.delete(&path).await.expect(409);

    service.clock.advance(Duration::from_mins(5));
    let done = service.get(&path).await.expect(200);
    assert_eq!(done["status"], "COMPLETED");
    let me = service.get("/people/me").await.expect(200);
    assert_eq!(done["createdBy"], me["id"]);
    let (status, kind, table) = fetch(&service, &done["tempDownloadURL"]).await;
    assert_eq!((status, kind.as_str()), (200, "text/csv;charset=UTF-8"));
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(
        rows,
        [
            "SUBSCRIPTION_ID,START_DATE,END_DATE,EXTERNAL_CUSTOMER_ID,PACKAGE,QUANTITY",
            "Sub100000,2025-12-01,2025-12-31,acme,webex_calling,1",
            "Sub100000,2025-12-01,2025-12-31,acme,webex_meetings,0",
        ]
    );
    let forged = text(&done["tempDownloadURL"]).replace("Expires=", "Expires=9");
    assert_eq!(fetch(&service, &json!(forged)).await.0, 403);
    service.clock.advance(Duration::from_hours(1));
    assert_eq!(fetch(&service, &done["tempDownloadURL"]).await.0, 403);

    let fresh = service.get(&path).await.expect(200);
    service.delete(&path).await.expect(204);
    assert_eq!(fetch(&service, &fresh["tempDownloadURL"]).await.0, 404);
    for gone in [service.get(&path).await, service.delete(&path).await] {
        assert_eq!(gone.expect(404)["errors"][0]["errorCode"], 2024);
    }
}

#[tokio::test]
async fn the_types_of_reports_count_by_partner_customer_and_user() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_calling"]).await;
    service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    // A text with commas and quotation marks is still one field.
    let change = json!({ "packages": ["webex_calling"], "externalId": "a,\"b\"" });
    service.put(&format!("/wholesale/customers/{}", customer.id), change).await.expect(202);
    for (kind, last) in [
        ("PARTNER", "webex_calling,1"),
        ("CUSTOMER", "\"a,\"\"b\"\"\",webex_calling,1"),
        ("USER", "\"a,\"\"b\"\"\",ann@acme.example,webex_calling"),
    ] {
        let id = report(&service, december(kind)).await;
        let done = service.get(&format!("{REPORTS}/{id}")).await.expect(200);
        let (_, _, table) = fetch(&service, &done["tempDownloadURL"]).await;
        assert_eq!(table.lines().last().unwrap(), format!("Sub100000,2025-12-01,2025-12-31,{last}"));
    }
}

#[tokio::test]
async fn a_report_needs_two_days_in_order_that_have_passed() {
    let service = Service::start().await;
    for (start, end, about) in [
        ("2025-12-01", "2025-11-30", "is before"),
        ("2025-12-01", "2026-01-02", "future"),
        ("2025-12-1", "2025-12-31", "YYYY-MM-DD"),
        ("2025-02-30", "2025-12-31", "YYYY-MM-DD"),
        ("20251201", "2025-12-31", "YYYY-MM-DD"),
        ("2025-12-01T00:00:00Z", "2025-12-31", "YYYY-MM-DD"),
    ] {
        let body = json!({ "billingStartDate": start, "billingEndDate": end });
        let error = service.post(REPORTS, body).await.expect(400);
        assert!(text(&error["message"]).contains(about), "{error}");
    }
    let error = service.post(REPORTS, json!({ "billingStartDate": "2025-12-01" })).await.expect(400);
    assert_eq!(error["errors"][0]["errorCode"], 1001);
    service.post(REPORTS, december("EVERYTHING")).await.expect(400);
    service
        .post(REPORTS, json!({ "billingStartDate": "2026-01-01", "billingEndDate": "2026-01-01" }))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_report_like_one_that_is_there_is_refused_unless_a_switch_allows_it() {
    let service = Service::start().await;
    let first = report(&service, december("USER")).await;
    service.post(REPORTS, december("USER")).await.expect(409);
    // Another type, or days that overlap, make another report.
    report(&service, december("CUSTOMER")).await;
    let overlapping = json!({ "billingStartDate": "2025-12-15", "billingEndDate": "2025-12-31", "type": "USER" });
    report(&service, overlapping).await;
    service.delete(&format!("{REPORTS}/{first}")).await.expect(204);
    report(&service, december("USER")).await;
    service.sim.reconfigure(|config| config.duplicate_report = Rule::Allowed);
    report(&service, december("USER")).await;
}

#[tokio::test]
async fn a_report_that_fails_says_why_and_can_be_asked_for_again() {
    let service = Service::with(Config { failing_reports: Some(2024), ..quick() }).await;
    let id = report(&service, december("PARTNER")).await;
    let failed = service.get(&format!("{REPORTS}/{id}")).await.expect(200);
    assert_eq!((&failed["status"], &failed["errors"][0]["code"]), (&json!("FAILED"), &json!(2024)));
    assert_eq!(failed["tempDownloadURL"], Value::Null);
    report(&service, december("PARTNER")).await;
}

#[tokio::test]
async fn reports_are_listed_by_every_documented_filter_and_order() {
    let sub_partner = SubPartner::named("Busy");
    let theirs = sub_partner.org_id();
    let service = Service::with(Config { sub_partners: vec![sub_partner], ..quick() }).await;
    let days = |start: &str, end: &str| json!({ "billingStartDate": start, "billingEndDate": end });
    let late = report(&service, days("2025-12-01", "2025-12-05")).await;
    let early = report(&service, days("2025-11-01", "2025-12-10")).await;
    service.sim.reconfigure(|config| config.provisioning_delay = Duration::from_mins(5));
    let mut user = days("2025-11-15", "2025-11-20");
    user["type"] = json!("USER");
    let user = report(&service, user).await;
    let mut of_sub_partner = days("2025-12-01", "2025-12-05");
    of_sub_partner["subPartnerOrgId"] = json!(theirs);
    let of_sub_partner = report(&service, of_sub_partner).await;
    let mut by_id = vec![&late, &early, &user];
    by_id.sort();
    let cases = [
        (String::new(), vec![&early, &user, &late]),
        ("sortBy=billingStartDate".to_owned(), vec![&early, &user, &late]),
        ("sortBy=billingEndDate".to_owned(), vec![&user, &late, &early]),
        ("sortBy=status".to_owned(), vec![&late, &early, &user]),
        ("sortBy=id".to_owned(), by_id),
        ("billingStartDate=2025-12-01".to_owned(), vec![&late]),
        ("billingEndDate=2025-12-10".to_owned(), vec![&early]),
        ("type=USER".to_owned(), vec![&user]),
        ("type=CUSTOMER".to_owned(), vec![]),
        ("status=IN_PROGRESS".to_owned(), vec![&user]),
        ("status=COMPLETED".to_owned(), vec![&early, &late]),
        (format!("subPartnerOrgId={theirs}"), vec![&of_sub_partner]),
    ];
    for (filter, wanted) in cases {
        let mut found = Vec::new();
        let mut next = Some(format!("{REPORTS}?max=2&{filter}"));
        while let Some(page) = next {
            let reply = service.get(&page).await;
            next = reply.next();
            found.extend(reply.expect(200)["items"].as_array().unwrap().iter().map(|item| text(&item["id"])));
        }
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{filter}");
    }
    for wrong in ["max=101", "max=0", "sortBy=name", "status=DONE", "type=ALL", "billingEndDate=soon", "cursor=x"] {
        service.get(&format!("{REPORTS}?{wrong}")).await.expect(400);
    }
    service.get(&format!("{REPORTS}?subPartnerOrgId=nonsense")).await.expect(403);
}
