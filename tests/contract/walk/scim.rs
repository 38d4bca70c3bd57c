//! SCIM users of a customer's organization.

use serde_json::{Value, json};

use super::{Acme, Walk};

const USERS: &str = "/identity/scim/{orgId}/v2/Users";
const USER: &str = "/identity/scim/{orgId}/v2/Users/{userId}";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn gus() -> Value {
    json!({
        "schemas": [CORE, ENTERPRISE],
        "userName": "gus@acme.example",
        "userType": "user",
        "active": true,
        "displayName": "Gus Fry",
        "name": { "givenName": "Gus", "familyName": "Fry" },
        "title": "Cook",
        "preferredLanguage": "en_US",
        "timezone": "America/Los_Angeles",
        "externalId": "hr-17",
        "emails": [{ "value": "gus@acme.example", "type": "work", "primary": true }],
        "phoneNumbers": [{ "value": "+14085550999", "type": "mobile" }],
        "addresses": [{
            "type": "work", "streetAddress": "1 Main St", "locality": "Milpitas", "region": "CA",
            "postalCode": "95035", "country": "US",
        }],
        ENTERPRISE: { "department": "Kitchen", "employeeNumber": "17" },
    })
}

pub async fn users(walk: &mut Walk, acme: &Acme) {
    let org = acme.org_uuid();
    let id = walk.post(USERS).id(&org).body(gus()).expect(201).await.text("/id");
    walk.post(USERS).id(&org).body(gus()).expect(409).await;
    walk.post(USERS).id(&org).body(json!({ "schemas": [CORE] })).wrong().expect(400).await;
    walk.get(USERS).id(&org).query("count", "2").query("startIndex", "1").expect(200).await;
    walk.get(USERS).id(&org).query("filter", r#"userName eq "gus@acme.example""#).expect(200).await;
    for (name, value) in [
        ("attributes", "userName,roles"),
        ("excludedAttributes", "roles"),
        ("sortBy", "userName"),
        ("sortOrder", "descending"),
        ("returnGroups", "true"),
        ("includeGroupDetails", "true"),
        ("groupUsageTypes", "default"),
    ] {
        walk.get(USERS).id(&org).query(name, value).expect(200).await;
    }
    walk.get(USERS).id(NOBODY).expect_one_of(&[403, 404]).await;
    walk.get(USER).id(&org).id(&id).expect(200).await;
    walk.get(USER).id(&org).id(NOBODY).expect(404).await;
    let mut change = gus();
    change["title"] = json!("Chef");
    change.as_object_mut().unwrap().remove("name");
    walk.put(USER).id(&org).id(&id).body(change).expect(200).await;
    walk.put(USER).id(&org).id(&id).body(json!({ "displayName": "Gus" })).wrong().expect(400).await;
    for op in ["add", "remove"] {
        let roles = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{ "op": op, "path": "roles", "value": [{ "value": "id_user_admin", "type": "cirole" }] }],
        });
        walk.patch(USER).id(&org).id(&id).body(roles).expect(200).await;
    }
    walk.patch(USER).id(&org).id(&id).body(json!({ "Operations": [] })).wrong().expect(400).await;
    walk.delete(USER).id(&org).id(&id).expect(204).await;
    walk.delete(USER).id(&org).id(&id).expect(404).await;
}
