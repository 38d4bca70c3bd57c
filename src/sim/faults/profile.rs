//! Rules that come with hubform.

use super::rule::Faults;

/// The profiles, as they could be written by hand.
const PROFILES: &[(&str, &str)] = &[
    ("answers-lost", include_str!("profiles/answers-lost.json")),
    ("flaky", include_str!("profiles/flaky.json")),
    ("slow", include_str!("profiles/slow.json")),
    ("throttled", include_str!("profiles/throttled.json")),
    ("worst", include_str!("profiles/worst.json")),
];

impl Faults {
    /// The names of the profiles.
    pub const PROFILES: &'static [&'static str] = &["answers-lost", "flaky", "slow", "throttled", "worst"];
}

pub(super) fn named(name: &str) -> Option<Faults> {
    let (_, text) = PROFILES.iter().find(|(known, _)| *known == name)?;
    Some(Faults::parse(text).expect("a test reads every profile"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_named_and_can_be_read() {
        let names: Vec<&str> = PROFILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, Faults::PROFILES);
        for name in names {
            assert!(!named(name).unwrap().rules.is_empty(), "{name}");
        }
    }

    #[test]
    fn what_is_read_is_written_the_same() {
        for (_, text) in PROFILES {
            let faults = Faults::parse(text).unwrap();
            assert_eq!(Faults::parse(&serde_json::to_string(&faults).unwrap()).unwrap(), faults);
        }
    }
}
