//! The file: what is written is read again, and nothing else is.

use std::collections::BTreeSet;

use hubform::{
    model::{Name, OrgId, Problem, PublicKey},
    plan::{
        Plan,
        saved::{Binding, MOST_BYTES, PlanFile, PlanFileError, Selection, SigningKey},
    },
    report::to_json,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{binding, saved};
use crate::plan::{
    scene::{Scene, name},
    states::scenes,
};

fn some_plan() -> Plan {
    let mut scene = Scene::new_customer();
    scene.observed.partner = None;
    scene.plan()
}

fn read(text: &str) -> Result<PlanFile, PlanFileError> {
    PlanFile::read(text.as_bytes(), &BTreeSet::new())
}

fn key(seed: u8) -> SigningKey {
    SigningKey::of_random(&[seed; 32])
}

fn signed(by: u8) -> PlanFile {
    PlanFile::seal(some_plan(), binding(), Selection::default(), Some(&key(by)))
}

fn trusting(seeds: &[u8]) -> BTreeSet<PublicKey> {
    seeds.iter().map(|seed| key(*seed).public()).collect()
}

#[test]
fn a_plan_is_read_as_it_was_written() {
    let selection = Selection { customers: Some(BTreeSet::from([name("a")])) };
    for key in [None, Some(key(1))] {
        let file = PlanFile::seal(some_plan(), binding(), selection.clone(), key.as_ref());
        let text = to_json(&file);
        let back = read(&text).unwrap();
        assert_eq!(back, file);
        assert_eq!(to_json(&back), text);
        assert_eq!(back.plan(), &some_plan());
        assert_eq!((back.binding(), back.selection()), (&binding(), &selection));
        assert_eq!(back.customers(), BTreeSet::from([name("a")]));
    }
}

#[test]
fn a_saved_plan_is_the_printed_plan_with_four_things_more() {
    let file: Value = serde_json::from_str(&to_json(&saved(&some_plan()))).unwrap();
    let mut rest = file.clone();
    let fields = rest.as_object_mut().unwrap();
    for more in ["binding", "selection", "digest"] {
        assert!(fields.remove(more).is_some(), "{more}");
    }
    for part in rest["parts"].as_array_mut().unwrap() {
        assert!(part.as_object_mut().unwrap().remove("digest").is_some());
    }
    assert_eq!(rest, serde_json::to_value(some_plan()).unwrap());
}

#[test]
fn blanks_and_the_order_of_keys_do_not_count() {
    let value: Value = serde_json::from_str(&to_json(&signed(1))).unwrap();
    assert!(PlanFile::read(value.to_string().as_bytes(), &trusting(&[1])).is_ok());
}

#[test]
fn what_is_no_plan_is_refused_and_said_so() {
    let printed = to_json(&some_plan());
    let twice = {
        let plan = some_plan();
        let mut parts = plan.parts.clone();
        parts.extend(plan.parts.clone());
        to_json(&saved(&Plan { parts, ..plan }))
    };
    let no_steps = {
        let mut value = serde_json::to_value(some_plan()).unwrap();
        value["parts"][0]["steps"] = json!(7);
        sealed(value)
    };
    for (text, why) in [
        ("", "EOF"),
        ("apiVersion: hubform/v1", "expected value"),
        ("[]", "not a JSON object"),
        ("{}", "no `format`"),
        (r#"{"format": "1", "parts": []}"#, "no `format`"),
        (r#"{"format": 1, "steps": []}"#, "no `parts`"),
        (&printed, "only printed"),
        (&twice, "two parts of one customer"),
        (&no_steps, "invalid type"),
        (r#"{"format": 1, "format": 1, "parts": []}"#, "stands twice"),
    ] {
        let error = read(text).unwrap_err();
        assert!(matches!(&error, PlanFileError::NotOne(said) if said.contains(why)), "{why}: {error}");
        assert_eq!(Problem::from(&error).code.0, "HF721");
    }
    assert!(matches!(PlanFile::read(b"\xff\xfe{}", &BTreeSet::new()), Err(PlanFileError::NotOne(_))));
}

/// Gives a document the digests that it would have: anybody can compute them.
fn sealed(mut document: Value) -> String {
    let digest = |value: &Value| {
        use sha2::{Digest as _, Sha256};
        let bytes = Sha256::digest(value.to_string().as_bytes());
        bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    };
    document["binding"] = serde_json::to_value(binding()).unwrap();
    document["selection"] = json!({ "customers": null });
    for part in document["parts"].as_array_mut().unwrap() {
        part["digest"] = json!(digest(part));
    }
    document["digest"] = json!(digest(&document));
    document.to_string()
}

#[test]
fn anybody_can_compute_the_digests_and_fields_of_later_versions_are_passed_over() {
    let mut value = serde_json::to_value(some_plan()).unwrap();
    assert_eq!(read(&sealed(value.clone())).unwrap(), saved(&some_plan()));
    value["later"] = json!({ "more": true });
    value["parts"][0]["steps"][0]["later"] = json!(1);
    assert_eq!(read(&sealed(value)).unwrap().plan(), &some_plan());
}

#[test]
fn a_newer_format_is_refused_politely() {
    let text = to_json(&saved(&some_plan())).replacen("\"format\": 1", "\"format\": 2", 1);
    let error = read(&text).unwrap_err();
    assert_eq!(error, PlanFileError::Format(2));
    let problem = Problem::from(&error);
    assert_eq!(problem.message, "the plan has format 2, and this version of hubform knows format 1");
    assert!(problem.fix.unwrap().contains("version of hubform"));
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let large = vec![b' '; MOST_BYTES + 1];
    assert_eq!(PlanFile::read(&large, &BTreeSet::new()), Err(PlanFileError::TooLarge));
}

#[test]
fn an_edit_is_refused_and_its_part_is_named() {
    let text = to_json(&saved(&some_plan()));
    for (from, to, place) in [
        ("\"company\": \"Company a\"", "\"company\": \"Company b\"", "the part of customer `a`"),
        ("\"project\": \"acme-voice\"", "\"project\": \"acme\"", "outside of its parts"),
        ("\"customers\": null", "\"customers\": []", "outside of its parts"),
    ] {
        assert!(text.contains(from), "{from}");
        let error = read(&text.replacen(from, to, 1)).unwrap_err();
        assert!(matches!(&error, PlanFileError::Altered(said) if said.contains(place)), "{error}");
    }
}

#[test]
fn with_trusted_keys_one_of_them_must_have_signed() {
    let bytes = |file: &PlanFile| to_json(file).into_bytes();
    assert!(PlanFile::read(&bytes(&signed(1)), &trusting(&[1, 2])).is_ok());
    assert_eq!(PlanFile::read(&bytes(&saved(&some_plan())), &trusting(&[1])), Err(PlanFileError::Unsigned));
    let unknown = PlanFile::read(&bytes(&signed(3)), &trusting(&[1, 2]));
    assert_eq!(unknown, Err(PlanFileError::KeyUnknown(key(3).public().to_string())));
    assert!(PlanFile::read(&bytes(&signed(3)), &BTreeSet::new()).is_ok(), "nobody asks for one");
}

/// Somebody who can write the file but has no key: takes the signature of another plan, or says to be another key.
#[test]
fn a_signature_cannot_be_carried_over() {
    let mut forged: Value = serde_json::from_str(&to_json(&signed(1))).unwrap();
    let mut other = some_plan();
    other.notes.clear();
    other.parts.truncate(1);
    let other = PlanFile::seal(other, binding(), Selection::default(), Some(&key(1)));
    forged["signature"] = serde_json::to_value(other.signature()).unwrap();
    let wrong = |value: &Value, trust: &BTreeSet<PublicKey>| {
        assert_eq!(PlanFile::read(value.to_string().as_bytes(), trust), Err(PlanFileError::Signature));
    };
    wrong(&forged, &trusting(&[1]));
    wrong(&forged, &BTreeSet::new());
    let mut claimed: Value = serde_json::from_str(&to_json(&signed(3))).unwrap();
    claimed["signature"]["key"] = json!(key(1).public());
    wrong(&claimed, &trusting(&[1]));
    for broken in [json!(null), json!(7), json!({}), json!({ "key": "x", "algorithm": "ed25519", "value": "" })] {
        claimed["signature"] = broken;
        wrong(&claimed, &trusting(&[1]));
    }
    claimed["signature"] = json!({ "key": key(1).public(), "algorithm": "none", "value": "" });
    wrong(&claimed, &trusting(&[1]));
}

#[test]
fn a_plan_is_for_one_service_partner_project_and_ledger() {
    let plan = binding();
    assert_eq!(plan.check(&plan), Ok(()));
    let other = |change: fn(&mut Binding)| {
        let mut run = binding();
        change(&mut run);
        let error = binding().check(&run).unwrap_err();
        let problem = Problem::from(&error);
        assert!(problem.fix.is_some());
        format!("{}: {}", problem.code, problem.message)
    };
    insta::assert_snapshot!([
        other(|run| "webex".clone_into(&mut run.target)),
        other(|run| "https://other.example/v1".clone_into(&mut run.base_url)),
        other(|run| run.base_url.clear()),
        other(|run| "acme".clone_into(&mut run.project)),
        other(|run| run.lineage = Some("4567".to_owned())),
        other(|run| run.lineage = None),
    ].join("\n"), @"
    HF728: the plan was made for the target `simulator`, and this run works on `webex`
    HF729: the plan was made for the service at `https://service.example/v1`, and this run works on the service at `https://other.example/v1`
    HF729: the plan was made for the service at `https://service.example/v1`, and this run works on the embedded simulator
    HF731: the plan was made for the project `acme-voice`, and this is `acme`
    HF732: the plan was made with the ledger of lineage `0123`, and the one in its place is of `4567`
    HF732: the plan was made with the ledger of lineage `0123`, and there is no ledger in its place
    ");
    let unborn = Binding { lineage: None, ..binding() };
    assert_eq!(unborn.check(&binding()), Ok(()), "a ledger that was not there yet may have come into being");

    assert_eq!(plan.check_partner(Some(&OrgId::new("org-partner"))), Ok(()));
    for run in [None, Some(OrgId::new("org-other"))] {
        let error = plan.check_partner(run.as_ref()).unwrap_err();
        assert_eq!(error.code().0, "HF730", "{error}");
    }
    assert_eq!(Binding { partner: None, ..binding() }.check_partner(None), Ok(()));
}

/// Every place in a JSON document, as a pointer.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{index}"), into);
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                places(item, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), into);
            }
        }
        _ => {}
    }
}

fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::String),
        Just(json!([])),
        Just(json!({})),
        Just(json!({ "operation": "forget" })),
        Just(json!(["customer/a#create"])),
    ]
}

fn names(plan: &Plan) -> BTreeSet<Name> {
    plan.parts.iter().filter_map(|part| part.customer.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn plans_of_all_states_are_read_as_they_were_written(scene in scenes(), sign in any::<bool>()) {
        let plan = scene.plan();
        let key = sign.then(|| key(1));
        let file = PlanFile::seal(plan.clone(), binding(), Selection::default(), key.as_ref());
        let text = to_json(&file);
        let back = PlanFile::read(text.as_bytes(), &if sign { trusting(&[1]) } else { BTreeSet::new() }).unwrap();
        prop_assert_eq!(to_json(&back), text);
        prop_assert_eq!(back.customers(), names(&plan));
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(PlanFile::read(&bytes, &BTreeSet::new()).is_err());
    }

    /// Half of a plan, or a plan with something in its middle.
    #[test]
    fn no_damage_goes_unseen(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let text = to_json(&signed(1)).into_bytes();
        let at = at.index(text.len() - 1);
        let mut other = text.clone();
        if cut {
            other.truncate(at);
        } else {
            other[at] = byte;
        }
        let (value, changed) = (serde_json::from_slice::<Value>(&text).ok(), serde_json::from_slice::<Value>(&other).ok());
        let read = PlanFile::read(&other, &trusting(&[1]));
        // A blank more or less is no damage.
        prop_assert_eq!(read.is_ok(), value == changed, "{:?}", read);
    }

    #[test]
    fn no_edit_of_one_value_goes_unseen(place in any::<prop::sample::Index>(), new in hostile(), sign in any::<bool>()) {
        let file = if sign { signed(1) } else { saved(&some_plan()) };
        let mut value = serde_json::to_value(&file).unwrap();
        let mut all = Vec::new();
        places(&value, "", &mut all);
        let place: &String = place.get(&all[..]);
        let old = value.pointer_mut(place).unwrap();
        prop_assume!(*old != new);
        *old = new;
        let trust = if sign { trusting(&[1]) } else { BTreeSet::new() };
        prop_assert!(PlanFile::read(value.to_string().as_bytes(), &trust).is_err(), "{}", place);
    }

    /// With its digests computed anew, an edit is unseen; but nothing that is read makes anything fall over.
    #[test]
    fn no_content_is_too_odd(place in any::<prop::sample::Index>(), new in hostile()) {
        let mut value = serde_json::to_value(some_plan()).unwrap();
        let mut all = Vec::new();
        places(&value, "", &mut all);
        let place: &String = place.get(&all[..]);
        *value.pointer_mut(place).unwrap() = new;
        let has_parts = value["parts"].as_array().is_some_and(|parts| parts.iter().all(Value::is_object));
        if has_parts && let Ok(file) = read(&sealed(value)) {
            super::again(&file, &Scene::new_customer());
            super::again(&file, &Scene::settled());
        }
    }
}
