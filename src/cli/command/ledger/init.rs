//! `hubform ledger init`

use std::path::Path;

use serde_json::json;

use super::WhereArgs;
use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        planning::{Opened, runtime},
        project::Project,
        settings::Environment,
    },
    model::codes,
    report::{to_json, visible},
};

/// Make an empty ledger, and say which line ties the project to it
///
/// With `spec.lineage` in `hubform.yaml` every run refuses another ledger, and a missing one: a path that is mistyped or a
/// volume that is not there cannot be taken for a project without history. Where there is a ledger already, its line is
/// shown.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: WhereArgs,
    /// Write the line into `hubform.yaml`; everything else in it stays as it is
    #[arg(long)]
    write: bool,
}

pub(super) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let opened = args.place.open(environment)?;
    let (lineage, made) = runtime()?.block_on(lineage(&opened))?;
    let project = &opened.project.loaded;
    let is_written = project.desired.project.lineage.as_ref() == Some(&lineage);
    let file = project.root.join("hubform.yaml");
    let writes = args.write && !is_written;
    if writes {
        write(&file, &project.root, &lineage)?;
    }
    let place = opened.settings.ledger.to_string();
    console.answer(&match console.format {
        Format::Text => {
            let there = if made { "is made" } else { "is there already" };
            let then = match (is_written, writes) {
                (true, _) => "`hubform.yaml` has its line:",
                (false, true) => "`hubform.yaml` has its line now:",
                (false, false) => "Write this under `spec` in `hubform.yaml`, or use `--write`:",
            };
            format!("The ledger {} {there}. {then}\n  lineage: \"{}\"\n", visible(&place), visible(&lineage))
        }
        Format::Json => to_json(&json!({
            "format": 1, "ledger": place, "lineage": lineage, "made": made, "written": is_written || writes,
        })),
    })?;
    Ok(Status::Done)
}

async fn lineage(opened: &Opened) -> Result<(String, bool), Failure> {
    if let Some(identity) = opened.view_ledger_whole().await?.identity {
        return Ok((identity.lineage, false));
    }
    let ledger = opened.open_ledger().await?;
    Ok((ledger.identity().await?.lineage, true))
}

/// Writes the line, and takes it back if the project then does not read as it should.
fn write(file: &Path, root: &Path, lineage: &str) -> Result<(), Failure> {
    let refused = |why: &str| {
        Failure::new(
            codes::OUTPUT,
            format!("the line cannot be written into `{}`: {why}", file.display()),
            format!("write `lineage: \"{lineage}\"` under `spec` by hand"),
        )
    };
    let before = std::fs::read_to_string(file).map_err(|error| refused(&error.to_string()))?;
    let after = with_lineage(&before, lineage).ok_or_else(|| refused("its `spec` is written in an unusual way"))?;
    std::fs::write(file, after).map_err(|error| refused(&error.to_string()))?;
    let read = Project::load(root);
    if read.loaded.desired.project.lineage.as_deref() == Some(lineage) {
        return Ok(());
    }
    std::fs::write(file, before).map_err(|error| refused(&error.to_string()))?;
    Err(refused("its `spec` is written in an unusual way, or has a lineage already"))
}

/// Returns the text of a project file with its lineage; nothing if it is written in a way that this does not know.
fn with_lineage(text: &str, lineage: &str) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = |wanted: &str| -> Vec<usize> {
        (0..lines.len()).filter(|&at| lines[at].trim_end() == wanted || lines[at].starts_with(wanted)).collect()
    };
    // One document, so that there is no doubt whose `spec` it is.
    if lines.iter().skip(1).any(|line| line.starts_with("---")) {
        return None;
    }
    let entry = format!("lineage: \"{lineage}\"");
    let break_of = |line: &str| if line.ends_with("\r\n") { "\r\n" } else { "\n" };
    let spec = match at("spec:").as_slice() {
        [] => {
            let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            return Some(format!("{text}{end}spec:\n  {entry}\n"));
        }
        [spec] => *spec,
        _ => return None,
    };
    let line = lines[spec];
    let rest = line["spec:".len()..].trim_start();
    let new = if let Some(inside) = rest.strip_prefix('{') {
        let inside = inside.trim_start();
        let comma = if inside.starts_with('}') { " " } else { ", " };
        format!("spec: {{ {entry}{comma}{inside}")
    } else if rest.is_empty() || rest.starts_with('#') {
        let below = lines[spec + 1..].iter().find(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        });
        let indent = below.map(|line| line.len() - line.trim_start_matches(' ').len()).filter(|&indent| indent > 0);
        let end = if line.ends_with('\n') { "" } else { "\n" };
        format!("{line}{end}{}{entry}{}", " ".repeat(indent.unwrap_or(2)), break_of(line))
    } else {
        return None;
    };
    let (before, after) = (lines[..spec].concat(), lines[spec + 1..].concat());
    Some(format!("{before}{new}{after}"))
}

#[cfg(test)]
mod tests {
    use super::with_lineage;

    #[test]
    fn the_line_goes_under_spec_and_all_else_stays() {
        let block = "kind: Project # ours\nspec: # settings\n\n    # where\n    target: webex\nname: a\n";
        assert_eq!(
            with_lineage(block, "12").unwrap(),
            block.replace("# settings\n", "# settings\n    lineage: \"12\"\n")
        );
        assert_eq!(
            with_lineage("spec: { target: webex } # x\n", "12").unwrap(),
            "spec: { lineage: \"12\", target: webex } # x\n"
        );
        assert_eq!(with_lineage("spec: {}\r\n", "12").unwrap(), "spec: { lineage: \"12\" }\r\n");
        assert_eq!(with_lineage("name: a", "12").unwrap(), "name: a\nspec:\n  lineage: \"12\"\n");
        assert_eq!(with_lineage("spec:", "12").unwrap(), "spec:\n  lineage: \"12\"\n");
    }

    #[test]
    fn what_is_not_understood_is_left_to_people() {
        for text in ["spec: &a\n  target: webex\n", "spec: {}\n---\nspec: {}\n", "spec: {}\nspec: {}\n", "spec: null\n"]
        {
            assert_eq!(with_lineage(text, "12"), None, "{text}");
        }
    }
}
