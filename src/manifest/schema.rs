//! The JSON schemas of the documents, generated from [`super::document`].

use std::collections::BTreeMap;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

use super::{
    document::{
        CustomerDocument, LocationDocument, ProjectDocument, RemovedDocument, TemplateDocument, UserDocument,
        UserListDocument,
    },
    kinds::DocumentKind,
};

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

fn alone<T: JsonSchema>() -> Value {
    generator().into_root_schema_for::<T>().to_value()
}

/// Returns the schema of one kind of document.
pub(super) fn schema_of(kind: DocumentKind) -> Value {
    match kind {
        DocumentKind::Project => alone::<ProjectDocument>(),
        DocumentKind::Template => alone::<TemplateDocument>(),
        DocumentKind::Customer => alone::<CustomerDocument>(),
        DocumentKind::Location => alone::<LocationDocument>(),
        DocumentKind::User => alone::<UserDocument>(),
        DocumentKind::UserList => alone::<UserListDocument>(),
        DocumentKind::Removed => alone::<RemovedDocument>(),
    }
}

/// JSON Schema documents (draft 2020-12) by file name: one per kind of document, and `hubform.schema.json`
/// for a document of any kind.
pub fn schemas() -> BTreeMap<&'static str, Value> {
    let mut all: BTreeMap<&'static str, Value> =
        DocumentKind::ALL.into_iter().map(|kind| (file_name(kind), schema_of(kind))).collect();
    all.insert("hubform.schema.json", any());
    all
}

const fn file_name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Project => "project.schema.json",
        DocumentKind::Template => "template.schema.json",
        DocumentKind::Customer => "customer.schema.json",
        DocumentKind::Location => "location.schema.json",
        DocumentKind::User => "user.schema.json",
        DocumentKind::UserList => "user-list.schema.json",
        DocumentKind::Removed => "removed.schema.json",
    }
}

/// A document of any kind. `kind` is a single word in each branch, so at most one of them matches.
fn any() -> Value {
    let mut generator = generator();
    let branches = [
        generator.subschema_for::<ProjectDocument>(),
        generator.subschema_for::<TemplateDocument>(),
        generator.subschema_for::<CustomerDocument>(),
        generator.subschema_for::<LocationDocument>(),
        generator.subschema_for::<UserDocument>(),
        generator.subschema_for::<UserListDocument>(),
        generator.subschema_for::<RemovedDocument>(),
    ];
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "hubform",
        "description": "A document of a hubform project.",
        "oneOf": branches,
        "$defs": generator.take_definitions(true),
    })
}
