//! `Project` → [`Project`], and which files are not hubform's.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::{
    manifest::{
        document::{Limits, ProjectDocument, ProjectSpec},
        parse::shown,
        values::Values,
    },
    model::{KeyError, Name, Problem, Project, PublicKey, Target, codes},
};

/// What the `Project` document says.
#[derive(Debug)]
pub(in crate::manifest) struct ProjectSettings {
    pub(in crate::manifest) project: Project,
    /// Files that are not read.
    pub(in crate::manifest) ignore: GlobSet,
}

/// Reads the settings; what is wrong keeps its default.
pub(in crate::manifest) fn project(values: &mut Values<'_, '_>, document: ProjectDocument) -> ProjectSettings {
    let ProjectDocument { api_version: _, kind: _, name, spec } = document;
    let name: Option<Name> = values.required("name", name);
    let ProjectSpec { target, ledger, limits, lineage, trust, requires, ignore } = spec.unwrap_or_default();
    let Limits { deletions, deletion_percent } = limits.unwrap_or_default();
    if let Some(requires) = requires {
        self::requires(values, &requires);
    }
    let default = Project::default();
    ProjectSettings {
        project: Project {
            name: name.map(String::from).unwrap_or_default(),
            target: target.map(Target::from),
            ledger: values.optional_text("ledger", ledger),
            deletions: deletions.unwrap_or(default.deletions),
            deletion_percent: deletion_percent.unwrap_or(default.deletion_percent),
            lineage: values.optional_text("lineage", lineage),
            trust: self::trust(values, trust.unwrap_or_default()),
        },
        ignore: self::ignore(values, ignore.unwrap_or_default()),
    }
}

fn trust(values: &mut Values<'_, '_>, keys: Vec<String>) -> BTreeSet<PublicKey> {
    let mut trusted = BTreeSet::new();
    for key in keys {
        if let Ok(key) = key.parse() {
            trusted.insert(key);
            continue;
        }
        let message = format!("`{}` is not a public key: {KeyError}", shown(&key));
        let fix = "write the line that `hubform key new` or `hubform key show` prints";
        values.report("trust", Problem::error(codes::TEXT, message).fix(fix));
    }
    trusted
}

fn ignore(values: &mut Values<'_, '_>, patterns: Vec<String>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // `vendor/` means the folder and all below it.
        let whole = if pattern.ends_with('/') { format!("{pattern}**") } else { pattern.clone() };
        match GlobBuilder::new(&whole).literal_separator(true).build() {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => {
                let message = format!("`{}` is not a glob pattern: {}", shown(&pattern), error.kind());
                values.report("ignore", Problem::error(codes::TEXT, message).fix("write one such as `legacy/**`"));
            }
        }
    }
    set.build().unwrap_or_default()
}

/// Checks `requires: ">=0.1"` against this hubform.
fn requires(values: &mut Values<'_, '_>, text: &str) {
    let parts = |version: &str| {
        let parts: Option<Vec<u64>> = version.trim().split('.').map(|part| part.parse().ok()).collect();
        parts.filter(|parts| (1..=3).contains(&parts.len()))
    };
    let Some(wanted) = text.strip_prefix(">=").and_then(parts) else {
        let message = format!("`requires` is `{}`, which is not a lowest version", shown(text));
        values.report("requires", Problem::error(codes::TEXT, message).fix("write it as `\">=0.1\"`"));
        return;
    };
    let own = env!("CARGO_PKG_VERSION");
    if parts(own).is_some_and(|own| own < wanted) {
        let message = format!("the project requires hubform {}, and this is {own}", shown(text));
        values.report("requires", Problem::error(codes::NOT_YET, message).fix("use a newer hubform"));
    }
}
