//! Plans that are saved, approved, and applied later: by the program, on a service that goes on living meanwhile.

use std::path::Path;

use hubform::{
    plan::saved::{PlanFile, Selection, SigningKey},
    report::to_json,
};
use serde_json::Value;

use super::bench::{Bench, Ended, check_schema, customer};

const PLAN: &str = "plan.json";

/// Two customers, applied; then the last name of Bob changes in both manifests.
fn edited() -> Bench {
    let bench = Bench::new();
    bench.write("zeta.yaml", &customer("zeta", 20));
    bench.answer(0, &["apply", "--auto-approve", "--quiet"]);
    edit(&bench, "Ray", "Roy");
    bench
}

fn edit(bench: &Bench, from: &str, to: &str) {
    for file in ["acme.yaml", "zeta.yaml"] {
        bench.edit(file, &format!("lastName: {from}"), &format!("lastName: {to}"));
    }
}

fn save(bench: &Bench) -> Value {
    bench.answer(0, &["plan", "--out", PLAN, "--quiet"]);
    check_schema("plan", &std::fs::read_to_string(bench.path(PLAN)).unwrap())
}

fn apply(bench: &Bench) -> Ended {
    bench.run(&["apply", PLAN, "--quiet"])
}

/// Returns the first refusal's code: `HF545`.
fn refused(ended: &Ended) -> &str {
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("nothing was sent"), "{}", ended.stderr);
    ended.stderr.split_once("error[").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(code, _)| code)
}

/// What the service says of Bob's last name.
fn bob(bench: &Bench, customer: &str) -> String {
    let show = bench.answer(0, &["show", &format!("user/{customer}/bob@{customer}.example"), "--format", "json"]);
    serde_json::from_str::<Value>(&show).unwrap()["observed"]["lastName"].as_str().unwrap().to_owned()
}

#[test]
fn a_saved_plan_is_applied_as_it_was_shown_and_twice_is_once() {
    let bench = edited();
    let shown = bench.answer(0, &["plan"]);
    let saved = bench.run(&["plan", "--out", PLAN]);
    assert_eq!((saved.code, saved.stdout.as_str()), (Some(0), shown.as_str()), "the answer is the plan");
    let file = std::fs::read_to_string(bench.path(PLAN)).unwrap();
    let document = check_schema("plan", &file);
    assert!(saved.stderr.contains(document["digest"].as_str().unwrap()), "{}", saved.stderr);
    assert_eq!(document["binding"]["project"], "acme-voice");
    assert_eq!(document["selection"]["customers"], Value::Null);

    let once = apply(&bench);
    assert_eq!(once.code, Some(0), "{}\n{}", once.stdout, once.stderr);
    assert!(once.stdout.starts_with(&shown), "{}", once.stdout);
    assert!(once.stdout.contains("Done: 2 done, "), "{}", once.stdout);
    assert_eq!((bob(&bench, "acme").as_str(), bob(&bench, "zeta").as_str()), ("Roy", "Roy"));

    let twice = apply(&bench);
    assert_eq!((twice.code, twice.stderr.as_str()), (Some(0), ""));
    assert!(!twice.stdout.contains("Done: ") && twice.stdout.contains("HF510"), "{}", twice.stdout);
    assert_eq!(std::fs::read_to_string(bench.path(PLAN)).unwrap(), file);
    let outcome = check_schema("outcome", &bench.answer(0, &["apply", PLAN, "--format", "json"]));
    assert_eq!(outcome["steps"], serde_json::json!([]));
}

#[test]
fn a_first_plan_is_made_without_a_ledger_and_applied_twice() {
    let bench = Bench::new();
    assert_eq!(save(&bench)["binding"]["lineage"], Value::Null);
    assert!(!bench.path(".hubform").exists(), "a plan leaves nothing behind but its file");
    let once = apply(&bench);
    assert_eq!(once.code, Some(0), "{}\n{}", once.stdout, once.stderr);
    let twice = apply(&bench);
    assert_eq!(twice.code, Some(0), "{}\n{}", twice.stdout, twice.stderr);
    assert!(!twice.stdout.contains("Done: "), "{}", twice.stdout);
    bench.answer(0, &["plan", "--detailed-exitcode"]);
}

#[test]
fn drift_in_one_customer_refuses_it_and_the_other_is_applied() {
    let bench = edited();
    save(&bench);
    // Somebody else changes Bob of `acme` meanwhile: another name comes in by another run of another checkout.
    bench.edit("acme.yaml", "lastName: Roy", "lastName: Other");
    bench.answer(0, &["apply", "--auto-approve", "--quiet", "--customer", "acme"]);
    bench.edit("acme.yaml", "lastName: Other", "lastName: Roy");
    let ended = apply(&bench);
    assert_eq!(ended.code, Some(1), "{}\n{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("`lastName` was `Ray` and is `Other` [HF545]"), "{}", ended.stdout);
    assert!(ended.stdout.contains("plan again with `hubform plan --out FILE`"), "{}", ended.stdout);
    assert_eq!((bob(&bench, "acme").as_str(), bob(&bench, "zeta").as_str()), ("Other", "Roy"));
}

#[test]
fn manifests_that_were_edited_since_refuse_their_customer() {
    let bench = edited();
    save(&bench);
    bench.edit("acme.yaml", "lastName: Roy", "lastName: Rex");
    let ended = apply(&bench);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stdout.contains("`lastName` was to become `Roy`, and now `Rex`"), "{}", ended.stdout);
    assert_eq!((bob(&bench, "acme").as_str(), bob(&bench, "zeta").as_str()), ("Ray", "Roy"));
    bench.write("acme.yaml", "a: [1\n");
    let broken = apply(&bench);
    assert_eq!((broken.code, broken.stdout.as_str()), (Some(1), ""), "the manifests must be there, and be read");
}

#[test]
fn nothing_but_the_customers_of_the_plan_is_planned_or_shown() {
    let bench = edited();
    bench.answer(0, &["plan", "--out", PLAN, "--customer", "zeta", "--quiet"]);
    let text = std::fs::read_to_string(bench.path(PLAN)).unwrap();
    assert!(!text.contains("acme.example") && text.contains("zeta.example"));
    assert_eq!(check_schema("plan", &text)["selection"]["customers"], serde_json::json!(["zeta"]));
    let ended = apply(&bench);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
    assert!(!ended.stdout.contains("customer acme"), "{}", ended.stdout);
    assert_eq!((bob(&bench, "acme").as_str(), bob(&bench, "zeta").as_str()), ("Ray", "Roy"));
}

#[test]
fn a_plan_that_was_edited_by_hand_is_refused() {
    let bench = edited();
    save(&bench);
    bench.edit(PLAN, "\"after\": \"Roy\"", "\"after\": \"Rich\"");
    let ended = apply(&bench);
    assert_eq!(refused(&ended), "HF724");
    assert!(
        ended.stderr.contains("the part of customer `acme` and the part of customer `zeta` differs"),
        "{}",
        ended.stderr
    );
    assert_eq!(bob(&bench, "acme"), "Ray");
    for (text, code) in
        [("{}", "HF721"), ("", "HF721"), ("\0\u{202e}", "HF721"), ("{\"format\": 9, \"parts\": []}", "HF722")]
    {
        bench.write(PLAN, text);
        assert_eq!(refused(&apply(&bench)), code, "{text}");
    }
    let json = bench.run(&["apply", PLAN, "--format", "json"]);
    assert_eq!(check_schema("problems", &json.stdout)["problems"][0]["code"], "HF722");
}

/// Anybody can write a file with the right digests; it still does nothing that the manifests do not ask for.
#[test]
fn a_forged_plan_does_nothing_that_a_plan_made_now_would_not_do() {
    let bench = edited();
    save(&bench);
    let bytes = std::fs::read(bench.path(PLAN)).unwrap();
    let file = PlanFile::read(&bytes, &std::collections::BTreeSet::new()).unwrap();
    let mut text = serde_json::to_string(file.plan()).unwrap();
    text = text.replace("\"Roy\"", "\"Forged\"");
    let forged =
        PlanFile::seal(serde_json::from_str(&text).unwrap(), file.binding().clone(), Selection::default(), None);
    bench.write(PLAN, &to_json(&forged));
    let ended = apply(&bench);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stdout.contains("HF545"), "{}", ended.stdout);
    assert_eq!((bob(&bench, "acme").as_str(), bob(&bench, "zeta").as_str()), ("Ray", "Ray"));
}

#[test]
fn a_plan_is_for_one_ledger_project_and_service() {
    let bench = edited();
    save(&bench);
    let elsewhere = bench.run(&["apply", PLAN, "--ledger", "other.db"]);
    assert_eq!(refused(&elsewhere), "HF732");
    assert!(!bench.path("other.db").exists(), "no ledger is made on the way");

    let server = bench.run(&["apply", PLAN, "--base-url", "http://127.0.0.1:9/v1", "--ledger", "other.db"]);
    assert_eq!(refused(&server), "HF729");

    bench.edit("hubform.yaml", "name: acme-voice", "name: other-voice");
    assert_eq!(refused(&bench.run(&["apply", PLAN, "--ledger", "other.db"])), "HF731");
    let bench = edited();
    let file = save(&bench);
    let plan = PlanFile::read(file.to_string().as_bytes(), &std::collections::BTreeSet::new()).unwrap();
    let binding = hubform::plan::saved::Binding {
        partner: Some(hubform::model::OrgId::new("another-partner")),
        ..plan.binding().clone()
    };
    let other = PlanFile::seal(plan.plan().clone(), binding, Selection::default(), None);
    bench.write(PLAN, &to_json(&other));
    assert_eq!(refused(&apply(&bench)), "HF730");
}

fn key(bench: &Bench, name: &str) -> String {
    bench.answer(0, &["key", "new", name, "--quiet"]).trim().to_owned()
}

#[test]
fn a_project_that_trusts_keys_takes_what_they_have_signed() {
    let bench = edited();
    let (good, bad) = (key(&bench, "good.pem"), key(&bench, "bad.pem"));
    let project = format!("spec: {{ target: simulator, trust: [\"{good}\"] }}");
    bench.edit("hubform.yaml", "spec: { target: simulator }", &project);
    let save = |key: &str, code: i32| {
        let mut command = bench.command(&["plan", "--out", PLAN]);
        let ended = if key.is_empty() { command.output() } else { command.env("HUBFORM_SIGNING_KEY", key).output() };
        let ended = ended.unwrap();
        assert_eq!(ended.status.code(), Some(code), "{key}: {}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stderr).unwrap()
    };
    let warned = save("", 0);
    assert!(warned.contains("warning: it is not signed"), "{warned}");
    assert_eq!(refused(&apply(&bench)), "HF725");
    let untrusted = save("bad.pem", 1);
    assert!(untrusted.contains("error[HF726]") && untrusted.contains(&bad), "{untrusted}");
    for missing in ["nowhere.pem", "hubform.yaml"] {
        let error = save(missing, 1);
        assert!(error.contains("error[HF734]") && error.contains("HUBFORM_SIGNING_KEY"), "{error}");
    }
    let signed = save("good.pem", 0);
    assert!(signed.contains(&format!("signed with `{good}`")), "{signed}");
    let mine = std::fs::read_to_string(bench.path(PLAN)).unwrap();

    // The same plan with the signature of a key that nobody trusts, and one with a signature of nothing.
    let plan = PlanFile::read(mine.as_bytes(), &std::collections::BTreeSet::new()).unwrap();
    let stranger = SigningKey::of_random(&[7; 32]);
    let other = PlanFile::seal(plan.plan().clone(), plan.binding().clone(), plan.selection().clone(), Some(&stranger));
    bench.write(PLAN, &to_json(&other));
    assert_eq!(refused(&apply(&bench)), "HF726");
    let mut wrong: Value = serde_json::from_str(&mine).unwrap();
    wrong["signature"]["value"] = serde_json::to_value(other.signature()).unwrap()["value"].clone();
    bench.write(PLAN, &wrong.to_string());
    assert_eq!(refused(&apply(&bench)), "HF727");
    assert_eq!(bob(&bench, "acme"), "Ray");

    bench.write(PLAN, &mine);
    assert_eq!(apply(&bench).code, Some(0));
    assert_eq!(bob(&bench, "acme"), "Roy");
}

#[test]
fn keys_are_made_once_for_their_owner_alone_and_never_shown() {
    let bench = Bench::new();
    let public = key(&bench, "a.pem");
    assert_eq!(bench.answer(0, &["key", "show", "a.pem"]).trim(), public);
    let json: Value = serde_json::from_str(&bench.answer(0, &["key", "show", "a.pem", "--format", "json"])).unwrap();
    assert_eq!(json["publicKey"], public);
    let secret = std::fs::read_to_string(bench.path("a.pem")).unwrap();
    let body = secret.lines().nth(1).unwrap().to_owned();
    let again = bench.run(&["key", "new", "a.pem"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(1), ""));
    assert!(again.stderr.contains("error[HF734]") && !again.stderr.contains(&body), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(bench.path("a.pem")).unwrap(), secret, "it is as it was");
    assert_ne!(key(&bench, "b.pem"), public);
    let wrong = bench.run(&["key", "show", "acme.yaml"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("error[HF734]") && !wrong.stderr.contains("Company"), "{}", wrong.stderr);
    let shown = bench.run(&["plan", "--out", PLAN, "--verbose"]);
    let file = std::fs::read_to_string(bench.path(PLAN)).unwrap();
    assert!(![shown.stdout, shown.stderr, file].iter().any(|text| text.contains(&body)));
    #[cfg(unix)]
    assert_eq!(mode(&bench.path("a.pem")), 0o600);
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
}

#[test]
fn a_plan_takes_the_place_of_a_plan_and_of_nothing_else() {
    let bench = Bench::new();
    save(&bench);
    let first = std::fs::read(bench.path(PLAN)).unwrap();
    save(&bench);
    assert_eq!(std::fs::read(bench.path(PLAN)).unwrap(), first, "the same states give the same bytes");
    #[cfg(unix)]
    assert_eq!(mode(&bench.path(PLAN)), 0o600);
    bench.write("empty", "");
    bench.answer(0, &["plan", "--out", "empty", "--quiet"]);
    for other in ["acme.yaml", "."] {
        let ended = bench.run(&["plan", "--out", other]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert!(ended.stderr.contains("error[HF733]"), "{}", ended.stderr);
    }
    assert!(std::fs::read_to_string(bench.path("acme.yaml")).unwrap().starts_with("apiVersion"));
    let nowhere = bench.run(&["plan", "--out", "no/such/folder/plan.json", "--quiet"]);
    assert_eq!(nowhere.code, Some(1));
    assert!(nowhere.stderr.contains("error[HF805]"), "{}", nowhere.stderr);
    let left: Vec<_> = std::fs::read_dir(bench.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".tmp")), "{left:?}");
}

#[test]
fn a_command_line_that_mixes_plan_and_selection_is_wrong() {
    let bench = edited();
    save(&bench);
    for flags in [&["--customer", "acme"][..], &["--selector", "tier=t10"]] {
        let ended = bench.run(&[&["apply", PLAN], flags].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""), "{}", ended.stderr);
    }
    let ended = bench.run(&["apply", ".", "--project", ".", "--auto-approve"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""), "{}", ended.stderr);
    assert_eq!(bob(&bench, "acme"), "Ray");
}

#[test]
fn the_project_folder_is_named_beside_the_plan() {
    let bench = edited();
    save(&bench);
    let plan = bench.path(PLAN);
    let folder = bench.folder().to_string_lossy().into_owned();
    let mut command = bench.command(&["apply", &plan.to_string_lossy(), "--project", &folder, "--quiet"]);
    let ended = command.current_dir(std::env::temp_dir()).output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(bob(&bench, "acme"), "Roy");
}

#[test]
fn what_is_refused_in_a_plan_stays_refused() {
    let bench = edited();
    bench.edit("zeta.yaml", "extension: \"202\"", "extension: \"201\"");
    bench.run(&["plan", "--out", PLAN, "--quiet"]).code.filter(|code| *code == 1).unwrap();
    bench.edit("zeta.yaml", "extension: \"201\" }", "extension: \"202\" }");
    bench.edit(
        "zeta.yaml",
        "lastName: Lee, phoneNumber: \"+14085552001\", extension: \"202\"",
        "lastName: Lee, phoneNumber: \"+14085552001\", extension: \"201\"",
    );
    let ended = apply(&bench);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert_eq!((bob(&bench, "acme").as_str(), bob(&bench, "zeta").as_str()), ("Roy", "Ray"));
}
