//! Subscribers, people, roles and moves.

use serde_json::Map;

use super::{super::*, *};
use crate::{
    model::{CustomerId, Extension, LocationId, PackageName, SubscriberId},
    webex::{MoveUser, NewSubscriber, PersonChange, SubscriberLine},
};

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

#[test]
fn a_person_is_written_back_whole_and_without_what_cannot_be_written() {
    let (phone, extension): (_, Extension) = (number("+14085550202"), "202".parse().unwrap());
    let change = PersonChange {
        first_name: None,
        last_name: Some("Ray"),
        phone_number: Some(Some(&phone)),
        extension: Some(Some(&extension)),
    };
    let body = edit_person(&current(), &change, Some("+14085550201"), None);
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
    insta::assert_json_snapshot!(edit_person(&current(), &change, Some("+14085550201"), Some(&roles)), @r#"
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
      "phoneNumbers": [],
      "roles": [
        "r1",
        "r2"
      ],
      "title": "GM"
    }
    "#);
}

#[test]
fn a_person_who_is_renamed_keeps_the_line_as_it_is() {
    let change = PersonChange { first_name: Some("Anna"), ..PersonChange::default() };
    let body = edit_person(&current(), &change, Some("+14085550201"), None);
    assert_eq!(body["phoneNumbers"], json!([{"type": "work", "value": "+14085550201"}]));
    assert_eq!((&body["extension"], &body["displayName"]), (&json!("201"), &json!("Anna Lee")));
}

#[test]
fn a_person_without_any_name_is_displayed_by_its_address() {
    let current = json!({"emails": ["ann@johns-pizza.example"], "displayName": ""});
    let body = edit_person(current.as_object().unwrap(), &PersonChange::default(), None, None);
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
