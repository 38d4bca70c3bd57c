//! `hubform apply`

use crate::cli::{
    carry::{CarryArgs, Carrying, Consent, carry_out, not_confirmed},
    console::Console,
    exit::Status,
    failure::Failure,
    planning::{Opened, Purpose},
    settings::Environment,
};

/// Make the service as the manifests describe it
///
/// Makes a plan, shows it, asks, and carries it out: templates first, then customers side by side. One customer's failure
/// stops what depends on it and nothing else. What has to wait for a person or for the service is picked up by the next
/// run. Running it again after an interruption is safe: nothing is made twice.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    carry: CarryArgs,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let consent = Yes { given: args.carry.auto_approve };
    if !consent.given && !console.can_ask() {
        return Err(Failure::usage(
            "there is no terminal to ask for consent on, and nothing was sent",
            "review the plan with `hubform plan`, then add `--auto-approve`",
        ));
    }
    let carrying = Carrying { args: &args.carry, purpose: Purpose::Converge, command: "apply", consent: &consent };
    carry_out(&carrying, environment, console)
}

/// Consent by the word `yes`.
struct Yes {
    given: bool,
}

impl Consent for Yes {
    fn ask(&self, _: &Opened, console: Console) -> Result<(), Failure> {
        if self.given || console.ask("\nMake these changes? Only `yes` is taken as consent: ") == "yes" {
            return Ok(());
        }
        Err(not_confirmed("type `yes` when asked, or add `--auto-approve`"))
    }
}
