//! Lists come whole or not at all.

use hubform::{
    model::{CustomerId, Reading},
    webex::{CustomerKey, Fault, ReadApi as _, WriteApi as _},
};
use serde_json::{Value, json};

use super::scripted::{Received, Reply, Service, nothing, ok, status};

fn with_link(body: &Value, link: String) -> Reply {
    Reply::Answer(200, vec![("link", link)], body.to_string())
}

fn customers(from: usize, count: usize) -> Value {
    let items: Vec<Value> =
        (from..from + count).map(|n| json!({"id": format!("c{n}"), "externalId": format!("e{n}")})).collect();
    json!({"items": items})
}

#[tokio::test]
async fn a_short_page_is_not_the_last_as_long_as_a_next_one_is_named() {
    let service = Service::start(|received, before| match before {
        0 => with_link(&customers(0, 1), "</v1/wholesale/customers?cursor=a>; rel=\"next\"".to_owned()),
        1 => with_link(&customers(0, 0), "<?cursor=b>; rel=\"next\", <?cursor=z>; rel=\"last\"".to_owned()),
        _ => {
            assert!(received.line.ends_with("?cursor=b"));
            ok(&customers(7, 1))
        }
    })
    .await;
    let found = service.client().find_customer("e7", None).await.unwrap();
    assert_eq!(found, Some(CustomerId::new("c7")));
    assert_eq!(service.lines().len(), 3);
}

#[tokio::test]
async fn a_full_page_without_a_link_is_followed_by_offset() {
    let service = Service::start(|received, _| {
        if received.line.contains("offset=100") { ok(&customers(100, 3)) } else { ok(&customers(0, 100)) }
    })
    .await;
    assert_eq!(service.client().find_customer("e102", None).await.unwrap(), Some(CustomerId::new("c102")));
    let lines = service.lines();
    assert_eq!(lines[1], "GET /v1/wholesale/customers?externalId=e102&max=100&offset=100");
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn a_list_that_goes_round_in_circles_is_an_error() {
    let service = Service::start(|received, before| {
        let next = if received.line.ends_with('a') { "b" } else { "a" };
        with_link(&customers(before, 1), format!("</v1/wholesale/customers?cursor={next}>; rel=next"))
    })
    .await;
    let error = service.client().find_customer("e", None).await.unwrap_err();
    assert_eq!(error.fault, Fault::Malformed);
    assert!(error.text.contains("circles"), "{error}");
}

#[tokio::test]
async fn a_service_that_ignores_the_offset_is_not_read_for_ever() {
    let service = Service::start(|_, _| ok(&customers(0, 100))).await;
    let error = service.client().find_customer("e", None).await.unwrap_err();
    assert!(error.text.contains("came twice"), "{error}");
}

#[tokio::test]
async fn a_page_that_fails_makes_the_whole_reading_fail() {
    let service = Service::start(|received, _| {
        if received.is("GET /v1/wholesale/customers/") {
            ok(&json!({"id": "c1", "externalId": "e1", "orgId": "o1", "status": "provisioned"}))
        } else if received.is("GET /v1/people") && received.line.contains("cursor") {
            status(500, &json!({"message": "sorry"}))
        } else if received.is("GET /v1/people") {
            with_link(&json!({"items": [{"id": "p1"}]}), "</v1/people?cursor=2>; rel=\"next\"".to_owned())
        } else if received.is("GET /v1/organizations/") {
            ok(&json!({"displayName": "John's Pizza"}))
        } else {
            nothing(&received.line)
        }
    })
    .await;
    let key = CustomerKey {
        name: "johns-pizza".parse().unwrap(),
        id: Some(CustomerId::new("c1")),
        external_id: "e1".to_owned(),
        attach: None,
        sub_partner: None,
    };
    let Reading::Failed(why) = service.client().customer(&key).await else { panic!("not a failed reading") };
    assert_eq!(why, "GET /people answered 500: sorry");
}

#[tokio::test]
async fn only_exact_matches_of_a_key_count() {
    let answer = |received: &Received, _| {
        assert!(received.line.contains("externalId=Acme"));
        ok(&json!({"items": [{"id": "c1", "externalId": "acme"}, {"id": "c2", "externalId": "Acme 2"},
            {"id": "c3", "externalId": "Acme"}, {"id": "c4"}]}))
    };
    let service = Service::start(answer).await;
    assert_eq!(service.client().find_customer("Acme", None).await, Ok(Some(CustomerId::new("c3"))));
}

#[tokio::test]
async fn several_customers_with_one_key_are_named() {
    let items = json!({"items": [{"id": "c2", "externalId": "e"}, {"id": "c1", "externalId": "e"}]});
    let service = Service::start(move |_, _| ok(&items)).await;
    let error = service.client().find_customer("e", None).await.unwrap_err();
    assert_eq!(error.fault, Fault::Conflict);
    assert!(error.text.ends_with("c1, c2"), "{error}");
}
