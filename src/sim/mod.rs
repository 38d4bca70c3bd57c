//! The simulated partner service: state, rules, HTTP.
