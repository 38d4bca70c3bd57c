//! The problems that were found, and where the next one belongs.

use std::collections::BTreeMap;

use crate::model::{FileId, Problem, Scope, Severity, Source, Span, codes};

/// The most problems that are kept of one file, so that a hostile file cannot fill memory or a screen.
pub(super) const MOST_PER_FILE: usize = 1_000;

/// Every problem found so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: Vec<Problem>,
    per_file: BTreeMap<FileId, usize>,
    errors: usize,
}

impl Findings {
    /// Adds a problem; one too many in a file is only counted.
    pub(super) fn add(&mut self, problem: Problem) {
        if problem.severity == Severity::Error {
            self.errors += 1;
        }
        if let Some(at) = problem.at {
            let count = self.per_file.entry(at.file).or_default();
            *count += 1;
            if *count > MOST_PER_FILE {
                return;
            }
        }
        self.problems.push(problem);
    }

    /// Returns the number of errors so far; a document in which it grows is broken.
    pub(super) const fn errors(&self) -> usize {
        self.errors
    }

    /// Returns true once a file has so many problems that further ones are only counted.
    pub(super) fn is_full(&self, file: FileId) -> bool {
        self.per_file.get(&file).is_some_and(|&count| count >= MOST_PER_FILE)
    }

    /// Returns the problems in the order in which they were found; those that were only counted stand at the
    /// end of their file, whose length `length` tells.
    pub(super) fn finish(mut self, length: impl Fn(FileId) -> usize) -> Vec<Problem> {
        for (file, count) in self.per_file {
            if let Some(more) = count.checked_sub(MOST_PER_FILE)
                && more > 0
            {
                let at = Source { file, span: Span::new(length(file), length(file)) };
                self.problems.push(
                    Problem::error(codes::TOO_MANY, format!("the file has {more} more problems"))
                        .at(at)
                        .fix("correct the ones above and look again"),
                );
            }
        }
        self.problems
    }
}

/// Where problems belong while one document or row is read.
pub(super) struct Context<'f> {
    pub(super) findings: &'f mut Findings,
    pub(super) file: FileId,
    pub(super) scope: Scope,
}

impl Context<'_> {
    /// Adds a problem at a place of this file.
    pub(super) fn report(&mut self, span: Span, problem: Problem) {
        let at = Source { file: self.file, span };
        self.findings.add(problem.at(at).scope(self.scope.clone()));
    }
}
