//! Plans as a reviewer reads them.

use hubform::{
    model::{Address, Value},
    plan::{
        Action, Consequence, FieldChange, FieldReason, Note, Operation, Part, Plan, Reason, Refusal, SourceLine, Step,
        StepId, Summary, Wait,
    },
    report::{Look, plan_text},
};

pub(super) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub(super) fn field(path: &str, before: Option<&str>, after: Option<&str>) -> FieldChange {
    FieldChange {
        path: path.to_owned().into(),
        before: before.map(Value::text),
        after: after.map(Value::text),
        before_unknown: false,
        reason: FieldReason::Edited,
        last_applied: None,
    }
}

pub(super) fn step(object: &str, name: &str, action: Action, fields: Vec<FieldChange>) -> Step {
    let object = address(object);
    Step {
        id: StepId::new(&object, name),
        source: Some(SourceLine { file: format!("{}s.yaml", object.kind()), line: 7 }),
        object,
        action,
        fields,
        needs: Vec::new(),
        reason: if action == Action::Create { Reason::New } else { Reason::Edited },
        consequences: vec![Consequence::Reversible],
        requests: 1,
        operation: Operation::AwaitCustomer,
    }
}

pub(super) fn part(customer: Option<&str>, steps: Vec<Step>) -> Part {
    Part {
        customer: customer.map(|name| name.parse().unwrap()),
        desired: "d".repeat(64),
        observed: "0".repeat(64),
        objects: std::collections::BTreeMap::default(),
        steps,
        waits: Vec::new(),
        refusals: Vec::new(),
        catch_up: Vec::new(),
        settled: Vec::new(),
        known: std::collections::BTreeMap::default(),
        lifecycle: std::collections::BTreeMap::default(),
    }
}

pub(super) fn plan(parts: Vec<Part>) -> Plan {
    let summary = Summary::of(parts.iter().flat_map(|part| &part.steps));
    Plan { format: Plan::FORMAT, target: "simulator".to_owned(), parts, notes: Vec::new(), summary }
}

fn shown(plan: &Plan) -> String {
    plan_text(plan, Look::default())
}

#[test]
fn a_reviewer_sees_what_why_where_and_what_it_means() {
    let mut customer = step(
        "customer/acme",
        "create",
        Action::Create,
        vec![
            field("adminEmail", None, Some("ops@acme.example")),
            field("billingAddress.city", None, Some("Milpitas")),
            field("billingAddress.country", None, Some("US")),
            field("company", None, Some("Acme")),
            field("packages[webex_calling]", None, Some("webex_calling")),
        ],
    );
    customer.consequences = vec![Consequence::Reversible, Consequence::Billable];
    let numbers = (100..150).map(|n| format!("+14085550{n}"));
    let numbers = numbers.map(|n| field(&format!("numbers[{n}]"), None, Some(&n))).collect();
    let mut write_only = field("meetingsTimeZone", Some("UTC"), Some("Europe/Berlin"));
    write_only.before_unknown = true;
    let mut drift = field("lastName", Some("Leigh"), Some("Lee"));
    drift.reason = FieldReason::Drift;
    let mut package = step("user/acme/ann@acme.example", "package", Action::Update, vec![write_only, drift]);
    package.reason = Reason::Drift;
    let mut gone = step("user/acme/bob@acme.example", "unmap", Action::Delete, Vec::new());
    gone.source = None;
    gone.reason = Reason::Removed;
    gone.consequences = vec![Consequence::LosesCalling, Consequence::Billable];
    let plan = plan(vec![part(
        Some("acme"),
        vec![
            customer,
            step("location/acme/headquarters", "adopt", Action::Adopt, Vec::new()),
            step("location/acme/headquarters", "numbers", Action::Update, numbers),
            step(
                "user/acme/ann@acme.example",
                "line",
                Action::Update,
                vec![field("extension", Some("200"), Some("201"))],
            ),
            package,
            gone,
        ],
    )]);
    insta::assert_snapshot!(shown(&plan), @"
    customer acme
      + create customer/acme  (new, customers.yaml:7)
          adminEmail: ops@acme.example
          billingAddress: { city: Milpitas, country: US }
          company: Acme
          packages: webex_calling
          ! changes the bill
      = adopt location/acme/headquarters  (edited, locations.yaml:7)
          numbers: +14085550100..+14085550149 (50)
      ~ update user/acme/ann@acme.example  (edited, drift, users.yaml:7)
          extension: 200 -> 201
          meetingsTimeZone: (write-only: last applied UTC) -> Europe/Berlin
          lastName: Leigh -> Lee  (drift: somebody else changed it)
      - delete user/acme/bob@acme.example  (removed)
          ! loses calling, changes the bill

    Plan: 1 to create, 1 to adopt, 1 to update, 1 to delete; 6 requests
    ");
}

#[test]
fn an_operator_gets_the_page_and_the_command() {
    let mut instruct =
        step("template/standard-us", "instruct", Action::Instruct, vec![field("country", None, Some("US"))]);
    instruct.operation = Operation::Instruct {
        entries: vec![("Template name".into(), "Standard US".into()), ("Country or region".into(), "US".into())],
        edit: false,
    };
    let mut edit = step("template/other", "instruct", Action::Instruct, vec![field("brandName", Some("A"), Some("B"))]);
    edit.operation = Operation::Instruct { entries: vec![("Brand name".into(), "B".into())], edit: true };
    insta::assert_snapshot!(shown(&plan(vec![part(None, vec![instruct, edit])])), @"
    templates
      ? instruct template/standard-us  (edited, templates.yaml:7)
          enter in Partner Hub, in this order:
            Template name      Standard US
            Country or region  US
          then run: hubform template bind standard-us PROVISIONING_ID
      ? instruct template/other  (edited, templates.yaml:7)
          brandName: A -> B
          edit the template in Partner Hub:
            Brand name  B
          then run: hubform template done other

    Plan: 2 for an operator; 2 requests
    ");
}

#[test]
fn a_customer_whose_template_a_person_must_enter_says_that_it_waits() {
    let mut instruct = step("template/basic", "instruct", Action::Instruct, Vec::new());
    instruct.operation = Operation::Instruct { entries: Vec::new(), edit: false };
    let mut edit = step("template/other", "instruct", Action::Instruct, Vec::new());
    edit.operation = Operation::Instruct { entries: Vec::new(), edit: true };
    let mut create = step("customer/acme", "create", Action::Create, Vec::new());
    create.needs = vec![instruct.id.clone(), edit.id.clone()];
    let shown = shown(&plan(vec![part(None, vec![instruct, edit]), part(Some("acme"), vec![create])]));
    let waits: Vec<&str> = shown.lines().filter(|line| line.contains("waits until")).collect();
    assert_eq!(waits, ["  waits until template/basic is entered and bound; then it will:"], "{shown}");
}

#[test]
fn what_waits_is_refused_or_only_noted_says_what_to_do() {
    let mut acme = part(Some("acme"), vec![step("user/acme/bob@acme.example", "unmap", Action::Delete, Vec::new())]);
    acme.refusals.push(Refusal {
        object: address("customer/acme"),
        code: "HF501".into(),
        text: "6 users would be deleted; the limit is 5".into(),
        fix: "raise `spec.limits.deletions` in `hubform.yaml`".into(),
        source: Some(SourceLine { file: "customer.yaml".into(), line: 3 }),
    });
    let mut zeta = part(Some("zeta"), Vec::new());
    zeta.waits.push(Wait {
        object: address("user/zeta/ann@zeta.example"),
        code: "HF520".into(),
        text: "the owner of a free account has to consent".into(),
        who: "ann@zeta.example".into(),
        action: "accept the mail from Webex".into(),
        since: Some("2026-11-01T10:00:00Z".into()),
    });
    let mut plan = plan(vec![acme, zeta]);
    plan.notes.push(Note {
        object: Some("customer/zeta".into()),
        code: "HF530".into(),
        text: "`template` is fixed at creation".into(),
    });
    insta::assert_snapshot!(shown(&plan), @"
    customer acme
      x refused customer/acme  (customer.yaml:3)
          6 users would be deleted; the limit is 5 [HF501]
          fix: raise `spec.limits.deletions` in `hubform.yaml`
      nothing of this part is applied while anything in it is refused; without that it would:
      - delete user/acme/bob@acme.example  (edited, users.yaml:7)

    customer zeta
      ? waits user/zeta/ann@zeta.example, since 2026-11-01T10:00:00Z
          the owner of a free account has to consent [HF520]
          who: ann@zeta.example
          do: accept the mail from Webex

    notes
      customer/zeta: `template` is fixed at creation [HF530]

    Plan: 1 to delete, 1 waiting, 1 part refused; 0 requests
    ");
}

#[test]
fn nothing_to_do_is_said_in_words() {
    let mut quiet = plan(vec![part(Some("acme"), Vec::new())]);
    assert_eq!(shown(&quiet), "Nothing to do: the service is as the manifests describe\n");
    quiet.notes.push(Note { object: None, code: "HF530".into(), text: "odd".into() });
    assert!(shown(&quiet).ends_with("Nothing to do; the notes say what is different\n"));
}

fn many(number: usize, action: Action, consequence: Consequence) -> Plan {
    let step = |n: usize| Step {
        consequences: vec![consequence],
        ..step(&format!("user/acme/u{n:03}@acme.example"), "create", action, vec![field("firstName", None, Some("A"))])
    };
    plan(vec![part(Some("acme"), (0..number).map(step).collect())])
}

#[test]
fn long_lists_of_creates_fold() {
    let plan = many(100, Action::Create, Consequence::Billable);
    let text = shown(&plan);
    assert_eq!(text.matches("+ create").count(), 5, "{text}");
    assert!(text.contains("... and 95 more to create: users from users.yaml (--verbose shows all)"), "{text}");
    assert_eq!(plan_text(&plan, Look { colour: false, verbose: true }).matches("+ create").count(), 100);
    assert_eq!(shown(&many(20, Action::Create, Consequence::Billable)).matches("+ create").count(), 20);
}

#[test]
fn what_takes_something_away_never_folds() {
    let text = shown(&many(100, Action::Delete, Consequence::LosesCalling));
    assert_eq!(text.matches("- delete").count(), 100);
}

#[test]
fn colour_only_repeats_words() {
    let plan = many(3, Action::Create, Consequence::Irreversible);
    let coloured = plan_text(&plan, Look { colour: true, verbose: false });
    let mut bare = coloured.clone();
    for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m"] {
        bare = bare.replace(code, "");
    }
    assert_ne!(coloured, bare);
    assert_eq!(bare, shown(&plan));
}
