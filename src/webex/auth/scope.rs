//! What a token has to be allowed (the scopes of the operations that hubform uses, developer.webex.com).

use std::collections::BTreeSet;

/// Every scope that hubform needs, sorted. Some operations need more than their paths say: writing PSTN needs both of
/// its scopes, and moving users those of people and groups too.
pub const NEEDED: [&str; 20] = [
    "identity:groups_rw",
    "identity:organizations_read",
    "identity:organizations_rw",
    "identity:people_read",
    "identity:people_rw",
    "spark-admin:locations_read",
    "spark-admin:locations_write",
    "spark-admin:organizations_read",
    "spark-admin:people_read",
    "spark-admin:people_write",
    "spark-admin:roles_read",
    "spark-admin:telephony_config_read",
    "spark-admin:telephony_config_write",
    "spark-admin:telephony_pstn_read",
    "spark-admin:telephony_pstn_write",
    "spark-admin:wholesale_customers_read",
    "spark-admin:wholesale_customers_write",
    "spark-admin:wholesale_sub_partners_read",
    "spark-admin:wholesale_subscribers_read",
    "spark-admin:wholesale_subscribers_write",
];

/// Returns those of the needed scopes that were not granted, sorted.
pub fn missing(granted: &BTreeSet<String>) -> Vec<&'static str> {
    NEEDED.into_iter().filter(|needed| !granted.contains(*needed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_granted_is_named_in_order() {
        assert!(NEEDED.is_sorted());
        let all: BTreeSet<String> = NEEDED.iter().map(|scope| (*scope).to_owned()).collect();
        assert!(missing(&all).is_empty());
        let few = all.into_iter().filter(|scope| !scope.ends_with("_write")).collect();
        assert_eq!(missing(&few).len(), 6);
        assert_eq!(missing(&few)[0], "spark-admin:locations_write");
    }
}
