//! What `apply` and `destroy` have in common: hold the ledger, plan, ask, carry out.

use std::{fmt::Write as _, time::Duration};

use crate::{
    apply::{self, Outcome, SettleWindow, Settings, Stop},
    ledger::{Ledger as _, Lock, SqliteLedger},
    model::codes,
    plan::Plan,
    report::{count, outcome_text, plan_text, to_json},
};

use super::{
    console::{Console, Format},
    exit::Status,
    failure::Failure,
    interrupt::Interrupt,
    planning::{Opened, PlanArgs, Purpose, runtime},
    progress::Progress,
    service::{Connection, prepare_folder},
    settings::Environment,
    unique::{holder, unique},
};

/// Flags of commands that carry a plan out.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CarryArgs {
    #[command(flatten)]
    pub(super) plan: PlanArgs,
    /// Do not ask before the changes are made
    #[arg(long)]
    pub(super) auto_approve: bool,
    /// Wait at most this long for the service, such as `90s` or `15m`; what is not finished then is left waiting
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = duration)]
    wait: Duration,
}

/// Reads a duration such as `15m` or `1h 30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let bad = |why: &str| format!("{why}; write a duration such as `90s`, `15m` or `1h 30m`");
    let signed: jiff::SignedDuration = text.parse().map_err(|_| bad("not a duration"))?;
    Duration::try_from(signed).map_err(|_| bad("a duration cannot be negative"))
}

/// How the user consents to a plan.
pub(super) trait Consent {
    /// Asks, or does not need to; an error ends the run before anything is changed.
    fn ask(&self, opened: &Opened, console: Console) -> Result<(), Failure>;
}

/// Plans and carries the plan out, after consent.
pub(super) fn carry_out(
    args: &CarryArgs,
    purpose: Purpose,
    consent: &dyn Consent,
    environment: &Environment,
    console: Console,
) -> Result<Status, Failure> {
    let settle = settle_window(environment)?;
    let mut opened = Opened::new(&args.plan, environment)?;
    prepare_folder(&opened.settings.ledger)?;
    let ledger = SqliteLedger::open(&opened.settings.ledger, &opened.settings.expected, &unique())?;
    let _lock = Lock::take(&ledger, &holder(environment))?;
    let records = ledger.load()?;
    let range = opened.range(&args.plan, &records, console)?;
    runtime()?.block_on(async {
        let connection = Connection::writing(&opened.settings).await?;
        let observed = match opened.observe(&connection.client.reader(), &records, range.only.as_ref(), console).await {
            Ok(observed) => observed,
            Err(failure) => {
                connection.close().await;
                return Err(failure);
            }
        };
        let plan = opened.plan(&observed, &records, &range, purpose);
        show(&plan, args, console)?;
        if plan.has_changes() {
            consent.ask(&opened, console)?;
        }
        if let Some(partner) = &observed.partner {
            ledger.bind_partner(&partner.org_id)?;
        }
        let interrupt = Interrupt::listen(Stop::new(), console);
        let settings = Settings { wait: args.wait, settle, ..Settings::default() };
        let outcome = {
            let progress = Progress::new(console, "applying", plan.steps().count());
            let watch = |event: apply::Event<'_>| {
                progress.pacing(&connection.client.pacing());
                progress.event(&event);
            };
            apply::run(&plan, &connection.client, &ledger, &settings, interrupt.stop(), &watch).await?
        };
        connection.close().await;
        report(&plan, &outcome, console)?;
        let errors = !range.blocked.is_empty();
        Ok(Status::of_outcome(&outcome.summary, errors, plan.has_waits(), interrupt.caught()))
    })
}

/// Returns how long what was made may stay unseen (R16): `HUBFORM_SETTLE_WINDOW` sets it for everything.
fn settle_window(environment: &Environment) -> Result<SettleWindow, Failure> {
    let Some(text) = &environment.settle_window else { return Ok(SettleWindow::default()) };
    let window = duration(text).map_err(|why| {
        let text = format!("the variable `HUBFORM_SETTLE_WINDOW` is `{text}`, {why}");
        Failure::new(codes::SETTING, text, "correct it or take it away")
    })?;
    Ok(SettleWindow { customers: window, others: window })
}

/// Shows the plan before it is carried out: it is part of the answer for people, and what they are asked about.
fn show(plan: &Plan, args: &CarryArgs, console: Console) -> Result<(), Failure> {
    let text = plan_text(plan, console.out());
    match console.format {
        Format::Text => console.answer(&text)?,
        Format::Json if !args.auto_approve => console.tell(&text),
        Format::Json => {}
    }
    Ok(())
}

fn report(plan: &Plan, outcome: &Outcome, console: Console) -> Result<(), Failure> {
    match console.format {
        // Where there was nothing to do, the plan has said so.
        Format::Text if plan.steps().next().is_none() => Ok(()),
        Format::Text => {
            let mut text = format!("\n{}", outcome_text(outcome, console.out()));
            let waits = plan.waits().count() as u64;
            let refused = plan.parts.iter().filter(|part| !part.refusals.is_empty()).count() as u64;
            for (number, word, what) in [(waits, "object", "waiting"), (refused, "part", "refused")] {
                if number > 0 {
                    // Writing to a String cannot fail.
                    _ = writeln!(text, "Besides, {} {what}: see the plan above", count(number, word));
                }
            }
            console.answer(&text)
        }
        Format::Json => console.answer(&to_json(outcome)),
    }
}

/// Returns the failure of a run that nobody consented to.
pub(super) fn not_confirmed(fix: &str) -> Failure {
    Failure::new(codes::NOT_CONFIRMED, "the changes were not confirmed, and nothing was changed", fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_with_their_unit() {
        assert_eq!(duration("15m"), Ok(Duration::from_mins(15)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_mins(90)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for bad in ["", "15", "-1s", "soon", "99999999999999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
