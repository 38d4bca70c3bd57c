//! What is learned about the account and the service themselves.

use hubform::{
    model::RoleName,
    webex::{Fault, InspectApi as _, Probe, SubPartnerState},
};
use serde_json::json;

use super::scripted::{Reply, Service, ok, status};

fn me() -> Reply {
    ok(&json!({"id": "p1", "orgId": "ORG", "displayName": "Ann Lee", "emails": ["ann@partner.example"],
        "roles": ["r1", "r7"]}))
}

#[tokio::test]
async fn an_account_has_its_roles_by_name_where_names_can_be_read() {
    for (code, expected) in [(200, ["Full Administrator", "r7"]), (403, ["r1", "r7"]), (401, ["r1", "r7"])] {
        let service = Service::start(move |received, _| match received.is("GET /v1/people/me") {
            true => me(),
            false if code == 200 => ok(&json!({"items": [{"id": "r1", "name": "Full Administrator"}]})),
            false => status(code, &json!({"message": "no"})),
        })
        .await;
        let account = service.client().account().await.unwrap();
        assert_eq!((account.person_id.as_str(), account.org_id.as_str()), ("p1", "ORG"));
        assert_eq!(account.email.as_deref(), Some("ann@partner.example"));
        assert_eq!(account.display_name.as_deref(), Some("Ann Lee"));
        assert_eq!(account.roles, expected.map(RoleName::new).into(), "{code}");
    }
}

#[tokio::test]
async fn sub_partners_come_in_either_envelope() {
    for name in ["subPartners", "items"] {
        let all = json!([
            {"orgId": "o2", "subscriptionId": "Sub2", "provisioningState": "suspended"},
            {"orgId": "o1", "provisioningState": "Active"},
            {"orgId": "o3", "provisioningState": null}]);
        let service = Service::start(move |received, _| {
            ok(&json!({name: if received.line.contains("offset=3") { json!([]) } else { all.clone() }}))
        })
        .await;
        let found = service.client().sub_partners().await.unwrap();
        let found: Vec<_> = found.iter().map(|found| (found.org_id.as_str(), found.state.clone())).collect();
        let expected = [
            ("o1", SubPartnerState::Active),
            ("o2", SubPartnerState::Suspended),
            ("o3", SubPartnerState::Other(String::new())),
        ];
        assert_eq!(found, expected, "{name}");
    }
    let service = Service::start(|_, _| ok(&json!({}))).await;
    assert_eq!(service.client().sub_partners().await.unwrap_err().fault, Fault::Malformed, "not an empty list");
}

#[tokio::test]
async fn the_organizations_that_can_be_seen_are_named() {
    let service = Service::start(|_, _| ok(&json!({"items": [{"id": "o2", "displayName": "B"}, {"id": "o1"}]}))).await;
    let found = service.client().organizations().await.unwrap();
    assert_eq!((found[0].id.as_str(), found[1].display_name.as_deref()), ("o1", Some("B")));
}

#[tokio::test]
async fn each_probe_reads_its_endpoints_and_nothing_else() {
    let service = Service::start(|received, _| {
        if received.is("GET /v1/people/me") { me() } else { ok(&json!({"items": [], "locations": [{"id": "l1"}]})) }
    })
    .await;
    let client = service.client();
    for probe in Probe::ALL {
        let before = service.lines().len();
        client.probe(probe).await.unwrap();
        let lines = service.lines().split_off(before);
        let base = if probe == Probe::Scim { "" } else { "/v1" };
        assert!(lines.last().unwrap().starts_with(&format!("GET {base}{}", probe.path())), "{probe:?}: {lines:?}");
        assert!(lines.iter().all(|line| line.starts_with("GET ")), "{lines:?}");
    }
    assert_eq!(client.stats().writes, 0);
}

#[tokio::test]
async fn a_probe_says_what_the_service_says() {
    for (code, fault) in [(401, Fault::Unauthorized), (403, Fault::Forbidden)] {
        let service = Service::start(move |_, _| status(code, &json!({"message": "scope"}))).await;
        for probe in Probe::ALL.into_iter().filter(|probe| *probe != Probe::Pstn) {
            assert_eq!(service.client().probe(probe).await.unwrap_err().fault, fault, "{probe:?}");
        }
    }
}

#[tokio::test]
async fn the_connections_of_locations_are_asked_about_at_one_that_is_there() {
    let there = json!({"locations": [{"id": "l1", "name": "Head Office"}]});
    for (locations, connection, expected) in [
        (200, 200, None),
        (200, 404, None),
        (200, 403, Some(Fault::Forbidden)),
        (403, 200, Some(Fault::NotFound)),
        (500, 200, Some(Fault::Unavailable)),
    ] {
        let there = there.clone();
        let service = Service::start(move |received, _| {
            let code = if received.line.contains("/pstn/") { connection } else { locations };
            status(code, if code == 200 { &there } else { &serde_json::Value::Null })
        })
        .await;
        let fault = service.client().probe(Probe::Pstn).await.map_err(|error| error.fault).err();
        assert_eq!(fault, expected, "{locations} {connection}");
    }
    let service = Service::start(|_, _| ok(&json!({"locations": []}))).await;
    assert_eq!(service.client().probe(Probe::Pstn).await.unwrap_err().fault, Fault::NotFound);
}

#[tokio::test]
async fn the_time_of_the_service_is_that_of_its_last_answer() {
    let service = Service::start(|_, before| match before {
        0 => Reply::Answer(200, vec![("date", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())], "{}".to_owned()),
        1 => Reply::Answer(403, vec![("date", "Sun, 06 Nov 1994 08:50:00 GMT".to_owned())], String::new()),
        2 => Reply::Answer(200, vec![("date", "yesterday".to_owned())], "{}".to_owned()),
        _ => status(400, &json!({})),
    })
    .await;
    let client = service.client();
    assert_eq!(client.server_time(), None);
    let mut seen = Vec::new();
    for _ in 0..4 {
        drop(client.probe(Probe::People).await);
        seen.push(client.server_time().unwrap().to_string());
    }
    let (first, second) = ("1994-11-06T08:49:37Z", "1994-11-06T08:50:00Z");
    assert_eq!(seen, [first, second, second, second], "a refusal has a time too, and what is no time is none");
}
