//! Who holds what: taking units for a run, waiting for them, and giving them back.

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use crate::model::Unit;

use super::{Ledger, error::LedgerError};

/// Who holds units of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who, for people to read: a user name, a pipeline's name.
    pub owner: String,
    /// The host it runs on.
    pub host: String,
    /// Its process there.
    pub pid: u32,
    /// Names the run, and its locks; unique.
    pub run: String,
    /// Since when, as `2026-01-31T12:00:00Z`.
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, host, pid, run, since } = self;
        write!(f, "{owner} on {host}, process {pid}, run {run}, since {since}")
    }
}

/// Whether a holder still lives, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vitality {
    /// It lives.
    Alive,
    /// It is gone: the next run takes its units over.
    Gone,
    /// There is no telling, as for a process of another host.
    Unknown,
}

/// One unit that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockInfo {
    /// What is held.
    pub unit: Unit,
    /// By whom; the run is the lock's id.
    pub holder: Holder,
    /// Whether they live.
    pub vitality: Vitality,
}

/// How often somebody who waits asks again.
const ASKS_EVERY: Duration = Duration::from_millis(500);

/// Holds units of a ledger for one run. Give them back with [`Lock::release`]; one that is dropped leaves them to
/// whoever notices that this process has gone.
#[derive(Debug)]
#[must_use = "the units are held until `release`"]
pub struct Lock {
    ledger: Arc<dyn Ledger>,
    holder: Holder,
}

impl Lock {
    /// Takes units. While another run holds one of them it waits, for at most `patience`; `tell` hears once for each
    /// holder that is waited for.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Held`] if a unit is still held at the end, and whatever else the ledger says.
    pub async fn take(
        ledger: &Arc<dyn Ledger>,
        units: &BTreeSet<Unit>,
        holder: Holder,
        patience: Duration,
        tell: &(dyn Fn(&Unit, &Holder) + Sync),
    ) -> Result<Self, LedgerError> {
        let began = Instant::now();
        let mut told: Option<String> = None;
        loop {
            let (unit, by) = match ledger.lock(units, &holder).await {
                Err(LedgerError::Held { unit, holder, .. }) if began.elapsed() < patience => (unit, holder),
                Ok(()) => return Ok(Self { ledger: Arc::clone(ledger), holder }),
                Err(error) => return Err(error),
            };
            if told.as_ref() != Some(&by.run) {
                tell(&unit, &by);
                told = Some(by.run.clone());
            }
            sleep(ASKS_EVERY.min(patience.saturating_sub(began.elapsed()))).await;
        }
    }

    /// Returns who holds them.
    pub const fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Gives every unit back.
    ///
    /// # Errors
    ///
    /// If the ledger cannot be written; the units are free once this process has ended.
    pub async fn release(self) -> Result<(), LedgerError> {
        self.ledger.unlock(&self.holder.run).await
    }
}

/// Returns the name of this host, if the system tells.
pub fn this_host() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
