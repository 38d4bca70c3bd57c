//! `hubform apply`

use std::path::PathBuf;

use crate::cli::{
    carry::{CarryArgs, Carrying, Consent, Question, carry_out},
    console::Console,
    exit::Status,
    failure::Failure,
    planning::{Opened, Purpose},
    settings::Environment,
};

/// Make the service as the manifests describe it, or as an approved plan says
///
/// Makes a plan, shows it, asks, and carries it out: templates first, then customers side by side. One customer's failure
/// stops what depends on it and nothing else. What has to wait for a person or for the service is picked up by the next
/// run. Running it again after an interruption is safe: nothing is made twice.
///
/// With a file of `hubform plan --out` it carries that plan out and never asks. Only the customers of the plan are read. The
/// part of a customer that has changed since it was planned is refused, with what changed; the others are applied.
#[derive(Debug, clap::Args)]
#[command(mut_arg("folder", |folder| {
    folder.value_name("DIR|PLAN").help("Project folder, or a plan that `hubform plan --out` has saved")
}))]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    carry: CarryArgs,
    /// The project folder of a saved plan; the current one unless written
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let Args { carry, project } = args;
    if carry.plan.folder.is_file() {
        return run_saved(carry, project.clone(), environment, console);
    }
    if project.is_some() {
        return Err(Failure::usage(
            format!("`--project` goes with a saved plan, and `{}` is not a file", carry.plan.folder.display()),
            "name the plan's file, or the project folder alone",
        ));
    }
    let consent = Yes { given: carry.auto_approve };
    if !consent.given && !console.can_ask() {
        return Err(Failure::usage(
            "there is no terminal to ask for consent on, and nothing was sent",
            "review the plan with `hubform plan`, then add `--auto-approve`",
        ));
    }
    carry_out(
        &Carrying { args: carry, purpose: Purpose::Converge, command: "apply", consent: &consent, approved: None },
        environment,
        console,
    )
}

/// Carries out a plan that was approved, so that nobody is asked (R25).
fn run_saved(
    carry: &CarryArgs,
    project: Option<PathBuf>,
    environment: &Environment,
    console: Console,
) -> Result<Status, Failure> {
    if !carry.plan.select.is_empty() {
        return Err(Failure::usage(
            "a saved plan is applied as it was approved, and nothing can be selected of it",
            "take `--customer` and `--selector` away, or plan again with them",
        ));
    }
    let path = carry.plan.folder.clone();
    let mut carry = carry.clone();
    carry.plan.folder = project.unwrap_or_else(|| PathBuf::from("."));
    carry_out(
        &Carrying {
            args: &carry,
            purpose: Purpose::Converge,
            command: "apply",
            consent: &Yes { given: true },
            approved: Some(&path),
        },
        environment,
        console,
    )
}

/// Consent by the word `yes`.
struct Yes {
    given: bool,
}

impl Consent for Yes {
    fn question(&self, _: &Opened) -> Option<Question> {
        (!self.given).then(|| Question {
            text: "\nMake these changes? Only `yes` is taken as consent: ".to_owned(),
            consents: "yes".to_owned(),
            fix: "type `yes` when asked, or add `--auto-approve`",
        })
    }
}
