//! What holds after any requests, in any order.

use std::collections::BTreeSet;

use hubform::sim::state::{Customer, Subscriber};
use hubform::sim::{IdKind, Simulator, State, Uuid};
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

use super::service::{Service, new_location, new_subscriber, number};

const PACKAGES: [&str; 3] = ["webex_calling", "webex_meetings", "webex_suite"];

/// A request, in small numbers: the n-th location there is, the n-th of a few users, numbers, extensions.
#[derive(Clone, Debug)]
enum Act {
    Subscribe { user: usize, package: usize, line: Line, location: usize },
    Repackage { user: usize, package: usize, line: Option<(Line, usize)> },
    Unsubscribe { user: usize },
    SetLine { user: usize, line: Line },
    SetRoles { user: usize, admin: bool },
    MoveUser { user: usize, to: usize, line: Line },
    RemovePerson { user: usize },
    AddNumbers { location: usize, first: u32, count: u32 },
    RemoveNumber { location: usize, number: u32 },
    Activate { location: usize, number: u32, active: bool },
    SetMain { location: usize, number: u32 },
    MoveNumber { from: usize, to: usize, number: u32 },
    SetRoute { location: usize },
    SetProvider { location: usize },
    Branch { name: usize },
    DisableCalling { location: usize },
    RemoveLocation { location: usize },
    PutPackages { packages: Vec<usize>, limit: Option<u64> },
}

#[derive(Clone, Debug)]
struct Line {
    number: Option<u32>,
    extension: Option<u32>,
}

fn line() -> impl Strategy<Value = Line> {
    (proptest::option::of(0..6u32), proptest::option::of(0..4u32))
        .prop_map(|(number, extension)| Line { number, extension })
}

fn act() -> impl Strategy<Value = Act> {
    let (user, location, number) = (0..4usize, 0..3usize, 0..6u32);
    prop_oneof![
        4 => (user.clone(), 0..3usize, line(), location.clone())
            .prop_map(|(user, package, line, location)| Act::Subscribe { user, package, line, location }),
         1 => (user.clone(), 0..3usize, proptest::option::of((line(), location.clone())))
            .prop_map(|(user, package, line)| Act::Repackage { user, package, line }),
         1 => user.clone().prop_map(|user| Act::Unsubscribe { user }),
        2 => (user.clone(), line()).prop_map(|(user, line)| Act::SetLine { user, line }),
         1 => (user.clone(), any::<bool>()).prop_map(|(user, admin)| Act::SetRoles { user, admin }),
        2 => (user.clone(), location.clone(), line())
            .prop_map(|(user, to, line)| Act::MoveUser { user, to, line }),
         1 => user.prop_map(|user| Act::RemovePerson { user }),
        3 => (location.clone(), number.clone(), 1..4u32)
            .prop_map(|(location, first, count)| Act::AddNumbers { location, first, count }),
         1 => (location.clone(), number.clone())
            .prop_map(|(location, number)| Act::RemoveNumber { location, number }),
         1 => (location.clone(), number.clone(), any::<bool>())
            .prop_map(|(location, number, active)| Act::Activate { location, number, active }),
         1 => (location.clone(), number.clone()).prop_map(|(location, number)| Act::SetMain { location, number }),
        2 => (location.clone(), location.clone(), number)
            .prop_map(|(from, to, number)| Act::MoveNumber { from, to, number }),
        2 => location.clone().prop_map(|location| Act::SetRoute { location }),
         1 => location.clone().prop_map(|location| Act::SetProvider { location }),
        2 => (0..2usize).prop_map(|name| Act::Branch { name }),
         1 => location.clone().prop_map(|location| Act::DisableCalling { location }),
         1 => location.prop_map(|location| Act::RemoveLocation { location }),
         1 => (proptest::collection::vec(0..3usize, 1..3), proptest::option::of(1..3u64))
            .prop_map(|(packages, limit)| Act::PutPackages { packages, limit }),
    ]
}

fn extension(n: u32) -> String {
    format!("20{n}")
}

/// The one customer that all requests are about.
struct World {
    service: Service,
    customer: super::service::Customer,
    org: Uuid,
    route: Value,
}

impl World {
    async fn new() -> Self {
        let service = Service::start().await;
        let customer = service.customer("acme", &PACKAGES).await;
        let org = IdKind::Organization.decode(&customer.org).unwrap();
        let path = format!("/telephony/config/routeChoices?orgId={}", customer.org);
        let routes = service.get(&path).await.expect(200);
        let route = routes["routeIdentities"][1].clone();
        // Two furnished locations and a few people, so that many requests have something to work on.
        let branch = service.branch(&customer.org, "Branch 0").await;
        for (location, first) in [(&customer.location, 0), (&branch, 3)] {
            service.set_trunk(&customer.org, location).await;
            service.add_numbers(&customer.org, location, first..first + 2).await;
        }
        let line = json!({ "primaryPhoneNumber": number(0), "extension": extension(0) });
        service.subscriber(&customer, "user0", line).await;
        let line = json!({ "extension": extension(1), "locationId": branch });
        service.subscriber(&customer, "user1", line).await;
        let line = json!({ "primaryPhoneNumber": number(3), "locationId": branch });
        service.subscriber(&customer, "user2", line).await;
        Self { service, customer, org, route }
    }

    fn location(&self, n: usize) -> String {
        let state = self.service.sim.state();
        let mut all = state.locations.iter().filter(|(_, found)| found.org == self.org);
        all.nth(n).map_or("none".to_owned(), |(key, _)| IdKind::Location.encode(*key))
    }

    fn user(&self, n: usize) -> (String, String) {
        let state = self.service.sim.state();
        let email = format!("user{n}@acme.example");
        let person = state.people.iter().find(|(_, person)| person.email == email);
        let subscriber = state.subscribers.iter().find(|(_, found)| found.email == email);
        (
            person.map_or("none".to_owned(), |(key, _)| IdKind::People.encode(*key)),
            subscriber.map_or("none".to_owned(), |(key, _)| IdKind::Subscriber.encode(*key)),
        )
    }

    /// Returns method, path and body of a request.
    #[expect(clippy::too_many_lines, reason = "one arm per kind of request")]
    fn request(&self, act: &Act) -> (Method, String, Option<Value>) {
        let org = &self.customer.org;
        let at = |location: usize, what: &str| {
            format!("/telephony/config/locations/{}{what}?orgId={org}", self.location(location))
        };
        let pstn =
            |location: usize| format!("/telephony/pstn/locations/{}/connection?orgId={org}", self.location(location));
        let numbers = |n: u32| json!({ "phoneNumbers": [number(n)] });
        match act {
            Act::Subscribe { user, package, line, location } => {
                let mut wanted = json!({ "locationId": self.location(*location) });
                put_line(&mut wanted, line, "primaryPhoneNumber");
                let mut body = new_subscriber(&self.customer, &format!("user{user}"), wanted);
                body["packages"] = json!([PACKAGES[*package]]);
                (Method::POST, "/wholesale/subscribers".to_owned(), Some(body))
            }
            Act::Repackage { user, package, line } => {
                let mut body = json!({ "packages": [PACKAGES[*package]] });
                if let Some((line, location)) = line {
                    let mut wanted = json!({ "locationId": self.location(*location) });
                    put_line(&mut wanted, line, "primaryPhoneNumber");
                    body["provisioningParameters"] = wanted;
                }
                (Method::PUT, format!("/wholesale/subscribers/{}", self.user(*user).1), Some(body))
            }
            Act::Unsubscribe { user } => {
                (Method::DELETE, format!("/wholesale/subscribers/{}", self.user(*user).1), None)
            }
            Act::SetLine { user, line } => {
                let mut body = json!({ "displayName": "User", "phoneNumbers": [] });
                if let Some(n) = line.number {
                    body["phoneNumbers"] = json!([{ "type": "work", "value": number(n) }]);
                }
                if let Some(n) = line.extension {
                    body["extension"] = json!(extension(n));
                }
                (Method::PUT, format!("/people/{}", self.user(*user).0), Some(body))
            }
            Act::SetRoles { user, admin } => {
                let person = IdKind::People.decode(&self.user(*user).0);
                let person = person.map_or("none".to_owned(), |key| key.to_string());
                let op = if *admin { "add" } else { "remove" };
                let body = json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [{ "op": op, "path": "roles", "value": [{ "value": "id_full_admin" }] }],
                });
                (Method::PATCH, format!("/identity/scim/{}/v2/Users/{person}", self.org), Some(body))
            }
            Act::MoveUser { user, to, line } => {
                let mut wanted = json!({ "userId": self.user(*user).0, "phoneNumber": "" });
                put_line(&mut wanted, line, "phoneNumber");
                let list = json!({ "locationId": self.location(*to), "validate": false, "users": [wanted] });
                let path = format!("/telephony/config/jobs/person/moveLocation?orgId={org}");
                (Method::POST, path, Some(json!({ "usersList": [list] })))
            }
            Act::RemovePerson { user } => (Method::DELETE, format!("/people/{}", self.user(*user).0), None),
            Act::AddNumbers { location, first, count } => {
                let list: Vec<String> = (*first..first + count).map(number).collect();
                (Method::POST, at(*location, "/numbers"), Some(json!({ "phoneNumbers": list })))
            }
            Act::RemoveNumber { location, number } => {
                (Method::DELETE, at(*location, "/numbers"), Some(numbers(*number)))
            }
            Act::Activate { location, number, active } => {
                let mut body = numbers(*number);
                body["action"] = json!(if *active { "ACTIVATE" } else { "DEACTIVATE" });
                (Method::PUT, at(*location, "/numbers"), Some(body))
            }
            Act::SetMain { location, number: n } => {
                let body = json!({ "callingLineId": { "phoneNumber": number(*n) } });
                (Method::PUT, at(*location, ""), Some(body))
            }
            Act::MoveNumber { from, to, number: n } => {
                let body = json!({
                    "operation": "MOVE",
                    "targetLocationId": self.location(*to),
                    "numberList": [{ "locationId": self.location(*from), "numbers": [number(*n)] }],
                });
                let path = format!("/telephony/config/jobs/numbers/manageNumbers?orgId={org}");
                (Method::POST, path, Some(body))
            }
            Act::SetRoute { location } => {
                let body = json!({ "premiseRouteType": "TRUNK", "premiseRouteId": self.route["id"] });
                (Method::PUT, pstn(*location), Some(body))
            }
            Act::SetProvider { location } => {
                // An id of another location's option is refused; the right one is asked for in `run`.
                (Method::PUT, pstn(*location), Some(json!({ "id": "asked for" })))
            }
            Act::Branch { name } => {
                let body = new_location(&format!("Branch {name}"));
                (Method::POST, format!("/locations?orgId={org}"), Some(body))
            }
            Act::DisableCalling { location } => {
                let path = format!("/telephony/config/jobs/locations/deleteCallingLocation?orgId={org}");
                (Method::POST, path, Some(json!({ "locationId": self.location(*location) })))
            }
            Act::RemoveLocation { location } => {
                (Method::DELETE, format!("/locations/{}?orgId={org}", self.location(*location)), None)
            }
            Act::PutPackages { packages, limit } => {
                let names: BTreeSet<&str> = packages.iter().map(|n| PACKAGES[*n]).collect();
                let mut body = json!({ "packages": names });
                if let Some(limit) = limit {
                    let limits = json!({ PACKAGES[packages[0]]: limit });
                    body["provisioningParameters"] = json!({ "packages": { "limits": limits } });
                }
                (Method::PUT, format!("/wholesale/customers/{}", self.customer.id), Some(body))
            }
        }
    }

    async fn run(&self, act: &Act) -> Result<(), TestCaseError> {
        let (method, path, mut body) = self.request(act);
        if let Act::SetProvider { .. } = act {
            let options = self.service.get(&path.replace("/connection?", "/connectionOptions?")).await;
            body = Some(json!({ "id": options.body["items"][1]["id"].as_str().unwrap_or("none") }));
        }
        let before = self.service.sim.state();
        let reply = self.service.send(method, &path, body).await;
        let after = self.service.sim.state();
        prop_assert!(reply.status < 500 || reply.status == 502, "{act:?}: {}", reply.body);
        if reply.status >= 400 {
            prop_assert_eq!(&before, &after, "{:?}: {} changed something", act, reply.body);
        }
        if let (Act::Branch { .. }, Some(id)) = (act, reply.body["id"].as_str()) {
            let mut body = new_location(reply.body["name"].as_str().unwrap());
            body["id"] = json!(id);
            let path = format!("/telephony/config/locations?orgId={}", self.customer.org);
            self.service.post(&path, body).await;
        }
        check(&self.service.sim, self.org).map_err(|law| TestCaseError::fail(format!("{act:?}: {law}")))
    }
}

fn put_line(body: &mut Value, line: &Line, number_name: &str) {
    if let Some(n) = line.number {
        body[number_name] = json!(number(n));
    }
    if let Some(n) = line.extension {
        body["extension"] = json!(extension(n));
    }
}

/// Says which law is broken.
fn check(sim: &Simulator, org: Uuid) -> Result<(), String> {
    let state = sim.state();
    let law = |holds: bool, law: &str| if holds { Ok(()) } else { Err(law.to_owned()) };
    for (number, row) in state.numbers.iter() {
        let at = state.locations.get(&row.location);
        let calling = at.is_some_and(|at| at.org == row.org && at.calling.is_some());
        law(calling, &format!("{number} is in a calling location of its organization"))?;
    }
    let mut emails = BTreeSet::new();
    let mut lines = BTreeSet::new();
    for person in state.people.values() {
        law(emails.insert(&person.email), "an e-mail is one person's")?;
        let Some(location) = person.location else {
            law(person.number.is_none() && person.extension.is_none(), "a line needs a location")?;
            continue;
        };
        let at = state.locations.get(&location);
        law(at.is_some_and(|at| at.calling.is_some()), "a calling user is at a calling location")?;
        law(person.number.is_some() || person.extension.is_some(), "a calling user has a line")?;
        if let Some(number) = &person.number {
            let row = state.numbers.get(number);
            law(row.is_some_and(|row| row.location == location), "a user's number is of their location")?;
            law(lines.insert(number.clone()), "a number is one user's")?;
        }
        if let Some(extension) = &person.extension {
            law(lines.insert(format!("{}/{extension}", person.org)), "an extension is one user's")?;
        }
    }
    for location in state.locations.values() {
        let main = location.calling.as_ref().and_then(|calling| calling.main_number.as_ref());
        let there = main.is_none_or(|main| state.numbers.contains_key(main));
        law(there, "a main number exists")?;
    }
    let admins = state.people.values().filter(|person| person.org == org && person.roles.contains("id_full_admin"));
    law(admins.count() > 0, "an organization has a full administrator")?;
    let calling = state.locations.values().filter(|at| at.org == org && at.calling.is_some());
    law(calling.count() > 0, "an organization keeps a calling location")?;
    check_subscribers(&state)
}

fn check_subscribers(state: &State) -> Result<(), String> {
    for (key, customer) in state.customers.iter() {
        let Customer { packages, limits, .. } = customer;
        for (package, limit) in limits {
            let holders = state.subscribers.values().filter(|row| row.customer == *key && row.package == *package);
            if holders.count() as u64 > *limit {
                return Err(format!("the limit of {package} holds"));
            }
            if !packages.contains_key(package) {
                return Err("a limit is for a package of the customer".to_owned());
            }
        }
    }
    for Subscriber { customer, package, .. } in state.subscribers.values() {
        let Some(customer) = state.customers.get(customer) else {
            return Err("a subscriber has a customer".to_owned());
        };
        if !customer.packages.contains_key(package) {
            return Err("a subscriber's package is the customer's".to_owned());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_requests_in_any_order_break_a_law(acts in proptest::collection::vec(act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            for act in &acts {
                world.run(act).await?;
            }
            let state = world.service.sim.state();
            let text = serde_json::to_string(&state).unwrap();
            prop_assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
            Ok::<(), TestCaseError>(())
        })?;
    }
}
