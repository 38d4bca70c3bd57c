//! SCIM 2 users: the same people under their bare UUIDs, for reading and for roles.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{orgs, people};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context, Family, Fields};
use crate::sim::id::Uuid;
use crate::sim::reference::{LOCATION_ADMIN, Role};
use crate::sim::state::{Person, State};

const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const USER_SCHEMAS: [&str; 2] =
    ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:scim:schemas:extension:cisco:webexidentity:2.0:User"];

fn org_of(state: &State, cx: &Context<'_>, call: &Call) -> Result<Uuid, Refusal> {
    let org = orgs::of_path(state, cx, call.id())?;
    if cx.config.scim.refuses() && org != orgs::partner() {
        return Err(Refusal::forbidden("the caller is no administrator of the organization's identities"));
    }
    Ok(org)
}

fn find<'a>(state: &'a State, org: Uuid, call: &Call) -> Result<(Uuid, &'a Person), Refusal> {
    let id = call.second_id();
    id.parse()
        .ok()
        .and_then(|key| Some((key, state.people.get(&key)?)))
        .filter(|(_, person)| person.org == org)
        .ok_or_else(|| Refusal::not_found("user", id))
}

fn role_value(key: &str) -> Option<Value> {
    let role = Role::find(key).filter(|role| role.scim)?;
    Some(json!({ "value": role.key, "type": "cirole", "display": role.name }))
}

/// Writes a user: identity and roles, nothing of packages or calling.
fn to_value(cx: &Context<'_>, key: Uuid, person: &Person) -> Value {
    let roles: Vec<Value> = person.roles.iter().filter_map(|role| role_value(role)).collect();
    let mut name = json!({});
    if let Some(first) = &person.first_name {
        name["givenName"] = json!(first);
    }
    if let Some(last) = &person.last_name {
        name["familyName"] = json!(last);
    }
    json!({
        "schemas": USER_SCHEMAS,
        "id": key.to_string(),
        "userName": person.email,
        "active": true,
        "name": name,
        "displayName": person.display_name,
        "emails": [{ "value": person.email, "type": "work", "primary": true }],
        "userType": "user",
        "roles": roles,
        "urn:scim:schemas:extension:cisco:webexidentity:2.0:User": { "accountStatus": ["active"] },
        "meta": {
            "resourceType": "User",
            "created": person.created.to_string(),
            "lastModified": person.modified.to_string(),
            "version": format!("W/\"{}\"", person.modified.as_millisecond()),
            "location": format!("{}/identity/scim/{}/v2/Users/{key}", cx.origin(), person.org),
        },
    })
}

/// Lists users; the one filter served is `userName eq "…"`.
pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = org_of(state, cx, call)?;
    let email = call.param("filter").map(user_name).transpose()?;
    let start = call.count("startIndex")?.unwrap_or(1).max(1);
    let mut count = call.count("count")?.unwrap_or(100).min(100);
    if let Some(cap) = cx.config.page_size {
        count = count.min(cap);
    }
    let lookup = email.map_or_else(|| Person::of_org(org), |email| Person::with_email(&email));
    let matching = || state.people.find(&lookup).filter(|(_, person)| person.org == org);
    let users: Vec<Value> =
        matching().skip(start - 1).take(count).map(|(key, person)| to_value(cx, *key, person)).collect();
    Ok(Answer::ok(json!({
        "schemas": [LIST_SCHEMA],
        "totalResults": matching().count(),
        "itemsPerPage": users.len(),
        "startIndex": start,
        "Resources": users,
    })))
}

fn user_name(filter: &str) -> Result<String, Refusal> {
    let mut words = filter.trim().splitn(3, ' ');
    let (name, operator, value) = (words.next(), words.next(), words.next());
    let is_ours = name.is_some_and(|name| name.eq_ignore_ascii_case("userName"))
        && operator.is_some_and(|operator| operator.eq_ignore_ascii_case("eq"));
    value
        .filter(|_| is_ours)
        .and_then(|value| value.trim().strip_prefix('"')?.strip_suffix('"'))
        .map(str::to_lowercase)
        .ok_or_else(|| Refusal::bad(Code::None, format!("filter `{filter}` is not served; use `userName eq \"…\"`")))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = org_of(state, cx, call)?;
    let (key, person) = find(state, org, call)?;
    Ok(Answer::ok(to_value(cx, key, person)))
}

/// Changes roles, and nothing else yet.
pub(crate) fn patch(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = org_of(state, cx, call)?;
    let (key, person) = find(state, org, call)?;
    let mut body = call.body(Family::Other)?;
    if body.need_texts("schemas")? != [PATCH_SCHEMA] {
        return Err(body.wrong("schemas", &format!("is not [`{PATCH_SCHEMA}`]")));
    }
    let mut roles = person.roles.clone();
    for operation in body.need_objects("Operations")? {
        change_roles(cx, operation, &mut roles)?;
    }
    body.end(cx)?;
    people::check_roles(state, key, person, &roles)?;
    let new = Person { roles, modified: cx.now, ..person.clone() };
    let value = to_value(cx, key, &new);
    state.people.insert(key, new);
    Ok(Answer::ok(value))
}

fn change_roles(cx: &Context<'_>, mut operation: Fields<'_>, roles: &mut BTreeSet<String>) -> Result<(), Refusal> {
    let op = operation.need("op")?.to_lowercase();
    let path = operation.need("path")?;
    let named = path.strip_prefix("roles[value eq \"").and_then(|rest| rest.strip_suffix("\"]")).map(str::to_owned);
    if path != "roles" && !(op == "remove" && named.is_some()) {
        return Err(operation.wrong("path", &format!("is `{path}`; only `roles` can be changed")));
    }
    let values = match operation.objects("value")? {
        None => None,
        Some(items) => Some(items.into_iter().map(|item| read_role(cx, item)).collect::<Result<_, _>>()?),
    };
    let values: Option<BTreeSet<String>> = values;
    match (op.as_str(), values, named) {
        ("add", Some(values), None) => roles.extend(values),
        ("replace", Some(values), None) => {
            // Roles that SCIM does not know stay.
            roles.retain(|role| role_value(role).is_none());
            roles.extend(values);
        }
        ("remove", Some(values), None) => roles.retain(|role| !values.contains(role)),
        ("remove", None, Some(named)) => {
            roles.remove(&named);
        }
        ("remove", None, None) => roles.retain(|role| role_value(role).is_none()),
        ("add" | "replace", None, _) => return Err(operation.missing("value")),
        _ => {
            return Err(operation.wrong("op", &format!("is `{op}`, which does not go with its path and value")));
        }
    }
    operation.end(cx)
}

fn read_role(cx: &Context<'_>, mut item: Fields<'_>) -> Result<String, Refusal> {
    let value = item.need("value")?;
    if let Some(kind) = item.filled("type")?.filter(|kind| kind != "cirole") {
        return Err(item.wrong("type", &format!("is `{kind}`, not `cirole`")));
    }
    item.text("display")?;
    if value == LOCATION_ADMIN {
        return Err(item.wrong("value", "is the location administrator, whom SCIM cannot appoint"));
    }
    if role_value(&value).is_none() {
        return Err(item.wrong("value", &format!("is `{value}`, not a role that SCIM knows")));
    }
    item.end(cx)?;
    Ok(value)
}
