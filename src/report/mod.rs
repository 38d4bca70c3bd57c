//! Values to text and JSON. Nothing here reads a terminal, a clock or the service: whether there is colour and how much
//! to show are arguments, so that the same value always gives the same bytes.

mod doctor;
mod events;
mod fields;
mod json;
mod outcome;
mod plan;
mod problems;
mod record;
mod schema;
mod show;
mod status;
mod style;
mod text;
mod window;

pub use doctor::{Check, CheckResult, CheckSummary, Checkup, doctor_text};
pub use events::{EventLine, Holding, RunEvent};
pub use json::{Show, to_json};
pub use outcome::outcome_text;
pub use plan::plan_text;
pub use problems::{ProblemDocument, ProblemLine, problem_summary, problems_text};
pub use record::record_text;
pub use schema::schemas;
pub use show::{Shown, show_text};
pub use status::{LastRun, Life, Standing, StandingEntry, StandingLock, StandingStep, Verdict, status_text};
pub use style::{Look, Meaning};
pub use text::{count, visible};
