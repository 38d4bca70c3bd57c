//! Consent, tokens, their end, and what they are for.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hubform::sim::{ClientKind, Config, MissingScope, Tokens};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

use super::service::{Reply, Service, new_customer, quick, reply, text};

const ID: &str = "simulator-integration";
const SECRET: &str = "simulator-integration-secret";
const HERE: &str = "http://127.0.0.1:49152/callback";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";
const SCOPES: &str = "spark-admin:people_read spark-admin:roles_read";

/// A service that takes only tokens that it has issued.
async fn strict() -> Service {
    Service::with(Config { tokens: Tokens::Issued, ..quick() }).await
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Asks for consent, and returns what the answer leads to.
async fn consent(service: &Service, pairs: &[(&str, &str)]) -> Result<Url, Reply> {
    let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let reply = reply(client.get(format!("{}/authorize?{}", service.base, encoded(pairs)))).await;
    if reply.status == 302 { Ok(reply.header("location").unwrap().parse().unwrap()) } else { Err(reply) }
}

fn usual_consent(challenge: &str) -> Vec<(&str, &str)> {
    vec![
        ("response_type", "code"),
        ("client_id", ID),
        ("redirect_uri", HERE),
        ("scope", SCOPES),
        ("state", "s1"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}

fn part(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

async fn code(service: &Service) -> String {
    let there = consent(service, &usual_consent(&challenge())).await.unwrap();
    assert_eq!(there.as_str().split('?').next(), Some(HERE));
    assert_eq!(part(&there, "state").as_deref(), Some("s1"));
    part(&there, "code").unwrap()
}

async fn form(service: &Service, pairs: &[(&str, &str)]) -> Reply {
    let request = service.client.post(format!("{}/access_token", service.base));
    reply(request.header("content-type", "application/x-www-form-urlencoded").body(encoded(pairs))).await
}

async fn exchange(service: &Service, code: &str, changes: &[(&str, &str)]) -> Reply {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("client_id", ID),
        ("client_secret", SECRET),
        ("code", code),
        ("redirect_uri", HERE),
        ("code_verifier", VERIFIER),
    ];
    for change in changes {
        pairs.retain(|(name, _)| *name != change.0);
        pairs.push(*change);
    }
    form(service, &pairs).await
}

async fn renew(service: &Service, refresh_token: &Value) -> Reply {
    let refresh_token = text(refresh_token);
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", ID),
        ("client_secret", SECRET),
        ("refresh_token", refresh_token.as_str()),
    ];
    form(service, &pairs).await
}

async fn with_token(service: &Service, token: &Value, path: &str) -> Reply {
    reply(service.client.get(format!("{}{path}", service.base)).bearer_auth(text(token))).await
}

#[tokio::test]
async fn consent_is_exchanged_for_tokens_that_are_the_administrators() {
    let service = strict().await;
    let code = code(&service).await;
    let tokens = exchange(&service, &code, &[]).await.expect(200);
    assert_eq!((&tokens["token_type"], &tokens["scope"]), (&json!("Bearer"), &json!(SCOPES)));
    assert_eq!(tokens["expires_in"], 14 * 24 * 3600);
    assert_eq!(tokens["refresh_token_expires_in"], 90 * 24 * 3600);
    let me = with_token(&service, &tokens["access_token"], "/people/me").await.expect(200);
    assert_eq!(me["emails"], json!(["pat@partner.example"]));
    let roles = with_token(&service, &tokens["access_token"], "/roles").await.expect(200);
    let names: Vec<&Value> = roles["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|role| me["roles"].as_array().unwrap().contains(&role["id"]))
        .map(|role| &role["name"])
        .collect();
    assert_eq!(names, ["Full Administrator", "Webex for Wholesale administrator"]);
    let again = exchange(&service, &code, &[]).await.expect(400);
    assert_eq!(again["error"], "invalid_grant");
    for field in ["message", "trackingId", "error_description"] {
        assert!(again[field].is_string(), "{field}");
    }
}

#[tokio::test]
async fn a_code_is_refused_with_anything_that_differs_from_the_consent() {
    let service = strict().await;
    let code = code(&service).await;
    for (name, value, status, error) in [
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("grant_type", "", 400, "invalid_request"),
        ("client_id", "simulator-service-app", 401, "invalid_client"),
        ("client_secret", "wrong", 401, "invalid_client"),
        ("client_secret", "", 401, "invalid_client"),
        ("code", "wrong", 400, "invalid_grant"),
        ("code", "", 400, "invalid_request"),
        ("redirect_uri", "http://127.0.0.1:49153/callback", 400, "invalid_grant"),
        ("redirect_uri", "", 400, "invalid_request"),
        ("code_verifier", "", 400, "invalid_grant"),
        ("code_verifier", "short", 400, "invalid_grant"),
        ("code_verifier", "another-verifier-of-at-least-forty-three-chars", 400, "invalid_grant"),
    ] {
        let refused = exchange(&service, &code, &[(name, value)]).await.expect(status);
        assert_eq!(refused["error"], error, "{name} {value}");
    }
    let other = [("client_id", "simulator-service-app"), ("client_secret", "simulator-service-app-secret")];
    assert_eq!(exchange(&service, &code, &other).await.expect(400)["error"], "invalid_grant");
    exchange(&service, &code, &[("nonsense", "1")]).await.expect(400);
    form(&service, &[("grant_type", "refresh_token"), ("grant_type", "refresh_token")]).await.expect(400);
    exchange(&service, &code, &[]).await.expect(200);
}

#[tokio::test]
async fn a_code_without_a_challenge_takes_no_verifier_and_a_late_one_is_gone() {
    let service = strict().await;
    let plain = &usual_consent("")[..5];
    let there = consent(&service, plain).await.unwrap();
    let code = part(&there, "code").unwrap();
    exchange(&service, &code, &[]).await.expect(400);
    exchange(&service, &code, &[("code_verifier", "")]).await.expect(200);

    let there = consent(&service, plain).await.unwrap();
    let late = part(&there, "code").unwrap();
    service.clock.advance(Duration::from_mins(10));
    exchange(&service, &late, &[("code_verifier", "")]).await.expect(400);
}

#[tokio::test]
async fn consent_leads_only_to_registered_addresses_on_any_loopback_port() {
    let service = strict().await;
    let challenge = challenge();
    let with = |name: &'static str, value: &'static str| {
        let mut pairs = usual_consent(&challenge);
        pairs.retain(|(found, _)| *found != name);
        pairs.push((name, value));
        pairs
    };
    for (name, value) in [
        ("client_id", "nobody"),
        ("client_id", "simulator-service-app"),
        ("redirect_uri", "https://elsewhere.example/callback"),
        ("redirect_uri", "http://127.0.0.1/other"),
        ("redirect_uri", "http://127.0.0.1.elsewhere.example/callback"),
        ("redirect_uri", "http://user@127.0.0.1/callback"),
        ("redirect_uri", "nonsense"),
    ] {
        let reply = consent(&service, &with(name, value)).await.unwrap_err();
        assert_eq!((reply.status, reply.header("location")), (400, None), "{name} {value}");
        assert!(reply.body["error"].is_string());
    }
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "", "invalid_scope"),
        ("scope", "spark-admin:people_read everything", "invalid_scope"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
    ] {
        let there = consent(&service, &with(name, value)).await.unwrap();
        assert_eq!(part(&there, "error").as_deref(), Some(error), "{name}");
        assert_eq!((part(&there, "state").as_deref(), part(&there, "code")), (Some("s1"), None));
    }
    consent(&service, &with("redirect_uri", "http://localhost:1/callback")).await.unwrap();
}

#[tokio::test]
async fn an_access_token_ends_and_is_renewed_by_the_refresh_token() {
    let service = Service::with(Config { token_lifetime: Duration::from_mins(1), ..quick() }).await;
    let tokens = exchange(&service, &code(&service).await, &[]).await.expect(200);
    assert_eq!(tokens["expires_in"], 60);
    service.clock.advance(Duration::from_secs(59));
    with_token(&service, &tokens["access_token"], "/roles").await.expect(200);
    service.clock.advance(Duration::from_secs(1));
    with_token(&service, &tokens["access_token"], "/roles").await.expect(401);
    with_token(&service, &tokens["refresh_token"], "/roles").await.expect(401);

    let second = renew(&service, &tokens["refresh_token"]).await.expect(200);
    assert_eq!(second["scope"], SCOPES);
    with_token(&service, &second["access_token"], "/roles").await.expect(200);
    assert_ne!(second["refresh_token"], tokens["refresh_token"]);
    assert_eq!(renew(&service, &tokens["refresh_token"]).await.expect(400)["error"], "invalid_grant");
    renew(&service, &second["access_token"]).await.expect(400);
    renew(&service, &second["refresh_token"]).await.expect(200);
}

#[tokio::test]
async fn where_refresh_tokens_do_not_rotate_use_lengthens_their_life() {
    let config = Config { rotate_refresh_tokens: false, refresh_lifetime: Duration::from_hours(2), ..quick() };
    let service = Service::with(config).await;
    let tokens = exchange(&service, &code(&service).await, &[]).await.expect(200);
    for _ in 0..3 {
        service.clock.advance(Duration::from_hours(1));
        let again = renew(&service, &tokens["refresh_token"]).await.expect(200);
        assert_eq!(again["refresh_token"], tokens["refresh_token"]);
    }
    service.clock.advance(Duration::from_hours(2));
    renew(&service, &tokens["refresh_token"]).await.expect(400);
}

#[tokio::test]
async fn credentials_come_in_the_form_or_by_basic_but_not_both_ways() {
    let service = strict().await;
    let tokens = exchange(&service, &code(&service).await, &[]).await.expect(200);
    let refresh_token = text(&tokens["refresh_token"]);
    let send = async |credentials: &str, more: &[(&str, &str)]| {
        let mut pairs = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
        pairs.extend(more);
        let request = service.client.post(format!("{}/access_token", service.base));
        let request = request.header("authorization", format!("Basic {}", STANDARD.encode(credentials)));
        reply(request.header("content-type", "application/x-www-form-urlencoded").body(encoded(&pairs))).await
    };
    let good = format!("{ID}:{SECRET}");
    send(&format!("{ID}:wrong"), &[]).await.expect(401);
    send(ID, &[]).await.expect(401);
    assert_eq!(send(&good, &[("client_secret", SECRET)]).await.expect(400)["error"], "invalid_request");
    send(&good, &[("client_id", "other")]).await.expect(400);
    send(&good, &[("client_id", ID)]).await.expect(200);
}

#[tokio::test]
async fn a_strict_service_takes_only_tokens_that_it_gave_out() {
    let service = strict().await;
    service.get("/roles").await.expect(401);
    let token = json!(service.sim.issue_token(&["spark-admin:roles_read"], Duration::from_mins(1)).unwrap());
    with_token(&service, &token, "/roles").await.expect(200);
    service.sim.revoke_token(token.as_str().unwrap()).unwrap();
    with_token(&service, &token, "/roles").await.expect(401);
    let error = service.sim.revoke_token("secret-text").unwrap_err();
    assert!(!error.to_string().contains("secret-text"));
    service.sim.reconfigure(|config| config.tokens = Tokens::Any);
    service.get("/roles").await.expect(200);
    with_token(&service, &token, "/roles").await.expect(401);
}

#[tokio::test]
async fn a_revoked_consent_takes_every_token_with_it() {
    let service = strict().await;
    let tokens = exchange(&service, &code(&service).await, &[]).await.expect(200);
    service.sim.revoke_token(&text(&tokens["refresh_token"])).unwrap();
    with_token(&service, &tokens["access_token"], "/roles").await.expect(401);
    assert_eq!(renew(&service, &tokens["refresh_token"]).await.expect(400)["error"], "invalid_grant");
}

#[tokio::test]
async fn an_endpoint_refuses_a_token_without_its_scope() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let token = |scopes: &[&str]| json!(service.sim.issue_token(scopes, Duration::from_hours(1)).unwrap());
    let reader = token(&["spark-admin:people_read", "spark-admin:wholesale_customers_read"]);
    with_token(&service, &reader, "/people").await.expect(200);
    with_token(&service, &reader, "/locations").await.expect(200);
    with_token(&service, &reader, "/wholesale/customers").await.expect(200);
    let refused = with_token(&service, &reader, "/roles").await.expect(403);
    assert!(text(&refused["message"]).contains("spark-admin:roles_read"));
    for path in ["/telephony/config/locations", "/wholesale/subscribers", "/organizations", "/locations/x/floors"] {
        with_token(&service, &reader, path).await.expect(403);
    }
    let url = format!("{}/wholesale/customers", service.base);
    let write = service.client.post(url).bearer_auth(text(&reader)).json(&new_customer("b", &["webex_meetings"]));
    reply(write).await.expect(403);

    let connection = format!("/telephony/pstn/locations/{}/connection?orgId={}", customer.location, customer.org);
    let put = async |token: &Value| {
        let request = service.client.put(format!("{}{connection}", service.base)).bearer_auth(text(token));
        reply(request.json(&json!({}))).await.status
    };
    assert_eq!(put(&token(&["spark-admin:telephony_pstn_write"])).await, 403);
    let both = token(&["spark-admin:telephony_pstn_write", "spark-admin:telephony_pstn_read"]);
    assert_eq!(put(&both).await, 400, "the scope is there, the body is wrong");

    service.sim.reconfigure(|config| config.missing_scope = MissingScope::Unauthorized);
    with_token(&service, &reader, "/roles").await.expect(401);
}

#[tokio::test]
async fn a_service_app_gets_tokens_of_its_own_account() {
    let service = strict().await;
    let config = Config::default();
    let app = &config.clients[1];
    let ClientKind::ServiceApp { application_id, .. } = &app.kind else { panic!("{app:?}") };
    let allowed = json!(
        service
            .sim
            .issue_token(&["spark:applications_token", "spark-admin:people_read"], Duration::from_hours(1))
            .unwrap()
    );
    let me = with_token(&service, &allowed, "/people/me").await.expect(200);
    let ask = async |token: &Value, id: &str, change: &[(&str, Value)]| {
        let mut body = json!({
            "clientId": "simulator-service-app",
            "clientSecret": "simulator-service-app-secret",
            "targetOrgId": me["orgId"],
        });
        for (name, value) in change {
            body[*name] = value.clone();
        }
        let url = format!("{}/applications/{id}/token", service.base);
        reply(service.client.post(url).bearer_auth(text(token)).json(&body)).await
    };
    let poor = json!(service.sim.issue_token(&["spark-admin:people_read"], Duration::from_hours(1)).unwrap());
    ask(&json!("token"), application_id, &[]).await.expect(401);
    ask(&poor, application_id, &[]).await.expect(403);
    ask(&allowed, "other", &[]).await.expect(404);
    ask(&allowed, application_id, &[("clientSecret", json!("wrong"))]).await.expect(400);
    ask(&allowed, application_id, &[("targetOrgId", json!("wrong"))]).await.expect(400);
    let elsewhere = service.sim.create_organization("Elsewhere", false).unwrap();
    ask(&allowed, application_id, &[("targetOrgId", json!(elsewhere))]).await.expect(403);

    let tokens = ask(&allowed, application_id, &[]).await.expect(200);
    assert_eq!(tokens["scope"], Value::Null, "no document promises it here");
    let app = with_token(&service, &tokens["access_token"], "/people/me").await.expect(200);
    assert_eq!((&app["type"], &app["orgId"]), (&json!("appuser"), &me["orgId"]));
    assert_ne!(app["id"], me["id"]);
    let people = with_token(&service, &tokens["access_token"], "/people").await.expect(200);
    assert_eq!(people["items"].as_array().unwrap().len(), 1, "no list shows the account");
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", "simulator-service-app"),
        ("client_secret", "simulator-service-app-secret"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let second = form(&service, &pairs).await.expect(200);
    with_token(&service, &second["access_token"], "/people/me").await.expect(200);

    service.sim.reconfigure(|config| {
        if let ClientKind::ServiceApp { authorized, .. } = &mut config.clients[1].kind {
            *authorized = false;
        }
    });
    ask(&allowed, application_id, &[]).await.expect(403);
}

#[tokio::test]
async fn no_secret_stands_in_state_record_or_configuration() {
    let service = strict().await;
    let code = code(&service).await;
    let tokens = exchange(&service, &code, &[]).await.expect(200);
    let second = renew(&service, &tokens["refresh_token"]).await.expect(200);
    let issued = service.sim.issue_token(&["spark:applications_token"], Duration::from_hours(1)).unwrap();
    let url = format!("{}/applications/x/token?clientSecret=canary-query", service.base);
    let body = json!({ "clientId": "x", "clientSecret": "canary-body", "targetOrgId": "x" });
    reply(service.client.post(url).bearer_auth(&issued).json(&body)).await.expect(400);

    let written = serde_json::to_string(&service.sim.state()).unwrap();
    let printed = format!("{:?} {:?} {:?} {:?}", service.sim.state(), service.sim.requests(), service.sim, quick());
    let all = written + &printed;
    let mut secrets = vec![code, issued, SECRET.to_owned(), VERIFIER.to_owned()];
    for answer in [&tokens, &second] {
        secrets.extend([text(&answer["access_token"]), text(&answer["refresh_token"])]);
    }
    for secret in secrets.iter().map(String::as_str).chain(["canary-query", "canary-body"]) {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn tokens_outlive_the_service_that_keeps_its_state() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { state: Some(folder.path().join("state")), tokens: Tokens::Issued, ..quick() };
    let service = Service::with(config.clone()).await;
    let tokens = exchange(&service, &code(&service).await, &[]).await.expect(200);
    service.running.stop().await;
    drop(service.sim);
    let service = Service::with(config).await;
    with_token(&service, &tokens["access_token"], "/roles").await.expect(200);
    renew(&service, &tokens["refresh_token"]).await.expect(200);
}
