//! What stands between a run and the service: it passes requests on, and knows where the run dies.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{self, header},
    response::Response,
};
use hubform::sim::{Recorded, Simulator};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::laws::faults::requests::of_request;

use super::doom::{Doom, How};

/// Serves on loopback until it is dropped.
pub struct Between {
    pub base_url: String,
    server: JoinHandle<()>,
}

struct Gate {
    sim: Simulator,
    service: SocketAddr,
    http: reqwest::Client,
    doom: Arc<Doom>,
}

impl Between {
    pub async fn new(sim: &Simulator, service: SocketAddr, doom: &Arc<Doom>) -> Self {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let gate = Arc::new(Gate { sim: sim.clone(), service, http, doom: Arc::clone(doom) });
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(gate);
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base_url, server }
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    // The dead send nothing.
    if gate.doom.has_struck() {
        return std::future::pending().await;
    }
    let how = if parts.method == http::Method::GET { None } else { gate.doom.meets(kind(&gate, &parts, &body)) };
    let forward = forward(Arc::clone(&gate), parts, body);
    match how {
        // What the service has begun it finishes, whether or not anybody waits for it.
        None => return tokio::spawn(forward).await.unwrap(),
        Some(How::Unsent) => drop(forward),
        Some(How::Late) => gate.doom.later(async { drop(forward.await) }),
        Some(How::Unheard) => drop(forward.await),
    }
    gate.doom.strike();
    std::future::pending().await
}

fn kind(gate: &Gate, parts: &http::request::Parts, body: &Bytes) -> (String, String) {
    let path = parts.uri.path();
    let request = Recorded {
        method: parts.method.to_string(),
        path: path.strip_prefix("/v1").unwrap_or(path).to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: serde_json::from_slice(body).ok(),
        status: 0,
        tracking_id: String::new(),
    };
    of_request(&request, &gate.sim.state())
}

async fn forward(gate: Arc<Gate>, parts: http::request::Parts, body: Bytes) -> Response {
    let url = format!("http://{}{}", gate.service, parts.uri);
    // With the host that the run asked, so that links lead back here.
    let answer = gate.http.request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != header::TRANSFER_ENCODING && name != header::CONNECTION {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}
