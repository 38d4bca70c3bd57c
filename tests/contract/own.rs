//! The simulator's description of itself against the official ones: parameters, fields, types, statuses, also those that
//! no exchange happens to show.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    description::{Contract, Description},
    operation::Operation,
};

/// A parameter inside the addresses of further pages, which the service makes up and nobody writes.
const CURSOR: &str = "cursor";

/// Where the simulator's types say less than it does, and why; exchanges tell. The end of a difference each.
const TOLD_BY_EXCHANGES: [(&str, &str); 2] = [
    (
        "webexidentity:2.0:User/accountStatus: it is required, and optional here",
        "one type for requests and answers, and answers always have it",
    ),
    ("[]/value: it is optional, and required here", "an e-mail address, number, photo or role is its value"),
];

/// Which way a schema is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The simulator takes what is documented, and nothing else.
    Taken,
    /// The simulator answers with nothing but what is documented, and all that is required.
    Given,
}

/// Returns where the simulator describes an operation otherwise than the documents do.
pub fn differences(own: &Description, official: &Description, operation: &Operation) -> Vec<String> {
    let documented = &official.operations[operation];
    let Some((_, own)) = own.operations.iter().find(|(own, _)| own.nameless() == operation.nameless()) else {
        return vec!["it is not served".to_owned()];
    };
    let mut found = parameters(own, documented);
    match (&own.request, &documented.request) {
        (None, None) => {}
        (None, Some(_)) => found.push("the request's body is not described".to_owned()),
        (Some(_), None) => found.push("the request has a body, and is documented without".to_owned()),
        (Some(own), Some(documented)) => {
            found.extend(schemas(&own.schema, &documented.schema, Way::Taken, "request"));
        }
    }
    let successes = || own.answers.iter().filter(|(status, _)| **status < 400);
    if successes().next().is_none() {
        found.push("no success is described".to_owned());
    }
    for (status, answer) in successes() {
        let at = format!("answer {status}");
        match documented.answers.get(status).map(|documented| (&answer.schema, &documented.schema)) {
            None => found.push(format!("{at}: it is no status of it")),
            Some((None, None)) => {}
            Some((None, Some(_))) => found.push(format!("{at}: it is without a body, and documented with one")),
            Some((Some(_), None)) => found.push(format!("{at}: it has a body, and is documented without")),
            Some((Some(own), Some(documented))) => found.extend(schemas(own, documented, Way::Given, &at)),
        }
    }
    found.retain(|text| !TOLD_BY_EXCHANGES.iter().any(|(end, _)| text.ends_with(end)));
    found
}

fn parameters(own: &Contract, documented: &Contract) -> Vec<String> {
    let mut found = Vec::new();
    for (name, parameter) in &documented.query {
        match own.query.get(name) {
            None => found.push(format!("parameter `{name}`: it is documented, and refused")),
            Some(own) => {
                if own.required != parameter.required {
                    let who = if own.required { "the simulator" } else { "the document" };
                    found.push(format!("parameter `{name}`: {who} alone demands it"));
                }
                let values = |schema: &Value| texts(&schema["enum"]).or_else(|| texts(&schema["items"]["enum"]));
                if let (Some(own), Some(documented)) = (values(&own.schema), values(&parameter.schema)) {
                    let refused: Vec<_> = documented.difference(&own).cloned().collect();
                    if !refused.is_empty() {
                        found.push(format!("parameter `{name}`: it refuses {}", refused.join(", ")));
                    }
                }
            }
        }
    }
    let extra = own.query.keys().filter(|name| !documented.query.contains_key(*name) && *name != CURSOR);
    found.extend(extra.map(|name| format!("parameter `{name}`: it is taken, and not documented")));
    found
}

/// Compares two schemas at a place.
pub fn schemas(own: &Value, documented: &Value, way: Way, at: &str) -> Vec<String> {
    // Each form on the side that has to be covered needs one that covers it on the other.
    let (inner, outer) = match way {
        Way::Taken => (forms(documented), forms(own)),
        Way::Given => (forms(own), forms(documented)),
    };
    let each = inner.iter().map(|inner| {
        let tries = outer.iter().map(|outer| match way {
            Way::Taken => form(outer, inner, way, at),
            Way::Given => form(inner, outer, way, at),
        });
        tries.min_by_key(Vec::len).unwrap_or_default()
    });
    each.flatten().collect()
}

/// Lists the forms that a value may have, null aside where there are others.
fn forms(schema: &Value) -> Vec<&Value> {
    match schema["anyOf"].as_array() {
        Some(choices) => {
            let forms: Vec<&Value> = choices.iter().flat_map(forms).collect();
            let some = forms.iter().copied().filter(|form| form["type"] != "null").collect::<Vec<_>>();
            if some.is_empty() { forms } else { some }
        }
        None => vec![schema],
    }
}

fn form(own: &Value, documented: &Value, way: Way, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (own_types, types) = (types(own), types(documented));
    let covered = |inner: &BTreeSet<String>, outer: &BTreeSet<String>| inner.is_subset(outer);
    let fits = match way {
        Way::Taken => covered(&types, &own_types),
        Way::Given => covered(&own_types, &types),
    };
    if !own_types.is_empty() && !types.is_empty() && !fits {
        let list = |types: &BTreeSet<String>| types.iter().cloned().collect::<Vec<_>>().join(" or ");
        found.push(format!("{at}: it is {}, documented as {}", list(&own_types), list(&types)));
        return found;
    }
    if let (Some(own), Some(documented)) = (texts(&own["enum"]), texts(&documented["enum"])) {
        let (wrong, what): (Vec<_>, _) = match way {
            Way::Taken => (documented.difference(&own).cloned().collect(), "refused"),
            Way::Given => (own.difference(&documented).cloned().collect(), "not documented"),
        };
        found.extend(wrong.iter().map(|value| format!("{at}: the value `{value}` is {what}")));
    }
    if let (Some(own), Some(documented)) = (own.get("items"), documented.get("items")) {
        found.extend(schemas(own, documented, way, &format!("{at}[]")));
    }
    if let (Some(properties), Some(documented_properties)) =
        (own["properties"].as_object(), documented["properties"].as_object())
    {
        let required = |schema: &Value| texts(&schema["required"]).unwrap_or_default();
        let (own_required, documented_required) = (required(own), required(documented));
        for (name, schema) in properties {
            let at = format!("{at}/{name}");
            let open = documented.get("additionalProperties").filter(|open| open.is_object());
            match documented_properties.get(name).or(open) {
                Some(documented) => found.extend(schemas(schema, documented, way, &at)),
                // A type that several endpoints share has what some of them never show; exchanges tell.
                None if way == Way::Given && !own_required.contains(name) => {}
                None => found.push(format!("{at}: it is not documented")),
            }
        }
        if way == Way::Taken {
            let refused = documented_properties.keys().filter(|name| !properties.contains_key(*name));
            found.extend(refused.map(|name| format!("{at}/{name}: it is documented, and refused")));
        }
        let optional = documented_required.difference(&own_required).filter(|name| properties.contains_key(*name));
        found.extend(optional.map(|name| format!("{at}/{name}: it is required, and optional here")));
        if way == Way::Taken {
            let demanded = own_required.difference(&documented_required);
            found.extend(demanded.map(|name| format!("{at}/{name}: it is optional, and required here")));
        } else {
            let missing = documented_required.iter().filter(|name| !properties.contains_key(*name));
            found.extend(missing.map(|name| format!("{at}/{name}: it is required, and never there")));
        }
    }
    found
}

/// Lists the types that a schema allows. The documents write `number` for whole numbers nearly everywhere.
fn types(schema: &Value) -> BTreeSet<String> {
    let kind = &schema["type"];
    let types = match kind.as_str() {
        Some(kind) => BTreeSet::from([kind.to_owned()]),
        None => texts(kind).unwrap_or_default(),
    };
    let types: BTreeSet<String> =
        types.into_iter().map(|kind| if kind == "integer" { "number".to_owned() } else { kind }).collect();
    let some: BTreeSet<String> = types.iter().filter(|kind| *kind != "null").cloned().collect();
    if some.is_empty() { types } else { some }
}

fn texts(value: &Value) -> Option<BTreeSet<String>> {
    let texts = value.as_array()?.iter().filter(|value| !value.is_null());
    Some(texts.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect())
}
