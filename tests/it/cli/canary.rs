//! The access token is in nothing that the program says or keeps, whatever the service makes of it.

use std::path::Path;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse as _, Response},
};
use hubform::sim::{Config, Simulator};
use tokio::runtime::Runtime;

use super::bench::Bench;

/// Looks like a token, and like nothing else.
const CANARY: &str = "Y2FuYXJ5LXRva2VuLW9mLWEtdGVzdA_PF84_canary";

/// Every command that speaks to a service or reads what another has kept, in an order in which each has work.
const COMMANDS: [&[&str]; 22] = [
    &["validate"],
    &["doctor"],
    &["plan"],
    &["plan", "--format", "json"],
    &["apply", "--auto-approve"],
    &["apply", "--auto-approve", "--format", "json"],
    &["apply", "--auto-approve", "--events", "events.jsonl"],
    &["status"],
    &["show", "--last-run"],
    &["ledger", "init"],
    &["ledger", "list"],
    &["ledger", "show", "customer/acme"],
    &["ledger", "export"],
    &["plan", "--detailed-exitcode"],
    &["show", "customer/acme"],
    &["show", "user/acme/ann@acme.example", "--format", "json"],
    &["template", "bind", "basic", "some-id"],
    &["template", "done", "basic"],
    &["ledger", "forget", "user/acme/bob@acme.example"],
    &["login", "--status"],
    &["logout"],
    &["destroy", "--auto-approve", "--confirm", "cafe"],
];

fn look(what: &str, text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    assert!(!text.contains(CANARY), "{what} holds the token:\n{text}");
    assert!(!text.contains("Bearer Y2"), "{what} holds the header:\n{text}");
}

/// Looks into every file below a folder.
fn look_below(folder: &Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += look_below(&path);
        } else {
            look(&path.display().to_string(), &std::fs::read(&path).unwrap());
            files += 1;
        }
    }
    files
}

/// Runs every command with all that it can log, and returns how many of them have ended well.
fn run_all(base_url: &str, target: &str) -> usize {
    let bench = Bench::new()
        .with("HUBFORM_TARGET", target)
        .with("HUBFORM_BASE_URL", base_url)
        .with("WEBEX_ACCESS_TOKEN", CANARY)
        .with("RUST_LOG", "trace");
    bench.edit("hubform.yaml", "spec: { target: simulator }", "spec: {}");
    let mut well = 0;
    for arguments in COMMANDS {
        let ended = bench.run(arguments);
        assert_ne!(ended.code, None, "{arguments:?}");
        look(&format!("{arguments:?} stdout"), ended.stdout.as_bytes());
        look(&format!("{arguments:?} stderr"), ended.stderr.as_bytes());
        well += usize::from(ended.code == Some(0));
    }
    assert!(look_below(bench.folder()) >= 3, "there are at least the manifests");
    well
}

#[test]
fn no_command_shows_or_keeps_the_token() {
    let runtime = Runtime::new().unwrap();
    let simulator = Simulator::open(Config::default()).unwrap();
    let running = runtime.block_on(simulator.start(([127, 0, 0, 1], 0).into())).unwrap();
    let well = run_all(&running.base_url, "simulator");
    assert!(well >= 9, "only {well} commands had something to do");
    let state = serde_json::to_vec(&simulator.state()).unwrap();
    look("the state of the simulator", &state);
    look("what the simulator remembers", format!("{:?}", simulator.requests()).as_bytes());
    runtime.block_on(running.stop());
}

/// Sends back what it got: as an error, as JSON that is none of the expected, as a page of a gateway.
fn echo(status: u16, request: &Request) -> Response {
    let sent = request.headers().get(AUTHORIZATION).cloned().unwrap_or_else(|| HeaderValue::from_static("none"));
    let text = sent.to_str().unwrap_or_default().to_owned();
    let body = match status {
        404 => format!("<html>you sent {text}</html>"),
        200 => format!("{{\"items\": \"{text}\", \"id\": \"{text}\"}}"),
        _ => format!(
            "{{\"message\": \"{text}\", \"errors\": [{{\"errorCode\": \"{text}\", \"description\": \"{text}\"}}]}}"
        ),
    };
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    response.headers_mut().insert("trackingid", sent.clone());
    response.headers_mut().insert("link", sent);
    response
}

#[test]
fn a_service_that_sends_the_token_back_does_not_get_it_printed() {
    for status in [200, 400, 401, 404] {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new().fallback(move |request: Request| async move { echo(status, &request) });
        runtime.spawn(async move { axum::serve(listener, router).await });
        run_all(&base_url, "webex");
    }
}
