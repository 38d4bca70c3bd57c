//! What a problem stops (R22): an error in one customer leaves the others alone.

use hubform::model::{Scope, Severity};

use super::support::load;

/// The scopes of all problems of one document, each once.
fn scopes(document: &str) -> Vec<String> {
    let loaded = load(&[("a.yaml", &format!("apiVersion: hubform/v1\n{document}"))]);
    assert!(loaded.problems.iter().all(|problem| problem.severity == Severity::Error));
    let mut scopes: Vec<String> = loaded
        .problems
        .iter()
        .map(|problem| match &problem.scope {
            Scope::Project => "project".to_owned(),
            Scope::Template(name) => format!("template {name}"),
            Scope::Customer(name) => format!("customer {name}"),
        })
        .collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

#[test]
fn an_error_stops_the_part_that_it_is_in() {
    assert_eq!(scopes("kind: Template\nname: one\nspec: {}\n"), ["template one"]);
    assert_eq!(scopes("kind: Customer\nname: cafe\nspec: { a: 1, a: 2 }\n"), ["customer cafe"]);
    assert_eq!(scopes("kind: Location\ncustomer: cafe\nname: One Two\nspec: {}\n"), ["customer cafe"]);
    assert_eq!(scopes("kind: User\ncustomer: cafe\nspec: {}\n"), ["customer cafe"]);
    assert_eq!(scopes("kind: UserList\ncustomer: cafe\nspec: { users: [{}], from: gone.csv }\n"), ["customer cafe"]);
    assert_eq!(scopes("kind: Removed\nobject: location/cafe/one\n"), ["customer cafe"]);
    assert_eq!(scopes("kind: Removed\nobject: template/one\n"), ["template one"]);
}

#[test]
fn an_error_whose_part_cannot_be_told_stops_everything() {
    assert_eq!(scopes("kind: Customer\nname: The Cafe\nspec: {}\n"), ["project"]);
    assert_eq!(scopes("kind: User\nspec: {}\n"), ["project"]);
    assert_eq!(scopes("kind: Robot\n"), ["project"]);
    assert_eq!(scopes("kind: [\n"), ["project"]);
    assert_eq!(scopes("kind: Removed\nobject: cafe\nreason: x\n"), ["project"]);
}

#[test]
fn a_csv_file_that_is_not_text_stops_every_customer_that_names_it() {
    let list = |customer: &str| {
        format!(
            "apiVersion: hubform/v1\nkind: UserList\ncustomer: {customer}\nspec: {{ defaults: {{ package: webex_calling }}, from: u.csv }}\n"
        )
    };
    let files = [
        ("a.yaml".to_owned(), list("one").into_bytes()),
        ("b.yaml".to_owned(), list("two").into_bytes()),
        ("u.csv".to_owned(), b"email\nann@cafe.example\nbj\xf8rn@cafe.example\n".to_vec()),
    ];
    let loaded = hubform::manifest::load_files(files.into_iter().collect());
    for customer in ["one", "two"] {
        let scope = Scope::Customer(customer.parse().unwrap());
        assert!(loaded.problems.iter().any(|problem| problem.scope == scope), "{customer}");
    }
    assert!(loaded.desired.objects.is_empty());
}
