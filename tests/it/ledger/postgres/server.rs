//! PostgreSQL servers for tests, from the Debian package `postgresql` or any other installation.
//!
//! A server is the child of a shell that reads commands from the test process and ends with it: when the process is
//! gone, however it went, the shell reads the end of its input, stops the server, and removes the folder.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, OnceLock},
    time::Duration,
};

/// The superuser, whom the server believes on loopback.
pub const ADMIN: &str = "admin";

/// What the shell does. `$1` is the folder of the programs, `$2` the port; `fsync` is off, since nobody pulls the plug
/// of a test.
const SCRIPT: &str = r#"
    set -eu
    trap '' INT TERM HUP
    cd /
    bin=$1 port=$2
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    refuse() { printf 'failed: %s\n' "$(tail -n 3 "$home/log" | tr '\n' ' ')"; exit 1; }
    "$bin/initdb" -D "$home/data" -U admin -A trust -E UTF8 --locale=C.UTF-8 -N >"$home/log" 2>&1 || refuse
    tls=off
    if openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -addext basicConstraints=critical,CA:FALSE -keyout "$home/data/server.key" -out "$home/data/server.crt" \
        >"$home/log" 2>&1; then
        chmod 600 "$home/data/server.key"
        tls=on
    fi
    cat >"$home/data/pg_hba.conf" <<'RULES'
host all knows_password 127.0.0.1/32 scram-sha-256
host all tells_password 127.0.0.1/32 password
hostssl all only_tls 127.0.0.1/32 scram-sha-256
host all only_tls 127.0.0.1/32 reject
host all all 127.0.0.1/32 trust
local all all trust
RULES
    up() {
        "$bin/postgres" -D "$home/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$home" \
            -c fsync=off -c ssl=$tls -c max_connections=200 >"$home/log" 2>&1 </dev/null &
        server=$!
        until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do
            kill -0 "$server" 2>/dev/null || refuse
            sleep 0.05
        done
    }
    down() { kill "-$1" "$server"; wait "$server" || true; }
    up
    printf 'ready %s %s\n' "$home" "$tls"
    while read -r command; do
        case $command in
            restart) down INT; up ;;
            crash) down QUIT; up ;;
            stop) down INT ;;
        esac
        printf 'done\n'
    done
    down QUIT
"#;

/// A server on a free port of loopback.
pub struct Server {
    pub port: u16,
    /// Its folder, with its socket.
    pub home: String,
    /// The certificate that it shows, if it has one.
    pub certificate: Option<Vec<u8>>,
    shell: Mutex<Shell>,
}

struct Shell {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a server; nothing if PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let programs = programs()?;
        // The port may be taken before the server has it.
        for _ in 0..5 {
            match Self::try_start(&programs) {
                Ok(server) => return Some(server),
                Err(why) if why.contains("could not create any TCP/IP sockets") => {}
                Err(why) => panic!("PostgreSQL does not start: {why}"),
            }
        }
        panic!("PostgreSQL finds no free port");
    }

    fn try_start(programs: &Path) -> Result<Self, String> {
        let port = free_port();
        let mut shell = Shell::start(SCRIPT, &[&programs.to_string_lossy(), &port.to_string()])?;
        let line = shell.line();
        let Some((home, tls)) = line.strip_prefix("ready ").and_then(|rest| rest.split_once(' ')) else {
            return Err(line);
        };
        let certificate = (tls == "on").then(|| {
            // The folder is for the server's user alone.
            fs::read(format!("{home}/data/server.crt")).unwrap()
        });
        Ok(Self { port, home: home.to_owned(), certificate, shell: Mutex::new(shell) })
    }

    /// Stops the server and starts it again: everybody is sent away.
    pub fn restart(&self) {
        self.command("restart");
    }

    /// As if the machine had lost its power, but for what the disk lost.
    pub fn crash(&self) {
        self.command("crash");
    }

    fn command(&self, word: &str) {
        let mut shell = self.shell.lock().unwrap();
        writeln!(shell.input.as_ref().unwrap(), "{word}").unwrap();
        assert_eq!(shell.line(), "done");
    }

    /// Returns the address of a database.
    pub fn address(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// Lets the superuser carry statements out.
    pub async fn execute(&self, database: &str, sql: &str) {
        let client = self.client(database).await;
        client.batch_execute(sql).await.unwrap();
    }

    /// Connects as the superuser.
    pub async fn client(&self, database: &str) -> tokio_postgres::Client {
        let address = format!("{}?sslmode=disable", self.address(ADMIN, database));
        let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

impl Shell {
    fn start(script: &str, arguments: &[&str]) -> Result<Self, String> {
        // The servers refuse to run as root.
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        let mut child = command
            .args(["-c", script, "sh"])
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        Ok(Self { input: child.stdin.take(), output: BufReader::new(child.stdout.take().unwrap()), child })
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.input = None;
        drop(self.child.wait());
    }
}

/// `PgBouncer` before a server.
pub struct Pooler {
    pub port: u16,
    _shell: Shell,
}

/// What the shell of a pooler does. `$1` is its port, `$2` that of the server, `$3` the mode.
const POOLER: &str = r#"
    set -eu
    trap '' INT TERM HUP
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    cat >"$home/ini" <<RULES
[databases]
postgres = host=127.0.0.1 port=$2 user=admin
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $1
unix_socket_dir =
auth_type = any
pool_mode = $3
RULES
    pgbouncer "$home/ini" >"$home/log" 2>&1 </dev/null &
    pooler=$!
    printf 'ready\n'
    cat >"$home/rest"
    kill "$pooler"
    wait "$pooler" || true
"#;

impl Pooler {
    /// Starts `PgBouncer`; nothing if it is not installed.
    pub fn start(server: &Server, mode: &str) -> Option<Self> {
        let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin"];
        folders.iter().find(|folder| Path::new(folder).join("pgbouncer").is_file())?;
        let port = free_port();
        let mut shell = Shell::start(POOLER, &[&port.to_string(), &server.port.to_string(), mode]).unwrap();
        assert_eq!(shell.line(), "ready");
        for _ in 0..1000 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(Self { port, _shell: shell });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("PgBouncer does not listen");
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Returns the server that the tests of this process share, if PostgreSQL is installed; else says so, or fails if
/// `HUBFORM_REQUIRE_SERVERS` is 1.
pub fn shared() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    or_left_out(SHARED.get_or_init(Server::start).as_ref(), "PostgreSQL is not installed")
}

/// Says what is left out, or fails where nothing may be.
#[expect(clippy::disallowed_methods, reason = "which servers must be there is a setting of the tests")]
pub fn or_left_out<T>(found: Option<T>, why: &str) -> Option<T> {
    if found.is_none() {
        let required = std::env::var_os("HUBFORM_REQUIRE_SERVERS").is_some_and(|value| value == "1");
        assert!(!required, "{why}, and HUBFORM_REQUIRE_SERVERS is 1");
        // Past the capture of the test's output, so that it is seen.
        let mut stderr = std::io::stderr();
        writeln!(stderr, "left out: {why}").unwrap();
    }
    found
}

/// Returns the folder of the newest server's programs.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|folder| {
            let folder = folder.ok()?;
            let version = folder.file_name().to_str()?.parse().ok()?;
            Some((version, folder.path().join("bin")))
        })
        .collect();
    found.sort();
    let known = ["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin"];
    let known = known.iter().map(PathBuf::from);
    found.into_iter().rev().map(|(_, path)| path).chain(known).find(|path| path.join("initdb").is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}
