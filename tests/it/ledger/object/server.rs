//! An S3-compatible server for tests: `moto_server`, from the package `moto[server]` of `PyPI`.
//!
//! It is the child of a shell that ends with the test process: when the process is gone, however it went, the shell
//! reads the end of its input and stops the server.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdin, Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use secrecy::SecretString;

use super::super::postgres::server::or_left_out;

/// What the shell does; `$1` is the port.
const SCRIPT: &str = r#"
    set -eu
    trap '' INT TERM HUP
    command -v moto_server >/dev/null || { printf 'missing\n'; exit 0; }
    moto_server -H 127.0.0.1 -p "$1" >/dev/null 2>&1 </dev/null &
    server=$!
    printf 'started\n'
    cat >/dev/null
    kill "$server"
    wait "$server" || true
"#;

/// The one bucket.
pub const BUCKET: &str = "acme-ledger";

/// A server on a free port of loopback.
pub struct Server {
    pub port: u16,
    input: Option<ChildStdin>,
    shell: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.input = None;
        drop(self.shell.wait());
    }
}

impl Server {
    fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "sh", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = shell.stdin.take();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let server = Self { port, input, shell };
        if line.trim_end() != "started" {
            return None;
        }
        // Python takes its time.
        for _ in 0..3000 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("moto_server does not listen");
    }

    /// Returns the options by which the server is spoken to.
    pub fn options(&self) -> BTreeMap<String, SecretString> {
        [
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "s3cret".to_owned()),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), SecretString::from(value)))
        .collect()
    }

    fn make_bucket(&self) {
        use std::io::{Read as _, Write as _};
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let host = format!("127.0.0.1:{}", self.port);
        write!(stream, "PUT /{BUCKET} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

/// Returns the server that the tests of this process share, if it is installed; else says so, or fails if
/// `HUBFORM_REQUIRE_SERVERS` is 1.
pub fn shared() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    let server = SHARED.get_or_init(|| {
        let server = Server::start()?;
        server.make_bucket();
        Some(server)
    });
    or_left_out(server.as_ref(), "moto_server, which speaks S3, is not installed (`pip install 'moto[server]'`)")
}
