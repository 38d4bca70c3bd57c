//! The ledger in object storage is one like any other: in memory, and on a server that speaks S3.

mod server;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::join_all;
use hubform::{
    ledger::{Expected, Habits, Ledger, LedgerError, Lock, ObjectLedger, ObjectPlace, Units, Vitality},
    model::{LedgerState, Unit},
};
use object_store::{ObjectStore, ObjectStoreExt as _, aws::AmazonS3Builder, memory::InMemory, path::Path};

use super::conformance::{self, Kind, Soon, expected, holder, put, unit, units};

fn hurried() -> Habits {
    Habits {
        renew_every: Duration::from_millis(500),
        dead_after: Duration::from_secs(60),
        gone_after: Duration::from_secs(10),
        pause: Duration::from_millis(5),
        compact_after: 8,
    }
}

/// Changes a number or a word in an object, as no version of hubform does.
async fn forge(store: &dyn ObjectStore, name: &Path, key: &str, value: serde_json::Value) {
    let bytes = store.get(name).await.unwrap().bytes().await.unwrap();
    let mut document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    document[key] = value;
    store.put(name, serde_json::to_vec(&document).unwrap().into()).await.unwrap();
}

/// Ledgers in stores that live as long as the test.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<String, Arc<InMemory>>>);

impl Memory {
    fn store(&self, name: &str) -> Arc<InMemory> {
        Arc::clone(self.0.lock().unwrap().entry(name.to_owned()).or_default())
    }

    fn place(&self, name: &str) -> ObjectPlace {
        ObjectPlace::over(&format!("memory/{name}"), self.store(name)).with_habits(hurried())
    }
}

/// Ledgers in one bucket of a server.
struct Bucket {
    server: &'static server::Server,
    /// What comes before a ledger's name.
    above: &'static str,
}

impl Bucket {
    fn store(&self) -> impl ObjectStore {
        let mut builder = AmazonS3Builder::new().with_bucket_name(server::BUCKET).with_allow_http(true);
        for (key, value) in self.server.options() {
            let key = key.to_ascii_lowercase().parse().unwrap();
            builder = builder.with_config(key, secrecy::ExposeSecret::expose_secret(&value));
        }
        builder.build().unwrap()
    }

    fn place(&self, name: &str) -> ObjectPlace {
        let address = format!("s3://{}/{}/{name}", server::BUCKET, self.above);
        ObjectPlace::new(&address, &self.server.options()).unwrap().with_habits(hurried())
    }
}

macro_rules! kind {
    ($kind:ident, |$this:ident, $name:ident| $store:expr, $prefix:expr) => {
        impl Kind for $kind {
            fn open<'a>(
                &'a self,
                name: &'a str,
                expected: &'a Expected,
                newborn: &'a str,
            ) -> Soon<'a, Result<Arc<dyn Ledger>, LedgerError>> {
                Box::pin(async move {
                    let ledger = ObjectLedger::open(&self.place(name), expected, newborn).await?;
                    Ok(Arc::new(ledger) as Arc<dyn Ledger>)
                })
            }

            fn look<'a>(
                &'a self,
                name: &'a str,
                expected: &'a Expected,
            ) -> Soon<'a, Result<Option<LedgerState>, LedgerError>> {
                Box::pin(async move {
                    match ObjectLedger::existing(&self.place(name), expected).await? {
                        Some(ledger) => Ok(Some(ledger.load(Units::All).await?)),
                        None => Ok(None),
                    }
                })
            }

            fn outdate<'a>(&'a self, name: &'a str, format: u32) -> Soon<'a, ()> {
                Box::pin(async move {
                    let ($this, $name) = (self, name);
                    let name = Path::from(format!("{}ledger.json", $prefix));
                    forge(&$store, &name, "format", format.into()).await;
                })
            }

            /// Says at once what would be known after a minute of watching.
            fn kill<'a>(&'a self, name: &'a str, ledger: Arc<dyn Ledger>) -> Soon<'a, bool> {
                Box::pin(async move {
                    let locks = ledger.locks().await.unwrap();
                    drop(ledger);
                    let ($this, $name) = (self, name);
                    for lock in locks {
                        let name = Path::from(format!("{}holders/{}/beat.json", $prefix, lock.holder.run));
                        forge(&$store, &name, "life", "gone".into()).await;
                    }
                    true
                })
            }
        }
    };
}

kind!(Memory, |this, name| this.store(name), "");
kind!(Bucket, |this, name| this.store(), format!("{}/{name}/", this.above));

#[tokio::test(flavor = "multi_thread")]
async fn in_memory_it_is_a_ledger_like_any_other() {
    conformance::conforms(&Memory::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_server_it_is_a_ledger_like_any_other() {
    let Some(server) = server::shared() else { return };
    conformance::conforms(&Bucket { server, above: "conformance" }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_server_the_dead_are_taken_over_after_they_were_watched() {
    let Some(server) = server::shared() else { return };
    let bucket = Bucket { server, above: "takeover" };
    let habits =
        Habits { renew_every: Duration::from_millis(100), gone_after: Duration::from_millis(1500), ..hurried() };
    let open = || async {
        let place = bucket.place("x").with_habits(habits.clone());
        Arc::new(ObjectLedger::open(&place, &expected(), "lineage-1").await.unwrap()) as Arc<dyn Ledger>
    };
    let (one, other) = (open().await, open().await);
    let acme = units(["customer/acme"]);
    one.lock(&acme, &holder("r1")).await.unwrap();
    one.commit("r1", &[put("customer/acme", 1)]).await.unwrap();
    let error = other.lock(&acme, &holder("r2")).await.unwrap_err();
    assert!(matches!(error, LedgerError::Held { .. }), "{error}");
    drop(one);
    let silent = |_: &Unit, _: &hubform::ledger::Holder| {};
    let lock = Lock::take(&other, &acme, holder("r2"), Duration::from_secs(60), &silent).await.unwrap();
    other.commit("r2", &[put("customer/acme", 2)]).await.unwrap();
    assert!(matches!(other.commit("r1", &[put("customer/acme", 3)]).await, Err(LedgerError::LockLost { .. })));
    assert_eq!(other.locks().await.unwrap()[0].vitality, Vitality::Alive);
    lock.release().await.unwrap();
    assert_eq!(other.load(Units::All).await.unwrap().versions[&unit("customer/acme")], 2);
}

/// Eight processes, and a hundred customers that each of them works on.
#[tokio::test(flavor = "multi_thread")]
async fn on_a_server_eight_runs_over_a_hundred_customers_lose_nothing() {
    let Some(server) = server::shared() else { return };
    let bucket = &Bucket { server, above: "hundred" };
    let work = (0..8_u64).map(|number| async move {
        let place = bucket.place("x");
        let ledger = Arc::new(ObjectLedger::open(&place, &expected(), "lineage-1").await.unwrap()) as Arc<dyn Ledger>;
        let run = format!("r{number}");
        let silent = |_: &Unit, _: &hubform::ledger::Holder| {};
        for customer in (0..100).filter(|customer| customer % 4 == number % 4) {
            let name = format!("customer/c{customer}");
            let wanted = units([name.as_str()]);
            let run = format!("{run}-{customer}");
            let patience = Duration::from_secs(300);
            let lock = Lock::take(&ledger, &wanted, holder(&run), patience, &silent).await.unwrap();
            ledger.commit(&run, &[put(&format!("user/c{customer}/u{number}@c.example"), number)]).await.unwrap();
            lock.release().await.unwrap();
        }
    });
    join_all(work).await;
    let ledger = ObjectLedger::open(&bucket.place("x"), &expected(), "lineage-1").await.unwrap();
    let state = ledger.load(Units::All).await.unwrap();
    assert_eq!((state.records.len(), state.versions.len()), (200, 100));
    assert!(state.versions.values().all(|version| *version == 2));
    assert_eq!(ledger.locks().await.unwrap(), []);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_and_a_server_that_is_not_there_are_told() {
    let Some(server) = server::shared() else { return };
    let place = ObjectPlace::new("s3://no-such-bucket/x", &server.options()).unwrap();
    for error in [
        ObjectLedger::open(&place, &expected(), "l").await.map(drop).unwrap_err(),
        ObjectLedger::existing(&place, &expected()).await.map(drop).unwrap_err(),
    ] {
        assert!(matches!(error, LedgerError::Unreachable { .. }), "{error:?}");
        assert!(error.to_string().contains("no such bucket"), "{error}");
    }
}
