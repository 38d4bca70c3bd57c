//! Every request as it goes over the wire, field by field.

mod account;
mod customers;
mod locations;
mod people;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Request;
use crate::model::{Location, LocationAddress, OrgId, PersonId, PhoneNumber, PostalAddress};

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

fn org() -> OrgId {
    OrgId::new("Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi81MmNmNTc2ZC02MGE4LTQwN2EtYjIyYy00NjdjNTE1OTE5MDg")
}

fn person_id() -> PersonId {
    PersonId::new("Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY")
}

fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}
