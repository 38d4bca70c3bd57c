//! Each kind of fault, over real HTTP; and that they replay.

use std::error::Error as _;
use std::time::Duration;

use hubform::sim::{Config, Faults};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::service::{Customer, Service, new_customer, new_subscriber, number, quick, text};

fn rules(rules: &Value) -> Faults {
    Faults::parse(&json!({ "rules": rules }).to_string()).unwrap()
}

/// One rule without conditions.
fn rule(name: &str, fault: &Value) -> Faults {
    rules(&json!([{ "name": name, "fault": fault }]))
}

impl Service {
    fn afflict(&self, faults: Faults) {
        self.sim.set_faults(faults).unwrap();
    }

    fn struck(&self, name: &str) -> u64 {
        self.sim.faults_struck().get(name).copied().unwrap_or(0)
    }

    /// Sends a request whose answer may not come, or not whole.
    async fn attempt(&self, method: Method, path: &str, body: Option<Value>) -> Result<(StatusCode, String), String> {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).bearer_auth("token");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let all = async {
            let response = request.send().await?;
            Ok((response.status(), response.text().await?))
        };
        all.await.map_err(|error: reqwest::Error| {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(deeper) = source {
                text = format!("{text}: {deeper}");
                source = deeper.source();
            }
            text
        })
    }
}

#[tokio::test]
async fn latency_holds_an_answer_back() {
    let service = Service::start().await;
    service.afflict(rule("slow", &json!({ "kind": "latency", "time": { "fixed": "1h" } })));
    let request = service.attempt(Method::GET, "/roles", None);
    assert!(tokio::time::timeout(Duration::from_millis(200), request).await.is_err(), "the answer came");
    for time in
        [json!({ "uniform": { "from": "0s", "to": "2ms" } }), json!({ "longTail": { "usual": "1ms", "most": "4ms" } })]
    {
        service.afflict(rule("slow", &json!({ "kind": "latency", "time": time })));
        service.get("/roles").await.expect(200);
        assert_eq!(service.struck("slow"), 1);
    }
}

#[tokio::test]
async fn an_error_comes_before_or_after_the_work() {
    let service = Service::start().await;
    let creates = |status: u16, at: &str| {
        rules(&json!([{
            "name": "error",
            "requests": { "methods": ["POST"], "paths": ["/wholesale/customers"] },
            "when": { "first": 1 },
            "fault": { "kind": "status", "status": status, "at": at },
        }]))
    };
    for (at, customers) in [("before", 0), ("after", 1)] {
        for (n, status) in [500, 502, 503, 504, 400].into_iter().enumerate() {
            service.afflict(creates(status, at));
            let before = service.sim.state().customers.len();
            let body = new_customer(&format!("{at}-{n}"), &["webex_meetings"]);
            let answer = service.post("/wholesale/customers", body).await.expect(status);
            assert!(answer["trackingId"].is_string(), "{answer}");
            assert_eq!(service.sim.state().customers.len() - before, customers, "{status} {at}");
            assert_eq!(service.struck("error"), 1);
        }
    }
    assert_eq!(service.sim.requests().last().unwrap().status, 400);
}

#[tokio::test]
async fn throttling_locks_and_expiry_are_statuses_with_and_without_a_time() {
    let service = Service::start().await;
    let answers = |status: u16, retry_after: Option<u64>| {
        let mut fault = json!({ "kind": "status", "status": status });
        if let Some(seconds) = retry_after {
            fault["retryAfter"] = json!(seconds);
        }
        rules(&json!([{ "name": "it", "when": { "first": 1, "lasts": 2 }, "fault": fault }]))
    };
    for (status, seconds) in [(429, Some(3)), (429, None), (423, None), (401, None), (403, None)] {
        service.afflict(answers(status, seconds));
        for _ in 0..2 {
            let reply = service.get("/roles").await;
            assert_eq!(reply.header("retry-after"), seconds.map(|seconds| seconds.to_string()));
            reply.expect(status);
        }
        service.get("/roles").await.expect(200);
    }
}

#[tokio::test]
async fn the_page_of_a_gateway_is_html_or_nothing() {
    let service = Service::start().await;
    for (body, begins, kind) in [("html", "<html>", Some("text/html")), ("empty", "", None)] {
        service.afflict(rule("gateway", &json!({ "kind": "status", "status": 502, "body": body })));
        let request = service.client.get(format!("{}/roles", service.base)).bearer_auth("token");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 502);
        assert_eq!(response.headers().get("content-type").and_then(|kind| kind.to_str().ok()), kind);
        let text = response.text().await.unwrap();
        assert!(text.starts_with(begins) && text.is_empty() == begins.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn a_connection_ends_without_an_answer_before_or_after_the_work() {
    let service = Service::start().await;
    let mut customers = 0;
    for how in ["reset", "closed"] {
        for at in ["before", "after"] {
            let only = json!({ "methods": ["POST"] });
            let fault = json!({ "kind": "noAnswer", "how": how, "at": at });
            service.afflict(rules(&json!([{ "name": "gone", "requests": only, "fault": fault }])));
            let body = new_customer(&format!("{how}-{at}"), &["webex_meetings"]);
            let ended = service.attempt(Method::POST, "/wholesale/customers", Some(body)).await;
            assert!(ended.is_err(), "{ended:?}");
            customers += usize::from(at == "after");
            assert_eq!(service.sim.state().customers.len(), customers, "{how} {at}");
            assert_eq!(service.sim.requests().last().unwrap().status, 0);
        }
    }
    service.get("/roles").await.expect(200);
}

#[tokio::test]
async fn a_reset_is_a_reset_and_an_end_is_an_end() {
    let service = Service::start().await;
    for (how, is_reset) in [("reset", true), ("closed", false)] {
        service.afflict(rule("gone", &json!({ "kind": "noAnswer", "how": how })));
        let mut stream = TcpStream::connect(service.running.address).await.unwrap();
        stream.write_all(b"GET /v1/roles HTTP/1.1\r\nhost: a\r\nauthorization: Bearer t\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        let end = stream.read_to_end(&mut answer).await;
        assert!(answer.is_empty(), "{answer:?}");
        match end {
            Ok(_) => assert!(!is_reset, "the connection ended in order"),
            Err(error) => assert!(is_reset && error.kind() == std::io::ErrorKind::ConnectionReset, "{error}"),
        }
    }
}

#[tokio::test]
async fn a_good_answer_is_cut_or_no_json_and_its_work_is_done() {
    let service = Service::start().await;
    for how in ["truncated", "html", "empty"] {
        service.afflict(rules(&json!([{
            "name": "garbled",
            "requests": { "methods": ["POST"] },
            "fault": { "kind": "garbled", "how": how },
        }])));
        let body = new_customer(how, &["webex_meetings"]);
        let answer = service.attempt(Method::POST, "/wholesale/customers", Some(body)).await;
        match (how, answer) {
            ("truncated", Err(_)) => {}
            ("html", Ok((StatusCode::ACCEPTED, text))) if text.starts_with("<html>") => {}
            ("empty", Ok((StatusCode::ACCEPTED, text))) if text.is_empty() => {}
            (_, other) => panic!("{how}: {other:?}"),
        }
        let customers = service.get(&format!("/wholesale/customers?externalId={how}")).await.expect(200);
        assert_eq!(customers["items"].as_array().unwrap().len(), 1);
    }
    // The head and half of the body do come.
    service.afflict(rule("garbled", &json!({ "kind": "garbled", "how": "truncated" })));
    let mut stream = TcpStream::connect(service.running.address).await.unwrap();
    stream.write_all(b"GET /v1/roles HTTP/1.1\r\nhost: a\r\nauthorization: Bearer t\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let announced: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert_eq!(body.len(), announced / 2, "{head}");
    // A refusal is not garbled.
    service.get("/wholesale/customers/nobody").await.expect(404);
}

#[tokio::test]
async fn pages_are_short_and_lead_on() {
    let service = Service::start().await;
    service.afflict(rule("short", &json!({ "kind": "shortPages", "items": 3 })));
    let mut url = "/roles".to_owned();
    service.get(&url).await.expect(200);
    url = "/wholesale/customers?max=100".to_owned();
    for n in 0..7 {
        service.post_customer(&format!("c{n}"), &["webex_meetings"]).await;
    }
    let mut sizes = Vec::new();
    loop {
        let reply = service.get(&url).await;
        let next = reply.next();
        sizes.push(reply.expect(200)["items"].as_array().unwrap().len());
        match next {
            Some(next) => url = next,
            None => break,
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
}

#[tokio::test]
async fn an_item_vanishes_from_a_list_and_is_there_all_the_same() {
    let service = Service::start().await;
    let id = service.post_customer("acme", &["webex_meetings"]).await;
    service.post_customer("other", &["webex_meetings"]).await;
    service.afflict(rule("missing", &json!({ "kind": "missing", "items": 1 })));
    let listed = service.get("/wholesale/customers").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let keyed = service.get("/wholesale/customers?externalId=acme").await.expect(200);
    assert_eq!(keyed["items"], json!([]));
    service.get(&format!("/wholesale/customers/{id}")).await.expect(200);
    assert_eq!(service.struck("missing"), 2);
}

#[tokio::test]
async fn lists_lag_behind_and_things_themselves_do_not() {
    let service = Service::start().await;
    service.afflict(rule("stale", &json!({ "kind": "stale", "upTo": "10s" })));
    let id = service.post_customer("acme", &["webex_meetings"]).await;
    service.clock.advance(Duration::from_secs(4));
    let mut seen = [0, 0];
    for _ in 0..40 {
        let list = service.get("/wholesale/customers?externalId=acme").await.expect(200);
        seen[list["items"].as_array().unwrap().len()] += 1;
        service.get(&format!("/wholesale/customers/{id}")).await.expect(200);
    }
    assert!(seen[0] > 5 && seen[1] > 5, "{seen:?}");
    service.clock.advance(Duration::from_secs(7));
    for _ in 0..20 {
        let list = service.get("/wholesale/customers?externalId=acme").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn provisioning_takes_its_time() {
    let service = Service::start().await;
    service.afflict(rule("slow", &json!({ "kind": "provisioning", "time": { "fixed": "30s" } })));
    let id = service.post_customer("acme", &["webex_meetings"]).await;
    let status = async || service.get(&format!("/wholesale/customers/{id}")).await.expect(200)["status"].clone();
    service.clock.advance(Duration::from_secs(29));
    assert_eq!(status().await, "provisioning");
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(status().await, "provisioned");
}

#[tokio::test]
async fn a_package_fails_with_a_warning_and_heals_by_itself_or_by_a_change() {
    for heals_by_itself in [true, false] {
        let service = Service::start().await;
        let mut fault = json!({ "kind": "provisionedWithErrors" });
        if heals_by_itself {
            fault["healsAfter"] = json!("1m");
        }
        service.afflict(rules(&json!([{ "name": "fails", "when": { "first": 1 }, "fault": fault }])));
        let id = service.post_customer("acme", &["webex_calling"]).await;
        let path = format!("/wholesale/customers/{id}");
        let customer = service.get(&path).await.expect(200);
        assert_eq!(customer["status"], "provisioned_with_errors", "{customer}");
        let package = &customer["resourceDetails"]["packages"][0];
        assert_eq!(package["status"], "error", "{package}");
        assert_eq!(package["warnings"][0]["errorCode"], 2560, "{package}");
        if heals_by_itself {
            service.clock.advance(Duration::from_mins(1));
        } else {
            let body = json!({ "packages": ["webex_calling"], "externalId": "acme" });
            service.put(&path, body).await.expect(202);
        }
        let customer = service.get(&path).await.expect(200);
        assert_eq!(customer["status"], "provisioned", "{customer}");
        let org = text(&customer["orgId"]);
        service.get(&format!("/organizations/{org}")).await.expect(200);
        let locations = service.get(&format!("/locations?orgId={org}")).await.expect(200);
        assert_eq!(locations["items"].as_array().unwrap().len(), 1, "the headquarters is made once");
    }
}

#[tokio::test]
async fn a_customer_is_reviewed_before_it_is_provisioned() {
    let service = Service::start().await;
    service.afflict(rule("review", &json!({ "kind": "pendingRplReview", "time": { "fixed": "1h" } })));
    let id = service.post_customer("acme", &["webex_meetings"]).await;
    let path = format!("/wholesale/customers/{id}");
    let customer = service.get(&path).await.expect(200);
    assert_eq!((&customer["status"], customer.get("orgId")), (&json!("pending_rpl_review"), None));
    let reviewed = service.get("/wholesale/customers?status=pending_rpl_review").await.expect(200);
    assert_eq!(reviewed["items"].as_array().unwrap().len(), 1);
    service.put(&path, json!({ "packages": ["webex_meetings"], "externalId": "acme" })).await.expect(409);
    service.clock.advance(Duration::from_hours(1));
    assert_eq!(service.get(&path).await.expect(200)["status"], "provisioned");
}

#[tokio::test]
async fn the_owner_of_a_free_account_consents_later_or_when_told() {
    for by_itself in [true, false] {
        let service = Service::start().await;
        let customer = service.telephone_customer().await;
        let mut fault = json!({ "kind": "pendingUserMigration" });
        if by_itself {
            fault["consentsAfter"] = json!("1m");
        }
        service.afflict(rule("consent", &fault));
        let line = json!({ "primaryPhoneNumber": number(101), "extension": "201" });
        let body = new_subscriber(&customer, "ann", line);
        let subscriber = service.post("/wholesale/subscribers", body).await.expect(202);
        let path = format!("/wholesale/subscribers/{}", text(&subscriber["id"]));
        assert_eq!(service.get(&path).await.expect(200)["status"], "pending_user_migration");
        if by_itself {
            service.clock.advance(Duration::from_mins(1));
        } else {
            service.sim.complete_migration("ann@acme.example").unwrap();
        }
        let subscriber = service.get(&path).await.expect(200);
        assert_eq!(subscriber["status"], "provisioned");
        let person = service.person(&subscriber["personId"]).await;
        assert_eq!((&person["firstName"], &person["extension"]), (&json!("ann"), &json!("201")));
    }
}

#[tokio::test]
async fn a_change_is_carried_out_in_part_and_answers_an_error() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let ann = service.subscriber(&customer, "ann", json!({ "extension": "201" })).await;
    let mut person = service.person(&ann["personId"]).await;
    let path = format!("/people/{}?callingData=true", text(&ann["personId"]));
    // Read as a text, written as a flag.
    person["loginEnabled"] = json!(true);
    person["lastName"] = json!("Ray");
    person["extension"] = json!("202");
    person["phoneNumbers"] = json!([]);
    service.afflict(rule(
        "partly",
        &json!({
            "kind": "partlyApplied", "drops": ["extension", "phoneNumbers"], "status": 500,
        }),
    ));
    service.put(&path, person.clone()).await.expect(500);
    let found = service.person(&ann["personId"]).await;
    assert_eq!((&found["lastName"], &found["extension"]), (&json!("Ray"), &json!("201")));
    service.sim.clear_faults();
    service.put(&path, person).await.expect(200);
    assert_eq!(service.person(&ann["personId"]).await["extension"], "202");
}

#[tokio::test]
async fn a_job_completes_with_everything_failed_inside() {
    let service = Service::start().await;
    let Customer { id: _, org, location } = service.telephone_customer().await;
    let branch = service.branch(&org, "Branch").await;
    service.afflict(rules(&json!([{ "name": "job", "when": { "first": 1 }, "fault": { "kind": "jobFails" } }])));
    let jobs = "/telephony/config/jobs/locations/deleteCallingLocation";
    let start = async || {
        let body = json!({ "locationId": branch, "locationName": "Branch" });
        let job = service.post(&format!("{jobs}?orgId={org}"), body).await.expect(202);
        service.get(&format!("{jobs}/{}?orgId={org}", text(&job["id"]))).await.expect(200)
    };
    let job = start().await;
    assert_eq!(job["latestExecutionStatus"], "COMPLETED", "{job}");
    assert_eq!(job["latestExecutionExitCode"], "COMPLETED_WITH_ERRORS", "{job}");
    let errors = service.get(&format!("{jobs}/{}/errors?orgId={org}", text(&job["id"]))).await.expect(200);
    assert_eq!(errors["items"].as_array().unwrap().len(), 1);
    let calling = async || service.get(&format!("/telephony/config/locations/{branch}?orgId={org}")).await.status;
    assert_eq!(calling().await, 200);
    assert_eq!(start().await["latestExecutionExitCode"], "COMPLETED");
    assert_eq!(calling().await, 404);
    assert_ne!(location, branch);
}

#[tokio::test]
async fn the_same_seed_and_requests_meet_the_same_faults() {
    let faults = Faults::profile("flaky").unwrap();
    let run = async |seed: u64| {
        let service = Service::with(Config { page_size: Some(2), ..quick() }).await;
        service.afflict(faults.clone().with_seed(seed));
        let mut answers = Vec::new();
        for n in 0..120 {
            let path = ["/roles", "/wholesale/customers", "/people/me"][n % 3];
            answers.push(service.attempt(Method::GET, path, None).await.map(|(status, _)| status).ok());
        }
        (answers, service.sim.faults_struck())
    };
    let (first, again, other) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert!(first.1.len() > 1, "{:?}", first.1);
}

#[tokio::test]
async fn targets_are_counted_by_themselves_where_a_rule_says_so() {
    let service = Service::start().await;
    let each = json!({ "every": 2, "per": "target" });
    service.afflict(rules(&json!([{ "name": "each", "when": each, "fault": { "kind": "status", "status": 503 } }])));
    let mut statuses = Vec::new();
    for path in ["/roles", "/people/me", "/roles", "/people/me", "/roles"] {
        statuses.push(service.attempt(Method::GET, path, None).await.unwrap().0.as_u16());
    }
    assert_eq!(statuses, [200, 200, 503, 503, 200]);
    assert_eq!(service.struck("each"), 2);
}

#[tokio::test]
async fn of_two_faults_that_take_the_answer_the_first_does_and_counts() {
    let service = Service::start().await;
    service.afflict(rules(&json!([
        { "name": "most", "when": { "most": 2 }, "fault": { "kind": "status", "status": 503 } },
        { "name": "last", "fault": { "kind": "status", "status": 500 } },
    ])));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(service.attempt(Method::GET, "/roles", None).await.unwrap().0.as_u16());
    }
    assert_eq!(statuses, [503, 503, 500]);
    assert_eq!((service.struck("most"), service.struck("last")), (2, 1));
    service.sim.clear_faults();
    service.get("/roles").await.expect(200);
    assert!(service.sim.faults_struck().is_empty());
}

#[test]
fn rules_that_make_no_sense_are_refused_with_the_reason() {
    let wrong = [
        (json!([{ "name": "a", "fault": { "kind": "earthquake" } }]), "unknown variant `earthquake`"),
        (json!([{ "name": "a", "fault": { "kind": "jobFails" }, "often": true }]), "unknown field `often`"),
        (
            json!([{ "name": "a", "fault": { "kind": "status", "status": 200 } }]),
            "the rule `a` has the status 200, which is no error",
        ),
        (
            json!([{ "name": "a", "requests": { "paths": ["/v1/people"] }, "fault": { "kind": "jobFails" } }]),
            "`/v1/people`, which no endpoint has",
        ),
        (json!([{ "name": "a", "when": { "probability": 3.0 }, "fault": { "kind": "jobFails" } }]), "probability 3"),
        (
            json!([{ "name": "a", "fault": { "kind": "jobFails" } }, { "name": "a", "fault": { "kind": "jobFails" } }]),
            "the rule `a` stands twice",
        ),
        (json!([{ "name": "a", "fault": { "kind": "shortPages", "items": 0 } }]), "pages of no items"),
    ];
    for (rules, expected) in wrong {
        let error = Faults::parse(&json!({ "rules": rules }).to_string()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(Faults::parse("{\n \"rules\": [1]}").unwrap_err().to_string().contains("line 2"));
}
