//! Problems, with the lines they are about.

use hubform::{
    model::{Code, FileId, Problem, Source, SourceFile, Sources, Span},
    report::{Look, ProblemDocument, problem_summary, problems_text, to_json},
};

const CUSTOMER: &str = "\
apiVersion: hubform/v1
kind: Customer
name: acme
spec:
  company: Acme
  template: gold
  adminEmail: ops@acme.example
  packages: { webex_calling: {} }
";
const USERS: &str = "email,extension\nann@acme.example,201\nbob@acme.example,201\n";

fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.add(SourceFile::new("customers/acme.yaml", CUSTOMER));
    sources.add(SourceFile::new("users.csv", USERS));
    sources
}

fn at(file: u32, sources: &Sources, word: &str, nth: usize) -> Source {
    let file = FileId(file);
    let (start, _) = sources.get(file).unwrap().text.match_indices(word).nth(nth).unwrap();
    Source { file, span: Span::new(start, start + word.len()) }
}

#[test]
fn a_problem_shows_the_field_its_code_and_its_fix() {
    let sources = sources();
    let problem = Problem::error(Code("HF140"), "customer `acme` uses template `gold`, which is not declared")
        .at(at(0, &sources, "gold", 0))
        .fix("declared templates: `basic`, `gold-eu`");
    insta::assert_snapshot!(problems_text(&[problem], &sources, Look::default()), @"
    error[HF140]: customer `acme` uses template `gold`, which is not declared
     --> customers/acme.yaml:6:13
      |
    4 | spec:
    5 |   company: Acme
    6 |   template: gold
      |             ^^^^
    7 |   adminEmail: ops@acme.example
    8 |   packages: { webex_calling: {} }
      |
      = help: declared templates: `basic`, `gold-eu`

    1 error in 1 file
    ");
}

#[test]
fn other_places_are_labelled_in_their_own_files() {
    let sources = sources();
    let problems = [
        Problem::error(Code("HF240"), "extension `201` belongs to two users")
            .at(at(1, &sources, "201", 1))
            .label(at(1, &sources, "201", 0), "first used here")
            .label(at(0, &sources, "acme", 0), "of this customer"),
        Problem::warning(Code("HF250"), "`HUBFORM_LEDGER` is empty"),
    ];
    insta::assert_snapshot!(problems_text(&problems, &sources, Look::default()), @"
    error[HF240]: extension `201` belongs to two users
     --> users.csv:3:18
      |
    1 | email,extension
    2 | ann@acme.example,201
      |                  --- first used here
    3 | bob@acme.example,201
      |                  ^^^
      |
     ::: customers/acme.yaml:3:7
      |
    1 | apiVersion: hubform/v1
    2 | kind: Customer
    3 | name: acme
      |       ---- of this customer
    4 | spec:
    5 |   company: Acme
      |

    warning[HF250]: `HUBFORM_LEDGER` is empty

    1 error and 1 warning in 1 file
    ");
}

#[test]
fn the_last_line_counts_errors_warnings_and_files() {
    let sources = sources();
    let error = |file, word| Problem::error(Code("HF101"), "x").at(at(file, &sources, word, 0));
    let warning = Problem::warning(Code("HF101"), "x");
    assert_eq!(
        problem_summary(&[error(0, "acme"), error(0, "gold"), error(1, "ann"), warning.clone()]),
        "3 errors and 1 warning in 2 files"
    );
    assert_eq!(problem_summary(&[error(0, "acme")]), "1 error in 1 file");
    assert_eq!(problem_summary(&[warning]), "1 warning");
    assert_eq!(problem_summary(&[]), "no problems");
    assert_eq!(problems_text(&[], &sources, Look::default()), "");
}

#[test]
fn hostile_text_reaches_no_terminal() {
    let mut sources = Sources::default();
    let text = "name: \u{1b}]0;owned\u{7}\u{202e}x\n";
    let file = sources.add(SourceFile::new("a\u{1b}[2J.yaml", text));
    let problem = Problem::error(Code("HF120"), "the name `\u{1b}[31m\u{9b}` is not allowed")
        .at(Source { file, span: Span::new(6, text.len() - 1) })
        .fix("\u{202e}reversed\nnext line")
        .label(Source { file, span: Span::new(0, 4) }, "\u{2066}label");
    for look in [Look::default(), Look { colour: true, verbose: false }] {
        let shown = problems_text(std::slice::from_ref(&problem), &sources, look);
        let own: String = anstream_free(&shown);
        assert!(!own.chars().any(|c| c.is_control() && c != '\n'), "{own:?}");
        assert!(!own.contains(['\u{202e}', '\u{2066}']), "{own:?}");
        assert!(shown.contains("\\u{1b}]0;owned"), "{shown}");
    }
}

/// Takes away the colours that the renderer itself writes: `ESC [ digits and ; m`.
fn anstream_free(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap();
        assert_eq!(&after[end..=end], "m", "only colours are written");
        rest = &after[end + 1..];
    }
    plain + rest
}

#[test]
fn programs_read_places_and_fixes() {
    let sources = sources();
    let problems = [
        Problem::error(Code("HF140"), "not declared").at(at(0, &sources, "gold", 0)).fix("declare it"),
        Problem::warning(Code("HF250"), "\u{202e}odd"),
    ];
    insta::assert_snapshot!(to_json(&ProblemDocument::of(&problems, &sources)), @r#"
    {
      "format": 1,
      "problems": [
        {
          "code": "HF140",
          "severity": "error",
          "file": "customers/acme.yaml",
          "line": 6,
          "column": 13,
          "message": "not declared",
          "fix": "declare it"
        },
        {
          "code": "HF250",
          "severity": "warning",
          "file": null,
          "line": null,
          "column": null,
          "message": "\u202eodd",
          "fix": null
        }
      ]
    }
    "#);
}

#[test]
fn columns_are_those_of_the_file_even_in_a_long_line() {
    let mut sources = Sources::default();
    let text = format!("{}oops{}", "x".repeat(1_000), "y".repeat(1_000));
    let file = sources.add(SourceFile::new("a.yaml", text));
    let problem = Problem::error(Code("HF114"), "odd").at(Source { file, span: Span::new(1_000, 1_004) });
    insta::assert_snapshot!(problems_text(&[problem], &sources, Look::default()), @"
    error[HF114]: odd
     --> a.yaml:1:1001
      |
     :::
    1 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxoopsyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...
      |                                                                ^^^^

    1 error in 1 file
    ");
}

#[test]
fn many_problems_copy_no_more_than_their_windows() {
    let line = format!("  - {}\n", "x".repeat(1_000));
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("big.yaml", line.repeat(1_000)));
    let problems: Vec<Problem> = (0..1_000)
        .map(|n| {
            let start = n * line.len() + 4;
            Problem::error(Code("HF114"), "odd").at(Source { file, span: Span::new(start, start + 1) })
        })
        .collect();
    let shown = problems_text(&problems, &sources, Look::default());
    assert!(shown.len() < 1_000 * 5 * 300, "{}", shown.len());
    assert!(shown.ends_with("1000 errors in 1 file\n"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    /// Files, spans and words are whatever somebody else made of them.
    #[test]
    fn no_text_and_no_span_is_a_panic_or_reaches_the_terminal(
        text in "(\\PC|[\\x00-\\x1f\u{202e}\u{200d}🍕é\n]){0,80}",
        message in "(?s).{0,30}",
        spans in proptest::collection::vec((0_usize..120, 0_usize..120), 1..5),
        colour: bool,
    ) {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("a.yaml", text));
        let mut places = spans.into_iter().map(|(start, end)| Source { file, span: Span::new(start, end) });
        let mut problem = Problem::error(Code("HF101"), &message).at(places.next().unwrap()).fix(&message);
        for place in places {
            problem = problem.label(place, &message);
        }
        let shown = anstream_free(&problems_text(&[problem], &sources, Look { colour, verbose: false }));
        proptest::prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{:?}", shown);
        proptest::prop_assert!(!shown.contains('\u{202e}'), "{:?}", shown);
    }
}
