//! One partner's year on the simulator: every operation of the descriptions, with the error ways that matter.
//!
//! It is written from the documents, not from what the simulator does. Chapters build on each other; an operation that
//! is not served, or answers with another status than the documents let expect, is noted, and the walk goes on.

mod calling;
mod jobs;
mod partner;
mod people;
mod places;
mod scim;
mod wholesale;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use hubform::sim::{AddAgain, Clock, Config, Envelope, ErrorStatus, ManualClock, OrgIdShown, Simulator, SubPartner};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    exchange::{Exchange, Service},
    operation::Operation,
};

/// What came of the walk.
pub struct Walked {
    pub exchanges: Vec<Exchange>,
    /// What an operation did otherwise than expected.
    pub notes: BTreeMap<Operation, Vec<String>>,
    /// The operations that were done.
    pub done: BTreeSet<Operation>,
}

/// An answer.
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Reply {
    /// Returns a text of the body by its JSON pointer; what is not there reads as an id that nothing has.
    pub fn text(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or(NOTHING).to_owned()
    }

    /// Returns the address of the next page.
    pub fn next(&self) -> Option<String> {
        let link = self.headers.get("link")?.strip_prefix('<')?;
        link.split('>').next().map(str::to_owned)
    }

    /// Returns the last part of the `Location` header.
    pub fn location_id(&self) -> String {
        let location = self.headers.get("location").and_then(|url| url.rsplit('/').next());
        location.unwrap_or(NOTHING).to_owned()
    }
}

/// Stands for an id that an earlier step did not get.
const NOTHING: &str = "nothing";

pub struct Walk {
    pub service: Service,
    clock: ManualClock,
    http: reqwest::Client,
    served: BTreeSet<Operation>,
    notes: BTreeMap<Operation, Vec<String>>,
    done: BTreeSet<Operation>,
    exchanges: Vec<Exchange>,
}

const SLOW: Duration = Duration::from_mins(1);

/// A request on its way to be sent.
#[must_use = "a step does something when its status is awaited"]
pub struct Step<'a> {
    walk: &'a mut Walk,
    operation: Operation,
    ids: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    wrong: bool,
}

impl Step<'_> {
    /// Fills the next open part of the path.
    pub fn id(mut self, id: &str) -> Self {
        self.ids.push(id.to_owned());
        self
    }

    pub fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, value.to_owned()));
        self
    }

    pub fn org(self, org: &str) -> Self {
        self.query("orgId", org)
    }

    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Says that the request is one that the documents do not allow.
    pub fn wrong(mut self) -> Self {
        self.wrong = true;
        self
    }

    /// Sends it, and expects a status.
    pub async fn expect(self, status: u16) -> Reply {
        self.expect_one_of(&[status]).await
    }

    /// Sends it, and expects a status where the documents leave a choice.
    pub async fn expect_one_of(self, statuses: &[u16]) -> Reply {
        let Self { walk, operation, ids, query, body, wrong } = self;
        let mut url = walk.service.base.clone();
        if operation.path.starts_with("/identity/scim/") {
            url.truncate(url.len() - "/v1".len());
        }
        let mut ids = ids.iter();
        for part in operation.path.split('/').skip(1) {
            url.push('/');
            if part.starts_with('{') {
                let id = ids.next().expect("every open part of a path is filled");
                url.extend(percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC));
            } else {
                url.push_str(part);
            }
        }
        assert!(ids.next().is_none(), "{operation} has fewer open parts");
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let mut request = walk.http.request(method, url).bearer_auth("token").query(&query);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let reply = reply(request).await;
        if wrong {
            walk.service.record.mark_wrong();
        }
        if !walk.served.contains(&operation.nameless()) {
            walk.note(operation, "it is not served".to_owned());
        } else if !statuses.contains(&reply.status) {
            let expected: Vec<String> = statuses.iter().map(ToString::to_string).collect();
            let note = format!("it answered {}, not {}: {}", reply.status, expected.join(" or "), reply.body);
            walk.note(operation, note);
        } else if reply.status < 400 {
            walk.done.insert(operation);
        }
        reply
    }
}

async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let headers = headers.collect();
    let bytes = response.bytes().await.unwrap();
    Reply { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
}

impl Walk {
    /// Walks from an empty service to one that is taken down again, twice: as strict as the simulator is by itself, and
    /// with every switch the other way that changes what an answer looks like. Where a request is refused in one of
    /// them alone, the strict one counts.
    pub async fn whole() -> Walked {
        let mut walked = Self::through(strict()).await;
        walked.exchanges.extend(Self::through(otherwise()).await.exchanges);
        walked
    }

    async fn through(config: Config) -> Walked {
        let Clock::Manual(clock) = config.clock.clone() else { unreachable!("both have one that is moved by hand") };
        let service = Service::start(Simulator::open(config).unwrap()).await;
        rustls::crypto::ring::default_provider().install_default().ok();
        let mut walk = Self {
            service,
            clock,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            served: served(),
            notes: BTreeMap::new(),
            done: BTreeSet::new(),
            exchanges: Vec::new(),
        };
        let acme = wholesale::customers(&mut walk).await;
        partner::organizations(&mut walk, &acme).await;
        places::locations(&mut walk, &acme).await;
        let office = places::telephone(&mut walk, &acme).await;
        calling::numbers(&mut walk, &acme).await;
        calling::mobile(&mut walk, &acme).await;
        calling::settings(&mut walk, &acme).await;
        calling::emergency(&mut walk, &acme).await;
        let ann = wholesale::subscribers(&mut walk, &acme).await;
        people::people(&mut walk, &acme, &ann).await;
        people::licenses(&mut walk, &acme, &ann).await;
        people::numbers(&mut walk, &acme, &ann).await;
        scim::users(&mut walk, &acme).await;
        jobs::routing_prefix(&mut walk, &acme).await;
        jobs::moves(&mut walk, &acme, &ann, &office).await;
        jobs::manage_numbers(&mut walk, &acme, &office).await;
        jobs::disable_calling(&mut walk, &acme, &office).await;
        wholesale::sub_partners_and_bills(&mut walk).await;
        partner::administrators(&mut walk, &acme).await;
        partner::tags(&mut walk, &acme).await;
        partner::webhooks(&mut walk).await;
        partner::service_app(&mut walk).await;
        wholesale::end(&mut walk, &acme, &ann).await;
        partner::end(&mut walk, &acme).await;
        walk.exchanges.extend(walk.service.record.take());
        Walked { exchanges: walk.exchanges, notes: walk.notes, done: walk.done }
    }

    fn note(&mut self, operation: Operation, note: String) {
        let notes = self.notes.entry(operation).or_default();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    fn step(&mut self, method: &str, path: &str) -> Step<'_> {
        let operation = Operation::new(method, path);
        Step { walk: self, operation, ids: Vec::new(), query: Vec::new(), body: None, wrong: false }
    }

    pub fn get(&mut self, path: &str) -> Step<'_> {
        self.step("GET", path)
    }

    pub fn post(&mut self, path: &str) -> Step<'_> {
        self.step("POST", path)
    }

    pub fn put(&mut self, path: &str) -> Step<'_> {
        self.step("PUT", path)
    }

    pub fn patch(&mut self, path: &str) -> Step<'_> {
        self.step("PATCH", path)
    }

    pub fn delete(&mut self, path: &str) -> Step<'_> {
        self.step("DELETE", path)
    }

    /// Lets work take its time from now on.
    pub fn slow_down(&self) {
        self.service.sim.reconfigure(|config| config.provisioning_delay = SLOW);
    }

    /// Lets what is under way come to its end, and further work take no time.
    pub fn let_pass(&self) {
        self.clock.advance(SLOW * 2);
        self.service.sim.reconfigure(|config| config.provisioning_delay = Duration::ZERO);
    }

    /// Follows a link of the service.
    pub async fn open(&self, url: &str) -> Reply {
        reply(self.http.get(url).bearer_auth("token")).await
    }

    /// Follows `Link` to the end of a list, and returns how many further pages there were.
    pub async fn follow(&mut self, mut reply: Reply) -> usize {
        let mut pages = 0;
        while let Some(next) = reply.next() {
            reply = self.open(&next).await;
            pages += 1;
            assert!(pages < 1000, "the list has no end");
        }
        pages
    }
}

/// Returns what the simulator says that it serves, without the names of open parts.
pub fn served() -> BTreeSet<Operation> {
    let description = hubform::sim::openapi();
    let paths = description["paths"].as_object().expect("a description has paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let path = path.strip_prefix("/v1").unwrap_or(path);
        item.as_object().into_iter().flatten().map(move |(method, _)| Operation::new(method, path).nameless())
    });
    operations.collect()
}

/// The simulator as strict as it is by itself, with something of everything that can go wrong.
fn strict() -> Config {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    Config {
        clock: Clock::Manual(ManualClock::default()),
        provisioning_delay: Duration::ZERO,
        page_size: Some(3),
        extra_provisioning_ids: names(&["template-1"]),
        pending_emails: names(&["free@acme.example"]),
        failing_packages: [("troubled".to_owned(), names(&["webex_calling"]))].into(),
        broken_packages: [("broken".to_owned(), names(&["webex_meetings"]))].into(),
        failing_customers: [("failed".to_owned(), 10_022)].into(),
        reviewed_customers: names(&["reviewed"]),
        jobless_prefixes: names(&["84"]),
        unknown_streets: names(&["1 Nowhere St"]),
        sub_partners: ["North", "South"].map(SubPartner::named).into(),
        partner_admins: names(&["pat@acme-voice.example"]),
        ..Config::default()
    }
}

/// The other reading of everything that shows in answers.
fn otherwise() -> Config {
    Config {
        org_id_shown: OrgIdShown::OnceMade,
        sub_partner_envelope: Envelope::SubPartners,
        removed_customer_status: ErrorStatus::Gone,
        unknown_sub_partner_status: ErrorStatus::BadRequest,
        subscriber_again: ErrorStatus::BadRequest,
        language_in_location_detail: true,
        not_calling_status: ErrorStatus::BadRequest,
        unset_pstn_status: ErrorStatus::BadRequest,
        second_number_add: AddAgain::Ignored,
        spaced_numbers: false,
        ..strict()
    }
}

/// A customer with calling.
pub struct Acme {
    pub customer: String,
    pub org: String,
    /// The headquarters.
    pub location: String,
}

impl Acme {
    /// Returns the UUID inside the organization's id.
    pub fn org_uuid(&self) -> String {
        uuid(&self.org)
    }
}

/// Returns the UUID inside an id.
pub fn uuid(id: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(id).unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    text.rsplit('/').next().filter(|uuid| !uuid.is_empty()).unwrap_or(NOTHING).to_owned()
}

/// Returns an id in the form of the service, of something that is not there.
pub fn stranger(kind: &str) -> String {
    use base64::Engine as _;
    let text = format!("ciscospark://us/{kind}/00000000-0000-4000-8000-000000000000");
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// An address as wholesale endpoints have it.
pub fn billing_address() -> Value {
    json!({
        "addressLine1": "771 Alder Drive",
        "addressLine2": "Site 5",
        "city": "Milpitas",
        "stateOrProvince": "CA",
        "zipOrPostalCode": "95035",
        "country": "US",
    })
}

/// An address as locations have it.
pub fn place_address() -> Value {
    json!({
        "address1": "1 Main St",
        "address2": "Suite 2",
        "city": "San Jose",
        "state": "CA",
        "postalCode": "95110",
        "country": "US",
    })
}

pub fn number(n: u32) -> String {
    format!("+1408555{n:04}")
}
