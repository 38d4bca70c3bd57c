//! The program as its users run it: stdout, stderr and exit code together.

mod bench;
mod canary;
mod doctor;
mod help;
mod import;
mod interrupt;
mod journey;
mod killed;
mod ledger_trouble;
mod login;
mod operator;
mod refusal;
mod saved;
mod settings;
#[cfg(unix)]
mod site;
mod streams;
mod teams;
mod validate;
