//! A running simulator with a client, and the ways to a provisioned customer.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hubform::sim::{Clock, Config, ManualClock, Running, Simulator};
use reqwest::Method;
use serde_json::{Value, json};

/// An answer, taken apart.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Value,
}

impl Reply {
    pub(super) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().unwrap().to_owned())
    }

    /// The address of the next page.
    pub(super) fn next(&self) -> Option<String> {
        let link = self.header("link")?;
        let url = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
        Some(url.to_owned())
    }
}

/// A customer that is provisioned, with calling.
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) org: String,
    pub(super) location: String,
}

pub(super) struct Service {
    pub(super) sim: Simulator,
    pub(super) clock: ManualClock,
    pub(super) base: String,
    pub(super) running: Running,
    pub(super) client: reqwest::Client,
}

/// A strict configuration without delays, on a clock that stands still.
pub(super) fn quick() -> Config {
    Config {
        clock: Clock::Manual(ManualClock::default()),
        provisioning_delay: Duration::ZERO,
        extra_provisioning_ids: ["template-1".to_owned()].into(),
        ..Config::default()
    }
}

pub(super) fn client() -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Service {
    pub(super) async fn start() -> Self {
        Self::with(quick()).await
    }

    pub(super) async fn with(config: Config) -> Self {
        let Clock::Manual(clock) = config.clock.clone() else {
            panic!("tests run on a manual clock");
        };
        let sim = Simulator::open(config).unwrap();
        let running = sim.start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let base = running.base_url.clone();
        Self { sim, clock, base, running, client: client() }
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let url = match path {
            whole if whole.starts_with("http") => whole.to_owned(),
            scim if scim.starts_with("/identity/scim/") => format!("{}{scim}", self.base.strip_suffix("/v1").unwrap()),
            below => format!("{}{below}", self.base),
        };
        let mut request = self.client.request(method, url).bearer_auth("token");
        if let Some(body) = body {
            request = request.json(&body);
        }
        reply(request).await
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub(super) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// Makes a customer and waits until it is done; reaches its organization.
    pub(super) async fn customer(&self, external_id: &str, packages: &[&str]) -> Customer {
        let id = self.post_customer(external_id, packages).await;
        let customer = self.get(&format!("/wholesale/customers/{id}")).await.expect(200);
        assert_eq!(customer["status"], "provisioned", "{customer}");
        let org = text(&customer["orgId"]);
        self.get(&format!("/organizations/{org}")).await.expect(200);
        let locations = self.get(&format!("/locations?orgId={org}")).await.expect(200);
        let location = locations["items"][0]["id"].as_str().unwrap_or_default().to_owned();
        Customer { id, org, location }
    }

    /// Makes a customer and returns its id.
    pub(super) async fn post_customer(&self, external_id: &str, packages: &[&str]) -> String {
        let body = new_customer(external_id, packages);
        let answer = self.post("/wholesale/customers", body).await.expect(202);
        let url = text(&answer["url"]);
        url.rsplit('/').next().unwrap().to_owned()
    }

    /// Makes a customer with the usual packages, whose headquarters has a trunk and ten numbers.
    pub(super) async fn telephone_customer(&self) -> Customer {
        let customer = self.customer("acme", &["webex_calling", "webex_meetings"]).await;
        self.set_trunk(&customer.org, &customer.location).await;
        self.add_numbers(&customer.org, &customer.location, 100..110).await;
        customer
    }

    pub(super) async fn set_trunk(&self, org: &str, location: &str) {
        let choices = self.get(&format!("/telephony/config/routeChoices?orgId={org}&trunkName=Main")).await;
        let route = text(&choices.expect(200)["routeIdentities"][0]["id"]);
        self.put(
            &format!("/telephony/pstn/locations/{location}/connection?orgId={org}"),
            json!({ "premiseRouteType": "TRUNK", "premiseRouteId": route }),
        )
        .await
        .expect(204);
    }

    /// Adds the numbers `+14085550NNN`.
    pub(super) async fn add_numbers(&self, org: &str, location: &str, range: std::ops::Range<u32>) {
        let numbers: Vec<String> = range.map(number).collect();
        self.post(
            &format!("/telephony/config/locations/{location}/numbers?orgId={org}"),
            json!({ "phoneNumbers": numbers }),
        )
        .await
        .expect(201);
    }

    /// Makes a second location with calling, and returns its id.
    pub(super) async fn branch(&self, org: &str, name: &str) -> String {
        let mut body = new_location(name);
        let location = self.post(&format!("/locations?orgId={org}"), body.clone()).await;
        let id = text(&location.expect(201)["id"]);
        body["id"] = json!(id);
        self.post(&format!("/telephony/config/locations?orgId={org}"), body).await.expect(201);
        id
    }

    /// Makes a calling subscriber, and returns it.
    pub(super) async fn subscriber(&self, customer: &Customer, name: &str, line: Value) -> Value {
        self.post("/wholesale/subscribers", new_subscriber(customer, name, line)).await.expect(200)
    }

    pub(super) async fn person(&self, id: &Value) -> Value {
        let id = text(id);
        self.get(&format!("/people/{id}?callingData=true")).await.expect(200)
    }

    pub(super) async fn numbers(&self, org: &str, filter: &str) -> Vec<Value> {
        let numbers = self.get(&format!("/telephony/config/numbers?orgId={org}{filter}")).await.expect(200);
        numbers["phoneNumbers"].as_array().unwrap().clone()
    }
}

pub(super) async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Reply { status, headers, body }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

pub(super) fn number(n: u32) -> String {
    format!("+1408555{n:04}")
}

pub(super) fn address() -> Value {
    json!({
        "addressLine1": "771 Alder Drive",
        "city": "Milpitas",
        "stateOrProvince": "CA",
        "zipOrPostalCode": "95035",
        "country": "US",
    })
}

/// The body of a customer POST; with a headquarters if a package brings calling.
pub(super) fn new_customer(external_id: &str, packages: &[&str]) -> Value {
    let mut body = json!({
        "provisioningId": "template-1",
        "packages": packages,
        "externalId": external_id,
        "customerInfo": {
            "name": format!("{external_id} Inc."),
            "primaryEmail": format!("admin@{external_id}.example"),
            "language": "en_US",
        },
        "address": address(),
    });
    if packages.iter().any(|package| !["webex_meetings", "cx_voice_ports"].contains(package)) {
        body["provisioningParameters"] = json!({ "calling": { "location": headquarters() } });
    }
    body
}

pub(super) fn headquarters() -> Value {
    json!({
        "name": "Head Office",
        "address": address(),
        "timezone": "America/Los_Angeles",
        "language": "en_us",
    })
}

/// The body of a location POST.
pub(super) fn new_location(name: &str) -> Value {
    json!({
        "name": name,
        "timeZone": "America/Los_Angeles",
        "preferredLanguage": "en_us",
        "announcementLanguage": "en_us",
        "address": {
            "address1": "1 Main St",
            "city": "San Jose",
            "state": "CA",
            "postalCode": "95110",
            "country": "US",
        },
    })
}

/// The body of a subscriber POST for `webex_calling` at the headquarters.
#[expect(clippy::needless_pass_by_value, reason = "it is a literal at every call")]
pub(super) fn new_subscriber(customer: &Customer, name: &str, line: Value) -> Value {
    let mut parameters = json!({ "firstName": name, "lastName": "Lee" });
    if !customer.location.is_empty() {
        parameters["locationId"] = json!(customer.location);
    }
    for (key, value) in line.as_object().unwrap() {
        parameters[key] = value.clone();
    }
    json!({
        "customerId": customer.id,
        "email": format!("{name}@acme.example"),
        "packages": ["webex_calling"],
        "provisioningParameters": parameters,
    })
}
