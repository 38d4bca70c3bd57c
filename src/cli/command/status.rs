//! `hubform status`

use std::{collections::BTreeMap, path::PathBuf};

use crate::{
    apply::{RunStanding, StepError, StepOutcome, StepResult, rebuild},
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::{Opened, runtime},
        settings::{Environment, ServiceArgs},
    },
    ledger::{Holder, LedgerView, LockInfo, RunReport, RunStart, Vitality},
    model::Entry,
    report::{LastRun, Life, Standing, StandingEntry, StandingLock, StandingStep, Verdict, status_text, to_json},
};

/// Show what waits, failed, is locked or unfinished, and what to do about it
///
/// Reads the ledger alone: what is kept of the last run, who holds what, and requests whose fate is not known. Nothing is
/// asked of the service and nothing is changed. `docs/runbook.md` explains each code.
///
/// Exits with 1 if something failed, or is unfinished and nobody is at it; else with 3 if something waits or a run goes on;
/// else with 0.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    service: ServiceArgs,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let opened = Opened::at(&args.folder, &args.service, environment)?;
    let (view, run) = runtime()?.block_on(opened.view_run())?;
    let standing = standing(opened.settings.ledger.to_string(), &view, run.as_ref());
    console.answer(&match console.format {
        Format::Text => status_text(&standing, console.out()),
        Format::Json => to_json(&standing),
    })?;
    Ok(match standing.verdict() {
        Verdict::Quiet => Status::Done,
        Verdict::Waits => Status::Waits,
        Verdict::Broken => Status::Failed,
    })
}

fn standing(ledger: String, view: &LedgerView, report: Option<&RunReport>) -> Standing {
    // A run's locks live and die together.
    let mut lives: BTreeMap<&str, Life> =
        view.locks.iter().map(|lock| (lock.holder.run.as_str(), life(lock.vitality))).collect();
    let (mut run, mut steps) = (None, Vec::new());
    if let Some(report) = report {
        let locks = view.locks.iter().filter(|lock| lock.holder.run == report.start.run).map(|lock| lock.vitality);
        let standing = RunStanding::of(report, locks);
        let outcome = rebuild(report, standing);
        let state = match standing {
            RunStanding::Ended => Life::Ended,
            RunStanding::Running => Life::Running,
            RunStanding::Unknown => Life::Unknown,
            RunStanding::Killed => Life::Gone,
        };
        lives.insert(&report.start.run, state);
        let RunStart { run: id, owner, host, command, started, units: _ } = &report.start;
        let next = match state {
            Life::Ended => None,
            Life::Running => Some("wait for its end".to_owned()),
            Life::Unknown => Some(unlock(id)),
            Life::Gone => Some(format!("`hubform show --last-run`, then `hubform {command}`: it goes on from there")),
        };
        run = Some(LastRun {
            run: id.clone(),
            command: command.clone(),
            owner: owner.clone(),
            host: host.clone(),
            since: started.clone(),
            ended: report.ended.clone(),
            state,
            summary: outcome.summary,
            next,
        });
        steps = outcome.steps.into_iter().filter_map(|outcome| step(outcome, &report.start)).collect();
    }
    let mut open: Vec<&Entry> = view.state.open_entries().collect();
    open.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    Standing {
        format: Standing::FORMAT,
        ledger,
        run,
        steps,
        locks: view.locks.iter().map(lock).collect(),
        journal: open.into_iter().map(|it| entry(it, &lives)).collect(),
    }
}

const fn life(vitality: Vitality) -> Life {
    match vitality {
        Vitality::Alive => Life::Running,
        Vitality::Gone => Life::Gone,
        Vitality::Unknown => Life::Unknown,
    }
}

fn unlock(run: &str) -> String {
    format!("wait for its end; if you are sure that it is gone: `hubform ledger unlock {run}`")
}

fn step(outcome: StepOutcome, start: &RunStart) -> Option<StandingStep> {
    let StepOutcome { id, object, result, because, requests: _, error, who, action, since } = outcome;
    match result {
        StepResult::Failed | StepResult::Waiting | StepResult::Refused => {}
        StepResult::Done | StepResult::AlreadyDone | StepResult::Skipped => return None,
    }
    let said = error.as_ref().map(|error| error.text.clone());
    let StepError { status: _, code, text: _, tracking_id } = error.unwrap_or_else(|| StepError {
        status: None,
        code: String::new(),
        text: String::new(),
        tracking_id: String::new(),
    });
    Some(StandingStep {
        step: id.to_string(),
        object,
        result,
        code,
        text: said.or(because).unwrap_or_default(),
        since: since.unwrap_or_else(|| start.started.clone()),
        who: who.unwrap_or_else(|| "you".to_owned()),
        next: action.unwrap_or_else(|| format!("run `hubform {}` again", start.command)),
        tracking_id,
    })
}

fn lock(LockInfo { unit, holder, vitality }: &LockInfo) -> StandingLock {
    let Holder { owner, host, pid, run, since } = holder;
    let next = match vitality {
        Vitality::Alive => "wait for its end".to_owned(),
        Vitality::Gone => "run `hubform apply`: it takes the lock over".to_owned(),
        Vitality::Unknown => unlock(run),
    };
    StandingLock {
        unit: unit.to_string(),
        run: run.clone(),
        owner: owner.clone(),
        host: host.clone(),
        pid: *pid,
        since: since.clone(),
        holder: life(*vitality),
        next,
    }
}

fn entry(entry: &Entry, lives: &BTreeMap<&str, Life>) -> StandingEntry {
    let holder = lives.get(entry.id.run.as_str()).copied().unwrap_or(Life::Gone);
    let (who, next) = match (holder, &entry.job) {
        (Life::Running | Life::Unknown, _) => ("the run", "wait for its end"),
        (Life::Ended | Life::Gone, Some(_)) => ("the service", "run `hubform apply` later: it goes on with that job"),
        (Life::Ended | Life::Gone, None) => {
            ("hubform", "run `hubform apply`: it looks what became of it, and sends nothing twice")
        }
    };
    StandingEntry {
        entry: entry.id.to_string(),
        object: entry.object.to_string(),
        step: entry.step.clone(),
        request: entry.request,
        asked: entry.request.words().to_owned(),
        since: entry.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        job: entry.job.as_ref().map(ToString::to_string),
        holder,
        who: who.to_owned(),
        next: next.to_owned(),
    }
}
