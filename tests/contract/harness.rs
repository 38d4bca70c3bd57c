//! The harness finds what it is there to find; on a tiny description written by hand.

use serde_json::{Value, json};

use crate::{
    amendment::{Amendment, Part, Reading, apply},
    check::{Side, check},
    description::Description,
    exchange::Exchange,
    operation::{Operation, find},
    own,
};

type Test = (&'static str, fn() -> Result<(), String>);

/// Every test of this file.
pub fn all() -> Vec<Test> {
    vec![
        ("harness::an_exchange_as_described_is_fine", as_described),
        ("harness::a_broken_request_is_found", broken_requests),
        ("harness::a_broken_answer_is_found", broken_answers),
        ("harness::a_request_that_is_meant_to_be_wrong_is_not_blamed", meant_to_be_wrong),
        ("harness::the_page_after_a_link_may_repeat_what_the_service_made_up", links),
        ("harness::a_corrected_operation_keeps_what_the_correction_leaves_out", corrections),
        ("harness::an_amendment_loosens_one_place", amendments),
        ("harness::an_amendment_without_a_place_is_refused", lost_amendments),
        ("harness::a_description_that_says_otherwise_is_found", other_descriptions),
        ("harness::the_operation_with_most_fixed_words_is_meant", fixed_words),
    ]
}

fn tiny() -> Value {
    json!({
        "paths": {
            "/pizzas": {
                "post": {
                    "parameters": [{ "name": "orgId", "in": "query", "schema": { "type": "string" } }],
                    "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/New" } } } },
                    "responses": {
                        "201": {
                            "headers": { "Location": { "schema": { "type": "string" } } },
                            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pizza" } } },
                        },
                        "400": { "description": "no" },
                    },
                },
                "get": {
                    "parameters": [
                        { "name": "max", "in": "query", "schema": { "type": "integer" } },
                        { "name": "size", "in": "query", "required": true, "schema": { "type": "string", "enum": ["s", "l"] } },
                    ],
                    "responses": { "200": { "content": { "application/json": { "schema": {
                        "type": "array", "items": { "$ref": "#/components/schemas/Pizza" },
                    } } } } },
                },
            },
            "/pizzas/{id}": {
                "delete": { "responses": { "204": {}, "404": {} } },
            },
        },
        "components": { "schemas": {
            "New": {
                "type": "object",
                "required": ["name"],
                "properties": { "name": { "type": "string" }, "size": { "type": "string", "enum": ["s", "l"] } },
            },
            "Pizza": {
                "type": "object",
                "required": ["id", "oven"],
                "properties": {
                    "id": { "type": "string" },
                    "note": { "type": "string", "nullable": true },
                    "oven": {
                        "type": "object", "required": ["heat"], "properties": { "heat": { "type": "number" } },
                    },
                    "state": { "allOf": [{ "$ref": "#/components/schemas/State" }, { "description": "how it is" }] },
                },
            },
            "State": { "type": "string", "enum": ["raw", "done"] },
        } },
    })
}

fn no_corrections() -> Value {
    json!({ "paths": {}, "components": { "schemas": { "Error": {
        "type": "object", "properties": { "message": { "type": "string" } },
    } } } })
}

fn description() -> Description {
    Description::new(&[("tiny", tiny())], &no_corrections())
}

/// A pizza is made.
fn good() -> Exchange {
    Exchange {
        method: "POST".to_owned(),
        path: "/pizzas".to_owned(),
        query: "orgId=x".to_owned(),
        request_type: Some("application/json; charset=utf-8".to_owned()),
        request: br#"{"name": "funghi", "size": "l"}"#.to_vec(),
        status: 201,
        headers: [("trackingid", "1"), ("content-type", "application/json"), ("location", "/pizzas/1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        answer: br#"{"id": "1", "note": null, "oven": {"heat": 400}, "state": "done"}"#.to_vec(),
        wrong: false,
    }
}

/// Returns what is wrong with one exchange, sides and texts.
fn judge(exchange: Exchange) -> Vec<(Side, String)> {
    let found = check(&description(), &[exchange]);
    found.into_values().flatten().map(|fault| (fault.side, fault.text)).collect()
}

fn expect(side: Side, text: &str, change: impl FnOnce(&mut Exchange)) -> Result<(), String> {
    let mut exchange = good();
    change(&mut exchange);
    let found = judge(exchange);
    match &*found {
        [(found, fault)] if *found == side && fault.contains(text) => Ok(()),
        _ => Err(format!("expected one fault of the {side:?} with `{text}`, not {found:?}")),
    }
}

fn as_described() -> Result<(), String> {
    let found = judge(good());
    let gone = Exchange {
        method: "DELETE".to_owned(),
        path: "/pizzas/1".to_owned(),
        query: String::new(),
        request_type: None,
        request: Vec::new(),
        status: 204,
        answer: Vec::new(),
        ..good()
    };
    let more = judge(gone);
    if found.is_empty() && more.is_empty() { Ok(()) } else { Err(format!("{found:?} {more:?}")) }
}

fn broken_requests() -> Result<(), String> {
    let body = |text: &'static str| move |exchange: &mut Exchange| exchange.request = text.into();
    expect(Side::Request, "'extra'", body(r#"{"name": "funghi", "extra": 1}"#))?;
    expect(Side::Request, "\"name\" is a required", body(r#"{"size": "l"}"#))?;
    expect(Side::Request, "`/size`", body(r#"{"name": "funghi", "size": "xl"}"#))?;
    expect(Side::Request, "`/name`", body(r#"{"name": null}"#))?;
    expect(Side::Request, "is no JSON", body("name=funghi"))?;
    expect(Side::Request, "body is missing", body(""))?;
    expect(Side::Request, "content type", |exchange| exchange.request_type = Some("text/plain".to_owned()))?;
    expect(Side::Request, "`colour` is no parameter", |exchange| exchange.query = "colour=red".into())?;
    expect(Side::Request, "there twice", |exchange| exchange.query = "orgId=x&orgId=y".into())?;
    expect(Side::Request, "is no operation", |exchange| exchange.path = "/pasta".into())?;
    let list = |query: &'static str| {
        move |exchange: &mut Exchange| {
            exchange.method = "GET".into();
            exchange.query = query.into();
            exchange.request = Vec::new();
            exchange.status = 200;
            exchange.answer = b"[]".to_vec();
        }
    };
    expect(Side::Request, "`size` is missing", list("max=3"))?;
    expect(Side::Request, "parameter `max`", list("size=s&max=many"))?;
    expect(Side::Request, "parameter `size`", list("size=m"))?;
    expect(Side::Request, "operation has none", |exchange| {
        list("size=s")(exchange);
        exchange.request = b"{}".to_vec();
    })
}

fn broken_answers() -> Result<(), String> {
    let body = |text: &'static str| move |exchange: &mut Exchange| exchange.answer = text.into();
    expect(Side::Answer, "'extra'", body(r#"{"id": "1", "oven": {"heat": 1}, "extra": 1}"#))?;
    expect(Side::Answer, "`/oven`", body(r#"{"id": "1", "oven": {}}"#))?;
    expect(Side::Answer, "`/oven/heat`", body(r#"{"id": "1", "oven": {"heat": "hot"}}"#))?;
    expect(Side::Answer, "`/oven`", body(r#"{"id": "1", "oven": {"heat": 1, "door": true}}"#))?;
    expect(Side::Answer, "`/id`", body(r#"{"id": null, "oven": {"heat": 1}}"#))?;
    expect(Side::Answer, "`/state`", body(r#"{"id": "1", "oven": {"heat": 1}, "state": "burnt"}"#))?;
    expect(Side::Answer, "has no body", body(""))?;
    expect(Side::Answer, "no JSON", body("<html>"))?;
    expect(Side::Answer, "200 is no status", |exchange| exchange.status = 200)?;
    expect(Side::Answer, "header `location`", |exchange| drop(exchange.headers.remove("location")))?;
    expect(Side::Answer, "Trackingid", |exchange| drop(exchange.headers.remove("trackingid")))?;
    expect(Side::Answer, "content type", |exchange| drop(exchange.headers.remove("content-type")))?;
    expect(Side::Answer, "no address of a next page", |exchange| {
        exchange.headers.insert("link".to_owned(), "next".to_owned());
    })?;
    expect(Side::Answer, "'reason'", |exchange| {
        exchange.status = 400;
        exchange.answer = br#"{"message": "no", "reason": "because"}"#.to_vec();
    })
}

fn meant_to_be_wrong() -> Result<(), String> {
    let found = judge(Exchange { request: b"{}".to_vec(), wrong: true, ..good() });
    if found.is_empty() { Ok(()) } else { Err(format!("{found:?}")) }
}

fn links() -> Result<(), String> {
    let page = |query: &str, link: Option<&str>| {
        let mut page = Exchange {
            method: "GET".to_owned(),
            query: query.to_owned(),
            request_type: None,
            request: Vec::new(),
            status: 200,
            answer: b"[]".to_vec(),
            ..good()
        };
        page.headers.extend(link.map(|link| ("link".to_owned(), link.to_owned())));
        page
    };
    let second = page("size=s&cursor=abc", None);
    let link = "<http://127.0.0.1:1/v1/pizzas?size=s&cursor=abc>; rel=\"next\"";
    let followed = check(&description(), &[page("size=s", Some(link)), second.clone()]);
    let alone = check(&description(), &[second]);
    if followed.is_empty() && !alone.is_empty() { Ok(()) } else { Err(format!("{followed:?} {alone:?}")) }
}

fn corrections() -> Result<(), String> {
    let mut corrected = no_corrections();
    corrected["paths"]["/pizzas"]["post"] = json!({
        "requestBody": { "required": true, "content": { "application/json": { "schema": {
            "type": "object", "properties": {}, "additionalProperties": true,
        } } } },
        "responses": {
            "201": { "content": { "application/json": { "schema": {
                "type": "object", "properties": { "number": { "type": "integer" } },
            } } } },
            "default": {},
        },
    });
    let description = Description::new(&[("tiny", tiny())], &corrected);
    let contract = &description.operations[&Operation::new("POST", "/pizzas")];
    let kept = contract.query.contains_key("orgId")
        && contract.answers.keys().eq(&[201, 400])
        && contract.request.as_ref().is_some_and(|body| body.schema["properties"]["name"]["type"] == "string");
    let replaced = contract.answers[&201].schema.as_ref().is_some_and(|schema| {
        schema["properties"]["number"]["type"] == "integer" && schema["additionalProperties"] == false
    });
    if kept && replaced { Ok(()) } else { Err(format!("{contract:#?}")) }
}

fn amendment(place: &'static str, reading: Reading) -> Amendment {
    Amendment { method: "POST", path: "/pizzas", part: Part::Answer(201), place, reading, why: "to see it" }
}

fn amendments() -> Result<(), String> {
    for (place, reading, answer) in [
        ("oven", Reading::Optional, r#"{"id": "1"}"#),
        ("oven/heat", Reading::Optional, r#"{"id": "1", "oven": {}}"#),
        ("oven/heat", Reading::Nullable, r#"{"id": "1", "oven": {"heat": null}}"#),
        ("state", Reading::Nullable, r#"{"id": "1", "oven": {"heat": 1}, "state": null}"#),
        ("state", Reading::Word("burnt"), r#"{"id": "1", "oven": {"heat": 1}, "state": "burnt"}"#),
        ("oven", Reading::Beside(&["door"]), r#"{"id": "1", "oven": {"heat": 1, "door": true}}"#),
        ("oven/door", Reading::Also(json!({ "type": "boolean" })), r#"{"id": "1", "oven": {"heat": 1, "door": true}}"#),
        (
            "state",
            Reading::OrElse(json!({ "enum": ["burnt"] })),
            r#"{"id": "1", "oven": {"heat": 1}, "state": "burnt"}"#,
        ),
    ] {
        let mut description = description();
        let exchange = Exchange { answer: answer.into(), ..good() };
        let before = check(&description, std::slice::from_ref(&exchange));
        apply(&mut description, &[amendment(place, reading)])?;
        let after = check(&description, &[exchange]);
        if before.is_empty() || !after.is_empty() {
            return Err(format!("{place}: {before:?}, then {after:?}"));
        }
        let other = Exchange { answer: br#"{"oven": {"heat": 1}}"#.to_vec(), ..good() };
        if check(&description, &[other]).is_empty() {
            return Err(format!("{place}: more was loosened than that"));
        }
    }
    Ok(())
}

fn lost_amendments() -> Result<(), String> {
    for lost in [
        amendment("lid", Reading::Nullable),
        amendment("note", Reading::Optional),
        Amendment { part: Part::Answer(200), ..amendment("oven", Reading::Optional) },
        Amendment { path: "/pasta", ..amendment("oven", Reading::Optional) },
        Amendment { part: Part::Query, ..amendment("orgId", Reading::Also(json!({}))) },
    ] {
        if apply(&mut description(), std::slice::from_ref(&lost)).is_ok() {
            return Err(format!("{lost:?} was applied to something"));
        }
    }
    Ok(())
}

fn other_descriptions() -> Result<(), String> {
    // Each change to the simulator's description of the tiny service, and what is wrong with it then.
    type Change = (&'static str, Value, &'static str);
    let new = "/components/schemas/New";
    let pizza = "/components/schemas/Pizza";
    let changes: [Change; 11] = [
        ("/paths/~1pizzas~1{id}/delete", Value::Null, "DELETE /pizzas/{id}: it is not served"),
        ("/paths/~1pizzas/get/parameters/0/name", json!("most"), "parameter `max`: it is documented, and refused"),
        ("/paths/~1pizzas/get/parameters/1/schema/enum", json!(["s"]), "parameter `size`: it refuses l"),
        ("/paths/~1pizzas/post/requestBody", Value::Null, "the request's body is not described"),
        (
            new,
            json!({ "properties": { "name": {}, "size": {}, "at": {} }, "required": ["name"] }),
            "request/at: it is not documented",
        ),
        (
            new,
            json!({ "properties": { "name": {} }, "required": ["name"] }),
            "request/size: it is documented, and refused",
        ),
        (new, json!({ "properties": { "name": {}, "size": {} } }), "request/name: it is required, and optional here"),
        (
            pizza,
            json!({ "properties": { "id": {}, "oven": {}, "at": {} }, "required": ["id", "oven", "at"] }),
            "answer 201/at: it is not documented",
        ),
        (
            pizza,
            json!({ "properties": { "id": {} }, "required": ["id"] }),
            "answer 201/oven: it is required, and never there",
        ),
        (pizza, json!({ "type": "string" }), "answer 201: it is string, documented as object"),
        (
            "/components/schemas/State/enum",
            json!(["raw", "burnt"]),
            "answer 201/state: the value `burnt` is not documented",
        ),
    ];
    let official = description();
    let differences = |own: &Value| -> Vec<String> {
        let own = Description::new(&[("own", own.clone())], &Value::Null);
        let each = official.operations.keys().map(|operation| {
            let found = own::differences(&own, &official, operation);
            found.into_iter().map(move |text| format!("{operation}: {text}"))
        });
        each.flatten().collect()
    };
    if !differences(&tiny()).is_empty() {
        return Err(format!("{:?}", differences(&tiny())));
    }
    for (place, value, expected) in changes {
        let mut own = tiny();
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        let name = name.replace("~1", "/");
        let above = own.pointer_mut(above).and_then(Value::as_object_mut).expect("the tiny description has it");
        drop(above.insert(name.clone(), value.clone()));
        if value.is_null() {
            drop(above.remove(&name));
        }
        let found = differences(&own);
        if !found.iter().any(|text| text.ends_with(expected)) {
            return Err(format!("expected `{expected}`, not {found:?}"));
        }
    }
    Ok(())
}

fn fixed_words() -> Result<(), String> {
    let all = [Operation::new("get", "/people/{id}"), Operation::new("get", "/people/me")];
    let me = find(&all, "GET", "/people/me").map(ToString::to_string);
    let other = find(&all, "GET", "/people/you").map(ToString::to_string);
    if me.as_deref() == Some("GET /people/me") && other.as_deref() == Some("GET /people/{id}") {
        Ok(())
    } else {
        Err(format!("{me:?} {other:?}"))
    }
}
