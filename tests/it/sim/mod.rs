//! The simulated service, over real HTTP on loopback.

#![expect(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

mod billing;
mod customers;
mod faults;
mod floors;
mod http;
mod jobs;
mod laws;
mod licenses;
mod locations;
mod manual;
mod numbers;
mod openapi;
mod organizations;
mod partner;
mod people;
mod scim;
mod service;
mod storage;
mod sub_partners;
mod subscribers;
mod templates;
mod tokens;
mod webhooks;
