//! Schemas of `OpenAPI` 3.0 as closed JSON Schemas: what is not described may not be there.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Makes a JSON Schema that stands alone: references put in, `nullable` as a type, every object closed that names its
/// properties.
pub fn closed(schema: &Value, components: &Value) -> Value {
    convert(schema, components, &BTreeSet::new())
}

fn convert(schema: &Value, components: &Value, inside: &BTreeSet<String>) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let target = &components["schemas"][name];
        assert!(!target.is_null(), "`{reference}` leads nowhere");
        assert!(!inside.contains(name), "`{reference}` holds itself, which this reading does not do");
        let mut inside = inside.clone();
        inside.insert(name.to_owned());
        return convert(target, components, &inside);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().fold(json!({}), |whole, part| merged(whole, convert(part, components, inside)));
    }
    let mut converted = Map::new();
    if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let choices: Vec<Value> = choices.iter().map(|choice| convert(choice, components, inside)).collect();
        converted.insert("anyOf".to_owned(), Value::Array(choices));
    }
    for keyword in ["type", "enum", "required", "minLength", "maxLength", "minItems", "minimum"] {
        if let Some(value) = schema.get(keyword) {
            converted.insert(keyword.to_owned(), value.clone());
        }
    }
    if let Some(items) = schema.get("items") {
        converted.insert("items".to_owned(), convert(items, components, inside));
    }
    if let Some(properties) = schema["properties"].as_object() {
        let (mut named, mut numbered) = (Map::new(), Map::new());
        for (name, schema) in properties {
            let schema = convert(schema, components, inside);
            // `name*` stands for `name1`, `name2` and so on, as the texts say.
            match name.strip_suffix('*') {
                Some(name) => drop(numbered.insert(format!("^{name}[0-9]+$"), schema)),
                None => drop(named.insert(name.clone(), schema)),
            }
        }
        converted.insert("properties".to_owned(), Value::Object(named));
        if !numbered.is_empty() {
            converted.insert("patternProperties".to_owned(), Value::Object(numbered));
        }
    }
    match schema.get("additionalProperties") {
        Some(open) if open.is_object() => {
            converted.insert("additionalProperties".to_owned(), convert(open, components, inside));
        }
        // A description that names properties and leaves the rest open is taken at its names.
        _ if converted
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|properties| !properties.is_empty()) =>
        {
            converted.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        Some(_) | None => {}
    }
    let mut converted = Value::Object(converted);
    if schema["nullable"] == true {
        make_nullable(&mut converted);
    }
    converted
}

/// Puts two parts of an `allOf` together; the later wins where both say something.
fn merged(whole: Value, part: Value) -> Value {
    match (whole, part) {
        (Value::Object(mut whole), Value::Object(part)) => {
            for (key, value) in part {
                let value = match whole.remove(&key) {
                    Some(earlier) if key == "properties" => merged(earlier, value),
                    Some(_) | None => value,
                };
                whole.insert(key, value);
            }
            Value::Object(whole)
        }
        (whole, _) => whole,
    }
}

/// Lets a schema take null too.
pub fn make_nullable(schema: &mut Value) {
    if let Some(choices) = schema["anyOf"].as_array_mut() {
        choices.push(json!({ "type": "null" }));
    }
    if let Some(kind) = schema["type"].as_str() {
        schema["type"] = json!([kind, "null"]);
    }
    if let Some(values) = schema["enum"].as_array_mut() {
        values.push(Value::Null);
    }
    drop_empty(schema);
}

/// Indexing a value to change it leaves nulls behind.
fn drop_empty(schema: &mut Value) {
    if let Some(map) = schema.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
}

/// Returns what does not fit, each with its place in the value.
pub fn misfits(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("a converted schema is a schema");
    let misfits = validator.iter_errors(value).map(|error| {
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { "the whole".to_owned() } else { format!("`{place}`") };
        let mut text = error.to_string();
        if text.len() > 300 {
            let end = (0..=300).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(end);
            text.push('…');
        }
        format!("{place}: {text}")
    });
    misfits.collect()
}
