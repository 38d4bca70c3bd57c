//! No change is ever sent twice blindly: what may have been done is the caller's to look for (R16).

use std::{collections::BTreeMap, future::Future, pin::Pin};

use hubform::{
    model::{
        CustomerId, Fields, LocationId, OrgId, PackageName, PersonId, PhoneNumber, ProvisioningId, RoleName,
        SubscriberId,
    },
    webex::{
        ApiError, CallingChange, Client, CustomerChange, Fault, LocationChange, MoveUser, NewCustomer, NewSubscriber,
        OrganizationChange, PersonChange, PstnChoice, RolesChange, Sent, WriteApi as _,
    },
};
use serde_json::json;

use super::{
    samples::{customer, place},
    scripted::{Received, Reply, Service, ok, status},
};

type Writing = Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send>>;

/// A method that writes, by name.
type Write = (&'static str, fn(Client) -> Writing);

/// A failure by name, what it is taken for, and the answer that makes it.
type Unknown = (&'static str, Fault, fn() -> Reply);

/// Every method of `WriteApi` that changes something, under its name.
fn writes() -> Vec<Write> {
    macro_rules! write {
        ($name:literal, $client:ident => $call:expr) => {
            ($name, |$client: Client| -> Writing { Box::pin(async move { $call.await.map(drop) }) })
        };
    }
    let all: Vec<Write> = vec![
        write!("create_template", c => c.create_template(&"us".parse().unwrap(), &Fields::default())),
        write!("update_template", c => c.update_template(&ProvisioningId::new("t"), &"us".parse().unwrap(), &Fields::default())),
        write!("delete_template", c => c.delete_template(&ProvisioningId::new("t"))),
        write!("create_customer", c => c.create_customer(&NewCustomer {
            provisioning_id: &ProvisioningId::new("t"), customer: &customer(), headquarters: None })),
        write!("update_customer", c => c.update_customer(&CustomerId::new("c"), None, &CustomerChange {
            packages: &[PackageName::new("webex_calling")].into(), external_id: "e", billing_address: None,
            quantities: &BTreeMap::new(), headquarters: None, meetings_time_zone: None })),
        write!("delete_customer", c => c.delete_customer(&CustomerId::new("c"), None)),
        write!("update_organization", c => c.update_organization(&OrgId::new("o"), &OrganizationChange { display_name: "x", language: None })),
        write!("create_location", c => c.create_location(&OrgId::new("o"), &place())),
        write!("update_location", c => c.update_location(&OrgId::new("o"), &LocationId::new("l"), &LocationChange::default())),
        write!("delete_location", c => c.delete_location(&OrgId::new("o"), &LocationId::new("l"))),
        write!("enable_calling", c => c.enable_calling(&OrgId::new("o"), &LocationId::new("l"), &place())),
        write!("update_calling", c => c.update_calling(&OrgId::new("o"), &LocationId::new("l"), &CallingChange::default())),
        write!("disable_calling", c => c.disable_calling(&OrgId::new("o"), &LocationId::new("l"), "x")),
        write!("connect_pstn", c => c.connect_pstn(&OrgId::new("o"), &LocationId::new("l"), &PstnChoice::Option { id: "x" })),
        write!("add_numbers", c => c.add_numbers(&OrgId::new("o"), &LocationId::new("l"), &number())),
        write!("remove_numbers", c => c.remove_numbers(&OrgId::new("o"), &LocationId::new("l"), &number())),
        write!("create_subscriber", c => c.create_subscriber(None, &NewSubscriber {
            customer: &CustomerId::new("c"), email: &"ann@johns-pizza.example".parse().unwrap(),
            package: &PackageName::new("webex_calling"), first_name: None, last_name: None, line: None })),
        write!("update_subscriber", c => c.update_subscriber(None, &SubscriberId::new("s"), &PackageName::new("webex_calling"), None)),
        write!("delete_subscriber", c => c.delete_subscriber(None, &SubscriberId::new("s"))),
        write!("update_person", c => c.update_person(&OrgId::new("o"), &PersonId::new("p"), &PersonChange::default())),
        write!("update_roles", c => c.update_roles(&OrgId::new("o"), &RolesChange {
            person: &PersonId::new("p"), add: &[RoleName::new("Support")].into(), remove: &[].into() })),
        write!("move_user", c => c.move_user(&OrgId::new("o"), &MoveUser {
            person: &PersonId::new("p"), location: &LocationId::new("l"), phone_number: None, extension: None })),
        write!("delete_person", c => c.delete_person(&OrgId::new("o"), &PersonId::new("p"))),
    ];
    all
}

fn number() -> Vec<PhoneNumber> {
    vec!["+14085550100".parse().unwrap()]
}

/// Answers looks as if everything were there.
fn look(received: &Received) -> Reply {
    if received.line.contains("start=") {
        return ok(&json!({"phoneNumbers": []}));
    }
    ok(&json!({
        "id": "p", "displayName": "Ann",
        // `ciscospark://us/ROLE/id_support`
        "items": [{"id": "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfc3VwcG9ydA", "name": "Support"}],
        "phoneNumbers": [{"type": "work", "value": "+14085550100", "phoneNumber": "+14085550100",
            "location": {"id": "l"}}]
    }))
}

/// Returns how often something other than a look arrived.
fn sent(service: &Service) -> usize {
    service.lines().iter().filter(|line| !line.starts_with("GET")).count()
}

fn client(service: &Service) -> Client {
    let mut settings = service.settings();
    settings.registry = true;
    Client::new(settings).unwrap()
}

/// The failures after which nobody knows whether a change was made.
const UNKNOWN: [Unknown; 8] = [
    ("500", Fault::Unavailable, || status(500, &json!({"message": "sorry"}))),
    ("502", Fault::Unavailable, || status(502, &json!({"message": "sorry"}))),
    ("503", Fault::Unavailable, || Reply::Answer(503, vec![("retry-after", "0".to_owned())], String::new())),
    ("504", Fault::Unavailable, || status(504, &json!({"message": "sorry"}))),
    ("a connection that breaks", Fault::NoAnswer, || Reply::Reset),
    ("an answer that is cut short", Fault::Malformed, || Reply::CutShort("{\"id\": \"x\"}")),
    ("an answer of somebody else", Fault::Malformed, || Reply::Answer(200, Vec::new(), "<html>hello".to_owned())),
    ("a redirection", Fault::Malformed, || Reply::Answer(307, vec![("location", "/v1/x".to_owned())], String::new())),
];

#[tokio::test]
async fn a_change_whose_fate_is_not_known_is_sent_once_and_says_so() {
    for (name, write) in writes() {
        for (what, fault, reply) in UNKNOWN {
            let service =
                Service::start(move |received, _| if received.is("GET") { look(received) } else { reply() }).await;
            let error = write(client(&service)).await.unwrap_err();
            assert_eq!((error.fault, error.sent), (fault, Sent::Perhaps), "{name}, {what}: {error}");
            assert_eq!(sent(&service), 1, "{name}, {what}");
        }
    }
}

#[tokio::test]
async fn a_change_that_nothing_came_of_is_sent_again() {
    for (name, write) in writes() {
        for code in [423, 429] {
            let service = Service::start(move |received, _| {
                if received.is("GET") {
                    look(received)
                } else {
                    Reply::Answer(code, vec![("retry-after", "0".to_owned())], String::new())
                }
            })
            .await;
            let error = write(client(&service)).await.unwrap_err();
            assert_eq!((error.fault, error.sent), (Fault::Busy, Sent::No), "{name}, {code}: {error}");
            assert_eq!(sent(&service), 3, "{name}, {code}");
        }
    }
}

#[tokio::test]
async fn a_change_that_is_refused_was_not_made() {
    for (name, write) in writes() {
        for code in [400, 401, 403, 409, 415] {
            let service = Service::start(move |received, _| {
                if received.is("GET") { look(received) } else { status(code, &json!({"message": "no"})) }
            })
            .await;
            match write(client(&service)).await {
                // The number is there, as the look says.
                Ok(()) => assert_eq!((name, code), ("add_numbers", 409)),
                Err(error) => assert_eq!(error.sent, Sent::No, "{name}, {code}: {error}"),
            }
            let other_way = name == "update_roles" && code == 403;
            assert_eq!(sent(&service), if other_way { 2 } else { 1 }, "{name}, {code}");
        }
    }
}

#[tokio::test]
async fn a_refusal_that_left_something_behind_is_no_plain_refusal() {
    for (after, expected) in [("Ann", Sent::No), ("Ray", Sent::Perhaps)] {
        let service = Service::start(move |received, before| match (received.is("GET"), before) {
            (false, _) => status(400, &json!({"message": "extension in use"})),
            (true, 0) => ok(&json!({"id": "p", "firstName": "Ann", "displayName": "Ann", "lastActivity": "then"})),
            (true, _) => ok(&json!({"id": "p", "firstName": after, "displayName": "Ann", "lastActivity": "now"})),
        })
        .await;
        let change = PersonChange { first_name: Some("Ray"), ..PersonChange::default() };
        let error = service.client().update_person(&OrgId::new("o"), &PersonId::new("p"), &change).await.unwrap_err();
        assert_eq!((error.fault, error.sent, &*error.text), (Fault::Refused, expected, "extension in use"));
        assert_eq!(sent(&service), 1);
    }
}
