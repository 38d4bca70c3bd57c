//! What `hubform doctor` found.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    style::{Look, Meaning},
    text::visible,
};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckResult {
    /// As it should be.
    Ok,
    /// It works, and may not go on to.
    Warning,
    /// hubform cannot do its work like this.
    Failed,
    /// It could not be told.
    Skipped,
}

impl CheckResult {
    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    const fn meaning(self) -> Meaning {
        match self {
            Self::Ok => Meaning::Done,
            Self::Warning => Meaning::Waiting,
            Self::Failed => Meaning::Failed,
            Self::Skipped => Meaning::Faint,
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    /// Its stable name, such as `token` or `read:/locations`.
    pub check: String,
    /// How it ended.
    pub result: CheckResult,
    /// What was found, and why it matters.
    pub text: String,
    /// How to fix it; null if there is nothing to fix.
    pub fix: Option<String>,
}

impl Check {
    /// Makes a check.
    pub fn new(check: impl Into<String>, result: CheckResult, text: impl Into<String>) -> Self {
        Self { check: check.into(), result, text: text.into(), fix: None }
    }

    /// Says how to fix it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

/// How many checks ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckSummary {
    /// As they should be.
    pub ok: u32,
    /// They work, and may not go on to.
    pub warning: u32,
    /// hubform cannot do its work like this.
    pub failed: u32,
    /// They could not be told.
    pub skipped: u32,
}

/// Everything that was looked at, in the order in which one thing rests on another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Checkup {
    /// Version of this layout; a reader refuses a number that it does not know.
    #[schemars(extend("const" = 1))]
    pub format: u32,
    /// The counts.
    pub summary: CheckSummary,
    /// Each check.
    pub checks: Vec<Check>,
}

impl Checkup {
    /// Counts checks.
    pub fn of(checks: Vec<Check>) -> Self {
        let mut summary = CheckSummary::default();
        for check in &checks {
            *match check.result {
                CheckResult::Ok => &mut summary.ok,
                CheckResult::Warning => &mut summary.warning,
                CheckResult::Failed => &mut summary.failed,
                CheckResult::Skipped => &mut summary.skipped,
            } += 1;
        }
        Self { format: 1, summary, checks }
    }
}

/// Returns one line per check, with its fix below it, and the counts.
pub fn doctor_text(checkup: &Checkup, look: Look) -> String {
    let Checkup { format: _, summary, checks } = checkup;
    let width = checks.iter().map(|check| check.check.chars().count()).max().unwrap_or_default();
    let mut lines = String::new();
    for Check { check, result, text, fix } in checks {
        let word = look.paint(result.meaning(), format!("{:<7}", result.word()));
        // Writing to a String cannot fail.
        _ = writeln!(lines, "{word}  {:<width$}  {}", visible(check), visible(text));
        if let Some(fix) = fix {
            _ = writeln!(lines, "{:7}  {:width$}  help: {}", "", "", visible(fix));
        }
    }
    let CheckSummary { ok, warning, failed, skipped } = summary;
    _ = writeln!(lines, "\n{ok} ok, {warning} warning, {failed} failed, {skipped} skipped");
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_its_line_and_what_to_do_stands_below() {
        let checkup = Checkup::of(vec![
            Check::new("token", CheckResult::Ok, "ann@acme.example"),
            Check::new("read:/roles", CheckResult::Failed, "no\u{1b}[2J").fix("add a scope"),
        ]);
        assert_eq!(
            doctor_text(&checkup, Look::default()),
            "ok       token        ann@acme.example\n\
             failed   read:/roles  no\\u{1b}[2J\n\
             \x20                     help: add a scope\n\
             \n\
             1 ok, 0 warning, 1 failed, 0 skipped\n"
        );
    }
}
