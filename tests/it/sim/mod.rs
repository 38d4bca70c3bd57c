//! The simulated service, over real HTTP on loopback.

mod customers;
mod organizations;
mod service;
mod templates;
