//! Where values come from, and what is said when they cannot be used.

use super::bench::Bench;

#[test]
fn the_webex_target_names_the_variable_that_is_missing() {
    let ended = Bench::new().with("HUBFORM_TARGET", "webex").run(&["plan"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ended.stderr, @"
    error[HF803]: the target is `webex` (from the variable `HUBFORM_TARGET`), and there is no access token: the variable `WEBEX_ACCESS_TOKEN` is not set, and nobody has logged in
      help: run `hubform login`, set `WEBEX_ACCESS_TOKEN` to an access token of a partner administrator, or try the plan on `--target simulator`
    ");
}

#[test]
fn a_ledger_that_cannot_be_reached_is_said_without_its_password() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ended = Bench::new().run(&["plan", "--ledger", &format!("postgres://me:secret@{closed}/ledger")]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("error[HF712]: the ledger `postgres://me@127.0.0.1:"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    let ended = Bench::new().run(&["plan", "--ledger", "ftp://me:secret@db.example/ledger"]);
    assert!(ended.stderr.contains("error[HF201]") && !ended.stderr.contains("secret"), "{}", ended.stderr);
}

#[test]
fn plain_http_reaches_this_machine_only() {
    let bench = Bench::new().with("HUBFORM_BASE_URL", "http://service.example/v1");
    let ended = bench.run(&["plan"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("`HUBFORM_BASE_URL`"), "{}", ended.stderr);
}

#[test]
fn a_service_that_does_not_answer_is_an_error_and_the_token_is_not_told() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bench = Bench::new()
        .with("HUBFORM_TARGET", "webex")
        .with("HUBFORM_BASE_URL", &format!("http://{closed}/v1"))
        .with("WEBEX_ACCESS_TOKEN", "canary-token")
        .with("RUST_LOG", "trace");
    let ended = bench.run(&["plan"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("error[HF810]"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("canary-token"));
}

#[test]
fn the_flag_beats_the_variable_for_the_ledger() {
    let bench = Bench::new().with("HUBFORM_LEDGER", "variable.db");
    bench.answer(0, &["apply", "--auto-approve", "--quiet", "--ledger", "flag.db"]);
    assert!(bench.path("flag.db").exists() && !bench.path("variable.db").exists());
}
