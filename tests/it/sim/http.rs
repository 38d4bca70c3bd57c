//! What every request has in common, and the levers.

use std::io::Write as _;
use std::time::Duration;

use hubform::sim::{Config, Fault, Rule, Simulator, When};
use serde_json::{Value, json};

use super::service::{Service, client, new_customer, quick, reply, text};

#[tokio::test]
async fn every_request_needs_a_token() {
    let service = Service::start().await;
    let url = format!("{}/roles", service.base);
    reply(service.client.get(&url)).await.expect(401);
    reply(service.client.get(&url).header("authorization", "Basic x")).await.expect(401);
    reply(service.client.get(&url).header("authorization", "Bearer  ")).await.expect(401);
    reply(service.client.get(format!("{}/nowhere", service.base))).await.expect(401);
    reply(service.client.get(&url).bearer_auth("anything")).await.expect(200);
}

#[tokio::test]
async fn every_answer_has_a_tracking_id_and_errors_repeat_it() {
    let service = Service::start().await;
    let fine = service.get("/roles").await;
    assert!(fine.header("trackingid").is_some());
    let error = service.get("/wholesale/customers/none").await;
    let id = error.header("trackingid").unwrap();
    assert_ne!(Some(&id), fine.header("trackingid").as_ref());
    let error = error.expect(404);
    assert_eq!(error["trackingId"], json!(id));
    assert_eq!(error["message"], error["errors"][0]["description"]);
}

#[tokio::test]
async fn unknown_paths_methods_and_parameters_are_refused() {
    let service = Service::start().await;
    for (status, method, path) in [
        (404, "GET", "/nowhere"),
        (404, "GET", "/wholesale/customers/a/b"),
        (405, "DELETE", "/wholesale/customers"),
        (405, "PATCH", "/locations"),
        (400, "GET", "/wholesale/customers?externalID=x"),
    ] {
        let reply = service.send(method.parse().unwrap(), path, None).await;
        assert!(reply.header("trackingid").is_some());
        assert!(reply.expect(status)["message"].is_string());
    }
    service.sim.reconfigure(|config| config.unknown_fields = Rule::Allowed);
    service.get("/wholesale/customers?externalID=x").await.expect(200);
    let mut body = new_customer("acme", &["webex_meetings"]);
    body["brandName"] = json!("Acme");
    service.post("/wholesale/customers", body).await.expect(202);
}

#[tokio::test]
async fn a_body_must_be_json_and_say_so_and_be_of_a_fair_size() {
    let service = Service::with(Config { body_limit: 2000, ..quick() }).await;
    let post = |kind: &str, body: String| {
        let url = format!("{}/wholesale/customers", service.base);
        let request = service.client.post(url).bearer_auth("token");
        reply(request.header("content-type", kind.to_owned()).body(body))
    };
    let good = new_customer("acme", &["webex_meetings"]).to_string();
    post("text/plain", good.clone()).await.expect(415);
    post("application/json", "{".to_owned()).await.expect(400);
    post("application/json", "[]".to_owned()).await.expect(400);
    post("application/json", String::new()).await.expect(400);
    post("application/json", "[".repeat(1999)).await.expect(400);
    post("application/json", format!("{good}{}", " ".repeat(2000))).await.expect(413);
    assert!(service.sim.state().customers.is_empty());
    post("application/json; charset=utf-8", good).await.expect(202);
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_never_stops_the_service() {
    let service = Service::start().await;
    let customer = service.telephone_customer().await;
    let (org, location) = (&customer.org, &customer.location);
    let paths = [
        "/wholesale/customers".to_owned(),
        "/wholesale/customers/validate".to_owned(),
        "/wholesale/subscribers".to_owned(),
        "/wholesale/subscribers/validate".to_owned(),
        format!("/locations?orgId={org}"),
        format!("/telephony/config/locations?orgId={org}"),
        format!("/telephony/config/locations/{location}/numbers?orgId={org}"),
        format!("/telephony/config/jobs/numbers/manageNumbers?orgId={org}"),
        format!("/telephony/config/jobs/person/moveLocation?orgId={org}"),
        format!("/telephony/config/actions/validateNumbers/invoke?orgId={org}"),
        "/registry/templates".to_owned(),
    ];
    let values = [Value::Null, json!(1), json!("x"), json!([]), json!([[]]), json!({ "a": {} }), json!("")];
    let names = [
        "packages",
        "customerInfo",
        "address",
        "provisioningParameters",
        "email",
        "customerId",
        "name",
        "id",
        "phoneNumbers",
        "numberList",
        "usersList",
        "spec",
        "orgId",
        "externalId",
        "operation",
    ];
    for path in &paths {
        for value in &values {
            for name in names {
                let mut body = new_customer("other", &["webex_calling"]);
                body[name] = value.clone();
                let reply = service.post(path, body).await;
                assert!(reply.status < 500, "{path} {name} {value}: {}", reply.status);
            }
        }
    }
    service.get("/roles").await.expect(200);
}

fn fault(method: &str, path: &str, status: u16, when: When) -> Fault {
    let (method, path_contains) = (method.to_owned(), path.to_owned());
    Fault { method, path_contains, status, retry_after: None, when }
}

#[tokio::test]
async fn a_fault_strikes_once_before_or_after_the_work() {
    let service = Service::start().await;
    let body = new_customer("acme", &["webex_meetings"]);
    service.sim.fail_next(fault("POST", "/customers", 503, When::BeforeWork));
    service.get("/wholesale/customers").await.expect(200);
    service.post("/wholesale/customers", body.clone()).await.expect(503);
    assert!(service.sim.state().customers.is_empty());

    service.sim.fail_next(fault("POST", "/customers", 500, When::AfterWork));
    service.post("/wholesale/customers", body.clone()).await.expect(500);
    assert_eq!(service.sim.state().customers.len(), 1);
    service.post("/wholesale/customers", body).await.expect(409);

    let limited = Fault { retry_after: Some(7), ..fault("GET", "/roles", 429, When::BeforeWork) };
    service.sim.fail_next(limited);
    let reply = service.get("/roles").await;
    assert_eq!((reply.status, reply.header("retry-after").as_deref()), (429, Some("7")));
    service.get("/roles").await.expect(200);
}

#[tokio::test]
async fn answered_requests_are_remembered_without_the_token() {
    let service = Service::with(Config { remembered_requests: 2, ..quick() }).await;
    service.get("/nowhere").await.expect(404);
    service.get("/wholesale/customers?max=7").await.expect(200);
    let body = new_customer("acme", &["webex_meetings"]);
    service.post("/wholesale/customers", body.clone()).await.expect(202);
    let requests = service.sim.requests();
    let seen: Vec<(&str, &str, &str, u16)> = requests
        .iter()
        .map(|seen| (seen.method.as_str(), seen.path.as_str(), seen.query.as_str(), seen.status))
        .collect();
    assert_eq!(seen, [("GET", "/wholesale/customers", "max=7", 200), ("POST", "/wholesale/customers", "", 202)]);
    assert_eq!(requests[1].body, Some(body));
    assert!(!format!("{requests:?}").contains("token"));
    service.sim.forget_requests();
    assert!(service.sim.requests().is_empty());
}

#[tokio::test]
async fn the_same_calls_give_the_same_state() {
    let run = async || {
        let service = Service::start().await;
        let customer = service.telephone_customer().await;
        service.branch(&customer.org, "Branch").await;
        let line = json!({ "primaryPhoneNumber": super::service::number(101), "extension": "201" });
        let ann = service.subscriber(&customer, "ann", line).await;
        service.delete(&format!("/wholesale/subscribers/{}", text(&ann["id"]))).await.expect(204);
        service.sim.state()
    };
    let (first, second) = (run().await, run().await);
    assert_eq!(first, second);
    assert_eq!(serde_json::to_string(&first).unwrap(), serde_json::to_string(&second).unwrap());
    let written: hubform::sim::State = serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
    assert_eq!(written, first);
}

#[tokio::test]
async fn a_stopped_service_listens_no_more_and_its_state_remains() {
    let service = Service::start().await;
    service.customer("acme", &["webex_meetings"]).await;
    let Service { sim, base, running, client: used, .. } = service;
    running.stop().await;
    assert!(used.get(format!("{base}/roles")).bearer_auth("token").send().await.is_err());
    assert_eq!(sim.state().customers.len(), 1);
    let again = sim.start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let url = format!("{}/wholesale/customers", again.base_url);
    let listed = reply(client().get(url).bearer_auth("token")).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_caller_that_never_finishes_does_not_keep_the_service_from_stopping() {
    let service = Service::start().await;
    let mut stream = std::net::TcpStream::connect(service.running.address).unwrap();
    let half = "POST /v1/wholesale/customers HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{";
    stream.write_all(half.as_bytes()).unwrap();
    // Connections are taken in order: once this one is answered, the other is under way.
    service.get("/roles").await.expect(200);
    let stopped = tokio::time::timeout(Duration::from_mins(1), service.running.stop()).await;
    assert!(stopped.is_ok());
    assert!(stream.peer_addr().is_ok(), "the caller is still there");
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error_that_names_it() {
    let service = Service::start().await;
    let other = Simulator::open(quick()).unwrap();
    let error = other.start(service.running.address).await.unwrap_err();
    assert!(error.to_string().contains(&service.running.address.to_string()), "{error}");
}
