//! `hubform validate`

use std::path::PathBuf;

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        project::Project,
    },
    report::{ProblemDocument, count, problems_text, to_json},
};

/// Check the manifests without the service
///
/// Finds every problem of every file in one run, and prints each with its place and how to fix it. Nothing is sent, and
/// nothing is read but the project folder. Exits with 1 if there is an error; warnings change nothing.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub(in crate::cli) fn run(args: &Args, console: Console) -> Result<Status, Failure> {
    let project = Project::load(&args.folder);
    let sources = &project.loaded.sources;
    match console.format {
        Format::Json => console.answer(&to_json(&ProblemDocument::of(&project.problems, sources)))?,
        Format::Text if project.problems.is_empty() => {
            let objects = project.loaded.desired.objects.len() as u64;
            let files = sources.iter().count() as u64;
            console.answer(&format!("No problems: {} in {}\n", count(objects, "object"), count(files, "file")))?;
        }
        Format::Text => console.answer(&problems_text(&project.problems, sources, console.out()))?,
    }
    Ok(if project.has_errors() { Status::Failed } else { Status::Done })
}
