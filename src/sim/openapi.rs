//! The service's own description: an OpenAPI document, made from the types that read its requests and write its answers.

use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::body::Media;
use super::http::route::Route;
use super::http::routes;
use super::reply::Described;

/// What every operation may answer instead of a success, and why.
const REFUSALS: [(u16, &str); 15] = [
    (400, "the request is wrong, or the service refuses what it asks for"),
    (401, "the access token is missing, unknown or expired"),
    (403, "the token may not do this"),
    (404, "there is no such thing, or it cannot be seen with this token"),
    (405, "the endpoint has no such method"),
    (409, "the request contradicts what is there"),
    (410, "the thing is gone"),
    (413, "the body is too large"),
    (415, "the body is of another type"),
    (423, "the thing is locked for a while"),
    (429, "too many requests"),
    (500, "the service failed"),
    (502, "a part of the service failed"),
    (503, "the service is busy"),
    (504, "a part of the service did not answer"),
];

/// Returns the OpenAPI 3.1 document of everything that the simulator serves.
///
/// The same version gives the same bytes.
pub fn document() -> Value {
    let (mut requests, mut answers) = generators();
    let mut paths = Map::new();
    for route in routes::all() {
        let operation = operation(&route, &mut requests, &mut answers);
        let path = paths.entry(route.full_path()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation;
    }
    let error = answers.subschema_for::<Problem>();
    let refusals: Map<String, Value> = REFUSALS
        .iter()
        .map(|(status, text)| {
            let content = json!({ "application/json": { "schema": error } });
            let mut response = json!({ "description": text, "headers": headers(&[]), "content": content });
            if matches!(status, 423 | 429 | 503) {
                response["headers"]["Retry-After"] = json!({
                    "description": "seconds to wait",
                    "schema": { "type": "integer", "minimum": 0 },
                });
            }
            (status.to_string(), response)
        })
        .collect();
    let mut schemas: Map<String, Value> = requests.take_definitions(true);
    schemas.extend(answers.take_definitions(true));
    let text = "hubform's simulated partner service. It is made from what the simulator reads and writes, and is not \
                a description of the real service by its owner.";
    json!({
        "openapi": "3.1.0",
        "info": { "title": "hubform simulator", "version": env!("CARGO_PKG_VERSION"), "description": text },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": refusals,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// Returns the generators of requests and of answers: what may be left out of the one is not what is left out of the other.
fn generators() -> (SchemaGenerator, SchemaGenerator) {
    let settings = || {
        SchemaSettings::draft2020_12()
            .with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
            .with_transform(RecursiveTransform(closed as fn(&mut Schema)))
    };
    (settings().for_deserialize().into_generator(), settings().for_serialize().into_generator())
}

/// What is not listed is not there, and an absent value is absent, not `null`.
fn closed(schema: &mut Schema) {
    let Some(map) = schema.as_object_mut() else { return };
    if map.contains_key("properties") && !map.contains_key("additionalProperties") {
        map.insert("additionalProperties".to_owned(), false.into());
    }
    let Some(Value::Object(properties)) = map.get_mut("properties") else { return };
    for property in properties.values_mut() {
        let Some(property) = property.as_object_mut() else { continue };
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                property.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(words)) = property.get_mut("enum") {
            words.retain(|word| !word.is_null());
        }
        if let Some(Value::Array(choices)) = property.get_mut("anyOf") {
            choices.retain(|choice| choice.get("type") != Some(&Value::from("null")));
        }
    }
}

fn headers(more: &[(&str, &str)]) -> Value {
    let mut headers = json!({ "Trackingid": { "description": "names the request", "schema": { "type": "string" } } });
    for (name, text) in more {
        headers[*name] = json!({ "description": text, "schema": { "type": "string" } });
    }
    headers
}

fn operation(route: &Route, requests: &mut SchemaGenerator, answers: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = open_parts(route.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(route.query.iter().map(|param| {
        let mut described = json!({ "name": param.name, "in": "query", "schema": param.schema() });
        if param.needed {
            described["required"] = true.into();
        }
        described
    }));
    let mut responses = Map::new();
    for Described { status, schema, media, headers: more } in route.answers(answers) {
        let mut response = json!({ "description": meaning(status), "headers": headers(more) });
        if let Some(schema) = schema {
            response["content"] = json!({ media: { "schema": schema } });
        }
        responses.insert(status.to_string(), response);
    }
    for (status, _) in REFUSALS {
        let reference = json!({ "$ref": format!("#/components/responses/{status}") });
        responses.entry(status.to_string()).or_insert(reference);
    }
    let mut operation = json!({ "operationId": name(route), "parameters": parameters, "responses": responses });
    if let Some(schema) = route.request(requests) {
        let media = route.media.unwrap_or(Media::Json).name();
        operation["requestBody"] = json!({ "required": true, "content": { media: { "schema": schema } } });
    }
    if route.open {
        operation["security"] = json!([]);
    }
    operation
}

/// Returns the names of the parts of a path that are open.
fn open_parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

const fn meaning(status: u16) -> &'static str {
    match status {
        201 => "made",
        202 => "accepted; the work goes on",
        204 => "done",
        206 => "partly done",
        302 => "go on over there",
        _ => "found, or done",
    }
}

/// Returns the operation's name: its method and path as one word.
fn name(route: &Route) -> String {
    let words = route.path.split(['/', '-']).filter(|word| !word.is_empty());
    let mut name = route.method.as_str().to_lowercase();
    for word in words {
        let word = word.trim_matches(['{', '}']);
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// The bodies of refusals: one usual shape, and those of a few calling endpoints.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only ever described: refusals are written by `Refusal::to_body`")]
enum Problem {
    Usual(UsualProblem),
    OAuth(OAuthProblem),
    Job(JobProblem),
    Move(MoveProblem),
    Numbers(Vec<NumberProblems>),
    Reason(FailureReason),
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only ever described")]
struct UsualProblem {
    message: String,
    errors: Vec<ProblemEntry>,
    tracking_id: String,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only ever described")]
struct ProblemEntry {
    description: String,
    #[schemars(extend("type" = ["integer", "string"]), skip_serializing_if = "Option::is_none")]
    error_code: Option<Value>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only ever described")]
struct OAuthProblem {
    error: String,
    error_description: String,
    message: String,
    errors: Vec<ProblemEntry>,
    #[serde(rename = "trackingId")]
    tracking_id: String,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only ever described")]
struct JobProblem {
    error: JobProblemEntry,
    tracking_id: String,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only ever described")]
struct JobProblemEntry {
    key: String,
    message: Vec<JobProblemMessage>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only ever described")]
struct JobProblemMessage {
    description: String,
    #[schemars(extend("type" = ["integer", "string"]), skip_serializing_if = "Option::is_none")]
    code: Option<Value>,
}

/// What move-users requests are refused with.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only ever described")]
struct MoveProblem {
    error: Vec<MoveProblemEntry>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only ever described")]
struct MoveProblemEntry {
    #[schemars(extend("type" = ["integer", "string"]))]
    code: Value,
    message: String,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only ever described")]
struct NumberProblems {
    errors: Vec<NumberProblem>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only ever described")]
struct NumberProblem {
    number: String,
    error_type: String,
    error_code: String,
    error_message: String,
    error_title: String,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only ever described")]
struct FailureReason {
    failure_reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_is_one_schema_in_requests_and_answers() {
        let (mut requests, mut answers) = generators();
        for route in routes::all() {
            operation(&route, &mut requests, &mut answers);
        }
        let answers = answers.take_definitions(true);
        for (name, schema) in requests.take_definitions(true) {
            assert!(answers.get(&name).is_none_or(|other| *other == schema), "`{name}` needs a second name");
        }
    }
}
