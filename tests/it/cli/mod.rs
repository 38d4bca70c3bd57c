//! The program as its users run it: stdout, stderr and exit code together.

mod bench;
mod canary;
mod doctor;
#[cfg(unix)]
mod events;
mod help;
mod import;
mod interrupt;
mod journey;
#[cfg(unix)]
mod killed;
mod ledger;
#[cfg(unix)]
mod ledger_trouble;
mod login;
mod operator;
mod refusal;
mod runbook;
mod saved;
mod settings;
#[cfg(unix)]
mod site;
mod status;
mod streams;
mod teams;
#[cfg(unix)]
mod unlock;
mod validate;
