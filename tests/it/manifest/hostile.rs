//! Inputs made to hurt: each ends in a few problems. None needs the whole memory or a deep stack.

use std::collections::BTreeMap;

use hubform::{
    manifest::{Loaded, load_files},
    model::codes,
};

fn load(path: &str, bytes: Vec<u8>) -> Loaded {
    load_files(BTreeMap::from([(path.to_owned(), bytes)]))
}

fn codes_of(text: String) -> Vec<&'static str> {
    load("a.yaml", text.into_bytes()).problems.iter().map(|problem| problem.code.0).collect()
}

#[test]
fn deep_nesting_is_refused_in_every_style() {
    let deep = 100_000;
    assert_eq!(codes_of("[".repeat(deep)), ["HF104"]);
    assert_eq!(codes_of("{a: ".repeat(deep)), ["HF104"]);
    assert_eq!(codes_of("- ".repeat(deep)), ["HF104"]);
    assert_eq!(codes_of("? ".repeat(deep)), ["HF104"]);
    assert_eq!(codes_of("[".repeat(deep) + &"]".repeat(deep)), ["HF104"]);
    let steps: Vec<String> = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect();
    assert_eq!(codes_of(steps.concat()), ["HF104"]);
}

#[test]
fn an_alias_bomb_is_refused_without_expanding_it() {
    let levels = ('a'..='y').zip('b'..='z').map(|(one, next)| format!("{next}: &{next} [*{one}, *{one}]\n"));
    let bomb: Vec<String> = std::iter::once("a: &a [x, x]\n".to_owned()).chain(levels).collect();
    let told = codes_of(bomb.concat());
    assert!(told.iter().all(|&code| code == "HF106" || code == "HF110"), "{told:?}");
    assert!(told.len() < 300);
}

#[test]
fn garbage_stops_at_its_first_error() {
    let noise = |seed: u64, length: usize| -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            u8::try_from(state >> 56).unwrap()
        };
        (0..length).map(|_| next()).collect()
    };
    let binary = load("a.yaml", noise(1, 1 << 20));
    assert_eq!(binary.problems.len(), 1);
    assert_eq!(binary.problems[0].code, codes::NOT_UTF8);
    let ascii = noise(2, 1 << 20).into_iter().map(|byte| byte & 0x7f).collect();
    assert_eq!(load("a.yaml", ascii).problems.len(), 1);
    let printable = noise(3, 1 << 20).into_iter().map(|byte| b' ' + byte % 95).collect();
    assert!(load("a.yaml", printable).problems.len() <= 2);
    assert_eq!(codes_of("\0".repeat(1 << 20)), ["HF102"]);
}

#[test]
fn a_file_full_of_problems_tells_a_thousand_and_counts_the_rest() {
    let document = "apiVersion: hubform/v1\nkind: Robot\n---\n";
    let loaded = load("a.yaml", document.repeat(5_000).into_bytes());
    assert_eq!(loaded.problems.len(), 1_001);
    let last = loaded.problems.last().unwrap();
    assert_eq!((last.code, last.message.as_str()), (codes::TOO_MANY, "the file has 4000 more problems"));

    let fields: Vec<String> = (0..20_000).map(|index| format!("  f{index}: 1\n")).collect();
    let text = format!("apiVersion: hubform/v1\nkind: Template\nname: x\nspec:\n{}", fields.concat());
    assert_eq!(load("a.yaml", text.into_bytes()).problems.len(), 1_001);
    let aliases = format!("a: &a 1\nb: [{}]\n", "*a, ".repeat(50_000));
    assert!(load("a.yaml", aliases.into_bytes()).problems.len() <= 1_001);
    let rows =
        format!("apiVersion: hubform/v1\nkind: UserList\ncustomer: x\nspec: {{ users: [{}] }}", "5, ".repeat(50_000));
    assert_eq!(load("a.yaml", rows.into_bytes()).problems.len(), 1_001);
}

#[test]
fn a_broken_csv_file_tells_a_thousand_rows_and_counts_the_rest() {
    let list = "apiVersion: hubform/v1\nkind: UserList\ncustomer: x\nspec: { from: a.csv }\n";
    let csv = format!("email\n{}", "nobody\n".repeat(20_000));
    let loaded = load_files(BTreeMap::from([
        ("a.yaml".to_owned(), list.as_bytes().to_vec()),
        ("a.csv".to_owned(), csv.into_bytes()),
    ]));
    assert_eq!(loaded.problems.len(), 1_001);
}

#[test]
fn many_keys_and_many_documents_take_no_quadratic_time() {
    let keys: Vec<String> = (0..50_000).map(|index| format!("k{index}: v\n")).collect();
    assert_eq!(codes_of(keys.concat()), ["HF110"]);
    let twice = "k: v\n".repeat(50_000);
    assert!(codes_of(twice).len() <= 1_001);
    assert!(codes_of("---\n".repeat(50_000)).is_empty());
}

#[test]
fn a_flow_list_with_too_many_values_is_refused_before_it_is_kept() {
    assert_eq!(codes_of("[".to_owned() + &"a,".repeat(2_000_001)), ["HF104"]);
}

#[test]
fn number_ranges_cannot_fill_memory() {
    let ranges: Vec<String> =
        (0..200).map(|index| format!("    - \"+1408{index:03}0000..+1408{index:03}9999\"\n")).collect();
    let text = format!(
        "apiVersion: hubform/v1\nkind: Location\ncustomer: x\nname: y\nspec:\n  displayName: Y\n  timeZone: Europe/Oslo\n  \
         language: nb_no\n  address: {{ line1: A, city: B, country: NO }}\n  numbers:\n{}",
        ranges.concat()
    );
    assert_eq!(codes_of(text), ["HF104"]);
}

#[test]
fn a_text_made_to_mislead_is_shown_escaped() {
    let text = "apiVersion: hubform/v1\nkind: \"Cust\u{202e}omer\\e[31m\"\n";
    let loaded = load("a.yaml", text.as_bytes().to_vec());
    assert_eq!(loaded.problems[0].message, "`Cust\\u{202e}omer\\u{1b}[31m` is not a kind of document");
}
