//! `hubform ledger`

mod forget;
mod init;
mod look;
mod unlock;

use std::path::PathBuf;

use crate::cli::{
    console::Console,
    exit::Status,
    failure::Failure,
    planning::Opened,
    settings::{Environment, ServiceArgs},
};

/// Work with the ledger: what hubform knows of the objects that it manages
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Init(init::Args),
    List(look::ListArgs),
    Show(look::ShowArgs),
    Export(look::ExportArgs),
    Forget(forget::Args),
    Unlock(unlock::Args),
}

/// Which project's ledger.
#[derive(Debug, clap::Args)]
struct WhereArgs {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    service: ServiceArgs,
}

impl WhereArgs {
    fn open(&self, environment: &Environment) -> Result<Opened, Failure> {
        Opened::at(&self.folder, &self.service, environment)
    }
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    match &args.command {
        Command::Init(args) => init::run(args, environment, console),
        Command::List(args) => look::list(args, environment, console),
        Command::Show(args) => look::show(args, environment, console),
        Command::Export(args) => look::export(args, environment, console),
        Command::Forget(args) => forget::run(args, environment, console),
        Command::Unlock(args) => unlock::run(args, environment, console),
    }
}
