//! `hubform schema`

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::json;

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        select::nearest,
    },
    manifest,
    model::codes,
    report,
};

/// Print the JSON Schemas of manifests, plans and outcomes
///
/// Without a name the names are listed. Editors complete and check manifests with `hubform.schema.json`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Which schema, such as `hubform`, `customer` or `plan`
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Write every schema into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "name")]
    out: Option<PathBuf>,
}

const SUFFIX: &str = ".schema.json";

pub(in crate::cli) fn run(args: &Args, console: Console) -> Result<Status, Failure> {
    let mut schemas: BTreeMap<&'static str, serde_json::Value> = manifest::schemas();
    schemas.extend(report::schemas());
    if let Some(folder) = &args.out {
        return write(folder, &schemas);
    }
    let names = schemas.keys().map(|file| file.strip_suffix(SUFFIX).unwrap_or(file));
    let Some(name) = &args.name else {
        let names: Vec<&str> = names.collect();
        console.answer(&match console.format {
            Format::Text => format!("{}\n", names.join("\n")),
            Format::Json => report::to_json(&json!({ "format": 1, "schemas": names })),
        })?;
        return Ok(Status::Done);
    };
    let file = if name.ends_with(SUFFIX) { name.clone() } else { format!("{name}{SUFFIX}") };
    match schemas.get(file.as_str()) {
        Some(schema) => {
            console.answer(&report::to_json(schema))?;
            Ok(Status::Done)
        }
        None => Err(Failure::usage(format!("there is no schema `{name}`"), nearest(name, names))),
    }
}

fn write(folder: &std::path::Path, schemas: &BTreeMap<&'static str, serde_json::Value>) -> Result<Status, Failure> {
    let failed = |path: &std::path::Path, error: &std::io::Error| {
        Failure::new(codes::OUTPUT, format!("`{}` cannot be written: {error}", path.display()), "check the folder")
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for (file, schema) in schemas {
        let path = folder.join(file);
        std::fs::write(&path, report::to_json(schema)).map_err(|error| failed(&path, &error))?;
    }
    Ok(Status::Done)
}
