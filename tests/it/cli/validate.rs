//! `hubform validate`

use super::bench::{Bench, check_schema};

#[test]
fn a_good_project_says_so() {
    let ended = Bench::new().run(&["validate"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(ended.stdout, "No problems: 5 objects in 3 files\n");
}

#[test]
fn problems_are_the_answer() {
    let bench = Bench::new();
    bench.edit("acme.yaml", "template: basic", "template: basik");
    let ended = bench.run(&["validate"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ended.stdout, @"
    error[HF140]: there is no template `basik`
     --> acme.yaml:6:13
      |
    4 | labels: { tier: t10 }
    5 | spec:
    6 |   template: basik
      |             ^^^^^
    7 |   company: Company 10
    8 |   adminEmail: admin@acme.example
      |
      = help: did you mean `basic`?

    1 error in 1 file
    ");
}

#[test]
fn programs_get_every_problem_with_its_place() {
    let bench = Bench::new();
    bench.edit("acme.yaml", "template: basic", "template: basik");
    bench.write("odd.yaml", "apiVersion: hubform/v1\nkind: Robot\n");
    let document = check_schema("problems", &bench.answer(1, &["validate", "--format", "json"]));
    let problems = document["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2, "{document:#}");
    assert_eq!(problems[0]["file"], "acme.yaml");
    assert_eq!(problems[0]["line"], 6);
    assert_eq!(problems[1]["file"], "odd.yaml");
    let good = check_schema("problems", &Bench::new().answer(0, &["validate", "--format", "json"]));
    assert_eq!(good["problems"].as_array().unwrap().len(), 0);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let ended = Bench::new().run(&["validate", "nowhere"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("nowhere"), "{}", ended.stdout);
}
