//! Texts that no other run has, for the lineage of a ledger and the holder of its lock. Never for secrets.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher as _, Hasher as _},
};

use crate::ledger::Holder;

use super::settings::Environment;

/// Returns 32 hexadecimal digits that no other call returns.
pub(super) fn unique() -> String {
    // The standard library seeds these hashers from the system's randomness.
    let half = || {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_i128(jiff::Timestamp::now().as_nanosecond());
        hasher.write_u32(std::process::id());
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(), half())
}

/// Returns who holds the ledger's lock in this run.
pub(super) fn holder(environment: &Environment) -> Holder {
    let kernel = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = kernel().or_else(|| environment.host.clone()).unwrap_or_default();
    let host = host.trim();
    Holder {
        owner: environment.user.clone().unwrap_or_else(|| "somebody".to_owned()),
        host: if host.is_empty() { "this machine".to_owned() } else { host.to_owned() },
        pid: std::process::id(),
        run: unique(),
        since: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_are_the_same() {
        assert_ne!(super::unique(), super::unique());
    }
}
