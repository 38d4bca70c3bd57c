//! The one place that sends, waits and repeats.

use std::{sync::atomic::Ordering, time::Duration};

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{ACCEPT, AUTHORIZATION, DATE, HeaderMap, HeaderValue, LINK, LOCATION, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{Client, rate::Ticket};
use crate::webex::{
    ApiError, Fault, Sent,
    request::{Base, Effect, Method, Request},
    wire::{clean, one},
};

/// The largest answer that is read.
const LARGEST: usize = 64 << 20;
/// The longest wait between attempts that is not asked for.
const LONGEST: Duration = Duration::from_secs(30);
/// The longest wait that is obeyed within a request; beyond it the caller has to decide.
const LONGEST_ASKED: Duration = Duration::from_mins(10);
/// The longest that a request may take when its patience cannot be expressed.
const LONGEST_PATIENCE: Duration = Duration::from_hours(24);
/// A host that refuses connections is given up earlier: nothing is there.
const CONNECT_ATTEMPTS: u32 = 3;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// What was asked, to make addresses in the answer absolute.
    pub(super) url: Url,
    pub(super) links: Vec<String>,
    pub(super) location: Option<String>,
    pub(super) tracking_id: String,
    /// Some errors of the calling interfaces have their code here only.
    pub(super) header_code: String,
    retry_after: Option<Duration>,
    /// Why the body is not all there.
    cut: Option<String>,
}

/// When a failed attempt may be followed by another.
enum Again {
    Never,
    /// After the time that the service asked for, exactly.
    After(Duration),
    /// When the pace lets it: it holds everything for as long as the service asked for.
    InTurn,
    /// After a while.
    Later,
    /// After a while, but not as often: nothing answers there.
    Reconnect,
}

impl Answer {
    fn of(url: &Url, status: u16, headers: &HeaderMap) -> Self {
        let text = |name: &str| text_of(headers, name);
        let links = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok().map(str::to_owned)).collect();
        Self {
            status,
            body: Vec::new(),
            url: url.clone(),
            links,
            location: text(LOCATION.as_str()),
            tracking_id: text("trackingid").unwrap_or_default(),
            header_code: text("cisco-spark-error-codes").unwrap_or_default(),
            retry_after: text(RETRY_AFTER.as_str())
                .and_then(|text| wait_asked_for(&text, text_of(headers, DATE.as_str()).as_deref())),
            cut: None,
        }
    }

    const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Returns true if somebody else than the service seems to have answered: what is read is always JSON, and a
    /// change is answered by JSON or by nothing.
    fn is_alien(&self, request: &Request) -> bool {
        let may_be_empty = request.method != Method::Get && self.body.is_empty();
        !may_be_empty && serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_err()
    }
}

impl Client {
    /// Returns the address of a request.
    pub(super) fn url(&self, request: &Request) -> Url {
        let mut url = self.0.base.clone();
        let path = format!("{}{}", self.folder(request), request.path);
        url.set_path(&path);
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }

    /// Returns the path that a request is below, without a slash at the end.
    fn folder(&self, request: &Request) -> &str {
        let base = self.0.base.path().trim_end_matches('/');
        match request.base {
            Base::Api => base,
            Base::Scim => without_version(base),
        }
    }

    /// Returns true if the token may go to an address that the service gave in answer to a request: scheme, host, port
    /// and beginning of the path are those of the base URL. A user name in it would be sent instead of the token.
    pub(super) fn is_own(&self, request: &Request, url: &Url) -> bool {
        let base = &self.0.base;
        let below = url.path().strip_prefix(self.folder(request));
        url.origin() == base.origin()
            && below.is_some_and(|rest| rest.starts_with('/'))
            && url.username().is_empty()
            && url.password().is_none()
    }

    /// Sends a request and repeats it as long as that is safe and can help.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer, ApiError> {
        self.send_to(&self.url(request), request).await
    }

    /// As [`Client::send`], to an address that the service gave for a further page.
    pub(super) async fn send_to(&self, url: &Url, request: &Request) -> Result<Answer, ApiError> {
        let shared = &*self.0;
        let now = Instant::now();
        let end = now.checked_add(shared.patience).unwrap_or_else(|| now + LONGEST_PATIENCE);
        let mut attempt = 1;
        let mut before: Option<ApiError> = None;
        let (mut renewed, mut repeated) = (false, false);
        loop {
            let Ok(token) = timeout_at(end, shared.token.bearer()).await else {
                let text = "the access token was not renewed in time";
                return Err(before.unwrap_or_else(|| self.failure(request, Fault::NoAnswer, Sent::No, text)));
            };
            let token = token.map_err(|error| self.without_token(request, &error))?;
            // The turn comes last: nothing may lie between it and leaving.
            let Ok(ticket) = timeout_at(end, shared.pace.turn()).await else {
                let text = "its turn did not come in time: the service asks to slow down";
                return Err(before.unwrap_or_else(|| self.failure(request, Fault::Busy, Sent::No, text)));
            };
            if repeated {
                shared.retries.fetch_add(1, Ordering::Relaxed);
            }
            repeated = true;
            let begun = Instant::now();
            let result = self.attempt(url, request, &token, ticket, shared.deadline.min(end - begun)).await;
            self.note(request, attempt, begun.elapsed(), &result);
            let (mut error, again) = match result {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            // A 401 means that nothing was done, so a write may be sent again too; once, since a missing scope is
            // answered by 401 as well.
            if error.fault == Fault::Unauthorized && !renewed {
                renewed = true;
                // Given up in time, the renewal goes on by itself, for whoever asks next.
                match timeout_at(end, shared.token.renew(&token)).await.unwrap_or(Ok(false)) {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(why) => {
                        error.text = self.fit(&format!("{}; the token could not be renewed: {why}", error.text));
                    }
                }
            }
            let wait = match again {
                Again::Never => return Err(error),
                Again::After(wait) => wait,
                Again::InTurn => Duration::ZERO,
                Again::Reconnect if attempt >= CONNECT_ATTEMPTS => return Err(error),
                // Those that failed together do not come back together.
                Again::Later | Again::Reconnect => self.wait_after(attempt).mul_f64(1.0 - ticket.fraction() / 2.0),
            };
            let in_time = Instant::now().checked_add(wait).is_some_and(|at| at < end);
            if attempt >= shared.attempts || !in_time {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            before = Some(error);
            attempt += 1;
        }
    }

    /// Returns how long to wait after an attempt when nobody says: each wait twice as long, up to 30 seconds.
    pub(super) fn wait_after(&self, attempt: u32) -> Duration {
        self.0.backoff.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST)
    }

    async fn attempt(
        &self,
        url: &Url,
        request: &Request,
        token: &SecretString,
        ticket: Ticket,
        deadline: Duration,
    ) -> Result<Answer, (ApiError, Again)> {
        let shared = &*self.0;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
            .expect("tokens that no header can carry are refused where they come from");
        bearer.set_sensitive(true);
        let mut builder = shared
            .http
            .request(method, url.clone())
            .header(AUTHORIZATION, bearer)
            .header(ACCEPT, "application/json")
            .timeout(deadline);
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        shared.requests.fetch_add(1, Ordering::Relaxed);
        if request.effect == Effect::Writes {
            shared.writes.fetch_add(1, Ordering::Relaxed);
        }
        let answer = match builder.send().await {
            Ok(response) => {
                if let Some(date) = response.headers().get(DATE).and_then(|date| date.to_str().ok()) {
                    shared.note_server_time(date);
                }
                receive(url, response).await
            }
            Err(error) => {
                let failure = self.unanswered(request, &error);
                let again = if error.is_builder() {
                    Again::Never
                } else if error.is_connect() {
                    Again::Reconnect
                } else {
                    only_reads(request, Again::Later)
                };
                return Err((failure, again));
            }
        };
        self.judge(request, answer, ticket)
    }

    fn judge(&self, request: &Request, answer: Answer, ticket: Ticket) -> Result<Answer, (ApiError, Again)> {
        if answer.is_success() {
            self.0.pace.good(ticket);
            return match &answer.cut {
                // A gateway's page in the place of an answer passes like other troubles of gateways.
                None if answer.is_alien(request) => {
                    let error = self.unreadable(request, &answer, "the answer is not JSON");
                    Err((error, only_reads(request, Again::Later)))
                }
                None => Ok(answer),
                Some(why) => {
                    let error = self.unreadable(request, &answer, &format!("the answer is cut short ({why})"));
                    let again = if answer.body.len() > LARGEST { Again::Never } else { Again::Later };
                    Err((error, only_reads(request, again)))
                }
            };
        }
        let mut error = self.refused(request, &answer);
        let again = match answer.status {
            // Neither has done anything, so a write may be sent again too.
            423 | 429 => {
                // The one is about a resource, the other about everything that this token sends.
                let throttled = answer.status == 429;
                if throttled {
                    let hold = answer.retry_after.filter(|wait| *wait <= LONGEST_ASKED);
                    self.0.pace.throttled(ticket, hold);
                }
                match answer.retry_after {
                    Some(wait) if wait > LONGEST_ASKED => {
                        error.text = format!("asks to wait {} seconds; {}", wait.as_secs(), error.text);
                        Again::Never
                    }
                    Some(_) if throttled => Again::InTurn,
                    Some(wait) => Again::After(wait),
                    None => Again::Later,
                }
            }
            500 | 502..=504 => match answer.retry_after {
                Some(wait) if wait <= LONGEST_ASKED => only_reads(request, Again::After(wait)),
                Some(_) => Again::Never,
                None => only_reads(request, Again::Later),
            },
            _ => Again::Never,
        };
        Err((error, again))
    }

    /// Logs one attempt: what an operator gives to Cisco's support, and nothing of headers, queries or bodies, in which
    /// people and secrets stand.
    fn note(&self, request: &Request, attempt: u32, took: Duration, result: &Result<Answer, (ApiError, Again)>) {
        let (method, path, millis) = (&request.method, &request.path, took.as_millis());
        match result {
            Ok(Answer { status, tracking_id, .. }) => {
                let tracking_id = self.fit(tracking_id);
                tracing::debug!(%method, path, attempt, millis, status, tracking_id, "answered");
            }
            Err((ApiError { status, tracking_id, code, fault, .. }, _)) => {
                tracing::debug!(%method, path, attempt, millis, status, tracking_id, code, ?fault, "failed");
            }
        }
    }

    /// Sends a request and decodes the object that answers it.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, request: &Request) -> Result<T, ApiError> {
        let answer = self.send(request).await?;
        self.decode(request, &answer)
    }

    /// Decodes the object in an answer.
    pub(super) fn decode<T: DeserializeOwned>(&self, request: &Request, answer: &Answer) -> Result<T, ApiError> {
        one(self.json(request, answer)?).map_err(|why| self.unreadable(request, answer, &why))
    }

    /// Returns the JSON in an answer.
    pub(super) fn json(&self, request: &Request, answer: &Answer) -> Result<serde_json::Value, ApiError> {
        serde_json::from_slice(&answer.body).map_err(|_| self.unreadable(request, answer, "the answer is not JSON"))
    }

    /// As [`Client::fetch`], for what may not be there.
    pub(super) async fn fetch_if_there<T: DeserializeOwned>(&self, request: &Request) -> Result<Option<T>, ApiError> {
        match self.fetch(request).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Refuses a request that the target cannot take; nothing is sent.
    pub(super) fn refuse(&self, request: &Request, why: &str) -> ApiError {
        self.failure(request, Fault::Refused, Sent::No, why)
    }
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(clean)
}

/// Returns the wait that a `Retry-After` asks for: seconds, or a date, which is compared with the answer's own.
fn wait_asked_for(text: &str, date: Option<&str>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let dates = DateTimeParser::new();
    let (until, now) = (dates.parse_timestamp(text).ok()?, dates.parse_timestamp(date?.trim()).ok()?);
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

/// Takes the last part off a path if it is a version, such as `/v1`.
fn without_version(path: &str) -> &str {
    match path.rsplit_once("/v") {
        Some((before, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => before,
        Some(_) | None => path,
    }
}

/// A write whose fate is not known is never sent again.
fn only_reads(request: &Request, again: Again) -> Again {
    match request.effect {
        Effect::Reads => again,
        Effect::Writes => Again::Never,
    }
}

/// Reads an answer, up to the largest size; what is missing is noted.
async fn receive(url: &Url, mut response: reqwest::Response) -> Answer {
    let mut answer = Answer::of(url, response.status().as_u16(), response.headers());
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => answer.body.extend_from_slice(&chunk),
            Ok(None) => return answer,
            Err(error) => {
                answer.cut = Some(if error.is_timeout() {
                    "the deadline passed".to_owned()
                } else {
                    super::error::innermost(&error)
                });
                return answer;
            }
        }
        if answer.body.len() > LARGEST {
            answer.cut = Some(format!("larger than {} MiB", LARGEST >> 20));
            return answer;
        }
    }
}
