//! Runs: one object for each, numbered in the order in which they began.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::{LedgerError, RunReport, RunStart, UnitReport};

use super::{
    documents::{Event, FORMAT, RunDocument, decode_owned, encode},
    layout,
    ledger::{ObjectLedger, locked},
    objects::{Tag, Written},
};

/// How many runs are kept; of older ones the journal knows what matters.
const KEPT: usize = 50;

/// How often somebody else may be quicker.
const CONTENDED: u32 = 30;

impl ObjectLedger {
    /// Notes the beginning of a run on units that it holds.
    pub(super) async fn begin(&self, start: &RunStart) -> Result<(), LedgerError> {
        // Refused before anything is written, if it is known by then.
        let lost = {
            let slots = locked(&self.slots);
            let holds = |unit| slots.get(unit).is_some_and(|slot| slot.run == start.run);
            start.units.keys().filter(|unit| !holds(unit)).cloned().collect::<Vec<_>>()
        };
        for unit in &lost {
            drop(self.adopt(&start.run, unit).await?);
        }
        let name = self.number_run(start).await?;
        let events = start.units.iter().map(|(unit, steps)| (unit.clone(), Event::Begin(steps.clone()))).collect();
        let begun = self.append_all(&start.run, events).await.map(drop);
        if matches!(begun, Err(LedgerError::LockLost { .. })) {
            locked(&self.runs).remove(&start.run);
            self.objects.remove([name]).await?;
        }
        begun
    }

    /// Makes the object of a run, after all others, and returns its name.
    async fn number_run(&self, start: &RunStart) -> Result<String, LedgerError> {
        let document = RunDocument {
            format: FORMAT,
            ledger: self.lineage.clone(),
            nonce: self.objects.nonce(),
            start: start.clone(),
            ended: None,
        };
        let bytes = encode(&document);
        let mut backoff = self.objects.backoff();
        loop {
            let numbers = self.run_numbers().await?;
            let number = numbers.last().map_or(1, |last| last.saturating_add(1));
            let name = layout::run(number);
            match self.objects.create(&name, bytes.clone()).await? {
                Written::Done(_) => {
                    locked(&self.runs).insert(start.run.clone(), number);
                    let old = numbers.len().saturating_sub(KEPT);
                    let old = numbers.iter().take(old).map(|number| layout::run(*number));
                    if let Err(error) = self.objects.remove(old).await {
                        tracing::debug!(%error, "runs of long ago stay");
                    }
                    return Ok(name);
                }
                Written::Refused if backoff.waits() >= CONTENDED => return Err(self.contended(&name)),
                Written::Refused => backoff.wait().await,
            }
        }
    }

    async fn run_numbers(&self) -> Result<Vec<u64>, LedgerError> {
        let listed = self.objects.list(layout::RUNS).await?;
        Ok(listed.iter().filter_map(|listed| layout::number_of(&listed.name)).collect())
    }

    async fn run_document(&self, number: u64) -> Result<Option<(RunDocument, Tag)>, LedgerError> {
        let name = layout::run(number);
        let Some((bytes, tag)) = self.objects.get(&name).await? else { return Ok(None) };
        Ok(Some((decode_owned(self.objects.place(), &self.lineage, &name, &bytes)?, tag)))
    }

    /// Notes the end of a run; nothing happens if nothing is kept of it.
    pub(super) async fn end(&self, run: &str, at: &str) -> Result<(), LedgerError> {
        let known = locked(&self.runs).get(run).copied();
        let candidates = match known {
            Some(number) => vec![number],
            None => self.run_numbers().await?,
        };
        let mut backoff = self.objects.backoff();
        for number in candidates.into_iter().rev() {
            while let Some((mut document, tag)) = self.run_document(number).await? {
                if document.start.run != run {
                    break;
                }
                document.ended = Some(at.to_owned());
                document.nonce = self.objects.nonce();
                let name = layout::run(number);
                match self.objects.update(&name, encode(&document), &tag).await? {
                    Written::Done(_) => return Ok(()),
                    Written::Refused if backoff.waits() >= CONTENDED => return Err(self.contended(&name)),
                    Written::Refused => backoff.wait().await,
                }
            }
        }
        Ok(())
    }

    /// Returns what is kept of the run that began last.
    pub(super) async fn last(&self) -> Result<Option<RunReport>, LedgerError> {
        let found = loop {
            let Some(number) = self.run_numbers().await?.last().copied() else { return Ok(None) };
            // One that has gone in between was old, or was taken back: there is another list by now.
            if let Some((document, _)) = self.run_document(number).await? {
                break document;
            }
        };
        let RunDocument { mut start, ended, format: _, ledger: _, nonce: _ } = found;
        let named: BTreeSet<_> = start.units.keys().cloned().collect();
        start.units.clear();
        let mut units = BTreeMap::new();
        for view in self.read_units(Some(&named)).await? {
            let state = view.fold.state;
            if state.run.as_deref() != Some(start.run.as_str()) {
                continue;
            }
            let entries = state.journal.into_iter().filter(|(id, _)| id.run == start.run).collect();
            start.units.insert(view.unit.clone(), state.steps);
            units.insert(view.unit, UnitReport { outcomes: state.outcomes, entries });
        }
        Ok(Some(RunReport { start, ended, units }))
    }
}
