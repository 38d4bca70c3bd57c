//! Exit codes (R25), as pure functions.

use crate::{apply::OutcomeSummary, plan::Plan};

/// How the program ends. The order is that of precedence, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// Done; nothing (left) to do, or changes shown without `--detailed-exitcode`.
    Done,
    /// `--detailed-exitcode`: the plan has changes.
    Changes,
    /// Nothing failed, but something waits for a person or the service.
    Waits,
    /// Bad manifests, failed steps, a refusal, an unreachable service.
    Failed,
    /// A wrong command line. It ends the run before anything else could.
    Usage,
    /// Interrupted from the keyboard.
    Interrupted,
    /// Ended by SIGTERM.
    Terminated,
}

impl Status {
    /// Returns the number that the shell sees.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Changes => 2,
            Self::Waits => 3,
            Self::Usage => 64,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// Returns the status of a command that only shows a plan. `errors`: a part was left out because of its errors.
    pub(super) fn of_plan(plan: &Plan, errors: bool, detailed: bool) -> Self {
        if errors || plan.refusals().next().is_some() {
            Self::Failed
        } else if detailed && plan.has_changes() {
            Self::Changes
        } else if detailed && plan.has_waits() {
            Self::Waits
        } else {
            Self::Done
        }
    }

    /// Returns the status of a command that carries a plan out. `waits`: the plan has waits beside its steps.
    pub(super) fn of_outcome(summary: &OutcomeSummary, errors: bool, waits: bool, interrupted: Option<Self>) -> Self {
        let OutcomeSummary { done: _, already_done: _, waiting, failed, skipped, refused } = *summary;
        let unexplained = skipped > 0 && waiting == 0;
        let ended = if errors || failed > 0 || refused > 0 || (unexplained && !waits) {
            Self::Failed
        } else if waits || waiting > 0 {
            Self::Waits
        } else {
            Self::Done
        };
        interrupted.map_or(ended, |interrupted| interrupted.max(ended))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, Operation, Part, Reason, Refusal, Step, StepId, Summary, Wait};

    fn plan(actions: &[Action], waits: bool, refused: bool) -> Plan {
        let object: crate::model::Address = "customer/acme".parse().unwrap();
        let step = |&action: &Action| Step {
            id: StepId::new(&object, action.word()),
            object: object.clone(),
            action,
            fields: Vec::new(),
            needs: Vec::new(),
            source: None,
            reason: Reason::New,
            consequences: Vec::new(),
            requests: 1,
            operation: Operation::Forget,
        };
        let wait = Wait {
            object: object.clone(),
            code: String::new(),
            text: String::new(),
            who: String::new(),
            action: String::new(),
            since: None,
        };
        let refusal = Refusal {
            object: object.clone(),
            code: String::new(),
            text: String::new(),
            fix: String::new(),
            source: None,
        };
        let part = Part {
            customer: None,
            desired: String::new(),
            observed: String::new(),
            objects: std::collections::BTreeMap::default(),
            steps: actions.iter().map(step).collect(),
            waits: if waits { vec![wait] } else { Vec::new() },
            refusals: if refused { vec![refusal] } else { Vec::new() },
            catch_up: Vec::new(),
            settled: Vec::new(),
            known: std::collections::BTreeMap::new(),
            lifecycle: std::collections::BTreeMap::new(),
        };
        Plan { format: 1, target: String::new(), parts: vec![part], notes: Vec::new(), summary: Summary::default() }
    }

    fn plan_code(plan: &Plan, errors: bool, detailed: bool) -> u8 {
        Status::of_plan(plan, errors, detailed).code()
    }

    #[test]
    fn a_plan_without_detailed_exitcode_is_0_whatever_it_would_do() {
        for actions in [&[][..], &[Action::Create], &[Action::Instruct]] {
            assert_eq!(plan_code(&plan(actions, true, false), false, false), 0);
        }
    }

    #[test]
    fn errors_and_refusals_of_a_plan_are_1() {
        for detailed in [false, true] {
            assert_eq!(plan_code(&plan(&[Action::Create], true, false), true, detailed), 1);
            assert_eq!(plan_code(&plan(&[Action::Create], true, true), false, detailed), 1);
        }
    }

    #[test]
    fn a_plan_with_a_step_that_can_run_is_2() {
        assert_eq!(plan_code(&plan(&[Action::Create], true, false), false, true), 2);
        assert_eq!(plan_code(&plan(&[Action::Instruct, Action::Forget], false, false), false, true), 2);
    }

    #[test]
    fn a_plan_that_only_waits_is_3_and_an_instruction_waits() {
        assert_eq!(plan_code(&plan(&[], true, false), false, true), 3);
        assert_eq!(plan_code(&plan(&[Action::Instruct], false, false), false, true), 3);
    }

    #[test]
    fn a_plan_with_nothing_to_do_is_0() {
        assert_eq!(plan_code(&plan(&[], false, false), false, true), 0);
    }

    fn outcome(change: impl FnOnce(&mut OutcomeSummary)) -> OutcomeSummary {
        let mut summary = OutcomeSummary { done: 3, already_done: 1, ..OutcomeSummary::default() };
        change(&mut summary);
        summary
    }

    #[test]
    fn an_outcome_is_0_when_all_is_done() {
        assert_eq!(Status::of_outcome(&outcome(|_| ()), false, false, None).code(), 0);
    }

    #[test]
    fn a_failed_or_refused_step_or_a_part_left_out_is_1_even_beside_waits() {
        let failed = outcome(|summary| (summary.failed, summary.waiting) = (1, 1));
        assert_eq!(Status::of_outcome(&failed, false, false, None).code(), 1);
        assert_eq!(Status::of_outcome(&outcome(|summary| summary.refused = 1), false, false, None).code(), 1);
        assert_eq!(Status::of_outcome(&outcome(|_| ()), true, true, None).code(), 1);
        assert_eq!(Status::of_outcome(&outcome(|summary| summary.skipped = 1), false, false, None).code(), 1);
    }

    #[test]
    fn an_outcome_that_waits_is_3_with_all_that_was_skipped_for_it() {
        let waiting = outcome(|summary| (summary.waiting, summary.skipped) = (1, 4));
        assert_eq!(Status::of_outcome(&waiting, false, false, None).code(), 3);
        assert_eq!(Status::of_outcome(&outcome(|_| ()), false, true, None).code(), 3);
    }

    #[test]
    fn an_interruption_is_130_and_a_sigterm_143_above_all() {
        let failed = outcome(|summary| summary.failed = 1);
        assert_eq!(Status::of_outcome(&failed, true, true, Some(Status::Interrupted)).code(), 130);
        assert_eq!(Status::of_outcome(&failed, true, true, Some(Status::Terminated)).code(), 143);
    }

    #[test]
    fn a_wrong_command_line_is_64() {
        assert_eq!(Status::Usage.code(), 64);
    }
}
