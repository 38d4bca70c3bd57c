//! The token goes to one origin and into no text.

use hubform::{
    model::{CustomerId, OrgId},
    webex::{Client, Fault, InspectApi as _, ReadApi as _, Sent, WriteApi as _},
};
use serde_json::json;

use super::scripted::{Reply, Service, TOKEN, ok, status};

#[tokio::test]
async fn the_token_is_sent_as_a_bearer() {
    let service = Service::start(|_, _| ok(&json!({"id": "p", "orgId": "o"}))).await;
    service.client().partner().await.unwrap();
    assert_eq!(service.received()[0].authorization, format!("Bearer {TOKEN}"));
}

/// What a service names as its next page, given its base URL.
type Link = Box<dyn Fn(&str) -> String + Send + Sync>;

#[tokio::test]
async fn a_next_page_anywhere_else_is_an_error_and_never_asked_for() {
    let other = Service::start(|_, _| ok(&json!({"items": []}))).await;
    let (elsewhere, host) = (other.base(), other.base().replace("http://", "").replace("/v1", ""));
    let links: Vec<Link> = vec![
        // Another port of this machine, as a whole address and without its scheme.
        Box::new(move |_| format!("{elsewhere}/people")),
        Box::new(move |_| format!("//{host}/v1/people")),
        // Another host, scheme and port.
        Box::new(|_| "https://webexapis.example/v1/people".to_owned()),
        Box::new(|base| base.replace("http:", "https:") + "/people"),
        Box::new(|base| base.replace("http:", "ftp:") + "/people"),
        Box::new(|_| "http://127.0.0.1/v1/people".to_owned()),
        Box::new(|_| "data:text/plain,x".to_owned()),
        // A user name or password, which would be sent instead of the token.
        Box::new(|base| base.replace("http://", "http://me@") + "/people"),
        Box::new(|base| base.replace("http://", "http://me:secret@") + "/people"),
        Box::new(|base| base.replace("http://", "http://:secret@") + "/people"),
        // The same host outside of the interface.
        Box::new(|_| "/v2/people".to_owned()),
        Box::new(|_| "/v1/../admin".to_owned()),
        Box::new(|_| "/v1/%2e%2e/admin".to_owned()),
        Box::new(|_| "/v10/people".to_owned()),
        Box::new(|_| "/v1".to_owned()),
        // No address at all.
        Box::new(|_| "http://[".to_owned()),
    ];
    for link in links {
        let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
        let known = std::sync::Arc::clone(&base);
        let service = Service::start(move |_, _| {
            let target = link(known.get().unwrap());
            Reply::Answer(200, vec![("link", format!("<{target}>; rel=\"next\""))], "{\"items\": []}".to_owned())
        })
        .await;
        base.set(service.base()).unwrap();
        let error = service.client().find_customer("x", None).await.unwrap_err();
        assert_eq!(error.fault, Fault::Malformed, "{error}");
        assert!(error.text.contains("another host"), "{error}");
        assert_eq!(service.lines().len(), 1);
    }
    assert!(other.lines().is_empty());
}

#[tokio::test]
async fn a_next_page_below_the_same_base_is_followed_however_it_is_written() {
    for target in
        ["ABSOLUTE/people?x=1", "/v1/people?x=1", "people?x=1", "?x=1", "./people?x=1", "//HOST/v1/people?x=1"]
    {
        let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
        let known = std::sync::Arc::clone(&base);
        let service = Service::start(move |_, before| {
            let base = known.get().unwrap();
            let host = base.trim_start_matches("http://").trim_end_matches("/v1");
            let target = target.replace("ABSOLUTE", base).replace("HOST", host);
            let link = vec![("link", format!("<{target}>; rel=\"next\""))];
            Reply::Answer(200, if before == 0 { link } else { Vec::new() }, "{\"items\": []}".to_owned())
        })
        .await;
        base.set(service.base()).unwrap();
        service.client().organizations().await.unwrap();
        assert!(service.lines()[1].ends_with("?x=1"), "{target}: {:?}", service.lines());
        assert!(service.received().iter().all(|received| received.authorization == format!("Bearer {TOKEN}")));
    }
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
async fn no_form_and_no_part_of_a_token_is_kept() {
    // `/` and `+` are written in many ways; the last body is cut off in the middle of the token.
    let token = "canary/7f3a+9c-ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let bodies = [
        format!("<a href=\"/login?token={}\">", token.replace('/', "%2f").replace('+', "%2b")),
        token.replace('/', "\\/"),
        format!("basic {}", "Y2FuYXJ5LzdmM2ErOWMtQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="),
        format!("{}{token}", "x".repeat(180)),
        json!({"message": format!("{}{token}", "y".repeat(480))}).to_string(),
        json!({"message": format!("{}{token}", "y".repeat(580))}).to_string(),
    ];
    for body in bodies {
        for code in [200, 400] {
            let body = body.clone();
            let service = Service::start(move |_, _| Reply::Answer(code, Vec::new(), body.clone())).await;
            let mut settings = service.settings();
            (settings.token, settings.attempts) = (secrecy::SecretString::from(token).into(), 1);
            let error = Client::new(settings).unwrap().partner().await.unwrap_err();
            let all = format!("{error} {error:?}");
            for part in ["canary", "7f3a", "ABCDEFG", "Y2FuYXJ5"] {
                assert!(!all.contains(part), "{part} of the token is in {all}");
            }
        }
    }
}

#[tokio::test]
async fn a_reading_that_failed_says_why_without_the_token() {
    let service = Service::start(|_, _| status(400, &json!({"message": TOKEN}))).await;
    let error = service.client().organization(&OrgId::new("o")).await.unwrap_err();
    assert_eq!(error.text, "[token]");
}
