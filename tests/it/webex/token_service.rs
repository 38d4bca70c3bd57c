//! The authorize page, the token endpoints and a few reads, as strict as the documents (RFC 6749, RFC 7636, and the
//! official description of the service app's token).

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(crate) const CLIENT: &str = "C0ffee";
pub(crate) const SECRET: &str = "canary-secret-51/+f";
pub(crate) const APPLICATION: &str = "Y2lzY29-app";
pub(crate) const TARGET_ORG: &str = "Y2lzY29-org";

/// What the service has given, and how it behaves.
pub(crate) struct Books {
    /// Seconds that an access token lives, as the answer says; the service itself ends a token only when told.
    pub(crate) expires_in: i64,
    /// Whether each use of a refresh token ends it and gives another.
    pub(crate) rotates: bool,
    /// What is granted; none says nothing.
    pub(crate) scope: Option<String>,
    /// Answers to come before the right one: status and body.
    pub(crate) trouble: Vec<(u16, String)>,
    /// Paths that are refused although the token is good, with the status.
    pub(crate) forbidden: BTreeMap<String, u16>,
    /// What paths answer; else an empty list.
    pub(crate) answers: BTreeMap<String, Value>,
    /// Where the next request for tokens has to wait.
    hold: Option<Arc<Hold>>,
    /// Seconds that the clock of the service is ahead.
    pub(crate) ahead: i64,
    pub(crate) access: BTreeSet<String>,
    pub(crate) refresh: BTreeSet<String>,
    codes: BTreeMap<String, Code>,
    given: u32,
    /// Grant types, in the order of the requests that were answered well.
    pub(crate) granted: Vec<String>,
    /// Every request: method and path.
    pub(crate) requests: Vec<String>,
}

/// A request for tokens that has arrived and is not answered yet.
#[derive(Default)]
pub(crate) struct Hold {
    pub(crate) arrived: tokio::sync::Notify,
    pub(crate) go: tokio::sync::Notify,
}

struct Code {
    challenge: String,
    redirect_uri: String,
    scope: String,
}

type Shared = Arc<Mutex<Books>>;

pub(crate) struct TokenService {
    address: SocketAddr,
    books: Shared,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for TokenService {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TokenService {
    pub(crate) async fn start() -> Self {
        let books = Books {
            expires_in: 3600,
            rotates: true,
            scope: None,
            trouble: Vec::new(),
            forbidden: BTreeMap::new(),
            answers: BTreeMap::new(),
            hold: None,
            ahead: 0,
            access: BTreeSet::new(),
            refresh: BTreeSet::new(),
            codes: BTreeMap::new(),
            given: 0,
            granted: Vec::new(),
            requests: Vec::new(),
        };
        let books = Arc::new(Mutex::new(books));
        let router = Router::new()
            .route("/v1/authorize", get(authorize))
            .route("/v1/access_token", post(access_token))
            .route("/v1/applications/{id}/token", post(service_app))
            .fallback(read)
            .with_state(Arc::clone(&books));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Self { address, books, task }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// Adds a refresh token that somebody got elsewhere.
    pub(crate) fn know(&self, refresh: &str) {
        self.books().refresh.insert(refresh.to_owned());
    }

    /// Ends every access token, as if their time were over.
    pub(crate) fn expire(&self) {
        self.books().access.clear();
    }

    /// Lets the next request for tokens wait until it is told to go on.
    pub(crate) fn hold(&self) -> Arc<Hold> {
        let hold = Arc::<Hold>::default();
        self.books().hold = Some(Arc::clone(&hold));
        hold
    }

    pub(crate) fn granted(&self) -> Vec<String> {
        self.books().granted.clone()
    }
}

impl Books {
    fn grant(&mut self, kind: &str, scope: Option<&str>) -> Response {
        self.given += 1;
        self.granted.push(kind.to_owned());
        let (access, refresh) = (format!("canary-access-{}", self.given), format!("canary-refresh-{}", self.given));
        self.access.insert(access.clone());
        let mut answer = json!({
            "access_token": access, "expires_in": self.expires_in, "token_type": "Bearer",
            "refresh_token_expires_in": 7_776_000,
        });
        if self.rotates || kind != "refresh_token" {
            self.refresh.insert(refresh.clone());
            answer["refresh_token"] = refresh.into();
        }
        if let Some(scope) = self.scope.as_deref().or(scope) {
            answer["scope"] = scope.into();
        }
        Json(answer).into_response()
    }
}

fn refuse(status: u16, error: &str, text: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("trackingid", "T_AUTH")], Json(json!({"error": error, "error_description": text}))).into_response()
}

/// Parameters of a form or query, none of which may stand twice.
fn parameters(text: &str) -> Result<BTreeMap<String, String>, Box<Response>> {
    let mut all = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        if all.insert(name.to_string(), value.to_string()).is_some() {
            return Err(Box::new(refuse(400, "invalid_request", &format!("`{name}` stands twice"))));
        }
    }
    Ok(all)
}

async fn authorize(State(books): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let query = match parameters(&query.unwrap_or_default()) {
        Ok(query) => query,
        Err(refusal) => return *refusal,
    };
    let text = |name: &str| query.get(name).cloned().unwrap_or_default();
    let redirect_uri = text("redirect_uri");
    // Loopback redirections are registered with their port (the integration's page lists them whole).
    let registered = redirect_uri.starts_with("http://127.0.0.1:") && redirect_uri.ends_with("/callback");
    let challenge = text("code_challenge");
    if text("client_id") != CLIENT || !registered {
        return refuse(400, "invalid_request", "unknown client or redirect_uri");
    }
    if text("response_type") != "code" || text("state").len() < 32 || text("scope").is_empty() {
        return refuse(400, "invalid_request", "response_type, state or scope");
    }
    if text("code_challenge_method") != "S256" || challenge.len() != 43 {
        return refuse(400, "invalid_request", "code_challenge");
    }
    let mut books = books.lock().unwrap();
    books.given += 1;
    let code = format!("canary-code-{}", books.given);
    books.codes.insert(code.clone(), Code { challenge, redirect_uri: redirect_uri.clone(), scope: text("scope") });
    let mut to: url::Url = redirect_uri.parse().unwrap();
    to.query_pairs_mut().append_pair("code", &code).append_pair("state", &text("state"));
    (StatusCode::FOUND, [(header::LOCATION, to.to_string())]).into_response()
}

async fn access_token(State(books): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let hold = books.lock().unwrap().hold.take();
    if let Some(hold) = hold {
        hold.arrived.notify_one();
        hold.go.notified().await;
    }
    let mut books = books.lock().unwrap();
    books.requests.push("POST /v1/access_token".to_owned());
    if let Some((status, body)) = books.trouble.pop() {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/x-www-form-urlencoded") {
        return refuse(415, "invalid_request", "not a form");
    }
    let form = match parameters(std::str::from_utf8(&body).unwrap()) {
        Ok(form) => form,
        Err(refusal) => return *refusal,
    };
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    let basic = headers.get(header::AUTHORIZATION).map(|value| {
        let value = value.to_str().unwrap().strip_prefix("Basic ").unwrap_or_default();
        String::from_utf8(BASE64_STANDARD.decode(value).unwrap_or_default()).unwrap()
    });
    let (id, secret) = match (&basic, form.get("client_secret")) {
        (Some(_), Some(_)) => return refuse(400, "invalid_request", "credentials twice"),
        (Some(basic), None) => basic.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap_or_default(),
        (None, _) => (text("client_id"), text("client_secret")),
    };
    if (id.as_str(), secret.as_str()) != (CLIENT, SECRET) {
        return refuse(401, "invalid_client", &format!("client {id} with {secret}"));
    }
    match text("grant_type").as_str() {
        "refresh_token" => {
            let token = text("refresh_token");
            if !books.refresh.contains(&token) {
                return refuse(400, "invalid_grant", &format!("the refresh token {token} is expired"));
            }
            if books.rotates {
                books.refresh.remove(&token);
            }
            books.grant("refresh_token", None)
        }
        "authorization_code" => {
            // A code is good for one try.
            let Some(code) = books.codes.remove(&text("code")) else {
                return refuse(400, "invalid_grant", &format!("the code {} is not known", text("code")));
            };
            let verifier = text("code_verifier");
            if verifier.len() < 43 || BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)) != code.challenge {
                return refuse(400, "invalid_grant", &format!("the verifier {verifier} does not fit"));
            }
            if text("redirect_uri") != code.redirect_uri {
                return refuse(400, "invalid_grant", "another redirect_uri");
            }
            books.grant("authorization_code", Some(&code.scope))
        }
        other => refuse(400, "unsupported_grant_type", other),
    }
}

async fn service_app(State(books): State<Shared>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let mut books = books.lock().unwrap();
    books.requests.push(format!("POST /v1/applications/{id}/token"));
    let refuse = |status: u16, text: &str| {
        let body = json!({"message": text, "errors": [{"description": text}], "trackingId": "T_APP"});
        (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
    };
    if !is_authorized(&books, &headers) {
        return refuse(401, "who asks?");
    }
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/json") {
        return refuse(415, "not JSON");
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if id != APPLICATION {
        return refuse(404, "no such application");
    }
    let expected = json!({"clientId": CLIENT, "clientSecret": SECRET, "targetOrgId": TARGET_ORG});
    if body != expected {
        return refuse(400, &format!("not what was expected: {body}"));
    }
    books.grant("service_app", None)
}

fn is_authorized(books: &Books, headers: &HeaderMap) -> bool {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().unwrap().strip_prefix("Bearer "));
    bearer.is_some_and(|bearer| books.access.contains(bearer))
}

async fn read(State(books): State<Shared>, request: axum::extract::Request) -> Response {
    let mut books = books.lock().unwrap();
    let path = request.uri().path().to_owned();
    books.requests.push(format!("{} {path}", request.method()));
    let date = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(books.ahead);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
    let answer = |status: u16, body: &Value| {
        (StatusCode::from_u16(status).unwrap(), [(header::DATE, date.clone())], body.to_string()).into_response()
    };
    if !is_authorized(&books, request.headers()) {
        return answer(
            401,
            &json!({"message": "The request requires a valid access token set in the Authorization request header."}),
        );
    }
    let short = path.strip_prefix("/v1").unwrap_or_default();
    if let Some(status) =
        books.forbidden.iter().find(|(start, _)| short.starts_with(start.as_str())).map(|(_, status)| *status)
    {
        return answer(status, &json!({"message": "not allowed"}));
    }
    match (short, books.answers.get(short)) {
        (_, Some(body)) => answer(200, body),
        ("/people/me", None) => answer(200, &json!({"id": "p", "orgId": "o"})),
        ("/telephony/config/locations", None) => answer(200, &json!({"locations": []})),
        ("/identity/organizations/o", None) => answer(200, &json!({"id": "o", "displayName": "Partner"})),
        _ => answer(200, &json!({"items": []})),
    }
}
