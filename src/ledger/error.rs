//! What can go wrong with a ledger, and how to put it right.

use crate::model::{Code, Problem, Unit, codes};

use super::held::Holder;

/// A ledger that could not be used. Nothing was changed unless the text says so.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A newer hubform wrote it.
    #[error("the ledger `{place}` has format {found}, and this version of hubform knows formats up to {known}")]
    Newer { place: String, found: u32, known: u32 },
    /// It is no ledger.
    #[error("`{place}` is not a ledger of hubform: {why}")]
    NotALedger { place: String, why: String },
    /// It was a ledger.
    #[error("the ledger `{place}` is damaged: {why}")]
    Damaged { place: String, why: String },
    /// It may not be written.
    #[error("the ledger `{place}` cannot be written: the file or its folder is read-only")]
    ReadOnly { place: String },
    /// Another process is writing it.
    #[error("the ledger `{place}` is in use by another process, and stayed so for {seconds} s")]
    InUse { place: String, seconds: u64 },
    /// No space is left.
    #[error("the ledger `{place}` could not be written: no space is left on the disk")]
    DiskFull { place: String },
    /// It belongs to something else.
    #[error("the ledger `{place}` belongs to {what} `{ledger}`, and this run is for {what} `{run}`")]
    Mismatch { place: String, what: &'static str, ledger: String, run: String },
    /// `spec.lineage` names a ledger, and there is none.
    #[error("the project belongs to the ledger with lineage `{lineage}`, and there is no ledger at `{place}`")]
    Missing { place: String, lineage: String },
    /// Another run holds a unit.
    #[error("`{unit}` is held by {holder} (in the ledger `{place}`)")]
    Held { place: String, unit: Unit, holder: Box<Holder> },
    /// The run no longer holds what it wants to write: somebody took it over or gave it back.
    #[error("this run no longer holds `{unit}` in the ledger `{place}`, so it may not write it")]
    LockLost { place: String, unit: Unit },
    /// Its server does not answer, or not as one should.
    #[error("the ledger `{place}` cannot be {action}: {why}")]
    Unreachable { place: String, action: &'static str, why: String },
    /// Its server does not let this account in.
    #[error("the ledger `{place}` does not let this account in: {why}")]
    Denied { place: String, why: String },
    /// Its server cannot do what a ledger needs.
    #[error("`{place}` cannot hold a ledger: {why}")]
    Unfit { place: String, why: String },
    /// The file system refused something.
    #[error("the ledger `{place}` cannot be {action}")]
    Io { place: String, action: &'static str, source: std::io::Error },
    /// SQLite refused something that has no case of its own.
    #[error("the ledger `{place}` cannot be {action}")]
    Sqlite { place: String, action: &'static str, source: rusqlite::Error },
}

impl LedgerError {
    /// Returns its stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Newer { .. } => codes::LEDGER_NEWER,
            Self::NotALedger { .. } => codes::LEDGER_NOT_ONE,
            Self::Damaged { .. } => codes::LEDGER_DAMAGED,
            Self::ReadOnly { .. } => codes::LEDGER_READ_ONLY,
            Self::InUse { .. } => codes::LEDGER_IN_USE,
            Self::DiskFull { .. } => codes::LEDGER_DISK_FULL,
            Self::Mismatch { .. } => codes::LEDGER_MISMATCH,
            Self::Missing { .. } => codes::LEDGER_MISSING,
            Self::Held { .. } => codes::LEDGER_HELD,
            Self::LockLost { .. } => codes::LEDGER_LOCK_LOST,
            Self::Unreachable { .. } => codes::LEDGER_UNREACHABLE,
            Self::Denied { .. } => codes::LEDGER_DENIED,
            Self::Unfit { .. } => codes::LEDGER_UNFIT,
            Self::Io { .. } | Self::Sqlite { .. } => codes::LEDGER_UNUSABLE,
        }
    }

    /// Returns how to put it right.
    pub fn fix(&self) -> String {
        match self {
            Self::Newer { .. } => "use the version of hubform that wrote it, or a later one".to_owned(),
            Self::NotALedger { .. } => {
                "check `spec.ledger` in `hubform.yaml` and `HUBFORM_LEDGER`; a ledger is a file of its own".to_owned()
            }
            Self::Damaged { place, .. } => format!(
                "put a backup in its place; without one, move `{place}` and what is beside it away and run \
                 `hubform import --ledger-only`: what exists is found again by its keys"
            ),
            Self::ReadOnly { place } => {
                format!("make `{place}` and its folder writable for this user (`chmod u+w`)")
            }
            Self::InUse { .. } => "wait for the other process, or end it, and try again".to_owned(),
            Self::DiskFull { .. } => "make room and run the command again; what was written before is kept".to_owned(),
            Self::Mismatch { what: "lineage", .. } => {
                "put the right ledger in its place, or correct `spec.lineage` in `hubform.yaml`".to_owned()
            }
            Self::Mismatch { what: "project", run, .. } if run.starts_with('(') => {
                "put the project's `hubform.yaml` back, or use another ledger (`--ledger`)".to_owned()
            }
            Self::Mismatch { what, .. } => {
                format!("use a ledger of its own for each {what} (`spec.ledger`), or correct the {what}")
            }
            Self::Missing { .. } => {
                "put the ledger in its place; to begin anew, take `spec.lineage` out of `hubform.yaml`".to_owned()
            }
            Self::Held { holder, .. } => format!(
                "wait for it to end (`--wait`); if you are sure that it is gone: `hubform ledger unlock {}`",
                holder.run
            ),
            Self::LockLost { .. } => "see who holds it with `hubform status`, then run the command again: what was \
                                      sent is in the journal and will be settled"
                .to_owned(),
            Self::Unreachable { .. } => {
                "check the address and the network, and try again; what was written before is kept".to_owned()
            }
            Self::Denied { .. } => "check the account, its password and its rights".to_owned(),
            Self::Unfit { .. } => "use a server that can, or keep the ledger in a file".to_owned(),
            Self::Io { .. } | Self::Sqlite { .. } => "check the path, its permissions and the disk".to_owned(),
        }
    }

    /// Returns the whole message with its cause, for values that hold text.
    pub fn text(&self) -> String {
        match std::error::Error::source(self) {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }
}

impl From<&LedgerError> for Problem {
    fn from(error: &LedgerError) -> Self {
        Self::error(error.code(), error.text()).fix(error.fix())
    }
}
