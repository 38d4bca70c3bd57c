//! The simulated service, over real HTTP on loopback.

#![expect(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

mod alternates;
mod billing;
mod calling;
mod customers;
mod emergency;
mod faults;
mod floors;
mod http;
mod jobs;
mod laws;
mod licenses;
mod locations;
mod manual;
mod moves;
mod number_kinds;
mod numbers;
mod openapi;
mod organizations;
mod partner;
mod pauses;
mod people;
mod scim;
mod service;
mod storage;
mod sub_partners;
mod subscribers;
mod templates;
mod tokens;
mod webhooks;
