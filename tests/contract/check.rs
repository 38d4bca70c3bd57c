//! Whether an exchange is as the descriptions say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use url::form_urlencoded;

use crate::{
    description::{Contract, Description, Parameter},
    exchange::Exchange,
    operation::{self, Operation},
    schema::misfits,
};

/// Which of the two sides is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Request,
    Answer,
}

/// Something that is not as the description says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub side: Side,
    pub text: String,
}

/// What is wrong, and with which operation; none for a request that is no operation.
pub type Found = BTreeMap<Option<Operation>, BTreeSet<Fault>>;

/// Checks all exchanges of a run, in their order.
pub fn check(description: &Description, exchanges: &[Exchange]) -> Found {
    let mut found = Found::new();
    // Addresses of further pages: whoever follows one repeats what the service made up.
    let mut pages: BTreeSet<String> = BTreeSet::new();
    for exchange in exchanges {
        let operation = operation::find(description.operations.keys(), &exchange.method, &exchange.path);
        let Some(operation) = operation else {
            if !exchange.wrong && !is_beside(&exchange.path) {
                let text = format!("{} {} is no operation of the descriptions", exchange.method, exchange.path);
                found.entry(None).or_default().insert(Fault { side: Side::Request, text });
            }
            continue;
        };
        let contract = &description.operations[operation];
        let mut faults = Vec::new();
        if !exchange.wrong {
            let address = format!("{}?{}", exchange.path, exchange.query);
            let query = (!pages.contains(&address)).then_some(&*exchange.query);
            let request = request_faults(contract, query, exchange);
            faults.extend(request.into_iter().map(|text| Fault { side: Side::Request, text }));
        }
        let answer = answer_faults(description, contract, exchange, &mut pages);
        faults.extend(answer.into_iter().map(|text| Fault { side: Side::Answer, text }));
        if !faults.is_empty() {
            found.entry(Some(operation.clone())).or_default().extend(faults);
        }
    }
    found
}

/// What is served beside the operations: hubform's own registry of templates, and how tokens are had, which the
/// documents describe in words only.
const BESIDE: [&str; 3] = ["/registry/", "/access_token", "/authorize"];

fn is_beside(path: &str) -> bool {
    BESIDE.iter().any(|beside| path.starts_with(beside))
}

fn request_faults(contract: &Contract, query: Option<&str>, exchange: &Exchange) -> Vec<String> {
    let mut faults = query.map_or_else(Vec::new, |query| query_faults(&contract.query, query));
    match (&contract.request, exchange.request.is_empty()) {
        (None, true) => {}
        (None, false) => faults.push("it has a body, and the operation has none".to_owned()),
        (Some(body), true) => {
            if body.required {
                faults.push("its body is missing".to_owned());
            }
        }
        (Some(body), false) => {
            faults.extend(type_fault(exchange.request_type.as_deref()));
            match serde_json::from_slice::<Value>(&exchange.request) {
                Ok(value) => faults.extend(misfits(&body.schema, &value)),
                Err(error) => faults.push(format!("its body is no JSON: {error}")),
            }
        }
    }
    faults
}

/// Checks the query of a request against the parameters that the operation has.
pub fn query_faults(parameters: &BTreeMap<String, Parameter>, query: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut given = BTreeSet::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match parameters.get(&*name) {
            None => faults.push(format!("`{name}` is no parameter of it")),
            Some(parameter) => {
                let list = parameter.schema["type"] == "array";
                if !given.insert(name.to_string()) && !list {
                    faults.push(format!("parameter `{name}` is there twice"));
                }
                let (schema, values): (_, Vec<&str>) = if list {
                    (&parameter.schema["items"], value.split(',').collect())
                } else {
                    (&parameter.schema, vec![&*value])
                };
                for value in values {
                    let misfits = misfits(schema, &typed(schema, value));
                    faults.extend(misfits.iter().map(|misfit| format!("parameter `{name}`: {misfit}")));
                }
            }
        }
    }
    for (name, _) in parameters.iter().filter(|(name, parameter)| parameter.required && !given.contains(*name)) {
        faults.push(format!("parameter `{name}` is missing"));
    }
    faults
}

/// Reads the text of a parameter as the type that it should have; what cannot be read stays a text, and misfits.
fn typed(schema: &Value, text: &str) -> Value {
    let read = match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    read.unwrap_or_else(|| Value::from(text))
}

fn type_fault(content_type: Option<&str>) -> Option<String> {
    let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    (!essence.eq_ignore_ascii_case("application/json"))
        .then(|| format!("its content type is `{essence}`, not `application/json`"))
}

fn answer_faults(
    description: &Description,
    contract: &Contract,
    exchange: &Exchange,
    pages: &mut BTreeSet<String>,
) -> Vec<String> {
    let status = exchange.status;
    let mut faults = Vec::new();
    if !exchange.headers.contains_key("trackingid") {
        faults.push("it has no `Trackingid`".to_owned());
    }
    let Some(answer) = contract.answers.get(&status) else {
        faults.push(format!("{status} is no status of it"));
        return faults;
    };
    let missing = answer.headers.iter().filter(|name| *name != "link" && !exchange.headers.contains_key(*name));
    faults.extend(missing.map(|name| format!("{status} has no header `{name}`")));
    if let Some(link) = exchange.headers.get("link") {
        match next_page(link) {
            Some(page) => drop(pages.insert(page)),
            None => faults.push(format!("`Link: {link}` is no address of a next page")),
        }
    }
    if exchange.answer.is_empty() {
        // Errors may come without a body; what is documented to bring one, brings it.
        if status < 400 && answer.schema.is_some() {
            faults.push(format!("{status} has no body"));
        }
        return faults;
    }
    faults.extend(type_fault(exchange.headers.get("content-type").map(String::as_str)));
    let value = match serde_json::from_slice::<Value>(&exchange.answer) {
        Ok(value) => value,
        Err(error) => {
            faults.push(format!("{status} has a body that is no JSON: {error}"));
            return faults;
        }
    };
    match &answer.schema {
        None if status < 400 => faults.push(format!("{status} has a body, and is documented without")),
        None => faults.extend(misfits(&description.error, &value).iter().map(|text| format!("{status}: {text}"))),
        Some(schema) => {
            let own = misfits(schema, &value);
            // Few operations have an error schema, for one sort of errors; others look as everywhere.
            if status < 400 || !misfits(&description.error, &value).is_empty() {
                faults.extend(own.iter().map(|text| format!("{status}: {text}")));
            }
        }
    }
    faults
}

/// Returns path and query of the next page, below the base.
fn next_page(link: &str) -> Option<String> {
    let url = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    let url = url::Url::parse(url).ok()?;
    let path = url.path();
    Some(format!("{}?{}", path.strip_prefix("/v1").unwrap_or(path), url.query().unwrap_or_default()))
}
