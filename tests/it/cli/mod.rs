//! The program as its users run it: stdout, stderr and exit code together.

mod bench;
mod canary;
mod doctor;
#[cfg(unix)]
mod events;
mod help;
mod interrupt;
mod journey;
mod ledger;
mod login;
mod operator;
mod refusal;
mod runbook;
mod saved;
mod settings;
#[cfg(unix)]
mod status;
mod streams;
mod unlock;
mod validate;
