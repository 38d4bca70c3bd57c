//! What `hubform doctor` finds, and that it leaves nothing behind.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    bench::{Bench, check_schema},
    login::Scene,
};
use crate::webex::token_service::{CLIENT, SECRET};

const ROLES: &str = "/roles";

/// A service on which everything is well, and a token for it.
fn well() -> (Scene, Bench) {
    let scene = Scene::new();
    {
        let mut books = scene.service.books();
        books.access.insert("canary-fixed".to_owned());
        let roles = json!([{"id": "r1", "name": "Full Administrator"}, {"id": "r2", "name": "Webex for Wholesale administrator"}]);
        books.answers.insert(ROLES.to_owned(), json!({"items": roles}));
        let me = json!({"id": "p", "orgId": "o", "emails": ["ann@acme.example"], "displayName": "Ann Lee", "roles": ["r1", "r2"]});
        books.answers.insert("/people/me".to_owned(), me);
        books
            .answers
            .insert("/telephony/config/locations".to_owned(), json!({"locations": [{"id": "l", "name": "HQ"}]}));
    }
    let bench = scene.bench().with("WEBEX_ACCESS_TOKEN", "canary-fixed");
    (scene, bench)
}

/// The checks by name: result, text, fix.
fn checks(bench: &Bench, code: i32) -> BTreeMap<String, (String, String, String)> {
    let ended = bench.run(&["doctor", "--format", "json"]);
    assert_eq!(ended.code, Some(code), "{}", ended.stdout);
    assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("canary"), "{}{}", ended.stdout, ended.stderr);
    let document = check_schema("doctor", &ended.stdout);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = document["checks"].as_array().unwrap().iter();
    list.map(|check| (text(&check["check"]), (text(&check["result"]), text(&check["text"]), text(&check["fix"]))))
        .collect()
}

fn files(bench: &Bench) -> Vec<String> {
    fn below(folder: &std::path::Path, all: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            all.push(format!("{} {}", entry.path().display(), entry.metadata().unwrap().len()));
            if entry.file_type().unwrap().is_dir() {
                below(&entry.path(), all);
            }
        }
    }
    let mut all = Vec::new();
    below(bench.folder(), &mut all);
    all.sort();
    all
}

#[test]
fn a_service_on_which_all_is_well_has_no_failed_check() {
    let (scene, bench) = well();
    let before = files(&bench);
    let out = bench.answer(0, &["doctor"]);
    let out = out.replace(&scene.service.base(), "[SERVICE]").replace(&*bench.folder().to_string_lossy(), "[PROJECT]");
    insta::assert_snapshot!(out, @"
    ok       manifests                        5 objects in 3 files
    ok       target                           `webex` (from the variable `HUBFORM_TARGET`), `[SERVICE]` (from the variable `HUBFORM_BASE_URL`)
    ok       token-source                     the variable `WEBEX_ACCESS_TOKEN`
    ok       service                          `[SERVICE]` (from the variable `HUBFORM_BASE_URL`) answers
    ok       token                            accepted; it is Ann Lee <ann@acme.example> of the organization o
    skipped  expiry                           nobody says when this token ends
                                              help: for runs that take long use one that renews itself: `hubform login`, or a refresh token
    ok       clock                            this machine and the service agree within 5 minutes
    ok       roles                            Full Administrator, Webex for Wholesale administrator
    ok       read:/wholesale/customers        readable
    ok       read:/wholesale/subscribers      readable
    ok       read:/wholesale/subPartners      readable
    ok       read:/wholesale/billing/reports  readable
    ok       read:/locations                  readable
    ok       read:/telephony/config           readable
    ok       read:/telephony/pstn             readable
    ok       read:/people                     readable
    ok       read:/roles                      readable
    ok       read:/licenses                   readable
    ok       read:/organizations              readable
    ok       read:/identity/scim              readable
    ok       read:/identity/organizations     readable
    skipped  scopes                           nobody says what was granted, and trying to write would change something
                                              help: see the page of the integration or service app at developer.webex.com
    ok       entitlement                      wholesale customers can be listed
    ok       sub-partners                     none
    ok       ledger                           there is none at `[PROJECT]/.hubform/ledger.db` yet; the first apply makes it

    23 ok, 0 warning, 0 failed, 2 skipped
    ");
    assert_eq!(files(&bench), before, "nothing is made");
    assert!(scene.service.books().requests.iter().all(|request| request.starts_with("GET ")));
}

#[test]
fn the_embedded_simulator_is_looked_at_without_making_its_files() {
    let bench = Bench::new();
    let before = files(&bench);
    let checks = checks(&bench, 0);
    assert_eq!(checks["target"].1, "`simulator` (from `spec.target` in `hubform.yaml`), the embedded simulator");
    assert_eq!((checks["token"].0.as_str(), checks["ledger"].0.as_str()), ("ok", "ok"));
    assert_eq!(files(&bench), before);
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    let before = files(&bench);
    let after = self::checks(&bench, 0);
    assert!(after["ledger"].1.starts_with("5 objects in "), "{:?}", after["ledger"]);
    assert_eq!(files(&bench), before);
}

#[test]
fn each_scope_that_is_missing_is_named_for_reading_and_writing() {
    let (scene, bench) = well();
    for (path, status) in [("/wholesale/subscribers", 403), ("/locations", 401), ("/licenses", 403)] {
        scene.service.books().forbidden.insert(path.to_owned(), status);
    }
    let checks = checks(&bench, 1);
    let failed: Vec<&str> =
        checks.iter().filter(|(_, check)| check.0 == "failed").map(|(name, _)| name.as_str()).collect();
    assert_eq!(failed, ["read:/locations", "read:/wholesale/subscribers"]);
    assert_eq!(
        checks["read:/locations"].2,
        "add the scope `spark-admin:locations_read` and, to change something, `spark-admin:locations_write` to the \
         integration or service app, and sign in again"
    );
    assert_eq!(checks["read:/licenses"].0, "skipped", "hubform does without it");
    assert_eq!(checks["scopes"].0, "skipped", "nobody says what a fixed token may write");
}

#[test]
fn scopes_that_were_not_granted_are_listed_and_the_end_of_tokens_is_told() {
    let (scene, bench) = well();
    scene.service.know("canary-seed");
    scene.service.books().scope = Some("spark-admin:wholesale_customers_read".to_owned());
    scene.service.books().forbidden.insert("/wholesale/customers".to_owned(), 403);
    let bench = bench
        .with("WEBEX_ACCESS_TOKEN", "")
        .with("WEBEX_CLIENT_ID", CLIENT)
        .with("WEBEX_CLIENT_SECRET", SECRET)
        .with("WEBEX_REFRESH_TOKEN", "canary-seed");
    let checks = checks(&bench, 1);
    assert_eq!(checks["token-source"].1, "the variable `WEBEX_REFRESH_TOKEN`");
    assert!(checks["scopes"].1.starts_with("not granted: `identity:groups_rw`, "), "{:?}", checks["scopes"]);
    assert_eq!(checks["entitlement"].0, "failed", "the scope is there, so the role or the entitlement is not");
    assert_eq!(checks["expiry"].0, "ok");
    assert!(checks["expiry"].1.contains("is renewed before; the refresh token ends"), "{:?}", checks["expiry"]);
}

#[test]
fn an_account_without_the_roles_is_told_which() {
    let (scene, bench) = well();
    let me = |roles: &[&str]| json!({"id": "p", "orgId": "o", "roles": roles});
    scene.service.books().answers.insert("/people/me".to_owned(), me(&["r2"]));
    let found = checks(&bench, 1);
    assert_eq!(found["roles"].1, "not a full administrator: Webex for Wholesale administrator");
    scene.service.books().answers.insert("/people/me".to_owned(), me(&["r1"]));
    assert_eq!(checks(&bench, 0)["roles"].0, "warning");
}

#[test]
fn a_token_that_is_not_accepted_ends_the_questions() {
    let (scene, bench) = well();
    scene.service.expire();
    let checks = checks(&bench, 1);
    assert_eq!((checks["service"].0.as_str(), checks["token"].0.as_str()), ("ok", "failed"));
    assert_eq!(
        checks["token"].2,
        "the token from the variable `WEBEX_ACCESS_TOKEN` is wrong or has expired: get a new one and try again"
    );
    assert!(!checks.contains_key("read:/people") && checks["ledger"].0 == "ok");
}

#[test]
fn a_service_that_is_not_there_and_a_token_that_is_missing_are_told_apart() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bench = Bench::new().with("HUBFORM_TARGET", "webex").with("HUBFORM_BASE_URL", &format!("http://{closed}/v1"));
    let missing = checks(&bench, 1);
    assert_eq!(missing["token-source"].0, "failed");
    assert!(missing["token-source"].2.contains("`hubform login`"), "{:?}", missing["token-source"]);
    let gone = checks(&bench.with("WEBEX_ACCESS_TOKEN", "canary-fixed"), 1);
    assert_eq!((gone["token-source"].0.as_str(), gone["service"].0.as_str()), ("ok", "failed"));
    assert!(!gone.contains_key("token"));
}

#[test]
fn clocks_that_disagree_are_a_warning() {
    let (scene, bench) = well();
    scene.service.books().ahead = 400;
    let checks = checks(&bench, 0);
    assert_eq!(checks["clock"].0, "warning");
    assert!(checks["clock"].1.contains("6 minutes behind"), "{:?}", checks["clock"]);
}

#[test]
fn sub_partners_of_the_manifests_have_to_be_visible() {
    let (scene, bench) = well();
    let list = json!({"items": [{"orgId": "sub-1", "provisioningState": "suspended"}, {"orgId": "sub-2", "provisioningState": "active"}]});
    scene.service.books().answers.insert("/wholesale/subPartners".to_owned(), list);
    assert_eq!(checks(&bench, 0)["sub-partners"].1, "2 sub-partners visible, 1 suspended");
    bench.edit("acme.yaml", "  company:", "  subPartner: sub-3\n  company:");
    let unseen = checks(&bench, 1);
    assert_eq!(unseen["sub-partners"].0, "failed");
    assert!(unseen["sub-partners"].1.contains("`customer/acme` belongs to the sub-partner `sub-3`"), "{unseen:?}");
}

#[test]
fn a_broken_project_is_said_and_the_rest_is_still_looked_at() {
    let (_scene, bench) = well();
    bench.edit("acme.yaml", "template: basic", "template: none");
    let checks = checks(&bench, 1);
    assert_eq!((checks["manifests"].0.as_str(), checks["token"].0.as_str()), ("failed", "ok"));
    assert!(checks["manifests"].2.contains("`hubform validate`"));
}

#[test]
fn without_a_project_the_token_can_be_checked() {
    let (_scene, bench) = well();
    for file in ["hubform.yaml", "templates.yaml", "acme.yaml"] {
        std::fs::remove_file(bench.path(file)).unwrap();
    }
    let checks = checks(&bench, 0);
    assert_eq!((checks["manifests"].0.as_str(), checks["ledger"].0.as_str()), ("skipped", "skipped"));
    assert_eq!(checks["token"].1, "accepted; it is Ann Lee <ann@acme.example> of the organization o");
}

#[test]
fn a_ledger_of_another_partner_is_refused() {
    let (scene, bench) = well();
    let path = bench.path("ledger.db");
    let expected = hubform::ledger::Expected {
        target: "webex".to_owned(),
        base_url: scene.service.base(),
        project: "acme-voice".to_owned(),
        lineage: None,
    };
    {
        use hubform::ledger::Ledger as _;
        let ledger = hubform::ledger::SqliteLedger::open(&path, &expected, "l1").unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(ledger.bind_partner(&hubform::model::OrgId::new("other"))).unwrap();
    }
    let checks = checks(&bench.with("HUBFORM_LEDGER", &path.to_string_lossy()), 1);
    assert_eq!(checks["ledger"].0, "failed");
    assert!(
        checks["ledger"].1.contains("belongs to the partner organization `other`, and the token to `o`"),
        "{checks:?}"
    );
}
