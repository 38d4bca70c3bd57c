//! YAML and CSV → [`Desired`](crate::model::Desired) with source positions, or every problem found.
//!
//! A project goes through these stages, each in a file of its own:
//!
//! 1. `files` finds and reads the files, and nothing outside the folder;
//! 2. `parse` turns a text into documents of spanned nodes, refusing what manifests do not use of YAML;
//! 3. `check` compares a document with the `shape` of its kind, which is compiled from the JSON schema of
//!    the structs in `document`, and takes out of it what is wrong;
//! 4. `convert` turns what is left into specs, so that a document's wrong values are told together with its
//!    wrong fields;
//! 5. `load` puts the objects together, tells of duplicates, and sorts.
//!
//! Nothing here fails: a file that cannot be read, a document with errors, a row of a CSV file are problems,
//! and everything else goes on. An object with errors is in [`Desired::broken`](crate::model::Desired::broken):
//! neither planned nor taken for absent.

mod check;
mod convert;
mod csv;
mod de;
mod document;
mod files;
mod findings;
mod kinds;
mod list;
mod load;
mod node;
mod parse;
mod read;
mod schema;
mod shape;
mod suggest;
mod values;

pub use load::{Loaded, load, load_files};
pub use parse::to_json;
pub use schema::schemas;
