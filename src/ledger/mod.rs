//! What hubform remembers between runs: which objects it manages, their remote ids, what was last applied.
//!
//! The ledger is the only memory; losing it loses no object, since natural keys find what exists (R1), but a
//! removal that happened since can no longer be seen. So it refuses whatever it is not sure of: another
//! service, another partner, another project, a file that is damaged or newer than this program (R17).

mod error;
mod lock;
mod schema;
mod sqlite;

use crate::model::{Address, LedgerIdentity, LedgerState, OrgId, Record};

pub use error::LedgerError;
pub use lock::{Holder, Lock};
pub use sqlite::{LedgerView, SqliteLedger};

/// What a run expects its ledger to belong to (R17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// `webex` or `simulator`.
    pub target: String,
    /// Base URL; empty for the embedded simulator, whose port differs each time.
    pub base_url: String,
    /// Name of the project.
    pub project: String,
    /// `spec.lineage` of the project, if it is written: then no other ledger will do, nor an empty one.
    pub lineage: Option<String>,
}

/// A place where records are kept. Whatever it returns from a write is durable.
///
/// All calls block for a few milliseconds at most; callers in async code make them directly.
pub trait Ledger: Send + Sync {
    /// Returns what the ledger belongs to.
    fn identity(&self) -> Result<LedgerIdentity, LedgerError>;

    /// Returns every record.
    fn load(&self) -> Result<LedgerState, LedgerError>;

    /// Returns one record.
    fn get(&self, address: &Address) -> Result<Option<Record>, LedgerError>;

    /// Writes records, or removes them where there is none, all or nothing.
    fn write(&self, changes: &[(&Address, Option<&Record>)]) -> Result<(), LedgerError>;

    /// Records the partner organization at the first apply; any other afterwards is an error.
    fn bind_partner(&self, org: &OrgId) -> Result<(), LedgerError>;

    /// Takes the ledger for one run; refused, with who holds it, while another run has it. A lock whose
    /// process has died on this host is taken over. Use [`Lock::take`], which gives it back by itself.
    fn lock(&self, holder: &Holder) -> Result<(), LedgerError>;

    /// Gives back what [`Ledger::lock`] took for a run; nothing happens if the run does not hold it.
    fn unlock(&self, run: &str) -> Result<(), LedgerError>;

    /// Writes one record.
    fn put(&self, address: &Address, record: &Record) -> Result<(), LedgerError> {
        self.write(&[(address, Some(record))])
    }

    /// Removes one record; nothing happens if there is none.
    fn remove(&self, address: &Address) -> Result<(), LedgerError> {
        self.write(&[(address, None)])
    }
}
