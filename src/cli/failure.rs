//! Why a command could not give its answer.

use std::error::Error;

use crate::{
    ledger::LedgerError,
    model::{Code, Problem, Sources, codes},
};

use super::exit::Status;

/// What a command returns instead of its answer: problems, each with its fix, and the exit code.
#[derive(Debug)]
pub(super) struct Failure {
    /// How the program ends.
    pub(super) status: Status,
    /// What is wrong.
    pub(super) problems: Vec<Problem>,
    /// The files that they are about.
    pub(super) sources: Sources,
}

impl Failure {
    /// Makes a failure of one problem.
    pub(super) fn new(code: Code, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::from(Problem::error(code, message).fix(fix))
    }

    /// Makes a failure of a wrong command line.
    pub(super) fn usage(message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { status: Status::Usage, ..Self::new(codes::USAGE, message, fix) }
    }

    /// Makes a failure of an error and all its causes.
    pub(super) fn caused(code: Code, error: &dyn Error, fix: impl Into<String>) -> Self {
        Self::new(code, chain(error), fix)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { status: Status::Failed, problems: vec![problem], sources: Sources::default() }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::from(Problem::from(&error))
    }
}

/// Returns an error's text with those of its causes, each once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Some libraries repeat the cause in their own text.
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
