//! Projects in which everything goes wrong at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};

use hubform::{manifest, model::Problem, rules};
use proptest::prelude::*;

/// Returns every file of every broken project, by its path below `examples/broken`.
fn files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/broken");
    for folder in super::broken::folders() {
        for entry in fs::read_dir(&folder).expect("the folder is part of the repository") {
            let path = entry.expect("its entries can be read").path();
            let name = path.strip_prefix(&root).expect("it is below the root").to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read(&path).expect("it can be read"));
        }
    }
    files
}

/// Loads and checks a project; every problem has to stand inside a file, and the order has to be that of places.
fn check(project: BTreeMap<String, Vec<u8>>) -> Vec<Problem> {
    let loaded = manifest::load_files(project);
    let found = rules::check(&loaded.desired);
    assert!(found.is_sorted());
    for problem in &found {
        for at in problem.at.iter().chain(problem.labels.iter().map(|label| &label.at)) {
            let file = loaded.sources.get(at.file).expect("a problem stands in a file that was read");
            assert!(file.text.get(at.span.start as usize..at.span.end as usize).is_some(), "{problem:?}");
        }
    }
    found
}

/// Puts whole projects beside each other. Templates and customers get names of their own, or they would be
/// described twice and none of them checked; numbers, e-mail addresses, keys and ids stay and clash.
fn mixed(files: &BTreeMap<String, Vec<u8>>, chosen: &[prop::sample::Index]) -> BTreeMap<String, Vec<u8>> {
    let folders: BTreeSet<&str> = files.keys().filter_map(|path| Some(path.split_once('/')?.0)).collect();
    let folders: Vec<&str> = folders.into_iter().collect();
    let mut project = BTreeMap::new();
    for (nth, index) in chosen.iter().enumerate() {
        let folder = folders[index.index(folders.len())];
        let of_folder =
            files.iter().filter_map(|(path, text)| Some((path.strip_prefix(folder)?.strip_prefix('/')?, text)));
        // A `hubform.yaml` further down would end the tree.
        for (path, text) in of_folder.filter(|(path, _)| *path != "hubform.yaml") {
            let text = String::from_utf8_lossy(text)
                .replace("standard-", &format!("standard-{nth}-"))
                .replace(": johns-pizza\n", &format!(": johns-pizza-{nth}\n"))
                .replace(": bobs-bikes\n", &format!(": bobs-bikes-{nth}\n"));
            project.insert(format!("{nth}/{path}"), text.into_bytes());
        }
    }
    project
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mixture_of_projects_is_checked_without_panic_and_twice_the_same(
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..30),
    ) {
        static FILES: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(files);
        let project = mixed(&FILES, &chosen);
        let found = check(project.clone());
        prop_assert!(chosen.len() < 20 || found.len() > 20, "the projects clash: {found:?}");
        prop_assert_eq!(found, check(project));
    }
}
