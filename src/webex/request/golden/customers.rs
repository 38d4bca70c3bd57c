//! Customers, organizations and templates.

use std::collections::BTreeMap;

use super::{super::*, *};
use crate::{
    model::{Customer, CustomerId, Fields, Name, PackageName, PackageTerms, ProvisioningId, Value as Field},
    webex::{CustomerChange, NewCustomer, OrganizationChange},
};

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
