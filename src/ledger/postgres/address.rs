//! Where a PostgreSQL ledger is: `postgres://user@host:port/database?schema=hubform&sslmode=verify-full`.

use std::{
    borrow::Cow,
    fmt::Write as _,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use crate::model::{Problem, codes};

use super::tls::TlsMode;

/// The schema of an address that names none.
const SCHEMA: &str = "hubform";

/// How an address is written.
const FORM: &str = "write `postgres://USER@HOST:PORT/DATABASE?schema=hubform`";

/// How long to wait for a connection, unless `connect_timeout` says otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// An address that cannot be used. The text never holds what may be a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address of the ledger cannot be used: {why}")]
pub struct AddressError {
    why: String,
    fix: String,
}

impl AddressError {
    /// Returns how to put it right.
    pub fn fix(&self) -> &str {
        &self.fix
    }
}

impl From<&AddressError> for Problem {
    fn from(error: &AddressError) -> Self {
        Self::error(codes::LEDGER_PLACE, error.to_string()).fix(error.fix.clone())
    }
}

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// A name or an address.
    Network(String),
    /// The folder of a Unix socket.
    Socket(PathBuf),
}

/// Where a PostgreSQL ledger is, and how to get there.
#[derive(Clone, Debug)]
pub struct PostgresAddress {
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) database: String,
    /// An identifier that needs no quotes.
    pub(super) schema: String,
    pub(super) tls: TlsMode,
    /// A file of trusted certificates, instead of the system's.
    pub(super) roots: Option<PathBuf>,
    pub(super) password: Option<SecretString>,
    pub(super) patience: Duration,
}

impl PostgresAddress {
    /// Returns true if a text is meant as such an address.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads an address as `libpq` writes it, one host only, with the parameters `schema`, `sslmode`, `sslrootcert`,
    /// `host` and `connect_timeout`.
    ///
    /// Without `sslmode` the connection to this machine is made as with `prefer`, and to any other as with
    /// `verify-full`: a password goes to nobody but the server that is meant.
    ///
    /// # Errors
    ///
    /// If it is no such address, names no user, or has a parameter that hubform does not know.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let refused = |why: String, fix: &str| AddressError { why, fix: fix.to_owned() };
        let url = Url::parse(text).map_err(|error| refused(error.to_string(), FORM))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(refused(format!("`{}` is not PostgreSQL", url.scheme()), FORM));
        }
        let decoded = |text: &str, what: &str| {
            percent_decode_str(text)
                .decode_utf8()
                .map(Cow::into_owned)
                .map_err(|_| refused(format!("its {what} is not text"), FORM))
        };
        let user = decoded(url.username(), "user")?;
        if user.is_empty() {
            return Err(refused("it names no user".to_owned(), FORM));
        }
        let database = decoded(url.path().trim_start_matches('/'), "database")?;
        let mut host = match url.host() {
            Some(url::Host::Ipv6(address)) => Some(Host::Network(address.to_string())),
            Some(host) => Some(host_of(&decoded(&host.to_string(), "host")?)),
            None => None,
        };
        let password = match url.password() {
            Some(password) => Some(SecretString::from(decoded(password, "password")?)),
            None => None,
        };
        let mut tls = None;
        let mut roots = None;
        let mut schema = SCHEMA.to_owned();
        let mut patience = PATIENCE;
        for (key, value) in url.query_pairs() {
            match key.as_ref() {
                "host" => host = Some(host_of(&value)),
                "sslmode" => {
                    let mode = TlsMode::from_word(&value).ok_or_else(|| {
                        refused(
                            format!("`sslmode={value}` is unknown"),
                            "write `disable`, `prefer`, `require`, `verify-ca` or `verify-full`",
                        )
                    })?;
                    tls = Some(mode);
                }
                "sslrootcert" if value == "system" => roots = None,
                "sslrootcert" => roots = Some(PathBuf::from(value.as_ref())),
                "schema" if is_identifier(&value) => schema = value.into_owned(),
                "schema" => {
                    return Err(refused(
                        format!("the schema `{value}` is no plain name"),
                        "write lower-case letters, digits and `_`, at most 63, not beginning with a digit or `pg_`",
                    ));
                }
                "connect_timeout" => {
                    let seconds = value.parse().ok().filter(|seconds| (1..=600).contains(seconds));
                    patience = seconds.map(Duration::from_secs).ok_or_else(|| {
                        refused("`connect_timeout` is no time".to_owned(), "write seconds, from 1 to 600")
                    })?;
                }
                // Its value must not be shown.
                "password" => {
                    return Err(refused(
                        "it has the parameter `password`".to_owned(),
                        "take it out, change the password, and set `PGPASSWORD` or write it into `~/.pgpass`",
                    ));
                }
                other => {
                    return Err(refused(
                        format!("it has the parameter `{other}`, which hubform does not know"),
                        "write only `schema`, `sslmode`, `sslrootcert`, `host` and `connect_timeout`",
                    ));
                }
            }
        }
        let host = host.ok_or_else(|| refused("it names no host".to_owned(), FORM))?;
        let tls = tls.unwrap_or(if is_near(&host) { TlsMode::Prefer } else { TlsMode::VerifyFull });
        Ok(Self {
            port: url.port().unwrap_or(5432),
            database: if database.is_empty() { user.clone() } else { database },
            host,
            user,
            schema,
            tls,
            roots,
            password,
            patience,
        })
    }

    /// Returns the address for people, without the password.
    pub fn shown(&self) -> String {
        let Self { host, port, user, database, schema, .. } = self;
        let mut text = match host {
            Host::Network(host) if host.contains(':') => format!("postgres://{user}@[{host}]"),
            Host::Network(host) => format!("postgres://{user}@{host}"),
            Host::Socket(folder) => format!("postgres://{user}@{}", folder.display()),
        };
        if *port != 5432 {
            // Writing to a text cannot fail.
            let _ = write!(text, ":{port}");
        }
        let _ = write!(text, "/{database}");
        if schema != SCHEMA {
            let _ = write!(text, "?schema={schema}");
        }
        text
    }

    /// Returns true if the address holds a password, so that no other is looked for.
    pub const fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Returns how the connection is protected.
    pub const fn tls(&self) -> TlsMode {
        self.tls
    }

    /// Returns the host as the password file names it.
    pub(super) fn key_host(&self) -> &str {
        match &self.host {
            Host::Network(host) => host,
            Host::Socket(_) => "localhost",
        }
    }
}

fn host_of(text: &str) -> Host {
    if text.starts_with('/') { Host::Socket(Path::new(text).to_owned()) } else { Host::Network(text.to_owned()) }
}

/// Returns true for this machine itself.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Socket(_) => true,
        Host::Network(name) => {
            name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
    }
}

/// Returns true for a name that is the same with and without quotes.
fn is_identifier(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(plain)
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && !text.starts_with("pg_")
        && text != "information_schema"
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn parse(text: &str) -> PostgresAddress {
        PostgresAddress::parse(text).unwrap()
    }

    #[test]
    fn an_address_says_everything_but_the_password() {
        let address = parse("postgres://hub%40acme:hunter%3A2@db.example:6432/led?schema=team_a&connect_timeout=3");
        assert_eq!(address.user, "hub@acme");
        assert_eq!(address.password.as_ref().unwrap().expose_secret(), "hunter:2");
        assert_eq!((address.port, address.database.as_str(), address.schema.as_str()), (6432, "led", "team_a"));
        assert_eq!(address.patience, Duration::from_secs(3));
        assert_eq!(address.shown(), "postgres://hub@acme@db.example:6432/led?schema=team_a");
        assert!(!format!("{address:?}").contains("hunter"));
    }

    #[test]
    fn what_is_not_written_has_a_default() {
        let address = parse("postgresql://hub@db.example");
        assert_eq!((address.port, address.database.as_str(), address.schema.as_str()), (5432, "hub", "hubform"));
        assert_eq!(address.shown(), "postgres://hub@db.example/hub");
        assert_eq!(parse("postgres://hub@[::1]:5433/x").shown(), "postgres://hub@[::1]:5433/x");
        assert_eq!(parse("postgres://hub@localhost/x?host=/run/pg").host, Host::Socket("/run/pg".into()));
    }

    #[test]
    fn only_this_machine_is_trusted_unseen() {
        for near in ["localhost", "127.0.0.1", "[::1]", "x?host=/run/pg"] {
            let (host, rest) = near.split_once('?').map_or((near, ""), |(host, rest)| (host, rest));
            assert_eq!(parse(&format!("postgres://hub@{host}/x?{rest}")).tls, TlsMode::Prefer, "{near}");
        }
        for far in ["db.example", "10.0.0.1", "localhost.example", "[2001:db8::1]"] {
            assert_eq!(parse(&format!("postgres://hub@{far}/x")).tls, TlsMode::VerifyFull, "{far}");
            assert_eq!(parse(&format!("postgres://hub@{far}/x?sslmode=require")).tls, TlsMode::Require, "{far}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_said_without_the_password() {
        for (text, word) in [
            ("postgres://db.example/x", "user"),
            ("postgres:///x", "user"),
            ("postgres://hub:hunter2@db.example:99999/x", "port"),
            ("postgres://hub:hunter2@a.example,b.example/x?sslmode=allow", "sslmode=allow"),
            ("postgres://hub:hunter2@db.example/x?schema=a%22b", "schema"),
            ("postgres://hub:hunter2@db.example/x?schema=pg_temp", "schema"),
            ("postgres://hub@db.example/x?password=hunter2", "parameter `password`"),
            ("postgres://hub:hunter2@db.example/x?target_session_attrs=any", "target_session_attrs"),
            ("postgres://hub:hunter2@db.example/x?connect_timeout=0", "connect_timeout"),
        ] {
            let error = PostgresAddress::parse(text).unwrap_err();
            let problem = Problem::from(&error);
            assert_eq!(problem.code.0, "HF201");
            assert!(problem.message.contains(word), "{text}: {error}");
            assert!(problem.fix.is_some() && !format!("{problem:?}").contains("hunter2"), "{problem:?}");
        }
    }
}
