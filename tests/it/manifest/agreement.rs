//! The JSON schemas and the reader say the same: whatever is changed in a good document, either both
//! refuse its form or neither does.

use std::collections::BTreeSet;

use hubform::manifest::{schemas, to_json};
use serde_json::{Map, Value, json};

use super::support::load;

/// One document of each kind with every field it can have.
const FULL: &str = r#"
apiVersion: hubform/v1
kind: Project
name: acme
spec:
  target: webex
  ledger: x.db
  limits: { deletions: 5, deletionPercent: 10 }
  lineage: abc
  trust: ["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]
  requires: ">=0.1"
  ignore: [x]
---
apiVersion: hubform/v1
kind: Template
name: one
labels: { a: b }
lifecycle: { protect: true, onRemove: keep, adopt: false }
renamedFrom: zero
spec:
  displayName: One
  country: US
  administrator: ops@acme.example
  emailLanguage: en_US
  subscription: Sub-1
  authentication: { method: saml, entityId: x }
  pstnProvider: x
  restrictAdminInvites: true
  brandName: x
  disableWebexCalling: false
  provisioningId: x
---
apiVersion: hubform/v1
kind: Template
name: two
spec: { displayName: Two, country: US, administrator: ops@acme.example, authentication: { method: oidc, idpName: x } }
---
apiVersion: hubform/v1
kind: Template
name: three
spec: { displayName: Three, country: US, administrator: ops@acme.example, authentication: { method: webex } }
---
apiVersion: hubform/v1
kind: Customer
name: cafe
labels: { a: b }
lifecycle: {}
renamedFrom: old
spec:
  id: x
  externalId: x
  orgId: x
  subPartner: x
  template: one
  company: Cafe
  adminEmail: ann@cafe.example
  language: en
  packages: { webex_calling: { quantity: 5 }, webex_voice: ~, webex_suite: {} }
  billingAddress: { line1: a, line2: b, city: c, state: d, postalCode: e, country: US }
  meetingsTimeZone: Europe/Oslo
  supportedLocation: true
  headquarters:
    id: x
    displayName: Cafe
    address: { line1: a, city: c, country: US }
    timeZone: Europe/Oslo
    language: en_us
    announcementLanguage: en_us
    pstn: { type: non-integrated-ccp, provider: x }
    numbers: "+14085550100"
    mainNumber: "+14085550100"
    routingPrefix: "8"
---
apiVersion: hubform/v1
kind: Location
customer: cafe
name: downtown
lifecycle: {}
renamedFrom: uptown
spec:
  id: x
  displayName: Downtown
  address: { line1: a, city: c, country: US }
  timeZone: Europe/Oslo
  language: en_us
  announcementLanguage: en_us
  pstn: { type: local-gateway, trunk: x }
  numbers: ["+14085550100"]
  mainNumber: "+14085550100"
  routingPrefix: "8"
---
apiVersion: hubform/v1
kind: Location
customer: cafe
name: third
spec: { displayName: D, address: { line1: a, city: c, country: US }, timeZone: Europe/Oslo, language: en_us, pstn: { type: cisco-pstn } }
---
apiVersion: hubform/v1
kind: User
customer: cafe
name: ann@cafe.example
lifecycle: {}
spec:
  id: x
  email: ann@cafe.example
  firstName: Ann
  lastName: Lee
  package: webex_calling
  location: downtown
  phoneNumber: "+14085550101"
  extension: "201"
  roles: [Full Administrator]
---
apiVersion: hubform/v1
kind: User
customer: cafe
name: eve@cafe.example
spec: { package: webex_calling }
---
apiVersion: hubform/v1
kind: UserList
customer: cafe
spec:
  defaults: { package: webex_calling, location: downtown, roles: [x] }
  users:
    - { id: x, email: bob@cafe.example, firstName: Bob, lastName: Ray, package: webex_voice, location: downtown, phoneNumber: "+14085550102", extension: "202", roles: [x] }
---
apiVersion: hubform/v1
kind: Removed
object: customer/x
reason: gone
onRemove: delete
"#;

/// Every way to change one value: itself replaced, or a field added to it or taken from it.
fn changes(value: &Value) -> Vec<Value> {
    let mut changed = vec![
        Value::Null,
        json!(true),
        json!(5),
        json!(-1),
        json!(5_000_000_000_u64),
        json!(1.5),
        json!("word"),
        json!([]),
        json!([null]),
        json!(["word"]),
        json!([["word"]]),
        json!({}),
        json!({ "key": "word" }),
        json!({ "key": null }),
        json!({ "key": 5 }),
    ];
    match value {
        Value::Object(fields) => {
            for (key, below) in fields {
                let without: Map<String, Value> = fields
                    .iter()
                    .filter(|(other, _)| *other != key)
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                changed.push(without.into());
                for below in changes(below) {
                    let mut with = fields.clone();
                    with[key] = below;
                    changed.push(with.into());
                }
            }
            let mut with = fields.clone();
            with.insert("surplus".to_owned(), json!("word"));
            changed.push(with.into());
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                for below in changes(item) {
                    let mut with = items.clone();
                    with[index] = below;
                    changed.push(with.into());
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    changed
}

/// Takes out of a schema what is not about form: patterns, and the names of packages.
fn form_only(schema: &mut Value) {
    if let Value::Object(fields) = schema {
        fields.remove("pattern");
        fields.remove("propertyNames");
        if fields.get("enum").is_some_and(|words| words.as_array().unwrap().contains(&json!("webex_calling"))) {
            fields.remove("enum");
        }
        fields.values_mut().for_each(form_only);
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(form_only);
    }
}

/// The codes that are about the form of a document.
fn refused_by_reader(document: &Value) -> Vec<String> {
    let loaded = load(&[("hubform.yaml", &document.to_string())]);
    let codes = loaded.problems.iter().map(|problem| problem.code.to_string());
    codes.filter(|code| ("HF110".."HF120").contains(&code.as_str())).collect()
}

#[test]
fn schema_and_reader_refuse_the_same_forms() {
    let mut schema = schemas()["hubform.schema.json"].clone();
    form_only(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut count = 0;
    for document in to_json(FULL) {
        assert!(validator.is_valid(&document), "{document}");
        assert_eq!(refused_by_reader(&document), Vec::<String>::new(), "{document}");
        for changed in changes(&document) {
            // An empty document is no document.
            if changed.is_null() {
                continue;
            }
            let refused = refused_by_reader(&changed);
            assert_eq!(validator.is_valid(&changed), refused.is_empty(), "{refused:?} {changed}");
            count += 1;
        }
    }
    assert!(count > 1_000, "{count}");
}

/// Every key of a value.
fn keys(value: &Value, written: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, below) in fields {
                written.insert(key.clone());
                keys(below, written);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, written)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every property that a schema names.
fn properties(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get("properties") {
                found.extend(properties.keys().cloned());
            }
            fields.values().for_each(|below| properties(below, found));
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_full_documents_have_every_field_of_the_schemas() {
    let (mut written, mut found) = (BTreeSet::new(), BTreeSet::new());
    for document in to_json(FULL) {
        keys(&document, &mut written);
    }
    properties(&schemas()["hubform.schema.json"], &mut found);
    // These cannot stand beside others of the same document.
    let apart = ["from", "routeGroup"].map(str::to_owned);
    assert_eq!(found.difference(&written).cloned().collect::<Vec<_>>(), apart);
}
