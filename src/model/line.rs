//! Phone numbers, ranges of them, and extensions.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::text::{TextError, checked_text};

/// A phone number in E.164 form: `+`, a digit from 1 to 9, and 6 to 14 more digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

checked_text!(PhoneNumber);

impl PhoneNumber {
    /// Returns the digits behind the `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    fn value(&self) -> u64 {
        self.digits().parse().unwrap_or_default()
    }
}

impl FromStr for PhoneNumber {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let good = text.strip_prefix('+').is_some_and(|digits| {
            (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
        });
        if good {
            return Ok(Self(text.to_owned()));
        }
        let error = TextError::new("not a phone number in E.164 form such as `+14085550100`");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let separators =
            text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '(' | ')' | '/'));
        let international = text.trim_start().starts_with('+') || digits.len() >= 11;
        if separators && international && (7..=15).contains(&digits.len()) && !digits.starts_with('0') {
            return Err(error.suggest(format!("+{digits}")));
        }
        Err(error)
    }
}

/// A run of phone numbers of equal length, both ends included: `+14085550100..+14085550149`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberRange {
    first: PhoneNumber,
    last: PhoneNumber,
}

impl NumberRange {
    /// The most numbers that one range may hold (R23).
    pub const MAX: u64 = 10_000;

    /// Returns the first number.
    pub const fn first(&self) -> &PhoneNumber {
        &self.first
    }

    /// Returns the last number.
    pub const fn last(&self) -> &PhoneNumber {
        &self.last
    }

    /// Returns the numbers in ascending order.
    pub fn numbers(&self) -> impl Iterator<Item = PhoneNumber> + use<> {
        (self.first.value()..=self.last.value()).map(|digits| PhoneNumber(format!("+{digits}")))
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}..{}", self.first, self.last) }
    }
}

impl From<PhoneNumber> for NumberRange {
    fn from(number: PhoneNumber) -> Self {
        Self { first: number.clone(), last: number }
    }
}

impl FromStr for NumberRange {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let Some((first, last)) = text.split_once("..") else {
            return text.parse::<PhoneNumber>().map(Self::from);
        };
        let first: PhoneNumber = first.trim().parse()?;
        let last: PhoneNumber = last.trim().parse()?;
        if first.digits().len() != last.digits().len() {
            return Err(TextError::new("both ends of a range have the same number of digits"));
        }
        if last < first {
            return Err(TextError::new("a range begins with its lowest number").suggest(format!("{last}..{first}")));
        }
        if last.value() - first.value() >= Self::MAX {
            return Err(TextError::new(format!("a range holds at most {} numbers; split it", Self::MAX)));
        }
        Ok(Self { first, last })
    }
}

/// Returns the shortest list of ranges that holds the given ascending numbers.
pub fn compress<'a>(numbers: impl IntoIterator<Item = &'a PhoneNumber>) -> Vec<NumberRange> {
    let mut ranges: Vec<NumberRange> = Vec::new();
    for number in numbers {
        if let Some(range) = ranges.last_mut()
            && range.last.digits().len() == number.digits().len()
            && range.last.value() + 1 == number.value()
        {
            range.last = number.clone();
        } else {
            ranges.push(NumberRange::from(number.clone()));
        }
    }
    ranges
}

/// A short internal number of 2 to 10 digits; leading zeros count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Extension(String);

checked_text!(Extension);

impl FromStr for Extension {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let good = (2..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if good { Ok(Self(text.to_owned())) } else { Err(TextError::new("an extension has 2 to 10 digits")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_e164_and_a_near_miss_suggests_itself() {
        assert!("+14085550100".parse::<PhoneNumber>().is_ok());
        assert_eq!("+1 (408) 555-0100".parse::<PhoneNumber>().unwrap_err().suggestion.as_deref(), Some("+14085550100"));
        for bad in ["", "+", "4085550100", "+0140855501", "+1408555010０", "+1234567890123456", "+12345"] {
            assert!(bad.parse::<PhoneNumber>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_range_gives_each_number_once_and_compresses_again() {
        let range: NumberRange = "+14085550108..+14085550111".parse().unwrap();
        let numbers: Vec<_> = range.numbers().collect();
        assert_eq!(numbers.len(), 4);
        assert_eq!(compress(&numbers), [range]);
        assert_eq!(compress(&[numbers[0].clone(), numbers[2].clone()]).len(), 2);
    }

    #[test]
    fn a_range_is_ascending_even_and_bounded() {
        for bad in ["+14085550111..+14085550108", "+1408555010..+14085550108", "+14085550000..+14085560000"] {
            assert!(bad.parse::<NumberRange>().is_err(), "{bad}");
        }
        assert!("+14085550000..+14085559999".parse::<NumberRange>().is_ok());
    }

    #[test]
    fn extensions_keep_leading_zeros() {
        assert_eq!("007".parse::<Extension>().unwrap().as_str(), "007");
        assert!("7".parse::<Extension>().is_err());
        assert!("12345678901".parse::<Extension>().is_err());
    }
}
