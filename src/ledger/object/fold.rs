//! What a log means.

use std::collections::BTreeSet;

use crate::{
    ledger::{Holder, UnitState},
    model::Unit,
};

use super::{
    documents::{BaseDocument, Event, FORMAT, HoldingDocument, LogDocument},
    objects::Tag,
};

/// A unit after some object of its log.
#[derive(Clone, Debug, Default)]
pub(super) struct Fold {
    pub(super) state: UnitState,
    pub(super) holding: Option<HoldingDocument>,
    /// The events that threw a holder out.
    pub(super) fences: BTreeSet<u64>,
}

impl Fold {
    /// Returns true if a run holds the unit, by this session.
    pub(super) fn is_held_by(&self, run: &str, session: &str) -> bool {
        self.holding.as_ref().is_some_and(|held| held.holder.run == run && held.session == session)
    }

    /// Returns true if a run holds the unit, by whichever session.
    pub(super) fn is_held_by_run(&self, run: &str) -> bool {
        self.holding.as_ref().is_some_and(|held| held.holder.run == run)
    }

    /// Returns who holds the unit, if it is not this run.
    pub(super) fn other(&self, run: &str) -> Option<Holder> {
        let held = self.holding.as_ref().filter(|held| held.holder.run != run)?;
        Some(Holder::from(&held.holder))
    }

    /// Carries the next event out. What a run does to a unit that it does not hold is nothing.
    pub(super) fn apply(&mut self, document: &LogDocument) {
        let LogDocument { number, run, session, event, format: _, ledger: _, unit: _, nonce: _ } = document;
        match event {
            Event::Take(holder) => {
                let held = HoldingDocument { holder: holder.clone(), session: session.clone() };
                if self.holding.replace(held).is_some_and(|before| before.session != *session) {
                    self.fences.insert(*number);
                }
            }
            Event::Release => {
                if let Some(held) = self.holding.take_if(|held| held.holder.run == *run)
                    && held.session != *session
                {
                    self.fences.insert(*number);
                }
            }
            Event::Begin(steps) if self.is_held_by(run, session) => self.state.begin_run(run, steps),
            Event::Commit(changes) if self.is_held_by(run, session) => self.state.commit(changes),
            Event::Begin(_) | Event::Commit(_) => {}
        }
    }
}

/// A unit as somebody knows it.
#[derive(Debug)]
pub(super) struct View {
    pub(super) unit: Unit,
    /// The base that was there, to replace it.
    pub(super) base: Option<Tag>,
    /// Its position.
    pub(super) base_position: u64,
    /// The last object of the log that is known.
    pub(super) position: u64,
    pub(super) fold: Fold,
    /// Objects of the log that nobody needs.
    pub(super) stale: BTreeSet<u64>,
}

impl View {
    /// Returns a unit that nobody ever wrote.
    pub(super) fn nothing(unit: Unit) -> Self {
        let fold = Fold::default();
        Self { unit, base: None, base_position: 0, position: 0, fold, stale: BTreeSet::new() }
    }

    /// Returns the unit as its base says.
    pub(super) fn based(document: BaseDocument, tag: Tag) -> Self {
        let BaseDocument { unit, position, holding, fences, state, format: _, ledger: _, nonce: _ } = document;
        let fold = Fold { state, holding, fences };
        Self { unit, base: Some(tag), base_position: position, position, fold, stale: BTreeSet::new() }
    }

    /// Returns the base that it makes.
    pub(super) fn to_base(&self, ledger: &str, nonce: String) -> BaseDocument {
        let Fold { state, holding, fences } = self.fold.clone();
        let (unit, position, ledger) = (self.unit.clone(), self.position, ledger.to_owned());
        BaseDocument { format: FORMAT, ledger, unit, nonce, position, holding, fences, state }
    }

    /// Carries the next event out.
    pub(super) fn push(&mut self, document: &LogDocument) {
        self.fold.apply(document);
        self.position = document.number;
    }
}
