//! What writes make of the answers that are particular to them.

use std::collections::BTreeSet;

use hubform::{
    model::{
        CustomerId, Fields, JobId, LocationId, OrgId, PersonId, PhoneNumber, ProvisioningId, RoleName, SubscriberId,
    },
    webex::{
        CallingChange, Client, Fault, JobKind, JobState, NewSubscriber, PersonChange, ReadApi as _, RolesChange, Sent,
        WriteApi as _,
    },
};
use serde_json::{Value, json};

use super::{
    samples::customer,
    scripted::{Received, Reply, Service, empty, ok, status},
};

fn org() -> OrgId {
    OrgId::new("ORG")
}

fn location() -> LocationId {
    LocationId::new("l1")
}

fn numbers(all: &[&str]) -> Vec<PhoneNumber> {
    all.iter().map(|number| number.parse().unwrap()).collect()
}

fn rows(all: &[&str]) -> Reply {
    let rows: Vec<Value> = all.iter().map(|n| json!({"phoneNumber": n, "location": {"id": "l1"}})).collect();
    ok(&json!({"phoneNumbers": rows}))
}

#[tokio::test]
async fn numbers_that_are_there_already_are_added() {
    for (code, words, there, good) in [
        (409, "exists", vec!["+14085550100", "+14085550101"], true),
        (400, "number already exists", vec!["+14085550100", "+14085550101"], true),
        (409, "exists", vec!["+14085550100"], false),
    ] {
        let service = Service::start(move |received, _| {
            if received.is("POST") {
                status(code, &json!({"errorCode": 8363, "errorMessage": words}))
            } else {
                rows(&there)
            }
        })
        .await;
        let two = numbers(&["+14085550100", "+14085550101"]);
        let result = service.client().add_numbers(&org(), &location(), &two).await;
        assert_eq!(result.is_ok(), good, "{result:?}");
        let sent = service.lines().iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!((sent, service.lines().len() - sent), (1, 2), "once sent; and the whole list looked at");
    }
    let service =
        Service::start(|_, _| status(400, &json!([{"errors": [{"errorCode": 8361, "errorMessage": "no"}]}]))).await;
    let error = service.client().add_numbers(&org(), &location(), &numbers(&["+14085550100"])).await.unwrap_err();
    assert_eq!((error.fault, &*error.code, service.lines().len()), (Fault::Refused, "8361", 1));
}

#[tokio::test]
async fn a_502_on_removing_numbers_is_looked_at_and_not_repeated() {
    for (left, good) in [(vec!["+14085550101"], true), (vec!["+14085550100"], false)] {
        let service = Service::start(move |received, _| {
            if received.is("DELETE") {
                Reply::Answer(502, vec![("cisco-spark-error-codes", "4251".to_owned())], String::new())
            } else {
                rows(&left)
            }
        })
        .await;
        let result = service.client().remove_numbers(&org(), &location(), &numbers(&["+14085550100"])).await;
        assert_eq!(result.is_ok(), good);
        if let Err(error) = result {
            assert_eq!((&*error.code, error.sent), ("4251", Sent::Perhaps));
        }
        let received = service.received();
        assert_eq!(received.iter().filter(|request| request.is("DELETE")).count(), 1);
        assert_eq!(received[0].body, json!({"phoneNumbers": ["+14085550100"]}));
    }
}

#[tokio::test]
async fn what_is_not_there_is_deleted_only_if_its_parent_can_be_seen() {
    for seen in [true, false] {
        let service = Service::start(move |received, _| match (received.is("GET"), seen) {
            (true, true) => ok(&json!({"items": [], "id": "ORG"})),
            _ => status(404, &json!({"message": "not found"})),
        })
        .await;
        let client = service.client();
        let results = [
            client.delete_customer(&CustomerId::new("c"), None).await,
            client.delete_subscriber(None, &SubscriberId::new("s")).await,
            client.delete_location(&org(), &location()).await,
            client.delete_person(&org(), &PersonId::new("p")).await,
        ];
        for result in results {
            assert_eq!(result.is_ok(), seen);
        }
    }
}

#[tokio::test]
async fn a_new_customers_id_is_in_the_body_or_in_the_header() {
    let find = |headers: fn(&str) -> Vec<(&'static str, String)>, body: fn(&str) -> Value| async move {
        let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
        let known = std::sync::Arc::clone(&base);
        let service = Service::start(move |_, _| {
            let base = known.get().unwrap();
            Reply::Answer(202, headers(base), body(base).to_string())
        })
        .await;
        base.set(service.base()).unwrap();
        create(&service.client()).await
    };
    let url = |base: &str| json!({"url": format!("{base}/wholesale/customers/c%2F7")});
    let header = |base: &str| vec![("location", format!("{base}/wholesale/customers/c7"))];
    assert_eq!(find(|_| Vec::new(), url).await.unwrap().as_str(), "c/7");
    assert_eq!(find(header, |_| json!({})).await.unwrap().as_str(), "c7");
    // An address elsewhere is no address of a customer of ours, and nobody ever asks there.
    let elsewhere: [fn(&str) -> String; 7] = [
        |_| "https://elsewhere.example/v1/wholesale/customers/c7".to_owned(),
        |base| base.replace("http:", "https:") + "/wholesale/customers/c7",
        |base| base.replace("http://", "http://me:secret@") + "/wholesale/customers/c7",
        |_| "//elsewhere.example/v1/wholesale/customers/c7".to_owned(),
        |_| "http://127.0.0.1:1/v1/wholesale/customers/c7".to_owned(),
        |_| "/v2/wholesale/customers/c7".to_owned(),
        |base| format!("{base}/people/c7"),
    ];
    for address in elsewhere {
        let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
        let known = std::sync::Arc::clone(&base);
        let service = Service::start(move |_, _| {
            let address = address(known.get().unwrap());
            Reply::Answer(202, vec![("location", address.clone())], json!({"url": address}).to_string())
        })
        .await;
        base.set(service.base()).unwrap();
        let error = create(&service.client()).await.unwrap_err();
        assert_eq!((error.fault, error.sent), (Fault::Malformed, Sent::Perhaps));
        assert_eq!(service.lines().len(), 1);
    }
}

async fn create(client: &Client) -> Result<CustomerId, hubform::webex::ApiError> {
    let provisioning_id = ProvisioningId::new("t1");
    let customer = customer();
    let new =
        hubform::webex::NewCustomer { provisioning_id: &provisioning_id, customer: &customer, headquarters: None };
    client.create_customer(&new).await
}

#[tokio::test]
async fn a_new_routing_prefix_starts_a_job_unless_one_runs() {
    let table = [
        (204, Value::Null, Ok(None)),
        (200, json!({"batchJobId": "j1"}), Ok(Some(JobId::new("j1")))),
        (200, json!({}), Ok(None)),
        (206, json!({"failureReason": "job not started"}), Err((Fault::Conflict, Sent::Perhaps))),
        (409, json!({"failureReason": "a job runs"}), Err((Fault::Conflict, Sent::No))),
    ];
    for (code, body, expected) in table {
        let service = Service::start(move |_, _| if body.is_null() { empty(code) } else { status(code, &body) }).await;
        let change = CallingChange { routing_prefix: Some("82"), ..CallingChange::default() };
        let result = service.client().update_calling(&org(), &location(), &change).await;
        if let Err(error) = &result {
            assert!(!error.text.is_empty(), "{code}");
        }
        assert_eq!(result.map_err(|error| (error.fault, error.sent)), expected, "{code}");
    }
}

#[tokio::test]
async fn a_failed_job_says_why() {
    let service = Service::start(|received, _| {
        if received.line.contains("/errors") {
            ok(&json!({"items": [{"itemNumber": 1, "errorType": "ERROR", "error": {"key": "400", "message":
                [{"description": "last calling location", "code": "BATCH-1012012"}]}}]}))
        } else {
            ok(&json!({"id": "j1", "latestExecutionStatus": "FAILED"}))
        }
    })
    .await;
    let state = service.client().job(&org(), JobKind::DisableCalling, &JobId::new("j1")).await.unwrap();
    let JobState::Failed(problems) = state else { panic!("not failed") };
    assert_eq!((&*problems[0].code, &*problems[0].text), ("BATCH-1012012", "last calling location"));
    assert_eq!(problems.len(), 1);

    let service = Service::start(|received, _| {
        if received.line.contains("/errors") {
            empty(500)
        } else {
            ok(&json!({"id": "j1", "latestExecutionStatus": "FAILED", "counts": {"failed": 1}}))
        }
    })
    .await;
    let state = service.client().job(&org(), JobKind::MoveUsers, &JobId::new("j1")).await.unwrap();
    let JobState::Failed(problems) = state else { panic!("not failed") };
    assert_eq!(problems[0].text, "job FAILED: failed 1");
}

#[tokio::test]
async fn a_free_account_makes_a_subscriber_wait() {
    for (code, word, pending) in [(200, "provisioned", false), (202, "pending_user_migration", true)] {
        let service = Service::start(move |_, _| {
            status(code, &json!({"id": "s1", "email": "ann@johns-pizza.example", "status": word}))
        })
        .await;
        let (customer, email) = (CustomerId::new("c1"), "ann@johns-pizza.example".parse().unwrap());
        let package = hubform::model::PackageName::new("webex_meetings");
        let new = NewSubscriber {
            customer: &customer,
            email: &email,
            package: &package,
            first_name: None,
            last_name: None,
            line: None,
        };
        let created = service.client().create_subscriber(None, &new).await.unwrap();
        assert_eq!((created.id.as_str(), created.person_id, created.pending), ("s1", None, pending));
    }
}

/// A person who holds one role, and a service that knows three: two of them by names, one by UUID.
fn people(received: &Received, scim: u16) -> Reply {
    if received.is("GET /v1/roles") {
        ok(&json!({"items": [{"id": FULL, "name": "Full Administrator"}, {"id": SUPPORT, "name": "Support"},
            {"id": UUID, "name": "Compliance officer"}]}))
    } else if received.is("PATCH") {
        empty(scim)
    } else if received.is("GET") {
        ok(&json!({"id": "p1", "displayName": "Ann Lee", "roles": [SUPPORT, "r9"], "licenses": ["x"],
            "phoneNumbers": [{"type": "work_extension", "value": "82201"}], "locationId": "l1"}))
    } else {
        ok(&json!({"id": "p1"}))
    }
}

/// `ciscospark://us/ROLE/id_full_admin`
const FULL: &str = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg";
/// `ciscospark://us/ROLE/id_support`
const SUPPORT: &str = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfc3VwcG9ydA";
/// `ciscospark://us/ROLE/96abc2aa-3dcc-11e5-a152-fe34819cdc9a`
const UUID: &str = "Y2lzY29zcGFyazovL3VzL1JPTEUvOTZhYmMyYWEtM2RjYy0xMWU1LWExNTItZmUzNDgxOWNkYzlh";

async fn change_roles(client: &Client, add: &[&str], remove: &[&str]) -> Result<(), hubform::webex::ApiError> {
    let names = |all: &[&str]| all.iter().map(|name| RoleName::new(name)).collect::<BTreeSet<_>>();
    let (add, remove) = (names(add), names(remove));
    let change = RolesChange { person: &PersonId::new("p1"), add: &add, remove: &remove };
    client.update_roles(&org(), &change).await
}

#[tokio::test]
async fn roles_go_through_scim_where_it_can() {
    let service = Service::start(|received, _| people(received, 200)).await;
    change_roles(&service.client(), &["full administrator"], &["Support"]).await.unwrap();
    let received = service.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[1].line, "PATCH /identity/scim/org/v2/Users/p1");
    assert_eq!(received[1].body["Operations"][1]["path"], "roles[value eq \"id_support\"]");
}

#[tokio::test]
async fn roles_that_scim_cannot_give_are_written_with_all_that_are_held() {
    for (add, scim, expected) in [("Full Administrator", 403, FULL), ("Compliance officer", 200, UUID)] {
        let service = Service::start(move |received, _| people(received, scim)).await;
        change_roles(&service.client(), &[add], &["Support"]).await.unwrap();
        let received = service.received();
        let put = received.last().unwrap();
        assert_eq!(put.line, "PUT /v1/people/p1?callingData=true");
        assert_eq!(
            put.body,
            json!({"displayName": "Ann Lee", "licenses": ["x"], "phoneNumbers": [], "roles": [expected, "r9"]})
        );
        let patches = received.iter().filter(|request| request.is("PATCH")).count();
        assert_eq!(patches, usize::from(scim == 403), "SCIM is asked only if it knows the role");
    }
}

#[tokio::test]
async fn other_failures_of_scim_are_failures() {
    let service = Service::start(|received, _| people(received, 503)).await;
    let error = change_roles(&service.client(), &["Full Administrator"], &[]).await.unwrap_err();
    assert_eq!((error.fault, error.sent), (Fault::Unavailable, Sent::Perhaps));
    assert_eq!(service.lines().len(), 2);
}

#[tokio::test]
async fn a_role_that_nobody_knows_is_refused_with_those_that_are_known() {
    let service = Service::start(|received, _| people(received, 200)).await;
    let error = change_roles(&service.client(), &["Full Admin"], &[]).await.unwrap_err();
    assert_eq!((error.fault, error.sent), (Fault::Refused, Sent::No));
    assert!(
        error.text.starts_with(
            "there is no role `Full Admin`; there are `Compliance officer`, `Full Administrator`, `Support`"
        ),
        "{error}"
    );
    assert_eq!(service.lines().len(), 1);
}

#[tokio::test]
async fn a_role_without_a_name_is_taken_away_by_its_id() {
    let service = Service::start(|received, _| people(received, 200)).await;
    let id = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZGV2aWNlX2FkbWlu"; // id_device_admin, not listed
    change_roles(&service.client(), &[], &[id]).await.unwrap();
    assert_eq!(service.received()[1].body["Operations"][0]["path"], "roles[value eq \"id_device_admin\"]");
}

#[tokio::test]
async fn a_person_is_read_before_it_is_written() {
    let service = Service::start(|received, _| people(received, 200)).await;
    let change = PersonChange { last_name: Some("Ray"), ..PersonChange::default() };
    service.client().update_person(&org(), &PersonId::new("p1"), &change).await.unwrap();
    assert_eq!(service.lines(), ["GET /v1/people/p1?callingData=true", "PUT /v1/people/p1?callingData=true"]);
    assert_eq!(service.received()[1].body["displayName"], "Ray");
    assert_eq!(service.received()[1].body["roles"], json!([SUPPORT, "r9"]));
}

#[tokio::test]
async fn a_national_number_of_a_person_is_looked_up_by_owner() {
    let service = Service::start(|received, _| {
        if received.is("GET /v1/telephony/config/numbers") {
            ok(&json!({"phoneNumbers": [{"phoneNumber": "+14085550101", "owner": {"id": "p1"}}]}))
        } else if received.is("GET /v1/roles") {
            ok(&json!({"items": []}))
        } else {
            ok(&json!({"id": "p1", "phoneNumbers": [{"type": "work", "value": "(408) 555-0101"}]}))
        }
    })
    .await;
    let person = service.client().person(&org(), &PersonId::new("p1")).await.unwrap().unwrap();
    assert_eq!(person.phone_number.unwrap().as_str(), "+14085550101");
}

#[tokio::test]
async fn a_target_without_registry_refuses_templates_without_being_asked() {
    let service = Service::start(|_, _| empty(500)).await;
    let (name, id) = ("standard-us".parse().unwrap(), ProvisioningId::new("t1"));
    let client = service.client();
    let refusals = [
        client.create_template(&name, &Fields::default()).await.unwrap_err(),
        client.update_template(&id, &name, &Fields::default()).await.unwrap_err(),
        client.delete_template(&id).await.unwrap_err(),
    ];
    for refusal in refusals {
        assert_eq!((refusal.fault, refusal.sent), (Fault::Refused, Sent::No));
        assert_eq!(refusal.text, "this target has no template registry");
    }
    assert!(service.lines().is_empty());
}
