//! Nothing lasts for ever, and nothing is read without end.

use std::time::{Duration, Instant};

use hubform::webex::{Client, Fault, ReadApi as _, Sent};
use serde_json::json;

use super::scripted::{Reply, Service, ok, status};

/// Well above every deadline in these tests, and well below the patience of whoever waits for them.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_body_that_drips_ends_at_the_deadline() {
    let service = Service::start(|_, _| Reply::Drip).await;
    let mut settings = service.settings();
    (settings.deadline, settings.attempts) = (Duration::from_millis(60), 2);
    let start = Instant::now();
    let error = Client::new(settings).unwrap().partner().await.unwrap_err();
    assert_eq!((error.fault, error.sent), (Fault::Malformed, Sent::No));
    assert!(error.text.contains("the deadline passed"), "{error}");
    assert_eq!(error.tracking_id, "T_DRIP");
    assert!(start.elapsed() < LONG && service.lines().len() == 2);
}

#[tokio::test]
async fn a_request_with_all_its_attempts_and_waits_ends_in_time() {
    // Each attempt alone would be in time, and there is no end of attempts.
    let service = Service::start(|_, _| status(503, &json!({"message": "later"}))).await;
    let mut settings = service.settings();
    settings.attempts = u32::MAX;
    settings.backoff = Duration::from_millis(10);
    settings.patience = Duration::from_millis(200);
    let start = Instant::now();
    let error = Client::new(settings).unwrap().partner().await.unwrap_err();
    assert_eq!((error.fault, &*error.text), (Fault::Unavailable, "later"), "the last answer is told");
    assert!(start.elapsed() < LONG && service.lines().len() > 1);
}

#[tokio::test]
async fn an_attempt_is_given_no_more_than_what_is_left() {
    let service = Service::start(|_, _| Reply::Silence).await;
    let mut settings = service.settings();
    (settings.deadline, settings.patience) = (Duration::from_hours(1), Duration::from_millis(50));
    let start = Instant::now();
    let error = Client::new(settings).unwrap().partner().await.unwrap_err();
    assert_eq!((error.fault, &*error.text), (Fault::NoAnswer, "the deadline passed"));
    assert!(start.elapsed() < LONG);
}

#[tokio::test]
async fn a_wait_that_would_last_too_long_is_not_begun() {
    let service =
        Service::start(|_, _| Reply::Answer(423, vec![("retry-after", "500".to_owned())], String::new())).await;
    let mut settings = service.settings();
    settings.patience = Duration::from_secs(30);
    let start = Instant::now();
    let error = Client::new(settings).unwrap().partner().await.unwrap_err();
    assert_eq!((error.fault, error.status), (Fault::Busy, Some(423)));
    assert!(start.elapsed() < LONG);
    assert_eq!(service.lines().len(), 1);
}

#[tokio::test]
async fn a_turn_that_does_not_come_in_time_is_told() {
    let service = Service::start(|_, before| match before {
        0 => Reply::Answer(429, vec![("retry-after", "500".to_owned())], String::new()),
        _ => ok(&json!({"id": "p", "orgId": "o"})),
    })
    .await;
    let mut settings = service.settings();
    settings.patience = Duration::from_millis(100);
    let client = Client::new(settings).unwrap();
    let error = client.partner().await.unwrap_err();
    assert_eq!((error.fault, error.status), (Fault::Busy, Some(429)), "what the service said is told");
    let error = client.partner().await.unwrap_err();
    assert_eq!((error.fault, error.sent, error.status), (Fault::Busy, Sent::No, None));
    assert!(error.text.contains("its turn did not come"), "{error}");
    assert_eq!(service.lines().len(), 1, "nothing leaves while the service wants to hear nothing");
}

#[tokio::test]
async fn headers_without_end_are_not_read() {
    for headers in [vec![("x-much", "y".repeat(4 << 20))], vec![("x-many", "y".to_owned()); 5000]] {
        let service = Service::start(move |_, _| Reply::Answer(200, headers.clone(), "{}".to_owned())).await;
        let error = service.client().partner().await.unwrap_err();
        assert_eq!(error.fault, Fault::NoAnswer, "{error}");
        assert!(error.text.len() < 500, "{error}");
    }
}

#[tokio::test]
async fn a_body_is_as_large_as_it_was_sent() {
    // A few bytes that would become many.
    let packed = "\u{1f}\u{8b}packed".to_owned();
    for coding in ["gzip", "br", "zstd", "deflate"] {
        let packed = packed.clone();
        let service = Service::start(move |_, _| {
            Reply::Answer(200, vec![("content-encoding", coding.to_owned())], packed.clone())
        })
        .await;
        let error = service.client().partner().await.unwrap_err();
        assert!(error.text.contains("is not JSON") && error.text.contains("packed"), "{coding}: {error}");
    }
}
