//! How one step ended, on its way into the outcome.

use crate::{
    ledger::LedgerError,
    model::{Code, codes},
    plan::Step,
    webex::{ApiError, Fault, Sent},
};

use super::{
    board::outcome,
    outcome::{StepError, StepOutcome, StepResult},
    pause::End,
};

/// A step that ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Success {
    /// Carried out.
    Done,
    /// It was there already.
    AlreadyDone,
}

/// A step that did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// `Waiting` or `Failed`.
    pub(super) result: StepResult,
    /// What was said.
    pub(super) error: Box<StepError>,
    /// Who must do something.
    pub(super) who: Option<String>,
    /// What they must do.
    pub(super) action: Option<String>,
    /// Since when, as the service writes it.
    pub(super) since: Option<String>,
    /// True if the ledger can no longer be written: then the run ends.
    pub(super) ends_run: bool,
}

impl Trouble {
    fn new(result: StepResult, code: Code, text: String) -> Self {
        let error = StepError { status: None, code: code.0.to_owned(), text, tracking_id: String::new() };
        Self { result, error: Box::new(error), who: None, action: None, since: None, ends_run: false }
    }

    /// Makes a failure.
    pub(super) fn failed(code: Code, text: impl Into<String>) -> Self {
        Self::new(StepResult::Failed, code, text.into())
    }

    /// Makes a wait: what is waited for, who must do something, and what.
    pub(super) fn waiting(code: Code, text: impl Into<String>, who: &str, action: impl Into<String>) -> Self {
        let who = Some(who.to_owned());
        Self { who, action: Some(action.into()), ..Self::new(StepResult::Waiting, code, text.into()) }
    }

    /// Makes a wait that nobody but the service can end.
    pub(super) fn waiting_for_service(end: End, code: Code, text: impl Into<String>) -> Self {
        let text = text.into();
        match end {
            End::Late => Self::waiting(code, text, "the service", "run `hubform apply` again later"),
            End::Stopped => {
                let text = format!("the run was interrupted; {text}");
                Self::waiting(
                    codes::INTERRUPTED,
                    text,
                    "the service",
                    "run `hubform apply` again: it goes on from here",
                )
            }
        }
    }

    /// Makes the trouble of a ledger that takes nothing more.
    pub(super) fn ledger_closed() -> Self {
        Self { ends_run: true, ..Self::failed(codes::LEDGER_UNUSABLE, "the ledger takes nothing more") }
    }

    /// Makes the outcome of a step that ended in it.
    pub(super) fn of(self, step: &Step) -> StepOutcome {
        let Self { result, error, who, action, since, ends_run: _ } = self;
        let because = (result == StepResult::Waiting).then(|| error.text.clone());
        StepOutcome { because, error: Some(*error), who, action, since, ..outcome(step, result) }
    }

    /// Says how to put it right.
    pub(super) fn fix(self, action: impl Into<String>) -> Self {
        Self { action: Some(action.into()), ..self }
    }

    /// Turns the failure of a request into a wait for somebody.
    pub(super) fn wait_for(self, code: Code, who: &str, action: impl Into<String>) -> Self {
        Self {
            result: StepResult::Waiting,
            error: Box::new(StepError { code: code.0.to_owned(), ..*self.error }),
            who: Some(who.to_owned()),
            action: Some(action.into()),
            ..self
        }
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        let unsettled = error.sent == Sent::Perhaps;
        let (code, action) = match error.fault {
            Fault::Unauthorized => (codes::UNAUTHORIZED, "get a new token and run `hubform apply` again"),
            Fault::Forbidden => (codes::FORBIDDEN, "give the token the scope or the role that the service asks for"),
            Fault::NotFound => (codes::NOT_VISIBLE, "run `hubform plan` to see what is there now"),
            Fault::Conflict => (codes::CONFLICT, "run `hubform plan` to see what is there now"),
            Fault::Refused => (codes::REQUEST_REFUSED, "correct what the service complains about"),
            Fault::Busy => (codes::SERVICE_BUSY, "run `hubform apply` again later"),
            Fault::Unavailable => (codes::SERVICE_UNAVAILABLE, "run `hubform apply` again later"),
            Fault::NoAnswer => (codes::NO_ANSWER, "check the connection and run `hubform apply` again"),
            Fault::Malformed => (codes::MALFORMED_ANSWER, "run `hubform plan` to see what is there now"),
        };
        let (code, action, more) = if unsettled {
            (codes::UNSETTLED, "run `hubform plan` to see", "; it may have been carried out")
        } else {
            (code, action, "")
        };
        let text = format!("{error}{more}");
        let ApiError { status, tracking_id, .. } = error;
        Self {
            result: StepResult::Failed,
            error: Box::new(StepError { status, code: code.0.to_owned(), text, tracking_id }),
            who: None,
            action: Some(action.to_owned()),
            since: None,
            ends_run: false,
        }
    }
}

impl From<LedgerError> for Trouble {
    fn from(error: LedgerError) -> Self {
        Self { ends_run: true, ..Self::failed(error.code(), error.text()).fix(error.fix()) }
    }
}
