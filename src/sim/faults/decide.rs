//! Chance without a state: every number is a digest of what it is for.

use sha2::{Digest, Sha256};

/// What the chance of one request hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dice {
    seed: u64,
    rule: String,
    target: String,
}

impl Dice {
    pub(super) fn new(seed: u64, rule: &str, target: &str) -> Self {
        Self { seed, rule: rule.to_owned(), target: target.to_owned() }
    }

    /// Returns a number that depends on nothing but the dice, the ordinal and what it is for.
    pub(super) fn number(&self, ordinal: u64, purpose: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        for text in [&self.rule, &self.target, purpose] {
            hash.update(text.as_bytes());
            hash.update([0]);
        }
        hash.update(ordinal.to_be_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hash.finalize()[..8]);
        u64::from_be_bytes(bytes)
    }

    /// Returns a number from 0 up to, and not including, 1.
    pub(super) fn fraction(&self, ordinal: u64, purpose: &str) -> f64 {
        // 32 bits are exact in a float.
        let high = u32::try_from(self.number(ordinal, purpose) >> 32).unwrap_or(u32::MAX);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }
}
