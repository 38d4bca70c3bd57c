//! Stable names of objects: what the author wrote, known before anything exists.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::text::{Email, Name, TextError};

/// The kinds of object that hubform manages.
///
/// The order of the variants is the order of creation: an object refers only to kinds above its
/// own. [`Address`] sorts by it, and the planner relies on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An onboarding template of the partner.
    Template,
    /// A wholesale customer.
    Customer,
    /// A location of a customer.
    Location,
    /// A user of a customer: a wholesale subscriber and its person.
    User,
}

impl Kind {
    /// Every kind, in the order of creation.
    pub const ALL: [Self; 4] = [Self::Template, Self::Customer, Self::Location, Self::User];

    /// Returns the word that begins addresses of this kind.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Customer => "customer",
            Self::Location => "location",
            Self::User => "user",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Says which object is meant, such as `location/johns-pizza/downtown`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Address {
    /// `template/NAME`
    Template(Name),
    /// `customer/NAME`
    Customer(Name),
    /// `location/CUSTOMER/NAME`
    Location(Name, Name),
    /// `user/CUSTOMER/EMAIL`
    User(Name, Email),
}

/// Says why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an address: {reason}")]
pub struct AddressError {
    text: String,
    reason: String,
}

impl Address {
    /// Returns the address of a customer's first location.
    pub fn headquarters(customer: &Name) -> Self {
        Self::Location(customer.clone(), Name::headquarters())
    }

    /// Returns an address that sorts before every location of a customer and behind those of the one before.
    pub(crate) fn first_location(customer: &Name) -> Self {
        Self::Location(customer.clone(), Name::least())
    }

    /// Returns an address that sorts before every user of a customer and behind those of the one before.
    pub(crate) fn first_user(customer: &Name) -> Self {
        Self::User(customer.clone(), Email::least())
    }

    /// Returns the kind of the object.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Template(_) => Kind::Template,
            Self::Customer(_) => Kind::Customer,
            Self::Location(..) => Kind::Location,
            Self::User(..) => Kind::User,
        }
    }

    /// Returns the customer that the object is or belongs to; none for a template.
    pub const fn customer(&self) -> Option<&Name> {
        match self {
            Self::Template(_) => None,
            Self::Customer(customer) | Self::Location(customer, _) | Self::User(customer, _) => Some(customer),
        }
    }

    /// Returns the last part of the address: the name or the e-mail address.
    pub fn last(&self) -> &str {
        match self {
            Self::Template(name) | Self::Customer(name) | Self::Location(_, name) => name.as_str(),
            Self::User(_, email) => email.as_str(),
        }
    }

    /// Returns true for a customer's first location.
    pub fn is_headquarters(&self) -> bool {
        matches!(self, Self::Location(_, name) if name.is_headquarters())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Template(name) | Self::Customer(name) => write!(f, "{kind}/{name}"),
            Self::Location(customer, name) => write!(f, "{kind}/{customer}/{name}"),
            Self::User(customer, email) => write!(f, "{kind}/{customer}/{email}"),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let error = |reason: &str| AddressError { text: text.to_owned(), reason: reason.to_owned() };
        let checked = |result: TextError| error(&result.reason);
        let (kind, rest) = text
            .split_once('/')
            .ok_or_else(|| error("write `template/…`, `customer/…`, `location/CUSTOMER/…` or `user/CUSTOMER/…`"))?;
        let below = || rest.split_once('/').ok_or_else(|| error("the customer's name is missing"));
        match kind {
            "template" => Ok(Self::Template(rest.parse().map_err(checked)?)),
            "customer" => Ok(Self::Customer(rest.parse().map_err(checked)?)),
            "location" => {
                let (customer, name) = below()?;
                Ok(Self::Location(customer.parse().map_err(checked)?, name.parse().map_err(checked)?))
            }
            "user" => {
                let (customer, email) = below()?;
                Ok(Self::User(customer.parse().map_err(checked)?, email.parse().map_err(checked)?))
            }
            _ => Err(error("kinds are `template`, `customer`, `location` and `user`")),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_their_text() {
        for text in [
            "template/standard-us",
            "customer/johns-pizza",
            "location/johns-pizza/downtown",
            "user/johns-pizza/ann@johns-pizza.example",
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for bad in ["", "customer", "customer/", "user/johns-pizza", "user/x/y", "robot/x", "customer/a/b"] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_sort_in_the_order_of_creation() {
        let mut all: Vec<Address> =
            ["user/a/x@a.example", "location/a/b", "customer/z", "template/q"].map(|t| t.parse().unwrap()).into();
        all.sort();
        assert_eq!(all.iter().map(Address::kind).collect::<Vec<_>>(), Kind::ALL);
    }
}
