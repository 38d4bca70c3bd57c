//! The ledger in PostgreSQL, against a real server.

pub mod server;

use std::{collections::BTreeSet, sync::Arc, time::Instant};

use hubform::{
    ledger::{Change, Expected, Ledger, LedgerError, PostgresAddress, PostgresLedger, Units, Vitality},
    model::{Address, LedgerState, Problem},
};
use secrecy::SecretString;

use super::conformance::{self, Kind, Soon, assert_lost, entry, expected, holder, put, start, unit, units};
use server::{Pooler, Server, shared};

/// Ledgers in schemas of one database.
struct Schemas {
    server: &'static Server,
}

impl Schemas {
    fn address(&self, name: &str) -> PostgresAddress {
        let schema = name.replace('-', "_");
        let text = format!("{}?schema={schema}&sslmode=disable", self.server.address("admin", "postgres"));
        PostgresAddress::parse(&text).unwrap()
    }
}

impl Kind for Schemas {
    fn open<'a>(
        &'a self,
        name: &'a str,
        expected: &'a Expected,
        newborn: &'a str,
    ) -> Soon<'a, Result<Arc<dyn Ledger>, LedgerError>> {
        Box::pin(async move {
            let ledger = PostgresLedger::open(&self.address(name), None, expected, newborn).await?;
            Ok(Arc::new(ledger) as Arc<dyn Ledger>)
        })
    }

    fn look<'a>(&'a self, name: &'a str, expected: &'a Expected) -> Soon<'a, Result<Option<LedgerState>, LedgerError>> {
        Box::pin(async move {
            match PostgresLedger::existing(&self.address(name), None, expected).await? {
                Some(ledger) => ledger.load(Units::All).await.map(Some),
                None => Ok(None),
            }
        })
    }

    fn outdate<'a>(&'a self, name: &'a str, format: u32) -> Soon<'a, ()> {
        Box::pin(async move {
            let sql = format!("UPDATE {name}.meta SET value = '{format}' WHERE key = 'schema_version'");
            self.server.execute("postgres", &sql).await;
        })
    }
}

/// Returns an address of a schema of its own.
fn address(server: &Server, user: &str, rest: &str) -> PostgresAddress {
    let separator = if rest.contains('?') { '&' } else { '?' };
    let sslmode = if rest.contains("sslmode") { "" } else { "sslmode=disable" };
    PostgresAddress::parse(&format!("{}{separator}{sslmode}", server.address(user, rest))).unwrap()
}

async fn open(address: &PostgresAddress) -> Result<PostgresLedger, LedgerError> {
    PostgresLedger::open(address, None, &expected(), "lineage-1").await
}

/// Makes a database with a user of one name, who may connect and nothing else.
async fn database(server: &Server, name: &str) {
    let admin = server.client("postgres").await;
    for sql in [
        format!("CREATE DATABASE {name}"),
        format!("CREATE ROLE {name} LOGIN"),
        format!("REVOKE CREATE ON DATABASE {name} FROM PUBLIC"),
    ] {
        admin.batch_execute(&sql).await.unwrap();
    }
}

/// Asserts what an error says, and that it says how to put it right.
#[track_caller]
fn assert_says(error: &LedgerError, code: &str, words: &[&str]) {
    let problem = Problem::from(error);
    assert_eq!(problem.code.0, code, "{error:?}");
    for word in words {
        assert!(problem.message.contains(word), "`{word}` in {}", problem.message);
    }
    assert!(problem.fix.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_a_ledger_like_any_other() {
    let Some(server) = shared() else { return };
    conformance::conforms(&Schemas { server }).await;
}

#[tokio::test]
async fn a_run_whose_session_is_ended_has_lost_its_units() {
    let Some(server) = shared() else { return };
    let at = address(server, "admin", "postgres?schema=ended");
    let (one, other) = (open(&at).await.unwrap(), open(&at).await.unwrap());
    let acme = units(["customer/acme"]);
    one.lock(&acme, &holder("r1")).await.unwrap();
    one.begin_run(&start("r1", [("customer/acme", &["s"])])).await.unwrap();
    one.commit("r1", &[put("customer/acme", 1)]).await.unwrap();
    assert_eq!(other.locks().await.unwrap()[0].vitality, Vitality::Alive);
    // By an operator of the database, as when the network is gone for long.
    let ended = "SELECT pg_terminate_backend(l.pid, 10000) FROM pg_locks l JOIN ended.lock r
                 ON (l.classid::bigint << 32) | l.objid::bigint = r.sign WHERE l.locktype = 'advisory'";
    server.execute("postgres", ended).await;
    assert_eq!(other.locks().await.unwrap()[0].vitality, Vitality::Gone);
    other.lock(&acme, &holder("r2")).await.unwrap();
    other.commit("r2", &[put("customer/acme", 2)]).await.unwrap();
    // The first may find out by this very commit that it is cut off; nothing of it is kept.
    let error = one.commit("r1", &[put("customer/acme", 3)]).await.unwrap_err();
    assert!(matches!(error, LedgerError::LockLost { .. } | LedgerError::Unreachable { .. }), "{error:?}");
    assert_lost(one.commit("r1", &[put("customer/acme", 3)]).await, "customer/acme");
    assert_says(&one.lock(&acme, &holder("r1")).await.unwrap_err(), "HF712", &["ended"]);
    assert_says(&one.load(Units::All).await.unwrap_err(), "HF712", &[]);
    assert_eq!(other.load(Units::All).await.unwrap().versions[&unit("customer/acme")], 3);
}

#[tokio::test]
async fn what_was_committed_outlives_the_server() {
    let Some(server) = server::or_left_out(Server::start(), "PostgreSQL is not installed") else { return };
    let at = address(&server, "admin", "postgres");
    let ledger = open(&at).await.unwrap();
    let both = units(["customer/acme", "customer/b"]);
    ledger.lock(&both, &holder("r1")).await.unwrap();
    let begun = Change::Begin { entry: Box::new(entry("r1", 1, "customer/acme")) };
    ledger.commit("r1", &[put("customer/acme", 1), begun]).await.unwrap();
    for crash in [false, true] {
        if crash {
            server.crash();
        } else {
            server.restart();
        }
        // Never written behind the back of a run that was cut off.
        assert!(ledger.commit("r1", &[put("customer/acme", 2)]).await.is_err());
        assert_lost(ledger.commit("r1", &[put("customer/acme", 2)]).await, "customer/acme");
        let afresh = open(&at).await.unwrap();
        let state = afresh.load(Units::All).await.unwrap();
        assert_eq!((state.records.len(), state.open_entries().count()), (1, 1));
        let gone = afresh.locks().await.unwrap();
        assert!(gone.len() == 2 && gone.iter().all(|lock| lock.vitality == Vitality::Gone), "{gone:?}");
    }
    let afresh = open(&at).await.unwrap();
    afresh.lock(&both, &holder("r2")).await.unwrap();
    afresh.commit("r2", &[put("customer/acme", 3)]).await.unwrap();
}

#[tokio::test]
async fn looking_makes_no_schema() {
    let Some(server) = shared() else { return };
    let at = address(server, "admin", "postgres?schema=never_made");
    assert!(PostgresLedger::existing(&at, None, &expected()).await.unwrap().is_none());
    let client = server.client("postgres").await;
    let rows = client.query("SELECT FROM pg_namespace WHERE nspname = 'never_made'", &[]).await.unwrap();
    assert!(rows.is_empty());
}

#[tokio::test]
async fn an_account_that_may_not_is_told_what_it_needs() {
    let Some(server) = shared() else { return };
    database(server, "narrow").await;
    let at = address(server, "narrow", "narrow");
    let error = open(&at).await.unwrap_err();
    assert_says(&error, "HF713", &["permission denied for database narrow", "CREATE SCHEMA hubform"]);
    // A schema that somebody else made: it may not even be used, then not be filled.
    server.execute("narrow", "CREATE SCHEMA hubform; GRANT USAGE ON SCHEMA hubform TO narrow").await;
    let error = open(&at).await.unwrap_err();
    assert_says(&error, "HF713", &["permission denied for schema hubform", "GRANT USAGE, CREATE ON SCHEMA hubform"]);
    server.execute("narrow", "GRANT CREATE ON SCHEMA hubform TO narrow").await;
    drop(open(&at).await.unwrap());
    // Reading alone is enough to look, and not to write.
    server
        .execute(
            "narrow",
            "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA hubform TO reader;
             GRANT SELECT ON ALL TABLES IN SCHEMA hubform TO reader",
        )
        .await;
    let reader = address(server, "reader", "narrow");
    let looking = PostgresLedger::existing(&reader, None, &expected()).await.unwrap().unwrap();
    assert!(looking.load(Units::All).await.unwrap().is_new);
    let error = looking.lock(&units(["customer/acme"]), &holder("r1")).await.unwrap_err();
    assert_says(&error, "HF713", &["permission denied for table lock"]);
    let error = looking.bind_partner(&hubform::model::OrgId::new("p")).await.unwrap_err();
    assert_says(&error, "HF713", &["permission denied for table meta"]);
}

#[tokio::test]
async fn a_password_is_taken_from_where_it_is_and_shown_nowhere() {
    let Some(server) = shared() else { return };
    server
        .execute(
            "postgres",
            "CREATE ROLE knows_password LOGIN SUPERUSER PASSWORD 'correct horse';
             CREATE ROLE tells_password LOGIN SUPERUSER PASSWORD 'correct horse'",
        )
        .await;
    for user in ["knows_password", "tells_password"] {
        let at = address(server, user, "postgres?schema=secret");
        let error = open(&at).await.unwrap_err();
        assert_says(&error, "HF713", &["asks for a password", "PGPASSWORD", user]);
        let wrong = SecretString::from("wrong horse");
        let error = PostgresLedger::open(&at, Some(&wrong), &expected(), "x").await.unwrap_err();
        assert_says(&error, "HF713", &["password authentication failed", "28P01"]);
        assert!(!format!("{error:?}").contains("horse"));
        let right = SecretString::from("correct horse");
        let ledger = PostgresLedger::open(&at, Some(&right), &expected(), "x").await.unwrap();
        assert!(!format!("{ledger:?} {}", ledger.place()).contains("horse"));
        // The address comes first, as with libpq.
        let text = server.address(&format!("{user}:correct%20horse"), "postgres?schema=secret&sslmode=disable");
        let at = PostgresAddress::parse(&text).unwrap();
        let ledger = PostgresLedger::open(&at, Some(&wrong), &expected(), "x").await.unwrap();
        assert!(at.has_password() && !format!("{at:?} {ledger:?} {}", ledger.place()).contains("horse"));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_with_its_address() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let at = PostgresAddress::parse(&format!("postgres://hub@127.0.0.1:{port}/led?connect_timeout=1")).unwrap();
    let error = open(&at).await.unwrap_err();
    assert_says(&error, "HF712", &[&format!("postgres://hub@127.0.0.1:{port}/led"), "no answer came within 1 s"]);
    drop(silent);
    for result in [open(&at).await.map(drop), PostgresLedger::existing(&at, None, &expected()).await.map(drop)] {
        assert_says(&result.unwrap_err(), "HF712", &["cannot be reached", "refused"]);
    }
    let Some(server) = shared() else { return };
    let error = open(&address(server, "admin", "no_such")).await.unwrap_err();
    assert_says(&error, "HF712", &["database \"no_such\" does not exist"]);
    let error = open(&address(server, "nobody", "postgres")).await.unwrap_err();
    assert_says(&error, "HF713", &["role \"nobody\" does not exist"]);
}

#[tokio::test]
async fn a_socket_is_a_way_too() {
    let Some(server) = shared() else { return };
    let text = format!("postgres://admin@localhost:{}/postgres?schema=socket&host={}", server.port, server.home);
    let ledger = open(&PostgresAddress::parse(&text).unwrap()).await.unwrap();
    assert!(ledger.place().contains(&server.home), "{}", ledger.place());
}

#[tokio::test]
async fn the_connection_is_protected_as_sslmode_says() {
    let Some(server) = shared() else { return };
    let Some(certificate) = server::or_left_out(server.certificate.as_ref(), "openssl is not installed: TLS") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, certificate).unwrap();
    server.execute("postgres", "CREATE ROLE only_tls LOGIN SUPERUSER PASSWORD 'correct horse'").await;
    let roots = roots.display();
    let password = SecretString::from("correct horse");
    let port = server.port;
    let open = async |host: &str, rest: &str| {
        let text = format!("postgres://only_tls@{host}:{port}/postgres?schema=tls&{rest}");
        PostgresLedger::open(&PostgresAddress::parse(&text).unwrap(), Some(&password), &expected(), "x").await.map(drop)
    };
    let nothing = "";
    let full = format!("sslmode=verify-full&sslrootcert={roots}");
    let ca = format!("sslmode=verify-ca&sslrootcert={roots}");
    let require = format!("sslmode=require&sslrootcert={roots}");
    for (host, rest) in [
        ("127.0.0.1", nothing),
        ("127.0.0.1", "sslmode=require"),
        ("localhost", &full),
        ("localhost", &ca),
        // The certificate names `localhost` alone.
        ("127.0.0.1", &ca),
        ("127.0.0.1", &require),
    ] {
        open(host, rest).await.unwrap_or_else(|error| panic!("{host} {rest}: {error:?}"));
    }
    let error = open("127.0.0.1", &full).await.unwrap_err();
    assert_says(&error, "HF712", &["certificate", "localhost"]);
    for mode in ["verify-ca", "verify-full"] {
        let error = open("localhost", &format!("sslmode={mode}")).await.unwrap_err();
        assert_says(&error, "HF712", &["certificate"]);
    }
    let error = open("localhost", "sslmode=disable").await.unwrap_err();
    assert_says(&error, "HF713", &["pg_hba.conf rejects connection", "no encryption"]);
    let error = open("localhost", "sslmode=verify-full&sslrootcert=/no/such.pem").await.unwrap_err();
    assert_says(&error, "HF712", &["/no/such.pem"]);
}

#[tokio::test]
async fn a_pooler_that_shares_sessions_is_refused() {
    let Some(server) = shared() else { return };
    for mode in ["transaction", "statement", "session"] {
        let pooler = Pooler::start(server, mode);
        let Some(pooler) = server::or_left_out(pooler, "PgBouncer is not installed: poolers") else { return };
        let text = format!("postgres://admin@127.0.0.1:{}/postgres?schema=pooled", pooler.port);
        let at = PostgresAddress::parse(&text).unwrap();
        // More than once, since what a pooler does depends on who was there before.
        for _ in 0..3 {
            if mode == "session" {
                let ledger = open(&at).await.unwrap();
                ledger.lock(&units(["customer/acme"]), &holder("r1")).await.unwrap();
                ledger.commit("r1", &[put("customer/acme", 1)]).await.unwrap();
                ledger.unlock("r1").await.unwrap();
                continue;
            }
            let looked = PostgresLedger::existing(&at, None, &expected()).await.map(drop).unwrap_err();
            for error in [open(&at).await.unwrap_err(), looked] {
                assert_says(&error, "HF714", &["pooler", "session of its own"]);
            }
        }
    }
}

#[tokio::test]
async fn what_belongs_to_another_program_is_left_alone() {
    let Some(server) = shared() else { return };
    for (schema, tables) in [
        ("foreign_a", "CREATE TABLE foreign_a.orders (id int)"),
        ("foreign_b", "CREATE TABLE foreign_b.meta (key text, value text)"),
        ("foreign_c", "CREATE TABLE foreign_c.meta (id int)"),
    ] {
        server.execute("postgres", &format!("CREATE SCHEMA {schema}; {tables}")).await;
        let at = address(server, "admin", &format!("postgres?schema={schema}"));
        let looked = PostgresLedger::existing(&at, None, &expected()).await.map(drop).unwrap_err();
        for error in [open(&at).await.unwrap_err(), looked] {
            assert_says(&error, "HF702", &[schema, "tables of another program"]);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let Some(server) = shared() else { return };
    let at = address(server, "admin", "postgres?schema=broken");
    let ledger = open(&at).await.unwrap();
    ledger.lock(&units(["customer/acme"]), &holder("r1")).await.unwrap();
    for (table, column, value, words) in [
        ("record", "ids", "'{}'", ["customer/acme", "`kind`"].as_slice()),
        ("record", "ids", r#"'{"kind":"location","id":"x"}'"#, &["customer/acme", "location"]),
        ("record", "lifecycle", "'[]'", &["customer/acme"]),
        ("record", "address", "'nonsense'", &["a record"]),
        ("entry", "ended", "'perhaps'", &["journal", "perhaps"]),
        ("entry", "number", "-1", &["journal"]),
        ("entry", "number", "7", &["journal", "r1:7"]),
        ("unit", "unit", "'nonsense'", &["unit"]),
        ("unit", "version", "-1", &["version"]),
    ] {
        let begun = Change::Begin { entry: Box::new(entry("r1", 1, "customer/acme")) };
        ledger.commit("r1", &[put("customer/acme", 1), begun]).await.unwrap();
        server.execute("postgres", &format!("UPDATE broken.{table} SET {column} = {value}")).await;
        let error = ledger.load(Units::All).await.unwrap_err();
        assert_says(&error, "HF703", words);
        server.execute("postgres", &format!("DELETE FROM broken.{table}")).await;
    }
    server.execute("postgres", "DROP TABLE broken.step").await;
    assert_says(&ledger.commit("r1", &[put("customer/acme", 1)]).await.unwrap_err(), "HF703", &["step"]);
    server.execute("postgres", "DELETE FROM broken.meta WHERE key = 'project'").await;
    assert_says(&open(&at).await.unwrap_err(), "HF703", &["`project`"]);
}

#[tokio::test]
async fn an_entry_is_changed_through_its_own_unit_alone() {
    let Some(server) = shared() else { return };
    let ledger = open(&address(server, "admin", "postgres?schema=entries")).await.unwrap();
    ledger.lock(&units(["customer/acme", "customer/b"]), &holder("r1")).await.unwrap();
    let begun = entry("r1", 1, "customer/acme");
    let end =
        |name: &str| Change::End { unit: unit(name), entry: begun.id.clone(), ended: hubform::model::Ended::Settled };
    let first = Change::Begin { entry: Box::new(begun.clone()) };
    ledger.commit("r1", &[first, end("customer/b")]).await.unwrap();
    ledger.commit("r1", &[end("customer/b")]).await.unwrap();
    assert_eq!(ledger.load(Units::All).await.unwrap().open_entries().count(), 1);
    ledger.commit("r1", &[end("customer/acme")]).await.unwrap();
    assert_eq!(ledger.load(Units::All).await.unwrap().open_entries().count(), 0);
}

#[tokio::test]
async fn support_can_ask_with_psql() {
    let Some(server) = shared() else { return };
    let ledger = open(&address(server, "admin", "postgres?schema=asked")).await.unwrap();
    ledger.lock(&units(["customer/acme"]), &holder("r1")).await.unwrap();
    let begun = Change::Begin { entry: Box::new(entry("r1", 1, "user/acme/ann@acme.example")) };
    ledger.commit("r1", &[put("user/acme/ann@acme.example", 2), begun]).await.unwrap();
    let client = server.client("postgres").await;
    let row = client
        .query_one(
            "SELECT address, kind, customer, remote_id, applied ->> 'flag' FROM asked.record WHERE unit = 'customer/acme'",
            &[],
        )
        .await
        .unwrap();
    let texts: Vec<String> = (0..5).map(|column| row.get(column)).collect();
    assert_eq!(texts, ["user/acme/ann@acme.example", "user", "acme", "id-2", "true"]);
    let row = client
        .query_one("SELECT entry ->> 'request', sent, ended IS NULL FROM asked.entry WHERE run = 'r1'", &[])
        .await
        .unwrap();
    assert_eq!(
        (row.get::<_, String>(0), row.get::<_, String>(1), row.get::<_, bool>(2)),
        ("update-customer".to_owned(), "2026-11-22T17:00:01.25Z".to_owned(), true)
    );
}

/// Two runs that each want what the other has, many times over: one is refused, neither waits for ever.
#[tokio::test(flavor = "multi_thread")]
async fn runs_that_want_the_same_units_in_any_order_never_block_each_other() {
    let Some(server) = shared() else { return };
    let at = &address(server, "admin", "postgres?schema=crossed");
    drop(open(at).await.unwrap());
    let work = (0..6_u64).map(|number| async move {
        let ledger = open(at).await.unwrap();
        let mut dice = conformance::Dice::new(number + 1);
        let run = format!("r{number}");
        let mut done = 0;
        for round in 0..30 {
            let wanted: BTreeSet<_> =
                (0..4).filter(|_| dice.roll(2) == 0).map(|it| unit(&format!("customer/c{it}"))).collect();
            match ledger.lock(&wanted, &holder(&run)).await {
                Ok(()) => {
                    let changes: Vec<_> = wanted.iter().map(|unit| put(&unit.to_string(), round)).collect();
                    ledger.commit(&run, &changes).await.unwrap();
                    done += wanted.len();
                    ledger.unlock(&run).await.unwrap();
                }
                Err(LedgerError::Held { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        done
    });
    let done: usize = futures_util::future::join_all(work).await.into_iter().sum();
    let state = open(at).await.unwrap().load(Units::All).await.unwrap();
    let counted: u64 = state.versions.values().sum();
    assert!(done > 0 && counted == u64::try_from(done).unwrap(), "{done} {:?}", state.versions);
}

/// What `docs/ledger.md` says about speed was measured with this; `fsync` is on for the commits.
#[tokio::test]
#[ignore = "a measurement: cargo test --release --test it ledger::postgres::speed -- --ignored --nocapture"]
#[expect(clippy::print_stdout, reason = "what was measured is for the reader")]
async fn speed() {
    let Some(server) = shared() else { return };
    for sql in ["ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()"] {
        server.execute("postgres", sql).await;
    }
    let at = address(server, "admin", "postgres?schema=speed");
    let ledger = open(&at).await.unwrap();
    let acme = units(["customer/acme"]);
    let began = Instant::now();
    ledger.lock(&acme, &holder("r1")).await.unwrap();
    println!("lock: {:?}", began.elapsed());
    let began = Instant::now();
    for number in 0..1000 {
        let entry = Change::Begin { entry: Box::new(entry("r1", number, "user/acme/ann@acme.example")) };
        ledger.commit("r1", &[entry, put("user/acme/ann@acme.example", number)]).await.unwrap();
    }
    println!("1,000 commits of two changes: {:?}", began.elapsed());
    let changes: Vec<_> = (0..1000).map(|number| put(&format!("user/acme/u{number}@acme.example"), number)).collect();
    let began = Instant::now();
    ledger.commit("r1", &changes).await.unwrap();
    println!("one commit of 1,000 changes: {:?}", began.elapsed());
    let mut records = 1001;
    for wanted in [100_000_u64, 1_000_000] {
        let customers: Vec<u64> = (records / 50..wanted / 50).collect();
        let began = Instant::now();
        for some in customers.chunks(100) {
            let names: BTreeSet<_> = some.iter().map(|customer| unit(&format!("customer/c{customer}"))).collect();
            ledger.lock(&names, &holder("r1")).await.unwrap();
            let users =
                |customer: u64| (0..50).map(move |user| format!("user/c{customer}/u{user}@c{customer}.example"));
            let changes: Vec<_> = some.iter().copied().flat_map(users).map(|user| put(&user, 1)).collect();
            ledger.commit("r1", &changes).await.unwrap();
            records += u64::try_from(changes.len()).unwrap();
        }
        println!("up to {records} records: {:?}", began.elapsed());
        let began = Instant::now();
        let state = ledger.load(Units::All).await.unwrap();
        println!("load of {} records: {:?}", state.records.len(), began.elapsed());
        let began = Instant::now();
        let one = ledger.load(Units::Only(&units(["customer/c77"]))).await.unwrap();
        println!("load of one unit, {} records: {:?}", one.records.len(), began.elapsed());
        assert!(one.records.keys().all(|address| matches!(address, Address::User(..))));
        let began = Instant::now();
        println!("{} locks: {:?}", ledger.locks().await.unwrap().len(), began.elapsed());
    }
}
