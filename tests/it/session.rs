//! Carrying a plan out as the program does: its units are taken, what stands there is read, and they are given back.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use hubform::{
    apply::{Event, Outcome, Session, Settings, Stop, run, units},
    ledger::{Change, Holder, Ledger, LedgerError, Units},
    plan::Plan,
    webex::WriteApi,
};
use jiff::Timestamp;

/// Returns a holder whose run no other has.
pub fn holder() -> Holder {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    Holder {
        owner: "tests".to_owned(),
        host: "here".to_owned(),
        pid: std::process::id(),
        run: format!("run{}", RUNS.fetch_add(1, Ordering::Relaxed) + 1),
        since: "2026-11-22T17:00:00Z".to_owned(),
    }
}

/// Carries a plan out for a run of its own. Units that another run holds are waited for.
pub async fn carry_out<W: WriteApi>(
    plan: &Plan,
    api: &W,
    ledger: &dyn Ledger,
    settings: &Settings,
    stop: &Stop,
    watch: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Outcome, LedgerError> {
    let (units, holder) = (units(plan), holder());
    let mut tries = 0;
    while let Err(error) = ledger.lock(&units, &holder).await {
        tries += 1;
        assert!(matches!(error, LedgerError::Held { .. }) && tries < 2000, "{error}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let state = ledger.load(Units::Only(&units)).await?;
    let session = Session { ledger, state: &state, holder: &holder, command: "apply", clock: &Timestamp::now };
    let outcome = run(plan, api, &session, settings, stop, watch).await;
    ledger.unlock(&holder.run).await?;
    outcome
}

/// Frees what runs held that were killed, as their processes' end would.
pub async fn bury(ledger: &dyn Ledger) {
    for lock in ledger.locks().await.unwrap() {
        ledger.unlock(&lock.holder.run).await.unwrap();
    }
}

/// Writes changes for a run of its own.
pub async fn commit(ledger: &dyn Ledger, changes: &[Change]) -> Result<(), LedgerError> {
    let holder = holder();
    ledger.lock(&changes.iter().map(Change::unit).collect(), &holder).await?;
    let ended = ledger.commit(&holder.run, changes).await;
    ledger.unlock(&holder.run).await?;
    ended
}
