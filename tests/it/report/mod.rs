//! What people and programs read.

mod outcome;
mod plan;
mod problems;
mod schema;
mod show;
