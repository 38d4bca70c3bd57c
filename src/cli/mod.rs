//! The program round the library: flags, settings, one file per command, exit codes. Only here and in
//! [`report`](crate::report) are there words for people; only here are they printed.

mod args;
mod carry;
mod checkup;
mod command;
mod console;
mod credential;
mod events;
mod exit;
mod failure;
mod interrupt;
mod main;
mod plan_file;
mod planning;
mod progress;
mod project;
mod select;
mod service;
mod settings;
mod unique;

pub use args::{Cli, command_line};
pub use main::main;
