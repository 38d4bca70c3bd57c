//! Where the descriptions are read otherwise than they are written, and why.
//!
//! Nothing is loosened anywhere else. An amendment that no exchange needs any more fails a test.

use serde_json::{Value, json};

use crate::{
    description::{Contract, Description, Parameter},
    operation::Operation,
    schema::make_nullable,
};

/// The part of an operation that is read otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Query,
    Request,
    Answer(u16),
}

/// The other reading.
#[derive(Clone, Debug)]
pub enum Reading {
    /// It may be null.
    Nullable,
    /// It may be absent.
    Optional,
    /// These of its properties have to be there.
    Required(&'static [&'static str]),
    /// These properties may be there too, whatever they hold.
    Beside(&'static [&'static str]),
    /// There is one more property or parameter.
    Also(Value),
    /// It is of this form too.
    OrElse(Value),
    /// It takes one more word.
    Word(&'static str),
}

/// One place that is read otherwise.
#[derive(Clone, Debug)]
pub struct Amendment {
    pub method: &'static str,
    /// As the descriptions have it.
    pub path: &'static str,
    pub part: Part,
    /// Names with slashes between them, `[]` for the items of a list.
    pub place: &'static str,
    pub reading: Reading,
    pub why: &'static str,
}

impl Amendment {
    pub fn operation(&self) -> Operation {
        Operation::new(self.method, self.path)
    }
}

const SCIM_USERS: &str = "/identity/scim/{orgId}/v2/Users";
const SCIM_USER: &str = "/identity/scim/{orgId}/v2/Users/{userId}";
const CALLING_LOCATION: &str = "/telephony/config/locations/{locationId}";

/// Every amendment.
pub fn all() -> Vec<Amendment> {
    let mut all = administration();
    all.extend(scim());
    all.extend(places());
    all
}

fn amendment(
    (method, path): (&'static str, &'static str),
    part: Part,
    place: &'static str,
    reading: Reading,
    why: &'static str,
) -> Amendment {
    Amendment { method, path, part, place, reading, why }
}

const AS_SHOWN: &str = "not in the schema; the operation's text wants everything back that a GET shows";

/// What an answer showed of a user may be sent back.
fn scim() -> Vec<Amendment> {
    let beside = |operation, place, names| {
        let why = "not in the schema of the request; what an answer showed may be sent back";
        amendment(operation, Part::Request, place, Reading::Beside(names), why)
    };
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager";
    vec![
        beside(("POST", SCIM_USERS), "", &["id", "meta", "groups"]),
        beside(("PUT", SCIM_USER), "", &["id", "meta", "groups", "name"]),
        beside(("POST", SCIM_USERS), manager, &["$ref", "displayName"]),
        beside(("PUT", SCIM_USER), manager, &["$ref", "displayName"]),
    ]
}

fn administration() -> Vec<Amendment> {
    let number = |method, path| {
        let both = Reading::Required(&["type", "value"]);
        amendment((method, path), Part::Request, "phoneNumbers[]", both, "optional in the schema; a number is both")
    };
    let status = |operation, answer, place| {
        let values = json!({ "enum": [
            "active",
            "pending",
            "transient",
            "disabled",
            "fraud",
            "fraud_transient",
            "compliance_transient",
            "pending_transient",
        ] });
        let list = Reading::OrElse(json!({ "type": "array", "items": values }));
        let why = "a text in the schema, a list in the official example";
        amendment(operation, Part::Answer(answer), place, list, why)
    };
    vec![
        status(
            ("GET", SCIM_USERS),
            200,
            "Resources[]/urn:scim:schemas:extension:cisco:webexidentity:2.0:User/accountStatus",
        ),
        status(("POST", SCIM_USERS), 201, "urn:scim:schemas:extension:cisco:webexidentity:2.0:User/accountStatus"),
        status(("GET", SCIM_USER), 200, "urn:scim:schemas:extension:cisco:webexidentity:2.0:User/accountStatus"),
        status(("PUT", SCIM_USER), 200, "urn:scim:schemas:extension:cisco:webexidentity:2.0:User/accountStatus"),
        status(("PATCH", SCIM_USER), 200, "urn:scim:schemas:extension:cisco:webexidentity:2.0:User/accountStatus"),
        amendment(
            ("GET", "/people"),
            Part::Answer(200),
            "items[]/errors",
            Reading::Also(json!({ "type": "object" })),
            "nobody at a location: one item that holds the reason, as live tests of wxc_sdk saw",
        ),
        number("POST", "/people"),
        number("PUT", "/people/{personId}"),
        amendment(("POST", "/people"), Part::Request, "phoneNumbers[]", Reading::Beside(&["primary"]), AS_SHOWN),
        amendment(
            ("PUT", "/people/{personId}"),
            Part::Request,
            "phoneNumbers[]",
            Reading::Beside(&["primary"]),
            AS_SHOWN,
        ),
        amendment(
            ("PUT", "/people/{personId}"),
            Part::Request,
            "",
            Reading::Beside(&[
                "created",
                "id",
                "invitePending",
                "lastActivity",
                "lastModified",
                "sipAddresses",
                "status",
                "timezone",
                "type",
                "xmppFederationJid",
            ]),
            AS_SHOWN,
        ),
    ]
}

fn places() -> Vec<Amendment> {
    let stateless = |path| {
        let why = "required by the schema; countries without states have none to send, and wxc_sdk leaves it out";
        amendment(("POST", path), Part::Request, "address/state", Reading::Optional, why)
    };
    let unset = |place| {
        let why = "required by the schema; not there by default, as wxc_sdk reads it";
        amendment(("GET", CALLING_LOCATION), Part::Answer(200), place, Reading::Optional, why)
    };
    let failures = json!({ "type": "array", "items": {
        "type": "object",
        "required": ["errors"],
        "additionalProperties": false,
        "properties": { "errors": { "type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "number": { "type": "string" },
                "errorType": { "type": "string" },
                "errorCode": { "type": ["string", "integer"] },
                "errorMessage": { "type": "string" },
                "errorTitle": { "type": "string" },
            },
        } } },
    } });
    vec![
        stateless("/locations"),
        amendment(
            ("POST", "/locations"),
            Part::Request,
            "",
            Reading::Beside(&["orgId"]),
            "not in the schema; wxc_sdk sends it in the body too",
        ),
        amendment(
            ("PUT", "/locations/{locationId}"),
            Part::Request,
            "address",
            Reading::Required(&["address1", "city", "postalCode", "country"]),
            "nothing is required by the schema; an address has these",
        ),
        stateless("/telephony/config/locations"),
        amendment(
            ("POST", "/locations"),
            Part::Answer(201),
            "",
            Reading::OrElse(json!({ "from": ["GET", "/locations/{locationId}"] })),
            "`id` alone in the schema; the service answers with the whole location, as live tests of wxc_sdk saw",
        ),
        amendment(
            ("GET", "/telephony/config/locations"),
            Part::Answer(200),
            "locations[]/callingLineId/phoneNumber",
            Reading::Nullable,
            "required by the schema, null in the official example",
        ),
        amendment(
            ("GET", CALLING_LOCATION),
            Part::Answer(200),
            "connection",
            Reading::Optional,
            "required by the schema; there for premises connections only, as its own text says",
        ),
        unset("outsideDialDigit"),
        unset("routingPrefix"),
        amendment(
            ("GET", CALLING_LOCATION),
            Part::Answer(200),
            "callingLineId/phoneNumber",
            Reading::Optional,
            "required by the schema; a location without a main number has none",
        ),
        amendment(
            ("POST", "/telephony/config/locations/{locationId}/numbers"),
            Part::Answer(400),
            "",
            Reading::OrElse(failures),
            "no schema; a list of the numbers that failed, as wxc_sdk reads it",
        ),
        amendment(
            ("GET", "/telephony/config/numbers"),
            Part::Answer(200),
            "phoneNumbers[]/includedTelephonyTypes",
            Reading::Word("MOBILE_NUMBER"),
            "not among the values of the schema, but in the official example",
        ),
        orgless("GET", "/telephony/config/announcementLanguages"),
        orgless("POST", "/telephony/config/jobs/numbers/manageNumbers"),
        amendment(
            ("GET", "/telephony/config/jobs/person/moveLocation/{jobId}/errors"),
            Part::Answer(200),
            "items[]/errorType",
            Reading::Also(json!({ "type": "string", "enum": ["ERROR", "WARN"] })),
            "not in the schema of this list alone; wxc_sdk demands it in all of them",
        ),
    ]
}

fn orgless(method: &'static str, path: &'static str) -> Amendment {
    let why = "left out by the document; a partner names the customer's organization on every telephony call, as wxc_sdk does";
    amendment((method, path), Part::Query, "orgId", Reading::Also(json!({ "type": "string" })), why)
}

/// Applies amendments; complains about one that has no place to be applied to.
pub fn apply(description: &mut Description, amendments: &[Amendment]) -> Result<(), String> {
    for amendment in amendments {
        let other = other_form(description, &amendment.reading);
        let error = description.error.clone();
        let operation = amendment.operation();
        let contract = description.operations.get_mut(&operation);
        contract.and_then(|contract| amend(contract, amendment, other, error)).ok_or_else(|| {
            format!("the amendment of `{}` in {operation} ({:?}) has no place there", amendment.place, amendment.part)
        })?;
    }
    Ok(())
}

/// Returns the schema that another form has: its own, or that of an operation's usual answer.
fn other_form(description: &Description, reading: &Reading) -> Option<Value> {
    let Reading::OrElse(form) = reading else {
        return None;
    };
    let Some([method, path]) = form["from"].as_array().map(Vec::as_slice) else {
        return Some(form.clone());
    };
    let operation = Operation::new(method.as_str()?, path.as_str()?);
    description.operations.get(&operation)?.answers.get(&200)?.schema.clone()
}

fn amend(contract: &mut Contract, amendment: &Amendment, other: Option<Value>, error: Value) -> Option<()> {
    let schema = match amendment.part {
        Part::Query => {
            if let Reading::Also(schema) = &amendment.reading {
                let parameter = Parameter { required: false, schema: schema.clone() };
                return contract.query.insert(amendment.place.to_owned(), parameter).is_none().then_some(());
            }
            &mut contract.query.get_mut(amendment.place)?.schema
        }
        Part::Request => &mut contract.request.as_mut()?.schema,
        Part::Answer(status) => {
            let answer = contract.answers.get_mut(&status)?;
            // Errors look the same everywhere, and few operations say how.
            if status >= 400 && answer.schema.is_none() {
                answer.schema = Some(error);
            }
            answer.schema.as_mut()?
        }
    };
    let place = if amendment.part == Part::Query { "" } else { amendment.place };
    let (above, name) = place.rsplit_once('/').unwrap_or(("", place));
    match &amendment.reading {
        Reading::Nullable => make_nullable(descend(schema, place)?),
        Reading::Optional => {
            let required = descend(schema, above)?["required"].as_array_mut()?;
            let position = required.iter().position(|required| required == name)?;
            required.remove(position);
        }
        Reading::Required(names) => {
            let object = descend(schema, place)?.as_object_mut()?;
            let required = object.entry("required").or_insert_with(|| json!([])).as_array_mut()?;
            required.extend(names.iter().map(|name| Value::from(*name)));
        }
        Reading::Beside(names) => {
            let properties = descend(schema, place)?.get_mut("properties")?.as_object_mut()?;
            properties.extend(names.iter().map(|name| ((*name).to_owned(), json!({}))));
        }
        Reading::Also(property) => {
            let properties = descend(schema, above)?.get_mut("properties")?.as_object_mut()?;
            properties.insert(name.to_owned(), property.clone());
        }
        Reading::Word(word) => descend(schema, place)?.get_mut("enum")?.as_array_mut()?.push((*word).into()),
        Reading::OrElse(_) => {
            let place = descend(schema, place)?;
            *place = json!({ "anyOf": [place.take(), other?] });
        }
    }
    Some(())
}

/// Goes down to a place of a schema.
fn descend<'a>(mut schema: &'a mut Value, place: &str) -> Option<&'a mut Value> {
    for name in place.split('/').filter(|name| !name.is_empty()) {
        let plain = name.trim_end_matches("[]");
        if !plain.is_empty() {
            schema = schema.get_mut("properties")?.get_mut(plain)?;
        }
        for _ in 0..(name.len() - plain.len()) / 2 {
            schema = schema.get_mut("items")?;
        }
    }
    Some(schema)
}
