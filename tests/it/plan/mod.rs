//! The planner, rule by rule, over states made by hand; and over states that nobody would make.

mod identity;
mod journal;
mod lines;
mod order;
mod packages;
mod removal;
mod saved;
mod scene;
mod size;
mod states;
mod templates;
