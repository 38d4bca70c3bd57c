//! The project folder: manifests and everything that can be known to be wrong with them.

use std::{collections::BTreeSet, path::Path};

use crate::{
    manifest::{self, Loaded},
    model::{Address, Name, Problem, Scope, Severity, codes},
    rules,
};

use super::{console::Console, exit::Status, failure::Failure};

/// The file that begins a project.
const PROJECT_FILE: &str = "hubform.yaml";

/// A project with its problems.
#[derive(Debug)]
pub(super) struct Project {
    /// What was read.
    pub(super) loaded: Loaded,
    /// Every problem of manifests and rules, sorted by place.
    pub(super) problems: Vec<Problem>,
}

impl Project {
    /// Reads a project folder and checks it.
    pub(super) fn load(folder: &Path) -> Self {
        let mut loaded = manifest::load(folder);
        let mut problems = std::mem::take(&mut loaded.problems);
        problems.extend(rules::check(&loaded.desired));
        problems.extend(not_a_project(&loaded, problems.is_empty()));
        // Those without a place come last; within one place the order is that of the codes.
        problems.sort_by_cached_key(|problem| (problem.at.is_none(), problem.clone()));
        problems.dedup();
        Self { loaded, problems }
    }

    /// Returns true if a problem is an error.
    pub(super) fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Drops the problems of customers that are not selected, and of templates that none of the selected needs.
    pub(super) fn narrow(&mut self, selected: Option<&BTreeSet<Name>>) {
        let Some(selected) = selected else { return };
        let desired = &self.loaded.desired;
        let needed: BTreeSet<&Name> =
            selected.iter().filter_map(|name| desired.customer(name)).map(|customer| &customer.template).collect();
        self.problems.retain(|problem| match &problem.scope {
            Scope::Project => true,
            Scope::Template(name) => needed.contains(name),
            Scope::Customer(name) => selected.contains(name),
        });
    }

    /// Returns the parts that have errors; fails if an error concerns everything (R22).
    pub(super) fn blocked(&mut self) -> Result<BTreeSet<Scope>, Failure> {
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error);
        let scopes: BTreeSet<Scope> = errors.map(|problem| problem.scope.clone()).collect();
        if scopes.contains(&Scope::Project) {
            return Err(Failure {
                status: Status::Failed,
                problems: std::mem::take(&mut self.problems),
                sources: std::mem::take(&mut self.loaded.sources),
            });
        }
        Ok(scopes)
    }

    /// Shows the problems on stderr.
    pub(super) fn warn(&self, console: Console) {
        if !self.problems.is_empty() {
            console.warn(&self.problems, &self.loaded.sources);
        }
    }

    /// Returns the names that templates have, those with errors too.
    pub(super) fn templates(&self) -> BTreeSet<&Name> {
        let desired = &self.loaded.desired;
        desired
            .objects
            .keys()
            .chain(&desired.broken)
            .filter_map(|at| match at {
                Address::Template(name) => Some(name),
                Address::Customer(_) | Address::Location(..) | Address::User(..) => None,
            })
            .collect()
    }
}

/// Returns what is wrong with the folder itself. An empty one would say that there is nothing to do, and a part of a
/// project would be compared with a ledger and a service that are not the project's.
fn not_a_project(loaded: &Loaded, is_silent: bool) -> Option<Problem> {
    let Loaded { desired: _, sources, problems: _, root } = loaded;
    if root.join(PROJECT_FILE).exists() || !root.is_dir() {
        return None;
    }
    let whole = root.ancestors().skip(1).find(|folder| folder.join(PROJECT_FILE).is_file());
    if let Some(whole) = whole {
        let message = format!(
            "the folder `{}` is a part of the project in `{}`, whose settings, ledger and templates are there",
            root.display(),
            whole.display()
        );
        let fix = format!("run the command on `{}`; `--customer NAME` limits it to one customer", whole.display());
        return Some(Problem::error(codes::NO_PROJECT, message).fix(fix));
    }
    (is_silent && sources.iter().next().is_none()).then(|| {
        Problem::error(codes::NO_PROJECT, format!("there is no manifest in the folder `{}`", root.display()))
            .fix("name the folder that holds `hubform.yaml`, or write the first manifest")
    })
}
