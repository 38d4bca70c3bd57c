//! The client that only looks.

use std::{collections::BTreeSet, fs, path::Path};

use hubform::webex::{InspectApi as _, ReadApi as _, ReadClient, Stats};
use serde_json::json;

use super::scripted::{Service, ok};

#[tokio::test]
async fn the_half_that_looks_counts_with_the_whole() {
    let service = Service::start(|_, _| ok(&json!({"id": "p", "orgId": "o", "items": []}))).await;
    let client = service.client();
    let reader = client.reader();
    assert_eq!(reader.partner().await.unwrap().org_id.as_str(), "o");
    reader.clone().sub_partners().await.unwrap();
    assert_eq!(client.stats(), reader.stats());
    assert_eq!(client.stats(), Stats { requests: 2, ..Stats::default() });
    let alone = ReadClient::new(service.settings()).unwrap();
    alone.account().await.unwrap();
    assert_eq!((alone.stats().requests, client.stats().requests), (2, 2));
}

/// What else holds: `plan` and `show` cannot change anything because of the type that they are given. Only these
/// commands open the way to the other one.
#[test]
fn only_commands_that_carry_out_get_a_client_that_writes() {
    let cli = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli");
    let mut naming = BTreeSet::new();
    for folder in [cli.clone(), cli.join("command")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && fs::read_to_string(&path).unwrap().contains("Connection::writing(") {
                naming.insert(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    assert_eq!(naming, ["carry.rs", "template.rs"].map(str::to_owned).into());
}
