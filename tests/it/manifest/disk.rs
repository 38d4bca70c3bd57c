//! Which files of a folder are read, and that nothing outside it is.

use std::{fs, os::unix::fs::symlink, path::Path};

use hubform::manifest::{Loaded, load};

use super::support::problems;

const TEMPLATE: &str = "apiVersion: hubform/v1\nkind: Template\nname: NAME\nspec: { displayName: X, country: US, administrator: ops@acme.example }\n";
const LIST: &str = "apiVersion: hubform/v1\nkind: UserList\ncustomer: corner-cafe\nspec: { defaults: { package: webex_calling }, from: FROM }\n";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn template(root: &Path, path: &str, name: &str) {
    write(root, path, &TEMPLATE.replace("NAME", name));
}

fn objects(loaded: &Loaded) -> Vec<String> {
    loaded.desired.objects.keys().map(ToString::to_string).collect()
}

#[test]
fn manifests_are_found_in_any_layout_and_nothing_else_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    template(root, "hubform.yaml", "in-project-file");
    template(root, "deep/er/a.yml", "yml");
    template(root, "target/a.yaml", "a-customer-may-be-called-target");
    write(root, "notes.txt", "nonsense: [");
    write(root, ".hidden/a.yaml", "nonsense: [");
    write(root, ".pre-commit-config.yaml", "repos: []");
    write(root, "nested/hubform.yaml", "nonsense: [");
    write(root, "nested/deep/a.yaml", "nonsense: [");
    write(root, "build/CACHEDIR.TAG", "");
    write(root, "build/a.yaml", "nonsense: [");
    fs::create_dir(root.join("folder.yaml")).unwrap();

    let loaded = load(root);

    assert_eq!(problems(&loaded), "");
    assert_eq!(
        objects(&loaded),
        ["template/a-customer-may-be-called-target", "template/in-project-file", "template/yml"]
    );
    let paths: Vec<&str> = loaded.sources.iter().map(|(_, file)| &*file.path).collect();
    assert_eq!(paths, ["deep/er/a.yml", "hubform.yaml", "target/a.yaml"]);
    assert_eq!(loaded.root, root.canonicalize().unwrap());
}

#[test]
fn links_are_followed_inside_the_project_only() {
    let outside = tempfile::tempdir().unwrap();
    template(outside.path(), "secret.yaml", "secret");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    template(root, "a/one.yaml", "one");
    template(root, ".shared/two.yaml", "two");
    symlink(root, root.join("a/loop")).unwrap();
    symlink("b", root.join("b")).unwrap();
    symlink(root.join("a/one.yaml"), root.join("same.yaml")).unwrap();
    symlink(root.join(".shared/two.yaml"), root.join("two.yaml")).unwrap();
    symlink(root.join("a/one.yaml"), root.join("z.yaml")).unwrap();
    symlink("nowhere", root.join("dangling.yaml")).unwrap();
    symlink("self.yaml", root.join("self.yaml")).unwrap();
    symlink(outside.path(), root.join("folder")).unwrap();
    symlink(outside.path().join("secret.yaml"), root.join("file.yaml")).unwrap();

    let loaded = load(root);

    assert_eq!(objects(&loaded), ["template/one", "template/two"]);
    assert_eq!(
        problems(&loaded),
        "\
HF101 dangling.yaml:1:1 [] `dangling.yaml` does not exist, or a link leads nowhere -> remove the link, or put the file there
HF107 file.yaml:1:1 [] `file.yaml` leads out of the project folder -> copy what it links to into the project folder, or list it in `spec.ignore` of `hubform.yaml`
HF107 folder:1:1 [] `folder` leads out of the project folder -> copy what it links to into the project folder, or list it in `spec.ignore` of `hubform.yaml`
HF101 self.yaml:1:1 [] `self.yaml` cannot be read: filesystem loop or indirection limit (e.g. symlink loop) -> make the file readable, or list it in `spec.ignore` of `hubform.yaml`"
    );
}

#[test]
fn what_the_project_ignores_may_be_unreadable() {
    let outside = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let project = "apiVersion: hubform/v1\nkind: Project\nname: acme\nspec: { ignore: [result/, '*.tpl.yaml'] }\n";
    write(root, "hubform.yaml", project);
    symlink(outside.path(), root.join("result")).unwrap();
    symlink("nowhere", root.join("x.tpl.yaml")).unwrap();
    assert_eq!(problems(&load(root)), "");
}

#[test]
fn a_csv_file_is_checked_where_its_links_end() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "users.csv", "email\nann@corner-cafe.example\n");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    symlink(outside.path().join("users.csv"), root.join("linked.csv")).unwrap();
    symlink(outside.path(), root.join("folder.d")).unwrap();
    write(root, "data/users.csv", "email\nbob@corner-cafe.example\n");
    symlink("data/users.csv", root.join("inside.csv")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(root.join("pipe.csv")).status().unwrap();
    assert!(pipe.success());
    for (index, from) in
        ["linked.csv", "folder.d/users.csv", "inside.csv", "pipe.csv", "data", "/dev/zero"].iter().enumerate()
    {
        write(root, &format!("{index}.yaml"), &LIST.replace("FROM", from));
    }

    let loaded = load(root);

    assert_eq!(objects(&loaded), ["user/corner-cafe/bob@corner-cafe.example"]);
    assert_eq!(
        problems(&loaded),
        "\
HF107 0.yaml:4:53 [linked.csv] `linked.csv` leads out of the project folder -> put the CSV file into the project, and write its path as seen from this manifest
HF107 1.yaml:4:53 [folder.d/users.csv] `folder.d/users.csv` leads out of the project folder -> put the CSV file into the project, and write its path as seen from this manifest
HF101 3.yaml:4:53 [pipe.csv] `pipe.csv` is not a regular file -> put a regular file there
HF101 4.yaml:4:53 [data] `data` is not a regular file -> put a regular file there
HF107 5.yaml:4:53 [/dev/zero] `/dev/zero` leads out of the project folder -> put the CSV file into the project, and write its path as seen from this manifest
HF107 folder.d:1:1 [] `folder.d` leads out of the project folder -> copy what it links to into the project folder, or list it in `spec.ignore` of `hubform.yaml`"
    );
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let file = fs::File::create(root.join("huge.yaml")).unwrap();
    file.set_len(100 << 20).unwrap();
    let file = fs::File::create(root.join("huge.csv")).unwrap();
    file.set_len(300 << 20).unwrap();
    write(root, "list.yaml", &LIST.replace("FROM", "huge.csv"));

    assert_eq!(
        problems(&load(root)),
        "\
HF104 huge.yaml:1:1 [] `huge.yaml` is larger than 64 MiB -> split it into several files
HF104 list.yaml:4:53 [huge.csv] `huge.csv` is larger than 256 MiB -> split it into several files"
    );
}

#[test]
fn a_folder_that_is_not_there_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("nowhere"), {
        write(folder.path(), "file", "");
        folder.path().join("file")
    }] {
        let loaded = load(&path);
        let [problem] = &loaded.problems[..] else { panic!() };
        assert_eq!((problem.code.0, problem.at), ("HF101", None));
        assert!(problem.message.contains(&path.display().to_string()));
    }
}

#[test]
fn a_pipe_among_the_manifests_does_not_block() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().unwrap();
    assert!(pipe.success());
    assert_eq!(
        problems(&load(folder.path())),
        "HF101 pipe.yaml:1:1 [] `pipe.yaml` is not a regular file -> put a regular file there"
    );
}
