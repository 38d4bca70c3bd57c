//! One request from the wire to the rules and back.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts as _, RawPathParams, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::route::Route;
use super::routes;
use super::wire::Wire;
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::body::Media;
use crate::sim::call::Call;
use crate::sim::caller::Caller;
use crate::sim::faults::Delivery;
use crate::sim::simulator::{Asked, Simulator};

/// Where the API begins.
pub(crate) const BASE: &str = "/v1";

/// Returns the router of a simulator; it needs no socket.
pub(crate) fn router(simulator: &Simulator) -> Router {
    let mut router: Router = Router::new();
    for route in routes::all() {
        router = router.route(&route.full_path(), method(simulator.clone(), route));
    }
    let (nowhere, wrong) = (simulator.clone(), simulator.clone());
    router
        .fallback(move |request: Request| async move {
            refuse(&nowhere, request, Refusal::new(404, Code::None, "there is no such endpoint")).await
        })
        .method_not_allowed_fallback(move |request: Request| async move {
            let text = format!("{} is not a method of this endpoint", request.method());
            refuse(&wrong, request, Refusal::new(405, Code::None, text)).await
        })
}

fn method(simulator: Simulator, route: Route) -> MethodRouter {
    let filter = match route.method {
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::PATCH => MethodFilter::PATCH,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    on(filter, move |request: Request| async move { serve(&simulator, &route, request).await })
}

/// What every request has, whatever it asks.
struct Taken {
    parts: Parts,
    base: String,
    path: String,
    /// Who calls, by the token or else, where the endpoint is open, by nobody's name.
    caller: Caller,
    body: Result<Bytes, Refusal>,
}

impl Taken {
    /// Takes a request; without a token only what is `open` goes on.
    async fn from(simulator: &Simulator, request: Request, open: bool) -> Self {
        let (mut parts, body) = request.into_parts();
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let base = format!("http://{host}{BASE}");
        let path = parts.uri.path().to_owned();
        let path = path.strip_prefix(BASE).map_or(path.clone(), str::to_owned);
        let body = to_bytes(body, simulator.body_limit())
            .await
            .map_err(|_| Refusal::new(413, Code::None, "the body is too large, or broke off"));
        // The token is looked at here and goes no further.
        let authorization = parts.headers.remove(AUTHORIZATION);
        let authorization = authorization.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (caller, body) = if open {
            (Caller::nobody(basic(authorization)), body)
        } else {
            let token = authorization.strip_prefix("Bearer ").map(|token| SecretString::from(token.trim()));
            match simulator.caller(token.as_ref()) {
                Ok(caller) => (caller, body),
                Err(refusal) => (Caller::nobody(None), Err(refusal)),
            }
        };
        Self { parts, base, path, caller, body }
    }

    /// Returns what is remembered of the request; of a discreet one neither query nor body.
    fn asked(&self, body: Option<&Value>, discreet: bool) -> Asked {
        let query = self.parts.uri.query().filter(|_| !discreet);
        Asked {
            method: self.parts.method.to_string(),
            path: self.path.clone(),
            query: query.unwrap_or_default().to_owned(),
            body: body.filter(|_| !discreet).cloned(),
        }
    }
}

/// Reads name and password of HTTP Basic.
fn basic(authorization: &str) -> Option<(String, SecretString)> {
    let bytes = STANDARD.decode(authorization.strip_prefix("Basic ")?.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (name, password) = text.split_once(':')?;
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().ok().map(String::from);
    Some((decoded(name)?, SecretString::from(decoded(password)?)))
}

async fn refuse(simulator: &Simulator, request: Request, refusal: Refusal) -> Response {
    let taken = Taken::from(simulator, request, false).await;
    let refusal = match &taken.body {
        Err(first) => first.clone(),
        Ok(_) => refusal,
    };
    let asked = taken.asked(None, false);
    let (tracking_id, answer) = simulator.refuse(asked, &refusal);
    response(&tracking_id, answer)
}

async fn serve(simulator: &Simulator, route: &Route, request: Request) -> Response {
    let mut taken = Taken::from(simulator, request, route.open).await;
    let body = match &taken.body {
        Err(refusal) => Err(refusal.clone()),
        Ok(bytes) => read_body(&taken.parts, bytes, route.media.unwrap_or(Media::Json)),
    };
    let asked = taken.asked(body.as_ref().ok().and_then(Option::as_ref), route.discreet);
    let open = RawPathParams::from_request_parts(&mut taken.parts, &()).await;
    let open: Vec<String> = open.iter().flatten().map(|(_, value)| value.to_owned()).collect();
    let query: Vec<(String, String)> =
        form_urlencoded::parse(taken.parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    match body {
        Err(refusal) => {
            let (tracking_id, answer) = simulator.refuse(asked, &refusal);
            response(&tracking_id, answer)
        }
        Ok(body) => {
            let strike = simulator.strike(route.path, &asked);
            if !strike.delay.is_zero() {
                tokio::time::sleep(strike.delay).await;
            }
            let call = Call { path: taken.path, open, query, body: strike.body(body) };
            let (tracking_id, answer, delivery) =
                simulator.answer(route, &taken.base, &taken.caller, asked, &call, &strike);
            deliver(&taken.parts, &tracking_id, answer, delivery)
        }
    }
}

/// Gives an answer, or what a fault has made of it.
fn deliver(parts: &Parts, tracking_id: &str, answer: Answer, delivery: Delivery) -> Response {
    let text = (delivery == Delivery::Truncated).then(|| answer.body.as_ref().map(Value::to_string)).flatten();
    if let (Delivery::None(how), Some(ConnectInfo(wire))) = (delivery, parts.extensions.get::<ConnectInfo<Wire>>()) {
        wire.hang_up(how);
    }
    delivery.of(response(tracking_id, answer), text)
}

fn read_body(parts: &Parts, bytes: &Bytes, media: Media) -> Result<Option<Value>, Refusal> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(media.name()) {
        return Err(Refusal::new(415, Code::None, format!("content type `{kind}` is not `{}`", media.name())));
    }
    match media {
        Media::Json => serde_json::from_slice(bytes)
            .map(Some)
            .map_err(|error| Refusal::bad(Code::None, format!("the body is not JSON: {error}"))),
        Media::Form => {
            let mut form = Map::new();
            for (name, value) in form_urlencoded::parse(bytes).into_owned() {
                if form.contains_key(&name) {
                    return Err(Refusal::oauth(400, "invalid_request", format!("`{name}` stands there twice")));
                }
                form.insert(name, value.into());
            }
            Ok(Some(form.into()))
        }
    }
}

fn response(tracking_id: &str, answer: Answer) -> Response {
    let Answer { status, headers, body } = answer;
    // A body of another kind than JSON is a text that stands for itself.
    let is_json = headers.iter().all(|(name, _)| *name != CONTENT_TYPE.as_str());
    let text = body.map(|body| match body.as_str() {
        Some(text) if !is_json => text.to_owned(),
        Some(_) | None => body.to_string(),
    });
    let mut response = Response::new(text.clone().map_or_else(Body::empty, Body::from));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let map = response.headers_mut();
    if text.is_some() {
        map.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    }
    if let Ok(value) = HeaderValue::from_str(tracking_id) {
        map.insert(HeaderName::from_static("trackingid"), value);
    }
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            map.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
