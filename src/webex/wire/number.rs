//! Phone numbers as the service writes them: E.164, spaced, or national.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{or_default, text};
use crate::model::{Country, LocationId, PersonId, PhoneNumber};

/// One row of `GET /telephony/config/numbers`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::webex) struct NumberRow {
    /// Empty for a bare extension.
    #[serde(default, deserialize_with = "text")]
    phone_number: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    location: Reference,
    #[serde(default, deserialize_with = "or_default")]
    owner: Reference,
}

#[derive(Debug, Default, Deserialize)]
struct Reference {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
}

/// The numbers of an organization, or of a part of it. Ids are kept by what stays the same of them, since
/// interfaces write them differently.
#[derive(Debug, Default)]
pub(in crate::webex) struct Inventory {
    locations: BTreeMap<String, BTreeSet<PhoneNumber>>,
    owners: BTreeMap<String, Vec<PhoneNumber>>,
    endings: BTreeMap<String, BTreeSet<PhoneNumber>>,
}

/// How many last digits tell numbers apart, at the least.
const ENDING: usize = 7;

fn ending(digits: &str) -> Option<&str> {
    digits.get(digits.len().checked_sub(ENDING)?..)
}

impl Inventory {
    /// Takes rows in; `countries` of locations, by the keys of their ids, are for numbers in national form.
    pub(in crate::webex) fn new(rows: Vec<NumberRow>, countries: &BTreeMap<String, Country>) -> Self {
        let mut inventory = Self::default();
        for NumberRow { phone_number, location, owner } in rows {
            let Some(text) = phone_number else { continue };
            let location = location.id.map(|id| LocationId::new(id).key());
            let country = location.as_ref().and_then(|location| countries.get(location));
            let Some(number) = Self::normal(&text, country) else {
                tracing::warn!(length = text.len(), "the service lists a number that is not in E.164 form");
                continue;
            };
            if let Some(ending) = ending(number.digits()) {
                inventory.endings.entry(ending.to_owned()).or_default().insert(number.clone());
            }
            if let Some(owner) = owner.id {
                inventory.owners.entry(PersonId::new(owner).key()).or_default().push(number.clone());
            }
            if let Some(location) = location {
                inventory.locations.entry(location).or_default().insert(number);
            }
        }
        inventory
    }

    /// Returns the normal form of a number; national forms only where numbers have one country code and length.
    pub(in crate::webex) fn normal(text: &str, country: Option<&Country>) -> Option<PhoneNumber> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if text.trim_start().starts_with('+') {
            return format!("+{digits}").parse().ok();
        }
        let north_american = country.is_some_and(|country| matches!(country.as_str(), "US" | "CA"));
        match digits.len() {
            10 if north_american => format!("+1{digits}").parse().ok(),
            11 if north_american && digits.starts_with('1') => format!("+{digits}").parse().ok(),
            _ => None,
        }
    }

    /// Returns the numbers of a location.
    pub(in crate::webex) fn of_location(&self, id: &LocationId) -> BTreeSet<PhoneNumber> {
        self.locations.get(&id.key()).cloned().unwrap_or_default()
    }

    /// Returns the normal form of a person's number: by itself, else among the numbers that the person owns,
    /// else the one number of the organization that ends so.
    pub(in crate::webex) fn of_person(&self, text: &str, person: &str) -> Option<PhoneNumber> {
        if let Some(number) = Self::normal(text, None) {
            return Some(number);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        // A national number is written with a trunk prefix in many countries.
        [digits.as_str(), digits.trim_start_matches('0')].into_iter().find_map(|digits| {
            let ends_so = |number: &&PhoneNumber| !digits.is_empty() && number.digits().ends_with(digits);
            let owned = self.owners.get(&PersonId::new(person).key()).into_iter().flatten().find(ends_so);
            let single = || {
                let mut matches = self.endings.get(ending(digits)?)?.iter().filter(ends_so);
                matches.next().filter(|_| matches.next().is_none())
            };
            owned.or_else(single).cloned()
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inventory() -> Inventory {
        let rows = json!([
            {"phoneNumber": "+14085550100", "location": {"id": "l1"}, "owner": {"id": "p1", "type": "PEOPLE"}},
            {"phoneNumber": "+1 408 555 0101", "location": {"id": "l1"}},
            {"phoneNumber": "4085550102", "location": {"id": "l1"}},
            {"phoneNumber": "", "extension": "568", "location": {"id": "l1"}},
            {"phoneNumber": "+493055501234", "location": {"id": "l2"}, "owner": null},
            {"phoneNumber": null}
        ]);
        let us: Country = "US".parse().unwrap();
        Inventory::new(serde_json::from_value(rows).unwrap(), &BTreeMap::from([("l1".to_owned(), us)]))
    }

    #[test]
    fn numbers_of_every_form_are_grouped_locations() {
        let numbers = inventory().of_location(&LocationId::new("L1"));
        let numbers: Vec<_> = numbers.iter().map(PhoneNumber::as_str).collect();
        assert_eq!(numbers, ["+14085550100", "+14085550101", "+14085550102"]);
        assert!(inventory().of_location(&LocationId::new("l3")).is_empty());
    }

    #[test]
    fn a_persons_number_is_found_owners_and_then_by_digits() {
        let inventory = inventory();
        let of = |text, person| inventory.of_person(text, person).map(String::from);
        assert_eq!(of("408 555 0100", "p1").as_deref(), Some("+14085550100"));
        assert_eq!(of("4085550101", "p9").as_deref(), Some("+14085550101"));
        assert_eq!(of("030 55501234", "p9").as_deref(), Some("+493055501234"));
        assert_eq!(of("+1 408-555-0199", "p9").as_deref(), Some("+14085550199"));
        assert_eq!(of("0100", "p9"), None, "too short to tell numbers apart");
        assert_eq!(of("4085559999", "p1"), None, "a number that is not the owner's is not made into one");
        assert_eq!(of("", "p9"), None);
    }
}
