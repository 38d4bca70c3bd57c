//! The one place that sends, waits and repeats.

use std::{sync::atomic::Ordering, time::Duration};

use reqwest::header::{ACCEPT, AUTHORIZATION, DATE, HeaderMap, HeaderValue, LINK, LOCATION, RETRY_AFTER};
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use url::Url;

use super::Client;
use crate::webex::{
    ApiError, Fault, Sent,
    request::{Effect, Method, Request},
    wire::{clean, one},
};

/// The largest answer that is read.
const LARGEST: usize = 64 << 20;
/// The longest wait between attempts that is not asked for.
const LONGEST: Duration = Duration::from_secs(30);
/// The longest wait that is obeyed within a request; beyond it the caller has to decide.
const LONGEST_ASKED: Duration = Duration::from_mins(10);
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
    /// After a while.
    Later,
    /// After a while, but not as often: nothing answers there.
    Reconnect,
}

impl Answer {
    fn of(url: &Url, status: u16, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(clean);
        let links = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok().map(str::to_owned)).collect();
        Self {
            status,
            body: Vec::new(),
            url: url.clone(),
            links,
            location: text(LOCATION.as_str()),
            tracking_id: text("trackingid").unwrap_or_default(),
            header_code: text("cisco-spark-error-codes").unwrap_or_default(),
            // A date would need a clock that agrees with the service's; then it is as if absent.
            retry_after: text(RETRY_AFTER.as_str()).and_then(|text| text.trim().parse().ok()).map(Duration::from_secs),
            cut: None,
        }
    }

    const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

impl Client {
    /// Returns the address of a request.
    pub(super) fn url(&self, request: &Request) -> Url {
        let mut url = self.0.base.clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), request.path);
        url.set_path(&path);
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }

    /// Returns true if an address has the scheme, host and port that the token may go to.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.0.base.origin()
    }

    /// Sends a request and repeats it as long as that is safe and can help.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer, ApiError> {
        self.send_to(&self.url(request), request).await
    }

    /// As [`Client::send`], to an address that the service gave for a further page.
    pub(super) async fn send_to(&self, url: &Url, request: &Request) -> Result<Answer, ApiError> {
        let shared = &*self.0;
        let mut attempt = 1;
        loop {
            shared.pace.turn().await;
            let (error, again) = match self.attempt(url, request).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            tracing::debug!(attempt, %error, "a request failed");
            let wait = match again {
                Again::Never => return Err(error),
                Again::After(wait) => wait,
                Again::Reconnect if attempt >= CONNECT_ATTEMPTS => return Err(error),
                Again::Later | Again::Reconnect => self.wait_after(attempt),
            };
            if attempt >= shared.attempts {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            shared.retries.fetch_add(1, Ordering::Relaxed);
            attempt += 1;
        }
    }

    /// Returns how long to wait after an attempt when nobody says: each wait twice as long, up to 30 seconds.
    pub(super) fn wait_after(&self, attempt: u32) -> Duration {
        self.0.backoff.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST)
    }

    async fn attempt(&self, url: &Url, request: &Request) -> Result<Answer, (ApiError, Again)> {
        let shared = &*self.0;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", shared.token.expose_secret()))
            .expect("`Client::new` refuses tokens that no header can carry");
        bearer.set_sensitive(true);
        let mut builder = shared
            .http
            .request(method, url.clone())
            .header(AUTHORIZATION, bearer)
            .header(ACCEPT, "application/json")
            .timeout(shared.deadline);
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
        tracing::debug!(method = %request.method, path = request.path, status = answer.status,
            tracking_id = answer.tracking_id, "answered");
        self.judge(request, answer)
    }

    fn judge(&self, request: &Request, answer: Answer) -> Result<Answer, (ApiError, Again)> {
        if answer.is_success() {
            self.0.pace.speed_up();
            return match &answer.cut {
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
                    self.0.pace.slow_down();
                }
                match answer.retry_after {
                    Some(wait) if wait > LONGEST_ASKED => {
                        error.text = format!("asks to wait {} seconds; {}", wait.as_secs(), error.text);
                        Again::Never
                    }
                    Some(wait) => {
                        if throttled {
                            self.0.pace.hold(wait);
                        }
                        Again::After(wait)
                    }
                    None => Again::Later,
                }
            }
            502..=504 => match answer.retry_after {
                Some(wait) if wait <= LONGEST_ASKED => only_reads(request, Again::After(wait)),
                Some(_) => Again::Never,
                None => only_reads(request, Again::Later),
            },
            _ => Again::Never,
        };
        Err((error, again))
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
