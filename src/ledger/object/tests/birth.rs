use super::{store::*, *};
use crate::model::OrgId;

async fn try_open(store: Arc<dyn ObjectStore>, expected: &Expected) -> Result<ObjectLedger, LedgerError> {
    ObjectLedger::open(&ObjectPlace::over(PLACE, store).with_habits(habits()), expected, "lineage-1").await
}

#[tokio::test(start_paused = true)]
async fn a_ledger_is_born_with_what_it_belongs_to_and_leaves_no_probe() {
    let store = memory();
    let place = ObjectPlace::over(PLACE, Arc::clone(&store));
    assert!(ObjectLedger::existing(&place, &expected()).await.unwrap().is_none());
    assert_eq!(names(&store).await, [""; 0]);
    let ledger = open(&store).await;
    assert_eq!(ledger.identity().await.unwrap().lineage, "lineage-1");
    assert!(all(&ledger).await.is_new);
    assert_eq!(names(&store).await, ["ledger.json"]);
    assert!(ObjectLedger::existing(&place, &expected()).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn of_two_that_make_it_at_once_one_wins_and_both_go_on() {
    let store = memory();
    let places = ["lineage-1", "lineage-2"].map(|lineage| (ObjectPlace::over(PLACE, Arc::clone(&store)), lineage));
    let expected = expected();
    let open = |(place, lineage)| {
        let expected = &expected;
        async move { ObjectLedger::open(&place, expected, lineage).await.unwrap().identity().await.unwrap() }
    };
    let [one, other] = places.map(open);
    let (one, other) = tokio::join!(one, other);
    assert_eq!(one, other);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_ignores_conditions_cannot_hold_a_ledger() {
    for (create, update, says) in [(true, false, "If-None-Match"), (false, true, "If-Match")] {
        let raw = memory();
        let store = Willful::new(&raw, Will::Ignores { create, update });
        let error = try_open(store, &expected()).await.unwrap_err();
        assert!(matches!(error, LedgerError::Unfit { .. }) && error.to_string().contains(says), "{error}");
        assert_eq!(names(&raw).await, [""; 0], "nothing stays");
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_right_to_write_none_is_made_and_one_that_is_there_can_be_read() {
    let raw = memory();
    let error = try_open(Willful::new(&raw, Will::ReadOnly), &expected()).await.unwrap_err();
    assert!(matches!(error, LedgerError::Denied { .. }), "{error}");
    drop(open(&raw).await);
    let reader = try_open(Willful::new(&raw, Will::ReadOnly), &expected()).await.unwrap();
    assert!(all(&reader).await.is_new);
    let error = reader.lock(&units(&["templates"]), &holder("r1")).await.unwrap_err();
    assert!(matches!(error, LedgerError::Denied { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_ledger_of_something_else_is_refused() {
    let store = memory();
    drop(open(&store).await);
    for other in [
        Expected { project: "other".to_owned(), ..expected() },
        Expected { lineage: Some("lineage-2".to_owned()), ..expected() },
    ] {
        let error = try_open(Arc::clone(&store), &other).await.unwrap_err();
        assert!(matches!(error, LedgerError::Mismatch { .. }), "{error}");
    }
    let wanted = Expected { lineage: Some("lineage-1".to_owned()), ..expected() };
    let error = try_open(memory(), &wanted).await.unwrap_err();
    assert!(matches!(error, LedgerError::Missing { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_partner_is_bound_once() {
    let store = memory();
    let (one, other) = (open(&store).await, open(&store).await);
    let (org, another) = (OrgId::new("o1"), OrgId::new("o2"));
    let (first, second) = tokio::join!(one.bind_partner(&org), other.bind_partner(&org));
    first.and(second).unwrap();
    assert!(matches!(other.bind_partner(&another).await, Err(LedgerError::Mismatch { .. })));
    assert_eq!(one.identity().await.unwrap().partner, Some(org));
}

#[tokio::test(start_paused = true)]
async fn units_without_their_ledger_are_not_taken_for_a_new_one() {
    let store = memory();
    let ledger = open(&store).await;
    lock(&ledger, &units(&["templates"]), "r1").await;
    object_store::ObjectStoreExt::delete(&*store, &"ledger.json".into()).await.unwrap();
    let error = try_open(store, &expected()).await.unwrap_err();
    assert!(matches!(error, LedgerError::Damaged { .. }), "{error}");
}
