//! Locations with their calling side, PSTN and numbers; jobs; lists.

use super::{super::*, *};
use crate::{
    model::{CustomerId, JobId, LocationId},
    webex::{CallingChange, JobKind, LocationChange, PstnChoice, RouteKind},
};

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
