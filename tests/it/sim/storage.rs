//! The state file.

use std::path::Path;

use hubform::sim::{Config, SimError, Simulator, StoreError};
use serde_json::json;

use super::service::{Service, number, quick, text};

fn kept(path: &Path) -> Config {
    Config { state: Some(path.to_owned()), ..quick() }
}

/// Makes a bit of everything.
async fn fill(service: &Service) {
    let customer = service.telephone_customer().await;
    service.branch(&customer.org, "Branch").await;
    let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
    let ann = service.subscriber(&customer, "ann", line).await;
    service.subscriber(&customer, "bob", json!({ "extension": "202" })).await;
    service.delete(&format!("/wholesale/subscribers/{}", text(&ann["id"]))).await.expect(204);
    service.post("/registry/templates", json!({ "name": "standard", "spec": { "a": 1 } })).await.expect(201);
    // Something that is still under way.
    service.post_customer("young", &["webex_calling"]).await;
}

#[tokio::test]
async fn the_state_is_the_same_after_a_reopen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/sim.db");
    let service = Service::with(kept(&path)).await;
    fill(&service).await;
    let before = service.sim.state();
    assert!(!before.jobs.is_empty() || !before.templates.is_empty());
    let Service { sim, running, .. } = service;
    running.stop().await;
    drop(sim);
    let again = Service::with(kept(&path)).await;
    assert_eq!(again.sim.state(), before);
    let found = again.get("/wholesale/customers?externalId=young").await.expect(200);
    assert_eq!(found["items"][0]["status"], "provisioned");
    again.customer("next", &["webex_meetings"]).await;
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sim.db");
    let service = Service::with(kept(&path)).await;
    fill(&service).await;
    // What a killed process leaves: the file and its write-ahead log as they are now.
    let copy = folder.path().join("copy.db");
    std::fs::copy(&path, &copy).unwrap();
    std::fs::copy(folder.path().join("sim.db-wal"), folder.path().join("copy.db-wal")).unwrap();
    let again = Simulator::open(kept(&copy)).unwrap();
    assert_eq!(again.state(), service.sim.state());
}

#[tokio::test]
async fn work_under_way_is_done_after_a_reopen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sim.db");
    let delay = std::time::Duration::from_hours(1);
    let service = Service::with(Config { provisioning_delay: delay, ..kept(&path) }).await;
    let id = service.post_customer("acme", &["webex_calling"]).await;
    let Service { sim, running, .. } = service;
    running.stop().await;
    drop(sim);
    let again = Service::with(kept(&path)).await;
    let customer = format!("/wholesale/customers/{id}");
    assert_eq!(again.get(&customer).await.expect(200)["status"], "provisioning");
    again.clock.advance(delay);
    assert_eq!(again.get(&customer).await.expect(200)["status"], "provisioned");
}

#[test]
fn a_file_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sim.db");
    let first = Simulator::open(kept(&path)).unwrap();
    let Err(SimError::Store(error)) = Simulator::open(kept(&path)) else { panic!("opened twice") };
    assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
    drop(first);
    assert!(Simulator::open(kept(&path)).is_ok());
}

#[test]
fn a_file_of_a_newer_format_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sim.db");
    drop(Simulator::open(kept(&path)).unwrap());
    let file = rusqlite::Connection::open(&path).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    file.close().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let Err(error) = Simulator::open(kept(&path)) else { panic!("opened") };
    assert!(error.to_string().contains("format 99"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, and long enough to be taken for the header of one").unwrap();
    let other = folder.path().join("other.db");
    let file = rusqlite::Connection::open(&other).unwrap();
    file.execute_batch("CREATE TABLE mine (x)").unwrap();
    file.close().unwrap();
    for path in [&text, &other] {
        let bytes = std::fs::read(path).unwrap();
        let Err(SimError::Store(error)) = Simulator::open(kept(path)) else { panic!("opened") };
        assert!(matches!(error, StoreError::NotAState { .. }), "{error:?}");
        assert_eq!(&std::fs::read(path).unwrap(), &bytes);
    }
}

#[test]
fn a_damaged_record_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sim.db");
    drop(Simulator::open(kept(&path)).unwrap());
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute("UPDATE record SET body = '{}' WHERE kind = 'people'", []).unwrap();
    file.close().unwrap();
    let Err(error) = Simulator::open(kept(&path)) else { panic!("opened") };
    assert!(error.to_string().contains("damaged at people"), "{error}");
}
