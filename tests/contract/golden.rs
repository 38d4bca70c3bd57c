//! The requests that the golden tests of the client's builders hold, read out of their inline snapshots.

use std::{fs, path::Path};

use serde_json::Value;

use crate::exchange::Exchange;

/// Reads the snapshots of every whole request.
pub fn requests() -> Vec<Exchange> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/webex/request/golden");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut requests = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for snapshot in text.split("@r#\"").skip(1).filter_map(|rest| rest.split("\"#").next()) {
            if let Ok(value) = serde_json::from_str::<Value>(snapshot) {
                collect(&value, &mut requests);
            }
        }
    }
    requests
}

/// Takes what looks like a request, at any depth.
fn collect(value: &Value, requests: &mut Vec<Exchange>) {
    match value {
        Value::Object(map) => {
            if let Some((method, address)) = map.get("request").and_then(|line| line.as_str()?.split_once(' ')) {
                let (path, query) = address.split_once('?').unwrap_or((address, ""));
                requests.push(Exchange {
                    method: method.to_owned(),
                    path: path.to_owned(),
                    query: encoded(query),
                    request_type: map.contains_key("body").then(|| "application/json".to_owned()),
                    request: map.get("body").map_or_else(Vec::new, |body| known(body).to_string().into_bytes()),
                    ..Exchange::default()
                });
            } else {
                map.values().for_each(|value| collect(value, requests));
            }
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, requests)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Encodes a query, which snapshots show as it was before that: a part without `=` belongs to the value before it.
fn encoded(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        match (part.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) => pairs.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) => *value = format!("{value}&{part}"),
            (None, None) => pairs.push((part.to_owned(), String::new())),
        }
    }
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A package that golden tests make up, to see that one which hubform does not know passes through.
const MADE_UP: &str = "webex_future";

/// Returns a body without what the golden tests make up on purpose.
fn known(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(packages) = body.get_mut("packages").and_then(Value::as_array_mut) {
        packages.retain(|package| package != MADE_UP);
    }
    body
}
