//! Three states side by side.

use hubform::{
    model::{Fields, Value},
    report::{Look, Show, Shown, show_text, to_json},
};

#[test]
fn numbers_are_ranges() {
    let object = "location/acme/headquarters".parse().unwrap();
    let numbers = |from: u32, to: u32| {
        let mut fields = Fields::default();
        (from..=to).for_each(|number| fields.add_member("numbers", &format!("+1408555{number:04}")));
        fields
    };
    let shown = Shown {
        object: &object,
        desired: Some(numbers(100, 109)),
        applied: Some(numbers(100, 104)),
        observed: Some(Fields::default()),
        unread: None,
        ids: Vec::new(),
        source: None,
    };
    insta::assert_snapshot!(show_text(&shown, Look::default()), @"
    location/acme/headquarters

    FIELD     DESIRED                          LAST APPLIED                    OBSERVED
    (object)  present                          present                         present
    numbers   +14085550100..+14085550109 (10)  +14085550100..+14085550104 (5)  -
    ");
}

fn fields(pairs: &[(&'static str, &str)]) -> Fields {
    let mut fields = Fields::default();
    for &(path, value) in pairs {
        fields.set(path, Value::text(value));
    }
    fields
}

#[test]
fn an_object_is_shown_in_three_states() {
    let object = "user/acme/ann@acme.example".parse().unwrap();
    let shown = Shown {
        object: &object,
        desired: Some(fields(&[("firstName", "Ann"), ("extension", "201")])),
        applied: Some(fields(&[("firstName", "Ann"), ("extension", "200")])),
        observed: None,
        unread: Some("not there".to_owned()),
        ids: vec![("subscriber id", "abc".to_owned())],
        source: Some(("users.csv".to_owned(), 3)),
    };
    insta::assert_snapshot!(show_text(&shown, Look::default()), @"
    user/acme/ann@acme.example
      written at users.csv:3
      subscriber id: abc
      observed: not there

    FIELD      DESIRED  LAST APPLIED  OBSERVED
    (object)   present  present       absent
    extension  201      200
    firstName  Ann      Ann
    ");
    insta::assert_snapshot!(to_json(&Show::from(shown)), @r#"
    {
      "format": 1,
      "object": "user/acme/ann@acme.example",
      "ids": {
        "subscriber id": "abc"
      },
      "source": {
        "file": "users.csv",
        "line": 3
      },
      "desired": {
        "extension": "201",
        "firstName": "Ann"
      },
      "lastApplied": {
        "extension": "200",
        "firstName": "Ann"
      },
      "observed": null,
      "unread": "not there"
    }
    "#);
}
