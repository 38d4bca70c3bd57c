//! What is locked, stored and approved as one: a customer with everything below it, or the templates (R18).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{address::Address, text::Name};

/// One unit of locking and of storage. The order puts the templates first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// All templates.
    Templates,
    /// A customer with its locations and users.
    Customer(Name),
}

impl Unit {
    /// Returns the unit that an object belongs to.
    pub fn of(address: &Address) -> Self {
        address.customer().map_or(Self::Templates, |name| Self::Customer(name.clone()))
    }

    /// Returns the unit of a part: the templates' part has no customer.
    pub fn of_part(customer: Option<&Name>) -> Self {
        customer.map_or(Self::Templates, |name| Self::Customer(name.clone()))
    }

    /// Returns the customer; none for the templates.
    pub const fn customer(&self) -> Option<&Name> {
        match self {
            Self::Templates => None,
            Self::Customer(name) => Some(name),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Templates => f.write_str("templates"),
            Self::Customer(name) => write!(f, "customer/{name}"),
        }
    }
}

/// A text that names no unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `templates` nor `customer/NAME`")]
pub struct UnitError(String);

impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let customer = || text.strip_prefix("customer/")?.parse().ok().map(Self::Customer);
        if text == "templates" {
            return Ok(Self::Templates);
        }
        customer().ok_or_else(|| UnitError(text.to_owned()))
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_survives_its_text_and_the_templates_come_first() {
        let units = [Unit::Templates, Unit::Customer("acme".parse().unwrap())];
        for unit in &units {
            assert_eq!(unit.to_string().parse::<Unit>().as_ref(), Ok(unit));
        }
        assert!(units.is_sorted());
        assert!("customer/".parse::<Unit>().is_err() && "user/acme/a@b.example".parse::<Unit>().is_err());
    }

    #[test]
    fn everything_below_a_customer_is_of_its_unit() {
        let unit = |text: &str| Unit::of(&text.parse().unwrap()).to_string();
        assert_eq!(unit("user/acme/a@acme.example"), "customer/acme");
        assert_eq!(unit("template/standard-us"), "templates");
    }
}
