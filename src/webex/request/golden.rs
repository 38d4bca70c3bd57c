//! Every request as it goes over the wire, field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::*;
use crate::{
    model::{
        Customer, CustomerId, Extension, Fields, JobId, Location, LocationAddress, LocationId, Name, PackageName,
        PackageTerms, PersonId, PhoneNumber, PostalAddress, ProvisioningId, SubscriberId, Value as Field,
    },
    webex::{
        CallingChange, CustomerChange, JobKind, LocationChange, MoveUser, NewCustomer, NewSubscriber,
        OrganizationChange, PersonChange, PstnChoice, RouteKind, SubscriberLine,
    },
};

/// Shows a request: its first line, and its body.
fn shown(request: &Request) -> Value {
    let query: Vec<String> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let line = format!("{} {}?{}", request.method, request.path, query.join("&"));
    let line = line.trim_end_matches('?').to_owned();
    match &request.body {
        Some(body) => json!({"request": line, "body": body}),
        None => json!({"request": line}),
    }
}

fn postal() -> PostalAddress {
    PostalAddress {
        line1: "771 Alder Drive".to_owned(),
        line2: Some("Cisco Site 5".to_owned()),
        city: "Milpitas".to_owned(),
        state: Some("CA".to_owned()),
        postal_code: Some("95035".to_owned()),
        country: "US".parse().unwrap(),
    }
}

/// An address of a country without states and with no second line.
fn plain_postal() -> PostalAddress {
    PostalAddress {
        line1: "1 Raffles Place".to_owned(),
        line2: None,
        city: "Singapore".to_owned(),
        state: None,
        postal_code: None,
        country: "SG".parse().unwrap(),
    }
}

fn location(postal: PostalAddress) -> Location {
    Location {
        id: None,
        display_name: "Head Office".to_owned(),
        address: LocationAddress { postal, written: true },
        time_zone: "America/Los_Angeles".parse().unwrap(),
        language: "en-US".parse().unwrap(),
        announcement_language: Some("es_us".parse().unwrap()),
        pstn: None,
        numbers: BTreeSet::new(),
        main_number: None,
        routing_prefix: None,
    }
}

fn full_customer() -> Customer {
    let terms = |quantity| PackageTerms { quantity };
    Customer {
        id: None,
        external_id: "johns-pizza".to_owned(),
        org_id: None,
        sub_partner: Some(OrgId::new("SUB=")),
        template: "standard-us".parse().unwrap(),
        company: "John's Pizza".to_owned(),
        admin_email: "john@johns-pizza.example".parse().unwrap(),
        language: Some("en_us".parse().unwrap()),
        packages: BTreeMap::from([
            (PackageName::new("webex_calling"), terms(Some(25))),
            (PackageName::new("common_area_calling"), terms(None)),
            (PackageName::new("attendant_console"), terms(Some(2))),
            // Neither has a limit key.
            (PackageName::new("cisco_calling_plan"), terms(Some(9))),
            (PackageName::new("webex_future"), terms(Some(9))),
        ]),
        billing_address: postal(),
        meetings_time_zone: Some("America/Los_Angeles".parse().unwrap()),
        supported_location: true,
    }
}

fn small_customer() -> Customer {
    Customer {
        sub_partner: None,
        language: None,
        packages: BTreeMap::from([(PackageName::new("webex_meetings"), PackageTerms::default())]),
        billing_address: plain_postal(),
        meetings_time_zone: None,
        org_id: Some(OrgId::new("ORG")),
        ..full_customer()
    }
}

fn org() -> OrgId {
    OrgId::new("Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi81MmNmNTc2ZC02MGE4LTQwN2EtYjIyYy00NjdjNTE1OTE5MDg")
}

fn person_id() -> PersonId {
    PersonId::new("Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY")
}

fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

#[test]
fn a_customer_with_calling_is_created_with_its_first_location() {
    let provisioning_id = ProvisioningId::new("ZjVi");
    let (customer, headquarters) = (full_customer(), location(postal()));
    let new = NewCustomer { provisioning_id: &provisioning_id, customer: &customer, headquarters: Some(&headquarters) };
    let request = create_customer(&new);
    insta::assert_json_snapshot!(shown(&request), @r#"
    {
      "body": {
        "address": {
          "addressLine1": "771 Alder Drive",
          "addressLine2": "Cisco Site 5",
          "city": "Milpitas",
          "country": "US",
          "stateOrProvince": "CA",
          "zipOrPostalCode": "95035"
        },
        "customerInfo": {
          "language": "en_US",
          "name": "John's Pizza",
          "primaryEmail": "john@johns-pizza.example"
        },
        "externalId": "johns-pizza",
        "packages": [
          "attendant_console",
          "cisco_calling_plan",
          "common_area_calling",
          "webex_calling",
          "webex_future"
        ],
        "provisioningId": "ZjVi",
        "provisioningParameters": {
          "calling": {
            "location": {
              "address": {
                "addressLine1": "771 Alder Drive",
                "addressLine2": "Cisco Site 5",
                "city": "Milpitas",
                "country": "US",
                "stateOrProvince": "CA",
                "zipOrPostalCode": "95035"
              },
              "language": "en_us",
              "name": "Head Office",
              "timezone": "America/Los_Angeles"
            }
          },
          "meetings": {
            "timezone": "America/Los_Angeles"
          },
          "packages": {
            "limits": {
              "attendant_console": 2,
              "webex_calling": 25
            }
          }
        }
      },
      "request": "POST /wholesale/customers?onBehalfOfSubPartnerOrgId=SUB="
    }
    "#);
    let address = request.body.as_ref().unwrap().pointer("/provisioningParameters/calling/location/address").unwrap();
    assert_eq!(address["stateOrProvince"], "CA", "the city is never sent as the state");
    assert_eq!(request.effect, Effect::Writes);
}

#[test]
fn a_customer_without_options_sends_none_of_them() {
    let provisioning_id = ProvisioningId::new("ZjVi");
    let (customer, headquarters) = (small_customer(), location(postal()));
    // A first location is for calling packages only.
    let new = NewCustomer { provisioning_id: &provisioning_id, customer: &customer, headquarters: Some(&headquarters) };
    insta::assert_json_snapshot!(shown(&create_customer(&new)), @r#"
    {
      "body": {
        "address": {
          "addressLine1": "1 Raffles Place",
          "city": "Singapore",
          "country": "SG"
        },
        "customerInfo": {
          "name": "John's Pizza",
          "primaryEmail": "john@johns-pizza.example"
        },
        "externalId": "johns-pizza",
        "orgId": "ORG",
        "packages": [
          "webex_meetings"
        ],
        "provisioningId": "ZjVi"
      },
      "request": "POST /wholesale/customers"
    }
    "#);
}

#[test]
fn a_precheck_asks_with_the_same_body_but_the_language() {
    let provisioning_id = ProvisioningId::new("ZjVi");
    let (customer, headquarters) = (full_customer(), location(plain_postal()));
    let new = NewCustomer { provisioning_id: &provisioning_id, customer: &customer, headquarters: Some(&headquarters) };
    let request = precheck_customer(&new);
    insta::assert_json_snapshot!(shown(&request), @r#"
    {
      "body": {
        "address": {
          "addressLine1": "771 Alder Drive",
          "addressLine2": "Cisco Site 5",
          "city": "Milpitas",
          "country": "US",
          "stateOrProvince": "CA",
          "zipOrPostalCode": "95035"
        },
        "customerInfo": {
          "name": "John's Pizza",
          "primaryEmail": "john@johns-pizza.example"
        },
        "externalId": "johns-pizza",
        "packages": [
          "attendant_console",
          "cisco_calling_plan",
          "common_area_calling",
          "webex_calling",
          "webex_future"
        ],
        "provisioningId": "ZjVi",
        "provisioningParameters": {
          "calling": {
            "location": {
              "address": {
                "addressLine1": "1 Raffles Place",
                "city": "Singapore",
                "country": "SG"
              },
              "language": "en_us",
              "name": "Head Office",
              "timezone": "America/Los_Angeles"
            }
          },
          "meetings": {
            "timezone": "America/Los_Angeles"
          },
          "packages": {
            "limits": {
              "attendant_console": 2,
              "webex_calling": 25
            }
          }
        }
      },
      "request": "POST /wholesale/customers/validate?onBehalfOfSubPartnerOrgId=SUB="
    }
    "#);
    assert_eq!(request.effect, Effect::Reads, "a precheck changes nothing, so it may be repeated");
}

#[test]
fn a_customer_update_carries_the_complete_package_list_and_no_more_than_is_given() {
    let packages = ["webex_calling", "webex_future"].map(PackageName::new).into();
    let quantities = BTreeMap::new();
    let change = CustomerChange {
        packages: &packages,
        external_id: "johns-pizza",
        billing_address: None,
        quantities: &quantities,
        headquarters: None,
        meetings_time_zone: None,
    };
    insta::assert_json_snapshot!(shown(&update_customer(&CustomerId::new("c/1"), None, &change)), @r#"
    {
      "body": {
        "externalId": "johns-pizza",
        "packages": [
          "webex_calling",
          "webex_future"
        ]
      },
      "request": "PUT /wholesale/customers/c%2F1"
    }
    "#);
}

#[test]
fn a_customer_update_can_change_address_quantities_and_meetings() {
    let packages = ["webex_calling", "webex_meetings"].map(PackageName::new).into();
    let quantities =
        [("webex_calling", 30), ("cisco_calling_plan", 4)].map(|(name, n)| (PackageName::new(name), n)).into();
    let (address, headquarters, zone) = (plain_postal(), location(plain_postal()), "Asia/Singapore".parse().unwrap());
    let change = CustomerChange {
        packages: &packages,
        external_id: "johns-pizza",
        billing_address: Some(&address),
        quantities: &quantities,
        headquarters: Some(&headquarters),
        meetings_time_zone: Some(&zone),
    };
    let sub_partner = OrgId::new("SUB");
    insta::assert_json_snapshot!(shown(&update_customer(&CustomerId::new("c1"), Some(&sub_partner), &change)), @r#"
    {
      "body": {
        "address": {
          "addressLine1": "1 Raffles Place",
          "city": "Singapore",
          "country": "SG"
        },
        "externalId": "johns-pizza",
        "packages": [
          "webex_calling",
          "webex_meetings"
        ],
        "provisioningParameters": {
          "calling": {
            "location": {
              "address": {
                "addressLine1": "1 Raffles Place",
                "city": "Singapore",
                "country": "SG"
              },
              "language": "en_us",
              "name": "Head Office",
              "timezone": "America/Los_Angeles"
            }
          },
          "meetings": {
            "timezone": "Asia/Singapore"
          },
          "packages": {
            "limits": {
              "webex_calling": 30
            }
          }
        }
      },
      "request": "PUT /wholesale/customers/c1?onBehalfOfSubPartnerOrgId=SUB"
    }
    "#);
}

#[test]
fn customers_are_looked_up_and_deleted_for_a_sub_partner() {
    let (id, sub_partner) = (CustomerId::new("c1"), OrgId::new("SUB"));
    insta::assert_json_snapshot!(
        [
            shown(&customer(&id, Some(&sub_partner))),
            shown(&customers_by_external_id("a b&c", Some(&sub_partner))),
            shown(&customers_by_organization(&OrgId::new("ORG"), None)),
            shown(&delete_customer(&id, Some(&sub_partner))),
        ],
        @r#"
    [
      {
        "request": "GET /wholesale/customers/c1?onBehalfOfSubPartnerOrgId=SUB"
      },
      {
        "request": "GET /wholesale/customers?externalId=a b&c&max=100&onBehalfOfSubPartnerOrgId=SUB"
      },
      {
        "request": "GET /wholesale/customers?orgId=ORG&max=100"
      },
      {
        "request": "DELETE /wholesale/customers/c1?onBehalfOfSubPartnerOrgId=SUB"
      }
    ]
    "#
    );
}

#[test]
fn an_organization_is_patched_by_its_uuid_with_a_country_in_capitals() {
    let language = "en_us".parse().unwrap();
    let change = OrganizationChange { display_name: "John's Pizza", language: Some(&language) };
    insta::assert_json_snapshot!(shown(&update_organization(&org(), &change)), @r#"
    {
      "body": {
        "displayName": "John's Pizza",
        "preferredLanguage": "en_US",
        "schemas": [
          "urn:cisco:codev:identity:organization:core:1.0"
        ]
      },
      "request": "PATCH /identity/organizations/52cf576d-60a8-407a-b22c-467c51591908"
    }
    "#);
    let change = OrganizationChange { display_name: "John's Pizza", language: None };
    insta::assert_json_snapshot!(update_organization(&org(), &change).body, @r#"
    {
      "displayName": "John's Pizza",
      "schemas": [
        "urn:cisco:codev:identity:organization:core:1.0"
      ]
    }
    "#);
}

#[test]
fn a_location_is_created_with_its_address_in_the_other_spelling() {
    let org = OrgId::new("ORG");
    insta::assert_json_snapshot!(shown(&create_location(&org, &location(postal()))), @r#"
    {
      "body": {
        "address": {
          "address1": "771 Alder Drive",
          "address2": "Cisco Site 5",
          "city": "Milpitas",
          "country": "US",
          "postalCode": "95035",
          "state": "CA"
        },
        "announcementLanguage": "es_us",
        "name": "Head Office",
        "preferredLanguage": "en_us",
        "timeZone": "America/Los_Angeles"
      },
      "request": "POST /locations?orgId=ORG"
    }
    "#);
    insta::assert_json_snapshot!(create_location(&org, &location(plain_postal())).body.unwrap()["address"], @r#"
    {
      "address1": "1 Raffles Place",
      "city": "Singapore",
      "country": "SG"
    }
    "#);
}

#[test]
fn a_location_update_sends_only_what_changes() {
    let (org, id) = (OrgId::new("ORG"), LocationId::new("l1"));
    let (address, zone, language) = (postal(), "Europe/Berlin".parse().unwrap(), "de-DE".parse().unwrap());
    let change = LocationChange { display_name: Some("Downtown"), ..LocationChange::default() };
    insta::assert_json_snapshot!(shown(&update_location(&org, &id, &change)), @r#"
    {
      "body": {
        "name": "Downtown"
      },
      "request": "PUT /locations/l1?orgId=ORG"
    }
    "#);
    let change = LocationChange {
        display_name: None,
        address: Some(&address),
        time_zone: Some(&zone),
        language: Some(&language),
    };
    insta::assert_json_snapshot!(update_location(&org, &id, &change).body, @r#"
    {
      "address": {
        "address1": "771 Alder Drive",
        "address2": "Cisco Site 5",
        "city": "Milpitas",
        "country": "US",
        "postalCode": "95035",
        "state": "CA"
      },
      "preferredLanguage": "de_de",
      "timeZone": "Europe/Berlin"
    }
    "#);
}

#[test]
fn calling_is_enabled_by_repeating_the_location() {
    let (org, id) = (OrgId::new("ORG"), LocationId::new("l1"));
    insta::assert_json_snapshot!(shown(&enable_calling(&org, &id, &location(postal()))), @r#"
    {
      "body": {
        "address": {
          "address1": "771 Alder Drive",
          "address2": "Cisco Site 5",
          "city": "Milpitas",
          "country": "US",
          "postalCode": "95035",
          "state": "CA"
        },
        "announcementLanguage": "es_us",
        "id": "l1",
        "name": "Head Office",
        "preferredLanguage": "en_us",
        "timeZone": "America/Los_Angeles"
      },
      "request": "POST /telephony/config/locations?orgId=ORG"
    }
    "#);
}

#[test]
fn a_calling_update_sends_only_what_changes() {
    let (org, id) = (OrgId::new("ORG"), LocationId::new("l1"));
    let (language, main) = ("fr-FR".parse().unwrap(), number("+14085550100"));
    let change =
        CallingChange { announcement_language: Some(&language), main_number: Some(&main), routing_prefix: Some("82") };
    insta::assert_json_snapshot!(shown(&update_calling(&org, &id, &change)), @r#"
    {
      "body": {
        "announcementLanguage": "fr_fr",
        "callingLineId": {
          "phoneNumber": "+14085550100"
        },
        "routingPrefix": "82"
      },
      "request": "PUT /telephony/config/locations/l1?orgId=ORG"
    }
    "#);
    let change = CallingChange { routing_prefix: Some(""), ..CallingChange::default() };
    insta::assert_json_snapshot!(update_calling(&org, &id, &change).body, @r#"
    {
      "routingPrefix": ""
    }
    "#);
}

#[test]
fn jobs_are_started_and_watched() {
    let (org, id, job_id) = (OrgId::new("ORG"), LocationId::new("l1"), JobId::new("j1"));
    insta::assert_json_snapshot!(shown(&disable_calling(&org, &id, "Downtown")), @r#"
    {
      "body": {
        "locationId": "l1",
        "locationName": "Downtown"
      },
      "request": "POST /telephony/config/jobs/locations/deleteCallingLocation?orgId=ORG"
    }
    "#);
    insta::assert_json_snapshot!(
        [
            shown(&job(&org, JobKind::DisableCalling, &job_id)),
            shown(&job(&org, JobKind::MoveUsers, &job_id)),
            shown(&job_errors(&org, JobKind::RoutingPrefix, &job_id)),
        ],
        @r#"
    [
      {
        "request": "GET /telephony/config/jobs/locations/deleteCallingLocation/j1?orgId=ORG"
      },
      {
        "request": "GET /telephony/config/jobs/person/moveLocation/j1?orgId=ORG"
      },
      {
        "request": "GET /telephony/config/jobs/updateRoutingPrefix/j1/errors?orgId=ORG"
      }
    ]
    "#
    );
}

#[test]
fn a_move_keeps_what_is_absent_and_takes_away_what_is_empty() {
    let (org, id, person) = (OrgId::new("ORG"), LocationId::new("l2"), person_id());
    let (new_number, extension): (_, Extension) = (number("+14085550201"), "201".parse().unwrap());
    let mut user = MoveUser {
        person: &person,
        location: &id,
        phone_number: Some(Some(&new_number)),
        extension: Some(Some(&extension)),
    };
    insta::assert_json_snapshot!(shown(&move_user(&org, &user)), @r#"
    {
      "body": {
        "usersList": [
          {
            "locationId": "l2",
            "users": [
              {
                "extension": "201",
                "phoneNumber": "+14085550201",
                "userId": "Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY"
              }
            ],
            "validate": false
          }
        ]
      },
      "request": "POST /telephony/config/jobs/person/moveLocation?orgId=ORG"
    }
    "#);
    (user.phone_number, user.extension) = (Some(None), None);
    insta::assert_json_snapshot!(move_user(&org, &user).body.unwrap()["usersList"][0]["users"], @r#"
    [
      {
        "phoneNumber": "",
        "userId": "Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY"
      }
    ]
    "#);
}

#[test]
fn a_location_is_connected_by_option_or_by_route() {
    let (org, id) = (OrgId::new("ORG"), LocationId::new("l1"));
    insta::assert_json_snapshot!(
        [
            shown(&connect_pstn(&org, &id, &PstnChoice::Option { id: "o1" })),
            shown(&connect_pstn(&org, &id, &PstnChoice::Route { kind: RouteKind::Trunk, id: "t1" })),
            shown(&connect_pstn(&org, &id, &PstnChoice::Route { kind: RouteKind::RouteGroup, id: "g1" })),
        ],
        @r#"
    [
      {
        "body": {
          "id": "o1"
        },
        "request": "PUT /telephony/pstn/locations/l1/connection?orgId=ORG"
      },
      {
        "body": {
          "premiseRouteId": "t1",
          "premiseRouteType": "TRUNK"
        },
        "request": "PUT /telephony/pstn/locations/l1/connection?orgId=ORG"
      },
      {
        "body": {
          "premiseRouteId": "g1",
          "premiseRouteType": "ROUTE_GROUP"
        },
        "request": "PUT /telephony/pstn/locations/l1/connection?orgId=ORG"
      }
    ]
    "#
    );
}

#[test]
fn numbers_are_added_active_and_removed_with_a_body() {
    let (org, id) = (OrgId::new("ORG"), LocationId::new("l1"));
    let two = [number("+14085550100"), number("+14085550101")];
    insta::assert_json_snapshot!(
        [shown(&add_numbers(&org, &id, &two)), shown(&remove_numbers(&org, &id, &two))],
        @r#"
    [
      {
        "body": {
          "phoneNumbers": [
            "+14085550100",
            "+14085550101"
          ],
          "state": "ACTIVE"
        },
        "request": "POST /telephony/config/locations/l1/numbers?orgId=ORG"
      },
      {
        "body": {
          "phoneNumbers": [
            "+14085550100",
            "+14085550101"
          ]
        },
        "request": "DELETE /telephony/config/locations/l1/numbers?orgId=ORG"
      }
    ]
    "#
    );
}

#[test]
fn a_subscriber_is_created_with_its_line() {
    let (customer, location) = (CustomerId::new("c1"), LocationId::new("l1"));
    let (email, package) = ("ann@johns-pizza.example".parse().unwrap(), PackageName::new("webex_calling"));
    let (phone, extension): (_, Extension) = (number("+14085550201"), "0201".parse().unwrap());
    let line = SubscriberLine { location: &location, phone_number: Some(&phone), extension: Some(&extension) };
    let mut new = NewSubscriber {
        customer: &customer,
        email: &email,
        package: &package,
        first_name: Some("Ann"),
        last_name: Some("Lee"),
        line: Some(line),
    };
    insta::assert_json_snapshot!(shown(&create_subscriber(Some(&OrgId::new("SUB")), &new)), @r#"
    {
      "body": {
        "customerId": "c1",
        "email": "ann@johns-pizza.example",
        "packages": [
          "webex_calling"
        ],
        "provisioningParameters": {
          "extension": "0201",
          "firstName": "Ann",
          "lastName": "Lee",
          "locationId": "l1",
          "primaryPhoneNumber": "+14085550201"
        }
      },
      "request": "POST /wholesale/subscribers?onBehalfOfSubPartnerOrgId=SUB"
    }
    "#);
    (new.first_name, new.last_name, new.line) = (None, None, None);
    insta::assert_json_snapshot!(shown(&create_subscriber(None, &new)), @r#"
    {
      "body": {
        "customerId": "c1",
        "email": "ann@johns-pizza.example",
        "packages": [
          "webex_calling"
        ],
        "provisioningParameters": {}
      },
      "request": "POST /wholesale/subscribers"
    }
    "#);
}

#[test]
fn a_subscriber_update_sends_the_line_only_on_the_way_to_calling() {
    let (id, location, package) = (SubscriberId::new("s1"), LocationId::new("l1"), PackageName::new("webex_suite"));
    let extension: Extension = "201".parse().unwrap();
    let line = SubscriberLine { location: &location, phone_number: None, extension: Some(&extension) };
    insta::assert_json_snapshot!(
        [
            shown(&update_subscriber(None, &id, &package, None)),
            shown(&update_subscriber(None, &id, &package, Some(&line))),
            shown(&delete_subscriber(None, &id)),
        ],
        @r#"
    [
      {
        "body": {
          "packages": [
            "webex_suite"
          ]
        },
        "request": "PUT /wholesale/subscribers/s1"
      },
      {
        "body": {
          "packages": [
            "webex_suite"
          ],
          "provisioningParameters": {
            "extension": "201",
            "locationId": "l1"
          }
        },
        "request": "PUT /wholesale/subscribers/s1"
      },
      {
        "request": "DELETE /wholesale/subscribers/s1"
      }
    ]
    "#
    );
}

/// A person as the service reports it, with what cannot be written.
fn current() -> Map<String, Value> {
    let person = json!({
        "id": "p1", "emails": ["ann@johns-pizza.example"], "displayName": "Ann L.", "nickName": "Ann",
        "firstName": "Ann", "lastName": "Lee", "orgId": "ORG", "roles": ["r1"], "licenses": ["x1", "x2"],
        "extension": "201", "locationId": "l1", "department": null, "title": "GM", "loginEnabled": "true",
        "phoneNumbers": [
            {"type": "work", "value": "+14085550201", "primary": true},
            {"type": "work_extension", "value": "82201"},
            {"type": "mobile", "value": "+14085550999"}
        ],
        "sipAddresses": [], "created": "2026-01-01T00:00:00Z", "status": "active", "invitePending": "false",
        "type": "person", "timezone": "America/Los_Angeles", "lastActivity": null, "later": {"unknown": 1}
    });
    person.as_object().unwrap().clone()
}

#[test]
fn a_person_is_written_back_whole_and_without_what_cannot_be_written() {
    let (phone, extension): (_, Extension) = (number("+14085550202"), "202".parse().unwrap());
    let change = PersonChange {
        first_name: None,
        last_name: Some("Ray"),
        phone_number: Some(Some(&phone)),
        extension: Some(Some(&extension)),
    };
    let body = edit_person(&current(), &change, None);
    insta::assert_json_snapshot!(shown(&replace_person(&PersonId::new("p1"), &body)), @r#"
    {
      "body": {
        "displayName": "Ann Ray",
        "emails": [
          "ann@johns-pizza.example"
        ],
        "extension": "202",
        "firstName": "Ann",
        "lastName": "Ray",
        "licenses": [
          "x1",
          "x2"
        ],
        "loginEnabled": true,
        "orgId": "ORG",
        "phoneNumbers": [
          {
            "type": "work",
            "value": "+14085550202"
          },
          {
            "type": "mobile",
            "value": "+14085550999"
          }
        ],
        "roles": [
          "r1"
        ],
        "title": "GM"
      },
      "request": "PUT /people/p1?callingData=true"
    }
    "#);
}

#[test]
fn a_person_who_gives_up_a_line_keeps_everything_else() {
    let change = PersonChange { phone_number: Some(None), extension: Some(None), ..PersonChange::default() };
    let roles = ["r1".to_owned(), "r2".to_owned()].into();
    insta::assert_json_snapshot!(edit_person(&current(), &change, Some(&roles)), @r#"
    {
      "displayName": "Ann L.",
      "emails": [
        "ann@johns-pizza.example"
      ],
      "extension": "",
      "firstName": "Ann",
      "lastName": "Lee",
      "licenses": [
        "x1",
        "x2"
      ],
      "loginEnabled": true,
      "orgId": "ORG",
      "phoneNumbers": [
        {
          "type": "mobile",
          "value": "+14085550999"
        }
      ],
      "roles": [
        "r1",
        "r2"
      ],
      "title": "GM"
    }
    "#);
}

#[test]
fn a_person_without_any_name_is_displayed_by_its_address() {
    let current = json!({"emails": ["ann@johns-pizza.example"], "displayName": ""});
    let body = edit_person(current.as_object().unwrap(), &PersonChange::default(), None);
    assert_eq!(body["displayName"], "ann@johns-pizza.example");
    assert!(body.get("phoneNumbers").is_none(), "what was not read is not written");
}

#[test]
fn roles_are_patched_one_by_one() {
    let add = ["id_full_admin".to_owned(), "id_user_admin".to_owned()];
    let remove = ["id_readonly_admin".to_owned()];
    insta::assert_json_snapshot!(shown(&patch_roles(&org(), &person_id(), &add, &remove)), @r#"
    {
      "body": {
        "Operations": [
          {
            "op": "add",
            "path": "roles",
            "value": [
              {
                "type": "cirole",
                "value": "id_full_admin"
              },
              {
                "type": "cirole",
                "value": "id_user_admin"
              }
            ]
          },
          {
            "op": "remove",
            "path": "roles[value eq \"id_readonly_admin\"]"
          }
        ],
        "schemas": [
          "urn:ietf:params:scim:api:messages:2.0:PatchOp"
        ]
      },
      "request": "PATCH /identity/scim/52cf576d-60a8-407a-b22c-467c51591908/v2/Users/f5b36187-c8dd-4727-8b2f-f9c447f29046"
    }
    "#);
}

#[test]
fn only_roles_with_a_name_of_their_own_are_known_to_scim() {
    use base64::Engine as _;
    let id =
        |last: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("ciscospark://us/ROLE/{last}"));
    assert_eq!(scim_name(&id("id_full_admin")).as_deref(), Some("id_full_admin"));
    assert_eq!(scim_name(&format!("{}=", id("id_user_admin"))).as_deref(), Some("id_user_admin"));
    for none in ["96abc2aa-3dcc-11e5-a152-fe34819cdc9a", "location_admin", "a\"] or [b", ""] {
        assert_eq!(scim_name(&id(none)), None, "{none}");
    }
    assert_eq!(scim_name("id_full_admin"), None);
}

#[test]
fn templates_travel_as_flat_fields() {
    let mut fields = Fields::default();
    fields.set_text("displayName", Some("Standard US"));
    fields.set("restrictAdminInvites", Field::Flag(false));
    let (id, name): (_, Name) = (ProvisioningId::new("t1"), "standard-us".parse().unwrap());
    insta::assert_json_snapshot!(
        [
            shown(&create_template(&name, &fields)),
            shown(&update_template(&id, &name, &fields)),
            shown(&delete_template(&id)),
        ],
        @r#"
    [
      {
        "body": {
          "name": "standard-us",
          "spec": {
            "displayName": "Standard US",
            "restrictAdminInvites": false
          }
        },
        "request": "POST /registry/templates"
      },
      {
        "body": {
          "name": "standard-us",
          "spec": {
            "displayName": "Standard US",
            "restrictAdminInvites": false
          }
        },
        "request": "PUT /registry/templates/t1"
      },
      {
        "request": "DELETE /registry/templates/t1"
      }
    ]
    "#
    );
}

#[test]
fn lists_are_asked_for_the_customers_organization() {
    let (org, id) = (OrgId::new("ORG"), LocationId::new("l1"));
    insta::assert_json_snapshot!(
        [
            shown(&people(&org)),
            shown(&person(&person_id())),
            shown(&locations(&org)),
            shown(&calling_locations(&org)),
            shown(&calling_location(&org, &id)),
            shown(&pstn(&org, &id)),
            shown(&pstn_options(&org, &id)),
            shown(&route_choices(&org)),
            shown(&numbers(&org)),
            shown(&numbers_of_location(&org, &id)),
            shown(&subscribers(&CustomerId::new("c1"), None)),
        ],
        @r#"
    [
      {
        "request": "GET /people?orgId=ORG&callingData=true&max=100"
      },
      {
        "request": "GET /people/Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY?callingData=true"
      },
      {
        "request": "GET /locations?orgId=ORG"
      },
      {
        "request": "GET /telephony/config/locations?orgId=ORG"
      },
      {
        "request": "GET /telephony/config/locations/l1?orgId=ORG"
      },
      {
        "request": "GET /telephony/pstn/locations/l1/connection?orgId=ORG"
      },
      {
        "request": "GET /telephony/pstn/locations/l1/connectionOptions?orgId=ORG"
      },
      {
        "request": "GET /telephony/config/routeChoices?orgId=ORG"
      },
      {
        "request": "GET /telephony/config/numbers?orgId=ORG&numberType=NUMBER&max=2000"
      },
      {
        "request": "GET /telephony/config/numbers?orgId=ORG&numberType=NUMBER&max=2000&locationId=l1"
      },
      {
        "request": "GET /wholesale/subscribers?customerId=c1&max=100"
      }
    ]
    "#
    );
}
