//! What a customer is read as.

use hubform::{
    model::{CustomerId, CustomerStatus, OrgId, PstnKind, Readable, Reading, RoleName},
    webex::{CustomerKey, Fault, ReadApi as _},
};
use serde_json::json;

use super::scripted::{Received, Reply, Service, nothing, ok, status};

fn key(id: Option<&str>, attach: Option<&str>) -> CustomerKey {
    CustomerKey {
        name: "johns-pizza".parse().unwrap(),
        id: id.map(CustomerId::new),
        external_id: "johns-pizza".to_owned(),
        attach: attach.map(OrgId::new),
        sub_partner: Some(OrgId::new("SUB")),
        known: hubform::webex::Known::default(),
    }
}

/// A customer with one calling location, one plain one, two people and two subscribers.
fn pizza(received: &Received, _: usize) -> Reply {
    let line = received.line.trim_start_matches("GET /v1");
    let path = line.split('?').next().unwrap_or_default();
    if line.contains("offset=") || line.contains("start=") {
        return nothing(&received.line);
    }
    match path {
        "/wholesale/customers" => ok(&json!({"items": [
            {"id": "c1", "externalId": "johns-pizza", "orgId": "ORG", "status": "provisioned",
             "packages": ["webex_calling"], "resourceDetails": {"packages": [
                {"name": "webex_calling", "status": "provisioned"}]}}]})),
        "/wholesale/subscribers" => ok(&json!({"items": [
            {"id": "s2", "email": "bob@johns-pizza.example", "customerId": "c1", "packages": ["webex_calling"],
             "status": "pending_user_migration"},
            {"id": "s1", "personId": "p1", "email": "ann@johns-pizza.example", "customerId": "c1",
             "packages": ["webex_calling"], "status": "provisioned"},
            {"id": "s9", "email": "eve@other.example", "customerId": "c9", "status": "provisioned"}]})),
        "/organizations/ORG" => ok(&json!({"id": "ORG", "displayName": "John's Pizza"})),
        "/identity/organizations/org" => ok(&json!({"displayName": "John's Pizza", "preferredLanguage": "en_US"})),
        "/locations" => ok(&json!({"items": [
            {"id": "l1", "name": "Head Office", "timeZone": "America/Los_Angeles", "preferredLanguage": "en_us",
             "address": {"address1": "771 Alder Drive", "city": "Milpitas", "state": "CA", "postalCode": "95035",
                         "country": "US"}},
            {"id": "l2", "name": "Warehouse"}]})),
        "/telephony/config/locations" => ok(&json!({"locations": [
            {"id": "L1", "name": "Head Office", "routingPrefix": "82", "callingLineId": {"phoneNumber": "4085550100"}}
        ]})),
        "/telephony/config/locations/L1" => ok(&json!({"id": "L1", "announcementLanguage": "en_us"})),
        "/telephony/pstn/locations/L1/connection" => ok(&json!({"id": "o1", "displayName": "Premises-based PSTN",
            "pstnConnectionType": "LOCAL_GATEWAY", "routeType": "TRUNK", "routeId": "t1"})),
        "/telephony/config/routeChoices" => {
            ok(&json!({"routeIdentities": [{"id": "t1", "name": "Trunk West", "type": "TRUNK"}]}))
        }
        "/telephony/config/numbers" => ok(&json!({"phoneNumbers": [
            {"phoneNumber": "+14085550100", "location": {"id": "l1"}, "mainNumber": true},
            {"phoneNumber": "+14085550101", "location": {"id": "l1"}, "owner": {"id": "p1", "type": "PEOPLE"}}]})),
        "/people" => ok(&json!({"items": [
            {"id": "p1", "emails": ["ann@johns-pizza.example"], "firstName": "Ann", "roles": ["r1", "r7"],
             "locationId": "L1", "extension": "201", "phoneNumbers": [{"type": "work", "value": "408 555 0101"}]},
            {"errors": {"peopleListLocationId": {"reason": "none"}}}]})),
        "/roles" => ok(&json!({"items": [{"id": "r1", "name": "Full Administrator"}]})),
        _ => status(404, &json!({"message": format!("no {path}")})),
    }
}

#[tokio::test]
async fn a_customer_is_read_with_everything_below_it() {
    let service = Service::start(pizza).await;
    let Reading::Found(customer) = service.client().customer(&key(None, None)).await else { panic!("not found") };
    assert_eq!((customer.id.as_str(), &customer.status), ("c1", &CustomerStatus::Provisioned));
    let emails: Vec<_> = customer.subscribers.iter().map(|subscriber| subscriber.email.as_str()).collect();
    assert_eq!(emails, ["ann@johns-pizza.example", "bob@johns-pizza.example"]);

    let organization = customer.organization.unwrap();
    assert_eq!(organization.display_name, Readable::Known("John's Pizza".to_owned()));
    assert_eq!(organization.language, Readable::Known(Some("en_us".parse().unwrap())));
    let mut locations = organization.locations.iter();
    let (id, office) = locations.next().unwrap();
    assert_eq!((id.as_str(), &*office.name), ("l1", "Head Office"));
    let calling = office.calling.as_ref().unwrap();
    assert_eq!(calling.announcement_language, Readable::Known(Some("en_us".parse().unwrap())));
    assert_eq!(calling.main_number.as_ref().unwrap().as_str(), "+14085550100");
    assert_eq!(calling.routing_prefix.as_deref(), Some("82"));
    assert_eq!(calling.numbers.len(), 2);
    let pstn = calling.pstn.as_ref().unwrap();
    assert_eq!((pstn.kind, pstn.trunk.as_deref()), (Some(PstnKind::LocalGateway), Some("Trunk West")));
    let (_, warehouse) = locations.next().unwrap();
    assert!(warehouse.calling.is_none() && warehouse.language == Readable::Unknown);

    let (_, ann) = organization.people.first_key_value().unwrap();
    assert_eq!(organization.people.len(), 1, "an item of errors alone is no person");
    assert_eq!(ann.phone_number.as_ref().unwrap().as_str(), "+14085550101");
    assert_eq!(ann.location.as_ref().unwrap().as_str(), "l1", "under the id that the location has");
    assert_eq!(ann.roles, [RoleName::new("full administrator"), RoleName::new("r7")].into());
}

#[tokio::test]
async fn each_call_names_the_organization_or_the_sub_partner_that_it_is_for() {
    let service = Service::start(pizza).await;
    drop(service.client().customer(&key(None, None)).await);
    let lines = service.lines();
    for line in &lines {
        if line.contains("/telephony/") || line.contains("/locations") || line.contains("/people") {
            assert!(line.contains("orgId=ORG"), "{line}");
        }
        if line.contains("/wholesale/") {
            assert!(line.contains("onBehalfOfSubPartnerOrgId=SUB"), "{line}");
        }
    }
    assert_eq!(
        lines.len(),
        14,
        "one request per list, two for a list without links (its end is an empty page), and two per calling location: \
         {lines:#?}"
    );
    let warm_up = lines.iter().position(|line| line.contains("/organizations/ORG")).unwrap();
    let first_below = lines.iter().position(|line| line.contains("orgId=ORG")).unwrap();
    assert!(warm_up < first_below, "a fresh organization is out of reach until it was read");
}

#[tokio::test]
async fn roles_are_read_once_per_client() {
    let service = Service::start(pizza).await;
    let client = service.client();
    for _ in 0..2 {
        drop(client.clone().customer(&key(None, None)).await);
    }
    assert_eq!(service.lines().iter().filter(|line| line.contains("/roles")).count(), 1);
}

#[tokio::test]
async fn a_fresh_organization_may_refuse_at_first() {
    let service = Service::start(|received, before| {
        if received.is("GET /v1/organizations/") && before < 3 { status(403, &json!({})) } else { pizza(received, 0) }
    })
    .await;
    let organization = service.client().organization(&OrgId::new("ORG")).await.unwrap();
    assert_eq!(organization.locations.len(), 2);
    let service = Service::start(|_, _| status(403, &json!({"message": "not yours"}))).await;
    let error = service.client().organization(&OrgId::new("ORG")).await.unwrap_err();
    assert_eq!((error.fault, service.lines().len()), (Fault::Forbidden, 4));
}

#[tokio::test]
async fn a_language_that_is_kept_from_us_is_unknown_and_no_failure() {
    for code in [401, 403, 404] {
        let service = Service::start(move |received, _| {
            if received.is("GET /v1/identity/") { status(code, &json!({})) } else { pizza(received, 0) }
        })
        .await;
        let organization = service.client().organization(&OrgId::new("ORG")).await.unwrap();
        assert_eq!(organization.language, Readable::Unknown);
        assert_eq!(organization.display_name, Readable::Known("John's Pizza".to_owned()));
    }
    let service =
        Service::start(
            |received, _| {
                if received.is("GET /v1/identity/") { status(500, &json!({})) } else { pizza(received, 0) }
            },
        )
        .await;
    assert!(service.client().organization(&OrgId::new("ORG")).await.is_err());
}

#[tokio::test]
async fn a_connection_that_is_not_configured_is_none_and_other_refusals_fail() {
    for (code, words, found) in [
        (400, "PSTN for the location is not configured", true),
        (404, "PSTN is not configured", true),
        (404, "no such location", false),
        (502, "not configured", false),
    ] {
        let service = Service::start(move |received, _| {
            if received.is("GET /v1/telephony/pstn/") {
                status(code, &json!({"message": words}))
            } else {
                pizza(received, 0)
            }
        })
        .await;
        let organization = service.client().organization(&OrgId::new("ORG")).await;
        match organization {
            Ok(organization) => {
                let calling = organization.locations.values().find_map(|location| location.calling.as_ref()).unwrap();
                assert!(found && calling.pstn.is_none(), "{code} {words}");
            }
            Err(error) => assert!(!found && error.status == Some(code), "{error}"),
        }
        assert!(!service.lines().iter().any(|line| line.contains("routeChoices")), "no route to name");
    }
}

#[tokio::test]
async fn what_goes_while_a_customer_is_read_is_read_once_more_and_no_oftener() {
    use std::sync::atomic::{AtomicBool, Ordering};

    for goes in [true, false] {
        // Calling is listed, and its connection is not there any more; the list says so too from then on, or never.
        let gone = AtomicBool::new(false);
        let service = Service::start(move |received, _| {
            if received.is("GET /v1/telephony/pstn/") {
                gone.store(goes, Ordering::Relaxed);
                status(404, &json!({"message": "no such location"}))
            } else if received.is("GET /v1/telephony/config/locations?") && gone.load(Ordering::Relaxed) {
                ok(&json!({"locations": []}))
            } else {
                pizza(received, 0)
            }
        })
        .await;
        let reading = service.client().customer(&key(None, None)).await;
        let asked = service.lines().iter().filter(|line| line.contains("/telephony/pstn/")).count();
        match reading {
            Reading::Found(customer) => {
                let locations = customer.organization.unwrap().locations;
                assert!(goes && asked == 1 && locations.values().all(|location| location.calling.is_none()));
            }
            Reading::Failed(why) => assert!(!goes && asked == 2, "{asked}: {why}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_customer_without_an_organization_has_none_to_read() {
    let service = Service::start(|received, _| {
        if received.is("GET /v1/wholesale/customers/") {
            ok(&json!({"id": "c1", "externalId": "johns-pizza", "status": "provisioning"}))
        } else {
            nothing(&received.line)
        }
    })
    .await;
    let Reading::Found(customer) = service.client().customer(&key(Some("c1"), None)).await else { panic!("not found") };
    assert_eq!((customer.organization, customer.status), (None, CustomerStatus::Provisioning));
    assert_eq!(service.lines().len(), 2);
}

#[tokio::test]
async fn an_id_that_is_gone_is_absent_and_is_not_looked_up_by_key() {
    let service = Service::start(|_, _| status(404, &json!({"message": "gone"}))).await;
    assert_eq!(service.client().customer(&key(Some("c1"), None)).await, Reading::Absent);
    assert_eq!(service.lines(), ["GET /v1/wholesale/customers/c1?onBehalfOfSubPartnerOrgId=SUB"]);
}

#[tokio::test]
async fn several_customers_with_one_key_are_ambiguous() {
    let both = json!({"items": [{"id": "c2", "externalId": "johns-pizza"}, {"id": "c1", "externalId": "johns-pizza"}]});
    let service = Service::start(move |_, _| ok(&both)).await;
    let reading = service.client().customer(&key(None, Some("ORG"))).await;
    assert_eq!(reading, Reading::Ambiguous(vec!["c1".to_owned(), "c2".to_owned()]));
}

#[tokio::test]
async fn an_attached_organization_is_found_under_another_key() {
    let service = Service::start(|received, _| {
        if received.is("GET /v1/wholesale/customers?externalId=") {
            nothing(&received.line)
        } else if received.is("GET /v1/wholesale/customers?orgId=ORG") {
            ok(&json!({"items": [{"id": "c8", "externalId": "x", "orgId": "other"},
                {"id": "c7", "externalId": "old-key", "orgId": "ORG", "status": "provisioned"}]}))
        } else {
            pizza(received, 0)
        }
    })
    .await;
    let Reading::Found(customer) = service.client().customer(&key(None, Some("ORG"))).await else {
        panic!("not found")
    };
    assert_eq!((customer.id.as_str(), &*customer.external_id), ("c7", "old-key"));
    let service = Service::start(|received, _| nothing(&received.line)).await;
    assert_eq!(service.client().customer(&key(None, None)).await, Reading::Absent);
    assert_eq!(service.lines().len(), 1, "without an organization there is nothing else to ask");
}

#[tokio::test]
async fn a_target_without_registry_is_not_asked_for_templates() {
    let service = Service::start(|_, _| status(500, &json!({}))).await;
    assert_eq!(service.client().templates().await, Ok(None));
    assert!(service.lines().is_empty());
}

#[tokio::test]
async fn templates_come_under_their_names() {
    let body = json!({"items": [{"provisioningId": "t1", "name": "standard-us",
        "spec": {"displayName": "Standard US", "restrictAdminInvites": false}}]});
    let service = Service::start(move |_, _| ok(&body)).await;
    let mut settings = service.settings();
    settings.registry = true;
    let templates = hubform::webex::Client::new(settings).unwrap().templates().await.unwrap().unwrap();
    assert_eq!(templates[0].0, "standard-us");
    assert_eq!(templates[0].1.fields.text("displayName"), Some("Standard US"));
}
