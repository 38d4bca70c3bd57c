//! What can go wrong with a ledger, and how to put it right.

use std::path::{Path, PathBuf};

use crate::model::{Code, Problem, codes};

use super::lock::Holder;

/// A ledger that could not be used. Nothing was changed unless the text says so.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A newer hubform wrote it.
    #[error("the ledger `{path}` has format {found}, and this version of hubform knows formats up to {known}")]
    Newer { path: PathBuf, found: u32, known: u32 },
    /// It is no ledger.
    #[error("`{path}` is not a ledger of hubform: {why}")]
    NotALedger { path: PathBuf, why: String },
    /// It was a ledger.
    #[error("the ledger `{path}` is damaged: {why}")]
    Damaged { path: PathBuf, why: String },
    /// It may not be written.
    #[error("the ledger `{path}` cannot be written: the file or its folder is read-only")]
    ReadOnly { path: PathBuf },
    /// Another process is writing it.
    #[error("the ledger `{path}` is in use by another process, and stayed so for {seconds} s")]
    InUse { path: PathBuf, seconds: u64 },
    /// No space is left.
    #[error("the ledger `{path}` could not be written: no space is left on the disk")]
    DiskFull { path: PathBuf },
    /// It belongs to something else.
    #[error("the ledger `{path}` belongs to {what} `{ledger}`, and this run is for {what} `{run}`")]
    Mismatch { path: PathBuf, what: &'static str, ledger: String, run: String },
    /// `spec.lineage` names a ledger, and there is none.
    #[error("the project belongs to the ledger with lineage `{lineage}`, and there is no ledger at `{path}`")]
    Missing { path: PathBuf, lineage: String },
    /// Another run holds it.
    #[error("the ledger `{path}` is held by {holder}")]
    Held { path: PathBuf, holder: Box<Holder> },
    /// The file system refused something.
    #[error("the ledger `{path}` cannot be {action}")]
    Io { path: PathBuf, action: &'static str, source: std::io::Error },
    /// SQLite refused something that has no case of its own.
    #[error("the ledger `{path}` cannot be {action}")]
    Sqlite { path: PathBuf, action: &'static str, source: rusqlite::Error },
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
            Self::Damaged { path, .. } => format!(
                "put a backup in its place; without one, move `{}` and the files beside it away and run `hubform plan`: \
                 what exists is found again by its keys",
                path.display()
            ),
            Self::ReadOnly { path } => {
                format!("make `{}` and its folder writable for this user (`chmod u+w`)", path.display())
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
            Self::Held { path, holder } => format!(
                "wait for it to end; if you are sure that it is gone: \
                 `sqlite3 {} \"DELETE FROM lock WHERE run = '{}'\"`",
                path.display(),
                holder.run.replace('\'', "''")
            ),
            Self::Io { .. } | Self::Sqlite { .. } => "check the path, its permissions and the disk".to_owned(),
        }
    }

    /// Returns the file that it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Newer { path, .. }
            | Self::NotALedger { path, .. }
            | Self::Damaged { path, .. }
            | Self::ReadOnly { path }
            | Self::InUse { path, .. }
            | Self::DiskFull { path }
            | Self::Mismatch { path, .. }
            | Self::Missing { path, .. }
            | Self::Held { path, .. }
            | Self::Io { path, .. }
            | Self::Sqlite { path, .. } => path,
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
