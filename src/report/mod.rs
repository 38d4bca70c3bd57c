//! Values to text and JSON. Nothing here reads a terminal, a clock or the service: whether there is colour and how much
//! to show are arguments, so that the same value always gives the same bytes.

mod doctor;
mod fields;
mod json;
mod outcome;
mod plan;
mod problems;
mod schema;
mod show;
mod style;
mod text;
mod window;

pub use doctor::{Check, CheckResult, CheckSummary, Checkup, doctor_text};
pub use json::{Show, to_json};
pub use outcome::outcome_text;
pub use plan::plan_text;
pub use problems::{ProblemDocument, ProblemLine, problem_summary, problems_text};
pub use schema::schemas;
pub use show::{Shown, show_text};
pub use style::{Look, Meaning};
pub use text::{count, visible};
