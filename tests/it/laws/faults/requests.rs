//! Which requests a plan announces: put together from its steps, without regard to what was sent (R15).

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hubform::{
    model::{Address, Desired},
    plan::{Operation, Plan, Step},
    sim::{Recorded, State, Uuid},
};
use serde_json::Value;

/// A kind of request and the object it is about, as in `PUT /people/{} ann@acme.example`.
pub type Kind = (String, String);

/// Lists the requests that change something and that no step of the plan announces.
pub fn outside(plan: &Plan, desired: &Desired, state: &State, recorded: &[Recorded]) -> Vec<String> {
    let announced: BTreeSet<Kind> = plan.steps().flat_map(|step| of_step(step, desired)).collect();
    let numbers: BTreeSet<&str> = plan.steps().flat_map(numbers_of).collect();
    let writes = recorded.iter().filter(|request| request.method != "GET");
    let mut outside = Vec::new();
    for request in writes {
        let kind = of_request(request, state);
        if !announced.contains(&kind) {
            outside.push(format!("{} {}, which no step announces", kind.0, kind.1));
        }
        let sent = request.body.iter().filter(|_| request.path.ends_with("/numbers"));
        let sent = sent.flat_map(|body| body["phoneNumbers"].as_array().into_iter().flatten());
        for number in sent.filter_map(Value::as_str).filter(|number| !numbers.contains(number)) {
            outside.push(format!("the number {number}, which no step adds or removes"));
        }
    }
    outside
}

fn numbers_of(step: &Step) -> impl Iterator<Item = &str> {
    let numbers = match &step.operation {
        Operation::AddNumbers { numbers } | Operation::RemoveNumbers { numbers } => numbers.as_slice(),
        _ => &[],
    };
    numbers.iter().map(hubform::model::PhoneNumber::as_str)
}

/// Returns the requests that a step may send.
fn of_step(step: &Step, desired: &Desired) -> Vec<Kind> {
    let kinds: &[&str] = match &step.operation {
        Operation::CreateTemplate { .. } => &["POST /registry/templates"],
        Operation::UpdateTemplate { .. } => &["PUT /registry/templates/{}"],
        Operation::DeleteTemplate => &["DELETE /registry/templates/{}"],
        Operation::CreateCustomer { .. } => &["POST /wholesale/customers"],
        Operation::UpdateCustomer { .. } => &["PUT /wholesale/customers/{}"],
        Operation::UpdateOrganization { .. } => &["PATCH /identity/organizations/{}"],
        Operation::DeleteCustomer => &["DELETE /wholesale/customers/{}"],
        Operation::CreateLocation { .. } => &["POST /locations"],
        Operation::EnableCalling { .. } => &["POST /telephony/config/locations"],
        Operation::UpdateLocation { .. } => &["PUT /locations/{}"],
        Operation::UpdateCalling { .. } => &["PUT /telephony/config/locations/{}"],
        Operation::ConnectPstn { .. } => &["PUT /telephony/pstn/locations/{}/connection"],
        Operation::AddNumbers { .. } => &["POST /telephony/config/locations/{}/numbers"],
        Operation::RemoveNumbers { .. } => &["DELETE /telephony/config/locations/{}/numbers"],
        Operation::DisableCalling { .. } => &["POST /telephony/config/jobs/locations/deleteCallingLocation"],
        Operation::DeleteLocation => &["DELETE /locations/{}"],
        Operation::CreateSubscriber { .. } => &["POST /wholesale/subscribers"],
        Operation::UpdateSubscriber { .. } => &["PUT /wholesale/subscribers/{}"],
        Operation::DeleteSubscriber => &["DELETE /wholesale/subscribers/{}"],
        Operation::UpdatePerson { .. } => &["PUT /people/{}"],
        Operation::MoveUser { .. } => &["POST /telephony/config/jobs/person/moveLocation"],
        // People PUT where SCIM answers 403 (R5).
        Operation::UpdateRoles { .. } => &["PATCH /identity/scim/{}/v2/Users/{}", "PUT /people/{}"],
        Operation::Instruct { .. }
        | Operation::AwaitCustomer
        | Operation::AdoptHeadquarters { .. }
        | Operation::Adopt { .. }
        | Operation::Forget => &[],
    };
    let external = |name| desired.customer(name).map_or_else(String::new, |customer| customer.external_id.clone());
    let who = match &step.object {
        Address::Template(name) => name.to_string(),
        Address::Customer(name) => external(name),
        Address::Location(customer, name) => {
            let name = desired.location(customer, name).map_or_else(String::new, |it| it.display_name.clone());
            format!("{}/{name}", external(customer))
        }
        Address::User(_, email) => email.to_string(),
    };
    kinds.iter().map(|kind| ((*kind).to_owned(), who.clone())).collect()
}

/// Returns the UUID in an id, encoded or bare.
fn uuid(text: &str) -> Option<Uuid> {
    let decoded = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.as_deref().and_then(|text| text.rsplit('/').next()).unwrap_or(text).parse().ok()
}

/// Returns what a request is, and the object it is about by what the service holds.
pub fn of_request(request: &Recorded, state: &State) -> Kind {
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let is_id = |part: &str| part.len() > 30;
    let shape: Vec<&str> = parts.iter().map(|part| if is_id(part) { "{}" } else { *part }).collect();
    let kind = format!("{} /{}", request.method, shape.join("/"));
    let body = |name: &str| request.body.as_ref().and_then(|body| body[name].as_str()).unwrap_or_default().to_owned();
    let ids: Vec<Uuid> = parts.iter().filter(|part| is_id(part)).filter_map(|part| uuid(part)).collect();
    let query: BTreeMap<&str, &str> = request.query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let customer_of = |org: &Uuid| {
        let found = state.customers.values().find(|customer| customer.org == Some(*org));
        found.map_or_else(|| format!("?{org}"), |customer| customer.external_id.clone())
    };
    let person = |id: &Uuid| state.people.get(id).map_or_else(|| format!("?{id}"), |person| person.email.clone());
    let location = |id: &Uuid| match state.locations.get(id) {
        Some(location) => format!("{}/{}", customer_of(&location.org), location.name),
        None => format!("?{id}"),
    };
    let who = match (shape.as_slice(), ids.as_slice()) {
        (["registry", "templates"], []) => body("name"),
        (["registry", "templates", _], [id]) => {
            state.templates.get(id).map_or_else(|| format!("?{id}"), |template| template.name.clone())
        }
        (["wholesale", "customers"], []) => body("externalId"),
        (["wholesale", "customers", _], [id]) => {
            state.customers.get(id).map_or_else(|| format!("?{id}"), |customer| customer.external_id.clone())
        }
        (["wholesale", "subscribers"], []) => body("email"),
        (["wholesale", "subscribers", _], [id]) => {
            state.subscribers.get(id).map_or_else(|| format!("?{id}"), |subscriber| subscriber.email.clone())
        }
        (["identity", "organizations", _], [org]) => customer_of(org),
        (["identity", "scim", ..], [_, user]) => person(user),
        (["people", _], [id]) => person(id),
        (["locations"] | ["telephony", "config", "locations"], []) => {
            let org = query.get("orgId").and_then(|id| uuid(id));
            format!("{}/{}", org.map_or_else(String::new, |org| customer_of(&org)), body("name"))
        }
        (["locations", _] | ["telephony", _, "locations", ..], [id]) => location(id),
        (["telephony", "config", "jobs", "locations", _], []) => {
            uuid(&body("locationId")).map_or_else(String::new, |id| location(&id))
        }
        (["telephony", "config", "jobs", "person", _], []) => {
            let user = request.body.as_ref().and_then(|body| body["usersList"][0]["users"][0]["userId"].as_str());
            user.and_then(uuid).map_or_else(String::new, |id| person(&id))
        }
        _ => "?".to_owned(),
    };
    (kind, who)
}
