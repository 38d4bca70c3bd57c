//! SCIM users: the same people, with what identity knows of them.

use hubform::sim::{Config, IdKind};
use serde_json::{Value, json};

use super::service::{Customer, Service, quick, text};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const IDENTITY: &str = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User";

/// The users of an organization, under an address of their own.
struct Users<'a> {
    service: &'a Service,
    base: String,
}

impl<'a> Users<'a> {
    fn of(service: &'a Service, customer: &Customer) -> Self {
        let org = IdKind::Organization.decode(&customer.org).unwrap();
        let origin = service.base.strip_suffix("/v1").unwrap();
        Self { service, base: format!("{origin}/identity/scim/{org}/v2/Users") }
    }

    async fn add(&self, name: &str) -> Value {
        self.service.post(&self.base, user(name)).await.expect(201)
    }

    fn path(&self, user: &Value) -> String {
        format!("{}/{}", self.base, text(&user["id"]))
    }

    async fn names(&self, query: &str) -> Vec<String> {
        let listed = self.service.get(&format!("{}?{query}", self.base)).await.expect(200);
        listed["Resources"].as_array().unwrap().iter().map(|user| text(&user["userName"])).collect()
    }

    async fn patch(&self, user: &Value, operations: Value) -> super::service::Reply {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.service.patch(&self.path(user), body).await
    }
}

fn user(name: &str) -> Value {
    json!({
        "schemas": [CORE, ENTERPRISE],
        "userName": format!("{name}@acme.example"),
        "userType": "user",
        "name": { "givenName": name, "familyName": "Lee", "middleName": "M." },
        "title": "Manager",
        "timezone": "Europe/Berlin",
        "preferredLanguage": "de_DE",
        "phoneNumbers": [{ "value": "400 123 1234", "type": "mobile" }],
        "addresses": [{ "type": "work", "locality": "Berlin" }],
        ENTERPRISE: { "department": "Sales", "costCenter": "C1" },
    })
}

#[tokio::test]
async fn a_user_is_a_person_in_the_words_of_identity() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let users = Users::of(&service, &customer);
    let made = service.post(&users.base, user("Ann")).await;
    assert_eq!(made.header("location"), Some(users.path(&made.body)));
    let ann = made.expect(201);
    assert_eq!((&ann["userName"], &ann["displayName"]), (&json!("ann@acme.example"), &json!("Ann Lee")));
    assert_eq!(ann["emails"], json!([{ "value": "ann@acme.example", "type": "work", "primary": true }]));
    assert_eq!((&ann["active"], &ann[IDENTITY]["accountStatus"]), (&json!(true), &json!(["active"])));
    let person = service.person(&ann["id"]).await;
    for (field, value) in [
        ("firstName", json!("Ann")),
        ("nickName", json!("Ann")),
        ("title", json!("Manager")),
        ("department", json!("Sales")),
        ("timezone", json!("Europe/Berlin")),
        ("addresses", json!([{ "type": "work", "locality": "Berlin" }])),
        ("phoneNumbers", Value::Null),
    ] {
        assert_eq!(person[field], value, "{field}");
    }
    let change = json!({ "displayName": "Ann", "title": "Chief", "loginEnabled": false });
    let path = format!("/people/{}", text(&ann["id"]));
    assert_eq!(service.put(&path, change).await.expect(200)["loginEnabled"], "false");
    let seen = service.get(&users.path(&ann)).await.expect(200);
    assert_eq!((&seen["title"], &seen["active"]), (&json!("Chief"), &json!(false)));
    assert_eq!(seen[ENTERPRISE], json!({ "department": "Sales", "costCenter": "C1" }));
    service.delete(&users.path(&ann)).await.expect(204);
    service.get(&users.path(&ann)).await.expect(404);
    service.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_user_is_refused_with_anything_that_does_not_fit() {
    let service = Service::with(Config { pending_emails: ["free@acme.example".to_owned()].into(), ..quick() }).await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let users = Users::of(&service, &customer);
    users.add("ann").await;
    for (status, field, value) in [
        (400, "schemas", json!([ENTERPRISE])),
        (400, "userName", json!("ann")),
        (409, "userName", json!("ANN@acme.example")),
        (400, "userName", json!("pat@partner.example")),
        (409, "userName", json!("free@acme.example")),
        (400, "userType", json!("room")),
        (400, "userType", json!("robot")),
        (400, "timezone", json!("Berlin")),
        (400, "locale", json!("deutsch")),
        (400, "emails", json!([{ "value": "bob@other.example", "type": "work", "primary": true }])),
        (400, "emails", json!([{ "value": "nonsense", "type": "home" }])),
        (400, "roles", json!([{ "value": "location_admin" }])),
        (400, "phoneNumbers", json!([{ "value": "1", "type": "landline" }])),
        (400, "colour", json!("green")),
        (400, ENTERPRISE, json!({ "manager": { "value": "nobody" } })),
        (400, IDENTITY, json!({})),
        (400, IDENTITY, json!({ "accountStatus": "active", "extensionAttribute16": [] })),
        (400, IDENTITY, json!({ "accountStatus": "active", "externalAttribute1": ["x"] })),
    ] {
        let mut body = user("bob");
        body[field] = value.clone();
        let reply = service.post(&users.base, body).await;
        assert_eq!(reply.status, status, "{field} {value}: {}", reply.body);
    }
    assert_eq!(users.names("").await.len(), 2, "the administrator and ann");
    let mut kind = user("bob");
    kind["urn:example:other:2.0:User"] = json!({ "anything": 1 });
    kind["id"] = json!("ignored");
    kind["meta"] = json!({ "version": "ignored" });
    kind[IDENTITY] = json!({ "accountStatus": "disabled", "extensionAttribute15": ["x"] });
    let bob = service.post(&users.base, kind).await.expect(201);
    assert_ne!(bob["id"], "ignored");
    let identity = json!({ "accountStatus": ["active"], "extensionAttribute15": ["x"] });
    assert_eq!(bob[IDENTITY], identity, "the status is read only");
}

#[tokio::test]
async fn a_put_replaces_everything_but_the_parts_of_the_name() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let users = Users::of(&service, &customer);
    let ann = users.add("ann").await;
    let little = json!({ "schemas": [CORE], "userName": "ann.lee@acme.example", "userType": "user" });
    let after = service.put(&users.path(&ann), little.clone()).await.expect(200);
    assert_eq!((&after["id"], &after["userName"]), (&ann["id"], &json!("ann.lee@acme.example")));
    assert_eq!(after["name"], ann["name"]);
    for gone in ["title", "timezone", "phoneNumbers", "addresses", ENTERPRISE, "preferredLanguage"] {
        assert_eq!(after[gone], Value::Null, "{gone}");
    }
    assert_ne!(after["meta"]["version"], ann["meta"]["version"], "though the clock stands still");
    assert_eq!(after["meta"]["created"], ann["meta"]["created"]);
    assert_eq!(service.person(&ann["id"]).await["emails"], json!(["ann.lee@acme.example"]));
    let admin = users.names("filter=userName%20sw%20%22admin%22").await;
    assert_eq!(admin, ["admin@acme.example"]);
    let found = service.get(&format!("{}?filter=userName%20sw%20%22admin%22", users.base)).await.expect(200);
    let mut last = little;
    last["userName"] = json!("admin@acme.example");
    service.put(&users.path(&found["Resources"][0]), last).await.expect(400);
}

#[tokio::test]
async fn a_patch_changes_one_thing_and_leaves_the_rest() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let users = Users::of(&service, &customer);
    let boss = users.add("boss").await;
    let ann = users.add("ann").await;
    let work = "addresses[type eq \"work\"]";
    for (operation, pointer, value) in [
        (json!({ "op": "replace", "path": "displayName", "value": "Ann" }), "/displayName", json!("Ann")),
        (json!({ "op": "replace", "value": { "nickName": "A", "active": false } }), "/nickName", json!("A")),
        (json!({ "op": "replace", "path": "active", "value": true }), "/active", json!(true)),
        (json!({ "op": "replace", "path": "name.givenName", "value": "Anna" }), "/name/givenName", json!("Anna")),
        (json!({ "op": "add", "path": "name", "value": { "familyName": "Long" } }), "/name/familyName", json!("Long")),
        (json!({ "op": "remove", "path": "name.middleName" }), "/name/middleName", Value::Null),
        (json!({ "op": "remove", "path": "title" }), "/title", Value::Null),
        (
            json!({ "op": "add", "path": "phoneNumbers", "value": [{ "value": "5", "type": "fax" }] }),
            "/phoneNumbers/1/type",
            json!("fax"),
        ),
        (json!({ "op": "remove", "path": "phoneNumbers[type eq \"mobile\"]" }), "/phoneNumbers/0/value", json!("5")),
        (
            json!({ "op": "replace", "path": format!("{work}.locality"), "value": "Bonn" }),
            "/addresses/0/locality",
            json!("Bonn"),
        ),
        (
            json!({ "op": "replace", "path": work, "value": { "type": "home" } }),
            "/addresses",
            json!([{ "type": "home" }]),
        ),
        (
            json!({ "op": "add", "path": format!("{ENTERPRISE}:department"), "value": "IT" }),
            "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department",
            json!("IT"),
        ),
        (
            json!({ "op": "add", "path": format!("{ENTERPRISE}:manager"), "value": { "value": boss["id"] } }),
            "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager/displayName",
            json!("boss Lee"),
        ),
        (
            json!({ "op": "add", "path": format!("{IDENTITY}:extensionAttribute1"), "value": ["x", "y"] }),
            "/urn:scim:schemas:extension:cisco:webexidentity:2.0:User/extensionAttribute1/1",
            json!("y"),
        ),
        (
            json!({ "op": "remove", "path": IDENTITY }),
            "/urn:scim:schemas:extension:cisco:webexidentity:2.0:User",
            json!({ "accountStatus": ["active"] }),
        ),
        (
            json!({ "op": "replace", "path": "userName", "value": "anna@acme.example" }),
            "/emails/0/value",
            json!("anna@acme.example"),
        ),
    ] {
        let after = users.patch(&ann, json!([operation])).await.expect(200);
        assert_eq!(after.pointer(pointer).unwrap_or(&Value::Null), &value, "{operation}: {after}");
    }
    let person = service.person(&ann["id"]).await;
    assert_eq!((&person["emails"], &person["department"]), (&json!(["anna@acme.example"]), &json!("IT")));
}

#[tokio::test]
async fn a_patch_that_fails_changes_nothing_at_all() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let users = Users::of(&service, &customer);
    let ann = users.add("ann").await;
    for (wrong, code) in [
        (json!({ "op": "remove" }), "noTarget"),
        (json!({ "op": "replace", "path": "addresses[type eq \"home\"]", "value": {} }), "noTarget"),
        (json!({ "op": "add", "path": "colour", "value": "red" }), "invalidPath"),
        (json!({ "op": "add", "path": "emails.value", "value": "x" }), "invalidPath"),
        (json!({ "op": "add", "path": "title[type eq \"x\"]", "value": "x" }), "invalidPath"),
        (json!({ "op": "add", "path": "é[", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "id", "value": "x" }), "mutability"),
        (json!({ "op": "replace", "path": "title" }), "invalidValue"),
        (json!({ "op": "replace", "value": "x" }), "invalidValue"),
    ] {
        let operations = json!([{ "op": "replace", "path": "title", "value": "Chief" }, wrong]);
        let refused = users.patch(&ann, operations).await.expect(400);
        assert_eq!(refused["errors"][0]["errorCode"], code, "{refused}");
    }
    for wrong in [
        json!({ "op": "Add", "path": "title", "value": "x" }),
        json!({ "op": "replace", "path": "title", "value": 7 }),
        json!({ "op": "remove", "path": "userName" }),
        json!({ "op": "replace", "path": "userName", "value": "admin@acme.example" }),
    ] {
        let operations = json!([{ "op": "replace", "path": "title", "value": "Chief" }, wrong]);
        let reply = users.patch(&ann, operations).await;
        assert!([400, 409].contains(&reply.status), "{wrong}: {}", reply.body);
    }
    assert_eq!(service.get(&users.path(&ann)).await.expect(200), ann);
}

#[tokio::test]
async fn users_are_found_by_the_documented_comparisons_alone() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let users = Users::of(&service, &customer);
    let ann = users.add("ann").await;
    users.add("bob").await;
    let org = IdKind::Organization.decode(&customer.org).unwrap().to_string();
    let find = async |filter: &str| {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("filter", filter).finish();
        service.get(&format!("{}?{query}", users.base)).await
    };
    for (filter, count) in [
        ("userName eq \"ANN@acme.example\"", 1),
        ("userName sw \"b\"", 1),
        ("username EW \"acme.example\"", 3),
        (&format!("id eq \"{}\"", text(&ann["id"])), 1),
        ("name.familyName eq \"lee\"", 2),
        ("name.givenName sw \"a\"", 1),
        ("emails.value eq \"bob@acme.example\"", 1),
        ("department eq \"Sales\"", 2),
        ("phoneNumbers [ type eq \"mobile\" and value eq \"400 123 1234\"]", 2),
        ("phoneNumbers[type eq \"work\" and value eq \"400 123 1234\"]", 0),
        (&format!("{IDENTITY}:meta.organizationId eq \"{org}\""), 3),
    ] {
        let found = find(filter).await.expect(200);
        assert_eq!(found["totalResults"], count, "{filter}");
    }
    for wrong in [
        "active eq true",
        "userName",
        "userName eq ann",
        "userName co \"ann\"",
        "id sw \"0\"",
        "title eq \"Manager\"",
        "userName eq \"a\" or userName eq \"b\"",
        "emails[type eq \"work\" and value eq \"x\"]",
        "é",
    ] {
        find(wrong).await.expect(400);
    }
}

#[tokio::test]
async fn users_are_listed_in_order_and_with_the_attributes_that_are_wanted() {
    let service = Service::start().await;
    let customer = service.customer("acme", &["webex_meetings"]).await;
    let users = Users::of(&service, &customer);
    let zoe = users.add("zoe").await;
    users.add("bob").await;
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|name| format!("{name}@acme.example")).collect() };
    assert_eq!(users.names("sortBy=userName").await, names(&["admin", "bob", "zoe"]));
    assert_eq!(users.names("sortBy=userName&sortOrder=descending").await, names(&["zoe", "bob", "admin"]));
    users.patch(&zoe, json!([{ "op": "replace", "path": "title", "value": "x" }])).await.expect(200);
    assert_eq!(users.names("sortBy=meta.lastModified").await.last(), names(&["zoe"]).last());
    assert_eq!(users.names("sortBy=id&startIndex=2&count=1").await, names(&["zoe"]));
    assert!(users.names("startIndex=2147483648").await.is_empty());
    assert!(users.names("count=0").await.is_empty());
    for wrong in ["sortBy=title", "sortOrder=up", "startIndex=-1", "count=x"] {
        service.get(&format!("{}?{wrong}", users.base)).await.expect(400);
    }
    let list = async |query: &str| {
        let listed = service.get(&format!("{}?sortBy=userName&startIndex=2&{query}", users.base)).await.expect(200);
        listed["Resources"][0].clone()
    };
    let few = list("attributes=title,name.givenName").await;
    let keys: Vec<&String> = few.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "meta", "name", "schemas", "title", "userName", "userType"]);
    let less = list("excludedAttributes=title,id&returnGroups=true").await;
    assert_eq!((&less["title"], &less["groups"]), (&Value::Null, &json!([])));
    assert!(less["id"].is_string() && less["name"].is_object());
}
