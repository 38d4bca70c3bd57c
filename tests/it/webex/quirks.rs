//! Shapes that the service is known to answer in although its description says otherwise: what is odd but clear is
//! understood. One table per oddity.

use hubform::{
    model::{CustomerId, JobId, LocationId, OrgId, PersonId, PhoneNumber, Reading},
    webex::{CustomerKey, Fault, JobKind, JobState, MoveUser, PersonChange, ReadApi as _, WriteApi as _},
};
use serde_json::{Value, json};

use super::{
    samples,
    scripted::{Reply, Service, empty, nothing, ok, status},
};

fn org() -> OrgId {
    OrgId::new("ORG")
}

fn place() -> LocationId {
    LocationId::new("l1")
}

fn number() -> PhoneNumber {
    "+14085550100".parse().unwrap()
}

/// `ciscospark://us/{type}/52cf576d-60a8-407a-b22c-467c51591908`, as three interfaces write it.
const ENTERPRISE: &str = "Y2lzY29zcGFyazovL3VzL0VOVEVSUFJJU0UvNTJjZjU3NmQtNjBhOC00MDdhLWIyMmMtNDY3YzUxNTkxOTA4";
const CUSTOMER: &str = "Y2lzY29zcGFyazovL3VzL0NVU1RPTUVSLzUyY2Y1NzZkLTYwYTgtNDA3YS1iMjJjLTQ2N2M1MTU5MTkwOA";
const UUID: &str = "52CF576D-60A8-407A-B22C-467C51591908";

#[tokio::test]
async fn a_refusal_says_its_code_and_words_in_whatever_shape_it_comes() {
    let table = [
        (
            json!({"message": "bad", "errors": [{"errorCode": 25008, "description": "missing"}]}),
            "25008",
            "missing; bad",
        ),
        (
            json!({"message": "bad", "errors": [{"errorCode": "25008", "description": "missing"}]}),
            "25008",
            "missing; bad",
        ),
        (json!({"errorCode": 4008, "errorMessage": "not found"}), "4008", "not found"),
        (
            json!({"error": {"key": "400", "message": [{"description": "no", "code": "BATCH-1012012"}]}}),
            "BATCH-1012012",
            "no",
        ),
        (json!([{"errors": [{"number": "+1", "errorCode": 8361, "errorMessage": "taken"}]}]), "8361", "taken"),
        (json!({"schemas": ["x"], "status": "400", "detail": "no", "scimType": "mutability"}), "mutability", "no"),
        (json!({"failureReason": "not started"}), "", "not started"),
        (json!("only words"), "", "only words"),
        (Value::Null, "", ""),
    ];
    for (body, code, text) in table {
        let service = Service::start(move |_, _| status(400, &body)).await;
        let error = service.client().delete_customer(&CustomerId::new("c"), None).await.unwrap_err();
        assert_eq!((error.fault, &*error.code, &*error.text), (Fault::Refused, code, text));
    }
    for (body, text) in [("", ""), ("<html>no</html>", "<html>no</html>")] {
        let service = Service::start(move |_, _| Reply::Answer(400, Vec::new(), body.to_owned())).await;
        let error = service.client().delete_customer(&CustomerId::new("c"), None).await.unwrap_err();
        assert_eq!((&*error.code, &*error.text), ("", text));
    }
}

#[tokio::test]
async fn a_tracking_id_is_kept_wherever_it_stands() {
    let header = || vec![("trackingid", "T_HEADER".to_owned())];
    let in_body = json!({"message": "no", "trackingId": "T_BODY"}).to_string();
    let table = [
        (400, header(), in_body.clone(), "T_HEADER"),
        (400, Vec::new(), in_body, "T_BODY"),
        // Answers that say "success" and cannot be understood.
        (200, header(), "<html>".to_owned(), "T_HEADER"),
        (200, header(), "{}".to_owned(), "T_HEADER"),
        (200, header(), json!({"items": [{"id": "s1"}]}).to_string(), "T_HEADER"),
        (301, header(), String::new(), "T_HEADER"),
    ];
    for (code, headers, body, expected) in table {
        let service = Service::start(move |_, _| Reply::Answer(code, headers.clone(), body.clone())).await;
        let email = "ann@johns-pizza.example".parse().unwrap();
        let error = service.client().find_subscriber(None, &CustomerId::new("c"), &email).await.unwrap_err();
        assert_eq!(error.tracking_id, expected, "{error}");
    }
}

#[tokio::test]
async fn a_precheck_that_succeeds_says_why_as_a_list_or_an_object_or_not_at_all() {
    let info = json!({"infoCode": 100, "description": "Precheck is successful"});
    for body in [
        json!({"message": "success", "info": [info]}),
        json!({"message": "success", "info": info}),
        json!({"message": "success", "info": null}),
        json!({}),
        Value::Null,
    ] {
        let service = Service::start(move |_, _| status(200, &body)).await;
        let (id, customer) = (hubform::model::ProvisioningId::new("t"), samples::customer());
        let new = hubform::webex::NewCustomer { provisioning_id: &id, customer: &customer, headquarters: None };
        assert_eq!(service.client().precheck_customer(&new).await, Ok(()));
    }
}

#[tokio::test]
async fn changes_succeed_with_and_without_a_body() {
    for (code, body) in [(200, json!({"id": "p"}).to_string()), (204, String::new()), (200, String::new())] {
        let service = Service::start(move |received, _| {
            if received.is("GET") {
                ok(&json!({"id": "p", "displayName": "Ann"}))
            } else {
                Reply::Answer(code, Vec::new(), body.clone())
            }
        })
        .await;
        let change = PersonChange { first_name: Some("Ray"), ..PersonChange::default() };
        assert_eq!(service.client().update_person(&org(), &PersonId::new("p"), &change).await, Ok(()), "{code}");
    }
    for code in [200, 201, 204] {
        let service = Service::start(move |_, _| empty(code)).await;
        assert_eq!(service.client().add_numbers(&org(), &place(), &[number()]).await, Ok(()), "{code}");
    }
}

#[tokio::test]
async fn a_new_location_answers_with_its_id_or_with_all_of_it() {
    for body in [
        json!({"id": "l1"}),
        json!({"id": "l1", "name": "Downtown", "orgId": "ORG", "address": {"address1": "1 Main St"}, "latitude": 1.5}),
    ] {
        let service = Service::start(move |_, _| status(201, &body)).await;
        let id = service.client().create_location(&org(), &samples::place()).await;
        assert_eq!(id, Ok(LocationId::new("l1")));
    }
}

#[tokio::test]
async fn a_move_answers_with_its_job_inside_or_plainly() {
    for body in [json!({"response": {"id": "j1", "latestExecutionStatus": "STARTING"}}), json!({"id": "j1"})] {
        let service = Service::start(move |_, _| status(201, &body)).await;
        let (person, location) = (PersonId::new("p"), place());
        let user = MoveUser { person: &person, location: &location, phone_number: None, extension: None };
        assert_eq!(service.client().move_user(&org(), &user).await, Ok(JobId::new("j1")));
    }
}

#[tokio::test]
async fn a_job_is_judged_by_all_that_it_says_and_not_by_its_status_alone() {
    let table = [
        (json!({"latestExecutionStatus": "STARTING"}), "runs"),
        (json!({"latestExecutionStatus": "STARTED", "latestExecutionExitCode": "UNKNOWN"}), "runs"),
        (json!({"latestExecutionStatus": "COMPLETED", "latestExecutionExitCode": "UNKNOWN"}), "runs"),
        (json!({"latestExecutionStatus": null}), "runs"),
        (json!({}), "runs"),
        (json!({"latestExecutionStatus": "COMPLETED", "latestExecutionExitCode": "COMPLETED"}), "ended well"),
        (json!({"latestExecutionStatus": "COMPLETED", "counts": {"numbersFailed": 0}}), "ended well"),
        (json!({"latestExecutionStatus": "COMPLETED", "counts": {"numbersFailed": 1}}), "failed"),
        (json!({"latestExecutionStatus": "COMPLETED", "latestExecutionExitCode": "COMPLETED_WITH_ERRORS"}), "failed"),
        (
            json!({"latestExecutionStatus": "COMPLETED", "latestExecutionExitCode": "COMPLETED", "jobExecutionStatus":
                [{"id": 1, "stepExecutionStatuses": [{"id": 2, "exitCode": "COMPLETED_WITH_ERRORS"}]}]}),
            "failed",
        ),
        (json!({"latestExecutionStatus": "FAILED"}), "failed"),
        (json!({"latestExecutionStatus": "ABANDONED"}), "failed"),
    ];
    for (mut body, expected) in table {
        body["id"] = json!("j1");
        let shown = body.to_string();
        let service =
            Service::start(
                move |received, _| if received.line.contains("/errors") { nothing(&received.line) } else { ok(&body) },
            )
            .await;
        let state = match service.client().job(&org(), JobKind::MoveUsers, &JobId::new("j1")).await.unwrap() {
            JobState::Running => "runs",
            JobState::Succeeded => "ended well",
            JobState::Failed(_) => "failed",
        };
        assert_eq!(state, expected, "{shown}");
    }
}

#[tokio::test]
async fn numbers_are_read_in_every_form_that_they_are_written_in() {
    for text in ["+14085550100", "+1 408 555 0100", "+1-408-555-0100", "+1 (408) 555-0100"] {
        let row = json!({"phoneNumber": text, "extension": null, "location": {"id": "l1", "name": "x"}, "owner": null});
        let extension = json!({"phoneNumber": "", "extension": "201", "location": {"id": "l1"}});
        let service = Service::start(move |received, _| {
            if received.line.contains("start=") {
                nothing(&received.line)
            } else {
                ok(&json!({"phoneNumbers": [row, extension], "count": 2}))
            }
        })
        .await;
        let found = service.client().numbers(&org(), &place()).await.unwrap();
        assert_eq!(found, [number()].into(), "{text}");
    }
}

#[tokio::test]
async fn ids_are_one_whoever_writes_them() {
    let padded = [format!("{CUSTOMER}="), format!("{CUSTOMER}==")];
    let table = [(CUSTOMER, true), (&padded[0], true), (&padded[1], true), (UUID, true), ("Y3VzdG9tZXI", false)];
    for (id, there) in table {
        let body = json!({"items": [
            {"id": "s1", "email": "ann@johns-pizza.example", "customerId": id, "status": "provisioned"}]});
        let service = Service::start(move |_, _| ok(&body)).await;
        let email = "ann@johns-pizza.example".parse().unwrap();
        let found = service.client().find_subscriber(None, &CustomerId::new(ENTERPRISE), &email).await.unwrap();
        assert_eq!(found.is_some(), there, "{id}");
    }
}

#[tokio::test]
async fn one_customer_under_two_spellings_of_its_id_is_one() {
    let body =
        json!({"items": [{"id": ENTERPRISE, "externalId": "e"}, {"id": format!("{CUSTOMER}=="), "externalId": "e"}]});
    let service =
        Service::start(
            move |received, _| {
                if received.is("GET /v1/wholesale/customers?") { ok(&body) } else { nothing(&received.line) }
            },
        )
        .await;
    assert!(service.client().find_customer("e", None).await.unwrap().is_some());
    let key = CustomerKey {
        name: "johns-pizza".parse().unwrap(),
        id: None,
        external_id: "e".to_owned(),
        attach: None,
        sub_partner: None,
        known: hubform::webex::Known::default(),
    };
    assert!(matches!(service.client().customer(&key).await, Reading::Found(_)));
}

#[tokio::test]
async fn a_location_of_the_calling_side_is_the_one_of_the_other_list() {
    for padding in ["", "="] {
        let id = format!("{CUSTOMER}{padding}");
        let service = Service::start(move |received, _| {
            if received.is("GET /v1/locations") {
                ok(&json!({"items": [{"id": UUID, "name": "Denver"}]}))
            } else {
                ok(&json!({"locations": [{"id": id, "name": "Denver", "callingLineId": null}]}))
            }
        })
        .await;
        let locations = service.client().locations(&org()).await.unwrap();
        assert_eq!(locations.len(), 1, "{locations:?}");
        assert!(locations[&LocationId::new(UUID)].calling.is_some());
    }
}

#[tokio::test]
async fn a_time_to_wait_is_a_number_or_a_date() {
    let now = "Sun, 06 Nov 1994 08:49:37 GMT";
    let table = [
        ("0", 2),
        (" 0 ", 2),
        (now, 2),
        ("Sun, 06 Nov 1994 08:49:00 GMT", 2),
        // Longer than any patience: told at once.
        ("Sun, 06 Nov 1994 12:49:37 GMT", 1),
        ("86400", 1),
        // As if it were not there.
        ("soon", 2),
        ("-1", 2),
        ("", 2),
    ];
    for (text, expected) in table {
        let service = Service::start(move |_, before| match before {
            0 => Reply::Answer(429, vec![("retry-after", text.to_owned()), ("date", now.to_owned())], String::new()),
            _ => ok(&json!({"id": "p", "orgId": "o"})),
        })
        .await;
        drop(service.client().partner().await);
        assert_eq!(service.lines().len(), expected, "`{text}`");
    }
}
