//! What holds for every input.

use std::collections::BTreeMap;

use hubform::{
    manifest::{Loaded, load_files},
    model::{Address, Desired, Source},
};
use proptest::prelude::*;

use super::examples::{CSV, CUSTOMER, PROJECT, TEMPLATE};

type Files = BTreeMap<String, Vec<u8>>;

fn project() -> Vec<(&'static str, &'static str)> {
    vec![("hubform.yaml", PROJECT), ("t.yaml", TEMPLATE), ("c.yaml", CUSTOMER), ("users.csv", CSV)]
}

/// Checks what must hold of any result.
fn check(loaded: &Loaded) {
    let is_good = |at: &Source| {
        let file = loaded.sources.get(at.file).unwrap();
        let (start, end) = (at.span.start, at.span.end);
        assert!(file.text.get(start as usize..end as usize).is_some(), "{at:?} in {}", file.path);
        let _ = file.position(start);
    };
    for problem in &loaded.problems {
        problem.at.iter().for_each(is_good);
        problem.labels.iter().for_each(|label| is_good(&label.at));
        assert!(problem.message.chars().all(|c| !c.is_control()), "{:?}", problem.message);
        assert!(problem.message.len() < 2_000 && problem.fix.as_ref().is_none_or(|fix| fix.len() < 2_000));
    }
    let Desired { objects, broken, .. } = &loaded.desired;
    assert!(broken.iter().all(|address| !objects.contains_key(address)));
    assert!(broken.is_empty() || !loaded.problems.is_empty());
    for object in objects.values() {
        is_good(&object.source);
        for (path, _) in object.spec.fields().iter() {
            is_good(&object.at(path.as_str()));
        }
    }
    let per_file = loaded
        .sources
        .iter()
        .map(|(file, _)| loaded.problems.iter().filter(|problem| problem.at.is_some_and(|at| at.file == file)).count());
    assert!(per_file.max().unwrap_or_default() <= 1_001);
}

/// A change to a file: some bytes cut out and others put in.
#[derive(Clone, Debug)]
struct Edit {
    file: usize,
    at: f64,
    cut: usize,
    put: Vec<u8>,
}

fn snippet() -> impl Strategy<Value = Vec<u8>> {
    let yaml = prop::sample::select(vec![
        "\n",
        "\n  ",
        "- ",
        ": ",
        ":",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\"",
        "'",
        "|",
        ">",
        "|2-\n",
        "&a ",
        "*a",
        "!!str ",
        "!",
        "? ",
        "<<: ",
        "#",
        "---\n",
        "...\n",
        "%YAML 1.2\n---\n",
        "%TAG ! x\n",
        "\t",
        "\r\n",
        "\r",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "ü",
        "\u{0}",
        "~",
        "null",
        "true",
        "0x1F",
        "1e5",
        "-1",
        "+14085550100",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "spec:",
        "users:",
        "kind: User\n",
        "kind",
        "name: x\n",
        "defaults",
        "\"\"",
        ";",
        "\u{202e}",
        "99999999999999999999",
        "+10000000..+19999999",
        "email",
        "@",
        "`",
        "%",
    ]);
    prop_oneof![
        8 => yaml.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
        1 => Just(Vec::new()),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (0..4_usize, 0.0..1.0_f64, prop_oneof![Just(0), 0..4_usize, 0..200_usize], snippet())
        .prop_map(|(file, at, cut, put)| Edit { file, at, cut, put });
    prop::collection::vec(edit, 1..6)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place in a small file"
)]
fn edited(edits: &[Edit]) -> Files {
    let mut files: Vec<(String, Vec<u8>)> =
        project().into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
    for Edit { file, at, cut, put } in edits {
        let bytes = &mut files[*file].1;
        let start = (*at * bytes.len() as f64) as usize;
        let end = (start + cut).min(bytes.len());
        bytes.splice(start..end, put.iter().copied());
    }
    files.into_iter().collect()
}

/// Everything that was asked for, without the places.
fn meaning(loaded: &Loaded) -> impl PartialEq + std::fmt::Debug + use<> {
    let Desired { project, objects, removals, broken } = loaded.desired.clone();
    let objects: BTreeMap<Address, _> = objects
        .into_iter()
        .map(|(address, object)| (address, (object.spec, object.labels, object.lifecycle, object.renamed_from)))
        .collect();
    let removals: BTreeMap<Address, _> =
        removals.into_iter().map(|(address, removal)| (address, (removal.reason, removal.on_remove))).collect();
    (project, objects, removals, broken)
}

proptest! {
    #[test]
    fn any_bytes_are_read(yaml in prop::collection::vec(any::<u8>(), 0..300), csv in prop::collection::vec(any::<u8>(), 0..100)) {
        let list = b"apiVersion: hubform/v1\nkind: UserList\ncustomer: x\nspec: { from: a.csv }\n".to_vec();
        let files = [("a.yaml", yaml.clone()), ("b.yaml", list), ("a.csv", csv), ("hubform.yaml", yaml)];
        check(&load_files(files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect()));
    }

    #[test]
    fn any_pieces_of_yaml_are_read(pieces in prop::collection::vec(snippet(), 0..40)) {
        check(&load_files(Files::from([("a.yaml".to_owned(), pieces.concat())])));
    }

    #[test]
    fn a_damaged_project_is_read(edits in edits()) {
        let files = edited(&edits);
        let loaded = load_files(files.clone());
        check(&loaded);
        let again = load_files(files);
        prop_assert_eq!((loaded.desired, loaded.problems), (again.desired, again.problems));
    }

    #[test]
    fn the_order_of_files_and_documents_does_not_matter(
        edits in edits(),
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
        cuts in prop::collection::vec(any::<bool>(), 6),
    ) {
        // The documents are put into other files in another order. Damage that crosses documents would
        // change their number, so only edits within a line count.
        let is_inside = |edit: &&Edit| edit.file == 2 && !edit.put.contains(&b'\n') && !edit.put.contains(&b'\r');
        let edits: Vec<Edit> = edits.iter().filter(is_inside).map(|edit| Edit { cut: 0, ..edit.clone() }).collect();
        let mut files = edited(&edits);
        let Ok(text) = String::from_utf8(files.remove("c.yaml").unwrap()) else { return Ok(()) };
        let mut documents: Vec<&str> = text.split("\n---\n").collect();
        let duplicate = "apiVersion: hubform/v1\nkind: User\ncustomer: johns-pizza\nname: bob@johns-pizza.example\nspec: { package: webex_voice }";
        documents.push(duplicate);
        if documents.len() != 6 {
            return Ok(());
        }
        let with = |order: &[usize], cuts: &[bool]| {
            let mut files = files.clone();
            let mut name = 0;
            let mut file = String::new();
            for (&document, &cut) in order.iter().zip(cuts) {
                file += documents[document];
                file += "\n---\n";
                if cut {
                    files.insert(format!("f{name}.yaml"), std::mem::take(&mut file).into_bytes());
                    name += 1;
                }
            }
            files.insert(format!("f{name}.yaml"), file.into_bytes());
            load_files(files)
        };
        let apart = [true; 6];
        let one = with(&[0, 1, 2, 3, 4, 5], &apart);
        let other = with(&order, &cuts);
        // An error of syntax hides what stands behind it in its file.
        if one.problems.iter().chain(&other.problems).any(|problem| problem.code.0 < "HF105") {
            return Ok(());
        }
        prop_assert_eq!(meaning(&one), meaning(&other));
    }
}
