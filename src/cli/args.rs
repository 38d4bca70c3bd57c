//! The command line.

use clap::{CommandFactory as _, Parser, Subcommand};

use super::{
    command::{
        apply, destroy, doctor, import, key, ledger, login, logout, plan, schema, show, sim, status, template, validate,
    },
    console::{Colour, Format},
};

/// Keep a Webex Wholesale partner's customers as a folder of manifests describes them
///
/// YAML manifests say which onboarding templates, customers, locations and users there should be. `hubform plan` compares
/// them with the live service, `hubform apply` makes the changes.
#[derive(Debug, Parser)]
#[command(name = "hubform", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub(super) global: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags that every command takes.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct GlobalArgs {
    /// Write the answer for people or for programs
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    pub(super) format: Format,
    /// Colour the text
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Output")]
    pub(super) color: Colour,
    /// Show long lists whole
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(super) verbose: bool,
    /// Show no progress
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(super) quiet: bool,
}

/// The commands, each in a file of its own.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Validate(validate::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Destroy(destroy::Args),
    Import(import::Args),
    Show(show::Args),
    Status(status::Args),
    Schema(schema::Args),
    Sim(sim::Args),
    Template(template::Args),
    Ledger(ledger::Args),
    Key(key::Args),
    Login(login::Args),
    Logout(logout::Args),
    Doctor(doctor::Args),
}

/// Returns the description of the command line, for reference pages and tests.
pub fn command_line() -> clap::Command {
    Cli::command()
}
