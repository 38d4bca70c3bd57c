//! Outcomes as people read them.

use hubform::{
    apply::{Outcome, StepError, StepOutcome, StepResult},
    plan::StepId,
    report::{Look, outcome_text},
};

fn ended(object: &str, step: &str, result: StepResult) -> StepOutcome {
    let address = object.parse().unwrap();
    StepOutcome {
        id: StepId::new(&address, step),
        object: object.to_owned(),
        result,
        because: None,
        requests: 1,
        error: None,
        who: None,
        action: None,
        since: None,
    }
}

#[test]
fn the_last_line_counts() {
    let done = Outcome::of(vec![ended("customer/acme", "create", StepResult::Done)]);
    assert_eq!(outcome_text(&done, Look::default()), "Done: 1 done, 0 already done, 0 waiting, 0 failed, 0 skipped\n");
}

#[test]
fn whatever_was_not_done_says_why_and_what_next() {
    let mut failed = ended("customer/acme", "create", StepResult::Failed);
    failed.error = Some(StepError {
        status: Some(400),
        code: "HF601".into(),
        text: "POST /wholesale/customers answered 400, code 10022: e-mail in use".into(),
        tracking_id: "ROUTER_1".into(),
    });
    failed.action = Some("use another `adminEmail`".into());
    let mut waiting = ended("user/zeta/ann@zeta.example", "create", StepResult::Waiting);
    waiting.because = Some("the owner of a free account has to consent".into());
    waiting.who = Some("ann@zeta.example".into());
    waiting.action = Some("accept the mail from Webex".into());
    let mut steps = vec![ended("template/basic", "create", StepResult::Done), failed, waiting];
    for n in 0..8 {
        let mut skipped = ended(&format!("user/acme/u{n}@acme.example"), "create", StepResult::Skipped);
        skipped.because = Some("customer/acme#create".into());
        skipped.requests = 0;
        steps.push(skipped);
    }
    let mut refused = ended("user/yo/u@yo.example", "unmap", StepResult::Refused);
    refused.because = Some("HF501".into());
    steps.push(refused);
    insta::assert_snapshot!(outcome_text(&Outcome::of(steps), Look::default()), @"
    x failed customer/acme#create
        POST /wholesale/customers answered 400, code 10022: e-mail in use [HF601]
        tracking id: ROUTER_1
        do: use another `adminEmail`
    ? waiting user/zeta/ann@zeta.example#create
        because: the owner of a free account has to consent
        who: ann@zeta.example
        do: accept the mail from Webex
    - skipped 8 steps because of customer/acme#create
        user/acme/u0@acme.example#create
        user/acme/u1@acme.example#create
        user/acme/u2@acme.example#create
        user/acme/u3@acme.example#create
        user/acme/u4@acme.example#create
        ... and 3 more (--verbose shows all)
    - refused 1 step because of HF501
        user/yo/u@yo.example#unmap
    Failed: 1 done, 0 already done, 1 waiting, 1 failed, 8 skipped, 1 refused
    ");
}
