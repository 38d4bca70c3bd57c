//! Writing the next event of a unit.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
};

use crate::{
    ledger::{Change, LedgerError},
    model::Unit,
};

use super::{
    documents::{Event, FORMAT, LogDocument, encode},
    fold::{Fold, View},
    layout,
    ledger::{ObjectLedger, Slot, locked},
    objects::{Written, side_by_side},
};

/// How often somebody else may be quicker.
const CONTENDED: u32 = 12;

impl ObjectLedger {
    /// Writes the next event of a unit, unless what is known of the unit by then speaks against it; then it returns
    /// false.
    pub(super) async fn append(
        &self,
        view: &mut View,
        run: &str,
        event: &Event,
        may: &(dyn Fn(&Fold) -> bool + Sync),
    ) -> Result<bool, LedgerError> {
        let mut backoff = self.objects.backoff();
        while may(&view.fold) {
            let document = self.next(view, run, event.clone());
            let name = layout::log(&view.unit, document.number);
            match self.objects.create(&name, encode(&document)).await? {
                Written::Done(_) => {
                    view.push(&document);
                    return Ok(true);
                }
                Written::Refused if backoff.waits() >= CONTENDED => return Err(self.contended(&name)),
                Written::Refused => {
                    backoff.wait().await;
                    *view = self.read(&view.unit).await?;
                }
            }
        }
        Ok(false)
    }

    /// Returns the next object of a unit's log.
    pub(super) fn next(&self, view: &View, run: &str, event: Event) -> LogDocument {
        LogDocument {
            format: FORMAT,
            ledger: self.lineage.clone(),
            unit: view.unit.clone(),
            number: view.position + 1,
            nonce: self.objects.nonce(),
            run: run.to_owned(),
            session: self.objects.session().to_owned(),
            event,
        }
    }

    /// Says that others were always quicker.
    pub(super) fn contended(&self, name: &str) -> LedgerError {
        let why = format!("others write `{name}` at the same time, again and again");
        LedgerError::Unreachable { place: self.objects.place().to_owned(), action: "written", why }
    }

    pub(super) fn lock_lost(&self, unit: &Unit) -> LedgerError {
        LedgerError::LockLost { place: self.objects.place().to_owned(), unit: unit.clone() }
    }

    /// Writes changes of units that a run holds.
    pub(super) async fn commit_changes(&self, run: &str, changes: &[Change]) -> Result<(), LedgerError> {
        let mut events: BTreeMap<Unit, Vec<Change>> = BTreeMap::new();
        for change in changes {
            events.entry(change.unit()).or_default().push(change.clone());
        }
        let puts = changes.iter().any(|change| matches!(change, Change::Put { .. }));
        let holds_any =
            self.append_all(run, events.into_iter().map(|(unit, changes)| (unit, Event::Commit(changes))).collect());
        // The mark comes last: until it is there, a ledger with records is not new either.
        if (holds_any.await? || puts) && !self.used.load(Ordering::Relaxed) {
            match self.mark_used().await {
                Ok(()) => {}
                Err(error) => tracing::debug!(%error, "the ledger is not marked as used yet"),
            }
        }
        Ok(())
    }

    /// Writes events of units that a run holds, side by side, and says whether one of the units has records. Before
    /// anything is sent it is refused if the run is known to have lost a unit.
    pub(super) async fn append_all(&self, run: &str, events: BTreeMap<Unit, Event>) -> Result<bool, LedgerError> {
        let Some((first, _)) = events.first_key_value() else { return Ok(false) };
        // One unit is written or refused as a whole. Of several, some could be written before another is refused, so
        // it is asked first whether somebody has declared the run dead: that comes before anything is taken over.
        if events.len() > 1 && !self.is_believed_alive(run).await? {
            self.forget_run(run);
            return Err(self.lock_lost(first));
        }
        let units: BTreeSet<Unit> = events.keys().cloned().collect();
        let slots = self.slots_of(run, &units).await?;
        let written = side_by_side(slots.iter().map(|(unit, slot)| {
            let event = events.get(unit);
            async move {
                let Some(event) = event else { return Ok(false) };
                self.append_one(run, unit, slot, event).await
            }
        }))
        .await;
        let (mut holds_any, mut failure) = (false, None);
        for one in written {
            match one {
                Ok(holds) => holds_any |= holds,
                Err(error @ LedgerError::LockLost { .. }) => return Err(error),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(holds_any), Err)
    }

    async fn append_one(&self, run: &str, unit: &Unit, slot: &Slot, event: &Event) -> Result<bool, LedgerError> {
        let session = self.objects.session();
        let mut view = slot.view.lock().await;
        loop {
            if !self.lives(run) {
                self.forget(unit, slot);
                return Err(self.lock_lost(unit));
            }
            if self.append(&mut view, run, event, &|fold| fold.is_held_by(run, session)).await? {
                break;
            }
            // Another handle of the same run may have gone on with the unit.
            let Some(mine) = self.adopted(run, &view).await? else {
                self.forget(unit, slot);
                return Err(self.lock_lost(unit));
            };
            *view = mine;
        }
        if view.position - view.base_position >= self.habits.compact_after {
            self.compact_now(&mut view).await;
        }
        Ok(!view.fold.state.records.is_empty())
    }

    /// Returns what is known of units that a run holds, and refuses if it does not hold one.
    async fn slots_of(&self, run: &str, units: &BTreeSet<Unit>) -> Result<Vec<(Unit, Slot)>, LedgerError> {
        let mut found = Vec::with_capacity(units.len());
        for unit in units {
            let slot = locked(&self.slots).get(unit).filter(|slot| slot.run == run).cloned();
            let slot = match slot {
                Some(slot) if self.lives(run) => slot,
                Some(_) => return Err(self.lock_lost(unit)),
                None => self.adopt(run, unit).await?,
            };
            found.push((unit.clone(), slot));
        }
        Ok(found)
    }

    fn forget(&self, unit: &Unit, slot: &Slot) {
        let mut slots = locked(&self.slots);
        if slots.get(unit).is_some_and(|known| Arc::ptr_eq(&known.view, &slot.view)) {
            slots.remove(unit);
        }
    }

    fn forget_run(&self, run: &str) {
        locked(&self.slots).retain(|_, slot| slot.run != run);
    }
}
