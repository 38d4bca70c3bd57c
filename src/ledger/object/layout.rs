//! The names of the objects.

use crate::model::Unit;

/// What the ledger belongs to.
pub(super) const LEDGER: &str = "ledger.json";
/// The folder of all units.
pub(super) const UNITS: &str = "units";
/// The folder of all holders.
pub(super) const HOLDERS: &str = "holders";
/// The folder of all runs.
pub(super) const RUNS: &str = "runs";

/// An object of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Base,
    Log(u64),
}

pub(super) fn unit_folder(unit: &Unit) -> String {
    format!("{UNITS}/{unit}")
}

pub(super) fn base(unit: &Unit) -> String {
    format!("{UNITS}/{unit}/base.json")
}

pub(super) fn log(unit: &Unit, number: u64) -> String {
    format!("{UNITS}/{unit}/log/{number:020}.json")
}

/// Returns what an object's name says; nothing for one that is none of ours.
pub(super) fn parse(name: &str) -> Option<(Unit, Part)> {
    let rest = name.strip_prefix(UNITS)?.strip_prefix('/')?;
    let (unit, part) = if let Some(unit) = rest.strip_suffix("/base.json") {
        (unit, Part::Base)
    } else {
        let (unit, number) = rest.rsplit_once("/log/")?;
        (unit, Part::Log(number_of(number)?))
    };
    Some((unit.parse().ok()?, part))
}

/// Returns the number that an object of a log, or of the runs, is named by.
pub(super) fn number_of(name: &str) -> Option<u64> {
    let digits = name.rsplit('/').next()?.strip_suffix(".json")?;
    let is_number = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

pub(super) fn run(number: u64) -> String {
    format!("{RUNS}/{number:020}.json")
}

pub(super) fn holder_folder(run: &str) -> String {
    // A run's name is our own and plain; whatever else it might be stays one segment, and one of its own.
    let mut folder = format!("{HOLDERS}/");
    for byte in run.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            folder.push(char::from(byte));
        } else {
            folder.extend(['_', digit(byte >> 4), digit(byte & 0xf)]);
        }
    }
    if run.is_empty() {
        folder.push('_');
    }
    folder
}

/// Returns the digit of a value below 16.
fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

pub(super) fn beat(run: &str) -> String {
    format!("{}/beat.json", holder_folder(run))
}

pub(super) fn claim(run: &str, nonce: &str) -> String {
    format!("{}/units-{nonce}.json", holder_folder(run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_the_object_is() {
        for unit in ["templates", "customer/acme", "customer/log"] {
            let unit: Unit = unit.parse().unwrap();
            assert_eq!(parse(&base(&unit)), Some((unit.clone(), Part::Base)));
            assert_eq!(parse(&log(&unit, 7)), Some((unit.clone(), Part::Log(7))));
        }
        for foreign in ["units/customer/acme/log/7.json", "units/customer/ACME/base.json", "units/base.json", "x", ""] {
            assert_eq!(parse(foreign), None, "{foreign}");
        }
        assert!(log(&Unit::Templates, 9) < log(&Unit::Templates, 10));
    }

    #[test]
    fn no_two_runs_share_a_folder() {
        let names = ["a/b", "a_2fb", "../a", "", "_", "a"].map(holder_folder);
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert!(names.iter().all(|name| name.matches('/').count() == 1 && !name.contains('.')));
    }
}
