//! The official descriptions, put together: what each operation takes and what it answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::{Value, json};

use crate::{operation::Operation, schema::closed};

/// The official documents, in the order of `operations.txt`.
const DOCUMENTS: [&str; 5] = ["wholesale", "admin", "device", "calling", "messaging"];
/// Operations whose official schema contradicts its own example, written anew.
const CORRECTED: &str = "corrected";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A query parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub required: bool,
    pub schema: Value,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub struct Body {
    pub required: bool,
    pub schema: Value,
}

/// An answer of a documented status.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub schema: Option<Value>,
    /// Headers that the document names, in lower case.
    pub headers: BTreeSet<String>,
}

/// What an operation takes and answers.
#[derive(Clone, Debug)]
pub struct Contract {
    pub document: &'static str,
    pub query: BTreeMap<String, Parameter>,
    pub request: Option<Body>,
    pub answers: BTreeMap<u16, Answer>,
}

/// All operations.
#[derive(Clone, Debug)]
pub struct Description {
    pub operations: BTreeMap<Operation, Contract>,
    /// The usual body of an error.
    pub error: Value,
}

impl Description {
    /// Reads the documents of a folder.
    pub fn load(folder: &Path) -> Result<Self, String> {
        let read = |name: &str| {
            let path = folder.join(name).with_extension("json");
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            serde_json::from_str::<Value>(&text).map_err(|error| format!("{}: {error}", path.display()))
        };
        let documents: Result<Vec<_>, String> = DOCUMENTS.iter().map(|name| Ok((*name, read(name)?))).collect();
        Ok(Self::new(&documents?, &read(CORRECTED)?))
    }

    /// Reads what the simulator says of itself.
    pub fn own() -> Self {
        let mut document = hubform::sim::openapi();
        // The official descriptions leave out where the paths begin.
        let paths = document["paths"].as_object().cloned().unwrap_or_default();
        let plain = |(path, item): (String, Value)| (path.strip_prefix("/v1").unwrap_or(&path).to_owned(), item);
        document["paths"] = paths.into_iter().map(plain).collect();
        Self::new(&[("simulator", document)], &Value::Null)
    }

    /// Puts documents together; an operation that `corrected` has is taken from there, as far as it says something.
    pub fn new(documents: &[(&'static str, Value)], corrected: &Value) -> Self {
        let mut operations = BTreeMap::new();
        for (name, document) in documents {
            for (operation, item, shared) in operations_of(document) {
                let mut contract = contract(name, item, shared, &document["components"]);
                let path = &corrected["paths"][&operation.path];
                let other = &path[operation.method.to_lowercase()];
                if other.is_object() {
                    correct(&mut contract, other, &path["parameters"], &corrected["components"]);
                }
                operations.insert(operation, contract);
            }
        }
        let error = &corrected["components"]["schemas"]["Error"];
        let error = if error.is_null() { json!({}) } else { closed(error, &corrected["components"]) };
        Self { operations, error }
    }
}

fn operations_of(document: &Value) -> Vec<(Operation, &Value, &Value)> {
    let paths = document["paths"].as_object().expect("a description has paths");
    let each = paths.iter().flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| {
            Some((Operation::new(method, path), item.get(method)?, item.get("parameters").unwrap_or(&Value::Null)))
        })
    });
    each.collect()
}

fn contract(document: &'static str, item: &Value, shared: &Value, components: &Value) -> Contract {
    Contract {
        document,
        query: query(item, shared, components),
        request: request(item, components),
        answers: answers(item, components),
    }
}

/// Replaces what the corrected operation says. It leaves out parameters and bodies that were right, and its `default`
/// answer stands for the errors that the official operation counts up.
fn correct(contract: &mut Contract, item: &Value, shared: &Value, components: &Value) {
    contract.query.extend(query(item, shared, components));
    if let Some(body) = request(item, components) {
        let says_nothing = body.schema["properties"] == json!({});
        match &mut contract.request {
            Some(own) if says_nothing => own.required |= body.required,
            own => *own = Some(body),
        }
    }
    contract.answers.extend(answers(item, components));
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn query(item: &Value, shared: &Value, components: &Value) -> BTreeMap<String, Parameter> {
    let parameters = list(shared).iter().chain(list(&item["parameters"])).map(|parameter| {
        let name = parameter["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        name.map_or(parameter, |name| &components["parameters"][name])
    });
    parameters
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| {
            let name = parameter["name"].as_str().expect("a parameter has a name").to_owned();
            let schema = closed(&parameter["schema"], components);
            (name, Parameter { required: parameter["required"] == true, schema })
        })
        .collect()
}

fn request(item: &Value, components: &Value) -> Option<Body> {
    let schema = closed(item["requestBody"]["content"]["application/json"].get("schema")?, components);
    // The documents rarely say `required`; a body that has to have something in it has to be there.
    let required = item["requestBody"]["required"] == true || !list(&schema["required"]).is_empty();
    Some(Body { required, schema })
}

fn answers(item: &Value, components: &Value) -> BTreeMap<u16, Answer> {
    let answers = item["responses"].as_object().into_iter().flatten().filter_map(|(status, answer)| {
        let schema = answer["content"]["application/json"].get("schema").map(|schema| closed(schema, components));
        let headers = answer["headers"].as_object().into_iter().flatten().map(|(name, _)| name.to_lowercase());
        Some((status.parse().ok()?, Answer { schema, headers: headers.collect() }))
    });
    answers.collect()
}
