//! Logging in, and runs that sign in by themselves.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Stdio},
};

use tokio::runtime::Runtime;

use super::bench::{Bench, Ended};
use crate::webex::token_service::{APPLICATION, CLIENT, SECRET, TARGET_ORG, TokenService};

/// The authorize page and the token endpoint, served while the program runs.
pub struct Scene {
    runtime: Runtime,
    pub service: TokenService,
}

impl Scene {
    pub fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let service = runtime.block_on(TokenService::start());
        Self { runtime, service }
    }

    /// A project on the target `webex` at this service, with every message shown.
    pub fn bench(&self) -> Bench {
        Bench::new()
            .with("HUBFORM_TARGET", "webex")
            .with("HUBFORM_BASE_URL", &self.service.base())
            .with("RUST_LOG", "trace")
    }

    /// Runs `hubform login` and plays the browser; `change` may spoil the address that the browser is sent back to.
    fn login(&self, bench: &Bench, variables: &[(&str, &str)], change: impl Fn(String) -> String) -> Ended {
        let mut command = bench.command(&["login", "--port", "0"]);
        command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (url, mut stderr) = page(&mut child);
        let back = self.runtime.block_on(async {
            let answer = browser().get(url).send().await.unwrap();
            answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned())
        });
        if let Some(back) = back {
            self.runtime.block_on(async { browser().get(change(back)).send().await.unwrap() });
        }
        let mut stdout = String::new();
        child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        stderr.1.read_to_string(&mut stderr.0).unwrap();
        Ended { code: child.wait().unwrap().code(), stdout, stderr: stderr.0 }
    }
}

/// What the person who logs in knows, and later runs do not.
const APP: [(&str, &str); 2] = [("WEBEX_CLIENT_ID", CLIENT), ("WEBEX_CLIENT_SECRET", SECRET)];

type Stderr = (String, BufReader<std::process::ChildStderr>);

/// Reads the address of the page that a person has to open, and what stands before it.
fn page(child: &mut Child) -> (String, Stderr) {
    let mut reader = BufReader::new(child.stderr.take().unwrap());
    let mut all = String::new();
    loop {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "no page was shown: {all}");
        all += &line;
        if let Some(url) = line.trim().strip_prefix("http://").filter(|url| url.contains("/authorize?")) {
            return (format!("http://{url}"), (all, reader));
        }
    }
}

fn browser() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Everything that must be seen nowhere.
fn assert_no_canary(ended: &Ended) {
    let all = format!("{}{}", ended.stdout, ended.stderr);
    assert!(!all.contains("canary"), "{all}");
}

#[test]
fn a_login_is_kept_and_later_runs_renew_it_without_any_variable() {
    let scene = Scene::new();
    scene.service.books().expires_in = 2;
    let bench = scene.bench();
    let ended = scene.login(&bench, &APP, |back| back);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_no_canary(&ended);
    assert!(ended.stdout.starts_with(&format!("Logged in at {} as client {CLIENT}\n", scene.service.base())));
    assert!(
        ended.stdout.contains("scopes: identity:groups_rw") && ended.stdout.contains("tokens.json"),
        "{}",
        ended.stdout
    );

    scene.service.expire();
    let status = bench.run(&["login", "--status"]);
    assert_eq!(status.code, Some(0));
    assert_no_canary(&status);
    let json: serde_json::Value =
        serde_json::from_str(&bench.answer(0, &["login", "--status", "--format", "json"])).unwrap();
    assert_eq!((&json["logins"][0]["clientId"], &json["logins"][0]["renews"]), (&CLIENT.into(), &true.into()));
    assert_eq!(json["logins"][0]["missingScopes"], serde_json::json!([]));

    let plan = bench.run(&["plan"]);
    assert_eq!(plan.code, Some(0), "{}", plan.stderr);
    assert_no_canary(&plan);
    assert_eq!(scene.service.granted(), ["authorization_code", "refresh_token"]);

    let out = bench.answer(0, &["logout"]);
    assert!(out.starts_with("Forgotten: 1 login"), "{out}");
    assert_eq!(bench.run(&["login", "--status"]).code, Some(1));
    let plan = bench.run(&["plan"]);
    assert!(plan.stderr.contains("error[HF803]") && plan.stderr.contains("`hubform login`"), "{}", plan.stderr);
}

#[test]
fn a_secret_may_come_on_stdin_and_json_is_clean() {
    use std::io::Write as _;
    let scene = Scene::new();
    let bench = scene.bench().with("WEBEX_CLIENT_ID", CLIENT);
    let mut command = bench.command(&["login", "--port", "0", "--client-secret-stdin", "--format", "json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{SECRET}").unwrap();
    let (url, (_, mut rest)) = page(&mut child);
    scene.service.books().scope = Some("spark-admin:people_read".to_owned());
    scene.runtime.block_on(async {
        let answer = browser().get(url).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        browser().get(back).send().await.unwrap();
    });
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["login"]["scopes"], serde_json::json!(["spark-admin:people_read"]));
    assert_eq!(json["login"]["missingScopes"].as_array().unwrap().len(), 19);
    assert!(stderr.contains("warning[HF815]") && !format!("{stdout}{stderr}").contains("canary"), "{stderr}");
}

#[test]
fn a_login_with_another_state_gets_no_token() {
    let scene = Scene::new();
    let bench = scene.bench().with("WEBEX_CLIENT_ID", CLIENT).with("WEBEX_CLIENT_SECRET", SECRET);
    let mut child = bench.start(&["login", "--port", "0"]);
    let (url, (_, mut rest)) = page(&mut child);
    let status = scene.runtime.block_on(async {
        let answer = browser().get(url).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().replace("state=", "state=x");
        browser().get(back).send().await.unwrap().status()
    });
    assert_eq!(status, 400);
    child.kill().unwrap();
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    child.wait().unwrap();
    assert!(scene.service.granted().is_empty() && scene.service.books().requests.is_empty());
    assert!(!stderr.contains("canary"), "{stderr}");
    assert!(!bench.path(".config/hubform/tokens.json").exists());
}

#[test]
fn a_login_that_the_service_refuses_says_why_and_keeps_nothing() {
    let scene = Scene::new();
    let bench = scene.bench().with("WEBEX_CLIENT_ID", CLIENT).with("WEBEX_CLIENT_SECRET", "canary-wrong-secret");
    let ended = scene.login(&bench, &[], |back| back);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(
        ended.stderr.contains("error[HF814]: the service does not accept the client id or the client secret"),
        "{}",
        ended.stderr
    );
    assert_no_canary(&ended);
    let ended = scene.login(&bench, &[], |back| back.replace("code=", "error=access_denied&ignored="));
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("the login was refused: access_denied"), "{}", ended.stderr);
    assert!(!bench.path(".config/hubform/tokens.json").exists());
}

#[test]
fn a_login_without_client_id_is_a_wrong_command_line() {
    let ended = Bench::new().run(&["login"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    insta::assert_snapshot!(ended.stderr, @"
    error[HF801]: the client id of an integration is missing
      help: give `--client-id ID`, or set `WEBEX_CLIENT_ID`; developer.webex.com shows it on the page of the integration
    ");
}

#[test]
fn a_refresh_token_is_used_and_its_successor_kept_for_the_next_run() {
    let scene = Scene::new();
    scene.service.know("canary-seed");
    scene.service.books().expires_in = 2;
    let bench = scene.bench();
    bench.write("secret", &format!("{SECRET}\n"));
    let bench = bench
        .with("WEBEX_CLIENT_ID", CLIENT)
        .with("WEBEX_CLIENT_SECRET_FILE", "secret")
        .with("WEBEX_REFRESH_TOKEN", "canary-seed");
    for round in 1..=3 {
        scene.service.expire();
        let plan = bench.run(&["plan"]);
        assert_eq!(plan.code, Some(0), "{}", plan.stderr);
        assert_no_canary(&plan);
        assert_eq!(scene.service.granted().len(), round, "{:?}", scene.service.granted());
    }
}

#[test]
fn a_revoked_refresh_token_is_named_with_the_way_out() {
    let scene = Scene::new();
    let bench = scene
        .bench()
        .with("WEBEX_CLIENT_ID", CLIENT)
        .with("WEBEX_CLIENT_SECRET", SECRET)
        .with("WEBEX_REFRESH_TOKEN", "canary-revoked");
    let plan = bench.run(&["plan"]);
    assert_eq!((plan.code, plan.stdout.as_str()), (Some(1), ""));
    assert!(plan.stderr.contains("the refresh token from the variable `WEBEX_REFRESH_TOKEN` is expired or revoked"));
    assert!(plan.stderr.contains("run `hubform login`"), "{}", plan.stderr);
    assert_no_canary(&plan);
}

#[test]
fn a_service_app_signs_in_with_the_callers_token() {
    let scene = Scene::new();
    scene.service.books().access.insert("canary-caller".to_owned());
    let bench = scene
        .bench()
        .with("WEBEX_ACCESS_TOKEN", "canary-caller")
        .with("WEBEX_APPLICATION_ID", APPLICATION)
        .with("WEBEX_TARGET_ORG_ID", TARGET_ORG)
        .with("WEBEX_CLIENT_ID", CLIENT)
        .with("WEBEX_CLIENT_SECRET", SECRET);
    let plan = bench.run(&["plan"]);
    assert_eq!(plan.code, Some(0), "{}", plan.stderr);
    assert_no_canary(&plan);
    assert_eq!(scene.service.granted(), ["service_app"]);
}

/// The simulator is as strict as the documents, and knows nothing of this client.
#[test]
fn a_login_at_the_simulator_gives_all_that_hubform_needs() {
    use hubform::sim::{Config, Simulator, Tokens};
    let runtime = Runtime::new().unwrap();
    let simulator = Simulator::open(Config { tokens: Tokens::Issued, ..Config::default() }).unwrap();
    let running = runtime.block_on(simulator.start(([127, 0, 0, 1], 0).into())).unwrap();
    let bench = Bench::new().with("HUBFORM_TARGET", "webex").with("HUBFORM_BASE_URL", &running.base_url);
    let mut command = bench.command(&["login", "--port", "0", "--client-id", "simulator-integration"]);
    command.env("WEBEX_CLIENT_SECRET", "simulator-integration-secret");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (url, (_, mut rest)) = page(&mut child);
    runtime.block_on(async {
        let answer = browser().get(url).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        browser().get(back).send().await.unwrap();
    });
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert!(!stderr.contains("HF815"), "{stderr}");
    let out = bench.answer(0, &["doctor"]);
    assert!(out.contains("ok       scopes                           all 20 that hubform needs were granted"), "{out}");
    runtime.block_on(running.stop());
}

#[cfg(unix)]
#[test]
fn a_cache_that_others_can_read_is_refused_with_the_command_to_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new();
    let bench = scene.bench().with("WEBEX_CLIENT_ID", CLIENT).with("WEBEX_CLIENT_SECRET", SECRET);
    assert_eq!(scene.login(&bench, &[], |back| back).code, Some(0));
    let path = bench.path(".config/hubform/tokens.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    for command in [&["plan"][..], &["login", "--status"], &["logout"], &["login", "--port", "0"]] {
        let ended = bench.run(command);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{command:?}");
        assert!(ended.stderr.contains("error[HF813]"), "{}", ended.stderr);
        assert!(ended.stderr.contains("run `chmod 600 [PROJECT]/.config/hubform/tokens.json`"), "{}", ended.stderr);
        assert_no_canary(&ended);
    }
}
