//! What `apply` and `destroy` have in common: hold the ledger, plan, ask, carry out.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    apply::{self, Outcome, OutcomeSummary, Session, Settings, Stop},
    ledger::{Holder, Ledger, LedgerError, Lock, Units, Vitality},
    model::{LedgerState, Observed, Unit, codes},
    plan::{
        Plan,
        saved::{PlanFile, reconcile},
    },
    report::{Holding, RunEvent, count, outcome_text, plan_text, to_json},
    webex::Pacing,
};

use super::{
    console::{Console, Format},
    events::Events,
    exit::Status,
    failure::Failure,
    interrupt::Interrupt,
    plan_file,
    planning::{Opened, PlanArgs, Purpose, Range, runtime, waits_for},
    progress::Progress,
    service::Connection,
    settings::{Environment, duration},
    unique::holder,
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
    /// Write what happens into this file, one line of JSON for each event; the file is made anew
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    events: Option<PathBuf>,
}

/// How the user consents to a plan.
pub(super) trait Consent {
    /// Returns what has to be asked; nothing if consent was given already.
    fn question(&self, opened: &Opened) -> Option<Question>;
}

/// What a user is asked before anything is changed.
pub(super) struct Question {
    /// The question.
    pub(super) text: String,
    /// The only answer that consents.
    pub(super) consents: String,
    /// How to consent, for who did not.
    pub(super) fix: &'static str,
}

/// How a plan is carried out.
pub(super) struct Carrying<'a> {
    /// The flags.
    pub(super) args: &'a CarryArgs,
    /// What for.
    pub(super) purpose: Purpose,
    /// The command, for who asks later what was run.
    pub(super) command: &'static str,
    /// How the user consents.
    pub(super) consent: &'a dyn Consent,
    /// The file of the plan that was approved, if there is one.
    pub(super) approved: Option<&'a Path>,
}

/// Plans and carries the plan out, after consent.
pub(super) fn carry_out(
    carrying: &Carrying<'_>,
    environment: &Environment,
    console: Console,
) -> Result<Status, Failure> {
    let holder = holder(environment);
    let events = Arc::new(Events::create(carrying.args.events.as_deref(), &holder.run, console)?);
    events.tell(RunEvent::RunStarted {
        command: carrying.command,
        owner: &holder.owner,
        host: &holder.host,
        version: env!("CARGO_PKG_VERSION"),
    });
    let mut summary = None;
    let ended = attempt(carrying, environment, (console, &events), holder, &mut summary);
    events.end(ended, summary)
}

fn attempt(
    carrying: &Carrying<'_>,
    environment: &Environment,
    (console, events): (Console, &Arc<Events>),
    holder: Holder,
    summary: &mut Option<OutcomeSummary>,
) -> Result<Status, Failure> {
    let mut opened = Opened::new(&carrying.args.plan, environment)?;
    let trust = &opened.project.loaded.desired.project.trust;
    let approved =
        carrying.approved.map(|path| Ok::<_, Failure>((path, plan_file::read_plan(path, trust)?))).transpose()?;
    runtime()?.block_on(async {
        let interrupt = Interrupt::listen(Stop::new(), Arc::clone(events), console);
        let begun = tokio::select! {
            begun = begin(&mut opened, carrying, approved.as_ref(), console) => begun?,
            () = interrupt.stop().wait() => return Err(interrupted(&interrupt)),
        };
        let Begun { ledger, state, range, connection } = begun;
        let mut held = Held { ledger: &ledger, holder, events, lock: None };
        let planned = Planned { opened: &opened, range: &range, approved: approved.as_ref() };
        let ways = (&connection, &mut held, &interrupt);
        let ended = carry(carrying, &planned, ways, state, console).await;
        let released = held.release().await;
        if ended.is_ok() && range.only.is_none() {
            bury(&*ledger).await;
        }
        connection.close().await;
        let (status, counted) = ended?;
        *summary = Some(counted);
        released?;
        Ok(status)
    })
}

/// Gives back what the dead hold. A run over everything has seen to whatever they left, and does not need all of it.
async fn bury(ledger: &dyn Ledger) {
    let buried = async {
        let locks = ledger.locks().await?;
        let dead: BTreeSet<&str> =
            locks.iter().filter(|it| it.vitality == Vitality::Gone).map(|it| it.holder.run.as_str()).collect();
        for run in dead {
            ledger.unlock(run).await?;
        }
        Ok::<_, LedgerError>(())
    };
    if let Err(error) = buried.await {
        tracing::warn!(%error, "locks of the dead stay until somebody needs what they hold");
    }
}

/// What a run begins with.
struct Begun {
    ledger: Arc<dyn Ledger>,
    state: LedgerState,
    range: Range,
    connection: Connection,
}

async fn begin(
    opened: &mut Opened,
    carrying: &Carrying<'_>,
    approved: Option<&(&Path, PlanFile)>,
    console: Console,
) -> Result<Begun, Failure> {
    if let Some((path, file)) = approved {
        // Before a ledger is made where the plan was made with another one.
        let identity = opened.view_ledger_whole().await?.identity;
        let run = opened.binding(identity.map(|identity| identity.lineage), None);
        file.binding().check(&run).map_err(|error| plan_file::refused(path, &error))?;
    }
    let ledger = opened.open_ledger().await?;
    let state = ledger.load(Units::All).await?;
    let range = match approved {
        Some((_, file)) => opened.range_of(Some(file.customers()), console)?,
        None => opened.range(&carrying.args.plan, &state, console)?,
    };
    let connection = Connection::writing(&opened.settings).await?;
    Ok(Begun { ledger, state, range, connection })
}

/// What is planned: which project, which customers of it, and which plan was approved, with its path.
struct Planned<'a> {
    opened: &'a Opened,
    range: &'a Range,
    approved: Option<&'a (&'a Path, PlanFile)>,
}

/// The units that a run holds, which are given back whatever happens to it.
struct Held<'a> {
    ledger: &'a Arc<dyn Ledger>,
    holder: Holder,
    events: &'a Events,
    lock: Option<Lock>,
}

impl Held<'_> {
    /// Takes units, waiting for other runs as long as `patience` lasts.
    async fn take(&mut self, units: &BTreeSet<Unit>, patience: Duration, console: Console) -> Result<(), Failure> {
        let events = self.events;
        let tell = |unit: &Unit, by: &Holder| {
            console.tell(&format!("waiting: {}\n", waits_for(unit, by)));
            events.tell(RunEvent::WaitingForLock { unit: unit.to_string(), holder: holding(by) });
        };
        // All at once, so that no two runs wait for what the other has.
        self.ledger.unlock(&self.holder.run).await?;
        self.lock = Some(Lock::take(self.ledger, units, self.holder.clone(), patience, &tell).await?);
        Ok(())
    }

    async fn release(self) -> Result<(), Failure> {
        drop(self.lock);
        // Also if taking them was interrupted.
        Ok(self.ledger.unlock(&self.holder.run).await?)
    }
}

async fn carry(
    carrying: &Carrying<'_>,
    planned: &Planned<'_>,
    (connection, held, interrupt): (&Connection, &mut Held<'_>, &Interrupt),
    mut state: LedgerState,
    console: Console,
) -> Result<(Status, OutcomeSummary), Failure> {
    let Carrying { args, purpose, command, consent, approved: _ } = carrying;
    let Planned { opened, range, approved } = planned;
    let ledger = held.ledger;
    let (plan, observed) = tokio::select! {
        prepared = prepare(planned, *purpose, args.wait, (connection, held), &mut state, console) => prepared?,
        () = interrupt.stop().wait() => return Err(interrupted(interrupt)),
    };
    show(&plan, args.auto_approve || approved.is_some(), console)?;
    held.events.tell(RunEvent::planned(&plan));
    if plan.has_changes()
        && let Some(Question { text, consents, fix }) = consent.question(opened)
    {
        let answer = tokio::select! {
            answer = console.ask_aside(text) => answer,
            () = interrupt.stop().wait() => return Err(interrupted(interrupt)),
        };
        if answer != consents {
            return Err(not_confirmed(fix));
        }
    }
    if let Some(partner) = &observed.partner {
        ledger.bind_partner(&partner.org_id).await?;
    }
    if interrupt.stop().is_set() {
        return Err(interrupted(interrupt));
    }
    let settings = Settings { wait: args.wait, settle: opened.settings.settle, ..Settings::default() };
    let session =
        Session { ledger: &**ledger, state: &state, holder: &held.holder, command, clock: &jiff::Timestamp::now };
    let outcome = {
        let progress = Progress::new(console, "applying", plan.steps().count());
        let slowed = AtomicBool::new(false);
        let watch = |event: apply::Event<'_>| {
            let Pacing { per_second, is_limited, .. } = connection.client.pacing();
            progress.pacing(&connection.client.pacing());
            if slowed.swap(is_limited, Ordering::Relaxed) != is_limited {
                held.events.tell(RunEvent::Pacing { limited: is_limited, per_second });
            }
            progress.event(&event);
            held.events.tell(event.into());
        };
        apply::run(&plan, &connection.client, &session, &settings, interrupt.stop(), &watch).await?
    };
    report(&plan, &outcome, console)?;
    // A refused part counts, even one that has no steps to refuse.
    let errors = !range.blocked.is_empty() || plan.refusals().next().is_some();
    let status = Status::of_outcome(&outcome.summary, errors, plan.has_waits(), interrupt.caught());
    Ok((status, outcome.summary))
}

/// Makes the plan, and takes the units that it changes. What a plan is made from must be what stands in the ledger once
/// they are held.
async fn prepare(
    planned: &Planned<'_>,
    purpose: Purpose,
    wait: Duration,
    (connection, held): (&Connection, &mut Held<'_>),
    state: &mut LedgerState,
    console: Console,
) -> Result<(Plan, Observed), Failure> {
    let Planned { opened, range, approved } = planned;
    let watched = approved.map(|(_, file)| file.objects());
    let reader = connection.client.reader();
    let ledger = held.ledger;
    let mut taken = BTreeSet::new();
    // What a plan is made from must be what stands in the ledger once its units are held.
    loop {
        let observed = opened.observe(&reader, state, range.only.as_ref(), console).await?;
        let mut plan = opened.plan_again(&observed, state, range, purpose, watched.as_ref());
        if let Some((path, file)) = approved {
            let partner = observed.partner.as_ref().map(|partner| &partner.org_id);
            file.binding().check_partner(partner).map_err(|error| plan_file::refused(path, &error))?;
            plan = reconcile(file, &plan);
        }
        let units = apply::units(&plan);
        if units.is_subset(&taken) {
            return Ok((plan, observed));
        }
        taken.extend(units);
        held.take(&taken, wait, console).await?;
        let fresh = ledger.load(Units::Only(&taken)).await?;
        if taken.iter().all(|unit| fresh.versions.get(unit) == state.versions.get(unit)) {
            return Ok((plan, observed));
        }
        console.tell("another run has changed what this one is about: reading again\n");
        state.take_over(&taken, fresh);
    }
}

/// Returns the failure of a run that was interrupted before anything was changed.
fn interrupted(interrupt: &Interrupt) -> Failure {
    let failure = Failure::new(
        codes::INTERRUPTED,
        "the run was interrupted, and nothing was changed",
        "run the command again when it suits you",
    );
    Failure { status: interrupt.caught().unwrap_or(failure.status), ..failure }
}

/// Shows the plan before it is carried out: it is part of the answer for people, and what they are asked about.
fn show(plan: &Plan, approved: bool, console: Console) -> Result<(), Failure> {
    let text = plan_text(plan, console.out());
    match console.format {
        Format::Text => console.answer(&text)?,
        Format::Json if !approved => console.tell(&text),
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

/// Returns who holds something, for programs.
fn holding(holder: &Holder) -> Holding<'_> {
    let Holder { owner, host, pid, run, since } = holder;
    Holding { run, owner, host, pid: *pid, since }
}

/// Returns the failure of a run that nobody consented to.
fn not_confirmed(fix: &str) -> Failure {
    Failure::new(codes::NOT_CONFIRMED, "the changes were not confirmed, and nothing was changed", fix)
}
