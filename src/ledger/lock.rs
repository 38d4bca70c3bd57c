//! One apply at a time: who holds a ledger, and giving it back.

use std::fmt;

use super::{Ledger, error::LedgerError};

/// Who holds a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who, for people to read: a user name, a pipeline's name.
    pub owner: String,
    /// The host it runs on.
    pub host: String,
    /// Its process there.
    pub pid: u32,
    /// Names the run; unique.
    pub run: String,
    /// Since when, as the caller writes it.
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, host, pid, run, since } = self;
        write!(f, "{owner} on {host}, process {pid}, run {run}, since {since}")
    }
}

/// Holds a ledger for one run and gives it back when dropped.
#[must_use = "the ledger is given back as soon as this is dropped"]
pub struct Lock<'l> {
    ledger: &'l dyn Ledger,
    run: String,
}

impl<'l> Lock<'l> {
    /// Takes the ledger.
    pub fn take(ledger: &'l dyn Ledger, holder: &Holder) -> Result<Self, LedgerError> {
        ledger.lock(holder)?;
        Ok(Self { ledger, run: holder.run.clone() })
    }
}

impl fmt::Debug for Lock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").field("run", &self.run).finish_non_exhaustive()
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.ledger.unlock(&self.run) {
            // The process ends soon, and then the lock counts as stale.
            tracing::warn!(%error, "the lock of the ledger could not be given back");
        }
    }
}
