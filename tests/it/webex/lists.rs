//! Lists come whole or not at all.

use hubform::{
    model::{CustomerId, LocationId, OrgId, Reading},
    webex::{CustomerKey, Fault, InspectApi as _, ReadApi as _, WriteApi as _},
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
async fn a_full_page_of_a_look_by_key_is_followed_by_offset_and_a_short_one_ends_it() {
    let service = Service::start(|received, _| {
        if received.line.contains("offset=100") { ok(&customers(100, 3)) } else { ok(&customers(0, 100)) }
    })
    .await;
    assert_eq!(service.client().find_customer("e102", None).await.unwrap(), Some(CustomerId::new("c102")));
    let lines = service.lines();
    assert_eq!(lines[1], "GET /v1/wholesale/customers?externalId=e102&max=100&offset=100");
    assert_eq!(lines.len(), 2);
}

/// Items `from..` of a list, as many as fit below `end`, under the names that the interfaces have.
fn rows(name: &str, from: usize, count: usize, end: usize) -> Value {
    let rows: Vec<Value> = (from..end.min(from + count))
        .map(|n| {
            let number = format!("+1408555{n:04}");
            json!({"orgId": format!("o{n:04}"), "userName": format!("u{n:04}"), "id": format!("i{n:04}"),
                "phoneNumber": number, "location": {"id": "l1"}})
        })
        .collect();
    json!({name: rows})
}

/// Returns the number that a parameter of a request has.
fn parameter(received: &Received, name: &str) -> Option<usize> {
    let (_, query) = received.line.split_once('?')?;
    let (_, value) = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    value.parse().ok()
}

/// The four ways in which lists go on, each over pages that are shorter than what was asked for.
#[tokio::test]
async fn short_pages_are_never_the_last_whatever_way_a_list_goes_on() {
    // Offset and max, without links: the end is an empty page.
    let service =
        Service::start(|received, _| ok(&rows("items", parameter(received, "offset").unwrap_or(0), 7, 20))).await;
    let found = service.client().sub_partners().await.unwrap();
    assert_eq!((found.len(), service.lines().len()), (20, 4));
    assert_eq!(service.lines()[3], "GET /v1/wholesale/subPartners?max=100&offset=20");

    // Start and max.
    let service =
        Service::start(|received, _| ok(&rows("phoneNumbers", parameter(received, "start").unwrap_or(0), 8, 20))).await;
    let found = service.client().numbers(&OrgId::new("o"), &LocationId::new("l1")).await.unwrap();
    assert_eq!((found.len(), service.lines().len()), (20, 4));
    assert!(service.lines()[2].ends_with("&start=16"), "{:?}", service.lines());

    // Links.
    let service = Service::start(|received, _| {
        let from = parameter(received, "cursor").unwrap_or(0);
        let body = rows("items", from, 6, 20);
        if from + 6 < 20 {
            with_link(&body, format!("</v1/organizations?cursor={}>; rel=\"next\"", from + 6))
        } else {
            ok(&body)
        }
    })
    .await;
    let found = service.client().organizations().await.unwrap();
    assert_eq!((found.len(), service.lines().len()), (20, 4));

    // SCIM counts from 1 and says how many there are.
    let service = Service::start(|received, _| {
        let mut body = rows("Resources", parameter(received, "startIndex").unwrap_or(1) - 1, 9, 20);
        body["totalResults"] = json!(20);
        ok(&body)
    })
    .await;
    let found = service.client().identity_users(&OrgId::new("o")).await.unwrap();
    assert_eq!((found.len(), &*found[19].user_name), (20, "u0019"));
    let lines = service.lines();
    assert_eq!(lines.len(), 3, "no empty page is needed where the number is known");
    assert_eq!(lines[1], "GET /identity/scim/o/v2/Users?count=100&startIndex=10");
}

#[tokio::test]
async fn a_list_of_users_that_is_empty_may_be_left_out_and_one_that_ends_early_is_no_list() {
    for empty in [json!({"totalResults": 0}), json!({"totalResults": "0", "Resources": []})] {
        let service = Service::start(move |_, _| ok(&empty)).await;
        assert_eq!(service.client().identity_users(&OrgId::new("o")).await, Ok(Vec::new()));
        assert_eq!(service.lines().len(), 1);
    }
    let service = Service::start(|received, _| match parameter(received, "startIndex") {
        None => ok(&json!({"totalResults": 5, "Resources": [{"id": "a"}, {"id": "b"}]})),
        Some(_) => ok(&json!({"totalResults": 5, "Resources": []})),
    })
    .await;
    let error = service.client().identity_users(&OrgId::new("o")).await.unwrap_err();
    assert!(error.text.contains("ends before the number"), "{error}");
    let service = Service::start(|_, _| ok(&json!({"totalResults": 5}))).await;
    assert!(service.client().identity_users(&OrgId::new("o")).await.is_err(), "five that are not there");
}

#[tokio::test]
async fn a_list_beside_the_version_may_name_its_next_page_there() {
    let service = Service::start(|_, before| {
        let body = json!({"Resources": [{"id": format!("i{before}"), "userName": "u"}]});
        match before {
            0 => with_link(&body, "</identity/scim/o/v2/Users?cursor=2>; rel=next".to_owned()),
            _ => ok(&body),
        }
    })
    .await;
    assert_eq!(service.client().identity_users(&OrgId::new("o")).await.unwrap().len(), 2);
    assert_eq!(service.lines()[1], "GET /identity/scim/o/v2/Users?cursor=2");
}

#[tokio::test]
async fn an_item_that_stands_on_two_pages_is_taken_once_and_as_it_was_last() {
    // An item was put before the others while the first page was read, so its last one comes again.
    let service = Service::start(|received, _| match parameter(received, "offset") {
        None => ok(&json!({"items": [{"orgId": "a", "provisioningState": "active"}, {"orgId": "b"}]})),
        Some(2) => ok(&json!({"items": [{"orgId": "b"}, {"orgId": "c"}]})),
        Some(_) => ok(&json!({"items": []})),
    })
    .await;
    let found = service.client().sub_partners().await.unwrap();
    assert_eq!(found.iter().map(|found| found.org_id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(service.lines()[2].ends_with("offset=4"), "counted as the service counts");

    let service = Service::start(|_, before| match before {
        0 => with_link(&json!({"items": [{"id": "a", "displayName": "old"}]}), "<?cursor=2>; rel=next".to_owned()),
        _ => ok(&json!({"items": [{"id": "a", "displayName": "new"}]})),
    })
    .await;
    let found = service.client().organizations().await.unwrap();
    assert_eq!((found.len(), found[0].display_name.as_deref()), (1, Some("new")));
}

#[tokio::test]
async fn a_service_that_takes_no_offset_gives_its_one_page_once() {
    let service = Service::start(|_, _| ok(&rows("items", 0, 3, 3))).await;
    assert_eq!(service.client().sub_partners().await.unwrap().len(), 3);
    assert_eq!(service.lines().len(), 2, "asked on, since a page may be short; then it was clear");
}

#[tokio::test]
async fn a_list_of_ever_new_pages_with_nothing_new_on_them_is_ended() {
    let service = Service::start(|_, before| {
        with_link(&customers(0, 1), format!("</v1/wholesale/customers?cursor={before}>; rel=next"))
    })
    .await;
    let error = service.client().find_customer("e", None).await.unwrap_err();
    assert!(error.text.contains("nothing new"), "{error}");
    assert!(service.lines().len() < 100);
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
        known: hubform::webex::Known::default(),
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
