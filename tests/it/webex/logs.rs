//! What is logged of requests: enough for Cisco's support, and nothing of people and secrets.

use std::{
    io,
    sync::{Arc, Mutex},
};

use hubform::webex::WriteApi as _;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::scripted::{Reply, Service, TOKEN};

/// Collects what is logged in this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_attempt_is_one_line_with_its_tracking_id_and_without_people_and_secrets() {
    // With a single subscriber, what other tests log for the first time in their threads is unheard for good.
    let second = tracing_subscriber::fmt().with_writer(io::sink).with_max_level(tracing::Level::TRACE);
    let _second = tracing::Dispatch::new(second.finish());
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(tracing::Level::TRACE).with_ansi(false);
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let service = Service::start(|_, before| {
        let header = |id: &str| vec![("trackingid", id.to_owned()), ("x-secret", "header-secret".to_owned())];
        let body = json!({"message": "about eve@johns-pizza.example", "items": [], "errors": [{"errorCode": 7}]});
        match before {
            0 => Reply::Answer(503, header("T_ONE"), body.to_string()),
            1 => Reply::Answer(200, header("T_TWO"), body.to_string()),
            _ => Reply::Answer(403, header(&format!("T_THREE {TOKEN}")), body.to_string()),
        }
    })
    .await;
    let (customer, email) = (hubform::model::CustomerId::new("c1"), "ann@johns-pizza.example".parse().unwrap());
    assert_eq!(service.client().find_subscriber(None, &customer, &email).await, Ok(None));
    assert!(service.client().delete_customer(&customer, None).await.is_err());
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("hubform")).collect();
    assert_eq!(lines.len(), 3, "{text}");
    for (line, parts) in lines.iter().zip([
        ["failed", "method=GET", "path=\"/wholesale/subscribers\"", "attempt=1", "status=503", "T_ONE", "code=\"7\""],
        ["answered", "method=GET", "path=\"/wholesale/subscribers\"", "attempt=2", "status=200", "T_TWO", "millis="],
        [
            "failed",
            "method=DELETE",
            "path=\"/wholesale/customers/c1\"",
            "attempt=1",
            "status=403",
            "T_THREE",
            "Forbidden",
        ],
    ]) {
        for part in parts {
            assert!(line.contains(part), "{part} is missing: {line}");
        }
    }
    for hidden in [TOKEN, "johns-pizza", "header-secret", "Bearer", "customerId"] {
        assert!(!text.contains(hidden), "{hidden} is logged: {text}");
    }
}
