//! Phone numbers as the service writes them: E.164, spaced, or national.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{or_default, text};
use crate::model::{Country, LocationId, PhoneNumber, same_remote};

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

/// The numbers of an organization, or of a part of it.
#[derive(Debug, Default)]
pub(in crate::webex) struct Inventory(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    number: PhoneNumber,
    location: Option<String>,
    owner: Option<String>,
}

impl Inventory {
    /// Takes rows in; `country` tells the country of a location, for numbers in national form.
    pub(in crate::webex) fn new<'a>(rows: Vec<NumberRow>, country: impl Fn(&str) -> Option<&'a Country>) -> Self {
        let entry = |row: NumberRow| {
            let text = row.phone_number?;
            let location = row.location.id;
            let Some(number) = Self::normal(&text, location.as_deref().and_then(&country)) else {
                tracing::warn!(digits = text.len(), "the service lists a number that is not in E.164 form");
                return None;
            };
            Some(Entry { number, location, owner: row.owner.id })
        };
        Self(rows.into_iter().filter_map(entry).collect())
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
        let here = |entry: &&Entry| entry.location.as_deref().is_some_and(|at| same_remote(at, id.as_str()));
        self.0.iter().filter(here).map(|entry| entry.number.clone()).collect()
    }

    /// Returns the normal form of a person's number: by itself, else among the numbers that the person owns,
    /// else the one number of the organization that ends so.
    pub(in crate::webex) fn of_person(&self, text: &str, person: &str) -> Option<PhoneNumber> {
        if let Some(number) = Self::normal(text, None) {
            return Some(number);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let ends_so = |number: &PhoneNumber| !digits.is_empty() && number.digits().ends_with(&digits);
        let owns = |entry: &&Entry| entry.owner.as_deref().is_some_and(|owner| same_remote(owner, person));
        self.0
            .iter()
            .filter(owns)
            .find(|entry| ends_so(&entry.number))
            .map(|entry| entry.number.clone())
            .or_else(|| {
                let mut matches = self.0.iter().map(|entry| &entry.number).filter(|number| ends_so(number));
                let number = matches.next()?;
                // Seven digits are the least that tells numbers apart.
                (digits.len() >= 7 && matches.all(|other| other == number)).then(|| number.clone())
            })
            // A national number is written with a trunk prefix in many countries.
            .or_else(|| digits.strip_prefix('0').and_then(|rest| self.of_person(rest, person)))
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
        Inventory::new(serde_json::from_value(rows).unwrap(), |id| (id == "l1").then_some(&us))
    }

    #[test]
    fn numbers_of_every_form_are_grouped_by_location() {
        let numbers = inventory().of_location(&LocationId::new("l1"));
        let numbers: Vec<_> = numbers.iter().map(PhoneNumber::as_str).collect();
        assert_eq!(numbers, ["+14085550100", "+14085550101", "+14085550102"]);
        assert!(inventory().of_location(&LocationId::new("l3")).is_empty());
    }

    #[test]
    fn a_persons_number_is_found_by_owner_and_then_by_digits() {
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
