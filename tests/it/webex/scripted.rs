//! A server on loopback whose every answer is a line of the test, broken ones included.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use hubform::webex::{Client, ClientSettings};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// The token that must be seen in one place only.
pub(crate) const TOKEN: &str = "canary-7f3a9c";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// `GET /v1/people?orgId=x`
    pub(crate) line: String,
    pub(crate) authorization: String,
    pub(crate) body: Value,
}

impl Received {
    pub(crate) fn is(&self, start: &str) -> bool {
        self.line.starts_with(start)
    }
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// Answers with a status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Promises a body and closes in the middle of it.
    CutShort(&'static str),
    /// Closes without a word.
    Reset,
    /// Promises a body and sends a byte of it now and then, without end.
    Drip,
    /// Takes the request and stays silent.
    Silence,
}

pub(crate) fn ok(body: &Value) -> Reply {
    Reply::Answer(200, Vec::new(), body.to_string())
}

pub(crate) fn status(status: u16, body: &Value) -> Reply {
    Reply::Answer(status, Vec::new(), body.to_string())
}

pub(crate) fn empty(status: u16) -> Reply {
    Reply::Answer(status, Vec::new(), String::new())
}

/// An empty list in the envelope that the path has.
pub(crate) fn nothing(line: &str) -> Reply {
    let path = line.split(['?', ' ']).nth(1).unwrap_or_default();
    let name = match path {
        "/v1/telephony/config/locations" => "locations",
        "/v1/telephony/config/numbers" => "phoneNumbers",
        "/v1/telephony/config/routeChoices" => "routeIdentities",
        _ => "items",
    };
    ok(&json!({name: []}))
}

pub(crate) struct Service {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Service {
    /// Starts a server that answers by `script`, which is told how many requests came before.
    pub(crate) async fn start(script: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (log, script) = (Arc::clone(&received), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                drop(tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&script))));
            }
        });
        Self { address, received, task }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Returns settings for this server: quick to give up, quick to try again.
    pub(crate) fn settings(&self) -> ClientSettings {
        ClientSettings {
            attempts: 3,
            backoff: Duration::from_millis(1),
            ..ClientSettings::new(self.base().parse().unwrap(), SecretString::from(TOKEN))
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.settings()).unwrap()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.received().into_iter().map(|received| received.line).collect()
    }
}

async fn serve<S>(mut stream: TcpStream, log: Arc<Mutex<Vec<Received>>>, script: Arc<S>)
where
    S: Fn(&Received, usize) -> Reply + Send + Sync + 'static,
{
    let Some(received) = receive(&mut stream).await else { return };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(received.clone());
        log.len() - 1
    };
    let text = match script(&received, before) {
        Reply::Answer(status, headers, body) => {
            let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let headers = headers.concat();
            let length = body.len();
            format!("HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
        }
        Reply::CutShort(body) => {
            format!("HTTP/1.1 200 x\r\ntrackingid: T_CUT\r\ncontent-length: 9999\r\nconnection: close\r\n\r\n{body}")
        }
        Reply::Drip => {
            let mut text = "HTTP/1.1 200 x\r\ntrackingid: T_DRIP\r\ncontent-length: 9999\r\n\r\n".to_owned();
            while stream.write_all(text.as_bytes()).await.is_ok() {
                " ".clone_into(&mut text);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            return;
        }
        Reply::Reset => return,
        Reply::Silence => std::future::pending().await,
    };
    drop(stream.write_all(text.as_bytes()).await);
    drop(stream.shutdown().await);
}

async fn receive(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break String::from_utf8(bytes[..end].to_vec()).unwrap();
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let header = |name: &str| {
        let found =
            head.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let length = header("content-length").parse().unwrap_or(0);
    while bytes.len() < head.len() + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received {
        line: head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned(),
        authorization: header("authorization"),
        body: serde_json::from_slice(&bytes[head.len() + 4..]).unwrap_or_default(),
    })
}
