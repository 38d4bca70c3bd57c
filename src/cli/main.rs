//! From the arguments to the exit code.

use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;

use crate::model::codes;

use super::{
    args::{Cli, Command},
    command::{
        apply, destroy, doctor, import, key, ledger, login, logout, plan, schema, show, sim, status, template, validate,
    },
    console::{Colour, Console, Format},
    exit::Status,
    failure::Failure,
    settings::Environment,
};

/// Runs the program with the given arguments, the first of which is its own name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let environment = Environment::read();
    let status = match Cli::try_parse_from(&arguments) {
        Ok(cli) => run(cli, &environment),
        Err(error) => not_a_command(&error, &arguments, &environment),
    };
    ExitCode::from(status.code())
}

fn run(cli: Cli, environment: &Environment) -> Status {
    let global = cli.global;
    let console = Console::new(global.format, global.color, environment.plain, global.quiet, global.verbose);
    if environment.log.is_some() {
        log(environment.log.as_deref().unwrap_or_default());
    }
    let ended = match cli.command {
        Command::Validate(args) => validate::run(&args, console),
        Command::Plan(args) => plan::run(&args, environment, console),
        Command::Apply(args) => apply::run(&args, environment, console),
        Command::Destroy(args) => destroy::run(&args, environment, console),
        Command::Import(args) => import::run(&args, environment, console),
        Command::Show(args) => show::run(&args, environment, console),
        Command::Status(args) => status::run(&args, environment, console),
        Command::Schema(args) => schema::run(&args, console),
        Command::Sim(args) => sim::run(&args, console),
        Command::Key(args) => key::run(&args, console),
        Command::Ledger(args) => ledger::run(&args, environment, console),
        Command::Doctor(args) => doctor::run(&args, environment, console),
        Command::Login(args) => login::run(&args, environment, console),
        Command::Logout(args) => logout::run(&args, environment, console),
        Command::Template(args) => template::run(&args, environment, console),
    };
    ended.unwrap_or_else(|failure| {
        console.fail(&failure);
        failure.status
    })
}

/// Help and version are answers; everything else is a wrong command line.
fn not_a_command(error: &clap::Error, arguments: &[OsString], environment: &Environment) -> Status {
    let wants_json = arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
        || arguments.iter().any(|argument| argument == "--format=json");
    let format = if wants_json { Format::Json } else { Format::Text };
    let console = Console::new(format, Colour::Auto, environment.plain, false, false);
    if !error.use_stderr() {
        let rendered = error.render();
        let text = if console.out().colour { rendered.ansi().to_string() } else { rendered.to_string() };
        return console.answer(&text).map_or_else(|failure| failure.status, |()| Status::Done);
    }
    match format {
        Format::Text => console.tell_styled(&error.render()),
        Format::Json => {
            let text = error.render().to_string();
            let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let first = lines.next().unwrap_or_default();
            let message = first.strip_prefix("error: ").unwrap_or(first);
            console.fail(&Failure::new(codes::USAGE, message, "see `hubform --help`"));
        }
    }
    Status::Usage
}

fn log(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::new(filter);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init()
        .unwrap_or_default();
}
