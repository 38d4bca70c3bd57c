//! Rules about addresses.

use crate::model::{PostalAddress, Problem, codes};

use super::{
    fleet::{Fleet, Placed},
    shown::shown,
    subdivision,
    table::problem,
};

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for (_, customer) in fleet.customers() {
        address(customer, "billingAddress", &customer.spec.billing_address, found);
    }
    for (_, location) in fleet.locations() {
        // What is not written is the billing address, which was looked at already.
        if location.spec.address.written {
            address(location, "address", &location.spec.address.postal, found);
        }
    }
}

fn address<S>(object: Placed<'_, S>, field: &str, postal: &PostalAddress, found: &mut Vec<Problem>) {
    let mut push = |part: &str, problem| found.push(object.blame(&format!("{field}.{part}"), problem));
    for (part, line) in [("line1", Some(&postal.line1)), ("line2", postal.line2.as_ref())] {
        let length = line.map_or(0, |line| line.chars().count());
        if length > PostalAddress::MAX_LINE {
            let most = PostalAddress::MAX_LINE;
            let message = format!("`{part}` has {length} characters, and the service takes {most}");
            let fix = if part == "line1" { "shorten it, or move a part to `line2`" } else { "shorten it" };
            push(part, problem(codes::ADDRESS_LINE, message).fix(fix));
        }
    }
    if postal.country.as_str() == "US" {
        for (part, problem) in united_states(postal) {
            push(part, problem);
        }
        return;
    }
    let country = &postal.country;
    match &postal.state {
        Some(state) if subdivision::has_any(country) && !subdivision::is_code(country, state) => {
            let message = format!("`{}` is not an ISO 3166-2 code of `{country}`", shown(state));
            let fix = match subdivision::meant(country, state) {
                Some(code) => format!("write `state: {code}`"),
                None => "write the code of the state or province".to_owned(),
            };
            push("state", problem(codes::STATE, message).fix(fix));
        }
        None if postal.postal_code.is_none() && subdivision::has_any(country) => {
            let message =
                format!("neither `state` nor `postalCode` is written; the service may need them in `{country}`");
            push(
                "postalCode",
                problem(codes::ADDRESS_INCOMPLETE, message).fix("write what the address has of the two"),
            );
        }
        Some(_) | None => {}
    }
}

/// Every sample of Cisco's has both parts, and emergency calls in the United States depend on them.
fn united_states(postal: &PostalAddress) -> Vec<(&'static str, Problem)> {
    let mut wrong = Vec::new();
    let state = postal.state.as_deref();
    if state.is_none_or(|state| state.len() != 2 || !subdivision::is_code(&postal.country, state)) {
        let message = match state {
            Some(state) => format!("`{}` is not the code of a state", shown(state)),
            None => "an address in the United States needs a `state`".to_owned(),
        };
        let fix = match state.and_then(|state| subdivision::meant(&postal.country, state)) {
            Some(code) => format!("write `state: {code}`"),
            None => "write two letters such as `state: CA`".to_owned(),
        };
        wrong.push(("state", problem(codes::US_ADDRESS, message).fix(fix)));
    }
    let zip = postal.postal_code.as_deref();
    if !zip.is_some_and(is_zip_code) {
        let message = match zip {
            Some(zip) => format!("`{}` is not a ZIP code", shown(zip)),
            None => "an address in the United States needs a `postalCode`".to_owned(),
        };
        let fix = "write five digits, quoted: `postalCode: \"95035\"`";
        wrong.push(("postalCode", problem(codes::US_ADDRESS, message).fix(fix)));
    }
    wrong
}

/// Returns true for `95035` and `95035-1234`.
fn is_zip_code(text: &str) -> bool {
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('-') {
        Some((five, four)) => digits(five, 5) && digits(four, 4),
        None => digits(text, 5),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[test]
    fn address_lines_have_fifty_characters() {
        World::valid().customer("acme", |acme| acme.billing_address.line1 = "é".repeat(50)).finds(&[]);
        World::valid().customer("acme", |acme| acme.billing_address.line1 = "é".repeat(51)).finds(&["HF230"]);
        World::valid()
            .location("acme", "branch", |branch| branch.address.postal.line2 = Some("x".repeat(51)))
            .finds(&["HF230"]);
    }

    #[test]
    fn an_address_that_is_not_written_is_not_blamed_again() {
        let long = "x".repeat(51);
        World::valid()
            .customer("acme", |acme| acme.billing_address.line1.clone_from(&long))
            .location("acme", "headquarters", |hq| hq.address.postal.line1.clone_from(&long))
            .finds(&["HF230"]);
    }

    #[test]
    fn the_united_states_have_states_and_zip_codes() {
        let state = |state: Option<&str>| {
            World::valid().customer("acme", |acme| acme.billing_address.state = state.map(str::to_owned))
        };
        state(None).finds(&["HF231"]);
        state(Some("XX")).finds(&["HF231"]);
        let found = state(Some("California")).finds(&["HF231"]);
        assert_eq!(found[0].fix.as_deref(), Some("write `state: CA`"));
        let zip = |zip: Option<&str>| {
            World::valid().customer("acme", |acme| acme.billing_address.postal_code = zip.map(str::to_owned))
        };
        zip(Some("95035-1234")).finds(&[]);
        for bad in [None, Some("9503"), Some("95035-12"), Some("SW1A 1AA")] {
            zip(bad).finds(&["HF231"]);
        }
    }

    #[test]
    fn elsewhere_the_service_knows_what_an_address_needs() {
        World::valid().customer("birch", |birch| birch.billing_address.postal_code = None).finds(&["HF232"]);
        World::valid()
            .customer("birch", |birch| {
                birch.billing_address.postal_code = None;
                birch.billing_address.state = Some("EDH".to_owned());
            })
            .finds(&[]);
    }

    #[test]
    fn a_state_is_a_code_of_its_country() {
        let state = |state: &str| {
            World::valid().customer("birch", |birch| birch.billing_address.state = Some(state.to_owned()))
        };
        state("GB-EDH").finds(&[]);
        let found = state("edinburgh, city of").finds(&["HF233"]);
        assert_eq!(found[0].fix.as_deref(), Some("write `state: EDH`"));
        state("Scotlandshire").finds(&["HF233"]);
    }
}
