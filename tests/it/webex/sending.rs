//! When a request is sent again, and what is said when it is not.

use std::time::{Duration, Instant};

use hubform::{
    model::{CustomerId, LocationId, OrgId},
    webex::{Client, Fault, LocationChange, ReadApi as _, Sent, Stats, WriteApi as _},
};
use serde_json::json;

use super::scripted::{Reply, Service, empty, ok, status};

fn me() -> Reply {
    ok(&json!({"id": "p", "orgId": "o"}))
}

async fn rename(client: &Client) -> Result<(), hubform::webex::ApiError> {
    let change = LocationChange { display_name: Some("Downtown"), ..LocationChange::default() };
    client.update_location(&OrgId::new("o"), &LocationId::new("l"), &change).await
}

#[tokio::test]
async fn a_429_is_obeyed_exactly_and_holds_for_writes_too() {
    let service = Service::start(|_, before| match before {
        0 => Reply::Answer(429, vec![("retry-after", "1".to_owned())], String::new()),
        _ => empty(204),
    })
    .await;
    let (client, start) = (service.client(), Instant::now());
    rename(&client).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(client.stats(), Stats { requests: 2, writes: 2, retries: 1 });
}

#[tokio::test]
async fn what_holds_one_request_holds_all_of_the_client() {
    let service = Service::start(|received, _| {
        if received.is("GET /v1/people/me") {
            me()
        } else {
            Reply::Answer(429, vec![("retry-after", "1".to_owned())], String::new())
        }
    })
    .await;
    let mut settings = service.settings();
    settings.attempts = 1;
    let client = Client::new(settings).unwrap();
    let start = Instant::now();
    assert_eq!(rename(&client).await.unwrap_err().fault, Fault::Busy);
    client.clone().partner().await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_429_without_a_time_is_tried_again_until_attempts_are_used_up() {
    let service = Service::start(|_, _| status(429, &json!({"message": "slow down"}))).await;
    let client = service.client();
    let error = rename(&client).await.unwrap_err();
    assert_eq!((error.fault, error.sent, error.status), (Fault::Busy, Sent::No, Some(429)));
    assert_eq!(error.text, "slow down");
    assert_eq!(client.stats().requests, 3);
}

#[tokio::test]
async fn a_wait_that_is_longer_than_any_patience_is_given_back_to_the_caller() {
    let service =
        Service::start(|_, _| Reply::Answer(429, vec![("retry-after", "86400".to_owned())], String::new())).await;
    let error = service.client().partner().await.unwrap_err();
    assert_eq!(error.fault, Fault::Busy);
    assert!(error.text.contains("86400 seconds"), "{error}");
    assert_eq!(service.lines().len(), 1);
}

#[tokio::test]
async fn a_read_is_tried_again_and_a_write_that_may_have_been_done_is_not() {
    for failure in [500, 502, 503, 504] {
        let service = Service::start(move |received, before| match (received.is("GET"), before) {
            (true, 1..) => me(),
            _ => status(failure, &json!({"message": "overloaded"})),
        })
        .await;
        assert!(service.client().partner().await.is_ok(), "{failure}");
        let error = rename(&service.client()).await.unwrap_err();
        assert_eq!((error.fault, error.sent), (Fault::Unavailable, Sent::Perhaps), "{failure}");
        assert_eq!(service.lines().len(), 3, "{failure}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_fate_of_a_write_open() {
    let service = Service::start(|received, before| match (received.is("GET"), before) {
        (true, 1..) => me(),
        _ => Reply::Reset,
    })
    .await;
    assert!(service.client().partner().await.is_ok());
    let error = rename(&service.client()).await.unwrap_err();
    assert_eq!((error.fault, error.sent, error.status), (Fault::NoAnswer, Sent::Perhaps, None));
    assert_eq!(service.lines().len(), 3);
}

#[tokio::test]
async fn a_service_that_is_not_there_has_done_nothing() {
    let service = Service::start(|_, _| Reply::Reset).await;
    let mut settings = service.settings();
    drop(service);
    // A port that was just given back; nobody listens.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    settings.base_url = format!("http://{address}/v1").parse().unwrap();
    let error = rename(&Client::new(settings).unwrap()).await.unwrap_err();
    assert_eq!((error.fault, error.sent), (Fault::NoAnswer, Sent::No));
}

#[tokio::test]
async fn silence_ends_at_the_deadline() {
    let service = Service::start(|_, _| Reply::Silence).await;
    let mut settings = service.settings();
    (settings.deadline, settings.attempts) = (Duration::from_millis(50), 2);
    let client = Client::new(settings).unwrap();
    let error = client.partner().await.unwrap_err();
    assert_eq!((error.fault, error.sent, &*error.text), (Fault::NoAnswer, Sent::No, "the deadline passed"));
    assert_eq!(rename(&client).await.unwrap_err().sent, Sent::Perhaps);
    assert_eq!(client.stats(), Stats { requests: 3, writes: 1, retries: 1 });
}

#[tokio::test]
async fn an_answer_that_is_cut_short_is_shown_and_not_believed() {
    let service = Service::start(|_, _| Reply::CutShort("{\"id\": \"p\", \"orgId\": \"o\"}")).await;
    let error = service.client().partner().await.unwrap_err();
    assert_eq!((error.fault, error.sent), (Fault::Malformed, Sent::No));
    assert!(error.text.contains("cut short") && error.text.contains("\"orgId\""), "{error}");
    assert_eq!(error.tracking_id, "T_CUT");
    assert_eq!(service.lines().len(), 3, "a read is worth another try");
    let error = rename(&service.client()).await.unwrap_err();
    assert_eq!((error.fault, error.sent), (Fault::Malformed, Sent::Perhaps));
    assert_eq!(service.lines().len(), 4);
}

#[tokio::test]
async fn an_answer_that_is_not_json_is_shown_and_a_read_is_tried_again() {
    for page in [format!("<html>{}</html>", "x".repeat(500)), String::new(), "{\"id\": ".to_owned()] {
        let text = page.clone();
        let service = Service::start(move |_, _| Reply::Answer(200, Vec::new(), text.clone())).await;
        let error = service.client().partner().await.unwrap_err();
        assert_eq!((error.fault, error.sent), (Fault::Malformed, Sent::No));
        assert!(error.text.starts_with("the answer is not JSON: ") && error.text.len() < 250, "{error}");
        assert!(page.is_empty() || error.text.contains(&page[..5]), "{error}");
        assert_eq!(service.lines().len(), 3);

        let service = Service::start(move |_, before| match before {
            0 => Reply::Answer(200, Vec::new(), page.clone()),
            _ => me(),
        })
        .await;
        assert!(service.client().partner().await.is_ok(), "a gateway's page passes");
    }
    // A gateway's "200" does not say that the service has done anything.
    let service = Service::start(|_, _| Reply::Answer(200, Vec::new(), "<html>done</html>".to_owned())).await;
    let error = rename(&service.client()).await.unwrap_err();
    assert_eq!((error.fault, error.sent, service.lines().len()), (Fault::Malformed, Sent::Perhaps, 1));
}

#[tokio::test]
async fn a_write_whose_answer_has_no_id_may_have_been_done() {
    let service =
        Service::start(|_, _| ok(&json!({"url": "https://elsewhere.example/v1/wholesale/customers/x"}))).await;
    let error = service.client().disable_calling(&OrgId::new("o"), &LocationId::new("l"), "x").await.unwrap_err();
    assert_eq!((error.fault, error.sent), (Fault::Malformed, Sent::Perhaps));
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let huge = format!("{{\"id\": \"{}\"}}", "x".repeat(65 << 20));
    let service = Service::start(move |_, _| Reply::Answer(200, Vec::new(), huge.clone())).await;
    let error = service.client().partner().await.unwrap_err();
    assert_eq!(error.fault, Fault::Malformed);
    assert!(error.text.contains("larger than 64 MiB"), "{error}");
    assert_eq!(service.lines().len(), 1);
}

#[tokio::test]
async fn faults_follow_the_status_and_keep_the_services_words() {
    let table = [
        (401, Fault::Unauthorized),
        (403, Fault::Forbidden),
        (404, Fault::NotFound),
        (410, Fault::NotFound),
        (409, Fault::Conflict),
        (400, Fault::Refused),
        (418, Fault::Refused),
    ];
    for (code, fault) in table {
        let service = Service::start(move |_, _| {
            let body = json!({"message": "no", "errors": [{"errorCode": "25008", "description": "field missing"}]});
            Reply::Answer(code, vec![("trackingid", "ROUTER_1".to_owned())], body.to_string())
        })
        .await;
        let error = rename(&service.client()).await.unwrap_err();
        assert_eq!((error.fault, error.sent), (fault, Sent::No), "{code}");
        assert_eq!(
            error.to_string(),
            format!("PUT /locations/l answered {code}, code 25008: field missing; no (tracking id ROUTER_1)")
        );
        assert_eq!(service.lines(), ["PUT /v1/locations/l?orgId=o"], "{code}");
    }
}

#[tokio::test]
async fn a_code_that_stands_in_a_header_alone_is_kept() {
    let service =
        Service::start(|_, _| Reply::Answer(400, vec![("cisco-spark-error-codes", "4251".to_owned())], String::new()))
            .await;
    assert_eq!(rename(&service.client()).await.unwrap_err().code, "4251");
}

#[tokio::test]
async fn requests_keep_below_the_ceiling() {
    let service = Service::start(|_, _| me()).await;
    let mut settings = service.settings();
    settings.requests_per_second = Some(50.0);
    let (client, start) = (Client::new(settings).unwrap(), Instant::now());
    for _ in 0..6 {
        client.partner().await.unwrap();
    }
    assert!(start.elapsed() >= Duration::from_millis(100), "five gaps of 20 ms lie between six requests");
}

#[tokio::test]
async fn an_id_cannot_reach_another_resource() {
    let service = Service::start(|_, _| empty(404)).await;
    let progress = service.client().customer_progress(&CustomerId::new("../people/me?x=1#y"), None).await;
    assert_eq!(progress, Ok(None));
    assert_eq!(service.lines(), ["GET /v1/wholesale/customers/..%2Fpeople%2Fme%3Fx%3D1%23y"]);
}
