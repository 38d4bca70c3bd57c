//! The token goes to one origin and into no text.

use hubform::{
    model::{CustomerId, OrgId},
    webex::{Client, Fault, ReadApi as _, Sent, WriteApi as _},
};
use serde_json::json;

use super::scripted::{Reply, Service, TOKEN, ok, status};

#[tokio::test]
async fn the_token_is_sent_as_a_bearer() {
    let service = Service::start(|_, _| ok(&json!({"id": "p", "orgId": "o"}))).await;
    service.client().partner().await.unwrap();
    assert_eq!(service.received()[0].authorization, format!("Bearer {TOKEN}"));
}

#[tokio::test]
async fn a_next_page_at_another_host_is_an_error_and_never_asked_for() {
    let other = Service::start(|_, _| ok(&json!({"items": []}))).await;
    let link = format!("<{}/wholesale/customers?offset=1>; rel=\"next\"", other.base());
    let service =
        Service::start(move |_, _| Reply::Answer(200, vec![("link", link.clone())], "{\"items\": []}".to_owned()))
            .await;
    let error = service.client().find_customer("x", None).await.unwrap_err();
    assert_eq!(error.fault, Fault::Malformed);
    assert!(error.text.contains("another host"), "{error}");
    assert!(other.lines().is_empty());
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let other = Service::start(|_, _| ok(&json!({"id": "p", "orgId": "o"}))).await;
    for code in [301, 302, 307, 308] {
        let location = format!("{}/people/me", other.base());
        let service =
            Service::start(move |_, _| Reply::Answer(code, vec![("location", location.clone())], String::new())).await;
        let error = service.client().partner().await.unwrap_err();
        assert_eq!((error.fault, error.status), (Fault::Malformed, Some(code)));
        assert!(error.text.contains("redirection"), "{error}");
        let error = service.client().delete_customer(&CustomerId::new("c"), None).await.unwrap_err();
        assert_eq!(error.sent, Sent::Perhaps);
    }
    assert!(other.lines().is_empty());
}

#[tokio::test]
async fn a_token_that_is_sent_back_is_in_no_error_and_no_debug_text() {
    let echo = format!("you sent Bearer {TOKEN}");
    let answers = [
        status(400, &json!({"message": echo, "errors": [{"errorCode": echo, "description": echo}]})),
        Reply::Answer(
            403,
            vec![("trackingid", echo.clone()), ("cisco-spark-error-codes", echo.clone())],
            String::new(),
        ),
        Reply::Answer(200, Vec::new(), echo.clone()),
        ok(&json!({"id": {"echo": echo}})),
        Reply::Answer(502, Vec::new(), format!("<html>{echo}</html>")),
    ];
    for answer in answers {
        let answer = std::sync::Mutex::new(Some(answer));
        let service = Service::start(move |_, _| answer.lock().unwrap().take().unwrap_or(Reply::Reset)).await;
        let mut settings = service.settings();
        settings.attempts = 1;
        let client = Client::new(settings.clone()).unwrap();
        let error = client.partner().await.unwrap_err();
        let all = format!("{error} {error:?} {client:?} {settings:?}");
        assert!(!all.contains(TOKEN), "{all}");
    }
}

#[tokio::test]
async fn a_reading_that_failed_says_why_without_the_token() {
    let service = Service::start(|_, _| status(400, &json!({"message": TOKEN}))).await;
    let error = service.client().organization(&OrgId::new("o")).await.unwrap_err();
    assert_eq!(error.text, "[token]");
}
