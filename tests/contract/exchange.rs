//! What went over the wire, taken down between the service and whoever calls it.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName},
    middleware::{self, Next},
    response::Response,
};
use hubform::sim::Simulator;
use tokio::task::JoinHandle;

/// One request and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    pub method: String,
    /// Below the base.
    pub path: String,
    /// As it was sent, without the question mark.
    pub query: String,
    pub request_type: Option<String>,
    pub request: Vec<u8>,
    pub status: u16,
    /// Headers of the answer, names in lower case.
    pub headers: BTreeMap<String, String>,
    pub answer: Vec<u8>,
    /// The request is meant to be one that the description does not allow.
    pub wrong: bool,
}

/// The exchanges so far; clones are handles to the same.
#[derive(Clone, Default)]
pub struct Record(Arc<Mutex<Vec<Exchange>>>);

impl Record {
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.lock())
    }

    /// Marks the latest request as wrong on purpose.
    pub fn mark_wrong(&self) {
        if let Some(exchange) = self.lock().last_mut() {
            exchange.wrong = true;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A simulator that listens, with everything taken down that it is asked and answers.
pub struct Service {
    pub sim: Simulator,
    pub record: Record,
    /// `http://127.0.0.1:PORT/v1`
    pub base: String,
    server: JoinHandle<()>,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}

const BASE: &str = "/v1";
const LARGEST: usize = 64 * 1024 * 1024;

impl Service {
    pub async fn start(sim: Simulator) -> Self {
        let record = Record::default();
        let own = record.clone();
        let router = sim.router().layer(middleware::from_fn(move |request: Request, next: Next| {
            let record = own.clone();
            async move { taken_down(&record, request, next).await }
        }));
        let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let base = format!("http://{}{BASE}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { sim, record, base, server }
    }
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

async fn taken_down(record: &Record, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let mut exchange = Exchange {
        method: parts.method.to_string(),
        path: path.strip_prefix(BASE).unwrap_or(path).to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        request_type: header(&parts.headers, &axum::http::header::CONTENT_TYPE),
        request: to_bytes(body, LARGEST).await.unwrap().to_vec(),
        ..Exchange::default()
    };
    let request = Request::from_parts(parts, Body::from(exchange.request.clone()));
    let (parts, body) = next.run(request).await.into_parts();
    exchange.status = parts.status.as_u16();
    exchange.headers = parts
        .headers
        .keys()
        .map(|name| (name.as_str().to_owned(), header(&parts.headers, name).unwrap_or_default()))
        .collect();
    exchange.answer = to_bytes(body, LARGEST).await.unwrap().to_vec();
    let answer = Body::from(exchange.answer.clone());
    record.lock().push(exchange);
    Response::from_parts(parts, answer)
}
