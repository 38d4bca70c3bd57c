//! Things that requests are about, as small as they can be.

use std::collections::{BTreeMap, BTreeSet};

use hubform::model::{Customer, Location, LocationAddress, PostalAddress};

fn postal() -> PostalAddress {
    PostalAddress {
        line1: "771 Alder Drive".to_owned(),
        line2: None,
        city: "Milpitas".to_owned(),
        state: None,
        postal_code: None,
        country: "US".parse().unwrap(),
    }
}

pub(crate) fn customer() -> Customer {
    Customer {
        id: None,
        external_id: "johns-pizza".to_owned(),
        org_id: None,
        sub_partner: None,
        template: "standard-us".parse().unwrap(),
        company: "John's Pizza".to_owned(),
        admin_email: "john@johns-pizza.example".parse().unwrap(),
        language: None,
        packages: BTreeMap::new(),
        billing_address: postal(),
        meetings_time_zone: None,
        supported_location: true,
    }
}

pub(crate) fn place() -> Location {
    Location {
        id: None,
        display_name: "Downtown".to_owned(),
        address: LocationAddress { postal: postal(), written: true },
        time_zone: "America/Los_Angeles".parse().unwrap(),
        language: "en_us".parse().unwrap(),
        announcement_language: None,
        pstn: None,
        numbers: BTreeSet::new(),
        main_number: None,
        routing_prefix: None,
    }
}
