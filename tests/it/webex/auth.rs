//! Tokens that renew themselves, and logging in.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use hubform::webex::{
    ApiError, Client, ClientSettings, Fault, ReadApi as _, Sent, Stats, WriteApi as _,
    auth::{
        App, AuthError, CacheError, CacheKey, Clock, Credential, Grant, Login, LoginError, Loopback, LoopbackError,
        Renewal, Subject, TokenCache, TokenEndpoint,
    },
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::token_service::{APPLICATION, CLIENT, SECRET, TARGET_ORG, TokenService};

/// A clock that stands until it is moved.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let hands = Arc::clone(&self.0);
        Arc::new(move || Timestamp::from_second(1_700_000_000 + hands.load(Ordering::Relaxed)).unwrap())
    }
}

fn endpoint(service: &TokenService) -> TokenEndpoint {
    TokenEndpoint::new(service.base().parse().unwrap(), "test").unwrap().backoff(Duration::from_millis(1))
}

fn app() -> App {
    App { id: CLIENT.to_owned(), secret: Some(SecretString::from(SECRET)) }
}

fn renewal(service: &TokenService, grant: Grant, folder: Option<&Path>, hands: &Hands) -> Renewal {
    Renewal {
        endpoint: endpoint(service),
        app: app(),
        grant,
        origin: "the variable `WEBEX_REFRESH_TOKEN`".to_owned(),
        cache: folder.map(TokenCache::new),
        clock: hands.clock(),
    }
}

fn given(token: &str) -> Grant {
    Grant::RefreshToken(SecretString::from(token))
}

fn client(service: &TokenService, credential: Credential) -> Client {
    let base = service.base().parse().unwrap();
    let settings =
        ClientSettings { attempts: 3, backoff: Duration::from_millis(1), ..ClientSettings::with(base, credential) };
    Client::new(settings).unwrap()
}

async fn bearer(credential: &Credential) -> String {
    credential.bearer().await.unwrap().expose_secret().to_owned()
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_not_earlier() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    let credential = Credential::from(renewal(&service, given("canary-seed"), None, &hands));
    assert_eq!(bearer(&credential).await, "canary-access-1");
    hands.forward(3600 - 361);
    assert_eq!(bearer(&credential).await, "canary-access-1");
    hands.forward(1);
    assert_eq!(bearer(&credential).await, "canary-access-2");
    assert_eq!(service.granted(), ["refresh_token"; 2]);
    let facts = credential.facts();
    assert!(facts.renews && facts.expires.is_some() && facts.refresh_expires.is_some());
}

#[tokio::test]
async fn the_lifetime_is_the_one_that_the_service_says() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    service.books().expires_in = 4;
    let credential = Credential::from(renewal(&service, given("canary-seed"), None, &hands));
    let client = client(&service, credential);
    for _ in 0..5 {
        client.partner().await.unwrap();
        hands.forward(1);
    }
    assert_eq!(service.granted().len(), 3, "renewed when half of a short life is over");
}

#[tokio::test]
async fn many_requests_at_once_share_one_renewal() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    let client = client(&service, renewal(&service, given("canary-seed"), None, &hands).into());
    let all = async || {
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.partner().await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    };
    all().await;
    assert_eq!(service.granted().len(), 1, "the first token");
    hands.forward(3500);
    all().await;
    assert_eq!(service.granted().len(), 2, "before it ends");
    hands.forward(60);
    service.expire();
    all().await;
    assert_eq!(service.granted().len(), 3, "after a 401");
}

#[tokio::test]
async fn a_renewal_that_nobody_waits_for_any_more_is_not_lost() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    let credential = Credential::from(renewal(&service, given("canary-seed"), None, &hands));
    let hold = service.hold();
    let waiting = tokio::spawn({
        let credential = credential.clone();
        async move { credential.bearer().await }
    });
    hold.arrived.notified().await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    hold.go.notify_one();
    assert_eq!(
        bearer(&credential).await,
        "canary-access-1",
        "asked again it would have been refused: the seed is used up"
    );
    assert_eq!(service.granted().len(), 1);
}

#[tokio::test]
async fn a_401_is_answered_by_one_renewal_and_one_resend_for_writes_too() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    let client = client(&service, renewal(&service, given("canary-seed"), None, &hands).into());
    client.partner().await.unwrap();
    hands.forward(60);
    service.expire();
    client.delete_customer(&hubform::model::CustomerId::new("c"), None).await.unwrap();
    assert_eq!(service.granted().len(), 2);
    assert_eq!(client.stats(), Stats { requests: 3, writes: 2, retries: 1 });
}

#[tokio::test]
async fn a_401_that_a_new_token_does_not_help_is_an_error_and_no_storm_of_renewals() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    service.books().forbidden.insert("/people/me".to_owned(), 401);
    let client = client(&service, renewal(&service, given("canary-seed"), None, &hands).into());
    for _ in 0..5 {
        let error = client.partner().await.unwrap_err();
        assert_eq!((error.fault, error.sent, error.status), (Fault::Unauthorized, Sent::No, Some(401)));
        assert_eq!(error.text, "not allowed");
    }
    assert_eq!(service.granted().len(), 2, "the second token had just come, so it was not to blame");
}

#[tokio::test]
async fn a_fixed_token_is_not_sent_again_after_a_401() {
    let service = TokenService::start().await;
    let client = client(&service, SecretString::from("canary-fixed").into());
    let error = client.partner().await.unwrap_err();
    assert_eq!((error.fault, client.stats().requests), (Fault::Unauthorized, 1));
}

#[tokio::test]
async fn a_second_process_goes_on_with_the_refresh_token_that_the_first_one_got() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    service.know("canary-seed");
    let run = || Credential::from(renewal(&service, given("canary-seed"), Some(folder.path()), &hands));
    assert_eq!(bearer(&run()).await, "canary-access-1");
    assert_eq!(bearer(&run()).await, "canary-access-1", "a good token is taken over");
    hands.forward(3600);
    assert_eq!(bearer(&run()).await, "canary-access-2", "the seed no longer counts: its successor was sent");
    assert_eq!(service.granted(), ["refresh_token"; 2]);
}

#[tokio::test]
async fn of_two_processes_that_renew_at_once_one_asks() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    service.know("canary-seed");
    let run = || Credential::from(renewal(&service, given("canary-seed"), Some(folder.path()), &hands));
    let (a, b) = (run(), run());
    tokio::join!(bearer(&a), bearer(&b));
    assert_eq!(service.granted().len(), 1);
    hands.forward(3600);
    let (x, y) = tokio::join!(bearer(&a), bearer(&b));
    assert_eq!((x.as_str(), y.as_str()), ("canary-access-2", "canary-access-2"));
    // A 401 at one of them is settled by what the other one got.
    hands.forward(60);
    service.expire();
    let rejected = SecretString::from("canary-access-2");
    let (x, y) = tokio::join!(a.renew(&rejected), b.renew(&rejected));
    assert_eq!((x, y), (Ok(true), Ok(true)));
    assert_eq!(service.granted().len(), 3);
}

#[tokio::test]
async fn another_refresh_token_in_the_variable_begins_anew() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    service.know("canary-seed");
    service.know("canary-other");
    let run = |seed| Credential::from(renewal(&service, given(seed), Some(folder.path()), &hands));
    assert_eq!(bearer(&run("canary-seed")).await, "canary-access-1");
    assert_eq!(bearer(&run("canary-other")).await, "canary-access-2");
    assert_eq!(bearer(&run("canary-other")).await, "canary-access-2");
}

#[tokio::test]
async fn a_service_that_keeps_its_refresh_tokens_is_understood() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    service.know("canary-seed");
    service.books().rotates = false;
    for round in 1..4 {
        let credential = Credential::from(renewal(&service, given("canary-seed"), Some(folder.path()), &hands));
        assert_eq!(bearer(&credential).await, format!("canary-access-{round}"));
        hands.forward(3600);
    }
}

#[tokio::test]
async fn a_revoked_refresh_token_is_said_and_not_sent_again() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    let client = client(&service, renewal(&service, given("canary-revoked"), None, &hands).into());
    let mut texts = Vec::new();
    for _ in 0..3 {
        let error = client.partner().await.unwrap_err();
        assert_eq!((error.fault, error.sent, error.status), (Fault::Unauthorized, Sent::No, None));
        texts.push(error.to_string());
    }
    assert_eq!(
        texts[0],
        "GET /people/me was not sent: the refresh token from the variable `WEBEX_REFRESH_TOKEN` is expired or revoked \
         (invalid_grant: the refresh token [secret] is expired); run `hubform login`, or give a new one"
    );
    assert_eq!(service.books().requests, ["POST /v1/access_token"]);
}

#[tokio::test]
async fn a_token_that_is_still_good_outlives_a_renewal_that_fails() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    let credential = Credential::from(renewal(&service, given("canary-seed"), None, &hands));
    bearer(&credential).await;
    service.books().trouble = vec![(503, String::new()); 3];
    hands.forward(3400);
    assert_eq!(bearer(&credential).await, "canary-access-1");
    assert_eq!(service.books().trouble.len(), 0, "it was tried three times");
    service.books().trouble = vec![(503, String::new())];
    assert_eq!(bearer(&credential).await, "canary-access-1");
    assert_eq!(service.books().trouble.len(), 1, "and then not for a while");
    hands.forward(31);
    assert_eq!(bearer(&credential).await, "canary-access-2");
}

#[tokio::test]
async fn trouble_of_the_token_endpoint_is_waited_out_and_then_said() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    let credential = Credential::from(renewal(&service, given("canary-seed"), None, &hands));
    service.books().trouble = vec![(503, String::new()), (500, String::new())];
    assert_eq!(bearer(&credential).await, "canary-access-1");
    hands.forward(3600);
    service.books().trouble = vec![(503, "canary-refresh-1".to_owned()); 3];
    let error = credential.bearer().await.unwrap_err();
    assert!(error.is_passing() && !error.to_string().contains("canary"), "{error}");
    assert_eq!(bearer(&credential).await, "canary-access-2", "it is asked again the next time");
}

#[tokio::test]
async fn what_is_no_token_answer_is_refused_and_not_shown() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    for answer in [
        "canary-answer",
        "{\"access_token\": \"canary\\n\"}",
        "{\"access_token\": \"canary\", \"expires_in\": \"canary\"}",
    ] {
        service.books().trouble = vec![(200, answer.to_owned())];
        let credential = Credential::from(renewal(&service, given("canary-seed"), None, &hands));
        let error = credential.bearer().await.unwrap_err();
        assert!(matches!(error, AuthError::Malformed { .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn a_redirection_of_the_token_endpoint_is_not_followed() {
    let (service, other, hands) = (TokenService::start().await, TokenService::start().await, Hands::default());
    service.books().trouble = vec![(307, other.base())];
    let credential = Credential::from(renewal(&service, given("canary-seed"), None, &hands));
    let error = credential.bearer().await.unwrap_err();
    assert!(error.to_string().contains("a redirection, which is not followed"), "{error}");
    assert!(other.books().requests.is_empty());
}

#[tokio::test]
async fn a_wrong_secret_is_said_without_the_secret() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    let mut renewal = renewal(&service, given("canary-seed"), None, &hands);
    renewal.app.secret = Some(SecretString::from("canary-wrong-secret"));
    let error = Credential::from(renewal).bearer().await.unwrap_err();
    assert!(matches!(error, AuthError::Client { .. }), "{error:?}");
    assert!(error.to_string().contains("client C0ffee with [secret]"), "{error}");
}

fn service_app(caller: Option<&str>) -> Grant {
    Grant::ServiceApp {
        application: APPLICATION.to_owned(),
        target_org: TARGET_ORG.to_owned(),
        caller: caller.map(SecretString::from),
    }
}

#[tokio::test]
async fn a_service_app_begins_with_the_callers_token_and_then_renews_itself() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    service.books().access.insert("canary-caller".to_owned());
    let run = |caller| Credential::from(renewal(&service, service_app(caller), Some(folder.path()), &hands));
    assert_eq!(bearer(&run(Some("canary-caller"))).await, "canary-access-1");
    hands.forward(3600);
    assert_eq!(bearer(&run(None)).await, "canary-access-2", "the caller is not needed any more");
    assert_eq!(service.granted(), ["service_app", "refresh_token"]);
    service.books().refresh.clear();
    hands.forward(3600);
    assert!(matches!(run(None).bearer().await, Err(AuthError::NoCaller { .. })));
    assert_eq!(bearer(&run(Some("canary-caller"))).await, "canary-access-3", "it begins anew");
}

#[tokio::test]
async fn a_service_app_that_is_refused_says_why_without_any_secret() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.books().access.insert("canary-caller".to_owned());
    let mut renewal = renewal(&service, service_app(Some("canary-caller")), None, &hands);
    renewal.app.id = "other".to_owned();
    let error = Credential::from(renewal.clone()).bearer().await.unwrap_err();
    let AuthError::Refused { status: 400, text, tracking_id, .. } = &error else { panic!("{error:?}") };
    assert!(text.contains("not what was expected") && tracking_id == "T_APP", "{error:?}");
    assert!(!format!("{error} {error:?} {renewal:?}").contains("canary"), "{error}");
}

// The cache

#[cfg(unix)]
#[tokio::test]
async fn the_cache_is_for_its_owner_alone_and_refused_otherwise() {
    use std::os::unix::fs::PermissionsExt as _;
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    service.know("canary-seed");
    let below = folder.path().join("a").join("hubform");
    let run = || Credential::from(renewal(&service, given("canary-seed"), Some(&below), &hands));
    bearer(&run()).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = below.join("tokens.json");
    assert_eq!((mode(&file), mode(&below), mode(&below.join("tokens.lock"))), (0o600, 0o700, 0o600));
    for open in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(open)).unwrap();
        let error = run().bearer().await.unwrap_err();
        assert!(matches!(error, AuthError::Cache(CacheError::Open { mode, .. }) if mode == open), "{error:?}");
        assert!(error.to_string().contains(&format!("run `chmod 600 {}`", file.display())), "{error}");
    }
    assert_eq!(service.granted().len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_cache_that_cannot_be_written_is_done_without_where_the_token_is_given_each_time() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    service.know("canary-seed");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let below = file.join("hubform");
    let credential = Credential::from(renewal(&service, given("canary-seed"), Some(&below), &hands));
    assert_eq!(bearer(&credential).await, "canary-access-1");
    let error = Credential::from(renewal(&service, Grant::Login, Some(&below), &hands)).bearer().await.unwrap_err();
    assert!(matches!(error, AuthError::Cache(CacheError::Io { .. })), "{error:?}");
}

#[tokio::test]
async fn a_damaged_cache_is_named_and_nothing_of_it_is_shown() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    let file = folder.path().join("tokens.json");
    let row = |token: &str| {
        format!(
            "{{\"format\":1,\"entries\":[{{\"baseUrl\":\"x\",\"clientId\":\"y\",\"subject\":{{\"kind\":\"login\"}},\
             \"accessToken\":{token},\"obtained\":\"2026-01-01T00:00:00Z\"}}]}}"
        )
    };
    for text in ["canary", "{\"format\": 2, \"entries\": []}", &row("[\"canary\"]"), &row("\"canary\\r\\nx: y\""), ""] {
        std::fs::write(&file, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let error = Credential::from(renewal(&service, Grant::Login, Some(folder.path()), &hands)).bearer().await;
        let error = error.unwrap_err();
        assert!(matches!(error, AuthError::Cache(CacheError::Damaged { .. })), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn entries_of_other_services_and_clients_stay_apart() {
    let (service, other, folder) =
        (TokenService::start().await, TokenService::start().await, tempfile::tempdir().unwrap());
    let hands = Hands::default();
    for service in [&service, &other] {
        service.know("canary-seed");
        bearer(&renewal(service, given("canary-seed"), Some(folder.path()), &hands).into()).await;
    }
    assert_eq!((service.granted().len(), other.granted().len()), (1, 1));
    let cache = TokenCache::new(folder.path());
    let entries = cache.entries().unwrap();
    assert_eq!(entries.len(), 2);
    assert!(!format!("{entries:?}").contains("canary"));
    let base: url::Url = service.base().parse().unwrap();
    let key = CacheKey::new(&base, CLIENT, Subject::RefreshToken);
    let gone = cache.remove(|other| *other == key, Duration::ZERO).await.unwrap();
    assert_eq!((gone, cache.entries().unwrap().len()), (vec![key], 1));
}

// Logging in

fn login(service: &TokenService, redirect_uri: String) -> Login {
    Login {
        endpoint: endpoint(service),
        app: app(),
        scopes: ["spark-admin:people_read", "identity:people_rw"].map(str::to_owned).into(),
        redirect_uri,
    }
}

/// Follows the authorize page's answer to the loopback, as a browser does; returns the page's status and headers.
async fn browse(url: &str) -> reqwest::Response {
    // Installed by the clients under test in the first place.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap().get(url).send().await.unwrap()
}

#[tokio::test]
async fn a_login_proves_itself_and_leaves_tokens_that_renew_themselves() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    let loopback = Loopback::listen(0).await.unwrap();
    let started = login(&service, loopback.redirect_uri()).start().unwrap();
    let url = started.url().to_string();
    let (code, page) = tokio::join!(loopback.code(started.state(), Duration::from_mins(1)), browse(&url));
    assert_eq!(page.status(), 200);
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.headers()[name], value);
    }
    assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let page = page.text().await.unwrap();
    assert!(page.contains("Go back to the terminal") && !page.contains("canary"), "{page}");
    let cache = TokenCache::new(folder.path());
    let tokens = started.finish(&code.unwrap(), &cache, &hands.clock()).await.unwrap();
    let scopes: Vec<_> = tokens.scopes.unwrap().into_iter().collect();
    assert_eq!(scopes, ["identity:people_rw", "spark-admin:people_read"]);
    // A later run has nothing but the cache, not even the secret.
    hands.forward(3600);
    let mut later = renewal(&service, Grant::Login, Some(folder.path()), &hands);
    later.app.secret = None;
    assert_eq!(bearer(&later.into()).await, "canary-access-3");
    assert_eq!(service.granted(), ["authorization_code", "refresh_token"]);
}

#[tokio::test]
async fn an_answer_with_another_state_is_refused_and_the_right_one_still_counts() {
    let loopback = Loopback::listen(0).await.unwrap();
    let at = loopback.redirect_uri();
    let state = SecretString::from("right-state");
    let visits = async {
        let mut codes = Vec::new();
        for query in [
            "",
            "?code=canary-stolen",
            "?code=canary-stolen&state=",
            "?code=canary-stolen&state=wrong-state",
            "?code=canary-stolen&state=right-stat",
            "?code=canary-stolen&state=right-state&state=right-state",
            "?code=a&code=b&state=right-state",
            "?state=right-state",
            "?code=a&error=b&state=right-state",
        ] {
            codes.push(browse(&format!("{at}{query}")).await.status().as_u16());
        }
        codes.push(browse(&at.replace("/callback", "/other")).await.status().as_u16());
        codes.push(browse(&format!("{at}?code=good&state=right-state")).await.status().as_u16());
        codes
    };
    let (code, statuses) = tokio::join!(loopback.code(&state, Duration::from_mins(1)), visits);
    assert_eq!(statuses, [400, 400, 400, 400, 400, 400, 400, 400, 400, 404, 200]);
    assert_eq!(code.unwrap().expose_secret(), "good");
}

#[tokio::test]
async fn a_page_that_speaks_under_another_name_is_refused() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let loopback = Loopback::listen(0).await.unwrap();
    let at: url::Url = loopback.redirect_uri().parse().unwrap();
    let visit = async {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", at.port().unwrap())).await.unwrap();
        let request = "GET /callback?code=a&state=s HTTP/1.1\r\nhost: rebound.example\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let after = browse(&format!("{at}?error=access_denied&state=s")).await.status();
        (answer.lines().next().unwrap().to_owned(), after)
    };
    let state = SecretString::from("s");
    let (code, (answer, after)) = tokio::join!(loopback.code(&state, Duration::from_mins(1)), visit);
    assert_eq!((answer.as_str(), after.as_u16()), ("HTTP/1.1 421 Misdirected Request", 200));
    let error = code.unwrap_err();
    assert_eq!(error.to_string(), "the login was refused: access_denied");
}

#[tokio::test]
async fn a_login_that_nobody_finishes_ends() {
    let loopback = Loopback::listen(0).await.unwrap();
    let error = loopback.code(&SecretString::from("s"), Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, LoopbackError::TooLate(0)), "{error}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Loopback::listen(port).await.unwrap_err();
    assert!(error.to_string().contains(&format!("`127.0.0.1:{port}`")), "{error}");
}

#[tokio::test]
async fn a_code_without_its_verifier_is_worth_nothing() {
    let (service, hands, folder) = (TokenService::start().await, Hands::default(), tempfile::tempdir().unwrap());
    let loopback = Loopback::listen(0).await.unwrap();
    let (victim, thief) =
        (login(&service, loopback.redirect_uri()).start().unwrap(), login(&service, loopback.redirect_uri()).start());
    let url = victim.url().to_string();
    let (code, _) = tokio::join!(loopback.code(victim.state(), Duration::from_mins(1)), browse(&url));
    let cache = TokenCache::new(folder.path());
    let code = code.unwrap();
    let error = thief.unwrap().finish(&code, &cache, &hands.clock()).await.unwrap_err();
    assert!(matches!(error, LoginError::Code(_)), "{error:?}");
    assert!(!format!("{error} {error:?} {victim:?}").contains(code.expose_secret()), "{error}");
    assert!(error.to_string().contains("the verifier [secret] does not fit"), "{error}");
    assert!(service.granted().is_empty() && cache.entries().unwrap().is_empty());
}

#[tokio::test]
async fn no_text_of_a_client_holds_any_token_that_it_ever_had() {
    let (service, hands) = (TokenService::start().await, Hands::default());
    service.know("canary-seed");
    let credential = Credential::from(renewal(&service, given("canary-seed"), None, &hands));
    let client = client(&service, credential.clone());
    let mut texts: Vec<String> = Vec::new();
    let all = "canary-access-1 canary-refresh-1 canary-access-2 canary-refresh-2 canary-seed canary-secret-51/+f \
               canary-secret-51%2F%2Bf";
    for _ in 0..2 {
        client.partner().await.unwrap();
        hands.forward(3600);
    }
    service.books().answers.insert("/people/me".to_owned(), serde_json::json!(all));
    let error: ApiError = client.partner().await.unwrap_err();
    texts.push(format!("{error} {error:?} {client:?} {credential:?} {:?}", credential.facts()));
    texts.push(credential.redact(all));
    for text in texts {
        assert!(!text.contains("canary"), "{text}");
    }
}
