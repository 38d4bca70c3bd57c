//! The simulated service, over real HTTP on loopback.

mod customers;
mod http;
mod jobs;
mod locations;
mod numbers;
mod organizations;
mod people;
mod service;
mod storage;
mod subscribers;
mod templates;
