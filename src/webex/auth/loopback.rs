//! The other end of a login: a page on this machine that the browser is sent to with the code (RFC 8252, 7.3).

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{net::TcpListener, sync::oneshot};

use super::pkce::same;
use crate::webex::wire::clean;

/// How long the browser has to take the last page.
const FAREWELL: Duration = Duration::from_secs(2);
/// The most characters kept of what the authorize page says.
const MOST: usize = 200;

/// Why no code came.
#[derive(Debug, thiserror::Error)]
pub enum LoopbackError {
    /// The port is taken, or may not be used.
    #[error(
        "`127.0.0.1:{port}` cannot be listened on: {source}; end what uses the port, or choose another with `--port`"
    )]
    Listen {
        /// The port.
        port: u16,
        /// The system's words.
        source: io::Error,
    },
    /// The service or the person said no.
    #[error("the login was refused: {0}")]
    Denied(String),
    /// Nobody came back in time.
    #[error("nobody logged in within {0} minutes")]
    TooLate(u64),
    /// The listener broke.
    #[error("the answer of the browser could not be received: {0}")]
    Broken(String),
}

/// Listens for the browser's return.
#[derive(Debug)]
pub struct Loopback {
    listener: TcpListener,
    address: SocketAddr,
}

/// What the browser brought.
type Brought = Result<SecretString, LoopbackError>;

struct Waiting {
    host: String,
    state: SecretString,
    /// Taken by the first answer that belongs to this login.
    brought: Mutex<Option<oneshot::Sender<Brought>>>,
}

impl Loopback {
    /// Listens on a port of this machine; 0 takes a free one.
    pub async fn listen(port: u16) -> Result<Self, LoopbackError> {
        let failed = |source| LoopbackError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// Returns where the browser has to be sent. The integration must list exactly this address.
    pub fn redirect_uri(&self) -> String {
        format!("http://{}/callback", self.address)
    }

    /// Waits for the code. Answers with another state are refused and waited past: they belong to another login, or
    /// to somebody who guesses.
    pub async fn code(self, state: &SecretString, limit: Duration) -> Brought {
        let (sender, receiver) = oneshot::channel();
        let waiting = Arc::new(Waiting {
            host: self.address.to_string(),
            state: state.clone(),
            brought: Mutex::new(Some(sender)),
        });
        let router = Router::new().route("/callback", get(callback)).fallback(elsewhere).with_state(waiting);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(self.listener, router).with_graceful_shutdown(async {
            drop(stopped.await);
        });
        let mut server = tokio::spawn(async { serving.await });
        let brought = tokio::select! {
            brought = receiver => brought.unwrap_or_else(|_| Err(LoopbackError::Broken("it was dropped".to_owned()))),
            ended = &mut server => {
                let why = match ended {
                    Ok(Err(error)) => error.to_string(),
                    Ok(Ok(())) | Err(_) => "the listener ended".to_owned(),
                };
                return Err(LoopbackError::Broken(why));
            }
            () = tokio::time::sleep(limit) => Err(LoopbackError::TooLate(limit.as_secs() / 60)),
        };
        drop(stop);
        if tokio::time::timeout(FAREWELL, &mut server).await.is_err() {
            server.abort();
        }
        brought
    }
}

async fn callback(State(waiting): State<Arc<Waiting>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    // A page elsewhere whose name was made to point here speaks under that name.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if host != waiting.host {
        return page(StatusCode::MISDIRECTED_REQUEST, "This address is for the login of hubform only.");
    }
    let query = query.unwrap_or_default();
    // RFC 6749, 3.1: no parameter may stand twice.
    let single = |name: &str| {
        let mut values = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty());
        if values.next().is_some() { None } else { value }
    };
    if !single("state").is_some_and(|state| same(&state, waiting.state.expose_secret())) {
        return page(
            StatusCode::BAD_REQUEST,
            "This answer belongs to another login. Open the address that the terminal shows now.",
        );
    }
    let brought = match (single("code"), single("error")) {
        (Some(code), None) => Ok(SecretString::from(code)),
        (None, Some(error)) => {
            let text = single("error_description").unwrap_or_default();
            let said = if text.is_empty() { error } else { format!("{error}: {text}") };
            Err(LoopbackError::Denied(clean(&said).chars().take(MOST).collect()))
        }
        (Some(_), Some(_)) | (None, None) => {
            return page(StatusCode::BAD_REQUEST, "This answer has neither a code nor an error.");
        }
    };
    let text = match &brought {
        Ok(_) => "hubform has got the answer. Go back to the terminal; this page can be closed.",
        Err(_) => "The login was refused. Go back to the terminal; this page can be closed.",
    };
    let sender = waiting.brought.lock().unwrap_or_else(PoisonError::into_inner).take();
    let is_taken = sender.is_some_and(|sender| sender.send(brought).is_ok());
    if is_taken { page(StatusCode::OK, text) } else { page(StatusCode::GONE, "This login is over.") }
}

async fn elsewhere() -> Response {
    page(StatusCode::NOT_FOUND, "There is nothing here.")
}

/// A page that holds nothing of the request, loads nothing, and is kept and shown nowhere else.
fn page(status: StatusCode, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONNECTION, "close"),
    ];
    let html = format!("<!doctype html><html lang=\"en\"><title>hubform</title><p>{text}</p></html>\n");
    (status, headers, html).into_response()
}
