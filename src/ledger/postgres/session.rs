//! The one connection of a ledger: how it is made, what is asked of the server, and how its end is seen.

use std::{sync::Arc, time::Duration};

use rustls::ClientConfig;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{sync::OnceCell, time::timeout};
use tokio_postgres::{
    Client, Config, NoTls, SimpleQueryMessage, SimpleQueryRow, Socket, Statement,
    config::SslMode,
    error::SqlState,
    tls::{MakeTlsConnect, TlsConnect},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    LedgerError,
    address::{Host, PostgresAddress},
    failure::failed,
    tls::{self, TlsMode},
};

/// How long a statement waits for what another process has locked.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// Why a pooler will not do.
pub(super) const POOLED: &str = "it gives a session to several clients (a pooler such as PgBouncer in transaction or statement mode), \
                                 and the locks of a ledger live as long as a session of its own; connect to the \
                                 database itself, or to a pool in session mode";

/// The oldest server that is known to do: what hubform uses is older, but nobody tests it there.
const OLDEST: u32 = 12;

/// What is asked of a session, where the server knows the setting. A run may be silent for long while the service
/// works, and a client whose host has died must be noticed within a minute.
const SETTINGS: &str = "
    SELECT pg_catalog.set_config(name, value, false)
    FROM (VALUES
        ('statement_timeout', '0'),
        ('lock_timeout', '10s'),
        ('idle_session_timeout', '0'),
        ('idle_in_transaction_session_timeout', '60s'),
        ('default_transaction_isolation', 'read committed'),
        ('default_transaction_read_only', 'off'),
        ('tcp_keepalives_idle', '20'),
        ('tcp_keepalives_interval', '5'),
        ('tcp_keepalives_count', '4'),
        ('tcp_user_timeout', '40000')
    ) AS wanted (name, value)
    JOIN pg_catalog.pg_settings USING (name)
    UNION ALL
    SELECT pg_catalog.set_config(name, 'on', false)
    FROM pg_catalog.pg_settings WHERE name = 'synchronous_commit' AND setting = 'off'";

/// A connection that nobody else has.
pub(super) struct Session {
    place: Arc<str>,
    schema: String,
    client: Client,
    backend: i32,
    is_replica: bool,
    is_utf8: bool,
    /// The statement of every commit, once it was prepared.
    commit: OnceCell<Statement>,
}

impl Session {
    /// Connects, and refuses a server that cannot hold a ledger.
    pub(super) async fn begin(address: &PostgresAddress, password: Option<&SecretString>) -> Result<Self, LedgerError> {
        let place: Arc<str> = address.shown().into();
        let way = Way::to(address, password, &place)?;
        let client = way.connect().await?;
        let unfit = |why: String| LedgerError::Unfit { place: place.to_string(), why };
        let row = one(
            &client,
            &place,
            "SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('server_version_num'),
                    pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('server_encoding')",
        )
        .await?;
        let backend = row.get(0).and_then(|text| text.parse().ok()).unwrap_or_default();
        let version: u32 = row.get(1).and_then(|text| text.parse().ok()).unwrap_or_default();
        if version / 10_000 < OLDEST {
            return Err(unfit(format!("its version is {}, and {OLDEST} is the oldest that will do", version / 10_000)));
        }
        let session = Self {
            is_replica: row.get(2) == Some("t"),
            is_utf8: row.get(3) == Some("UTF8"),
            schema: address.schema.clone(),
            place: Arc::clone(&place),
            client,
            backend,
            commit: OnceCell::new(),
        };
        session.is_of_its_own(&way).await?;
        session.client.simple_query(SETTINGS).await.map_err(|error| failed(&place, "opened", &error))?;
        Ok(session)
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) const fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Returns the server's process that serves this session.
    pub(super) const fn backend(&self) -> i32 {
        self.backend
    }

    /// Returns a statement in which `{s}` stands for the schema, whose name needs no quotes.
    pub(super) fn sql(&self, text: &str) -> String {
        text.replace("{s}", &self.schema)
    }

    /// Returns the statement of every commit, which the server keeps ready.
    pub(super) async fn commit_statement(&self, sql: impl Fn() -> String) -> Result<Statement, LedgerError> {
        let prepare = || async { self.client.prepare(&self.sql(&sql())).await };
        let statement = self.commit.get_or_try_init(prepare).await;
        statement.cloned().map_err(|error| failed(&self.place, "written", &error))
    }

    /// Refuses a server on which nothing, or not everything, can be written.
    pub(super) fn must_write(&self) -> Result<(), LedgerError> {
        let why = if self.is_replica {
            "the server is a replica, which permits reading only"
        } else if !self.is_utf8 {
            "the encoding of the database is not UTF8, so it cannot hold every name"
        } else {
            return Ok(());
        };
        Err(LedgerError::Unfit { place: self.place.to_string(), why: why.to_owned() })
    }

    /// Makes sure that a session is for one client, by watching it while a second one is in a transaction: a pooler in
    /// transaction mode gives the server's idle session to the second, and the first finds itself in another.
    async fn is_of_its_own(&self, way: &Way<'_>) -> Result<(), LedgerError> {
        let pooled = || LedgerError::Unfit { place: self.place.to_string(), why: POOLED.to_owned() };
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| LedgerError::Unreachable {
            place: self.place.to_string(),
            action: "opened",
            why: error.to_string(),
        })?;
        let key = i64::from_be_bytes(bytes);
        let held = format!(
            "SELECT pg_catalog.pg_backend_pid(), EXISTS (
                 SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
                     AND pid = {} AND ((classid::bigint << 32) | objid::bigint) = {key})",
            self.backend
        );
        let backend = |row: &SimpleQueryRow| row.get(0).and_then(|text| text.parse().ok()).unwrap_or(0);
        self.statement(&format!("SELECT pg_catalog.pg_try_advisory_lock({key})")).await?;
        let second = way.connect().await?;
        let in_second = async |sql: &str| match second.batch_execute(sql).await {
            Ok(()) => Ok(()),
            // A pooler in statement mode knows no transactions.
            Err(error) if error.code() == Some(&SqlState::PROTOCOL_VIOLATION) => Err(pooled()),
            Err(error) => Err(failed(&self.place, "opened", &error)),
        };
        in_second("BEGIN").await?;
        let other = one(&second, &self.place, &held).await?;
        let here = one(&self.client, &self.place, &held).await?;
        in_second("COMMIT").await?;
        self.statement(&format!(
            "SELECT CASE WHEN pg_catalog.pg_backend_pid() = {} THEN pg_catalog.pg_advisory_unlock({key}) END",
            self.backend
        ))
        .await?;
        let is_held = |row: &SimpleQueryRow| row.get(1) == Some("t");
        let is_one = backend(&here) == self.backend && backend(&other) != self.backend;
        if is_one && is_held(&here) && is_held(&other) { Ok(()) } else { Err(pooled()) }
    }

    async fn statement(&self, sql: &str) -> Result<(), LedgerError> {
        let ended = self.client.simple_query(sql).await;
        ended.map(drop).map_err(|error| failed(&self.place, "opened", &error))
    }
}

/// Asks for one row, without a prepared statement, which a pooler might not have.
async fn one(client: &Client, place: &str, sql: &str) -> Result<SimpleQueryRow, LedgerError> {
    let answer = client.simple_query(sql).await.map_err(|error| failed(place, "opened", &error))?;
    let row = answer
        .into_iter()
        .find_map(|message| if let SimpleQueryMessage::Row(row) = message { Some(row) } else { None });
    row.ok_or_else(|| LedgerError::Unfit {
        place: place.to_owned(),
        why: "it does not answer as PostgreSQL does".to_owned(),
    })
}

/// How to get to the server.
struct Way<'a> {
    place: &'a Arc<str>,
    config: Config,
    tls: Option<ClientConfig>,
    patience: Duration,
}

impl<'a> Way<'a> {
    fn to(
        address: &PostgresAddress,
        password: Option<&SecretString>,
        place: &'a Arc<str>,
    ) -> Result<Self, LedgerError> {
        let PostgresAddress { host, port, user, database, tls, roots, password: own, patience, schema: _ } = address;
        let mut config = Config::new();
        config
            .port(*port)
            .user(user)
            .dbname(database)
            .application_name("hubform")
            .connect_timeout(*patience)
            .keepalives_idle(Duration::from_secs(20))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(4)
            .tcp_user_timeout(Duration::from_secs(40));
        if let Some(password) = own.as_ref().or(password) {
            config.password(password.expose_secret());
        }
        let mode = match host {
            Host::Network(name) => {
                config.host(name);
                *tls
            }
            // As with libpq, a socket needs no protection.
            Host::Socket(folder) => {
                config.host(folder.to_string_lossy());
                TlsMode::Disable
            }
        };
        config.ssl_mode(match mode {
            TlsMode::Disable => SslMode::Disable,
            TlsMode::Prefer => SslMode::Prefer,
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
        });
        let tls = match mode {
            TlsMode::Disable => None,
            TlsMode::Prefer | TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => {
                let config = tls::config(mode, roots.as_deref());
                let action = "reached with TLS";
                Some(config.map_err(|why| LedgerError::Unreachable { place: place.to_string(), action, why })?)
            }
        };
        Ok(Self { place, config, tls, patience: *patience })
    }

    async fn connect(&self) -> Result<Client, LedgerError> {
        match &self.tls {
            None => self.connect_with(NoTls).await,
            Some(config) => self.connect_with(MakeRustlsConnect::new(config.clone())).await,
        }
    }

    async fn connect_with<T>(&self, tls: T) -> Result<Client, LedgerError>
    where
        T: MakeTlsConnect<Socket> + 'static,
        T::Stream: Send,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let connected =
            timeout(self.patience, self.config.connect(tls)).await.map_err(|_| LedgerError::Unreachable {
                place: self.place.to_string(),
                action: "reached",
                why: format!("no answer came within {} s", self.patience.as_secs()),
            })?;
        let (client, connection) = connected.map_err(|error| failed(self.place, "reached", &error))?;
        let place = Arc::clone(self.place);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, place = &*place, "the connection to the ledger is lost");
            }
        });
        Ok(client)
    }
}
