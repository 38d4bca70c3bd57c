//! Which of the requests that a rule matches it strikes.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

/// What a rule counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// All requests that it matches, together.
    #[default]
    Rule,
    /// Those of each method and address by themselves; the pages of one list are one address.
    Target,
}

/// Which of the requests that a rule matches it strikes. Every condition that is written must hold; without any, all
/// are struck.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Times {
    /// So many pass at first.
    #[serde(skip_serializing_if = "is_zero")]
    pub after: u64,
    /// Of those that follow, only the first so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Of those that follow, each so-manieth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<NonZeroU64>,
    /// With this probability, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// A strike goes on for so many requests.
    pub lasts: NonZeroU64,
    /// No more strikes than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<u64>,
    /// What is counted; `most` too.
    pub per: Per,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Default for Times {
    fn default() -> Self {
        let lasts = NonZeroU64::MIN;
        Self { after: 0, first: None, every: None, probability: None, lasts, most: None, per: Per::Rule }
    }
}

impl Times {
    /// Returns the same with a probability.
    #[must_use]
    pub fn with_probability(self, probability: f64) -> Self {
        Self { probability: Some(probability), ..self }
    }

    /// Returns true if the request of this ordinal, counted from 1, is struck. `chance` gives each ordinal its number
    /// from 0 to 1.
    pub(super) fn strikes(&self, ordinal: u64, chance: impl Fn(u64) -> f64) -> bool {
        let earliest = ordinal.saturating_sub(self.lasts.get() - 1).max(1);
        (earliest..=ordinal).any(|begin| self.begins(begin, &chance))
    }

    fn begins(&self, ordinal: u64, chance: impl Fn(u64) -> f64) -> bool {
        let Some(place) = ordinal.checked_sub(self.after).filter(|place| *place > 0) else { return false };
        self.first.is_none_or(|first| place <= first)
            && self.every.is_none_or(|every| place % every.get() == 0)
            && self.probability.is_none_or(|probability| chance(ordinal) < probability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(times: Times) -> Vec<u64> {
        (1..=12).filter(|ordinal| times.strikes(*ordinal, |ordinal| if ordinal % 4 == 0 { 0.1 } else { 0.9 })).collect()
    }

    #[test]
    fn every_condition_that_is_written_must_hold() {
        let every = NonZeroU64::new(3);
        assert_eq!(struck(Times::default()), (1..=12).collect::<Vec<_>>());
        assert_eq!(struck(Times { first: Some(2), ..Times::default() }), [1, 2]);
        assert_eq!(struck(Times { after: 10, ..Times::default() }), [11, 12]);
        assert_eq!(struck(Times { every, ..Times::default() }), [3, 6, 9, 12]);
        assert_eq!(struck(Times { every, after: 1, first: Some(6), ..Times::default() }), [4, 7]);
        assert_eq!(struck(Times::default().with_probability(0.5)), [4, 8, 12]);
        assert_eq!(struck(Times { every, ..Times::default().with_probability(0.5) }), [12]);
    }

    #[test]
    fn a_strike_can_go_on_for_several_requests() {
        let times = Times { lasts: NonZeroU64::new(2).unwrap(), ..Times::default().with_probability(0.5) };
        assert_eq!(struck(times), [4, 5, 8, 9, 12]);
        let first = Times { first: Some(1), lasts: NonZeroU64::new(3).unwrap(), ..Times::default() };
        assert_eq!(struck(first), [1, 2, 3]);
    }
}
