use super::*;

const BASE: &str = "units/customer/acme/base.json";
const LOG: &str = "units/customer/acme/log/00000000000000000003.json";
const BEAT: &str = "holders/r2/beat.json";

async fn write(store: &Arc<dyn ObjectStore>, name: &str, text: &[u8]) {
    object_store::ObjectStoreExt::put(&**store, &name.into(), text.to_vec().into()).await.unwrap();
}

async fn text(store: &Arc<dyn ObjectStore>, name: &str) -> String {
    let found = object_store::ObjectStoreExt::get(&**store, &name.into()).await.unwrap();
    String::from_utf8(found.bytes().await.unwrap().to_vec()).unwrap()
}

/// A ledger whose unit has a base and three objects in its log; its holder has died.
async fn furnished() -> Arc<dyn ObjectStore> {
    let store = memory();
    let ledger = open(&store).await;
    let acme = units(&["customer/acme"]);
    lock(&ledger, &acme, "r1").await;
    ledger.commit("r1", &[put("customer/acme", 1)]).await.unwrap();
    ledger.unlock("r1").await.unwrap();
    let other = open_with(&store, Habits { compact_after: 100, ..asleep() }).await;
    lock(&other, &acme, "r2").await;
    other.commit("r2", &[put("customer/acme", 2)]).await.unwrap();
    other.commit("r2", &[put("user/acme/ann@acme.example", 3)]).await.unwrap();
    store
}

fn log() -> String {
    LOG.replace('3', "6")
}

#[tokio::test(start_paused = true)]
async fn a_damaged_object_is_named_and_never_a_panic() {
    let good = furnished().await;
    assert_eq!(all(&open(&good).await).await.records.len(), 2, "the names are the ones that this test is about");
    for name in [BASE, &log(), BEAT, "ledger.json"] {
        let text = text(&good, name).await;
        let other = text.replace("customer/acme", "customer/other");
        let half = &text[..text.len() / 2];
        let stranger = text.replace("lineage-1", "lineage-9");
        let kind = text.replace("\"kind\":\"customer\"", "\"kind\":\"location\"");
        for bad in ["", "{}", "[1,2]", "null", "\u{1b}[2J", half, &other, &stranger, &kind] {
            if bad == text || (name == "ledger.json" && bad == stranger) {
                continue;
            }
            let store = furnished().await;
            write(&store, name, bad.as_bytes()).await;
            let place = ObjectPlace::over(PLACE, Arc::clone(&store)).with_habits(habits());
            let error = match ObjectLedger::open(&place, &expected(), "lineage-1").await {
                Err(error) => error,
                Ok(ledger) if name == BEAT => ledger.lock(&units(&["customer/acme"]), &holder("r3")).await.unwrap_err(),
                Ok(ledger) => ledger.load(Units::All).await.unwrap_err(),
            };
            assert!(
                matches!(error, LedgerError::Damaged { .. } | LedgerError::NotALedger { .. }),
                "{name}: {bad}: {error}"
            );
            let told = error.to_string();
            assert!(told.contains(name) && told.len() < 600 && !told.contains('\u{1b}'), "{told}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_newer_version_wrote_is_refused() {
    for name in [BASE, &log(), "ledger.json"] {
        let store = furnished().await;
        let newer = text(&store, name).await.replace("\"format\":1", "\"format\":2,\"more\":{}");
        write(&store, name, newer.as_bytes()).await;
        let place = ObjectPlace::over(PLACE, Arc::clone(&store)).with_habits(habits());
        let error = match ObjectLedger::open(&place, &expected(), "lineage-1").await {
            Err(error) => error,
            Ok(ledger) => ledger.load(Units::All).await.unwrap_err(),
        };
        assert!(matches!(error, LedgerError::Newer { found: 2, known: 1, .. }), "{name}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_of_the_log_that_somebody_took_away_is_missed() {
    let store = furnished().await;
    let gone = log().replace('6', "5");
    object_store::ObjectStoreExt::delete(&*store, &gone.as_str().into()).await.unwrap();
    let error = open(&store).await.load(Units::All).await.unwrap_err();
    assert!(matches!(error, LedgerError::Damaged { .. }) && error.to_string().contains(&gone), "{error}");
}

#[tokio::test(start_paused = true)]
async fn objects_that_are_none_of_ours_are_left_alone() {
    let store = furnished().await;
    let before = all(&open(&store).await).await;
    for name in ["units/notes.txt", "units/customer/ACME/base.json", "units/customer/acme/log/7.json", "readme.md"] {
        write(&store, name, b"?").await;
    }
    let ledger = open(&store).await;
    assert_eq!(all(&ledger).await, before);
    lock(&ledger, &units(&["customer/acme"]), "r3").await;
    ledger.unlock("r3").await.unwrap();
    assert_eq!(text(&store, "units/customer/acme/log/7.json").await, "?");
}
